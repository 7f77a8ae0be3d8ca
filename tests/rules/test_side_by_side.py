"""What a rule says of a part rests on that part: two systems side by side are told, and shown, what each is told alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from tests.rules.changed import apart, beside, cluttered
from tests.rules.variations import as_seen, read, shown

from buttress import data
from buttress.knowledge import Knowledge
from buttress.rules import Card, load_dir
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
def alone(example: Example) -> Knowledge:
    return as_seen(apart(read(example), "left-"))


@cache
def both(one: Example, other: Example) -> Knowledge:
    return as_seen(beside(read(one), read(other)))


@cache
def amid_clutter(example: Example) -> Knowledge:
    return as_seen(cluttered(apart(read(example), "left-")))


def pairs(card: Card) -> Iterator[tuple[Example, Knowledge]]:
    """Yield each example whose parts alone are spoken of, as it is beside each such example, itself too, and amid clutter."""
    of_parts = [
        e for e in card.examples if not (g := read(e)).stances and not g.facts and not g.contradictions
    ]
    for example in of_parts:
        for other in of_parts:
            if example.fires or example.asks or example.praises or other.fires or other.asks or other.praises:
                yield example, both(example, other)
        yield example, amid_clutter(example)


def mixed_up(card: Card) -> list[str]:
    """Return what a card says or shows of a part that it doesn't say or show where another system stands beside it, or clutter does."""
    out: set[str] = set()
    for example, knowledge in pairs(card):
        out |= {
            str(told[1])
            for told in shown(card, alone(example), of="left-") ^ shown(card, knowledge, of="left-")
        }
    return sorted(out)


@pytest.mark.parametrize("card", [c for c in CARDS if c.id not in WHOLE], ids=lambda card: card.id)
def test_a_part_is_judged_by_its_own_facts(card: Card) -> None:
    assert mixed_up(card) == []
