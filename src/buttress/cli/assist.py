"""draft, amend: what is in doubt, and what somebody has made of it."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from buttress.cli.form import Command, Output, Sources, examples, one_of
from buttress.cli.output import progress, say, tell, write

Format = Literal["yaml", "json"]
app = typer.Typer()


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] PATH...",
    epilog=examples(
        "buttress draft docs/ > work.yaml",
        "buttress draft design.md --format json --limit 20",
    ),
)
def draft(
    path: Sources,
    format_: Annotated[
        Format, typer.Option("--format", "-f", metavar=one_of(Format), help="What to print.")
    ] = "yaml",
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="At most N doubts of a kind.")] = 8,
    output: Output = None,
) -> None:
    """Show what was read and what is in doubt, in the form that amend takes.

    Names that may be components, sentences that may hold a flow, components without one, what was taken on little;
    what an answer changes most stands first. Fill it in and give it to: buttress amend PATH... --from FILE
    """
    from buttress import settings
    from buttress.assist.drafting import draft as made

    with progress("reading"):
        collected = settings.collected(path)
        shown = made(collected.sources, name=collected.name, limit=limit).rendered(format_)
    tell(collected.diagnostics)
    write(shown, output)


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] PATH... --from FILE",
    epilog=examples(
        "buttress amend docs/ --from work.yaml",
        "buttress amend design.md --from - < answer.json",
    ),
)
def amend(
    path: Sources,
    from_: Annotated[
        str,
        typer.Option(
            "--from", metavar="FILE", help="Additions in YAML or JSON, as draft shows them; - is stdin."
        ),
    ],
) -> None:
    """Add what somebody has seen to the reading: components, flows, facts, stances, merges, rejections.

    Each entry needs a quote that stands in the sources. What holds is kept in buttress.additions.yaml beside the documents, which
    every command reads; what doesn't is listed with its line and reason, and the exit code is 2.
    """
    from buttress import settings
    from buttress.assist.amending import amend as made
    from buttress.errors import OptionError
    from buttress.sources import collect

    if "-" in path:
        raise OptionError("name the files: additions are kept beside them, and standard input has no place")
    answer = collect([from_]).sources[0]
    with progress("amending"):
        done = made(path, settings.collected(path).sources, answer)
    if done.text:
        write(done.text, done.file)
    tell(done.refused)
    counts = f"{done.new} added, {done.known} there already, {len(done.refused)} refused"
    grown = ", ".join(
        f"{what} {len(before)} → {len(after)}"
        for what, before, after in (
            ("components", done.before.components, done.after.components),
            ("flows", done.before.flows, done.after.flows),
        )
    )
    say(f"{done.file if done.text else 'nothing written'}: {counts}; {grown}")
    if done.refused:
        raise typer.Exit(2)
