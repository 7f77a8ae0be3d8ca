"""Where a resource lies: its region and its network."""

from __future__ import annotations

import re

from buttress.cloud.inventory import Inventory
from buttress.cloud.values import Resource
from buttress.model import Evidence

_NETWORKS = ("aws_vpc", "google_compute_network", "azurerm_virtual_network")
_ZONE = re.compile(r"[a-z]+-[a-z]+\d+-[a-z]")


def region_of(resource: Resource) -> tuple[str, Evidence] | None:
    """Return the region in which a resource says that it lies, or its provider's, with the line; None for several regions."""
    value = resource.get("location|region")
    if value is None and not resource.type.startswith("azurerm_"):
        value = resource.region
    if value is None or not isinstance(value.data, str) or not value.places or value.data.isupper():
        return None
    name = value.data[:-2] if _ZONE.fullmatch(value.data) else value.data
    return (name, value.evidence()[0]) if re.fullmatch(r"[A-Za-z][\w -]{2,30}", name) else None


def network_of(there: Inventory, address: str) -> str | None:
    """Return the one network that a component reaches through its subnets and groups, None when it isn't clear."""
    found: set[str] = set()
    todo, seen = [address], {address}
    for one in todo:
        for key, ref, _ in there.refs.get(one, ()):
            if one == address and not re.search(
                r"subnet|network|vpc|security|task_def|^settings$", key, re.IGNORECASE
            ):
                continue
            for used in there.meant(ref):
                type_ = there.resources[used].type
                if type_ in _NETWORKS:
                    found.add(used)
                elif (
                    re.search(r"subnet|security_group|ecs_task|launch_|vpc_", type_)
                    and used not in seen
                    and len(seen) < 60
                ):
                    seen.add(used)
                    todo.append(used)
    return next(iter(found)) if len(found) == 1 else None
