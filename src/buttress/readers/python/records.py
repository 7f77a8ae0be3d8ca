"""What one pass over a module's syntax tree keeps of it; the tree itself isn't kept."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from buttress.model import Evidence
from buttress.readers.python.texts import Text

# What stands in for a part that isn't there: drivers that do nothing, fakes.
_STAND_IN = re.compile(r"(?:^|_)(?:noop|no_op|fakes?|stub|dummy|mocks?)(?:_|$)")
# What makes commands of functions by a decorator.
_COMMANDS = frozenset("click typer flask quart cloup asyncclick rich_click".split())
_STAND_IN_CLASS = re.compile(r"_?(?:Noop|NoOp|NoOP|Fake|Stub|Dummy|Mock)(?:[A-Z_]|$)")


@dataclass(slots=True, eq=False)
class Import:
    """An import of a module by another: its dotted name, and whether it happens when the module is loaded."""

    name: str
    line: int
    at_start: bool
    only_types: bool = False
    names: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Function:
    """A function or method: its name in the module, decorators by dotted name, and parameters.

    `called` are the dotted names that it calls, each with its line; `lines` is its length.
    """

    name: str
    line: int
    is_async: bool
    module: Module
    owner: Class | None = None
    parent: Function | None = None
    decorators: list[tuple[str, ast.expr]] = field(default_factory=list)
    parameters: list[tuple[str, ast.expr | None, ast.expr | None]] = field(default_factory=list)
    returns: ast.expr | None = None
    lines: int = 0
    annotated: bool = False
    called: list[tuple[str, int]] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Return the dotted name: module, class, function."""
        within = f"{self.owner.name}." if self.owner is not None else ""
        return f"{self.module.name}.{within}{self.name}"

    @property
    def span(self) -> range:
        """Return the lines that it takes."""
        return range(self.line, self.line + self.lines)

    @property
    def is_command(self) -> bool:
        """Return whether people start it by hand and it ends: a command of click, Typer or Flask, or a function inside of one."""
        if self.parent is not None and self.parent.is_command:
            return True
        return self.is_made_command and not any(
            s.sort == "endless_loop" and s.function is self for s in self.module.spots
        )

    @property
    def is_made_command(self) -> bool:
        """Return whether a decorator of click, Typer or Flask makes a command of it."""
        libraries = {i.name.partition(".")[0] for i in self.module.imports}
        return any(name.endswith(".command") for name, _ in self.decorators) and not _COMMANDS.isdisjoint(
            libraries
        )

    @property
    def text(self) -> str:
        """Return the lines that it takes, as they are written."""
        return "\n".join(self.module.text.lines[self.line - 1 : self.line - 1 + self.lines])

    def tree(self) -> ast.Module | None:
        """Return its syntax tree, its own first line as line 1; None where its lines can't be parsed by themselves."""
        lines = self.text.split("\n")
        margin = len(lines[0]) - len(lines[0].lstrip())
        try:
            return ast.parse("\n".join(x[margin:] if not x[:margin].strip() else x for x in lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


@dataclass(slots=True, eq=False)
class Class:
    """A class: its bases by dotted name and what its body assigns."""

    name: str
    line: int
    module: Module
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    fields: list[Assigned] = field(default_factory=list)
    methods: list[Function] = field(default_factory=list)
    defines: frozenset[str] = frozenset()  # the names of its methods, also of those further down
    attributes: dict[str, str] = field(default_factory=dict)
    addresses: list[Assigned] = field(default_factory=list)  # of attributes that methods give a value
    parent: Class | None = None

    def field(self, name: str) -> Assigned | None:
        """Return what the body assigns to a name, the last time that it does."""
        return next((f for f in reversed(self.fields) if f.name == name), None)

    def address(self, name: str) -> Assigned | None:
        """Return what a method assigns to an attribute that holds an address, else what the body does."""
        return next((a for a in self.addresses if a.name == name), self.field(name))


@dataclass(slots=True, eq=False)
class Assigned:
    """A name that a module or class body gives a value or a type."""

    name: str
    value: ast.expr | None
    annotation: ast.expr | None
    line: int
    call: str = ""  # dotted name of what the value calls
    conditional: bool = False  # within an `if` or `try`


@dataclass(slots=True, eq=False)
class Call:
    """A call: the dotted name of what is called, as far as imports and assignments say it, and where it stands.

    A part that was called itself ends in `()`: `requests.Session().get`. A name that nothing binds begins with `~`.
    """

    name: str
    node: ast.Call
    module: Module
    function: Function | None
    loops: int
    within: tuple[str, ...]
    awaited: bool
    discarded: bool
    in_lambda: bool = False
    guarded: bool = False

    @property
    def line(self) -> int:
        """Return the line where the call begins."""
        return self.node.lineno

    @property
    def last(self) -> str:
        """Return the last part of the name."""
        return self.name.rpartition(".")[2]

    @property
    def in_command(self) -> bool:
        """Return whether it runs only where a person has started a command that ends: no request waits for it."""
        return self.function is not None and self.function.is_command

    @property
    def in_coroutine(self) -> bool:
        """Return whether it runs in an event loop: right inside `async def`."""
        return self.function is not None and self.function.is_async and not self.in_lambda

    def keyword(self, *names: str) -> ast.expr | None:
        """Return the value of the first keyword of these names that is given."""
        return keyword_of(self.node, *names)

    @property
    def open_ended(self) -> bool:
        """Return whether `*args` or `**kwargs` may bring more arguments than the call shows."""
        return any(k.arg is None for k in self.node.keywords) or any(
            isinstance(a, ast.Starred) for a in self.node.args
        )

    def argument(self, position: int, *names: str) -> ast.expr | None:
        """Return an argument by position or by keyword."""
        found = self.keyword(*names)
        if found is None and position < len(self.node.args):
            found = self.node.args[position]
        return None if isinstance(found, ast.Starred) else found

    @property
    def stands_in(self) -> bool:
        """Return whether only a fake or a driver that does nothing makes it."""
        owner = self.function.owner if self.function is not None else None
        return self.module.stands_in or (owner is not None and _STAND_IN_CLASS.match(owner.name) is not None)

    def evidence(self) -> Evidence:
        """Return the line of the call."""
        return self.module.text.at(self.line)


@dataclass(slots=True, eq=False)
class Spot:
    """A place in a module that means something by itself: `swallowed`, `bare_except`, `global` and the like."""

    sort: str
    line: int
    function: Function | None
    words: str = ""


@dataclass(slots=True, eq=False)
class Module:
    """One parsed file: dotted name within its project and what the pass found."""

    text: Text
    name: str
    is_package: bool = False
    code_lines: int = 0
    imports: list[Import] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    assigned: list[Assigned] = field(default_factory=list)
    addresses: dict[str, list[Assigned]] = field(default_factory=dict)  # of variables of functions
    spots: list[Spot] = field(default_factory=list)
    choices: list[tuple[range, ...]] = field(default_factory=list)  # the lines of each arm of its branches
    # The lines that only run while a name is true.
    switches: list[tuple[range, str]] = field(default_factory=list)
    # Functions and classes to choose from, by dotted name.
    tables: list[frozenset[str]] = field(default_factory=list)
    environment: list[tuple[str, int]] = field(default_factory=list)
    top_statements: int = 0
    main_lines: range = range(0)  # of `if __name__ == "__main__":`

    @property
    def has_main(self) -> bool:
        """Return whether something is done when the file is started by itself."""
        return bool(self.main_lines)

    @property
    def stands_in(self) -> bool:
        """Return whether the module, or a package inside of the top one, is called a fake or one that does nothing."""
        return not self.has_main and any(_STAND_IN.search(p) for p in self.name.split(".")[1:])

    def is_tried_at(self, line: int) -> bool:
        """Return whether a line of a package's module only runs when somebody tries the module by itself."""
        return line in self.main_lines and "." in self.name and not self.name.endswith("__main__")

    def around(self, line: int) -> list[Function]:
        """Return the functions that a line stands in, the innermost first."""
        return sorted((f for f in self.functions if line in f.span), key=lambda f: f.lines)

    @property
    def path(self) -> str:
        """Return the path of the file."""
        return self.text.path

    def value(self, name: str) -> Assigned | None:
        """Return what the module assigns to a name, the last time that it does."""
        return next((a for a in reversed(self.assigned) if a.name == name), None)


def keyword_of(node: ast.AST, *names: str) -> ast.expr | None:
    """Return the value of the first keyword of these names that a call gives, None for what is no call.

    >>> call = ast.parse("Field(ge=1, default=3)", mode="eval").body
    >>> ast.unparse(keyword_of(call, "default")), keyword_of(call, "le")
    ('3', None)
    """
    given = node.keywords if isinstance(node, ast.Call) else ()
    return next((k.value for k in given if k.arg in names), None)
