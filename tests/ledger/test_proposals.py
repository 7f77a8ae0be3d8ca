"""A proposal of a change says nothing of the whole: which texts are one, what they bring, and what isn't asked of the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from buttress import pipeline
from buttress.knowledge import project
from buttress.model import Fact, Source, SystemGraph
from buttress.rules import Card, run, shipped

PROPOSAL = """# Proposal: keep thumbnails

## Motivation

The Gallery service reads pictures from the Archive service, which is slow today.

## Design

We introduce a new Resizer service. The Gallery service calls the Resizer service over HTTP, and the Resizer service
writes to PostgreSQL.

## Alternatives

The browser could do it.
"""
OVERVIEW = """# The picture shop

## Services

The Gallery service calls the Resizer service over HTTP. The Resizer service writes to PostgreSQL.

## Goals

Pictures are shown at once.
"""
ASKING = [c for c in shipped() if 'b:scope "change"' in c.asks or "b:asBefore" in c.asks]


def read(text: str, *more: Source) -> SystemGraph:
    return pipeline.read([Source("a.md", text), *more])


def scope(graph: SystemGraph) -> object:
    return next((f.value for f in graph.facts if f.name == "scope"), None)


def test_a_text_that_gives_reasons_a_design_and_other_ways_is_a_change() -> None:
    graph = read(PROPOSAL)
    assert scope(graph) == "change"
    assert {c.name for c in graph.components if c.fact("introduced")} == {"Resizer service"}


@pytest.mark.parametrize(
    "more",
    [
        Source("b.md", OVERVIEW),
        Source("compose.yaml", "services:\n  gallery:\n    image: example/gallery:1.0\n"),
    ],
    ids=["an overview beside it", "a file of what runs beside it"],
)
def test_what_shows_the_whole_beside_it_decides(more: Source) -> None:
    assert scope(read(PROPOSAL, more)) is None


def test_a_row_of_decisions_tells_of_the_whole() -> None:
    one = "\n## Context\n\nIt is slow today.\n\n## Decision\n\nWe use Redis, as already said.\n\n## Consequences\n\nIt is fast.\n"
    assert scope(read("# Decisions\n" + one)) == "change"
    assert scope(read("# Decisions\n" + one * 4)) is None


def test_one_that_calls_itself_so_needs_but_two_titles() -> None:
    plan = "# Thumbnails\n\nThis spec moves the Resizer service.\n\n## Upgrade process\n\nNone.\n\n## Work items\n\n- Move it\n"
    assert scope(read(plan)) == "change"
    assert scope(read(plan.replace("This spec", "Somebody"))) is None


def test_pages_of_a_system_that_are_joined_are_no_change() -> None:
    pages = "".join(
        f"# Page {n}\n\n## Parts\n\n## Data\n\nThe Gallery service calls the Resizer service.\n\n"
        for n in range(9)
    )
    assert scope(read(PROPOSAL)) == "change"
    assert scope(read(PROPOSAL + "\n" + pages)) is None


def test_an_overview_with_goals_is_no_change() -> None:
    assert scope(read(OVERVIEW)) is None


def test_a_name_for_what_is_only_used_brings_nothing() -> None:
    text = PROPOSAL.replace("We introduce a new Resizer service. ", "Add Resizer's key to the settings. ")
    assert not [c.name for c in read(text).components if c.fact("introduced")]


@pytest.mark.parametrize(
    ("told", "brought"),
    [
        ("We add new Resizer service entries to the list.", False),
        ("A size in the Resizer service is added.", False),
        ("Instead of adding a new size, the Resizer service keeps two.", False),
        ("The design gets by without adding a new Resizer service.", False),
        ("For each shop a Resizer service is added.", True),
        ("We add the Resizer service, which is small.", True),
    ],
)
def test_what_is_added_to_a_part_doesnt_make_it_new(told: str, brought: bool) -> None:
    graph = read(PROPOSAL.replace("We introduce a new Resizer service.", told))
    assert {c.name for c in graph.components if c.fact("introduced")} == (
        {"Resizer service"} if brought else set()
    )


def test_a_proposal_of_before_and_after_disagrees_with_nobody() -> None:
    more = "\n## Sizes\n\nThe Gallery service runs with two replicas.\n\n## Hosts\n\nThe Gallery service runs with five replicas.\n"
    for text, disagrees in ((PROPOSAL, False), (OVERVIEW, True)):
        found = run(shipped(), project(read(text + more)))
        assert any(f.rule == "sources-disagree" for f in found) is disagrees


def test_cards_look_at_it() -> None:
    assert len(ASKING) >= 20


@pytest.mark.parametrize("card", ASKING, ids=lambda c: c.id)
def test_of_what_was_there_before_nothing_is_asked(card: Card) -> None:
    for example in card.examples:
        if not example.asks:
            continue
        graph = pipeline.read([Source(f"a.{example.language}", example.text, language=example.language)])
        whole = {f.id for f in run([card], project(graph)) if f.basis == "question"}
        change = replace(graph, facts=(*graph.facts, Fact("scope", "change")))
        new = replace(
            change,
            components=tuple(
                replace(c, facts=(*c.facts, Fact("introduced", True))) for c in graph.components
            ),
        )
        assert whole
        assert not [f for f in run([card], project(change)) if f.basis == "question"]
        asked = {f.id for f in run([card], project(new)) if f.basis == "question"}
        assert asked == (whole if "b:asBefore" in card.asks else set())
