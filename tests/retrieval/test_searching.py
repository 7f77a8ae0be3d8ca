"""Search finds the right card for the words of people in a hurry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from buttress.errors import OptionError
from buttress.retrieval import build
from buttress.retrieval.searching import search


@pytest.fixture
def built(small: Path) -> Path:
    build.build()
    return small


def test_a_symptom_finds_its_card(built: Path) -> None:
    hits = search("somebody committed the database password to git")
    assert hits[0].id == "ours/secrets"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(
    ("text", "id_", "passage"),
    [
        ("passwords are committed to git", "ours/secrets", "Keep passwords and keys out of the repository."),
        ("read them from environment variables", "ours/secrets", "Read them from the environment."),
        ("a breaker recovers sooner", "ours/breaker", "It recovers sooner and callers fail at once."),
        ("Circuit breaker", "ours/breaker", "Stop calling a dependency that keeps failing."),
    ],
    ids=[
        "matched by a sign",
        "matched by the practice",
        "the second sentence is nearer",
        "matched by the title: what it asks for",
    ],
)
def test_the_passage_is_the_sentence_of_guidance_or_practice_that_is_nearest(
    built: Path, text: str, id_: str, passage: str
) -> None:
    hit = search(text)[0]
    assert (hit.id, hit.passage) == (id_, passage)


@pytest.mark.parametrize("text", ["", "   \n", "?!", "…"])
def test_a_text_without_words_finds_nothing(text: str) -> None:
    assert search(text) == ()


def test_every_part_of_a_long_text_is_searched(built: Path) -> None:
    filler = "The annual report lists the members of the gardening club. " * 60
    hits = search(filler + "Passwords are committed to git. " + filler)
    assert hits[0].id == "ours/secrets"
    assert search("x" * 1_000_000)


def test_limit(built: Path) -> None:
    assert len(search("calls", limit=2)) == 2
    assert len(search("calls", limit=100)) == 5
    with pytest.raises(OptionError, match="1 or more"):
        search("calls", limit=0)


def test_area_is_a_preference_and_not_a_filter(built: Path) -> None:
    plain = {hit.id: hit.score for hit in search("what should we do")}
    preferred = {hit.id: hit.score for hit in search("what should we do", area="security")}
    assert preferred["ours/secrets"] > plain["ours/secrets"]
    assert preferred["ours/pool"] == plain["ours/pool"]
    assert search("passwords are committed to git", area="resilience")[0].id == "ours/secrets"


@pytest.mark.parametrize("technology", ["postgresql", "Postgres", "amazon-rds-postgresql", "SQLAlchemy"])
def test_technology_is_known_by_id_name_kind_or_mention(built: Path, technology: str) -> None:
    plain = {hit.id: hit.score for hit in search("what should we do")}
    preferred = {hit.id: hit.score for hit in search("what should we do", technology=technology)}
    assert [id_ for id_ in plain if preferred[id_] > plain[id_]] == ["ours/pool"]


def test_an_unknown_technology_changes_nothing(built: Path) -> None:
    assert search("too many clients", technology="no-such-thing") == search("too many clients")


def test_a_search_in_a_new_process_is_fast() -> None:
    code = (
        "import time; start = time.perf_counter()\n"
        "from buttress.retrieval.searching import search\n"
        "search('passwords in git')\n"
        "print(time.perf_counter() - start)"
    )
    took = min(float(subprocess.check_output([sys.executable, "-c", code], text=True)) for _ in range(3))
    assert took < 0.9
