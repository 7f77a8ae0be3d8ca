"""PlantUML without its wrapping: comments, settings and notes are gone, definitions and procedures filled in, each row with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from buttress.drawings import Place
from buttress.drawings.drawing import quote_of
from buttress.drawings.text import MAX_TEXT
from buttress.model import Diagnostic, Source

MAX_ROWS = 20_000
MAX_ROW = 4_000
MAX_DEPTH = 6
MAX_FILLED = (
    20_000  # lines of procedures that are filled in, so that those that call each other come to an end
)
MAX_JOINED = 40  # lines that one call or one label in brackets may take

_START = re.compile(r"^\s*@start(\w+)[ \t]*(.*)$")
_END = re.compile(r"^\s*@end\w+")
_COMMENT = re.compile(r"/'.*?(?:'/|\Z)", re.DOTALL)
_LINE_COMMENT = re.compile(r"^\s*'.*$")
_BLOCKS = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(stop, re.IGNORECASE))
    for start, stop in (
        (r"^\s*skinparam\b[^{]*\{\s*$", r"^\s*\}"),
        (r"^\s*<style>", r"^\s*</style>"),
        (r"^\s*/?\s*[hr]?note\b(?!.*:)(?!.*\bas\b)(?!\s*\").*$", r"^\s*end\s*[hr]?note"),
        (r"^\s*[hr]?note\s+as\s+\w+\s*$", r"^\s*end\s*[hr]?note"),
        (r"^\s*(?:\w+\s+)?legend\b[^:]*$", r"^\s*end\s*legend"),
        (r"^\s*title\s*$", r"^\s*end\s*title"),
        (r"^\s*(?:\w+\s+)?header\s*$", r"^\s*end\s*header"),
        (r"^\s*(?:\w+\s+)?footer\s*$", r"^\s*end\s*footer"),
        (r"^\s*sprite\b.*\{\s*$", r"^\s*\}"),
        (r"^\s*ref\s+over\b[^:]*$", r"^\s*end\s*ref"),
        (r"^\s*!function\b(?!.*\breturn\b).*$", r"^\s*!end\s*function"),
    )
)
_NOTE_AS = re.compile(r"^\s*note\s+as\s+\w+\s*$", re.IGNORECASE)
_PROCEDURE = re.compile(r"^\s*!(?:unquoted\s+|final\s+)*procedure\s+(\$?\w+)\s*\(([^)]*)\)")
_LONG = re.compile(r"^\s*!definelong\s+(\w+)\s*(?:\(([^)]*)\))?")
_PROCEDURE_END = re.compile(r"^\s*!end\s*(?:procedure|definelong)", re.IGNORECASE)
_DEFINE = re.compile(r"^\s*!define\s+(\w+)\s*(?:\(([^)]*)\))?\s*(.*)$")
_VARIABLE = re.compile(r"^\s*!(?:global\s+|local\s+)?(\$?\w+)\s*\??=\s*(.*)$")
_INCLUDE = re.compile(r"^\s*!include(?:url|sub|_many|_once)?\s+(.+?)\s*$")
_LOOP = re.compile(r"^\s*!(?:while|foreach)\b")
_CALL = re.compile(r"^\s*(\$?\w+)\s*\(")
_WORD = re.compile(r"\$?[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Row:
    """One statement as it is to be read, and where it stands as it is written."""

    text: str
    place: Place


@dataclass(slots=True)
class Block:
    """One diagram: what follows `@start`, its statements, and the libraries that it includes."""

    sort: str
    line: int
    rows: list[Row] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Macro:
    parameters: tuple[str, ...]
    defaults: tuple[str, ...]
    body: tuple[str, ...]


def blocks(source: Source, diagnostics: list[Diagnostic]) -> list[Block]:
    r"""Return the diagrams of a source; a text without `@startuml` is one diagram.

    >>> found = blocks(Source("a.puml", "@startuml\n!$db = \"Orders DB\"\n' note\ndatabase $db\n@enduml"), [])
    >>> [(row.text, row.place.line) for row in found[0].rows]
    [('database "Orders DB"', 4)]
    """
    text = source.text[:MAX_TEXT]
    if len(source.text) > MAX_TEXT:
        reason = f"longer than {MAX_TEXT} characters; the rest was not read, split the file"
        diagnostics.append(Diagnostic(source.path, source.first_line, reason))
    written = text.split("\n")
    plain = _COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text).split("\n")
    spans: list[tuple[str, int, int]] = []
    opened: tuple[str, int] | None = None
    for n, line in enumerate(plain):
        if found := _START.match(line):
            opened = (found.group(1).lower(), n)
        elif _END.match(line) and opened:
            spans.append((opened[0], opened[1] + 1, n))
            opened = None
    if opened:
        spans.append((opened[0], opened[1] + 1, len(plain)))
    out = []
    for sort, first, stop in spans or [("uml", 0, len(plain))]:
        block = Block(sort, source.first_line + max(0, first - 1))
        lines = [
            (source.first_line + n, "" if _LINE_COMMENT.match(plain[n]) else plain[n][:MAX_ROW], written[n])
            for n in range(first, stop)
        ]
        if sort in ("uml", "c4"):
            _Filling(block, source, diagnostics).run(lines)
        out.append(block)
    return out


Line = tuple[int, str, str]


class _Filling:
    """One block on its way from lines to rows."""

    def __init__(self, block: Block, source: Source, diagnostics: list[Diagnostic]) -> None:
        self.block, self.source, self.diagnostics = block, source, diagnostics
        self.words: dict[str, str] = {}
        self.macros: dict[str, _Macro] = {}
        self.running: list[str] = []
        self.filled = 0

    def run(self, lines: list[Line]) -> None:
        n = 0
        while n < len(lines) and len(self.block.rows) < MAX_ROWS:
            line, text, written = lines[n]
            stop = next((stop for start, stop in _BLOCKS if start.match(text)), None)
            if stop is not None:
                if _NOTE_AS.match(text):  # arrows may lead to it
                    self.block.rows.append(Row(text.strip(), Place(line, line, quote_of(written))))
                n = self._after(lines, n, stop)
                continue
            if procedure := (_PROCEDURE.match(text) or _LONG.match(text)):
                after = self._after(lines, n, _PROCEDURE_END)
                self._define(
                    procedure.group(1), procedure.group(2), [t for _, t, _ in lines[n + 1 : after - 1]]
                )
                n = after
                continue
            if text.lstrip().startswith("!"):
                self._directive(text, line)
                n += 1
                continue
            joined, last = self._joined(lines, n)
            place = Place(line, lines[last][0], quote_of(written))
            self._add(joined, place, 0)
            n = last + 1

    def _after(self, lines: list[Line], n: int, stop: re.Pattern[str]) -> int:
        for m in range(n + 1, len(lines)):
            if stop.match(lines[m][1]):
                return m + 1
        return n + 1

    def _joined(self, lines: list[Line], n: int) -> tuple[str, int]:
        """Return a statement with the lines that it goes on: a call up to its bracket, a label up to its own."""
        text = lines[n][1]
        last = n
        opened = text.count("(") - text.count(")") if _CALL.match(text) else 0
        label = re.search(r"(?<![<\w])\[\s*[^\]]*$", text) is not None and "->" not in text
        while (
            (opened > 0 or label) and last + 1 < len(lines) and last - n < MAX_JOINED and len(text) < MAX_ROW
        ):
            last += 1
            more = lines[last][1].strip()
            text += ("\\n" if label else " ") + more
            opened += more.count("(") - more.count(")")
            label = label and "]" not in more
        if opened > 0 or label:
            return lines[n][1], n
        return text, last

    def _define(self, name: str, parameters: str | None, body: list[str]) -> None:
        names, defaults = [], []
        for parameter in _split(parameters or ""):
            key, _, default = parameter.partition("=")
            names.append(key.strip())
            defaults.append(default.strip().strip("\"'"))
        self.macros[name] = _Macro(tuple(names), tuple(defaults), tuple(body))

    def _directive(self, text: str, line: int) -> None:
        if found := _INCLUDE.match(text):
            self.block.includes.append(self._filled(found.group(1)))
        elif found := _DEFINE.match(text):
            if found.group(2) is not None:
                self._define(found.group(1), found.group(2), [found.group(3)])
            elif found.group(3):
                self.words[found.group(1)] = found.group(3).strip()
        elif _LOOP.match(text):
            reason = "a loop of the preprocessor isn't run; what it would draw was read once"
            self.diagnostics.append(Diagnostic(self.source.path, line, reason, "info"))
        elif (found := _VARIABLE.match(text)) and not text.lstrip().startswith(("!if", "!else")):
            value = self._filled(found.group(2).strip())
            if "(" not in value:
                self.words[found.group(1)] = value

    def _filled(self, text: str) -> str:
        for _ in range(3):
            new = _WORD.sub(lambda m: self.words.get(m.group(), m.group()), text)[:MAX_ROW]
            new = re.sub(r'""([^"]*)""', r'"\1"', new)
            if new == text:
                break
            text = new
        return text

    def _add(self, text: str, place: Place, depth: int) -> None:
        text = self._filled(text) if self.words else text
        found = _CALL.match(text)
        macro = self.macros.get(found.group(1)) if found else None
        if found is None or macro is None or depth >= MAX_DEPTH or found.group(1) in self.running:
            if text.strip() and len(self.block.rows) < MAX_ROWS:
                self.block.rows.append(Row(text.strip(), place))
            return
        given = _split(text[found.end() : text.rfind(")")])
        values = dict(zip(macro.parameters, macro.defaults, strict=True))
        for at, argument in enumerate(given):
            key, equals, value = argument.partition("=")
            if equals and key.strip() in values:
                values[key.strip()] = value.strip().strip('"')
            elif at < len(macro.parameters):
                values[macro.parameters[at]] = argument.strip().strip('"')
        self.running.append(found.group(1))
        for row in macro.body:
            self.filled += 1
            if self.filled > MAX_FILLED:
                if self.filled == MAX_FILLED + 1:
                    reason = f"procedures call each other for more than {MAX_FILLED} lines; the rest was not filled in"
                    self.diagnostics.append(Diagnostic(self.source.path, place.line, reason))
                break
            row = _WORD.sub(lambda m: values.get(m.group(), m.group()), row).replace("##", "")
            if not row.lstrip().startswith("!") and not _LINE_COMMENT.match(row):
                self._add(row[:MAX_ROW], place, depth + 1)
        self.running.pop()


def _split(text: str) -> list[str]:
    """Return the arguments of a call, split at commas outside quotes and brackets."""
    out, current, quoted, depth = [], "", False, 0
    for character in text[:MAX_ROW]:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "([{":
            depth += 1
        elif not quoted and character in ")]}":
            depth -= 1
        if character == "," and not quoted and depth <= 0:
            out.append(current)
            current = ""
        else:
            current += character
    return [part for part in (*out, current) if part.strip()]
