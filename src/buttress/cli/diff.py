"""diff: what changed from one state of a system to another."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

import typer

from buttress.cli.form import (
    AS_IT_ENDS,
    Command,
    Output,
    OwnIndex,
    OwnRules,
    Severity,
    Verbose,
    by_ending,
    examples,
    one_of,
)
from buttress.cli.output import failed, is_unread, progress, say, tell, write

Format = Literal["terminal", "markdown", "json"]
app = typer.Typer()


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] OLD NEW",
    epilog=examples(
        "buttress diff ../main/docs docs/",
        "buttress diff main.json . --output changes.md",
        "buttress diff main.json . --fail-on high",
    ),
)
def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A file or folder as it was, or its graph in JSON.")
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same as it is now; - is standard input.")],
    format_: Annotated[
        Format | None, typer.Option("--format", "-f", metavar=one_of(Format), help=AS_IT_ENDS)
    ] = None,
    output: Output = None,
    fail_on: Annotated[
        Severity | None,
        typer.Option(
            metavar=one_of(Severity),
            help="Exit 1 when a finding that is new or worse is at least this severe.",
        ),
    ] = None,
    rules: OwnRules = None,
    index: OwnIndex = None,
    verbose: Verbose = False,
) -> None:
    """Show what changed in a system: components, flows, facts, findings that are new or gone.

    Keep a graph with: buttress graph PATH... --output main.json
    """
    from buttress import settings
    from buttress.report import diff as page

    today = datetime.date.today()
    with progress("reviewing both"):
        before, unread = settings.review([old], rules=rules, index=index, today=today)
        after, told = settings.review([new], rules=rules, index=index, today=today)
        changes = page.diff(before, after)
    for made, problems in ((before, unread), (after, told)):
        if is_unread(made.graph, problems):
            tell(problems, verbose=verbose)
            raise typer.Exit(2)
    tell(told, verbose=verbose)
    render = {"terminal": page.to_text, "markdown": page.to_markdown, "json": page.to_json}
    write(render[by_ending(format_, output, Format)](changes), output)
    if fail_on and (failing := changes.at_least(fail_on)):
        say(failed(len(failing), fail_on))
        raise typer.Exit(1)
