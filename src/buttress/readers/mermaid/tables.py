"""Tables among what is drawn with characters: what a command line prints is no drawing."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BORDER = re.compile(r"\s*([+┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡])(?:[-=─━═]{2,}[+┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡]){2,}\s*")
_JOINTS = frozenset("+┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╞╪╡")
_BARS = frozenset("|│┃║")
_LINES = _BARS | _JOINTS | frozenset("v^▼▲↓↑")
BORDERS = 3  # above the header, below it, at the end


def without_tables(rows: Sequence[str]) -> list[str]:
    r"""Return the rows with tables blanked: columns that share their borders over a header and rows of values, no line at any side.

    >>> without_tables(["+----+----+", "| id | at |", "+----+----+", "| 7  | go |", "+----+----+", "Shop"])
    ['', '', '', '', '', 'Shop']
    """
    out = list(rows)
    first = 0
    while first < len(rows):
        last = _end(rows, first)
        if last > first:
            out[first : last + 1] = [""] * (last + 1 - first)
        first = max(last, first) + 1
    return out


def _end(rows: Sequence[str], first: int) -> int:
    """Return the last row of the table that begins at a row, -1 when none does."""
    columns = _columns(rows[first])
    if not columns:
        return -1
    at, borders = first, []
    while at < len(rows) and (_columns(rows[at]) == columns or _is_row(rows[at], columns)):
        if _columns(rows[at]):
            borders.append(at)
        at += 1
    whole = len(borders) >= BORDERS and borders[-1] == at - 1 and borders[1] - first > 1
    return at - 1 if whole and not _is_met(rows, (first - 1, at), columns) else -1


def _columns(row: str) -> tuple[int, ...]:
    """Return where the columns of a border begin and end, nothing when a row is no border."""
    return tuple(n for n, sign in enumerate(row) if sign in _JOINTS) if _BORDER.fullmatch(row) else ()


def _is_row(row: str, columns: tuple[int, ...]) -> bool:
    text = row.rstrip()
    within = len(text) == columns[-1] + 1 and not text[: columns[0]].strip()
    return within and all(text[c] in _BARS for c in columns)


def _is_met(rows: Sequence[str], beside: tuple[int, ...], columns: tuple[int, ...]) -> bool:
    """Return whether a line leads to the borders from the rows above or below."""
    signs = (rows[n][columns[0] : columns[-1] + 1] for n in beside if 0 <= n < len(rows))
    return any(_LINES.intersection(s) for s in signs)
