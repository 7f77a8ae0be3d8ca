"""Questions that a table or list of the sources answers: the things of a sort, those of them in a state, the rows about one."""

from __future__ import annotations

import pytest

from buttress.ask import Answer, answer_text, ask
from buttress.model import Source
from buttress.pipeline import read

NOTES = Source(
    "rollout.md",
    """# Rollout

| # | Dashboard | State |
|---|---|---|
| 1 | Parcel flow | ✅ |
| 2 | Label errors | missing |
| 3 | Annex | ❌ |

Who may do what:

| Role | May |
|---|---|
| Clerk | book parcels |
| Shift lead | book parcels, void labels |
| Shift lead | see reports |

## Runbooks

- Depot is full: open the annex
- Printer is stuck

Claims are answered in the order of their weight:

- Lost - 2 days
- Late - 9 days
""",
)


def answer(question: str) -> Answer:
    return ask(read([NOTES]), question, limit=0, sources=[NOTES])


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("which dashboards exist?", "3 dashboards in what was read: Parcel flow, Label errors and Annex."),
        ("which dashboards are missing?", "Of 3 dashboards in what was read 2: Label errors and Annex."),
        ("what roles are there", "2 roles in what was read: Clerk and Shift lead."),
        ("which runbooks do we have?", "2 runbooks in what was read: Depot is full and Printer is stuck."),
        ("what can a shift lead do?", "Shift lead | see reports"),
        ("how quickly is a claim for a late parcel answered?", "Late - 9 days"),
    ],
)
def test_what_a_table_or_list_says_is_told(question: str, said: str) -> None:
    assert said in answer_text(answer(question))


def test_rows_about_others_are_not_told() -> None:
    assert "Clerk" not in answer_text(answer("what can a shift lead do?"))


def test_one_is_of_the_sort_that_was_asked_for_before() -> None:
    assert "Label errors | missing" in answer_text(
        answer("which dashboards exist, and what about the label one?")
    )
