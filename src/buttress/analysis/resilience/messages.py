"""What goes wrong between stores, messages, caches and jobs: two changes that may part, crowds, and work done twice."""

from __future__ import annotations

import re

from buttress.dependencies import instances, states, table
from buttress.faults import FaultTree
from buttress.model import Component, Derived, Flow
from buttress.model.kinds import DATABASES, MESSAGING, RUNTIME

CROWD = 3  # callers that retry at one pace, from which on they are a herd
_TOGETHER = ("outbox", "transactional")
_CHANGES = table(lambda kind, sync: kind in ("writes", "publishes"))
_ONE_AT_A_TIME = ("leader_election", "single_instance", "idempotent")
_FIXED = re.compile(r"fixed|constant|linear|without jitter|no jitter", re.IGNORECASE)


def dual_writes(tree: FaultTree) -> list[Derived]:
    """Return who changes a database and something else that can't be in the same transaction, with no outbox stated."""
    components, wiring = tree.graph.components, tree.dependencies.wiring
    keeps = bytearray(c.kind in DATABASES | MESSAGING | {"search_index"} for c in components)
    out = []
    for n, source in enumerate(components):
        if source.kind not in RUNTIME or len(wiring.targets[n]) < 2:
            continue
        flows: dict[int, Flow] = {}
        changes = wiring.sorts[n].translate(_CHANGES)
        for at, target in enumerate(wiring.ends[n]):
            if changes[at] and keeps[target] and target not in flows:
                flows[target] = wiring.flows[n][at]
        if len(flows) < 2 or not any(components[t].kind in DATABASES for t in flows):
            continue
        if states(source, *_TOGETHER) or any(states(f, *_TOGETHER) for f in flows.values()):
            continue
        because = tuple(f.id for f in flows.values())
        objects = tuple(sorted(tree.names[t] for t in flows))
        out.append(Derived("dualWrite", source.id, objects=objects, because=because))
    return out


def herds(tree: FaultTree) -> list[Derived]:
    """Return what several callers retry at a fixed pace: they come back together, just when it has recovered."""
    crowds: dict[str, dict[str, str]] = {}
    for flow in tree.graph.flows:
        if not flow.facts or not states(flow, "retry"):
            continue
        backoff = flow.fact("backoff")
        if backoff is not None and (backoff.absent or _FIXED.search(str(backoff.value))):
            crowds.setdefault(flow.target, {}).setdefault(flow.source, f"{flow.id}.backoff")
    return [
        Derived(
            "herd", target, objects=tuple(sorted(c)), value=len(c), because=tuple(c[s] for s in sorted(c))
        )
        for target, c in crowds.items()
        if len(c) >= CROWD
    ]


def stampedes(tree: FaultTree) -> list[Derived]:
    """Return caches with a stated time to live that several instances read in front of a store, without stale answers or staggered times."""
    by_id = tree.dependencies.by_id
    caches = {id_ for id_, c in by_id.items() if c.kind == "cache"}
    expiring = {id_ for id_ in caches if states(by_id[id_], "ttl")}
    expiring |= {f.target for f in tree.graph.flows if f.facts and f.target in caches and states(f, "ttl")}
    if not expiring:
        return []
    stores = {n for n, c in enumerate(tree.graph.components) if c.kind in DATABASES}
    targets = tree.dependencies.wiring.targets
    behind = {tree.names[n] for n, needed in enumerate(targets) if not stores.isdisjoint(needed)}
    readers: dict[str, dict[str, str]] = {}
    timed: dict[str, str] = {}
    for flow in tree.graph.flows:
        if flow.target not in expiring or flow.source not in behind:
            continue
        if states(flow, "serves_stale") or instances(by_id[flow.source]) != "several":
            continue
        readers.setdefault(flow.target, {}).setdefault(flow.source, flow.id)
        if states(flow, "ttl"):
            timed.setdefault(flow.target, f"{flow.id}.ttl")
        elif states(by_id[flow.target], "ttl"):
            timed.setdefault(flow.target, f"{flow.target}.ttl")
    return [
        Derived(
            "stampede",
            cache,
            objects=tuple(sorted(readers[cache])),
            because=(timed[cache], *readers[cache].values()),
        )
        for cache in timed
    ]


def parallel_jobs(tree: FaultTree) -> list[Derived]:
    """Return schedulers and timed jobs of which several instances run, with nothing stated that lets one of them work at a time."""
    out = []
    for component in tree.graph.components:
        scheduled = component.kind == "scheduler" or (
            component.kind in RUNTIME and component.facts and states(component, "schedule")
        )
        if not scheduled or instances(component) != "several" or states(component, *_ONE_AT_A_TIME):
            continue
        counts = tuple(
            f"{component.id}.{f.name}" for f in component.facts if f.name in ("replicas", "min_replicas")
        )
        if counts:
            value = "certain" if _beat(component) else "possible"
            out.append(Derived("parallelJob", component.id, value=value, because=counts))
    return out


def _beat(component: Component) -> bool:
    """Return whether it is a scheduler that by its documentation must run once: every instance sends every task."""
    words = f"{component.name} {component.technology or ''}".lower()
    return "celery" in words and "beat" in words
