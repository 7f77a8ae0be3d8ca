"""Pages that explain a rule, a practice or a finding."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.errors import UnknownName
from buttress.report.markdown import AREA_TITLES, EFFORT
from buttress.report.review import Review
from buttress.retrieval.cards import cards as practices
from buttress.retrieval.citing import NONE, Standards, cite
from buttress.rules import Card, Finding, shipped


def page(
    name: str, *, own: Standards = NONE, cards: Sequence[Card] | None = None, review: Review | None = None
) -> str:
    """Return the page about a rule, a practice (`source/item`) or a finding's id (`rule@subject`).

    `cards` are the rules that there are, by default those that come with Buttress; with a `review` the page begins with what the
    rule says in it. Raises UnknownName with the nearest names when there is none.
    """
    rule, at, subject = name.partition("@")
    rules = shipped() if cards is None else cards
    card = next((c for c in rules if c.id == rule), None)
    if card is not None and review is not None:
        return _here(review, name, rule).rstrip() + "\n\n" + _rule(card, "", own)
    if card is not None:
        return _rule(card, subject if at else "", own)
    known = {**practices(), **own.practices}
    if name in known:
        practice = known[name]
        lines = [f"{practice.title}", f"{practice.source} · {practice.url}", "", practice.guidance, ""]
        lines += ["Signs that you need it:", *[f"  - {s}" for s in practice.signs], ""]
        lines += ["In practice:", practice.practice]
        return "\n".join(lines).rstrip() + "\n"
    raise UnknownName.of("rule or practice", name, known=[*(c.id for c in rules), *known])


def _here(review: Review, name: str, rule: str) -> str:
    """Return all findings, questions and strengths of a rule in a review, or the one of that id, each with all its evidence."""
    said = [f for f in (*review.findings, *review.questions, *review.strengths) if f.rule == rule]
    apart = {f.id: reason for f, reason in review.suppressed if f.rule == rule}
    if name != rule:
        if name in apart:
            return f"{name} is left out of the review: {apart[name]}\n"
        said = [f for f in said if f.id == name]
        if not said:
            known = [f.id for f in (*review.findings, *review.questions, *review.strengths)]
            raise UnknownName.of(
                "finding", name, known=[i for i in known if i.startswith(f"{rule}@")] or known
            )
    lines = [line for finding in said for line in (*_finding(finding, review), "")]
    if finding := next((f for f in said if f.basis != "strength"), None):
        lines += [
            f"To live with it, under suppress in buttress.yaml: {{finding: {finding.id!r}, reason: …}}",
            "",
        ]
    lines += [f"{id_} is left out of the review: {reason}" for id_, reason in apart.items() if name == rule]
    return "\n".join(lines or ["Nothing in what was read falls under this rule.", ""]) + "\n"


def _finding(finding: Finding, review: Review) -> list[str]:
    kind = finding.severity if finding.basis == "defect" else finding.basis
    lines = [f"{finding.id}  ({kind})", _bare(finding.message)]
    if finding.reason:
        lines.append(f"{finding.severity} because {_bare(finding.reason)}")
    steps = [review.graph.label(i) for i in finding.path if review.graph.component(i) is not None]
    if len(steps) > 1:
        lines.append(f"path: {_bare(' → '.join(steps))}")
    lines += [f"  {_bare(str(e))}  {_bare(e.quote)}" for e in finding.evidence]
    return lines


def _bare(text: str) -> str:
    """Return a text from a source on one line, without what a terminal would take for a command."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def _rule(card: Card, subject: str, own: Standards) -> str:
    lines = [f"{card.title}  ({card.severity}, {AREA_TITLES[card.area].lower()})"]
    if subject:
        lines.append(f"Here it is about: {subject}. With PATHs behind the name: what shows it there")
    lines += ["", "Why", card.why, "", "What to do", card.what_to_do, ""]
    lines.append(f"Effort: {EFFORT[card.effort]}, {card.days} days")
    for title, text in (("Alternatives", card.alternatives), ("In Python", card.in_python)):
        if text:
            lines += ["", title, text]
    lines += ["", "Says who"]
    lines += [
        f"  - {c.source}: {c.title}\n    {c.url}\n    {c.passage}"
        for c in cite(card.id, cites=card.cites, shows=card.shows, own=own)
    ]
    lines += ["", "Covers: " + ", ".join(card.covers)]
    return "\n".join(lines) + "\n"
