"""Hosts that settings write out: other services by their name in a private zone, and services of others by their public name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from buttress.cloud.containers import settings_of
from buttress.cloud.inventory import Inventory
from buttress.cloud.values import HOLE, Value
from buttress.workloads import hosts

# A name in a zone that only the network knows: `orders.shop.local`, `orders.${var.namespace}`.
_PRIVATE = re.compile(
    r"(?<=//)([\w-]{1,63})(?:\.[\w-]{1,63}){0,4}\.(?:local|internal|\$\{[^{}]{0,100}\})(?=[:/]|$)"
)
# A text whose host is complete although something behind it isn't known.
_COMPLETE = re.compile(r"[a-z][\w+.-]{0,30}://[\w.-]{1,250}[:/]")
# What the provider calls an app that it gives a public name.
_PUBLIC = re.compile(
    r"(?<=//)([\w-]{1,63})(?:\.[\w-]{1,63}){0,2}\.(?:azurewebsites\.net|azurecontainerapps\.io)(?=[:/]|$)"
)
MAX_TEXT = 2_000


def hosts_in(
    there: Inventory, address: str, names: Collection[str]
) -> Iterator[tuple[hosts.Reference, Value]]:
    """Yield the hosts that the settings of a component write out, each with the value that names it.

    A known name counts where a scheme or a port stands beside it.
    """
    for one, env in (
        (address, there.rows[address].env),
        *((c, there.rows[c].env) for c in there.carries(address)),
    ):
        for key, value in settings_of(there.resources[one], env):
            text = value.words()
            if value.refs or "\n" in text or len(text) > MAX_TEXT:
                continue
            for known in (_PRIVATE, _PUBLIC):
                text = known.sub(lambda m: m[1] if m[1] in names else m[0], text)
            if HOLE[:2] in text:
                text = text.partition(HOLE[:2])[0]
                if not _COMPLETE.match(text):
                    continue
            for reference in hosts.references(key, text, names):
                if reference.scheme or reference.port:
                    yield reference, value
