"""Flows that access and state tell: "the only service with access to Stripe", "when Redis is down, the gateway …", "checkout (FastAPI, Postgres)"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from buttress.model.kinds import MESSAGING, STORES
from buttress.names import singular
from buttress.prose.caseless import Caseless
from buttress.prose.flows.between import Pair, words_between
from buttress.prose.flows.constructions import THE, joined, listed, owns, words_before
from buttress.prose.mentions.nouns import MOVED
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import flow_of, lexicon

_KEYS = r"(?:(?:api )?keys?|credentials?|secrets?|access|permissions?|passwords?|tokens?|accounts?|rights?|connections?|connectivity|clients?|grants?)"
_ONLY_ONE = Caseless(
    rf"(?:(?:is|are|,|, which is|being) )(?:the|one of the) (?:only|sole|single|few|one)(?: [\w-]+){{0,2}}? (?:with|that (?:has|have|holds?|needs?)|having|holding)(?: [\w-]+){{0,2}}? {_KEYS} (?:to|for|of){THE}"
)
_HOLDS_KEYS = Caseless(
    rf"(?:(?:alone|also|only) )?(?:has|have|holds?|keeps?|owns?|knows?|needs?|gets?|is given|is granted)(?: (?:the|its|their|own|an?|only|full|direct|read|write|read-only|network))*(?: (?!no\b)[\w-]+)? {_KEYS} (?:to|for|of){THE}"
)
_EXCEPT = Caseless(
    r"^(?:apart from|except(?: for)?|besides|other than|with the exception of|only through|aside from)(?: (?:the|our))*$"
)
_NOBODY = Caseless(
    rf", (?:nothing|nobody|no one|none|no (?:other )?[\w-]+)(?: else)? (?:(?:can|may|must|should|is allowed to|ever|directly) )*(?P<verb>\w+)(?: to| from| with| into| in)?{THE}"
)
_STATE = (
    r"(?:down|unavailable|unreachable|offline|slow|degraded|not (?:available|reachable|responding|up)|lost|full|gone|dead|broken|overloaded|restarted|restarting|failing|"
    r"out|available|back|up|reachable|under load|behind)"
)
_WHEN = Caseless(
    r"^(?:(?:and|but|so) )?(?:when|whenever|if|while|should|once|as long as|until|unless|even if|because|since)(?: (?:the|our|its|a))*$"
)
_IS_DOWN = Caseless(
    rf"(?:(?:is|are|goes|becomes?|gets?|be|was|stays?|comes?|turns?) (?:\w+ly )?{_STATE}|fails?|crashes|dies|times out|misbehaves|does not (?:answer|respond)|doesn['’]t (?:answer|respond)|"
    rf"cannot be reached|can['’]t be reached|is not (?:there|answering)|(?:has|holds|knows) (?:no|nothing)(?: [\w-]+)?|misses|is empty|does(?:n['’]t| not) (?:have|know|hold) (?:it|them|the [\w-]+))(?: (?:for|again|at)(?: [\w-]+){{1,4}}?)? ?,(?: then)?{THE}"
)
_TAKES_OVER = frozenset(
    "take step replace start promote failover switch restart redirect route alert page".split()
)
_ILL = Caseless(
    r"^(?:an? |any )?(?:slow|failing|degraded|broken|overloaded|dead|unavailable|flaky|saturated|full)$"
)
_HARMS = Caseless(
    rf"(?:also )?(?:makes?|slows?(?: down)?|blocks?|stops?|breaks?|hurts?|delays?|stalls?|hits?|affects?|starves?|takes? down|brings? down|drags? down){THE}"
)
_AWAITS = Caseless(
    rf"(?:(?:then|also|first|must|has to|synchronously) )*waits? (?:synchronously )?(?:for|on|until){THE}"
)
_BY_WAY = Caseless(rf", ?(?:through|via|by way of|with the help of|by means of){THE}")
_HOLDERS = frozenset(
    "layer tier storage store data cache stack backend backends technology technologies database platform".split()
)


def accessing(text: Sentence, mentions: Sequence[Mention]) -> list[Pair]:
    """Return the pairs of which one has access to the other, or feels its state, in one sentence; `mentions` in their order.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "When redis is down, web rejects all requests.")])
    >>> redis, web = (Mention(0, n, n + 1, text.tokens[n].text, "known") for n in (1, 5))
    >>> [(a.surface, b.surface) for a, b, _ in accessing(text, (redis, web))]
    [('web', 'redis')]
    """
    if len(mentions) < 2:
        return []
    return [
        *_allowed(text, mentions),
        *_feeling(text, mentions),
        *_stacked(text, mentions),
        *_by_way(text, mentions),
    ]


def _allowed(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "only billing has the credentials for Stripe" and "apart from the gateway, nothing can reach billing"."""
    for index, (one, other) in enumerate(pairwise(mentions)):
        gap = words_between(text, one, other)
        if _ONLY_ONE.fullmatch(gap) or _HOLDS_KEYS.fullmatch(gap):
            if one.kind() not in STORES | MESSAGING and other.kind() != "actor":
                yield from ((one, needed, "calls") for needed in listed(text, mentions, index + 1))
        elif _EXCEPT.search(words_before(text, one)) and (found := _NOBODY.fullmatch(gap)):
            verb = lexicon().get(found["verb"].lower())
            if verb is not None:
                kind = flow_of(verb.base, "") or flow_of(verb.base, "to") or flow_of(verb.base, "from")
                yield from ((who, other, kind or "calls") for who in joined(text, mentions, one))


def _feeling(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "when Redis is down, the gateway rejects …", "a slow Postgres slows checkout" and "checkout waits for billing to answer"."""
    for one, other in pairwise(mentions):
        gap, before = words_between(text, one, other), words_before(text, one)
        if (_WHEN.search(before) and _IS_DOWN.fullmatch(gap) and _goes_on(text, one, other)) or (
            _ILL.search(before) and _HARMS.fullmatch(gap) and other.kind() not in STORES
        ):
            yield other, one, "depends_on"
        elif _AWAITS.fullmatch(gap) and not _moves(text, other) and other.kind() not in MESSAGING | {"actor"}:
            yield one, other, "calls"


def _moves(text: Sentence, mention: Mention) -> bool:
    """Return whether a mention only says what sort of thing comes: "waits for *API* calls from …"."""
    return mention.last < len(text.tokens) and text.tokens[mention.last].lower in MOVED


def _goes_on(text: Sentence, one: Mention, other: Mention) -> bool:
    """Return whether it is the other that then does something, rather than takes the place of the one."""
    if (
        owns(text, other)
        or other.last >= len(text.tokens)
        or (one.kind() is not None and one.kind() == other.kind())
    ):
        return False
    n = other.last
    while n < len(text.tokens) - 1 and (
        text.tokens[n].lower in ("will", "must", "can", "cannot", "not", "still", "may", "should", "does")
        or text.tokens[n].lower.endswith("ly")
    ):
        n += 1
    verb = lexicon().get(text.tokens[n].lower)
    return verb is not None and verb.base not in _TAKES_OVER and other.kind() not in ("actor", *STORES)


def _stacked(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of what a part is made of: "the checkout API (FastAPI, Postgres, Redis) …" reads from both stores."""
    for index, one in enumerate(mentions[:-1]):
        after = text.tokens[one.last].text if one.last < len(text.tokens) else ""
        word = text.tokens[one.last - 1].lower
        if after != "(" or one.kind() in STORES | MESSAGING or singular(word) != word or word in _HOLDERS:
            continue
        end = next((k for k in range(one.last, len(text.tokens)) if text.tokens[k].text == ")"), 0)
        inside = [m for m in mentions[index + 1 :] if m.last <= end]
        covered = {n for m in inside for n in range(m.first, m.last)}
        rest = [text.tokens[k] for k in range(one.last + 1, end) if k not in covered]
        if len(inside) < 2 or any(m.technology is None for m in inside):
            continue
        if all(t.text in ",+/&" or t.lower in ("and", "with", "on") for t in rest):
            yield from ((one, m, "calls") for m in inside if m.kind() in STORES | MESSAGING)


def _by_way(text: Sentence, mentions: Sequence[Mention]) -> Iterator[Pair]:
    """Yield the flows of "the scheduler, through the checkout API, expires old carts"."""
    for one, other in pairwise(mentions):
        set_in = other.last < len(text.tokens) and text.tokens[other.last].text == ","
        if (
            set_in
            and one.kind() not in STORES | MESSAGING
            and _BY_WAY.fullmatch(words_between(text, one, other))
        ):
            yield one, other, "publishes" if other.kind() in MESSAGING else "calls"
