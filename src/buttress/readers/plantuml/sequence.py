"""Sequence diagrams: participants are nodes, messages that start something edges; answers say that somebody waited."""

from __future__ import annotations

import re

from buttress.drawings import Drawing, Group, Node, Place
from buttress.drawings.messages import Conversation, Message
from buttress.readers.plantuml.arrows import arrow_of
from buttress.readers.plantuml.names import bare, named, plain
from buttress.readers.plantuml.rows import Block
from buttress.vocabulary.roles import role_of

MAX_NOTES = 20

_PARTICIPANT = re.compile(
    r"(?:create\s+)?(participant|actor|boundary|control|entity|database|collections|queue)/?\s+(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_BEFORE = re.compile(r"(?:&\s*|\{\w{1,40}\}\s*)+")  # drawn side by side, or marked to measure from
_BOX = re.compile(r"box\b\s*(?:\"([^\"]*)\"|([^#\"]*))", re.IGNORECASE)
_RETURN = re.compile(r"return\b", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:alt|else|opt|loop|par|par2|break|critical|group|end|ref|[hr]?note|activate|deactivate|destroy|create|newpage|title|header|footer"
    r"|hide|show|skinparam|autonumber|autoactivate|legend|mainframe|caption|scale|order|==|\.\.\.|\|\||\.\.|left|right|top|!|/|\{|\}|<|#|ignore)",
    re.IGNORECASE,
)
_SHAPES = {"database": "cylinder", "queue": "queue"}


def read_sequence(block: Block, path: str, known: dict[str, Node]) -> Drawing:
    r"""Return the drawing of a sequence diagram: an edge for each message that isn't an answer.

    >>> from buttress.model import Source
    >>> from buttress.readers.plantuml.rows import blocks
    >>> text = "actor User\nUser -> API : GET /orders\nAPI --> User : 200"
    >>> drawn = read_sequence(blocks(Source("a.puml", text), [])[0], "a.puml", {})
    >>> [(e.source, e.target, e.sync) for e in drawn.edges]
    [('User', 'API', True)]
    """
    out = Drawing(path, "sequence", block.line)
    talk = Conversation(out)
    asked: list[Message] = []
    box: str | None = None
    notes = 0
    for row in block.rows:
        text, place = _BEFORE.sub("", row.text, count=1) if row.text[0] in "&{" else row.text, row.place
        declared = _PARTICIPANT.match(text)
        arrow = None if declared else arrow_of(text, open_ends=True)
        if declared:
            _declare(out, declared.group(1).lower(), declared.group(2), place, box)
        elif arrow is not None:
            if not arrow.source or not arrow.target or arrow.line == "invisible":
                continue
            source, target = _end(out, arrow.source, place, known), _end(out, arrow.target, place, known)
            sync = False if arrow.thin and arrow.line == "solid" else None
            message = Message(
                source, target, plain(arrow.text), place, arrow.line == "dotted", arrow.head, sync
            )
            talk.take(message)
            if talk.messages.get((source, target), [None])[-1] is message:
                asked.append(message)
        elif _BOX.match(text) and not text.lower().startswith("boxe"):
            found = _BOX.match(text)
            title = (found.group(1) or found.group(2) or "").strip() if found else ""
            box = title or None
            if title:
                out.groups.setdefault(title, Group(title, title, place))
        elif re.match(r"end\s*box", text, re.IGNORECASE):
            box = None
        elif _RETURN.match(text):
            waiting = next((m for m in reversed(asked) if not m.answered), None)
            if waiting is not None:
                waiting.answered = True
        elif not _OTHER.match(text) and notes < MAX_NOTES:
            notes += 1
            out.note(
                place.line,
                f"not understood as a sequence diagram: {text[:60]!r}; expected `A -> B : message`",
            )
        if out.full(place.line):
            break
    talk.settle()
    return out


def _declare(out: Drawing, word: str, text: str, place: Place, box: str | None) -> None:
    found = named(text)
    if found is None:
        return
    node = out.node(found.key, place)
    inside = re.match(r"\[(.*)\]", found.rest, re.DOTALL)
    label = found.label
    if inside:
        parts = (part.strip().lstrip("=").strip(' "') for part in plain(inside.group(1)).split("\\n"))
        label = "\\n".join(p for p in parts if p.strip("-. ")) or label
    node.label, node.place = label, place
    node.group = node.group or box
    node.kind = (
        "actor" if word == "actor" else "service" if word == "control" and role_of(label) == "actor" else None
    )
    node.shape = _SHAPES.get(word, "rect")
    node.classes |= {s.lower() for s in found.stereotypes}
    node.description = ", ".join(found.stereotypes)


def _end(out: Drawing, text: str, place: Place, known: dict[str, Node]) -> str:
    key = bare(text)
    if key not in out.nodes:
        by_label = next((k for k, n in out.nodes.items() if n.label == key), None)
        if by_label is not None:
            return by_label
        declared = known.get(key)
        node = out.node(key, place)
        if declared is not None:
            node.label, node.kind, node.shape = declared.label, declared.kind, declared.shape
        elif text[0] == '"':
            node.label = plain(key)
    return key
