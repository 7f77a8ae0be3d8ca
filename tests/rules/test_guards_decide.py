"""What a rule's query leaves out: each guard against a fact, a kind, a topic, a place or a proposal silences the rule's own examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest
from tests.examples import sources_of
from tests.rules.test_facts_decide import answered, with_facts

from buttress import analysis, data, pipeline, vocabulary
from buttress.knowledge import Knowledge, project
from buttress.model import Component, Evidence, Fact, Flow, Stance, SystemGraph
from buttress.rules import Card, load_dir, run

CARDS = {card.id: card for card in load_dir(data.ontology_dir() / "rules")}
BASES = ("defect", "question", "strength")
LIFTED = {
    "store-without-backup": {"strength: a search_index", "strength: a cache"}
}  # guards of a guard: they let it pass
HERE = (Evidence("a.md", 1, 1, "here"),)
_FACT = re.compile(
    r"NOT EXISTS \{ *(?:\?\w+|b:system) (b:(?:states|denies)(?:\|b:(?:states|denies))*) b:(\w+)"
)
_KIND = re.compile(r"NOT EXISTS \{ *\?\w+ a b:(\w+) *\}")
_TOPIC = re.compile(r"NOT EXISTS \{ *b:system (b:\w+(?:\|b:\w+)*) topic:([\w-]+) *\}")
_SAID = {
    "misses": "missing",
    "hasProblem": "problem",
    "addresses": "addressed",
    "plans": "planned",
    "speaksOf": "addressed",
}
_PROPOSAL = re.compile(r"b:asBefore true|b:scope \"change\"")
_STAGE = re.compile(r"b:environment \?\w+ \. FILTER \(\?\w+ IN \(([^()]*)\)")
_FORM = re.compile(r"FILTER \(\?form IN \(([^()]*)\)")


def facts_added(name: str, *, stated: bool) -> Callable[[SystemGraph], SystemGraph]:
    """Return a change after which all parts and flows and the whole have, or lack, what a fact names."""
    known = vocabulary.load().facts.get(name)
    value = (
        {"text": "x", "list": ("x",)}.get(known.type, True if known.type == "boolean" else 1)
        if known
        else True
    )
    fact = Fact(name, value if stated else None, "stated" if stated else "denied", HERE)
    given = answered(name, fact)
    return lambda graph: with_facts(replace(graph, facts=given(graph.facts)), given)


def of_kind(kind: str) -> Callable[[SystemGraph], SystemGraph]:
    return lambda graph: replace(graph, components=tuple(replace(c, kind=kind) for c in graph.components))


def also_said(topic: str, status: str) -> Callable[[SystemGraph], SystemGraph]:
    return lambda graph: replace(graph, stances=(*graph.stances, Stance(topic, status, HERE)))  # type: ignore[arg-type]


def proposed(graph: SystemGraph) -> SystemGraph:
    return replace(graph, facts=(*graph.facts, Fact("scope", "change", evidence=HERE)))


def staged(stage: str) -> Callable[[SystemGraph], SystemGraph]:
    where = Fact("environment", stage, evidence=HERE)
    return lambda graph: replace(
        graph, components=tuple(replace(c, facts=(*c.facts, where)) for c in graph.components)
    )


def written_as(form: str) -> Callable[[SystemGraph], SystemGraph]:
    """Return a change after which every place is of that form."""

    def moved(places: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(replace(e, form=form) for e in places)

    def told(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        return tuple(replace(f, evidence=moved(f.evidence)) for f in facts)

    def whole(holder: Component | Flow) -> Component | Flow:
        return replace(holder, facts=told(holder.facts), evidence=moved(holder.evidence))

    return lambda graph: replace(
        graph,
        facts=told(graph.facts),
        components=tuple(map(whole, graph.components)),
        flows=tuple(map(whole, graph.flows)),
        stances=tuple(replace(s, evidence=moved(s.evidence)) for s in graph.stances),
    )


def guards(query: str) -> Iterator[tuple[str, Callable[[SystemGraph], SystemGraph]]]:
    """Yield the guards of a query that a change of its examples can meet, by name, each with that change."""
    for how, name in dict.fromkeys(_FACT.findall(query)):
        for status in sorted(set(re.findall(r"states|denies", how))):
            yield f"{status} {name}", facts_added(name, stated=status == "states")
    kinds = {k.class_name: k.id for k in vocabulary.load().kinds.values() if not k.abstract}
    below = {
        k.class_name: sorted(
            o.id for o in vocabulary.load().kinds.values() if k.id in o.parents and not o.abstract
        )
        for k in vocabulary.load().kinds.values()
        if k.abstract
    }
    for class_name in dict.fromkeys(_KIND.findall(query)):
        for kind in [kinds[class_name]] if class_name in kinds else below.get(class_name, [])[:1]:
            yield f"a {kind}", of_kind(kind)
    for how, topic in dict.fromkeys(_TOPIC.findall(query)):
        for word in re.findall(r"b:(\w+)", how):
            yield f"{word} {topic}", also_said(topic, _SAID[word])
    if _PROPOSAL.search(query):
        yield "of a proposal", proposed
    for stages in dict.fromkeys(_STAGE.findall(query)):
        for stage in re.findall(r'"(\w+)"', stages):
            yield f"in {stage}", staged(stage)
    for forms in dict.fromkeys(_FORM.findall(query)):
        for form in ("config", "code", "diagram", "prose"):
            if f'"{form}"' not in forms:
                yield f"in {form}", written_as(form)


@cache
def varied(card_id: str, basis: str) -> tuple[tuple[str, Knowledge, Knowledge], ...]:
    """Return the loud examples of a card: the name of a guard, what rules see, what they see once the guard is met."""
    card = CARDS[card_id]
    out = []
    for example in card.examples:
        if {"defect": example.fires, "question": example.asks, "strength": example.praises}[basis]:
            graph = pipeline.read(sources_of(example))
            for name, change in guards(query_of(card, basis)):
                met = analysis.analyse(replace(change(graph), derived=()))
                out.append((name, project(graph), project(met)))
    return tuple(out)


def query_of(card: Card, basis: str) -> str:
    return {"defect": card.finds, "question": card.asks, "strength": card.praises}[basis]


def said(card: Card, basis: str, knowledge: Knowledge) -> frozenset[tuple[str, str]]:
    return frozenset((f.id, f.severity) for f in run([card], knowledge) if f.basis == basis)


def told(card: Card) -> list[tuple[str, str, frozenset[tuple[str, str]]]]:
    """Return what a card says once a guard of its is met, by kind of answer and guard, for each example; the guards are those in the folder."""
    return [
        (basis, name, said(card, basis, met)) for basis in BASES for name, _, met in varied(card.id, basis)
    ]


def idle(card: Card) -> set[str]:
    """Return the guards that change what is said of no example."""
    all_, met = set(), set()
    for basis in BASES:
        for name, before, after in varied(card.id, basis):
            all_.add(f"{basis}: {name}")
            if said(card, basis, before) != said(card, basis, after):
                met.add(f"{basis}: {name}")
    return all_ - met


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_each_guard_changes_what_is_said_of_an_example(card: Card) -> None:
    assert idle(card) == LIFTED.get(card.id, set())
