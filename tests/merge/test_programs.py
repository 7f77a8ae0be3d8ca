"""Services that start a program of the code by its command are that program, whatever they are called."""

from __future__ import annotations

import pytest

from buttress.merge import merge
from buttress.model import Source, SystemGraph
from buttress.readers.compose import read as compose
from buttress.readers.python import read as python

WEB = "import flask\n\napp = flask.Flask('mill')\n"
LOOP = (
    "import time\nimport redis\n\ndef main():\n    kept = redis.Redis('grain', socket_timeout=3)\n"
    "    while True:\n        kept.ping()\n        time.sleep(5)\n"
)
BEHIND = "import os\nimport sys\n\ndef main():\n    os.execvp(sys.executable, [sys.executable, '-m', 'mill.manage', 'press'])\n"
COMMAND = (
    "import time\n\nclass Command:\n    def handle(self):\n        while True:\n            time.sleep(3)\n"
)
SITE = "import django\nROOT_URLCONF = 'mill.urls'\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'grain'}}\n"


def mill(scripts: str, command: str, **files: str) -> SystemGraph:
    packaging = (
        "[project]\nname = 'mill'\ndependencies = ['flask', 'redis', 'django']\n[project.scripts]\n" + scripts
    )
    code = python(
        (
            Source("pyproject.toml", packaging),
            Source("mill/__init__.py", ""),
            *(Source(f"mill/{n.replace('_of_', '/')}.py", t) for n, t in files.items()),
        )
    )
    text = f"services:\n  web:\n    build: .\n    command: gunicorn mill.web:app\n  evenings:\n    build: .\n    command: {command}\n"
    return merge([compose((Source("compose.yaml", text),)), code])


@pytest.mark.parametrize(
    ("scripts", "command"),
    [
        ("mill-press = 'mill.press:main'", "mill-press --all"),
        ("", "python -m mill.press"),
        ("", "python ./mill/press.py"),
        ("", "sh -c 'sleep 3 && exec python mill/press.py'"),
    ],
)
def test_a_service_is_the_program_that_its_command_starts(scripts: str, command: str) -> None:
    press = LOOP if scripts else LOOP + "\nif __name__ == '__main__':\n    main()\n"
    graph = mill(scripts, command, web=WEB, press=press)
    kinds = {c.id: c.kind for c in graph.components}
    assert set(kinds) & {"press", "mill-press", "evenings"} == {"evenings"}
    assert [f.source for f in graph.flows if f.target == "grain"] == ["evenings"]


def test_a_script_that_only_starts_a_command_of_django_is_that_command() -> None:
    files = {"settings": SITE, "behind": BEHIND, "management_of_commands_of_press": COMMAND}
    graph = mill("mill-press = 'mill.behind:main'", "mill-press", **files)
    assert {c.id for c in graph.components} & {"press", "mill-press", "evenings"} == {"evenings"}


def test_a_service_that_starts_something_else_is_none_of_the_programs() -> None:
    graph = mill("mill-press = 'mill.press:main'", "mill-sieve", web=WEB, press=LOOP)
    assert {c.id for c in graph.components} >= {"mill-press", "evenings"}
