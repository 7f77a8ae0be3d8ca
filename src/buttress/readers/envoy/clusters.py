"""What stands behind Envoy: each cluster with its addresses, and what holds of every call to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from buttress import workloads
from buttress.evidence.lines import Node
from buttress.model import Component, Fact, FactValue, slug
from buttress.readers.envoy.tree import get, items, raw, seconds, settings
from buttress.workloads import hosts


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster: the components that its addresses are, and the facts of a call to any of them."""

    name: str
    components: tuple[Component, ...]
    facts: tuple[Fact, ...]


def clusters_of(tree: Node) -> Iterator[Cluster]:
    """Yield the clusters of a configuration that have a name."""
    for node in items(tree, "static_resources", "clusters"):
        if name := node.text("name"):
            yield Cluster(name, tuple(_components(node, name)), tuple(_facts(node)))


def _addresses(node: Node) -> Iterator[Node]:
    for group in items(node, "load_assignment", "endpoints"):
        for endpoint in items(group, "lb_endpoints"):
            address = get(endpoint, "endpoint", "address")
            if address is not None:
                yield get(address, "socket_address") or get(address, "pipe") or address
    for host in items(node, "hosts"):
        yield get(host, "socket_address") or get(host, "pipe") or host


def _components(node: Node, name: str) -> Iterator[Component]:
    """Yield the components of a cluster; several addresses that are no names are instances of one."""
    named = node.get("name") or node
    by_id: dict[str, list[tuple[Node, int | None]]] = {}
    names: dict[str, tuple[str, str]] = {}
    for address in _addresses(node):
        host, port = raw(address, "address").lower(), raw(address, "port_value")
        number = int(port) if port.isdecimal() and len(port) < 6 else None
        called = hosts.name_behind(host, number, name) if host and "$" not in host else name
        by_id.setdefault(slug(called), []).append(
            (get(address, "address") or get(address, "path") or address, number)
        )
        names[slug(called)] = (called, host)
    if not by_id:
        by_id, names = {slug(name): []}, {slug(name): (name, "")}
    checks = next(items(node, "health_checks"), None)
    for id_, places in by_id.items():
        called, host = names[id_]
        evidence = tuple(dict.fromkeys((named.evidence(), *(p.evidence() for p, _ in places))))
        facts: list[Fact] = []
        ports = {n for _, n in places if n is not None}
        if len(ports) == 1 and places:
            facts.append(Fact("port", ports.pop(), "stated", evidence[-1:]))
        if len(places) > 1:
            facts.append(Fact("replicas", len(places), "stated", tuple(p.evidence() for p, _ in places)))
        if checks is not None:
            shown = get(node, "health_checks") or checks
            facts.append(Fact("health_check", True, "stated", (shown.evidence(),)))
        if hosts.is_here(host) or (places and not host):
            facts.append(Fact("same_host", True, "stated", evidence[-1:]))
        if hosts.is_public(host):
            outside = workloads.outside(id_, called, host, hosts.managed_technology(host), *evidence)
            yield outside
            continue
        kind, technology = workloads.kind_of(called, "")
        yield Component(
            id_, called, kind, technology.id if technology else None, facts=tuple(facts), evidence=evidence
        )


def _facts(node: Node) -> Iterator[Fact]:
    def said(name: str, place: Node, value: FactValue = True) -> Fact:
        return Fact(name, value, "stated", (place.evidence(),))

    connect = get(node, "connect_timeout")
    value = seconds(raw(node, "connect_timeout"))
    if connect is not None and value is not None:
        yield said("connect_timeout", connect, value)
    if (outliers := get(node, "outlier_detection")) is not None:
        yield said("circuit_breaker", outliers)
    if (breakers := get(node, "circuit_breakers")) is not None:
        limits = [n for t in items(breakers, "thresholds") for k, n in t.items() if n.raw.isdecimal()]
        kept = [n for n in limits if len(n.raw) < 9]  # larger ones are there to switch it off
        if kept or not limits:
            yield said("bulkhead", breakers)
        most = next(
            (m for t in items(breakers, "thresholds") if (m := get(t, "max_connections")) in kept), None
        )
        if most is not None:
            yield said("max_connections", most, int(most.raw))
    if len(places := list(_addresses(node))) > 1:
        yield Fact(
            "load_balanced", True, "stated", tuple((get(p, "address") or p).evidence() for p in places[:5])
        )
    socket = get(node, "transport_socket") or get(node, "tls_context")
    if socket is None or not _is_encrypted(socket):
        return
    yield said("encryption_in_transit", socket)
    inner = settings(socket)
    inner = get(inner, "upstream_tls_context") or inner
    common = get(inner, "common_tls_context")
    for way in ("validation_context", "combined_validation_context"):
        if (check := get(common, way)) is not None and (
            get(check, "trusted_ca") or way.startswith("combined")
        ):
            yield said("certificate_check", check)
            break
    else:
        if not any(
            get(common, w) is not None
            for w in ("validation_context_sds_secret_config", "custom_validator_config")
        ):
            yield Fact("certificate_check", None, "denied", (socket.evidence(),))
    if (
        own := get(common, "tls_certificates") or get(common, "tls_certificate_sds_secret_configs")
    ) is not None:
        yield said("mutual_tls", own)


def _is_encrypted(socket: Node) -> bool:
    words = (socket.text("name") + settings(socket).text("@type")).lower()
    return "raw_buffer" not in words and ("tls" in words or socket.text("name") == "")
