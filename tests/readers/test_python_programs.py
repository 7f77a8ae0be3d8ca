"""Which programs one package holds: subcommands, commands of click, files that are started by themselves; and what each of them needs."""

from __future__ import annotations

import pytest

from buttress.model import Fragment, Source
from buttress.readers.python import read

NEEDS = "[project]\nname = 'mill'\ndependencies = ['flask', 'redis', 'pika', 'click', 'sqlalchemy', 'psycopg2']\n[project.scripts]\n{}\n"
WEB = "import flask\n\napp = flask.Flask('mill')\n\n@app.route('/x')\ndef x():\n    return 'x'\n"
GRIND = (
    "import time\nimport redis\n\ndef grind():\n    kept = redis.Redis('grain', socket_timeout=3)\n"
    "    while True:\n        kept.ping()\n        time.sleep(5)\n"
)
CLI = "import argparse\nfrom mill.grind import grind\n\ndef look():\n    print('x')\n\n"


def mill(scripts: str, **files: str) -> Fragment:
    every = {"web": WEB, "grind": GRIND, "__init__": "", **files}
    sources = [Source(f"mill/{n.replace('__', '/', 1) if '/' in n else n}.py", t) for n, t in every.items()]
    return read((Source("pyproject.toml", NEEDS.format(scripts)), *sources))


def running(found: Fragment) -> dict[str, str]:
    kinds = ("service", "worker", "scheduler")
    return {c.id: c.kind for c in found.components if c.kind in kinds and c.id != "mill"}


def needs(found: Fragment, source: str) -> set[tuple[str, str]]:
    return {(f.kind, f.target) for f in found.flows if f.source == source}


@pytest.mark.parametrize(
    "code",
    [
        CLI
        + "def main():\n    p = argparse.ArgumentParser()\n    s = p.add_subparsers(dest='what')\n    s.add_parser('press')\n    s.add_parser('look')\n"
        "    args = p.parse_args()\n    if args.what == 'look':\n        look()\n    elif args.what == 'press':\n        grind()\n",
        CLI
        + "def main():\n    p = argparse.ArgumentParser()\n    s = p.add_subparsers()\n    a = s.add_parser('look')\n    a.set_defaults(func=look)\n"
        "    b = s.add_parser(\n        'press',\n    )\n    b.set_defaults(func=grind)\n    args = p.parse_args()\n    args.func(args)\n",
        CLI
        + "def main():\n    p = argparse.ArgumentParser()\n    s = p.add_subparsers(dest='what')\n    s.add_parser('press')\n    s.add_parser('look')\n"
        "    match p.parse_args().what:\n        case 'look':\n            look()\n        case 'press' | 'squeeze':\n            grind()\n",
        "import click\nfrom mill.grind import grind\n\n@click.group()\ndef main():\n    pass\n\n@main.command('press')\ndef start():\n    grind()\n\n"
        "@main.command()\ndef look():\n    print('x')\n",
        "import typer\nfrom mill.grind import grind\n\nmain = typer.Typer()\n\n@main.command()\ndef press():\n    grind()\n",
    ],
    ids=["a branch", "a function that is set", "a case", "a command of click", "a command of Typer"],
)
def test_a_subcommand_that_goes_on_is_a_program_of_its_own(code: str) -> None:
    found = mill("mill-run = 'mill.cli:main'", cli=code)
    assert running(found) == {"mill-press": "worker"}
    assert needs(found, "mill-press") == {("calls", "grain")}
    assert ("calls", "grain") not in needs(found, "mill")
    (press,) = (c for c in found.components if c.id == "mill-press")
    assert press.fact("program").value == ("mill-run press",)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"sieve": "from mill.grind import grind\n\nif __name__ == '__main__':\n    grind()\n"}, {"sieve": "worker"}),
        ({"grind": GRIND + "\nif __name__ == '__main__':\n    grind()\n", "web": "from mill import grind\n" + WEB}, {}),
        ({"sieve": "from mill.grind import x\n\nif __name__ == '__main__':\n    x()\n"}, {}),
        ({"web": WEB + "\nif __name__ == '__main__':\n    app.run()\n"}, {}),
        (
            {"sieve": "import time\n\nif __name__ == '__main__':\n    while True:\n        time.sleep(3)\n"},
            {"sieve": "worker"},
        ),
    ],
    ids=["one that goes on", "one that another imports", "one that ends", "the service itself", "a loop in the file"],
)  # fmt: skip
def test_a_file_that_is_started_by_itself_and_goes_on_is_a_program(
    files: dict[str, str], found: dict[str, str]
) -> None:
    assert running(mill("", **files)) == found


def test_a_program_that_makes_the_application_for_its_settings_and_waits_in_a_loop_is_one_beside_the_service() -> (
    None
):
    web = "import flask\n\ndef create():\n    app = flask.Flask('mill')\n    return app\n"
    code = "import time\nfrom mill.web import create\n\ndef main():\n    app = create()\n    while True:\n        app.tick()\n        time.sleep(9)\n"
    found = mill("mill-press = 'mill.press:main'", web=web, press=code)
    assert running(found) == {"mill-press": "worker"}


def test_what_consumes_until_it_is_stopped_is_a_worker_with_its_own_connection() -> None:
    code = (
        "import pika\n\nclass Press:\n    def __init__(self):\n        self.line = pika.BlockingConnection(pika.ConnectionParameters('belt'))\n\n"
        "    def run(self):\n        channel = self.line.channel()\n        channel.basic_consume('grain', self.take)\n        channel.start_consuming()\n\n"
        "    def take(self, *args):\n        pass\n\ndef main():\n    Press().run()\n"
    )
    others = "import pika\n\n" + "".join(
        f"def put_{n}():\n    pika.BlockingConnection(pika.ConnectionParameters('belt')).channel().basic_publish('', 'grain', b'')\n\n"
        for n in range(7)
    )
    found = mill("mill-press = 'mill.press:main'", belt=others, press=code)
    assert running(found) == {"mill-press": "worker"}
    assert needs(found, "mill-press") == {("consumes", "belt")}
    (flow,) = (f for f in found.flows if f.source == "mill-press")
    assert {e.source for e in flow.evidence} == {"mill/press.py"}


def test_what_a_function_gives_back_is_followed() -> None:
    code = (
        "from mill.grind import grind\n\nclass Press:\n    def run(self):\n        grind()\n\n"
        "def chosen():\n    return Press()\n\ndef main():\n    chosen().run()\n"
    )
    found = mill("mill-press = 'mill.press:main'", press=code)
    assert running(found) == {"mill-press": "worker"}


ACCEPTS = (
    "import socket\n\ndef main():\n    door = socket.socket()\n    while not door.stopping:\n"
    "        try:\n            door.accept()\n        except {0}:\n            break\n"
)


@pytest.mark.parametrize(
    ("error", "kinds"), [("OSError", {"mill-press": "service"}), ("StopIteration", {})], ids=str
)
def test_a_loop_that_is_left_when_it_fails_goes_on_and_one_that_comes_to_an_end_does_not(
    error: str, kinds: dict[str, str]
) -> None:
    assert running(mill("mill-press = 'mill.press:main'", press=ACCEPTS.format(error))) == kinds


STORE = "import importlib\n\ndef opened(name):\n    return importlib.import_module('mill.store.' + name).Store()\n"
TABLES = "from sqlalchemy import create_engine\n\nclass Store:\n    def __init__(self, url):\n        self.engine = create_engine(url)\n"
BOTH = (
    "import time\nfrom mill import store\n\ndef press():\n    kept = store.opened('sql')\n    while True:\n        time.sleep(5)\n\n"
    "def sieve():\n    while True:\n        time.sleep(5)\n"
)


def test_what_a_package_loads_by_name_is_of_the_programs_that_call_the_package() -> None:
    scripts = "mill-press = 'mill.both:press'\nmill-sieve = 'mill.both:sieve'"
    files = {"store/__init__": STORE, "store/sql": TABLES, "both": BOTH}
    every = {"web": WEB, "__init__": "", **files}
    found = read(
        (
            Source("pyproject.toml", NEEDS.format(scripts)),
            *(Source(f"mill/{n}.py", t) for n, t in every.items()),
        )
    )
    assert needs(found, "mill-press") == {("calls", "postgresql")}
    assert needs(found, "mill-sieve") == set()


CLOCK = (
    "import click\nimport os\nfrom celery import Celery\n\njobs = Celery('mill', broker='redis://belt')\n\n@jobs.task\ndef grind():\n    pass\n\n"
    "@click.group()\ndef main():\n    pass\n\n@main.command()\ndef beat():\n    args = ['celery', '-A', 'mill.cli:jobs', '{0}']\n    os.execvp(args[0], args)\n"
)


@pytest.mark.parametrize(("handed", "kinds"), [("beat", {"mill-beat": "scheduler"}), ("inspect", {})])
def test_a_command_that_hands_over_to_the_clock_of_a_queue_is_a_clock(
    handed: str, kinds: dict[str, str]
) -> None:
    found = mill("mill-run = 'mill.cli:main'", cli=CLOCK.format(handed))
    apart = {i: k for i, k in running(found).items() if i != "mill-worker"}
    assert apart == kinds
    assert [f.kind for f in found.flows if f.source == "mill-beat"] == ["publishes"] * len(kinds)


@pytest.mark.parametrize(
    ("within", "projects"), [("__init__.py", {"desk"}), ("settings.py", {"desk", "cmd", "db"})]
)
def test_a_manage_py_within_a_package_of_a_package_makes_no_project(within: str, projects: set[str]) -> None:
    web = "import flask\n\napp = flask.Flask('desk')\n\n@app.route('/')\ndef index():\n    return ''\n"
    files = {
        "pyproject.toml": "[project]\nname = 'desk'\ndependencies = ['flask']\n",
        "desk/__init__.py": "",
        "desk/web.py": web,
    }
    for folder in ("desk/cmd", "desk/db"):
        files |= {
            f"{folder}/{within}": "",
            f"{folder}/manage.py": "def main():\n    pass\n",
            f"{folder}/other.py": web,
        }
    found = read(tuple(Source(path, text) for path, text in files.items()))
    assert {c.id for c in found.components} == projects
