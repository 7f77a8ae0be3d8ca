"""Word files and PDF as text: converted by a process of its own, with limits on its memory and time.

The converters are the extra `documents`. They parse what anybody may have made, so a file that crashes them, or keeps them busy for
ever, costs a diagnostic and not the review. The process runs `office.py`, and loads nothing from the current folder.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from buttress.model import Diagnostic, Source

NEEDED = {".docx": "docx", ".pdf": "pdfplumber"}  # file ending: the package that reads it
INSTALL = "pip install 'buttress[documents]'"
MAX_CONVERTED = 100
TIME_LIMIT_S = 120
_KINDS = {".docx": "Word file", ".pdf": "PDF"}


def is_converted(name: str) -> bool:
    """Return whether a file of that name is no text itself, but can be made one.

    >>> is_converted("docs/Design.PDF"), is_converted("design.md")
    (True, False)
    """
    return name.lower().endswith(tuple(NEEDED))


def converted(content: bytes, shown: str, diagnostics: list[Diagnostic]) -> list[Source]:
    """Return the text of a Word file, or of each page of a PDF as `name.pdf#page=3`, a form that browsers open.

    Lines count paragraphs and rows of a Word file, and the lines of text of a PDF's page. What can't be read is a diagnostic
    and gives nothing: a missing converter, a password, pictures of pages, something broken or too large.
    """
    ending = Path(shown).suffix.lower()

    def tell(reason: str, level: str = "warning") -> list[Source]:
        diagnostics.append(Diagnostic(shown, 0, reason, "error" if level == "error" else "warning"))
        return []

    if find_spec(NEEDED[ending]) is None:
        return tell(f"a {_KINDS[ending]}, not read: {INSTALL} reads it, or save it as text")
    told = _run(ending, content)
    if isinstance(told, str):
        return tell(told, "error")
    for note in told["notes"]:
        tell(note)
    pages: list[str] = told["pages"]
    if ending == ".docx":
        return [Source(shown, "\n".join(pages))]
    sources = []
    heading = ""
    for number, text in enumerate(pages, 1):
        if text.strip():
            sources.append(Source(f"{shown}#page={number}", text, heading=heading))
        heading = next(
            (x.lstrip("#").strip() for x in reversed(text.split("\n")) if x.startswith("#")), heading
        )
    return sources


def _run(ending: str, content: bytes) -> dict[str, list[str]] | str:
    """Return what the converter prints, or why it printed nothing."""
    command = [sys.executable, "-P", str(Path(__file__).with_name("office.py")), ending]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=TIME_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return f"converting it took longer than {TIME_LIMIT_S} s; not read. Save it as text, or ignore it"
    except OSError as error:
        return f"the converter can't be started: {error.strerror or error}"
    try:
        told = json.loads(done.stdout)
    except ValueError:
        return "converting it took too much time or memory; not read. Save it as text, or ignore it"
    if "error" in told:
        return str(told["error"])
    return {"pages": [str(p) for p in told["pages"]], "notes": [str(n) for n in told["notes"]]}
