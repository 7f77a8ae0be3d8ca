"""Security groups and firewall rules: which ports are open to everybody, and which groups may talk to which."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from buttress.cloud.inventory import Inventory
from buttress.cloud.values import Resource, Value

_ANYBODY = ("0.0.0.0/0", "::/0", "*", "Internet", "Any")
_GROUPS = ("aws_security_group", "aws_default_security_group")
_RULES = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule")
_MAX_RULES = 500
_MAX_OPENINGS = 20_000


class Opening(NamedTuple):
    """A rule that lets something in: into which group, on which ports, from which groups, or from everybody."""

    group: str
    low: int | None
    high: int | None
    groups: tuple[str, ...]
    everybody: bool
    body: Value

    @property
    def ports(self) -> str:
        """The ports in words: `5432`, `8000-9000`, `all`."""
        if self.low is None or self.high is None:
            return ""
        if (self.low, self.high) in ((0, 0), (0, 65535), (-1, -1), (1, 65535)):
            return "all"
        return f"{self.low}" if self.low == self.high else f"{self.low}-{self.high}"


def openings(there: Inventory) -> Iterator[Opening]:
    """Yield what security groups and firewalls let in, by what has the group: a group, an instance or a subnet."""
    yield from islice(_of_google(there), _MAX_OPENINGS)
    yield from islice(_of_azure(there), _MAX_OPENINGS)
    for group in there.of(*_GROUPS):
        for n, body in enumerate(group.body.each("ingress|security_group_ingress")):
            if n < _MAX_RULES and isinstance(body.data, dict):
                yield from _opening(there, group, body, [group.address])
    for rule in there.of(*_RULES):
        kind = rule.get("type")
        if kind is not None and kind.words() != "ingress":
            continue
        groups = there.named(rule, "security_group_id|group_id")
        yield from _opening(there, rule, rule.body, groups)


def _opening(there: Inventory, resource: Resource, body: Value, groups: list[str]) -> Iterator[Opening]:
    peers: dict[str, None] = {}
    for value in body.each("security_groups|source_security_group_id|referenced_security_group_id"):
        peers.update(dict.fromkeys(a for a in there.meant_by(value) if there.resources[a].type in _GROUPS))
    blocks = [
        v
        for path in ("cidr_blocks", "cidr_ipv4", "cidr_ipv6", "cidr_ip", "cidr_ipv6", "ipv6_cidr_blocks")
        for v in body.each(path)
    ]
    everybody = next((v for v in blocks if v.data in _ANYBODY), None)
    everything = (p := body.get("protocol|ip_protocol")) is not None and p.words() in ("-1", "all")
    low, high = (0, 0) if everything else (_port(body, "from_port"), _port(body, "to_port"))
    for group in groups:
        yield Opening(group, low, high, tuple(peers), everybody is not None, everybody or body)


def _port(body: Value, path: str) -> int | None:
    found = body.get(path)
    if found is None or isinstance(found.data, bool):
        return None
    try:
        return int(str(found.data))
    except ValueError:
        return None


def _of_google(there: Inventory) -> Iterator[Opening]:
    """Yield what firewalls of a network open to everybody, for each instance or template with their tags."""
    machines = [(m, {v.words() for v in m.body.each("tags")}, set(there.named(m, "network_interface.network|network_interface.subnetwork")))
                for m in there.of("google_compute_instance", "google_compute_instance_template")]  # fmt: skip
    for firewall in there.of("google_compute_firewall"):
        everybody = next((v for v in firewall.body.each("source_ranges") if v.data in _ANYBODY), None)
        direction = firewall.get("direction")
        if everybody is None or (direction is not None and direction.words() != "INGRESS"):
            continue
        tags = {v.words() for v in firewall.body.each("target_tags")}
        networks = there.named(firewall, "network")
        within = {
            *networks,
            *(
                s.address
                for s in there.of("google_compute_subnetwork")
                if set(there.named(s, "network")) & set(networks)
            ),
        }
        for machine, own, where in machines[:_MAX_RULES]:
            if (
                (where & within or not networks)
                and (own & tags or not tags)
                and firewall.get("target_service_accounts") is None
            ):
                for rule in firewall.body.each("allow"):
                    ports = list(rule.each("ports")) or [Value("*")]
                    for low, high in (p for v in ports if (p := _ports_of(v.words())) is not None):
                        yield Opening(machine.address, low, high, (), True, everybody)


def _of_azure(there: Inventory) -> Iterator[Opening]:
    """Yield what network security groups open to everybody; one that also refuses everybody something isn't judged."""
    rules: dict[str, list[Value]] = {}
    for group in there.of("azurerm_network_security_group"):
        rules[group.address] = list(group.body.each("security_rule"))[:_MAX_RULES]
    for rule in there.of("azurerm_network_security_rule"):
        for address in there.named(rule, "network_security_group_name"):
            rules.setdefault(address, []).append(rule.body)
    for link in there.of(
        "azurerm_subnet_network_security_group_association",
        "azurerm_network_interface_security_group_association",
    ):
        for address in there.named(link, "network_security_group_id"):
            inbound = [
                r
                for r in rules.get(address, ())
                if _says(r, "direction", "Inbound") and _everybody(r) is not None
            ]
            if any(_says(r, "access", "Deny") for r in inbound):
                continue
            for holder in there.named(link, "subnet_id|network_interface_id"):
                for rule_ in inbound:
                    for value in rule_.each("destination_port_range|destination_port_ranges"):
                        ports = _ports_of(value.words())
                        if ports is not None:
                            yield Opening(holder, *ports, (), True, value)


def _says(rule: Value, path: str, word: str) -> bool:
    found = rule.get(path)
    return found is not None and found.words() == word


def _everybody(rule: Value) -> Value | None:
    return next(
        (v for v in rule.each("source_address_prefix|source_address_prefixes") if v.data in _ANYBODY), None
    )


def _ports_of(words: str) -> tuple[int, int] | None:
    """Return the first and last port of a range in words; 0 and 0 for all of them.

    >>> _ports_of("22"), _ports_of("8000-9000"), _ports_of("*"), _ports_of("ssh")
    ((22, 22), (8000, 9000), (0, 0), None)
    """
    if words == "*":
        return 0, 0
    low, _, high = words.partition("-")
    return (
        (int(low), int(high or low))
        if low.isdigit() and (high or low).isdigit() and len(words) < 12
        else None
    )
