"""docs/prior-art.md: every rule of other tools has a card that exists, or a reason why it has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from buttress.rules import shipped

PAGE = Path(__file__).parents[1] / "docs" / "prior-art.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith("| rule |")
]
AREA_OF = {card.id: card.area for card in shipped()}


def test_there_are_the_rules_of_all_tools() -> None:
    assert len(ROWS) == 174
    assert len(re.findall(r"^## ", TEXT, re.MULTILINE)) == 9


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_a_rule_is_covered_by_cards_that_exist_or_has_a_reason_why_not(row: list[str]) -> None:
    assert len(row) == 3 and all(row)
    cards = re.findall(r"\[([\w-]+)\]\(\.\./ontology/rules/([\w-]+)/([\w-]+)\.md\)", row[2])
    assert bool(cards) != row[2].startswith("none: ")
    assert cards or len(row[2].split()) >= 6
    for name, area, file in cards:
        assert name == file and AREA_OF.get(name) == area


def test_the_count_above_the_tables_is_right() -> None:
    covered = sum(not row[2].startswith("none: ") for row in ROWS)
    assert f"{covered} of {len(ROWS)} rules are covered." in TEXT
