"""What the sources say of the whole: how many people work on it, how much it has to do, how far along it is.

Whether a design is too much or too little can only be said against these. Two places that give different numbers give none: one may
be of another team or another year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from buttress.model import Evidence, Fact, FactValue
from buttress.prose.caseless import Caseless, Hit
from buttress.prose.facts.quantities import NUMBER, NUMBERS, number, per_second
from buttress.prose.text import KEPT, Prose, Sentence
from buttress.prose.words import ASIDE, NEGATED, REJECTED_SECTION

__all__ = ["context"]

_ASIDES = ("heading", "diagram", "config", "code")
_COUNT = rf"(?<![\w:.,/-])(\d{{1,3}}|{'|'.join(NUMBERS)})(?![\w:/]|[.,]\d)"
_PEOPLE = r"(?:developers?|engineers?|programmers?|people|persons?|devs?)"
_SORTS = r"(?:(?:full-time|part-time|back-?end|full-stack|python|software|platform|remote|other|senior|junior)\s+){0,3}"
_ANY_NUMBER = re.compile(rf"\d|\b(?:{'|'.join(NUMBERS)})\b", re.IGNORECASE)
_TEAM = (
    Caseless(rf"\bteams? of (?:about |only |just )?{_COUNT}\b"),
    Caseless(rf"{_COUNT}[- ](?:person|people|developer|engineer|man|woman)[- ](?:team|company|startup)\b"),
    Caseless(
        rf"\b(?:(?:built|developed|maintained|run|operated|written|looked after|worked on|owned) by|team (?:has|is|consists of)|we are|we're|there are)\s+"
        rf"(?:about |only |just |a team of )?{_COUNT} {_SORTS}{_PEOPLE}\b"
    ),
    Caseless(
        rf"{_COUNT} {_SORTS}{_PEOPLE} (?:work|build|maintain|run|operate|develop|look after|own|keep)s?\b"
    ),
)
_THINGS = (
    r"(?:requests?|req|calls|messages?|events?|writes?|reads?|queries|jobs?|records|orders?|payments?|uploads?|transactions?|"
    r"notifications?|bookings?|tasks?|e?-?mails?|page views|hits)"
)
_LOAD = Caseless(
    rf"{NUMBER}\s*(k|m|million|thousand|billion)?\s*(?:(?:\w+\s)?{_THINGS}\s*(?:per|/|an?|each|every)\s*|(?=[rqt]p[sm]\b))"
    r"(second|sec|s|minute|min|hour|h|day|month|[rqt]p[sm])\b"
)
_OF_THE_WHOLE = Caseless(
    r"\b(?:we|it|the (?:system|platform|site|application|app|shop|service|product|whole)|traffic|load|peak|in total|altogether|busiest|volume|"
    r"users (?:send|make|place)|expect(?:s|ed)?|customers)\b"
)
_USERS = Caseless(
    rf"\b(?:we have|has|have|serves?|used by)\s+(?:about |around |some |roughly |only )?{NUMBER}\s*(k|m|million|thousand)?\s+"
    r"(?:(?:daily|monthly|active|registered|internal|paying|concurrent)\s+){0,2}(?:users|customers|employees)\b"
)
_PROTOTYPE = Caseless(
    r"\b(?:this|it|the (?:system|project|application|app|service|product)) is (?:still |only |just |currently )*(?:an? )?(?:early |working )?"
    r"(prototype|proof of concept|PoC|MVP|alpha version|in alpha|demo)\b|\b(?:isn't|is not|not yet) (?:yet )?in production\b"
)
_PRODUCTION = Caseless(
    r"\b(?:is|are|runs?|running|been|live) (?:live |running |used )?in production (?:since|for|at|with)\b|\bwent live in \d{4}\b"
)
_EVENT_SOURCED = Caseless(
    r"\b(?:uses?|using|based on|built (?:on|with)|applies|follows?|is|are|adopts?|state is kept (?:by|as)) "
    r"(?:an? |the )?(?:[\w-]+ ){0,2}?(?:event[- ]sourc(?:ing|ed))\b"
)
_CQRS = Caseless(
    r"\b(?:uses?|using|based on|built (?:on|with)|applies|follows?|adopts?|with) "
    r"(?:an? |the )?(?:[\w-]+ ){0,3}?(?:CQRS|command query responsibility segregation)\b"
)
# What others are watched with: there "traces are stored" praises the product, and says nothing of how it is watched itself.
_WATCHES = (
    r"(?:monitor(?:ing)?|observability|tracing|telemetry|metrics|logging|log management|time[- ]series|alerting)"
    r"(?: and \w+)? (?:system|platform|back-?end|database|store|storage|stack|solution|tool|suite|service|agent|server)\b"
)
_MONITORING = Caseless(rf"\b{_WATCHES}")
_DEFINED = Caseless(
    rf"^\W*(?:the |this )?(?P<who>\w[\w./ -]{{1,39}}?) (?:is|provides) an? (?:[\w,/-]+ ){{0,8}}?{_WATCHES}"
)
# A number that is a limit, a wish or somebody else's says nothing of what comes in.
_LIMIT = Caseless(
    r"\b(?:limit\w*|throttl\w*|quota|at most|no more than|allow\w*|reject\w*|capable|can|could|able to|benchmark\w*|tested?|goals?|must|should|"
    r"designed for|up to|each|per (?:instance|pod|node|worker|user|client|tenant|customer|ip)|capacity|sustain\w*|handles?|scal\w+|SLA|free tier|if|"
    r"when|more than|beyond|above|exceeds?)\b"
)
_NOT_NOW = Caseless(
    r"\b(?:used to|formerly|previously|originally|in the past|at first|initially|for (?:example|instance)|e\.g|would|will|plan(?:s|ned)?|"
    r"imagine|suppose|other (?:teams?|companies)|each team|per team|every team|teams of|ideal|should|hire|grow\w*|next year)\b|\?\s*$"
)


def context(prose: Prose) -> tuple[Fact, ...]:
    """Return `team_size`, `load` (per second), `users`, `stage`, `purpose`, `cqrs` and `event_sourcing` of the system, as far as they are said.

    >>> from buttress.model import Passage
    >>> text = "The shop is built by three developers. We see about 10 orders a minute at peak."
    >>> [(f.name, f.value) for f in context(Prose([Passage("a.md", 1, 1, "prose", text)]))]
    [('load', 0.166667), ('team_size', 3)]
    """
    told: dict[str, dict[FactValue, list[Evidence]]] = {}
    for sentence in prose.sentences:
        if _is_for_watching(sentence):
            told.setdefault("purpose", {}).setdefault("monitoring", []).append(sentence.evidence())
        said = () if sentence.passage.form in _ASIDES else _all_said(sentence.text)
        for name, value in said if said and not _is_aside(sentence.passage.headings) else ():
            told.setdefault(name, {}).setdefault(value, []).append(sentence.evidence())
    return tuple(_one(name, told[name]) for name in sorted(told) if len(told[name]) == 1 or name == "load")


def _is_for_watching(sentence: Sentence) -> bool:
    """Return whether the title of a text, or a sentence that defines what the title names, is of a product that watches others."""
    passage = sentence.passage
    if passage.form == "heading":
        return not passage.headings and passage.line <= 5 and _MONITORING.search(sentence.text) is not None
    if passage.form != "prose":
        return False
    found = _DEFINED.search(sentence.text)
    title = passage.headings[0].lower() if passage.headings else ""
    who = found["who"].lower() if found is not None else ""
    return bool(who and title) and (who in title or title in who)


def _one(name: str, values: dict[FactValue, list[Evidence]]) -> Fact:
    value = max(values) if name == "load" else next(iter(values))  # type: ignore[type-var]
    return Fact(name, value, evidence=tuple(dict.fromkeys(values[value]))[:4])


def _is_aside(headings: tuple[str, ...]) -> bool:
    """Return whether what stands under these titles says nothing of this system."""
    return any(REJECTED_SECTION.search(h) or ASIDE.search(h) for h in headings)


@lru_cache(KEPT)
def _all_said(text: str) -> tuple[tuple[str, FactValue], ...]:
    """Return what a sentence says of the system as it is now."""
    said = tuple(_said(text))
    return () if said and _NOT_NOW.search(text) else said


def _said(text: str) -> Iterator[tuple[str, FactValue]]:
    if _ANY_NUMBER.search(text):
        yield from _numbers(text)
    if _PROTOTYPE.search(text):
        yield "stage", "prototype"
    elif _PRODUCTION.search(text):
        yield "stage", "production"
    for name, pattern in (("event_sourcing", _EVENT_SOURCED), ("cqrs", _CQRS)):
        if pattern.search(text) and not NEGATED.search(text):
            yield name, True


def _numbers(text: str) -> Iterator[tuple[str, FactValue]]:
    people = _counts(pattern.search(text) for pattern in _TEAM)
    if len(people) == 1:
        yield "team_size", people.pop()
    if _LIMIT.search(text) is None:
        for found in _LOAD.finditer(text):
            if _OF_THE_WHOLE.search(text):
                yield "load", _rate(found)
        users = _USERS.search(text)
        if users:
            scale = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}.get((users[2] or "").lower(), 1)
            yield "users", int(number(users[1]) * scale)


def _rate(found: Hit) -> float:
    if found[3].lower() == "month":
        return round(float(per_second(found[1], found[2], "day")) / 30, 6)
    return per_second(found[1], found[2], found[3])


def _counts(found: Iterable[Hit | None]) -> set[int]:
    return {int(number(m[1])) for m in found if m is not None}
