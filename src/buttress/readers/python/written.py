"""Whether a text is put together from nothing but what the code writes out, through variables and constants."""

from __future__ import annotations

import ast
from functools import cached_property

from buttress.readers.python.project import Project
from buttress.readers.python.records import Call

MAX_DEPTH = 8
_KEEPS = frozenset("join format strip lower upper replace str len int repr sorted list tuple getpid".split())
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
        for node in ast.walk(self.function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    _give(out, target, node.value)
            elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.NamedExpr):
                _give(out, node.target, node.value)
            elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
                for item in node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List) else [None]:
                    _give(out, node.target, item)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                _give(out, node.optional_vars, None)
        return out

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
        return isinstance(node, ast.Attribute) and self._is_constant_of_class(node)

    def _is_call_of_its_own(self, node: ast.Call, depth: int) -> bool:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in _KEEPS:
            return False
        whole = [node.func.value] if isinstance(node.func, ast.Attribute) and name != "getpid" else []
        return all(self.is_all(v, depth - 1) for v in (*whole, *node.args, *(k.value for k in node.keywords)))

    def _is_variable(self, name: str, depth: int) -> bool:
        if name in self.open:
            return True  # asked for within itself: `text = text + " AND …"`
        self.open.add(name)
        try:
            if name in self.given:
                return all(self.is_all(v, depth - 1) for v in self.given[name])
            entry = self.call.module.value(name)
            return entry is not None and isinstance(entry.value, ast.Constant)
        finally:
            self.open.discard(name)

    def _is_constant_of_class(self, node: ast.Attribute) -> bool:
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        names = self.call.module.names
        cls = self.project.classes.get(
            self.project.meaning(names.get(owner, f"{self.call.module.name}.{owner}"))
        )
        entry = cls.field(node.attr) if cls is not None else None
        return entry is not None and isinstance(entry.value, ast.Constant)


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
