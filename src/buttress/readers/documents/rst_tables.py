"""Tables of reStructuredText: grids with spans, simple tables, lists of lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from buttress.readers.documents.tables import MAX_COLUMNS, Cell

_RULE = re.compile(r"\s*=+(?: +=+)*\s*")
_SPAN = re.compile(r"\s*-+(?: +-+)*\s*")
_RUN = re.compile(r"=+")


def grid(lines: Sequence[str], start: int) -> tuple[list[list[Cell]], int]:
    r"""Return the rows of a grid table and how many of them are its head; `start` is the line of the first, from 0.

    >>> lines = ["+------+-----+", "| Part | Who |", "+======+=====+", "| Shop | Ann |", "|      +-----+", "|      | Bob |", "+------+-----+"]
    >>> rows, heads = grid(lines, 0)
    >>> [[(c.text, c.down) for c in row] for row in rows], heads
    ([[('Part', 1), ('Who', 1)], [('Shop', 2), ('Ann', 1)], [('Bob', 1)]], 1)
    """
    margin = len(lines[0]) - len(lines[0].lstrip())
    body = [line.rstrip()[margin:] for line in lines]
    edges = sorted({n for line in body if line.startswith("+") for n in _plus(line)})[: MAX_COLUMNS + 1]
    columns = list(pairwise(edges))
    rows: list[list[Cell]] = []
    heads = 0
    open_: dict[int, list[tuple[int, str]]] = {}  # column: lines of the cell that stands there
    across: dict[int, int] = {}
    begun: dict[int, int] = {}  # column: the number of the row in which the cell began
    count = 0
    found: list[tuple[int, int, Cell]] = []
    for n, line in enumerate(body):
        ruled = [_is_rule(line[a + 1 : b]) for a, b in columns]
        if any(ruled):
            ended = False
            column = 0
            while column < len(columns):
                width = across.get(column, 1)
                if ruled[column] and column in open_:
                    found.append(
                        (
                            begun[column],
                            column,
                            _cell(open_.pop(column), across.pop(column, 1), count - begun[column]),
                        )
                    )
                    ended = True
                elif column in open_:  # its text goes on beside the rule of another column
                    open_[column].append((start + n, _part(line, columns, column, width)))
                column += width
            count += ended
            if "=" in line and ended and all(ruled):
                heads = count
            continue
        column = 0
        while column < len(columns):
            if column not in open_:
                across[column] = _width(line, columns, column)
                begun[column] = count
                open_[column] = []
            width = across[column]
            open_[column].append((start + n, _part(line, columns, column, width)))
            column += width
    for column, texts in sorted(open_.items()):
        found.append((begun[column], column, _cell(texts, across.get(column, 1), count - begun[column])))
    for row, _, cell in sorted(found, key=lambda f: (f[0], f[1])):
        while len(rows) <= row:
            rows.append([])
        rows[row].append(cell)
    return rows, heads


def _plus(line: str) -> list[int]:
    return [n for n, c in enumerate(line[:2000]) if c == "+"]


def _part(line: str, columns: Sequence[tuple[int, int]], column: int, width: int) -> str:
    last = columns[min(column + width, len(columns)) - 1][1]
    return line[columns[column][0] + 1 : last]


def _is_rule(text: str) -> bool:
    return bool(text) and not text.strip("-=+") and text[0] in "-="


def _width(line: str, columns: Sequence[tuple[int, int]], column: int) -> int:
    """Return how many columns a cell spans: up to the next edge at which a bar stands."""
    width = 1
    while column + width < len(columns) and line[columns[column + width - 1][1] :][:1] not in ("|", "+"):
        width += 1
    return width


def _cell(texts: Sequence[tuple[int, str]], across: int, more: int) -> Cell:
    full = [(n, text.strip()) for n, text in texts if text.strip()]
    first, last = (full[0][0], full[-1][0]) if full else (texts[0][0], texts[0][0])
    return Cell(_joined(text for _, text in full), (), first, last + 1, across, max(more, 0) + 1)


def _joined(texts: Iterable[str]) -> str:
    lines = [re.sub(r"^(?:[-*] )", "", text) for text in texts]
    return " ".join(lines).strip()


def end_of_simple(lines: Sequence[str], n: int) -> int:
    """Return the line behind the simple table that begins at line `n`; `n` when it has no end.

    >>> end_of_simple(["== ==", "a  b", "== ==", "c  d", "== ==", "", "text"], 0)
    5
    """
    end = n
    rules = 0
    for k in range(n, len(lines)):
        if not lines[k].strip():
            if rules >= 2 and lines[k - 1 : k] and _RULE.fullmatch(lines[k - 1]) and k > n + 2:
                return k if rules > 2 else _next_rule(lines, k)
            continue
        if _RULE.fullmatch(lines[k]):
            rules += 1
            end = k + 1
            if rules == 3:
                return end
        elif k > n + 500 and rules < 2:
            return n
    return end if rules >= 2 else n


def _next_rule(lines: Sequence[str], n: int) -> int:
    """Return the line behind the rule that ends a table whose head is followed by an empty line; `n` when none follows at once."""
    for k in range(n, min(n + 200, len(lines))):
        if _RULE.fullmatch(lines[k]) and lines[k].strip():
            return k + 1
        if lines[k].strip() and len(lines[k]) - len(lines[k].lstrip()) == 0 and "  " not in lines[k].strip():
            return n
    return n


def simple(lines: Sequence[str], start: int) -> tuple[list[list[Cell]], int]:
    """Return the rows of a simple table and how many of them are its head; `start` is the line of the first, from 0.

    >>> lines = ["====  ====", "Part  Who", "====  ====", "Shop  Ann", "      Bob", "Cart  Cy", "====  ===="]
    >>> rows, heads = simple(lines, 0)
    >>> [[c.text for c in row] for row in rows], heads
    ([['Part', 'Who'], ['Shop', 'Ann Bob'], ['Cart', 'Cy']], 1)
    """
    edges = [(m.start(), m.end()) for m in _RUN.finditer(lines[0])][:MAX_COLUMNS]
    rows: list[list[list[tuple[int, str]]]] = []
    heads = 0
    rules = 0
    for n, line in enumerate(lines):
        if _RULE.fullmatch(line) and line.strip():
            rules += 1
            if rules == 2 and n < len(lines) - 1:
                heads = len(rows)
            continue
        if not line.strip() or _SPAN.fullmatch(line):
            continue
        cells = [
            line[a : edges[k + 1][0] if k + 1 < len(edges) else None].strip()
            for k, (a, _) in enumerate(edges)
        ]
        if cells[0] or not rows:
            rows.append([[] for _ in edges])
        for cell, text in zip(rows[-1], cells, strict=True):
            if text:
                cell.append((start + n, text))
    return [[_cell(c or [(_first(row, start), "")], 1, 0) for c in row] for row in rows], heads


def _first(row: Sequence[Sequence[tuple[int, str]]], start: int) -> int:
    return min((cell[0][0] for cell in row if cell), default=start)


def listed(lines: Sequence[str], start: int) -> list[list[Cell]]:
    """Return the rows of a list of lists, as `list-table` holds it; `start` is the line of the first, from 0.

    >>> [[c.text for c in row] for row in listed(["* - Part", "  - Who", "* - Shop", "    and Cart", "  - Ann"], 0)]
    [['Part', 'Who'], ['Shop and Cart', 'Ann']]
    """
    rows: list[list[list[tuple[int, str]]]] = []
    for n, line in enumerate(lines):
        row = re.match(r"[*+-]\s+[*+-](?:\s+(.*))?$", line)
        cell = re.match(r"\s{1,4}[*+-](?:\s+(.*))?$", line)
        if row:
            rows.append([[(start + n, row[1] or "")]])
        elif cell and rows and len(line) - len(line.lstrip()) <= 4 and len(rows[-1]) < MAX_COLUMNS:
            rows[-1].append([(start + n, cell[1] or "")])
        elif rows and line.strip():
            rows[-1][-1].append((start + n, line.strip()))
    return [[_cell(c, 1, 0) for c in row] for row in rows]
