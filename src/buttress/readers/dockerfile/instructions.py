"""The instructions of a Dockerfile, by stage, with their lines: continuations joined, heredocs kept out, arguments filled in."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field

from buttress.model import Diagnostic, Evidence, Source
from buttress.workloads.folders import is_for_developing

MAX_INSTRUCTIONS = 5_000
MAX_VALUE = 20_000
_WORDS = frozenset(
    """
        FROM RUN CMD LABEL MAINTAINER EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL
        HEALTHCHECK SHELL
    """.split()
)
_FROM = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?[\"']?(\w+)[\"']?")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::([-+])([^${}]*))?\})")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word in capitals, the rest with continuations joined, its first line and the lines that follow."""

    word: str
    rest: str
    line: int
    lines: tuple[tuple[int, str], ...]


@dataclass(slots=True)
class Stage:
    """One stage: the image or stage it starts from, as written and with arguments filled in, its name, its instructions."""

    written: str
    image: str
    name: str
    line: int
    instructions: list[Instruction] = field(default_factory=list)


@dataclass(slots=True)
class Dockerfile:
    """A Dockerfile: its stages in order, the arguments before the first one, and what couldn't be read."""

    source: Source
    stages: list[Stage] = field(default_factory=list)
    arguments: list[Instruction] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def at(self, line: int, words: str = "") -> Evidence:
        """Return the evidence for a line: the words, or all that stands there."""
        written = self.source.text.split("\n")[line - self.source.first_line].strip()
        return Evidence(self.source.path, line, line, words or written[:200].strip(), "code")

    def final(self) -> Stage:
        """Return the stage that is shipped: the last one that isn't named as one for developing or testing."""
        shipped = [s for s in self.stages if not is_for_developing(s.name)]
        return (shipped or self.stages)[-1]

    def chain(self) -> list[Stage]:
        """Return the stages that the image is made of: the one that is shipped, the stage it starts from, and so on."""
        by_name = {s.name: s for s in self.stages if s.name}
        out: list[Stage] = []
        stage: Stage | None = self.final()
        while stage is not None and stage not in out:
            out.append(stage)
            before = self.stages.index(stage)
            found = by_name.get(stage.image.lower())
            stage = found if found is not None and self.stages.index(found) < before else None
        return out

    def last(self, word: str) -> Instruction | None:
        """Return the instruction of a sort that counts in the image: the last of the nearest stage that has one."""
        for stage in self.chain():
            found = [i for i in stage.instructions if i.word == word]
            if found:
                return found[-1]
        return None


def parsed(source: Source) -> Dockerfile:
    r"""Return a Dockerfile's stages; what is no instruction is told and left out.

    >>> file = parsed(Source("Dockerfile", "ARG V=3.12\nFROM python:$V AS build\nFROM build\nUSER \\\n  app\n"))
    >>> [s.image for s in file.stages], file.last("USER").rest, file.last("USER").line
    (['python:3.12', 'build'], 'app', 4)
    """
    out = Dockerfile(source)
    lines = source.text.split("\n")
    escape = "`" if re.match(r"\s*#\s*escape\s*=\s*`", source.text) else "\\"
    arguments: dict[str, str] = {}
    known: dict[str, str] = {}
    n = count = 0
    while n < len(lines):
        start = n
        pieces: list[tuple[int, str]] = []
        while n < len(lines):
            line = lines[n].strip()
            n += 1
            if not line or line.startswith("#"):
                if not pieces:
                    start = n
                continue
            more = line.endswith(escape)
            pieces.append((source.first_line + n - 1, line[:-1].rstrip() if more else line))
            if not more:
                break
        if not pieces:
            break
        first = source.first_line + start
        rest = " ".join(text for _, text in pieces)[:MAX_VALUE]
        word, _, rest = rest.partition(" ")
        word = word.upper()
        if word in ("RUN", "COPY", "ADD"):
            n = _past_heredocs(rest, lines, n)
        if word not in _WORDS:
            if not re.search(r"\{\{|\{%|<%", word):
                reason = f"{word[:30]!r} is no instruction of a Dockerfile; this line was left out"
                out.diagnostics.append(Diagnostic(source.path, first, reason))
            continue
        count += 1
        if count > MAX_INSTRUCTIONS:
            reason = f"more than {MAX_INSTRUCTIONS} instructions; the rest was left out"
            out.diagnostics.append(Diagnostic(source.path, first, reason, "error"))
            break
        instruction = Instruction(word, rest.strip(), first, tuple(pieces))
        if word == "ARG" and not out.stages:
            arguments.update((k, v) for k, v in pairs(instruction.rest) if v)
        if word == "FROM":
            found = _FROM.match(instruction.rest)
            if found is None:
                continue
            name = (found[2] or "").lower()
            out.stages.append(Stage(found[1], filled(found[1], arguments), name, first))
            known = {}
        elif out.stages:
            if word in ("ARG", "ENV"):
                given = {
                    k: filled(v, known) if v else arguments.get(k, "") for k, v in pairs(instruction.rest)
                }
                known.update(given)
            elif word in ("USER", "EXPOSE"):
                instruction = Instruction(word, filled(instruction.rest, known), first, tuple(pieces))
            out.stages[-1].instructions.append(instruction)
        else:
            out.arguments.append(instruction)
    return out


def _past_heredocs(rest: str, lines: list[str], n: int) -> int:
    """Return the line behind the heredocs that an instruction opens; one that is never closed is passed over."""
    for mark in _HEREDOC.findall(rest)[:20]:
        end = next((k for k in range(n, len(lines)) if lines[k].strip() == mark), None)
        n = n if end is None else end + 1
    return n


def pairs(rest: str) -> list[tuple[str, str]]:
    """Return the names and values of an ENV, ARG or LABEL; a name without a value has an empty one.

    >>> pairs('A=1 B="two words"'), pairs("KEY some value"), pairs("TOKEN")
    ([('A', '1'), ('B', 'two words')], [('KEY', 'some value')], [('TOKEN', '')])
    """
    first = rest.split(maxsplit=1)
    if len(first) == 2 and "=" not in first[0]:
        return [(first[0], first[1].strip())] if re.fullmatch(r"[\w.-]+", first[0]) else []
    try:
        words = shlex.split(rest)
    except ValueError:
        words = rest.split()
    found = (word.partition("=") for word in words)
    return [(name, value) for name, _, value in found if re.fullmatch(r"[\w./-]+", name)]


def filled(text: str, values: dict[str, str]) -> str:
    """Return a text with the variables filled in that have a value or a default; the others stay as they are.

    >>> filled("python:${V:-3.12}-$OS", {}), filled("$A", {"A": "b"})
    ('python:3.12-$OS', 'b')
    """

    def given(found: re.Match[str]) -> str:
        value = values.get(found[1] or found[2], "")
        if found[3] == "+":
            return found[4] if value else ""
        return value or found[4] or found[0]

    return _VARIABLE.sub(given, text)[:MAX_VALUE] if "$" in text else text


def command_of(instruction: Instruction) -> tuple[str, bool]:
    """Return the command line of a CMD or ENTRYPOINT, and whether a shell runs it.

    >>> one = Instruction("CMD", '["gunicorn", "shop.wsgi"]', 1, ())
    >>> command_of(one), command_of(Instruction("CMD", "gunicorn shop.wsgi", 1, ()))
    (('gunicorn shop.wsgi', False), ('gunicorn shop.wsgi', True))
    """
    rest = instruction.rest
    if rest.startswith("["):
        try:
            parts = [str(p) for p in json.loads(rest)]
        except (ValueError, RecursionError, TypeError):
            return re.sub(r"[\[\]\",]+", " ", rest).strip(), True
        if len(parts) > 2 and re.fullmatch(r"(?:.*/)?(?:ba|da|a)?sh", parts[0]) and parts[1] in ("-c", "-lc"):
            return " ".join(parts[2:]), True
        return shlex.join(parts) if any(" " in p for p in parts) else " ".join(parts), False
    return rest, True
