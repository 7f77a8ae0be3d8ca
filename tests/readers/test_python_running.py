"""What shows that a Python project runs by itself, and where the addresses come from that it is set up with."""

from __future__ import annotations

import pytest

from buttress.model import Component, Fragment, Source
from buttress.pipeline import read as read_all
from buttress.readers.python import read

NEEDS = "[project]\nname = 'depot'\ndependencies = ['flask', 'celery', 'redis', 'requests']\n{}"


def project(files: dict[str, str], more: str = "") -> Fragment:
    packaging = {"pyproject.toml": NEEDS.format(more), "depot/__init__.py": ""}
    return read(tuple(Source(name, text) for name, text in {**packaging, **files}.items()))


def depot(found: Fragment) -> Component:
    return next(c for c in found.components if c.id == "depot")


def flows(found: Fragment) -> set[tuple[str, str, str]]:
    return {(f.source, f.kind, f.target) for f in found.flows}


def kinds(found: Fragment) -> dict[str, str]:
    return {c.id: c.kind for c in found.components}


MADE_INSIDE = """import {module}

def create():
    class {name}({base}):
        def extra(self):
            return 1

    made = {name}()
    return made
"""


@pytest.mark.parametrize(
    ("module", "name", "base", "technology"),
    [
        ("flask", "DepotFlask", "flask.Flask", "flask"),
        ("flask", "Depot", "flask.Flask", "flask"),
        ("fastapi", "Inner", "fastapi.FastAPI", "fastapi"),
    ],
)
def test_an_application_whose_class_is_made_in_a_function_is_one(
    module: str, name: str, base: str, technology: str
) -> None:
    code = MADE_INSIDE.format(module=module, name=name, base=base)
    found = depot(project({"depot/server.py": code}))
    assert (found.kind, found.technology) == ("service", technology)


JOBS = "from depot.queue import queue\n\n@queue.task\ndef pack():\n    return 1\n"


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        pytest.param("from flask_celery import Celery\nqueue = Celery()\n", "worker", id="of a package around it"),
        pytest.param("from celery import Celery\n\nclass Queue(Celery):\n    pass\n\nqueue = Queue('depot')\n", "worker", id="a subclass"),
        pytest.param("from flask_celery import Celery\n\nclass Queue(Celery):\n    pass\n\nqueue = Queue()\n", "worker", id="a subclass of a package's"),
        pytest.param("from depot.host import queue\n", "library_or_module", id="one that whoever uses it brings"),
    ],
)  # fmt: skip
def test_tasks_of_a_celery_that_the_project_makes_are_a_worker(made: str, kind: str) -> None:
    assert depot(project({"depot/queue.py": made, "depot/celery_jobs.py": JOBS})).kind == kind


FLASK = "import flask\napp = flask.Flask(__name__)\n"


@pytest.mark.parametrize(
    ("files", "broker"),
    [
        pytest.param(
            {"depot/settings.py": 'QUEUE_CELERY = {"BROKER_URL": "redis://127.0.0.1:6379/0"}\n'},
            "redis",
            id="a dictionary that is called Celery's",
        ),
        pytest.param(
            {
                "depot/settings.py": 'TASKS = dict(broker_url="redis://127.0.0.1:6379/0")\n',
                "depot/late.py": "from depot.main import queue, app\nqueue.conf.update(app.config['TASKS'])\n",
            },
            "redis",
            id="a setting that Celery is set up with",
        ),
        pytest.param(
            {
                "depot/late.py": 'def late(app):\n    app.config.update({"CELERY_BROKER_URL": "amqp://mq//"})\n'
            },
            "mq",
            id="a dictionary that a call is given",
        ),
        pytest.param(
            {
                "depot/late.py": 'def late(app, host):\n    broker_url = None\n    if host:\n        broker_url = f"redis://{host}:6379/0"\n'
                "    app.config.update({'CELERY_BROKER_URL': broker_url})\n"
            },
            "redis",
            id="a variable of the function",
        ),
        pytest.param(
            {
                "depot/settings.py": 'CELERY = {"BROKER_URL": config.get("core", "broker", fallback="redis://127.0.0.1/0")}\n'
            },
            "redis",
            id="an option of a section with a fallback",
        ),
    ],
)
def test_celery_is_set_up_with_a_dictionary(files: dict[str, str], broker: str) -> None:
    main = (
        FLASK
        + "from celery import Celery\nqueue = Celery('depot')\n\n@queue.task\ndef pack():\n    return 1\n"
    )
    found = project({"depot/main.py": main, **files})
    assert {("depot", "publishes", broker), ("depot-worker", "consumes", broker)} <= flows(found)


CALLS = (
    "import requests\n\nRATES = 'https://rates.acme.io/v2/{{day}}'\nOLD = 'https://rates.acme.io/%s'\n\n{}"
)


@pytest.mark.parametrize(
    "code",
    [
        "def f(day):\n    return requests.get(RATES.format(day=day))\n",
        "def f(day):\n    return requests.get(OLD % day)\n",
        "def f(day):\n    return requests.get(OLD % (day,) + '?full=1')\n",
        "def f(day):\n    url = RATES + '?day=' + day\n    return requests.get(url.format(day=1))\n",
        "def f(day):\n    where = f'https://rates.acme.io/{day}'\n    return requests.get(where)\n",
        "def f(day, url=RATES):\n    return requests.get(url)\n",
        "class Rates:\n    def __init__(self, base_url=OLD):\n        self.base_url = base_url\n\n"
        "    def f(self):\n        return requests.get(self.base_url + '/a')\n",
        "class Base:\n    root = RATES\n\nclass Rates(Base):\n    def f(self):\n        return requests.get(f'{self.root}/a')\n",
        "def f(day):\n    endpoint = urljoin(OLD, day)\n    return requests.get(endpoint)\n",
    ],
)
def test_a_url_is_put_together_from_what_the_code_says(code: str) -> None:
    found = project({"depot/main.py": FLASK, "depot/rates.py": CALLS.format(code)})
    (flow,) = found.flows
    timeout = flow.fact("timeout")
    assert flow.target == "rates-acme-io" and timeout is not None and timeout.status == "denied"


def test_a_variable_of_one_function_is_none_of_another() -> None:
    code = "def f():\n    url = 'https://a.acme.io/x'\n    return url\n\ndef g(url):\n    return requests.get(url)\n"
    assert project({"depot/main.py": FLASK, "depot/rates.py": CALLS.format(code)}).flows == ()


@pytest.mark.parametrize(
    ("code", "called"),
    [
        ("def f(base):\n    full_url = f'{base}/v1/rates'\n    return requests.get(full_url)\n", set()),
        ("def f(base):\n    day_url = f'{base.rstrip(\"/\")}/v1/rates'\n    return requests.get(day_url)\n", set()),
        ("def f(day_url):\n    day_url = day_url.rstrip('/') + '/rates.json'\n    return requests.get(day_url)\n", set()),
        ("class Rates:\n    def __init__(self, base):\n        self.day_url = f'{base}/v1/rates'\n\n"
         "    def f(self):\n        return requests.get(self.day_url)\n", set()),
        ("import os\n\ndef f():\n    day_url = os.environ['RATES_URL'].rstrip('/') + '/v1/day'\n    return requests.get(day_url)\n", {"rates"}),
        ("import os\nRATES_API = os.environ['RATES_URL']\n\ndef f():\n    day_url = f'{RATES_API}/v1/day'\n    return requests.get(day_url)\n",
         {"rates"}),
    ],
    ids=["below an argument", "below an argument without its slash", "added to an argument", "an attribute", "added to a setting", "below a setting"],
)  # fmt: skip
def test_a_path_below_an_address_is_no_service_of_its_variables_name(code: str, called: set[str]) -> None:
    found = project({"depot/main.py": FLASK, "depot/rates.py": "import requests\n" + code})
    assert {f.target for f in found.flows} == called


COMMAND = "\n[project.scripts]\ndepot = 'depot.cmd:main'\n"
GUNICORN = "from gunicorn.app.base import BaseApplication\n\nclass Front(BaseApplication):\n    def load(self):\n        return None\n"
LOOP = "from socketserver import TCPServer\nserver = TCPServer(('', 1), None)\n\nclass Loop:\n    def begin(self):\n        server.serve_forever()\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("    from depot.front import Front\n    Front({}).run()\n", "service"),
        ("    from depot.loop import Loop\n    start()\n\ndef start():\n    Loop().begin()\n", "service"),
        ("    import cotyledon\n    manager = cotyledon.ServiceManager()\n    manager.run()\n", "service"),
        ("    import rq\n    worker = rq.Worker(['parcels'])\n    worker.work()\n", "worker"),
        ("    from depot.loop import Loop\n    print(Loop())\n", "library_or_module"),
        ("    pass\n\ndef start():\n    from depot.loop import Loop\n    Loop().begin()\n", "library_or_module"),
    ],
    ids=["a server of its own class", "a method of its own", "a launcher", "a worker of RQ", "nothing", "what nothing calls"],
)  # fmt: skip
def test_a_command_that_starts_what_goes_on_shows_that_the_project_runs(body: str, kind: str) -> None:
    files = {"depot/cmd.py": "def main():\n" + body, "depot/front.py": GUNICORN, "depot/loop.py": LOOP}
    assert depot(project(files, COMMAND)).kind == kind
    assert depot(project(files)).kind == "library_or_module"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "setup.cfg",
            "[metadata]\nname = depot\n[entry_points]\nconsole_scripts =\n  depot = depot.cmd:main\n",
        ),
        (
            "setup.cfg",
            "[metadata]\nname = depot\n[options.entry_points]\nconsole_scripts =\n  depot = depot.cmd:main\n",
        ),
        (
            "setup.py",
            "from setuptools import setup\nsetup(name='depot', entry_points={'console_scripts': ['depot = depot.cmd:main']})\n",
        ),
        (
            "setup.py",
            "from setuptools import setup\nsetup(name='depot', entry_points='[console_scripts]\\ndepot=depot.cmd:main')\n",
        ),
        (
            "pyproject.toml",
            "[tool.poetry]\nname = 'depot'\n[tool.poetry.scripts]\ndepot = 'depot.cmd:main'\n",
        ),
    ],
)
def test_commands_are_read_from_every_form_of_packaging(name: str, text: str) -> None:
    code = "import waitress\n\ndef main():\n    waitress.serve(None)\n"
    found = read((Source(name, text), Source("depot/__init__.py", ""), Source("depot/cmd.py", code)))
    assert kinds(found) == {"depot": "service"}


TASK = "from celery import Celery\nqueue = Celery('depot', broker='{}')\n\n@queue.task\ndef pack():\n    {}\n"


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        pytest.param("", "message_broker", id="nothing but the queue"),
        pytest.param("import redis\nlocks = redis.Redis.from_url('redis://r/1')\n", "message_broker", id="and locks"),
        pytest.param("import redis\ncache = redis.Redis.from_url('redis://r/1')\n", "cache", id="and a cache"),
    ],
)  # fmt: skip
def test_a_redis_that_carries_tasks_is_a_broker_unless_it_caches(more: str, kind: str) -> None:
    jobs = TASK.format("redis://r/0", "pass")
    assert kinds(project({"depot/main.py": FLASK + more, "depot/jobs.py": jobs}))["r"] == kind


BEAT = [
    "queue.conf.beat_schedule = {'nightly': {'task': 'pack'}}\n",
    "queue.conf.beat_schedule['nightly'] = {'task': 'pack'}\n",
    "queue.conf['beat_schedule'] = {'nightly': {'task': 'pack'}}\n",
    "queue.conf.update({'beat_schedule': {'nightly': {'task': 'pack'}}})\n",
    "from celery.task import periodic_task\n\n@periodic_task(run_every=60)\ndef nightly():\n    pass\n",
]


@pytest.mark.parametrize("schedule", BEAT)
def test_a_schedule_of_tasks_is_a_scheduler(schedule: str) -> None:
    jobs = TASK.format("redis://r/0", "pass") + schedule
    found = project({"depot/main.py": FLASK, "depot/jobs.py": jobs})
    assert kinds(found)["depot-scheduler"] == "scheduler"


DATABASE = {
    "pyproject.toml": NEEDS.format("").replace("'redis'", "'redis', 'sqlalchemy', 'psycopg2'"),
    "depot/db.py": "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\n"
    "engine = create_engine('postgresql://pg/depot')\nSession = sessionmaker(engine)\n",
}


@pytest.mark.parametrize(
    ("body", "used"),
    [
        ("engine.connect()", True),
        ("Session().execute(query)", True),
        ("print(1)", False),
    ],
)
def test_a_worker_needs_the_store_that_its_tasks_use(body: str, used: bool) -> None:
    jobs = "from depot.db import Session, engine\n" + TASK.format("redis://r/0", body)
    found = project({"depot/main.py": FLASK + "import depot.db\n", "depot/jobs.py": jobs, **DATABASE})
    assert (("depot-worker", "calls", "pg") in flows(found)) is used
    assert ("depot", "calls", "pg") in flows(found)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://metadata.google.internal/computeMetadata/v1/token", None),
        ("http://169.254.169.254/latest/meta-data", None),
        ("http://100.100.100.200/latest", None),
        ("http://metadata.azure.internal/v1", None),
        ("http://127.0.0.1:9101/parcels", None),
        ("http://127.0.0.1:9101/v1", "parcels"),
        ("http://metadata-service/v1", "metadata-service"),
    ],
)
def test_what_a_machine_asks_of_itself_is_no_part_of_the_system(url: str, target: str | None) -> None:
    code = f"import requests\n\nPARCELS_URL = {url!r}\n\ndef f():\n    return requests.get(PARCELS_URL)\n"
    found = project({"depot/main.py": FLASK, "depot/ask.py": code})
    assert [f.target for f in found.flows] == ([target] if target else [])


OPENS = "import sqlalchemy\n\nclass {}:\n    def __init__(self):\n        self.engine = sqlalchemy.create_engine('sqlite:////tmp/parcels.db')\n"


@pytest.mark.parametrize(
    ("path", "name", "there"),
    [
        ("depot/drivers/noop_driver/driver.py", "Driver", False),
        ("depot/storage/fake.py", "Driver", False),
        ("depot/storage/disk.py", "NoopDriver", False),
        ("depot/storage/disk.py", "FakeDriver", False),
        ("depot/storage/disk.py", "Driver", True),
        ("depot/storage/fakery.py", "Fakery", True),
    ],
)
def test_a_driver_that_does_nothing_makes_no_store(path: str, name: str, there: bool) -> None:
    found = project({"depot/main.py": FLASK, path: OPENS.format(name)})
    assert ("sqlite" in kinds(found)) is there


def hidden(code: str, *needs: str, files: dict[str, str] | None = None) -> set[tuple[str, str, str]]:
    """Return the flows of a service with such a module and such dependencies."""
    packaging = f"[project]\nname = 'depot'\ndependencies = {['flask', *needs]!r}\n"
    main = FLASK + "import depot.rest\n"
    return flows(
        project({"pyproject.toml": packaging, "depot/main.py": main, "depot/rest.py": code, **(files or {})})
    )


KINESIS = "import boto3\n\ndef f():\n    stream = boto3.client('kinesis')\n    stream.{}(1)\n"
OSLO = "import oslo_messaging as messaging\n\ndef f(conf, target):\n    transport = messaging.get_rpc_transport(conf)\n    {}\n"


@pytest.mark.parametrize(
    ("code", "needs", "expected"),
    [
        ("from oslo_db.sqlalchemy import enginefacade\n\ndef f():\n    enginefacade.configure(x=1)\n", ("oslo.db[mysql]",), ("calls", "mysql")),
        ("from oslo_db.sqlalchemy import enginefacade\ncontext = enginefacade.transaction_context()\n", ("oslo.db",), ("calls", "database")),
        (OSLO.format("return messaging.get_rpc_client(transport, target)"), ("oslo.messaging",), ("publishes", "message-broker")),
        (OSLO.format("return messaging.get_rpc_server(transport, target, [])"), ("oslo.messaging",), ("consumes", "message-broker")),
        (OSLO.format("return messaging.get_batch_notification_listener(transport, target, [])"), ("oslo.messaging",), ("consumes", "message-broker")),
        ("from oslo_config import cfg\nfrom heatclient import client\n\ndef f():\n    return client.Client('1')\n", ("python-heatclient",), ("calls", "heat")),
        (
            "from oslo_config import cfg\nfrom keystoneclient.v3 import client\n\ndef f():\n    return client.Client()\n",
            ("python-keystoneclient",), ("calls", "openstack-keystone"),
        ),
        ("import koji\n\ndef f(hub):\n    return koji.ClientSession(hub)\n", ("koji",), ("calls", "koji")),
        ("import bugzilla\n\ndef f(url):\n    return bugzilla.Bugzilla(url)\n", ("python-bugzilla",), ("calls", "bugzilla")),
        ("from jira import JIRA\n\ndef f(url):\n    return JIRA(url)\n", ("jira",), ("calls", "jira")),
        ("from keystonemiddleware import auth_token\n", ("keystonemiddleware",), ("calls", "openstack-keystone")),
        ("from kazoo.client import KazooClient\n\nclass Zk(KazooClient):\n    pass\n\nz = Zk(hosts='zk:2181')\n", ("kazoo",), ("calls", "zk")),
        ("from kazoo.client import KazooState\n", ("kazoo",), ("calls", "apache-zookeeper")),
        ("import meilisearch\nc = meilisearch.Client('http://search:7700')\n", ("meilisearch",), ("calls", "search")),
        ("import posthog\n\ndef f():\n    posthog.capture('a')\n", ("posthog",), ("calls", "posthog")),
        ("from pusher import Pusher\np = Pusher(app_id='1')\n", ("pusher",), ("calls", "pusher")),
        (KINESIS.format("get_records"), ("boto3",), ("consumes", "amazon-kinesis")),
        (KINESIS.format("put_record"), ("boto3",), ("publishes", "amazon-kinesis")),
        ("from flask_mail import Mail\nmail = Mail()\n", ("flask-mail",), ("calls", "mail-server")),
    ],
)  # fmt: skip
def test_a_library_that_hides_what_it_reaches_shows_it(
    code: str, needs: tuple[str, ...], expected: tuple[str, str]
) -> None:
    assert hidden(code, *needs) == {("depot", *expected)}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("EMAIL_HOST = 'smtp.acme.io'\n", "smtp-acme-io"),
        ("import os\nEMAIL_HOST = os.environ['EMAIL_HOST']\n", "mail-server"),
        (
            "EMAIL_HOST = 'smtp.acme.io'\nEMAIL_BACKEND = 'django.core.mail.backends.console.EmailBackend'\n",
            "",
        ),
        (
            "from configparser import ConfigParser\nconfig = ConfigParser()\nMAIL_SERVER = config.get('mail', 'host')\n",
            "mail-server",
        ),
        (
            "import os, configparser\nMAIL_SERVER = os.environ.get('MAIL_SERVER', 'relay')\n",
            "relay",
        ),
        ("DEFAULT_FROM_EMAIL = 'depot@acme.io'\n", ""),
    ],
)
def test_settings_name_the_server_that_takes_the_mail(settings: str, expected: str) -> None:
    found = hidden("", files={"depot/settings.py": settings})
    assert found == ({("depot", "calls", expected)} if expected else set())


@pytest.mark.parametrize(
    ("title", "place", "services"),
    [
        ("Depot 5.2.1 API", "openapi.yaml", 1),
        ("Depot REST API", "openapi.yaml", 1),
        ("Depot API", "clients/openapi.yaml", 1),
        ("Goods and places", "openapi.yaml", 1),
        ("Carrier REST API", "clients/openapi.yaml", 2),
    ],
)
def test_the_contract_of_a_package_is_its_own(title: str, place: str, services: int) -> None:
    contract = f'openapi: 3.1.0\ninfo: {{title: "{title}", version: v3}}\npaths: {{}}\n'
    files = {
        "pyproject.toml": NEEDS.format(""),
        "depot/__init__.py": "",
        "depot/main.py": FLASK,
        f"depot/{place}": contract,
    }
    graph = read_all(tuple(Source(name, text) for name, text in files.items()))
    assert len([c for c in graph.components if c.kind == "service"]) == services


SESSION = (
    "import functools\nimport socket\nimport urllib.request\nimport requests\nfrom requests.adapters import HTTPAdapter\n\nURL = 'https://api.acme.io/v1'\n"
    "class Patient(HTTPAdapter):\n"
    "    def send(self, request, **given):\n        given.setdefault('timeout', 5)\n        return super().send(request, **given)\n\n"
)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("session = requests.Session()\nsession.mount('https://', Patient())\n\ndef ask():\n    session.get(URL)\n", None),
        ("session = requests.Session()\nadapter = Patient()\nsession.mount('https://', adapter)\n\ndef ask():\n    session.get(URL)\n", None),
        ("session = requests.Session()\nsession.request = functools.partial(session.request, timeout=5)\n\ndef ask():\n    session.get(URL)\n", None),
        ("socket.setdefaulttimeout(9)\n\ndef ask():\n    urllib.request.urlopen(URL)\n", None),
        ("session = requests.Session()\nsession.mount('https://', HTTPAdapter(max_retries=3))\n\ndef ask():\n    session.get(URL)\n", "denied"),
        ("session = requests.Session()\nsession.request = functools.partial(session.request, verify=True)\n\ndef ask():\n    session.get(URL)\n", "denied"),
        ("socket.setdefaulttimeout(None)\n\ndef ask():\n    urllib.request.urlopen(URL)\n", "denied"),
    ],
    ids=["an adapter", "an adapter of a name", "its request made anew", "all sockets", "an adapter that tries again", "made anew without", "no default"],
)  # fmt: skip
def test_what_a_session_says_of_all_its_calls_is_their_timeout(body: str, status: str | None) -> None:
    found = read((
        Source("shop/ask.py", SESSION + body), Source("requirements.txt", "requests\nflask\n"),
        Source("shop/app.py", "import flask\napp = flask.Flask('shop')\n"),
    ))  # fmt: skip
    (flow,) = [f for f in found.flows if f.target == "api-acme-io"]
    timeout = flow.fact("timeout")
    assert (timeout.status if timeout is not None else None) == status


LIMITED = "import flask\nfrom flask_limiter import Limiter\nfrom flask_wtf import CSRFProtect\n\napp = flask.Flask('shop')\nCSRFProtect(app)\n"


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({}, "stated"),
        ({"shop/config.py": "RATELIMIT_ENABLED = False\n"}, "denied"),
        ({"shop/app.py": LIMITED + "app.config['RATELIMIT_ENABLED'] = False\n"}, "denied"),
        ({"shop/app.py": LIMITED + "app.config.update({'RATELIMIT_ENABLED': False})\n"}, "denied"),
        ({"shop/app.py": LIMITED + "limiter = Limiter(app=app, enabled=False)\n"}, "denied"),
        ({"shop/config.py": "import os\nRATELIMIT_ENABLED = bool(os.getenv('LIMIT'))\n"}, "stated"),
        ({"shop/config.py": "class Config:\n    A = 1\n    RATELIMIT_ENABLED = False\n\nclass Live(Config):\n    RATELIMIT_ENABLED = True\n"}, "stated"),
        ({"shop/config.py": "class TestConfig:\n    A = 1\n    RATELIMIT_ENABLED = False\n"}, "stated"),
    ],
    ids=["without a word", "off", "off at the application", "off in a dictionary", "off where it is made", "by the environment",
         "on in one class", "off in tests"],
)  # fmt: skip
def test_limits_that_a_setting_switches_off_are_none(files: dict[str, str], status: str) -> None:
    given = {"shop/app.py": LIMITED, "requirements.txt": "flask\nflask-limiter\n"} | files
    found = read(tuple(Source(name, text) for name, text in given.items()))
    (limit,) = [f for c in found.components for f in c.facts if f.name == "rate_limit"]
    assert limit.status == status


def test_forms_that_a_setting_leaves_unprotected_are_told() -> None:
    files = {
        "shop/app.py": LIMITED,
        "shop/config.py": "WTF_CSRF_ENABLED = False\n",
        "requirements.txt": "flask\n",
    }
    found = read(tuple(Source(name, text) for name, text in files.items()))
    (checked,) = [f for c in found.components for f in c.facts if f.name == "csrf_protection"]
    assert checked.status == "denied"


HANDS_OVER = (
    "import asyncio\nimport functools\nimport threading\nimport time\nimport requests\nfrom fastapi import FastAPI, Request\n"
    "from asgiref.sync import sync_to_async\nfrom depot.pools import run_in_thread\n\napp = FastAPI()\n\n{}\n"
    "@app.get('/stock')\nasync def stock(request: Request, pool):\n    {}\n"
)
PUSH = "def push(request):\n    time.sleep(5)\n"
ASK = "def ask():\n    requests.get('https://api.acme.io', timeout=3)\n"


@pytest.mark.parametrize(
    ("code", "body", "waits"),
    [
        (PUSH, "threading.Thread(target=push, args=(request,)).start()", False),
        (PUSH, "pool.submit(push, request)", False),
        (PUSH, "pool.submit(functools.partial(push, request))", False),
        (PUSH, "await asyncio.to_thread(push, request)", False),
        (PUSH, "await asyncio.get_running_loop().run_in_executor(None, push, request)", False),
        (PUSH, "push(request)", True),
        ("@sync_to_async\n" + ASK, "await ask()", False),
        ("@run_in_thread\n" + ASK, "await ask()", False),
        ("@functools.cache\n" + ASK, "ask()", True),
        (ASK, "ask()", True),
    ],
)
def test_what_is_handed_to_a_thread_keeps_nobody_waiting(code: str, body: str, waits: bool) -> None:
    found = project({"depot/app.py": HANDS_OVER.format(code, body)})
    told = {f.name for f in depot(found).facts}
    assert bool(told & {"blocking_in_async", "slow_work_in_request"}) is waits


def test_views_that_check_their_forms_themselves_arent_unprotected() -> None:
    view = "from flask_wtf.csrf import validate_csrf\n\ndef take(request):\n    validate_csrf(request.form['token'])\n"
    files = {"shop/app.py": LIMITED, "shop/config.py": "WTF_CSRF_ENABLED = False\n", "shop/take.py": view}
    found = read(tuple(Source(name, text) for name, text in files.items()))
    assert not [f for c in found.components for f in c.facts if f.status == "denied" and "csrf" in f.name]
