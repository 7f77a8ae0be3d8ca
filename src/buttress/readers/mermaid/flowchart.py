"""Flowcharts (`flowchart`, `graph`): every shape, link, chain and subgraph of the syntax, read leniently."""

from __future__ import annotations

import re

from buttress.drawings.drawing import Drawing, Edge, Group, Head, Line, Place
from buttress.drawings.text import Text, label_lines

MAX_DEPTH = 30
MAX_LABEL = 4000

_HEADER = re.compile(
    r"\s*(?:flowchart(?:-elk)?|graph)\b[ \t]*(?:(?:TB|TD|BT|RL|LR|[<>^v])(?=[\s;]|$))?[ \t]*;?"
)
_REST = re.compile(r"[^\n]*")
_SPACE = re.compile(r"[ \t]+")
_KEY = re.compile(r"(?:[\w.!#$%'*+?\\/`]|-(?![->.])|=(?!=)|(?<=\w):(?=\w))+")
_IGNORED = re.compile(
    r"(?:style|linkStyle|classDef|click|direction|accTitle|title)\b(?!\s*[-=~\[({&@>.|])[^\n;]*"
)
_DESCRIPTION = re.compile(r"accDescr\b\s*(?::[^\n]*|\{[^}]{0,4000}\})")
_CLASS = re.compile(r"class[ \t]+(?![-=~\[({&@>.|])([^\n;]{1,2000})")
_SUBGRAPH = re.compile(r"subgraph\b[ \t]*([^\n;]*)")
_SUBGRAPH_TITLE = re.compile(r"""^([^\[\s"']+)[ \t]*\[(.*)\]$""")
_END = re.compile(r"end(?=[\s;]|$)")
_CLASS_MARK = re.compile(r":::([\w-]+)")
_PROPERTIES = re.compile(r"@\{(.{0,2000}?)\}", re.DOTALL)
_PROPERTY = re.compile(r"""([\w-]+)\s*:\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^,\n}]+)""")
_EDGE_ID = re.compile(r"[\w-]+@(?=[ \t]*[xo<]?(?:--|==|-\.|~~~))")
_EDGE_PROPERTIES = re.compile(r"(?:animate|animation|curve)\b")

# A link that has no text within; then, for each sort of line, what opens and closes one that has.
_WHOLE = re.compile(
    r"(?P<invisible>~~~+)"
    r"|(?P<solid>(?P<s1>[xo<])?--+(?P<s2>>|[xo](?=[\s|])|-))"
    r"|(?P<thick>(?P<t1>[xo<])?==+(?P<t2>>|[xo](?=[\s|])|=))"
    r"|(?P<dotted>(?P<d1>[xo<])?-\.+-(?P<d2>>|[xo](?=[\s|]))?)"
)
_LINES: tuple[Line, ...] = ("invisible", "solid", "thick", "dotted")
_OPENED: tuple[tuple[Line, re.Pattern[str], re.Pattern[str]], ...] = (
    ("solid", re.compile(r"([xo<])?--(?!-)"), re.compile(r"--+(>|[xo](?=[\s|;]|$)|-)")),
    ("thick", re.compile(r"([xo<])?==(?!=)"), re.compile(r"==+(>|[xo](?=[\s|;]|$)|=)")),
    ("dotted", re.compile(r"([xo<])?-\.(?!-)"), re.compile(r"\.+-(>|[xo](?=[\s|;]|$))?")),
)
_GLUED = re.compile(r"--[xo](?=\w)|<--+(?=\s)")  # lenient: no such links in the grammar
_PIPE = re.compile(r'[ \t]*\|[ \t]*("[^"]*"|[^|\n]*)[ \t]*\|')

_CLOSER = {"[": "]", "(": ")", "{": "}", ">": "]"}
_NAMED_SHAPES = {
    "cylinder": "cyl database db cylinder lin-cyl disk lined-cylinder bow-rect stored-data internal-storage"
    " win-pane",
    "queue": "das h-cyl horizontal-cylinder",
    "rhombus": "diam decision diamond question",
    "terminal": "circle circ start stop dbl-circ double-circle fr-circ framed-circle sm-circ"
    " small-circle f-circ junction",
    "document": "doc docs document documents st-doc stacked-document lin-doc lined-document tag-doc"
    " tagged-document",
    "note": "comment brace brace-l brace-r braces text",
    "stadium": "stadium terminal pill",
    "hexagon": "hex hexagon prepare",
    "bar": "fork join",
}
SHAPES = {alias: shape for shape, aliases in _NAMED_SHAPES.items() for alias in aliases.split()}


def read_flowchart(text: Text) -> Drawing:
    r"""Return the drawing that a flowchart shows.

    >>> from buttress.model import Source
    >>> from buttress.readers.mermaid.text import prepared
    >>> drawn = read_flowchart(prepared(Source("a.mmd", "flowchart LR\n a & b -->|reads| c[(Orders DB)]")))
    >>> [(e.source, e.target, e.label) for e in drawn.edges], drawn.nodes["c"].shape
    ([('a', 'c', 'reads'), ('b', 'c', 'reads')], 'cylinder')
    """
    header = _HEADER.match(text.body)
    start = header.end() if header else 0
    return _Scan(text, start).run()


class _Scan:
    """One pass over a flowchart's text; every method moves `at` forward."""

    def __init__(self, text: Text, start: int) -> None:
        self.text, self.body, self.at = text, text.body, start
        self.out = Drawing(text.path, "flowchart", text.line(start), text.title)
        self.open: list[str] = []
        self.begun = start

    def run(self) -> Drawing:
        while self.at < len(self.body) and not self.out.full(self.text.line(self.at)):
            if self.body[self.at] in " \t\n;":
                self.at += 1
                continue
            self.begun = self.at
            if self.body.startswith("%%", self.at):  # a comment behind a statement
                self._match(_REST)
                continue
            if not (self._keyword() or self._chain()):
                self._skip()
        for key in self.out.groups:
            if key in self.out.nodes and self.out.nodes[key].label is None:
                del self.out.nodes[key]  # an arrow named the subgraph before it was drawn
        if self.open:
            self.out.note(
                self.text.line(len(self.body)), "a subgraph has no `end`; add it where the group stops"
            )
        return self.out

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.body, self.at)
        if found:
            self.at = found.end()
        return found

    def _skip(self) -> None:
        line = self.text.line(self.at)
        stop = self.body.find("\n", self.at)
        stop = len(self.body) if stop < 0 else stop
        piece = self.body[self.at : stop].strip()
        if not any(d.line == line for d in self.out.diagnostics[-1:]):  # a line is told once
            self.out.note(
                line, f"not understood as Mermaid: {piece[:60]!r}; check brackets, quotes and the arrow"
            )
        self.at = max(stop, self.at + 1)

    def _keyword(self) -> bool:
        if self._match(_DESCRIPTION) or self._match(_IGNORED):
            return True
        named = self._match(_CLASS)
        if named:
            *keys, class_ = re.split(r"[,\s]+", named.group(1).strip())
            for key in keys:
                if key in self.out.nodes:
                    self.out.nodes[key].classes.add(class_.lower())
            return True
        group = self._match(_SUBGRAPH)
        if group:
            self._subgraph(group.group(1).strip())
            return True
        if self._match(_END):
            if self.open:
                self.open.pop()
            return True
        return False

    def _subgraph(self, rest: str) -> None:
        titled = _SUBGRAPH_TITLE.match(rest)
        key, title = (titled.group(1), titled.group(2)) if titled else (rest, rest)
        title = " ".join(label_lines(title[:MAX_LABEL].strip().strip("\"'`")))
        key = key.strip("\"'`") or f"group {len(self.out.groups) + 1}"
        place = self.text.place(self.begun, self.at)
        if len(self.open) >= MAX_DEPTH:
            self.out.note(
                place.line, f"subgraphs nested deeper than {MAX_DEPTH}; the inner one was not read as a group"
            )
        elif key not in self.out.groups:
            parent = self.open[-1] if self.open else None
            self.out.groups[key] = Group(key, title, place, parent)
        self.open.append(key if key in self.out.groups else self.open[-1])

    def _chain(self) -> bool:
        left = self._nodes()
        if not left:
            return False
        while True:
            self._match(_SPACE)
            before = self.at
            link = self._link()
            if link is None:
                self.at = before
                return True
            line, head, label, flipped = link
            self._match(re.compile(r"\s*"))
            right = self._nodes()
            if not right:
                self.out.note(
                    self.text.line(before), "an arrow leads nowhere; name the node that it points to"
                )
                return True
            place = self.text.place(self.begun, self.at)
            if place.end_line > place.line:
                place = self.text.place(before, self.at)
            for a in left:
                for b in right:
                    if line != "invisible" and not self.out.full(place.line):
                        source, target = (b, a) if flipped else (a, b)
                        self.out.edges.append(Edge(source, target, place, label, "", line, head))
            left = right

    def _nodes(self) -> list[str]:
        keys: list[str] = []
        while True:
            key = self._node()
            if key is None:
                return keys
            keys.append(key)
            before = self.at
            self._match(_SPACE)
            if self.body[self.at : self.at + 1] != "&":
                self.at = before
                return keys
            self.at += 1
            self._match(re.compile(r"\s*"))

    def _node(self) -> str | None:
        start = self.at
        found = self._match(_KEY)
        if not found or not any(c.isalnum() for c in found.group()):
            self.at = start
            return None
        key = found.group()
        properties = self._match(_PROPERTIES)
        if properties and _EDGE_PROPERTIES.match(properties.group(1).strip()):
            return key
        shape = label = None
        if properties:
            shape, label = _properties(properties.group(1))
        else:
            before = self.at
            self._match(_SPACE)
            got = self._shape() if self.body[self.at : self.at + 1] in _CLOSER else None
            if got is None:
                self.at = before
            else:
                shape, label = got
        place = self.text.place(start, self.at)
        if key in self.out.groups and label is None:
            return key
        node = self.out.node(key, self._line_of(place, start))
        if label is not None and node.label is None:
            node.label, node.shape, node.place = label, shape or "rect", self._line_of(place, start)
        elif shape and properties:
            node.shape = shape
        if self.open and node.group is None:
            node.group = self.open[-1]
        mark = self._match(_CLASS_MARK)
        if mark:
            node.classes.add(mark.group(1).lower())
        return key

    def _line_of(self, place: Place, start: int) -> Place:
        """Return the place with the whole statement as its quote when that is short and on the same line."""
        if place.end_line > place.line:
            return place
        first = max(self.begun, self.body.rfind("\n", 0, start) + 1)
        stop = self.body.find("\n", self.at)
        whole = self.text.place(first, len(self.body) if stop < 0 else stop)
        return whole if len(whole.quote) <= 120 and place.quote in whole.quote else place

    def _shape(self) -> tuple[str, str] | None:
        """Return shape and raw label of the bracket that begins here, or None when it isn't closed."""
        opener = self.body[self.at]
        stop = _closing(self.body, self.at, opener, _CLOSER[opener])
        if stop is None:
            return None
        inner = self.body[self.at + 1 : stop]
        self.at = stop + 1
        return _classified(opener, inner.strip())

    def _link(self) -> tuple[Line, Head, str, bool] | None:
        """Return line, head, label and whether the arrow points back, or None when no link begins here."""
        self._match(_EDGE_ID)
        start = self.at
        whole = _WHOLE.match(self.body, self.at)
        line: Line = "solid"
        if whole:
            self.at = whole.end()
            line = next(sort for sort in _LINES if whole.group(sort))
            first = whole.group("s1") or whole.group("t1") or whole.group("d1") or ""
            last = whole.group("s2") or whole.group("t2") or whole.group("d2") or ""
            label = ""
            piped = self._match(_PIPE)
            if piped:
                label = _unquoted(piped.group(1)[:MAX_LABEL])
            head, flipped = _heads(first, last)
            return line, head, label, flipped
        for line, opening, closing in _OPENED:
            opened = opening.match(self.body, self.at)
            if not opened:
                continue
            stop = self.body.find("\n", opened.end())
            closed = closing.search(self.body, opened.end(), len(self.body) if stop < 0 else stop)
            if not closed:
                break
            label = _unquoted(self.body[opened.end() : closed.start()][:MAX_LABEL])
            self.at = closed.end()
            head, flipped = _heads(opened.group(1) or "", closed.group(1) or "")
            return line, head, label, flipped
        glued = self._match(_GLUED)
        if glued:
            return "solid", "forward", "", glued.group().startswith("<")
        self.at = start
        return None


def _heads(first: str, last: str) -> tuple[Head, bool]:
    back, forth = first == "<", last in (">", "x", "o")
    if back and forth:
        return "both", False
    if first in ("x", "o") and last in ("x", "o"):
        return "none", False
    if back:
        return "forward", True
    return ("forward" if forth else "none"), False


def _closing(body: str, at: int, opener: str, closer: str) -> int | None:
    """Return where the bracket at `at` is closed: quotes are skipped, brackets of its sort are counted."""
    depth, quoted, limit, lines = 0, False, min(len(body), at + MAX_LABEL), 0
    position = at
    while position < limit:
        char = body[position]
        if char == '"':
            quoted = not quoted
        elif char == "\n":
            lines += 1
            if lines > (40 if quoted else 3):
                return None
        elif not quoted and char == closer:
            depth -= 1
            if depth == 0 or opener == ">":
                return position
        elif not quoted and char == opener:
            depth += 1
        position += 1
    return None


def _classified(opener: str, inner: str) -> tuple[str, str]:
    wraps: dict[str, tuple[tuple[str, str, str], ...]] = {
        "[": (("[", "]", "subroutine"), ("(", ")", "cylinder"), ("/", "/", "lean"), ("\\", "\\", "lean"),
              ("/", "\\", "trapezoid"), ("\\", "/", "trapezoid")),
        "(": (("((", "))", "terminal"), ("(", ")", "circle"), ("[", "]", "stadium"), ("-", "-", "ellipse")),
        "{": (("{", "}", "hexagon"),),
    }  # fmt: skip
    for first, last, shape in wraps.get(opener, ()):
        if len(inner) > len(first) + len(last) and inner.startswith(first) and inner.endswith(last):
            body = inner[len(first) : -len(last)]
            if first in "([{" and body.count(first[0]) < body.count(last[0]):
                continue
            return shape, _unquoted(body)
    plain = {"[": "rect", "(": "round", "{": "rhombus", ">": "flag"}[opener]
    if inner.startswith("|") and inner.count("|") >= 2:
        inner = inner.split("|", 2)[2]
    return plain, _unquoted(inner)


def _properties(text: str) -> tuple[str | None, str | None]:
    found = {m[1].lower(): _unquoted(m[2]) for m in _PROPERTY.finditer(text)}
    shape = SHAPES.get(found.get("shape", "").lower())
    return shape or ("rect" if "shape" in found else None), found.get("label")


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    if len(text) >= 2 and text[0] == text[-1] == "`":
        text = text[1:-1].strip()
    return text
