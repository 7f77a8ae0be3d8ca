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
    AS_IT_ENDS,
    Assist,
    Command,
    Model,
    Output,
    OwnIndex,
    OwnRules,
    Severity,
    Sources,
    Verbose,
    by_ending,
    examples,
    one_of,
)
from buttress.cli.output import failed, in_colour, is_terminal, is_unread, progress, say, tell_all, write

if TYPE_CHECKING:
    from buttress.report import Review

Format = Literal["terminal", "markdown", "html", "json", "sarif", "gitlab"]
app = typer.Typer()


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] PATH...",
    epilog=examples(
        "buttress review docs/ deploy/",
        "buttress review . --fail-on high --output review.sarif",
        "buttress review . --baseline main.json --fail-on medium",
        "buttress review design.md --output review.html",
        "cat design.md | buttress review - --format markdown",
    ),
)
def review(
    path: Sources,
    format_: Annotated[
        Format | None, typer.Option("--format", "-f", metavar=one_of(Format), help=AS_IT_ENDS)
    ] = None,
    output: Output = None,
    fail_on: Annotated[
        Severity | None,
        typer.Option(metavar=one_of(Severity), help="Exit 1 when a finding is at least this severe."),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="An earlier review in JSON: only what is new or worse is shown and counts."
        ),
    ] = None,
    rules: OwnRules = None,
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
        made, told = settings.review(
            path, rules=rules, index=index, today=today, baseline=baseline, assist=asked
        )
        text = _render(made, by_ending(format_, output, Format), output, _root(path))
    tell_all(made.graph, told, quiet=quiet, verbose=verbose)
    tell_of(asked, quiet=quiet)
    write(text, output)
    if is_unread(made.graph, told):
        raise typer.Exit(2)
    if fail_on and (failing := made.at_least(fail_on)):
        if not quiet:
            say(failed(len(failing), fail_on))
        raise typer.Exit(1)


def _root(paths: list[str]) -> str:
    """Return the folder that the places of a review are meant from, seen from here; files of a single folder are named within it.

    >>> _root(["."]), _root(["docs", "deploy"]), _root(["/"])
    ('', '', '/')
    """
    if len(paths) > 1 or not Path(paths[0]).is_dir():
        return ""
    folder, here = Path(paths[0]).resolve(), Path.cwd()
    shown = (folder.relative_to(here) if folder.is_relative_to(here) else folder).as_posix()
    return "" if shown == "." else shown.rstrip("/") + "/"


def _render(made: Review, format_: str, output: Path | None, root: str) -> str:
    if format_ == "terminal":
        from buttress.report import terminal

        colour = output is None and in_colour(sys.stdout)
        width = (
            shutil.get_terminal_size((100, 40)).columns if output is None and is_terminal(sys.stdout) else 100
        )
        return terminal.render(made, colour=colour, width=min(width, 140))
    from importlib import import_module

    module = import_module(f"buttress.report.{'wire' if format_ == 'json' else format_}")
    for_a_host = {"root": root} if format_ in ("sarif", "gitlab") else {}
    return str(module.render(made, **for_a_host))
