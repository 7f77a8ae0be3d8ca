"""DOT as tokens with their positions: names, strings, HTML labels, marks; comments are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_TOKENS = 200_000
MAX_VALUE = 4_000

_TOKEN = re.compile(
    r"(?P<skip>\s+|//[^\n]*|/\*.*?(?:\*/|\Z)|\#[^\n]*)"
    r"|(?P<edge><->|<-(?=[\s\w])|->|--)|(?P<mark>[{}\[\]=;,:+])"
    r'|"(?P<string>(?:[^"\\]|\\.)*)(?:"|\Z)'
    r"|(?P<html><)|(?P<word>-?[\w.\u0080-\uffff]+)|(?P<other>.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of DOT: `sort` is `name`, `html`, `edge` or the mark itself."""

    sort: str
    value: str
    start: int
    stop: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text; strings that `+` joins come as one, keywords as names in lower case.

    >>> [t.value for t in tokens('a -> "b c" [label=<<b>x</b>>] // why')]
    ['a', '->', 'b c', '[', 'label', '=', '<b>x</b>', ']']
    """
    at, count = 0, 0
    while at < len(text) and count < MAX_TOKENS:
        found = _TOKEN.match(text, at)
        if found is None:
            return
        start, at = at, found.end()
        sort = found.lastgroup
        if sort in ("skip", "other"):
            if found.group().startswith("#") and text[text.rfind("\n", 0, start) + 1 : start].strip():
                at = start + 1  # a mark within a line, no comment
            continue
        count += 1
        if sort == "html":
            at = _html_end(text, start)
            yield Token("html", text[start + 1 : at - 1][:MAX_VALUE], start, at)
        elif sort == "string":
            yield Token(
                "name", re.sub(r'\\(["\n])', lambda m: m[1].strip(), found["string"])[:MAX_VALUE], start, at
            )
        elif sort == "word":
            yield Token("name", found["word"][:MAX_VALUE], start, at)
        else:
            value = found.group()
            yield Token("edge" if sort == "edge" else value, value, start, at)


def _html_end(text: str, start: int) -> int:
    """Return where an HTML label ends: behind the bracket that closes the one at `start`."""
    depth = 0
    for found in re.finditer(r"[<>]", text[start : start + 20 * MAX_VALUE]):
        depth += 1 if found.group() == "<" else -1
        if depth == 0:
            return start + found.end()
    return min(len(text), start + 20 * MAX_VALUE)
