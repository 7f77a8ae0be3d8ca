"""Component, deployment and C4 diagrams: elements, frames, interfaces, arrows and the macros of C4 and of icon libraries."""

from __future__ import annotations

import re
from dataclasses import replace

from buttress.drawings import Drawing, Edge, Group, Node, Place
from buttress.drawings.c4 import Call, call_at, draw
from buttress.drawings.icons import icon_words
from buttress.drawings.kinds import boundary_kind, is_one_runtime, is_store, technologies_in
from buttress.readers.plantuml.arrows import Arrow, arrow_of
from buttress.readers.plantuml.names import Named, bare, named, plain
from buttress.readers.plantuml.rows import Block, Row
from buttress.readers.plantuml.sorts import C4, LIBRARIES
from buttress.vocabulary.roles import role_of

MAX_DEPTH = 30
MAX_NOTES = 20

_ELEMENT = re.compile(
    r"(actor|agent|artifact|boundary|card|circle|cloud|collections|component|container|control|database|entity|file|folder"
    r"|frame|hexagon|interface|label|node|package|person|portin|portout|port|process|queue|rectangle|stack|storage|usecase"
    r"|action|archimate|together|namespace)/?(?=[\s{\"\[])\s*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(
    r"(?:\[[^\[\]]+\]|:[^:]+:|\(\)\s*(?:\"[^\"]+\"|\w+)|\([^()]+\))(?=\s*(?:as\b|<<|#|\{|\[|order\b|$))"
)
_IGNORED = re.compile(
    r"(?:left to right|top to bottom|skinparam|scale|hide|show|remove|restore|title|caption|header|footer|legend|note|end\b|allow_?mixing"
    r"|mainframe|page|newpage|center|right|left|top|bottom|url|sprite|listsprites|order|\.\.\.|==|--$|\}|#|<|\||autonumber|set\s"
    r"|(?:LAYOUT|SHOW|HIDE|Lay|Update|Add|Set|WithoutPropertyHeader|Index|Legend|Increment|LastIndex|Elastic(?:_|Theme)|AWSPUML|!)\w*)",
    re.IGNORECASE,
)
_SHAPES = {"database": "cylinder", "storage": "cylinder", "queue": "queue", "usecase": "usecase", "file": "document",
           "artifact": "document", "label": "note", "action": "usecase"}  # fmt: skip
_KINDS = {"actor": "actor", "person": "actor"}
_LEAF_FRAMES = frozenset(("database", "queue", "storage", "person", "actor", "collections", "stack"))
_NOTE = re.compile(r"note\b.*\bas\s+(\w+)\s*(?:#\w+\s*)?$", re.IGNORECASE | re.DOTALL)
_PORTS = frozenset(("port", "portin", "portout"))
_NO_ELEMENT = re.compile(
    r"(?:Add|Update|Set|Lay|Show|Hide|Without|Legend|Index|Rel|BiRel|LAYOUT|SHOW|HIDE|Boundary_End)",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"^(?:FA5?|DEV2?|GOV|MATERIAL|DEVICONS2?|KubernetesIcons?|OSA|K8S|AWS|Azure|GCP)_", re.IGNORECASE
)


def read_boxes(block: Block, path: str, known: dict[str, Node]) -> Drawing:
    r"""Return the drawing of a component, deployment or C4 diagram; `known` are elements that included files declare.

    >>> from buttress.model import Source
    >>> from buttress.readers.plantuml.rows import blocks
    >>> text = "component Shop\ndatabase \"Orders DB\" as db\nShop --> db : reads"
    >>> drawn = read_boxes(blocks(Source("a.puml", text), [])[0], "a.puml", {})
    >>> drawn.nodes["db"].label, [(e.source, e.target, e.label) for e in drawn.edges]
    ('Orders DB', [('Shop', 'db', 'reads')])
    """
    scan = _Scan(block, path, known)
    for row in block.rows:
        scan.row(row)
        if scan.out.full(row.place.line):
            break
    scan.finish()
    return scan.out


class _Scan:
    def __init__(self, block: Block, path: str, known: dict[str, Node]) -> None:
        free = block.sort != "c4" and not any(C4.match(r.text) for r in block.rows)
        self.out = Drawing(path, "flowchart" if free else "c4", block.line)
        self.known = known
        self.open: list[str | None] = []
        self.means: dict[str, str] = {}  # what is drawn within one element is that element
        self.ports: set[str] = set()
        self.remarks: set[str] = set()  # notes that arrows may lead to
        self.foldable: set[str] = set()
        self.library = any(LIBRARIES.search(i) for i in block.includes)
        self.unclosed = any(r.text.startswith("Boundary_End") for r in block.rows)
        self.notes = 0

    def row(self, row: Row) -> None:
        text = row.text
        while text.startswith("}"):
            if self.open:
                self.open.pop()
            text = text[1:].lstrip()
        if not text:
            return
        call = call_at(text, 0)
        if call is not None and call.stop is not None and self._call(call, text, row.place):
            return
        note = _NOTE.match(text)
        if note:
            self.remarks.add(note.group(1))
            return
        arrow = arrow_of(text)
        if arrow is not None:
            self._arrow(arrow, row.place)
            return
        element = _ELEMENT.match(text)
        if element:
            self._element(element.group(1).lower(), element.group(2), row.place)
        elif _BARE.match(text):
            word = {"[": "component", ":": "actor", "(": "interface" if text.startswith("()") else "usecase"}[
                text[0]
            ]
            self._element(word, text.removeprefix("()").strip() if word == "interface" else text, row.place)
        elif text == "{":
            self.open.append(None)
        elif not _IGNORED.match(text) and self.notes < MAX_NOTES:
            self.notes += 1
            self.out.note(
                row.place.line,
                f"not understood as a component diagram: {text[:60]!r}; expected `component A` or `A --> B : text`",
            )

    # --- elements

    def _group(self) -> str | None:
        return next((g for g in reversed(self.open) if g), None)

    def _element(self, word: str, text: str, place: Place) -> None:
        found = named(text)
        opens = text.rstrip().endswith("{")
        if found is None or (word == "together" and opens):
            if opens:
                self.open.append(None)
            return
        key = found.key
        host = self._group()
        if host is not None and host in self.means:
            self.means[key] = self.means[host]
            if opens:
                self.open.append(host)
            return
        if word in _PORTS and host is not None:
            self.means[key] = host
            return
        if opens and word not in _LEAF_FRAMES:
            self._frame(word, found, place)
            return
        if word == "interface":
            self.ports.add(key)
        self._node(word, found, place)
        if opens:
            self.means[key] = key
            self.open.append(key)

    def _node(self, word: str, found: Named, place: Place) -> None:
        node = self.out.node(found.key, place, self._group())
        label, description = found.label, list(found.stereotypes)
        inside = re.match(r"\[(.*)\]", found.rest, re.DOTALL)
        if inside:
            lines = [
                x for x in (part.strip() for part in plain(inside.group(1)).split("\\n")) if x.strip("-=._ ")
            ]
            label = "\\n".join(lines) or label
        node.label, node.place = label, place
        node.group = node.group or self._group()
        node.shape = _SHAPES.get(word, "rect")
        node.kind = _KINDS.get(word)
        node.classes |= {s.lower() for s in found.stereotypes}
        node.description = ", ".join(description)

    def _frame(self, word: str, found: Named, place: Place) -> None:
        key = found.key
        if len(self.open) >= MAX_DEPTH:
            self.open.append(None)
            return
        words = " ".join((found.label, *found.stereotypes))
        kind = boundary_kind(words)
        if kind == "group":
            kind = "host" if word == "node" else "group"
        if (
            word == "component"
            or is_store(found.label)
            or (word in ("rectangle", "node") and "service" in " ".join(found.stereotypes).lower())
        ):
            self.foldable.add(key)
        if key not in self.out.groups:
            self.out.groups[key] = Group(
                key, found.label, place, self._group(), None if kind == "group" else kind
            )
        self.open.append(key)

    # --- macros

    def _call(self, call: Call, text: str, place: Place) -> bool:
        behind = text[call.stop :].strip()
        if call.name.startswith("Boundary_End"):
            if self.open:
                self.open.pop()
            return True
        opened = draw(self.out, call, place, self._group(), len(self.open))
        if opened is not None:
            if opened:
                group = self.out.groups[opened]
                group.title = " ".join(plain(group.title).replace("\\n", " ").split()) or group.title
            elif call.arguments and call.arguments[0] in self.out.nodes:
                node = self.out.nodes[call.arguments[0]]
                node.label = plain(node.label or "")
            if behind.startswith("{") or (opened and self.unclosed):
                self.open.append(opened or None)
            return True
        if not self.library or _NO_ELEMENT.match(call.name) or not call.arguments:
            return False
        key, title = call.arguments[0], plain(call.argument(1)).strip()
        if not re.fullmatch(r"[\w.]+", key):
            return False
        words = icon_words(_PREFIX.sub("", call.name).removesuffix("Group"))
        if behind.startswith("{"):
            title = title or words
            kind = boundary_kind(f"{words} {title}")
            self.out.groups.setdefault(
                key, Group(key, title, place, self._group(), None if kind == "group" else kind)
            )
            self.open.append(key)
            return True
        node = self.out.node(key, place, self._group())
        node.label, node.place, node.technology = title or key, place, words
        node.kind = "actor" if role_of(words) == "actor" else None
        node.description = call.argument(2)
        return True

    # --- arrows

    def _arrow(self, arrow: Arrow, place: Place) -> None:
        if arrow.line == "invisible" or {bare(arrow.source), bare(arrow.target)} & self.remarks:
            return
        ends = [self._end(text, place) for text in (arrow.source, arrow.target)]
        self.out.edges.append(Edge(ends[0], ends[1], place, plain(arrow.text), "", arrow.line, arrow.head))

    def _end(self, text: str, place: Place) -> str:
        key = bare(text)
        key = self.means.get(key, key)
        if key in self.out.groups or key in self.out.nodes:
            return key
        by_label = next((k for k, n in self.out.nodes.items() if n.label == key), None)
        by_label = by_label or next((k for k, g in self.out.groups.items() if g.title == key), None)
        if by_label is not None:
            return by_label
        known = self.known.get(key)
        if known is not None:
            self.out.nodes[key] = replace(known, place=place, group=self._group(), classes=set(known.classes))
            return key
        node = self.out.node(key, place, self._group())
        if text[0] in '["':
            node.label = plain(key)
        elif text[0] == ":":
            node.label, node.kind = key, "actor"
        elif text.startswith("()"):
            self.ports.add(key)
        elif text[0] == "(":
            node.label, node.shape = key, "usecase"
        return key

    # --- when all is there

    def finish(self) -> None:
        self._fold()
        self._join_ports()
        gone = {k for k, n in self.out.nodes.items() if n.shape == "usecase"}
        for key in gone:
            del self.out.nodes[key]
        self.out.edges = [e for e in self.out.edges if not {e.source, e.target} & gone]

    def _fold(self) -> None:
        """Make one component of a frame that is one: only modules of it lie within."""
        parents = {g.parent for g in self.out.groups.values()}
        for key in sorted(self.foldable - parents):
            frame = self.out.groups[key]
            inside = {k for k, n in self.out.nodes.items() if n.group == key}
            parts = any(
                role_of(n) or technologies_in(n) for n in (self.out.nodes[k].label or k for k in inside)
            )
            if is_store(frame.title):
                if parts:
                    continue
            elif any(self.out.nodes[k].shape != "rect" for k in inside) or not (
                is_one_runtime(frame.title) or not inside
            ):
                continue
            for k in inside:
                self.means[k] = key
                self.ports.discard(k)
                del self.out.nodes[k]
            del self.out.groups[key]
            self.out.nodes[key] = Node(key, frame.place, frame.title, group=frame.parent)
        self.out.edges = [
            replace(e, source=self.means.get(e.source, e.source), target=self.means.get(e.target, e.target))
            for e in self.out.edges
        ]

    def _join_ports(self) -> None:
        """Lead arrows to an interface on to the component that offers it, and forget the interface."""
        offers: dict[str, list[str]] = {}
        for edge in self.out.edges:
            if edge.head == "none":
                for port, owner in ((edge.source, edge.target), (edge.target, edge.source)):
                    if port in self.ports and owner not in self.ports:
                        offers.setdefault(port, []).append(owner)
        edges = []
        for edge in self.out.edges:
            if edge.head == "none" and {edge.source, edge.target} & self.ports:
                continue
            if edge.source in self.ports:
                continue
            if edge.target in self.ports:
                edges += [replace(edge, target=owner) for owner in offers.get(edge.target, [])[:4]]
                continue
            edges.append(edge)
        for port in self.ports:
            self.out.nodes.pop(port, None)
        self.out.edges = edges
