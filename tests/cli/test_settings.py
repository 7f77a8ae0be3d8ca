"""buttress.yaml: where it is looked for, what is wrong in it, and suppressions that no longer do anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
OPEN_PORT = "store-reachable-from-outside@db"


def settings(folder: Path, text: str) -> None:
    (folder / "buttress.yaml").write_text(text, encoding="utf-8")


def ids(ran: Any) -> set[str]:
    return {f["id"] for f in json.loads(ran.out)["findings"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ignore: docs\n", "ignore: expected a list of texts, such as [docs/old/, '*.tf']"),
        ("ignore: [3]\n", "ignore: expected a list of texts"),
        ("rules: own\n", "rules: expected a list of texts, such as [ci/rules]"),
        ("suppress: 5\n", "suppress: expected a list of entries with 'finding' and 'reason'"),
        ("suppress: [{finding: a@b}]\n", "suppress, entry 1: expected 'finding' and 'reason'"),
        ("suppress: [{finding: a@b, reason: c, untill: 2999-01-01}]\n", "entry 1: unknown key 'untill'"),
        ("suppress: [{finding: a@b, reason: c, until: soon}]\n", "'until' must be a date such as 2027-01-31"),
        ("suppress: [{finding: a@b, reason: c, until: 7}]\n", "'until' must be a date such as 2027-01-31"),
        ("a: [\n", "buttress.yaml:2: not valid YAML"),
        ("- a\n", "expected keys and values"),
    ],
)
def test_what_is_wrong_in_the_settings_is_one_line_with_what_would_be_right(
    text: str, told: str, shop: Path, buttress: Run
) -> None:
    settings(shop, text)
    ran = buttress("review", "shop")
    assert ran.code == 2
    assert told in ran.err
    assert ran.err.startswith("buttress: shop/buttress.yaml") and ran.err.count("\n") == 1


@pytest.mark.parametrize("paths", [["shop"], ["shop/design.md", "shop/compose.yaml"], ["shop/compose.yaml"]])
def test_settings_above_what_is_reviewed_count(paths: list[str], shop: Path, buttress: Run) -> None:
    assert OPEN_PORT in ids(buttress("review", *paths, "--format", "json"))
    settings(shop.parent, f"suppress: [{{finding: {OPEN_PORT}, reason: a laptop's}}]\n")
    assert OPEN_PORT not in ids(buttress("review", *paths, "--format", "json"))


def test_the_other_ending_counts_too(shop: Path, buttress: Run) -> None:
    (shop / "buttress.yml").write_text(f"suppress: [{{finding: {OPEN_PORT}, reason: a laptop's}}]\n")
    ran = buttress("review", "shop", "--format", "json")
    assert OPEN_PORT not in ids(ran) and "buttress.yml" not in ran.out


def test_settings_above_the_repository_dont_count(shop: Path, buttress: Run) -> None:
    settings(shop.parent, f"suppress: [{{finding: {OPEN_PORT}, reason: another project's}}]\n")
    (shop / ".git").mkdir()
    assert OPEN_PORT in ids(buttress("review", "shop", "--format", "json"))


@pytest.mark.parametrize(
    "pattern", ["shop/compose.yaml", "./shop/compose.yaml", "/shop/compose.yaml", "*.yaml", "shop/"]
)
def test_ignored_paths_are_meant_from_where_the_settings_lie(pattern: str, shop: Path, buttress: Run) -> None:
    (shop.parent / "other.md").write_text("# Other\n\nThe till calls the bank.\n")
    settings(shop.parent, f"ignore: ['{pattern}']\n")
    for paths in (["."], ["shop", "other.md"]):
        read = json.loads(buttress("review", *paths, "--format", "json").out)["graph"]
        assert not any("compose.yaml" in e["source"] for c in read["components"] for e in c["evidence"])


def test_a_suppression_that_hides_nothing_is_told_with_what_it_may_have_meant(
    shop: Path, buttress: Run
) -> None:
    settings(
        shop,
        "suppress:\n"
        "- {finding: store-reachable-from-outside@dbb, reason: a}\n"
        "- {finding: store-reachable-from-outsid@db, reason: a}\n"
        f"- {{finding: {OPEN_PORT}, reason: a, until: 2020-01-31}}\n"
        "- {finding: '*@nobody', reason: a}\n",
    )
    told = buttress("review", "shop").err.splitlines()
    assert [t.removeprefix("shop/buttress.yaml: warning: suppress: ").partition(". ")[0] for t in told] == [
        f"'store-reachable-from-outside@dbb' hides nothing; take it out or correct it; that rule has {OPEN_PORT}",
        "There is no rule 'store-reachable-from-outsid'",
        f"'{OPEN_PORT}' was to end on 2020-01-31; it hides nothing any more",
        "'*@nobody' hides nothing; take it out or correct it",
    ]
    assert "Did you mean 'store-reachable-from-outside'" in told[1]


def test_a_part_of_the_project_doesnt_have_to_need_every_suppression(shop: Path, buttress: Run) -> None:
    settings(shop, f"suppress: [{{finding: {OPEN_PORT}, reason: a}}]\n")
    assert buttress("review", "shop/design.md").err == ""


def test_the_settings_themselves_are_no_document(shop: Path, buttress: Run) -> None:
    settings(shop, f"suppress: [{{finding: {OPEN_PORT}, reason: a}}]\n")
    assert "without a reader" not in buttress("review", "shop").out
