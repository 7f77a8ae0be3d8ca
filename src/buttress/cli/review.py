"""review: from documents to findings."""

from __future__ import annotations

import argparse
import datetime
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buttress.cli.command import Command
from buttress.cli.output import in_colour, progress, tell, write

if TYPE_CHECKING:
    from buttress.report import Review

MODULES = {
    "terminal": "terminal",
    "markdown": "markdown",
    "html": "html",
    "json": "wire",
    "sarif": "sarif",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `review` takes."""
    parser.add_argument(
        "path", nargs="+", metavar="PATH", help="files or folders to read as one system; - is standard input"
    )
    parser.add_argument(
        "-f", "--format", choices=[*MODULES], default="terminal", help="what to print (default: terminal)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to FILE, whole or not at all, not to stdout"
    )
    parser.add_argument(
        "--fail-on", choices=["high", "medium", "low"], help="exit 1 when a finding is at least this severe"
    )
    parser.add_argument(
        "--rules",
        type=Path,
        metavar="DIR",
        help="a folder AREA/RULE.md with rule cards of your own, run as well",
    )
    parser.add_argument(
        "--index", type=Path, metavar="DIR", help="practices of your own (default: the nearest .buttress/)"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show remarks of the readers too")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing on stderr")


def review(given: argparse.Namespace) -> int:
    """Review one system and print it; 1 when something is as severe as `--fail-on`, 2 when nothing could be read."""
    from buttress import settings

    with progress("reviewing"):
        made, told = settings.review(
            given.path, rules=given.rules, index=given.index, today=datetime.date.today()
        )
        text = _render(made, given.format, given.output)
    tell(told, quiet=given.quiet, verbose=given.verbose)
    write(text, given.output)
    if not made.graph.components and any(d.level == "error" for d in told):
        return 2
    return 1 if given.fail_on and made.at_least(given.fail_on) else 0


def _render(made: Review, format_: str, output: Path | None) -> str:
    from importlib import import_module

    if format_ == "terminal":
        from buttress.report import terminal

        colour = output is None and in_colour(sys.stdout)
        width = shutil.get_terminal_size((100, 40)).columns if output is None and sys.stdout.isatty() else 100
        return terminal.render(made, colour=colour, width=min(width, 140))
    return str(import_module(f"buttress.report.{MODULES[format_]}").render(made))


REVIEW = Command(
    name="review",
    usage="[OPTIONS] PATH...",
    summary="Review one system: findings with their evidence, questions, strengths, next steps.",
    detail="""A finding is a defect that the sources show; what they leave open is asked as a question. A folder's
    buttress.yaml may ignore paths, add rules and suppress findings with a reason.""",
    examples=(
        "buttress review docs/ deploy/",
        "buttress review . --fail-on high --format sarif --output review.sarif",
        "buttress review design.md --format html --output review.html",
        "cat design.md | buttress review - --format markdown",
    ),
    arguments=arguments,
    run=review,
)
