"""Markdown by markdown-it-py: tokens become passages."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from buttress.model import Diagnostic, Form, Mark, Source
from buttress.readers.markdown.blocks import Document

MAX_NESTING = 40
_STYLES = {"strong_open": "strong", "em_open": "emphasis", "link_open": "link"}
_TAG = re.compile(r"<[^<>]{0,500}>")
_LANGUAGE = re.compile(r"^\s*---\s*$")
_PAKO = re.compile(r"https?://(?:mermaid\.ink|mermaid\.live)/\S+")


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")


def read_markdown(source: Source) -> Document:
    r"""Return the passages and blocks of a Markdown text; front matter is left out.

    >>> [p.text for p in read_markdown(Source("a.md", "- **Shop**: sells\n  - *fast*\n")).passages]
    ['Shop: sells', 'fast']
    """
    document = Document(source)
    text = _without_front_matter(document)
    try:
        tokens = _parser().parse(text)
    except RecursionError:
        document.diagnostics.append(
            Diagnostic(
                source.path, source.first_line, "nested too deeply; the document was left out", "error"
            )
        )
        return document
    _Walk(document, tokens).run()
    return document


def _without_front_matter(document: Document) -> str:
    """Return the text with front matter blanked out, so that the lines keep their numbers."""
    lines = document.lines
    if lines and _LANGUAGE.match(lines[0]):
        end = next((n for n in range(1, min(len(lines), 200)) if _LANGUAGE.match(lines[n])), None)
        if end is not None:
            return "\n" * (end + 1) + "\n".join(lines[end + 1 :])
    return document.source.text


class _Walk:
    def __init__(self, document: Document, tokens: list[Any]) -> None:
        self.document = document
        self.tokens = tokens
        self.items: list[int | None] = []  # the passage of each open list item
        self.lead: int | None = None  # the paragraph before a list
        self.columns: tuple[str, ...] = ()
        self.cells: list[tuple[str, tuple[Mark, ...]]] = []
        self.in_head = False

    def run(self) -> None:
        """Go through the tokens once."""
        for n, token in enumerate(self.tokens):
            kind = token.type
            if kind == "inline":
                self._inline(n, token)
            elif kind == "list_item_open":
                self.items.append(None)
            elif kind == "list_item_close":
                self.items.pop()
            elif kind in ("fence", "code_block") and token.map:
                start = token.map[0] + (1 if kind == "fence" else 0)
                self.document.block(token.info.strip() if kind == "fence" else "", start, token.content)
            elif kind == "html_block" and token.map:
                self._html(token)
            elif kind in ("thead_open", "thead_close"):
                self.in_head = kind == "thead_open"
            elif kind == "tr_open":
                self.cells = []
            elif kind == "tr_close":
                self._row(token, n)
            elif kind == "heading_open":
                self.lead = None

    def _inline(self, n: int, token: Any) -> None:
        text, marks = _plain(token)
        opener = self.tokens[n - 1].type
        if opener in ("th_open", "td_open"):
            self.cells.append((text, marks))
            return
        if not text.strip() or not token.map:
            return
        start, end = token.map
        if opener == "heading_open":
            self.document.heading(int(self.tokens[n - 1].tag[1]), start, end, text, marks)
            return
        if not self.items:
            self.lead = self.document.add("prose", start, end, text, marks=marks)
            return
        above = next((i for i in reversed(self.items[:-1]) if i is not None), self.lead)
        form: Form = "list"
        if self.items[-1] is None:
            self.items[-1] = self.document.add(
                form, start, end, text, marks=marks, parent=above, level=len(self.items)
            )
        else:
            self.document.add(
                form, start, end, text, marks=marks, parent=self.items[-1], level=len(self.items)
            )

    def _row(self, token: Any, n: int) -> None:
        opened = next((t for t in reversed(self.tokens[:n]) if t.type == "tr_open"), token)
        place = opened.map or (0, 1)
        if self.in_head:
            self.columns = tuple(text for text, _ in self.cells)
            return
        joined, marks = "", []
        for text, own in self.cells:
            if joined:
                joined += " | "
            marks += [Mark(len(joined) + m.start, len(joined) + m.end, m.style) for m in own]
            joined += text
        if joined.strip(" |"):
            cells = tuple(text for text, _ in self.cells)
            self.document.add(
                "table", place[0], place[0] + 1, joined, marks=tuple(marks), cells=cells, columns=self.columns
            )

    def _html(self, token: Any) -> None:
        start = token.map[0]
        if "<!--" in token.content or re.search(r"<(?:script|style|svg)\b", token.content):
            return
        for n, line in enumerate(token.content.splitlines()):
            text = _TAG.sub(" ", line).strip()
            if len(text.split()) > 3:
                self.document.add("prose", start + n, start + n + 1, text)


def _plain(token: Any) -> tuple[str, tuple[Mark, ...]]:
    """Return the text of an inline token without markup, and what its author set apart."""
    out: list[str] = []
    marks: list[Mark] = []
    opened: list[tuple[str, int]] = []
    length = 0
    for child in token.children or ():
        piece = ""
        if child.type in ("text", "code_inline"):
            piece = child.content
            if child.type == "code_inline":
                marks.append(Mark(length, length + len(piece), "code"))
        elif child.type in ("softbreak", "hardbreak"):
            piece = "\n"
        elif child.type in _STYLES:
            opened.append((_STYLES[child.type], length))
        elif child.type in ("strong_close", "em_close", "link_close") and opened:
            style, start = opened.pop()
            marks.append(Mark(start, length, style))
        elif child.type == "html_inline" and re.match(r"<br\b", child.content, re.IGNORECASE):
            piece = " "
        out.append(piece)
        length += len(piece)
    return "".join(out), tuple(sorted(marks, key=lambda m: (m.start, m.end)))
