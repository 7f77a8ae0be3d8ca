"""How the components of one graph depend on each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from buttress.dependencies.entries import entry_points
from buttress.dependencies.facts import (
    ASKED,
    AT_START,
    EDGE,
    OFF_PATH,
    PASSIVE,
    administers,
    is_outside,
    states,
    waits,
)
from buttress.dependencies.redundancy import Group, chosen_among, peers, stand_ins, twins
from buttress.dependencies.wiring import HAS_FACTS, Wiring, table, wire
from buttress.model import Component, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, RUNTIME, STORES

WAITED, NEEDED, _PUBLISHED = 1, 2, 4  # what a flow is: waited for; hard; hard unless it is passed on later
_SOFT = ("fallback", "graceful_degradation", "serves_stale")
_LATER = ("outbox", "fire_and_forget")


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The dependency reading of one graph, all in graph order.

    `running` is what runs as part of the system: services, workers, gateways; no stores, nothing outside. `wiring` are all flows by
    number; `strength` says of each of them whether its source has it `WAITED` for, and whether it is `NEEDED` (the source can't do without
    the target). `waits` and `needed` are, for every component, the numbers of the targets of such flows, each once.
    `groups` are the targets that can stand in for each other. A gateway or load balancer with several upstreams that do different
    work goes on when one of them fails, so each upstream is an entry of its own, also where an entry leads to the gateway; `fronts`
    says what stands before such an entry: when all of it fails, the entry's requests stop too. `equals` are upstreams of a proxy that chooses among them.
    """

    graph: SystemGraph
    by_id: dict[str, Component]
    outside: frozenset[str]
    running: tuple[str, ...]
    wiring: Wiring
    strength: list[bytearray]
    waits: list[list[int]]
    needed: list[list[int]]
    groups: dict[str, tuple[Group, ...]]
    entries: tuple[str, ...]
    fronts: dict[str, tuple[str, ...]]
    equals: frozenset[str]

    def hard(self, id_: str) -> list[Flow]:
        """Return the flows of a component whose targets it can't do without.

        >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
        >>> [f.id for f in read_dependencies(g).hard("a")]
        ['f']
        """
        return _those(NEEDED, self.wiring.index[id_], self.wiring, self.strength)

    def synchronous(self, id_: str) -> list[Flow]:
        """Return the flows of a component for which it waits.

        >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b", "publishes"),))
        >>> read_dependencies(g).synchronous("a")
        []
        """
        return _those(WAITED, self.wiring.index[id_], self.wiring, self.strength)

    def waiting(self, id_: str, among: Collection[int]) -> list[Flow]:
        """Return those of the flows for which a component waits that lead to some components.

        >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
        >>> [f.id for f in read_dependencies(g).waiting("a", {1})], read_dependencies(g).waiting("a", {0})
        (['f'], [])
        """
        return _those(WAITED, self.wiring.index[id_], self.wiring, self.strength, among)


def _those(
    bit: int, n: int, wiring: Wiring, strength: list[bytearray], among: Collection[int] | None = None
) -> list[Flow]:
    """Return the flows of a component that are so strong; only those to some components when these are given."""
    flows, strong = wiring.flows[n], strength[n]
    if among is None:
        return [flow for flow, how in zip(flows, strong, strict=True) if how & bit]
    ends = zip(wiring.ends[n], strong, strict=True)
    return [flows[at] for at, (end, how) in enumerate(ends) if how & bit and end in among]


def read_dependencies(graph: SystemGraph) -> Dependencies:
    """Return how the components of a graph depend on each other. O(V + E).

    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
    >>> read_dependencies(g).needed, read_dependencies(g).entries
    ([[1], []], ('a',))
    """
    by_id = {c.id: c for c in graph.components}
    outside = frozenset(c.id for c in graph.components if is_outside(c))
    wiring = wire(graph)
    upstreams = _upstreams(graph, wiring)
    balanced = _balanced(upstreams, by_id, wiring)
    routers = {
        source: tuple(sorted(targets))
        for source, targets in upstreams.items()
        if not targets <= balanced.get(source, frozenset())
    }
    strength, leads, needed = _sorted_out(graph, wiring, outside, routers)
    copies = twins(graph)
    copied = frozenset(n for id_ in copies if (n := wiring.index.get(id_)) is not None)
    groups = {}
    for n, component in enumerate(graph.components):
        if component.id in balanced or not copied.isdisjoint(needed[n]):
            flows = _those(NEEDED, n, wiring, strength, None if component.kind in EDGE else copied)
            found = stand_ins(component, flows, by_id, copies)
            if found:
                groups[component.id] = found
    entries, fronts = _doors(entry_points(graph, wiring, outside), routers, wiring, needed, by_id)
    return Dependencies(
        graph,
        by_id,
        outside,
        tuple(c.id for c in graph.components if c.kind in RUNTIME and c.id not in outside),
        wiring,
        strength,
        leads,
        needed,
        groups,
        entries,
        fronts,
        frozenset(i for equals in balanced.values() for i in equals),
    )


def _sorted_out(
    graph: SystemGraph, wiring: Wiring, outside: frozenset[str], routers: Mapping[str, tuple[str, ...]]
) -> tuple[list[bytearray], list[list[int]], list[list[int]]]:
    """Return how strong each flow of each component is, and to what those lead that are waited for, and those that are needed."""
    kinds = [c.kind for c in graph.components]
    stores = frozenset(n for n, kind in enumerate(kinds) if kind in STORES and kind != "cache")
    strength = [bytearray(len(flows)) for flows in wiring.flows]
    leads: list[list[int]] = [[] for _ in kinds]
    needed: list[list[int]] = [[] for _ in kinds]
    for n, component in enumerate(graph.components):
        sorts = wiring.sorts[n]
        if not sorts or component.id in outside:
            continue
        known = _known(component.kind, not stores.isdisjoint(wiring.targets[n]))
        routed = frozenset(wiring.index[i] for i in routers.get(component.id, ()))
        strong = strength[n]
        waited: dict[int, None] = {}
        needs: dict[int, None] = {}
        for at, (sort, target) in enumerate(zip(sorts, wiring.ends[n], strict=True)):
            told = known[kinds[target]][sort]
            if not told or target == n:
                continue
            if told & WAITED:
                waited[target] = None
                strong[at] = WAITED
            softened = sort & HAS_FACTS and _is_softened(wiring.flows[n][at], told)
            if told & NEEDED and not softened and target not in routed:
                needs[target] = None
                strong[at] |= NEEDED
        leads[n], needed[n] = list(waited), list(needs)
    return strength, leads, needed


class _Known(dict[str, bytes]):
    """How strong flows to each kind of component are, by their sort, for components of one kind; filled in when it is asked for."""

    def __init__(self, asker: str, keeps_state: bool) -> None:
        self._asker, self._keeps_state = asker, keeps_state

    def __missing__(self, asked: str) -> bytes:
        made = table(lambda kind, sync: _strength(self._asker, self._keeps_state, kind, sync, asked))
        self[asked] = made
        return made


_known = lru_cache(maxsize=64)(_Known)


def _strength(asker: str, keeps_state: bool, kind: str, sync: bool | None, asked: str) -> int:
    """Return how strong a flow is for a component of the kind `asker`, facts of the flow aside; it `keeps_state` when it uses a store too."""
    if asker in PASSIVE and asked != "compute_host" and kind != "replicates":
        return 0
    if asked in OFF_PATH:
        return 0
    waited = WAITED if kind in ASKED and waits(kind, sync) else 0
    if asked in AT_START:
        return waited
    if kind == "publishes":
        return waited | NEEDED | _PUBLISHED
    return waited | (NEEDED if _is_hard(asker, keeps_state, kind, sync, asked) else 0)


def _is_hard(asker: str, keeps_state: bool, kind: str, sync: bool | None, asked: str) -> bool:
    """Return whether the asker stops with what it needs by such a flow."""
    if kind == "replicates" or (kind == "depends_on" and asked in ("worker", "scheduler")):
        return False  # what takes its work from elsewhere is only started first
    if kind == "runs_on":
        return True
    if kind == "consumes" or (asked in MESSAGING and kind in ("depends_on", "calls")):
        # A service that also answers requests goes on answering them while its broker is down; a worker has nothing to do.
        # A mere connection to a broker doesn't say whether requests publish through it.
        return asker in ("worker", "scheduler")
    if asked == "cache" and keeps_state:
        return False
    return sync is not False


def _is_softened(flow: Flow, told: int) -> bool:
    return states(flow, *_SOFT, *(_LATER if told & _PUBLISHED else ()))


def _doors(
    asked: Iterable[str],
    routers: Mapping[str, tuple[str, ...]],
    wiring: Wiring,
    needed: list[list[int]],
    by_id: Mapping[str, Component],
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the entries, the upstreams of gateways in place of these, and what stands before each such upstream.

    A gateway counts also where an entry leads to it, by whatever lies between.
    """
    fronts: dict[str, set[str]] = {}
    entries: dict[str, None] = {}
    todo = dict.fromkeys(asked)
    queue = list(todo)
    names = list(wiring.index)
    edges = (
        {names[n]: tuple(names[m] for m in targets) for n, targets in enumerate(needed)} if routers else {}
    )
    while queue:
        for id_ in queue:
            if id_ not in routers:
                entries[id_] = None
                continue
            for upstream in routers[id_]:
                fronts.setdefault(upstream, set()).add(id_)
                if upstream not in todo and not administers(by_id[upstream]):
                    todo[upstream] = None
                    queue.append(upstream)
        queue = (
            [id_ for id_ in reach(entries, edges) if id_ in routers and id_ not in todo] if routers else []
        )
        todo.update(dict.fromkeys(queue))
    return tuple(sorted(entries)), {k: tuple(sorted(v)) for k, v in sorted(fronts.items())}


def _upstreams(graph: SystemGraph, wiring: Wiring) -> dict[str, set[str]]:
    """Return the upstreams of every gateway, load balancer or CDN that has several."""
    upstreams: dict[str, set[str]] = {}
    behind = RUNTIME | {"load_balancer"}
    components = graph.components
    for n, edge in enumerate(components):
        if edge.kind not in EDGE or edge.kind == "web_frontend":
            continue
        found = {
            flow.target
            for flow, target in zip(wiring.flows[n], wiring.ends[n], strict=True)
            if flow.kind in ("routes", "calls") and components[target].kind in behind
        }
        if len(found) > 1:
            upstreams[edge.id] = found
    return upstreams


def _balanced(
    upstreams: dict[str, set[str]], by_id: dict[str, Component], wiring: Wiring
) -> dict[str, frozenset[str]]:
    """Return, for each gateway or load balancer, the upstreams that have an equal beside them."""
    out = {}
    for source, targets in upstreams.items():
        sets = peers(by_id[source], [by_id[t] for t in sorted(targets)])
        sets += chosen_among(f for f in wiring.flows[wiring.index[source]] if f.target in targets)
        if sets:
            out[source] = frozenset(i for members in sets for i in members)
    return out


def reach(starts: Iterable[str], edges: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return everything reachable from `starts` along `edges`, starts included, in breadth-first order.

    >>> reach(["a"], {"a": ("b",), "b": ("a", "c")})
    ('a', 'b', 'c')
    """
    seen = dict.fromkeys(starts)
    todo = list(seen)
    for id_ in todo:
        for target in edges.get(id_, ()):
            if target not in seen:
                seen[target] = None
                todo.append(target)
    return tuple(seen)
