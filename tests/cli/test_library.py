"""explain, rules, search and coverage: what Buttress knows, in words and in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buttress.rules import AREAS, shipped

Run = Callable[..., Any]


def test_explain_of_a_rule_has_why_what_to_do_and_who_says_so(buttress: Run) -> None:
    card = next(c for c in shipped() if c.id == "shared-database")
    out = buttress("explain", "shared-database").out
    assert card.title in out and card.severity in out
    assert card.why in out and card.what_to_do in out and card.in_python in out
    assert "https://" in out.partition("Says who")[2]


def test_explain_of_a_finding_names_its_subject(buttress: Run) -> None:
    assert "Here it is about: orders-db" in buttress("explain", "shared-database@orders-db").out


OPEN_PORT = "store-reachable-from-outside@db"


def test_explain_with_a_path_begins_with_what_the_rule_finds_there(shop: Path, buttress: Run) -> None:
    for name in (OPEN_PORT, OPEN_PORT.partition("@")[0]):
        head, _, rest = buttress("explain", name, "shop").out.partition("\n\n")
        assert head.splitlines()[0] == f"{OPEN_PORT}  (HIGH)"
        assert '  compose.yaml:9  ports: ["5432:5432"]' in head.splitlines()
        assert rest.startswith("To live with it, under suppress in buttress.yaml: {finding: '" + OPEN_PORT)
        assert "\n\nA store publishes its port  (HIGH, security)\n" in rest
    none = buttress("explain", "shared-database", "shop")
    assert none.out.startswith("Nothing in what was read falls under this rule.\n\nSeveral services write")


def test_explain_tells_a_finding_that_isnt_there_from_one_that_is_left_out(shop: Path, buttress: Run) -> None:
    ran = buttress("explain", "store-reachable-from-outside@dbs", "shop")
    assert (ran.code, ran.out) == (2, "")
    assert f"There is no finding 'store-reachable-from-outside@dbs'. Did you mean '{OPEN_PORT}'?" in ran.err
    (shop / "buttress.yaml").write_text(f"suppress: [{{finding: {OPEN_PORT}, reason: a laptop's}}]\n")
    for name in (OPEN_PORT, OPEN_PORT.partition("@")[0]):
        assert f"{OPEN_PORT} is left out of the review: a laptop's\n" in buttress("explain", name, "shop").out


def test_rules_of_ones_own_are_listed_and_explained(shop: Path, buttress: Run) -> None:
    buttress("rules", "new", "queue-of-nobody", "--area", "security")
    assert buttress("explain", "queue-of-nobody").code == 2
    told = "Queue of nobody  (MEDIUM, security)"
    assert buttress("explain", "queue-of-nobody", "--rules", "rules").out.startswith(told)
    assert "queue-of-nobody" in buttress("rules", "list", "--rules", "rules").out
    (shop.parent / "buttress.yaml").write_text("rules: [rules]\n")
    assert buttress("explain", "queue-of-nobody").out.startswith(told)
    assert told in buttress("explain", "queue-of-nobody", "shop").out
    assert "queue-of-nobody" in buttress("rules").out


def test_explain_of_a_practice_has_its_source_signs_and_address(buttress: Run) -> None:
    out = buttress("explain", "twelve-factor/factor-iii").out
    assert out.startswith("Config\nThe Twelve-Factor App · https://12factor.net/config\n")
    assert "passwords or keys are committed" in out


@pytest.mark.parametrize("card", shipped(), ids=lambda c: c.id)
def test_every_rule_can_be_explained(card: Any, buttress: Run) -> None:
    ran = buttress("explain", card.id)
    assert (ran.code, ran.err) == (0, "")
    said = re.sub(r"`[^`]*`", "", ran.out.partition("In Python")[0])  # code may have braces of its own
    assert "{" not in said


def test_rules_lists_every_rule_once_in_the_order_of_the_areas(buttress: Run) -> None:
    records = json.loads(buttress("rules", "--format", "json").out)
    assert sorted(r["id"] for r in records) == [c.id for c in shipped()]
    assert [r["area"] for r in records] == sorted((r["area"] for r in records), key=AREAS.index)
    lines = buttress("rules").out.splitlines()
    assert len(lines) == 1 + len(records)
    assert [line.split()[0] for line in lines[1:]] == [r["id"] for r in records]


@pytest.mark.parametrize("area", AREAS)
def test_rules_of_an_area_are_those_of_it_alone(area: str, buttress: Run) -> None:
    records = json.loads(buttress("rules", "--area", area, "--format", "json").out)
    assert records and {r["area"] for r in records} == {area}
    assert all(r["does"] and r["covers"] and r["cites"] for r in records)


def test_search_gives_exactly_the_agreed_keys_best_first(buttress: Run) -> None:
    hits = json.loads(buttress("search", "passwords are committed to git", "--format", "json").out)
    assert len(hits) == 10
    assert all(list(h) == ["id", "source", "item", "title", "url", "score", "passage"] for h in hits)
    assert [h["score"] for h in hits] == sorted((h["score"] for h in hits), reverse=True)
    assert all(h["url"].startswith("https://") and h["passage"] for h in hits)
    assert ("AWS Well-Architected Framework", "SEC02-BP03") in {(h["source"], h["item"]) for h in hits[:3]}


def test_search_gives_no_more_than_asked_for_and_reads_standard_input(buttress: Run) -> None:
    words = ["--limit", "3", "--format", "json"]
    hits = json.loads(buttress("search", "requests pile up", *words).out)
    assert len(hits) == 3
    assert json.loads(buttress("search", "-", *words, stdin="requests pile up").out) == hits
    assert buttress("search", "  ").out == "nothing found\n"
    assert buttress("search", "  ", "--format", "json").out == "[]\n"


def test_coverage_counts_points_and_names_the_rules_of_each(buttress: Run) -> None:
    points = json.loads(buttress("coverage", "--format", "json").out)
    assert len(points) == 204
    covered = [p for p in points if p["rules"]]
    assert buttress("coverage").out.startswith(f"{len(covered)} of 204 review points are covered")
    known = {c.id: c for c in shipped()}
    assert all(p["id"] in known[r].covers for p in covered for r in p["rules"])


def test_uncovered_points_are_the_rest(buttress: Run) -> None:
    points = json.loads(buttress("coverage", "--format", "json").out)
    rest = json.loads(buttress("coverage", "--uncovered", "--format", "json").out)
    assert rest == [p for p in points if not p["rules"]]
