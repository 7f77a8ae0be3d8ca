"""How services reach the outside: a network whose private subnets share one NAT gateway has one way out, in one zone."""

from __future__ import annotations

from collections.abc import Iterator

from buttress.cloud.inventory import Inventory
from buttress.cloud.values import Resource, Value


def single_ways_out(there: Inventory) -> Iterator[tuple[Resource, Value | None]]:
    """Yield each NAT gateway that is the only one of a network with several subnets, or the setting that makes it so.

    What stands together in one module and template counts as one network; where a number isn't known nothing is said.
    """
    gateways: dict[tuple[str, ...], list[Resource]] = {}
    subnets: dict[tuple[str, ...], int] = {}
    for resource in there.of("aws_nat_gateway", "aws_subnet"):
        nested = resource.modules if resource.dialect == "terraform" else ()
        place = (resource.group, *nested)
        if resource.type == "aws_nat_gateway":
            gateways.setdefault(place, []).append(resource)
        elif resource.count is not None:
            subnets[place] = subnets.get(place, 0) + resource.count
    for place, found in gateways.items():
        if len(found) == 1 and found[0].count == 1 and subnets.get(place, 0) > 1:
            yield found[0], None
    for network in there.of("aws_vpc"):
        single = network.get("single_nat_gateway")
        if single is not None and single.data is True:
            yield network, single
