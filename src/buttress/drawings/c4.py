"""C4 macros, as Mermaid and C4-PlantUML have them: people, systems, containers, nodes and relations, each a call in one text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from buttress.drawings.drawing import Drawing, Edge, Group, Head, Place
from buttress.drawings.kinds import boundary_kind

MAX_DEPTH = 30
MAX_CALL = 4000

CALL = re.compile(r"([A-Za-z]\w*)\s*\(")
_NAMED = re.compile(r"^\$?(\w+)\s*=\s*(.*)$", re.DOTALL)
_PARTS = re.compile(r"^(Person|System|Container|Component)(Db|Queue)?(_Ext)?$")
_FRAMES = re.compile(r"^(?:(Enterprise|System|Container)_Boundary|Boundary|(?:Deployment_)?Node(?:_[LR])?)$")
_RELATIONS = re.compile(r"^(Bi)?Rel(?:_(Back|Neighbor|Back_Neighbor|U|D|L|R|Up|Down|Left|Right)|Index)?$")
_TIMES = re.compile(r"^(.*[^*\s\\])\**(?:\s|\\t|\\n)+\(?x(\d{1,3})\)?$")  # `web*** x4` is four of them
_SHAPES = {"Db": "cylinder", "Queue": "queue"}


@dataclass(frozen=True, slots=True)
class Call:
    """A macro call: its name, the positional and named arguments without quotes, and where it ends in the text."""

    name: str
    arguments: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    stop: int | None = None

    def argument(self, at: int, name: str = "") -> str:
        """Return an argument by its name or its place, empty when there is none."""
        if name in self.named:
            return self.named[name]
        return self.arguments[at] if at < len(self.arguments) else ""


def call_at(body: str, at: int) -> Call | None:
    """Return the call that begins at a position, None when none does; its `stop` is None when it isn't closed.

    >>> call_at('Rel(a, "b, c", $techn="HTTPS")', 0).arguments, call_at("Rel", 0)
    (['a', 'b, c'], None)
    """
    found = CALL.match(body, at)
    if found is None:
        return None
    stop, arguments, named = _arguments(body, found.end())
    return Call(found.group(1), arguments, named, stop)


def draw(out: Drawing, call: Call, place: Place, group: str | None, depth: int) -> str | None:
    """Add what a macro draws within a frame; return the key of the frame that it opens, empty for none, None for no C4 macro.

    A frame that lies too deep, or that was opened before, isn't opened again.
    """
    part, frame, relation = _PARTS.match(call.name), _FRAMES.match(call.name), _RELATIONS.match(call.name)
    if part and call.arguments:
        key = call.arguments[0]
        node = out.node(key, place, group)
        person = part.group(1) == "Person"
        simple = person or part.group(1) == "System"
        node.label, node.place, node.group = call.argument(1, "label") or key, place, group
        node.technology = call.argument(9 if simple else 2, "techn")
        node.description = call.argument(2 if simple else 3, "descr")
        node.shape = _SHAPES.get(part.group(2) or "", "rect")
        node.kind = "actor" if person else None
        node.external = bool(part.group(3))
        return ""
    if frame and call.arguments:
        key = call.arguments[0]
        title = call.argument(1, "label") or key
        kind = "system" if frame.group(1) in ("System", "Container") else None
        if call.name.startswith(("Deployment_Node", "Node")):
            kind = _host_kind(f"{title} {call.argument(2, 'type')}")
        if depth < MAX_DEPTH and key not in out.groups:
            times = _TIMES.match(title) if kind else None
            name, many = (times.group(1), int(times.group(2))) if times else (title, 1)
            out.groups[key] = Group(key, name, place, group, kind, max(many, 1))
        return key if key in out.groups else ""
    if relation:
        first = 1 if call.name == "RelIndex" else 0
        if len(call.arguments) < first + 2:
            out.note(place.line, f"`{call.name}` needs two ends and a label")
            return ""
        source, target = call.arguments[first], call.arguments[first + 1]
        if "Back" in (relation.group(2) or ""):
            source, target = target, source
        head: Head = "both" if relation.group(1) else "forward"
        label, technology = call.argument(first + 2, "label"), call.argument(first + 3, "techn")
        out.edges.append(Edge(source, target, place, label, technology, "solid", head))
        return ""
    return None


def _host_kind(words: str) -> str:
    """Return what a deployment node is: a machine unless its words name a region, a cluster or the like."""
    kind = boundary_kind(words)
    return "host" if kind == "group" else kind


def _arguments(body: str, at: int) -> tuple[int | None, list[str], dict[str, str]]:
    """Return where the call ends, its positional and its named arguments."""
    arguments: list[str] = []
    named: dict[str, str] = {}
    current, quoted, depth, limit = "", False, 0, min(len(body), at + MAX_CALL)
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
