"""Who calls whom, how often, and in which direction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
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
    wiring, components = tree.dependencies.wiring, tree.graph.components
    targets = wiring.targets
    callers = Counter(
        chain.from_iterable(t for c, t in zip(components, targets, strict=True) if c.kind != "actor")
    )
    out = []
    unstable: dict[int, float] = {}
    for id_ in sorted(tree.dependencies.by_id):
        n = wiring.index[id_]
        kind = components[n].kind
        own = n in targets[n] and kind != "actor"
        fan_in, fan_out = callers[n] - own, len(targets[n]) - own if kind != "actor" else 0
        if not fan_in and not fan_out:
            continue
        out.append(Derived("fanIn", id_, value=fan_in))
        out.append(Derived("fanOut", id_, value=fan_out))
        if id_ in inner:
            share = round(fan_out / (fan_in + fan_out), 3)
            out.append(Derived("instability", id_, value=share))
            if fan_in + fan_out >= KNOWN_BY:
                unstable[n] = share
            if kind == "service" and fan_in >= HUB and fan_out >= 3:
                out.append(Derived("hub", id_, value=fan_in))
    told = _pairs(tree, unstable)
    return [*out, *_back(tree, inner), *sorted(told, key=lambda d: (d.name, d.subject, d.objects))]


def _pairs(tree: FaultTree, unstable: dict[int, float]) -> Iterator[Derived]:
    """Yield two-way and chatty pairs of running parts, and flows that lead to what is much less stable."""
    wiring, names = tree.dependencies.wiring, tree.names
    running = [wiring.index[id_] for id_ in tree.dependencies.running]
    is_inner = bytearray(len(wiring.targets))
    for n in running:
        is_inner[n] = 1
    for source in running:
        targets, ends = wiring.targets[source], wiring.ends[source]
        often = len(ends) - len(targets) >= CHATTY - 1
        stable = unstable.get(source, 1.0)
        for target in targets:
            if not is_inner[target] or target == source:
                continue
            if source < target and source in wiring.targets[target]:
                one, other = sorted((source, target), key=names.__getitem__)
                because = (wiring.between(one, other)[0].id, wiring.between(other, one)[0].id)
                yield Derived("twoWay", names[one], objects=(names[other],), because=because)
            by = unstable.get(target, 0.0) - stable
            against = by >= UNSTABLE_BY and source not in wiring.targets[target]
            if not against and not (often and ends.count(target) >= CHATTY):
                continue
            spoken = sorted(f.id for f in wiring.between(source, target) if _spoken(f))
            if len(spoken) >= CHATTY:
                pair = names[source], (names[target],)
                yield Derived("chatty", *pair, value=len(spoken), because=tuple(spoken))
            if spoken and against:
                yield Derived("againstStability", spoken[0], value=round(by, 3))


def _back(tree: FaultTree, inner: frozenset[str]) -> list[Derived]:
    """Return the calls of services and workers that lead back to the edge."""
    wiring, components = tree.dependencies.wiring, tree.graph.components
    back = EDGE - {"cdn", "load_balancer"}
    edge = {n for n, c in enumerate(components) if c.kind in back and c.id in inner}
    found = {
        flow.id: f"{components[source].kind} to {components[target].kind}"
        for source, targets in enumerate(wiring.targets if edge else ())
        if components[source].kind in ("service", "worker") and components[source].id in inner
        for target in edge & targets.keys()
        for flow in wiring.between(source, target)
        if _spoken(flow)
    }
    flows = tree.graph.flows if found else ()
    return [Derived("backEdge", f.id, value=found[f.id]) for f in flows if f.id in found]


def _spoken(flow: Flow) -> bool:
    return flow.kind == "calls" and is_synchronous(flow)
