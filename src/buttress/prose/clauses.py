"""Small grammar over the words of a sentence: where clauses begin, which word is a finite verb, which one a name."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence, Token
from buttress.prose.verbs import lexicon
from buttress.prose.words import DETERMINERS, PREPOSITIONS

FINITE = frozenset(
    """
        is are was were has have had does do did will can must should shall may might could would isn't aren't wasn't
        hasn't haven't doesn't don't can't cannot won't
    """.split()
)
_FIRST = frozenset(("if", "when", "while", "because", "since", "although", "though"))
FURTHER = frozenset("acknowledge acknowledges ack acks times dumps throttles".split())
OPENS = frozenset(
    "but while whereas because unless if when although though where whether so since until that which who".split()
)
_SIGNS = frozenset((";", ":", "(", "—", "–"))
_MAY_BREAK = _SIGNS | OPENS | {",", "and"}
NOUN_LIKE = frozenset(
    """
        requests queries calls logs runs builds uses stores caches records reports results checks needs queues indexes messages events works
        places updates loads streams processes tasks jobs writes reads limits locks retries pages scores scales
    """.split()
)
_ADVERBS = frozenset(
    "then also in however therefore so currently today now usually here finally normally additionally".split()
)


def clauses(text: Sentence, mentions: Sequence[Mention]) -> list[int]:
    """Return the tokens at which clauses begin."""
    tokens = text.tokens
    places = [n for n, t in enumerate(tokens[:-1]) if t.lower in _MAY_BREAK]
    return sorted({0, *(n + 1 for n in places if _breaks(tokens, n, mentions))})


def _breaks(tokens: Sequence[Token], n: int, mentions: Sequence[Mention]) -> bool:
    """Return whether a clause begins right behind a token."""
    token, after = tokens[n], tokens[n + 1].lower
    if token.text in _SIGNS or (token.lower in OPENS and (n > 0 or token.lower in _FIRST)):
        return True
    if token.text == ",":
        if after == "and" or tokens[0].lower in _FIRST:
            return _finite_in(tokens, n + 2, n + 8) and not _finite_in(tokens, n + 2, n + 3)
        named = any(m.first in (n + 1, n + 2) for m in mentions)
        return (named or after in ("it", "they", "the")) and _finite_in(tokens, n + 2, n + 5)
    if token.lower == "and":
        named = any(m.first == n + 1 for m in mentions)
        subject = named or after in DETERMINERS or after in ("it", "they", "we")
        return subject and _finite_in(tokens, n + 2, n + 6) and _finite_in(tokens, 0, n)
    return False


def _finite_in(tokens: Sequence[Token], first: int, last: int) -> bool:
    return any(looks_finite(t.lower) for t in tokens[first:last])


def looks_finite(lower: str) -> bool:
    """Return whether a form is a finite verb wherever it stands.

    >>> looks_finite("is"), looks_finite("publishes"), looks_finite("calls")
    (True, True, False)
    """
    verb = lexicon().get(lower)
    return lower in FINITE or (
        verb is not None
        and not verb.plain
        and not verb.gerund
        and not verb.participle
        and lower not in NOUN_LIKE
    )


def skip(tokens: Sequence[Token], begin: int, end: int) -> int:
    """Return where a noun phrase begins, behind opening adverbs and signs."""
    while begin < end and (
        not tokens[begin].is_word
        or (tokens[begin].lower in _ADVERBS and tokens[begin].lower not in PREPOSITIONS)
        or tokens[begin].lower in ("and", "or")
    ):
        begin += 1
    return begin


def acts(tokens: Sequence[Token], n: int) -> bool:
    """Return whether a form that may be a noun is a verb by what stands around it: "the server runs as", "Orders writes its"."""
    before = tokens[n - 1]
    after = tokens[n + 1].lower if n + 1 < len(tokens) else ""
    if not before.is_word or before.lower in DETERMINERS or before.lower in PREPOSITIONS:
        return False
    return (
        after in DETERMINERS
        or after in ("no", "only")
        or (tokens[n].lower == "runs" and after in ("as", "on", "in", "at", "with", "under", "behind"))
    )


def is_name(tokens: Sequence[Token], n: int) -> bool:
    """Return whether a word with a capital is a name: within the sentence, or a plural with a verb in the singular."""
    after = tokens[n + 1].lower if n + 1 < len(tokens) else ""
    if n > 0 and tokens[n - 1].text not in (".", ":", "(", "|", "-", "*"):
        words = [t for t in tokens if t.is_word and len(t.text) > 3]
        return sum(t.text[0].isupper() for t in words) <= max(1, 0.6 * len(words))
    if after in (",", "and", "or") and n + 2 < len(tokens) and tokens[n + 2].text[0].isupper():
        return True
    singular_verb = (
        after.replace("’", "'") in ("is", "isn't", "has", "hasn't", "does", "doesn't", "was")
        or looks_finite(after)
        or (after in NOUN_LIKE and acts(tokens, n + 1))
    )
    return (
        tokens[n].lower.endswith("s")
        and singular_verb
        and after not in FINITE - {"is", "isn't", "has", "hasn't", "does", "doesn't", "was"}
    )
