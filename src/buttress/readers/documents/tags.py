"""HTML as tags and texts with their offsets, in one pass that takes time proportional to the size of the page.

The parsers at hand don't serve: html.parser takes minutes for 100 kB of unclosed tags before Python 3.13.6, lxml and selectolax
don't say where a text stands. What browsers do with broken pages is kept where it matters: what is never closed ends with the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import NamedTuple

# What never holds a document's words, up to its end tag whatever stands between.
RAW = frozenset("script style title textarea iframe noembed noframes noscript xmp template svg math".split())
_NAME = re.compile(r"</?([a-zA-Z][^\s/>]{0,60})")
_REST = re.compile(r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))*+>""")
_ATTRIBUTE = re.compile(r"""([^\s=>"'/]{1,60})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_TAG = re.compile(r"<[^<>]*>")
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")


class Piece(NamedTuple):
    """A tag or a stretch of text: `name` is empty for text, begins with / for an end tag."""

    name: str
    start: int
    end: int
    attributes: str = ""

    def get(self, attribute: str) -> str:
        """Return the value of an attribute, empty when it has none.

        >>> Piece("td", 0, 0, ' rowspan="2" class=a').get("rowspan")
        '2'
        """
        for found in _ATTRIBUTE.finditer(self.attributes[:5000]):
            if found[1].lower() == attribute:
                return unescape(found[2] or found[3] or found[4] or "")
        return ""


class Tags:
    """The pieces of a page, one after the other; `verbatim` takes what stands up to an end tag as it is."""

    def __init__(self, text: str) -> None:
        """Begin at the start of the text."""
        self.text = text
        self.at = 0

    def __iter__(self) -> Iterator[Piece]:
        r"""Yield tags and texts; comments, declarations and what is in scripts are left out.

        >>> [(p.name or "text", p.start) for p in Tags("<p>a < b<!-- x --><br/>c</p><script>d</script>")]
        [('p', 0), ('text', 3), ('text', 5), ('br', 18), ('text', 23), ('/p', 24), ('script', 28), ('/script', 37)]
        """
        text = self.text
        while self.at < len(text):
            start = self.at
            if text[start] != "<":
                end = text.find("<", start)
                self.at = end if end >= 0 else len(text)
                yield Piece("", start, self.at)
            elif text.startswith("<!--", start):
                self.at = self._behind("-->", start + 4)
            elif text.startswith("<![CDATA[", start):
                self.at = self._behind("]]>", start)
                yield Piece("![cdata[", start + 9, max(start + 9, self.at - 3))
            elif name := _NAME.match(text, start):
                rest = _REST.match(text, name.end())
                self.at = rest.end() if rest else len(text)
                if rest is None:
                    return
                word = name[1].lower()
                closing = text[start + 1] == "/"
                yield Piece("/" + word if closing else word, start, self.at, "" if closing else rest[0][:-1])
                if word in RAW and not closing and not rest[0].endswith("/>"):
                    self.verbatim(word)
            elif text[start + 1 : start + 2] in ("!", "?", "/"):
                self.at = self._behind(">", start)
            else:
                end = text.find("<", start + 1)
                self.at = end if end >= 0 else len(text)
                yield Piece("", start, self.at)

    def verbatim(self, name: str) -> tuple[int, int]:
        """Pass over all up to the next end tag of that name, and return where it stands."""
        start = self.at
        found = _end_of(name).search(self.text, start)
        self.at = found.start() if found else len(self.text)
        return start, self.at

    def _behind(self, mark: str, start: int) -> int:
        end = self.text.find(mark, start)
        return len(self.text) if end < 0 else end + len(mark)


@cache
def _end_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{re.escape(name)}(?=[\s/>])", re.IGNORECASE)


def plain(written: str) -> str:
    r"""Return text with its entities decoded and tags left out, line for line.

    >>> plain("a --&gt; <b>b</b> &amp; c\n<i\n>d</i>")
    'a --> b & c\n\nd'
    """
    bare = _TAG.sub(lambda m: "\n" * m[0].count("\n"), written)
    return "\n".join(decoded(line) for line in bare.split("\n"))


def decoded(text: str) -> str:
    """Return text with its entities decoded; line ends among them become spaces, and endless numbers a sign.

    >>> decoded("a &amp; b&#10;c &#999999999999;")
    'a & b c \ufffd'
    """
    if "&" not in text:
        return text
    text = _LONG_NUMBER.sub("\ufffd", text)
    out = unescape(text)
    if out.count("\n") != text.count("\n") or "\r" in out:
        out = "\n".join(re.sub(r"[\r\n]", " ", unescape(line)) for line in text.split("\n"))
    return out
