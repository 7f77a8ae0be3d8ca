"""Names of components: when two spellings are one name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TypeVar

T = TypeVar("T")

GENERIC = frozenset(
    """
        service services server servers component node nodes instance cluster app application system module
        layer db database store api our microservice svc
    """.split()
)

_PLURAL = re.compile(r"\b([A-Z]{2,})s\b")  # "VMs"
# Whose offer a thing is, before its name or left out.
MAKERS = frozenset("amazon aws microsoft azure google gcp apache oracle ibm hashicorp".split())

# What is written out in one place and as its initials in another.
_INITIALS = {
    "ui": ("user", "interface"),
    "cli": ("command", "line", "interface"),
    "lb": ("load", "balancer"),
    "idp": ("identity", "provider"),
    "dlq": ("dead", "letter", "queue"),
}


@cache
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, camel case split, articles left out.

    >>> words_of("the OrdersAPI-v2")
    ('orders', 'api', 'v2')
    >>> words_of("CartDBStreamHandler")
    ('cart', 'db', 'stream', 'handler')
    """
    spaced = re.sub(r"([a-z0-9])([A-Z])|(?<=[A-Z])([A-Z][a-z]{2})", r"\1 \2\3", name)
    return tuple(
        w for w in re.sub(r"[^a-z0-9]+", " ", spaced.lower()).split() if w not in ("the", "a", "an", "our")
    )


@cache
def singular(word: str) -> str:
    """Return a word without the ending of the plural.

    >>> singular("queries"), singular("workers"), singular("antennae")
    ('query', 'worker', 'antenna')
    """
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("ae"):
        return word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def meant(name: str, things: Iterable[T], names: Callable[[T], Sequence[str]]) -> list[T]:
    """Return what a name means: all that are called so to the letter, else the only one that is but for generic words.

    >>> meant("order", ["Orders Service", "Billing"], lambda thing: [thing])
    ['Orders Service']
    """
    everything = list(things)
    for level in (0, 1, 2):
        wanted = keys(name)[level]
        found = [t for t in everything if any(wanted and keys(n)[level] == wanted for n in names(t))]
        if found and (level == 0 or len(found) == 1):
            return found
    return []


@cache
def keys(name: str) -> tuple[str, str, str]:
    """Return the exact, singular and loose key of a name; one without Latin letters and digits is its own key.

    >>> keys("Orders Services"), keys("admin user interface")[1], keys("支払い")
    (('ordersservices', 'orderservice', 'order'), 'adminui', ('支払い', '支払い', '支払い'))
    >>> keys("VMs"), keys("DNS")[1]
    (('vms', 'vm', 'vm'), 'dns')
    """
    words = words_of(name)
    if not words:
        own = "".join(name.casefold().split())
        return own, own, own
    single = _with_initials([singular(w) for w in words_of(_PLURAL.sub(r"\1", name))])
    loose = single[:]
    while len(loose) > 1 and loose[-1].isdigit():
        loose.pop()
    loose = [w for w in loose if w not in GENERIC] or loose
    return "".join(words), "".join(single), "".join(loose)


def _with_initials(words: list[str]) -> list[str]:
    for initials, meant_by in _INITIALS.items():
        for at in range(len(words) - len(meant_by) + 1):
            if tuple(words[at : at + len(meant_by)]) == meant_by:
                words[at : at + len(meant_by)] = [initials]
    return words
