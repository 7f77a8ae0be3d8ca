"""How PlantUML names things: `"Long name" as short`, `[Name]`, `:Name:`, stereotypes, and the creole in labels."""

from __future__ import annotations

import re
from dataclasses import dataclass

END = (
    r'\[[^\[\]]{1,300}\]|\(\)\s*"[^"]{1,300}"|\(\)\s*[\w.]+|\([^()*]{1,300}\)|:[^:\s][^:]{0,200}:|"[^"]{1,300}"'
    r"|[\w.$@/]+(?:-[\w.$@/]+)*(?=\s|$)|[\w.$@/]+"
)
_END = re.compile(END)
_NAMED = re.compile(
    r'(?P<first>"[^"]*"|\[[^\[\]]*\]|\([^()]*\)|:[^:]+:|[^\s"\[\]{}<>#]+)'
    r'(?:\s+as\s+(?P<second>"[^"]*"|\[[^\[\]]*\]|[^\s{<\[#]+))?'
)
_STEREOTYPE = re.compile(r"<<\s*(?:\([^)]*\)\s*)?([^<>]*?)\s*>>")
_CREOLE = re.compile(
    r"\$\w{1,80}\(\)|<\$[^>]*>|<&[^>]*>|<:[^>]*:>|<img[^>]*>|\[\[[^\]]*\]\]|(?m:^=+\s*)|(?<!:)//|~~|--(?=\w)|(?<=\w)--|%%|\"\""
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name as declared: the key by which arrows mean it, its label, stereotypes, and the rest of the statement."""

    key: str
    label: str
    stereotypes: tuple[str, ...] = ()
    rest: str = ""


def named(text: str) -> Named | None:
    """Return what a declaration says behind its keyword, None when there is no name.

    >>> named('"Orders DB" as db <<PostgreSQL>> #white {')
    Named(key='db', label='Orders DB', stereotypes=('PostgreSQL',), rest='#white {')
    """
    found = _NAMED.match(text.strip())
    if found is None:
        return None
    first, second = found.group("first"), found.group("second")
    rest = text.strip()[found.end() :]
    stereotypes = tuple(_STEREOTYPE.findall(rest))
    rest = _STEREOTYPE.sub("", rest).strip()
    if second and second[0] in '"[' and first[0] not in '"[(:':
        first, second = second, first
    return Named(bare(second or first), plain(bare(first)), stereotypes, rest)


def bare(text: str) -> str:
    """Return a name without the quotes or brackets around it.

    >>> bare("[Orders API]"), bare('() "HTTP"'), bare(":Clerk:")
    ('Orders API', 'HTTP', 'Clerk')
    """
    text = text.strip().removeprefix("()").strip()
    if len(text) > 1 and (text[0], text[-1]) in {('"', '"'), ("[", "]"), ("(", ")"), (":", ":")}:
        text = text[1:-1]
    return text.strip()


def plain(label: str) -> str:
    r"""Return a label without the marks of creole and sprites; its line breaks stay.

    >>> plain("<$redis> **Cache**\\n//Redis 7//")
    ' **Cache**\\nRedis 7'
    """
    return _CREOLE.sub(
        "", label.replace("\\\\n", "\\n").replace("\\l", "\\n").replace("\\r", "\\n").replace("\\t", " ")
    )


def end_at(text: str, at: int) -> re.Match[str] | None:
    """Return the match of an end of an arrow at a position."""
    return _END.match(text, at)
