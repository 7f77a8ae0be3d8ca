"""HTML, exported wiki pages too: what a reader of the page sees as text becomes passages; scripts, menus and forms are left out."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from buttress.model import Mark, Source
from buttress.readers.documents.blocks import DIAGRAMS, Document
from buttress.readers.documents.tables import Cell
from buttress.readers.documents.tags import RAW, Piece, Tags, decoded, plain

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main ol p section summary table tbody td tfoot th thead tr ul".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_UNSEEN = frozenset("head nav footer form button select object audio video canvas ac:parameter".split())
_STYLES = {
    "code": "code", "kbd": "code", "samp": "code", "tt": "code", "strong": "strong", "b": "strong",
    "em": "emphasis", "i": "emphasis", "a": "link",
}  # fmt: skip
# Classes and ids of what surrounds a page: menus, lists of contents, who wrote it and when, links for editing.
_FURNITURE = frozenset(
    "breadcrumb breadcrumbs breadcrumb-section toc toc-macro table-of-contents page-metadata footer navigation nav navbar sidebar-nav "
    "sphinxsidebar related headerlink anchorjs-link skip-link mw-editsection edit-link edit-this-page linenos line-numbers rst-versions "
    "cookie-banner pagination".split()
)
_DIAGRAMS = frozenset(DIAGRAMS)
_LANGUAGE = re.compile(
    r"(?:\blanguage-|\blang-|\bhighlight-(?:source-)?|\bbrush:\s{0,5})([\w+#-]{1,30})", re.IGNORECASE
)
_SHOWN_AS = re.compile(r"<code\b[^<>]{0,500}")
_SPACE = re.compile(r"\s+")


def read_html(source: Source) -> Document:
    r"""Return the passages and blocks of a page.

    >>> page = "<nav>Home</nav><h1>Shop</h1>\n<p>It <b>sells</b>\nbooks &amp; maps.</p><ul><li>daily</ul>"
    >>> [(p.form, p.line, p.text) for p in read_html(Source("a.html", page)).passages]
    [('heading', 1, 'Shop'), ('prose', 2, 'It sells\nbooks & maps.'), ('list', 3, 'daily')]
    """
    document = Document(source)
    _Walk(document).run()
    return document


@dataclass(slots=True)
class _Run:
    """Text that is put together: white space becomes one space, or one line break."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    space: str = ""
    start: int = -1
    end: int = 0
    marks: list[Mark] = field(default_factory=list)

    def put(self, text: str) -> None:
        if self.length and self.space:
            self.parts.append(self.space)
            self.length += len(self.space)
        self.space = ""
        self.parts.append(text)
        self.length += len(text)

    def sorted_marks(self) -> tuple[Mark, ...]:
        return tuple(sorted(self.marks, key=lambda m: (m.start, m.end)))


@dataclass(slots=True)
class _Item:
    """An open list (`is_list`) or an item of one; `index` is its passage, `above` the one that governs it."""

    is_list: bool
    above: int | None
    index: int | None = None
    term: int | None = None  # of a list of definitions


class _Walk:
    def __init__(self, document: Document) -> None:
        self.document = document
        text = self.text = document.source.text
        self.breaks = [n for n, c in enumerate(text) if c == "\n"]
        self.tags = Tags(text)
        self.run_ = _Run()
        self.opened: list[tuple[str, int]] = []  # inline tags with the length of the text at which they began
        self.items: list[_Item] = []
        self.depth = 0
        self.lead: int | None = None
        self.level = 0  # of the heading that is open
        self.rows: list[list[Cell]] | None = None
        self.heads = 0
        self.cell: Piece | None = None
        self.inner = 0  # tables inside a cell
        self.languages: list[tuple[str, str]] = []

    def run(self) -> None:
        """Go through the page once."""
        unseen, depth = "", 0
        for piece in self.tags:
            name = piece.name
            if unseen:
                if name == unseen:
                    depth += 1
                elif name == "/" + unseen:
                    depth -= 1
                if depth == 0 or (unseen == "head" and name == "body"):
                    unseen = ""
                continue
            if not name:
                self._text(piece)
            elif name == "![cdata[":
                self._listing(piece.start, piece.end, "")
            elif name[0] == "/":
                self._close(name[1:])
            elif self._is_unseen(piece):
                if not piece.attributes.endswith("/"):
                    unseen, depth = name, 1
                    self._remember(piece)
            else:
                self._open(piece)
        self._flush()
        self._end_table()

    def _remember(self, piece: Piece) -> None:
        """Note the language that a code macro of Confluence names in a parameter."""
        if piece.name == "ac:parameter" and piece.get("ac:name") == "language":
            end = self.text.find("<", piece.end)
            self.languages.append(("ac:structured-macro", self.text[piece.end : end].strip()[:30]))

    def _is_unseen(self, piece: Piece) -> bool:
        if piece.name in _VOID or piece.name in ("html", "body", "main"):
            return False
        if piece.name in _UNSEEN:
            return True
        if not piece.attributes:
            return False
        words = {*piece.get("class").lower().split(), *piece.get("id").lower().split()}
        return not words.isdisjoint(_FURNITURE) or piece.get("role") == "navigation"

    # --- text

    def _text(self, piece: Piece) -> None:
        written = self.text[piece.start : piece.end]
        text = decoded(written)
        run = self.run_
        at = 0
        for gap in _SPACE.finditer(text):
            if gap.start() > at:
                self._begin(piece, written)
                run.put(text[at : gap.start()])
            if run.length and not run.space.endswith(("; ", "\n")):
                run.space = "\n" if "\n" in gap[0] and not self.cell else run.space or " "
            at = gap.end()
        if at < len(text):
            self._begin(piece, written)
            run.put(text[at:])
        if text.strip():
            run.end = piece.start + len(written.rstrip())

    def _begin(self, piece: Piece, written: str) -> None:
        if self.run_.start < 0:
            self.run_.start = piece.start + len(written) - len(written.lstrip())

    def _line(self, offset: int) -> int:
        return bisect_right(self.breaks, offset - 1)

    def _flush(self) -> None:
        """End the paragraph, item or title that is open."""
        if self.cell is not None:
            if self.run_.length:
                self.run_.space = "; " if self.run_.parts[-1][-1].isalnum() else " "
            return
        run, self.run_ = self.run_, _Run()
        self._mark(run)
        text = "".join(run.parts)
        if not text:
            return
        raw = self.text[run.start : run.end]
        start, end = self._line(run.start), self._line(run.end - 1) + 1
        marks = run.sorted_marks()
        add = self.document.add
        if self.level:
            self.document.heading(self.level, start, end, text, marks, raw)
            self.lead = None
        elif self.items and not self.items[-1].is_list:
            item = self.items[-1]
            if item.index is None:
                above = self.lead if item.above is None else item.above
                item.index = add(
                    "list", start, end, text, marks=marks, parent=above, level=self.depth, raw=raw
                )
            else:
                add("list", start, end, text, marks=marks, parent=item.index, level=self.depth, raw=raw)
        else:
            self.lead = add("prose", start, end, text, marks=marks, raw=raw)

    def _mark(self, run: _Run) -> None:
        """Add the marks of tags that are still open; what follows in the next paragraph is marked anew."""
        for name, start in self.opened:
            if run.length > start:
                run.marks.append(Mark(start, run.length, _STYLES[name]))
        self.opened = [(name, 0) for name, _ in self.opened[-8:]]

    # --- tags

    def _open(self, piece: Piece) -> None:
        name = piece.name
        if name in _STYLES:
            self.opened.append((name, self.run_.length + len(self.run_.space)))
        elif name == "br":
            if self.run_.length:
                self.run_.space = self.run_.space or " "
        elif name == "img":
            if not (self.run_.length or self.cell or self.level):
                start, end = self._line(piece.start), self._line(piece.end - 1) + 1
                self.document.picture(start, end, piece.get("alt"), self.text[piece.start : piece.end])
        elif name == "pre" or (_DIAGRAMS.intersection(piece.get("class").lower().split())):
            self._pre(piece)
        elif name in RAW or name == "ac:structured-macro":
            return
        elif name in _BLOCKS:
            if name in ("table", "tr", "td", "th", "thead") or self.cell is None:
                self._open_block(piece)
            else:
                self._open_in_cell(name)

    def _open_block(self, piece: Piece) -> None:
        name = piece.name
        if name == "div" and (found := _LANGUAGE.search(piece.get("class"))):
            self.languages.append(("div", found[1]))
        if name in ("table", "tr", "td", "th"):
            self._open_table(piece)
            return
        self._flush()
        if name in ("ul", "ol", "dl"):
            self._push(is_list=True)
            self.depth += 1
        elif name in ("li", "dt", "dd"):
            self._to_list()
            self._push(is_list=False)
        elif name[0] == "h" and name[1:].isdecimal():
            self.level = int(name[1:])
            self.items, self.depth = [], 0

    def _push(self, *, is_list: bool) -> None:
        top = self.items[-1] if self.items else None
        above = None
        if top is not None:
            above = top.index if top.index is not None else top.above
            if top.is_list and top.term is not None and not is_list:
                above = top.term
        self.items.append(_Item(is_list, above))

    def _to_list(self) -> None:
        """Close the items of the innermost list."""
        while self.items and not self.items[-1].is_list:
            self.items.pop()

    def _open_in_cell(self, name: str) -> None:
        if name[0] == "h" and name[1:].isdecimal() and not self.inner:  # a table that only lays out the page
            self._end_table()
            self._flush()
            self.level = int(name[1:])
        else:
            self._flush()

    def _close(self, name: str) -> None:
        if name in _STYLES:
            self._close_inline(name)
        elif name in ("table", "tr", "td", "th"):
            self._close_table(name)
        elif name in ("div", "ac:structured-macro") and self.languages and self.languages[-1][0] == name:
            self.languages.pop()
        if name not in _BLOCKS:
            return
        self._flush()
        if self.cell is not None:
            return
        if name in ("ul", "ol", "dl"):
            self._to_list()
            if self.items:
                self.items.pop()
                self.depth -= 1
        elif name in ("li", "dd", "dt"):
            last = self.items[-1] if self.items and not self.items[-1].is_list else None
            self._to_list()
            if self.items and name != "li":
                self.items[-1].term = last.index if name == "dt" and last else self.items[-1].term
        elif name[0] == "h" and name[1:].isdecimal():
            self.level = 0

    def _close_inline(self, name: str) -> None:
        for n in range(len(self.opened) - 1, max(-1, len(self.opened) - 9), -1):
            if self.opened[n][0] == name:
                start = self.opened.pop(n)[1]
                if self.run_.length > start:
                    self.run_.marks.append(Mark(start, self.run_.length, _STYLES[name]))
                return

    # --- tables

    def _open_table(self, piece: Piece) -> None:
        name = piece.name
        if self.inner or (name == "table" and self.cell is not None):
            self.inner += name == "table"
            self._flush()
            return
        self._end_cell()
        self._flush()
        if name == "table":
            self._end_table()
            self.rows, self.heads = [], 0
        elif name == "tr" and self.rows is not None:
            self.rows.append([])
        elif self.rows is not None:
            if not self.rows:
                self.rows.append([])
            self.cell = piece

    def _close_table(self, name: str) -> None:
        if self.inner:
            self.inner -= name == "table"
            return
        self._end_cell()
        if name == "table":
            self._flush()
            self._end_table()

    def _end_cell(self) -> None:
        piece, self.cell = self.cell, None
        if piece is None or self.rows is None:
            return
        run, self.run_ = self.run_, _Run()
        self._mark(run)
        row = self.rows[-1]
        if piece.name == "th" and len(self.rows) - 1 == self.heads and not row:
            self.heads += 1  # until a cell that isn't a head follows
        elif piece.name == "td" and self.heads == len(self.rows):
            self.heads -= 1
        across, down = _number(piece.get("colspan")), _number(piece.get("rowspan"))
        text = "".join(run.parts)
        place = (run.start, run.end) if text else (0, 0)
        where = run.start if text else piece.start
        start, end = self._line(where), self._line(max(where, run.end - 1)) + 1
        row.append(Cell(text, run.sorted_marks(), start, end, across, down, place))

    def _end_table(self) -> None:
        self._end_cell()
        rows, self.rows = self.rows, None
        self.inner = 0
        rows = [row for row in rows or () if row]
        if not rows:
            return
        heads = min(self.heads, len(rows))
        if heads == 0 and len(rows) > 1 and all(map(_is_strong, rows[0])):
            heads = 1
        if heads == len(rows):
            heads = 0
        self.document.table(rows, heads)

    # --- code

    def _pre(self, piece: Piece) -> None:
        self._flush()
        if piece.attributes.endswith("/"):
            return
        start, end = self.tags.verbatim(piece.name)
        classes = piece.get("class").lower().split()
        diagram = next((c for c in classes if c in _DIAGRAMS), "")
        shown = _SHOWN_AS.match(self.text, start)
        told = f"{piece.attributes[:500]} {shown[0] if shown else ''}"
        found = _LANGUAGE.search(told)
        self._listing(start, end, diagram or (found[1] if found else ""), mermaid=bool(diagram))

    def _listing(self, start: int, end: int, language: str, *, mermaid: bool = False) -> None:
        """Add a block of code; in a diagram `<br>` is part of a label."""
        language = language or (self.languages[-1][1] if self.languages else "")
        written = self.text[start:end].split("\n")
        text = [decoded(x) for x in written] if mermaid else plain("\n".join(written)).split("\n")
        blank = next((n for n, line in enumerate(text) if line.strip()), len(text))
        text, written = text[blank:], written[blank:]
        margin = min((len(x) - len(x.lstrip()) for x in text if x.strip()), default=0)
        block = "\n".join(x[margin:] for x in text)
        if block.strip():
            self.document.block(language, self._line(start) + blank, block, "\n".join(written))


def _number(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 4 else 1


def _is_strong(cell: Cell) -> bool:
    return bool(cell.text) and any(
        m.style == "strong" and m.end - m.start >= len(cell.text) for m in cell.marks
    )
