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
    graph, by_id = tree.graph, tree.dependencies.by_id
    callers: dict[str, set[str]] = {}
    callees: dict[str, set[str]] = {}
    pairs: dict[tuple[str, str], list[Flow]] = {}
    back = []
    edge = EDGE - {"cdn", "load_balancer"}
    for flow in graph.flows:
        source, target = by_id.get(flow.source), by_id.get(flow.target)
        if source is None or target is None or source is target or source.kind == "actor":
            continue
        callers.setdefault(target.id, set()).add(source.id)
        callees.setdefault(source.id, set()).add(target.id)
        if source.id in inner and target.id in inner:
            pairs.setdefault((source.id, target.id), []).append(flow)
            if target.kind in edge and source.kind in ("service", "worker") and _spoken(flow):
                back.append(Derived("backEdge", flow.id, value=f"{source.kind} to {target.kind}"))
    out = []
    unstable: dict[str, float] = {}
    for id_ in sorted({*callers, *callees}):
        fan_in, fan_out = len(callers.get(id_, ())), len(callees.get(id_, ()))
        out.append(Derived("fanIn", id_, value=fan_in))
        out.append(Derived("fanOut", id_, value=fan_out))
        if id_ in inner:
            share = round(fan_out / (fan_in + fan_out), 3)
            out.append(Derived("instability", id_, value=share))
            if fan_in + fan_out >= KNOWN_BY:
                unstable[id_] = share
            if by_id[id_].kind == "service" and fan_in >= HUB and fan_out >= 3:
                out.append(Derived("hub", id_, value=fan_in))
    out += back
    told = []
    for (source_id, target_id), flows in pairs.items():
        returned = pairs.get((target_id, source_id))
        if returned and source_id < target_id:
            because = (flows[0].id, returned[0].id)
            told.append(Derived("twoWay", source_id, objects=(target_id,), because=because))
        by = unstable.get(target_id, 0.0) - unstable.get(source_id, 1.0)
        if len(flows) < CHATTY and (by < UNSTABLE_BY or returned):
            continue
        spoken = sorted(f.id for f in flows if _spoken(f))
        if len(spoken) >= CHATTY:
            told.append(
                Derived("chatty", source_id, objects=(target_id,), value=len(spoken), because=tuple(spoken))
            )
        if spoken and by >= UNSTABLE_BY and not returned:
            told.append(Derived("againstStability", spoken[0], value=round(by, 3)))
    return out + sorted(told, key=lambda d: (d.name, d.subject, d.objects))


def _spoken(flow: Flow) -> bool:
    return flow.kind == "calls" and is_synchronous(flow)
