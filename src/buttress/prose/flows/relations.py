"""Flows that nouns tell: what one thing is to another ("a client of", "the store of"), who shares what, what arrives from where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.caseless import Caseless
from buttress.prose.flows.constructions import Pair, words_before, words_between
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

_MANY = 8  # mentions in a list
_THE = r"(?: (?:the|our|its|their|a|an|all|both|each|every|any))*"
_IS = r"(?:,? ?(?:which|that) )?(?:is|are|acts|act|serves|serve|works|functions|operates|(?:is |are )?(?:\w+ly )?(?:used|deployed|run|thought of))(?: \w+ly)?(?: as)?"
_SORT = r"(?: [\w-]+){0,4}?"
_CLIENT = Caseless(
    rf"{_IS}(?: (?:a|an|the|one|another|just|only|simply|nothing but))+{_SORT} (?:clients?|consumers?|callers?|wrappers?|front-?ends?|front ends?|uis?|interfaces?|"
    rf"facades?|façades?|dashboards?|consoles?|shells?|adapters?) (?:of|for|to|around|on top of|over){_THE}"
)
_SERVANT = Caseless(
    rf"{_IS}(?: (?:a|an|the|its|our|their))?{_SORT} (?:stores?|databases?|db|caches?|brokers?|queues?|back-?ends?|back ends?|bus|storage|source of truth|system of record|"
    rf"search index|index|search engine|data sources?|registry|lake|warehouse|transport|provider|persistence) (?:of|for|behind|used by|shared by){_THE}"
)
_AMID = Caseless(
    rf"(?:{_IS}(?: (?:a|an|the|its|our|their))?{_SORT} )?(?:sits|stands|lies|is|are|sitting|placed|layer|broker|queue|bus|buffer|cache|proxy|adapter|bridge|link|glue|mediator|channel|facade)"
    rf" (?:in )?between{_THE}"
)
_SHARED = Caseless(
    rf"(?:is|are|,? ?which is|that is)(?: \w+ly)? shared (?:between|by|among|amongst|across){_THE}"
)
_CLIENTS_OF = Caseless(rf"^(?:the |its |known |main |only )*(?:clients|consumers|callers|users) of{_THE}$")
_ARE = Caseless(rf"(?:currently |today )?(?:are|include|is)(?: \w+ly)?{_THE}")
_AND = Caseless(rf"(?:,|and|, and|&|or|as well as){_THE}")
_REQUESTS = r"(?:requests?|calls?|webhooks?|callbacks?|traffic|queries|uploads?|messages?|events?|notifications?|commands?|connections?|files|orders|records|jobs|data|posts?|pushes)"
_COMING = Caseless(rf"\b{_REQUESTS} (?:\w+ )?(?:from|of|by){_THE}$")
_ARRIVES = Caseless(
    rf"(?:(?:first|then|always|also|will|must|can|eventually) )*(?:arrives?|lands?|comes? in|hits?|reach(?:es)?|enters?(?: through)?|ends? up|come through|"
    rf"(?:is|are)(?: \w+ly)? (?:handled|received|accepted|processed|answered|served|terminated|taken|authenticated|validated) by)(?: (?:at|in|on|to|via|through))?{_THE}"
)
_AFTER = Caseless(r"^behind(?: (?:the|our|a|an|this|each|every))*$")
_STAND = Caseless(
    r"(?:,|there|we|you|are|is|have|runs?|sits?|stands?|lives?|come|comes|find|several|two|three|four|a|an|the|our|number|of|some|many|multiple)(?: (?:there|are|is|have|run|sit|"
    r"runs|sits|lives?|stand|stands|find|several|two|three|four|a|an|the|our|number|of|some|many|multiple|pool|set|group))*"
)


def related(text: Sentence, mentions: Sequence[Mention]) -> list[Pair]:
    """Return the pairs that nouns join in one sentence; `mentions` in their order.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "Redis acts as a cache for web and admin.")])
    >>> redis, web, admin = (Mention(0, n, n + 1, text.tokens[n].text, "known") for n in (0, 6, 8))
    >>> [(a.surface, b.surface) for a, b, _ in related(text, (redis, web, admin))]
    [('web', 'Redis'), ('admin', 'Redis')]
    """
    if len(mentions) < 2:
        return []
    return [
        *_being(text, mentions),
        *_clients(text, mentions),
        *_arriving(text, mentions),
        *_following(text, mentions),
    ]


def _listed(text: Sentence, mentions: Sequence[Mention], start: int) -> list[Mention]:
    """Return the mention at `start` and those joined to it by commas and "and"."""
    out = [mentions[start]]
    for earlier, later in zip(mentions[start:], mentions[start + 1 : start + _MANY], strict=False):
        if not _AND.fullmatch(words_between(text, earlier, later)) or _acts(text, later):
            break
        out.append(later)
    return out


def _acts(text: Sentence, mention: Mention) -> bool:
    """Return whether a verb in the present stands right behind a mention: another clause begins with it."""
    after = text.tokens[mention.last].lower if mention.last < len(text.tokens) else ""
    return after in ("is", "are", "has", "have", "can", "will", "does", "do")


def _being(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of what a thing is to another, which may be described by a mention of its own: "Redis is the *broker* of"."""
    for index, one in enumerate(mentions):
        for later in range(index + 1, min(index + 3, len(mentions))):
            gap = words_between(text, one, mentions[later])
            if len(gap) > 160 or ";" in gap or ":" in gap:
                break
            others = _listed(text, mentions, later)
            if _AMID.fullmatch(gap) and len(others) == 2:
                yield from _amid(one, *others)
            elif _SHARED.fullmatch(gap):
                yield from ((other, one, "calls") for other in others)
            elif _CLIENT.fullmatch(gap):
                yield from ((one, other, "calls") for other in others if other.kind() != "actor")
            elif _SERVANT.fullmatch(gap):
                yield from ((other, one, "calls") for other in others)
            else:
                continue
            break


def _amid(middle: Mention, one: Mention, other: Mention) -> Iterator[Pair]:
    if middle.kind() in STORES | MESSAGING:
        yield from ((end, middle, "calls") for end in (one, other))
    else:
        yield from ((one, middle, "calls"), (middle, other, "calls"))


def _clients(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "the clients of X are A and B"."""
    for index, needed in enumerate(mentions[:2]):
        before = words_before(text, needed)
        if (
            index + 1 < len(mentions)
            and _CLIENTS_OF.search(before)
            and _ARE.fullmatch(words_between(text, needed, mentions[index + 1]))
        ):
            yield from ((other, needed, "calls") for other in _listed(text, mentions, index + 1))


def _arriving(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of what comes from somebody: "webhooks from Stripe arrive at the payment service"."""
    for one, other in pairwise(mentions):
        before = words_before(text, one)
        if (
            _COMING.search(before)
            and one.kind() not in STORES | MESSAGING
            and _ARRIVES.fullmatch(words_between(text, one, other))
        ):
            yield one, other, "calls"


def _following(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the routes of "behind the load balancer there are …"."""
    first = mentions[0]
    before = words_before(text, first)
    if _AFTER.search(before) and _STAND.fullmatch(words_between(text, first, mentions[1])):
        yield from ((first, other, "routes") for other in _listed(text, mentions, 1))
