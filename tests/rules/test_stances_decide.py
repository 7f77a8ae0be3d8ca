"""A rule that rests on what sources say of a topic praises and accuses by claims of that topic and status only."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from buttress import data, pipeline
from buttress.knowledge import project
from buttress.model import Evidence, Source, Stance, SystemGraph
from buttress.model.graph import StanceStatus
from buttress.rules import Card, load_dir, run

CARDS = [c for c in load_dir(data.ontology_dir() / "rules") if "b:claimed" in c.finds + c.praises]
# Praises only what has tenants; needs the load; needs to know what keeps the copies equal.
NEEDS_MORE = frozenset(
    ("tenants-not-apart", "sharding-without-load", "copies-that-drift", "secret-in-the-pipeline")
)
STATUSES: tuple[StanceStatus, ...] = ("addressed", "planned", "problem", "missing")


def blocks(query: str) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """Yield topics and statuses of each pattern of a query that asks for a stance."""
    for part in re.split(r"\bUNION\b", query):
        if "?stance b:claimed true" in part:
            kept = re.sub(r"FILTER (?:NOT )?EXISTS \{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", "", part)
            topics = tuple(re.findall(r"topic:([\w-]+)", kept))
            yield topics, frozenset(re.findall(r'"(addressed|planned|problem|missing)"', kept))


def quotes(card: Card, topic: str) -> list[str]:
    """Return what the card's own examples quote for a topic, so that a condition on words is met."""
    out = [f"words on {topic}"]
    for example in card.examples:
        if example.language == "markdown" and (example.fires or example.praises):
            graph = pipeline.read([Source("design.md", example.text)])
            out += [e.quote for s in graph.stances if s.topic == topic for e in s.evidence]
    return out


def said_by(card: Card, *stances: Stance) -> set[str]:
    return {f.basis for f in run([card], project(SystemGraph(stances=stances))) if f.basis != "question"}


def stance(topic: str, status: StanceStatus, quote: str, *, claimed: bool = True) -> Stance:
    return Stance(topic, status, (Evidence("design.md", 1, 1, quote),), claimed=claimed)


def test_there_are_cards() -> None:
    assert len(CARDS) >= 40


def faults(card: Card) -> list[str]:
    """Return in what a card strays from claims of its topics and statuses."""
    out = []
    for basis, query in (("defect", card.finds), ("strength", card.praises)):
        for topics, statuses in blocks(query):
            heard = set()
            words = [q for t in topics for q in quotes(card, t)]
            for topic in topics:
                for quote in words:
                    for status in STATUSES:
                        told = basis in said_by(card, stance(topic, status, quote))
                        heard |= {status} if told else set()
                        if told and status not in statuses:
                            out.append(f"{basis}: {topic} {status}")
                        if basis in said_by(card, stance(topic, status, quote, claimed=False)):
                            out.append(f"{basis}: {topic} {status} without a claim")
            if not heard and card.id not in NEEDS_MORE:
                out.append(f"{basis}: silent on {topics}")
            for status in STATUSES:
                if any(basis in said_by(card, stance("graphql", status, quote)) for quote in words):
                    out.append(f"{basis}: another topic, {status}")
    return out


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.id)
def test_only_claims_of_its_own_topics_and_statuses_count(card: Card) -> None:
    assert faults(card) == []


def praised_in_spite(card: Card) -> list[str]:
    """Return the topics, the first of each pattern, for which a card praises although a source also says that something is missing."""
    out = []
    for topics, _ in blocks(card.praises):
        for topic in topics[:1]:
            for quote in quotes(card, topic):
                both = (stance(topic, "addressed", quote), stance(topic, "missing", quote))
                if "strength" in said_by(card, *both):
                    out.append(topic)
    return out


PRAISES_IN_PART = frozenset(("store-without-backup",))  # one store without backups doesn't undo the others'


@pytest.mark.parametrize("card", [c for c in CARDS if "b:claimed" in c.praises], ids=lambda c: c.id)
def test_nothing_is_praised_that_is_also_said_to_be_missing(card: Card) -> None:
    assert not praised_in_spite(card) or card.id in PRAISES_IN_PART
