"""A document set read as candidates and steps: the state that extraction goes through."""

from __future__ import annotations

import math
from collections.abc import Sequence

from buttress.model import Component, Passage
from buttress.names import keys, words_of
from buttress.prose.candidates import Candidate, group, resolve_bare
from buttress.prose.candidates.evidence import FEATURES, Catalogue, features
from buttress.prose.candidates.weights import WEIGHTS
from buttress.prose.flows import Step, steps
from buttress.prose.flows.subjects import subjects
from buttress.prose.mentions import Finder
from buttress.prose.mentions.nouns import NOBODY
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence, sentences
from buttress.prose.words import REJECTED, REJECTED_SECTION
from buttress.vocabulary import load

STRONG = 0.5


class Reading:
    """Sentences, mentions, candidates with their scores, and steps of one set of passages."""

    def __init__(self, passages: Sequence[Passage], known: Sequence[Component]) -> None:
        """Read all passages; `known` are the components that drawings and configuration show."""
        self.texts: list[Sentence] = sentences(passages)
        finder = Finder(self.texts, known)
        self.mentions: list[list[Mention]] = [finder.find(n) for n in range(len(self.texts))]
        self.candidates: list[Candidate] = group(self.texts, self.mentions)
        self.steps: list[Step] = []
        self.carried = subjects(self.texts, self.mentions)
        self.kinds = {keys(c.name)[1]: c.kind for c in known}
        for text, found, subject in zip(self.texts, self.mentions, self.carried, strict=True):
            if found and text.passage.form != "heading":
                self.steps += steps(text, found, subject)
        titles = [
            w
            for t in self.texts
            if t.passage.form == "heading" and t.passage.level == 1
            for w in words_of(t.text)
        ]
        self.title = frozenset(titles)
        forms = {e.form for c in known for e in c.evidence}
        self.drawn = "diagram" in forms
        self.configured = "config" in forms
        self.by_key = {c.key: c for c in self.candidates}
        self._score()

    def matrix(self, strong: frozenset[str] | None = None) -> list[list[float]]:
        """Return the features of every candidate, one row each in the order of FEATURES; `strong` are keys held for components."""
        catalogue = Catalogue(self.texts, self.mentions, self.candidates)
        if strong is None:
            strong = self.strong
        return [
            features(
                c,
                self.texts,
                self.steps,
                strong,
                title=self.title,
                drawn=self.drawn,
                configured=self.configured,
                catalogue=catalogue,
            )
            for c in self.candidates
        ]

    def _score(self) -> None:
        """Weigh every candidate twice: the second time the flows count that join it to what the first has accepted."""
        weights = [WEIGHTS.get(name, 0.0) for name in FEATURES]
        self.strong = frozenset(c.key for c in self.candidates if c.known)
        rejected = {
            c.key
            for c in self.candidates
            if not c.known
            and (
                all(map(self._rejected, c.mentions))
                or NOBODY.issuperset(words_of(c.name))
                or (self.configured and _is_framework(c))
            )
        }
        for _ in range(2):
            for candidate, row in zip(self.candidates, self.matrix(), strict=True):
                total = sum(w * x for w, x in zip(weights, row, strict=True))
                candidate.score = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
                if candidate.key in rejected:
                    candidate.score = 0.0
            self.strong = frozenset(c.key for c in self.candidates if c.known or c.score >= STRONG)
        for key, whole in resolve_bare(self.candidates).items():
            bare = self.by_key.pop(key)
            for mention in bare.mentions:
                mention.key = whole.key
            whole.mentions += bare.mentions
            self.candidates.remove(bare)

    def _rejected(self, mention: Mention) -> bool:
        """Return whether a mention speaks of what was decided against."""
        text = self.texts[mention.sentence]
        if any(REJECTED_SECTION.search(h) for h in text.passage.headings[-2:]):
            return True
        return bool(REJECTED.match(text.text[text.tokens[mention.last - 1].end :]))


def _is_framework(candidate: Candidate) -> bool:
    """Return whether a name is only what others are written with; beside manifests it is none of the parts."""
    technology = load().technologies.get(candidate.technology() or "")
    return technology is not None and technology.role in ("framework", "library")
