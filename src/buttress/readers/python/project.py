"""One project, parsed: its modules, and its calls, classes and settings by name."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from buttress.model import Diagnostic
from buttress.readers.python.frameworks import application_of, is_application
from buttress.readers.python.packages import Packages
from buttress.readers.python.parsing import MAX_CODE_BYTES, parse
from buttress.readers.python.projects import Files, module_name
from buttress.readers.python.records import Assigned, Call, Class, Function, Module
from buttress.readers.python.settings import settings_of
from buttress.readers.python.watched import ROOTS

MAX_HOPS = 6
MAX_NUMBER = 10**15


@dataclass(eq=False)
class Project:
    """A project's modules, and indexes over what they hold. `modules` are the service's own, scripts are kept apart."""

    files: Files
    modules: list[Module]
    scripts: list[Module]
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """Return the project's folder, nothing for the top."""
        return self.files.folder

    @property
    def packages(self) -> Packages:
        """Return what the project declares."""
        return self.files.packages

    @cached_property
    def by_path(self) -> dict[str, Module]:
        """Return the modules by the paths of their files."""
        return {m.path: m for m in self.modules}

    @cached_property
    def by_name(self) -> dict[str, Module]:
        """Return the modules by dotted name."""
        return {m.name: m for m in (*self.scripts, *self.modules)}

    @cached_property
    def variables(self) -> dict[str, str]:
        """Return what the variables of all modules hold, by dotted name."""
        return {f"{m.name}.{n}": kind for m in self.modules for n, kind in m.variables.items()}

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Return the functions and methods of all modules by dotted name."""
        return {f.path: f for m in self.modules for f in m.functions if f.parent is None}

    @cached_property
    def callers(self) -> dict[str, list[tuple[Function, int]]]:
        """Return the functions of the project that call something, and the line, by the dotted name of what they call."""
        out: dict[str, list[tuple[Function, int]]] = {}
        for module in self.modules:
            for function in module.functions:
                for name, line in function.called:
                    out.setdefault(self.meaning(name), []).append((function, line))
        return out

    @cached_property
    def classes(self) -> dict[str, Class]:
        """Return the classes of all modules by dotted name."""
        return {f"{m.name}.{c.name}": c for m in self.modules for c in m.classes}

    @cached_property
    def derived(self) -> dict[str, str]:
        """Return the classes of the project that derive from a framework's application, by dotted name, with what they derive from."""
        out: dict[str, str] = {}
        for name in self.classes:
            found = next(
                (b for b in self.bases_of(name) if b not in self.classes and is_application(b)), None
            )
            if found is not None:
                out[name] = application_of(found)
        return out

    @cached_property
    def made(self) -> dict[str, tuple[Class, str]]:
        """Return the classes of the project, whatever they are called, that functions make, or settings name, and that are a framework's application."""
        if not self.derived:
            return {}
        called = {
            self.meaning(name)
            for m in self.modules
            for f in m.functions
            for name, _ in f.called
            if "(" not in name
        }
        return {
            n: (self.classes[n], base)
            for n, base in self.derived.items()
            if n in called or any(f'"{n}"' in t or f"'{n}'" in t for t in self._texts)
        }

    @property
    def _texts(self) -> Iterator[str]:
        return (m.text.source.text for m in self.modules)

    def bases_of(self, name: str) -> tuple[str, ...]:
        """Return what a class of the project derives from, directly and through its other classes, the nearest first."""
        out: list[str] = []
        level = [name]
        for _ in range(MAX_HOPS + 1):
            bases = [b for n in level if n in self.classes for b in self.classes[n].bases]
            level = [self._through_package(b) or b for b in bases]
            out += level
        return tuple(dict.fromkeys(out))

    def methods_of(self, name: str) -> tuple[str, ...]:
        """Return the methods that a class of the project and its own bases define."""
        return tuple(m for own in (name, *self.bases_of(name)) for m in self._methods.get(own, ()))

    @cached_property
    def _methods(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for path in self.functions:
            out.setdefault(path.rpartition(".")[0], []).append(path)
        return out

    def _underlying(self, name: str) -> str:
        """Return a name with a class of the project's own at its head replaced by the application that it derives from."""
        head = name.partition("(")[0]
        if head in self.derived:
            return self.derived[head] + name[len(head) :]
        return name if head in self.classes else application_of(head) + name[len(head) :]

    def _given_back(self, name: str) -> str:
        """Return a name in which a function of the project stands for the library's object that it says it gives back.

        `shop.clients.rates().get` → `httpx.AsyncClient().get`, for `def rates() -> httpx.AsyncClient`.
        """
        head, called, rest = name.partition("()")
        function = self.functions.get(head) if called else None
        if function is None or function.returns is None:
            return name
        said: ast.expr = function.returns
        if isinstance(said, ast.BinOp):
            said = said.left
        if not isinstance(said, ast.Name | ast.Attribute):
            return name
        root, _, more = ast.unparse(said).partition(".")
        kind = f"{function.module.names.get(root, '')}.{more}".strip(".")
        return f"{kind}(){rest}" if kind.partition(".")[0] in ROOTS else name

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Return the calls of the service's modules, names resolved across modules, in the order of the files; none of fakes."""
        memo: dict[str, str] = {}
        for module in self.modules:
            for call in module.calls:
                call.name = (
                    memo[call.name]
                    if call.name in memo
                    else memo.setdefault(
                        call.name, self._underlying(self._given_back(self.meaning(call.name)))
                    )
                )
            for function in module.functions:
                function.decorators = [(self._underlying(self.meaning(n)), d) for n, d in function.decorators]
        return tuple(c for m in self.modules for c in m.calls if not c.stands_in)

    @cached_property
    def _by_call(self) -> dict[str, list[Call]]:
        out: dict[str, list[Call]] = defaultdict(list)
        for call in self.calls:
            out[call.name].append(call)
        return out

    @cached_property
    def _by_last(self) -> dict[str, list[Call]]:
        out: dict[str, list[Call]] = defaultdict(list)
        for call in self.calls:
            out[call.last].append(call)
        return out

    @cached_property
    def _by_root(self) -> dict[str, list[Call]]:
        out: dict[str, list[Call]] = defaultdict(list)
        for call in self.calls:
            out[call.name.partition(".")[0].partition("(")[0]].append(call)
        return out

    def called(self, *names: str) -> Iterator[Call]:
        """Yield the calls of exactly these dotted names."""
        for name in names:
            yield from self._by_call.get(name, ())

    def ending(self, *names: str) -> Iterator[Call]:
        """Yield the calls whose last part is one of these names."""
        for name in names:
            yield from self._by_last.get(name, ())

    def under(self, *roots: str) -> Iterator[Call]:
        """Yield the calls into these top packages."""
        for root in roots:
            yield from self._by_root.get(root, ())

    def meaning(self, name: str) -> str:
        """Return a dotted name with the project's own variables replaced by what they hold: `app.db.cache.get` → `redis.Redis().get`."""
        for _ in range(MAX_HOPS):
            head, found = name, None
            while "." in head:
                if head in self.variables:
                    found = self.variables[head]
                    break
                head = head.rpartition(".")[0]
            if found is None:
                again = self._through_package(name)
                if again is None:
                    return name
                name = again
                continue
            if found == head:
                return name
            name = found + name[len(head) :]
            if name.startswith("~"):
                return name
        return name

    def _through_package(self, name: str) -> str | None:
        """Return the name that a package's `__init__` takes another one from: `app.db.engine` → `app.db.session.engine`."""
        head = name
        while "." in head:
            parent, _, last = head.rpartition(".")
            module = self.by_name.get(parent)
            if module is not None:
                source = module.names.get(last.partition("(")[0].partition("[")[0])
                if source is not None and source != head and not source.startswith(head + "."):
                    tail = last[len(last.partition("(")[0].partition("[")[0]) :] + name[len(head) :]
                    return source + tail
                return None
            head = parent
        return None

    def imported(self, *roots: str) -> tuple[Module, int] | None:
        """Return the first module, and line, that imports one of these packages."""
        for root in roots:
            if root in self._imports:
                return self._imports[root]
        return None

    @cached_property
    def _imports(self) -> dict[str, tuple[Module, int]]:
        out: dict[str, tuple[Module, int]] = {}
        for module in self.modules:
            for entry in module.imports:
                if entry.only_types:
                    continue
                parts = entry.name.split(".")
                for n in range(1, len(parts) + 1):
                    out.setdefault(".".join(parts[:n]), (module, entry.line))
                for name in entry.names:
                    out.setdefault(f"{entry.name}.{name}", (module, entry.line))
        return out

    @cached_property
    def settings(self) -> dict[str, tuple[Module, Assigned]]:
        """Return what settings modules and settings classes assign, by name in lower case; production's word counts first."""
        return settings_of(self.modules)


def load(files: Files) -> Project:
    """Return a project with its modules parsed; what can't be parsed becomes a diagnostic."""
    root = files.source_root
    own = frozenset(
        name.partition(".")[0] for t in (*files.code, *files.scripts) for name in (module_name(t.path, root),)
    )
    diagnostics = list(files.packages.diagnostics)
    modules: list[Module] = []
    scripts: list[Module] = []
    budget = MAX_CODE_BYTES
    for group, into in ((files.code, modules), (files.scripts, scripts)):
        for text in sorted(group, key=lambda t: t.path):
            budget -= len(text.source.text)
            if budget < 0:
                diagnostics.append(
                    text.note(
                        1, f"more than {MAX_CODE_BYTES / 1e6:.0f} MB of code; this and the rest was not read"
                    )
                )
                break
            module, problem = parse(text, module_name(text.path, root), own)
            if module is not None:
                into.append(module)
            if problem is not None:
                diagnostics.append(problem)
    return Project(files, modules, scripts, diagnostics)


def constant(node: ast.AST | None) -> object:
    """Return the value of a literal, None for what isn't one; a negative number is one too.

    >>> constant(ast.parse("-3", mode="eval").body), constant(ast.parse("x", mode="eval").body)
    (-3, None)
    """
    if isinstance(node, ast.Constant):
        return None if isinstance(node.value, int | float) and abs(node.value) > MAX_NUMBER else node.value
    if (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
    ):
        value = node.operand.value
        return -value if isinstance(value, int | float) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):  # 60 * 60
        left, right = constant(node.left), constant(node.right)
        if (
            isinstance(left, int | float)
            and isinstance(right, int | float)
            and abs(left) < 1e9
            and abs(right) < 1e9
        ):
            return left * right
    return None
