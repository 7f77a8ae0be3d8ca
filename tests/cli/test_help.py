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
import typer

from buttress.cli import COMMANDS, app, main, overview
from buttress.cli.form import WIDTH, Page

BLOCK = re.compile(r"^ *Examples:\n((?: +\S.*\n)+)", re.M)


def examples(page: Page) -> list[str]:
    """Return the examples that the help of a command shows."""
    found = BLOCK.search(page.format_help())
    return [line.strip() for line in found[1].splitlines()] if found else []


EXAMPLES = [pytest.param(c, e, id=e) for c in COMMANDS for e in examples(c)]
EACH = pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)


def test_the_command_line_is_a_typer_app() -> None:
    assert isinstance(app, typer.Typer)


def test_every_agreed_command_is_there() -> None:
    names = {c.name.split()[0] for c in COMMANDS}
    assert names == set(
        "review graph explain rules search index coverage query impact paths diff ask fleet draft amend".split()
    )
    assert {c.name for c in COMMANDS if c.name.startswith("index")} == {
        "index build",
        "index add",
        "index list",
        "index remove",
        "index rebuild",
        "index status",
    }
    assert len(EXAMPLES) >= 25


@EACH
def test_help_says_what_the_command_does_and_shows_examples_of_it(
    command: Page, buttress: Callable[..., Any]
) -> None:
    ran = buttress(*command.name.split(), "--help")
    assert (ran.code, ran.err, ran.out) == (0, "", command.format_help())
    assert ran.out.startswith(f"Usage: buttress {command.name}")
    assert (command.command.help or "").split("\n")[0] in ran.out
    assert examples(command)
    assert all(
        e.startswith(f"buttress {command.name}") or f"| buttress {command.name}" in e
        for e in examples(command)
    )


@EACH
def test_every_argument_is_explained_and_no_line_is_too_wide(command: Page) -> None:
    assert all(parameter.help for parameter in command.command.get_params(command.context()))
    assert [line for line in command.format_help().splitlines() if len(line) > WIDTH] == []


@EACH
def test_the_usage_line_names_every_argument_without_a_dash(command: Page) -> None:
    usage = command.format_help().splitlines()[0]
    for parameter in command.command.params:
        if parameter.param_type_name == "argument":
            assert str(parameter.metavar) in usage


@pytest.mark.parametrize(("command", "example"), EXAMPLES)
def test_an_example_can_be_parsed_as_it_stands(command: Page, example: str) -> None:
    words = next(part for part in re.split(r" \| ", example) if part.startswith("buttress " + command.name))
    words = re.split(r" [<>] ", words)[0]
    given = shlex.split(words)[1 + len(command.name.split()) :]
    context = command.context()
    command.command.parse_args(context, list(given))  # raises OptionError when it can't be parsed
    assert all(
        any(w.rstrip("/") in str(v) for v in context.params.values()) for w in given if not w.startswith("-")
    )


@pytest.mark.parametrize(
    "example",
    [
        e
        for c in COMMANDS
        for e in examples(c)
        if c.name in ("explain", "rules list", "coverage") and not e.endswith("/")
    ],
)
def test_an_example_that_needs_no_file_runs(example: str, buttress: Callable[..., Any]) -> None:
    ran = buttress(*shlex.split(example)[1:])
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out) > 60


def test_the_overview_lists_every_command_with_its_summary() -> None:
    text = overview()
    flat = re.sub(r"\s+", " ", text)
    assert all(f" {c.name} {(c.command.help or '').splitlines()[0]} " in flat for c in COMMANDS)
    assert all(f"\n  {examples(c)[0]}\n" in text for c in COMMANDS)
    assert all(len(line) <= WIDTH for line in text.splitlines())


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
    assert capsys.readouterr().out == err


def test_help_may_be_asked_for_by_its_name_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "fleet", "review"]) == 0
    shown = capsys.readouterr().out
    assert main(["fleet", "review", "--help"]) == 0
    assert shown == capsys.readouterr().out


def test_a_closed_pipe_ends_help_without_a_word() -> None:
    command = f"{sys.executable} -m buttress --help | true"
    ran = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True)
    assert (ran.stderr, ran.returncode) == ("", 0)


def test_the_version_is_that_of_the_installed_package(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"buttress {version('buttress')}\n"


def test_the_docs_show_the_help_of_every_command() -> None:
    text = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [c.name for c in COMMANDS if c.format_help() not in text] == [], "run: make docs"
    assert overview() in text
