"""The converter of Word files and PDF: bytes on standard input, JSON on standard output; run as a script, imports nothing of Buttress.

`{"pages": [text, …], "notes": [reason, …]}` or `{"error": reason}`. The texts are written as `readers/documents/paragraphs.py` reads them.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

MAX_PAGES = 200
MAX_UNPACKED = 100_000_000
MAX_PARTS = 5_000
MAX_CHARACTERS = 5_000_000
MEMORY = 2_000_000_000
CPU_SECONDS = 100
_BULLET = re.compile(r"(?:\(cid:\d{1,4}\)|[•◦▪‣●○■□–—*·\uf0b7\uf0a7\uf0d8o-]|\(?\d{1,2}[.)])\s+(?=\S)")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = {f"{_W}tab": "\t", f"{_W}br": " ", f"{_W}cr": " ", f"{_W}noBreakHyphen": "-"}


def main() -> None:
    """Convert what stands on standard input; the first argument is the ending of the file."""
    _limit()
    content = sys.stdin.buffer.read()
    convert = {".docx": word, ".pdf": pdf}[sys.argv[1]]
    try:
        told: dict[str, Any] = convert(content)
    except MemoryError:
        told = {"error": "converting it takes too much memory; not read. Save it as text, or ignore it"}
    except Exception as error:  # whatever a parser of foreign bytes may raise
        told = {
            "error": f"broken, or not what its ending says ({type(error).__name__}); not read. Save it anew"
        }
    sys.stdout.write(json.dumps(told))


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit of the caller holds
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS)):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


# --- Word


def word(content: bytes) -> dict[str, Any]:
    """Return a Word file as one line a paragraph or row of a table."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return {"error": "protected by a password, or an old .doc; not read. Save it as .docx without one"}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        infos = parts.infolist()
        if len(infos) > MAX_PARTS or sum(i.file_size for i in infos) > MAX_UNPACKED:
            return {"error": f"unpacks to more than {MAX_UNPACKED / 1e6:.0f} MB; not read"}
        for info in (i for i in infos if i.filename.endswith((".xml", ".rels"))):
            with parts.open(info) as part:
                if b"<!DOCTYPE" in part.read(4000).replace(b"\0", b""):
                    return {"error": "declares entities, as no Word file does; not read. Save it anew"}
    from docx import Document
    from docx.table import Table

    document = Document(io.BytesIO(content))
    styles = _styles(document)
    lines: list[str] = []
    size = 0
    for block in document.iter_inner_content():
        new = list(_rows(block)) if isinstance(block, Table) else [_paragraph(block._p, styles)]
        if lines and isinstance(block, Table) and lines[-1].startswith("|"):
            new.insert(0, "")
        size += sum(map(len, new))
        if size > MAX_CHARACTERS:
            return {
                "pages": lines,
                "notes": [f"more than {MAX_CHARACTERS} characters; the rest was left out"],
            }
        lines += new
    if not any(lines):
        return {"error": "no text in it; not read"}
    return {"pages": lines, "notes": []}


def _styles(document: Any) -> dict[str, tuple[int, int]]:
    """Return, for each style, the level of its titles (0: none) and of its list items (-1: none), its own or inherited."""
    found: dict[str, tuple[int, int]] = {}
    elements = {s.get(f"{_W}styleId"): s for s in document.styles.element.iter(f"{_W}style")}
    for id_ in elements:
        title, item = 0, -1
        at: str | None = id_
        for _ in range(20):
            style = elements.get(at)
            if style is None:
                break
            name = style.find(f"{_W}name")
            word_ = "" if name is None else str(name.get(f"{_W}val")).lower()
            outline = style.find(f"{_W}pPr/{_W}outlineLvl")
            if not title and outline is not None and str(outline.get(f"{_W}val")).isdecimal():
                title = min(int(outline.get(f"{_W}val")) + 1, 10)
            if not title and (heading := re.fullmatch(r"heading (\d)", word_)):
                title = int(heading[1])
            if not title and word_ == "title":
                title = 1
            if item < 0 and (listed := re.match(r"list (?:bullet|number)(?: (\d))?", word_)):
                item = int(listed[1] or 1) - 1
            if item < 0 and style.find(f"{_W}pPr/{_W}numPr") is not None and not title:
                item = 0
            base = style.find(f"{_W}basedOn")
            at = None if base is None else base.get(f"{_W}val")
        found[str(id_)] = (title if title < 10 else 0, item)
    return found


def _paragraph(element: Any, styles: dict[str, tuple[int, int]]) -> str:
    text = _text(element)
    if not text:
        return ""
    named = element.find(f"{_W}pPr/{_W}pStyle")
    title, item = styles.get("" if named is None else str(named.get(f"{_W}val")), (0, -1))
    outline = element.find(f"{_W}pPr/{_W}outlineLvl")
    if outline is not None and str(outline.get(f"{_W}val")) in "012345678":
        title = int(outline.get(f"{_W}val")) + 1
    if title:
        return f"{'#' * min(title, 9)} {text}"
    level = element.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
    if level is not None and str(level.get(f"{_W}val")).isdecimal():
        item = int(level.get(f"{_W}val"))
    return f"{'  ' * min(item, 9)}- {text}" if item >= 0 else text


def _text(element: Any) -> str:
    """Return the words of a paragraph on one line; what is struck out by tracked changes and what floats beside it is left out."""
    out: list[str] = []
    todo = [element]
    while todo:
        node = todo.pop()
        tag = node.tag
        if tag == f"{_W}t":
            out.append(node.text or "")
        elif tag in _SPACE:
            out.append(_SPACE[tag])
        elif isinstance(tag, str) and not tag.endswith(
            ("}del", "}moveFrom", "}txbxContent", "}Fallback", "}pPr")
        ):
            todo.extend(reversed(node))
    return " ".join("".join(out).split())


def _rows(table: Any) -> Iterator[str]:
    held: dict[int, str] = {}  # what a cell that is merged downwards says, by its column
    for row in table._tbl.findall(f"{_W}tr"):
        cells: list[str] = []
        column = 0
        for cell in row.findall(f"{_W}tc"):
            properties = cell.find(f"{_W}tcPr")
            merge = None if properties is None else properties.find(f"{_W}vMerge")
            span = None if properties is None else properties.find(f"{_W}gridSpan")
            width = (
                int(span.get(f"{_W}val")) if span is not None and str(span.get(f"{_W}val")).isdecimal() else 1
            )
            text = "; ".join(dict.fromkeys(filter(None, map(_text, cell.iter(f"{_W}p"))))).replace("|", "/")
            if merge is not None and merge.get(f"{_W}val") != "restart":
                text = held.get(column, "")
            elif merge is not None:
                held[column] = text[:200]
            cells += [text, *[""] * (min(width, 50) - 1)]
            column += width
        yield f"| {' | '.join(cells)} |"


# --- PDF


def pdf(content: bytes) -> dict[str, Any]:
    """Return a PDF as the text of its pages, without what stands on most of them (page numbers, names of chapters)."""
    import pdfplumber

    pages: list[list[dict[str, Any]]] = []
    notes: list[str] = []
    try:
        opened = pdfplumber.open(io.BytesIO(content))
    except Exception as error:
        if "password" in f"{type(error).__name__} {error!r}".lower():
            return {"error": "protected by a password; not read. Save it without one"}
        raise
    with opened:
        size = 0
        for number, page in enumerate(opened.pages, 1):
            if number > MAX_PAGES or size > MAX_CHARACTERS:
                notes.append(
                    f"page {number} and those after it were left out: more than {MAX_PAGES} pages or too much text"
                )
                break
            pages.append(_lines(page))
            size += sum(len(line["text"]) for line in pages[-1])
            page.close()
    if not any(pages):
        return {"error": "no text in it, only pictures of pages; not read. Export it with its text"}
    return {"pages": written(pages), "notes": notes}


def _lines(page: Any) -> list[dict[str, Any]]:
    """Return the lines and rows of a page from top to bottom, each with its text, place, size and whether it is bold."""
    tables = [t for t in page.find_tables()[:50] if _is_table(t.extract())]
    boxes = [t.bbox for t in tables]

    def outside(thing: dict[str, Any]) -> bool:
        middle = (thing["top"] + thing["bottom"]) / 2
        return not any(
            top <= middle <= bottom and left <= thing["x0"] <= right for left, top, right, bottom in boxes
        )

    out = []
    for line in page.filter(lambda o: o["object_type"] != "char" or outside(o)).extract_text_lines():
        sizes = Counter(round(c["size"] * 2) / 2 for c in line["chars"])
        bold = sum("bold" in c["fontname"].lower() or "black" in c["fontname"].lower() for c in line["chars"])
        out.append(
            {
                "text": " ".join(line["text"].split()), "top": line["top"], "bottom": line["bottom"], "x0": line["x0"],
                "x1": line["x1"], "size": max(sizes, key=lambda s: (sizes[s], s)), "bold": bold > 0.9 * len(line["chars"]),
            }
        )  # fmt: skip
    for table in tables:
        for n, row in enumerate(table.extract()):
            cells = [" ".join((cell or "").replace("|", "/").split()) for cell in row]
            place = {
                "top": table.bbox[1] + n / 100,
                "bottom": table.bbox[3],
                "x0": table.bbox[0],
                "x1": table.bbox[2],
            }
            out.append({"text": f"| {' | '.join(cells)} |", "size": 0, "bold": False, "row": n, **place})
    return sorted(out, key=lambda line: line["top"])


def _is_table(rows: list[list[str | None]]) -> bool:
    cells = [cell for row in rows for cell in row]
    return len(rows) > 1 and len(rows[0]) > 1 and sum(bool(c) for c in cells) >= len(cells) / 2


def written(pages: list[list[dict[str, Any]]]) -> list[str]:
    """Return the pages as text: titles by their size, items by their signs, an empty line where a paragraph ends."""
    sizes: Counter[float] = Counter()
    for line in (x for page in pages for x in page if x["size"]):
        sizes[line["size"]] += len(line["text"])
    body = max(sizes, key=lambda s: (sizes[s], -s), default=10)
    larger = sorted((s for s in sizes if s >= body * 1.12), reverse=True)[:6]
    often = Counter(k for page in pages for k in {_key(x) for x in page})
    repeated = {k for k, n in often.items() if n >= max(3, 0.6 * len(pages))}
    return [_page([x for x in page if _key(x) not in repeated], body, larger) for page in pages]


def _key(line: dict[str, Any]) -> tuple[str, int]:
    return re.sub(r"\d+", "0", line["text"]), round(line["top"] / 4)


def _page(lines: list[dict[str, Any]], body: float, larger: list[float]) -> str:
    out: list[str] = []
    before: dict[str, Any] | None = None
    right = max((x["x1"] for x in lines if not x.get("row")), default=0)
    indents = sorted({round(x["x0"] / 6) for x in lines if _BULLET.match(x["text"])})
    for line in lines:
        text = line["text"]
        short = len(text) <= 120 and not text.endswith((".", ",", ";"))
        if "row" in line:
            if line["row"] == 0 and out and out[-1]:
                out.append("")
            out.append(text)
        elif short and (
            line["size"] in larger or (line["bold"] and len(text.split()) <= 10 and not text.endswith(":"))
        ):
            level = larger.index(line["size"]) + 1 if line["size"] in larger else len(larger) + 1
            if (
                before
                and before.get("title") == level
                and line["top"] - before["bottom"] < 0.5 * line["size"]
            ):
                out[-1] += " " + text
            else:
                out.append(f"{'#' * level} {text}")
            line["title"] = level
        elif bullet := _BULLET.match(text):
            out.append("  " * min(indents.index(round(line["x0"] / 6)), 9) + "- " + text[bullet.end() :])
        else:
            if before and out and out[-1] and _ends(before, line, right):
                out.append("")
            out.append(text)
        before = line
    return "\n".join(out)


def _ends(before: dict[str, Any], line: dict[str, Any], right: float) -> bool:
    """Return whether a new paragraph begins with a line: behind a gap, a row, or a last line that stops short."""
    if "row" in before or line["top"] - before["bottom"] > 0.7 * (line["bottom"] - line["top"]):
        return True
    return bool(before["x1"] < 0.85 * right and before["text"].endswith((".", ":", "!", "?")))


if __name__ == "__main__":
    main()
