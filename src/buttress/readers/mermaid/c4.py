"""C4 diagrams: people, systems, containers, nodes and relations, with the technology that each names."""

from __future__ import annotations

import re

from buttress.readers.mermaid.drawing import Drawing, Edge, Group, Head
from buttress.readers.mermaid.kinds import boundary_kind
from buttress.readers.mermaid.text import Text

MAX_DEPTH = 30

_CALL = re.compile(r"([A-Za-z]\w*)\s*\(")
_NAMED = re.compile(r"^\$?(\w+)\s*=\s*(.*)$", re.DOTALL)
_PARTS = re.compile(r"^(Person|System|Container|Component)(Db|Queue)?(_Ext)?$")
_FRAMES = re.compile(r"^(?:(Enterprise|System|Container)_Boundary|Boundary|Deployment_Node|Node(?:_[LR])?)$")
_RELATIONS = re.compile(r"^(Bi)?Rel(?:_(Back|Neighbor|Back_Neighbor|U|D|L|R|Up|Down|Left|Right)|Index)?$")
_SHAPES = {"Db": "cylinder", "Queue": "queue"}


def read_c4(text: Text) -> Drawing:
    r"""Return the drawing of a C4 diagram of any level.

    >>> from buttress.model import Source
    >>> from buttress.readers.mermaid.text import prepared
    >>> body = 'C4Container\n Person(u, "User")\n Container(w, "Web", "Django")\n Rel(u, w, "uses", "HTTPS")'
    >>> drawn = read_c4(prepared(Source("a.mmd", body)))
    >>> drawn.nodes["u"].kind, drawn.nodes["w"].technology, drawn.edges[0].technology
    ('actor', 'Django', 'HTTPS')
    """
    out = Drawing(text.path, "c4", text.line(len(text.body) - len(text.body.lstrip())), text.title)
    open_: list[str | None] = []
    body, at = text.body, 0
    while at < len(body) and not out.full(text.line(at)):
        char = body[at]
        if char == "}":
            if open_:
                open_.pop()
            at += 1
            continue
        found = _CALL.match(body, at) if char.isalpha() else None
        if found is None or (at and (body[at - 1].isalnum() or body[at - 1] in "_$")):
            at = _line_end(body, at) if char.isalpha() and not _call_ahead(body, at) else at + 1
            continue
        stop, arguments, named = _arguments(body, found.end())
        if stop is None:
            out.note(text.line(at), f"`{found.group(1)}(` isn't closed; add the missing bracket or quote")
            at = _line_end(body, at)
            continue
        _statement(out, found.group(1), arguments, named, text, (at, stop), open_)
        at = stop
    return out


def _statement(
    out: Drawing, name: str, arguments: list[str], named: dict[str, str], text: Text, span: tuple[int, int],
    open_: list[str | None],
) -> None:  # fmt: skip
    place = text.place(*span)
    group = next((g for g in reversed(open_) if g), None)
    part, frame, relation = _PARTS.match(name), _FRAMES.match(name), _RELATIONS.match(name)
    argument = dict(enumerate(arguments)).get
    if part and arguments:
        node = out.node(arguments[0], place, group)
        person = part.group(1) == "Person"
        simple = person or part.group(1) == "System"
        node.label, node.place, node.group = argument(1) or arguments[0], place, group
        node.technology = named.get("techn", "" if simple else argument(2, ""))
        node.description = named.get("descr", argument(2 if simple else 3, ""))
        node.shape = _SHAPES.get(part.group(2) or "", "rect")
        node.kind = "actor" if person else None
        node.external, node.explicit = bool(part.group(3)), True
    elif frame and arguments:
        key = arguments[0]
        title = argument(1) or key
        host = name.startswith(("Deployment_Node", "Node"))
        kind = (
            _host_kind(f"{title} {argument(2, '')}")
            if host
            else "system"
            if frame.group(1) in ("System", "Container")
            else None
        )
        if len(open_) < MAX_DEPTH and key not in out.groups:
            out.groups[key] = Group(key, title, place, group, kind)
        open_.append(key if key in out.groups else None)
    elif relation:
        first = 1 if name == "RelIndex" else 0
        if len(arguments) < first + 2:
            out.note(place.line, f"`{name}` needs two ends and a label")
            return
        source, target = arguments[first], arguments[first + 1]
        if "Back" in (relation.group(2) or ""):
            source, target = target, source
        head: Head = "both" if relation.group(1) else "forward"
        technology = named.get("techn", argument(first + 3, ""))
        out.edges.append(Edge(source, target, place, argument(first + 2, ""), technology, "solid", head))
    elif text.body[span[1] : span[1] + 20].lstrip().startswith("{"):
        open_.append(None)


def _host_kind(words: str) -> str:
    """Return what a deployment node is: a machine unless its words name a region, a cluster or the like."""
    kind = boundary_kind(words)
    return "host" if kind == "group" else kind


def _arguments(body: str, at: int) -> tuple[int | None, list[str], dict[str, str]]:
    """Return where the call ends, its positional and its named arguments."""
    arguments: list[str] = []
    named: dict[str, str] = {}
    current, quoted, depth, limit = "", False, 0, min(len(body), at + 4000)
    while at < limit:
        char = body[at]
        if char == '"':
            quoted = not quoted
        elif not quoted and char == "(":
            depth += 1
        elif not quoted and char == ")" and depth:
            depth -= 1
        elif not quoted and char in ",)":
            _argument(current.strip(), arguments, named)
            current = ""
            if char == ")":
                return at + 1, arguments, named
            at += 1
            continue
        current += char
        at += 1
    return None, arguments, named


def _argument(text: str, arguments: list[str], named: dict[str, str]) -> None:
    key = _NAMED.match(text) if text.startswith("$") else None
    if key:
        named[key.group(1)] = key.group(2).strip().strip('"').strip()
    elif text or arguments:
        arguments.append(text.strip('"').strip())


def _line_end(body: str, at: int) -> int:
    stop = body.find("\n", at)
    return len(body) if stop < 0 else stop


def _call_ahead(body: str, at: int) -> bool:
    word = re.compile(r"\w+").match(body, at)
    rest = body[at : _line_end(body, at)]
    return word is not None and rest.lstrip().startswith(word.group()) and _CALL.match(rest) is not None
