"""The cells of a draw.io file: XML without entities, pages that are compressed, each cell with its place."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from buttress.drawings import Place
from buttress.drawings.drawing import MAX_QUOTE
from buttress.model import Diagnostic, Source

MAX_CELLS = 10_000
MAX_INFLATED = 8_000_000
MAX_PAGES = 50
MAX_DEPTH = 100

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Cell:
    """One cell: a shape or a connection, with its text, style and place; `box` is left, top, width and height."""

    id: str
    value: str
    style: str
    place: Place
    parent: str = ""
    source: str = ""
    target: str = ""
    edge: bool = False
    vertex: bool = False
    box: Box | None = None
    data: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Page:
    """One page of a file."""

    name: str
    line: int
    cells: list[Cell] = field(default_factory=list)


class _Refused(Exception):
    """What is not read at all, with the reason."""


def pages(source: Source, diagnostics: list[Diagnostic]) -> list[Page]:
    """Return the pages of a file; what can't be read is told in `diagnostics`.

    >>> text = '<mxGraphModel><root><mxCell id="2" value="Shop" vertex="1"/></root></mxGraphModel>'
    >>> [c.value for c in pages(Source("a.drawio", text), [])[0].cells]
    ['Shop']
    """
    out: list[Page] = []
    _parse(_Reading(source, source.text, source.first_line, None, out, diagnostics))
    return out


@dataclass(slots=True)
class _Reading:
    source: Source
    text: str
    first_line: int
    fixed: Place | None  # where the whole text stands, for one that is compressed
    pages: list[Page]
    diagnostics: list[Diagnostic]


def _parse(reading: _Reading) -> None:
    from xml.parsers import expat

    content = reading.text.replace("\r", " ").encode(
        "utf-8", "replace"
    )  # expat would count it as the end of a line
    lines = content.split(b"\n")
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    stack: list[str] = []
    wrapped: list[tuple[dict[str, str], Place]] = []
    packed: list[str] = []
    page_place = Place(reading.first_line, reading.first_line, "")

    def place() -> Place:
        if reading.fixed is not None:
            return reading.fixed
        row = parser.CurrentLineNumber - 1
        line = lines[row] if row < len(lines) else b""
        written = line[: parser.CurrentColumnNumber].strip()
        piece = (line[max(0, parser.CurrentColumnNumber) :] if written else line).lstrip()
        stop = piece.find(b">")
        quote = piece[: stop + 1 if 0 <= stop < MAX_QUOTE else MAX_QUOTE].decode("utf-8", "ignore").strip()
        return Place(reading.first_line + row, reading.first_line + row, quote)

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal page_place
        stack.append(name)
        if len(stack) > MAX_DEPTH:
            raise _Refused(f"nested deeper than {MAX_DEPTH} levels")
        if name == "svg" and len(stack) == 1 and "mxfile" in given.get("content", ""):
            _within(reading, given["content"], place())
        elif name == "diagram":
            page_place = place()
            packed.clear()
            if len(reading.pages) >= MAX_PAGES:
                raise _Refused(f"more than {MAX_PAGES} pages; the rest was not read")
            reading.pages.append(Page(given.get("name", ""), page_place.line))
        elif name == "mxGraphModel" and not reading.pages:
            reading.pages.append(Page("", reading.first_line))
        elif name in ("object", "UserObject"):
            wrapped.append((given, place()))
        elif name == "mxCell" and reading.pages:
            outer: dict[str, str] = {}
            here = place()
            if wrapped and stack[-2:-1] in (["object"], ["UserObject"]):
                outer, here = wrapped[-1]
            value = given.get("value") or outer.get("label", "")
            value = (
                re.sub(r"%(\w+)%", lambda m: outer.get(m[1], m[0]), value)
                if outer.get("placeholders") == "1"
                else value
            )
            id_ = outer.get("id") or given.get("id", "")
            cell = Cell(id_, value, given.get("style", ""), here, given.get("parent", ""))
            cell.source, cell.target = given.get("source", ""), given.get("target", "")
            cell.edge, cell.vertex = given.get("edge") == "1", given.get("vertex") == "1"
            cell.data = {
                k: v for k, v in outer.items() if k not in ("id", "label", "placeholders", "link", "tooltip")
            }
            cells = reading.pages[-1].cells
            if len(cells) >= MAX_CELLS:
                raise _Refused(f"more than {MAX_CELLS} cells on a page; the rest was not read")
            cells.append(cell)
        elif (
            name == "mxGeometry"
            and reading.pages
            and reading.pages[-1].cells
            and given.get("relative") != "1"
        ):
            reading.pages[-1].cells[-1].box = _box(given)

    def end(name: str) -> None:
        stack.pop()
        if name in ("object", "UserObject") and wrapped:
            wrapped.pop()
        elif name == "diagram":
            text = "".join(packed).strip()
            if text and reading.fixed is None:
                _inflate(reading, text, page_place)

    def characters(text: str) -> None:
        if stack and stack[-1] == "diagram":
            packed.append(text)

    def doctype(_name: str, _system: str | None, _public: str | None, internal: int) -> None:
        if internal:
            raise _Refused(
                "declares entities of its own, which are not expanded; export the drawing without them"
            )

    handlers: dict[str, Any] = {"StartElementHandler": start, "EndElementHandler": end, "CharacterDataHandler": characters,
                                "StartDoctypeDeclHandler": doctype}  # fmt: skip
    for key, handler in handlers.items():
        setattr(parser, key, handler)
    try:
        parser.Parse(content, True)
    except _Refused as error:
        _tell(reading, reading.first_line, str(error))
    except expat.ExpatError as error:
        reason = f"not valid XML: {expat.ErrorString(error.code)}; what stands before it was read"
        _tell(reading, reading.first_line + error.lineno - 1, reason)


def _tell(reading: _Reading, line: int, reason: str) -> None:
    line = reading.fixed.line if reading.fixed is not None else line
    last = reading.source.first_line + reading.source.text.count("\n")
    reading.diagnostics.append(Diagnostic(reading.source.path, min(line, last), reason))


def _box(given: dict[str, str]) -> Box | None:
    try:
        x, y, w, h = (float(given.get(k, "0") or 0) for k in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return (x, y, w, h)


def _inflate(reading: _Reading, text: str, place: Place) -> None:
    """Read a page that is packed as draw.io packs it: deflated, in base 64, its characters escaped."""
    try:
        raw = base64.b64decode(text, validate=False)
        inflater = zlib.decompressobj(-15)
        content = inflater.decompress(raw, MAX_INFLATED)
        if inflater.unconsumed_tail:
            _tell(
                reading,
                place.line,
                f"a page unpacks to more than {MAX_INFLATED / 1e6:.0f} MB; it was not read",
            )
            return
    except (binascii.Error, ValueError, zlib.error):
        _tell(reading, place.line, "a page that can't be unpacked; save the drawing without compression")
        return
    _within(reading, unquote(content.decode("utf-8", "replace")), place, page=reading.pages[-1])


def _within(reading: _Reading, text: str, place: Place, page: Page | None = None) -> None:
    """Read a text that stands within another one: all of it is where the outer one holds it."""
    if reading.fixed is not None:
        return
    inner = _Reading(reading.source, text, place.line, place, [page] if page else [], reading.diagnostics)
    _parse(inner)
    if page is None:
        for found in inner.pages:
            found.line = place.line
            reading.pages.append(found)
