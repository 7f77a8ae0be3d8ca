"""The parts that a sentence lists itself: "The desk consists of a stamper, a letter store and the franking service"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from buttress.names import singular
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.nouns import AGENT
from buttress.prose.text import Sentence, Token
from buttress.prose.words import DETERMINERS, PALE, PREPOSITIONS, STOP
from buttress.vocabulary.roles import role_phrases

LEAST, MAX_WORDS = 3, 4  # parts that are listed, words of each
_CONSISTS = Caseless(
    r"\b(?:consists? of|(?:is|are) (?:composed|made up|comprised|made) of|comprises?)\b(?:[^.:;,]{0,40}\b(?:services|components|parts|pieces|processes|daemons|servers|programs)\s*:)?"
    r"|\b(?:has|have|are|includes?) (?:\w+ ){0,3}(?:services|components|processes|daemons|servers|programs)\s*:"
)
_BETWEEN = frozenset((",", "and", "or", "&", ";"))
_ADJECTIVES = PALE | frozenset("optional asynchronous http https".split())


def inline(text: Sentence) -> list[tuple[int, int]]:
    """Return the tokens from and to which each part is named that a sentence lists; none where few of them sound as if they ran.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> told = ("A desk is composed of a stamper, the letter store (shelf) and franking service.", "A letter consists of a head, a body and a foot.")
    >>> [inline(t) for t in sentences([Passage("a.md", n, n, "prose", words) for n, words in enumerate(told)])]
    [[(6, 7), (9, 11), (15, 17)], []]
    """
    if text.passage.form not in ("prose", "list"):
        return []
    found = _CONSISTS.search(text.text)
    if found is None:
        return []
    parts = [p for p in _items(text, found.end()) if p is not None]
    tells = sum(_runs(text, first, last) for first, last in parts)
    return parts if len(parts) >= LEAST and 2 * tells >= len(parts) else []


def _items(text: Sentence, start: int) -> Iterator[tuple[int, int] | None]:
    """Yield the names between the commas of a list that begins at a place."""
    tokens = text.tokens
    depth, begin = 0, next((n for n, t in enumerate(tokens) if t.start >= start), len(tokens))
    for n in range(begin, len(tokens) + 1):
        token = tokens[n] if n < len(tokens) else None
        if token is not None:
            depth += (token.text in "([") - (token.text in ")]")
            if not depth and token.lower in ("which", "that", "where", "who"):
                yield _named(tokens, begin, n)
                return  # "two bots, which fetch and …"
            if depth or token.lower not in _BETWEEN:
                continue
        yield _named(tokens, begin, n)
        begin = n + 1


def _named(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int] | None:
    """Return the name that some words begin with, behind articles and adjectives and before what tells more of it."""
    while first < last and (tokens[first].lower in DETERMINERS or tokens[first].lower in _ADJECTIVES):
        first += 1
    end = first
    while end < last and tokens[end].is_word and tokens[end].lower not in STOP | PREPOSITIONS:
        end += 1
    plain = end == last or not tokens[end].is_word or tokens[end].lower in PREPOSITIONS | STOP
    return (first, end) if 0 < end - first <= MAX_WORDS and plain else None


def _runs(text: Sentence, first: int, last: int) -> bool:
    """Return whether a name is one of what runs: a product, a role, or who does something."""
    head = singular(text.tokens[last - 1].lower)
    start, end = text.tokens[first].start, text.tokens[last - 1].end
    known = any(start <= m.start < end for m in text.technologies)
    return known or head in role_phrases() or AGENT.fullmatch(head) is not None
