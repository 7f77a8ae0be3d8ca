"""Architecture diagrams (`architecture-beta`): groups, services with icons, junctions and edges by side."""

from __future__ import annotations

import re
from dataclasses import replace

from buttress.drawings.drawing import Drawing, Edge, Group, Head
from buttress.drawings.text import Text

MAX_LINE = 1000

_ITEM = re.compile(
    r"(group|service|junction)\s+([\w-]+)\s*(?:\(\s*\"?([^)\"]*)\"?\s*\))?\s*"
    r"(?:\[\s*\"?(.*?)\"?\s*\])?(?:\s+in\s+([\w-]+))?\s*$"
)
_EDGE = re.compile(
    r"([\w-]+?)(\{group\})?(?::([LRTB]))?\s*(<)?-(?:\[(.*?)\])?-(>)?\s*(?:([LRTB]):)?([\w-]+)(\{group\})?\s*$"
)
_IGNORED = re.compile(r"(?:architecture(?:-beta)?|title|accTitle|accDescr|align)\b")
_ICONS = {"database": "cylinder", "disk": "cylinder"}


def read_architecture(text: Text) -> Drawing:
    r"""Return the drawing of an architecture diagram; edges through a junction join what it joins.

    >>> from buttress.model import Source
    >>> from buttress.readers.mermaid.text import prepared
    >>> body = "architecture-beta\n service db(database)[Orders]\n service app(server)[Shop]\n app:R --> L:db"
    >>> [(e.source, e.target) for e in read_architecture(prepared(Source("a.mmd", body))).edges]
    [('app', 'db')]
    """
    out = Drawing(text.path, "architecture", text.line(len(text.body) - len(text.body.lstrip())), text.title)
    junctions: list[str] = []
    for start, row in text.lines():
        line = row.strip()[:MAX_LINE]
        if not line or _IGNORED.match(line):
            continue
        place = text.place(start, start + len(row))
        item, edge = _ITEM.match(line), _EDGE.match(line)
        if item and item.group(1) == "group":
            kind = "cluster" if item.group(3) in ("cluster", "kubernetes") else None
            out.groups[item.group(2)] = Group(
                item.group(2), item.group(4) or item.group(2), place, item.group(5), kind
            )
        elif item and item.group(1) == "junction":
            junctions.append(item.group(2))
        elif item:
            node = out.node(item.group(2), place, item.group(5))
            icon = (item.group(3) or "").lower()
            node.label, node.place = item.group(4) or item.group(2), place
            node.shape = _ICONS.get(icon, "rect")
            node.classes.add(icon)
            node.technology = " ".join(re.split(r"[:_-]+", icon)[1:]) if ":" in icon else ""
        elif edge:
            left, right = edge.group(1), edge.group(8)
            back, forth = bool(edge.group(4)), bool(edge.group(6))
            head: Head = "both" if back and forth else "forward" if back or forth else "none"
            source, target = (right, left) if back and not forth else (left, right)
            out.edges.append(Edge(source, target, place, edge.group(5) or "", "", "solid", head))
        else:
            out.note(
                place.line,
                f"not understood as an architecture diagram: {line[:60]!r}; expected `a:R --> L:b`",
            )
        if out.full(place.line):
            break
    for junction in junctions:
        _bridge(out, junction)
    return out


def _bridge(out: Drawing, junction: str) -> None:
    touching = [e for e in out.edges if junction in (e.source, e.target)]
    rest = [e for e in out.edges if e not in touching]
    into = [e for e in touching if e.target == junction]
    from_ = [e for e in touching if e.source == junction]
    if len(into) * len(from_) <= 64:
        for a in into:
            for b in from_:
                if a.source != b.target:
                    head: Head = "none" if "none" in (a.head, b.head) and a.head == b.head else "forward"
                    rest.append(replace(b, source=a.source, label=b.label or a.label, head=head))
    out.edges = rest
