"""Names with arrows between them, drawn with characters but without boxes: one below the other, in a row, or as a tree.

Most of what stands so in a document is no architecture (the steps of a request, states, layers of code), so a chain is believed only where
most of its names are those of parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from buttress.drawings.chained import (
    ACROSS,
    BOTH,
    BRANCH,
    DOWN,
    FORKS,
    MAX_COLUMNS,
    MAX_ROWS,
    SIGNS,
    UP,
    is_crossed,
    is_way,
    name_of,
)
from buttress.drawings.drawing import Drawing, Edge, Head, Place, quote_of
from buttress.drawings.judge import is_sentence
from buttress.drawings.kinds import technologies_in
from buttress.drawings.text import Text
from buttress.vocabulary.roles import role_of

MAX_ENDS = 8
_LAYERS = frozenset(
    "controller controllers repository repositories model models handler handlers middleware middlewares usecase usecases dao entity entities "
    "dto dtos view views router routers route routes service services schema schemas request response".split()
)
# What goes along a chain instead of standing in it: "HTTP request → Nginx".
_PASSED = re.compile(
    r"(?:(?:https?|api|incoming|client|user) )?(?:requests?|responses?|events?|messages?)", re.IGNORECASE
)
_NO_NAME = re.compile(r"[.;!?:]$|[~$%={}\[\]<>\\;]|^[0-9a-f]{7,}$|^\W")


@dataclass(frozen=True, slots=True)
class _Name:
    """A name where it stands: its row, the columns from and up to which it reaches."""

    key: str
    row: int
    start: int
    end: int


def read_chains(text: Text) -> Drawing:
    r"""Return the names of a drawing without boxes as nodes and the arrows between them as edges.

    >>> from buttress.model import Source
    >>> from buttress.readers.mermaid.text import prepared
    >>> chain = "Browser\n   ↓ HTTPS\nShop API\n   ↓\nRedis"
    >>> [(e.source, e.target, e.label) for e in read_chains(prepared(Source("a.md", chain))).edges]
    [('Browser', 'Shop API', 'HTTPS'), ('Shop API', 'Redis', '')]
    """
    drawing = Drawing(text.path, "flowchart", text.first_line, text.title)
    rows = [row.expandtabs(4)[:MAX_COLUMNS] for _, row in text.lines()[:MAX_ROWS]]
    _Chains(rows, text.first_line, drawing).run()
    if not _of_parts(drawing):
        drawing.nodes.clear()
        drawing.edges.clear()
    return drawing


def _of_parts(drawing: Drawing) -> bool:
    """Return whether most names of a drawing are those of parts of a system, and no more than one that of a layer of code."""
    names = [n.label or n.key for n in drawing.nodes.values()]
    parts = sum(role_of(n.split("<br/>")[0]) is not None or bool(technologies_in(n)) for n in names)
    layers = sum(n.lower().removesuffix(" layer") in _LAYERS for n in names)
    return bool(drawing.edges) and parts >= 2 and parts * 2 >= len(names) and layers < 2


class _Chains:
    def __init__(self, rows: list[str], first_line: int, drawing: Drawing) -> None:
        self.rows, self.first_line, self.drawing = rows, first_line, drawing
        self.above: list[_Name] = []  # the names of the last row that had some
        self.way: list[int] = []  # the rows of signs since then
        # Where the rows on the way from the root of a tree to the last one begin, with their names.
        self.tree: list[tuple[int, _Name | None]] = []

    def run(self) -> None:
        blank = True
        for number, row in enumerate(self.rows):
            if not row.strip():
                blank = True
                continue
            if (branch := BRANCH.match(row)) is not None:
                self._branch(number, branch.end())
            elif is_way(row):
                self.way.append(number)
            elif self.above and not self.way and not blank and not is_crossed(row):
                self._goes_on(row)
            else:
                self._row(number)
            blank = False
        self.drawing.edges = list(dict.fromkeys(self.drawing.edges))

    def _row(self, number: int) -> None:
        """Read the names of a row and what leads to them, from the row above and across."""
        row, names, at = self.rows[number], [], 0
        edges: list[tuple[int, str, Head, bool]] = []
        if is_crossed(row):
            for found in ACROSS.finditer(row):
                names.append(self._named(number, at, found.start()))
                at = found.end()
                head: Head = "both" if found["both"] else "forward"
                edges.append((len(names) - 1, found["label"] or "", head, bool(found["back"])))
            names.append(self._named(number, at, len(row)))
        else:
            names = [self._named(number, m.start(), m.end()) for m in re.finditer(r"\S+(?: \S+)*", row)]
        for n, label, head, back in edges:
            one, other = names[n], names[n + 1]
            if one is not None and other is not None:
                one, other = (other, one) if back else (one, other)
                self._edge(one, other, label, head)
        here = [n for n in names if n is not None]
        self._down(here)
        self.above, self.way = here, []
        self.tree = [(len(row) - len(row.lstrip()), here[0] if here else None)]

    def _named(self, number: int, start: int, end: int) -> _Name | None:
        """Return the name that stands between two columns, as a node; None where a sentence stands there, or what is sent."""
        row = self.rows[number]
        words = name_of(row[start:end])
        if (
            not any(c.isalpha() for c in words)
            or len(words.split()) > 7
            or _NO_NAME.search(words)
            or _PASSED.fullmatch(words)
            or is_sentence(words)
        ):
            return None
        start += len(row[start:end]) - len(row[start:end].lstrip())
        line = self.first_line + number
        node = self.drawing.node(words, Place(line, line, quote_of(row[start:end])))
        node.label = node.label or words
        return _Name(words, number, start, end)

    def _goes_on(self, row: str) -> None:
        """Add a line right below a single name, which says more of it, to its label."""
        words = " ".join(row.split())
        if len(self.above) == 1 and len(words) <= 80:
            node = self.drawing.nodes[self.above[0].key]
            node.label = f"{node.label}<br/>{words}"

    def _branch(self, number: int, start: int) -> None:
        """Read a row of a tree: its parent is the last name above that begins further left."""
        self.tree = [(at, name) for at, name in self.tree if at < start]
        found = self._named(number, start, len(self.rows[number]))
        parent = self.tree[-1][1] if self.tree else None
        if parent is not None and found is not None:
            self._edge(parent, found, "", "forward")
        self.tree.append((start, found))
        self.above, self.way = [found] if found is not None else [], []

    def _down(self, below: list[_Name]) -> None:
        """Connect the row above with the one below by the signs between them: column by column, or all with all where they part or join."""
        signs = [
            (c, self.rows[r][c])
            for r in self.way
            for c in range(len(self.rows[r]))
            if self.rows[r][c] in SIGNS
        ]
        heads = {s for _, s in signs} & (DOWN | UP | BOTH)
        if not heads or not below or not self.above or max(len(below), len(self.above)) > MAX_ENDS:
            return
        label = " ".join(w for r in self.way for w in self.rows[r].split() if not set(w) <= SIGNS)[:80]
        up, both = heads <= UP, bool(heads & BOTH) or (bool(heads & UP) and bool(heads & DOWN))
        forked = any(s in FORKS for _, s in signs)
        columns = sorted({c for c, s in signs if s in DOWN | UP | BOTH})
        if forked or min(len(below), len(self.above)) == 1:
            reached = below if len(columns) >= len(below) else [_nearest(below, c) for c in columns]
            pairs = [(a, b) for a in self.above for b in reached]
        else:
            pairs = [(_nearest(self.above, c), _nearest(below, c)) for c in columns]
        for one, other in pairs:
            one, other = (other, one) if up else (one, other)
            self._edge(one, other, label, "both" if both else "forward")

    def _edge(self, one: _Name, other: _Name, label: str, head: Head) -> None:
        if one.key == other.key:
            return
        low, high = sorted((one.row, other.row))
        place = Place(self.first_line + low, self.first_line + high, quote_of(self.rows[low]))
        self.drawing.edges.append(Edge(one.key, other.key, place, label.strip("() "), head=head))


def _nearest(names: list[_Name], column: int) -> _Name:
    return min(names, key=lambda n: max(n.start - column, column - n.end, 0))
