"""A query that is skipped, because the graph has none of what it needs, would have found nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.examples import sources_of

from buttress import data, pipeline
from buttress.knowledge import project
from buttress.rules import Card, load_dir, run, shipped
from buttress.rules.terms import terms

BARE = [replace(c, finds_terms=(), asks_terms=(), praises_terms=()) for c in shipped()]


@pytest.mark.parametrize("card", load_dir(data.ontology_dir() / "rules")[::5], ids=lambda c: c.id)
def test_skipping_changes_nothing(card: Card) -> None:
    for example in card.examples:
        knowledge = project(pipeline.read(sources_of(example)))
        assert run(shipped(), knowledge) == run(BARE, knowledge)


def test_most_rules_can_be_skipped() -> None:
    assert sum(bool(c.finds_terms or c.asks_terms or c.praises_terms) for c in shipped()) >= 100


@pytest.mark.parametrize(
    ("where", "needed"),
    [
        pytest.param("?a b:calls ?b", {"calls"}, id="a predicate"),
        pytest.param('?a b:calls|b:reads ?b ; b:id "x"', {"id", "x"}, id="one of two predicates"),
        pytest.param("?a b:calls+/^b:reads ?b", {"calls", "reads"}, id="a path"),
        pytest.param("?a b:calls* ?b . ?a b:id ?c", {"id"}, id="a path that may be empty"),
        pytest.param("{ ?a b:calls ?b } UNION { ?a b:reads ?b }", set(), id="sides that differ"),
        pytest.param("{ ?a b:calls ?b } UNION { ?b b:calls ?a }", {"calls"}, id="sides that agree"),
        pytest.param("?a b:id ?i FILTER NOT EXISTS { ?a b:calls ?b }", {"id"}, id="what may be missing"),
        pytest.param("?a b:value true", {"value"}, id="a truth value"),
        pytest.param(
            "{ SELECT (COUNT(?x) AS ?a) WHERE { ?x b:calls ?y } }", set(), id="a count, which may be none"
        ),
    ],
)
def test_terms_are_what_every_answer_needs(where: str, needed: set[str]) -> None:
    assert {t.rpartition("#")[2] for t in terms(f"SELECT ?a WHERE {{ {where} }}")} == needed
