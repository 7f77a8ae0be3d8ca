"""What turns a rule's own examples silent: an answer, a mere mention, the opposite fact; and that nothing is told twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.examples import sources_of

from buttress import data, pipeline
from buttress.knowledge import project
from buttress.model import Component, Evidence, Fact, Flow, Stance, SystemGraph
from buttress.model.graph import StanceStatus
from buttress.rules import Card, load_dir, run

CARDS = load_dir(data.ontology_dir() / "rules")
STRUCTURAL = frozenset(
    (
        "single-point-of-failure",
        "synchronous-cycle",
        "nodes-drained-at-once",
        "cluster-for-a-handful",
        "messages-nobody-reads",
        "part-nobody-talks-to",
        "search-index-holds-the-only-copy",
        "more-services-than-people",
        "store-of-unknown-make",
        "service-that-only-passes-on",
        "library-that-ties-services",
    )
)  # no sentence about a topic answers them
SHOWN_OTHERWISE = frozenset(("single-point-of-failure", "planned-component"))  # other facts show it too
IN_PART = frozenset(("store-without-backup",))  # one store without backups doesn't undo the others'
HERE = (Evidence("a.md", 1, 1, "here"),)


def graphs(card: Card, basis: str) -> Iterator[SystemGraph]:
    """Yield the graphs of the card's examples that are loud in that way."""
    for example in card.examples:
        marked = {"defect": example.fires, "question": example.asks, "strength": example.praises}[basis]
        if marked:
            yield pipeline.read(sources_of(example))


def said(card: Card, basis: str, graph: SystemGraph) -> list[str]:
    return [f.subjects[0] for f in run([card], project(graph)) if f.basis == basis]


def with_facts(graph: SystemGraph, change: Callable[[tuple[Fact, ...]], tuple[Fact, ...]]) -> SystemGraph:
    components = tuple(replace(c, facts=change(c.facts)) for c in graph.components)
    flows = tuple(replace(f, facts=change(f.facts)) for f in graph.flows)
    return replace(graph, components=components, flows=flows)


def answered(name: str, fact: Fact) -> Callable[[tuple[Fact, ...]], tuple[Fact, ...]]:
    return lambda facts: (*(f for f in facts if f.name != name), fact)


def turned(name: str) -> Callable[[tuple[Fact, ...]], tuple[Fact, ...]]:
    """Return a change that makes of each stated fact of that name a denied one, and the other way round."""

    def other(fact: Fact) -> Fact:
        if fact.name != name:
            return fact
        stated = fact.status == "stated" and fact.value is not False
        return Fact(name, None if stated else True, "denied" if stated else "stated", fact.evidence)

    return lambda facts: tuple(other(f) for f in facts)


def unasked(card: Card) -> list[str]:
    """Return the topics of the card that don't silence its question although a source names them."""
    out = []
    for graph in graphs(card, "question"):
        for topic in card.topics:
            named = replace(graph, stances=(*graph.stances, Stance(topic, "addressed", HERE, claimed=False)))
            if said(card, "question", named):
                out.append(topic)
    return out


def unanswered(card: Card) -> list[str]:
    """Return the facts of the card's question that don't silence it although every part has them."""
    out = []
    for graph in graphs(card, "question"):
        for name in re.findall(r"NOT EXISTS \{ \?\w+ b:states(?:\|b:denies)? b:(\w+) \}", card.asks):
            if said(card, "question", with_facts(graph, answered(name, Fact(name, True, "stated", HERE)))):
                out.append(name)
    return out


def unturned(card: Card) -> list[str]:
    """Return in what way a card says the same when all facts that it rests on are the opposite."""
    out = []
    for basis, query in (("defect", card.finds), ("strength", card.praises)):
        names = re.findall(r'b:factName "(\w+)" ; b:status', query)
        for graph in graphs(card, basis):
            held = [f for h in (*graph.components, *graph.flows) for f in h.facts if f.name in names]
            other = graph
            for name in sorted(set(names)):
                other = with_facts(other, turned(name))
            before = said(card, basis, graph)
            by_words = "system" in before and "b:claimed" in query
            if held and not by_words and said(card, basis, other) == before:
                out.append(basis)
    return out


def told_twice(card: Card) -> list[str]:
    """Return the facts that a part is accused of while the whole system is accused, or praised, by a sentence."""
    out = []
    names = re.findall(r'b:factName "(\w+)"(?! ; b:(?:status "stated"|value ))', card.finds)
    for basis, query in (("defect", card.finds), ("strength", card.praises)):
        status: StanceStatus = "missing" if basis == "defect" else "addressed"
        for part in re.split(r"\bUNION\b", query):
            if not re.search(r"\?stance\s+b:(?:claimed|topic|status)", part):
                continue
            topics = re.findall(r"topic:([\w-]+)", re.sub(r"FILTER NOT EXISTS \{[^{}]*\}", "", part))
            for name in names:
                for quote in ("words", *_quotes(card)):
                    stances = tuple(Stance(t, status, (Evidence("a.md", 1, 1, quote),)) for t in topics)
                    shown = pipeline.analyse(
                        replace(_part(Fact(name, None, "denied", HERE)), stances=stances)
                    )
                    if "system" in said(card, basis, shown):
                        out.append(f"{basis}: {name}")
    return out


def _quotes(card: Card) -> list[str]:
    loud = [g for basis in ("defect", "strength") for g in graphs(card, basis)]
    return [e.quote for g in loud for s in g.stances for e in s.evidence]


def _part(fact: Fact) -> SystemGraph:
    """Return a caller and an outside service behind it; the actor's call, the service and its call all have the fact."""
    kinds = (("user", "actor"), ("shop", "service"), ("pay", "external_service"))
    components = tuple(Component(i, i, k, facts=(fact,) if k == "service" else ()) for i, k in kinds)
    flows = (Flow("f", "user", "shop"), Flow("g", "shop", "pay", facts=(fact,)))
    return SystemGraph(components=components, flows=flows)


@pytest.mark.parametrize("card", [c for c in CARDS if c.asks], ids=lambda c: c.id)
def test_a_question_is_dropped_when_a_source_has_the_answer_or_names_the_topic(card: Card) -> None:
    assert unasked(card) == []
    assert unanswered(card) == []
    assert card.topics or card.id in STRUCTURAL


@pytest.mark.parametrize(
    "card", [c for c in CARDS if "b:factName" in c.finds + c.praises], ids=lambda c: c.id
)
def test_the_opposite_fact_changes_what_is_said(card: Card) -> None:
    assert unturned(card) == [] or card.id in SHOWN_OTHERWISE


@pytest.mark.parametrize("card", [c for c in CARDS if "b:claimed" in c.finds + c.praises], ids=lambda c: c.id)
def test_what_a_fact_shows_is_not_told_again_of_the_whole_system(card: Card) -> None:
    assert [t for t in told_twice(card) if card.id not in IN_PART or t.startswith("defect")] == []
