"""Tables whose cells are set apart by a sign, as in CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from buttress.readers.documents.tables import MAX_COLUMNS, Cell


def separated(lines: Sequence[str], start: int, separator: str) -> list[list[Cell]]:
    r"""Return the rows of such lines, the first of which is line `start` (0-based) of its document.

    A cell in quotation marks may hold the sign and line breaks; one that never ends takes the rest. O(size).

    >>> [[c.text for c in row] for row in separated(['Shop, "maps, books"'], 4, ",")]
    [['Shop', 'maps, books']]
    """
    rows: list[list[Cell]] = []
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, skipinitialspace=True)
    before = 0
    while True:
        try:
            found = next(reader, None)
        except csv.Error:
            before = reader.line_num
            continue
        if found is None:
            return rows
        texts = [" ".join(text.split()) for text in found[:MAX_COLUMNS]]
        if any(texts):
            rows.append([Cell(text, (), start + before, start + reader.line_num) for text in texts])
        before = reader.line_num
