"""The command line: parse, call the pipeline, print, exit. One module a command group.

Exit 0 clean, 1 findings at or above `--fail-on`, 2 usage, input or internal. Reports go to stdout, everything else to stderr.
"""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Sequence
from typing import Annotated, cast

import typer

from buttress.cli import assist, diff, fleet, graph, index, library, review, rules
from buttress.cli.form import HELP, WIDTH, Group, Page, UsageError
from buttress.cli.output import mute, say, write
from buttress.errors import ButtressError

app = typer.Typer(
    cls=Group,
    help="Review the architecture of a backend system from the documents, diagrams and manifests that you already have.",
    epilog="Exit codes: 0 clean, 1 findings at or above --fail-on, 2 usage, input or internal error.",
    context_settings={"help_option_names": HELP, "terminal_width": WIDTH},
    options_metavar="",
    subcommand_metavar="COMMAND ...",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for commands in (review.app, graph.app, diff.app, assist.app, library.app):
    app.add_typer(commands)
app.add_typer(rules.app, name="rules")
app.add_typer(fleet.app, name="fleet")
app.add_typer(index.app, name="index")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        write(f"buttress {version('buttress')}\n")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


ROOT = cast(Group, typer.main.get_command(app))
COMMANDS = tuple(Page(name, command) for name, command in ROOT.each())


def overview() -> str:
    """Return the help of the whole command line.

    >>> overview().splitlines()[0]
    'Usage: buttress COMMAND ...'
    """
    return Page("", ROOT).format_help()


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; what the caller got wrong is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can't show → shows ? and goes on
    given = list(sys.argv[1:] if words is None else words)
    if given[:1] == ["help"]:
        given = [*given[1:], "--help"]
    try:
        with ROOT.make_context("buttress", given) as context:
            ROOT.invoke(context)
        return 0
    except typer.Exit as stopped:
        return stopped.exit_code
    except BrokenPipeError:  # help is the one text that doesn't go through `write`
        mute(sys.stdout)
        return 0
    except (ButtressError, UsageError) as error:
        say(f"buttress: {error}")
        return 2
    except KeyboardInterrupt:
        say("buttress: interrupted")
        return 130
    except Exception:
        import traceback

        say(
            traceback.format_exc()
            + "buttress: this is a bug in Buttress; please report it with the lines above"
        )
        return 2


def run() -> int:
    """Run the command line as a process of its own and return the exit code.

    A command leaves hardly any cyclic garbage, so only those that go through any number of files collect it.
    """
    if sys.argv[1:2] not in (["fleet"], ["index"]):
        gc.disable()
    code = main()
    gc.freeze()  # nothing needs to be taken apart at the end
    return code
