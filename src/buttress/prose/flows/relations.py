"""Flows that nouns tell: what one thing is to another ("a client of", "the store of"), who shares what, what arrives from where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.caseless import Caseless
from buttress.prose.flows.between import Pair, words_between
from buttress.prose.flows.constructions import THE, joined, listed, owns, words_before
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import lexicon

_IS = r"(?:,? ?(?:which|that) )?(?:is|are|acts|act|serves|serve|works|functions|operates|(?:is |are )?(?:\w+ly )?(?:used|deployed|run|thought of))(?: \w+ly)?(?: as)?"
_SORT = r"(?: [\w-]+){0,4}?"
_LIKEWISE = Caseless(rf"\b(?:like|as well as|together with|along with){THE}$")
_CLIENT = Caseless(
    rf"(?:{_IS}(?: (?:a|an|the|one|another|just|only|simply|merely|essentially|really|(?:nothing|little) (?:but|(?:more|other|else) than)))+|:(?: (?:a|an|the))*){_SORT} (?:clients?|consumers?|callers?|wrappers?|front-?ends?|front ends?|uis?|interfaces?|"
    rf"facades?|façades?|dashboards?|consoles?|shells?|adapters?|prox(?:y|ies)|abstractions?|layers?|shims?|bridges?) (?:of|for|to|around|on top of|over|in front of){THE}"
)
_AS_CLIENT = Caseless(
    rf"(?:[\w-]+ ){{0,6}}?as (?:an?|the){_SORT} (?:clients?|wrappers?|front-?ends?|interfaces?|facades?|façades?|prox(?:y|ies)|layers?|adapters?) (?:of|for|to|around|on top of|over|in front of){THE}"
)
_OFFERS = Caseless(
    rf"(?:,? ?(?:which|that) )?(?:\w+ly |also )?(?:provides?|offers?|adds?|presents?|implements?|gives)(?: (?:a|an|the|one|another|its))*{_SORT} "
    rf"(?:abstractions?|interfaces?|wrappers?|facades?|façades?|front-?ends?|layers?|uis?|guis?|dashboards?) (?:for|to|over|around|on top of|in front of|onto){THE}"
)
_SERVANT = Caseless(
    rf"{_IS}(?: (?:a|an|the|its|our|their))?{_SORT} (?:stores?|databases?|db|caches?|brokers?|queues?|back-?ends?|back ends?|bus|storage|source of truth|system of record|"
    rf"search index|index|search engine|data sources?|registry|lake|warehouse|transport|provider|persistence|end-?points?|entry ?-?points?|front door) (?:of|for|behind|used by|shared by){THE}"
)
_DECOUPLES = Caseless(rf"(?:decouples?|separates?|connects?|links?|joins?|isolates?|buffers?){THE}")
_APART = Caseless(rf"(?:from|and|with|to){THE}")
_AMID = Caseless(
    rf"(?:{_IS}(?: (?:a|an|the|its|our|their))?{_SORT} )?(?:sits|stands|lies|is|are|sitting|placed|layer|broker|queue|bus|buffer|cache|proxy|adapter|bridge|link|glue|mediator|channel|facade)"
    rf" (?:in )?between{THE}"
)
_SHARED = Caseless(
    rf"(?:is|are|,? ?which is|that is)(?: \w+ly)? shared (?:between|by|among|amongst|across){THE}"
)
_CLIENT_WORDS = r"(?:clients|consumers|callers|users|dependents|customers)"
_CLIENTS_ARE = Caseless(rf"(?:\w+ ){{0,2}}?{_CLIENT_WORDS} (?:currently |today )?(?:are|include)(?: :)?{THE}")
_HAS_CLIENTS = Caseless(rf"has(?: \w+){{0,3}}? {_CLIENT_WORDS} ?[:,](?: namely)?{THE}")
_CLIENTS_OF = Caseless(rf"^(?:the |its |known |main |only )*(?:clients|consumers|callers|users) of{THE}$")
_ARE = Caseless(rf"(?:currently |today )?(?:are|include|is)(?: \w+ly)?{THE}")
_REQUESTS = r"(?:requests?|calls?|webhooks?|callbacks?|traffic|queries|uploads?|messages?|events?|notifications?|commands?|connections?|files|orders|records|jobs|data|posts?|pushes|logs|metrics|traces|errors|results|reports)"
_COMING = Caseless(rf"\b{_REQUESTS} (?:\w+ )?(?:from|of|by){THE}$")
_ARRIVES = Caseless(
    rf"(?:(?:first|then|always|also|will|must|can|eventually) )*(?:arrives?|tells?|notif(?:y|ies)|informs?|triggers?|starts?|wakes?(?: up)?|alerts?|updates?|go(?:es)? (?:straight |directly )?to|lands?|comes? in|hits?|reach(?:es)?|enters?(?: through)?|ends? up|come through|"
    rf"(?:is|are)(?: \w+ly)? (?:handled|received|accepted|processed|answered|served|terminated|taken|authenticated|validated|(?:load[ -])?balanced|routed|dispatched|distributed|forwarded|proxied|relayed|directed|spread) by)(?: (?:at|in|on|to|via|through))?{THE}"
)
_REACHED = Caseless(
    rf"(?:is|are|,? ?which is|only)(?: \w+ly| only| not)? (?:reachable|accessible|available|visible|exposed|open|callable|usable)(?: only| \w+ly)? (?:from|by|to)(?: within)?{THE}"
)
_KEEPS = (
    r"(?:[\w-]+ ){0,2}?(?:datastore|data store|database|db|store|cache|queue|broker|message bus|bus|backend|storage|identity provider|registry|search engine|index|object store|event store|"
    rf"origin|upstream|data source)(?: of choice)? is{THE}"
)
_PART_OF = Caseless(_KEEPS)
_WHOSE = Caseless(rf",? ?whose {_KEEPS}")
_AFTER = Caseless(r"^behind(?: (?:the|our|a|an|this|each|every))*$")
_MADE = r"(?:exposed|provided|published|served|offered|emitted|produced|generated|written|created)"
_USED = r"(?:consumed|read|scraped|collected|fetched|used|queried|polled|pulled|picked up|called|displayed|shown|processed)"
_MADE_BY = Caseless(rf"\b(?:is|are) {_MADE} by{THE}$")
_USED_BY = Caseless(rf"(?:,|and|, and|then|and then) ?(?:are |is )?{_USED} by{THE}")
_OF = Caseless(rf"(?:of|for|used by|shared by|in front of){THE}")
_LETS = Caseless(rf"(?:(?:also|then|which|that) )*(?:allows?|lets?|enables?|permits?){THE}")
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
        *_called_clients(text, mentions),
        *_arriving(text, mentions),
        *_following(text, mentions),
        *_letting(text, mentions),
        *_described(text, mentions),
        *_made_and_used(text, mentions),
    ]


def _described(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "**Redis**: cache of the checkout API" and "**edge**: reverse proxy for the web app"."""
    for index, (one, other) in enumerate(pairwise(mentions)):
        if one.of is None or other.of is not None or not _OF.fullmatch(words_between(text, one, other)):
            continue
        others = listed(text, mentions, index + 1)
        if one.kind() in STORES | MESSAGING:
            yield from ((user, one.of, "calls") for user in others if user.kind() not in STORES | MESSAGING)
        elif one.kind() in ("gateway", "load_balancer"):
            yield from ((one.of, behind, "routes") for behind in others if behind.kind() != "actor")


def _letting(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "the checkout API lets the mobile app fetch receipts": whoever may do something asks for it."""
    for one, other in pairwise(mentions):
        if other.kind() not in STORES | MESSAGING and _LETS.fullmatch(words_between(text, one, other)):
            after = [t.lower for t in text.tokens[other.last : other.last + 2]]
            if after[:1] == ["to"] or (after and after[0] in lexicon() and after[0] != "know"):
                yield other, one, "calls"


def _made_and_used(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "metrics are exposed by the worker and scraped by Prometheus"."""
    for one, other in pairwise(mentions):
        if _MADE_BY.search(words_before(text, one)) and _USED_BY.fullmatch(words_between(text, one, other)):
            yield other, one, "reads"


def _being(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of what a thing is to another, which may be described by a mention of its own: "Redis is the *broker* of"."""
    for index, one in enumerate(mentions):
        for later in range(index + 1, min(index + 3, len(mentions))):
            gap = words_between(text, one, mentions[later])
            if len(gap) > 160 or ";" in gap or ":" in gap:
                break
            if _LIKEWISE.search(words_before(text, one)):
                gap = gap.removeprefix(", ")
            others = listed(text, mentions, later)
            if (
                _DECOUPLES.fullmatch(gap)
                and one.kind() in MESSAGING
                and later + 1 < len(mentions)
                and _APART.fullmatch(words_between(text, mentions[later], mentions[later + 1]))
            ):
                yield from _amid(one, mentions[later], mentions[later + 1])
            elif _AMID.fullmatch(gap) and len(others) == 2:
                yield from _amid(one, *others)
            elif _SHARED.fullmatch(gap):
                yield from ((other, one, "calls") for other in others)
            elif _CLIENT.fullmatch(gap) or _OFFERS.fullmatch(gap) or _AS_CLIENT.fullmatch(gap):
                users = joined(text, mentions, one)
                yield from (
                    (who, other, "calls") for who in users for other in others if other.kind() != "actor"
                )
            elif _SERVANT.fullmatch(gap) or (_REACHED.fullmatch(gap) and one.kind() != "actor"):
                yield from ((other, one, "calls") for other in others)
            elif _WHOSE.fullmatch(gap) or (owns(text, one) and _PART_OF.fullmatch(gap)):
                yield one, mentions[later], "calls"
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
            yield from ((other, needed, "calls") for other in listed(text, mentions, index + 1))


def _called_clients(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "the billing service has two consumers: A and B" and "its clients are A and B"."""
    for index, needed in enumerate(mentions[:-1]):
        for later in range(index + 1, min(index + 3, len(mentions))):
            gap = words_between(text, needed, mentions[later])
            if (owns(text, needed) and _CLIENTS_ARE.fullmatch(gap)) or _HAS_CLIENTS.fullmatch(gap):
                yield from ((other, needed, "calls") for other in listed(text, mentions, later))
                break


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
        yield from ((first, other, "routes") for other in listed(text, mentions, 1))
