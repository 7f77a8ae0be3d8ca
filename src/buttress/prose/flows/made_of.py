"""Stores and brokers that a text lists as what a part is made of, without a verb: "API: FastAPI, Postgres", "### Worker", "- Redis as broker"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from buttress.model.kinds import MESSAGING, STORES
from buttress.names import singular
from buttress.prose.clauses import looks_finite
from buttress.prose.flows.fields import is_field
from buttress.prose.flows.lists import Listed
from buttress.prose.mentions.spelling import PROGRAMS, Mention
from buttress.prose.stances.marked import is_about_file
from buttress.prose.text import Sentence
from buttress.prose.words import DENIED

_KEPT = STORES | MESSAGING


def made_of(
    texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]], carried: Sequence[Mention | None]
) -> list[Listed]:
    """Return the flows from a part to the stores and brokers that stand, without a verb, behind its label or below its title.

    >>> made_of([], [], [])
    []
    """
    titles: dict[tuple[str, tuple[str, ...]], Mention] = {}
    out: list[Listed] = []
    for number, (text, found) in enumerate(zip(texts, mentions, strict=True)):
        passage = text.passage
        if passage.form == "heading":
            if found and _is_program(found[0]) and _is_title(text, found[0]):
                titles[passage.source, (*passage.headings, passage.text)] = found[0]
            continue
        whole = _whole(number, text, found, carried, titles)
        if whole is None or DENIED.search(text.text) or _says_something(text, found):
            continue
        out += [(whole, m, "calls", number) for m in found if _is_used(m) and m.key != whole.key]
    return out


def _whole(
    number: int,
    text: Sentence,
    found: Sequence[Mention],
    carried: Sequence[Mention | None],
    titles: Mapping[tuple[str, tuple[str, ...]], Mention],
) -> Mention | None:
    """Return the part that a line lists something of: its label, the first cell of its row, the title above a list."""
    passage = text.passage
    if passage.form == "list" and text.start == 0:
        label = next((m for m in found if m.label), None)
        if label is not None and _is_program(label):
            return label if not is_field(text) and _parts_are_products(text, label) else None
        first = found[0] if found else None
        titled = titles.get((passage.source, passage.headings))
        if (
            first is not None
            and _is_used(first)
            and (first.label or first.first <= 1)
            and passage.parent is None
        ):
            return titled
    if passage.form == "table" and text.start > 0:
        row = carried[number]
        return row if row is not None and _is_program(row) and not is_about_file(passage.cells) else None
    return None


def _is_program(mention: Mention) -> bool:
    return (mention.kind() is None or mention.kind() in PROGRAMS) and not mention.aside


def _is_used(mention: Mention) -> bool:
    return mention.kind() in _KEPT and mention.technology is not None and not mention.aside


def _is_title(text: Sentence, mention: Mention) -> bool:
    """Return whether a heading is nothing but a mention of one part."""
    words = [t for t in text.tokens if t.is_word]
    return len(words) == mention.last - mention.first and singular(words[-1].lower) == words[-1].lower


def _parts_are_products(text: Sentence, label: Mention) -> bool:
    """Return whether each part of what stands behind a label names a product: "FastAPI, Postgres", but not "logs, metrics, Redis"."""
    end = text.tokens[label.last - 1].end
    at, places = end, [t.start for t in text.technologies if t.start >= end]
    for part in text.text[end:].split(","):
        if not any(at <= place < at + len(part) for place in places):
            return False
        at += len(part) + 1
    return True


def _says_something(text: Sentence, found: Sequence[Mention]) -> bool:
    covered = {n for m in found for n in range(m.first, m.last)}
    return any(looks_finite(t.lower) for n, t in enumerate(text.tokens) if n not in covered)
