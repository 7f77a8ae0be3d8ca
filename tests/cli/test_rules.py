"""rules new and rules test: cards of one's own, from a scaffold that passes to the line of a mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buttress import data
from buttress.rules import AREAS

Run = Callable[..., Any]
NAME = "payments-without-audit"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rules"


@pytest.fixture
def card(folder: Path, buttress: Run) -> Path:
    assert buttress("rules", "new", NAME, "--area", "security", "--rules", str(folder)).code == 0
    return folder / "security" / f"{NAME}.md"


@pytest.mark.parametrize("area", AREAS)
def test_a_new_card_passes_its_own_examples_in_every_area(area: str, folder: Path, buttress: Run) -> None:
    made = buttress("rules", "new", NAME, "--area", area, "--rules", str(folder))
    assert made.out == f"{folder}/{area}/{NAME}.md\n"
    ran = buttress("rules", "test", str(folder))
    assert (ran.code, ran.out) == (0, "") and "1 card, 4 examples, all as marked" in ran.err


def test_a_new_card_finds_what_its_example_shows_in_a_review(
    card: Path, folder: Path, tmp_path: Path, buttress: Run
) -> None:
    drawing = tmp_path / "a.mmd"
    drawing.write_text('flowchart LR\n  user((User)) -->|calls| shop["Shop<br/>no owner"]\n')
    out = buttress("review", str(drawing), "--rules", str(folder), "--format", "markdown").out
    assert "Shop is reached by User, and nothing says who owns it." in out


def test_an_existing_card_is_never_written_over(card: Path, folder: Path, buttress: Run) -> None:
    card.write_text("mine")
    again = buttress("rules", "new", NAME, "--area", "security", "--rules", str(folder))
    assert again.code == 2 and "is there already" in again.err and card.read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["Payments", "a", "pay ments-x", "../../etc-passwd", "-payments-x", "x" * 61]
)
def test_a_name_that_is_no_id_is_refused(name: str, folder: Path, buttress: Run) -> None:
    assert buttress("rules", "new", "--rules", str(folder), "--", name).code == 2
    assert not folder.exists()


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("b:denies b:owner", "b:denies b:status", 32, "## Finds doesn't find shop, which is marked; components here: shop, user"),
        ("?caller a b:Actor .", "", 43, "## Finds finds shop here; expected 'fires: shop' or a narrower query"),
        ("?flow a b:Calls", "?flow b:Calls", 1, "expected a query that runs"),
        ("severity: MEDIUM", "severity: BAD", 3, "expected 'severity'"),
        ("## Why", "## Reason", 10, "expected one of the sections"),
        ("```mermaid\n%% fires: shop", "```cobol\n%% fires: shop", 32, "expected one of"),
        ("nothing says who owns it.", "nothing says {nobody} .", 32, "expected a whole sentence"),
        ("%% fires: shop\n", "", 32, "expected a comment"),
        ("service-boundaries-and", "servise-boundaries-and", 7, "Did you mean 'system-architecture.evaluate.service-boundaries-and-responsibilities'"),
        ("c4model-com]", "c4-com]", 8, "There is no practice 'architecture-modelling/c4-com'"),
        ("c4model-com]", "c4model-com#80]", 8, "but the practice has"),
    ],
)  # fmt: skip
def test_a_broken_card_is_told_with_file_line_and_reason(
    old: str, new: str, line: int, reason: str, card: Path, folder: Path, buttress: Run
) -> None:
    text = card.read_text()
    assert old in text
    card.write_text(text.replace(old, new, 1))
    ran = buttress("rules", "test", str(folder))
    first = ran.out.splitlines()[0]
    assert ran.code == 1 and reason in first
    where, _, rest = first.removeprefix(str(card) + ":").partition(":")
    assert abs(int(where) - line) <= 3 and rest


def test_the_other_cards_are_tested_beside_a_broken_one(card: Path, folder: Path, buttress: Run) -> None:
    (folder / "api").mkdir()
    (folder / "api" / "broken-card.md").write_text("no front matter")
    (folder / "api" / f"{NAME}.md").write_text(card.read_text())
    (folder / "api" / "not-a-text.md").write_bytes(b"\xff\xfe")
    ran = buttress("rules", "test", str(folder))
    assert ran.code == 1 and len(ran.out.splitlines()) == 3
    assert "2 cards" not in ran.err and "3 cards with mistakes" in ran.err
    assert "expected an id of its own" in ran.out and "expected a text in UTF-8" in ran.out


def test_coverage_counts_rules_of_ones_own(card: Path, folder: Path, buttress: Run) -> None:
    assert NAME not in buttress("coverage").out
    assert NAME in buttress("coverage", "--rules", str(folder)).out


def test_a_folder_without_cards_is_a_mistake_of_the_caller(tmp_path: Path, buttress: Run) -> None:
    assert "no such folder" in buttress("rules", "test", str(tmp_path / "none")).err
    empty = buttress("rules", "test", str(tmp_path))
    assert empty.code == 2 and "buttress rules new" in empty.err


def test_without_a_command_rules_lists(buttress: Run) -> None:
    assert buttress("rules").out == buttress("rules", "list").out
    assert buttress("rules", "--area", "api").out == buttress("rules", "list", "--area", "api").out


def test_a_card_without_an_example_for_one_of_its_queries_is_told(
    card: Path, folder: Path, buttress: Run
) -> None:
    text = card.read_text()
    query = "\n## Praises\n```sparql\nSELECT ?subject WHERE { ?subject b:states b:owner }\n```\n\n## Examples"
    card.write_text(
        text.replace("\n## Examples", query, 1)
        .replace("owner=team-a", "no owner at all", 1)
        .replace("covers:", 'strength: "{subject} has an owner."\ncovers:', 1)
    )
    assert "expected an example with 'praises:'" in buttress("rules", "test", str(folder)).out


def test_the_cards_that_come_along_are_in_a_form_that_it_takes() -> None:
    assert len(list((data.ontology_dir() / "rules").glob("*/*.md"))) >= 150
