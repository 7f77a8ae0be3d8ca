"""What Procfiles say, in small texts: the processes, what starts them, and what runs at a release."""

from __future__ import annotations

import pytest
from tests.readers.fragments import fact

from buttress.model import Fragment, Source
from buttress.readers import procfile


def processes(text: str, path: str = "Procfile") -> Fragment:
    return procfile.read((Source(path, text),))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("web: gunicorn shop.wsgi", "service"),
        ("worker: ./run.sh", "worker"),
        ("mails: celery -A shop worker", "worker"),
        ("beat: celery -A shop beat", "scheduler"),
        ("queue: rq worker high", "worker"),
        ("es: elasticsearch", "search_index"),
    ],
)
def test_a_process_is_what_its_command_or_its_name_says(line: str, kind: str) -> None:
    assert [c.kind for c in processes(line).components] == [kind]


@pytest.mark.parametrize(
    ("command", "name", "value"),
    [
        ("gunicorn -w4 shop.wsgi", "workers", 4),
        ("gunicorn --workers=$N shop.wsgi", "workers", "unknown"),
        ("gunicorn shop.wsgi", "workers", "unknown"),
        ("gunicorn -k gevent shop.wsgi", "worker_class", "gevent"),
        ("gunicorn --max-requests 0 shop.wsgi", "worker_max_requests", "denied"),
        ("newrelic-admin run-program gunicorn --threads 8 shop.wsgi", "threads", 8),
        ("uvicorn main:app --timeout-graceful-shutdown 10", "graceful_timeout", 10),
        ("uvicorn main:app --reload", "development_server", "--reload"),
        ("fastapi run --workers 2", "workers", 2),
        ("hypercorn -w 2 main:app", "app_server", "Hypercorn"),
        ("uwsgi --processes 4 --harakiri 20", "worker_timeout", 20),
        ("celery -A shop worker --time-limit=300", "task_time_limit", 300),
        ("celery -A shop worker -c 3", "concurrency", 3),
        ("python manage.py runserver 0.0.0.0:$PORT", "development_server", "runserver"),
        ('gunicorn "unclosed', "app_server", "Gunicorn"),
    ],
)
def test_a_command_says(command: str, name: str, value: object) -> None:
    assert fact(processes(f"web: {command}").components[0], name) == value


def test_a_release_is_no_process() -> None:
    found = processes("release: python manage.py migrate\nweb: x\n")
    assert ([c.name for c in found.components], [s.topic for s in found.stances]) == (
        ["web"],
        ["schema-migrations"],
    )


def test_processes_of_a_folder_carry_its_name() -> None:
    found = processes("web: x\nworker: y\n", "services/orders/Procfile")
    assert [c.name for c in found.components] == ["orders", "orders-worker"]


def test_a_secret_in_a_command_is_not_shown() -> None:
    assert "s3cr3t" not in repr(processes("cache: redis-server --requirepass s3cr3t\n"))
