"""D2.

`.d2` and ```` ```d2 ```` blocks in documents.

- **Reads** shapes, containers (boundaries), connections and chains of them with their labels, dotted keys, `label`, `shape`, `class` with
  `classes`, variables, `null`, sequence diagrams (`shape: sequence_diagram`). Names, shapes (`cylinder`, `queue`, `stored_data`, `person`) and
  the names of icons say what a node is, labels of connections what flows.
- **Complete about** nothing: a connection that isn't drawn proves nothing.
- **Doesn't read** tables and classes (`sql_table`, `class`), layers, scenarios and steps, globs and imports of other files. Styles, positions
  and texts (Markdown, code) to which no connection leads are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import unquote

from buttress.drawings import Drawing, Edge, Group, Head, Line, Place, assemble
from buttress.drawings.icons import icon_words
from buttress.drawings.messages import Conversation, Message
from buttress.drawings.text import MAX_TEXT, label_lines, text_of
from buttress.model import Fragment, Source
from buttress.readers.d2.statements import Statement, statements
from buttress.vocabulary import load

__all__ = ["read"]

MAX_DEPTH = 30
_SHAPES = {"cylinder": "cylinder", "stored_data": "cylinder", "queue": "queue", "diamond": "rhombus", "document": "document",
           "step": "rect", "callout": "note", "text": "note"}  # fmt: skip
_NOT_DRAWN = frozenset(("layers", "scenarios", "steps"))
_SETTINGS = frozenset(
    """style icon near width height tooltip link direction constraint grid-rows grid-columns grid-gap vertical-gap horizontal-gap
    source-arrowhead target-arrowhead desc top left animate filename opacity""".split()
)
_CORNERS = frozenset(f"{a}-{b}" for a in ("top", "center", "bottom") for b in ("left", "center", "right"))
_TABLES = frozenset(("sql_table", "class"))
_ICON = re.compile(r"^.*/|\.\w{2,4}$")
_VARIABLE = re.compile(r"\$\{([\w.-]+)\}")
Path = tuple[str, ...]


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the components, flows and boundaries that the D2 diagrams of one system draw.

    >>> text = "web: Web shop\ndb: Orders DB {\n  shape: cylinder\n}\nweb -> db: reads\n"
    >>> [(f.source, f.kind, f.target) for f in read((Source("a.d2", text),)).flows]
    [('web-shop', 'reads', 'orders-db')]
    """
    return assemble([drawing for source in sources for drawing in _Scan(source).run()], "d2")


@dataclass(slots=True)
class _Shape:
    """One key of the diagram with what is said of it."""

    path: Path
    place: Place
    label: str = ""
    shape: str = ""
    classes: list[str] = field(default_factory=list)
    tooltip: str = ""
    icon: str = ""
    prose: bool = False
    blank: bool = False
    children: int = 0


@dataclass(frozen=True, slots=True)
class _Link:
    source: Path
    target: Path
    arrow: str
    label: list[str]
    place: Place
    within: Path


class _Scan:
    def __init__(self, source: Source) -> None:
        self.text = text_of(source, source.text[:MAX_TEXT])
        self.out = Drawing(source.path, "flowchart", source.first_line)
        self.shapes: dict[Path, _Shape] = {}
        self.links: list[_Link] = []
        self.spelled: dict[Path, Path] = {}
        self.removed: set[Path] = set()
        self.classes: dict[str, str] = {}
        self.variables: dict[str, str] = {}

    def run(self) -> list[Drawing]:
        """Return the diagram, and each sequence diagram that lies in it as one of its own."""
        scopes: list[tuple[str, Path]] = [("shape", ())]
        skip = 0
        for statement in statements(self.text):
            if skip:
                skip += statement.opens - statement.closes
                continue
            if statement.closes:
                if len(scopes) > 1:
                    scopes.pop()
                continue
            if len(self.shapes) > 4000 or len(self.links) > 8000:
                self.out.note(
                    statement.place.line, "more than 4000 shapes or 8000 connections; the rest was not read"
                )
                break
            scope = self._take(statement, *scopes[-1]) if len(scopes) < MAX_DEPTH else None
            if statement.opens:
                if scope is None:
                    skip = 1
                else:
                    scopes.append(scope)
        return self._drawn()

    def _take(self, statement: Statement, sort: str, path: Path) -> tuple[str, Path] | None:
        """Read a statement; return the block that it opens, None for one to be passed over."""
        if not statement.keys or not statement.keys[0]:
            return None
        first, value = statement.keys[0], statement.value
        if sort == "vars":
            if value:
                self.variables[".".join((*path, *first))] = value
            return ("vars", (*path, *first))
        if sort == "classes":
            if len(path) == 1 and first == ("shape",) and value:
                self.classes[path[0]] = value.lower()
            return ("classes", (*path, *first)) if first[0] not in _SETTINGS else None
        if sort == "link":
            if first == ("label",) and value:
                self.links[-1].label[:] = [value]
            return None
        if statement.arrows:
            return self._link(statement, path)
        if first[0] in ("vars", "classes") and not path:
            return (first[0], first[1:])
        if first[0] in _NOT_DRAWN or any("*" in k or k.startswith("@") for k in first):
            return None
        if value == "null":
            self.removed.add(self._at(path, first))
            return None
        return self._shape(statement, path)

    def _shape(self, statement: Statement, path: Path) -> tuple[str, Path] | None:
        first, value, place = statement.keys[0], statement.value, statement.place
        here = self._at(path, first)
        setting = next((n for n, k in enumerate(first) if k in _SETTINGS), None)
        if setting is not None:
            owner = self._known(self._at(path, first[:setting]), place)
            if first[setting] == "tooltip" and value and owner is not None:
                owner.tooltip = value
            if first[setting] == "icon" and value and owner is not None:
                owner.icon = _ICON.sub("", unquote(value))
            if first[setting] == "near" and value in _CORNERS and owner is not None:
                owner.shape = "text"  # a title or a legend
            return None
        if first[-1] in ("shape", "label", "class"):
            owner = self._known(here[:-1], place)
            if owner is not None and value is not None:
                if first[-1] == "shape":
                    owner.shape = value.lower()
                elif first[-1] == "label":
                    owner.label, owner.prose, owner.blank = value, statement.prose, not value
                else:
                    owner.classes += [c.strip() for c in re.split(r"[;,\[\]]", value) if c.strip()]
            elif first[-1] == "shape" and value is not None:
                self.shapes[()] = _Shape((), place, shape=value.lower())
            return None
        shape = self._known(here, place)
        if shape is not None and value is not None and not value.startswith("@"):
            shape.label, shape.prose, shape.blank, shape.place = value, statement.prose, not value, place
        return ("shape", here)

    def _link(self, statement: Statement, path: Path) -> tuple[str, Path]:
        ends = [self._at(path, key) for key in statement.keys]
        for end in ends:
            self._known(end, statement.place)
        for (source, target), arrow in zip(pairwise(ends), statement.arrows, strict=False):
            if statement.value == "null":
                self.links = [k for k in self.links if (k.source, k.target) != (source, target)]
            elif source and target:
                label = [statement.value] if statement.value else []
                self.links.append(_Link(source, target, arrow, label, statement.place, path))
        return ("link", ()) if self.links else ("classes", ("", ""))

    def _at(self, path: Path, key: Path) -> Path:
        """Return the full path of a key within a block; `_` is the block around it."""
        while key and key[0] == "_" and path:
            path, key = path[:-1], key[1:]
        here: Path = ()
        for part in (*path, *key)[:MAX_DEPTH]:
            here = self.spelled.setdefault(
                (*here, part.lower()), (*here, part)
            )  # keys mean the same in capitals
        return here

    def _known(self, path: Path, place: Place) -> _Shape | None:
        """Return the shape at a path, made with those around it at its first mention."""
        if not path:
            return None
        for length in range(1, len(path) + 1):
            at = path[:length]
            if at not in self.shapes:
                self.shapes[at] = _Shape(at, place)
                if length > 1:
                    self.shapes[at[:-1]].children += 1
        return self.shapes[path]

    # --- when all is there

    def _filled(self, text: str) -> str:
        return _VARIABLE.sub(lambda m: self.variables.get(m.group(1), m.group(1)), text)

    def _drawn(self) -> list[Drawing]:
        talks = {
            p: Conversation(Drawing(self.out.path, "sequence", s.place.line))
            for p, s in self.shapes.items()
            if s.shape == "sequence_diagram"
        }
        scopes = {k.within for k in self.links}
        linked = {p for k in self.links for p in (k.source, k.target)}
        means: dict[Path, Path] = {}
        gone: set[Path] = set(self.removed)
        for path, shape in self.shapes.items():
            shape.shape = shape.shape or next(
                (self.classes[c] for c in shape.classes if c in self.classes), ""
            )
            talk = next((t for t in talks if path[: len(t)] == t and path != t), None)
            above = next((path[:n] for n in range(1, len(path)) if self._is_whole(path[:n])), None)
            if not path or path in talks:
                continue
            if any(path[:n] in gone for n in range(1, len(path) + 1)) or shape.shape in _TABLES:
                gone.add(path)
            elif talk is not None:
                if (
                    len(path) == len(talk) + 1 and path not in scopes
                ):  # messages lie in groups, not in participants
                    self._node(talks[talk].drawing, path, shape, None)
            elif above is not None:
                means[path] = above
            elif shape.children and not self._is_whole(path):
                title = " ".join(label_lines(self._filled(shape.label) or path[-1]))
                if not shape.blank:
                    self.out.groups[".".join(path)] = Group(
                        ".".join(path), title, shape.place, self._frame(path)
                    )
            elif path in linked or not (shape.prose or shape.blank):
                self._node(self.out, path, shape, self._frame(path))
            else:
                gone.add(path)
        for link in self.links:
            talk = next((t for t in talks if link.source[: len(t)] == t), None)
            if talk is not None:
                self._message(link, talk, talks[talk])
            elif not {link.source, link.target} & gone:
                self._edge(link, means)
        for conversation in talks.values():
            conversation.settle()
        self._keep_ends()
        if gone and not self.out.nodes:
            self.out.note(
                self.out.line,
                "not an architecture diagram (tables or classes); nothing was read from it",
                info=True,
            )
        return [self.out, *(c.drawing for c in talks.values())]

    def _frame(self, path: Path) -> str | None:
        """Return the innermost container around a path that has a name."""
        keys = (".".join(path[:n]) for n in range(len(path) - 1, 0, -1))
        return next((key for key in keys if key in self.out.groups), None)

    def _keep_ends(self) -> None:
        """Draw containers without a name that a connection leads to as what they are: something."""
        ends = {e for k in self.out.edges for e in (k.source, k.target)}
        for path, shape in self.shapes.items():
            key = ".".join(path)
            if key in ends and key not in self.out.nodes and key not in self.out.groups:
                self.out.groups[key] = Group(key, path[-1], shape.place, self._frame(path))

    def _is_whole(self, path: Path) -> bool:
        """Return whether what lies within a shape is part of it: a store with its tables, a person."""
        shape = self.shapes[path]
        return shape.shape in ("cylinder", "stored_data", "queue", "person", "c4-person")

    def _node(self, out: Drawing, path: Path, shape: _Shape, group: str | None) -> None:
        key = ".".join(path)
        node = out.node(key, shape.place, group)
        node.label = self._filled(shape.label) or path[-1]
        node.shape = "note" if shape.prose and shape.shape == "page" else _SHAPES.get(shape.shape, "rect")
        node.technology = _of_icon(shape.icon)
        node.kind = "actor" if shape.shape in ("person", "c4-person") else None
        node.classes = {c.lower() for c in shape.classes}
        node.description = shape.tooltip

    def _edge(self, link: _Link, means: dict[Path, Path]) -> None:
        source, target = (".".join(means.get(p, p)) for p in (link.source, link.target))
        back, forth = link.arrow.startswith("<"), link.arrow.endswith(">")
        head: Head = "both" if back and forth else "forward" if back or forth else "none"
        if back and not forth:
            source, target = target, source
        label = self._filled(link.label[0]) if link.label else ""
        line: Line = "solid"
        if source != target:
            self.out.edges.append(Edge(source, target, link.place, label, "", line, head))

    def _message(self, link: _Link, talk: Path, conversation: Conversation) -> None:
        ends = []
        out = conversation.drawing
        for path in (link.source, link.target):
            inner = path[len(talk) :]
            actor = next((k for k in inner if ".".join((*talk, k)) in out.nodes), inner[-1] if inner else "")
            key = ".".join((*talk, actor))
            out.node(key, link.place).label = out.node(key, link.place).label or actor
            ends.append(key)
        if link.arrow.startswith("<") and not link.arrow.endswith(">"):
            ends.reverse()
        conversation.take(
            Message(ends[0], ends[1], self._filled(link.label[0]) if link.label else "", link.place)
        )


def _of_icon(name: str) -> str:
    """Return the technology that an icon is called after if that is something which runs, empty otherwise."""
    technology = load().technology(icon_words(name)) if name else None
    return technology.label if technology is not None and technology.role in ("server", "hosted") else ""
