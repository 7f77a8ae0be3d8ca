"""Dockerfiles, Procfiles and the settings of application servers: how a service is built and started."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from buttress.readers.python.texts import Text

_IS_PYTHON = re.compile(
    r"\bpython3?\b|\bpip3?\b|\buv\b|\bpoetry\b|gunicorn|uvicorn|\bcelery\b|\.py\b|\bpdm\b", re.IGNORECASE
)
MAX_INSTRUCTIONS = 2000


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction of a Dockerfile: its word in capitals, the rest with continuations joined, and its first line."""

    word: str
    rest: str
    line: int
    stage: int


@dataclass(slots=True, eq=False)
class Dockerfile:
    """A Dockerfile's instructions and stages."""

    text: Text
    instructions: list[Instruction] = field(default_factory=list)
    stages: list[tuple[str, str, int]] = field(default_factory=list)  # image, name, line

    @property
    def last_stage(self) -> list[Instruction]:
        """Return the instructions of the stage that is shipped, those of the stages that it builds on first."""
        chain = [len(self.stages) - 1]
        names = {name: n for n, (_, name, _) in enumerate(self.stages) if name}
        while chain and (base := self.stages[chain[-1]][0].lower()) in names and names[base] not in chain:
            chain.append(names[base])
        order = list(reversed(chain))
        return [i for n in order for i in self.instructions if i.stage == n]

    @property
    def base(self) -> tuple[str, int]:
        """Return the image that the shipped stage is built on, and the line that names it."""
        names = {name: n for n, (_, name, _) in enumerate(self.stages) if name}
        n, seen = len(self.stages) - 1, set()
        while n >= 0 and (image := self.stages[n][0].lower()) in names and n not in seen:
            seen.add(n)
            n = names[image]
        return (self.stages[n][0], self.stages[n][2]) if self.stages else ("", 0)

    @property
    def command(self) -> tuple[str, int, bool]:
        """Return the command that starts it, its line, and whether a shell stands between (signals don't get through)."""
        entry, command = None, None
        for instruction in self.last_stage:
            if instruction.word == "ENTRYPOINT":
                entry = instruction
            elif instruction.word == "CMD":
                command = instruction
        parts = [_words(i) for i in (entry, command) if i is not None]
        if not parts:
            return "", 0, False
        last = command or entry
        assert last is not None
        shell = not last.rest.lstrip().startswith("[") and "exec " not in last.rest
        return " ".join(parts), last.line, shell


def _words(instruction: Instruction) -> str:
    rest = instruction.rest.strip()
    if rest.startswith("["):
        try:
            return " ".join(map(str, json.loads(rest)))
        except (ValueError, RecursionError):
            return rest.strip("[]").replace('"', "").replace(",", " ")
    return rest


def dockerfile(text: Text) -> Dockerfile | None:
    r"""Return a Dockerfile's instructions, None when it builds nothing of Python.

    >>> from buttress.model import Source
    >>> read = dockerfile(Text(Source("Dockerfile", "FROM python:3.12 AS build\nFROM build\nCMD [\"gunicorn\", \"shop.wsgi\"]\n")))
    >>> read.base, read.command
    (('python:3.12', 1), ('gunicorn shop.wsgi', 3, False))
    """
    if not _IS_PYTHON.search(text.source.text):
        return None
    out = Dockerfile(text)
    variables: dict[str, str] = {}
    n = 0
    while n < len(text.lines) and len(out.instructions) < MAX_INSTRUCTIONS:
        start, line = n, text.lines[n].strip()
        n += 1
        if not line or line.startswith("#"):
            continue
        while line.endswith("\\") and n < len(text.lines):
            following = text.lines[n].strip()
            n += 1
            line = line[:-1].rstrip() + " " + ("\\" if following.startswith("#") else following)
        heredoc = re.search(r"<<-?[\"']?(\w+)", line)
        if heredoc:
            while n < len(text.lines) and text.lines[n].strip() != heredoc[1]:
                line += " ; " + text.lines[n].strip()
                n += 1
            n += 1
        word, _, rest = line.partition(" ")
        word = word.upper()
        if not re.fullmatch(r"[A-Z]{2,12}", word):
            continue
        if word == "ARG":
            name, _, value = rest.strip().partition("=")
            variables[name] = value.strip("\"'")
        if word == "FROM":
            found = re.match(r"(?:--platform=\S+\s+)?(\S+)(?:\s+as\s+(\S+))?", rest.strip(), re.IGNORECASE)
            if found is None:
                continue
            image = re.sub(
                r"\$\{?(\w+)(?::-([^}]*))?\}?", lambda m: variables.get(m[1], m[2] or m[0]), found[1]
            )
            out.stages.append((image, (found[2] or "").lower(), start + 1))
        out.instructions.append(Instruction(word, rest.strip(), start + 1, len(out.stages) - 1))
    return out if out.stages else None


def procfile(text: Text) -> list[tuple[str, str, int]]:
    r"""Return the processes of a Procfile: name, command, line.

    >>> from buttress.model import Source
    >>> procfile(Text(Source("Procfile", "web: gunicorn shop.wsgi\nworker: celery -A shop worker\n")))[1]
    ('worker', 'celery -A shop worker', 2)
    """
    out = []
    for n, line in enumerate(text.lines):
        found = re.match(r"\s*([\w-]+):\s*(\S.*)", line)
        if found:
            out.append((found[1], found[2].strip(), n + 1))
    return out
