"""What a rule says of a part rests on that part: two systems side by side are told what each is told alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from tests.examples import sources_of

from buttress import analysis, data, pipeline
from buttress.knowledge import Knowledge, project
from buttress.model import SystemGraph
from buttress.rules import Card, load_dir, run
from buttress.rules.card import Example

CARDS = load_dir(data.ontology_dir() / "rules")
WHOLE = frozenset(  # what these say of a part depends on what else there is: who else comes in, collects logs, brokers tasks
    (
        "clients-know-every-service",
        "logs-stay-on-the-host",
        "service-that-does-everything",
        "single-instance-service",
        "single-point-of-failure",
        "tasks-dropped-when-memory-is-full",
    )
)


@cache
def read(example: Example) -> SystemGraph:
    return pipeline.read(sources_of(example))


def apart(graph: SystemGraph, side: str) -> SystemGraph:
    """Return a graph with other ids, so that nothing of it is taken for a part of the system beside it."""
    return replace(
        graph,
        components=tuple(
            replace(c, id=side + c.id, boundaries=tuple(side + b for b in c.boundaries))
            for c in graph.components
        ),
        flows=tuple(
            replace(f, id=side + f.id, source=side + f.source, target=side + f.target) for f in graph.flows
        ),
        boundaries=tuple(
            replace(b, id=side + b.id, parent=side + b.parent if b.parent else b.parent)
            for b in graph.boundaries
        ),
        derived=(),
    )


@cache
def beside(one: Example, other: Example) -> Knowledge:
    """Return what the rules see of two systems as one, analysed anew."""
    left, right = apart(read(one), "left-"), apart(read(other), "right-")
    return project(
        analysis.analyse(
            SystemGraph(
                name="both",
                components=left.components + right.components,
                flows=left.flows + right.flows,
                boundaries=left.boundaries + right.boundaries,
                facts=left.facts + right.facts,
                closed=left.closed and right.closed,
            )
        )
    )


@cache
def alone(example: Example) -> Knowledge:
    return project(read(example))


def said(card: Card, knowledge: Knowledge) -> set[tuple[str, str]]:
    """Return what a card says of parts: the basis and the id of each, those of the whole system left out."""
    return {(f.basis, id_) for f in run([card], knowledge) for id_ in f.told_of if id_ != "system"}


def pairs(card: Card) -> Iterator[tuple[Example, Example]]:
    """Yield each example beside a loud one, where no sentence speaks of a whole system."""
    apart = [e for e in card.examples if not (g := read(e)).stances and not g.facts and not g.contradictions]
    loud = [e for e in apart if e.fires or e.asks or e.praises]
    for n, example in enumerate(apart):
        others = [e for e in loud if e is not example]
        if others:
            yield example, others[n % len(others)]


def mixed_up(card: Card) -> list[tuple[str, str]]:
    """Return what a card says of two systems side by side and of neither alone, or the other way round."""
    out: set[tuple[str, str]] = set()
    for one, other in pairs(card):
        each = {(basis, "left-" + id_) for basis, id_ in said(card, alone(one))}
        each |= {(basis, "right-" + id_) for basis, id_ in said(card, alone(other))}
        out |= each ^ said(card, beside(one, other))
    return sorted(out)


@pytest.mark.parametrize("card", [c for c in CARDS if c.id not in WHOLE], ids=lambda card: card.id)
def test_a_part_is_judged_by_its_own_facts(card: Card) -> None:
    assert mixed_up(card) == []
