"""Text without its inline markup, for syntaxes that are read by patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from buttress.model import Mark


class Rule(NamedTuple):
    """A pattern of inline markup, the style that it gives, and what it leaves: its first group that matched, by default."""

    pattern: re.Pattern[str]
    style: str = ""
    text: Callable[[re.Match[str]], str] | None = None


def without(text: str, rules: Sequence[Rule]) -> tuple[str, tuple[Mark, ...]]:
    """Return a text without what the rules take as markup, and what its author set apart; an earlier rule wins.

    Line breaks inside markup stay, so that the text has as many lines as before.

    >>> without("a *b* c", [Rule(re.compile(r"[*](.*?)[*]"), "strong")])
    ('a b c', (Mark(start=2, end=3, style='strong'),))
    """
    found: list[tuple[int, int, str, str]] = []
    taken = bytearray(len(text))
    for pattern, style, what in rules:
        for match in pattern.finditer(text):
            start, end = match.span()
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\x01" * (end - start)
                inner = what(match) if what else next((g for g in match.groups() if g is not None), "")
                inner += "\n" * (match[0].count("\n") - inner.count("\n"))
                found.append((start, end, inner, style))
    out, at, marks, length = [], 0, [], 0
    for start, end, inner, style in sorted(found):
        length += start - at
        out += [text[at:start], inner]
        if style and inner:
            marks.append(Mark(length, length + len(inner), style))
        length += len(inner)
        at = end
    out.append(text[at:])
    return "".join(out), tuple(marks)
