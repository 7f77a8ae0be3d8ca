"""Daemons that are plain loops: a command of Django or an entry point that waits and goes on."""

from __future__ import annotations

import pytest

from buttress.model import Fragment, Source
from buttress.readers.python import read

SITE = (
    "INSTALLED_APPS = ['mill']\nROOT_URLCONF = 'mill.urls'\n"
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'grain'}}\n"
)
COMMAND = (
    "import time\nfrom django.core.management.base import BaseCommand\nfrom mill.models import Sack\nfrom mill import scales\n\n"
    "class Command(BaseCommand):\n    def handle(self, *args, **options):\n{}"
)
GOES_ON = "        while True:\n            scales.weigh()\n            time.sleep(5)\n"
TRIES = GOES_ON.replace(
    "scales.weigh()",
    "try:\n                scales.weigh()\n                break\n            except OSError:\n                pass",
)
SCALES = "import requests\n\ndef weigh():\n    return requests.get('https://scales.acme.io/v1', timeout=3)\n"


def mill(body: str, name: str = "weigh_sacks") -> Fragment:
    files = {
        "pyproject.toml": "[project]\nname = 'mill'\ndependencies = ['django', 'psycopg', 'requests']\n",
        "mill/__init__.py": "",
        "mill/settings.py": SITE,
        "mill/models.py": "from django.db import models\n\nclass Sack(models.Model):\n    pass\n",
        "mill/scales.py": SCALES,
        f"mill/management/commands/{name}.py": COMMAND.format(body),
    }
    return read(tuple(Source(path, text) for path, text in files.items()))


def beside(found: Fragment) -> dict[str, str]:
    return {c.id: c.kind for c in found.components if c.kind in ("worker", "scheduler")}


@pytest.mark.parametrize(
    ("body", "there"),
    [
        (GOES_ON, True),
        ("        while not self.stopped.is_set():\n            scales.weigh()\n            self.stopped.wait(5)\n", True),
        ("        try:\n            while 1:\n                scales.weigh(self.queue.get())\n        except KeyboardInterrupt:\n            return\n", True),
        (GOES_ON + "            if options['once'] or self.should_exit:\n                break\n", True),
        ("        scales.weigh()\n", False),
        (TRIES, False),
        ("        while True:\n            page = scales.weigh()\n            if not page:\n                return\n            time.sleep(1)\n", False),
        ("        while True:\n            time.sleep(1)\n            scales.weigh(input())\n", False),
        ("        while True:\n            scales.weigh()\n", False),
        ("        while self.rows:\n            scales.weigh()\n            time.sleep(1)\n", False),
    ],
    ids=["a loop", "until it is stopped", "a queue", "left when asked", "no loop", "tries again", "to the end of a list", "asks a person", "no wait", "rows"],
)  # fmt: skip
def test_a_command_of_django_that_waits_and_goes_on_is_a_worker(body: str, there: bool) -> None:
    assert beside(mill(body)) == ({"weigh-sacks": "worker"} if there else {})


def test_a_command_that_goes_on_has_the_flows_of_what_it_calls() -> None:
    found = mill(GOES_ON)
    assert {f.target for f in found.flows if f.source == "weigh-sacks"} == {"grain", "scales-acme-io"}
    assert {f.target for f in found.flows if f.source == "mill"} == {"grain"}


def test_a_command_that_goes_on_by_the_clock_is_a_scheduler() -> None:
    assert beside(mill(GOES_ON, "mill_clock")) == {"mill-clock": "scheduler"}


@pytest.mark.parametrize(
    ("loop", "kind"),
    [("    while True:\n        weigh()\n        time.sleep(5)\n", "worker"), ("    weigh()\n", "library_or_module")],
    ids=["a loop", "no loop"],
)  # fmt: skip
def test_a_project_whose_one_command_goes_on_runs_by_itself(loop: str, kind: str) -> None:
    files = {
        "pyproject.toml": "[project]\nname = 'sieve'\ndependencies = ['requests']\n[project.scripts]\nsieve = 'sieve.main:main'\n",
        "sieve/__init__.py": "",
        "sieve/main.py": f"import time\nfrom sieve.scales import weigh\n\ndef main():\n{loop}",
        "sieve/scales.py": SCALES,
    }
    found = read(tuple(Source(path, text) for path, text in files.items()))
    assert next(c.kind for c in found.components if c.id == "sieve") == kind
