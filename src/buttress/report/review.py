"""The review as one value: what renderers print. `compose` puts it together; every sentence in it is about this system."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from buttress.model import Evidence, SystemGraph
from buttress.report.checklist import Check, checklist
from buttress.report.stack import StackItem, stack
from buttress.report.summary import Summary, summarise
from buttress.retrieval.citing import NONE, Citation, Standards, cite
from buttress.rules import AREAS, SEVERITIES, Card, Finding, join

Rank = Literal["must", "should", "nice"]
IN_BASELINE = "in the baseline"  # the reason why what an earlier review has isn't shown
_RANK: Mapping[str, Rank] = {"HIGH": "must", "MEDIUM": "should", "LOW": "nice"}


class Findings(tuple[Finding, ...]):
    """Findings that a notebook shows as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from buttress.report.html import findings

        return findings(self)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: the rule's findings together, its effort in days, and the rules to settle first."""

    rank: Rank
    rule: str
    title: str
    findings: tuple[str, ...]
    subjects: tuple[str, ...]
    effort: str
    days: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of growth: what limits the system, what tells that the limit is near, what to do then."""

    limit: str
    trigger: str
    step: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A finished review of one system."""

    graph: SystemGraph
    summary: Summary
    findings: tuple[Finding, ...]
    questions: tuple[Finding, ...]
    strengths: tuple[Finding, ...]
    stack: tuple[StackItem, ...]
    roadmap: tuple[Stage, ...]
    checklist: tuple[Check, ...]
    next_steps: tuple[Step, ...]
    cards: Mapping[str, Card]
    citations: Mapping[str, tuple[Citation, ...]]
    suppressed: tuple[tuple[Finding, str], ...] = ()
    own: Standards = NONE

    def at_least(self, severity: str) -> tuple[Finding, ...]:
        """Return the findings of that severity or a higher one.

        Raises ValueError when it isn't HIGH, MEDIUM or LOW.
        """
        if severity.upper() not in SEVERITIES:
            raise ValueError(f"severity: expected HIGH, MEDIUM or LOW, found {severity!r}")
        worst = SEVERITIES.index(severity.upper())
        return tuple(f for f in self.findings if SEVERITIES.index(f.severity) <= worst)

    def areas(self) -> tuple[str, ...]:
        """Return the areas in which something was found, asked or praised, in the order of the brief."""
        said = {f.area for f in (*self.findings, *self.strengths, *self.questions)}
        return tuple(a for a in AREAS if a in said)

    def asked(self) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
        """Return the questions to ask one by one, and the words for matters of the whole system that no source mentions."""
        words = [(q, "" if q.evidence else self.cards[q.rule].unsaid) for q in self.questions]
        return tuple(q for q, w in words if not w), tuple(w for _, w in words if w)

    def without(self, hidden: Mapping[str, str]) -> Review:
        """Return the review as it would be without the findings and questions of these ids, each with the reason why."""
        left = [f for f in (*self.findings, *self.questions) if f.id not in hidden]
        told = tuple((f, hidden[f.id]) for f in (*self.findings, *self.questions) if f.id in hidden)
        shown = compose(self.graph, tuple(self.cards.values()), (*left, *self.strengths), own=self.own)
        summary = shown.summary
        if told:
            apart = f"Left out: {len(told)} suppressed or in the baseline."
            summary = replace(summary, basis=f"{summary.basis} {apart}".strip())
        if told and not shown.findings:
            summary = replace(
                summary, assessment="Nothing else was found.", readiness="nothing beyond what is left out"
            )
        return replace(shown, suppressed=told, summary=summary)

    def __repr__(self) -> str:
        """Return one line: what a session shows of it, and a traceback."""
        return f"<Review of {self.summary.headline}>"

    def __str__(self) -> str:
        """Return the review as Markdown."""
        from buttress.report.markdown import render

        return render(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from buttress.report.html import fragment
        from buttress.report.markdown import render

        return {
            "text/markdown": render(self),
            "text/html": fragment(self),
            "text/plain": self.summary.headline,
        }


def compose(
    graph: SystemGraph,
    cards: Sequence[Card],
    findings: Sequence[Finding],
    *,
    own: Standards = NONE,
) -> Review:
    """Return the review of a graph from what the rules found in it; `own` are practices that rules of one's own may cite."""
    by_id = {card.id: card for card in cards}
    defects = tuple(f for f in findings if f.basis == "defect")
    questions = _ranked(graph, [f for f in findings if f.basis == "question"])
    strengths = tuple(f for f in findings if f.basis == "strength")
    steps = _steps(defects, by_id)
    technologies = frozenset(c.technology for c in graph.components if c.technology)
    used = sorted({f.rule for f in (*defects, *questions, *strengths)})
    return Review(
        graph=graph,
        summary=summarise(graph, defects, strengths, questions, steps_days(steps)),
        findings=Findings(defects),
        questions=Findings(questions),
        strengths=Findings(strengths),
        stack=stack(graph),
        roadmap=_roadmap(graph),
        checklist=checklist(graph),
        next_steps=steps,
        own=own,
        cards=by_id,
        citations={
            rule: cite(
                rule, technologies=technologies, cites=by_id[rule].cites, shows=by_id[rule].shows, own=own
            )
            for rule in used
        },
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier review says of one finding or question: how severe it was, what it was about, how many were found."""

    severity: str
    subjects: frozenset[str]
    number: int

    @classmethod
    def of(cls, severity: str, subjects: Iterable[str], message: str) -> Known:
        """Return what is kept of a finding or question with this severity, subjects and message."""
        return cls(severity, frozenset(subjects), places_counted(message))

    def covers(self, finding: Finding) -> bool:
        """Return whether a finding is no worse than it was: as severe at most, about nothing else, no more of it."""
        return (
            SEVERITIES.index(finding.severity) >= SEVERITIES.index(self.severity)
            and self.subjects.issuperset(finding.subjects)
            and places_counted(finding.message) <= self.number
        )


def places_counted(message: str) -> int:
    """Return how many places the message of a finding counts, none where it counts nothing.

    >>> places_counted("orders puts values into SQL (3 found): …"), places_counted("orders runs texts as code in 1 place: …")
    (3, 1)
    >>> places_counted("orders has 2 large modules for everything: …"), places_counted("orders has no owner")
    (2, 0)
    """
    counted = re.search(r"\b(\d{1,9}) (?:found|places?|columns? found|large)\b", message)
    return int(counted[1]) if counted else 0


def _ranked(graph: SystemGraph, questions: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the questions, those first whose answer can change most: by severity, then by how many parts fail with what is asked about."""
    reach = {
        d.subject: d.value for d in graph.derived if d.name == "breaksCount" and isinstance(d.value, int)
    }

    def matters(question: Finding) -> tuple[int, int]:
        return SEVERITIES.index(question.severity), -max(
            (reach.get(s, 0) for s in question.subjects), default=0
        )

    return tuple(sorted(questions, key=matters))


def _steps(defects: Sequence[Finding], cards: Mapping[str, Card]) -> tuple[Step, ...]:
    grouped: dict[str, list[Finding]] = {}
    for finding in defects:
        grouped.setdefault(finding.rule, []).append(finding)
    steps = []
    for rule, group in grouped.items():
        card = cards[rule]
        worst = min((f.severity for f in group), key=SEVERITIES.index)
        steps.append(
            Step(
                rank=_RANK[worst],
                rule=rule,
                title=card.title,
                findings=tuple(f.id for f in group),
                subjects=tuple(dict.fromkeys(s for f in group for s in f.told_of or f.subjects[:1])),
                effort=card.effort,
                days=card.days,
                needs=tuple(n for n in card.needs if n in grouped),
            )
        )
    ranks = ("must", "should", "nice")
    steps.sort(key=lambda s: (ranks.index(s.rank), "SML".index(s.effort), -len(s.findings), s.rule))
    return _needs_first(steps)


def _needs_first(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps with everything that a step needs ahead of it."""
    by_rule = {s.rule: s for s in steps}
    out: dict[str, Step] = {}

    def place(step: Step, above: frozenset[str]) -> None:
        for need in step.needs:
            if need not in out and need not in above:
                place(by_rule[need], above | {step.rule})
        out.setdefault(step.rule, step)

    for step in steps:
        place(step, frozenset())
    return tuple(out.values())


def steps_days(steps: Sequence[Step]) -> tuple[float, float, int]:
    """Return the least and most days of all must-fix steps, and how many there are."""
    must = [s for s in steps if s.rank == "must"]
    low = sum(float(s.days.partition("-")[0]) for s in must)
    high = sum(float(s.days.partition("-")[2] or s.days) for s in must)
    return low, high, len(must)


def _roadmap(graph: SystemGraph) -> tuple[Stage, ...]:
    """Return what will limit growth, nearest first, from the derived facts."""
    stages: list[Stage] = []
    label = graph.label
    runs_as = {d.subject: d.value for d in graph.derived if d.name == "runsAs"}
    serves = {d.subject for d in graph.derived if d.name == "serves"}
    alone = [
        c
        for c in graph.components
        if runs_as.get(c.id) == "one"
        and c.id in serves
        and c.kind in ("service", "web_frontend", "gateway", "load_balancer")
    ]
    if alone:
        run = "runs" if len(alone) == 1 else "run"
        stages.append(
            Stage(
                f"{join((c.name for c in alone), most=8)} {run} as one instance",
                "CPU of an instance above 60 % at peak, or the next deployment that must not be noticed",
                "run at least two instances behind a load balancer; move session state out of the process first",
                tuple(e for c in alone[:3] for e in c.evidence[:1]),
            )
        )
    kinds = {c.id: c.kind for c in graph.components}
    own = {d.subject for d in graph.derived if d.name == "ownService"}
    for derived in sorted((d for d in graph.derived if d.name == "sharedStore"), key=lambda d: d.subject):
        users = [u for u in derived.objects if u in own and kinds.get(u) in ("service", "web_frontend")]
        if len(users) < 2 or kinds.get(derived.subject) not in ("relational_db", "document_db", "data_store"):
            continue  # a service and its own worker share a store by design
        stages.append(
            Stage(
                f"{label(derived.subject)} serves {len(users)} services ({join((label(u) for u in users), most=6)})",
                "connections near the limit, or one service's migration has to wait for another team",
                "give each service its own pool with a limit, then its own schema, then its own database",
                graph.evidence_of(derived.subject)[:1],
            )
        )
    depth = max(
        (d for d in graph.derived if d.name == "syncDepth"), key=lambda d: float(d.value or 0), default=None
    )
    if depth is not None and isinstance(depth.value, int) and depth.value >= 4:
        chain = " → ".join(label(i) for i in depth.because if graph.component(i) is not None)
        stages.append(
            Stage(
                f"a request waits on {depth.value} components in a row: {chain}",
                "tail latency of the entry point above its target while each part is within its own",
                "answer from a local copy or make the last calls asynchronous; latencies and failures add up along the chain",
                graph.evidence_of(depth.because[1])[:1] if len(depth.because) > 1 else (),
            )
        )
    return tuple(stages)
