"""--baseline: what an earlier review has isn't shown and doesn't count, unless it has become worse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def before(shop: Path, buttress: Run) -> Path:
    """Return the review of the shop as it is now, written as a baseline."""
    assert buttress("review", "shop", "--format", "json", "--output", "before.json").code == 0
    return shop.parent / "before.json"


def change(before: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(before.read_text(encoding="utf-8"))
    edit(content)
    before.write_text(json.dumps(content), encoding="utf-8")


def test_what_the_baseline_has_is_left_out_and_what_is_new_fails(
    shop: Path, before: Path, buttress: Run
) -> None:
    assert buttress("review", "shop", "--fail-on", "low").code == 1
    same = buttress("review", "shop", "--baseline", before, "--fail-on", "low")
    assert (same.code, same.err) == (0, "")
    assert "no findings, 0 questions" in same.out and "in the baseline" in same.out
    assert "no defect that the rules know of" not in same.out and "no obstacle" not in same.out
    with (shop / "compose.yaml").open("a") as file:
        file.write('  cache:\n    image: redis:7\n    ports: ["6379:6379"]\n')
    more = buttress("review", "shop", "--baseline", before, "--fail-on", "low", "--format", "json")
    assert more.code == 1
    assert more.err.startswith("buttress: ") and more.err.endswith(
        "at or above low (--fail-on): exit code 1\n"
    )
    assert {f["subjects"][0] for f in json.loads(more.out)["findings"]} == {"cache"}


def test_lines_that_move_make_nothing_new(shop: Path, before: Path, buttress: Run) -> None:
    text = (shop / "compose.yaml").read_text()
    (shop / "compose.yaml").write_text("# our shop\n\n" + text)
    assert buttress("review", "shop", "--baseline", before, "--fail-on", "low").code == 0


@pytest.mark.parametrize(
    "worse",
    [
        pytest.param(lambda f: f.update(severity="LOW"), id="more severe than it was"),
        pytest.param(lambda f: f.update(subjects=f["subjects"][:-1]), id="about one more"),
    ],
)
def test_what_has_become_worse_is_new(worse: Any, before: Path, buttress: Run) -> None:
    kept = json.loads(before.read_text())["findings"]
    chosen = next(f["id"] for f in kept if f["severity"] == "HIGH")
    change(before, lambda r: [worse(f) for f in r["findings"] if f["id"] == chosen])
    ran = buttress("review", "shop", "--baseline", before, "--format", "json")
    assert [f["id"] for f in json.loads(ran.out)["findings"]] == [chosen]


def test_more_of_the_same_in_the_code_is_new(tmp_path: Path, buttress: Run) -> None:
    code = tmp_path / "app"
    code.mkdir()
    (code / "requirements.txt").write_text("fastapi\npsycopg\n")
    query = "\n\n@app.get('/{0}')\ndef {0}(name: str):\n    return db.execute(f\"select * from {0} where name = '{{name}}'\")\n"
    head = "import psycopg\nfrom fastapi import FastAPI\n\napp = FastAPI()\ndb = psycopg.connect('postgresql://db/shop')\n"
    (code / "main.py").write_text(head + query.format("books"))
    buttress("review", "app", "--format", "json", "--output", "before.json")
    (code / "main.py").write_text(head + query.format("books") + query.format("authors"))
    ran = buttress("review", "app", "--baseline", "before.json", "--format", "json")
    assert "sql-built-from-strings@app" in {f["id"] for f in json.loads(ran.out)["findings"]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no such file; a baseline is what --format json writes"),
        ("services: {}", "not a review in JSON"),
        ("[]", "not a review of this version"),
        ('{"schema": "https://buttress.dev/schema/graph-1.json"}', "not a review of this version"),
    ],
)
def test_a_baseline_that_is_none_is_told(content: str | None, told: str, shop: Path, buttress: Run) -> None:
    if content is not None:
        (shop.parent / "b.json").write_text(content)
    ran = buttress("review", "shop", "--baseline", "b.json")
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err and ran.err.count("\n") == 1


def test_a_review_that_left_out_a_baseline_is_none_itself(before: Path, buttress: Run) -> None:
    buttress("review", "shop", "--baseline", before, "--format", "json", "--output", "short.json")
    ran = buttress("review", "shop", "--baseline", "short.json")
    assert ran.code == 2 and "written with --baseline" in ran.err


def test_a_fleet_is_held_against_its_earlier_reports(shop: Path, buttress: Run) -> None:
    for name in ("one", "two"):
        (shop.parent / "all" / name).mkdir(parents=True)
        (shop.parent / "all" / name / "compose.yaml").write_text((shop / "compose.yaml").read_text())
    assert buttress("fleet", "review", "all", "--output", "main", "--fail-on", "low").code == 1
    words = ("fleet", "review", "all", "--baseline", "main", "--fail-on", "low")
    assert buttress(*words, "--output", "now").code == 0
    with (shop.parent / "all" / "two" / "compose.yaml").open("a") as file:
        file.write('  cache:\n    image: redis:7\n    ports: ["6379:6379"]\n')
    ran = buttress(*words, "--output", "now")
    assert ran.code == 1 and "(--fail-on): exit code 1" in ran.err
    found = {name: json.loads((shop.parent / "now" / f"{name}.json").read_text()) for name in ("one", "two")}
    assert found["one"]["findings"] == [] and found["two"]["findings"] != []
    assert "take the place of the baseline" in buttress(*words, "--output", "main").err
    assert "an earlier --output" in buttress("fleet", "review", "all", "--baseline", "shop").err
