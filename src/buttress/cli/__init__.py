"""The command line: parse, call the pipeline, print, exit. One module a command group.

Exit 0 clean, 1 findings at or above `--fail-on`, 2 usage, input or internal. Reports go to stdout, everything else to stderr.
"""

from __future__ import annotations

import os
import sys

import typer

from buttress.cli import fleet, graph, library, review

app = typer.Typer(
    name="buttress",
    help="Review the architecture of a backend system from the documents, diagrams and manifests that you already have.",
    epilog="Start with: buttress review docs/ deploy/",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (review, graph, library):
    group.register(app)
app.add_typer(fleet.app, name="fleet")
app.add_typer(library.index_app, name="index")


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"buttress {installed('buttress')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit


def main() -> None:
    """Run the command line; an error of the caller's is one line on stderr and exit code 2."""
    from buttress.errors import ButtressError

    try:
        app()
    except ButtressError as error:
        sys.stderr.write(f"buttress: {error}\n")
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
