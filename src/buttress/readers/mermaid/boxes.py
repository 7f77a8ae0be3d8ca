"""Boxes and arrows drawn with characters: a box is a closed frame, a line is followed from frame to frame.

Both the box-drawing characters of Unicode and plain `+`, `-` and `|` are read. A frame around other frames is a group. A line counts only
when an arrow head says which way it goes; words that stand on a line are its label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from buttress.drawings.drawing import Drawing, Edge, Group, Head, Place, quote_of
from buttress.drawings.text import Text
from buttress.readers.mermaid.box_labels import label_of
from buttress.readers.mermaid.frames import through_frames
from buttress.readers.mermaid.tables import without_tables

MAX_ROWS, MAX_COLUMNS, MAX_BOXES, MAX_STEPS = 400, 400, 200, 2_000
MAX_LOOKS = 500_000  # rows and cells looked at in search of frames
GAP = 2  # cells that may be blank between a frame and its arrow
ACROSS = frozenset("─━═-—–")
DOWN = frozenset("│┃║|¦")
JOINTS = frozenset("┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╭╮╰╯┏┓┗┛+")
_TOP_LEFT, _TOP_RIGHT = frozenset("┌╔╭┏├┬┼╦╠╬+"), frozenset("┐╗╮┓┬┤┼╦╣╬+")
_LOW_LEFT, _LOW_RIGHT = frozenset("└╚╰┗├┴┼╠╩╬+"), frozenset("┘╝╯┛┴┤┼╣╩╬+")
HEADS = {"v": (1, 0), "V": (1, 0), "▼": (1, 0), "↓": (1, 0), "^": (-1, 0), "▲": (-1, 0), "↑": (-1, 0),
         ">": (0, 1), "►": (0, 1), "▶": (0, 1), "→": (0, 1), "<": (0, -1), "◄": (0, -1), "◀": (0, -1), "←": (0, -1)}  # fmt: skip
PLAIN_HEADS = frozenset("vV^<>")  # signs that stand in a frame of plain characters for other reasons too
# Corners that have no arm towards where one comes from: that of another frame, below or above.
_TURNED_AWAY = {(1, 0): "┌┐╔╗╭╮┏┓┬╦┳", (-1, 0): "└┘╚╝╰╯┗┛┴╩┻"}
_WAYS = ((1, 0), (-1, 0), (0, 1), (0, -1))
_STROKES = re.compile(r"[-─]{2,}|[<>►▶◄◀]")
_WORDS = re.compile(r"[^\W_][\w .,:/()'-]*")

Cell = tuple[int, int]


@dataclass(slots=True)
class Box:
    """A frame: its corners (row, column), both included, and the words in it by row."""

    top: int
    left: int
    bottom: int
    right: int
    words: dict[int, str] = field(default_factory=dict)

    def holds(self, other: Box) -> bool:
        """Return whether another frame lies within this one."""
        inside = (
            self.top <= other.top
            and other.bottom <= self.bottom
            and self.left <= other.left
            and other.right <= self.right
        )
        return inside and self is not other

    def edge_cells(self) -> list[Cell]:
        """Return the cells of the frame."""
        across = [(r, c) for c in range(self.left, self.right + 1) for r in (self.top, self.bottom)]
        return across + [(r, c) for r in range(self.top + 1, self.bottom) for c in (self.left, self.right)]


def read_boxes(text: Text) -> Drawing:
    r"""Return the boxes of a drawing as nodes, the frames around them as groups, the arrows between them as edges.

    >>> from buttress.model import Source
    >>> from buttress.readers.mermaid.text import prepared
    >>> drawn = "+------+      +----+\n| Shop | ---> | DB |\n+------+      +----+\n"
    >>> [(e.source, e.target) for e in read_boxes(prepared(Source("a.md", drawn, language="ascii-drawing"))).edges]
    [('Shop', 'DB')]
    """
    drawing = Drawing(text.path, "flowchart", text.first_line, text.title)
    rows = [row.expandtabs(4)[:MAX_COLUMNS] for _, row in text.lines()[:MAX_ROWS]]
    _Grid(without_tables(rows), text.first_line, drawing).run()
    if not drawing.edges:
        drawing.nodes.clear()
        drawing.groups.clear()
        drawing.note(
            text.first_line,
            "a diagram drawn with characters in which no arrow leads from box to box; draw it in Mermaid, or say in sentences what calls what",
            info=True,
        )
    return drawing


class _Grid:
    def __init__(self, rows: list[str], first_line: int, drawing: Drawing) -> None:
        self.rows, self.first_line, self.drawing = rows, first_line, drawing
        self.looks = MAX_LOOKS
        self.boxes: list[Box] = []
        self.owner: dict[Cell, Box] = {}
        self.frames: set[int] = set()

    def at(self, cell: Cell) -> str:
        row, column = cell
        return (
            self.rows[row][column] if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]) else " "
        )

    def run(self) -> None:
        self._find_boxes()
        self._join_titles()
        frames = [b for b in self.boxes if any(b.holds(o) for o in self.boxes)]
        leaves = [b for b in self.boxes if b not in frames]
        for box in self.boxes:
            self._fill(box, [o for o in self.boxes if box.holds(o)])
        keys = {id(b): " ".join(b.words.values()) for b in self.boxes}
        for frame in frames:
            if keys[id(frame)]:
                row, words = next(iter(frame.words.items()))
                self.drawing.groups[keys[id(frame)]] = Group(
                    keys[id(frame)], keys[id(frame)], self._place(row, row, words)
                )
        for box in leaves:
            if not keys[id(box)]:
                continue
            row, words = next(iter(box.words.items()))
            around = [f for f in frames if f.holds(box) and keys[id(f)]]
            group = keys[id(min(around, key=_area))] if around else None
            node = self.drawing.node(keys[id(box)], self._place(row, row, words), group)
            node.label = label_of(tuple(box.words.values()))
        frames.sort(key=_area, reverse=True)
        self.owner = {cell: box for box in (*frames, *leaves) for cell in box.edge_cells()}
        self.frames = {id(f) for f in frames}
        for box in (*leaves, *frames):
            if keys[id(box)]:
                self._lines_from(box, keys)
        self.drawing.edges = through_frames(self.drawing)
        self._drop_banners(leaves, keys)

    def _drop_banners(self, leaves: list[Box], keys: dict[int, str]) -> None:
        """Forget a box of one line that is as wide as the drawing and that nothing leads to: the title of it."""
        linked = {end for e in self.drawing.edges for end in (e.source, e.target)}
        widest = max((len(row.rstrip()) for row in self.rows), default=0)
        for box in leaves:
            wide = box.left <= GAP and len(box.words) == 1 and (box.right - box.left) * 10 >= widest * 8
            if wide and len(leaves) > 1 and keys[id(box)] not in linked:
                self.drawing.nodes.pop(keys[id(box)], None)

    def _place(self, first: int, last: int, words: str) -> Place:
        low, high = sorted((first, last))
        return Place(self.first_line + low, self.first_line + high, quote_of(words))

    def _find_boxes(self) -> None:
        for row in range(len(self.rows)):
            for column, sign in enumerate(self.rows[row]):
                if (
                    sign in _TOP_LEFT
                    and len(self.boxes) < MAX_BOXES
                    and (box := self._box(row, column)) is not None
                ):
                    self.boxes.append(box)

    def _join_titles(self) -> None:
        """Make one frame of a frame around boxes and the closed line with its title on top of it."""
        around = [b for b in self.boxes if any(b.holds(o) and b.left < o.left for o in self.boxes)]
        for frame in around:
            over = (frame.top, frame.left, frame.right)
            title = next(
                (b for b in self.boxes if (b.bottom, b.left, b.right) == over and b not in around), None
            )
            if title is not None:
                frame.top = title.top
                self.boxes = [b for b in self.boxes if b is not title]

    def _box(self, top: int, left: int) -> Box | None:
        """Return the smallest closed frame with that upper left corner."""
        for right in range(left + 1, len(self.rows[top])):
            self.looks -= 1
            if self.looks < 0:
                return None
            sign = self.at((top, right))
            if sign in _TOP_RIGHT and right - left > 2:
                for bottom in range(top + 1, len(self.rows)):
                    self.looks -= 1
                    if self.looks < 0 or not (self._side(bottom, left) and self._right_side(bottom, right)):
                        break
                    low = self.at((bottom, left)) in _LOW_LEFT and bottom - top > 1
                    end = self._low_right(bottom, right) if low else None
                    self.looks -= right - left if low else 0
                    if end is not None and all(self._level((bottom, c)) for c in range(left + 1, end)):
                        return Box(top, left, bottom, right)
            if not self._level((top, right)):
                return None
        return None

    def _side(self, row: int, column: int) -> bool:
        sign = self.at((row, column))
        return sign in DOWN or sign in JOINTS or sign in "<>◄►"

    def _right_side(self, row: int, column: int) -> bool:
        """Return whether the right side of a frame stands there, or a little beside it as people and programs draw it."""
        return any(self._side(row, column + aside) for aside in (0, 1, -1, 2, -2))

    def _low_right(self, row: int, column: int) -> int | None:
        """Return the column of the lower right corner of a frame, at most a little beside the upper one."""
        beside = (column + aside for aside in (0, 1, -1, 2, -2))
        return next((c for c in beside if self.at((row, c)) in _LOW_RIGHT), None)

    def _right_end(self, row: int, right: int) -> int:
        """Return where a row of a frame ends: behind its corner when the words in it reach beyond that."""
        at = range(right, min(right + 3, len(self.rows[row])))
        side = next((c for c in at if self._side(row, c)), right)
        return side if self.at((row, right)).isalnum() else right

    def _level(self, cell: Cell) -> bool:
        sign = self.at(cell)
        return sign in ACROSS or sign in JOINTS or sign in "v^▼▲"

    def _fill(self, box: Box, inner: list[Box]) -> None:
        for row in range(box.top + 1, box.bottom):
            line = list(self.rows[row][box.left + 1 : self._right_end(row, box.right)])
            for other in inner:
                if other.top <= row <= other.bottom:
                    for c in range(other.left, other.right + 1):
                        if 0 <= c - box.left - 1 < len(line):
                            line[c - box.left - 1] = " "
            words = "".join(line).strip(" │┃║|¦─━═")
            drawn = inner and ("  " in words or _STROKES.search(words))
            if re.search(r"[^\W_]", words) and not drawn and words[0] not in "├└╰":
                box.words[row] = " ".join(words.split())

    def _lines_from(self, box: Box, keys: dict[int, str]) -> None:
        for row, column in box.edge_cells():
            for way in _WAYS:
                start = (row + way[0], column + way[1])
                gap = 0
                while self.at(start) == " " and start not in self.owner and gap < GAP:
                    start, gap = (start[0] + way[0], start[1] + way[1]), gap + 1
                inside = box.top <= start[0] <= box.bottom and box.left <= start[1] <= box.right
                near = self.owner.get(start)
                touching = near is not None and not near.holds(box) and not self._is_hit(start, way)
                sign = self.at(start)
                if inside or touching or not self._goes(sign, way) or sign in _TURNED_AWAY.get(way, ""):
                    continue
                for other, label, backwards, forwards, last in self._follow(start, way, box):
                    if other is box or not keys[id(other)] or not forwards:
                        continue
                    if box.holds(other) or other.holds(box):
                        continue
                    place = self._place(row, last, self._shown(row, last))
                    head: Head = "both" if backwards else "forward"
                    edge = Edge(keys[id(box)], keys[id(other)], place, label, head=head)
                    if not any(_is_same(e, edge) for e in self.drawing.edges):
                        self.drawing.edges.append(edge)

    def _shown(self, first: int, last: int) -> str:
        """Return the first words between two rows, to be quoted."""
        low, high = sorted((first, last))
        return next(
            (w for r in range(low, high + 1) if re.search(r"\w\w", w := self.rows[r].strip())), self.rows[low]
        )

    def _goes(self, sign: str, way: Cell) -> bool:
        """Return whether a sign carries a line that way: a stroke of its direction, a joint, an arrow head along or against it."""
        if sign in JOINTS:
            return True
        if sign in HEADS:
            return HEADS[sign] in (way, (-way[0], -way[1]))
        return sign in (DOWN if way[0] else ACROSS)

    def _follow(self, start: Cell, way: Cell, source: Box) -> list[tuple[Box, str, bool, bool, int]]:
        """Return every frame that a line reaches: (frame, label, head at the start, head at the end, row of the end).

        It goes on through the frames around the box that it comes from.
        """
        first = self.at(start)
        backwards = first in HEADS and HEADS[first] != way
        found: list[tuple[Box, str, bool, bool, int]] = []
        todo: list[tuple[Cell, Cell, str, bool, bool]] = [(start, way, "", False, False)]
        seen: set[tuple[Cell, Cell]] = set()
        while todo and len(seen) < MAX_STEPS:
            cell, way, label, headed, forked = todo.pop()
            if (cell, way) in seen:
                continue
            seen.add((cell, way))
            box, sign = self.owner.get(cell), self.at(cell)
            if box is not None and not box.holds(source) and not self._passes(box, cell, way):
                headed = headed or self._is_hit(cell, way)
                if not (backwards and forked):  # two branches of one fork don't call each other
                    found.append((box, label, backwards, headed, cell[0]))
                continue
            if not self._goes(sign, way):
                passed = self._past_words(cell, way)
                if passed is not None:
                    after, words = passed
                    todo.append((after, way, f"{label} {words}".strip(), False, forked))
                continue
            ends = sign in HEADS and HEADS[sign] == way
            if ends and (near := self._beyond_gap(cell, way)) is not None:
                if not (backwards and forked):
                    found.append((near, label, backwards, True, cell[0]))
                continue
            steps = [(way, (cell[0] + way[0], cell[1] + way[1]))]
            if sign in ACROSS and self._hangs_below(cell):
                steps.append(((1, 0), (cell[0] + 1, cell[1])))
            if sign in JOINTS:
                sides = [w for w in _WAYS if w not in (way, (-way[0], -way[1]))]
                steps = [s for s in steps if self.at(s[1]) != " "]
                steps += [
                    (w, (cell[0] + w[0], cell[1] + w[1]))
                    for w in sides
                    if self._goes(self.at((cell[0] + w[0], cell[1] + w[1])), w)
                ]
            todo += [(step, turn, label, ends, forked or len(steps) > 1) for turn, step in steps]
        return found

    def _hangs_below(self, cell: Cell) -> bool:
        """Return whether a line begins below a level one though no joint is drawn there, as where several lines meet."""
        below, above = (cell[0] + 1, cell[1]), (cell[0] - 1, cell[1])
        crossed = above not in self.owner and self.at(above) in DOWN | JOINTS
        hangs = self.at(below) in DOWN or HEADS.get(self.at(below)) == (1, 0)
        return hangs and below not in self.owner and not crossed

    def _is_hit(self, cell: Cell, way: Cell) -> bool:
        """Return whether an arrow head stands on a frame there."""
        sign = self.at(cell)
        return sign not in PLAIN_HEADS and HEADS.get(sign) == way

    def _passes(self, box: Box, cell: Cell, way: Cell) -> bool:
        """Return whether a line goes on straight through a frame to what is in it."""
        ahead = (cell[0] + way[0], cell[1] + way[1])
        return id(box) in self.frames and ahead not in self.owner and self._goes(self.at(ahead), way)

    def _beyond_gap(self, cell: Cell, way: Cell) -> Box | None:
        """Return the frame that an arrow head points at from a little way off."""
        for distance in range(1, GAP + 2):
            ahead = (cell[0] + way[0] * distance, cell[1] + way[1] * distance)
            if ahead in self.owner:
                return self.owner[ahead]
            if self.at(ahead) != " ":
                return None
        return None

    def _past_words(self, cell: Cell, way: Cell) -> tuple[Cell, str] | None:
        """Return where a line goes on behind words that stand on it, and the words; None when it ends there."""
        row, column = cell
        line = self.rows[row] if 0 <= row < len(self.rows) else ""
        if way[0]:
            word = next((m for m in _WORDS.finditer(line) if m.start() <= column < m.end()), None)
            after = (row + way[0], column)
            if word is None or not self._goes(self.at(after), way):
                return None
            return after, " ".join(word[0].split())
        end = column
        while 0 <= end < len(line) and abs(end - column) < 40 and not self._goes(line[end], way):
            if line[end] in DOWN or (end, row) in self.owner:
                return None
            end += way[1]
        words = line[min(column, end) : max(column, end) + 1].strip(" -─<>")
        if not 0 <= end < len(line) or not self._goes(line[end], way) or not re.search(r"\w", words):
            return None
        return (row, end), " ".join(words.split())


def _area(box: Box) -> int:
    return (box.bottom - box.top) * (box.right - box.left)


def _is_same(known: Edge, edge: Edge) -> bool:
    """Return whether two edges are one line, found from one end or, where it has two heads, from both."""
    ends = (known.source, known.target)
    return ends == (edge.source, edge.target) or (
        known.head == edge.head == "both" and ends == (edge.target, edge.source)
    )
