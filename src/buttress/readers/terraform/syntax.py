"""HCL as blocks and attributes with their lines. The text is parsed by tree-sitter; expressions stay its nodes until they are needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from buttress.cloud.values import Place
from buttress.model import Diagnostic, Source

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_BLOCKS = 100_000
MAX_DEPTH = 60
MAX_TEXT = 2_000_000
MAX_PIECE = 40_000
MAX_BROKEN = 20_000
MAX_LINE = 3_000


@dataclass(slots=True)
class Expression:
    """An expression that isn't worked out yet, and the source in which it stands."""

    node: Node
    source: Source

    def place(self) -> Place:
        """Return the line on which it begins."""
        return Place(self.source, self.source.first_line + self.node.start_point[0])


@dataclass(slots=True)
class Attribute:
    """A name with its value."""

    name: str
    value: Expression
    place: Place


_HEREDOC = re.compile(r"<<[-~]?\s*\"?([A-Za-z_]\w*)\"?\s*$")
_BLANKS = re.compile(r"[ \t\r\f\v]{200,}")


@dataclass(slots=True)
class Block:
    """A block: its type and labels, its attributes and the blocks in it, and the line that opens it."""

    type: str
    labels: tuple[str, ...]
    place: Place
    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def of(self, *types: str) -> Iterator[Block]:
        """Yield the blocks in it of some types."""
        yield from (b for b in self.blocks if b.type in types)


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_hcl

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def parse(source: Source) -> tuple[Block, tuple[Diagnostic, ...]]:
    r"""Return what stands in a file as one block, and where it isn't HCL; the rest of such a file is read.

    >>> file, problems = parse(Source("a.tf", 'resource "aws_sqs_queue" "jobs" {\n  delay_seconds = 5\n}\n'))
    >>> file.blocks[0].labels, list(file.blocks[0].attributes), problems
    (('aws_sqs_queue', 'jobs'), ['delay_seconds'], ())
    """
    file = Block("", (), Place(source, source.first_line))
    budget = [MAX_BLOCKS]
    problems: list[Diagnostic] = []
    patience = MAX_BROKEN
    for piece in _pieces(source, problems):
        if patience <= 0:
            reason = (
                f"more than {MAX_BROKEN} characters before this line aren't valid HCL; the rest was left out"
            )
            problems.append(Diagnostic(source.path, piece.first_line, reason, "error"))
            break
        text = _without_endless(piece, problems)
        root = _parser().parse(text.encode("utf-8", "replace")).root_node
        if root.has_error:
            patience -= len(text)
            line = piece.first_line + min(_broken(root), text.count("\n"))
            reason = "not valid HCL here; what can be understood was read, correct it to have all of it"
            problems.append(Diagnostic(source.path, line, reason, "error"))
        for child in root.named_children:
            if child.type == "body":
                _fill(file, child, piece, 0, budget)
    if budget[0] <= 0:
        problems.append(
            Diagnostic(
                source.path,
                source.first_line,
                f"more than {MAX_BLOCKS} blocks and attributes; the rest was left out, split the file",
            )
        )
    return file, tuple(problems)


def _pieces(source: Source, problems: list[Diagnostic]) -> Iterator[Source]:
    """Yield a text in pieces that end where a block at the top ends: what broken text costs the parser grows with its square."""
    if len(source.text) <= MAX_PIECE:
        yield source
        return
    every = source.text.split("\n")
    start = size = total = 0
    ends, skipping = "", False
    for n, line in enumerate(every):
        size += len(line) + 1
        if ends:
            ends = "" if line.strip() == ends else ends
        elif (begun := _HEREDOC.search(line)) is not None:
            ends = begun[1]
        closes = line.rstrip() == "}" and not ends
        if size > MAX_PIECE and not skipping:
            skipping = True
            reason = f"a block of more than {MAX_PIECE} characters; it was left out, split it"
            problems.append(Diagnostic(source.path, source.first_line + start, reason, "error"))
        if not closes and n < len(every) - 1:
            continue
        if not skipping and size <= MAX_PIECE // 4 and n < len(every) - 1:
            continue
        total += size
        if total > MAX_TEXT:
            reason = f"more than {MAX_TEXT} characters; the rest was left out from here on, split the file"
            problems.append(Diagnostic(source.path, source.first_line + start, reason, "error"))
            return
        if not skipping:
            text = "\n".join(every[start : n + 1])
            yield replace(source, text=text, first_line=source.first_line + start)
        start, size, ends, skipping = n + 1, 0, "", False


def _without_endless(piece: Source, problems: list[Diagnostic]) -> str:
    """Return the text without lines and blanks that nobody writes."""
    lines = _BLANKS.sub(" ", piece.text).split("\n")
    for n, line in enumerate(lines):
        if len(line) > MAX_LINE:
            lines[n] = ""
            reason = f"more than {MAX_LINE} characters on one line; the line was left out, break it"
            problems.append(Diagnostic(piece.path, piece.first_line + n, reason, "error"))
    return "\n".join(lines)


def _fill(block: Block, body: Node, source: Source, depth: int, budget: list[int]) -> None:
    if depth > MAX_DEPTH:
        return
    for child in body.named_children:
        budget[0] -= 1
        if budget[0] <= 0:
            return
        if child.type == "attribute":
            parts = child.named_children
            if len(parts) >= 2 and parts[0].type == "identifier" and parts[1].type == "expression":
                name = _text(parts[0])
                block.attributes[name] = Attribute(
                    name, Expression(parts[1], source), _place(parts[0], source)
                )
        elif child.type == "block":
            parts = child.named_children
            if not parts or parts[0].type != "identifier":
                continue
            labels = tuple(
                _text(p).strip('"')[:200] for p in parts[1:] if p.type in ("string_lit", "identifier")
            )
            inner = Block(_text(parts[0]), labels, _place(parts[0], source))
            block.blocks.append(inner)
            for part in parts:
                if part.type == "body":
                    _fill(inner, part, source, depth + 1, budget)


def _place(node: Node, source: Source) -> Place:
    return Place(source, source.first_line + node.start_point[0])


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _broken(root: Node) -> int:
    """Return the line, from 0, of the first thing that the parser couldn't place."""
    cursor = root.walk()
    while True:
        node = cursor.node
        if node is None:
            return 0
        if node.is_error or node.is_missing:
            return node.start_point[0]
        if node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return 0
