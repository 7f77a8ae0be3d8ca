"""The lists of a text that enumerate its parts, and the names that go together."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from buttress.prose.candidates import Candidate
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

_VERB_FIRST = Caseless(r"^\W*(?:(?:this|it|the)\b[^.]{0,40}\b)?(?:\w+(?:s|es)|responsible)\b")
_MORPHEME = re.compile(r"[A-Z]?[a-z]+\d*|[A-Z]+(?![a-z])\d*")
_COORDINATED = Caseless(r"\W*(?:,|/|\band\b|\bor\b|&|\+|,\s*and|,\s*or)\s*(?:(?:the|a|an|our|its)\s+)?\W?")


def first_morpheme(name: str) -> str:
    """Return what names of one family begin with, in lower case; empty for a name of one part.

    >>> first_morpheme("crl-updater"), first_morpheme("st2scheduler"), first_morpheme("RulesEngine"), first_morpheme("Redis")
    ('crl', 'st2', 'rules', '')
    """
    parts = _MORPHEME.findall(name)
    return parts[0].lower() if len(parts) > 1 and len(parts[0]) > 1 else ""


class Groups:
    """Sets of names that go together; a name may be in several. What a name shares a set with is counted, not kept."""

    def __init__(self, known: frozenset[str]) -> None:
        """`known` are the names that other sources show."""
        self._known = known
        self._sets: list[frozenset[str]] = []
        self._of: dict[str, list[int]] = defaultdict(list)
        self._counts: dict[tuple[tuple[int, ...], frozenset[str]], tuple[int, int]] = {}

    def add(self, names: Iterable[str]) -> None:
        """Put names into one set."""
        together = frozenset(names)
        for name in together:
            self._of[name].append(len(self._sets))
        self._sets.append(together)

    def others(self, name: str, among: frozenset[str] | None = None) -> tuple[int, int]:
        """Return how many other names share a set with a name, and how many of those are `among` some: the known ones by default.

        >>> groups = Groups(frozenset("b"))
        >>> groups.add("abc"), groups.add("bd")
        (None, None)
        >>> groups.others("a"), groups.others("b"), groups.others("x"), groups.others("a", frozenset("bc"))
        ((2, 1), (3, 0), (0, 0), (2, 2))
        """
        chosen = self._known if among is None else among
        places = tuple(self._of.get(name, ()))
        if not places:
            return 0, 0
        if (places, chosen) not in self._counts:
            around = frozenset().union(*(self._sets[n] for n in places))
            self._counts[places, chosen] = len(around), len(around & chosen)
        count, shown = self._counts[places, chosen]
        return count - 1, shown - (name in chosen)


class Catalogue:
    """The lists of a text that enumerate parts: headings side by side, labelled items, rows."""

    def __init__(
        self,
        texts: Sequence[Sentence],
        mentions: Sequence[Sequence[Mention]],
        candidates: Sequence[Candidate],
    ) -> None:
        """Count, for each set of siblings, how many name something that has a role, a technology or a doer's name."""
        self.prefixes: Counter[str] = Counter()
        names = {c.key: tuple(w.lower() for w in re.findall(r"\w+", c.name)) for c in candidates}
        firsts: dict[tuple[str, ...], list[str]] = {}
        for key, words in names.items():
            for length in (1, 2):
                if len(words) > length:
                    firsts.setdefault(words[:length], []).append(key)
        for key, words in names.items():
            self.prefixes[key] = len(firsts.get(words, ()))
        known = frozenset(c.key for c in candidates if c.known)
        families: dict[str, list[str]] = defaultdict(list)
        for candidate in candidates:
            if all(not m.bare for m in candidate.mentions) and (start := first_morpheme(candidate.name)):
                families[start].append(candidate.key)
        self.families, self.listed = Groups(known), Groups(known)
        for members in families.values():
            self.families.add(members)
        self.beside: dict[str, set[str]] = defaultdict(set)
        self._neighbours(texts, mentions)
        self.headings: dict[tuple[str, tuple[str, ...], int], list[bool]] = {}
        self.labels: dict[tuple[str, int | None, tuple[str, ...]], list[bool]] = {}
        self.first_under: dict[tuple[str, tuple[str, ...]], int] = {}
        for number, text in enumerate(texts):
            passage, found = text.passage, mentions[number]
            if passage.form == "heading":
                named = bool(found) and self._telling(found[0])
                self.headings.setdefault((passage.source, passage.headings, passage.level), []).append(named)
                continue
            self.first_under.setdefault((passage.source, passage.headings), number)
            if text.start == 0 and passage.form in ("list", "table"):
                label = next((m for m in found if m.label), None)
                self.labels.setdefault((passage.source, passage.parent, passage.headings), []).append(
                    label is not None and self._telling(label)
                )

    def _neighbours(self, texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> None:
        """Note which names stand side by side in a sentence ("A, B and C") and which label the items of one list."""
        lists: dict[tuple[str, int | None, tuple[str, ...]], list[str]] = defaultdict(list)
        for text, found in zip(texts, mentions, strict=True):
            for one, other in pairwise(found):
                gap = text.text[text.tokens[one.last - 1].end : text.tokens[other.first].start]
                if len(gap) < 12 and _COORDINATED.fullmatch(gap):
                    self.beside[one.key].add(other.key)
                    self.beside[other.key].add(one.key)
            label = next((m for m in found if m.label), None)
            if label is not None and (text.start == 0 or text.passage.form == "prose"):
                lists[(text.passage.source, text.passage.parent, text.passage.headings)].append(label.key)
        for labels in lists.values():
            self.listed.add(labels)

    @staticmethod
    def _telling(mention: Mention) -> bool:
        return mention.role is not None or mention.technology is not None or mention.how in ("agent", "known")

    def of_heading(self, text: Sentence) -> float:
        """Return the share of telling names among the headings beside this one; 0 when there are fewer than three."""
        beside = self.headings.get((text.passage.source, text.passage.headings, text.passage.level), [])
        return sum(beside) / len(beside) if len(beside) > 2 else 0.0

    def of_label(self, text: Sentence) -> float:
        """Return the share of telling names among the items beside this one; 0 when there are fewer than three."""
        beside = self.labels.get((text.passage.source, text.passage.parent, text.passage.headings), [])
        return sum(beside) / len(beside) if len(beside) > 2 else 0.0

    def explains(self, mention: Mention, texts: Sequence[Sentence]) -> bool:
        """Return whether the text under a heading begins by saying what the thing does."""
        passage = texts[mention.sentence].passage
        number = self.first_under.get((passage.source, (*passage.headings, passage.text)))
        if number is None:
            return False
        first = texts[number].text
        return (
            bool(_VERB_FIRST.match(first))
            or mention.surface.lower() in first[: len(mention.surface) + 12].lower()
        )
