"""The ledger of claims: everything that the sources say of one thing, side by side, and what of it can't be true together.

`standing` tells a fact from a plan, an option and what is no claim, and where it holds; `subjects` whom a sentence is about. `presence` holds
what is denied against what is there, `choices` one way of doing a thing against another, `quantities` numbers against numbers,
`drawings` what the text says against what is drawn, `arrows` two
places about one flow, `predicates` one verb said and denied. `context` is what is said of the whole, which no other place need contradict,
`proposals` whether it is a change to something larger that is described.
"""

from __future__ import annotations

from dataclasses import replace

from buttress.ledger.arrows import arrows
from buttress.ledger.choices import choices
from buttress.ledger.context import context
from buttress.ledger.drawings import drawings
from buttress.ledger.predicates import predicates
from buttress.ledger.presence import presence
from buttress.ledger.proposals import as_proposed
from buttress.ledger.quantities import quantities
from buttress.ledger.subjects import Text
from buttress.ledger.technologies import technologies
from buttress.model import Contradiction, SystemGraph
from buttress.prose import Prose

__all__ = ["as_proposed", "context", "disagreements"]


def disagreements(prose: Prose, graph: SystemGraph) -> tuple[Contradiction, ...]:
    """Return what a text and the graph say of one thing that can't both hold, each with all its places."""
    if not prose.passages:
        return ()
    text = Text(prose, graph)
    told = [
        c
        for find in (choices, quantities, technologies, drawings, arrows, presence, predicates)
        for c in find(text)
    ]
    known = [_lines(c) for c in graph.contradictions]
    out: list[Contradiction] = []
    for one in told:
        lines = _lines(one)
        told_as = [
            n for n, o in enumerate(out) if one.name == "presence" and o.name == "way" and lines & _lines(o)
        ]
        if told_as:
            out[told_as[0]] = _with(out[told_as[0]], one)
        elif one.name == "presence in drawings" or not any(
            lines <= other or len(lines & other) > 1 for other in (*known, *map(_lines, out))
        ):
            out.append(one)
    return tuple(sorted(out, key=lambda c: (c.subject, c.name)))


def _with(way: Contradiction, presence: Contradiction) -> Contradiction:
    """Return the disagreement on a way with what else is said of one of its ways being there: it is one matter."""
    more = tuple(
        (f"{presence.subject} {value}", e)
        for value, e in presence.sides
        if (e.source, e.line) not in _lines(way)
    )
    return replace(way, sides=(*way.sides, *more))


def _lines(contradiction: Contradiction) -> set[tuple[str, int]]:
    return {(e.source, e.line) for _, e in contradiction.sides}
