"""The inline markup of AsciiDoc: quotes, links, cross references, attributes, macros."""

from __future__ import annotations

import re
from collections.abc import Mapping

from buttress.model import Mark
from buttress.readers.documents.inline import Rule, without

_REFERENCE = re.compile(r"(\\?)\{([\w][\w-]{0,60})\}")
_BEFORE, _AFTER = r"(?<![\w\\])", r"(?!\w)"
_RULES = (
    Rule(re.compile(r"`\+([^`\n]{1,500})\+`"), "code"),
    Rule(re.compile(r"``([^`]{1,500})``|" + _BEFORE + r"`([^`]{1,500})`" + _AFTER), "code"),
    Rule(re.compile(r"\+{3}([^+\n]{0,500})\+{3}")),
    Rule(re.compile(r"(?:kbd|btn|menu|stem|icon|footnote|footnoteref|indexterm2?):[\w>]{0,60}\[[^\]\n]{0,500}\]")),
    Rule(re.compile(r"\({3}[^()\n]{0,200}\){3}")),
    Rule(re.compile(r"image:[^\s\[:][^\[\n]{0,500}\[[^\]\n]{0,200}\]")),
    Rule(re.compile(r"(?:link|xref|mailto):[^\s\[]{1,500}\[([^\]\n,^]{0,300})[^\]\n]{0,200}\]"), "link"),
    Rule(re.compile(r"\bhttps?://[^\s\[\]]{1,500}\[([^\]\n,^]{1,300})[^\]\n]{0,200}\]"), "link"),
    Rule(re.compile(r"<<[^<>,\n]{1,200},\s{0,20}([^<>\n]{1,200})>>|<<([^<>,\n]{1,200})>>"), "link"),
    Rule(re.compile(r"\[\[[^\[\]\n]{1,200}\]\]")),
    Rule(re.compile(r"\[[.#][^\[\]\n]{1,60}\]#([^#\n]{1,300})#|##([^#\n]{1,300})##")),
    Rule(re.compile(r"\*\*([^*\n]{1,500})\*\*|" + _BEFORE + r"\*([^\s*](?:[^*\n]{0,500}[^\s*])?)\*" + _AFTER), "strong"),
    Rule(re.compile(r"__([^_\n]{1,500})__|" + _BEFORE + r"_([^\s_](?:[^_\n]{0,500}[^\s_])?)_" + _AFTER), "emphasis"),
    Rule(re.compile(r"[ \t]\+$", re.MULTILINE)),
)  # fmt: skip


def plain(text: str, attributes: Mapping[str, str]) -> tuple[str, tuple[Mark, ...]]:
    """Return a text without inline markup, with the values of its attributes, and what its author set apart.

    >>> plain("*Shop* calls link:http://pay[Pay] by `{how}`", {"how": "gRPC"})[0]
    'Shop calls Pay by gRPC'
    """
    left = 4000  # characters that attributes may add, so that no text grows without end

    def value(found: re.Match[str]) -> str:
        nonlocal left
        given = attributes.get(found[2].lower())
        if found[1] or given is None or len(given) > left:
            return found[0]
        left -= len(given)
        return given

    return without(_REFERENCE.sub(value, text), _RULES)
