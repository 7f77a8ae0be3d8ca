"""Ways through a graph: along calls, and by what one part leaves in a broker or store and another takes there."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from buttress.analysis.failure.effects import BY_MESSAGES
from buttress.model import Flow, SystemGraph
from buttress.model.kinds import MESSAGING, STORES

_OPEN_KINDS = frozenset(("gateway", "web_frontend"))
UNTOLD = frozenset(("calls", "depends_on"))
_TRIED = 20_000  # partial ways, before a search gives up


class By(IntEnum):
    """How a way may go: by calls; by calls and messages; by what lies in stores and brokers, without calls; the same, where no source tells what for."""

    CALLS = 0
    MESSAGES = 1
    STORES = 2
    UNTOLD = 3


_LEAVES = {By.MESSAGES: frozenset(("publishes",)), By.STORES: frozenset(("publishes", "writes"))}
_TAKES = {By.MESSAGES: frozenset(("consumes",)), By.STORES: frozenset(("consumes", "reads"))}
_LEAVES[By.UNTOLD] = _LEAVES[By.STORES] | UNTOLD
_TAKES[By.UNTOLD] = _TAKES[By.STORES] | UNTOLD


@dataclass(frozen=True)
class Map:
    """The flows of a graph by their ends; `holders` are the brokers and stores."""

    graph: SystemGraph
    out: dict[str, list[Flow]] = field(default_factory=dict)
    into: dict[str, list[Flow]] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)

    def next(self, at: str, by: By) -> Iterator[tuple[str, ...]]:
        """Yield what one step leads to: a neighbour, or a holder and who takes something there."""
        for flow in self.out.get(at, ()):
            if by < By.STORES or (flow.target in self.holders and flow.kind in _LEAVES[by]):
                yield (flow.target,)
        if by is By.CALLS:
            return
        for flow in self.out.get(at, ()):
            kind = self.holders.get(flow.target)
            if kind is None or flow.kind not in _LEAVES[by] or (by is By.MESSAGES and kind not in MESSAGING):
                continue
            for other in self.into[flow.target]:
                if other.source != at and other.kind in _TAKES[by]:
                    yield (flow.target, other.source)

    def first(self, at: str, by: By) -> Iterator[tuple[str, ...]]:
        """Yield the first steps from a part; from a holder they lead to who takes something there."""
        yield from self.next(at, by)
        if by is not By.CALLS and at in self.holders:
            yield from ((flow.source,) for flow in self.into.get(at, ()) if flow.kind in _TAKES[by])

    def before(self, at: str) -> Iterator[str]:
        """Yield who calls or uses a component."""
        yield from (flow.source for flow in self.into.get(at, ()))


def mapped(graph: SystemGraph) -> Map:
    """Return the flows of a graph by their ends."""
    found = Map(graph)
    for flow in graph.flows:
        found.out.setdefault(flow.source, []).append(flow)
        found.into.setdefault(flow.target, []).append(flow)
    kinds = {c.id: c.kind for c in graph.components}
    found.holders.update({id_: kind for id_, kind in kinds.items() if kind in STORES | MESSAGING})
    return found


def ways(
    where: Map, start: str, end: str, *, by: By = By.CALLS, without: Collection[str] = (), most: int = 1
) -> list[tuple[str, ...]]:
    """Return ways from one component to another, none twice through a part, shortest first, at most `most`.

    >>> from buttress.model import Component
    >>> flows = (Flow("f", "a", "q", "publishes"), Flow("g", "b", "q", "consumes"))
    >>> where = mapped(SystemGraph(components=(Component("q", "Q", "message_broker"),), flows=flows))
    >>> ways(where, "a", "b"), ways(where, "a", "b", by=By.MESSAGES)
    ([], [('a', 'q', 'b')])
    """
    left = _distances(where, end, by, without)
    found: list[tuple[str, ...]] = []
    # Among those that end as soon, the one that is farthest on: else wide graphs would be gone through layer by layer.
    waiting: list[tuple[int, int, int, tuple[str, ...]]] = [(1, -1, 0, (start,))]
    tried = 0
    while waiting and tried < _TRIED and len(found) < most:
        *_, way = heapq.heappop(waiting)
        if way[-1] == end:
            if way not in found:
                found.append(way)
            continue
        for step in (where.next if len(way) > 1 else where.first)(way[-1], by):
            if step[-1] in left and not any(id_ in way or id_ in without for id_ in step):
                tried += 1
                further = len(way) + len(step)
                heapq.heappush(waiting, (further + left[step[-1]], -further, tried, way + step))
    return found


def shortest_to(where: Map, end: str) -> dict[str, tuple[str, ...]]:
    """Return the shortest way by calls from each component that one leads from, as `ways` would find it, all in one search.

    >>> flows = (Flow("f", "a", "b", "calls"), Flow("g", "b", "c", "calls"), Flow("h", "a", "c", "calls"))
    >>> shortest_to(mapped(SystemGraph(flows=flows)), "c")
    {'c': ('c',), 'a': ('a', 'c'), 'b': ('b', 'c')}
    """
    left = _distances(where, end, By.CALLS, ())
    out: dict[str, tuple[str, ...]] = {end: (end,)}
    for id_, distance in sorted(left.items(), key=lambda item: item[1])[1:]:
        step = next(s[-1] for s in where.next(id_, By.CALLS) if left.get(s[-1]) == distance - 1)
        out[id_] = (id_, *out[step])
    return out


def _distances(where: Map, end: str, by: By, without: Collection[str]) -> dict[str, int]:
    """Return how many parts the shortest way to `end` passes after each part that leads there."""
    after = _backwards(where, by)
    out, waiting = {end: 0}, [(0, end)]
    while waiting:
        distance, at = heapq.heappop(waiting)
        for step in after.get(at, ()):
            further = distance + len(step)
            if further < out.get(step[-1], further + 1) and not any(id_ in without for id_ in step):
                out[step[-1]] = further
                heapq.heappush(waiting, (further, step[-1]))
    return out


def reached(
    where: Map, start: str, *, by: By = By.CALLS, without: Collection[str] = (), back: bool = False
) -> set[str]:
    """Return all components that a way leads to from `start`, or that lead to it (`back`), without it."""
    after = _backwards(where, by) if back else None
    seen, passed, waiting = {start}, {start}, [start]
    while waiting:
        at = waiting.pop()
        steps: Iterable[tuple[str, ...]] = (
            after.get(at, ())
            if after is not None
            else (where.first(at, by) if at == start else where.next(at, by))
        )
        for step in steps:
            if any(id_ in without for id_ in step):
                continue
            passed.update(step)
            if step[-1] not in seen:
                seen.add(step[-1])
                waiting.append(step[-1])
    return passed - {start}


def lying(where: Map, start: str, end: str) -> set[str]:
    """Return what ways by calls from `start` lead to without `end`, and that lead to `end` without `start`."""
    return reached(where, start, without=(end,)) & reached(where, end, without=(start,), back=True)


def _backwards(where: Map, by: By) -> dict[str, list[tuple[str, ...]]]:
    """Return for each component who gets there in one step, with the holder between."""
    out: dict[str, list[tuple[str, ...]]] = {}
    for start in where.out:
        for step in where.next(start, by):
            out.setdefault(step[-1], []).append((*step[:-1], start))
    return out


def on_all(where: Map, start: str, end: str, way: Iterable[str], *, by: By = By.CALLS) -> list[str]:
    """Return which parts of a way are on every other one, too."""
    return [
        id_
        for id_ in way
        if id_ not in (start, end) and end not in reached(where, start, by=by, without=(id_,))
    ]


def outside(where: Map) -> list[str]:
    """Return where requests come in: people, and the parts that sources show to be open to them; not those that such a one leads to."""
    why = {d.subject for d in where.graph.derived if d.name == "entry" and d.value != BY_MESSAGES}
    found = []
    for component in where.graph.components:
        exposed = component.fact("exposed_to_internet")
        is_open = (exposed is not None and not exposed.absent) or (
            component.id in why and component.kind in _OPEN_KINDS
        )
        if component.kind == "actor" or is_open:
            found.append(component.id)
    behind = {
        other for start in found for other in reached(where, start) if start not in reached(where, other)
    }
    return [id_ for id_ in found if id_ not in behind]
