"""Questions of several clauses: each is answered, and "it" is what the clause before was about."""

from __future__ import annotations

import pytest

from buttress.ask import Answer, answer_text, ask
from buttress.ask.clauses import MOST, clauses
from buttress.model import Source
from buttress.pipeline import read

SYSTEM = """flowchart LR
  reader((Reader)) --> kiosk[Kiosk]
  kiosk --> ledger[(Ledger DB)]
  printer[Printer] --> ledger
"""


def answer(question: str) -> Answer:
    return ask(read([Source("library.mmd", SYSTEM)]), question, limit=0)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Who uses the ledger, and what does the kiosk call?", 2),
        ("who uses the ledger and who owns it", 2),
        ("Which services read and write the ledger?", 1),
        ("When the ledger is full, which parts stop?", 1),
        ("what stops if the kiosk and the printer are down?", 1),
        ("Is the kiosk up? Is the ledger up?", 2),
        ("The kiosk hangs. What now waits for it?", 1),
    ],
)
def test_a_question_is_parted_where_another_begins(question: str, asked: int) -> None:
    assert len(clauses(question)) == asked


def test_at_most_five_clauses_are_answered() -> None:
    assert len(clauses("who uses the ledger? " * 400)) == MOST


def test_each_clause_is_answered() -> None:
    text = answer_text(answer("Who uses the ledger, and what does the kiosk call?"))
    assert "Ledger DB is used by Kiosk and Printer." in text
    assert "Kiosk uses Ledger DB." in text


def test_it_is_what_the_clause_before_was_about() -> None:
    assert "Ledger DB is used by" in answer_text(answer("what is the ledger? who uses it?"))


def test_what_is_told_before_a_question_says_what_it_is_about() -> None:
    assert "Ledger DB is used by" in answer_text(answer("The ledger is getting old. Who uses it?"))


def test_what_was_looked_for_is_told_of_the_clause_that_has_no_answer() -> None:
    told = answer("who uses the ledger, and what does the unicorn need?")
    assert told.answered
    assert "“what does the unicorn need?”" in told.looked_for


def test_what_a_clause_leaves_out_is_what_the_one_before_asked_for() -> None:
    files = {
        "depot": "    healthcheck:\n      test: [CMD, check]\n",
        "annex": "",
    }
    stack = "services:\n" + "".join(f"  {n}:\n    image: {n}:1\n{more}" for n, more in files.items())
    text = answer_text(
        ask(
            read([Source("compose.yaml", stack)]),
            "does the depot have a health check, and which services dont?",
            limit=0,
        )
    )
    assert text.index("depot: health check.") < text.index("annex: no health check.")


def test_a_condition_of_the_clause_before_holds_for_what_still_works() -> None:
    text = answer_text(answer("what breaks if the ledger is gone? and would the reader still get in?"))
    assert "Reader stops, too." in text or "Reader goes on" in text
