"""Questions as engineers ask them, over the two example systems: what is understood, and what the answer says."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from buttress.ask import Answer, answer_json, answer_text, ask
from buttress.errors import OptionError
from buttress.model import Source, SystemGraph
from buttress.pipeline import graph
from buttress.sources import collect

EXAMPLES = Path(__file__).parents[2] / "examples"
with (Path(__file__).parent / "questions.tsv").open(encoding="utf-8") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t"))


@cache
def system(name: str) -> SystemGraph:
    return graph(EXAMPLES / name)


@cache
def read(name: str) -> tuple[Source, ...]:
    return tuple(collect([EXAMPLES / name]).sources)


@cache
def answered(name: str, question: str) -> Answer:
    return ask(system(name), question, sources=read(name))


def parts(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").split(";") if part.strip()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['example']}: {row['question']}")
def test_a_question_is_understood_and_answered(row: dict[str, str]) -> None:
    answer = answered(row["example"], row["question"])
    text = answer_text(answer)
    assert answer.intent == row["intent"], text
    assert set(answer.about) == set(parts(row["about"])), text
    assert [words for words in parts(row["says"]) if words not in text] == [], text
    assert [words for words in parts(row["never"]) if words in text] == [], text


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['example']}: {row['question']}")
def test_every_quote_of_an_answer_stands_at_its_line(row: dict[str, str]) -> None:
    for statement in answered(row["example"], row["question"]).statements:
        for e in statement.evidence:
            lines = (EXAMPLES / row["example"] / e.source).read_text(encoding="utf-8").splitlines()
            there = re.findall(r"\w+", " ".join(lines[e.line - 1 : e.end_line]))
            assert re.findall(r"\w+", e.quote) != []
            assert set(re.findall(r"\w+", e.quote)) <= set(there)


def test_what_is_not_answered_says_what_was_looked_for() -> None:
    answer = answered("bookshop", "what happens when the frobnicator dies?")
    assert not answer.answered
    assert answer.statements == ()
    assert "frobnicator" in answer.looked_for
    assert "15 files" in answer.looked_for


def test_no_practices_are_searched_when_none_are_wanted() -> None:
    assert ask(system("bookshop"), "which calls have no timeout?", limit=0).practices == ()


def test_a_question_about_something_else_gets_no_practice_that_shares_a_word() -> None:
    answer = answered("bookshop", "who will carry the outbound suitcases to the broken lift?")
    assert not answer.answered
    assert answer.practices == ()


def test_practices_stand_beside_a_comparison_of_products_and_not_of_parts() -> None:
    assert answered("bookshop", "compare catalog and pricing").practices == ()
    assert answered("bookshop", "should we use kafka or rabbitmq?").practices != ()


def test_beside_an_answer_stands_no_practice_that_only_touches_the_matter() -> None:
    assert answered("bookshop", "where are cover images kept?").practices == ()
    assert answered("bookshop", "how do we retry calls to payments?").practices != ()


def test_an_answer_is_plain_values() -> None:
    plain = answer_json(answered("bookshop", "who owns payments?"))
    assert plain["intent"] == "owner"
    assert plain["statements"][0]["evidence"][0]["source"] == "docs/design.md"


def test_plain_values_tell_answers_from_quotes_and_from_silence() -> None:
    plain = answer_json(answered("bookshop", "which calls have no timeout?"))
    assert {s["holds"] for s in plain["statements"]} >= {"answer", "nothing"}
    plain = answer_json(answered("bookshop", "can a customer's card number end up in our database?"))
    assert plain["answered"] is False
    assert [s["holds"] for s in plain["statements"]] == ["quote"]


@pytest.mark.parametrize("words", ["", "  \n"])
def test_an_empty_question_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(OptionError, match="for example"):
        ask(SystemGraph(), words)


@pytest.mark.parametrize(
    "words", ["?" * 5000, "@0 @1 @2", "a " * 10_000, "if @9 fails", "\x00 if redis \x1b[31m dies"]
)
def test_strange_questions_get_an_answer(words: str) -> None:
    assert ask(system("bookshop"), words, limit=0).question == words
