"""Who calls whom, how often, and in which direction."""

from __future__ import annotations

from collections import Counter
from itertools import chain

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
    calling = {id_: targets for id_, targets in between.items() if by_id[id_].kind != "actor"}
    callers = Counter(chain.from_iterable(calling.values()))
    out = []
    unstable: dict[str, float] = {}
    for id_ in sorted(by_id):
        targets = calling.get(id_, {})
        own = id_ in targets
        fan_in, fan_out = callers[id_] - own, len(targets) - own
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
        targets = between[source_id]
        for target_id in inner.intersection(targets):
            if target_id == source_id:
                continue
            flows = targets[target_id]
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
    by_id, between = tree.dependencies.by_id, tree.dependencies.between
    edge = {id_ for id_ in inner if by_id[id_].kind in EDGE - {"cdn", "load_balancer"}}
    found = {
        flow.id: f"{by_id[source].kind} to {by_id[target].kind}"
        for source in inner
        if by_id[source].kind in ("service", "worker")
        for target in edge.intersection(between[source])
        for flow in between[source][target]
        if _spoken(flow)
    }
    flows = tree.graph.flows if found else ()
    return [Derived("backEdge", f.id, value=found[f.id]) for f in flows if f.id in found]


def _spoken(flow: Flow) -> bool:
    return flow.kind == "calls" and is_synchronous(flow)
