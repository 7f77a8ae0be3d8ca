"""What a person gets wrong: exit code 2, nothing on stdout, one line on stderr that says what would be right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
MISTAKES = [
    pytest.param(["reviw", "shop"], "did you mean 'review'?", id="a command misspelt"),
    pytest.param(["index", "statu"], "did you mean 'status'?", id="a second word misspelt"),
    pytest.param(["status"], "did you mean 'index status'?", id="a first word left out"),
    pytest.param(["index", "--"], "Missing command", id="a second word left out"),
    pytest.param(["--verson"], "there is no option '--verson'", id="an option of the whole misspelt"),
    pytest.param(["review", "shop", "--fromat", "json"], "did you mean --format?", id="an option misspelt"),
    pytest.param(["review", "shop", "-x"], "there is no option '-x'", id="a letter that is no option"),
    pytest.param(["review", "shop", "--output"], "'--output' requires an argument", id="an option without its value"),
    pytest.param(["review", "shop", "--format", "jsn"], "is not one of", id="a format that doesn't exist"),
    pytest.param(["review", "shop", "--fail-on", "severe"], "is not one of", id="a severity that doesn't exist"),
    pytest.param(["review"], "required: PATH", id="no path"),
    pytest.param(["review", "nowhere"], "nowhere: no such file or folder", id="a path that doesn't exist"),
    pytest.param(["review", "shop", "--rules", "nowhere"], "no such folder of rule cards", id="no folder of rules"),
    pytest.param(["review", "shop", "--index", "nowhere"], "buttress index add", id="no index of one's own"),
    pytest.param(["review", "shop", "-o", "no/such/out"], "can't be written", id="an output without a folder"),
    pytest.param(["graph", "shop", "--explain", "Order"], "Did you mean 'orders'", id="a component to explain"),
    pytest.param(["graph", "shop", "--format", "svg"], "is not one of", id="a graph format that doesn't exist"),
    pytest.param(["impact", "shop", "Mailr"], "Did you mean 'Mailer'", id="a component that fails"),
    pytest.param(["impact", "shop"], "required: COMPONENT", id="no component"),
    pytest.param(["impact"], "required: PATH, COMPONENT", id="neither a path nor a component"),
    pytest.param(["paths", "shop", "Web shop"], "required: TO ", id="no end of a path"),
    pytest.param(["paths", "shop", "Web shop", "Mailr"], "Did you mean 'Mailer'", id="the end of a path"),
    pytest.param(["paths", "shop", "a", "b", "--limit", "0"], "between 1 and 1000", id="a limit of nothing"),
    pytest.param(["query", "shop"], "names: availability, blast-radius, boundaries", id="no query"),
    pytest.param(["query", "shop", "shared-store"], "Did you mean 'shared-stores'", id="a query misspelt"),
    pytest.param(["query", "shop", "../rules"], "There is no query", id="a query outside of its folder"),
    pytest.param(["query", "--sparql", "SELECT * {}"], "name what to read", id="a query of nothing"),
    pytest.param(["query", "shop", "--sparql", "no.rq"], "neither a SELECT query nor a file", id="no query file"),
    pytest.param(["explain", "shared-databse"], "Did you mean 'shared-database'", id="a rule misspelt"),
    pytest.param(["explain", "twelve-factor/factor-33"], "'twelve-factor/factor-", id="a practice misspelt"),
    pytest.param(["rules", "--area", "resilence"], "Did you mean 'resilience'?", id="an area misspelt"),
    pytest.param(["search", "x", "--area", "safety"], "There is no area 'safety'", id="an area that isn't one"),
    pytest.param(["search", "x", "--limit", "many"], "'many' is not a whole number", id="a limit in words"),
    pytest.param(["fleet", "review", "nowhere"], "no such folder or list", id="no fleet"),
    pytest.param(["index", "add", "nowhere"], "no such file or folder", id="no folder of practices"),
    pytest.param(["coverage", "extra"], "unexpected 'extra'", id="a word too many"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "told"), MISTAKES)
def test_a_mistake_is_told_in_one_line_with_what_would_be_right(
    words: list[str], told: str, shop: Path, buttress: Run
) -> None:
    ran = buttress(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert told in ran.err
    assert ran.err.startswith("buttress: ") and ran.err.count("\n") == 1


def test_a_bug_keeps_its_traceback_and_is_no_finding(
    shop: Path, buttress: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from buttress import settings

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(settings, "review", broken)
    ran = buttress("review", "shop")
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" in ran.err and "deep inside" in ran.err and "bug in Buttress" in ran.err


@pytest.mark.parametrize("command", ["review", "graph"])
def test_a_source_of_which_nothing_can_be_read_is_no_clean_review(
    command: str, buttress: Run, tmp_path: Path
) -> None:
    (tmp_path / "graph.json").write_text('{"components": [], "flows": [}')
    ran = buttress(command, "graph.json")
    assert ran.code == 2
    assert "graph.json:1: error: not valid JSON" in ran.err


def test_wrong_settings_are_told_with_their_file(shop: Path, buttress: Run) -> None:
    (shop / "buttress.yaml").write_text("ignored: [x]\n")
    ran = buttress("review", "shop")
    assert ran.code == 2
    assert "buttress.yaml: unknown key 'ignored'; known keys: ignore, rules, suppress" in ran.err
