"""Tables of any syntax: cells that span columns and rows, laid out so that every row has all its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from buttress.model import Mark

MAX_COLUMNS = 100
MAX_SPAN = 200
CARRIED = 3000  # characters, and CARRIED / 30 lines, between a cell and the last row that it holds for


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, where it stands (lines from 0, the end not included), and how many columns and rows it spans.

    `place` are the offsets of what is written for it, for a syntax where a line can hold more than one row.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    start: int = 0
    end: int = 1
    across: int = 1
    down: int = 1
    place: tuple[int, int] = (0, 0)


def laid_out(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Return the rows with what spans into them: a cell holds for every row that it spans, and stands once in each.

    A cell that stands far above isn't carried down: no quote would show it together with the row.

    >>> tall, wide = Cell("Shop", down=2), Cell("Pay", across=2)
    >>> [[c.text for c in row] for row in laid_out([[tall, wide], [Cell("Cart", start=1), Cell("Tax", start=1)]])]
    [['Shop', 'Pay', ''], ['Shop', 'Cart', 'Tax']]
    """
    out: list[list[Cell]] = []
    above: dict[int, Cell] = {}  # column: what spans into the next row, with the rows that are left
    for row in rows:
        laid: list[Cell] = []
        spanning: dict[int, Cell] = {}
        todo = list(row)
        todo.reverse()
        while (todo or above) and len(laid) < MAX_COLUMNS:
            column = len(laid)
            cell = above.pop(column, None)
            if cell is not None:
                if cell.down > 2:
                    spanning[column] = replace(cell, down=cell.down - 1)
                near = row and _is_near(cell, row[0])
                laid.append(cell if near else replace(cell, text="", marks=()))
                continue
            if not todo:
                if not above:
                    break
                laid.append(Cell(""))
                continue
            cell = todo.pop()
            for n in range(min(max(cell.across, 1), MAX_COLUMNS - column)):
                if n and column + n in above:
                    break
                part = cell if n == 0 else replace(cell, text="", marks=())
                if cell.down > 1:
                    spanning[column + n] = replace(part, down=min(cell.down, MAX_SPAN))
                laid.append(part)
        above = spanning
        out.append(laid)
    return out


def _is_near(cell: Cell, row: Cell) -> bool:
    return (
        len(cell.text) <= CARRIED // 10
        and row.start - cell.start <= CARRIED // 30
        and row.place[1] - cell.place[0] <= CARRIED
    )


def named(heads: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """Return the names of the columns: of several head rows the lowest that says something.

    >>> named([[Cell("Service"), Cell("Calls", across=2), Cell("")], [Cell(""), Cell("From"), Cell("To")]])
    ('Service', 'From', 'To')
    """
    width = max(map(len, heads), default=0)
    return tuple(
        next((row[n].text for row in reversed(heads) if n < len(row) and row[n].text), "")
        for n in range(width)
    )
