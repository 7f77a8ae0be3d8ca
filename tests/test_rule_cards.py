"""Every rule card's examples say exactly what the card claims, and every card is in order."""

from __future__ import annotations

import csv
import re

import pytest

from buttress import data, vocabulary
from buttress.rules import Card, Example, load_dir, run, shipped
from buttress.rules.build import digest
from buttress.trials import BASES, UNFILLED, knowledge_of, marked_in, said_of

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


def test_there_are_cards() -> None:
    """A collector asserts a floor, so that it can't silently go empty."""
    assert len(CARDS) >= 65
    assert len({card.area for card in CARDS}) == 10


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_an_example_gives_exactly_the_marked_ids(card: Card, example: Example) -> None:
    said = said_of(card, knowledge_of(example))
    for basis, _, _ in BASES:
        assert said[basis] == marked_in(example, basis), basis


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_what_is_said_of_an_example_is_a_whole_sentence(card: Card, example: Example) -> None:
    for finding in run([card], knowledge_of(example)):
        assert not UNFILLED.search(finding.message)
        assert finding.message[-1] in ".?" and (finding.evidence or finding.basis == "question")


def test_every_review_point_is_covered() -> None:
    """The brief has 204 points; none may be without a card."""
    covered = {point for card in CARDS for point in card.covers}
    assert len(points()) == 204
    assert [p for p in points() if p not in covered] == []


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.id)
def test_what_a_card_covers_is_shown_by_an_example_of_each_of_its_queries(card: Card) -> None:
    """No card covers a point by name only."""
    for basis, query in (("defect", card.finds), ("question", card.asks), ("strength", card.praises)):
        assert bool(query) == any(marked_in(e, basis) for e in card.examples), basis  # type: ignore[arg-type]


def points() -> list[str]:
    with (data.ontology_dir() / "review-points.tsv").open(encoding="utf-8", newline="") as file:
        return [row["id"] for row in csv.DictReader(file, delimiter="\t")]


def test_the_compiled_rules_are_fresh() -> None:
    import json

    compiled = json.loads((data.indexes_dir() / "rules.json").read_text(encoding="utf-8"))
    assert compiled["digest"] == digest(data.ontology_dir() / "rules"), "run: python -m buttress.rules"
    assert [c.id for c in shipped()] == [c.id for c in CARDS]


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.id)
def test_what_a_query_names_exists(card: Card) -> None:
    """A technology, topic or fact that is spelt wrongly finds nothing, and nobody notices."""
    queries = "\n".join((card.finds, card.asks, card.praises))
    words = vocabulary.load()
    known = {"tech": words.technologies, "topic": words.topics, "factName": words.facts}
    named = re.findall(r"\b(tech|topic):([\w-]+)|\b(factName) \"(\w+)\"", queries)
    assert [(a or c, b or d) for a, b, c, d in named if (b or d) not in known[a or c]] == []


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.id)
def test_what_a_card_covers_cites_and_needs_exists(card: Card) -> None:
    assert set(card.covers) <= set(points())
    assert set(card.needs) <= {c.id for c in CARDS}
    missing = [c for c in card.cites if not (data.corpus_dir() / f"{c}.md").is_file()]
    assert not missing
