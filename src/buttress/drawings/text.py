"""The text of a drawing with the lines of its file, and the text of a label as a reader sees it."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass

from buttress.drawings.drawing import Place, quote_of
from buttress.model import Source

MAX_TEXT = 400_000

_BREAK = re.compile(r"<\s*/?\s*br\s*/?\s*>|\\n|\r?\n", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_ICON = re.compile(r"\b(?:fa[bklrs]?|mdi|logos|material-symbols|carbon):[\w:-]+")
_ENTITY = re.compile(r"#(\d{2,6}|[a-zA-Z]{2,10});")
_STRESS = re.compile(r"(\*\*|__|\*)(?=\S)(.+?)(?<=\S)\1")


@dataclass(frozen=True, slots=True)
class Text:
    """The text to parse and where its lines are in the file; `written` is what stands there before anything was blanked."""

    path: str
    body: str
    first_line: int
    starts: tuple[int, ...]
    title: str = ""
    written: str = ""

    def line(self, position: int) -> int:
        """Return the line of the file that holds a position of the body."""
        return self.first_line + bisect_right(self.starts, position) - 1

    def place(self, start: int, end: int) -> Place:
        """Return the place of `body[start:end]`; the quote is its first line that isn't blank."""
        piece = self.body[start:end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        first = self.line(start)
        quote = quote_of((self.written or self.body)[start:end])
        return Place(first, max(first, self.line(max(start, end - 1))), quote)

    def lines(self) -> list[tuple[int, str]]:
        """Return the position and text of every line."""
        rows = self.body.split("\n")
        return list(zip(self.starts, rows, strict=True))


def text_of(source: Source, body: str, *, title: str = "") -> Text:
    r"""Return the text to parse: `body` is that of the source from its start, with what isn't drawing blanked in place.

    >>> text_of(Source("a.dot", "digraph {\n a -> b\n}", 7), "digraph {\n a -> b\n}").line(11)
    8
    """
    starts = [0]
    starts.extend(m.end() for m in re.finditer("\n", body))
    return Text(source.path, body, source.first_line, tuple(starts), title, source.text[: len(body)])


def blank(text: str) -> str:
    r"""Return as many blanks, the line breaks kept.

    >>> blank("a\nb")
    ' \n '
    """
    return re.sub(r"[^\n]", " ", text)


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
