"""Lines of trust that flows cross, and what the outside can reach."""

from __future__ import annotations

import re

from buttress.dependencies import administers
from buttress.faults import FaultTree
from buttress.model import Component, Derived
from buttress.model.kinds import DATABASES, MESSAGING

# Ports that are for administration, and whose they are; empty where the number alone tells.
ADMIN_PORTS = {
    15672: "rabbitmq", 2375: "", 10250: "", 2379: "etcd", 8500: "consul", 5555: "flower", 9443: "portainer",
}  # fmt: skip
_PORT = re.compile(r"(?:(?P<host>[\d.]+|\[[\da-f:]+\]):)?(?:\d+(?:-\d+)?:)?(?P<port>\d{2,5})(?:/\w+)?$")
_LOCAL = ("127.", "[::1]")


def crossings(tree: FaultTree) -> list[Derived]:
    """Return the flows between two different trust boundaries."""
    trusted = {b.id: b.parent for b in tree.graph.boundaries if b.kind == "trust"}
    if not trusted:
        return []
    by_id = tree.dependencies.by_id
    out = []
    for flow in tree.graph.flows:
        source, target = by_id.get(flow.source), by_id.get(flow.target)
        if source is None or target is None:
            continue
        here = next((b for b in source.boundaries if b in trusted), None)
        there = next((b for b in target.boundaries if b in trusted), None)
        if here and there and here != there:
            out.append(Derived("crossesTrust", flow.id, objects=(here, there)))
    return out


def open_stores(tree: FaultTree) -> list[Derived]:
    """Return databases and brokers to which a person's client or an app on a device talks without a service between."""
    read = tree.dependencies
    found: dict[str, dict[str, str]] = {}
    clients = {id_ for id_ in read.outside if read.by_id[id_].kind != "actor"}
    for flow in tree.graph.flows if clients else ():
        target = read.by_id.get(flow.target)
        if target is None or flow.source not in clients or flow.kind == "depends_on":
            continue
        if target.kind in DATABASES | MESSAGING:
            found.setdefault(target.id, {}).setdefault(flow.source, flow.id)
    return [
        Derived("openStore", store, objects=tuple(ways), because=tuple(ways.values()))
        for store, ways in sorted(found.items())
    ]


def admin_ports(tree: FaultTree) -> list[Derived]:
    """Return tools and ports of administration that are published beyond the host itself."""
    out = []
    for component in tree.graph.components:
        fact = component.fact("published_ports") if component.facts else None
        if fact is None or fact.absent or fact.value is None:
            continue
        values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
        for value in values:
            found = _PORT.fullmatch(str(value).strip())
            if found is None or (found["host"] or "").startswith(_LOCAL):
                continue
            port = int(found["port"])
            if administers(component) or _is_admin(component, port) or component.fact("open_console"):
                out.append(
                    Derived(
                        "adminPort",
                        component.id,
                        value=str(value),
                        because=(f"{component.id}.published_ports",),
                    )
                )
    return out


def _is_admin(component: Component, port: int) -> bool:
    """Return whether a port is one of administration here: by its number, and where others use it too, by its owner."""
    owner = ADMIN_PORTS.get(port)
    return owner is not None and owner in f"{component.technology or ''} {component.name}".lower()
