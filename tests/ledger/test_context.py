"""What is said of the whole: people, load, users, stage; and the sentences that only look like it."""

from __future__ import annotations

import pytest

from buttress import pipeline
from buttress.evidence.quotes import misquoted
from buttress.knowledge import project
from buttress.ledger import context
from buttress.model import Passage, Source
from buttress.prose import Prose
from buttress.readers import read_all
from buttress.rules import run, shipped

SAID = [
    ("The shop is built by three developers.", {"team_size": 3}),
    ("A 4-person team runs it.", {"team_size": 4}),
    ("We are a team of five.", {"team_size": 5}),
    ("There are two backend engineers.", {"team_size": 2}),
    ("Six engineers maintain the platform.", {"team_size": 6}),
    ("We see about 10 orders a minute at peak.", {"load": 0.166667}),
    ("Peak traffic is 20k requests per second.", {"load": 20000}),
    ("The platform gets 3,000 messages per hour.", {"load": 0.833333}),
    ("We get 40 requests per second and peak traffic is 90 requests per second.", {"load": 90}),
    ("The system has about 2,000 users.", {"users": 2000}),
    ("We have 3 million monthly active users.", {"users": 3_000_000}),
    ("This is only a prototype.", {"stage": "prototype"}),
    ("It has been running in production since 2021.", {"stage": "production"}),
    ("The ledger uses event sourcing.", {"event_sourcing": True}),
    ("Orders follows CQRS.", {"cqrs": True}),
]
NOT_SAID = [
    "Clients are limited to 50 requests per second.",
    "Each instance handles 100 requests per second.",
    "The system must handle 1M requests per second.",
    "It was designed for 10,000 requests per second.",
    "If we see more than 500 requests per second, we add a node.",
    "Each team of 5 owns a service.",
    "We plan to hire three developers.",
    "We used to be a team of two.",
    "Other companies run this with teams of 40 engineers.",
    "Two engineers looked at the code last year?",
    "The script creates a database with 50 users.",
    "The ledger doesn't use event sourcing.",
    "Kafka gets 10 messages a minute.",
    "Step 3: developers run the tests.",
    "Version 2 users should upgrade.",
]


def told(text: str, *, headings: tuple[str, ...] = ()) -> dict[str, object]:
    return {f.name: f.value for f in context(Prose([Passage("a.md", 1, 1, "prose", text, headings)]))}


@pytest.mark.parametrize(("text", "facts"), SAID, ids=[t for t, _ in SAID])
def test_a_sentence_about_the_whole_gives_its_number(text: str, facts: dict[str, object]) -> None:
    assert told(text) == facts


@pytest.mark.parametrize("text", NOT_SAID)
def test_a_limit_a_wish_or_another_s_number_gives_none(text: str) -> None:
    assert told(text) == {}


def test_two_numbers_for_one_thing_give_none_but_the_greater_load_counts() -> None:
    assert told("We are a team of five. The shop is built by three developers.") == {}
    assert told("We get 5 requests per second. At peak it is 50 requests per second.") == {"load": 50}


def test_what_stands_under_alternatives_says_nothing() -> None:
    assert told("The shop is built by three developers.", headings=("Shop", "Alternatives considered")) == {}


def test_the_facts_of_the_whole_are_in_the_graph_with_words_that_stand() -> None:
    source = Source("design.md", "# Shop\n\nOrders calls Billing.\nThe shop is built\nby three developers.\n")
    graph = pipeline.read([source])
    assert [(f.name, f.value) for f in graph.facts] == [("team_size", 3)]
    assert misquoted(graph, [source]) == []
    assert graph.evidence_of("system.team_size") == graph.facts[0].evidence
    _, rows = project(graph).select("SELECT ?n WHERE { b:system b:team_size ?n }")
    assert rows == [(3,)]


def test_an_answer_in_additions_counts_before_the_text() -> None:
    text = "# Shop\n\nThe shop is built by three developers. Now we are nine of us.\n"
    answer = """schema: https://buttress.dev/schema/additions-1.json
facts:
  - component: system
    name: team_size
    value: 9
    quote: we are nine of us
"""
    graph = pipeline.read([Source("a.md", text), Source("buttress.additions.yaml", answer)])
    assert [(f.name, f.value) for f in graph.facts] == [("team_size", 9)]


def test_an_answer_changes_what_is_asked_into_a_finding() -> None:
    drawing = "flowchart LR\n  web -->|calls| a & b & c & d\n  a -->|calls| e & f & g\n"
    cards = [c for c in shipped() if c.id == "more-services-than-people"]

    def bases(*more: Source) -> list[str]:
        return [f.basis for f in run(cards, project(pipeline.read([Source("s.mmd", drawing), *more])))]

    assert bases() == ["question"]
    assert bases(Source("a.md", "# A\n\nThe shop is built by two developers.\n")) == ["defect"]
    assert bases(Source("a.md", "# A\n\nThe shop is built by ten developers.\n")) == ["strength"]


@pytest.mark.parametrize(
    ("text", "watches"),
    [
        ("# Lookout, a monitoring platform\n\nIt stores series.\n", True),
        ("# Lookout\n\nLookout is a fast, open tracing backend.\n", True),
        ("# Shop\n\nPrometheus is a monitoring system.\n", False),
        ("# Shop\n\n## Monitoring stack\n\nThe shop is monitored.\n", False),
    ],
)
def test_a_product_that_watches_others_says_so_in_its_title_or_its_definition(
    text: str, watches: bool
) -> None:
    fragments, _ = read_all([Source("README.md", text)])
    found = context(Prose([p for f in fragments for p in f.passages]))
    assert (("purpose", "monitoring") in [(f.name, f.value) for f in found]) is watches
