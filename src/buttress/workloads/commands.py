"""What a command line that starts a server says: which server, how many workers and threads, how long it waits for them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace

from buttress.model import Evidence, Fact, FactValue

MAX_COMMAND = 4_000
# Programs that copy what a store holds to somewhere else.
SAVES = (
    r"\b(?:pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mongodump|redis-cli\b.*--rdb|restic\s+backup|borg\s+create|wal-g"
    r"|barman\s+backup)\b"
)
_DEFAULT = re.compile(r"\$\{\w+:?-([^${}]*)\}")
_SERVERS = {
    "gunicorn": "Gunicorn",
    "uvicorn": "Uvicorn",
    "hypercorn": "Hypercorn",
    "granian": "Granian",
    "daphne": "Daphne",
    "uwsgi": "uWSGI",
    "waitress-serve": "Waitress",
}
_DEVELOPMENT = (
    ("runserver", re.compile(r"\bmanage(?:\.py)?\s+runserver(?:_plus)?\b")),
    ("flask run", re.compile(r"\bflask\s+(?:-\S+\s+(?:[\w.:]+\s+)?)*run\b")),
    ("fastapi dev", re.compile(r"\bfastapi\s+dev\b")),
    ("http.server", re.compile(r"-m\s+http\.server\b")),
    ("--reload", re.compile(r"\b(?:gunicorn|uvicorn|hypercorn|granian)\b.*\s--reload(?:\s|$)")),
)
# What an option says, by server: its spellings, the fact, and whether the fact is a number.
_NUMBERS: dict[str, dict[str, tuple[str, ...]]] = {
    "Gunicorn": {
        "workers": ("-w", "--workers"),
        "threads": ("--threads",),
        "worker_timeout": ("-t", "--timeout"),
        "graceful_timeout": ("--graceful-timeout",),
        "worker_max_requests": ("--max-requests",),
        "keep_alive": ("--keep-alive",),
    },
    "Uvicorn": {
        "workers": ("--workers",),
        "graceful_timeout": ("--timeout-graceful-shutdown",),
        "worker_max_requests": ("--limit-max-requests",),
        "keep_alive": ("--timeout-keep-alive",),
        "concurrency_limit": ("--limit-concurrency",),
    },
    "Hypercorn": {
        "workers": ("-w", "--workers"),
        "graceful_timeout": ("--graceful-timeout",),
        "keep_alive": ("--keep-alive",),
    },
    "Granian": {"workers": ("--workers",), "threads": ("--runtime-threads",)},
    "uWSGI": {
        "workers": ("-p", "--processes", "--workers"),
        "threads": ("--threads",),
        "worker_timeout": ("--harakiri",),
        "worker_max_requests": ("--max-requests",),
    },
    "Waitress": {"threads": ("--threads",)},
    "Celery": {
        "concurrency": ("-c", "--concurrency"),
        "worker_max_requests": ("--max-tasks-per-child", "--maxtasksperchild"),
        "task_time_limit": ("--time-limit",),
    },
}
_SPELLED = {"Gunicorn": ("-k", "--worker-class"), "Celery": ("-P", "--pool")}
_ELSEWHERE = ("-c", "--config", "--worker-class-config")
_OFF = {"worker_timeout", "worker_max_requests"}  # for these, zero means that there is none


def facts_of(pieces: Sequence[tuple[str, Evidence]]) -> tuple[Fact, ...]:
    """Return what a command line says about the server that it starts; each piece of it comes with its place.

    Defaults of variables count as what is said, variables without one as unknown. Gunicorn without a number of workers and
    without a file of settings is started with one, unless `WEB_CONCURRENCY` says otherwise; that is left to who knows the settings.

    >>> it = Evidence("c.yaml", 4, 4, "command: jupyter lab --ServerApp.token=''", "config")
    >>> [f.name for f in facts_of([("jupyter lab --ServerApp.token=''", it)])], facts_of([("jupyter lab --ServerApp.token=abc", it)])
    (['open_console'], ())
    >>> here = Evidence("Procfile", 1, 1, "web: gunicorn -w 4 --timeout 0 shop.wsgi", "config")
    >>> [(f.name, f.value, f.status) for f in facts_of([("gunicorn -w 4 --timeout 0 shop.wsgi", here)])]
    [('app_server', 'Gunicorn', 'stated'), ('workers', 4, 'stated'), ('worker_timeout', None, 'denied')]
    """
    words = [(word, place) for text, place in pieces for word in _words(text)]
    line = " ".join(word for word, _ in words)
    facts: list[Fact] = list(_unlocked(pieces))

    def say(name: str, value: FactValue, place: Evidence, *, denied: bool = False) -> None:
        if not any(f.name == name for f in facts):
            facts.append(Fact(name, None if denied else value, "denied" if denied else "stated", (place,)))

    server, start = _server(words)
    if start < 0:
        return _development(line, words, tuple(facts))
    if server != "Celery":
        say("app_server", server, words[start][1])
    for name, spellings in _NUMBERS.get(server, {}).items():
        found = _option(words[start + 1 :], spellings)
        if found is None or not re.fullmatch(r"\d{1,6}", found[0]):
            continue
        number = int(found[0])
        say(name, number, found[1], denied=number == 0 and name in _OFF)
    kind = _option(words[start + 1 :], _SPELLED.get(server, ()))
    if kind is not None and re.fullmatch(r"[A-Za-z][\w.]*", kind[0]):
        say("worker_class", kind[0].rpartition(".")[2] if kind[0].count(".") else kind[0], kind[1])
    if server == "Gunicorn" and any(word == "--preload" for word, _ in words[start:]):
        say("preload", True, next(place for word, place in words[start:] if word == "--preload"))
    return _development(line, words, tuple(facts))


# Options by which a program that runs whatever its callers send asks none of them who he is.
_UNLOCKED = re.compile(
    r"--(?:NotebookApp|ServerApp|IdentityProvider|PasswordIdentityProvider)\.(?:token|password|hashed_password)(?:=|[\"']?,?\s+)[\"']{0,4}(?=[\"',\]\s]|$)"
    r"|\bcode-server\b.*--auth[=\s\"',]+none\b"
)


def _unlocked(pieces: Sequence[tuple[str, Evidence]]) -> tuple[Fact, ...]:
    """Return that a command turns the login of a notebook or an editor off, with the piece of it that does."""
    whole = " ".join(text for text, _ in pieces)[:MAX_COMMAND]
    if not pieces or _UNLOCKED.search(whole) is None:
        return ()
    place = next(
        (p for text, p in pieces if "token" in text or "password" in text or "auth" in text), pieces[0][1]
    )
    return (Fact("open_console", True, "stated", (place,)),)


def saved_by(pieces: Sequence[tuple[str, Evidence]]) -> tuple[Fact, ...]:
    """Return that a command copies what a store holds to somewhere else, with the piece of it that does.

    >>> here = Evidence("c.yaml", 4, 4, "command: pg_dump shop", "config")
    >>> [f.name for f in saved_by([("sh -c", here), ("pg_dump -h db shop > /backups/shop.sql", here)])], saved_by([("pg_restore", here)])
    (['saves_stores'], ())
    """
    place = next((place for text, place in pieces if re.search(SAVES, text[:MAX_COMMAND])), None)
    return (Fact("saves_stores", True, "stated", (place,)),) if place is not None else ()


# Options that are given a password or a key.
_SECRET_OPTION = re.compile(
    r"--(?!(?:no|without|skip|disabled?|allow-empty|validate|prompt|ask)-)(?:requirepass|masterauth|(?:[\w-]*-)?(?:password|passwd|secret|token|api-?key|secret-?key))",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(r"[-/$<{*].*|.*[$<{].*|true|false|none|on|off|yes|no|stdin|\d{0,3}", re.IGNORECASE)


def secrets_in(pieces: Sequence[tuple[str, Evidence]]) -> tuple[Evidence, ...]:
    """Return where a command line writes a password or a key out, each place up to the option that is given it.

    >>> here = Evidence("c.yaml", 4, 4, 'command: ["redis-server", "--requirepass", "', "config")
    >>> [e.quote for e in secrets_in([("redis-server", here), ("--requirepass", here), ("k3y", here)])]
    ['command: ["redis-server", "--requirepass']
    >>> secrets_in([("redis-server --requirepass ${PASSWORD:-k3y}", here), ("--token-file /run/token", here)])
    ()
    >>> dump = Evidence("c.yaml", 4, 4, "command: pg_dump --no-password shop", "config")
    >>> secrets_in([("pg_dump --no-password shop", dump)])
    ()
    """
    words = [
        (word, place) for text, place in pieces for word in (_words(text) if "$" not in text else ("$",))
    ]
    out: dict[Evidence, None] = {}
    for n, (word, place) in enumerate(words):
        option, mark, value = word.partition("=")
        if _SECRET_OPTION.fullmatch(option) is None or option not in place.quote:
            continue
        value = value if mark else words[n + 1][0] if n + 1 < len(words) else ""
        if _NO_SECRET.fullmatch(value) is None:
            shown = place.quote[: place.quote.index(option) + len(option)]
            out[replace(place, quote=shown)] = None
    return tuple(out)


def serves(command: str) -> bool:
    """Return whether a command starts a server of code, also one that is only for developing.

    >>> serves("gunicorn shop.wsgi"), serves("python manage.py runserver"), serves("python seed.py")
    (True, True, False)
    """
    words = [(word, None) for word in _words(command)]
    return _server(words)[1] >= 0 or any(p.search(command[:MAX_COMMAND]) for _, p in _DEVELOPMENT)


def is_default_gunicorn(command: str) -> bool:
    """Return whether a command starts Gunicorn and leaves the number of workers to it.

    >>> is_default_gunicorn("gunicorn shop.wsgi"), is_default_gunicorn("gunicorn -c conf.py shop.wsgi")
    (True, False)
    """
    words = [(word, None) for word in _words(command)]
    server, start = _server(words)
    rest = [word.partition("=")[0] for word, _ in words[start + 1 :]]
    return (
        server == "Gunicorn"
        and start >= 0
        and not any(w in ("-w", "--workers", *_ELSEWHERE) or re.match(r"-[wc]", w) for w in rest)
        and "GUNICORN_CMD_ARGS" not in command
        and "WEB_CONCURRENCY" not in command
    )


def module_of(command: str) -> str:
    """Return the package that a server or a queue of tasks is started for, nothing when the command doesn't name one.

    >>> module_of("gunicorn --bind :8000 shop.wsgi:application"), module_of("celery -A billing worker"), module_of("./run.sh")
    ('shop', 'billing', '')
    """
    words = _words(command)
    for n, word in enumerate(words):
        found = re.fullmatch(r"([A-Za-z]\w*)(?:\.\w+)*(?::\w+(?:\(\))?)", word) or re.fullmatch(
            r"([A-Za-z]\w*)\.(?:wsgi|asgi)", word
        )
        if found is None and n and words[n - 1] in ("-A", "--app"):
            found = re.fullmatch(r"([A-Za-z]\w*)(?:[.:]\w+)*", word)
        if found is not None:
            return found[1]
    return ""


def _words(text: str) -> list[str]:
    text = _DEFAULT.sub(r"\1", text[:MAX_COMMAND])
    try:
        return shlex.split(text, posix=True)
    except ValueError:
        return text.split()


def _server(words: Sequence[tuple[str, object]]) -> tuple[str, int]:
    """Return the server that is started, and the position of its name; -1 when there is none."""
    for n, (word, _) in enumerate(words):
        name = word.rpartition("/")[2]
        if name in _SERVERS:
            return _SERVERS[name], n
        if name == "celery" and any(w in ("worker", "beat") for w, _ in words[n:]):
            return "Celery", n
        if name == "fastapi" and n + 1 < len(words) and words[n + 1][0] == "run":
            return "Uvicorn", n
    return "", -1


def _option(words: Sequence[tuple[str, Evidence]], spellings: Sequence[str]) -> tuple[str, Evidence] | None:
    """Return the value of an option with its place: behind a space, an equals sign, or glued to a short one."""
    for n, (word, place) in enumerate(words):
        name, mark, value = word.partition("=")
        if name in spellings:
            if mark:
                return value, place
            return words[n + 1] if n + 1 < len(words) else None
        short = word[:2]
        if short in spellings and not word.startswith("--") and word[2:].isdecimal():
            return word[2:], place
    return None


def _development(
    line: str, words: Sequence[tuple[str, Evidence]], facts: tuple[Fact, ...]
) -> tuple[Fact, ...]:
    """Return the facts, and that the server is one for developing when the line says so."""
    for label, pattern in _DEVELOPMENT:
        if pattern.search(line):
            last = label.split()[-1]
            place = next((p for w, p in words if last in w), words[0][1])
            return (*facts, Fact("development_server", label, "stated", (place,)))
    return facts
