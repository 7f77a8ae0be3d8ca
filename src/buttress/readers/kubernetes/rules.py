"""What autoscalers, meshes, network policies and the types of Services add to workloads and flows."""

from __future__ import annotations

import re
from dataclasses import replace

from buttress.evidence.lines import Node
from buttress.model import Evidence, Fact, FactValue, Flow
from buttress.readers.kubernetes.objects import Object

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")


def shown(item: Object, *keys: str) -> Evidence:
    """Return the line that says what an object does: one of some keys of its spec, else its kind."""
    places = (item.node.get("spec", key) for key in keys)
    scalar = next((p for p in places if p is not None and p.raw), None)
    return (scalar or item.node.get("kind") or item.node).evidence()


def scaling(scaler: Object) -> list[Fact]:
    """Return the facts that an autoscaler states of the workload that it scales."""
    here = shown(scaler, "minReplicas", "minReplicaCount", "maxReplicas", "maxReplicaCount")
    out = [Fact("autoscaling", True, "stated", (here,))]
    for name, keys in (
        ("min_replicas", ("minReplicas", "minReplicaCount")),
        ("max_replicas", ("maxReplicas", "maxReplicaCount")),
    ):
        place = next((n for k in keys if (n := scaler.node.get("spec", k)) is not None), None)
        if place is not None and isinstance(place.value, int):
            out.append(Fact(name, place.value, "stated", (place.evidence(),)))
        elif name == "min_replicas":
            value: FactValue = 1 if scaler.kind == "HorizontalPodAutoscaler" else 0
            out.append(Fact(name, value, "stated", (here,)))
    return out


def opened_by(service: Object) -> list[Fact]:
    """Return how far a Service opens what it selects: to the internet, unless an annotation keeps it inside, or on each node."""
    spec = service.node.get("spec")
    kind = spec.get("type") if spec is not None else None
    if spec is None or kind is None:
        return []
    inner = any(
        "internal" in (k + v.raw).lower() and v.value is not False and v.raw.lower() != "false"
        for k, v in service.node.items("metadata", "annotations")
    )
    if kind.raw == "LoadBalancer" and not inner:
        return [Fact("exposed_to_internet", True, "stated", (kind.evidence(),))]
    ports = [n for p in spec.list("ports") if (n := p.get("nodePort") or p.get("port")) is not None]
    if kind.raw != "NodePort" or not ports:
        return []
    return [
        Fact("published_ports", tuple(p.raw for p in ports), "stated", tuple(p.evidence() for p in ports))
    ]


def answers(service: Object) -> bool:
    """Return whether a Service is there for callers, not only for who gathers figures."""
    names = [p.text("name").lower() for p in service.node.list("spec", "ports")]
    return any("metric" not in name and "prom" not in name for name in names)


def mesh_rules(rule: Node) -> list[Fact]:
    """Return the timeout and the retries that a mesh's route sets for all calls to its destination."""
    facts = []
    timeout, retries = rule.get("timeout"), rule.get("retries", "attempts")
    if timeout is not None and (seconds := _seconds(timeout.raw)) is not None:
        facts.append(Fact("timeout", seconds, "stated", (timeout.evidence(),)))
    if retries is not None and isinstance(retries.value, int):
        facts.append(Fact("retry", retries.value, "stated", (retries.evidence(),)))
    return facts


def allowance(label: Node) -> tuple[Fact, ...]:
    """Return the fact that marks a flow that a network policy allows; whether it is used, the policy doesn't say."""
    return (Fact("network_policy", True, "stated", (label.evidence(),)),)


def told_again(flow: Flow, evidence: Evidence, facts: tuple[Fact, ...]) -> Flow:
    """Return a flow of which another line tells, with that line and what it says."""
    if evidence in flow.evidence:
        return flow
    known = {f.name: f for f in flow.facts}
    for new in facts:
        old = known.get(new.name)
        known[new.name] = new if old is None else replace(old, evidence=(*old.evidence, *new.evidence))
    return replace(flow, evidence=(*flow.evidence, evidence), facts=tuple(known.values()))


def _seconds(text: str) -> float | int | None:
    found = _SECONDS.fullmatch(text.strip())
    if not found:
        return None
    number = float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[found[2]]
    return int(number) if number == int(number) else number
