"""Where a program ends its work before it stops: handlers of the end, what a lifespan does after its yield, and SIGTERM."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence

from buttress.readers.python.found import Ledger
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call, Function

_SAYING = frozenset(("print", "debug", "info", "warning", "error", "exception", "log", "echo"))


def detect(project: Project, ledger: Ledger) -> None:
    """Tell where a program finishes what it has in hand; a handler that only says goodbye ends nothing."""
    for call in project.called("fastapi.FastAPI", "starlette.applications.Starlette", "litestar.Litestar"):
        node = call.keyword("lifespan", "on_shutdown")
        if node is not None and any(does_something(f) for f in _named(project, call, node)):
            ledger.say("graceful_shutdown", call.module.text.at(node.lineno))
    for module in project.modules:
        for function in module.functions:
            for name, node in function.decorators:
                given = constant(node.args[0]) if isinstance(node, ast.Call) and node.args else None
                ends = (name.endswith(".on_event") and given == "shutdown") or name.endswith(
                    (".after_serving", ".worker_shutdown.connect")
                )
                if ends and does_something(function):
                    ledger.say("graceful_shutdown", module.text.at(function.line))
    for call in project.calls:
        if call.name == "signal.signal" or call.last == "add_signal_handler":
            first = call.node.args[0] if call.node.args else None
            if getattr(first, "attr", getattr(first, "id", "")) == "SIGTERM":
                ledger.say("graceful_shutdown", call.evidence(), role=ledger.role_of(call))


def _named(project: Project, call: Call, node: ast.expr) -> list[Function]:
    """Return the project's functions that an argument names, alone or in a list."""
    names = [
        n.id
        for n in (node.elts if isinstance(node, ast.List | ast.Tuple) else [node])
        if isinstance(n, ast.Name)
    ]
    paths = [f"{call.module.name}.{n}" for n in names] + [call.module.names.get(n, "") for n in names]
    return [f for path in paths if (f := project.functions.get(path)) is not None]


def does_something(function: Function) -> bool:
    """Return whether a handler of the end, or a lifespan after its yield, does more than to say so."""
    try:
        (made,) = ast.parse(textwrap.dedent(function.text)).body
    except (SyntaxError, ValueError):
        return False
    if not isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    if any(isinstance(n, ast.Yield) for n in ast.walk(made)):
        return _ends_after_yield(made.body)
    return not all(map(_says_only, made.body))


def _ends_after_yield(body: Sequence[ast.stmt]) -> bool:
    """Return whether something is done after the yield of a block: behind it, in a `finally`, or as a `with` is left."""
    at = next((i for i, s in enumerate(body) if any(isinstance(n, ast.Yield) for n in ast.walk(s))), None)
    if at is None:
        return False
    holder = body[at]
    if not all(map(_says_only, body[at + 1 :])) or isinstance(holder, ast.With | ast.AsyncWith):
        return True
    if isinstance(holder, ast.Try):
        return not all(map(_says_only, holder.finalbody)) or _ends_after_yield(holder.body)
    return isinstance(holder, ast.If) and (_ends_after_yield(holder.body) or _ends_after_yield(holder.orelse))


def _says_only(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        value = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
        called = value.func if isinstance(value, ast.Call) else None
        return (
            isinstance(value, ast.Constant) or getattr(called, "attr", getattr(called, "id", "")) in _SAYING
        )
    return isinstance(statement, ast.Pass) or (isinstance(statement, ast.Return) and statement.value is None)
