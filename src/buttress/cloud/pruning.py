"""What the code names beside what is meant: a component's own address, the name space of queues, the storage of a host of functions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, MutableMapping
from typing import TypeVar

from buttress.cloud.inventory import Inventory

T = TypeVar("T")
EDGE = ("gateway", "load_balancer", "cdn")
_HOST_STORAGE = frozenset(("storage_account_name", "storage_account_access_key"))


def drop_own_addresses(there: Inventory, found: MutableMapping[tuple[str, str], dict[str, T]]) -> None:
    """Leave out calls of a component to the edge that passes requests on to nothing else: its setting tells it its own address.

    >>> found = {("till", "front"): {"calls": 1}}
    >>> drop_own_addresses(Inventory([]), found)
    >>> found
    {('till', 'front'): {'calls': 1}}
    """
    behind: dict[str, set[str]] = {}
    for (edge, other), kinds in found.items():
        if "routes" in kinds:
            behind.setdefault(edge, set()).add(other)
    for source, target in list(found):
        row = there.rows.get(target)
        if row is not None and row.kind in EDGE and behind.get(target) == {source}:
            found[source, target].pop("calls", None)
            if not found[source, target]:
                del found[source, target]


def drop_name_spaces(there: Inventory, found: MutableMapping[tuple[str, str], T]) -> set[str]:
    """Leave out uses of a name space by who names queues of it: its address is needed to reach them; return those nobody else uses.

    >>> drop_name_spaces(Inventory([]), {("till", "orders"): 1})
    set()
    """
    empty = set()
    for space, inside in there.contents.items():
        users = [s for s, t in found if t == space]
        for user in users:
            if any((user, queue) in found for queue in inside):
                del found[user, space]
        if users and not any(t == space for _, t in found):
            empty.add(space)
    return empty


def name_readers(there: Inventory, found: MutableMapping[tuple[str, str], dict[str, T]]) -> None:
    """Let who is only given the name of a queue read it where a topic, a bucket or a rule fills it and nobody else is known to read.

    >>> name_readers(Inventory([]), {("till", "orders"): {"calls": 1}})
    """
    filled = {
        queue
        for (source, queue), kinds in found.items()
        if "publishes" in kinds and source in there.rows and not there.rows[source].runs
    }
    read = {queue for (_, queue), kinds in found.items() if "consumes" in kinds}
    for (source, queue), kinds in found.items():
        row = there.rows.get(source)
        if queue in filled - read and list(kinds) == ["calls"] and row is not None and row.runs:
            kinds["consumes"] = kinds.pop("calls")


def host_storage(there: Inventory, among: Collection[str]) -> Iterator[str]:
    """Yield the storage that only holds what the host of functions needs: nobody's data, made anew where it is lost.

    >>> list(host_storage(Inventory([]), ()))
    []
    """
    for address in among:
        users = there.users.get(address, ())
        keys = {k for u in users for k, ref, _ in there.refs[u] if address in there.meant(ref)}
        if keys and keys <= _HOST_STORAGE:
            yield address
