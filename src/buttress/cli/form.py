"""What all commands share: their common arguments, help in one form, and mistakes told in one line."""

from __future__ import annotations

import difflib
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from buttress.cli.output import say, write
from buttress.errors import OptionError

if TYPE_CHECKING:  # typer has no public names for them
    from typer._click import Command as AnyCommand
    from typer._click import Context, HelpFormatter

WIDTH = 100
HELP = ["-h", "--help"]
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def one_of(choices: object) -> str:
    """Return how help shows the values of a Literal.

    >>> one_of(Literal["high", "low"])
    '{high,low}'
    """
    return "{" + ",".join(map(str, get_args(choices))) + "}"


_ENDINGS = {".html": "html", ".htm": "html", ".md": "markdown", ".json": "json", ".sarif": "sarif", ".mmd": "mermaid", ".dot": "dot", ".gv": "dot",
            ".graphml": "graphml", ".ttl": "turtle", ".jsonld": "jsonld"}  # fmt: skip


def by_ending(format_: str | None, output: Path | None, choices: object) -> str:
    """Return the format to print: the one that was asked for, else what the ending of the file says of those that there are, else terminal.

    >>> by_ending(None, Path("a.json"), Table), by_ending(None, Path("a.html"), Table), by_ending("json", None, Table)
    ('json', 'terminal', 'json')
    """
    meant = format_ or _ENDINGS.get(output.suffix.lower() if output else "", "terminal")
    return meant if meant in get_args(choices) else "terminal"


Table = Literal["terminal", "json"]
Severity = Literal["high", "medium", "low"]
Sources = Annotated[
    list[str],
    typer.Argument(metavar="PATH", help="Files or folders to read as one system; - is standard input."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        readable=False,
        metavar="FILE",
        help="Write to FILE, whole or not at all, not to stdout.",
    ),
]
AS_IT_ENDS = "What to print (default: as --output ends, else terminal)."
TableFormat = Annotated[
    Table | None, typer.Option("--format", "-f", metavar=one_of(Table), help=AS_IT_ENDS)
]  # fmt: skip
OwnIndex = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Standards of your own (default: the nearest .buttress/)."),
]
OwnRules = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="A folder AREA/RULE.md with rule cards of your own, run as well."),
]
Assist = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Ask a model at this OpenAI-compatible endpoint too; only quotes that stand count.",
    ),
]
Model = Annotated[str | None, typer.Option(metavar="NAME", help="The model to ask there.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show remarks of the readers too.")]


def check_area(area: str | None) -> None:
    """Raise UnknownName, with the nearest one, for an area that there is not; None is all areas."""
    from buttress.errors import UnknownName
    from buttress.rules import AREAS

    if area is not None and area not in AREAS:
        raise UnknownName.of("area", area, known=AREAS)


def examples(*lines: str) -> str:
    """Return the epilog that shows examples, each on a line of its own."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def examples_of(command: AnyCommand) -> list[str]:
    """Return the examples in the help of a command."""
    lines = [line.strip() for line in (command.epilog or "").splitlines()]
    return [line for line in lines if line and line not in ("\b", "Examples:")]


@dataclass(frozen=True, slots=True)
class Page:
    """The help of one command, for the docs and the tests; `name` may be two words."""

    name: str
    command: AnyCommand

    def context(self) -> Context:
        """Return the context in which the command shows its help and parses."""
        return typer.Context(
            self.command,
            info_name=f"buttress {self.name}".rstrip(),
            help_option_names=HELP,
            terminal_width=WIDTH,
        )

    def format_help(self) -> str:
        """Return the help as it is printed."""
        return self.command.get_help(self.context()) + "\n"


class Command(TyperCommand):
    """One command. `options_metavar` holds all that its usage line says, as an argument may stand in for another."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse the words behind the command; raises OptionError with what would be right."""
        for parameter in self.params:
            _keep_as_given(parameter)
        with _loading():
            return _parsed(super().parse_args, self, ctx, args)

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        """Return the option with a default, as a group does."""
        return _off(super().get_help_option(ctx))

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """Return what stands behind the name in the usage line."""
        return [self.options_metavar or ""]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the arguments by the names that the usage line has, then the options."""
        arguments = [
            (p.metavar or p.name, p.help)
            for p in self.params
            if p.param_type_name == "argument" and hasattr(p, "help")
        ]
        if arguments:
            with formatter.section("Arguments"):
                formatter.write_dl(arguments)
        _write_options(self, ctx, formatter)


class Group(TyperGroup):
    """A group of commands; its help lists the commands of the groups in it too."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse the words behind the group; without any, show its help (an error but for the whole program)."""
        if not args:
            text = ctx.get_help()
            if ctx.parent is None:
                write(text + "\n")
            else:
                say(text)
            raise typer.Exit(0 if ctx.parent is None else 2)
        return _parsed(super().parse_args, self, ctx, args)

    def get_help_option(self, ctx: Context) -> TyperOption | None:
        """Return the option with a default: typer needs pydantic, which takes long to load, to convert none at all."""
        return _off(super().get_help_option(ctx))

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, AnyCommand | None, list[str]]:
        """Return the command that the first word names; raises OptionError with the nearest one."""
        if args[0] not in self.commands:
            near = difflib.get_close_matches(args[0], [*self.commands, *dict(self.each())], n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else "there are: " + ", ".join(sorted(self.commands))
            raise OptionError(f"there is no command {args[0]!r}; {hint} (see: {ctx.command_path} --help)")
        return super().resolve_command(ctx, args)

    def each(self) -> Iterator[tuple[str, AnyCommand]]:
        """Yield every command with its name behind this group's, `fleet review` for one in a group."""
        for name, command in self.commands.items():
            if isinstance(command, Group):
                yield from ((f"{name} {second}", found) for second, found in command.each())
            else:
                yield name, command

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the options, then the commands with the first paragraph of each."""
        _write_options(self, ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl([(name, (c.help or "").partition("\n\n")[0]) for name, c in self.each()])

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the first example of each command, then how to learn more."""
        super().format_epilog(ctx, formatter)
        with formatter.section("Examples"):
            for _, command in self.each():
                formatter.write("".join(f"  {example}\n" for example in examples_of(command)[:1]))
        formatter.write_paragraph()
        formatter.write(f"More about one: {ctx.command_path} COMMAND --help\n")


def _off(option: TyperOption | None) -> TyperOption | None:
    if option:
        option.default = False
    return option


def _keep_as_given(parameter: Any) -> None:
    """Let a parameter take texts and choices as they are given: to convert them, typer loads pydantic, a tenth of a small review's time."""
    wanted = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    convert: Any = getattr(parameter, "get_runtime_param", None)
    if convert is None or not hasattr(parameter, "_runtime_param"):
        return  # another typer, which does it in its own way

    class AsGiven:
        def coerce(self, value: Any, param: Any, ctx: Context) -> Any:
            if value is None and parameter.nargs == 1 and not parameter.multiple:
                return None
            if wanted is str and type(value) is str:
                return value
            if get_origin(wanted) is Literal and type(value) is str and value.lower() in get_args(wanted):
                return value.lower()
            if wanted == list[str] and isinstance(value, tuple) and all(type(v) is str for v in value):
                return list(value)
            parameter._runtime_param = None
            return convert().coerce(value, param=param, ctx=ctx)

    parameter._runtime_param = AsGiven()


@contextmanager
def _loading() -> Iterator[None]:
    """Keep the garbage collector away from what is loaded for good: to parse, typer loads pydantic.

    Without it a review of the example system takes 0.04 s more.
    """
    if gc.get_freeze_count() or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _write_options(command: AnyCommand, ctx: Context, formatter: HelpFormatter) -> None:
    options = [p.get_help_record(ctx) for p in command.get_params(ctx) if p.param_type_name == "option"]
    with formatter.section("Options"):
        formatter.write_dl([shown for shown in options if shown])


def _parsed(
    parse: Callable[[Context, list[str]], list[str]], command: AnyCommand, ctx: Context, args: list[str]
) -> list[str]:
    words = list(args)  # the parser empties its list
    try:
        return parse(ctx, args)
    except UsageError as error:
        raise OptionError(
            f"{_mistake(command, ctx, words, error)} (see: {ctx.command_path} --help)"
        ) from None


def _mistake(command: AnyCommand, ctx: Context, words: list[str], error: Any) -> str:
    """Return what is wrong with the words behind a command, and what would be right."""
    if hasattr(error, "possibilities"):
        near = error.possibilities or ()
        return f"there is no option {error.option_name!r}" + (f"; did you mean {near[0]}?" if near else "")
    said = str(error.message).removeprefix("Value error, ").rstrip(".")
    if hasattr(error, "option_name"):
        return said[:1].lower() + said[1:]
    given, rest, _ = command.make_parser(ctx).parse_args(list(words))
    parameter = getattr(error, "param", None)
    if parameter is None:
        return f"unexpected {' '.join(rest)!r}" if rest else said
    value = given.get(parameter.name)
    if value is None:
        needed = [p for p in command.params if p.param_type_name == "argument" and p.required]
        found = [given.get(p.name) for p in needed]
        count = sum(len(v) if isinstance(v, tuple) else v is not None for v in found)
        return "these arguments are required: " + ", ".join(str(p.metavar) for p in needed[count:])
    name = max(parameter.opts, key=len)
    if getattr(parameter, "max", None) is not None:
        return f"{name}: {value!r} is not a whole number between {parameter.min} and {parameter.max}"
    return f"{name}: {said}"
