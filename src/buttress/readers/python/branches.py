"""The arms of a branch by their lines, and tables of functions or classes to choose from."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence


def arms_of(node: ast.If | ast.Match, rest: int) -> tuple[range, ...]:
    r"""Return the lines of each arm of a branch; none where nothing stands against the first.

    What follows an `if` that returns or raises is its other arm; `rest` is the line at which the function ends.

    >>> code = ast.parse("if kind == 'a':\n    one()\nelse:\n    two()\n").body[0]
    >>> arms_of(code, 9), arms_of(ast.parse("if a:\n    return one()\n").body[0], 9), arms_of(ast.parse("if a: one()").body[0], 9)
    ((range(2, 3), range(4, 5)), (range(2, 3), range(3, 9)), ())
    """
    if isinstance(node, ast.Match):
        return tuple(lines_of(case.body) for case in node.cases)
    if node.orelse:
        return lines_of(node.body), lines_of(node.orelse)
    leaves = isinstance(node.body[-1], ast.Return | ast.Raise)
    return (lines_of(node.body), range((node.end_lineno or node.lineno) + 1, rest)) if leaves else ()


def switch_of(test: ast.expr) -> str:
    """Return the name in lower case that must be true for a condition to hold, nothing where none stands by itself.

    >>> [switch_of(ast.parse(c, mode="eval").body) for c in ("settings.USE_CACHE", "USE_CACHE and ready()", "not USE_CACHE", "kind == 'a'")]
    ['use_cache', 'use_cache', '', '']
    """
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        test = test.values[0]
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot):
        test = test.left
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name.lower()


def lines_of(body: Sequence[ast.stmt]) -> range:
    """Return the lines that some statements take."""
    return range(body[0].lineno, (body[-1].end_lineno or body[-1].lineno) + 1)


def offered_by(node: ast.Dict, dotted: Callable[[ast.AST | None], str]) -> frozenset[str]:
    """Return the dotted names that a table has as its values, where it has nothing else: functions, classes, paths of either."""
    values: set[str] = set()
    for value in node.values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            name = value.value.replace(":", ".")
        else:
            name = dotted(value) if isinstance(value, ast.Name | ast.Attribute) else ""
        if "." not in name or name.startswith("~") or not name.replace(".", "").replace("_", "").isalnum():
            return frozenset()
        values.add(name)
    return frozenset(values) if len(values) > 1 else frozenset()
