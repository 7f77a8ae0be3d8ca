# LEAD TO HELPER: STOP replacing typer. The user named typer and expects to see it at work (it is a dependency in pyproject). Rebuild these
# commands on typer as in git HEAD (git show HEAD:src/buttress/cli/__init__.py), keep your features (did-you-mean, fixed help width, groups), delete
# command.py and this note. Budget: --help under 0.25 s with typer (import rich and engines lazily; rich_markup_mode=None, pretty_exceptions_enable=False).
"""The command line: parse, call the pipeline, print, exit. One module a command group.

Exit 0 clean, 1 findings at or above `--fail-on`, 2 usage, input or internal. Reports go to stdout, everything else to stderr.
"""

from __future__ import annotations

import difflib
import io
import sys
from collections.abc import Sequence

from buttress.cli import fleet, graph, index, library, review
from buttress.cli.command import Command
from buttress.cli.output import say, write
from buttress.errors import ButtressError, OptionError

COMMANDS: tuple[Command, ...] = (
    review.REVIEW,
    graph.GRAPH,
    graph.QUERY,
    graph.IMPACT,
    graph.PATHS,
    library.EXPLAIN,
    library.RULES,
    library.SEARCH,
    library.COVERAGE,
    fleet.REVIEW,
    index.STATUS,
    index.BUILD,
    index.ADD,
)
_NAMES = {command.name: command for command in COMMANDS}
_GROUPS = {"fleet": "many services at once", "index": "the index of published practices and of your own"}


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; what the caller got wrong is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can't show → shows ? and goes on
    try:
        return _run(list(sys.argv[1:] if words is None else words))
    except ButtressError as error:
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


def _run(words: list[str]) -> int:
    first = words[0] if words else "--help"
    if first in ("-h", "--help", "help"):
        write(overview())
        return 0
    if first == "--version":
        from importlib.metadata import version

        write(f"buttress {version('buttress')}\n")
        return 0
    if first in _NAMES:
        return _NAMES[first](words[1:])
    if first not in _GROUPS:
        raise OptionError(_unknown("command" if first[:1] != "-" else "option", first, [*_NAMES, *_GROUPS]))
    second = words[1] if len(words) > 1 else ""
    if second in ("", "-h", "--help"):
        (write if second else say)(overview(first))
        return 0 if second else 2
    if f"{first} {second}" not in _NAMES:
        raise OptionError(_unknown(f"command {first}", second, _members(first)))
    return _NAMES[f"{first} {second}"](words[2:])


def overview(group: str = "") -> str:
    """Return the help of the whole command line, or of one group of commands.

    >>> print(overview("fleet").splitlines()[0])
    usage: buttress fleet COMMAND ...
    """
    shown = [c for c in COMMANDS if not group or c.name.startswith(f"{group} ")]
    told = _GROUPS.get(group) or (
        "Review the architecture of a backend system from the documents, diagrams and manifests that you already have."
    )
    lines = [
        f"usage: buttress {group + ' ' if group else ''}COMMAND ...",
        "",
        told[:1].upper() + told[1:],
        "",
        "commands:",
    ]
    lines += [f"  {c.name:<14}{c.summary}" for c in shown]
    if not group:
        lines += [
            "",
            "options:",
            "  -h, --help    show this help and exit",
            "  --version     print the version and exit",
        ]
        lines += [
            "",
            "exit codes:",
            "  0 clean, 1 findings at or above --fail-on, 2 usage, input or internal error",
        ]
        lines += ["", "examples:", *[f"  {e}" for c in COMMANDS for e in c.examples[:1]]]
    lines += ["", f"More about one: buttress {group or 'COMMAND'} {'COMMAND ' if group else ''}--help"]
    return "\n".join(lines) + "\n"


def _members(group: str) -> list[str]:
    return [name.partition(" ")[2] for name in _NAMES if name.startswith(f"{group} ")]


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = (
        f"did you mean {near[0]!r}?"
        if near
        else "there are: " + ", ".join(sorted({n.split()[0] for n in known}))
    )
    return f"there is no {what} {name!r}; {hint} (see: buttress --help)"
