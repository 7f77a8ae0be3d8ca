"""review: from documents to findings."""

from __future__ import annotations

import datetime
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from buttress.cli.output import tell, write

if TYPE_CHECKING:
    from buttress.report import Review


class Format(StrEnum):
    """What `buttress review` can print."""

    terminal = "terminal"
    markdown = "markdown"
    html = "html"
    json = "json"
    sarif = "sarif"


class FailOn(StrEnum):
    """From which severity on findings fail the command."""

    high = "high"
    medium = "medium"
    low = "low"


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command(
        "review",
        epilog="Examples: buttress review docs/ deploy/ · buttress review . --fail-on high --format sarif -o out.sarif",
    )(review)


def review(
    path: list[str] = typer.Argument(
        ..., help="Files or folders to read as one system; - is standard input.", metavar="PATH..."
    ),
    format_: Format = typer.Option(Format.terminal, "--format", "-f", help="What to print."),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="Write to this file (whole or not at all) instead of stdout."
    ),
    fail_on: FailOn | None = typer.Option(
        None, "--fail-on", help="Exit 1 when a finding is at least this severe."
    ),
    rules: Path | None = typer.Option(
        None, "--rules", help="A folder AREA/RULE.md with rule cards of your own, run as well."
    ),
    verbose: bool = typer.Option(False, "--verbose", "-v", help="Show remarks of the readers too."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Say nothing on stderr."),
) -> None:
    """Review the architecture of one system: findings with their evidence, questions, strengths, next steps."""
    from buttress import pipeline, settings
    from buttress.rules import load_dir, shipped

    configured = settings.find(path)
    cards = shipped()
    for folder in (*([rules] if rules else []), *configured.rules):
        cards = (*cards, *load_dir(folder))
    made = pipeline.review(path, rules=cards, ignore=configured.ignore)
    made = settings.apply(made, configured, today=datetime.date.today())
    tell((*configured.diagnostics, *made.graph.diagnostics), quiet=quiet, verbose=verbose)
    write(_render(made, format_, output), output)
    if fail_on is not None and made.at_least(fail_on.value):
        raise typer.Exit(1)


def _render(made: Review, format_: Format, output: Path | None) -> str:
    from importlib import import_module

    if format_ is Format.terminal:
        from buttress.report import terminal

        colour = output is None and sys.stdout.isatty()
        width = shutil.get_terminal_size((100, 40)).columns if colour else 100
        return terminal.render(made, colour=colour, width=min(width, 140))
    module = {"markdown": "markdown", "html": "html", "json": "wire", "sarif": "sarif"}[format_.value]
    return str(import_module(f"buttress.report.{module}").render(made))
