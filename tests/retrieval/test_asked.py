"""What was asked and judged helps to find; the kept queries stay out of it, and so do citations."""

from __future__ import annotations

from pathlib import Path

import pytest

from buttress import data
from buttress.errors import CardError
from buttress.retrieval.cards import asked, cards, read_asked
from buttress.retrieval.searching import search

QUERIES = Path(__file__).parents[2] / "benchmarks" / "queries"
KEPT = ("fresh.tsv", "workday-kept.tsv", "oncall-kept.tsv")


def test_every_question_names_practices_that_have_a_card() -> None:
    assert len(asked()) >= 2000
    assert {id_ for question in asked() for id_ in question.practices} <= cards().keys()


def test_every_practice_answers_something_that_is_asked() -> None:
    answered = {id_ for question in read_asked(data.corpus_dir()) for id_ in question.practices}
    assert cards().keys() <= answered


def test_what_is_compiled_is_what_the_file_says() -> None:
    assert asked() == read_asked(data.corpus_dir())


def test_no_kept_query_is_learnt_from() -> None:
    files = [(QUERIES / name).read_text("utf-8") for name in KEPT]
    kept = {line.split("\t")[3].casefold() for text in files for line in text.splitlines()[1:]}
    assert len(kept) >= 240
    assert kept.isdisjoint(question.text.casefold() for question in asked())


def test_a_line_without_practices_says_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "asked.tsv").write_text("is it slow?\tours/a\nwhy?\t\n", "utf-8")
    with pytest.raises(CardError, match=r"asked\.tsv:2"):
        read_asked(tmp_path)


@pytest.mark.parametrize("text", ["passwords are committed to git", "credentials in the repository"])
def test_secrets_in_the_repository_lead_to_configuration_outside_of_the_code(text: str) -> None:
    assert "twelve-factor/factor-iii" in {hit.id for hit in search(text, limit=5)}
