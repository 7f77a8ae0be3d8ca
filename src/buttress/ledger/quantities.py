"""Numbers of one measure, said of one thing in two places, that can't both hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from buttress.ledger.measures import MAX_COMPARED, Quantity, numbers
from buttress.ledger.standing import same_place
from buttress.ledger.subjects import Text, content
from buttress.model import Contradiction, Evidence, slug
from buttress.prose.text import KEPT

_OF_THE_SYSTEM = ("availability", "recovery time", "recovery point")
MAX_SIDES = 4
_WORD = re.compile(r"[A-Za-z][\w-]+")


def quantities(text: Text) -> list[Contradiction]:
    """Return which numbers of one measure and one thing differ between two places."""
    ledger: dict[str, list[Quantity]] = {}
    for quantity in numbers(text):
        ledger.setdefault(quantity.measure, []).append(quantity)
    out: list[Contradiction] = []
    for measure, everything in ledger.items():
        told = everything[:MAX_COMPARED]
        sorts = _sorted(told)
        subjects: dict[tuple[int, int], str | None] = {}  # of two sorts: the same is said again and again
        found: dict[str, dict[Evidence, str]] = {}
        for n, (one, first) in enumerate(zip(told, sorts, strict=True)):
            for other, second in zip(told[n + 1 :], sorts[n + 1 :], strict=True):
                if (first, second) not in subjects:
                    subjects[first, second] = _differ_about(one, other, text)
                subject = subjects[first, second]
                if subject is None or (one.evidence.source, one.evidence.line) == (
                    other.evidence.source,
                    other.evidence.line,
                ):
                    continue
                if one.section == other.section != ("", ()):
                    continue  # a section that gives two numbers tells cases apart
                sides = found.setdefault(subject, {})
                sides.setdefault(one.evidence, one.said)
                sides.setdefault(other.evidence, other.said)
        out += [
            Contradiction(s, measure, tuple((v, e) for e, v in sides.items())[:MAX_SIDES])
            for s, sides in found.items()
        ]
    return out


def _sorted(told: Sequence[Quantity]) -> list[int]:
    """Return a number for each quantity: the same for those that differ only in where they stand."""
    known: dict[object, int] = {}
    return [
        known.setdefault((q.low, q.high, q.words, q.about, q.place, q.clause, q.evidence.form), len(known))
        for q in told
    ]


def _differ_about(one: Quantity, other: Quantity, text: Text) -> str | None:
    """Return what two quantities of one measure are both about that can't both hold there; None when they aren't."""
    if not one.excludes(other) or _share_no_words(one, other):
        return None
    if one.evidence.form == other.evidence.form == "config" or not same_place(one.place, other.place):
        return None
    return _one_subject(one, other, text)


def _share_no_words(one: Quantity, other: Quantity) -> bool:
    """Return whether two quantities are of different things by their words alone; of most pairs that is all there is to ask."""
    if one.measure in _OF_THE_SYSTEM or one.measure == "instances" or one.measure.startswith("version of"):
        return False
    least = min(len(one.words), len(other.words))
    return not least or len(one.words & other.words) < min(2, least)


def _one_subject(one: Quantity, other: Quantity, text: Text) -> str | None:
    """Return what two quantities are both about: a component, or words that they share; None when they aren't."""
    sorts = {text.sort(i) for i in other.about}
    both = sorted(i for i in one.about if text.sort(i) in sorts)
    if one.measure == "instances":
        return both[0] if both else None
    if one.measure.startswith("version of"):
        return both[0] if both else None if one.about and other.about else one.measure.replace(" ", "-")
    shared = one.words & other.words
    if one.measure in _OF_THE_SYSTEM and not (one.about or other.about):
        return one.measure.replace(" ", "-")
    least = min(len(one.words), len(other.words))
    if not least or len(shared) < min(2, least):
        return None
    if one.about and other.about and not both:
        return None
    return both[0] if both else _named(one.clause, shared)


@lru_cache(KEPT)
def _named(clause: str, stems: frozenset[str]) -> str:
    """Return the words of a clause that have these stems, as an id."""
    return slug(" ".join(w for w in _WORD.findall(clause) if content(w) & stems))
