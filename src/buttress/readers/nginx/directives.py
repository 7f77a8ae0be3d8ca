"""The syntax of nginx: directives, blocks, quotes and comments, each directive with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from buttress.evidence.secrets import without_secret
from buttress.model import Diagnostic, Evidence, Source

MAX_CHARACTERS = 1_000_000
MAX_DIRECTIVES = 20_000
MAX_DEPTH = 20

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<comment>#[^\n]*)|(?P<mark>[;{}])"
    r"|\"(?P<double>(?:[^\"\\]|\\[\s\S])*)\"|'(?P<single>(?:[^'\\]|\\[\s\S])*)'"
    r"|(?P<word>(?![\"'])(?:\$\{[^}\n]*\}|\\[\s\S]|[^\s;{}\\])+)|(?P<other>[\s\S])"
)
_TEMPLATE = re.compile(r"\{%|\{\{|<%")


@dataclass(slots=True, eq=False)
class Directive:
    """A directive: its name, its arguments without quotes, the directives of its block (None without one), and where it stands."""

    name: str
    arguments: tuple[str, ...]
    source: Source
    line: int
    written: str = ""
    block: list[Directive] | None = field(default=None)

    def at(self, *, name_only: bool = False) -> Evidence:
        """Return the directive's words on its first line as evidence; only its name where the rest is a secret."""
        quote = self.name if name_only else without_secret(self.written)[:200].strip()
        return Evidence(self.source.path, self.line, self.line, quote, "config")

    def first(self) -> str:
        """Return the first argument, empty when there is none."""
        return self.arguments[0] if self.arguments else ""

    def inner(self, *names: str) -> Iterator[Directive]:
        """Yield the directives of those names that stand directly in the block."""
        return (d for d in self.block or () if d.name in names)


Named = dict[str, list[Directive]]


def by_name(block: list[Directive]) -> Named:
    """Return the directives of a block by their names, in order.

    >>> d = Directive("listen", ("80",), Source("a", ""), 1)
    >>> by_name([d, d])["listen"] == [d, d]
    True
    """
    out: Named = {}
    for directive in block:
        out.setdefault(directive.name, []).append(directive)
    return out


def parsed(source: Source) -> tuple[list[Directive], tuple[Diagnostic, ...]]:
    r"""Return the directives at the top of a text, and what was wrong; what stands before a mistake is kept.

    At most 20,000 directives, 20 levels deep, are read. What stands in a block of Lua is passed over.

    >>> found, _ = parsed(Source("nginx.conf", "http {\n  server { listen 80; }\n}\n"))
    >>> found[0].name, found[0].block[0].block[0].arguments, found[0].block[0].block[0].line
    ('http', ('80',), 2)
    """
    text = source.text

    def told(line: int, reason: str) -> tuple[Diagnostic, ...]:
        return (Diagnostic(source.path, line, reason),)

    if len(text) > MAX_CHARACTERS:
        return [], told(source.first_line, f"more than {MAX_CHARACTERS} characters; split it to have it read")
    template = _TEMPLATE.search(text)
    if template is not None:
        line = source.first_line + text.count("\n", 0, template.start())
        reason = "a template, not configuration of nginx; render it first and review the result"
        return [], (Diagnostic(source.path, line, reason, "info"),)
    top: list[Directive] = []
    open_: list[list[Directive]] = [top]
    words: list[str] = []
    line = start = source.first_line
    position = count = begin = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        assert found is not None  # the last alternative takes any character
        position = found.end()
        kind = found.lastgroup
        here = line
        line += found[0].count("\n")
        if kind in ("space", "comment"):
            continue
        if kind == "other":
            return top, told(here, f"{found[0]!r} isn't closed; what stands before it was read")
        if kind != "mark":
            start, begin = (start, begin) if words else (here, found.start())
            words.append(found["double"] or found["single"] or found["word"] or "")
            continue
        if found[0] == "}":
            if words:
                return top, told(start, f"`{words[0]}` doesn't end with `;`; what stands before it was read")
            if len(open_) == 1:
                return top, told(here, "a `}` without a block; what stands before it was read")
            open_.pop()
            continue
        if not words:
            if found[0] == "{":
                return top, told(here, "a block without a name; what stands before it was read")
            continue
        count += 1
        if count > MAX_DIRECTIVES or len(open_) > MAX_DEPTH:
            reason = f"more than {MAX_DIRECTIVES} directives or {MAX_DEPTH} levels; the rest was left out"
            return top, told(here, reason)
        directive = Directive(
            words[0], tuple(words[1:]), source, start, text[begin:position].partition("\n")[0]
        )
        open_[-1].append(directive)
        words = []
        if found[0] == "{":
            if directive.name.endswith("_by_lua_block"):
                end = _end_of_code(text, position)
                line += text.count("\n", position, end)
                position = end
                continue
            directive.block = []
            open_.append(directive.block)
    if words or len(open_) > 1:
        what = f"`{words[0]}` doesn't end with `;`" if words else "a block isn't closed"
        return top, told(
            min(line, source.first_line + text.count("\n")), f"{what}; what stands before it was read"
        )
    return top, ()


def _end_of_code(text: str, position: int) -> int:
    """Return the position behind the brace that closes a block of code."""
    depth = 1
    for found in re.compile(r"[{}]").finditer(text, position):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.end()
    return len(text)


def seconds(text: str) -> float | None:
    """Return a time of nginx in seconds (`90`, `1m 30s`, `500ms`), None for anything else.

    >>> seconds("1m30s"), seconds("500ms"), seconds("60"), seconds("$t")
    (90, 0.5, 60, None)
    """
    units = {
        "ms": 0.001,
        "s": 1,
        "m": 60,
        "h": 3600,
        "d": 86_400,
        "w": 604_800,
        "M": 2_592_000,
        "y": 31_536_000,
        "": 1,
    }
    pieces = (
        re.findall(r"(\d{1,9})(ms|[smhdwMy]|)", text)
        if re.fullmatch(r"(?:\d{1,9}(?:ms|[smhdwMy]|)\s*){1,6}", text)
        else []
    )
    if not pieces:
        return None
    total = sum(int(number) * units[unit] for number, unit in pieces)
    return int(total) if total == int(total) else round(total, 3)


def size(text: str) -> int | None:
    """Return a size of nginx in bytes (`8k`, `10M`, `1g`), None for anything else.

    >>> size("10m"), size("0"), size("$max")
    (10485760, 0, None)
    """
    found = re.fullmatch(r"(\d{1,12})([kKmMgG]?)", text)
    return int(found[1]) * 1024 ** ("", "k", "m", "g").index(found[2].lower()) if found else None
