"""What settings for Gunicorn say, without being run."""

from __future__ import annotations

import pytest
from tests.readers.fragments import fact

from buttress.model import Fragment, Source
from buttress.readers import gunicorn


def settings(text: str) -> Fragment:
    return gunicorn.read((Source("gunicorn.conf.py", text),))


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("workers = 4", "workers", 4),
        ("workers = 4\nworkers = 5", "workers", 5),
        ("import os\nworkers = int(os.environ['N'])", "workers", "unknown"),
        ("import os\nworkers = os.cpu_count()", "workers", True),
        ("workers = max(2, 3)", "workers", 3),
        ("workers = read()", "workers", "unknown"),
        ("n = 2\nworkers = n * 2 + 1", "workers", 5),
        ("workers = workers", "workers", "unknown"),
        ("workers = True", "workers", "unknown"),
        ("if x:\n    workers = 2\nbind = 'x'", "workers", "unknown"),
        ("bind = 'x'\ndef on_exit(s):\n    workers = 2", "workers", "unknown"),
        ("timeout = 0", "worker_timeout", "denied"),
        ("timeout = 0.5", "worker_timeout", 0.5),
        ("timeout = 7 // 0", "worker_timeout", "unknown"),
        ("timeout = -1", "worker_timeout", "unknown"),
        ("timeout = 30", "worker_max_requests", "denied"),
        ("max_requests = 1_000", "worker_max_requests", 1000),
        ("worker_class = 'uvicorn.workers.UvicornWorker'", "worker_class", "UvicornWorker"),
        ("preload_app = False", "preload", "unknown"),
        ("reload = True", "development_server", "reload"),
        ("import os\nreload = os.getenv('ENV') == 'dev'", "development_server", "unknown"),
    ],
)
def test_settings_say(text: str, name: str, value: object) -> None:
    assert fact(settings(text).components[0], name) == value


def test_what_is_no_python_is_told_and_what_sets_nothing_is_left_out() -> None:
    assert [d.line for d in settings("bind = 'x'\nworkers = (\n").diagnostics] == [2]
    assert settings("import os\nprint(os.sep)\n") == Fragment("gunicorn")


def test_names_that_multiply_each_other_take_no_time() -> None:
    text = "\n".join(f"a{n} = a{n + 1} * a{n + 1}" for n in range(60)) + "\na60 = 2\nworkers = a0\n"
    assert fact(settings(text).components[0], "workers") == "unknown"
