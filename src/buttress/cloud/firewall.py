"""Security groups and firewall rules: which ports are open to everybody, and which groups may talk to which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from buttress.cloud.inventory import Inventory
from buttress.cloud.values import Resource, Value

_ANYBODY = ("0.0.0.0/0", "::/0", "*", "Internet", "Any")
_GROUPS = ("aws_security_group", "aws_default_security_group")
_RULES = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule")
_MAX_RULES = 500


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
    """Yield what AWS security groups let in, each rule once."""
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
