"""Which differences between sources are contradictions."""

from __future__ import annotations

import pytest
from tests.merge.mentions import fragment, part, said

from buttress.merge import merge
from buttress.model import Fact


def told(*facts: Fact, about: tuple[Fact, ...]) -> list[str]:
    one = fragment("kubernetes", part("kubernetes", "orders", facts=facts))
    two = fragment("prose", part("prose", "Orders", facts=about))
    return [str(c) for c in merge([one, two]).contradictions]


@pytest.mark.parametrize(
    ("written", "value", "sentence", "number"),
    [
        ("replicas: 3", 3, "It runs with two replicas.", 2),
        ("replicas: 2", 2, "It runs 12 replicas.", 12),
        ("replicas: 4", 4, "Never more than at most 3 replicas.", 3),
    ],
)
def test_numbers_that_cannot_both_be_right(written: str, value: int, sentence: str, number: int) -> None:
    assert (
        len(
            told(
                said("kubernetes", "replicas", value, written),
                about=(said("prose", "replicas", number, sentence),),
            )
        )
        == 1
    )


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("It runs with 2 to 10 replicas.", 2),
        ("It runs between two and ten replicas.", 10),
        ("Replicas: 2-10", 2),
        ("It has at least 2 replicas.", 2),
        ("It has up to 10 replicas.", 10),
    ],
)
def test_a_number_that_fits_in_a_range_contradicts_nothing(sentence: str, number: int) -> None:
    assert (
        told(
            said("kubernetes", "replicas", 4, "replicas: 4"),
            about=(said("prose", "replicas", number, sentence),),
        )
        == []
    )


def test_a_number_between_the_bounds_of_the_autoscaler_contradicts_nothing() -> None:
    bounds = (
        said("kubernetes", "min_replicas", 2, "minReplicas: 2"),
        said("kubernetes", "max_replicas", 8, "maxReplicas: 8"),
    )
    count = said("kubernetes", "replicas", 3, "replicas: 3")
    assert told(count, *bounds, about=(said("prose", "replicas", 6, "6 replicas"),)) == []


def test_a_number_in_the_name_of_an_image_says_no_count() -> None:
    count = said("kubernetes", "replicas", 1, "image: acme/orders:1.4")
    assert told(count, about=(said("prose", "replicas", 3, "three replicas"),)) == []


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("amazon-rds", "postgresql", 0),
        ("postgresql", "amazon-rds-postgresql", 0),
        ("mariadb", "postgresql", 1),
        ("elasticache", "redis", 0),
    ],
)
def test_a_provider_s_offer_of_an_engine_is_no_other_technology(first: str, second: str, found: int) -> None:
    kind = "cache" if "cache" in first else "relational_db"
    one = fragment("kubernetes", part("kubernetes", "orders-db", kind, first))
    two = fragment("prose", part("prose", "Orders DB", kind, second))
    graph = merge([one, two])
    assert len(graph.contradictions) == found
    assert found or graph.components[0].technology in (first, second)


def test_a_provider_s_offer_of_an_engine_is_managed_though_another_source_names_the_engine() -> None:
    deployed = fragment("compose", part("compose", "orders-db", "relational_db", "postgresql"))
    told = fragment("prose", part("prose", "Orders DB", "relational_db", "amazon-rds"))
    (store,) = merge([deployed, told]).components
    assert (store.technology, [f.name for f in store.facts]) == ("postgresql", ["managed"])
