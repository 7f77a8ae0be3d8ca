"""Arrows of PlantUML: two ends, a line with its heads, and a text behind a colon."""

from __future__ import annotations

import re
from dataclasses import dataclass

from buttress.drawings import Head, Line
from buttress.readers.plantuml.names import end_at

_SPACE = re.compile(r"\s*")
_MANY = re.compile(r'\s*"[^"]{0,100}"(?=\s*[-.=~<*o#x^0(|}])')
_MANY_BEHIND = re.compile(r'"[^"]{0,100}"\s*(?=["\[(\w$]|:[^\s:][^:]{0,200}:)')
_ARROW = re.compile(
    r"(?P<left><\|?|<<|[*#^+}|](?=[-.=~])|[ox0](?=[-.=~]{1,40}[^\w])|\)(?=[-.=~])|[/\\]{1,2}(?=[-]))?"
    r"(?P<line>[-.=~]{1,40})(?P<style>\[[^\]]{0,80}\])?(?:(?:up|down|left|right|le|ri|do|u|d|l|r)(?=[-.=~\[]))?"
    r"(?:\(0\)?|0\))?(?P<more>[-.=~]{0,40})(?P<style2>\[[^\]]{0,80}\])?(?P<more2>[-.=~]{0,40})"
    r"(?P<right>>>|\|?>|[*#^+{|](?=[\s\"\[(:]|$)|[ox0@](?=\s|$)|\(0?(?=\s*[\w\"\[])|0?\)(?=\s)|[/\\]{1,2}(?=[\s\"\[(:\w]))?[ox]?(?=[\s\"\[(:\w$?]|$)"
)
_EDGE = re.compile(r"\[|\?\s*")
_TEXT = re.compile(r"\s*(?:\+\+|--|\*\*|!!)?\s*(?:<<[^<>]*>>\s*|#\w+\s*)*(?::\s*(.*))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow as written, turned so that its head is at the target; an empty end is the edge of the drawing.

    One that only sets shapes beside each other is invisible.
    """

    source: str
    target: str
    head: Head
    line: Line
    thin: bool
    text: str


def arrow_of(statement: str, *, open_ends: bool = False) -> Arrow | None:
    """Return the arrow that a statement draws, None when it draws none.

    >>> arrow_of("[Web] ..> db : reads")
    Arrow(source='[Web]', target='db', head='forward', line='dotted', thin=False, text='reads')
    >>> arrow_of('A <-up- "1" B').source, arrow_of("A - B").head
    ('B', 'none')
    """
    at = _SPACE.match(statement).end()  # type: ignore[union-attr]
    left = ""
    if open_ends and (edge := _EDGE.match(statement, at)) and _ARROW.match(statement, edge.end()):
        at = edge.end()
    else:
        first = end_at(statement, at)
        if first is None:
            return None
        left, at = first.group(), first.end()
    if many := _MANY.match(statement, at):
        at = many.end()
    at = _SPACE.match(statement, at).end()  # type: ignore[union-attr]
    arrow = _ARROW.match(statement, at)
    if arrow is None:
        return None
    at = _SPACE.match(statement, arrow.end()).end()  # type: ignore[union-attr]
    if many := _MANY_BEHIND.match(statement, at):
        at = many.end()
    last = end_at(statement, at)
    right = ""
    if last is not None:
        right, at = last.group(), last.end()
    elif open_ends and statement[at : at + 1] in ("]", "?"):
        at += 1
    else:
        return None
    rest = _TEXT.match(statement, at)
    if rest is None:
        return None
    into, out = arrow.group("left") or "", arrow.group("right") or ""
    back, forth = "<" in into, ">" in out or out in ("(", "\\", "/", "\\\\", "//")
    head: Head = "both" if back and forth else "forward" if back or forth else "none"
    drawn = arrow.group("line") + (arrow.group("more") or "") + (arrow.group("more2") or "")
    line: Line = "dotted" if "." in drawn or "~" in drawn else "solid"
    if open_ends and drawn.count("-") > 1:
        line = "dotted"
    if any("hidden" in (arrow.group(style) or "").lower() for style in ("style", "style2")):
        line = "invisible"
    source, target = (right, left) if back and not forth else (left, right)
    return Arrow(source, target, head, line, out in (">>", "\\\\", "//") or into == "<<", rest.group(1) or "")
