"""reStructuredText and plain text: paragraphs, titles, lists, literal blocks and simple directives, line by line."""

from __future__ import annotations

import re

from buttress.model import Mark, Source
from buttress.readers.documents.blocks import Document

_UNDERLINE = re.compile(r"([=\-`:.'\"~^_*+#])\1{2,}\s*")
_BULLET = re.compile(r"(\s*)(?:[-*+•]|#\.|\(?\d{1,3}[.)])\s+")
_DIRECTIVE = re.compile(r"(\s*)\.\.\s+([\w:-]+)::\s*(.*)")
_CODE = ("code-block", "code", "sourcecode", "mermaid", "uml", "graphviz", "literalinclude", "parsed-literal")
_TEXT = (
    "note",
    "warning",
    "tip",
    "important",
    "caution",
    "attention",
    "hint",
    "seealso",
    "admonition",
    "deprecated",
    "versionadded",
    "topic",
)
_ROLE = re.compile(r":[\w:+-]+:`~?([^`<]+?)(?:\s*<[^`>]*>)?`")
_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?|`([^`]+)`__?(?!\w)")
_CODED = re.compile(r"``([^`]+)``")
_BARE_LINK = re.compile(r"\b([A-Za-z][\w.-]*[A-Za-z0-9])_{1,2}(?=[\s.,;:)]|$)")
_STRONG = re.compile(r"\*\*([^*\n]+)\*\*|(?<![\w*])\*([^*\s][^*\n]*)\*(?![\w*])")
_SUBSTITUTION = re.compile(r"\|([\w .-]+)\|_{0,2}")
_FIELD = re.compile(r"\s*:[\w -]+:(?:\s|$)")


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
        if _UNDERLINE.fullmatch(line.strip()) or _FIELD.match(line):
            return n + 1
        return self._paragraph(n)

    def _title(self, n: int, mark: str) -> None:
        if mark not in self.levels:
            self.levels.append(mark)
        text, marks = _plain(self.lines[n].strip())
        self.document.heading(self.levels.index(mark) + 1, n, n + 1, text, marks)
        self.stack, self.lead = [], None

    def _directive(self, n: int, found: re.Match[str]) -> int:
        indent, name, argument = len(found[1]), found[2], found[3]
        self._close(indent)
        end = self._indented_end(n + 1, indent)
        if name in _TEXT:
            return n + 1
        body = n + 1
        while body < end and (not self.lines[body].strip() or _FIELD.match(self.lines[body])):
            body += 1
        if name in _CODE and body < end:
            language = (
                argument.strip()
                if name not in ("mermaid", "uml", "graphviz")
                else {"uml": "plantuml"}.get(name, name)
            )
            block = self.lines[body:end]
            margin = min((len(x) - len(x.lstrip()) for x in block if x.strip()), default=0)
            self.document.block(language, body, "\n".join(x[margin:] for x in block) + "\n")
        elif name in (
            "list-table",
            "csv-table",
            "table",
            "figure",
            "image",
            "thumbnail",
            "toctree",
            "contents",
            "include",
            "raw",
        ):
            return end
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
                if len(line) - len(line.lstrip()) <= indent:
                    break
                end = n + 1
            n += 1
        return end

    def _paragraph(self, n: int) -> int:
        line = self.lines[n]
        bullet = _BULLET.match(line)
        indent = len(line) - len(line.lstrip())
        start = n
        n += 1
        while (
            n < len(self.lines)
            and self.lines[n].strip()
            and not _BULLET.match(self.lines[n])
            and not _DIRECTIVE.match(self.lines[n])
        ):
            if (
                n + 1 < len(self.lines)
                and _UNDERLINE.fullmatch(self.lines[n + 1])
                and self.lines[n][:1].strip()
            ):
                break
            if not bullet and n == start + 1 and len(self.lines[n]) - len(self.lines[n].lstrip()) > indent:
                break  # a definition list: the term stands alone
            n += 1
        body = self.lines[start:n]
        literal = body[-1].rstrip().endswith("::")
        if bullet:
            body[0] = body[0][bullet.end() :]
        text, marks = _plain("\n".join(x.strip() for x in body))
        text = text.removesuffix("::") + (":" if literal else "") if literal else text
        self._close(indent + (0 if bullet else 1))
        parent = self.stack[-1][1] if self.stack and indent > self.stack[-1][0] else None
        if bullet:
            index = self.document.add(
                "list",
                start,
                n,
                text,
                marks=marks,
                parent=parent if parent is not None else self.lead,
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


def _plain(text: str) -> tuple[str, tuple[Mark, ...]]:
    """Return a text without inline markup, and what its author set apart."""
    patterns = (
        (_CODED, "code"),
        (_ROLE, ""),  # a reference names the thing itself
        (_LINK, "link"),
        (_STRONG, "strong"),
        (_SUBSTITUTION, ""),
        (_BARE_LINK, "link"),
    )
    found: list[tuple[int, int, str, str]] = []
    taken = bytearray(len(text))
    for pattern, style in patterns:
        for match in pattern.finditer(text):
            if taken.find(1, match.start(), match.end()) < 0:
                taken[match.start() : match.end()] = b"\x01" * len(match[0])
                inner = next(g for g in match.groups() if g is not None)
                found.append((match.start(), match.end(), inner, style))
    out, at, marks, length = [], 0, [], 0
    for start, end, inner, style in sorted(found):
        length += start - at
        out += [text[at:start], inner]
        if style:
            marks.append(Mark(length, length + len(inner), style))
        length += len(inner)
        at = end
    out.append(text[at:])
    return "".join(out), tuple(marks)
