"""Whether a text is put together from nothing but what the code writes out, through variables and constants."""

from __future__ import annotations

import ast
import textwrap
from functools import cached_property

from buttress.readers.python.project import Project
from buttress.readers.python.records import Call, Class, Module

MAX_DEPTH = 8
_KEEPS = frozenset("join format strip lower upper replace str len int repr sorted list tuple getpid".split())
_SAME = frozenset("sorted list tuple set reversed iter".split())
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Written:
    """Looks expressions at the place of one call up: in the function around it, the module and the project's classes."""

    def __init__(self, call: Call, project: Project) -> None:
        """Start at a call; its module is parsed again, as the reading keeps no trees."""
        self.call = call
        self.project = project
        self.open: set[str] = set()

    @cached_property
    def function(self) -> _Function | None:
        """Return the innermost function around the call."""
        tree = ast.parse(self.call.module.text.source.text.replace("\r", " "))
        line = self.call.node.lineno
        around = [
            n
            for n in ast.walk(tree)
            if isinstance(n, _Function) and n.lineno <= line <= (n.end_lineno or n.lineno)
        ]
        return max(around, key=lambda n: n.lineno, default=None)

    @cached_property
    def given(self) -> dict[str, list[ast.expr | None]]:
        """Return what the function gives its variables; None for what isn't known: parameters, what loops and calls yield."""
        out: dict[str, list[ast.expr | None]] = {}
        if self.function is None:
            return out
        arguments = self.function.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            out.setdefault(argument.arg, []).append(None)
        last = self._last_line(self.function)
        for node in ast.walk(self.function):
            if getattr(node, "lineno", 0) > last:
                continue  # the query is made before
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    _give(out, target, node.value)
            elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.NamedExpr):
                _give(out, node.target, node.value)
            elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
                for item in self._items(node.iter):
                    _give(out, node.target, item)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                _give(out, node.optional_vars, None)
        return out

    def _last_line(self, function: _Function) -> int:
        """Return the last line of a function that is run before the call, maybe in an earlier turn of a loop around it."""
        line = self.call.node.lineno
        ends = [
            n.end_lineno or n.lineno
            for n in ast.walk(function)
            if isinstance(n, ast.For | ast.AsyncFor | ast.While)
            and n.lineno <= line <= (n.end_lineno or n.lineno)
        ]
        return max((*ends, self.call.node.end_lineno or line))

    def _items(self, node: ast.expr) -> list[ast.expr | None]:
        """Return what a loop takes one after the other, where a collection is written out there or by the module; else None."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
            name, inner = node.func.id, self._items(node.args[0])
            if name == "enumerate":
                return [i and ast.Tuple([ast.Constant(0), i], ast.Load()) for i in inner]
            return inner if name in _SAME else [None]
        view = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            view, node = node.func.attr, node.func.value
        collection = self._held(node)
        if isinstance(collection, ast.Dict) and all(collection.keys):
            keys = [k for k in collection.keys if k is not None]
            pairs = zip(keys, collection.values, strict=True)
            views: dict[str, list[ast.expr | None]] = {
                "": [*keys],
                "keys": [*keys],
                "values": [*collection.values],
                "items": [ast.Tuple([k, v], ast.Load()) for k, v in pairs],
            }
            return views.get(view, [None])
        if isinstance(collection, ast.Tuple | ast.List | ast.Set) and not view:
            return [*collection.elts]
        return [None]

    def _held(self, node: ast.expr) -> ast.expr | None:
        """Return a collection itself, or what the name of a constant of the module, of another or of a class holds."""
        if isinstance(node, ast.Name) and node.id not in self._own:
            return self._constant(self.call.module, node.id)
        if isinstance(node, ast.Attribute):
            return self._constant_of_class(node)
        return node

    @cached_property
    def _own(self) -> set[str]:
        """Return the names that the function itself gives a value."""
        if self.function is None:
            return set()
        stored = {
            n.id for n in ast.walk(self.function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        return stored | {a.arg for a in ast.walk(self.function) if isinstance(a, ast.arg)}

    def _constant(self, module: Module, name: str) -> ast.expr | None:
        """Return what a module gives a name once and for all, or the module that the name is imported from."""
        entries = [a for a in module.assigned if a.name == name]
        if entries:
            changed = any(s.sort in ("global", "shared_write") and s.words == name for s in module.spots)
            return entries[0].value if len(entries) == 1 and not changed else None
        source, _, last = module.names.get(name, "").rpartition(".")
        other = self.project.by_name.get(source)
        value = self._constant(other, last) if other is not None and other is not module else None
        return value if value is not None and not _has_names(value) else None

    def is_all(self, node: ast.AST | None, depth: int = MAX_DEPTH) -> bool:
        """Return whether an expression holds nothing but text of the code's own."""
        if node is None or depth <= 0:
            return False
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, ast.JoinedStr):
            return all(self.is_all(v, depth) for v in node.values)
        if isinstance(node, ast.FormattedValue):
            return self.is_all(node.value, depth - 1)
        if isinstance(node, ast.BinOp):
            return self.is_all(node.left, depth - 1) and self.is_all(node.right, depth - 1)
        if isinstance(node, ast.IfExp):
            return self.is_all(node.body, depth - 1) and self.is_all(node.orelse, depth - 1)
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return all(self.is_all(e, depth - 1) for e in node.elts)
        if isinstance(node, ast.Call):
            return self._is_call_of_its_own(node, depth)
        if isinstance(node, ast.Name):
            return self._is_variable(node.id, depth)
        if isinstance(node, ast.Subscript):  # one entry of what a constant holds, whichever
            return all(self.is_all(i, depth - 1) for i in self._entries(node.value))
        if isinstance(node, ast.Attribute):
            value = self._constant_of_class(node)
            if value is not None:
                return self.is_all(value, depth - 1)
            return all(self._gives_text(f, depth - 1) for f in self._properties(node.attr) or (None,))
        return False

    def _properties(self, name: str) -> list[_Function]:
        """Return the properties of that name of the project's classes, none where something else may be meant: an attribute, a method."""
        found: list[_Function] = []
        for cls in self.project.classes.values():
            methods = [m for m in cls.methods if m.name == name]
            if any(not any(n.endswith("property") for n, _ in m.decorators) for m in methods):
                return []
            if cls.field(name) is not None or name in cls.attributes:
                return []
            try:
                bodies = [ast.parse(textwrap.dedent(m.text)).body for m in methods]
            except SyntaxError:  # a text of several lines in it begins further left
                return []
            found += [n for body in bodies for n in body if isinstance(n, _Function)]
        return found

    def _entries(self, node: ast.expr) -> list[ast.expr | None]:
        held = self._held(node)
        if isinstance(held, ast.Dict):
            return [*held.values]
        return [*held.elts] if isinstance(held, ast.Tuple | ast.List) else [None]

    def _is_call_of_its_own(self, node: ast.Call, depth: int) -> bool:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "get" and isinstance(node.func, ast.Attribute) and len(node.args) in (1, 2):
            given = [*self._entries(node.func.value), *node.args[1:]]
            return all(self.is_all(v, depth - 1) for v in given)
        if isinstance(node.func, ast.Name) and name in self._made:
            return all(
                self.is_all(v, depth - 1) for v in (*node.args, *(k.value for k in node.keywords))
            ) and all(self._gives_text(f, depth - 1) for f in self._made[name])
        if "placeholder" in name:
            return True  # where a value will go
        if name not in _KEEPS:
            return False
        whole = [node.func.value] if isinstance(node.func, ast.Attribute) and name != "getpid" else []
        return all(self.is_all(v, depth - 1) for v in (*whole, *node.args, *(k.value for k in node.keywords)))

    @cached_property
    def _made(self) -> dict[str, list[_Function]]:
        """Return the functions that are written within the function around the call, by name."""
        out: dict[str, list[_Function]] = {}
        for node in ast.walk(self.function) if self.function is not None else ():
            if isinstance(node, _Function) and node is not self.function:
                out.setdefault(node.name, []).append(node)
        return out

    def _gives_text(self, made: _Function | None, depth: int) -> bool:
        """Return whether a function gives back nothing but text of the code's own and what it was given."""
        if made is None:
            return False
        taken = {a.arg for a in ast.walk(made.args) if isinstance(a, ast.arg)} - self.open
        self.open |= taken
        try:
            return all(self.is_all(n.value, depth) for n in ast.walk(made) if isinstance(n, ast.Return))
        finally:
            self.open -= taken

    def _is_variable(self, name: str, depth: int) -> bool:
        if name in self.open:
            return True  # asked for within itself: `text = text + " AND …"`
        self.open.add(name)
        try:
            if name in self.given:
                return all(self.is_all(v, depth - 1) for v in self.given[name])
            value = None if name in self._own else self._constant(self.call.module, name)
            return value is not None and self.is_all(value, depth - 1)
        finally:
            self.open.discard(name)

    def _constant_of_class(self, node: ast.Attribute) -> ast.expr | None:
        """Return what the body of a class gives an attribute: of the class around the call, for `self`, or of one by its name."""
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        names = self.call.module.names
        around = self.call.function.owner if self.call.function is not None else None
        if owner in ("self", "cls") and around is not None:
            return None if node.attr in self._set_on_self else _field(around, node.attr)
        cls = self.project.classes.get(
            self.project.meaning(names.get(owner, f"{self.call.module.name}.{owner}"))
        )
        return _field(cls, node.attr) if cls is not None else None

    @cached_property
    def _set_on_self(self) -> set[str]:
        """Return the attributes that methods of the module's classes give a value."""
        tree = ast.parse(self.call.module.text.source.text.replace("\r", " "))
        return {
            n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)
        }


def _has_names(node: ast.expr) -> bool:
    """Return whether an expression needs names, which another module may mean otherwise."""
    return any(isinstance(n, ast.Name) for n in ast.walk(node))


def _field(cls: Class, name: str) -> ast.expr | None:
    entry = cls.field(name)
    return entry.value if entry is not None else None


def _give(out: dict[str, list[ast.expr | None]], target: ast.expr, value: ast.expr | None) -> None:
    if isinstance(target, ast.Name):
        out.setdefault(target.id, []).append(value)
    elif isinstance(target, ast.Tuple | ast.List):
        parts = (
            value.elts
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
            else None
        )
        for n, inner in enumerate(target.elts):
            _give(out, inner, parts[n] if parts is not None else None)
