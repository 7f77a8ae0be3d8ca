"""What is collected while a document is read: passages, blocks for other readers, diagnostics."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from buttress.drawings.chained import chained
from buttress.model import Diagnostic, Form, Mark, Passage, Source
from buttress.readers.documents.tables import Cell, laid_out, named

_DRAWN = re.compile(r"[─│┌┐└┘├┤▶►▼◄]|\+-{2,}\+|-{2,}>|<-{2,}|\|\s{2,}\|")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_UNREAD = (
    "ditaa",
    "seqdiag",
    "actdiag",
    "nwdiag",
    "packetdiag",
    "excalidraw",
    "bpmn",
    "wavedrom",
    "vegalite",
)
_PLAIN = ("", "text", "txt", "ascii", "none", "plain")
_NUMBER = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+")
_STEP = re.compile(
    r"\s*(?:(?:\d{1,2}[.)]|[-*•])\s+)?[A-Z][\w .'&/-]{1,60}(?:\([^()]{1,60}\)\s*)?[→⟶➜➡]\s*\S|\s*\d{1,2}[.)]\s+[A-Z][\w .'&/-]{1,60}-{1,2}>\s*\S"
)
# Titles over what isn't built, or not all of it: "Alternatives considered", "Option 2: one queue for all"; but not "Option 1 (chosen)".
_OTHER_WAYS = re.compile(
    r"\b(?:alternatives?|(?:rejected|discarded|considered|other) (?:\w+ )?(?:options?|designs?|approaches|solutions?|proposals?)|"
    r"options? considered)\b|^\W*(?:[\d.]+\s+)?(?:option|approach|variant|proposal)(?: (?:#?\d|[A-Z]\b)|:)",
    re.IGNORECASE,
)
_CHOSEN = re.compile(
    r"(?<!not )\b(?:chosen|selected|preferred|recommended|accepted|adopted|decided|current)\b", re.IGNORECASE
)
DIAGRAMS = (
    "mermaid",
    "plantuml",
    "puml",
    "c4plantuml",
    "structurizr",
    "d2",
    "dot",
    "graphviz",
    "blockdiag",
    *_UNREAD,
)


@dataclass(slots=True)
class Document:
    """The passages of one source in order, and the headings that hold at the place that is being read."""

    source: Source
    passages: list[Passage] = field(default_factory=list)
    nested: list[Source] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Split the text once."""
        self.lines = self.source.text.split("\n")

    def add(
        self,
        form: Form,
        start: int,
        end: int,
        text: str,
        *,
        marks: tuple[Mark, ...] = (),
        parent: int | None = None,
        level: int = 0,
        cells: tuple[str, ...] = (),
        columns: tuple[str, ...] = (),
        raw: str | None = None,
    ) -> int:
        """Add a passage that stands on lines `start` to `end` (0-based, end not included); return its index.

        `raw` is the part of these lines that is meant, where it isn't all of them.
        """
        if raw is None:
            while end - 1 > start and (end > len(self.lines) or not self.lines[end - 1].strip()):
                end -= 1
            raw = "\n".join(self.lines[start:end])
        if "\n" in text and text.count("\n") != raw.count("\n"):
            text = text.replace("\n", " ")
        headings = tuple(title for _, title in self.headings)
        first = self.source.first_line
        self.passages.append(
            Passage(
                self.source.path,
                first + start,
                first + max(start, end - 1),
                form,
                text,
                headings,
                parent,
                level,
                cells,
                columns,
                marks,
                raw,
            )
        )
        return len(self.passages) - 1

    def heading(
        self,
        level: int,
        start: int,
        end: int,
        text: str,
        marks: tuple[Mark, ...] = (),
        raw: str | None = None,
    ) -> None:
        """Add a heading; what follows stands under it and under those of lower levels."""
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.add("heading", start, end, text, marks=marks, level=level, raw=raw)
        self.headings.append((level, text))

    def table(self, rows: Sequence[Sequence[Cell]], heads: int) -> None:
        """Add the rows of a table below the first `heads`, which name the columns."""
        laid = laid_out(rows)
        columns = named(laid[:heads])
        for cells in laid[heads:]:
            joined, marks = "", []
            for cell in cells:
                if joined:
                    joined += " | "
                marks += [Mark(len(joined) + m.start, len(joined) + m.end, m.style) for m in cell.marks]
                joined += cell.text
            full = [c for c in cells if c.text]
            if full:
                start, end = min(c.start for c in full), max(c.end for c in full)
                first, last = min(c.place[0] for c in full), max(c.place[1] for c in full)
                self.add(
                    "table",
                    start,
                    end,
                    joined,
                    marks=tuple(marks),
                    cells=tuple(c.text for c in cells),
                    columns=columns,
                    raw=self.source.text[first:last] if last else None,
                )

    def picture(self, start: int, end: int, alt: str, raw: str | None = None) -> None:
        """Add what the text of a picture says, where it is more than the name of what is seen."""
        if len(alt.split()) > 3:
            self.add("prose", start, end, " ".join(alt.split()), raw=raw)

    def left_out(self, start: int, reason: str) -> None:
        """Tell of something at line `start` (0-based) that isn't read and needn't be mended."""
        self.diagnostics.append(Diagnostic(self.source.path, self.source.first_line + start, reason, "info"))

    def included(self, start: int, file: str) -> None:
        """Tell of a file that the document includes: readers open no files, and one inside the folder is read anyway."""
        shown = file if len(file) <= 80 else file[:80] + "…"
        self.left_out(
            start, f"includes {shown}; read only as a file of its own, under the paths that you name"
        )

    def block(self, language: str, start: int, text: str, written: str = "") -> None:
        """Add a fenced or literal block whose text begins at line `start` (0-based), `written` so where it was decoded."""
        title = self.headings[-1][1] if self.headings else ""
        line = self.source.first_line + start
        word = language.split()[0].lower().strip("{}.") if language.split() else ""
        if not word and text.lstrip().startswith("@startuml"):
            word = language = "plantuml"
        if self._shows_another_way() and (
            word in DIAGRAMS or (word in _PLAIN and (drawn(text) or chained(text)))
        ):
            self.left_out(start, "a drawing of one of several ways to build it; nothing was read from it")
        elif word in _UNREAD:
            reason = f"a {word} diagram: there is no reader for it, so nothing was read from it"
            self.left_out(start, reason)
        elif word in _PLAIN and drawn(text):
            self.nested.append(Source(self.source.path, text, line, "ascii-drawing", title, written=written))
        elif word in _PLAIN and are_steps(text) and not written:
            for n, step in enumerate(text.split("\n")):
                if step.strip():
                    self.add("list", start + n, start + n + 1, _NUMBER.sub("", step).strip())
        elif word in _PLAIN and chained(text):
            self.nested.append(Source(self.source.path, text, line, "ascii-drawing", title, written=written))
        elif word:
            self.nested.append(Source(self.source.path, text, line, language, title, written=written))

    def _shows_another_way(self) -> bool:
        """Return whether a title at hand is over alternatives, and none says which one is taken."""
        titles = [title for _, title in self.headings]
        return any(map(_OTHER_WAYS.search, titles)) and not any(map(_CHOSEN.search, titles))


def are_steps(text: str) -> bool:
    r"""Return whether a block without a language holds steps, one a line: who turns to whom.

    >>> are_steps("1. Browser → Gateway\n2. Gateway → Orders"), are_steps("x → y"), are_steps("1. Build it\n2. Start it")
    (True, False, False)
    """
    lines = [line for line in text.split("\n") if line.strip()]
    return len(lines) >= 2 and sum(_STEP.match(line) is not None for line in lines) >= 0.7 * len(lines)


def without_drawings(source: Source) -> tuple[Source, list[Source]]:
    r"""Return a document with PlantUML that stands in no fence blanked, and these drawings as sources.

    >>> left, found = without_drawings(Source("a.md", "Shop\n@startuml\n[A] --> [B]\n@enduml\n"))
    >>> left.text.split(), found[0].first_line, found[0].language
    (['Shop'], 2, 'plantuml')
    """
    if "@startuml" not in source.text:
        return source, []
    lines = source.text.split("\n")
    found: list[Source] = []
    fence, start = "", -1
    for n, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and start < 0:
            fence = "" if fence and mark.group(1).startswith(fence) else fence or mark.group(1)
        elif line.startswith("@startuml") and not fence and start < 0:
            start = n
        elif line.startswith("@enduml") and start >= 0:
            text = "\n".join(lines[start : n + 1])
            found.append(Source(source.path, text, source.first_line + start, "plantuml"))
            lines[start : n + 1] = [""] * (n + 1 - start)
            start = -1
    return replace(source, text="\n".join(lines)), found


def drawn(text: str) -> bool:
    r"""Return whether a block of text is a drawing of boxes and arrows.

    >>> drawn("+------+     +----+\n| Shop | --> | DB |\n+------+     +----+"), drawn("pip install shop")
    (True, False)
    """
    rows = [line for line in text.splitlines() if line.strip()]
    return len(rows) > 2 and sum(bool(_DRAWN.search(r)) for r in rows) >= max(2, len(rows) // 3)
