"""diff: what is new, gone and changed between two states of a system."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from buttress.model import SystemGraph
from buttress.report import compose
from buttress.report.diff import diff
from buttress.rules import Finding
from buttress.rules.card import Severity

Run = Callable[..., Any]
BEFORE = """
services:
  shop:
    image: registry.example/shop:1.2
    environment: {DATABASE_URL: "postgresql://shop@db:5432/shop"}
    deploy: {replicas: 2}
  mailer:
    image: registry.example/mailer:3
  db:
    image: postgres:16
"""
AFTER = (
    BEFORE.replace("replicas: 2", "replicas: 5").replace("mailer", "audit").replace("audit:3", "audit:latest")
)


@pytest.fixture
def states(tmp_path: Path) -> tuple[Path, Path]:
    for name, text in (("old", BEFORE), ("new", AFTER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "compose.yaml").write_text(text)
    return tmp_path / "old", tmp_path / "new"


def test_what_is_new_gone_and_changed_is_told(states: tuple[Path, Path], buttress: Run) -> None:
    out = buttress("diff", *states).out
    assert "Components: 1 new, 1 gone, 1 changed" in out
    assert "+ audit (service)  compose.yaml:8" in out and "- mailer (service)" in out
    assert "~ shop (service)  compose.yaml:4  [replicas: 2 → 5]" in out
    assert "+ LOW unpinned-image@audit: " in out
    assert "Flows:" not in out
    back = buttress("diff", *reversed(states)).out
    assert "+ mailer" in back and "- LOW unpinned-image@audit" in back and "[replicas: 5 → 2]" in back


def test_the_same_state_has_no_changes(states: tuple[Path, Path], buttress: Run) -> None:
    assert buttress("diff", states[0], states[0]).out == "Nothing changed.\n"
    empty = json.loads(buttress("diff", states[0], states[0], "--format", "json").out)
    assert all(not items for part in empty.values() for items in part.values())


def test_a_kept_graph_is_the_old_state(states: tuple[Path, Path], buttress: Run, tmp_path: Path) -> None:
    buttress("graph", states[0], "--output", tmp_path / "main.json")
    kept = buttress("diff", tmp_path / "main.json", states[1], "--format", "json").out
    assert kept == buttress("diff", *states, "--format", "json").out


@pytest.mark.parametrize("unread", [0, 1])
def test_a_state_that_cannot_be_read_is_an_error_and_no_change(
    unread: int, states: tuple[Path, Path], buttress: Run, tmp_path: Path
) -> None:
    broken = tmp_path / "graph.json"
    broken.write_text('{"components": [{"id": "shop", "kind": 3}], "flows": []}')
    given = [*states]
    given[unread] = broken
    ran = buttress("diff", *given)
    assert ran.code == 2 and ran.out == "" and "graph.json:1: error" in ran.err


def test_a_part_whose_id_changed_is_the_same_part(tmp_path: Path, buttress: Run) -> None:
    for name, id_ in (("old", "pay"), ("new", "payments")):
        graph = {
            "components": [
                {
                    "id": id_,
                    "name": "Payments",
                    "facts": [{"name": "login_rate_limit", "value": False, "status": "denied"}],
                },
                {"id": "shop", "name": "Shop"},
            ],
            "flows": [{"source": "shop", "target": id_}],
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(graph))
    assert buttress("diff", tmp_path / "old.json", tmp_path / "new.json").out == "Nothing changed.\n"


def test_a_finding_that_became_worse_counts_as_a_new_one() -> None:
    found = Finding("a-rule", "security", "defect", "HIGH", "A rule", "Wrong.", ("shop",))
    empty = compose(SystemGraph(), (), ())

    def at_least_medium(*severities: Severity) -> int:
        old, new = (replace(empty, findings=(replace(found, severity=s),)) for s in severities)
        return len(diff(old, new).at_least("medium"))

    assert at_least_medium("LOW", "HIGH") == 1
    assert at_least_medium("HIGH", "MEDIUM") == at_least_medium("MEDIUM", "LOW") == 0


@pytest.mark.parametrize(("severity", "code"), [("low", 1), ("high", 0)])
def test_only_what_is_new_or_worse_fails(
    severity: str, code: int, states: tuple[Path, Path], buttress: Run
) -> None:
    assert buttress("diff", *states, "--fail-on", severity).code == code
    assert buttress("diff", states[1], states[1], "--fail-on", severity).code == 0


def test_markdown_holds_what_it_quotes_in_its_fences(tmp_path: Path, buttress: Run) -> None:
    for name, label in (("old", "Shop"), ("new", "Shop ```js")):
        (tmp_path / f"{name}.mmd").write_text(f'flowchart LR\n  a["{label}"] --> b[(Stock)]\n')
    out = buttress("diff", tmp_path / "old.mmd", tmp_path / "new.mmd", "--format", "markdown").out
    assert out.startswith("# Architecture: ") and out.count("```") % 2 == 0 and "```js" not in out


def test_a_finding_that_is_told_of_another_part_too_counts_as_a_new_one(
    tmp_path: Path, buttress: Run
) -> None:
    text = "services:\n  quay:\n    image: example/quay:1\n    environment: {QUAY_TOKEN: tk81bd0f2c}\n"
    for name, more in (("old", ""), ("new", text.removeprefix("services:\n").replace("quay", "tower"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "compose.yaml").write_text(text + more)
    worse = buttress("diff", tmp_path / "old", tmp_path / "new", "--fail-on", "high")
    assert worse.code == 1 and "parts: quay → quay, tower" in worse.out
    assert buttress("diff", tmp_path / "new", tmp_path / "old", "--fail-on", "high").code == 0
