"""A rule cites what its card names, then what is near it, never the same twice, and loads no model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from buttress import data
from buttress.errors import StaleIndex
from buttress.retrieval import build
from buttress.retrieval.cards import cards
from buttress.retrieval.citing import cite
from buttress.rules import load_dir
from buttress.rules.card import Card

from .conftest import forget

RULES = load_dir(data.ontology_dir() / "rules")


@pytest.fixture
def built(small: Path) -> Path:
    """Return a small index in which `slow-call` has four retrieved practices, one about PostgreSQL."""
    build.build()
    citations = {
        "rules": {"slow-call": ["ours/pool", "ours/timeouts", "theirs/limits", "ours/breaker"]},
        "same": [["ours/timeouts", "theirs/limits"]],
        "supports": {"slow-call": {"ours/breaker": "It recovers sooner and callers fail at once."}},
    }
    (small / "indexes" / "citations.json").write_text(json.dumps(citations))
    forget()
    return small


def items(rule: str, **options: object) -> list[str]:
    return [citation.item for citation in cite(rule, **options)]  # type: ignore[arg-type]


def test_named_practices_come_first(built: Path) -> None:
    assert items("slow-call", cites=["ours/secrets"]) == ["secrets", "timeouts", "breaker"]


def test_a_practice_about_a_technology_needs_that_technology(built: Path) -> None:
    assert items("slow-call") == ["timeouts", "breaker"]
    assert items("slow-call", technologies=frozenset({"redis"})) == ["timeouts", "breaker"]
    assert items("slow-call", technologies=frozenset({"postgresql"})) == ["pool", "timeouts", "breaker"]


def test_a_named_practice_about_a_store_of_another_make_is_left_out(built: Path) -> None:
    named = ["ours/secrets", "ours/pool"]
    assert items("slow-call", cites=named)[:2] == ["secrets", "pool"]
    assert items("slow-call", cites=named, technologies=frozenset({"postgresql"}))[:2] == ["secrets", "pool"]
    assert "pool" not in items("slow-call", cites=named, technologies=frozenset({"mysql"}))
    assert items("slow-call", cites=named, technologies=frozenset({"kubernetes"}))[:2] == ["secrets", "pool"]


def test_a_rule_that_names_other_makes_only_keeps_its_first(built: Path) -> None:
    assert items("slow-call", cites=["ours/pool"], technologies=frozenset({"mysql"}))[0] == "pool"


def test_a_sort_of_a_technology_counts_as_it(built: Path) -> None:
    assert items("slow-call", technologies=frozenset({"amazon-rds-postgresql"}))[0] == "pool"


def test_of_two_that_say_the_same_the_first_is_cited(built: Path) -> None:
    assert items("slow-call", cites=["theirs/limits"]) == ["limits", "breaker"]


def test_no_more_than_the_limit(built: Path) -> None:
    assert items("slow-call", cites=["ours/secrets", "ours/pool"], limit=1) == ["secrets"]


def test_a_named_practice_is_cited_once(built: Path) -> None:
    assert items("mine", cites=["ours/secrets", "ours/secrets"]) == ["secrets"]


def test_the_passage_is_the_sentence_that_supports_the_rule(built: Path) -> None:
    shown = {citation.item: citation.passage for citation in cite("slow-call")}
    assert shown["breaker"] == "It recovers sooner and callers fail at once."
    assert shown["timeouts"] == "Give every remote call a time limit."


def test_a_rule_that_the_index_does_not_know_shows_the_first_sentence_of_the_guidance(built: Path) -> None:
    (citation,) = cite("mine", cites=["ours/timeouts"])
    assert citation.passage == "Give every remote call a time limit."
    assert (citation.source, citation.title) == ("Ours", "Time limits on calls")


def test_an_unknown_practice_is_an_error(built: Path) -> None:
    with pytest.raises(StaleIndex, match=r"'mine' cites 'ours/nothing'.*run: python -m buttress\.retrieval"):
        cite("mine", cites=["ours/nothing"])


@pytest.mark.parametrize(
    ("named", "retrieved", "cited"),
    [
        pytest.param([], ["a07-2021"], ["A07:2025"], id="only the older is near"),
        pytest.param([], ["a07-2021", "a07-2025"], ["A07:2025"], id="both are near"),
        pytest.param(
            [], ["a02-2021", "a02-2025"], ["A04:2025", "A02:2025"], id="the same number, another subject"
        ),
        pytest.param(["a07-2021"], ["a07-2025"], ["A07:2021"], id="the older is named"),
        pytest.param(["a10-2021"], ["a01-2025"], ["A10:2021"], id="a subject that was taken into another"),
        pytest.param(["a07-2025", "a07-2021"], [], ["A07:2025"], id="both are named: the first"),
    ],
)
def test_of_two_editions_one_is_cited_and_the_newer_if_none_is_named(
    monkeypatch: pytest.MonkeyPatch, named: list[str], retrieved: list[str], cited: list[str]
) -> None:
    near = tuple(f"owasp-top10/{name}" for name in retrieved)
    monkeypatch.setattr("buttress.retrieval.citing._retrieved", lambda: ({"rule": near}, frozenset(), {}))
    assert items("rule", cites=[f"owasp-top10/{name}" for name in named]) == cited


def test_citing_and_cards_load_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from buttress.retrieval.citing import cite\n"
        "cite('single-point-of-failure', technologies=frozenset({'redis'}))\n"
        "heavy = {'torch', 'sentence_transformers', 'faiss', 'onnxruntime', 'numpy', 'pydantic', 'yaml'}\n"
        "print(*sorted(heavy.intersection(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == ""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_names_practices_that_exist_and_cites_at_least_one(rule: object) -> None:
    card = next(c for c in RULES if c is rule)
    assert [id_ for id_ in card.cites if id_ not in cards()] == []
    found = cite(card.id, cites=card.cites)
    assert 1 <= len(found) <= 4
    assert len({(c.source, c.title) for c in found}) == len({c.url for c in found}) == len(found)
    assert all(c.passage and c.url.startswith("https://") for c in found)


def test_the_shipped_index_fits_corpus_rules_and_weights() -> None:
    from buttress.retrieval.indexing import stale

    assert stale() == (), "run: python -m buttress.retrieval"


def test_a_rule_shows_the_sentence_that_it_names() -> None:
    id_ = "postgresql/high-availability"
    (first,) = cite("a-rule-of-mine", cites=[id_])
    (third,) = cite("a-rule-of-mine", cites=[id_], shows=[f"{id_}#3"])
    assert first.passage != third.passage
    assert third.passage in cards()[id_].guidance


def test_a_sentence_that_a_practice_has_not_is_told() -> None:
    id_ = "postgresql/high-availability"
    with pytest.raises(StaleIndex, match=r"#9, but the practice has 3 sentences"):
        cite("a-rule-of-mine", cites=[id_], shows=[f"{id_}#9"])


@pytest.mark.parametrize("rule", [r for r in RULES if r.shows], ids=lambda r: r.id)
def test_every_sentence_that_a_shipped_rule_names_is_there(rule: Card) -> None:
    shown = {c.title: c.passage for c in cite(rule.id, cites=rule.cites, shows=rule.shows)}
    for named in rule.shows:
        practice = cards()[named.partition("#")[0]]
        assert shown[practice.title] in practice.guidance
