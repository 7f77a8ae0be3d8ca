"""review: from documents to findings."""

from __future__ import annotations

import datetime
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from buttress.cli.assist import assistant, tell_of
from buttress.cli.form import (
    Assist,
    Command,
    Model,
    Output,
    OwnIndex,
    Severity,
    Sources,
    Verbose,
    examples,
    one_of,
)
from buttress.cli.output import in_colour, is_unread, progress, tell, write

if TYPE_CHECKING:
    from buttress.report import Review

Format = Literal["terminal", "markdown", "html", "json", "sarif"]
app = typer.Typer()


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] PATH...",
    epilog=examples(
        "buttress review docs/ deploy/",
        "buttress review . --fail-on high --format sarif --output review.sarif",
        "buttress review design.md --format html --output review.html",
        "cat design.md | buttress review - --format markdown",
    ),
)
def review(
    path: Sources,
    format_: Annotated[
        Format, typer.Option("--format", "-f", metavar=one_of(Format), help="What to print.")
    ] = "terminal",
    output: Output = None,
    fail_on: Annotated[
        Severity | None,
        typer.Option(metavar=one_of(Severity), help="Exit 1 when a finding is at least this severe."),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder AREA/RULE.md with rule cards of your own, run as well."),
    ] = None,
    index: OwnIndex = None,
    verbose: Verbose = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr.")] = False,
    assist: Assist = None,
    model: Model = None,
) -> None:
    """Review one system: findings with their evidence, questions, strengths, next steps.

    A finding is a defect that the sources show; what they leave open is asked as a question. A folder's
    buttress.yaml may ignore paths, add rules and suppress findings with a reason.
    """
    from buttress import settings

    asked = assistant(assist, model)
    with progress("reviewing"):
        today = datetime.date.today()
        made, told = settings.review(path, rules=rules, index=index, today=today, assist=asked)
        text = _render(made, format_, output)
    tell(told, quiet=quiet, verbose=verbose)
    tell_of(asked, quiet=quiet)
    write(text, output)
    if is_unread(made.graph, told):
        raise typer.Exit(2)
    if fail_on and made.at_least(fail_on):
        raise typer.Exit(1)


def _render(made: Review, format_: Format, output: Path | None) -> str:
    from importlib import import_module

    if format_ == "terminal":
        from buttress.report import terminal

        colour = output is None and in_colour(sys.stdout)
        width = shutil.get_terminal_size((100, 40)).columns if output is None and sys.stdout.isatty() else 100
        return terminal.render(made, colour=colour, width=min(width, 140))
    module = "wire" if format_ == "json" else format_
    return str(import_module(f"buttress.report.{module}").render(made))
