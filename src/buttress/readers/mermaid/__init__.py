"""Mermaid: flowcharts, sequence, C4 and architecture diagrams, in files or fenced blocks; and boxes drawn with characters."""

from __future__ import annotations

import re
from collections.abc import Callable

from buttress.model import Fragment, Source
from buttress.readers.mermaid.architecture import read_architecture
from buttress.readers.mermaid.assemble import assemble
from buttress.readers.mermaid.boxes import read_boxes
from buttress.readers.mermaid.c4 import read_c4
from buttress.readers.mermaid.drawing import Drawing
from buttress.readers.mermaid.flowchart import read_flowchart
from buttress.readers.mermaid.sequence import read_sequence
from buttress.readers.mermaid.text import Text, prepared

__all__ = ["read", "takes"]

_LANGUAGE = re.compile(r"\{?\s*[.]?mermaid\b|ascii-drawing$", re.IGNORECASE)
_CHARACTERS = "ascii-drawing"
_HEADER = re.compile(r"\s*([A-Za-z][\w-]*)")
_PIPED = re.compile(
    r"\s*(?:(?:flowchart|graph)\s+(?:TB|TD|BT|RL|LR)\b|(?:sequenceDiagram|C4[A-Z]\w+|architecture-beta)\s*$)",
    re.MULTILINE,
)
_DIAGRAMS: dict[str, Callable[[Text], Drawing]] = {
    "flowchart": read_flowchart, "flowchart-elk": read_flowchart, "graph": read_flowchart,
    "sequenceDiagram": read_sequence, "C4Context": read_c4, "C4Container": read_c4, "C4Component": read_c4,
    "C4Dynamic": read_c4, "C4Deployment": read_c4, "architecture-beta": read_architecture,
    "architecture": read_architecture,
}  # fmt: skip


def takes(source: Source) -> bool:
    """Return whether a source is Mermaid: by the info string of its fence or by the ending of its file.

    >>> takes(Source("a.md", "", language="{mermaid}")), takes(Source("a.mmd", "")), takes(Source("a.md", ""))
    (True, True, False)
    """
    if source.language:
        return _LANGUAGE.match(source.language.strip()) is not None
    piped = source.name == "<stdin>" and _PIPED.match(source.text) is not None
    return piped or source.name.lower().endswith((".mmd", ".mermaid"))


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the components, flows and boundaries that the diagrams of one system draw.

    Nodes of several diagrams are one component when they have one name. A diagram that shows no
    architecture (a class diagram, the steps of a process) gives a diagnostic that says why, and nothing else.

    >>> fragment = read((Source("a.mmd", "flowchart LR\n a[Shop] -->|reads| b[(Orders DB)]"),))
    >>> [(f.source, f.kind, f.target) for f in fragment.flows]
    [('shop', 'reads', 'orders-db')]
    """
    return assemble(
        [read_boxes(prepared(s)) if s.language == _CHARACTERS else _drawing(prepared(s)) for s in sources]
    )


def _drawing(text: Text) -> Drawing:
    found = _HEADER.match(text.body)
    word = found.group(1) if found else ""
    at = found.start(1) if found else 0
    if word in _DIAGRAMS:
        return _DIAGRAMS[word](text)
    empty = Drawing(text.path, "none", text.line(at), text.title)
    empty.note(
        empty.line, f"not an architecture diagram ({word or 'empty'}); nothing was read from it", info=True
    )
    return empty
