"""Every rule card's examples say exactly what the card claims, and every card is in order."""

from __future__ import annotations

import csv
import re

import pytest
from tests.examples import sources_of

from buttress import data, pipeline
from buttress.knowledge import Knowledge, project
from buttress.rules import Card, Example, load_dir, run, shipped
from buttress.rules.build import digest

CARDS = load_dir(data.ontology_dir() / "rules")
EXAMPLES = [
    pytest.param(
        card,
        example,
        id=f"{card.id}-{n}-{'loud' if example.fires or example.asks or example.praises else 'silent'}",
    )
    for card in CARDS
    for n, example in enumerate(card.examples, 1)
]


def knowledge_of(example: Example) -> Knowledge:
    return project(pipeline.read(sources_of(example)))


def subjects(card: Card, basis: str, knowledge: Knowledge) -> set[str]:
    found = [f for f in run([card], knowledge) if f.basis == basis]
    graph = knowledge.graph
    out = set()
    for finding in found:
        flow = graph.flow(finding.subjects[0])
        out.add(f"{flow.source}->{flow.target}" if flow else finding.subjects[0])
    return out


def test_there_are_cards() -> None:
    """A collector asserts a floor, so that it can't silently go empty."""
    assert len(CARDS) >= 65
    assert len({card.area for card in CARDS}) == 10


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_an_example_gives_exactly_the_marked_ids(card: Card, example: Example) -> None:
    knowledge = knowledge_of(example)
    for basis, marked in (
        ("defect", example.fires),
        ("question", example.asks),
        ("strength", example.praises),
    ):
        assert subjects(card, basis, knowledge) == {m.replace(" ", "") for m in marked}, basis


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_what_is_said_of_an_example_is_a_whole_sentence(card: Card, example: Example) -> None:
    for finding in run([card], knowledge_of(example)):
        assert not re.search(
            r"[{}|]|\s[,:.?;]|\s\s|^\s|\b(?:by|of|at|to) (?:and|or|is|are|[:.?])", finding.message
        )
        assert finding.message[-1] in ".?" and (finding.evidence or finding.basis == "question")


def test_the_compiled_rules_are_fresh() -> None:
    import json

    compiled = json.loads((data.indexes_dir() / "rules.json").read_text(encoding="utf-8"))
    assert compiled["digest"] == digest(data.ontology_dir() / "rules"), "run: python -m buttress.rules"
    assert [c.id for c in shipped()] == [c.id for c in CARDS]


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.id)
def test_what_a_card_covers_cites_and_needs_exists(card: Card) -> None:
    with (data.ontology_dir() / "review-points.tsv").open(encoding="utf-8", newline="") as file:
        points = {row["id"] for row in csv.DictReader(file, delimiter="\t")}
    assert set(card.covers) <= points
    assert set(card.needs) <= {c.id for c in CARDS}
    missing = [c for c in card.cites if not (data.corpus_dir() / f"{c}.md").is_file()]
    assert not missing
