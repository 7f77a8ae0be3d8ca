"""What a Dockerfile says of the container that it builds and, because it is complete, what it leaves out."""

from __future__ import annotations

import posixpath
import re

from buttress import workloads
from buttress.model import Evidence, Fact, FactValue
from buttress.readers.dockerfile.instructions import Dockerfile, Instruction, command_of, pairs
from buttress.workloads import commands, folders, lifetimes, processes, pythons

MAX_SHOWN = 2000

_NONROOT = re.compile(r"nonroot|unprivileged|rootless")
_DROPS = re.compile(r"\b(?:gosu|su-exec|setpriv|runuser|s6-setuidgid|chroot --userspec)\b|\bsu\s+-")
# Tags that move from version to version; Python leaves out modules from one minor version to the next.
_MOVES = re.compile(
    r"(?:latest|stable|lts|current|edge|mainline|nightly|main|master|dev|slim|alpine|debian|buster|bullseye|bookworm|trixie)?(?:-slim|-alpine)?"
)
_MAJOR = re.compile(r"^python:3(?:-|$)")
_PLACEHOLDER = re.compile(
    r"change|dummy|build|placeholder|unused|fake|test|example|temp|not[-_ ]?(?:used|real|secret)|xxx|your|insecure|default|replace|todo",
    re.IGNORECASE,
)
_PYTHON = re.compile(
    r"(?:^|/)(?:python|pypy)(?:[:\w./-]*?)(?::|python)(\d\.\d{1,2})|(?:^|[/:-])python-?(\d\.\d{1,2})|(?:^|/)python-?(3\d{1,2})\b"
)

_BUILD_TOOLS = re.compile(
    r"\b(?:build-essential|gcc|g\+\+|make|python3?-dev|libpq-dev|musl-dev|rust|cargo|clang|default-libmysqlclient-dev)\b"
)
_TAKEN_OUT = re.compile(r"apt-get (?:purge|remove)|apk del|--auto-remove")
_ENVIRONMENT = re.compile(
    r"-m venv|\bvirtualenv\b|uv venv|VIRTUAL_ENV|UV_PROJECT_ENVIRONMENT|\.venv/bin|uv sync"
)
_INSTALLS = re.compile(
    r"\bpip3?\s+install\s.*-r\b|poetry\s+install|uv\s+(?:sync|pip)|pdm\s+(?:install|sync)|pipenv\s+(?:install|sync)"
    r"|pip3?\s+install\s+(?:\S+\s+)*\.(?:\s|$)"
)
_PROXY = re.compile(folders.PROXY_FOLDER)
_ALL_CODE = re.compile(r"(?!.*--from)(?:--\S+\s+)*\.\s")
# Variables that application servers take their settings from.
_VARIABLES = {
    "WEB_CONCURRENCY": (("Gunicorn", "Uvicorn"), "workers"),
    "UWSGI_WORKERS": (("uWSGI",), "workers"),
    "UWSGI_PROCESSES": (("uWSGI",), "workers"),
    "UWSGI_THREADS": (("uWSGI",), "threads"),
    "UWSGI_HARAKIRI": (("uWSGI",), "worker_timeout"),
}


def facts_of(file: Dockerfile) -> tuple[Fact, ...]:
    """Return the facts of the container that the last stage of a Dockerfile makes."""
    facts: list[Fact] = []
    chain = file.chain()
    first, base = chain[0], chain[-1]
    here, below = file.at(first.line), file.at(base.line)

    def say(name: str, place: Evidence, value: FactValue = True, *, denied: bool = False) -> None:
        facts.append(Fact(name, None if denied else value, "denied" if denied else "stated", (place,)))

    _base(base.image, below, facts)
    copied = next(
        (i for s in chain for i in s.instructions if i.word in ("COPY", "ADD") and "--from=" in i.rest), None
    )
    if copied is not None and len(file.stages) > len(chain):
        say("multi_stage_build", file.at(copied.line))
    elif "$" not in base.image:
        say("multi_stage_build", here, denied=True)
    _user(file, base.image, here, facts)
    check = file.last("HEALTHCHECK")
    if check is not None:
        off = check.rest.upper().startswith("NONE")
        say("health_check", file.at(check.line), denied=off)
    elif processes.OFFICIAL.fullmatch(base.image):
        say("health_check", here, denied=True)
    port = next((i for s in chain for i in s.instructions if i.word == "EXPOSE"), None)
    number = re.match(r"(\d{1,5})(?:/tcp)?(?:\s|$)", port.rest) if port is not None else None
    if port is not None and number is not None:
        say("port", file.at(port.line), int(number[1]))
    _packages(file, facts)
    _configuration(file, facts)
    _secrets(file, facts)
    _started(file, facts)
    return tuple(facts)


def _base(image: str, here: Evidence, facts: list[Fact]) -> None:
    name = image.rpartition("/")[2]
    if image.lower() == "scratch" or "$" in image or "{{" in image:
        return
    facts += [Fact("base_image", image, "stated", (here,)), *lifetimes.facts_of(image, here)]
    tag = name.partition("@")[0].partition(":")[2]
    pinned = "@sha256:" in image or not (_MOVES.fullmatch(tag) or _MAJOR.search(name))
    facts.append(
        Fact("base_image_pinned", True if pinned else None, "stated" if pinned else "denied", (here,))
    )
    python = _PYTHON.search(image.partition("@")[0])
    if python is not None:
        version = python[1] or python[2] or f"{python[3][0]}.{python[3][1:]}"
        facts.append(Fact("python_version", version, "stated", (here,)))
        supported = pythons.is_supported(version)
        if supported is not None:
            ends = pythons.SUPPORT_ENDS[version] if supported else None
            facts.append(Fact("python_supported", ends, "stated" if supported else "denied", (here,)))


def _user(file: Dockerfile, base: str, here: Evidence, facts: list[Fact]) -> None:
    """Tell whether the process is root's: by the last USER, else by the base image, as long as nothing gives the rights up."""
    user = file.last("USER")
    started = [i for w in ("ENTRYPOINT", "CMD") if (i := file.last(w)) is not None]
    if user is not None:
        name = user.rest.partition(":")[0].strip("\"' ").lower()
        root = name in ("root", "0")
        if "$" in name or (root and any(_DROPS.search(i.rest) for i in started)):
            return
        facts.append(
            Fact("non_root", None if root else True, "denied" if root else "stated", (file.at(user.line),))
        )
    elif _NONROOT.search(base):
        facts.append(Fact("non_root", True, "stated", (file.at(file.chain()[-1].line),)))
    elif processes.OFFICIAL.fullmatch(base) and not _DROPS.search(file.source.text) and not _script(started):
        facts.append(Fact("non_root", None, "denied", (here,)))


def _configuration(file: Dockerfile, facts: list[Fact]) -> None:
    """Tell which files of the build a proxy is configured by, as the instructions name them."""
    copied: dict[str, Evidence] = {}
    for instruction in file.final().instructions:
        if (
            instruction.word not in ("COPY", "ADD")
            or "--from" in instruction.rest
            or "<<" in instruction.rest
        ):
            continue
        words = [w for w in instruction.rest.split() if not w.startswith("--")]
        if len(words) > 1 and _PROXY.match(words[-1]):
            for word in words[:-1]:
                copied.setdefault(posixpath.normpath(word.lstrip("/")), file.at(instruction.line))
    if copied:
        facts.append(
            Fact("configuration_files", tuple(copied), "stated", tuple(dict.fromkeys(copied.values())))
        )


def _script(started: list[Instruction]) -> bool:
    """Return whether a script of the team's own starts the process: it may give up the rights of root."""
    return any(re.search(r"entrypoint|\.sh\b|supervisord", command_of(i)[0]) for i in started)


def _packages(file: Dockerfile, facts: list[Fact]) -> None:
    """Tell how what the application needs is installed: with tools that stay, into an environment of its own, in a layer that is kept."""
    for instruction in (i for s in file.chain() for i in s.instructions if i.word == "RUN"):
        if _BUILD_TOOLS.search(instruction.rest) and not _TAKEN_OUT.search(instruction.rest):
            facts.append(Fact("build_tools_in_image", True, "stated", (file.at(instruction.line),)))
            break
    every = [i for s in file.stages for i in s.instructions]
    environment = next((i for i in every if _ENVIRONMENT.search(i.rest)), None)
    if environment is not None:
        facts.append(Fact("virtual_environment", True, "stated", (file.at(environment.line),)))
    for stage in file.stages:
        installs = [
            n for n, i in enumerate(stage.instructions) if i.word == "RUN" and _INSTALLS.search(i.rest)
        ]
        if not installs:
            continue
        first = stage.instructions[: installs[0]]
        whole = any(i.word in ("COPY", "ADD") and _ALL_CODE.match(i.rest) for i in first)
        place = (file.at(stage.instructions[installs[0]].line),)
        facts.append(
            Fact("dependency_layer_cached", None if whole else True, "denied" if whole else "stated", place)
        )
        return


def _secrets(file: Dockerfile, facts: list[Fact]) -> None:
    written: list[Evidence] = []
    handed: list[Evidence] = []
    every = (*file.arguments, *(i for s in file.stages for i in s.instructions))
    for instruction in every:
        if instruction.word not in ("ENV", "ARG"):
            continue
        for key, value in pairs(instruction.rest):
            if value and workloads.holds_secret(key, value) and not _PLACEHOLDER.search(value):
                places = written
            elif not value and instruction.word == "ARG" and workloads.holds_secret(key, "a-given-value"):
                places = handed
            else:
                continue
            place = _key(file, instruction, key)
            places += [place] if place is not None else []
    if written:
        facts.append(Fact("secrets_in_plaintext", True, "stated", tuple(dict.fromkeys(written))))
    if handed:
        facts.append(Fact("secret_build_argument", True, "stated", tuple(dict.fromkeys(handed))))


def _key(file: Dockerfile, instruction: Instruction, key: str) -> Evidence | None:
    """Return the place of a variable's name, without its value."""
    for line, text in instruction.lines:
        if re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", text):
            return file.at(line, key)
    return None


def command_line(file: Dockerfile) -> tuple[str, Instruction | None]:
    """Return the command line by which the container starts, and the instruction that names the program."""
    entry, command = file.last("ENTRYPOINT"), file.last("CMD")
    if entry is None:
        return (command_of(command)[0], command) if command is not None else ("", None)
    line, shell = command_of(entry)
    if command is not None and not shell and _stage_of(file, command) <= _stage_of(file, entry):
        line = f"{line} {command_of(command)[0]}"
    return line, entry


def _stage_of(file: Dockerfile, instruction: Instruction) -> int:
    return next(n for n, s in enumerate(file.chain()) if instruction in s.instructions)


def _started(file: Dockerfile, facts: list[Fact]) -> None:
    line, main = command_line(file)
    if main is None:
        return
    entry, command = file.last("ENTRYPOINT"), file.last("CMD")
    named = [i for i in (entry, command) if i is not None]
    place = file.at(named[-1].line, _shown(file, named[-1]))
    facts.append(Fact("start_command", True, "stated", (place,)))
    pieces = [(command_of(i)[0], file.at(i.line, _shown(file, i))) for i in named]
    if entry is not None and command_of(entry)[1]:
        pieces = pieces[:1]  # a shell that is the entry point passes no arguments on
    found = [*processes.process_of(line, place), *commands.facts_of(pieces)]
    settings = {
        k for s in file.chain() for i in s.instructions if i.word in ("ENV", "ARG") for k, _ in pairs(i.rest)
    }
    if commands.is_default_gunicorn(line) and not settings & {"WEB_CONCURRENCY", "GUNICORN_CMD_ARGS"}:
        found.append(Fact("workers", 1, "stated", found[0].evidence))
    facts.extend(found)
    _from_environment(file, found, facts)
    text, shell = command_of(main)
    script = re.search(r"\.sh\b|entrypoint", text)
    if shell and not script and not re.search(r"(?:^|&&|;)\s*exec\s|\btini\b|dumb-init", text):
        facts.append(Fact("shell_form_command", True, "stated", (file.at(main.line, _shown(file, main)),)))
    elif not shell:
        facts.append(Fact("shell_form_command", None, "denied", (file.at(main.line, _shown(file, main)),)))


def _from_environment(file: Dockerfile, found: list[Fact], facts: list[Fact]) -> None:
    """Add what a server takes from variables, where the command doesn't say it."""
    server = next((f.value for f in found if f.name == "app_server"), None)
    for instruction in (i for s in file.chain() for i in s.instructions if i.word == "ENV"):
        for key, value in pairs(instruction.rest):
            servers, name = _VARIABLES.get(key, ((), ""))
            told = any(f.name == name for f in facts)
            if server in servers and re.fullmatch(r"\d{1,9}", value) and not told:
                place = _key(file, instruction, f"{key}={value}") or _key(file, instruction, key)
                facts += [Fact(name, int(value), "stated", (place,))] if place is not None else []


def _shown(file: Dockerfile, instruction: Instruction) -> str:
    """Return the words of an instruction that may be shown: its line, or its name alone when it may hold a secret."""
    written = file.source.text.split("\n")[instruction.line - file.source.first_line].strip()
    if re.search(
        r"-pass|-[\w-]{1,80}pass|passw|pwd|secret|token|api[_-]?key|://[^\s/:]{0,200}:[^\s/@]{0,200}@",
        written[:MAX_SHOWN],
        re.IGNORECASE,
    ):
        return written.split()[0]
    return written[:200].strip()
