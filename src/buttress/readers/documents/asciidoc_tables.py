"""Tables of AsciiDoc: cells with their specifications, heads, and the formats csv, tsv and dsv."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from buttress.readers.documents.asciidoc_inline import plain
from buttress.readers.documents.blocks import Document
from buttress.readers.documents.separated import separated
from buttress.readers.documents.tables import MAX_COLUMNS, Cell

_CELL = re.compile(
    r"(?:(?<=\s)|^)(?:(\d{1,2})?(?:\.(\d{1,3}))?([+*]))?[<^>]?(?:\.[<^>])?([adehlmsv])?(?<!\\)\|"
)
_COLS = re.compile(r"cols\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^,\s]+))")
_SEPARATORS = {",": ",", ":": ":"}


def read_table(
    document: Document, start: int, end: int, style: str, mark: str, attributes: Mapping[str, str]
) -> None:
    r"""Add the table whose lines (0-based, the end not included) stand between its delimiters.

    >>> from buttress.model import Source
    >>> document = Document(Source("a.adoc", "|===\n|Part |Owner\n\n2+|both\n.2+|Shop\n|Ann\n|Bob\n|==="))
    >>> read_table(document, 1, 7, "", "|===", {})
    >>> [(p.line, p.columns, p.cells) for p in document.passages]
    [(4, ('Part', 'Owner'), ('both', '')), (5, ('Part', 'Owner'), ('Shop', 'Ann')), (5, ('Part', 'Owner'), ('Shop', 'Bob'))]
    """
    lines = document.lines[start:end]
    format_ = re.search(r"format\s*=\s*\"?(csv|tsv|dsv)", style)
    separator = {"csv": ",", "tsv": "\t", "dsv": ":"}[format_[1]] if format_ else _SEPARATORS.get(mark[0], "")
    heads = 1 if re.search(r"%header|options\s*=\s*\"?[\w,]*header|opts\s*=\s*\"?[\w,]*header", style) else 0
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if (
        not re.search(r"%noheader|noheader", style)
        and first + 1 < len(lines)
        and not lines[first + 1].strip()
    ):
        heads = 1
    if separator:
        rows = [[_bare(cell, attributes) for cell in row] for row in separated(lines, start, separator)]
    else:
        rows = _rows(lines, start, _width(style), attributes)
    document.table(rows, heads if len(rows) > heads else 0)


def _bare(cell: Cell, attributes: Mapping[str, str]) -> Cell:
    text, marks = plain(cell.text, attributes)
    return replace(cell, text=text, marks=marks)


def _width(style: str) -> int:
    found = _COLS.search(style)
    if found is None:
        return 0
    given = (found[1] or found[2] or found[3] or "").strip()
    if re.fullmatch(r"\d{1,2}", given):
        return min(int(given), MAX_COLUMNS)  # a number alone says how many there are
    count = 0
    for part in re.split("[,;]", given):
        times = re.match(r"\s*(\d{1,3})\*", part)
        count += int(times[1]) if times else 1
    return min(count, MAX_COLUMNS)


def _rows(lines: list[str], start: int, width: int, attributes: Mapping[str, str]) -> list[list[Cell]]:
    cells = list(_cells(lines, start, attributes))
    if not width:
        line = cells[0].start if cells else 0
        width = sum(max(c.across, 1) for c in cells if c.start == line)
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    covered: list[int] = []  # how many columns cells above take of the coming rows
    used = 0
    for cell in cells:
        row.append(cell)
        used += cell.across
        while len(covered) < cell.down - 1:
            covered.append(0)
        for k in range(cell.down - 1):
            covered[k] += cell.across
        if used >= width:
            rows.append(row)
            row, used = [], covered.pop(0) if covered else 0
            while used >= width and covered and len(rows) < len(lines):
                rows.append([])
                used = covered.pop(0)
    if row:
        rows.append(row)
    return rows


def _cells(lines: list[str], start: int, attributes: Mapping[str, str]) -> Iterator[Cell]:
    """Yield the cells of a table in order: each begins at a `|` and may go on over several lines."""
    opened: tuple[re.Match[str], int] | None = None
    parts: list[str] = []
    last = 0

    def closed() -> Iterator[Cell]:
        if opened is None:
            return
        found, line = opened
        text = " ".join(" ".join(parts).replace("\\|", "|").split())
        bare, marks = plain(re.sub(r"(?:^| )[*.-] (?=\S)", " ", text).strip(), attributes)
        number, down = int(found[1] or 1), int(found[2] or 1)
        if found[3] == "*":
            for _ in range(min(number, MAX_COLUMNS)):
                yield Cell(bare, marks, start + line, start + last + 1)
        else:
            yield Cell(bare, marks, start + line, start + last + 1, max(number, 1), max(down, 1))

    for n, line in enumerate(lines):
        if line.startswith("//"):
            continue
        at = 0
        for found in _CELL.finditer(line):
            if line[at : found.start()].strip():
                parts.append(line[at : found.start()])
                last = n
            yield from closed()
            opened, parts, last, at = (found, n), [], n, found.end()
        if opened is not None and line[at:].strip():
            parts.append(line[at:])
            last = n
    yield from closed()
