"""index build, add, status: the compiled practices that search and citations use."""

from __future__ import annotations

import argparse
from pathlib import Path

from buttress.cli.command import Command
from buttress.cli.library import own_index
from buttress.cli.output import progress, write


def _nothing(_: argparse.ArgumentParser) -> None:
    """Declare no argument."""


def status(given: argparse.Namespace) -> int:
    """Print what the index holds and whether it is fresh."""
    from buttress.retrieval import indexing, own

    write(indexing.status_text())
    folder = own.find(given.index)
    if folder is not None:
        write("\n" + own.status_text(folder))
    return 0


def build(_: argparse.Namespace) -> int:
    """Compile the practices anew."""
    from buttress.retrieval import indexing
    from buttress.retrieval.build import build as make

    with progress("building the index"):
        make()
    write(indexing.status_text())
    return 0


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder SOURCE/ITEM.md of practice cards")
    parser.add_argument(
        "--index",
        type=Path,
        metavar="DIR",
        help="where to keep them compiled (default: the nearest .buttress/, else ./.buttress)",
    )


def add(given: argparse.Namespace) -> int:
    """Compile a folder of the user's own practice cards."""
    from buttress.retrieval import own

    folder = given.index or own.find() or Path(own.NAME)
    with progress("reading and encoding the cards"):
        own.add(given.folder, folder)
    write(own.status_text(folder))
    return 0


STATUS = Command(
    name="index status",
    usage="[OPTIONS]",
    summary="Show what the index holds, and whether it is fresh or how to rebuild it.",
    examples=("buttress index status",),
    arguments=own_index,
    run=status,
)
BUILD = Command(
    name="index build",
    usage="",
    summary="Build the index of published practices anew from the corpus.",
    detail="For those who change the corpus or the rules in a checkout; it needs the encoder's weights.",
    examples=("buttress index build",),
    arguments=_nothing,
    run=build,
)
ADD = Command(
    name="index add",
    usage="[OPTIONS] DIR",
    summary="Make practice cards of your own searchable and citable.",
    detail="""A card is DIR/SOURCE/ITEM.md in the form of those in corpus/. The cards are compiled into .buttress/ of the
    project (the nearest one from here upwards), which search, explain and review then use; a rule of your own may cite
    them as SOURCE/ITEM. Adding the same folder again replaces what it held before.""",
    examples=("buttress index add standards/", "buttress index add standards/ --index ci/.buttress"),
    arguments=_add_arguments,
    run=add,
)
