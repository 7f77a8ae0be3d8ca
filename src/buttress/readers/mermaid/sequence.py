"""Sequence diagrams: participants are nodes, messages that start something edges; answers are left out."""

from __future__ import annotations

import re

from buttress.drawings.drawing import MAX_EDGES, Drawing, Group, Place
from buttress.drawings.messages import Conversation, Message
from buttress.drawings.text import Text, label_lines

MAX_LINE = 2000

_HEADER = re.compile(r"\s*sequenceDiagram\b")
_PARTICIPANT = re.compile(
    r"(?:create\s+)?(participant|actor)\s+(.+?)(?:\s*@\{(.*?)\})?(?:\s+as\s+(.+?))?\s*$", re.IGNORECASE
)
_BOX = re.compile(r"box\b\s*(.*)$", re.IGNORECASE)
_COLOUR = re.compile(
    r"^(?:rgba?\([^)]*\)|hsla?\([^)]*\)|#[0-9a-fA-F]{3,8}\b|transparent\b"
    r"|(?:light|dark|medium|pale)?[a-z]+(?=\s))\s*",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"(?:loop|alt|opt|par|critical|break|rect)\b", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:else|and|option|end|note|activate|deactivate|destroy|autonumber|title|links?|properties|details"
    r"|accTitle|accDescr)\b",
    re.IGNORECASE,
)
_STRONG = re.compile(r"<<-->>|<<->>|-->>|->>")
_WEAK = re.compile(r"--x|-x|--\)|-\)|-->|->")
_NAMED_TYPE = re.compile(r"""["']?type["']?\s*:\s*["']?(\w+)""")
_TYPES = {"actor": "actor", "database": "data_store", "queue": "message_broker"}


def read_sequence(text: Text) -> Drawing:
    r"""Return the drawing of a sequence diagram: an edge for each message that isn't an answer.

    >>> from buttress.model import Source
    >>> from buttress.readers.mermaid.text import prepared
    >>> body = "sequenceDiagram\n actor U as User\n U->>API: GET /orders\n API-->>U: 200"
    >>> [(e.source, e.target, e.sync) for e in read_sequence(prepared(Source("a.mmd", body))).edges]
    [('U', 'API', True)]
    """
    header = _HEADER.match(text.body)
    out = Drawing(text.path, "sequence", text.line(header.start() if header else 0), text.title)
    talk = Conversation(out)
    blocks: list[str | None] = []
    for count, (start, row) in enumerate(text.lines()):
        at = max(start, header.end() if header else 0)
        rest = text.body[at : start + len(row)]
        for piece in rest.split(";") if ";" in rest and "#" not in rest else [rest]:
            place = text.place(start, start + len(row))
            _statement(out, piece.strip()[:MAX_LINE], place, blocks, talk)
        if out.full(text.line(start)) or count > MAX_EDGES:
            break
    talk.settle()
    return out


def _statement(
    out: Drawing,
    text: str,
    place: Place,
    blocks: list[str | None],
    talk: Conversation,
) -> None:
    if not text:
        return
    declared = _PARTICIPANT.match(text)
    if declared:
        _declare(out, declared, place, next((b for b in reversed(blocks) if b), None))
        return
    box = _BOX.match(text)
    if box:
        title = " ".join(label_lines(_COLOUR.sub("", box.group(1) + " ", count=1).strip() or box.group(1)))
        key = f"box {len(out.groups) + 1}"
        if title:
            out.groups[key] = Group(key, title, place)
        blocks.append(key if title else None)
        return
    if _BLOCK.match(text) and not _arrow_in(text.partition(":")[0]):
        blocks.append(None)
        return
    message = _message(text, place)
    if message is not None:
        for key in (message.source, message.target):
            out.node(key, place)
        talk.take(message)
        return
    if text.lower() == "end":
        if blocks:
            blocks.pop()
        return
    if not _OTHER.match(text):
        out.note(
            place.line, f"not understood as a sequence diagram: {text[:60]!r}; expected `A->>B: message`"
        )


def _declare(out: Drawing, found: re.Match[str], place: Place, group: str | None) -> None:
    key, title = found.group(2).strip().strip('"'), found.group(4)
    typed = _NAMED_TYPE.search(found.group(3) or "")
    node = out.node(key, place)
    node.label, node.place = (title or key).strip().strip('"'), place
    node.group = node.group or group
    if found.group(1).lower() == "actor":
        node.kind = node.kind or "actor"
    if typed:
        node.kind = _TYPES.get(typed.group(1).lower()) or node.kind


def _arrow_in(text: str) -> re.Match[str] | None:
    return _STRONG.search(text) or _WEAK.search(text)


def _message(text: str, place: Place) -> Message | None:
    head, colon, rest = text.partition(":")
    found = _arrow_in(head)
    if not found:
        return None
    source = head[: found.start()].strip().strip('"')
    target = head[found.end() :].strip().lstrip("+-").strip().strip('"')
    if not source or not target or (not colon and " " in target):
        return None
    arrow = found.group()
    return Message(
        source,
        target,
        rest.strip(),
        place,
        dashed=arrow.startswith(("--", "<<--")),
        head="both" if arrow.startswith("<<") else "forward",
        sync=False if arrow.endswith(")") else None,
    )
