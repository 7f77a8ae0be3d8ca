"""Classes of sensitive data, from where they are stated to where they surely get.

A stated class spreads only where it must arrive: to both ends of a flow that carries it, from a store or broker to who reads or consumes
there without saying what, and between copies. What a service that handles it passes on in other calls is unknown: a question, not a fact.
"""

from __future__ import annotations

from collections import deque

from buttress.dependencies import Dependencies
from buttress.faults import FaultTree
from buttress.model import Component, Derived, Flow
from buttress.model.kinds import DATABASES, MESSAGING, STORES

SENSITIVE = ("personal", "payment", "health", "credential")
_FETCHES = frozenset(("reads", "consumes"))
_WATCHED = frozenset(("external_service", "monitoring"))


def carried(item: Component | Flow) -> tuple[str, ...]:
    """Return the classes of sensitive data that a source states of a component or flow.

    >>> from buttress.model import Fact
    >>> carried(Component("a", "a", facts=(Fact("data_classes", ("personal", "public")),)))
    ('personal',)
    """
    fact = item.fact("data_classes") if item.facts else None
    if fact is None or fact.absent:
        return ()
    values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    return tuple(c for c in SENSITIVE if c in values)


def spread(tree: FaultTree) -> list[Derived]:
    """Return what surely handles which class, and where it may or surely does leave. O(classes · (V + E))."""
    read = tree.dependencies
    flows = tree.graph.flows
    told = {f.id: classes for f in flows if f.facts and (classes := carried(f))}
    why = _fixpoint(read, flows, told)
    if not why:
        return []
    out = [
        Derived("handles", id_, value=name, because=tuple(_because(why, id_, name)))
        for id_, name in sorted(why)
    ]
    regions = {b.id for b in tree.graph.boundaries if b.kind == "region"}
    for flow in flows:
        source, target = read.by_id.get(flow.source), read.by_id.get(flow.target)
        if source is None or target is None:
            continue
        known = told.get(flow.id, ())
        there = _place(source, regions), _place(target, regions)
        for name in known or _written(why, flow, target):
            if None not in there and there[0] != there[1]:
                out.append(Derived("movesRegion", flow.id, objects=(flow.target,), value=name))
        if target.kind not in _WATCHED:
            continue
        for name in known:
            out.append(Derived("sendsTo", flow.id, objects=(flow.target,), value=name))
        if not known and flow.fact("data_classes") is None and target.kind == "external_service":
            for name in ("personal", "health"):
                if (flow.source, name) in why and flow.kind in ("calls", "writes", "publishes"):
                    out.append(Derived("maySend", flow.id, objects=(flow.target,), value=name))
    for id_, name in sorted(why):
        if read.by_id[id_].kind == "cache":
            ttl = read.by_id[id_].fact("ttl")
            if ttl is not None and ttl.absent:
                out.append(
                    Derived(
                        "keepsForGood", id_, value=name, because=(f"{id_}.ttl", *_because(why, id_, name))
                    )
                )
    return out


Why = dict[
    tuple[str, str], tuple[str, str | None]
]  # (component, class) → (what says so, the component it came from)


def _fixpoint(read: Dependencies, flows: tuple[Flow, ...], told: dict[str, tuple[str, ...]]) -> Why:
    why: Why = {}
    todo: deque[tuple[str, str]] = deque()

    def learn(id_: str, name: str, reason: str, origin: str | None) -> None:
        if id_ in read.by_id and id_ not in read.outside and (id_, name) not in why:
            why[id_, name] = (reason, origin)
            todo.append((id_, name))

    for id_, component in read.by_id.items():
        for name in carried(component):
            learn(id_, name, f"{id_}.data_classes", None)
    for flow in flows if told else ():
        for name in told.get(flow.id, ()):
            for end in (flow.source, flow.target):
                learn(end, name, f"{flow.id}.data_classes", None)
    if not why:
        return {}
    fetching: dict[str, list[Flow]] = {}
    copies: dict[str, list[tuple[str, str]]] = {}
    for flow in flows:
        if flow.kind in _FETCHES and not told.get(flow.id):
            fetching.setdefault(flow.target, []).append(flow)
        elif flow.kind == "replicates":
            copies.setdefault(flow.source, []).append((flow.target, flow.id))
            copies.setdefault(flow.target, []).append((flow.source, flow.id))
    while todo:
        id_, name = todo.popleft()
        if read.by_id[id_].kind in DATABASES | MESSAGING | STORES:
            for flow in fetching.get(id_, ()):
                if flow.fact("data_classes") is None:
                    learn(flow.source, name, flow.id, id_)
            for other, flow_id in copies.get(id_, ()):
                learn(other, name, flow_id, id_)
    return why


def _because(why: Why, id_: str, name: str) -> list[str]:
    """Return the fact that states the class and the flows by which it came, from there to here."""
    steps: list[str] = []
    at: str | None = id_
    while at is not None:
        reason, at = why[at, name]
        steps.append(reason)
    return steps[::-1]


def _written(why: Why, flow: Flow, target: Component) -> tuple[str, ...]:
    """Return what a flow carries for sure though it doesn't say so: what is copied from a store that holds it."""
    if flow.kind == "replicates" and target.kind in STORES:
        return tuple(name for name in SENSITIVE if (flow.source, name) in why)
    return ()


def _place(component: Component, regions: set[str]) -> str | None:
    return next((b for b in component.boundaries if b in regions), None)
