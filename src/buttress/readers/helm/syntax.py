"""The templates of Helm as trees: text, actions, conditions, loops and named templates. The language is Go's `text/template`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

MAX_NESTING = 60
MAX_ACTIONS = 20_000
_TOKEN = re.compile(
    r"\s+|(?P<string>\"(?:\\.|[^\"\\])*\"|`[^`]*`|'(?:\\.|[^'\\])*')|(?P<number>[+-]?\d[\d_]*(?:\.\d+)?(?![\w.]))"
    r"|(?P<var>\$\w*)|(?P<field>\.[A-Za-z_]\w*)|(?P<dot>\.)|(?P<word>[A-Za-z_]\w*)|(?P<mark>:=|=|\(|\)|\||,)"
)


class SyntaxProblem(Exception):
    """A template that can't be parsed: the line, from 1, and what is wrong there."""

    def __init__(self, line: int, reason: str) -> None:
        """Keep the place."""
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Operand:
    """What a command starts with or is given: a literal, the dot, a variable, a function or a pipeline, and the fields behind it."""

    sort: str  # "literal", "dot", "var", "call" or "pipe"
    value: str | int | float | bool | Pipe | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pipe:
    """Commands, each given the value of the one before, and the variables that take the result."""

    commands: tuple[tuple[Operand, ...], ...]
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Piece:
    """A piece of a template: `text`, `action`, `if`, `range`, `with` or `template`, with its line and what is in it."""

    sort: str
    line: int
    text: str = ""
    pipe: Pipe | None = None
    body: list[Piece] = field(default_factory=list)
    otherwise: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Template:
    """A parsed file: its pieces, and the templates that it names."""

    pieces: list[Piece]
    named: dict[str, list[Piece]]


def parsed(text: str) -> Template:
    """Return a template as a tree. Raises SyntaxProblem when it isn't one.

    >>> [p.sort for p in parsed("a: {{ .Values.b | quote }}{{ if .Values.c }}x{{ end }}").pieces]
    ['text', 'action', 'if']
    """
    named: dict[str, list[Piece]] = {}
    top: list[Piece] = []
    open_: list[
        tuple[str, list[Piece], Piece | None, int]
    ] = []  # keyword, where pieces go, its own piece, line
    into = top
    for count, (sort, content, line) in enumerate(_split(text)):
        if count > MAX_ACTIONS:
            raise SyntaxProblem(line, f"more than {MAX_ACTIONS} actions")
        if sort == "text":
            if content:
                into.append(Piece("text", line, content))
            continue
        word, _, rest = content.partition(" ")
        word = re.split(r"[\s(]", content, maxsplit=1)[0]
        rest = content[len(word) :].strip()
        if word in ("if", "range", "with"):
            piece = Piece(word, line, pipe=_pipe(rest, line))
            into.append(piece)
            open_.append((word, into, piece, line))
            into = piece.body
        elif word in ("define", "block"):
            name, rest = _name(rest, line)
            body: list[Piece] = []
            named[name] = body
            if word == "block":
                into.append(Piece("template", line, name, _pipe(rest, line) if rest else None))
            open_.append((word, into, None, line))
            into = body
        elif word == "template":
            name, rest = _name(rest, line)
            into.append(Piece("template", line, name, _pipe(rest, line) if rest else None))
        elif word == "else":
            holder = open_[-1][2] if open_ else None
            if holder is None:
                raise SyntaxProblem(line, "an else without an if")
            into = holder.otherwise
            if rest.split(" ", 1)[0] in ("if", "with"):
                word, _, rest = rest.partition(" ")
                piece = Piece(word, line, pipe=_pipe(rest, line))
                into.append(piece)
                keyword, back, _, at = open_.pop()
                open_.append((keyword, back, piece, at))
                into = piece.body
        elif word == "end":
            if not open_:
                raise SyntaxProblem(line, "an end without a beginning")
            into = open_.pop()[1]
        elif word in ("break", "continue"):
            raise SyntaxProblem(line, f"{word} isn't understood")
        elif content:
            into.append(Piece("action", line, pipe=_pipe(content, line)))
        if len(open_) > MAX_NESTING:
            raise SyntaxProblem(line, f"nested deeper than {MAX_NESTING} levels")
    if open_:
        raise SyntaxProblem(open_[-1][3], f"{open_[-1][0]} without an end")
    return Template(top, named)


def _split(text: str) -> list[tuple[str, str, int]]:
    """Return the texts and actions in order, each with its line, white space beside `{{-` and `-}}` taken out."""
    out: list[tuple[str, str, int]] = []
    at, line, trim = 0, 1, False
    while True:
        start = text.find("{{", at)
        plain = text[at:] if start < 0 else text[at:start]
        begins = line
        line += plain.count("\n")
        if trim:
            kept = plain.lstrip()
            begins += plain[: len(plain) - len(kept)].count("\n")
            plain = kept
        if start >= 0 and text.startswith("{{-", start) and text[start + 3 : start + 4].isspace():
            plain = plain.rstrip()
        out.append(("text", plain, begins))
        if start < 0:
            return out
        end = _end(text, start + 2)
        if end < 0:
            raise SyntaxProblem(line, "{{ without }}")
        content = text[start + 2 : end]
        opened = line
        line += content.count("\n")
        if content.startswith("-") and content[1:2].isspace():
            content = content[1:]
        trim = content.endswith("-") and content[-2:-1] in " \t\n/"
        content = (content[:-1] if trim else content).strip()
        if not content.startswith("/*"):
            opened += len(re.match(r"-?\s*", text[start + 2 : end])[0].split("\n")) - 1  # type: ignore[index]
            out.append(("action", content, opened))
        at = end + 2


def _end(text: str, at: int) -> int:
    """Return where an action ends: at the first `}}` outside strings; within a comment, behind it."""
    comment = re.compile(r"-?\s*/\*").match(text, at)
    if comment:
        closed = text.find("*/", comment.end())
        return text.find("}}", closed) if closed >= 0 else -1
    quote = ""
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\" and quote == '"':
                at += 1
            elif char == quote:
                quote = ""
        elif char in '"`':
            quote = char
        elif text.startswith("}}", at):
            return at
        at += 1
    return -1


def _name(rest: str, line: int) -> tuple[str, str]:
    found = re.match(r"[\"`]([^\"`]*)[\"`]\s*", rest)
    if found is None:
        raise SyntaxProblem(line, "expected the name of a template in quotes")
    return found[1], rest[found.end() :]


def _pipe(text: str, line: int) -> Pipe:
    tokens: list[tuple[str, str, bool]] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:
            raise SyntaxProblem(line, f"{text[at : at + 10]!r} isn't understood")
        glued = at > 0 and not text[at - 1].isspace()
        at = found.end()
        if found.lastgroup:
            tokens.append((found.lastgroup, found[0], glued))
    names: list[str] = []
    for n, (sort, value, _) in enumerate(tokens[:4]):
        if sort == "mark" and value in (":=", "="):
            names = [v for s, v, _ in tokens[:n] if s == "var"]
            tokens = tokens[n + 1 :]
            break
    pipe, rest = _commands(tokens, 0, line, 0)
    if rest != len(tokens):
        raise SyntaxProblem(line, "a parenthesis too many")
    return Pipe(pipe.commands, tuple(names))


def _commands(tokens: list[tuple[str, str, bool]], at: int, line: int, depth: int) -> tuple[Pipe, int]:
    if depth > MAX_NESTING:
        raise SyntaxProblem(line, f"parentheses deeper than {MAX_NESTING} levels")
    commands: list[tuple[Operand, ...]] = []
    current: list[Operand] = []
    while at < len(tokens):
        sort, value, glued = tokens[at]
        if value == ")" and sort == "mark":
            break
        at += 1
        if sort == "mark" and value == "|":
            commands.append(tuple(current))
            current = []
        elif sort == "mark" and value == "(":
            inner, at = _commands(tokens, at, line, depth + 1)
            if at >= len(tokens):
                raise SyntaxProblem(line, "a parenthesis is missing")
            at += 1
            current.append(Operand("pipe", inner))
        elif sort == "field" and glued and current and current[-1].sort in ("var", "pipe", "dot"):
            last = current.pop()
            current.append(Operand(last.sort, last.value, (*last.fields, value[1:])))
        elif sort == "field":
            current.append(Operand("dot", None, (value[1:],)))
        elif sort == "dot":
            current.append(Operand("dot"))
        elif sort == "var":
            current.append(Operand("var", value))
        elif sort == "string":
            current.append(Operand("literal", _string(value)))
        elif sort == "number":
            number = value.replace("_", "")
            current.append(Operand("literal", float(number) if "." in number else int(number[:18])))
        elif sort == "word" and value in ("true", "false", "nil"):
            current.append(Operand("literal", {"true": True, "false": False}.get(value)))
        elif sort == "word":
            current.append(Operand("call", value))
        else:
            raise SyntaxProblem(line, f"{value!r} isn't understood here")
    commands.append(tuple(current))
    if not all(commands):
        raise SyntaxProblem(line, "an empty command")
    return Pipe(tuple(commands)), at


def _string(written: str) -> str:
    if written[0] == "`":
        return written[1:-1]
    try:
        return str(json.loads(f'"{written[1:-1]}"' if written[0] == "'" else written))
    except ValueError:
        return written[1:-1]
