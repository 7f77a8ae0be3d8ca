"""Runs rule cards over a graph's knowledge and returns findings, questions and strengths as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from buttress.errors import CardError, OptionError
from buttress.knowledge import Knowledge, Value, id_of
from buttress.model import Evidence, SystemGraph
from buttress.rules.card import SEVERITIES, Card, Severity

Basis = Literal["defect", "question", "strength"]
MAX_EVIDENCE = 24
FAILING = frozenset(("system-architecture", "resilience", "scalability", "deployment"))


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says about one subject.

    `basis` tells a defect that the sources show from a question that they leave open and from a strength. `path` are the ids
    that a person would follow through the graph. `reason` says why the severity is what it is here. `told_of` are the subjects that
    the message is about, where `subjects` also has what else it names.
    """

    rule: str
    area: str
    basis: Basis
    severity: Severity
    title: str
    message: str
    subjects: tuple[str, ...]
    path: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    told_of: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return `rule@subject`, stable between runs and edits."""
        return f"{self.rule}@{self.subjects[0]}"


def run(cards: Iterable[Card], knowledge: Knowledge) -> tuple[Finding, ...]:
    """Return everything that the cards say of the graph: HIGH first, then by area, rule and subject.

    What a card finds wanting in a subject it doesn't praise as well. Raises CardError when a card's query can't be run.
    """
    found: list[Finding] = []
    exposure = _Exposure.of(knowledge.graph)
    for card in cards:
        for basis, query, sentence, terms in (
            ("defect", card.finds, card.message, card.finds_terms),
            ("question", card.asks, card.question, card.asks_terms),
            ("strength", card.praises, card.strength, card.praises_terms),
        ):
            if query and knowledge.names.issuperset(terms):
                found.extend(_run(card, basis, query, sentence, knowledge, exposure))  # type: ignore[arg-type]
    wanting = {(f.rule, id_) for f in found if f.basis == "defect" for id_ in f.told_of}
    found = [f for f in found if f.basis != "strength" or (f.rule, f.subjects[0]) not in wanting]
    bases = ("defect", "question", "strength")
    found.sort(key=lambda f: (bases.index(f.basis), SEVERITIES.index(f.severity), f.area, f.rule, f.subjects))
    return tuple(found)


def _run(
    card: Card, basis: Basis, query: str, sentence: str, knowledge: Knowledge, exposure: _Exposure
) -> list[Finding]:
    try:
        names, rows = knowledge.select(query)
    except OptionError as error:
        raise CardError(
            f"ontology/rules/{card.area}/{card.id}.md", 1, f"a query that runs; {error}"
        ) from error
    graph = knowledge.graph
    grouped: dict[str, list[dict[str, str | Value | None]]] = {}
    for row in rows:
        bound = dict(zip(names, row, strict=True))
        subject = bound.get("subject")
        if isinstance(subject, str):
            grouped.setdefault(subject, []).append(bound)
    out = []
    if basis == "defect" and card.together:
        grouped = _by_words(graph, grouped)
    elif basis != "question" and "together" in names:
        grouped = _by_mark(grouped)
    for subject, bindings in grouped.items():
        known = id_of(subject)
        id_ = known[1] if known else subject
        named = _ids(bindings)
        evidence, path = _evidence(graph, bindings, named)
        if basis == "question" and not evidence and id_ != "system":
            evidence = graph.evidence_of(id_)[:2]
        severity, reason = min(
            (_severity(card, basis, i, graph, bindings, exposure) for i in _subjects(bindings)),
            key=lambda found: SEVERITIES.index(found[0]),
        )
        told = card.said if basis == "defect" and any(b.get("stance") for b in bindings) else ""
        if basis == "defect":
            reason = next((str(r) for b in bindings if (r := b.get("reason"))), reason)
        out.append(
            Finding(
                rule=card.id,
                area=card.area,
                basis=basis,
                severity=severity,
                title=card.title,
                message=_fill(told or sentence, bindings, graph),
                subjects=(id_, *(i for i in named if i != id_ and graph.component(i) is not None)),
                path=path,
                evidence=evidence,
                reason=reason,
                told_of=_subjects(bindings),
            )
        )
    return out


def _by_words(
    graph: SystemGraph, grouped: dict[str, list[dict[str, str | Value | None]]]
) -> dict[str, list[dict[str, str | Value | None]]]:
    """Return the rows of each subject, those of subjects that the same words show under the first of them."""
    first: dict[tuple[Evidence, ...], str] = {}
    out: dict[str, list[dict[str, str | Value | None]]] = {}
    for subject, rows in grouped.items():
        facts = [
            known[1]
            for b in rows
            for v in b.values()
            if isinstance(v, str) and (known := id_of(v)) and known[0] == "fact"
        ]
        words = tuple(dict.fromkeys(e for id_ in facts for e in graph.evidence_of(id_)[:1]))
        out.setdefault(first.setdefault(words, subject) if words else subject, []).extend(rows)
    return out


def _by_mark(
    grouped: dict[str, list[dict[str, str | Value | None]]],
) -> dict[str, list[dict[str, str | Value | None]]]:
    """Return the rows of each subject, those with one `?together` under the first of its subjects.

    A subject with two marks stands under both; its rows without one go with the first of its marks.
    """
    marked: dict[str, tuple[str, list[dict[str, str | Value | None]]]] = {}
    out: dict[str, list[dict[str, str | Value | None]]] = {}
    for subject in sorted(grouped):
        rows = grouped[subject]
        usual = min((str(m) for b in rows if (m := b.get("together")) is not None), default=None)
        for row in rows:
            mark = usual if row.get("together") is None else str(row["together"])
            if mark is None:
                out.setdefault(subject, []).append(row)
            else:
                marked.setdefault(mark, (subject, []))[1].append(row)
    for first, rows in marked.values():
        out.setdefault(first, []).extend(rows)
    return out


def _subjects(bindings: Sequence[dict[str, str | Value | None]]) -> tuple[str, ...]:
    """Return the ids of the subjects of some rows, each once."""
    subjects = dict.fromkeys(b["subject"] for b in bindings)
    return tuple(known[1] if (known := id_of(s)) else s for s in subjects if isinstance(s, str))


def _ids(bindings: Sequence[dict[str, str | Value | None]]) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    for bound in bindings:
        for value in bound.values():
            known = id_of(value) if isinstance(value, str) else None
            if known and known[0] in ("component", "flow", "boundary"):
                seen.setdefault(known[1])
    return tuple(seen)


def _evidence(
    graph: SystemGraph, bindings: Sequence[dict[str, str | Value | None]], named: tuple[str, ...]
) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
    """Return the places that show it, the most telling first (facts and stances, derivations, flows, components), and a path.

    The path is that of one derivation, the longest: steps of several side by side are a way that nobody goes.
    """
    strong: dict[Evidence, None] = {}
    middle: dict[Evidence, None] = {}
    weak: dict[Evidence, None] = {}
    paths: dict[str, tuple[str, ...]] = {}
    for bound in bindings:
        for value in bound.values():
            known = id_of(value) if isinstance(value, str) else None
            if known is None:
                continue
            what, id_ = known
            said = bound.get("words")
            if what == "fact":
                strong.update(dict.fromkeys(_told(graph.evidence_of(id_), said)[:2]))
            elif what == "stance":
                strong.update(dict.fromkeys(_told(graph.stances[int(id_)].evidence, said)[:2]))
            elif what == "contradiction":
                strong.update(dict.fromkeys(e for _, e in graph.contradictions[int(id_)].sides))
            elif what == "derived":
                because = graph.derived[int(id_)].because
                for step in because:
                    target = strong if "." in step and graph.component(step) is None else middle
                    target.update(dict.fromkeys(graph.evidence_of(step)[:1]))
                paths[id_] = tuple(
                    s for s in because if graph.component(s) is not None or graph.flow(s) is not None
                )
    for id_ in named:
        target = middle if graph.flow(id_) is not None else weak
        target.update(dict.fromkeys(graph.evidence_of(id_)[:1]))
    ordered = {
        **strong,
        **middle,
    } or weak  # the bare name of a part shows nothing beside a line that shows it
    alone = len(_subjects(bindings)) == 1
    return tuple(ordered)[:MAX_EVIDENCE], max(paths.values(), key=len, default=()) if alone else ()


def _told(places: Sequence[Evidence], words: object) -> list[Evidence]:
    """Return the places whose quote is `words`, all of them when the query binds no `?words`."""
    return [e for e in places if words is None or e.quote == words]


@dataclass(frozen=True, slots=True)
class _Exposure:
    """Which entries stop with a component or place, and which only wait for it."""

    stops: dict[str, tuple[str, ...]]
    serves: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, graph: SystemGraph) -> _Exposure:
        """Return the exposure of everything in a graph."""
        found: dict[str, dict[str, tuple[str, ...]]] = {"stops": {}, "serves": {}}
        for derived in graph.derived:
            if derived.name in found:
                found[derived.name][derived.subject] = derived.objects
        return cls(found["stops"], found["serves"])

    def reason(self, id_: str, graph: SystemGraph, area: str) -> str | None:
        """Return in words why it matters to requests from outside; empty when it is where they come in, None when they don't meet it.

        Where the area is about failing, what stops with it says most; otherwise whose requests pass through it.
        """
        flow = graph.flow(id_)
        carrier = flow.source if flow else id_
        stopped = [graph.label(e) for e in self.stops.get(id_, ()) if e != id_]
        if stopped and area in FAILING:
            names = join(stopped, most=4)
            return f"{names} {'stops' if len(stopped) == 1 else 'both stop' if len(stopped) == 2 else 'stop'} with it"
        if carrier not in self.serves:
            return None
        names = join(graph.label(e) for e in self.serves[carrier] if e != carrier)
        return f"on the path of requests through {names}" if names else ""


def _severity(
    card: Card,
    basis: Basis,
    id_: str,
    graph: SystemGraph,
    bindings: Sequence[dict[str, str | Value | None]],
    exposure: _Exposure,
) -> tuple[Severity, str]:
    told = {b.get("severity") for b in bindings}
    said = next((s for s in SEVERITIES if s in told), None)  # the worst that a row says of it
    severity: Severity = said or card.severity  # type: ignore[assignment]
    reason = exposure.reason(id_, graph, card.area)
    if reason is not None:
        lowered = SEVERITIES.index(severity) > SEVERITIES.index(card.severity)  # for another reason, then
        return severity, reason if basis == "defect" and not lowered else ""
    if card.otherwise and said is None and basis == "defect" and id_ != "system":
        return card.otherwise, "not on the path of a request from outside"
    return severity, ""


def join(names: Iterable[str], *, most: int = 6) -> str:
    """Return names as an English list, at most `most` of them.

    >>> join(["a", "b", "c"]), join("abcdefgh")
    ('a, b and c', 'a, b, c, d, e, f and 2 more')
    """
    unique = list(dict.fromkeys(names))
    shown, rest = (unique, 0) if len(unique) <= most else (unique[:most], len(unique) - most)
    if rest:
        return ", ".join(shown) + f" and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _fill(sentence: str, bindings: Sequence[dict[str, str | Value | None]], graph: SystemGraph) -> str:
    """Return a card's sentence with `{name}` put in as a list and `{name:is|are}` as the form that fits its number.

    The number is how many there are or, of a single figure, the figure itself.
    """

    def words(match: re.Match[str]) -> str:
        values: dict[str, None] = {}
        for bound in bindings:
            value = bound.get(match[1])
            if value is not None:
                values.setdefault(_word(value, graph))
        if match[2] is not None:
            only = next(iter(values)) if len(values) == 1 else ""
            return match[2] if only and not (only.isdecimal() and int(only) != 1) else match[3]
        return join(sorted(values) if match[1] != "subject" else values)

    filled = re.sub(r"\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}", words, sentence)
    return filled[:1].upper() + filled[1:] if sentence[:1].isupper() else filled


def _word(value: str | Value, graph: SystemGraph) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    known = id_of(value) if isinstance(value, str) else None
    if known is None:
        return (
            str(value).rpartition("/")[2].rpartition("#")[2] if str(value).startswith("http") else str(value)
        )
    if known[0] == "system":
        return graph.name
    if known[0] == "thing":
        return known[1].replace("-", " ")  # a topic, or what has no place in the graph
    if known[0] == "stance":
        return graph.stances[int(known[1])].topic.replace("-", " ")
    return graph.label(known[1])
