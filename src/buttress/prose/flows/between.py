"""Flows between two that a sentence joins: "messages between A and B go through C", "a bridge between A and B"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

Pair = tuple[Mention, Mention, str]  # who starts it, what is needed, the kind of flow

_EXCHANGE = Caseless(
    r"\b(?:communicat\w+|traffic|requests|calls|interactions?|connections?|messag(?:es|ing)|exchange\w*|conversation|talk|integration|link|data transfer)\b"
    r"(?: \w+){0,3} between(?: the| our| a| an| both)*$|\bexchanged by(?: the| our| a| an| both)*$",
)
_BRIDGE = Caseless(
    r"\b(?:bridge|interface|intermediary|mediator|go-between|middleman|adapter|glue|translator)s? between\b(?: [\w’'-]+){0,4}$"
)
_LINKED = Caseless(
    r"\b(?:timeouts?|connections?|connection pools?|retries|latency|hops?|network|firewall|tls|mtls|handshake|round ?trips?)(?: \w+){0,3} between(?: the| our| a| an| both)*$"
)
_NO_LINK = Caseless(
    r"(?:\b(?:no|never|without)\b|n['’]t\b)(?: [\w-]+){0,3} between(?: the| our| a| an| both)*$"
)
_THROUGH = Caseless(
    r"\b(?:uses?|using|through|via|over|goes through|go through|handled by|done by|passes through|happens? (?:via|through|over))\b(?: \w+){0,3}$",
)


def words_between(text: Sentence, one: Mention, other: Mention) -> str:
    """Return the words between two mentions, without signs.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "Desk, and Shelf.")])
    >>> one, other = (Mention(0, n, n + 1, text.tokens[n].text, "known") for n in (0, 3))
    >>> words_between(text, one, other)
    ', and'
    """
    return text.words(one.last, other.first, ",;:()")


def exchanges(text: Sentence, mentions: Sequence[Mention]) -> list[Pair]:
    """Return both ends of an exchange joined to what carries it, or to each other when nothing is said to.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "Traffic between web and cart is small.")])
    >>> web, cart = (Mention(0, n, n + 1, text.tokens[n].text, "known") for n in (2, 4))
    >>> [(a.surface, b.surface, kind) for a, b, kind in exchanges(text, (web, cart))]
    [('web', 'cart', 'calls')]
    """
    for index in range(len(mentions) - 1):
        one, other = mentions[index], mentions[index + 1]
        before = text.text[: text.tokens[one.first].start].strip(" `*_\"'")
        gap = [t.lower for t in text.tokens[one.last : other.first] if t.is_word]
        if not gap or gap[0] != "and" or len(gap) > 2 or _NO_LINK.search(before):
            continue
        if _LINKED.search(before) and one.kind() not in STORES | MESSAGING:
            return [(one, other, "calls")]
        if not _EXCHANGE.search(before):
            continue
        carrier = next((m for m in mentions[:index] if m.kind() in MESSAGING or m.label), None)
        for later in mentions[index + 2 :]:
            if _THROUGH.search(
                text.text[text.tokens[other.last - 1].end : text.tokens[later.first].start].strip()
            ):
                carrier = later if later.kind() != "library_or_module" else carrier  # "over gRPC" is how
                break
        if carrier is None:
            return [(one, other, "calls")]
        kind = "publishes" if carrier.kind() in MESSAGING else "calls"
        return [(one, carrier, kind), (other, carrier, kind)]
    return []


def bridging(text: Sentence, mentions: Sequence[Mention], subject: Mention | None) -> list[Pair]:
    """Return the flows by way of what stands between two: "the desk acts as a bridge between A and B".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "Desk is a bridge between Web and Cart.")])
    >>> desk, web, cart = (Mention(0, n, n + 1, text.tokens[n].text, "known") for n in (0, 5, 7))
    >>> [(a.surface, b.surface) for a, b, _ in bridging(text, (desk, web, cart), None)]
    [('Web', 'Desk'), ('Desk', 'Cart')]
    """
    for index, (one, other) in enumerate(pairwise(mentions)):
        gap = words_between(text, one, other).lower().split()
        before = text.text[: text.tokens[one.first].start].rstrip(" `*_\"'")
        if gap[:1] != ["and"] or len(gap) > 2 or not _BRIDGE.search(before):
            continue
        bridge = next((m for m in reversed(mentions[:index]) if not m.aside), subject)
        if bridge is not None and bridge.kind() not in STORES | MESSAGING:
            return [(one, bridge, "calls"), (bridge, other, "calls")]
    return []
