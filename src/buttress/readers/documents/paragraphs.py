"""The text of Word files and PDF pages as the sources layer makes it: a line for every paragraph, or every line of a page.

Titles begin with `#` signs, items of lists with a hyphen behind two spaces for each level, rows of tables with `|`; the first row of a table
names its columns. Anything else is running text, to the letter. On a page of a PDF a paragraph goes on over several lines, up to an empty one.
"""

from __future__ import annotations

import re

from buttress.model import Source
from buttress.readers.documents.blocks import Document
from buttress.readers.documents.tables import Cell

_TITLE = re.compile(r"(#{1,9}) (\S.*)")
_ITEM = re.compile(r"((?:  ){0,9})- (\S.*)")


def read_paragraphs(source: Source) -> Document:
    r"""Return the passages of such a text, under the title that the page before it ended with.

    >>> page = Source("a.pdf#page=2", "The shop\nsells.\n\n- maps\n| Part | Owner |\n| Shop | Ann |", heading="Parts")
    >>> [(p.form, p.line, p.text, p.headings) for p in read_paragraphs(page).passages][:2]
    [('prose', 1, 'The shop\nsells.', ('Parts',)), ('list', 4, 'maps', ('Parts',))]
    """
    document = Document(source)
    if source.heading:
        document.headings.append((1, source.heading))
    wrapped = source.name.lower().rpartition("#")[0].endswith(".pdf")
    lead: int | None = None
    items: list[int] = []  # the passage of the open item of every level
    n = 0
    while n < len(document.lines):
        line, start = document.lines[n], n
        n += 1
        if not line.strip():
            continue
        if line.startswith("|"):
            while n < len(document.lines) and document.lines[n].startswith("|"):
                n += 1
            rows = [_cells(document.lines[k], k) for k in range(start, n)]
            document.table(rows, 1 if len(rows) > 1 else 0)
            continue
        if title := _TITLE.match(line):
            document.heading(len(title[1]), start, n, title[2].strip())
            lead, items = None, []
            continue
        item = _ITEM.match(line)
        while wrapped and n < len(document.lines) and _goes_on(document.lines[n]):
            n += 1
        text = "\n".join(x.strip() for x in document.lines[start:n])
        if item:
            level = min(len(item[1]) // 2, len(items))
            above = items[level - 1] if level else lead
            text = text.removeprefix("- ")
            items[level:] = [document.add("list", start, n, text, parent=above, level=level + 1)]
        else:
            items = []
            lead = document.add("prose", start, n, text)
    return document


def _goes_on(line: str) -> bool:
    return bool(line.strip()) and not (line.startswith("|") or _TITLE.match(line) or _ITEM.match(line))


def _cells(line: str, n: int) -> list[Cell]:
    return [Cell(text.strip(), (), n, n + 1) for text in line.strip().strip("|").split(" | ")]
