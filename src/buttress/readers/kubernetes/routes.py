"""What an Ingress says: the gateway that it is, and the Services that it sends requests to."""

from __future__ import annotations

import re

from buttress.evidence.lines import Node
from buttress.model import Component, Fact, slug
from buttress.readers.kubernetes.objects import Object


def gateway_of(item: Object, name: str) -> Component:
    """Return the gateway that an Ingress is, under a name that no workload has."""
    here = (item.node.get("kind") or item.node).evidence()
    facts: list[Fact] = []
    classes = item.node.text("spec", "ingressClassName") + item.node.text(
        "metadata", "annotations", "kubernetes.io/ingress.class"
    )
    scheme = item.node.text("metadata", "annotations", "alb.ingress.kubernetes.io/scheme")
    if "internal" not in classes + scheme:
        facts.append(Fact("exposed_to_internet", True, "stated", (here,)))
    if (tls := item.node.get("spec", "tls")) is not None:
        facts.append(Fact("encryption_in_transit", True, "stated", (tls.evidence(),)))
    limits = item.node.items("metadata", "annotations")
    key, limit = next(((k, n) for k, n in limits if "limit-rps" in k or "limit-rpm" in k), ("", None))
    if limit is not None and re.fullmatch(r"\d{1,9}", limit.raw):
        rate = int(limit.raw) / (60 if "rpm" in key else 1)
        facts.append(Fact("rate_limit", rate, "stated", (limit.evidence(),)))
    aliases = ("Ingress",) if name != "Ingress" else ()
    return Component(slug(name), name, "gateway", None, aliases, (), tuple(facts), (here,))


def backends_of(spec: Node | None) -> list[tuple[str, Node]]:
    """Return the Services behind an Ingress by name, each with its place."""
    out = []
    if spec is None:
        return []
    default = spec.get("defaultBackend") or spec.get("backend")
    backends = [default] if default is not None else []
    backends += [
        b for r in spec.list("rules") for p in r.list("http", "paths") if (b := p.get("backend")) is not None
    ]
    for backend in backends:
        node = backend.get("service", "name") or backend.get("serviceName")
        if node is not None and node.raw:
            out.append((node.raw, node))
    return out
