"""Circles of waiting calls, where to cut them, and the longest chains."""

from __future__ import annotations

from buttress.compact import depth_first, strongly_connected
from buttress.dependencies import EDGE, PASSIVE
from buttress.faults import FaultTree
from buttress.model import Derived, Flow

# Nodes of these talk to their likes by design: a cluster of them is no circle of services.
PEERS = frozenset(("service_registry", "config_server", "secret_store", "monitoring", "identity_provider"))
_TEXT = frozenset(("prose", "list", "table"))
_LIGHT = EDGE - {"web_frontend"}
CHAIN = 100  # components of a chain that are told
MAX_CUT = 300  # members of a circle for which it is worked out where to cut it


def circles(tree: FaultTree) -> list[Derived]:
    """Return the strongly connected components of waiting calls, a shortest way round, and the flows to cut.

    The value is "told" where a call of the way round rests on sentences alone, which rarely say who waits for whom.
    """
    loud = {id_ for id_, c in tree.dependencies.by_id.items() if c.kind not in PASSIVE | PEERS | {"actor"}}
    out = []
    for members in tree.rounds:
        if len(members) > 1:
            out += _circles(tree, sorted(loud.intersection(tree.names[n] for n in members)))
    return sorted(out, key=lambda d: (d.subject, d.name != "syncCycle"))


def _circles(tree: FaultTree, ids: list[str]) -> list[Derived]:
    index = {id_: n for n, id_ in enumerate(ids)}
    read = tree.dependencies
    inner = frozenset(tree.index[id_] for id_ in ids)
    asked = {id_: read.waiting(id_, inner) for id_ in ids}
    drawn = {(id_, f.target, f.evidence) for id_, flows in asked.items() for f in flows if f.evidence}
    edges: dict[tuple[int, int], list[Flow]] = {}
    after: list[list[int]] = [[] for _ in ids]
    routed: set[tuple[str, str]] = set()
    for edge in ids:
        if read.by_id[edge].kind in _LIGHT:
            behind = {f.target for f in read.synchronous(edge) if f.kind == "routes"}
            routed.update((edge, b) for b in behind if len(behind) > 1)
    for n, id_ in enumerate(ids):
        for flow in asked[id_]:
            m = index[flow.target]
            if flow.kind not in ("calls", "routes"):
                continue
            if (flow.target, id_) in routed:
                continue  # through the edge to another one behind it: nobody waits for the answer of itself
            if flow.evidence and (flow.target, id_, flow.evidence) in drawn:
                continue  # one line with two heads: an exchange, of which nobody says who waits for whom
            if _is_undirected(flow):
                continue
            if _is_told(flow) and flow.kind == "routes" and read.by_id[id_].kind not in EDGE:
                continue  # "forwards the order to": who hands something on needn't wait for it
            if (n, m) not in edges:
                after[n].append(m)
            edges.setdefault((n, m), []).append(flow)
    out = []
    for members in strongly_connected(after)[1]:
        if len(members) < 2:
            continue
        inside = set(members)
        ring = _ring(min(members), inside, after)
        steps = list(zip(ring, (*ring[1:], ring[0]), strict=True))
        names = tuple(ids[n] for n in ring)
        because = tuple(step for n, m in steps for step in (ids[n], edges[n, m][0].id))
        rest = tuple(sorted(ids[n] for n in inside.difference(ring)))
        only = "told" if any(all(map(_is_told, edges[edge])) for edge in steps) else None
        out.append(Derived("syncCycle", names[0], objects=(*names[1:], *rest), value=only, because=because))
        if len(members) <= MAX_CUT:
            cut = _cut(steps, sorted(inside), after, edges)
            calls = tuple(flow.id for edge in cut for flow in edges[edge])
            out.append(Derived("cutHere", names[0], objects=calls, value=len(calls)))
    return out


def _is_told(flow: Flow) -> bool:
    return bool(flow.evidence) and all(e.form in _TEXT for e in flow.evidence)


def _is_undirected(flow: Flow) -> bool:
    """Return whether all that shows a flow are lines without a head."""
    fact = flow.fact("undirected")
    return fact is not None and set(flow.evidence) <= set(fact.evidence)


def _ring(start: int, inside: set[int], after: list[list[int]]) -> list[int]:
    """Return a shortest cycle through the first member of a strongly connected component."""
    came: dict[int, int] = {}
    todo = [start]
    for node in todo:
        for following in sorted(n for n in after[node] if n in inside):
            if following == start:
                ring = [node]
                while ring[-1] != start:
                    ring.append(came[ring[-1]])
                return ring[::-1]
            if following not in came:
                came[following] = node
                todo.append(following)
    return [start]


def _cut(
    steps: list[tuple[int, int]],
    members: list[int],
    after: list[list[int]],
    edges: dict[tuple[int, int], list[Flow]],
) -> list[tuple[int, int]]:
    """Return calls whose removal leaves no circle: the cheapest one if one is enough (exact), else a small set (greedy).

    A call that breaks every circle lies on any of them, so those of one ring are tried. Cost: how many flows would have to change, then
    how much the callee depends on the rest. Source for more: Eades, Lin and Smyth 1993, "A fast and effective heuristic for the feedback arc set problem".
    """
    inside = set(members)
    local = {n: [m for m in after[n] if m in inside] for n in members}

    def cost(edge: tuple[int, int]) -> tuple[int, int, tuple[int, int]]:
        returning = sum((edge[1], m) in edges for m in local) - len(local[edge[0]])
        return (len(edges[edge]), returning, edge)

    enough = [edge for edge in steps if _acyclic(members, local, without=edge)]
    if enough:
        return [min(enough, key=cost)]
    left = {n: set(targets) for n, targets in local.items()}
    before: dict[int, set[int]] = {n: set() for n in members}
    for n, targets in left.items():
        for m in targets:
            before[m].add(n)
    first: list[int] = []
    last: list[int] = []
    while left:
        node = next((n for n in sorted(left) if not left[n]), None)
        if node is not None:
            last.append(node)
        else:
            node = next((n for n in sorted(left) if not before[n]), None)
            if node is None:
                node = max(sorted(left), key=lambda n: len(left[n]) - len(before[n]))
            first.append(node)
        for m in left.pop(node):
            before[m].discard(node)
        for m in before.pop(node):
            left[m].discard(node)
    place = {n: at for at, n in enumerate([*first, *reversed(last)])}
    return sorted((n, m) for n in members for m in local[n] if place[m] < place[n])


def _acyclic(members: list[int], local: dict[int, list[int]], *, without: tuple[int, int]) -> bool:
    waiting = dict.fromkeys(members, 0)
    for n in members:
        for m in local[n]:
            if (n, m) != without:
                waiting[m] += 1
    todo = [n for n in members if not waiting[n]]
    for n in todo:
        for m in local[n]:
            if (n, m) != without:
                waiting[m] -= 1
                if not waiting[m]:
                    todo.append(m)
    return len(todo) == len(members)


def depths(tree: FaultTree) -> list[Derived]:
    """Return the longest chain of waiting calls from each entry, in one depth-first pass; a flow that closes a circle isn't followed.

    Gateways, load balancers and CDNs stand in the chain, but don't count.
    """
    read, waits = tree.dependencies, tree.waits
    longest = [0] * len(waits)
    follow = [-1] * len(waits)
    for node in depth_first(waits, [tree.index[e] for e in read.entries])[0]:
        below = 0
        for needed in waits[node]:  # what closes a circle isn't worked out yet, and counts as nothing
            if longest[needed] > below:
                below, follow[node] = longest[needed], needed
        longest[node] = below + (tree.graph.components[node].kind not in _LIGHT)
    via: dict[int, tuple[str, str]] = {}  # the flow that is followed, and where it leads
    out = []
    for entry in read.entries:
        node = tree.index[entry]
        chain = [entry]
        while follow[node] >= 0 and len(chain) < 2 * CHAIN:
            if node not in via:
                target = tree.names[follow[node]]
                flow = next(f for f in read.synchronous(tree.names[node]) if f.target == target)
                via[node] = (flow.id, target)
            chain += via[node]
            node = follow[node]
        if longest[tree.index[entry]] > 1:
            out.append(Derived("syncDepth", entry, value=longest[tree.index[entry]], because=tuple(chain)))
    return out
