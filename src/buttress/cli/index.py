"""index build, status, add, list, remove, rebuild: the compiled practices that search and citations use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from buttress.cli.form import Command, Group, OwnIndex, examples
from buttress.cli.output import counted, progress, tell, write

Kept = Annotated[
    Path | None,
    typer.Option(
        "--index",
        metavar="DIR",
        help="Where to keep them (default: the nearest .buttress/, else ./.buttress).",
    ),
]
User = Annotated[bool, typer.Option("--user", help="Keep them in your data folder, for all projects.")]
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
    options_metavar="[OPTIONS] PATH...",
    epilog=examples(
        "buttress index add standards/",
        "buttress index add handbook.pdf adr/ --index ci/.buttress",
        "buttress index add ~/handbook --user",
    ),
)
def add(
    path: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="Files or folders: Markdown, reStructuredText, AsciiDoc, HTML, text, Word, PDF.",
        ),
    ],
    index: Kept = None,
    user: User = False,
) -> None:
    """Make standards of your own searchable and citable.

    Documents are cut at their headings and paragraphs and kept with line or page. A file in the form of the cards in corpus/
    (SOURCE/ITEM.md with front matter) is a card: a rule of your own may cite it as SOURCE/ITEM. Search shows your own
    before others that are as near, and findings cite what supports them. Only what changed is read again; after an interruption the same
    command goes on.
    """
    from buttress.retrieval import own
    from buttress.retrieval.own import adding

    folder = _folder(index, user)
    with counted() as count:
        done = adding.add(path, folder, tell=count)
    tell(done.diagnostics)
    write(f"{done.new} read, {done.known} unchanged, {done.gone} gone\n" + own.status_text(folder))
    if done.diagnostics and not done.new + done.known:
        raise typer.Exit(2)  # nothing that was named could be read


@app.command("list", cls=Command, options_metavar="[OPTIONS]", epilog=examples("buttress index list"))
def list_(index: OwnIndex = None) -> None:
    """List the documents of your own: number of passages, path, title."""
    from buttress.retrieval import own

    write(own.list_text(_held(index)))


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] PATH...",
    epilog=examples("buttress index remove standards/old.md", "buttress index remove handbook/"),
)
def remove(
    path: Annotated[
        list[str],
        typer.Argument(metavar="PATH", help="Documents as `index list` shows them, or their folder."),
    ],
    index: OwnIndex = None,
) -> None:
    """Take documents of your own out of the index; the files stay."""
    from buttress.errors import SourceError
    from buttress.retrieval.own import adding

    count = adding.remove(path, _held(index))
    if not count:
        raise SourceError(path[0], "not among your own; buttress index list shows them")
    write(f"{count} removed\n")


@app.command(cls=Command, options_metavar="[OPTIONS]", epilog=examples("buttress index rebuild"))
def rebuild(index: OwnIndex = None) -> None:
    """Read and encode all documents of your own anew, for instance after they changed."""
    from buttress.retrieval import own
    from buttress.retrieval.own import adding

    folder = _held(index)
    with counted() as count:
        done = adding.rebuild(folder, tell=count)
    tell(done.diagnostics)
    write(own.status_text(folder))


def _folder(index: Path | None, user: bool) -> Path:
    from buttress.errors import OptionError
    from buttress.retrieval import own

    if index is not None and user:
        raise OptionError("--index and --user name two places; give one")
    return own.user_folder() if user else index or own.find() or Path(own.NAME)


def _held(index: Path | None) -> Path:
    from buttress.errors import SourceError
    from buttress.retrieval import own

    folder = own.find(index)
    if folder is None:
        raise SourceError(
            own.NAME, "you have no standards of your own here; add some with: buttress index add PATH..."
        )
    return folder
