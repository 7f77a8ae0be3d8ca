"""What the reading of prose is unsure of: names that nearly were components, components that nearly weren't, sentences without a flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from buttress.model import Component, Evidence
from buttress.prose.candidates import Candidate, kind_of
from buttress.prose.mentions.spelling import Mention
from buttress.prose.reading import Reading
from buttress.prose.text import Prose
from buttress.prose.verbs import lexicon

NEAR = 0.25  # how far below the threshold a score may lie to be in doubt
WEAK = 0.2  # how far above


@dataclass(frozen=True, slots=True)
class Name:
    """A name with its score, the kind that it would have, and the components that a flow would join it with."""

    name: str
    kind: str
    score: float
    partners: frozenset[str]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names that one sentence holds next to each other, in its order; `closeness` in [0, 2], more with a verb between them."""

    names: tuple[str, str]
    closeness: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is in doubt: names left out, names taken on little, pairs that no grammar has joined."""

    names: tuple[Name, ...] = ()
    weak: tuple[Name, ...] = ()
    pairs: tuple[Pair, ...] = ()


def doubts(prose: Prose, known: Sequence[Component] = ()) -> Doubts:
    """Return what `extract` is unsure of in the same text; it costs as much as reading them.

    >>> from buttress.model import Passage
    >>> text = "The Orders service and the Billing service share PostgreSQL."
    >>> [p.names for p in doubts(Prose([Passage("a.md", 1, 1, "prose", text)])).pairs]
    [('Orders service', 'Billing service'), ('Billing service', 'PostgreSQL')]
    """
    if not prose.passages:
        return Doubts()
    reading = Reading(prose, known)
    enough = reading.enough
    accepted = reading.accepted
    near, weak = [], []
    for candidate in reading.candidates:
        if candidate.known or all(m.bare for m in candidate.mentions):
            continue
        if enough - NEAR <= candidate.score < enough:
            near.append(_name(candidate, reading, accepted))
        elif enough <= candidate.score < enough + WEAK:
            weak.append(_name(candidate, reading, accepted))
    return Doubts(tuple(near), tuple(weak), tuple(_pairs(reading, accepted)))


def _name(candidate: Candidate, reading: Reading, accepted: dict[str, Candidate]) -> Name:
    partners = set()
    for step in reading.steps:
        for one, other in ((step.source, step.target), (step.target, step.source)):
            if one.key == candidate.key and other.key in accepted:
                partners.add(other.key)
    lead = min(
        candidate.mentions, key=lambda m: (_is_heading(reading, m), not m.label, m.first > 1, m.sentence)
    )
    evidence = reading.texts[lead.sentence].evidence()
    return Name(candidate.name, kind_of(candidate), candidate.score, frozenset(partners), evidence)


def _is_heading(reading: Reading, mention: Mention) -> bool:
    return reading.texts[mention.sentence].passage.form == "heading"


def _pairs(reading: Reading, accepted: dict[str, Candidate]) -> list[Pair]:
    out = []
    for text, mentions in zip(reading.texts, reading.mentions, strict=True):
        if text.passage.form == "heading":
            continue
        named = [m for m in mentions if m.key in accepted]
        for first, second in pairwise(named):
            if first.key == second.key:
                continue
            between = text.tokens[first.last : second.first]
            acts = any(t.lower in lexicon() for t in between)
            names = (accepted[first.key].name, accepted[second.key].name)
            out.append(Pair(names, acts + 1 / (1 + len(between) / 8), text.evidence()))
    return out
