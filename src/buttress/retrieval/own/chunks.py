"""Documents in pieces that the encoder can take whole, cut where the author cut: at headings, paragraphs, items and rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from buttress.model import Passage, Source
from buttress.readers import documents
from buttress.retrieval.cards import sentences

WORDS = 120  # some 160 tokens of the 256 that the encoder reads; the headings come before them
_MOST = 20_000  # chunks a document


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document: lines `line` to `end_line` of `source` (`name.pdf#page=3` for a page), under `headings`."""

    source: str
    line: int
    end_line: int
    headings: tuple[str, ...]
    text: str

    @property
    def embedded(self) -> str:
        """Return what the encoder is given: the nearest two headings, then the text."""
        return ". ".join((*self.headings[-2:], self.text))


def chunks(sources: Iterable[Source]) -> Iterator[Chunk]:
    r"""Yield the chunks of documents in their order, at most 20,000 a document; a heading alone is none.

    >>> [c.text for c in chunks([Source("a.md", "# Calls\n\nSet a timeout.\n\n- Retry twice.\n")])]
    ['Set a timeout. Retry twice.']
    """
    for source in sources:
        fragment = documents.read((source,))
        passages = [p for p in fragment.passages if p.form != "heading" and p.text.strip()]
        given = 0
        for headings, group in groupby(passages, key=lambda p: p.headings):
            for chunk in _joined(group, headings):
                given += 1
                if given > _MOST:
                    return
                yield chunk


def _joined(passages: Iterable[Passage], headings: tuple[str, ...]) -> Iterator[Chunk]:
    """Yield the passages under one heading, joined up to the limit."""
    held: list[tuple[Passage, str]] = []
    count = 0
    for passage in passages:
        for text in _parts(" ".join(passage.text.split())):
            words = len(text.split())
            if held and count + words > WORDS:
                yield _chunk(held, headings)
                held, count = [], 0
            held.append((passage, text))
            count += words
    if held:
        yield _chunk(held, headings)


def _parts(text: str) -> Iterator[str]:
    """Yield a text whole, or in sentences and then in words when it is longer than a chunk."""
    if len(text.split()) <= WORDS:
        yield text
        return
    for sentence in sentences(text):
        words = sentence.split()
        for start in range(0, len(words), WORDS):
            yield " ".join(words[start : start + WORDS])


def _chunk(held: list[tuple[Passage, str]], headings: tuple[str, ...]) -> Chunk:
    first, last = held[0][0], held[-1][0]
    text = " ".join(text if text[-1:] in ".!?:;" else f"{text}." for _, text in held)
    return Chunk(first.source, first.line, last.end_line, headings, text)
