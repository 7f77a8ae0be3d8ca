"""Whom a sentence is about: the components that it names, or that its row, list or title names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from buttress.model import Evidence, Passage, SystemGraph
from buttress.names import keys
from buttress.prose.caseless import Caseless
from buttress.prose.text import Prose, Sentence
from buttress.prose.words import STOP
from buttress.vocabulary.match import Phrases, phrases_of, stem, stem_keys

MAX_LENGTH = 1500  # longer ones are no sentences
_CLAUSE = re.compile(r"[;:()—–]\s*|,\s+(?:but|and|so|which|while|whereas)\s+|\s-\s")
_NOBODY = Caseless(r"^\W*(?:we|there|it|this|these|nothing|nobody|no|not|without)\b")


class Text:
    """All sentences of a document set, with whom each is about."""

    def __init__(self, prose: Prose, graph: SystemGraph) -> None:
        """Index the text; the names are those of the graph's components."""
        self.graph = graph
        passages = self.passages = prose.passages
        self.sentences: list[Sentence] = [s for s in prose.sentences if len(s.text) <= MAX_LENGTH]
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
        self._folders = _of_folders(graph)
        self._sorts = {c.id: (c.kind, loose) for c in graph.components if (loose := keys(c.name)[2])}
        self._named: dict[str, tuple[str, ...]] = {}
        self._about: dict[int, frozenset[str]] = {}

    @cached_property
    def running(self) -> list[tuple[Sentence, str]]:
        """Return the sentences that are no headings, with their texts in lower case."""
        return [(s, s.text.lower()) for s in self.sentences if s.passage.form != "heading"]

    def named(self, text: str) -> tuple[str, ...]:
        """Return the ids of the components that a text names, in order."""
        found = self._named.get(text)
        if found is None:
            found = self._named[text] = tuple(dict.fromkeys(m.id for m in self._names.find(text)))
        return found

    def about(self, sentence: Sentence) -> frozenset[str]:
        """Return the components that a sentence is about: those it names, else those of its row, list or nearest title."""
        if sentence.place not in self._about:
            self._about[sentence.place] = frozenset(self._find(sentence))
        return self._about[sentence.place]

    def around(self, sentence: Sentence) -> frozenset[str]:
        """Return the components that a sentence, its row, its list or any of its titles names."""
        passage = sentence.passage
        texts = [
            sentence.text,
            *passage.headings[1:],
            *(passage.cells[:1] if passage.form == "table" else ()),
        ]
        if passage.parent is not None and 0 <= passage.parent < len(self.passages):
            texts.append(self.passages[passage.parent].text)
        return frozenset((*(i for t in texts for i in self._parts(t)), *self.page(passage)))

    def clause_about(self, sentence: Sentence, at: int) -> frozenset[str]:
        """Return whom the clause around a place is about; nobody in particular when it begins with "we" or "there is"."""
        cuts = [m.end() for m in _CLAUSE.finditer(sentence.text) if m.end() <= at]
        start = cuts[-1] if cuts else 0
        ending = _CLAUSE.search(sentence.text, at)
        clause = sentence.text[start : ending.start() if ending else len(sentence.text)]
        own = frozenset(self._parts(clause))
        if own:
            return own
        if _NOBODY.match(clause):
            return frozenset()
        return self.about(sentence)

    def _parts(self, text: str) -> tuple[str, ...]:
        """Return the components named, without the people that use them."""
        found = (self.graph.component(i) for i in self.named(text))
        return tuple(c.id for c in found if c is not None and c.kind != "actor")

    def _find(self, sentence: Sentence) -> Iterable[str]:
        passage = sentence.passage
        if passage.form == "table" and passage.cells:
            return self._parts(passage.cells[0]) or self._parts(passage.text)
        own = self._parts(sentence.text)
        if own:
            return own
        if passage.parent is not None and 0 <= passage.parent < len(self.passages):
            own = self._parts(self.passages[passage.parent].text)
            if own:
                return own
        if passage.form == "list":
            own = self._parts(passage.text)[:1]
            if own:
                return own
        own = self._term(sentence)
        if own:
            return own
        for title in reversed(passage.headings[1:]):
            own = self._parts(title)
            if own:
                return own
        return self.page(passage)

    def _term(self, sentence: Sentence) -> tuple[str, ...]:
        """Return the component that a line of its own right above the passage names: the term of a definition."""
        passage = sentence.passage
        above = self.passages[sentence.number - 1] if sentence.number > 0 else None
        if above is None or above.source != passage.source or above.end_line != passage.line - 1:
            return ()
        return self._parts(above.text) if len(above.text.split()) <= 4 and above.form == "prose" else ()

    def page(self, passage: Passage) -> tuple[str, ...]:
        """Return the component that a page is about: the one that its title names, and nothing else, or the only one of its folder."""
        title = passage.headings[0] if passage.headings else ""
        found = self._names.find(title)
        whole = len(found) == 1 and not re.search(r"\w", title[: found[0].start] + title[found[0].end :])
        return (
            self._parts(title) if whole else self._folders.get(passage.source.rpartition("/")[0].lower(), ())
        )

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
        return self.sort(one) == self.sort(other)

    def sort(self, id_: str) -> tuple[str, ...]:
        """Return what all components that may be one have in common."""
        return self._sorts.get(id_, (id_,))


def _path(headings: tuple[str, ...], title: str) -> tuple[str, ...]:
    return headings if headings and headings[-1] == title else (*headings, title)


def _of_folders(graph: SystemGraph) -> dict[str, tuple[str, ...]]:
    """Return the component that each folder below the top is the program of, where it is of one only."""
    found: dict[str, dict[str, None]] = {}
    for component in graph.components:
        fact = component.fact("code_folder")
        if fact is not None and fact.value != ".":
            found.setdefault(str(fact.value).lower(), {}).setdefault(component.id)
    return {folder: tuple(ids) for folder, ids in found.items() if len(ids) == 1}


_PALE = frozenset(
    """
        request requests call calls kept keep keeps retained retain retention stored store stores hold holds held stay stays deleted
        purged removed expire expires expired expiry ttl time times timeout timeouts timed out live lives valid released lifetime cached
        every interval once total seconds second minutes minute hours hour days day weeks week months month years year limit limits
        limited maximum max minimum min most least latency response respond responds run runs running set sets taken take takes age period
        default defaults service services server system all each after within about around roughly larger largest bigger biggest exceed
        refreshed refreshes reload reloaded update updated updates made sent wait waits long data
    """.split()
)


_NAMES = frozenset(("order", "orders"))


@lru_cache(4096)
def content(words: str) -> frozenset[str]:
    """Return the stems of the words that name something, without those that every sentence of a measure has.

    >>> sorted(content("Requests to Adyen time out after"))
    ['adyen']
    """
    words = re.sub(r"\bback(?:s|ed|ing)? up\b", "backup", words, flags=re.IGNORECASE)
    found = (w.lower() for w in re.findall(r"[A-Za-z][A-Za-z0-9-]+", words))
    return frozenset(stem(w) for w in found if w in _NAMES or (w not in STOP and w not in _PALE))
