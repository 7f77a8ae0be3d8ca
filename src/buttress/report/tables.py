"""Plain-text tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.knowledge import Value, id_of


def word(value: str | Value | None) -> str:
    """Return a query's value as a person writes it: ids without their IRI, numbers without noise.

    >>> word("urn:buttress:component:orders-db"), word(2.0), word(None)
    ('orders-db', '2', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    known = id_of(str(value))
    if known is not None:
        return known[1]
    text = str(value)
    return text.rpartition("/")[2].rpartition("#")[2] or text if text.startswith("http") else text


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, widest: int = 60) -> str:
    """Return rows as aligned text with a header line, cells cut at `widest`; says so when there are none.

    >>> print(table(["a", "b"], [["x", "yy"]]), end="")
    a  b
    x  yy
    """
    if not rows:
        return "(no rows)\n"
    shown = [list(columns), *[[c.replace("\n", " ") for c in row] for row in rows]]
    widths = [min(widest, max(len(row[i]) for row in shown)) for i in range(len(columns))]
    lines = []
    for row in shown:
        cells = [cell if len(cell) <= widest else cell[: widest - 1] + "…" for cell in row]
        lines.append("  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)).rstrip())
    return "\n".join(lines) + "\n"
