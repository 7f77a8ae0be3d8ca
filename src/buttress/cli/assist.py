"""draft, amend: what is in doubt, and what somebody has made of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from buttress.cli.form import Assist, Command, Model, Output, Sources, examples, one_of
from buttress.cli.output import progress, say, tell, write

if TYPE_CHECKING:
    from buttress.assist.asking import Assistant

Format = Literal["yaml", "json"]
MAX_TOLD = 20
app = typer.Typer()


def assistant(url: str | None, model: str | None) -> Assistant | None:
    """Return what asks the model that two options name, None without them; the key is in the environment."""
    if url is None and model is None:
        return None
    import os

    from buttress.errors import OptionError

    if not url or not model:
        raise OptionError("--assist URL and --model NAME belong together")
    from buttress.assist.asking import Assistant
    from buttress.assist.endpoint import Endpoint

    key = os.environ.get("BUTTRESS_API_KEY") or os.environ.get("OPENAI_API_KEY") or ""
    return Assistant(Endpoint(url, model, key))


def tell_of(asked: Assistant | None, *, quiet: bool = False) -> None:
    """Print to stderr what a model was asked, what it cost, and what of it wasn't taken."""
    if asked is None or quiet:
        return
    tell(asked.diagnostics[:MAX_TOLD])
    if len(asked.diagnostics) > MAX_TOLD:
        say(f"and {len(asked.diagnostics) - MAX_TOLD} more of that kind")
    say(asked.summary)


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
    assist: Assist = None,
    model: Model = None,
) -> None:
    """Show what was read and what is in doubt, in the form that amend takes.

    Names that may be components, sentences that may hold a flow, components without one, what was taken on little;
    what an answer changes most stands first. What a model proposes (--assist) is filled in already. Fill in the rest and
    give it to: buttress amend PATH... --from FILE
    """
    from buttress import settings
    from buttress.assist.drafting import draft as made

    asked = assistant(assist, model)
    with progress("reading"):
        collected = settings.collected(path)
        sources = [*collected.sources, *(asked(collected.sources) if asked else ())]
        proposed = asked.claims if asked else ()
        shown = made(sources, name=collected.name, limit=limit, proposed=proposed).rendered(format_)
    tell(collected.diagnostics)
    tell_of(asked)
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
    from buttress.sources import ADDITIONS, collect

    if "-" in path:
        raise OptionError("name the files: additions are kept beside them, and standard input has no place")
    answer = collect([from_]).sources[0]
    with progress("amending"):
        # the words of an answer that lies among the documents are no proof of it
        beside = None if from_ == "-" or Path(from_).name == ADDITIONS else Path(from_)
        read = settings.collected(path, apart_from=beside)
        done = made(path, read.sources, answer)
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
