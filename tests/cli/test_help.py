"""Help: true, the same everywhere, and with examples that can be run as they stand."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buttress.cli import COMMANDS, main, overview
from buttress.cli.command import WIDTH, Command

EXAMPLES = [pytest.param(c, e, id=e) for c in COMMANDS for e in c.examples]
EACH = pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)


def test_every_agreed_command_is_there() -> None:
    names = {c.name.split()[0] for c in COMMANDS}
    assert names == set("review graph explain rules search index coverage query impact paths fleet".split())
    assert {c.name for c in COMMANDS if c.name.startswith("index")} == {
        "index build",
        "index add",
        "index status",
    }
    assert len(EXAMPLES) >= 25


@EACH
def test_help_says_what_the_command_does_and_shows_examples_of_it(
    command: Command, buttress: Callable[..., Any]
) -> None:
    ran = buttress(*command.name.split(), "--help")
    assert ran.code == 0 and ran.err == ""
    text = ran.out
    assert text.startswith(f"usage: buttress {command.name}")
    assert command.summary.split(",")[0] in text
    assert all(f"  {example}\n" in text for example in command.examples)


@EACH
def test_every_argument_is_explained_and_no_line_is_too_wide(command: Command) -> None:
    parser = command.parser()
    assert all(action.help for action in parser._actions)
    examples = {f"  {e}" for e in command.examples}
    wide = [line for line in parser.format_help().splitlines() if len(line) > WIDTH and line not in examples]
    assert wide == []
    assert all(len(e) <= WIDTH for e in command.examples)


@EACH
def test_the_usage_line_names_every_argument_without_a_dash(command: Command) -> None:
    for action in command.parser()._actions:
        if not action.option_strings:
            assert str(action.metavar) in command.usage


@pytest.mark.parametrize(("command", "example"), EXAMPLES)
def test_an_example_can_be_parsed_as_it_stands(command: Command, example: str) -> None:
    words = next(part for part in re.split(r" \| ", example) if part.startswith("buttress " + command.name))
    words = re.split(r" [<>] ", words)[0]
    given = shlex.split(words)[1 + len(command.name.split()) :]
    parsed = command.parser().parse_intermixed_args(given)  # raises OptionError when it can't be parsed
    assert all(
        any(w.rstrip("/") in str(v) for v in vars(parsed).values()) for w in given if not w.startswith("-")
    )


@pytest.mark.parametrize(
    "example", [e for c in COMMANDS for e in c.examples if c.name in ("explain", "rules", "coverage")]
)
def test_an_example_that_needs_no_file_runs(example: str, buttress: Callable[..., Any]) -> None:
    ran = buttress(*shlex.split(example)[1:])
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out) > 100


def test_the_overview_lists_every_command_with_its_summary() -> None:
    text = overview()
    assert all(re.search(rf"^  {c.name} +{re.escape(c.summary)}$", text, re.M) for c in COMMANDS)
    assert all(len(line) <= 110 for line in text.splitlines())


def test_help_is_the_same_in_every_terminal() -> None:
    shown = {
        subprocess.run(
            [sys.executable, "-m", "buttress", "query", "--help"],
            env={**os.environ, "COLUMNS": columns, "TERM": term, "FORCE_COLOR": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for columns, term in (("40", "dumb"), ("200", "xterm-256color"))
    }
    assert len(shown) == 1


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_without_a_command_the_overview_is_shown(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    assert capsys.readouterr().out == overview()


def test_a_group_without_its_second_word_shows_the_group_and_is_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["index"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "index add" in err
    assert main(["index", "--help"]) == 0


def test_the_version_is_that_of_the_installed_package(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"buttress {version('buttress')}\n"


def test_the_docs_show_the_help_of_every_command() -> None:
    text = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [c.name for c in COMMANDS if c.parser().format_help() not in text] == [], "run: make docs"
    assert overview() in text
