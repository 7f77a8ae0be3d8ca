"""A component for each command of a project that starts something that goes on, with what it reaches; tools that end are none."""

from __future__ import annotations

import pytest

from buttress.model import Fragment, Source
from buttress.readers.python import read

SCRIPTS = "[project]\nname = 'mill'\ndependencies = ['flask', 'sqlalchemy', 'redis', 'redis', 'apscheduler', 'psycopg2']\n[project.scripts]\n{}\n"
WEB = "import flask\nfrom mill import events\nfrom mill.db import engine\n\napp = flask.Flask('mill')\n\ndef serve():\n    app.run()\n"
EVENTS = (
    "import redis\nimport requests\n\ndef grind():\n    redis.Redis('grain', socket_timeout=3).get('x')\n\n"
    "def weigh():\n    requests.get('https://scales.acme.io/v1', timeout=3)\n"
)
DB = "from sqlalchemy import create_engine\n\ndef engine():\n    return create_engine('postgresql://store/mill')\n"
WORK = (
    "from apscheduler.schedulers.blocking import BlockingScheduler\nfrom mill import events\n\n"
    "def main():\n    events.grind()\n    BlockingScheduler().start()\n"
)
LOOK = "from mill import events\n\ndef main():\n    events.grind()\n    print('done')\n"


def mill(scripts: str, **more: str) -> Fragment:
    files = {
        "pyproject.toml": SCRIPTS.format(scripts), "mill/__init__.py": "", "mill/web.py": WEB, "mill/events.py": EVENTS, "mill/db.py": DB,
        "mill/work.py": WORK, "mill/look.py": LOOK, **{f"mill/{n}.py": t for n, t in more.items()},
    }  # fmt: skip
    return read(tuple(Source(name, text) for name, text in files.items()))


def running(found: Fragment) -> dict[str, str]:
    return {c.id: c.kind for c in found.components if c.kind in ("service", "worker", "scheduler")}


def reached(found: Fragment, source: str) -> set[str]:
    return {f.target for f in found.flows if f.source == source}


@pytest.mark.parametrize(
    ("scripts", "beside"),
    [
        pytest.param("mill-press = 'mill.work:main'", {"mill-press": "service"}, id="a daemon"),
        pytest.param("mill-worker = 'mill.work:main'", {"mill-worker": "worker"}, id="one that is called a worker"),
        pytest.param("mill-clock = 'mill.work:main'", {"mill-clock": "scheduler"}, id="one that is called a clock"),
        pytest.param("mill-press = 'mill.work:main'\nmill-again = 'mill.work:main'", {"mill-press": "service"}, id="two names of one"),
        pytest.param("mill-look = 'mill.look:main'", {}, id="a tool that ends"),
        pytest.param("millctl = 'mill.work:main'", {}, id="a tool by its name"),
        pytest.param("mill = 'mill.work:main'", {}, id="the project itself"),
        pytest.param("mill-web = 'mill.web:serve'", {}, id="what starts the service"),
    ],
)  # fmt: skip
def test_a_command_that_starts_what_goes_on_is_a_process_of_its_own(
    scripts: str, beside: dict[str, str]
) -> None:
    assert running(mill(scripts)) == {"mill": "service"} | beside


def test_a_process_needs_what_it_calls_and_opens() -> None:
    found = mill("mill-press = 'mill.work:main'", look="")
    assert reached(found, "mill-press") == {"grain"}
    assert reached(found, "mill") == {"store", "scales-acme-io"}


GRIND = "import cotyledon\nfrom mill import events\n\nclass Grind(cotyledon.Service):\n    def {0}\n        events.grind()\n\n"


@pytest.mark.parametrize(
    "code",
    [
        GRIND.format("run(self):") + "def main():\n    manager = cotyledon.ServiceManager()\n    manager.add(Grind, workers=2)\n    manager.run()\n",
        GRIND.format("__init__(self):") + "def main():\n    manager = cotyledon.ServiceManager()\n    manager.add(Grind)\n    manager.run()\n",
        WORK.replace("events.grind()", "Press.make()") + "\nclass Press:\n    def __init__(self):\n        events.grind()\n\n"
        "    @classmethod\n    def make(cls):\n        made = cls()\n        return made\n",
    ],
    ids=["the loop of a class that is run", "the making of a class that is run", "a class that makes itself"],
)  # fmt: skip
def test_a_process_needs_what_its_classes_call(code: str) -> None:
    found = mill("mill-press = 'mill.press:main'", press=code, look="", work="")
    assert reached(found, "mill-press") == {"grain"}
    assert "grain" not in reached(found, "mill")


def test_what_the_service_uses_too_stays_its_own() -> None:
    route = WEB + "\n@app.route('/x')\ndef x():\n    return str(events.grind())\n"
    found = mill("mill-press = 'mill.work:main'", web=route)
    assert "grain" in reached(found, "mill") & reached(found, "mill-press")


def test_several_programs_are_processes_without_a_framework_too_and_one_is_the_project() -> None:
    both = "mill-press = 'mill.work:main'\nmill-sieve = 'mill.sieve:main'"
    assert set(running(mill(both, web="", sieve=WORK))) >= {"mill-press", "mill-sieve"}
    assert set(running(mill("mill-press = 'mill.work:main'", web=""))) == {"mill"}


def test_the_engine_of_a_facade_is_a_database_and_its_listener_consumes() -> None:
    code = (
        "import oslo_messaging\nfrom oslo_messaging.notify import listener\nfrom oslo_db.sqlalchemy import enginefacade\nimport pecan\n\n"
        "def app():\n    enginefacade.writer.get_engine()\n    transport = oslo_messaging.get_notification_transport(None)\n"
        "    listener.NotificationServer(transport, [], None)\n    return pecan.make_app(None)\n"
    )
    found = mill("", web=code, db="")
    assert running(found) == {"mill": "service"}
    kinds = {(f.kind, next(c.kind for c in found.components if c.id == f.target)) for f in found.flows}
    assert kinds >= {("calls", "relational_db"), ("consumes", "message_broker")}
    (opened,) = [f for f in found.flows if f.target.startswith(("database", "postgresql"))]
    assert opened.evidence[0].source == "mill/web.py"


DRIVERS = (
    "from stevedore import driver\n\ndef of(conf):\n    return driver.DriverManager('mill.grinding', conf.stone).driver()\n",
    "import psycopg2\n\nclass Stone:\n    def grind(self):\n        return psycopg2.connect('postgresql://grain-db/mill')\n",
)


@pytest.mark.parametrize(("group", "reaches"), [("mill.grinding", True), ("mill.other", False)])
def test_what_a_program_loads_as_a_plug_in_of_its_own_project_belongs_to_it(
    group: str, reaches: bool
) -> None:
    loading, stone = DRIVERS
    packaging = (
        "[project]\nname = 'mill'\ndependencies = ['flask', 'psycopg2', 'stevedore']\n"
        "[project.scripts]\nmill-press = 'mill.work:main'\n"
        f"[project.entry-points.'{group}']\nrough = 'mill.stone:Stone'\n"
    )
    work = "import time\nfrom mill import loading\n\ndef main():\n    while True:\n        loading.of(None).grind()\n        time.sleep(9)\n"
    files = {
        "pyproject.toml": packaging, "mill/__init__.py": "", "mill/web.py": WEB.replace("from mill.db import engine\n", ""), "mill/events.py": "",
        "mill/work.py": work, "mill/loading.py": loading, "mill/stone.py": stone,
    }  # fmt: skip
    found = read(tuple(Source(name, text) for name, text in files.items()))
    assert ("grain-db" in reached(found, "mill-press")) is reaches
