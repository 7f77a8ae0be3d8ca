"""The value of an expression in a file of settings, worked out without running anything."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from enum import Enum

MAX_STEPS = 400


class Open(Enum):
    """What a value is when the file alone doesn't say it: nobody knows, or it depends on the machine."""

    UNKNOWN = "unknown"
    WORKED_OUT = "worked out at the start"


UNKNOWN, WORKED_OUT = Open.UNKNOWN, Open.WORKED_OUT
_SUMS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


class Values:
    """The values of the names that a file sets at its top; each question takes a bounded number of steps."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        """Take the expression of each name."""
        self._names = names
        self._steps = 0

    def of(self, node: ast.expr) -> object:
        """Return the value of an expression: a number, a text or a truth; UNKNOWN, or WORKED_OUT where it counts processors.

        Variables of the environment have their defaults.

        >>> def of(text): return Values({}).of(ast.parse(text, mode="eval").body)
        >>> of("2 * 60"), of("int(os.getenv('N') or 3)"), of("multiprocessing.cpu_count() * 2 + 1"), of("load()")
        (120, 3, <Open.WORKED_OUT: 'worked out at the start'>, <Open.UNKNOWN: 'unknown'>)
        """
        self._steps = 0
        return self._of(node, frozenset())

    def _of(self, node: ast.expr, inside: frozenset[str]) -> object:
        self._steps += 1
        if self._steps > MAX_STEPS:
            return UNKNOWN
        match node:
            case ast.Constant(value=value) if value is None or isinstance(value, bool | int | float | str):
                return value
            case ast.Name(id=name) if name in self._names and name not in inside:
                return self._of(self._names[name], inside | {name})
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                number = self._of(inner, inside)
                return -number if isinstance(number, int | float) else UNKNOWN
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SUMS:
                return _sum(op, self._of(left, inside), self._of(right, inside))
            case ast.BoolOp(op=ast.Or(), values=values):
                return next((v for n in values if (v := self._of(n, inside))), UNKNOWN)
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                sides = self._of(left, inside), self._of(right, inside)
                return UNKNOWN if any(isinstance(v, Open) for v in sides) else sides[0] == sides[1]
            case ast.Call(func=ast.Name() | ast.Attribute() as func, args=args):
                return self._call(func, args, inside)
        return UNKNOWN

    def _call(self, func: ast.Name | ast.Attribute, args: list[ast.expr], inside: frozenset[str]) -> object:
        last = func.id if isinstance(func, ast.Name) else func.attr
        on = getattr(func, "value", None)
        whose = on.attr if isinstance(on, ast.Attribute) else on.id if isinstance(on, ast.Name) else ""
        if last in ("cpu_count", "process_cpu_count"):
            return WORKED_OUT
        if last == "getenv" or (last == "get" and whose == "environ"):
            return self._of(args[1], inside) if len(args) > 1 else None
        if on is None and last in ("max", "min") and args:
            values = [self._of(a, inside) for a in args]
            numbers = [v for v in values if isinstance(v, int | float)]
            if len(numbers) == len(values):
                return max(numbers) if last == "max" else min(numbers)
            return WORKED_OUT if WORKED_OUT in values and UNKNOWN not in values else UNKNOWN
        if on is None and last in ("int", "float", "str", "bool") and len(args) == 1:
            return _cast(last, self._of(args[0], inside))
        return UNKNOWN


def _sum(op: ast.operator, left: object, right: object) -> object:
    if UNKNOWN in (left, right):
        return UNKNOWN
    if WORKED_OUT in (left, right):
        return WORKED_OUT
    if not (isinstance(left, int | float) and isinstance(right, int | float)):
        return UNKNOWN
    if max(abs(left), abs(right)) > 10**9 or (right == 0 and isinstance(op, ast.FloorDiv)):
        return UNKNOWN
    return _SUMS[type(op)](left, right)


def _cast(name: str, value: object) -> object:
    if isinstance(value, Open) or value is None:
        return value if value is WORKED_OUT else UNKNOWN
    try:
        if name == "bool":
            return bool(value)
        if name == "str":
            return str(value)
        number = float(str(value))
        return int(number) if name == "int" and abs(number) < 10**9 else number
    except (ValueError, OverflowError):
        return UNKNOWN
