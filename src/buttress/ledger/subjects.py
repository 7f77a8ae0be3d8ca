"""Whom a sentence is about: the components that it names, or that its row, list or title names."""

from __future__ import annotations

from collections.abc import Iterable

from buttress.model import Evidence, Passage, SystemGraph
from buttress.names import keys
from buttress.prose.text import Sentence, sentences
from buttress.vocabulary.match import Phrases, phrases_of, stem_keys

_PALE = frozenset(
    "api service server app application database db system platform backend web queue cache store storage worker".split()
)


class Text:
    """All sentences of a document set, with whom each is about."""

    def __init__(self, passages: tuple[Passage, ...], graph: SystemGraph) -> None:
        """Read the passages; the names are those of the graph's components."""
        self.graph = graph
        self.passages = passages
        self.sentences: list[Sentence] = sentences(passages)
        entries = [
            (name, c.id, False) for c in graph.components for name in (c.name, *c.aliases) if len(name) > 2
        ]
        self._names: Phrases = phrases_of(entries, keys=stem_keys)
        self._headings: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for passage in passages:
            if passage.form == "heading":
                self._headings.setdefault(passage.source, []).append(
                    (passage.line, _path(passage.headings, passage.text))
                )
        self._about: dict[int, frozenset[str]] = {}

    def named(self, text: str) -> tuple[str, ...]:
        """Return the ids of the components that a text names, in order."""
        return tuple(dict.fromkeys(m.id for m in self._names.find(text)))

    def about(self, sentence: Sentence) -> frozenset[str]:
        """Return the components that a sentence is about: those it names, else those of its row, list or nearest title."""
        if sentence.place not in self._about:
            self._about[sentence.place] = frozenset(self._find(sentence))
        return self._about[sentence.place]

    def _find(self, sentence: Sentence) -> Iterable[str]:
        passage = sentence.passage
        if passage.form == "table" and passage.cells:
            return self.named(passage.cells[0]) or self.named(passage.text)
        own = self.named(sentence.text)
        if own:
            return own
        if passage.parent is not None and 0 <= passage.parent < len(self.passages):
            own = self.named(self.passages[passage.parent].text)
            if own:
                return own
        for title in reversed(passage.headings[1:]):
            own = self.named(title)
            if own:
                return own
        return ()

    def headings_at(self, evidence: Evidence) -> tuple[str, ...]:
        """Return the titles above a line; empty for a file without any."""
        out: tuple[str, ...] = ()
        for line, titles in self._headings.get(evidence.source, ()):
            if line > evidence.line:
                break
            out = titles
        return out

    def same(self, one: str, other: str) -> bool:
        """Return whether two components may be one: the same id, or names that only generic words tell apart."""
        if one == other:
            return True
        a, b = (self.graph.label(i) for i in (one, other))
        loose = keys(a)[2]
        return bool(loose) and loose == keys(b)[2]


def _path(headings: tuple[str, ...], title: str) -> tuple[str, ...]:
    return headings if headings and headings[-1] == title else (*headings, title)
