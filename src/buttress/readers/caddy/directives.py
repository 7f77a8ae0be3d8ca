"""The text of a Caddyfile as directives: quotes, blocks, snippets with what they are given, variables of the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from buttress.evidence.lines import lines_of
from buttress.evidence.secrets import without_secret
from buttress.model import Diagnostic, Evidence, Source

MAX_DEPTH = 30
MAX_IMPORTS = 8  # of snippets within snippets
MAX_DIRECTIVES = 20_000
MAX_LINE = 4_000
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+)')
_HEREDOC = re.compile(r"<<([A-Za-z_]\w{0,40})$")
_DEFAULT = re.compile(r"\{\$\w{1,80}:([^{}\s]{0,300})\}")


@dataclass(slots=True)
class Directive:
    """A line of a Caddyfile: its name, what follows it, and the block that it opens (None without one)."""

    name: str
    arguments: tuple[str, ...]
    source: Source
    line: int
    block: list[Directive] | None = field(default=None)

    def at(self) -> Evidence:
        """Return the evidence: the line as it stands up to a secret in it."""
        written = lines_of(self.source)[self.line - self.source.first_line].strip()
        quote = without_secret(written)[:200].strip()
        return Evidence(self.source.path, self.line, self.line, quote, "config")

    def inner(self, *names: str) -> list[Directive]:
        """Return the directives of some names right in its block."""
        return [d for d in self.block or () if d.name in names]


def directives_of(source: Source, diagnostics: list[Diagnostic]) -> list[Directive]:
    r"""Return the directives of a Caddyfile, snippets in the places that import them; a file of one site may go without braces.

    >>> found = directives_of(Source("Caddyfile", "shop.test {\n  reverse_proxy web:80\n}\n"), [])
    >>> [(d.name, [(i.name, i.arguments) for i in d.block]) for d in found]
    [('shop.test', [('reverse_proxy', ('web:80',))])]
    """
    top: list[Directive] = []
    stack: list[list[Directive]] = [top]
    count = 0
    for number, words, opens in _lines(source):
        if words == ("}",):
            if len(stack) > 1:
                stack.pop()
            continue
        count += 1
        if count > MAX_DIRECTIVES or len(stack) > MAX_DEPTH:
            reason = "too large or too deeply nested to be read whole; the rest was left out"
            diagnostics.append(Diagnostic(source.path, number, reason, "error"))
            break
        new = Directive(words[0] if words else "", words[1:], source, number, [] if opens else None)
        stack[-1].append(new)
        if new.block is not None:
            stack.append(new.block)
    snippets = {d.name.strip("()"): d for d in top if d.name.startswith("(") and d.block is not None}
    sites = [d for d in top if not d.name.startswith("(")]
    bare = next((d for d in sites if d.name), None)
    if bare is not None and bare.block is None and bare.name != "import":
        at = sites.index(bare)
        sites = [*sites[:at], replace(bare, block=sites[at + 1 :])]
    expansion = _Expansion(snippets)
    return [replace(d, block=list(expansion.of(d.block, 0))) if d.block else d for d in sites]


class _Expansion:
    """Puts snippets in the places that import them, up to a bound for all of a file."""

    def __init__(self, snippets: dict[str, Directive]) -> None:
        self.snippets = snippets
        self.left = MAX_DIRECTIVES

    def of(self, block: Sequence[Directive], depth: int) -> Iterator[Directive]:
        """Yield the directives of a block, those of a snippet in place of its import."""
        for directive in block:
            self.left -= 1
            if self.left < 0:
                return
            name = directive.arguments[0] if directive.arguments else ""
            if directive.name == "import" and name in self.snippets and depth < MAX_IMPORTS:
                given = directive.arguments[1:]
                yield from (_with(d, given) for d in self.of(self.snippets[name].block or (), depth + 1))
            elif directive.block:
                yield replace(directive, block=list(self.of(directive.block, depth)))
            else:
                yield directive


def _with(directive: Directive, given: Sequence[str]) -> Directive:
    """Return a directive of a snippet with what its import gives it (`{args[0]}`), each argument no longer than a line."""

    def filled(text: str) -> str:
        for n, value in enumerate(given[:20]):
            text = text.replace(f"{{args[{n}]}}", value).replace(f"{{args.{n}}}", value)[:MAX_LINE]
        return text

    block = [_with(d, given) for d in directive.block] if directive.block is not None else None
    return replace(directive, arguments=tuple(map(filled, directive.arguments)), block=block)


def _lines(source: Source) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """Yield the lines that say something: their number, their words, and whether they open a block."""
    until, first = "", 0
    before: tuple[str, ...] = ()
    for n, line in enumerate(source.text.split("\n"), source.first_line):
        if until:
            until = "" if line.strip() == until else until
            continue
        words = _words(line[:MAX_LINE])
        if words[-1:] == ("\\",) and len(before) < MAX_LINE:  # goes on in the next line
            first, before = first or n, (*before, *words[:-1])
            continue
        words, number, first, before = (*before, *words), first or n, 0, ()
        if not words:
            continue
        if (mark := _HEREDOC.search(words[-1])) is not None:
            until = mark[1]
        opens = words[-1] == "{"
        yield number, words[:-1] if opens else words, opens


def _words(line: str) -> tuple[str, ...]:
    out: list[str] = []
    for quoted, ticked, plain in _TOKEN.findall(line):
        if plain.startswith("#"):
            break
        out.append(_DEFAULT.sub(r"\1", quoted or ticked or plain))
    return tuple(out)
