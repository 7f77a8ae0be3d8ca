"""C4 diagrams: their macros, and the frames that braces open and close."""

from __future__ import annotations

import re

from buttress.drawings import Drawing
from buttress.drawings.c4 import CALL, call_at, draw
from buttress.drawings.text import Text


def read_c4(text: Text) -> Drawing:
    r"""Return the drawing of a C4 diagram of any level.

    >>> from buttress.model import Source
    >>> from buttress.readers.mermaid.text import prepared
    >>> body = 'C4Container\n Person(u, "User")\n Container(w, "Web", "Django")\n Rel(u, w, "uses", "HTTPS")'
    >>> drawn = read_c4(prepared(Source("a.mmd", body)))
    >>> drawn.nodes["u"].kind, drawn.nodes["w"].technology, drawn.edges[0].technology
    ('actor', 'Django', 'HTTPS')
    """
    out = Drawing(text.path, "c4", text.line(len(text.body) - len(text.body.lstrip())), text.title)
    open_: list[str | None] = []
    body, at = text.body, 0
    while at < len(body) and not out.full(text.line(at)):
        char = body[at]
        if char == "}":
            if open_:
                open_.pop()
            at += 1
            continue
        call = call_at(body, at) if char.isalpha() else None
        if call is None or (at and (body[at - 1].isalnum() or body[at - 1] in "_$")):
            at = _line_end(body, at) if char.isalpha() and not _call_ahead(body, at) else at + 1
            continue
        if call.stop is None:
            out.note(text.line(at), f"`{call.name}(` isn't closed; add the missing bracket or quote")
            at = _line_end(body, at)
            continue
        group = next((g for g in reversed(open_) if g), None)
        opened = draw(out, call, text.place(at, call.stop), group, len(open_))
        if opened or body[call.stop : call.stop + 20].lstrip().startswith("{"):
            open_.append(opened or None)
        at = call.stop
    return out


def _line_end(body: str, at: int) -> int:
    stop = body.find("\n", at)
    return len(body) if stop < 0 else stop


def _call_ahead(body: str, at: int) -> bool:
    word = re.compile(r"\w+").match(body, at)
    rest = body[at : _line_end(body, at)]
    return word is not None and rest.lstrip().startswith(word.group()) and CALL.match(rest) is not None
