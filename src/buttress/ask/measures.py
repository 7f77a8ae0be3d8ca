"""Superlatives over what is stated: the largest timeout, the smallest limit, in facts of the graph and in columns of tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.ask.answer import Statement
from buttress.ask.lines import Line
from buttress.ask.order import amount, amount_words, called
from buttress.ask.question import Question
from buttress.ask.words import fact_words, in_a_sentence, listed, name_of
from buttress.model import Component, Evidence, Fact, Flow, SystemGraph
from buttress.vocabulary import load
from buttress.vocabulary.match import stem

_MOST = re.compile(
    r"\b(?:largest|biggest|highest|longest|greatest|most|maximum|max|slowest|widest|tallest)\b"
)
_LEAST = re.compile(r"\b(?:smallest|lowest|shortest|least|fewest|minimum|min|fastest|tiniest)\b")
_TOLD = 6  # of those behind the first
_SIZED = ("resource_limits", "resource_requests")
# By unit: what sort of amount it tells, and how much of the sort's first. An "m" is a minute beside other times, else a million.
_UNITS: dict[str, tuple[str, float]] = {
    "": ("number", 1.0), "k": ("number", 1e3), "m": ("number", 1e6), "million": ("number", 1e6), "billion": ("number", 1e9), "%": ("share", 1.0),
    "ms": ("time", 1e-3), "s": ("time", 1.0), "sec": ("time", 1.0), "second": ("time", 1.0), "min": ("time", 60.0), "minute": ("time", 60.0),
    "h": ("time", 3600.0), "hour": ("time", 3600.0), "d": ("time", 86400.0), "day": ("time", 86400.0), "week": ("time", 604800.0),
    "kb": ("size", 1e3), "mb": ("size", 1e6), "gb": ("size", 1e9), "tb": ("size", 1e12), "kib": ("size", 1024.0), "mib": ("size", 1024.0**2),
    "gib": ("size", 1024.0**3),
}  # fmt: skip
_MINUTE = ("time", 60.0)
_QUANTITY = re.compile(
    r"[~≈<>≤≥ ]*(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>%|[a-z]+)?(?:/[a-z]+|\s+\([^()]*\))?\s*", re.I
)


def superlative(question: Question) -> str:
    """Return "most" or "least" for a question that asks who has most or least of something, else nothing.

    >>> superlative(Question("", "what is the largest timeout", "fact")), superlative(Question("", "which timeout", "fact"))
    ('most', '')
    """
    return (
        "least"
        if _LEAST.search(question.pattern)
        else "most"
        if re.search(rf"{_MOST.pattern}(?! of (?:the|our|my|its|their|them|all)\b)", question.pattern)
        else ""
    )


def without_superlative(text: str) -> str:
    """Return a question without the words that ask for the most or the least.

    >>> without_superlative("which needs the least cpu")
    'which needs the  cpu'
    """
    return _LEAST.sub("", _MOST.sub("", text))


def ranked(
    name: str,
    stated: Sequence[tuple[Component | Flow, Sequence[Fact]]],
    question: Question,
    graph: SystemGraph,
) -> tuple[Statement, ...]:
    """Return who has most or least of a fact, and who comes behind; nothing where the question asks for no such thing or no number is stated."""
    extent = superlative(question)
    what = "cpu" if re.search(r"\b(?:cpus?|cores?|vcpus?)\b", question.pattern) else "memory"
    values = [
        (value, holder, fact)
        for holder, facts in stated
        for fact in facts
        if fact.name == name and (value := _value(fact, holder, what)) is not None
    ]
    if not extent or not values:
        return ()
    values.sort(key=lambda v: (-v[0] if extent == "most" else v[0], v[1].id))
    first = [v for v in values if v[0] == values[0][0]]
    label = in_a_sentence(load().facts[name].label)
    label = f"{called(what)} by {label}" if name in _SIZED else label
    out = [
        Statement(
            f"The {'largest' if extent == 'most' else 'smallest'} {label}: {_words(*first[0], what)}, of {_who(first, graph)}.",
            _evidence(first),
        )
    ]
    behind = values[len(first) : len(first) + _TOLD]
    if behind:
        told = listed(
            f"{name_of(holder, graph)} {_words(value, holder, fact, what)}" for value, holder, fact in behind
        )
        more = len(values) - len(first) - len(behind)
        out.append(Statement(f"Then {told}{f', and {more} more' if more else ''}.", _evidence(behind)))
    return tuple(out)


def of_column(question: Question, lines: Sequence[Line]) -> tuple[Statement, ...]:
    """Return the row of a table with the largest or smallest number in the column that a question names; nothing for none.

    Only a column of which the rows state numbers of one sort is compared.
    """
    extent = superlative(question)
    asked = {stem(w) for w in re.findall(r"[a-z]{3,}", f"{question.text.lower()} {question.pattern}")}
    columns: dict[tuple[str, str, str], list[tuple[Line, str]]] = {}
    for line in lines if extent else ():
        for column, cell in line.cells[1:]:
            head = column.lower().partition("(")[0]  # "Retention (days)"
            words = [w for w in re.findall(r"[a-z]{3,}", head) if w not in ("and", "the", "per")]
            if words and stem(words[-1]) in asked:
                columns.setdefault((line.evidence.source, line.title, column), []).append((line, cell))
    out = []
    for (_, _, column), cells in columns.items():
        rows = _of_one_sort(cells)
        if len(rows) < 2:
            continue
        best = (max if extent == "most" else min)(value for value, _, _ in rows)
        first = [(line, cell) for value, line, cell in rows if value == best]
        who = listed(line.cells[0][1] for line, _ in first)
        word = "largest" if extent == "most" else "smallest"
        out.append(
            Statement(
                f"{column}, {word} of {len(rows)} rows: {who} ({first[0][1].strip()}).",
                tuple(line.evidence for line, _ in first),
            )
        )
    return tuple(out)


def _of_one_sort(cells: Sequence[tuple[Line, str]]) -> list[tuple[float, Line, str]]:
    """Return the cells that are amounts, in one unit; nothing where some are times and some are sizes."""
    units = {found[1] for _, cell in cells if (found := _quantity(cell)) is not None}
    sorts = {_UNITS[u][0] for u in units - {"m"}}
    known = {**_UNITS, "m": _MINUTE} if sorts == {"time"} else _UNITS
    if len({known[u][0] for u in units}) > 1:
        return []
    return [
        (found[0] * known[found[1]][1], line, cell)
        for line, cell in cells
        if (found := _quantity(cell)) is not None
    ]


def _quantity(cell: str) -> tuple[float, str] | None:
    """Return the number and the unit of a cell that is an amount and no more; nothing for other cells.

    >>> _quantity("250 ms"), _quantity("1,200"), _quantity("60 s (default)"), _quantity("10000-10002"), _quantity("none")
    ((250.0, 'ms'), (1200.0, ''), (60.0, 's'), None, None)
    """
    found = _QUANTITY.fullmatch(cell.strip(" *`")) if len(cell) < 40 else None
    if found is None:
        return None
    unit = (found["unit"] or "").lower()
    unit = unit if unit in _UNITS else unit.rstrip("s")
    return (float(found["number"].replace(",", "")), unit) if unit in _UNITS else None


def _value(fact: Fact, holder: Component | Flow, what: str) -> float | None:
    if fact.name in _SIZED:
        return amount(holder, fact.name, what) if isinstance(holder, Component) else None
    if isinstance(fact.value, bool) or not isinstance(fact.value, int | float):
        return None
    return float(fact.value)


def _words(value: float, holder: Component | Flow, fact: Fact, what: str) -> str:
    if fact.name in _SIZED:
        piece = next((p for p in str(fact.value).split(", ") if p.lower().startswith(what[:3])), "")
        number = re.search(r"\d[\d.]*\s*[a-zA-Z]*", piece)
        return number[0] if number else amount_words(value, what)
    known = load().facts.get(fact.name)
    label = len(known.label) if known else len(fact.name)
    return fact_words(fact)[label:].strip()


def _who(first: Sequence[tuple[float, Component | Flow, Fact]], graph: SystemGraph) -> str:
    return listed(name_of(holder, graph) for _, holder, _ in first)


def _evidence(values: Sequence[tuple[float, Component | Flow, Fact]]) -> tuple[Evidence, ...]:
    return tuple(e for _, _, fact in values for e in fact.evidence[:1])
