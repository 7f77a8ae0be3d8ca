"""AsciiDoc, line by line: titles, paragraphs, lists, blocks, tables, attributes; no file is included, no macro runs."""

from __future__ import annotations

import re

from buttress.model import Source
from buttress.readers.documents.asciidoc_inline import plain
from buttress.readers.documents.asciidoc_tables import read_table
from buttress.readers.documents.blocks import DIAGRAMS, Document

MAX_ATTRIBUTES = 500
MAX_OPENED = 20  # blocks within blocks
_TITLE = re.compile(r"(={1,6}|#{1,6})[ \t]+(\S.*)")
_ATTRIBUTE = re.compile(r":(!?[\w][\w-]{0,60}!?):(?:[ \t]+(.*))?$")
_LIST = re.compile(r"[ \t]*(\*{1,6}|-|\.{1,6}|•|\d{1,3}\.|[a-zA-Z]\.|<(?:\d{1,2}|\.)>)[ \t]+(\S.*)")
_CHECK = re.compile(r"\[[ xX*]\][ \t]+")
_TERM = re.compile(r"[ \t]*(\S(?:.{0,200}?\S)?)(:{2,4}|;;)(?:[ \t]+(\S.*))?$")
_DELIMITER = re.compile(r"(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|`{3,}.*|[|,:!]={3,})[ \t]*$")
_STYLE = re.compile(r"\[([^\]]{0,500})\][ \t]*$")
_MACRO = re.compile(
    r"(include|image|video|audio|toc|plantuml|mermaid|ifdef|ifndef|ifeval|endif|svgbob|graphviz|ditaa)::([^\[\s]{0,500})\[(.{0,500})"
)
_ALT = re.compile(r"(?:alt=)?\s*(?:\"([^\"]{1,500})\"|([^,\]=]{1,500}))")
_ADMONITION = re.compile(r"(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):[ \t]+")
_BLOCK_TITLE = re.compile(r"\.[^\s.].*")
_ANCHOR = re.compile(r"\[\[[^\]]{0,200}\]\][ \t]*")
_CALLOUT = re.compile(
    r"(?<![ \t])[ \t]*+(?:#|//|;;|--|<!--)?[ \t]*+(?:<!?(?:\d{1,2}|\.)>[ \t]*+)+(?:-->)?[ \t]*+$"
)
_CODE = ("source", "listing", "literal", *DIAGRAMS)


def read_asciidoc(source: Source) -> Document:
    r"""Return the passages and blocks of an AsciiDoc text.

    >>> text = "= Shop\n:store: Redis\n\nIt *keeps* carts in {store}.\n\n* Cart\n** in memory\n"
    >>> [(p.form, p.line, p.text) for p in read_asciidoc(Source("a.adoc", text)).passages]
    [('heading', 1, 'Shop'), ('prose', 4, 'It keeps carts in Redis.'), ('list', 6, 'Cart'), ('list', 7, 'in memory')]
    """
    document = Document(source)
    _Lines(document).run()
    return document


class _Lines:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines = document.lines
        self.attributes: dict[str, str] = {}
        self.style = ""  # the block attributes that stand above what comes next
        self.items: list[tuple[str, int]] = []  # the mark and the passage of every open item
        self.lead: int | None = None
        self.attached = False  # a `+` has tied what comes next to the item above
        self.opened: list[
            tuple[str, list[tuple[str, int]]]
        ] = []  # blocks: the delimiter, the items to go on with

    def run(self) -> None:
        """Go through the lines once."""
        n = 0
        while n < len(self.lines):
            n = self._step(n)

    def _step(self, n: int) -> int:
        line = self.lines[n].rstrip()
        if not line:
            return n + 1
        if line == "+":
            self.attached = bool(self.items)
            return n + 1
        if delimiter := _DELIMITER.match(line):
            return self._delimited(n, delimiter[1])
        if line.startswith("//"):
            return n + 1
        if (found := _ATTRIBUTE.match(line)) and not self.opened:
            return self._attribute(n, found)
        if line.startswith("[") and (anchor := _ANCHOR.match(line)) and anchor.end() == len(line):
            return n + 1
        if line.startswith("[") and (style := _STYLE.match(line)):
            self.style = f"{self.style},{style[1]}" if self.style else style[1]
            return n + 1
        if macro := _MACRO.match(line):
            return self._macro(n, *macro.groups())
        if line in ("'''", "<<<", "---", "***", "* * *", "- - -"):
            return n + 1
        if title := _TITLE.match(line):
            return self._title(n, title)
        if self._named("source", "listing", *DIAGRAMS):
            end = self._paragraph_end(n)
            self._code(n, end, self._language())
            return end
        if _BLOCK_TITLE.match(line) and not _LIST.match(line):
            text, marks = plain(line[1:], self.attributes)
            if len(text.split()) > 3:
                self.document.add("prose", n, n + 1, text, marks=marks)
            return n + 1
        if item := _LIST.match(line):
            return self._item(n, item[1], item.start(2))
        if term := _TERM.match(line):
            return self._term(n, term)
        if line[0] in " \t" and not self.items:
            end = self._paragraph_end(n)
            self._code(n, end, "")
            return end
        return self._paragraph(n)

    # --- what stands above a block

    def _attribute(self, n: int, found: re.Match[str]) -> int:
        value = found[2] or ""
        n += 1
        while value.endswith("\\") and n < len(self.lines) and len(value) < 2000:
            value = value[:-1].rstrip("+ ") + " " + self.lines[n].strip()
            n += 1
        name = found[1].strip("!").lower()
        if "!" in found[1]:
            self.attributes.pop(name, None)
        elif len(self.attributes) < MAX_ATTRIBUTES:
            self.attributes[name] = value[:200]
        return n

    def _named(self, *styles: str) -> bool:
        first = (
            self.style.partition(",")[0].partition("%")[0].partition("#")[0].partition(".")[0].strip().lower()
        )
        return first in styles or (first == "" and "source" in styles and self.style.startswith(","))

    def _language(self) -> str:
        parts = [p.strip().strip("\"'") for p in self.style.split(",")]
        first = parts[0].partition("%")[0].partition("#")[0].lower()
        if first in DIAGRAMS:
            return first
        if first in ("source", "") and len(parts) > 1:
            return parts[1].removeprefix("language=").strip("\"'")
        if first == "source":
            return self.attributes.get("source-language", "")
        return ""

    def _macro(self, n: int, name: str, target: str, rest: str) -> int:
        self.style = ""
        if name != "include":
            self.items, self.attached = [], False
        if name == "include":
            self.document.included(n, target)
        elif name == "image":
            found = _ALT.match(rest)
            self.document.picture(n, n + 1, (found[1] or found[2] or "") if found else "")
        elif name in DIAGRAMS:
            self.document.left_out(
                n,
                f"a {name} diagram in {target[:80]}; read only as a file of its own, under the paths that you name",
            )
        return n + 1

    def _title(self, n: int, found: re.Match[str]) -> int:
        text, marks = plain(found[2], self.attributes)
        level = len(found[1])
        self.items, self.lead, self.style, self.opened = [], None, "", []
        if not text.strip():
            return n + 1
        self.document.heading(level, n, n + 1, text, marks)
        if n and level == 1:
            return n + 1
        n += 1
        if level == 1:  # the lines of the author and the revision
            while n < len(self.lines) and re.match(
                r"[^:\s=*.|\-\[/].{0,200}<\S+@\S+>|v?\d[\w.]*,|:author", self.lines[n]
            ):
                n += 1
        return n

    # --- blocks

    def _delimited(self, n: int, mark: str) -> int:
        if self.opened and self.opened[-1][0] == mark:
            _, self.items = self.opened.pop()
            self.lead = None
            return n + 1
        kind = mark[0]
        if not self.attached:
            self.items = []
        self.attached = False
        if mark[1:2] == "=" and kind in "|,:!":
            end = self._end_of(n, mark)
            style, self.style = self.style, ""
            read_table(self.document, n + 1, end, style, mark, self.attributes)
            return end + 1
        verbatim = kind in "-.+/`" and mark != "--"
        if mark == "--" and self._named(*_CODE):
            verbatim = True
        if self._named("stem", "pass", "comment"):
            kind, verbatim = "/", True
        if self._named(*DIAGRAMS):
            verbatim = True
        if verbatim:
            end = self._end_of(n, "```" if kind == "`" else mark)
            language = mark.strip("`") if kind == "`" else self._language()
            if kind not in "/+":
                self._code(n + 1, end, language)
            self.style = ""
            return end + 1
        self.style = ""
        inner = next((k for k, (m, _) in enumerate(self.opened) if m == mark), len(self.opened))
        if inner < len(self.opened):  # what was opened within it was never closed
            self.items, self.lead = self.opened[inner][1], None
            del self.opened[inner:]
        elif inner < MAX_OPENED:
            self.opened.append((mark, self.items))
            self.lead = self.items[-1][1] if self.items else self.lead
            self.items = []
        return n + 1

    def _end_of(self, n: int, mark: str) -> int:
        """Return the line that closes a block, the end of the text when none does."""
        return next(
            (k for k in range(n + 1, len(self.lines)) if self.lines[k].rstrip() == mark), len(self.lines)
        )

    def _code(self, start: int, end: int, language: str) -> None:
        self.style = ""
        while start < end and not self.lines[start].strip():
            start += 1
        block = [
            _CALLOUT.sub("", line[-2000:]) if len(line) <= 2000 else line for line in self.lines[start:end]
        ]
        margin = min((len(x) - len(x.lstrip()) for x in block if x.strip()), default=0)
        if start < end:
            self.document.block(language, start, "\n".join(x[margin:] for x in block) + "\n")

    # --- running text

    def _paragraph_end(self, n: int) -> int:
        while n < len(self.lines) and self.lines[n].strip() and not _DELIMITER.match(self.lines[n]):
            n += 1
        return n

    def _text_end(self, n: int, *, terms: bool = False) -> int:
        """Return the line behind the text that begins at a line: up to an empty line, a list, a block or a `+`."""
        n += 1
        while n < len(self.lines):
            line = self.lines[n].rstrip()
            if not line or line == "+" or line.startswith(("//", "[[")) or _DELIMITER.match(line):
                break
            if (
                _LIST.match(line)
                or _MACRO.match(line)
                or _STYLE.match(line)
                or ((terms or self.items) and _TERM.match(line))
            ):
                break
            n += 1
        return n

    def _item(self, n: int, mark: str, at: int) -> int:
        end = self._text_end(n)
        kind = mark if mark[0] in "*-.•" else re.sub(r"\w+", "1", mark)
        known = next((k for k, (m, _) in enumerate(self.items) if m == kind), len(self.items))
        if known == 0 and not self.attached and not self._follows(n):
            self.items = []
        del self.items[known:]
        body = [self.lines[n][at:], *self.lines[n + 1 : end]]
        body[0] = _CHECK.sub("", body[0], count=1)
        self._add_item(n, end, body, kind)
        return end

    def _follows(self, n: int) -> bool:
        return n > 0 and bool(self.lines[n - 1].strip())

    def _add_item(self, start: int, end: int, body: list[str], kind: str) -> None:
        text, marks = plain("\n".join(x.strip() for x in body), self.attributes)
        above = self.items[-1][1] if self.items else self.lead
        if not text.strip() or len(self.items) > 30:
            return
        index = self.document.add(
            "list", start, end, text, marks=marks, parent=above, level=len(self.items) + 1
        )
        self.items.append((kind, index))
        self.style, self.attached = "", False

    def _term(self, n: int, found: re.Match[str]) -> int:
        """Read a term and what is said of it; both on one line are one item, as in `**term**: text` elsewhere."""
        kind = found[2]
        known = next((k for k, (m, _) in enumerate(self.items) if m == kind), len(self.items))
        del self.items[known:]
        if found[3]:
            end = self._text_end(n, terms=True)
            self._add_item(n, end, [f"{found[1]}: {found[3]}", *self.lines[n + 1 : end]], kind)
            return end
        self._add_item(n, n + 1, [found[1]], kind)
        n += 1
        while n < len(self.lines) and not self.lines[n].strip():
            n += 1
        if n < len(self.lines) and self.items and not self._begins_something(n):
            return self._paragraph(n, tied=True)
        return n

    def _begins_something(self, n: int) -> bool:
        line = self.lines[n].rstrip()
        patterns = (_DELIMITER, _LIST, _TITLE, _MACRO, _STYLE, _TERM)
        return line == "+" or any(p.match(line) for p in patterns)

    def _paragraph(self, n: int, *, tied: bool = False) -> int:
        end = self._text_end(n)
        body = [x.strip() for x in self.lines[n:end]]
        body[0] = _ADMONITION.sub("", _ANCHOR.sub("", body[0]), count=1)
        text, marks = plain("\n".join(body), self.attributes)
        if not (tied or self.attached):
            self.items = []
        self.style, self.attached = "", False
        if not text.strip():
            return end
        if self.items:
            self.document.add(
                "list", n, end, text, marks=marks, parent=self.items[-1][1], level=len(self.items)
            )
        else:
            self.lead = self.document.add("prose", n, end, text, marks=marks)
        return end
