"""Superlatives over what is stated: the largest timeout, the smallest limit, in facts of the graph and in columns of tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.ask.answer import Statement
from buttress.ask.lines import Line
from buttress.ask.order import amount, amount_words, called
from buttress.ask.question import Question
from buttress.ask.words import fact_words, flow_words, listed
from buttress.model import Component, Evidence, Fact, Flow, SystemGraph
from buttress.vocabulary import load
from buttress.vocabulary.match import stem

_MOST = re.compile(
    r"\b(?:largest|biggest|highest|longest|greatest|most|maximum|max|slowest|widest|tallest)\b"
)
_LEAST = re.compile(r"\b(?:smallest|lowest|shortest|least|fewest|minimum|min|fastest|tiniest)\b")
_TOLD = 6  # of those behind the first
_SIZED = ("resource_limits", "resource_requests")
_UNITS = {
    "": 1.0, "%": 1.0, "ms": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0, "d": 86400.0,
    "day": 86400.0, "week": 604800.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 1024.0, "mib": 1024.0**2, "gib": 1024.0**3,
    "k": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9,
}  # fmt: skip
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
    label = f"{called(what)} by {_label(name)}" if name in _SIZED else _label(name)
    out = [
        Statement(
            f"The {'largest' if extent == 'most' else 'smallest'} {label}: {_words(*first[0], what)}, of {_who(first, graph)}.",
            _evidence(first),
        )
    ]
    behind = values[len(first) : len(first) + _TOLD]
    if behind:
        told = listed(
            f"{_called(holder, graph)} {_words(value, holder, fact, what)}" for value, holder, fact in behind
        )
        more = len(values) - len(first) - len(behind)
        out.append(Statement(f"Then {told}{f', and {more} more' if more else ''}.", _evidence(behind)))
    return tuple(out)


def of_column(question: Question, lines: Sequence[Line]) -> tuple[Statement, ...]:
    """Return the row of a table with the largest or smallest number in the column that a question names; nothing for none.

    Only a column of which the rows state numbers of one sort is compared.
    """
    extent = superlative(question)
    asked = {stem(w) for w in re.findall(r"[a-z]{3,}", question.text.lower())}
    columns: dict[tuple[str, str, str], list[tuple[float, Line, str]]] = {}
    for line in lines if extent else ():
        for column, cell in line.cells[1:]:
            words = [w for w in re.findall(r"[a-z]{3,}", column.lower()) if w not in ("and", "the", "per")]
            if words and stem(words[-1]) in asked and (found := _quantity(cell)) is not None:
                key = (line.evidence.source, line.title, column)
                columns.setdefault(key, []).append((found, line, cell))
    out = []
    for (_, _, column), rows in columns.items():
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


def _quantity(cell: str) -> float | None:
    """Return what a cell that is an amount and no more states, in one unit; nothing for other cells.

    >>> _quantity("250 ms"), _quantity("1,200"), _quantity("60 s (default)"), _quantity("10000-10002"), _quantity("none")
    (0.25, 1200.0, 60.0, None, None)
    """
    found = _QUANTITY.fullmatch(cell.strip(" *`")) if len(cell) < 40 else None
    if found is None:
        return None
    unit = (found["unit"] or "").lower()
    factor = _UNITS.get(unit, _UNITS.get(unit.rstrip("s")))
    return float(found["number"].replace(",", "")) * factor if factor is not None else None


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
    return listed(_called(holder, graph) for _, holder, _ in first)


def _called(holder: Component | Flow, graph: SystemGraph) -> str:
    return flow_words(holder, graph) if isinstance(holder, Flow) else holder.name


def _label(name: str) -> str:
    label = load().facts[name].label
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _evidence(values: Sequence[tuple[float, Component | Flow, Fact]]) -> tuple[Evidence, ...]:
    return tuple(e for _, _, fact in values for e in fact.evidence[:1])
