"""The flows of a graph by the numbers of their ends and of their sorts, so that no analysis looks at a million objects again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from buttress.model import Flow, SystemGraph
from buttress.model.graph import FLOW_KINDS

_SYNC = (None, True, False)
_KINDS = (*FLOW_KINDS, "")  # the last stands for any that the model doesn't know
# The kind of each sort of flow, and what is said about waiting; the two lowest bits of a sort are aside.
SORTS = tuple((kind, sync) for kind in _KINDS for sync in _SYNC for _ in range(4))
_NUMBER = {kind: {sync: SORTS.index((kind, sync)) for sync in _SYNC} for kind in _KINDS}
HAS_FACTS, HAS_EVIDENCE = 1, 2  # bits of a sort


@dataclass(frozen=True, slots=True)
class Wiring:
    """Who is wired to whom: component `n` is the n-th of the graph; flows with an end that nothing describes are left out.

    `flows[n]` are those that component `n` starts, in graph order; `ends[n]` are the numbers of their targets and `sorts[n]` their sorts
    (a kind and what is said about waiting, see `table`), in the same order; `targets[n]` are the ends each once. `index` has the
    number of each component.
    """

    index: dict[str, int]
    flows: list[list[Flow]]
    ends: list[list[int]]
    sorts: list[bytearray]
    targets: list[dict[int, None]]

    def between(self, source: int, target: int) -> list[Flow]:
        """Return the flows from one component to another.

        >>> from buttress.model import Component
        >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
        >>> [f.id for f in wire(g).between(0, 1)], wire(g).between(1, 0)
        (['f'], [])
        """
        return [f for f, end in zip(self.flows[source], self.ends[source], strict=True) if end == target]


def wire(graph: SystemGraph) -> Wiring:
    r"""Return the flows of a graph by number. O(V + E).

    >>> from buttress.model import Component
    >>> flows = (Flow("f", "a", "b"), Flow("g", "a", "b", "reads"), Flow("h", "a", "nowhere"))
    >>> wiring = wire(SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=flows))
    >>> wiring.ends, wiring.targets, wiring.sorts[0].translate(table(lambda kind, sync: kind == "reads"))
    ([[1, 1], []], [{1: None}, {}], bytearray(b'\x00\x01'))
    """
    index = {c.id: n for n, c in enumerate(graph.components)}
    flows: list[list[Flow]] = [[] for _ in graph.components]
    ends: list[list[int]] = [[] for _ in graph.components]
    sorts = [bytearray() for _ in graph.components]
    number, other = index.get, _NUMBER[""]
    for flow in graph.flows:
        source, target = number(flow.source), number(flow.target)
        if source is not None and target is not None:
            flows[source].append(flow)
            ends[source].append(target)
            sort = _NUMBER.get(flow.kind, other)[flow.sync]
            sorts[source].append(sort + bool(flow.facts) * HAS_FACTS + bool(flow.evidence) * HAS_EVIDENCE)
    return Wiring(index, flows, ends, sorts, [dict.fromkeys(e) for e in ends])


def table(told: Callable[[str, bool | None], int]) -> bytes:
    r"""Return what is `told` of a kind of flow and of what is said about waiting (None when nothing is), by sort.

    >>> table(lambda kind, sync: sync is False)[:12]
    b'\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\x01\x01'
    """
    return bytes(told(*sort) for sort in SORTS).ljust(256, b"\0")
