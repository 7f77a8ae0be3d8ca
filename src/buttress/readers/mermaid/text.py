"""A Mermaid text without its wrapping: front matter, directives and comments are blanked in place."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass

from buttress.model import Source
from buttress.readers.mermaid.drawing import Place, quote_of

MAX_TEXT = 400_000

_DIRECTIVE = re.compile(r"%%\{.{0,4000}?\}%%", re.DOTALL)
_COMMENT = re.compile(r"(?m)^[ \t]*%%[^\n]*$")
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n.*?\n[ \t]*---[ \t]*(?=\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"(?m)^[ \t]*title:[ \t]*(.+?)[ \t]*$")
_BREAK = re.compile(r"<\s*/?\s*br\s*/?\s*>|\\n|\r?\n", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_ICON = re.compile(r"\b(?:fa[bklrs]?|mdi|logos|material-symbols|carbon):[\w:-]+")
_ENTITY = re.compile(r"#(\d{2,6}|[a-zA-Z]{2,10});")
_STRESS = re.compile(r"(\*\*|__|\*)(?=\S)(.+?)(?<=\S)\1")


@dataclass(frozen=True, slots=True)
class Text:
    """The text to parse and where its lines are in the file."""

    path: str
    body: str
    first_line: int
    starts: tuple[int, ...]
    title: str = ""

    def line(self, position: int) -> int:
        """Return the line of the file that holds a position of the body."""
        return self.first_line + bisect_right(self.starts, position) - 1

    def place(self, start: int, end: int) -> Place:
        """Return the place of `body[start:end]`; the quote is its first line that isn't blank."""
        piece = self.body[start:end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        first = self.line(start)
        return Place(first, max(first, self.line(max(start, end - 1))), quote_of(self.body[start:end]))

    def lines(self) -> list[tuple[int, str]]:
        """Return the position and text of every line."""
        rows = self.body.split("\n")
        return list(zip(self.starts, rows, strict=True))


def prepared(source: Source) -> Text:
    r"""Return the text of a source with everything blanked that isn't diagram.

    >>> prepared(Source("a.mmd", "---\ntitle: Shop\n---\n%% note\nflowchart LR")).body.split()
    ['flowchart', 'LR']
    """
    body = source.text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    title = ""
    front = _FRONT_MATTER.match(body)
    if front:
        named = _TITLE.search(front.group())
        title = named.group(1).strip("\"'") if named else ""
        body = _blank(front.group()) + body[front.end() :]
    body = _DIRECTIVE.sub(lambda m: _blank(m.group()), body)
    body = _COMMENT.sub(lambda m: _blank(m.group()), body)
    starts = [0]
    starts.extend(m.end() for m in re.finditer("\n", body))
    return Text(source.path, body, source.first_line, tuple(starts), title)


def label_lines(raw: str) -> tuple[str, ...]:
    """Return the lines of a label as a reader sees them: no tags, icons, entities or stress marks.

    >>> label_lines('fa:fa-user **Orders**<br/>FastAPI #amp; co')
    ('Orders', 'FastAPI & co')
    """
    out = []
    for part in _BREAK.split(raw):
        text = _TAG.sub(" ", _ICON.sub(" ", part))
        text = html.unescape(_ENTITY.sub(lambda m: f"&#{m[1]};" if m[1].isdigit() else f"&{m[1]};", text))
        text = _STRESS.sub(r"\2", text.replace("`", " ").replace("“", '"').replace("”", '"'))
        text = " ".join(text.split()).strip()
        if text:
            out.append(text)
    return tuple(out)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
