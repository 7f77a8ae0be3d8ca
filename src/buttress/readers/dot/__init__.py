"""Graphviz.

`.dot`, `.gv` and ```` ```dot ```` or ```` ```graphviz ```` blocks in documents.

`.blockdiag` and blocks of blockdiag, which is nearly the same language, are read too.

- **Reads** nodes, edges and chains of them, clusters as boundaries, defaults (`node [shape=cylinder]`), ports, record and HTML labels, `dir`,
  labels and heads of edges. Names and shapes say what a node is, texts of edges what flows.
- **Complete about** nothing: an edge that isn't drawn proves nothing.
- **Doesn't read** graphs that show something else: classes (records with members), automata, steps of a process, and large graphs whose nodes
  carry no word for a component, such as imports or calls; it says so in a remark (`--verbose`). Positions, colours and styles are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from buttress.drawings import Drawing, Edge, Group, Head, Line, assemble
from buttress.drawings.text import MAX_TEXT, Text, label_lines, text_of
from buttress.model import Fragment, Source
from buttress.readers.dot.tokens import Token, tokens

__all__ = ["read"]

MAX_DEPTH = 30
MAX_FAN = 40  # ends of an edge between sets of nodes
_SHAPES = {"cylinder": "cylinder", "diamond": "rhombus", "mdiamond": "rhombus", "note": "note", "doublecircle": "final",
           "point": "point", "plaintext": "text", "plain": "text", "none": "text",
           "flowchart.database": "cylinder", "flowchart.condition": "rhombus",
           "underline": "text", "record": "record", "mrecord": "record", "circle": "circle"}  # fmt: skip
_BLOCKS = frozenset(("blockdiag", "diagram", "group"))
_MEMBER = re.compile(r"(?:^|\||\\[lnr]|\n)\s*[+#~-]\s*\w|\w\s*\([^)]*\)\s*(?::|\\l|\||$)|\\l")
_PORT = re.compile(r"<[^<>|]{0,60}>")
_STRESS = re.compile(r"</?(?:b|i|u|font|sub|sup|o|s)\b[^>]*>", re.IGNORECASE)
_CELL = re.compile(r"</(?:td|tr|th)>|<br\s*/?>|<hr\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the components, flows and boundaries that the graphs of one system draw.

    >>> text = 'digraph { web [label="Web shop"]; db [label="Orders DB" shape=cylinder]; web -> db [label="reads"] }'
    >>> [(f.source, f.kind, f.target) for f in read((Source("a.dot", text),)).flows]
    [('web-shop', 'reads', 'orders-db')]
    """
    return assemble([_drawing(source) for source in sources], "dot")


@dataclass(slots=True)
class _Level:
    """One pair of braces: its frame, the defaults that hold in it, and the nodes that it names."""

    group: str | None
    node: dict[str, str] = field(default_factory=dict)
    edge: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


def _drawing(source: Source) -> Drawing:
    text = text_of(source, source.text[:MAX_TEXT])
    scan = _Scan(text, [*tokens(text.body)])
    scan.run()
    out = scan.out
    if scan.records * 2 > len(out.nodes):
        return _nothing(text, "class: records with members")
    if scan.final and scan.round * 2 >= len(out.nodes):
        return _nothing(text, "automaton")
    return out


def _nothing(text: Text, what: str) -> Drawing:
    out = Drawing(text.path, "none", text.first_line)
    out.note(text.first_line, f"not an architecture diagram ({what}); nothing was read from it", info=True)
    return out


class _Scan:
    def __init__(self, text: Text, found: list[Token]) -> None:
        self.text, self.tokens, self.at = text, found, 0
        self.out = Drawing(text.path, "graph", text.first_line)
        self.levels = [_Level(None)]
        self.records = self.final = self.round = 0
        self.directed = True
        self.ids: set[str] = set()

    def run(self) -> None:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if self.out.full(self.text.line(token.start)):
                break
            if token.sort == "{":
                self._open(None, token)
            elif token.sort == "}":
                names = self._close()
                if self._peek() == "edge":
                    self._edges(names, token)
            elif token.sort == "name":
                self._statement()
            else:
                self.at += 1
        ends = {e for edge in self.out.edges for e in (edge.source, edge.target)}
        for key, node in self.out.nodes.items():
            shape = "note" if node.shape == "text" and key not in ends and not node.technology else node.shape
            self.records += shape == "record" and bool(_MEMBER.search(node.label or ""))
            self.final += shape in ("final", "point")
            self.round += shape in ("final", "point", "circle")
            if shape == "point" and not node.label:
                shape = "note"  # where lines meet or turn, no part
            node.shape = shape if shape in ("cylinder", "rhombus", "note") else "rect"
            node.label = _plain(node.label, record=shape == "record") if node.label is not None else key

    def _peek(self) -> str:
        return self.tokens[self.at].sort if self.at < len(self.tokens) else ""

    def _open(self, title: str | None, token: Token) -> None:
        above = self.levels[-1]
        group = above.group
        if title is not None and title.startswith("cluster") and len(self.levels) < MAX_DEPTH:
            place = self.text.place(token.start, token.stop)
            key = title
            self.out.groups.setdefault(key, Group(key, "", place, above.group))
            group = key
        self.at += 1
        self.levels.append(_Level(group, dict(above.node), dict(above.edge)))

    def _close(self) -> list[str]:
        self.at += 1
        if len(self.levels) < 2:
            return []
        level = self.levels.pop()
        self.levels[-1].names.extend(level.names[:MAX_FAN])
        return level.names

    def _statement(self) -> None:
        token = self.tokens[self.at]
        word = token.value.lower()
        after = self.tokens[self.at + 1].sort if self.at + 1 < len(self.tokens) else ""
        plain = self.text.body[token.start] != '"'
        if plain and word in ("graph", "digraph", "strict", "subgraph"):
            if after == "[":
                self.at += 1
                self._frame(self._attributes(), token.start)
                return
            self.directed = word != "graph" if word in ("graph", "digraph") else self.directed
            self.at += 1
            name = token
            if self._peek() == "name" and word != "strict":
                name = self.tokens[self.at]
                self.at += 1
            if self._peek() == "{":
                self._open(name.value if word == "subgraph" else None, name)
            return
        if plain and word in ("blockdiag", "diagram") and after == "name":
            while self._peek() == "name":
                self.at += 1  # its name
            if self._peek() == "{":
                self._open(None, token)
            return
        if plain and word in _BLOCKS and after == "{":
            self.at += 1
            self._open(None if word != "group" else f"cluster {token.start}", token)
            return
        if plain and word == "group" and after == "name":
            self.at += 2
            if self._peek() == "{":
                self._open(f"cluster {self.tokens[self.at - 1].value}", token)
            return
        if plain and word in ("node", "edge") and after == "[":
            self.at += 1
            (self.levels[-1].node if word == "node" else self.levels[-1].edge).update(self._attributes())
            return
        if after == "=":
            value = self.tokens[self.at + 2].value if self.at + 2 < len(self.tokens) else ""
            self.at = min(self.at + 3, len(self.tokens))
            self._frame({word: value}, token.start)
            return
        names = self._names()
        if self._peek() == "edge":
            self._edges(names, token)
            return
        given = self._attributes() if self._peek() == "[" else {}
        stop = self.tokens[min(self.at, len(self.tokens)) - 1].stop
        for key in names:
            node = self.out.nodes[key]
            self._describe(key, given)
            if given:
                node.place = self.text.place(token.start, stop)

    def _frame(self, given: dict[str, str], start: int) -> None:
        level = self.levels[-1]
        if level.group is not None and "label" in given:
            stop = self.tokens[min(self.at, len(self.tokens)) - 1].stop
            self.out.groups[level.group].place = self.text.place(start, max(stop, start + 1))
            self.out.groups[level.group].title = " ".join(label_lines(_plain(given["label"], record=False)))

    def _names(self) -> list[str]:
        """Return the names at hand; several stand beside each other only in blockdiag."""
        names = self._name()
        while (
            self._peek() == "," and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].sort == "name"
        ):
            self.at += 1
            names += self._name()
        return names

    def _name(self) -> list[str]:
        token = self.tokens[self.at]
        self.at += 1
        while (
            self._peek() == ":"
            and self.at + 1 < len(self.tokens)
            and self.tokens[self.at + 1].sort in ("name", "html")
        ):
            self.at += 2
        key = token.value
        if key not in self.out.nodes:
            node = self.out.node(key, self.text.place(token.start, token.stop), self.levels[-1].group)
            self._describe(key, self.levels[-1].node)
            node.label = None if self.levels[-1].node.get("label") is None else node.label
        self.levels[-1].names.append(key)
        return [key]

    def _describe(self, key: str, given: dict[str, str]) -> None:
        node = self.out.nodes[key]
        if "label" in given:
            node.label = given["label"].replace("\\N", key)
        if "shape" in given:
            node.shape = _SHAPES.get(given["shape"].lower(), "rect")
        if "class" in given:
            node.classes |= {c.lower() for c in given["class"].split()}
        if given.get("image"):
            node.technology = re.sub(r"[-_]+", " ", given["image"].rpartition("/")[2].partition(".")[0])

    def _edges(self, first: list[str], token: Token) -> None:
        ends, signs = [first], []
        while self._peek() == "edge" and len(ends) < 200:
            signs.append(self.tokens[self.at].value)
            self.at += 1
            if self._peek() == "name":
                word = self.tokens[self.at].value.lower()
                if word == "subgraph":
                    self.at += 1 + (
                        self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].sort == "name"
                    )
                    ends.append(self._set())
                else:
                    ends.append(self._names())
            elif self._peek() == "{":
                ends.append(self._set())
            else:
                break
        given = {**self.levels[-1].edge, **(self._attributes() if self._peek() == "[" else {})}
        stop = self.tokens[min(self.at, len(self.tokens)) - 1].stop
        place = self.text.place(token.start, stop)
        back = given.get("dir", "forward").lower()
        head: Head = (
            "none" if not self.directed or back == "none" else "both" if back == "both" else "forward"
        )
        style = given.get("style", "").lower()
        line: Line = (
            "invisible" if "invis" in style else "dotted" if "dash" in style or "dot" in style else "solid"
        )
        label = _plain(given.get("label") or given.get("xlabel") or "", record=False)
        if line == "invisible":
            return
        for sign, (sources, targets) in zip(signs, pairwise(ends), strict=False):
            told: Head = "both" if sign == "<->" else head
            for source in sources[:MAX_FAN]:
                for target in targets[:MAX_FAN]:
                    a, b = (target, source) if (back == "back") != (sign == "<-") else (source, target)
                    self.out.edges.append(Edge(a, b, place, label, "", line, told))

    def _set(self) -> list[str]:
        """Return the names within braces; the brace is at hand. What isn't a name in them is passed over."""
        out: list[str] = []
        if self._peek() != "{":
            return out
        self.at += 1
        while self.at < len(self.tokens) and self._peek() not in ("}", "{"):
            if self._peek() == "name":
                out += self._name()
            elif self._peek() == "[":
                self._attributes()
            else:
                self.at += 1
        self.at += self._peek() == "}"
        return out

    def _attributes(self) -> dict[str, str]:
        given: dict[str, str] = {}
        while self._peek() == "[":
            self.at += 1
            while self.at < len(self.tokens) and self._peek() not in ("]", "{", "}"):
                token = self.tokens[self.at]
                following = self.tokens[self.at + 1 : self.at + 3]
                if token.sort == "name" and len(following) == 2 and following[0].sort == "=":
                    value = following[1].value
                    self.at += 3
                    while self._peek() == "+" and self.at + 1 < len(self.tokens):
                        value += self.tokens[self.at + 1].value
                        self.at += 2
                    given[token.value.lower()] = value
                else:
                    self.at += 1
            self.at += self._peek() == "]"
        return given


def _plain(label: str, *, record: bool) -> str:
    r"""Return a label with its line breaks as `\n`: no tags of HTML, no ports and fields of records."""
    text = label.replace("\\l", "\\n").replace("\\r", "\\n")
    if "<" in text and ">" in text and not record:
        text = _TAG.sub(" ", _CELL.sub("\\\\n", _STRESS.sub("", text)))
    if record:
        text = (
            re.sub(r"\s*\|\s*", "\\\\n", _PORT.sub("", text).strip().strip("{}"))
            .replace("{", " ")
            .replace("}", " ")
        )
    lines = [line.strip() for line in text.split("\\n")]
    return "\\n".join(line for line in lines if line)
