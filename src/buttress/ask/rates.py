"""Answers about how much there is in a time: rates that the sources state, in the unit that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from buttress.ask.answer import Statement
from buttress.ask.lines import Line
from buttress.ask.question import Question
from buttress.ask.words import listed
from buttress.model import Evidence
from buttress.prose.facts.quantities import FIGURE, NUMBER, number, per_second, seconds
from buttress.vocabulary.match import stem

_MOST = 4
_UNIT = r"(?:seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?)"
_OF_UNITS = {"daily": "day", "hourly": "hour", "weekly": "week", "monthly": "month", "yearly": "year"}
_AT_ONCE = {"rps": "requests", "qps": "queries", "tps": "transactions", "rpm": "requests", "qpm": "queries"}
_AMOUNT = rf"(?P<amount>{NUMBER})(?:\s*(?P<scale>k|m|mn|million|thousand|bn|billion)\b)?\+?"
_NOUN = r"(?P<noun>[a-z][a-z-]*(?: [a-z][a-z-]*){0,2}?)"
_PER = r"\s*(?:per|/|an?|each|every)\s*"
# "40,000 orders a day", "40k daily orders", "40k orders daily", "Orders per day: 40,000", "300 rps".
_STATED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_AMOUNT}\s*{_NOUN}{_PER}(?P<unit>{_UNIT})\b",
        rf"{_AMOUNT}\s+(?P<often>daily|hourly|weekly|monthly|yearly)\s+{_NOUN}(?=[\s.,;:)]|$)",
        rf"{_AMOUNT}\s+{_NOUN}\s+(?P<often>daily|hourly|weekly|monthly|yearly)\b",
        rf"(?<![\w-]){_NOUN}{_PER}(?P<unit>{_UNIT})\b(?:; [^:;]{{1,30}}:|\s*[:=]|\s+(?:is|are|of))\s*(?:about |around |~|≈|ca\.? )?{_AMOUNT}(?!\s*%)",
        rf"{_AMOUNT}\s*(?P<at>[rqt]ps|[rq]pm)\b",
    )
)
_ASKED = re.compile(rf"(?:\b(?:per|an?|each|every)\s+|/)(?P<unit>{_UNIT})\b|\b(?P<at>[rqt]ps|[rq]pm)\b", re.I)
_TIMES = rf"{FIGURE}\s*(?:x|×|times|fold)"
_PEAK = re.compile(rf"\bpeaks?\b[^.;\d]{{0,30}}?(?<![\d.]){_TIMES}|{_TIMES}\b[^.;\d]{{0,30}}\bpeaks?\b", re.I)
_ANY = frozenset(
    ("request", "load", "traffic", "throughput", "rate", "call", "volum", "quer", "query", "hit")
)
_SCALES = {"mn": "million", "bn": "billion"}


@dataclass(frozen=True, slots=True)
class _Rate:
    """A stated rate: `said` so in a source, of `noun`, `each` second, told for `unit` seconds."""

    said: str
    noun: str
    each: float
    unit: float
    evidence: Evidence


def rates(question: Question, lines: Sequence[Line]) -> tuple[Statement, ...]:
    """Return what the sources state of how much there is in a time, in the unit asked for; nothing where they state no rate.

    A peak is told where the question or a source says how many times the average it is.
    """
    asked = _ASKED.search(question.text)
    unit = ((asked["unit"] or "second") if asked else "second").lower()
    if asked and (asked["at"] or "").lower().endswith("m"):
        unit = "minute"
    wanted = _nouns(question.text[: asked.start()] if asked else question.text)
    if asked and asked["at"]:
        wanted |= _nouns(_AT_ONCE[asked["at"].lower()])
    found = list({(r.said, r.evidence): r for line in lines for r in _stated(line)}.values())
    of_it = [r for r in found if wanted & _nouns(r.noun)] if wanted - _ANY else found
    factor, stated = _factor(question, lines)
    out: list[Statement] = []
    if found and not of_it:
        out.append(
            Statement(f"No rate of {listed(sorted(wanted - _ANY))} is stated; others are.", holds="nothing")
        )
    elif found and wanted & _ANY and not any(wanted & _nouns(r.noun) for r in of_it):
        out.append(
            Statement("Requests as such aren't counted in what was read; other rates are.", holds="nothing")
        )
    for rate in (of_it or found)[:_MOST]:
        out += _told(rate, unit, factor, stated)
    return tuple(out)


def _told(rate: _Rate, unit: str, factor: float | None, stated: Evidence | None) -> Iterator[Statement]:
    length = float(seconds("1", unit))
    name = re.sub(r"s$", "", unit) if len(unit) > 2 else {"s": "second", "h": "hour"}.get(unit, unit)
    each = rate.each * length
    if length == rate.unit:
        yield Statement(f"{rate.said} are stated.", (rate.evidence,))
    else:
        way = f"{_figure(rate.each * rate.unit)} in {_figure(rate.unit)} s"
        yield Statement(
            f"{rate.said} are {_figure(each)} {rate.noun} a {name} on average ({way}).", (rate.evidence,)
        )
    if factor:
        yield Statement(
            f"At a peak of {_figure(factor)} times that: {_figure(each * factor)} {rate.noun} a {name}.",
            (stated,) if stated else (),
        )
    elif length < rate.unit and rate.unit >= 3600:
        yield Statement("How much more it is at the peak isn't said.", holds="nothing")


def _stated(line: Line) -> Iterator[_Rate]:
    for pattern in _STATED:
        for m in pattern.finditer(line.text):
            groups = m.groupdict()
            scale = (m["scale"] or "").lower()
            at, often = (groups.get("at") or "").lower(), (groups.get("often") or "").lower()
            unit = _OF_UNITS.get(often) or at or (groups.get("unit") or "").lower()
            if unit in ("s", "h") and "/" not in m[0]:
                continue
            noun = groups.get("noun") or _AT_ONCE[at]
            length = float(seconds("1", unit))
            each = float(per_second(m["amount"], _SCALES.get(scale, scale), "second")) / length
            yield _Rate(" ".join(m[0].split()).strip(" :"), noun.lower(), each, length, line.evidence)


def _factor(question: Question, lines: Sequence[Line]) -> tuple[float | None, Evidence | None]:
    """Return how many times the average the peak is, by the question or by a source."""
    for text, evidence in ((question.text, None), *((line.text, line.evidence) for line in lines)):
        if found := _PEAK.search(text):
            amount = number(next(g for g in found.groups() if g))
            return (amount, evidence) if amount > 1 else (None, None)
    return None, None


def _nouns(text: str) -> set[str]:
    words = re.findall(r"[a-z]{3,}", text.lower())
    return {stem(w) for w in words if w not in _NO_NOUNS}


_NO_NOUNS = frozenset(
    """
        how many much what which the are is our we you they have get gets does can this that there per and average total peak time make
        expect expected handle handled handles serve serves see take takes process about have has had need needs come comes sent made
        users customers system platform service site rate number it's today currently each every day second minute hour
    """.split()
)


def _figure(value: float) -> str:
    """Return a number with three digits that count.

    >>> _figure(11.574), _figure(86400.0), _figure(0.04321)
    ('11.6', '86,400', '0.0432')
    """
    if value >= 100 or float(value).is_integer():
        return f"{round(value):,}"
    return f"{value:.3g}"
