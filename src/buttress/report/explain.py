"""Pages that explain a rule, a practice or a finding."""

from __future__ import annotations

from buttress.errors import UnknownName
from buttress.report.markdown import AREA_TITLES, EFFORT
from buttress.retrieval.cards import cards as practices
from buttress.retrieval.citing import NONE, Standards, cite
from buttress.rules import Card, shipped


def page(name: str, *, own: Standards = NONE) -> str:
    """Return the page about a rule, a practice (`source/item`) or a finding's id (`rule@subject`).

    Raises UnknownName with the nearest names when there is none.
    """
    rule, at, subject = name.partition("@")
    card = next((c for c in shipped() if c.id == rule), None)
    if card is not None:
        return _rule(card, subject if at else "")
    known = {**practices(), **own.practices}
    if name in known:
        practice = known[name]
        lines = [f"{practice.title}", f"{practice.source} · {practice.url}", "", practice.guidance, ""]
        lines += ["Signs that you need it:", *[f"  - {s}" for s in practice.signs], ""]
        lines += ["In practice:", practice.practice]
        return "\n".join(lines).rstrip() + "\n"
    raise UnknownName.of("rule or practice", name, known=[*(c.id for c in shipped()), *known])


def _rule(card: Card, subject: str) -> str:
    lines = [f"{card.title}  ({card.severity}, {AREA_TITLES[card.area].lower()})"]
    if subject:
        lines.append(f"Here it is about: {subject}")
    lines += ["", "Why", card.why, "", "What to do", card.what_to_do, ""]
    lines.append(f"Effort: {EFFORT[card.effort]}, {card.days} days")
    for title, text in (("Alternatives", card.alternatives), ("In Python", card.in_python)):
        if text:
            lines += ["", title, text]
    lines += ["", "Says who"]
    lines += [
        f"  - {c.source}: {c.title}\n    {c.url}\n    {c.passage}"
        for c in cite(card.id, cites=card.cites, shows=card.shows)
    ]
    lines += ["", "Covers: " + ", ".join(card.covers)]
    return "\n".join(lines) + "\n"
