"""Sentences and tokens of running text, each with its place in the source."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from buttress.evidence.quotes import quoted, shortened
from buttress.evidence.secrets import quotable
from buttress.model import Evidence, Mark, Passage
from buttress.prose.caseless import Caseless
from buttress.vocabulary import load
from buttress.vocabulary.terms import Match

KEPT = 4096  # answers about a sentence or title: several parts ask for them, and some are written again and again
MAX_SENTENCE = 1000  # what is longer is no sentence, but a list without full stops or made to be slow
_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“(\[]?[A-Za-z0-9`_*])")
_ABBREVIATION = Caseless(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|resp|approx|incl|fig|no|eg|ie|Mr|Dr|Inc|Ltd|aka)|\b[A-Z])\.$"
)
_TOKEN = re.compile(r"([A-Za-z0-9_](?:[\w'’./+#&-]*[\w+#])?)|[^\w\s]")


class Token(NamedTuple):
    """A word or sign: its text, its lower-case text, its place in the sentence, and whether it is more than a sign."""

    text: str
    lower: str
    start: int
    end: int
    is_word: bool


@dataclass(slots=True)
class Sentence:
    """A sentence (or title, or cell) of a passage; `start` is its offset in the passage's text, `marks` are those of the passage that touch it."""

    passage: Passage
    number: int  # of the passage
    start: int
    text: str
    tokens: tuple[Token, ...] = field(default=())
    place: int = 0  # among all sentences
    marks: Sequence[Mark] = ()
    _evidence: Evidence | None = field(default=None, init=False, repr=False, compare=False)
    _technologies: tuple[Match, ...] | None = field(default=None, init=False, repr=False, compare=False)
    _titled: bool | None = field(default=None, init=False, repr=False, compare=False)
    _topics: tuple[Match, ...] | None = field(default=None, init=False, repr=False, compare=False)
    _words: dict[tuple[int, int, str], str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def titled(self) -> bool:
        """Return whether most words are capitalised, as in a title: then a capital says nothing."""
        if self._titled is None:
            words = [t for t in self.tokens if t.is_word and len(t.text) > 3]
            self._titled = len(words) > 2 and sum(t.text[0].isupper() for t in words) > 0.7 * len(words)
        return self._titled

    @property
    def technologies(self) -> tuple[Match, ...]:
        """Return where the sentence names technologies."""
        if self._technologies is None:
            self._technologies = _technologies(self.text)
        return self._technologies

    @property
    def topics(self) -> tuple[Match, ...]:
        """Return where the sentence treats review topics."""
        if self._topics is None:
            self._topics = _topics(self.text)
        return self._topics

    def words(self, first: int, last: int, signs: str = "") -> str:
        """Return the words from one token up to another, joined by blanks, with these signs between them and no others.

        Many constructions ask for the same words.
        """
        key = first, last, signs
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = " ".join(
                t.text for t in self.tokens[first:last] if t.is_word or t.text in signs
            )
        return found

    def marked(self, start: int, end: int, *styles: str) -> bool:
        """Return whether the author set the stretch apart in one of these styles."""
        first, last = self.start + start, self.start + end
        return any(m.style in styles and m.start <= first + 1 and last <= m.end + 1 for m in self.marks)

    def evidence(self) -> Evidence:
        """Return the words of the sentence with their lines, at most 200 characters, as `quotes` lets them stand in the source."""
        if self._evidence is None:
            found = self._found()
            quote = quotable(found.quote)
            self._evidence = found if quote == found.quote else replace(found, quote=quote)
        return self._evidence

    def _found(self) -> Evidence:
        passage = self.passage
        before = passage.text[: self.start]
        above = before.count("\n")
        many = passage.text[self.start : self.start + len(self.text)].count("\n")
        rows = passage.raw.split("\n") if passage.raw else []
        if "\n" in passage.text or passage.line == passage.end_line:
            first = passage.line + above
            last = min(first + many, passage.end_line)
        else:
            first, last = passage.line, passage.end_line
        written = " ".join(rows[first - passage.line : last - passage.line + 1])
        quote = (
            quoted(self.text, written, before[before.rfind("\n") + 1 :]) if written else shortened(self.text)
        )
        return Evidence(passage.source, first, last, quote or shortened(written), passage.form)


class Prose:
    """The running text of a document set, cut into sentences once for all that read it."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        """Find the sentences of the passages."""
        self.passages = tuple(passages)
        self.sentences = sentences(self.passages)


def sentences(passages: Sequence[Passage]) -> list[Sentence]:
    """Return the sentences of all passages in order.

    >>> [s.text for s in sentences([Passage("a.md", 1, 1, "prose", "Shop calls A, e.g. daily. It stops.")])]
    ['Shop calls A, e.g. daily.', 'It stops.']
    """
    out: list[Sentence] = []
    for number, passage in enumerate(passages):
        pieces = list(_short(passage.text, _pieces(passage)))
        for (start, end), marks in zip(pieces, _touching(passage.marks, pieces), strict=True):
            text = passage.text[start:end].replace("\n", " ")
            if text.strip():
                out.append(Sentence(passage, number, start, text, tokens_of(text), len(out), marks))
    return out


def titles_of(texts: Iterable[Sentence]) -> list[str]:
    """Return the titles of whole documents.

    >>> titles_of(sentences([Passage("a.md", 1, 1, "heading", "Shop", level=1), Passage("a.md", 2, 2, "heading", "Parts", level=2)]))
    ['Shop']
    """
    return [t.text for t in texts if t.passage.form == "heading" and t.passage.level == 1]


def _touching(marks: Sequence[Mark], pieces: Sequence[tuple[int, int]]) -> list[list[Mark]]:
    """Return the marks that touch each piece of a text, in their order; so do those with one sign between them."""
    out: list[list[Mark]] = [[] for _ in pieces]
    ends = [end for _, end in pieces]
    for mark in marks:
        for n in range(bisect_left(ends, mark.start - 1), len(pieces)):
            if pieces[n][0] > mark.end + 1:
                break
            out[n].append(mark)
    return out


@lru_cache(KEPT)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the words and signs of a text.

    >>> [t.text for t in tokens_of("API-v2 (the gateway's).")]
    ['API-v2', '(', 'the', "gateway's", ')', '.']
    """
    out = []
    for found in _TOKEN.finditer(text):
        word = found.group()
        out.append(Token(word, word.lower(), found.start(), found.end(), found.lastindex is not None))
    return tuple(out)


@lru_cache(KEPT)
def _technologies(text: str) -> tuple[Match, ...]:
    return load().find_technologies(text)


@lru_cache(KEPT)
def _topics(text: str) -> tuple[Match, ...]:
    return load().find_topics(text)


def _short(text: str, pieces: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield pieces of a text, those that are too long for a sentence cut between words."""
    for start, end in pieces:
        while end - start > MAX_SENTENCE:
            cut = max(text.rfind(sign, start + MAX_SENTENCE // 2, start + MAX_SENTENCE) for sign in " \n") + 1
            cut = cut or start + MAX_SENTENCE
            yield start, cut
            start = cut
        yield start, end


def _pieces(passage: Passage) -> list[tuple[int, int]]:
    text = passage.text
    if passage.form == "heading":
        return [(0, len(text))]
    if passage.form == "table":
        out, at = [], 0
        for cell in passage.cells:
            found = text.find(cell, at) if cell else -1
            if found >= 0:
                out.append((found, found + len(cell)))
                at = found + len(cell)
        return out
    pieces: list[tuple[int, int]] = []
    first = 0
    names = {m.start for m in passage.marks if m.style in ("code", "strong")}
    for end in _END.finditer(text):
        if _ABBREVIATION.search(text, max(first, end.start() - 12), end.start()):
            continue
        if text[end.end()].islower() and end.end() not in names:
            continue  # only a name begins a sentence with a small letter: "`loader` reads it"
        pieces.append((first, end.start()))
        first = end.end()
    pieces.append((first, len(text)))
    return pieces
