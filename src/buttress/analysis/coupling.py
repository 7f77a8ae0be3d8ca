"""Coupling: cycles, shared stores, fan-in and fan-out, synchronous depth, distributed-monolith share.

Sources: Tarjan 1972 (strongly connected components); Martin 1994, "OO Design Quality Metrics" (instability); Taibi and
Lenarduzzi 2018, "On the Definition of Microservice Bad Smells" (cyclic dependency, shared persistency).
"""

from __future__ import annotations

import rustworkx as rx

from buttress.dependencies import EDGE, PASSIVE, Dependencies, reach, running
from buttress.faults import Causes, FaultTree
from buttress.model import Derived, SystemGraph
from buttress.model.kinds import STORES

HUB = 5  # a hub has at least so many callers and at least three callees


# Nodes of these talk to their likes by design: a cluster of them is no circle of services.
PEERS = frozenset(("service_registry", "config_server", "secret_store", "monitoring", "identity_provider"))


def analyse(tree: FaultTree, causes: Causes) -> tuple[Derived, ...]:
    """Return the coupling of a graph as derived facts.

    Derived: `syncCycle` (objects: members in order; because: the cycle), `sharedStore` (objects: services using it),
    `sharedWriters` (objects: services that write it), `fanIn`, `fanOut` (values: distinct callers, callees), `instability`
    (value: fan-out / (fan-in + fan-out)), `syncDepth` of an entry (value: components in the longest chain of waiting calls,
    gateways aside; because: the chain), `hub` (value: fan-in), `twoWay` (objects: the other), `monolithShare` of the system (value in [0, 1]:
    mean part of the running components that must be up for one to work), `serviceCount`, `storeCount`.
    """
    dependencies, graph = tree.dependencies, tree.graph
    kinds = {c.id: c.kind for c in graph.components}
    out: list[Derived] = []
    parts = running(graph)
    inner = frozenset(parts)
    out.append(Derived("serviceCount", "system", value=len(parts)))
    out.append(Derived("storeCount", "system", value=sum(c.kind in STORES for c in graph.components)))
    out += _cycles(dependencies, kinds)
    out += _shared(graph, kinds, inner)
    out += _fans(graph, kinds, inner)
    out += _depth(dependencies, kinds)
    needed = {s: dependencies.needed(s) for s in dependencies.hard}
    if len(parts) >= 3:
        needs = [sum(x in inner for x in reach([r], needed)) - 1 for r in parts]
        share = sum(needs) / (len(parts) * (len(parts) - 1))
        out.append(Derived("monolithShare", "system", value=round(share, 3)))
    return tuple(out) if graph.components else ()


def _cycles(dependencies: Dependencies, kinds: dict[str, str]) -> list[Derived]:
    ids = sorted(k for k in kinds if kinds[k] not in PASSIVE | PEERS and kinds[k] != "actor")
    index = {id_: n for n, id_ in enumerate(ids)}
    net: rx.PyDiGraph[str, str] = rx.PyDiGraph(multigraph=False)
    net.add_nodes_from(ids)
    for source in ids:
        for flow in dependencies.synchronous.get(source, ()):
            if flow.target in index and flow.kind in ("calls", "routes"):
                net.add_edge(index[source], index[flow.target], flow.id)
    out = []
    for members in rx.strongly_connected_components(net):
        if len(members) < 2:
            continue
        ring = _ring(sorted(members), net)
        names = tuple(ids[n] for n in ring)
        because = tuple(
            step
            for n, m in zip(ring, (*ring[1:], ring[0]), strict=True)
            for step in (ids[n], net.get_edge_data(n, m))
        )
        rest = tuple(sorted(ids[n] for n in members if ids[n] not in names))
        start = min(range(len(names)), key=lambda n: names[n])
        turned = names[start:] + names[:start]
        out.append(Derived("syncCycle", turned[0], objects=(*turned[1:], *rest), because=because))
    return sorted(out, key=lambda d: d.subject)


def _ring(members: list[int], net: rx.PyDiGraph[str, str]) -> list[int]:
    """Return a shortest cycle through the first member of a strongly connected component."""
    start, inside = members[0], set(members)
    came: dict[int, int] = {}
    todo = [start]
    for node in todo:
        for after in sorted(n for n in net.successor_indices(node) if n in inside):
            if after == start:
                ring = [node]
                while ring[-1] != start:
                    ring.append(came[ring[-1]])
                return ring[::-1]
            if after not in came:
                came[after] = node
                todo.append(after)
    return members


def _shared(graph: SystemGraph, kinds: dict[str, str], inner: frozenset[str]) -> list[Derived]:
    users: dict[str, dict[str, str]] = {}
    writers: dict[str, dict[str, str]] = {}
    for flow in graph.flows:
        if kinds.get(flow.target) in STORES - {"cache", "object_store"} and flow.source in inner:
            users.setdefault(flow.target, {}).setdefault(flow.source, flow.id)
            if flow.kind == "writes":
                writers.setdefault(flow.target, {}).setdefault(flow.source, flow.id)
    out = [
        Derived("sharedStore", store, objects=tuple(sorted(u)), because=tuple(u[k] for k in sorted(u)))
        for store, u in sorted(users.items())
        if len(u) > 1
    ]
    out += [
        Derived("sharedWriters", store, objects=tuple(sorted(w)), because=tuple(w[k] for k in sorted(w)))
        for store, w in sorted(writers.items())
        if len(w) > 1
    ]
    return out


def _fans(graph: SystemGraph, kinds: dict[str, str], inner: frozenset[str]) -> list[Derived]:
    callers: dict[str, set[str]] = {}
    callees: dict[str, set[str]] = {}
    kind_of: dict[tuple[str, str], str] = {}
    for flow in graph.flows:
        if kinds.get(flow.source, "actor") != "actor" and flow.target in kinds and flow.source != flow.target:
            callers.setdefault(flow.target, set()).add(flow.source)
            callees.setdefault(flow.source, set()).add(flow.target)
            kind_of.setdefault((flow.source, flow.target), flow.kind)
    out = []
    for id_ in sorted(set(callers) | set(callees)):
        fan_in, fan_out = len(callers.get(id_, ())), len(callees.get(id_, ()))
        out.append(Derived("fanIn", id_, value=fan_in))
        out.append(Derived("fanOut", id_, value=fan_out))
        if id_ in inner:
            out.append(Derived("instability", id_, value=round(fan_out / (fan_in + fan_out), 3)))
            if kinds[id_] == "service" and fan_in >= HUB and fan_out >= 3:
                out.append(Derived("hub", id_, value=fan_in))
    for source, target in sorted(kind_of):
        both = source in inner and target in inner
        if both and source < target and (target, source) in kind_of:
            out.append(Derived("twoWay", source, objects=(target,)))
    return out


def _depth(dependencies: Dependencies, kinds: dict[str, str]) -> list[Derived]:
    """Return the longest chain of waiting calls from each entry; cycles count once (longest simple descent by DFS order).

    Gateways, load balancers and CDNs stand in the chain, but don't count.
    """
    light = EDGE - {"web_frontend"}
    out = []
    for entry in dependencies.entries:
        best: tuple[str, ...] = ()
        best_nodes = 0
        state: dict[str, tuple[int, tuple[str, ...]]] = {}
        order, on_path = _postorder(entry, dependencies)
        for id_ in order:
            own = 0 if kinds[id_] in light else 1
            longest = own
            path: tuple[str, ...] = (id_,)
            for flow in dependencies.synchronous.get(id_, ()):
                if (id_, flow.target) in on_path or flow.target not in state:
                    continue
                length, rest = state[flow.target]
                if length + own > longest:
                    longest, path = length + own, (id_, flow.id, *rest)
            state[id_] = (longest, path)
        if entry in state:
            best_nodes, best = state[entry]
        if best_nodes > 1:
            out.append(Derived("syncDepth", entry, value=best_nodes, because=best))
    return out


def _postorder(start: str, dependencies: Dependencies) -> tuple[list[str], set[tuple[str, str]]]:
    """Return nodes in depth-first postorder and the back edges that close cycles."""
    order: list[str] = []
    back: set[tuple[str, str]] = set()
    open_: set[str] = {start}
    seen: set[str] = {start}
    stack = [(start, iter(dependencies.synchronous.get(start, ())))]
    while stack:
        node, flows = stack[-1]
        flow = next(flows, None)
        if flow is None:
            order.append(node)
            open_.discard(node)
            stack.pop()
        elif flow.target in open_:
            back.add((node, flow.target))
        elif flow.target not in seen:
            seen.add(flow.target)
            open_.add(flow.target)
            stack.append((flow.target, iter(dependencies.synchronous.get(flow.target, ()))))
    return order, back
