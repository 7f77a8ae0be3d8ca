"""Labels of a list that act in their items: "- **Cleaner** (Python): reads readings from Kafka", beside others that are known to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from buttress.names import words_of
from buttress.prose.candidates.described import is_beside
from buttress.prose.caseless import Caseless
from buttress.prose.flows import Step
from buttress.prose.mentions.phrases import is_doer
from buttress.prose.mentions.spelling import PROGRAMS, Mention
from buttress.prose.text import Sentence

LEAST = 3  # labels of one list
_SHARE = 0.5  # of the labels that must act or be known to run
_LABEL = Caseless(r"^\W{0,3}(?:\([^()]{0,80}\)\W{0,2})?\s*[:–—-]")
_NO_PARTS = Caseless(
    r"\b(?:features?|highlights?|benefits?|goals?|advantages?|why|use cases?|principles|decisions?|patterns?|practices|steps|options?|settings?)\b"
)


@dataclass(slots=True)
class _List:
    labels: int = 0
    runs: int = 0
    acting: list[str] = field(default_factory=list)


def acting_labels(
    texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]], steps: Sequence[Step]
) -> set[str]:
    """Return the keys of the labels of lists whose items say what they do to a product or to what has a role.

    A list counts when half of its labels, three at least, act so or have a role or product of their own, and one has; not one of
    features or steps. A label that names a topic of reviews is none: below "**Caching**" it is the system that "keeps pages in Redis".

    >>> acting_labels([], [], [])
    set()
    """
    acts = {
        (texts[s.sentence].number, s.source.key)
        for s in steps
        if s.target.technology or s.target.role or s.target.how == "known"
    }
    lists: dict[tuple[str, tuple[str, ...], int | None], _List] = {}
    for text, found in zip(texts, mentions, strict=True):
        passage = text.passage
        label = _label(text, found)
        if label is None or any(map(_NO_PARTS.search, passage.headings[-1:])) or is_beside(passage.headings):
            continue
        one = lists.setdefault((passage.source, passage.headings, passage.parent), _List())
        one.labels += 1
        runs = label.technology is not None or label.role in PROGRAMS or label.how == "known"
        one.runs += runs
        words = words_of(label.surface)
        doer = bool(words) and is_doer(words[-1])
        if not runs and (text.number, label.key) in acts and (doer or not _is_topic(text, label)):
            one.acting.append(label.key)
    return {
        key
        for one in lists.values()
        if one.labels >= LEAST and one.runs and one.runs + len(one.acting) >= _SHARE * one.labels
        for key in one.acting
    }


def _label(text: Sentence, found: Sequence[Mention]) -> Mention | None:
    """Return the mention that a list item begins with, when what stands behind it tells of it."""
    if text.passage.form != "list" or text.start > 0 or not found or found[0].first > 1 or found[0].aside:
        return None
    behind = text.text[text.tokens[found[0].last - 1].end :]
    return found[0] if found[0].label or _LABEL.match(behind) else None


def _is_topic(text: Sentence, label: Mention) -> bool:
    end = text.tokens[label.last - 1].end
    return any(t.start < end for t in text.topics)
