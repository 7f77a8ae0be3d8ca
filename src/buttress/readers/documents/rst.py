"""reStructuredText and plain text: paragraphs, titles, lists, literal blocks and simple directives, line by line."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from buttress.model import Mark, Source
from buttress.readers.documents.blocks import Document
from buttress.readers.documents.inline import Rule, without
from buttress.readers.documents.rst_tables import end_of_simple, grid, listed, simple
from buttress.readers.documents.separated import separated
from buttress.readers.documents.tables import Cell

_UNDERLINE = re.compile(r"([=\-`:.'\"~^_*+#])\1{2,}\s*")
_BULLET = re.compile(r"(\s*)(?:[-*+•]|#\.|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+")
_DIRECTIVE = re.compile(r"(\s*)\.\.\s+(?:\|([^|\n]{1,80})\|\s+)?([\w:+-]{1,60})::\s*(.*)")
_GRID = re.compile(r"\s*\+(?:-+\+){1,100}\s*")
_SIMPLE = re.compile(r"\s*=+(?: +=+)+\s*")
_FIELD = re.compile(r"(\s*):([\w][\w .-]{0,60}):(?:\s+(.*)|\s*$)")
_DIAGRAMS = {
    "mermaid": "mermaid",
    "uml": "plantuml",
    "plantuml": "plantuml",
    "graphviz": "graphviz",
    "digraph": "graphviz",
    **{name: name for name in ("blockdiag", "seqdiag", "actdiag", "nwdiag", "packetdiag", "ditaa")},
}
_CODE = frozenset(("code-block", "code", "sourcecode", "parsed-literal", *_DIAGRAMS))
_TEXT = frozenset(
    "note warning tip important caution attention danger error hint seealso admonition deprecated versionadded versionchanged topic "
    "sidebar container rst-class tabs tab tab-set tab-item group-tab dropdown details collapse card grid grid-item grid-item-card "
    "epigraph highlights pull-quote compound glossary centered rubric hlist table only todo line-block".split()
)
_TITLED = frozenset(
    "admonition topic sidebar rubric centered dropdown details tab tab-item group-tab card grid-item-card".split()
)
_WORDLESS = frozenset("container rst-class only hlist grid tabs tab-set table grid-item compound".split())
# Fields that are about the document or a function, not about what it describes.
_OTHER_FIELDS = re.compile(
    r"(?:orphan|tocdepth|nosearch|no\w+|author|authors|copyright|revision|param|type|returns?|rtype|raises?|keyword|arg|var|ivar|cvar|vartype|"
    r"meta|caption|name|class)\b",
    re.IGNORECASE,
)
_LABELS = re.compile(r"(?:status|date|version|address|contact|organization)$", re.IGNORECASE)
_RULES = (
    Rule(re.compile(r"``([^`]{1,1000})``"), "code"),
    Rule(re.compile(r":[\w+-]{1,40}(?::[\w+-]{1,40}){0,3}:`~?([^`<]{1,500}?)(?:\s{0,50}<[^`>]{0,500}>)?`")),  # names the thing itself
    Rule(re.compile(r"`([^`<]{1,500}?)\s{0,50}<[^`>]{0,500}>`__?|`([^`]{1,500})`__?(?!\w)"), "link"),
    Rule(re.compile(r"(?<!`)`([^`\n]{1,300})`(?!`)"), "emphasis"),
    Rule(re.compile(r"\*\*([^*\n]{1,500})\*\*|(?<![\w*])\*([^*\s][^*\n]{0,500})\*(?![\w*])"), "strong"),
    Rule(re.compile(r"\|([\w .-]{1,80})\|_{0,2}")),
    Rule(re.compile(r"(?<![\w.-])([A-Za-z](?:[\w.-]{0,80}[A-Za-z0-9])?)_{1,2}(?=[\s.,;:)'’]|$)"), "link"),
    Rule(re.compile(r" ?\[[#*\d][\w-]{0,30}\]_")),
)  # fmt: skip


def read_rst(source: Source) -> Document:
    r"""Return the passages and blocks of a reStructuredText or plain text.

    >>> [(p.form, p.text) for p in read_rst(Source("a.rst", "Shop\n====\n\nIt uses :ref:`Redis <r>`.\n")).passages]
    [('heading', 'Shop'), ('prose', 'It uses Redis.')]
    """
    document = Document(source)
    _Lines(document).run()
    return document


class _Lines:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines = document.lines
        self.levels: list[str] = []
        self.stack: list[tuple[int, int]] = []  # indent and passage of the open list items
        self.lead: int | None = None
        self.replaced = _replacements(self.lines)

    def run(self) -> None:
        """Go through the lines once."""
        n = 0
        while n < len(self.lines):
            n = self._step(n)

    def _step(self, n: int) -> int:
        line = self.lines[n]
        if not line.strip():
            return n + 1
        if (
            _UNDERLINE.fullmatch(line)
            and n + 2 < len(self.lines)
            and _UNDERLINE.fullmatch(self.lines[n + 2])
            and self.lines[n + 1].strip()
        ):
            self._title(n + 1, line[0] + "=")
            return n + 3
        if (
            n + 1 < len(self.lines)
            and _UNDERLINE.fullmatch(self.lines[n + 1])
            and line[:1].strip()
            and len(self.lines[n + 1].strip()) >= 3
        ):
            self._title(n, self.lines[n + 1][0])
            return n + 2
        directive = _DIRECTIVE.match(line)
        if directive:
            return self._directive(n, directive)
        if line.lstrip().startswith(".."):
            self._close(len(line) - len(line.lstrip()))
            return self._indented_end(n + 1, len(line) - len(line.lstrip()))
        if (end := self._table(n)) > n:
            return end
        if _UNDERLINE.fullmatch(line.strip()):
            return n + 1
        if field := _FIELD.match(line):
            return self._field(n, field)
        return self._paragraph(n)

    def _plain(self, text: str) -> tuple[str, tuple[Mark, ...]]:
        """Return a text without inline markup, with what its substitutions stand for."""
        if self.replaced and "|" in text:
            text = _NAMED.sub(lambda m: self.replaced.get(m[1], m[0]), text)
        return without(text, _RULES)

    def _table(self, n: int) -> int:
        """Add the table that begins at a line, and return the line behind it; the same line when none does."""
        line = self.lines[n]
        if _GRID.fullmatch(line):
            end = n + 1
            while end < len(self.lines) and self.lines[end].lstrip().startswith(("|", "+")):
                end += 1
            rows, heads = grid(self.lines[n:end], n)
        elif _SIMPLE.fullmatch(line):
            end = end_of_simple(self.lines, n)
            if end == n:
                return n
            rows, heads = simple(self.lines[n:end], n)
        else:
            return n
        self._add_table(rows, heads)
        return end

    def _add_table(self, rows: list[list[Cell]], heads: int) -> None:
        plain = []
        for row in rows:
            bare = [(cell, *self._plain(cell.text)) for cell in row]
            plain.append([replace(cell, text=text, marks=marks) for cell, text, marks in bare])
        self.document.table(plain, heads if len(plain) > heads else 0)

    def _field(self, n: int, found: re.Match[str]) -> int:
        """Read a field as an item, `owner: team payments`; what is about the document itself is left out."""
        indent, name, value = len(found[1]), found[2], found[3] or ""
        end = n + 1
        while end < len(self.lines) and self.lines[end].strip() and _indent(self.lines[end]) > indent:
            end += 1
        if not _OTHER_FIELDS.match(name) and not (_LABELS.match(name) and not self.document.headings):
            body = [f"{name}: {value}".strip(), *(x.strip() for x in self.lines[n + 1 : end])]
            text, marks = self._plain("\n".join(body))
            self._close(indent)
            parent = self.stack[-1][1] if self.stack else None
            if text.strip(": \n") != name:
                self.document.add("list", n, end, text, marks=marks, parent=parent, level=len(self.stack) + 1)
        return end

    def _title(self, n: int, mark: str) -> None:
        if mark not in self.levels:
            self.levels.append(mark)
        text, marks = self._plain(self.lines[n].strip())
        self.document.heading(self.levels.index(mark) + 1, n, n + 1, text, marks)
        self.stack, self.lead = [], None

    def _directive(self, n: int, found: re.Match[str]) -> int:
        indent, name, argument = len(found[1]), found[3].rpartition(":")[2] or found[3], found[4].strip()
        self._close(indent)
        if found[2]:  # the definition of a substitution
            return self._indented_end(n + 1, indent)
        if name in ("image", "figure"):
            return self._picture(n, indent, name)
        if name in _TEXT:
            return self._admonition(n, name, argument, len(found[0]) - len(found[4]))
        end = self._indented_end(n + 1, indent)
        body, options = n + 1, {}
        while body < end and (field := _FIELD.match(self.lines[body])):
            options[field[2].lower()] = (field[3] or "").strip()
            body += 1
            while body < end and self.lines[body].strip() and _indent(self.lines[body]) > len(field[1]):
                body += 1  # the rest of a long option
        while body < end and not self.lines[body].strip():
            body += 1
        block = self.lines[body:end]
        margin = min((_indent(x) for x in block if x.strip()), default=0)
        block = [x[margin:] for x in block]
        if name in ("include", "literalinclude") or (
            name in ("csv-table", "uml", "plantuml", "mermaid") and not block
        ):
            self.document.included(n, options.get("file") or options.get("url") or argument or "a file")
        elif name in _CODE and block:
            self.document.block(_DIAGRAMS.get(name, argument), body, "\n".join(block) + "\n")
        elif name == "list-table" and block:
            self._add_table(listed(block, body), _number(options.get("header-rows")))
        elif name == "csv-table" and block:
            separator = {"tab": "\t", "space": " "}.get(
                options.get("delim", ","), options.get("delim", ",")[:1] or ","
            )
            rows = separated(block, body, separator)
            heads = _number(options.get("header-rows"))
            if "header" in options:
                rows = [*separated([options["header"]], n + 1, separator), *rows]
                heads = 1
            self._add_table(rows, heads)
        return end

    def _picture(self, n: int, indent: int, name: str) -> int:
        """Read the text that stands for a picture, and leave the caption of a figure to the next steps."""
        end = n + 1
        while end < len(self.lines) and (option := _FIELD.match(self.lines[end])):
            if option[2].lower() == "alt":
                self.document.picture(end, end + 1, self._plain(option[3] or "")[0])
            end += 1
        return end if name == "figure" else self._indented_end(end, indent)

    def _admonition(self, n: int, name: str, argument: str, at: int) -> int:
        """Read what stands behind a directive's name, and leave what is indented below it to the next steps."""
        end = n + 1
        if name in _WORDLESS or not argument:
            while end < len(self.lines) and (_FIELD.match(self.lines[end])):
                end += 1
            return end
        if name not in _TITLED:
            while end < len(self.lines) and self.lines[end].strip() and not _BULLET.match(self.lines[end]):
                end += 1
        body = [self.lines[n][at:], *self.lines[n + 1 : end]]
        while end < len(self.lines) and (_FIELD.match(self.lines[end])):
            end += 1
        text, marks = self._plain("\n".join(x.strip() for x in body))
        if name not in ("versionadded", "versionchanged", "deprecated") or len(text.split()) > 3:
            self.stack, self.lead = [], self.document.add("prose", n, n + len(body), text, marks=marks)
        return end

    def _close(self, indent: int) -> None:
        """End the list items that what stands at `indent` isn't part of."""
        while self.stack and self.stack[-1][0] >= indent:
            self.stack.pop()

    def _indented_end(self, n: int, indent: int) -> int:
        end = n
        while n < len(self.lines):
            line = self.lines[n]
            if line.strip():
                if _indent(line) <= indent:
                    break
                end = n + 1
            n += 1
        return end

    def _paragraph(self, n: int) -> int:
        line = self.lines[n]
        bullet = _BULLET.match(line)
        indent = len(line) - len(line.lstrip())
        start, term = n, False
        n += 1
        while (
            n < len(self.lines)
            and self.lines[n].strip()
            and not _BULLET.match(self.lines[n])
            and not _DIRECTIVE.match(self.lines[n])
            and not _GRID.fullmatch(self.lines[n])
        ):
            if (
                n + 1 < len(self.lines)
                and _UNDERLINE.fullmatch(self.lines[n + 1])
                and self.lines[n][:1].strip()
            ):
                break
            if not bullet and n == start + 1 and _indent(self.lines[n]) > indent:
                term = not line.startswith("|")
                break  # a list of definitions: the term stands alone
            n += 1
        body = self.lines[start:n]
        literal = body[-1].rstrip().endswith("::")
        if bullet:
            body[0] = body[0][bullet.end() :]
        elif line.lstrip().startswith("| "):
            body = [x.lstrip().removeprefix("|") for x in body]
        text, marks = self._plain("\n".join(x.strip() for x in body))
        text = text.removesuffix("::") + (":" if literal else "") if literal else text
        self._close(indent + (0 if bullet else 1))
        parent = self.stack[-1][1] if self.stack and indent > self.stack[-1][0] else None
        if bullet or (term and not literal):
            index = self.document.add(
                "list",
                start,
                n,
                text,
                marks=marks,
                parent=self.lead if parent is None and bullet else parent,
                level=len(self.stack) + 1,
            )
            self.stack.append((indent, index))
        elif parent is not None:
            self.document.add("list", start, n, text, marks=marks, parent=parent, level=len(self.stack))
        else:
            self.stack = []
            self.lead = self.document.add("prose", start, n, text, marks=marks)
        if literal:
            end = self._indented_end(n, indent)
            first = next((k for k in range(n, end) if self.lines[k].strip()), end)
            if first < end:
                self.document.block("", first, "\n".join(self.lines[first:end]) + "\n")
            return max(end, n)
        return n


_NAMED = re.compile(r"\|([^|\n]{1,80})\|")
_REPLACE = re.compile(r"\.\. \|([^|\n]{1,80})\| replace:: (.{1,200})")


def _replacements(lines: list[str]) -> dict[str, str]:
    """Return what the substitutions of a document stand for, at most 200 of them."""
    found = (m for line in lines if line.startswith(".. |") and (m := _REPLACE.match(line)))
    return {m[1]: m[2].strip() for m in islice(found, 200)}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _number(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 3 else 0
