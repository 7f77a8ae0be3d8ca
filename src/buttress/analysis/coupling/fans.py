"""Who calls whom, how often, and in which direction."""

from __future__ import annotations

from buttress.dependencies import EDGE, is_synchronous
from buttress.faults import FaultTree
from buttress.model import Derived, Flow

HUB = 5  # a hub has at least so many callers and at least three callees
CHATTY = 3  # kinds of waiting calls between one pair
UNSTABLE_BY = 0.4  # a dependency on something that much less stable is told
KNOWN_BY = 4  # neighbours from which on the stability of a part means something


def fans(tree: FaultTree, inner: frozenset[str]) -> list[Derived]:
    """Return fan-in, fan-out, instability, hubs, two-way and chatty pairs, and flows against the grain."""
    between, by_id = tree.dependencies.between, tree.dependencies.by_id
    callers = dict.fromkeys(by_id, 0)
    callees = dict.fromkeys(by_id, 0)
    for source_id, targets in between.items():
        if by_id[source_id].kind != "actor":
            callees[source_id] = len(targets) - (source_id in targets)
            for target_id in targets:
                if target_id != source_id:
                    callers[target_id] += 1
    out = []
    unstable: dict[str, float] = {}
    for id_ in sorted(by_id):
        fan_in, fan_out = callers[id_], callees[id_]
        if not fan_in and not fan_out:
            continue
        out.append(Derived("fanIn", id_, value=fan_in))
        out.append(Derived("fanOut", id_, value=fan_out))
        if id_ in inner:
            share = round(fan_out / (fan_in + fan_out), 3)
            out.append(Derived("instability", id_, value=share))
            if fan_in + fan_out >= KNOWN_BY:
                unstable[id_] = share
            if by_id[id_].kind == "service" and fan_in >= HUB and fan_out >= 3:
                out.append(Derived("hub", id_, value=fan_in))
    told = []
    for source_id in tree.dependencies.running:
        for target_id, flows in between[source_id].items():
            if target_id not in inner or target_id == source_id:
                continue
            returned = between[target_id].get(source_id)
            if returned and source_id < target_id:
                because = (flows[0].id, returned[0].id)
                told.append(Derived("twoWay", source_id, objects=(target_id,), because=because))
            by = unstable.get(target_id, 0.0) - unstable.get(source_id, 1.0)
            if len(flows) < CHATTY and (by < UNSTABLE_BY or returned):
                continue
            spoken = sorted(f.id for f in flows if _spoken(f))
            if len(spoken) >= CHATTY:
                told.append(
                    Derived(
                        "chatty", source_id, objects=(target_id,), value=len(spoken), because=tuple(spoken)
                    )
                )
            if spoken and by >= UNSTABLE_BY and not returned:
                told.append(Derived("againstStability", spoken[0], value=round(by, 3)))
    return [*out, *_back(tree, inner), *sorted(told, key=lambda d: (d.name, d.subject, d.objects))]


def _back(tree: FaultTree, inner: frozenset[str]) -> list[Derived]:
    """Return the calls of services and workers that lead back to the edge."""
    by_id = tree.dependencies.by_id
    edge = {id_ for id_ in inner if by_id[id_].kind in EDGE - {"cdn", "load_balancer"}}
    parts = {id_ for id_ in inner if by_id[id_].kind in ("service", "worker")}
    return [
        Derived("backEdge", f.id, value=f"{by_id[f.source].kind} to {by_id[f.target].kind}")
        for f in tree.graph.flows
        if f.target in edge and f.source in parts and _spoken(f)
    ]


def _spoken(flow: Flow) -> bool:
    return flow.kind == "calls" and is_synchronous(flow)
