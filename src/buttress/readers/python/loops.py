"""Loops that go on until their process is stopped, which is all that many a daemon is: `while True`, with a wait in it."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buttress.readers.python.records import Function

# What such a loop waits by, whatever it is called on; a queue's `get` has no argument, or a limit.
_WAITS = frozenset(
    "sleep wait poll recv recvfrom accept select brpop blpop bzpopmin listen run_pending get_message".split()
)
_GOES_ON = re.compile(r"(?:^|[._])(?:running|is_running|keep_running|keep_going|alive|active)(?:\(\))?$")
_STOPS = re.compile(
    r"stop|shut|exit|quit|running|terminat|signal|interrupt|cancel|max_|limit|\bonce\b|run_once|one_shot|under_test",
    re.IGNORECASE,
)
_ENDS = frozenset(("KeyboardInterrupt", "SystemExit", "CancelledError", "GreenletExit"))
# Raised where there is no more of what a loop goes through, which then has done its work.
_NO_MORE = re.compile(
    r"Stop(?:Async)?Iteration|Empty|EOF|IndexError|KeyError|LookupError|NotFound|DoesNotExist|Incomplete"
)
_CAUGHT = "except "


def goes_round(function: Function) -> int:
    """Return the line of the loop in which a function goes on until it is stopped, 0 where it has none."""
    line = line_of_loop(function.text)
    return function.line + line - 1 if line else 0


def line_of_loop(code: str) -> int:
    r"""Return the line of the loop in which code goes on until it is stopped, 0 where it has none.

    The loop waits in each round, gives nothing back, and is left only when somebody asks for that or when it fails: one that is left
    when something has worked tries again, and one that is left at the end of a list has gone through it.

    >>> line_of_loop("while True:\n    work()\n    sleep(5)"), line_of_loop("while True:\n    if work(): break\n    sleep(5)")
    (1, 0)
    """
    if "while " not in code:
        return 0
    try:
        tree = ast.parse(textwrap.dedent(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    loops = [n for n in ast.walk(tree) if isinstance(n, ast.While)]
    return next((n.lineno for n in loops if _is_endless(n.test) and _is_daemon(n)), 0)


def _is_endless(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return bool(test.value)
    written = ast.unparse(test)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _STOPS.search(written) is not None
    return _GOES_ON.search(written) is not None


def _is_daemon(loop: ast.While) -> bool:
    waits = False
    for part in _within(loop.body):
        if isinstance(part, ast.Yield | ast.YieldFrom):
            return False
        if isinstance(part, ast.Call):
            if isinstance(part.func, ast.Name) and part.func.id == "input":
                return False
            waits = waits or _is_wait(part)
    return waits and all(_is_asked_for(way) for way in _ways_out(loop.body, (), inner=False))


def _is_wait(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "get" and isinstance(call.func, ast.Attribute):
        return not call.args and {k.arg for k in call.keywords} <= {"timeout", "block"}
    return name in _WAITS


def _within(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield what stands in statements, functions that are defined there aside."""
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield node
            todo.extend(ast.iter_child_nodes(node))


def _ways_out(body: list[ast.stmt], why: tuple[str, ...], *, inner: bool) -> Iterator[tuple[str, ...]]:
    """Yield, for each statement that leaves a loop, the conditions and exceptions under which it is reached."""
    for node in body:
        if isinstance(node, ast.Return) or (isinstance(node, ast.Break) and not inner):
            yield why
        elif isinstance(node, ast.If):
            yield from _ways_out(node.body, (*why, ast.unparse(node.test)), inner=inner)
            yield from _ways_out(node.orelse, why, inner=inner)
        elif isinstance(node, ast.Try):
            for part in (node.body, node.orelse, node.finalbody):
                yield from _ways_out(part, why, inner=inner)
            for handler in node.handlers:
                caught = ast.unparse(handler.type) if handler.type is not None else ""
                yield from _ways_out(handler.body, (*why, _CAUGHT + caught), inner=inner)
        elif isinstance(node, ast.With | ast.AsyncWith):
            yield from _ways_out(node.body, why, inner=inner)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
            yield from _ways_out(node.body, why, inner=True)
            yield from _ways_out(node.orelse, why, inner=inner)


def _is_asked_for(why: tuple[str, ...]) -> bool:
    told = [w for w in why if not (w.startswith(_CAUGHT) and _NO_MORE.search(w))]
    return any(w.startswith(_CAUGHT) or _STOPS.search(w) or any(e in w for e in _ENDS) for w in told)
