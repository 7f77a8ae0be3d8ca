"""What kind of process a command line starts: a worker of a task queue, its clock, a program of the team's own."""

from __future__ import annotations

import re

from buttress.model import Evidence, Fact

MAX_COMMAND = 20_000
_STARTED_AS = (
    ("worker", re.compile(
        r"\bcelery\b.*(?<!-A)(?<!--app)\sworker\b|\bcelery[_-]?worker\b|\brq\s+worker|\brqworker\b|\barq\s+[\w.]+|\bdramatiq\s|\bhuey_consumer|\btaskiq\s+worker"
        r"|\bprocrastinate\b.*\bworker\b|\bsaq\s+[\w.]+|\bfaust\b.*\bworker\b"
        r"|\bmanage\.py\s+(?:runworker|rqworker|qcluster|process_tasks|celery\s+worker|run_huey)"
        r"|\bsidekiq\b|\bresque\b|\bqueue:work\b|\bartisan\s+horizon\b|\bdelayed_job\b|\bgood_job\b"
    )),
    ("scheduler", re.compile(
        r"\bcelery\b.*(?<!-A)(?<!--app)\sbeat\b|\bcelery[_-]?beat\b|\brqscheduler\b|\brq-?scheduler\b|\bschedule:(?:work|run)\b|\bclockwork\b|\bairflow\s+scheduler\b"
    )),
    ("monitoring", re.compile(r"\bcelery\b.*(?<!-A)(?<!--app)\sflower\b|^\s*flower\s|\brq-dashboard\b|\bcelery[_-]?flower\b")),
)  # fmt: skip
_WITH_CLOCK = re.compile(r"\bcelery\b.*\sworker\b.*\s(?:-B|--beat|-\w*B)(?:\s|$)")
# What a team's own program is started with: an interpreter, or a server of code.
_PROGRAM = re.compile(
    r"(?:^|[\s;&/'\"])(?:python[\d.]*|poetry|pipenv|pdm|uv|gunicorn|uvicorn|hypercorn|granian|daphne|uwsgi|flask|fastapi|django-admin|celery"
    r"|node|npm|yarn|pnpm|npx|bun|deno|ruby|bundle|rails|php|java|dotnet|mix)(?=\s)|\bmanage\.py\s"
)


def role_of_command(command: str) -> str | None:
    """Return `worker`, `scheduler` or `monitoring` when a command line starts a consumer of tasks, a clock or a view on them, else None.

    >>> role_of_command("celery -A shop beat -l info"), role_of_command("rq worker high"), role_of_command("gunicorn shop.wsgi")
    ('scheduler', 'worker', None)
    >>> role_of_command("celery -A shop.worker beat"), role_of_command("celery -A worker flower")
    ('scheduler', 'monitoring')
    """
    for kind, pattern in _STARTED_AS:
        if pattern.search(command):
            return kind
    return None


def process_of(command: str, place: Evidence) -> tuple[Fact, ...]:
    """Return the fact that a command line starts a worker or a clock of a task queue, or both in one.

    >>> e = Evidence("Procfile", 1, 1, "worker: celery -A shop worker -B")
    >>> process_of("celery -A shop worker -B", e)[0].value, process_of("gunicorn shop.wsgi", e)
    ('worker, scheduler', ())
    """
    role = role_of_command(command)
    if role not in ("worker", "scheduler"):
        return ()
    both = role == "worker" and _WITH_CLOCK.search(command) is not None
    return (Fact("task_process", "worker, scheduler" if both else role, "stated", (place,)),)


def starts_program(command: str) -> bool:
    """Return whether a command line starts code: by an interpreter, by a server of code, or as a worker of tasks.

    >>> starts_program("python -m prices.serve"), starts_program("redis-server --appendonly yes")
    (True, False)
    """
    return role_of_command(command) is not None or _PROGRAM.search(command[:MAX_COMMAND]) is not None
