"""index build, add, status: the compiled practices that search and citations use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from buttress.cli.form import Command, Group, OwnIndex, examples
from buttress.cli.output import progress, write

app = typer.Typer(
    cls=Group,
    help="The index of published practices and of your own.",
    options_metavar="",
    subcommand_metavar="COMMAND ...",
)


@app.command(cls=Command, options_metavar="[OPTIONS]", epilog=examples("buttress index status"))
def status(index: OwnIndex = None) -> None:
    """Show what the index holds, and whether it is fresh or how to rebuild it."""
    from buttress.retrieval import indexing, own

    write(indexing.status_text())
    folder = own.find(index)
    if folder is not None:
        write("\n" + own.status_text(folder))


@app.command(cls=Command, options_metavar="[OPTIONS]", epilog=examples("buttress index build"))
def build() -> None:
    """Build the index of published practices anew from the corpus.

    For those who change the corpus or the rules in a checkout; it needs the encoder's weights.
    """
    from buttress.retrieval import indexing
    from buttress.retrieval.build import build as make

    with progress("building the index"):
        make()
    write(indexing.status_text())


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] DIR",
    epilog=examples("buttress index add standards/", "buttress index add standards/ --index ci/.buttress"),
)
def add(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A folder SOURCE/ITEM.md of practice cards."),
    ],
    index: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where to keep them compiled (default: the nearest .buttress/, else ./.buttress).",
        ),
    ] = None,
) -> None:
    """Make practice cards of your own searchable and citable.

    A card is DIR/SOURCE/ITEM.md in the form of those in corpus/. The cards are compiled into .buttress/ of the
    project (the nearest one from here upwards), which search, explain and review then use; a rule of your own may cite
    them as SOURCE/ITEM. Adding the same folder again replaces what it held before.
    """
    from buttress.retrieval import own

    kept = index or own.find() or Path(own.NAME)
    with progress("reading and encoding the cards"):
        own.add(folder, kept)
    write(own.status_text(kept))
