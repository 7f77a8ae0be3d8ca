"""Flows that a construction tells rather than a verb: "behind a load balancer", "between A and B", "Celery with RabbitMQ as broker"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.model.kinds import MESSAGING
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

Pair = tuple[Mention, Mention, str]  # who starts it, what is needed, the kind of flow

_EDGE = frozenset(("gateway", "load_balancer", "cdn", "service", "web_frontend"))
_STANDS = re.compile(r"(?:which |that )?(?:\w+ ){0,2}in front of(?: (?:the|our|all|a|an|both))*")
_HIDDEN = re.compile(
    r"(?:is |are |runs? |run |sits? |sitting |lives? |located |which |deployed |placed |usually |always |\w+ly )*behind(?: (?:the|our|a|an|its))*"
)
_BEHIND = re.compile(
    r"\b(?:behind|fronted by|reached through|exposed (?:through|via|by))(?: (?:the|our|a|an|its|single))*$"
)
_WITH = re.compile(r"(?:with|using|on top of|on|over|,? backed by)(?: the| a| an)?")
_EXCHANGE = Caseless(
    r"\b(?:communicat\w+|traffic|requests|calls|interactions?|connections?|messag(?:es|ing)|exchange\w*|conversation|talk|integration|link|data transfer)\b"
    r"(?: \w+){0,3} between(?: the| our| a| an| both)*$",
)
_THROUGH = Caseless(
    r"\b(?:uses?|using|through|via|over|goes through|go through|handled by|done by|passes through|happens? (?:via|through|over))\b(?: \w+){0,3}$",
)
_IN_ROLE = Caseless(
    r"^(?:\)|`|'|\")?\s*as (?:an? |the |its |their |our )?(?:\w+ )?(?:message |task |event |primary |main |backing |persistent |default )*"
    r"(?:brokers?|queues?|backends?|stores?|databases?|db|caches?|storage|transports?|result backend|session store|search engine|message bus|bus|datastore|data store)\b",
)


def constructed(text: Sentence, mentions: Sequence[Mention], subject: Mention | None) -> list[Pair]:
    """Return the pairs that constructions join in one sentence; `subject` is who acts when nobody is named before.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "Traffic between web and cart goes through mesh.")])
    >>> web, cart, mesh = (Mention(0, n, n + 1, text.tokens[n].text, "known") for n in (2, 4, 7))
    >>> [(a.surface, b.surface) for a, b, _ in constructed(text, (web, cart, mesh), None)]
    [('web', 'mesh'), ('cart', 'mesh')]
    """
    ordered = sorted(mentions, key=lambda m: m.first)
    return [*_in_front(text, ordered, subject), *_between(text, ordered), *_in_role(text, ordered)]


def _in_front(text: Sentence, mentions: Sequence[Mention], subject: Mention | None) -> list[Pair]:
    """Return the routes of "X sits in front of Y", "Y is behind X", "it listens on 8080 and sits behind X"."""
    out: list[Pair] = []
    for index, second in enumerate(mentions):
        first = mentions[index - 1] if index else None
        start = first.last if first is not None else 0
        between = " ".join(t.lower for t in text.tokens[start : second.first] if t.is_word)
        if first is not None and _STANDS.fullmatch(between):
            out.append((first, second, "routes"))
        elif first is not None and _HIDDEN.fullmatch(between):
            out.append((second, first, "routes"))
        elif (
            _BEHIND.search(between)
            and second.kind() in _EDGE
            and (served := next((m for m in mentions[:index] if m.first <= 2 and not m.aside), subject))
            is not None
        ):
            out.append((second, served, "routes"))
    return out


def _between(text: Sentence, mentions: Sequence[Mention]) -> list[Pair]:
    """Return both ends of an exchange joined to what carries it, or to each other when nothing is said to."""
    for index in range(len(mentions) - 1):
        one, other = mentions[index], mentions[index + 1]
        before = text.text[: text.tokens[one.first].start].strip(" `*_\"'")
        gap = [t.lower for t in text.tokens[one.last : other.first] if t.is_word]
        if not _EXCHANGE.search(before) or not gap or gap[0] != "and" or len(gap) > 2:
            continue
        carrier = next((m for m in mentions[:index] if m.kind() in MESSAGING or m.label), None)
        for later in mentions[index + 2 :]:
            if _THROUGH.search(
                text.text[text.tokens[other.last - 1].end : text.tokens[later.first].start].strip()
            ):
                carrier = later
                break
        if carrier is None:
            return [(one, other, "calls")]
        kind = "publishes" if carrier.kind() in MESSAGING else "calls"
        return [(one, carrier, kind), (other, carrier, kind)]
    return []


def _in_role(text: Sentence, mentions: Sequence[Mention]) -> list[Pair]:
    """Return who uses what in "Celery with RabbitMQ as a broker"."""
    out: list[Pair] = []
    for index in range(1, len(mentions)):
        user, used = mentions[index - 1], mentions[index]
        between = " ".join(t.lower for t in text.tokens[user.last : used.first])
        behind = text.text[text.tokens[used.last - 1].end :]
        if _WITH.fullmatch(between) and _IN_ROLE.match(behind):
            out.append((user, used, "publishes" if used.kind() in MESSAGING else "writes"))
    return out
