"""What goes on while nobody waits: threads that aren't joined, functions put into a queue of RQ."""

from __future__ import annotations

import pytest

from buttress.model import Flow, Fragment, Source
from buttress.readers.python import read

NEEDS = "[project]\nname = 'desk'\ndependencies = ['flask', {}]\n"
APP = "import flask\n\napp = flask.Flask('desk')\n"
TELL = "import requests\n\ndef ring(x):\n    requests.post('https://bell.quizzical.io/x', x)\n\ndef tell(x):\n    ring(x)\n"


def sources(files: dict[str, str], *needs: str) -> tuple[Source, ...]:
    packaging = {"pyproject.toml": NEEDS.format(", ".join(repr(n) for n in needs)), "desk/__init__.py": ""}
    packaging["desk/main.py"] = APP
    return tuple(Source(name, text) for name, text in {**packaging, **files}.items())


def only(found: Fragment, target: str) -> Flow:
    (flow,) = (f for f in found.flows if f.target == target)
    return flow


@pytest.mark.parametrize(
    ("started", "waits"),
    [
        ("    threading.Thread(target=tell, args=(x,)).start()\n", False),
        ("    t = threading.Thread(target=tell, args=(x,))\n    t.start()\n    t.join()\n", True),
        ("    threading.Thread(target=tell, args=(x,)).start()\n    ring(x)\n", True),
        ("    tell(x)\n", True),
    ],
    ids=["a thread", "a thread that is joined", "called besides", "called"],
)
def test_nobody_waits_for_a_thread_that_isnt_joined(started: str, waits: bool) -> None:
    code = f"import threading\n{TELL}\ndef book(x):\n{started}"
    assert only(read(sources({"desk/tell.py": code}, "requests")), "bell-quizzical-io").sync is waits


def test_nobody_waits_for_the_loop_of_a_thread_of_a_class_of_ones_own() -> None:
    code = (
        "import threading\nimport requests\n\nclass Ringer(threading.Thread):\n    def run(self):\n"
        "        requests.post('https://bell.quizzical.io/x')\n"
    )
    assert only(read(sources({"desk/tell.py": code}, "requests")), "bell-quizzical-io").sync is False


QUEUE = "import redis\nfrom rq import Queue\n\njobs = Queue(connection=redis.StrictRedis(host='q'))\n"


@pytest.mark.parametrize(
    ("asked", "source"),
    [
        ("    jobs.enqueue(bells.ring_low, x)\n", "desk-worker"),
        ("    ring = getattr(bells, f'ring_{how}')\n    jobs.enqueue(ring, args=(x,))\n", "desk-worker"),
        ("    jobs.enqueue(bells.ring_low, x)\n    bells.ring_low(x)\n", "desk"),
    ],
    ids=["by its name", "chosen by its name", "called besides"],
)
def test_a_worker_runs_what_is_only_put_into_a_queue(asked: str, source: str) -> None:
    files = {
        "desk/queue.py": QUEUE,
        "desk/bells.py": "import requests\n\ndef ring_low(x):\n    requests.post('https://bell.quizzical.io/x', x)\n",
        "desk/book.py": f"from desk import bells\nfrom desk.queue import jobs\n\ndef book(x, how):\n{asked}",
    }
    found = read(sources(files, "requests", "rq", "redis"))
    assert only(found, "bell-quizzical-io").source == source
    queue = {(f.source, f.kind) for f in found.flows if f.target == "q"}
    assert {("desk", "publishes"), ("desk-worker", "consumes")} <= queue
