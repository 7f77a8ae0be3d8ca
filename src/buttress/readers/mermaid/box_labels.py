"""The words in a box that is drawn with characters: a name that goes on in the next line, and what is said beside it."""

from __future__ import annotations

import re

from buttress.drawings.kinds import technologies_in
from buttress.vocabulary.roles import role_of

# What a line below a name says of the part: its ports, the language that it is written in.
_ASIDE = re.compile(
    r"\(?(?:(?:ports?:? ?)?:?\d{2,5}(?: ?[/,] ?:?\d{2,5})*"
    r"|go|golang|java|kotlin|scala|python|ruby|rust|php|c#|c\+\+|elixir|erlang|typescript|javascript|node(?:\.?js)?|\.net)\)?",
    re.IGNORECASE,
)


_WAY = re.compile(r"\w\s*(?:<?[-=]{1,2}>|<[-=]{1,2}|[→←↔])\s*\w")
_CUT = re.compile(r"[a-z]-$")


def label_of(lines: tuple[str, ...]) -> str:
    """Return the label of a box: a name that goes on in the next line is one name, a technology below it is told apart.

    What leads where within the box is no part of its name.

    >>> label_of(("Order", "service")), label_of(("Orders", "Python")), label_of(("Distri-", "butor"))
    ('Order service', 'Orders<br/>Python', 'Distributor')
    """
    lines = _hyphens_joined(lines)
    asides = tuple(line for line in lines[1:] if _ASIDE.fullmatch(line) or _WAY.search(line))
    lines = tuple(line for n, line in enumerate(lines) if not n or line not in asides)
    wrapped = sum(len(line.split()) for line in lines) <= 4 and not any(map(technologies_in, lines[1:]))
    return "<br/>".join(((" " if wrapped else "<br/>").join(lines), *asides))


def _hyphens_joined(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines with words put together that were broken at their end.

    >>> _hyphens_joined(("Distri-", "butor"))
    ('Distributor',)
    """
    out: list[str] = []
    for line in lines:
        if out and _CUT.search(out[-1]) and line[0].islower():
            whole = out[-1] + line
            out[-1] = whole if role_of(whole.replace("-", " ")) else out[-1][:-1] + line
        else:
            out.append(line)
    return tuple(out)
