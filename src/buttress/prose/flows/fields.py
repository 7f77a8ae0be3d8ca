"""Flows that the labelled lines of a section tell: "Depends on: Postgres, S3", "Used by: the web app", "Outputs: Kafka"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.caseless import Caseless
from buttress.prose.flows.lists import Listed
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

_FIELDS = tuple(
    (reverse, kind, Caseless(rf"^\W*(?:{words})\W*:\W*"))
    for reverse, kind, words in (
        (False, "depends_on", r"(?:(?:runtime|external|upstream|downstream|hard|soft|service|internal|direct|key|main) )?dependenc(?:y|ies)|depends (?:up)?on|requires|needs|relies on|backed by"),
        (False, "calls", r"calls|uses|talks to|connects to|communicates with|downstream(?: services| systems)?|integrations?|integrates with|external (?:services|apis|systems)"),
        (True, "calls", r"used by|called by|consumers|clients|callers|consumed by|invoked by|upstream (?:services|callers|clients)"),
        (False, "reads", r"reads(?: from)?|inputs?|data sources?|sources?"),
        (False, "writes", r"writes(?: to)?|outputs?|sinks?|(?:data ?|backing )?stores?|databases?|storage|persistence|(?:primary |main )?(?:database|datastore|data store)|cache|stores data in"),
        (False, "publishes", r"publishes(?: to)?|produces(?: to)?|emits(?: to)?"),
        (False, "consumes", r"consumes(?: from)?|subscribes to|subscriptions|listens (?:to|on)"),
    )
)  # fmt: skip
_NAMES = Caseless(r"(?:,|;|/|&|\band\b|\bor\b|\(|\)|\s|\bthe\b|\ban?\b|`|\*|_|\"|'|\.)*")
_ASIDE = re.compile(r"\([^)]*\)")


def fields(
    texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]], carried: Sequence[Mention | None]
) -> list[Listed]:
    """Return the flows from whom a section or list item is about to what its labelled lines name, or from these to it.

    A line counts when nothing but names stands behind its label; what brackets say of them is left out.

    >>> fields([], [], [])
    []
    """
    out: list[Listed] = []
    for number, (text, found, subject) in enumerate(zip(texts, mentions, carried, strict=True)):
        if text.passage.form == "heading" or not found or subject is None:
            continue
        if text.passage.form == "table":
            out += _in_column(text, found, subject, number)
            continue
        for reverse, kind, pattern in _FIELDS:
            label = pattern.match(text.text)
            if label is None:
                continue
            named = [m for m in found if text.tokens[m.first].start >= label.end() and m.key != subject.key]
            if named and _only_names(text, label.end(), named):
                out += [_flow(subject, m, kind, number, reverse=reverse) for m in named]
            break
    return out


def is_field(text: Sentence) -> bool:
    """Return whether a line begins with a label that tells what stands behind it: "Outputs: Kafka"."""
    return any(pattern.match(text.text) for _, _, pattern in _FIELDS)


def _in_column(text: Sentence, found: Sequence[Mention], subject: Mention, number: int) -> list[Listed]:
    """Return the flows of a cell with names below a head that tells what they are: "Depends on", "Database", "Used by"."""
    cells, heads = text.passage.cells, text.passage.columns
    column = next((n for n, cell in enumerate(cells) if cell.strip() == text.text.strip()), 0)
    if column == 0 or column >= len(heads):
        return []
    for reverse, kind, pattern in _FIELDS:
        if pattern.match(f"{heads[column]}:"):
            named = [m for m in found if m.key != subject.key]
            if _only_names(text, 0, named):
                kind = (
                    "calls" if kind in ("depends_on", "writes") else kind
                )  # who has a store may only read it
                return [_flow(subject, m, kind, number, reverse=reverse) for m in named]
            break
    return []


def _flow(subject: Mention, named: Mention, kind: str, number: int, *, reverse: bool) -> Listed:
    """Return the flow between whom a section is about and what a line of it names; what is read from a broker is consumed."""
    if reverse:
        return named, subject, kind, number
    if named.kind() in MESSAGING and named.kind() not in STORES:
        kind = {"reads": "consumes", "writes": "publishes"}.get(kind, kind)
    return subject, named, kind, number


def _only_names(text: Sentence, start: int, named: Sequence[Mention]) -> bool:
    """Return whether nothing but names, commas and brackets stands behind a label."""
    rest = list(text.text)
    for mention in named:
        for place in range(text.tokens[mention.first].start, text.tokens[mention.last - 1].end):
            rest[place] = " "
    return _NAMES.fullmatch(_ASIDE.sub(" ", "".join(rest[start:]))) is not None
