"""Failure: which components stop which entry points, alone or in pairs, and how far each failure reaches.

The dependency graph is an AND/OR graph: a component works when it runs, every hard dependency works, and at least one of
each group of alternatives works. A single point of failure is a minimal cut set of size one for an entry point.
Source: Fault Tree Handbook, NUREG-0492, chapter VII (minimal cut sets).
"""

from __future__ import annotations

from itertools import combinations

from buttress.dependencies import (
    EDGE,
    Dependencies,
    instances,
    is_outside,
    reach,
    read_dependencies,
    running,
)
from buttress.errors import UnknownName
from buttress.model import Derived, Flow, SystemGraph

MAX_PAIRS_FROM = (
    60  # pairs are looked for among at most this many components; beyond, cut sets of size one tell enough
)


def analyse(graph: SystemGraph) -> tuple[Derived, ...]:
    """Return entry points, request paths, single points of failure, cut pairs and blast radii.

    Derived: `entry` (value: why), `serves` (objects: entries whose requests wait for it), `runsAs` (value: one, several,
    managed or unknown), `stops` (objects: entries that stop when it fails; because: the path), `breaks` (objects: what stops
    working with it), `breaksShare` (value in [0, 1]: part of the running components), `stopsWith` (objects: one other
    component; both together stop an entry point, neither alone).
    """
    dependencies = read_dependencies(graph)
    out = [Derived("entry", entry, value=_why_entry(graph, entry)) for entry in dependencies.entries]
    waits = {s: tuple(f.target for f in flows) for s, flows in dependencies.synchronous.items()}
    serves: dict[str, list[str]] = {}
    for entry in dependencies.entries:
        for id_ in dict.fromkeys((*dependencies.fronts.get(entry, ()), *reach([entry], waits))):
            serves.setdefault(id_, []).append(entry)
    out += [Derived("serves", id_, objects=tuple(entries)) for id_, entries in sorted(serves.items())]
    out += [
        Derived("runsAs", c.id, value=instances(c), because=_counted(c.id, graph))
        for c in graph.components
        if c.kind not in ("library_or_module", "other") and not is_outside(c)
    ]
    parts = frozenset(running(graph))
    callers = _callers(dependencies)
    alone: dict[str, set[str]] = {e: set() for e in dependencies.entries}
    for component in graph.components:
        if component.kind == "library_or_module" or is_outside(component):
            continue
        broken = _broken({component.id}, dependencies, callers)
        affected = tuple(sorted(b for b in broken if b != component.id and b in parts))
        if affected:
            out.append(Derived("breaks", component.id, objects=affected))
            share = round(len(affected) / max(1, len(parts)), 3)
            out.append(Derived("breaksShare", component.id, value=share))
        stopped = tuple(
            e for e in dependencies.entries if e != component.id and _stopped(e, broken, dependencies)
        )
        for entry in stopped:
            alone[entry].add(component.id)
        if stopped:
            path = _path(stopped[0], component.id, dependencies)
            out.append(Derived("stops", component.id, objects=stopped, because=path))
    out += _pairs(dependencies, callers, alone)
    return tuple(out)


def blast_radius(graph: SystemGraph, *, failed: str) -> frozenset[str]:
    """Return every component that stops working when `failed` does, itself included.

    Soft flows (stated fallback, telemetry, asynchronous consumer) don't carry failure; alternatives must all fail; people
    and their apps don't stop.
    Raises UnknownName if `failed` isn't in the graph. O(V + E). Source: Fault Tree Handbook, NUREG-0492.

    >>> from buttress.model import Component
    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
    >>> sorted(blast_radius(g, failed="b"))
    ['a', 'b']
    """
    if graph.component(failed) is None:
        raise UnknownName.of("component", failed, known=[c.id for c in graph.components])
    dependencies = read_dependencies(graph)
    return frozenset(_broken({failed}, dependencies, _callers(dependencies)))


def _callers(dependencies: Dependencies) -> dict[str, tuple[str, ...]]:
    callers: dict[str, dict[str, None]] = {}
    for source, flows in dependencies.hard.items():
        for flow in flows:
            callers.setdefault(flow.target, {})[source] = None
    return {k: tuple(v) for k, v in callers.items()}


def _broken(failed: set[str], dependencies: Dependencies, callers: dict[str, tuple[str, ...]]) -> set[str]:
    """Return the least fixpoint of failure from `failed`."""
    broken = set(failed)
    todo = list(failed)
    for id_ in todo:
        for caller in callers.get(id_, ()):
            if caller in broken:
                continue
            group = next((g for g in dependencies.alternatives.get(caller, ()) if id_ in g), None)
            if group is not None and not group <= broken:
                continue
            broken.add(caller)
            todo.append(caller)
    return broken


def _stopped(entry: str, broken: set[str], dependencies: Dependencies) -> bool:
    """Return whether requests to an entry fail: it is broken itself, or everything in front of it is."""
    fronts = dependencies.fronts.get(entry, ())
    return entry in broken or (bool(fronts) and broken.issuperset(fronts))


def _pairs(
    dependencies: Dependencies, callers: dict[str, tuple[str, ...]], alone: dict[str, set[str]]
) -> list[Derived]:
    """Return minimal cut sets of size two; they exist only where alternatives do, so only those are tried."""
    members = sorted({m for groups in dependencies.alternatives.values() for g in groups for m in g})
    if not members or len(members) > MAX_PAIRS_FROM:
        return []
    out = []
    for first, second in combinations(members, 2):
        broken = _broken({first, second}, dependencies, callers)
        if any(
            _stopped(e, broken, dependencies) and not {first, second} & alone[e] for e in dependencies.entries
        ):
            out.append(Derived("stopsWith", first, objects=(second,)))
    return out


def _path(start: str, end: str, dependencies: Dependencies) -> tuple[str, ...]:
    """Return the ids of components and flows on a shortest hard path, alternating, both ends included."""
    came: dict[str, Flow | None] = {start: None}
    todo = [start]
    for id_ in todo:
        if id_ == end:
            break
        for flow in dependencies.hard.get(id_, ()):
            if flow.target not in came:
                came[flow.target] = flow
                todo.append(flow.target)
    if end not in came:
        return (end, start)
    steps = [end]
    while (before := came[steps[-1]]) is not None:
        steps += [before.id, before.source]
    return tuple(reversed(steps))


def _why_entry(graph: SystemGraph, entry: str) -> str:
    kinds = {c.id: c.kind for c in graph.components}
    outside = {c.id: c for c in graph.components if is_outside(c)}
    caller = next((outside[f.source] for f in graph.flows if f.target == entry and f.source in outside), None)
    if caller is not None and caller.kind != "actor":
        return f"called by {caller.name}"
    front = next((f.source for f in graph.flows if f.target == entry and kinds.get(f.source) in EDGE), None)
    if front is not None:
        return f"behind {graph.label(front)}"
    if caller is not None:
        return "called by an actor"
    component = graph.component(entry)
    if component is not None and component.fact("exposed_to_internet") is not None:
        return "exposed to the internet"
    return "nothing else calls it"


def _counted(id_: str, graph: SystemGraph) -> tuple[str, ...]:
    component = graph.component(id_)
    names = ("single_instance", "min_replicas", "replicas", "multi_zone", "multi_region", "failover")
    return tuple(f"{id_}.{f.name}" for f in (component.facts if component else ()) if f.name in names)
