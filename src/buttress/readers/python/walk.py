"""The one pass over a module's syntax tree: who imports what, which functions and classes there are, what is called where."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from buttress.readers.python.branches import arms_of, lines_of, offered_by, switch_of
from buttress.readers.python.frameworks import is_application
from buttress.readers.python.names import Names, configured, holds_address, is_main, own_address
from buttress.readers.python.records import Assigned, Call, Class, Function, Import, Module, Spot
from buttress.readers.python.watched import followed, goes_through_rows, is_for_tests, is_kept, only_ends

MAX_VALUE_LINES = 600
_BROAD = frozenset(("Exception", "BaseException"))


def walk(module: Module, tree: ast.Module, own: frozenset[str]) -> None:
    """Fill a module's record from its syntax tree; `own` are the names of the project's top packages."""
    _Pass(module, own).run(tree)


class _Pass(Names):
    def __init__(self, module: Module, own: frozenset[str]) -> None:
        super().__init__(module, own)
        self.loops = 0
        self.within: tuple[str, ...] = ()
        self.awaited: ast.AST | None = None
        self.discarded: ast.AST | None = None
        self.in_lambda = False
        self.guarded = 0
        self.raising = 0  # handlers around that raise in the end
        self.only_types = False
        self.branches = 0
        self.applications: set[str] = set()

    def run(self, tree: ast.Module) -> None:
        self.bind_top(tree.body)
        self.module.top_statements = sum(
            not isinstance(s, ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.Expr)
            for s in tree.body
        )
        for statement in tree.body:
            self.visit(statement)

    def visit(self, node: ast.AST) -> None:
        handler = _HANDLERS.get(node.__class__)
        if handler is None:
            self.children(node)
        else:
            handler(self, node)

    def children(self, node: ast.AST) -> None:
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                for item in value:
                    if item.__class__ not in _LEAVES and isinstance(item, ast.AST):
                        self.visit(item)
            elif value.__class__ not in _LEAVES and isinstance(value, ast.AST):
                self.visit(value)

    def on_import(self, node: ast.Import | ast.ImportFrom) -> None:
        if self.function is not None:
            self._bind_import(node)
        at_start = self.function is None
        add = self.module.imports.append
        if isinstance(node, ast.Import):
            for alias in node.names:
                add(Import(alias.name, node.lineno, at_start, self.only_types))
            return
        names = tuple(a.name for a in node.names)
        add(Import(self._base_of(node), node.lineno, at_start, self.only_types, names))
        if "*" in names and at_start and not self.module.is_package:
            self.spot("star_import", node.lineno)

    def on_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        made = Function(
            node.name,
            node.lineno,
            isinstance(node, ast.AsyncFunctionDef),
            self.module,
            self.cls if self.function is None else None,
            self.function,
        )
        for decorator in node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            made.decorators.append((self.dotted(target), decorator))
            self.visit(decorator)
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(every) - len(arguments.defaults)) + list(
            arguments.defaults
        )
        pairs = [
            *zip(every, defaults, strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=False),
        ]
        scope: dict[str, str] = {}
        for argument, default in pairs:
            made.parameters.append((argument.arg, argument.annotation, default))
            scope[argument.arg] = self.type_of_annotation(argument.annotation) or f"~{argument.arg}"
            if default is not None:
                self.visit(default)
            if argument.annotation is not None:
                self.visit(argument.annotation)
        made.returns = node.returns
        made.lines = (node.end_lineno or node.lineno) - node.lineno + 1
        own = [a for a, _ in pairs if a.arg not in ("self", "cls")]
        made.annotated = (node.returns is not None or node.name == "__init__") and all(
            a.annotation for a in own
        )
        self.module.functions.append(made)
        if self.cls is not None and self.function is None:
            self.cls.methods.append(made)
        outer = (self.function, self.loops, self.within, self.in_lambda, self.guarded, self.cls)
        self.function, self.loops, self.within, self.in_lambda, self.guarded = made, 0, (), False, 0
        self.local.append(scope)
        for statement in node.body:
            self.visit(statement)
        self.local.pop()
        self.function, self.loops, self.within, self.in_lambda, self.guarded, self.cls = outer

    def on_lambda(self, node: ast.Lambda) -> None:
        outer, self.in_lambda = self.in_lambda, True
        self.visit(node.body)
        self.in_lambda = outer

    def on_class(self, node: ast.ClassDef) -> None:
        made = Class(
            node.name,
            node.lineno,
            self.module,
            tuple(self.dotted(b.value if isinstance(b, ast.Subscript) else b) for b in node.bases),
            tuple(self.dotted(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list),
            parent=self.cls,
            defines=frozenset(
                n.name for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
            ),
        )
        self.module.classes.append(made)
        own_name = f"{self.module.name}.{node.name}"
        if self.local:
            self.local[-1][node.name] = own_name
        if any(is_application(b) or b in self.applications for b in made.bases):
            self.applications.add(own_name)
        outer = (self.cls, self.function, self.local)
        self.cls, self.function, self.local = made, None, []
        for decorator in node.decorator_list:
            self.visit(decorator)
        for statement in node.body:
            self.visit(statement)
        self.cls, self.function, self.local = outer

    def on_assign(self, node: ast.Assign) -> None:
        self._assigned(node.targets, node.value, None, node)

    def on_annotated(self, node: ast.AnnAssign) -> None:
        self._assigned([node.target], node.value, node.annotation, node)

    def _assigned(
        self, targets: list[ast.expr], value: ast.expr | None, annotation: ast.expr | None, node: ast.stmt
    ) -> None:
        kind = self.type_of(value) or self.type_of_annotation(annotation)
        called = self.dotted(value)[:-2] if isinstance(value, ast.Call) else ""
        short = (node.end_lineno or node.lineno) - node.lineno < MAX_VALUE_LINES
        for target in targets:
            self.bind(target, kind)
            if isinstance(target, ast.Name) and self.function is None:
                entry = Assigned(
                    target.id, value if short else None, annotation, node.lineno, called, self.branches > 0
                )
                (self.module.assigned if self.cls is None else self.cls.fields).append(entry)
            elif (key := configured(target)) and (self.cls is None or self.function is not None):
                self.module.assigned.append(
                    Assigned(key, value if short else None, None, node.lineno, called)
                )
            elif isinstance(target, ast.Name) and value is not None and holds_address(target.id, value):
                entry = Assigned(target.id, value, annotation, node.lineno, called)
                self.module.addresses.setdefault(target.id, []).append(entry)
            elif self.cls is not None and value is not None and (name := own_address(target, value)):
                self.cls.addresses.append(Assigned(name, value, annotation, node.lineno, called))
            elif self.function is not None and isinstance(target, ast.Subscript):
                self._shared_write(target.value, node.lineno)
        if value is not None:
            self.visit(value)
        for target in targets:
            if not isinstance(target, ast.Name):
                self.visit(target)

    def on_augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Subscript):
            self._shared_write(node.target.value, node.lineno)
        self.children(node)

    def _shared_write(self, target: ast.expr, line: int) -> None:
        """Note that a function changes a container of its module."""
        if isinstance(target, ast.Name) and not any(target.id in scope for scope in self.local):
            self.spot("shared_write", line, target.id)

    def on_global(self, node: ast.Global) -> None:
        for name in node.names:
            self.spot("global", node.lineno, name)

    def on_call(self, node: ast.Call) -> None:
        name = self.dotted(node.func)
        if is_kept(name, self.own) or name in self.applications:
            self.module.calls.append(
                Call(
                    name,
                    node,
                    self.module,
                    self.function,
                    self.loops,
                    self.within,
                    node is self.awaited,
                    node is self.discarded,
                    self.in_lambda,
                    self.guarded > 0,
                )
            )
        elif name == "~print":
            self.spot("print", node.lineno)
        elif name in ("~eval", "~exec") and node.args and not isinstance(node.args[0], ast.Constant):
            self.spot("dynamic_code", node.lineno, name)
        elif name == "~open":
            self.spot("open", node.lineno, "chained" if self._chained is node else "")
        if self.function is not None and not self.in_lambda and not name.startswith(("~", "'", "f'")):
            self.function.called.append((name, node.lineno))
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr in _CHANGES
            and self.function is not None
            and name.startswith("~")
        ):
            self._shared_write(node.func.value, node.lineno)
        self.children(node)

    _chained: ast.AST | None = None

    def on_attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Call):
            self._chained = node.value
        self.visit(node.value)

    def on_expression(self, node: ast.Expr) -> None:
        inner = node.value.value if isinstance(node.value, ast.Await) else node.value
        self.discarded = inner
        self.visit(node.value)

    def on_await(self, node: ast.Await) -> None:
        self.awaited = node.value
        self.visit(node.value)

    def on_with(self, node: ast.With | ast.AsyncWith) -> None:
        names = []
        for item in node.items:
            self.visit(item.context_expr)
            name = self.dotted(item.context_expr)
            names.append(name)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, "" if name.startswith("~") else name)
        outer_within, self.within = self.within, (*self.within, *names)
        for statement in node.body:
            self.visit(statement)
        self.within = outer_within

    def on_loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        if isinstance(node, ast.While):
            self.visit(node.test)
            if isinstance(node.test, ast.Constant) and node.test.value is True and self.function is not None:
                self.spot("endless_loop", node.lineno)
        else:
            self.visit(node.iter)
            for name in ast.walk(node.target):
                if isinstance(name, ast.Name):
                    self.bind(name, "")
            for source, relation, attribute, line in followed(node) if self.function is not None else ():
                rows = self.lookup(source.id) if isinstance(source, ast.Name) else self.dotted(source)
                self.spot("follows", line, f"{rows}|{relation}|{attribute}")
        goes_through = goes_through_rows(node)
        self.loops += goes_through
        for statement in node.body:
            self.visit(statement)
        self.loops -= goes_through
        for statement in node.orelse:
            self.visit(statement)

    def on_try(self, node: ast.Try) -> None:
        self.guarded += 1
        self.branches += 1
        for statement in node.body:
            self.visit(statement)
        self.guarded -= 1
        for handler in node.handlers:
            self._handler(handler, node.body)
        self.branches -= 1
        for statement in (*node.orelse, *node.finalbody):
            self.visit(statement)

    def _handler(self, node: ast.ExceptHandler, tried: list[ast.stmt]) -> None:
        types = [node.type] if not isinstance(node.type, ast.Tuple) else list(node.type.elts)
        broad = node.type is None or any(isinstance(t, ast.Name) and t.id in _BROAD for t in types)
        if (broad and not self.raising and not only_ends(tried)) and all(
            isinstance(s, ast.Pass | ast.Continue)
            or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
            for s in node.body
        ):
            self.spot("swallowed", node.lineno)
        if node.type is None and not any(isinstance(s, ast.Raise) for s in node.body):
            self.spot("bare_except", node.lineno)
        raises = any(isinstance(n, ast.Raise) for s in node.body for n in ast.walk(s))
        self.raising += raises
        for statement in node.body:
            self.visit(statement)
        self.raising -= raises

    def on_if(self, node: ast.If) -> None:
        test = node.test
        named = (
            test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
        )
        if named == "TYPE_CHECKING":
            before, self.only_types = self.only_types, True
            for statement in node.body:
                self.visit(statement)
            self.only_types = before
            for statement in node.orelse:
                self.visit(statement)
            return
        if is_main(test):
            self.module.main_lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            outer, self.within = self.within, (*self.within, "__main__")
            for statement in node.body:
                self.visit(statement)
            self.within = outer
            return
        self._choice(node)
        self.branches += 1
        for part in node.orelse if is_for_tests(test) else (test, *node.body, *node.orelse):
            self.visit(part)
        self.branches -= 1

    def on_match(self, node: ast.Match) -> None:
        self._choice(node)
        self.children(node)

    def _choice(self, node: ast.If | ast.Match) -> None:
        if arms := arms_of(node, self.function.span.stop if self.function is not None else 0):
            self.module.choices.append(arms)
        if isinstance(node, ast.If) and (name := switch_of(node.test)):
            self.module.switches.append((lines_of(node.body), name))

    def on_table(self, node: ast.Dict) -> None:
        if len(node.values) > 1 and (offered := offered_by(node, self.dotted)):
            self.module.tables.append(offered)
        self.children(node)

    def on_subscript(self, node: ast.Subscript) -> None:
        if self.dotted(node.value) == "os.environ" and isinstance(node.slice, ast.Constant):
            self.module.environment.append((str(node.slice.value), node.lineno))
        self.children(node)

    def spot(self, sort: str, line: int, words: str = "") -> None:
        self.module.spots.append(Spot(sort, line, self.function, words))


_CHANGES = frozenset("append extend insert add update setdefault pop remove clear discard appendleft".split())
_LEAVES = frozenset(
    (str, int, float, bool, type(None), bytes, complex, type(...), ast.Name, ast.Constant, ast.Load, ast.Store, ast.Del, ast.Pass)
)  # fmt: skip
_HANDLERS: dict[type[ast.AST], Callable[[_Pass, Any], None]] = {
    ast.Import: _Pass.on_import,
    ast.ImportFrom: _Pass.on_import,
    ast.FunctionDef: _Pass.on_function,
    ast.AsyncFunctionDef: _Pass.on_function,
    ast.Lambda: _Pass.on_lambda,
    ast.ClassDef: _Pass.on_class,
    ast.Assign: _Pass.on_assign,
    ast.AnnAssign: _Pass.on_annotated,
    ast.AugAssign: _Pass.on_augmented,
    ast.Global: _Pass.on_global,
    ast.Call: _Pass.on_call,
    ast.Expr: _Pass.on_expression,
    ast.Await: _Pass.on_await,
    ast.With: _Pass.on_with,
    ast.AsyncWith: _Pass.on_with,
    ast.For: _Pass.on_loop,
    ast.AsyncFor: _Pass.on_loop,
    ast.While: _Pass.on_loop,
    ast.Try: _Pass.on_try,
    ast.If: _Pass.on_if,
    ast.Match: _Pass.on_match,
    ast.Dict: _Pass.on_table,
    ast.Subscript: _Pass.on_subscript,
    ast.Attribute: _Pass.on_attribute,
}
if hasattr(ast, "TryStar"):
    _HANDLERS[ast.TryStar] = _Pass.on_try
