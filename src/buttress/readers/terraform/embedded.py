"""JSON that a text of Terraform writes out, as a heredoc does with policies: its structure, with the lines and the references in it."""

from __future__ import annotations

from buttress.cloud.values import HOLE, UNKNOWN, Place, Value
from buttress.evidence.lines import Node, documents
from buttress.model import Source


def from_json(here: Place, parts: list[Value]) -> Value | None:
    """Return the structure of JSON that is written out as a text, with its lines; None when it is no JSON."""
    text = "".join(p.words() if p.known else f"{HOLE}" for p in parts).strip()
    if not text.startswith(("{", "[")):
        return None
    marked: list[str] = []
    found: list[Value] = []
    for part in parts:
        if part.places and (part.refs or not part.known):
            marked.append(f"@@{len(found)}@@")
            found.append(part)
        else:
            marked.append(part.words())
    written = "".join(marked)
    inner = Source(here.source.path, "v: " + written.lstrip("\n").replace("\t", " "), here.line + 1)
    nodes, problems = documents(inner)
    if problems or not nodes or (top := nodes[0].get("v")) is None:
        return None
    return _from_node(top, here.source, found)


def _from_node(node: Node, source: Source, found: list[Value]) -> Value:
    places = (Place(source, node.key_line),)
    if isinstance(node.value, dict):
        return Value({k: _from_node(v, source, found) for k, v in node.value.items()}, places)
    if isinstance(node.value, list):
        return Value([_from_node(v, source, found) for v in node.value], places)
    if isinstance(node.value, str) and "@@" in node.value:
        pieces = node.value.split("@@")
        used = [found[int(p)] for p in pieces[1::2] if p.isdigit() and int(p) < len(found)]
        text = "".join(p if n % 2 == 0 else HOLE for n, p in enumerate(pieces))
        return Value(
            UNKNOWN, places, tuple(dict.fromkeys(r for p in used for r, _ in p.all_refs()))[:50], text
        )
    return Value(node.value, places)
