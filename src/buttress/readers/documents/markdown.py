"""Markdown by markdown-it-py: tokens become passages."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from buttress.model import Diagnostic, Form, Mark, Source
from buttress.readers.documents.blocks import Document
from buttress.readers.documents.tables import Cell

MAX_NESTING = 40
_STYLES = {"strong_open": "strong", "em_open": "emphasis", "link_open": "link"}
_TAG = re.compile(r"<[^<>]{0,500}>")
_FENCES = {"---": ("---", "..."), "+++": ("+++",)}
_SETTING = re.compile(r"[\w\"'-][^:=]*[:=]|#")
# The mark of a footnote, where it is set and where it stands: `[^speed]`, `[^speed]:`.
_FOOTNOTE = re.compile(r"[ \t]?\[\^[^\]\s]{1,80}\]:?")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# A template in an address, whose spaces end the address for the parser: `[docs]({{ site.baseurl }}/docs)`.
_TEMPLATE = re.compile(r"(?<=\]\()\{\{[^{}\n]{1,100}\}\}")
# A whole document in a fence of its own, as chats hand it out.
_WRAPPED = re.compile(
    r"\A(\s*)(?:```+|~~~+)[ \t]*(?:md|mdx|markdown)[ \t]*$(?=[\s\S]*?^ {0,3}#{1,6} )", re.MULTILINE
)
_FENCE = re.compile(r"^ {0,3}(?:`{3,}|~{3,}).*$", re.MULTILINE)
# What site builders and wikis write drawings in: `{{< mermaid >}}`, `{% mermaid %}`, `::: mermaid`.
_KINDS = "mermaid|plantuml|d2|graphviz"
_DRAWN = re.compile(
    rf"^[ \t]*(?:\{{\{{[<%]\s*(?P<a>{_KINDS})\b[^{{}}\n]{{0,200}}[>%]\}}\}}|\{{%-?\s*(?P<b>{_KINDS})\b[^{{}}\n]{{0,200}}%\}}|"
    rf":::+[ \t]*\{{?(?P<c>{_KINDS})\}}?)[ \t]*\n"
    r"(?P<drawing>(?:.*\n){0,500}?)"
    rf"[ \t]*(?:\{{\{{[<%]\s*/(?:{_KINDS})\s*[>%]\}}\}}|\{{%-?\s*end(?:{_KINDS})\s*-?%\}}|:::+)[ \t]*$",
    re.MULTILINE,
)


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
    text = _DRAWN.sub(_fenced, _unwrapped(_without_front_matter(document)))
    try:
        tokens = _parser().parse(_TEMPLATE.sub(lambda m: m[0].replace(" ", "_"), text))
    except RecursionError:
        document.diagnostics.append(
            Diagnostic(
                source.path, source.first_line, "nested too deeply; the document was left out", "error"
            )
        )
        return document
    document.diagnostics += _left_out(source, tokens)
    _Walk(document, tokens).run()
    return document


def _left_out(source: Source, tokens: list[Any]) -> list[Diagnostic]:
    """Tell the first item or quote at the limit of nesting; the parser leaves out what stands in it without a word."""
    for token in tokens:
        if token.type in ("list_item_open", "blockquote_open") and token.level + 1 >= MAX_NESTING:
            line = source.first_line + (token.map[0] if token.map else 0)
            limits = f"lists are read {MAX_NESTING // 2 - 1} levels deep, quotes {MAX_NESTING - 1}"
            reason = f"{limits}; what stands deeper was left out, write it flatter"
            return [Diagnostic(source.path, line, reason, "error")]
    return []


def _without_front_matter(document: Document) -> str:
    """Return the text with front matter blanked out, so that the lines keep their numbers.

    Two rules at the start of a text are front matter when a setting stands between them, not when prose does.
    """
    lines = document.lines
    ends = _FENCES.get(lines[0].strip(), ()) if lines else ()
    end = next((n for n in range(1, min(len(lines), 200)) if lines[n].rstrip() in ends), None)
    if end is not None:
        first = next((line for line in lines[1:end] if line.strip()), "")
        if not first or _SETTING.match(first):
            return "\n" * (end + 1) + "\n".join(lines[end + 1 :])
    return document.source.text


def _unwrapped(text: str) -> str:
    r"""Return a text without the fence around the whole of it; the lines keep their numbers.

    >>> _unwrapped("```md\n# Shop\n\nIt sells.\n```\n")
    '\n# Shop\n\nIt sells.\n\n'
    """
    wrapped = _WRAPPED.match(text)
    if wrapped is None:
        return text
    inside = text[wrapped.end() :]
    fences = list(_FENCE.finditer(inside))
    if len(fences) % 2 and not inside[fences[-1].end() :].strip():
        inside = inside[: fences[-1].start()] + inside[fences[-1].end() :]
    return wrapped[1] + inside


def _fenced(drawn: re.Match[str]) -> str:
    """Return a drawing between the marks of a site builder in a fence."""
    return f"```{drawn['a'] or drawn['b'] or drawn['c']}\n{drawn['drawing']}```"


class _Walk:
    def __init__(self, document: Document, tokens: list[Any]) -> None:
        self.document = document
        self.tokens = tokens
        self.items: list[int | None] = []  # the passage of each open list item
        self.lead: int | None = None  # the paragraph before a list
        self.rows: list[list[Cell]] = []
        self.row_line = 0

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
            elif kind == "table_open":
                self.rows = []
            elif kind == "tr_open":
                self.rows.append([])
                self.row_line = token.map[0] if token.map else 0
            elif kind == "table_close":
                self.document.table(self.rows, 1)
            elif kind == "heading_open":
                self.lead = None

    def _inline(self, n: int, token: Any) -> None:
        text, marks = _plain(token)
        opener = self.tokens[n - 1].type
        if opener in ("th_open", "td_open"):
            self.rows[-1].append(Cell(text, marks, self.row_line, self.row_line + 1))
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

    def _html(self, token: Any) -> None:
        start = token.map[0]
        if re.search(r"<(?:script|style|svg)\b", token.content):
            return
        content = _COMMENT.sub(lambda m: "\n" * m[0].count("\n"), token.content)
        for n, line in enumerate(content.split("\n")):
            text = _TAG.sub(" ", line).strip()
            if len(text.split()) > 3:
                self.document.add("prose", start + n, start + n + 1, text)


def _plain(token: Any) -> tuple[str, tuple[Mark, ...]]:
    """Return the text of an inline token without markup and marks of footnotes, and what its author set apart."""
    out: list[str] = []
    marks: list[Mark] = []
    opened: list[tuple[str, int]] = []
    length = 0
    for child in token.children or ():
        piece = ""
        if child.type == "text":
            piece = _FOOTNOTE.sub("", child.content)
        elif child.type == "code_inline":
            piece = child.content
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
