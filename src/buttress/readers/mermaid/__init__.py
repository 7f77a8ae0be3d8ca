"""Mermaid and drawings made of characters.

`.mmd`, `.mermaid` and ```` ```mermaid ```` blocks in documents; fenced and literal blocks without a language (or `text`,
`ascii`) that hold boxes and arrows, with Unicode frames as well as `+`, `-` and `|`.

- **Reads** flowcharts (`flowchart`, `graph`), sequence diagrams, C4 (context, container, component, dynamic, deployment) and
  `architecture-beta`. Nodes become components by their words, shape and frame; subgraphs become boundaries; arrow texts give the kind of
  flow and its facts: `-->|"writes, timeout=2s, retry=3, no circuit breaker"|`, `-.->` is asynchronous. Node labels may hold facts too:
  `replicas=3`. In drawings made of characters closed boxes become components, frames around them boundaries, lines with an arrow head
  flows, words that stand on a line its text. Without boxes, names with arrows between them are read (in a row, one below the other, as a
  tree) where most of them are names of parts: `Browser → Shop API → Redis`.
- **Complete about** nothing: an arrow that isn't drawn proves nothing.
- **Doesn't read** class, state, entity, Gantt, pie and mind-map diagrams, nor flowcharts that show the steps of a process; it says so in a
  remark (`--verbose`). Styles, links and click actions are passed over; so are, in characters, lines without a head, diagonal lines, boxes
  that aren't closed and tables as command lines print them; and in any flowchart addresses (`VIP`, `10.0.0.0/24`) and steps with numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from buttress.drawings import Drawing, assemble
from buttress.drawings.text import Text
from buttress.model import Fragment, Source
from buttress.readers.mermaid.architecture import read_architecture
from buttress.readers.mermaid.boxes import read_boxes
from buttress.readers.mermaid.c4 import read_c4
from buttress.readers.mermaid.chains import read_chains
from buttress.readers.mermaid.flowchart import read_flowchart
from buttress.readers.mermaid.sequence import read_sequence
from buttress.readers.mermaid.text import prepared

__all__ = ["read"]

_CHARACTERS = "ascii-drawing"
_HEADER = re.compile(r"\s*([A-Za-z][\w-]*)")
_DIAGRAMS: dict[str, Callable[[Text], Drawing]] = {
    "flowchart": read_flowchart, "flowchart-elk": read_flowchart, "graph": read_flowchart,
    "sequenceDiagram": read_sequence, "C4Context": read_c4, "C4Container": read_c4, "C4Component": read_c4,
    "C4Dynamic": read_c4, "C4Deployment": read_c4, "architecture-beta": read_architecture,
    "architecture": read_architecture,
}  # fmt: skip


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the components, flows and boundaries that the diagrams of one system draw.

    Nodes of several diagrams are one component when they have one name. A diagram that shows no
    architecture (a class diagram, the steps of a process) gives a diagnostic that says why, and nothing else.

    >>> fragment = read((Source("a.mmd", "flowchart LR\n a[Shop] -->|reads| b[(Orders DB)]"),))
    >>> [(f.source, f.kind, f.target) for f in fragment.flows]
    [('shop', 'reads', 'orders-db')]
    """
    return assemble(
        [_characters(prepared(s)) if s.language == _CHARACTERS else _drawing(prepared(s)) for s in sources],
        "mermaid",
    )


def _characters(text: Text) -> Drawing:
    """Return what is drawn with characters: boxes and the lines between them, or else names with arrows between them."""
    boxes = read_boxes(text)
    chains = boxes if boxes.edges else read_chains(text)
    return chains if chains.edges else boxes


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
