"""Answers from tables and lists: the things of one sort that they name, and the rows about one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.ask.answer import Statement
from buttress.ask.called import ASKING
from buttress.ask.lines import Line
from buttress.ask.question import Question
from buttress.ask.words import listed
from buttress.model import Evidence
from buttress.vocabulary.match import stem

_MOST = 12
_LONGEST = 60  # characters of a name
_SIGNS = (
    ("✅", "done complete working live ready"), ("✓", "done complete"), ("✔", "done complete"),
    ("❌", "missing open"), ("✗", "missing open"), ("✘", "missing open"), ("🟡", "partial"), ("⚠", "partial"),
)  # fmt: skip
_YES, _NO = frozenset("yes y true x × ✓ ✔ ✅".split()), frozenset("no n false ✗ ✘ ❌ - –".split())
# By the stem of a column: what else asks for its yes, and what for its no.
_SAME = {
    stem("required"): {stem("mandatory"), stem("needed"), stem("necessary")},
    stem("optional"): set[str](),
}
_OPPOSITE = {
    stem("required"): {stem("optional")}, stem("mandatory"): {stem("optional")}, stem("optional"): {stem("required"), stem("mandatory"), stem("needed")},
}  # fmt: skip
_SORT = re.compile(
    r"\b(?:which|what|list|show(?: me)?|name|how many|are there|is there|do we have|have we|any)\b(?: (?:all|any|the|our|of|a|an|other|kinds?|sorts?))* "
    r"(?P<words>(?:[a-z][a-z-]+ ){0,2}?[a-z][a-z-]+)"
    r"(?=\s*(?:\?|$|,|\.|\b(?:exist|exists|are|is|do|does|have|has|we|there|did|can|were|still|should|will|must|in|of|for|that|which|on|fires?|wakes?|page)\b))"
)


def of_sort(question: Question, lines: Sequence[Line]) -> tuple[Statement, ...]:
    """Return the things of the sort that a question asks for, as a column or a title names the sort; of rows, those that it narrows them to.

    "Which dashboards are missing?" asks a table with the column Dashboard, its rows with the word "missing" first.
    """
    asked = _SORT.search(question.pattern)
    if asked is None:
        return ()
    sort = stem(asked["words"].split()[-1])
    if len(sort) < 3 or asked["words"].split()[-1] in ASKING:
        return ()
    rows = [
        (n, line) for line in lines for n, (column, _) in enumerate(line.cells[:2]) if _head(column) == sort
    ]
    if not rows:
        rows = [(0, line) for line in lines if line.cells and _names_many(line.title, sort)]
    items = [
        (0, line) for line in lines
        if line.evidence.form == "list" and _names_many(line.title if line.under == line.title else line.under, sort)
    ]  # fmt: skip
    if not rows and len(items) < 2:
        return ()
    found = {_name(line, n): line for n, line in (rows or items)}
    more = _stems(question.pattern) - {stem(w) for w in ASKING} - {sort}
    narrowed = {
        name: line
        for name, line in found.items()
        if rows and (more & _said_besides(line, name) or _is_so(line, more))
    }
    shown = narrowed or found
    called = asked["words"].split()[-1]
    said = f"{len(shown)} {called} in what was read: {listed(shown, most=_MOST)}."
    if narrowed and len(narrowed) < len(found):
        said = f"Of {len(found)} {called} in what was read {len(shown)}: {listed(shown, most=_MOST)}."
    return (Statement(said, tuple(line.evidence for line in shown.values())[:_MOST]),)


def rows_of(question: Question, lines: Sequence[Line]) -> tuple[Evidence, ...]:
    """Return the rows of tables whose first cell is named by a question: what they say is said of it."""
    text = f" {_plain(question.text)} "
    found: dict[str, list[Evidence]] = {}
    for line in lines:
        low = _plain(line.cells[0][1]) if len(line.cells) > 1 else ""
        if 2 < len(low) <= _LONGEST and low not in ASKING and (f" {low} " in text or f" {low}s " in text):
            found.setdefault(low, []).append(line.evidence)
    longest = [n for n in found if not any(n != other and n in other for other in found)]
    return tuple(e for name in longest[:2] for e in found[name][:_MOST])


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9_.#/-]+(?::[a-z0-9_./-]+)*", text.lower().rstrip("?.! ")))


def _head(title: str) -> str:
    """Return the stem of the last word of a title or column name, signs and what stands in brackets left out."""
    words = re.findall(r"[a-z]+", re.sub(r"\([^()]*\)", "", title.lower()))
    return stem(words[-1]) if words else ""


def _names_many(title: str, sort: str) -> bool:
    """Return whether a title is of things of a sort, more than one: "Dashboards", not "Order Flow Dashboard"; "three dashboards:"."""
    return _head(title) == sort and re.search(r"s\W*$", title.lower()) is not None


def _name(line: Line, column: int) -> str:
    name = line.cells[column][1] if line.cells else re.split(r"\s[–—-]\s|:\s|:$", line.text)[0]
    return name.strip()[:_LONGEST]


def _is_so(line: Line, asked: set[str]) -> bool:
    """Return whether a row says yes in a column that is called as a question asks: "required" of "Required: yes", and "optional" of a no there."""
    for column, cell in line.cells[1:]:
        head, plain = _head(column), cell.strip(" *`").lower()
        if plain in _YES and (head in asked or asked & _SAME.get(head, set())):
            return True
        if plain in _NO and asked & _OPPOSITE.get(head, set()):
            return True
    return False


def _said_besides(line: Line, name: str) -> set[str]:
    """Return the stems of what a row says besides its name, signs of done and missing among them."""
    cells = [cell.lower() for _, cell in line.cells if cell.strip()[:_LONGEST] != name]
    signs = (words for sign, words in _SIGNS if any(sign in cell for cell in cells))
    return {w for text in (*cells, *signs) for w in _stems(text)}


def _stems(text: str) -> set[str]:
    """Return the stems of words, those with a number whole: "sev-3"."""
    return {stem(w) for w in re.findall(r"(?<![a-z])[a-z](?:[a-z]+-?\d+|[a-z]{2,})(?!\w)", text)}
