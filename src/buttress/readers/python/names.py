"""What names mean in a module: what they were imported as, and what sort of object they hold, as far as one pass can tell."""

from __future__ import annotations

import ast
import re

from buttress.readers.python.records import Class, Function, Module

MAX_CHAIN = 40
_ADDRESS = re.compile(
    r"(?:^|_)(?:ur[il]s?|hosts?|endpoint|address|server|dsn|broker|backend)(?:_|$)", re.IGNORECASE
)


class Names:
    """The names of one module while it is walked: those of the module, and those of each function that is entered."""

    def __init__(self, module: Module, own: frozenset[str]) -> None:
        """Begin with no name bound; `own` are the names of the project's top packages."""
        self.module = module
        self.own = own
        self.function: Function | None = None
        self.cls: Class | None = None
        self.local: list[dict[str, str]] = []

    def bind_top(self, body: list[ast.stmt]) -> None:
        """Bind what the module defines and imports at its top, so that functions can use what stands below them."""
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.module.names.setdefault(node.name, f"{self.module.name}.{node.name}")
            elif isinstance(node, ast.Import | ast.ImportFrom):
                self._bind_import(node)
            elif isinstance(node, ast.Try):
                self.bind_top(node.body)
                for handler in node.handlers:
                    self.bind_top(handler.body)
            elif isinstance(node, ast.If):
                self.bind_top(node.body)
                self.bind_top(node.orelse)

    def _bind_import(self, node: ast.Import | ast.ImportFrom) -> None:
        names = self.module.names
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                names.setdefault(alias.asname or root, alias.name if alias.asname else root)
            return
        base = self._base_of(node)
        for alias in node.names:
            if alias.name != "*":
                names.setdefault(alias.asname or alias.name, f"{base}.{alias.name}" if base else alias.name)

    def _base_of(self, node: ast.ImportFrom) -> str:
        """Return the dotted module that a `from` import names, relative ones resolved."""
        if not node.level:
            return node.module or ""
        parts = self.module.name.split(".")
        up = node.level - 1 if self.module.is_package else node.level
        parts = parts[: len(parts) - up] if up <= len(parts) else []
        return ".".join([*parts, *([node.module] if node.module else [])])

    # --- names

    def lookup(self, name: str) -> str:
        """Return what a name stands for, dotted, or nothing."""
        for scope in reversed(self.local):
            if name in scope:
                return scope[name]
        found = self.module.variables.get(name) or self.module.names.get(name)
        if found is None and self.function is None and self.cls is not None and name in self.cls.attributes:
            found = self.cls.attributes[name]
        return found or f"~{name}"

    def dotted(self, node: ast.AST | None) -> str:
        """Return the dotted name of an expression, its calls as `()`; nothing for what has none."""
        parts: list[str] = []
        for _ in range(MAX_CHAIN):
            if isinstance(node, ast.Attribute):
                parts.append("." + node.attr)
                node = node.value
            elif isinstance(node, ast.Call):
                parts.append("()")
                node = node.func
            elif isinstance(node, ast.Subscript):
                parts.append("[]")
                node = node.value
            elif isinstance(node, ast.Await):
                node = node.value
            else:
                break
        if isinstance(node, ast.Name):
            root = self.lookup(node.id)
            if root == "~cls" and self.cls is not None and parts[-1:] in ([], ["()"]):
                root = f"{self.module.name}.{self.cls.name}"
            elif root in ("~self", "~cls") and self.cls is not None and len(parts) > 0:
                kind = self.cls.attributes.get(parts[-1][1:])
                if kind is not None:
                    root = kind
                    parts.pop()
                elif parts[-1][1:] in self.cls.defines:
                    root = f"{self.module.name}.{self.cls.name}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            root = "''"
        elif isinstance(node, ast.JoinedStr):
            root = "f''"
        else:
            root = "~"
        return root + "".join(reversed(parts))

    def type_of(self, node: ast.AST | None) -> str:
        """Return the dotted name that a variable stands for when it is assigned this value, nothing when that isn't known."""
        if isinstance(node, ast.Await):
            node = node.value
        if isinstance(node, ast.Call | ast.Name | ast.Attribute):
            found = self.dotted(node)
            return "" if found.startswith(("~", "''", "f''")) else found
        if isinstance(node, ast.BoolOp):
            return next((t for v in node.values if (t := self.type_of(v)).endswith("()")), "")
        if isinstance(node, ast.IfExp):
            return self.type_of(node.body) or self.type_of(node.orelse)
        return ""

    def type_of_annotation(self, node: ast.AST | None) -> str:
        """Return the dotted name, with `()`, of what an annotation says an object is."""
        if isinstance(node, ast.Subscript):
            outer = self.dotted(node.value).rpartition(".")[2]
            inner = (
                node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
            )
            if outer in ("Optional", "Annotated", "~Optional", "~Annotated", "Final", "ClassVar"):
                return self.type_of_annotation(inner)
            node = node.value
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self.type_of_annotation(node.left) or self.type_of_annotation(node.right)
        if isinstance(node, ast.Name | ast.Attribute):
            found = self.dotted(node)
            return "" if found.startswith("~") else f"{found}()"
        return ""

    def bind(self, target: ast.AST, kind: str) -> None:
        """Remember what a variable or an attribute of self holds."""
        if isinstance(target, ast.Name):
            if self.local:
                self.local[-1][target.id] = kind or f"~{target.id}"
            elif self.cls is not None:
                self.cls.attributes[target.id] = kind
            elif kind:
                self.module.variables[target.id] = kind
        elif (
            kind
            and isinstance(target, ast.Attribute)
            and isinstance(target.value, ast.Name)
            and target.value.id in ("self", "cls")
            and self.cls is not None
        ):
            self.cls.attributes[target.attr] = kind


def is_main(test: ast.expr) -> bool:
    """Return whether a condition is `__name__ == "__main__"`."""
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and any(isinstance(c, ast.Constant) and c.value == "__main__" for c in test.comparators)
    )


def configured(target: ast.expr) -> str:
    """Return the key of a setting that is assigned on an application: `app.conf.x = 1`, `app.config["X"] = 1`.

    An entry of a dictionary of settings stands for it: `app.conf.beat_schedule["nightly"] = {...}`.
    """
    if isinstance(target, ast.Subscript) and (outer := configured(target.value)):
        return outer
    if (
        isinstance(target, ast.Attribute)
        and isinstance(target.value, ast.Attribute)
        and target.value.attr == "conf"
    ):
        return f"conf.{target.attr}"
    if (
        isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Attribute)
        and target.value.attr in ("config", "conf")
        and isinstance(target.slice, ast.Constant)
        and isinstance(target.slice.value, str)
    ):
        return f"config.{target.slice.value}"
    return ""


def holds_address(name: str, value: ast.expr) -> bool:
    """Return whether a variable of a function is worth keeping: its name says that it holds an address, or its value is a URL."""
    if _ADDRESS.search(name):
        return True
    first = value.values[0] if isinstance(value, ast.JoinedStr) and value.values else value
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and "://" in first.value


def own_address(target: ast.expr, value: ast.expr) -> str:
    """Return the name of the attribute of `self` that is given an address, nothing for another target."""
    own = (
        isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
    )
    return target.attr if own and holds_address(target.attr, value) else ""  # type: ignore[attr-defined]
