"""Failure: which components stop which entry points, alone or in pairs, how far each failure reaches, and how often to expect it.

The dependency graph is an AND/OR graph: a component works when it runs, every hard dependency works, and enough of each group of
stand-ins work. A single point of failure is a minimal cut set of size one for an entry point.
Source: Fault Tree Handbook, NUREG-0492, chapter VII (minimal cut sets).
"""

from __future__ import annotations

from collections.abc import Collection

from buttress.analysis.failure import availability, effects
from buttress.compact import bits
from buttress.dependencies import instances
from buttress.errors import UnknownName
from buttress.faults import Causes, FaultTree, cut_pairs, grow, read_causes
from buttress.faults.causes import propagate
from buttress.model import Component, Derived, SystemGraph


def analyse(tree: FaultTree) -> tuple[Derived, ...]:
    """Return entry points, request paths, cut sets, blast radii and availability.

    Derived: `entry` (value: why), `serves` (objects: entries whose requests wait for it), `runsAs` (value: one, one of
    several (equals behind a proxy), several, managed or unknown), `stops` (objects: entries that stop when it fails, alone; because: the
    path), `breaks` (objects: what stops working with it), `breaksCount` and `breaksShare` (value: how many running
    components, and what part of them in [0, 1]), `stopsWith` (objects: one other component; both
    together stop an entry point, neither alone; value: how many entries), `sharedFate` of what
    brings down a whole group of stand-ins, or all instances of one component (objects: they), `cutsOff` (value: running components that no request
    from outside reaches without it), `monolithShare` of the system (value in [0, 1]: mean part of the running components that must be up for
    one to work), and those of `availability`.

    Limits, for large graphs: lists of objects hold the first 25 and `value` the full count once all lists together exceed 200,000; cut sets of
    size two are left out (`pairsUnread` of the system: among how many) when they would take more than a million steps.
    """
    causes = read_causes(tree)
    out = [
        *effects.entries(tree),
        *effects.served(tree),
        *effects.running_as(tree),
        *effects.broken(tree, causes),
        *effects.stopped(tree, causes),
        *effects.cut_off(tree),
        *effects.leaning(tree, causes),
        *_shared_fates(tree, causes),
    ]
    pairs = cut_pairs(tree, causes)
    if pairs is None:
        out.append(Derived("pairsUnread", "system", value=len(tree.threshold)))
    else:
        out += _together(tree, pairs)
    out += availability.analyse(tree, causes)
    return tuple(out)


def blast_radius(graph: SystemGraph, *, failed: str) -> frozenset[str]:
    """Return every component that stops working when `failed` does, itself included.

    Soft flows (stated fallback, telemetry, asynchronous consumer) don't carry failure; enough stand-ins must all fail; people
    and their apps don't stop. `failed` may be a host, zone, cluster or region.
    Raises UnknownName if `failed` isn't in the graph. O(V + E). Source: Fault Tree Handbook, NUREG-0492.

    >>> from buttress.model import Component, Flow
    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
    >>> sorted(blast_radius(g, failed="b"))
    ['a', 'b']
    """
    return failing_together(graph, failed=(failed,))


def failing_together(graph: SystemGraph, *, failed: Collection[str]) -> frozenset[str]:
    """Return every component that stops working when all of `failed` do at once, these included; otherwise as `blast_radius`.

    >>> from buttress.model import Component, Flow
    >>> g = SystemGraph(components=tuple(Component(i, i) for i in "abc"), flows=(Flow("f", "a", "b"), Flow("g", "b", "c")))
    >>> sorted(failing_together(g, failed=("b", "c")))
    ['a', 'b', 'c']
    """
    tree = grow(graph)
    own = [0] * len(tree.after)
    for id_ in failed:
        node = tree.index.get(id_)
        if node is None:
            raise UnknownName.of("component", id_, known=[c.id for c in graph.components])
        own[node] = 1
    rows = propagate(tree, own)
    return frozenset((*failed, *(tree.names[n] for n in range(len(graph.components)) if rows[n])))


def _shared_fates(tree: FaultTree, causes: Causes) -> list[Derived]:
    fates: dict[int, dict[str, None]] = {}
    for gate, members in tree.gates:
        for cause in bits(causes.gates.get(gate, 0), effects.LISTED):
            if tree.names[cause] not in members:
                fates.setdefault(cause, {}).update(dict.fromkeys(members))
    count, hosts = len(tree.graph.components), {b.id for b in tree.graph.boundaries if b.kind == "host"}
    for n, component in enumerate(tree.graph.components):
        if not component.facts or instances(component) != "several":
            continue
        for needed in tree.after[n]:
            machine = needed < count and _is_machine(tree.graph.components[needed])
            if machine or (count <= needed < tree.events and tree.names[needed] in hosts):
                fates.setdefault(needed, {})[component.id] = None
    return [Derived("sharedFate", tree.names[n], objects=tuple(sorted(fates[n]))) for n in sorted(fates)]


def _is_machine(component: Component) -> bool:
    return component.kind == "compute_host" and instances(component) == "one"


def _together(tree: FaultTree, pairs: dict[str, tuple[tuple[int, int], ...]]) -> list[Derived]:
    count: dict[tuple[int, int], int] = {}
    for found in pairs.values():
        for pair in found:
            count[pair] = count.get(pair, 0) + 1
    out = []
    for (one, other), entries in count.items():
        first, second = sorted((tree.names[one], tree.names[other]))
        out.append(Derived("stopsWith", first, objects=(second,), value=entries))
    return sorted(out, key=lambda d: (d.subject, d.objects))
