"""A card says of its examples, varied in one thing, what is kept in a file: without one of its conditions it would say something else.

The file holds the variations that notice a condition gone missing where no example does; `benchmarks/mutations.py keep` writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.rules.variations import answers, varied

from buttress import data
from buttress.rules import Card, load_dir
from buttress.trials import knowledge_of

CARDS = {card.id: card for card in load_dir(data.ontology_dir() / "rules")}
KEPT: dict[str, dict[str, list[list[str]]]] = json.loads(
    (Path(__file__).parent / "variations.json").read_text(encoding="utf-8")
)


def told(card: Card) -> dict[str, list[list[str]]]:
    """Return what a card says of each variation that is kept for it."""
    out: dict[str, list[list[str]]] = {}
    for name, make in varied(card):
        if name in KEPT[card.id] and name not in out:
            out[name] = sorted(map(list, answers(card, name, make())))
    return out


def test_most_cards_have_variations_kept_for_them() -> None:
    assert len(KEPT) >= 150 and KEPT.keys() <= CARDS.keys()


@pytest.mark.parametrize("card_id", KEPT)
def test_a_card_says_of_each_variation_what_is_kept(card_id: str) -> None:
    assert told(CARDS[card_id]) == KEPT[card_id]


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.id)
def test_what_a_query_selects_is_found_in_an_example(card: Card) -> None:
    known = [knowledge_of(e) for e in card.examples]
    for query in filter(None, (card.finds, card.asks, card.praises)):
        names = known[0].select(query)[0]
        found = {
            n
            for k in known
            for row in k.select(query)[1]
            for n, v in zip(names, row, strict=True)
            if v is not None
        }
        assert set(names) - found == set()
