"""The AND/OR graph of failure, from the reading of dependencies.

A component is down when it fails itself, when one thing that it can't do without is down, or when too many of a group of stand-ins
are. Hosts, zones, regions and clusters that the sources draw are things that fail too: what lies in one of them shares its fate, unless
it is stated to be spread. Requests at an entry fail when the entry is down, when everything in front of it is, or when the name
service that leads there is. Source: Fault Tree Handbook, NUREG-0492, chapters IV and VII; common causes: chapter VII.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from buttress.compact import strongly_connected
from buttress.dependencies import Dependencies, read_dependencies, states
from buttress.model import Component, SystemGraph

# What of a component's facts says that it goes on when one such place fails.
SPREAD = {
    "host": ("topology_spread", "multi_zone", "multi_region"),
    "zone": ("multi_zone", "multi_region"),
    "cluster": ("multi_region",),
    "region": ("multi_region",),
}


Gate = Callable[[tuple[int, ...], int], int]


@dataclass(frozen=True)
class FaultTree:
    """The fault tree of one graph: nodes by number, components first (in graph order), then places, then gates.

    `after` are the nodes that a node needs; `threshold` says of a gate how many of them must be down to bring it down (any other node
    needs all of them). `doors` are the nodes that stand for the requests at an entry. `gates` are the groups of stand-ins: their node
    and the ids of the members. Only components that `can_fail` and places are events. Cycles are allowed: what waits for each
    other in a circle works as long as nothing fails.
    """

    dependencies: Dependencies
    names: tuple[str, ...]
    index: dict[str, int]
    after: list[list[int]]
    threshold: dict[int, int]
    doors: dict[str, int]
    gates: tuple[tuple[int, tuple[str, ...]], ...]
    can_fail: tuple[bool, ...]

    @property
    def graph(self) -> SystemGraph:
        """Return the graph that the tree was grown from."""
        return self.dependencies.graph

    @property
    def events(self) -> int:
        """Return the number of nodes that can be events: components and places."""
        return len(self.names)

    @cached_property
    def order(self) -> list[list[int]]:
        """Return the nodes in an order in which what is needed comes first; those of a cycle come together."""
        return strongly_connected(self.after)[1]

    @property
    def waits(self) -> list[list[int]]:
        """Return the components that each component waits for, each once."""
        return self.dependencies.waits

    @cached_property
    def rounds(self) -> list[list[int]]:
        """Return the components in an order in which what is waited for comes first; those of a circle come together."""
        return strongly_connected(self.waits)[1]


def grow(graph: SystemGraph) -> FaultTree:
    """Return the fault tree of a graph. O(V + E).

    >>> from buttress.model import Flow
    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
    >>> grow(g).after[:2], grow(g).doors
    ([[1], []], {'a': 2})
    """
    read = read_dependencies(graph)
    places = _places(graph)
    place_kinds = {b.id: b.kind for b in graph.boundaries if b.id in places}
    names = (*(c.id for c in graph.components), *places)
    index = read.wiring.index | {place: n for n, place in enumerate(places, len(graph.components))}
    after: list[list[int]] = [*map(list, read.needed), *([] for _ in places)]
    threshold: dict[int, int] = {}
    gates: dict[tuple[tuple[int, ...], int], int] = {}

    def gate(members: tuple[int, ...], down: int) -> int:
        key = (members, down)
        if key not in gates:
            gates[key] = len(after)
            threshold[len(after)] = down
            after.append(list(members))
        return gates[key]

    stand_ins = {}
    for source, groups in read.groups.items():
        node = index[source]
        targets = dict.fromkeys(after[node])
        made = []
        for group in groups:
            members = tuple(index[m] for m in group.members)
            if len(members) == 1:
                continue
            for member in members:
                targets.pop(member, None)
            made.append(gate(members, len(members) - group.need + 1))
            stand_ins[made[-1]] = group.members
        targets.update({index[g.members[0]]: None for g in groups if len(g.members) == 1})
        after[node] = [*made, *targets]
    for component in graph.components:
        if component.boundaries:
            _tie(component, place_kinds, index, after, gate)
    for place, above in places.items():
        if above in index:
            after[index[place]].append(index[above])
    doors = _doors(read, index, after, gate)
    can_fail = tuple(c.kind != "library_or_module" and c.id not in read.outside for c in graph.components) + (
        True,
    ) * len(places)
    return FaultTree(read, names, index, after, threshold, doors, tuple(sorted(stand_ins.items())), can_fail)


def _places(graph: SystemGraph) -> dict[str, str]:
    """Return the boundaries that fail as one, each with the one above it of such a kind (or an empty name)."""
    taken = {c.id for c in graph.components}
    found = {b.id: b for b in graph.boundaries if b.kind in SPREAD and b.id not in taken}
    used = {b for c in graph.components for b in c.boundaries if b in found}
    for id_ in list(used):
        above = found[id_].parent
        while above in found and above not in used:
            used.add(above)
            above = found[above].parent
    return {id_: (b.parent if b.parent in used else "") or "" for id_, b in found.items() if id_ in used}


def _tie(
    component: Component, kinds: dict[str, str], index: dict[str, int], after: list[list[int]], gate: Gate
) -> None:
    """Let a component need the places where it runs; several of one kind stand in for each other."""
    where: dict[str, list[int]] = {}
    for id_ in component.boundaries:
        if id_ in kinds and not states(component, *SPREAD[kinds[id_]]):
            where.setdefault(kinds[id_], []).append(index[id_])
    for places in where.values():
        after[index[component.id]].append(
            places[0] if len(places) == 1 else gate(tuple(sorted(places)), len(places))
        )


def _doors(read: Dependencies, index: dict[str, int], after: list[list[int]], gate: Gate) -> dict[str, int]:
    """Return the nodes of the requests at each entry: it, one of its fronts and one of its name services must be up."""
    everyone = dict.fromkeys((*read.entries, *read.fronts, *(f for fs in read.fronts.values() for f in fs)))
    doors = {}
    for id_ in everyone:
        doors[id_] = len(after)
        after.append([index[id_]])
    names: dict[str, dict[int, None]] = {}
    for flow in read.graph.flows:
        if flow.target in doors and flow.kind in ("routes", "calls", "depends_on"):
            source = read.by_id.get(flow.source)
            if source is not None and source.kind == "dns":
                names.setdefault(flow.target, {})[index[source.id]] = None
    for id_, node in doors.items():
        for needed in ([doors[f] for f in read.fronts.get(id_, ())], list(names.get(id_, ()))):
            if needed:
                after[node].append(needed[0] if len(needed) == 1 else gate(tuple(needed), len(needed)))
    return {entry: doors[entry] for entry in read.entries}
