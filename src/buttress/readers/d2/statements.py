"""D2 as statements: keys, values, and the blocks that they open, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from buttress.drawings import Place
from buttress.drawings.text import Text

MAX_STATEMENTS = 20_000
MAX_STATEMENT = 4_000

_BLOCK_STRING = re.compile(r"(\|+`?)\s*\w*")
_PROSE = re.compile(r":\s*\|")
_HEADING = re.compile(r"^[ \t]*(?:#+|[-*>])[ \t]+", re.MULTILINE)
_ARROW = re.compile(r"\s*(<->|<-+>|<-+|-+>|--+)\s*")
_SUBSTITUTION = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: keys with the arrows between them, the value behind the colon, and whether braces open behind it.

    `prose` says that the value is a block of Markdown, code or the like.
    """

    keys: tuple[tuple[str, ...], ...]
    arrows: tuple[str, ...]
    value: str | None
    opens: bool
    closes: bool
    place: Place
    prose: bool = False


def statements(text: Text) -> Iterator[Statement]:
    """Yield the statements of a text; a closing brace is a statement of its own.

    >>> from buttress.model import Source
    >>> from buttress.drawings.text import text_of
    >>> source = Source("a.d2", 'a.b -> c: "reads" {')
    >>> [(s.keys, s.arrows, s.value, s.opens) for s in statements(text_of(source, source.text))]
    [((('a', 'b'), ('c',)), ('->',), 'reads', True)]
    """
    body, at, count = text.body, 0, 0
    while at < len(body) and count < MAX_STATEMENTS:
        if body[at] in " \t\n;":
            at += 1
            continue
        if body.startswith('"""', at):
            stop = body.find('"""', at + 3)
            at = len(body) if stop < 0 else stop + 3
            continue
        if body[at] == "#":
            at = _line_end(body, at)
            continue
        count += 1
        if body[at] == "}":
            yield Statement((), (), None, False, True, text.place(at, at + 1))
            at += 1
            continue
        start = at
        head, value, at, opens = _statement(body, at)
        prose = _PROSE.match(body, start + len(head)) is not None
        keys, arrows = _keys(head)
        end = max(start + 1, at)
        yield Statement(
            keys, arrows, value, opens, False, text.place(start, min(end, start + MAX_STATEMENT)), prose
        )


def _statement(body: str, at: int) -> tuple[str, str | None, int, bool]:
    """Return the part before the colon, the part behind it, where the statement ends, and whether a block opens."""
    head, value, start = "", None, at
    current = ""
    while at < len(body) and at - start < MAX_STATEMENT:
        character = body[at]
        if character in "\"'":
            stop = at + 1
            while stop < len(body) and body[stop] != character and body[stop] != "\n":
                stop += 2 if body[stop] == "\\" else 1
            current += body[at : stop + 1]
            at = stop + 1
            continue
        if character == "|" and value is not None and not current.strip():
            marks = _BLOCK_STRING.match(body, at)
            bars = marks.group(1) if marks else "|"
            stop = body.find(bars[::-1], marks.end() if marks else at + 1)
            stop = len(body) if stop < 0 else stop
            block = body[marks.end() if marks else at + 1 : stop]
            current += "\n".join(_HEADING.sub("", row) for row in block.strip().split("\n")[:4])
            at = stop + len(bars)
            continue
        if character == "$" and body.startswith("${", at):
            found = _SUBSTITUTION.match(body, at)
            at = found.end() if found else at + 2
            current += found.group() if found else "${"
            continue
        if character in "\n;}" or (character == "#" and (not current or current[-1].isspace())):
            break
        if character == "\\" and body.startswith("\\\n", at):
            at += 2
            continue
        if character == "{":
            return (current, None, at + 1, True) if value is None else (head, _value(current), at + 1, True)
        if character == ":" and value is None:
            head, value, current = current, "", ""
            at += 1
            continue
        current += character
        at += 1
    if value is None:
        return current, None, at, False
    return head, _value(current), at, False


def _keys(head: str) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Return the keys of a statement, each split at its dots, and the arrows between them."""
    parts: list[str] = [""]
    arrows: list[str] = []
    if head.lstrip().startswith("(") and ")[" in head:
        return (), ()  # what is said of a connection that was drawn before
    at = 0
    while at < len(head):
        if head[at] in "\"'":
            stop = head.find(head[at], at + 1)
            stop = len(head) - 1 if stop < 0 else stop
            parts[-1] += head[at : stop + 1]
            at = stop + 1
            continue
        found = _ARROW.match(head, at) if head[at] in " \t<-" else None
        if found and (found.group(1) != "--" or head[at] != "-" or found.end() > at + 1):
            arrows.append(found.group(1))
            parts.append("")
            at = found.end()
            continue
        parts[-1] += head[at]
        at += 1
    return tuple(_path(part) for part in parts), tuple(arrows)


def _path(text: str) -> tuple[str, ...]:
    out, current, quote = [], "", ""
    for character in text.strip():
        if quote:
            quote = "" if character == quote else quote
            current += "" if not quote else character
        elif character in "\"'" and not current.strip():
            quote = character
        elif character == ".":
            out.append(current.strip())
            current = ""
        else:
            current += character
    return tuple(p for p in (*out, current.strip()) if p)


def _value(text: str) -> str | None:
    """Return a value without its quotes, None when there is none."""
    text = text.strip()
    if not text:
        return None
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        text = text[1:-1].replace("\\" + text[-1], text[-1]) if text[0] == text[-1] else text
    return text


def _line_end(body: str, at: int) -> int:
    stop = body.find("\n", at)
    return len(body) if stop < 0 else stop
