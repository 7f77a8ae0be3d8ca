"""The examples of a card, varied one thing at a time in whatever its queries ask for: what the card says of each is kept in a file.

card ─read▶ the graphs of its loud examples ─vary▶ one fact, kind, flow, word, figure or bystander changed ─run▶ what is said

The variations follow from the example and from the names in the queries, so that there are none to write by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from tests.rules.changed import (
    IN_WORDS,
    beside,
    cluttered,
)
from tests.rules.facts_varied import facts_varied, given_varied, members_varied
from tests.rules.parts_varied import derived_varied, flows_varied, parts_varied, stances_varied, words_varied

from buttress import analysis, pipeline
from buttress.knowledge import Knowledge, project
from buttress.model import SystemGraph
from buttress.rules import Card, run
from buttress.rules.card import Example
from buttress.trials import sources_of

Told = frozenset[tuple[str, ...]]


@cache
def read(example: Example) -> SystemGraph:
    return pipeline.read(sources_of(example))


def loud(card: Card) -> list[tuple[int, Example]]:
    return [(n, e) for n, e in enumerate(card.examples, 1) if e.fires or e.asks or e.praises]


def bare(card: Card) -> str:
    """Return the queries of a card without comments."""
    return re.sub(r"(?m)#[^\n\"]*$", "", "\n".join((card.finds, card.asks, card.praises)))


def said(card: Card, knowledge: Knowledge, *, in_words: bool = False) -> Told:
    """Return what a card says of a graph: how it says it, how grave it is, of whom, whom else it names, and how many places show it.

    `in_words` it is the sentences instead.
    """
    found = run([card], knowledge)
    if in_words:
        return frozenset((f.basis, f.message, f.reason) for f in found)
    return frozenset(
        (
            f.basis,
            f.severity,
            *f.subjects,
            *(i for i in f.told_of if i not in f.subjects),
            f"{len(f.evidence)} places",
        )
        for f in found
    )


def answers(card: Card, name: str, knowledge: Knowledge) -> Told:
    """Return what a card says of a variation of that name."""
    return said(card, knowledge, in_words=name.endswith(IN_WORDS))


def shown(card: Card, knowledge: Knowledge, *, of: str = "") -> frozenset[tuple[object, ...]]:
    """Return what a card shows for what it says of the parts whose ids begin in one way: the sentence, whom it names, the places.

    Of a card that tells several parts in one finding it is only of whom it tells.
    """
    found = run([card], knowledge)
    if card.together or "?together" in card.finds + card.praises:
        return frozenset((f.basis, i) for f in found for i in f.told_of if i.startswith(of))
    return frozenset(
        (f.basis, f.message, f.subjects, f.evidence) for f in found if f.subjects[0].startswith(of)
    )


def as_seen(graph: SystemGraph) -> Knowledge:
    """Return what the rules see of a graph, analysed anew."""
    return project(analysis.analyse(replace(graph, derived=())))


def varied(card: Card) -> Iterator[tuple[str, Callable[[], Knowledge]]]:
    """Yield the name of each variation of a card's examples, with a function that makes what the rules see of it; names may come twice."""
    query = bare(card)
    examples = [(n, read(e)) for n, e in enumerate(card.examples, 1)]
    examples.sort(key=lambda item: not any(n == item[0] for n, _ in loud(card)))
    for n, graph in examples:
        yield f"{n}: as it is", lambda graph=graph: project(graph)
        for ways in (
            facts_varied,
            members_varied,
            given_varied,
            parts_varied,
            flows_varied,
            stances_varied,
            words_varied,
        ):
            for name, changed in ways(graph, query):
                yield f"{n}: {name}", lambda changed=changed: as_seen(changed)
        for name, changed in derived_varied(graph, query):
            yield f"{n}: {name}", lambda changed=changed: project(changed)
    for n, graph in examples:
        for m, other in examples:
            yield f"{n}: beside {m}", lambda graph=graph, other=other: as_seen(beside(graph, other))
        yield f"{n}: amid clutter", lambda graph=graph: as_seen(cluttered(graph))
        yield f"{n}: {IN_WORDS}", lambda graph=graph: project(graph)
