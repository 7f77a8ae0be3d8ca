"""A Mermaid text without its wrapping: front matter, directives and comments are blanked in place."""

from __future__ import annotations

import re

from buttress.drawings.text import MAX_TEXT, Text, blank, text_of
from buttress.model import Source

_DIRECTIVE = re.compile(r"%%\{.{0,4000}?\}%%", re.DOTALL)
_COMMENT = re.compile(r"(?m)^[ \t]*%%[^\n]*$")
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n.*?\n[ \t]*---[ \t]*(?=\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"(?m)^[ \t]*title:[ \t]*(.+?)[ \t]*$")


def prepared(source: Source) -> Text:
    r"""Return the text of a source with everything blanked that isn't diagram.

    >>> prepared(Source("a.mmd", "---\ntitle: Shop\n---\n%% note\nflowchart LR")).body.split()
    ['flowchart', 'LR']
    """
    body = source.text[:MAX_TEXT].replace("\r", " ")
    title = ""
    front = _FRONT_MATTER.match(body)
    if front:
        named = _TITLE.search(front.group())
        title = named.group(1).strip("\"'") if named else ""
        body = blank(front.group()) + body[front.end() :]
    body = _DIRECTIVE.sub(lambda m: blank(m.group()), body)
    body = _COMMENT.sub(lambda m: blank(m.group()), body)
    return text_of(source, body, title=title)
