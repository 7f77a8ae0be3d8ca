"""The expressions of a template, `[concat(parameters('name'), '-app')]`: what they are made of, not what they come to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_TEXT = 20_000
MAX_DEPTH = 40
_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(-?\d{1,18})|([A-Za-z_][\w.]*)|([()\[\],.?]))")


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or number."""

    value: str | int


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function, and the names by which one goes down into what it gives; a name that isn't literal is empty."""

    name: str
    arguments: tuple[Literal | Call, ...] = ()
    steps: tuple[str, ...] = field(default=())


class _Malformed(Exception):
    pass


def parsed(text: str) -> Literal | Call | None:
    """Return what a text in brackets is made of, None for one that is no expression or none that can be read.

    >>> parsed("[concat('a', variables('b').c)]")
    Call(name='concat', arguments=(Literal(value='a'), Call(name='variables', arguments=(Literal(value='b'),), steps=('c',))), steps=())
    >>> parsed("plain"), parsed("[[not one]"), parsed("[concat('a'")
    (None, None, None)
    """
    if not text.startswith("[") or not text.endswith("]") or text.startswith("[[") or len(text) > MAX_TEXT:
        return None
    tokens: list[tuple[str, str]] = []
    at, body = 0, text[1:-1].strip()
    while at < len(body):
        found = _TOKEN.match(body, at)
        if found is None:
            return None
        kind = next(
            k
            for k, g in zip(("text", "number", "name", "sign"), found.groups(), strict=True)
            if g is not None
        )
        tokens.append((kind, found[0].strip()))
        at = found.end()
    reader = _Reader(tokens)
    try:
        made = reader.expression(0)
    except _Malformed:
        return None
    return made if reader.at == len(tokens) else None


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise _Malformed
        self.at += 1
        return self.tokens[self.at - 1]

    def _is(self, sign: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign)

    def expression(self, depth: int) -> Literal | Call:
        if depth > MAX_DEPTH:
            raise _Malformed
        kind, word = self._next()
        if kind == "text":
            return Literal(word[1:-1].replace("''", "'"))
        if kind == "number":
            return Literal(int(word))
        if kind != "name" or not self._is("("):
            raise _Malformed
        self.at += 1
        arguments: list[Literal | Call] = []
        while not self._is(")"):
            arguments.append(self.expression(depth + 1))
            if self._is(","):
                self.at += 1
            elif not self._is(")"):
                raise _Malformed
        self.at += 1
        return Call(word.rpartition(".")[2].lower(), tuple(arguments), tuple(self._steps(depth)))

    def _steps(self, depth: int) -> list[str]:
        steps: list[str] = []
        while self._is(".") or self._is("[") or self._is("?"):
            _, sign = self._next()
            if sign == "[":
                inside = self.expression(depth + 1)
                steps.append(str(inside.value) if isinstance(inside, Literal) else "")
                if self._next() != ("sign", "]"):
                    raise _Malformed
            elif sign == ".":
                if self._is("?"):
                    self.at += 1
                kind, word = self._next()
                if kind != "name":
                    raise _Malformed
                steps += word.split(".")
        return steps
