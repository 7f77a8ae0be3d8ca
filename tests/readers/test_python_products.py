"""What is part of a product's running system and what it only holds: drivers side by side, extras, checks before routes, trials of a module."""

from __future__ import annotations

import pytest

from buttress.model import Component, Flow, Fragment, Source
from buttress.pipeline import read as read_all
from buttress.readers.python import read

NEEDS = "[project]\nname = 'desk'\ndependencies = ['fastapi', {}]\n"
APP = "import fastapi\n\napp = fastapi.FastAPI()\n"


def project(files: dict[str, str], *needs: str) -> Fragment:
    packaging = {"pyproject.toml": NEEDS.format(", ".join(repr(n) for n in needs)), "desk/main.py": APP}
    return read(tuple(Source(name, text) for name, text in {**packaging, **files}.items()))


def desk(found: Fragment) -> Component:
    return next(c for c in found.components if c.id == "desk")


def flow(found: Fragment, target: str) -> Flow:
    return next(f for f in found.flows if f.target == target)


DRIVERS = {
    "redis": "import redis\nc = redis.Redis(host='r')\n",
    "mongo": "import pymongo\nc = pymongo.MongoClient('mongodb://m')\n",
    "search": "import elasticsearch\nc = elasticsearch.Elasticsearch('http://e')\n",
}


@pytest.mark.parametrize(
    "path",
    [
        "desk/providers/{0}_provider/{0}_provider.py",
        "desk/providers/{0}/client.py",
        "desk/drivers/{0}.py",
    ],
)
def test_drivers_side_by_side_are_plug_ins_also_when_each_folder_says_so(path: str) -> None:
    files = {path.format(name): text for name, text in DRIVERS.items()}
    assert project(files, "redis", "pymongo", "elasticsearch").flows == ()


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ("", set()),
        ("import boto3\nc = boto3.client('sqs')\nd = boto3.client('sns')\n", {"r", "m", "e"}),
    ],
    ids=["one use each", "a layer with more than one use"],
)
def test_layers_side_by_side_are_no_plug_ins(more: str, left: set[str]) -> None:
    files = {f"desk/{name}/client.py": text for name, text in DRIVERS.items()}
    files["desk/redis/more.py"] = more
    found = project(files, "redis", "pymongo", "elasticsearch", "boto3")
    assert {f.target for f in found.flows} & {"r", "m", "e"} == left


def test_layers_of_which_each_uses_something_of_another_sort_are_no_plug_ins() -> None:
    files = {
        "desk/tables/base.py": DRIVERS["mongo"],
        "desk/kept/files.py": "import boto3\n\ndef files():\n    return boto3.client('s3')\n",
        "desk/views/login.py": "import requests\n\ndef ask(x):\n    return requests.post('https://ask.quizzical.io/x', x)\n",
    }
    found = project(files, "pymongo", "boto3", "requests")
    assert {f.target for f in found.flows} == {"m", "amazon-s3", "ask-quizzical-io"}


def test_the_database_of_djangos_settings_is_no_option_of_its_folder() -> None:
    site = (
        "INSTALLED_APPS = ['desk']\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'db'}}\n"
    )
    files = {f"desk/{name}/client.py": text for name, text in DRIVERS.items()}
    found = project(
        {"desk/app/settings.py": site, **files}, "django", "psycopg", "redis", "pymongo", "elasticsearch"
    )
    assert {f.target for f in found.flows} == {"db"}


KEEPER = "class Keeper:\n    def put(self, x):\n        raise NotImplementedError\n"
KEEPERS = {
    "mongo": "import pymongo\n\nclass Mongo({0}):\n    def put(self, x):\n        pymongo.MongoClient('mongodb://m')\n",
    "search": "import elasticsearch\n\nclass Elastic({0}):\n    def put(self, x):\n        elasticsearch.Elasticsearch('http://e')\n",
    "other": "import opensearchpy\n\nclass Open({0}):\n    def put(self, x):\n        opensearchpy.OpenSearch('http://o')\n",
}


@pytest.mark.parametrize(
    ("names", "base", "left"),
    [
        ("mongo search other", "Keeper", set()),
        ("mongo search other", "", {"m", "e", "o"}),
        ("mongo search", "Keeper", {"m", "e"}),
    ],
    ids=["two of one kind", "no base", "each of another kind"],
)
def test_stores_of_classes_with_one_base_are_options(names: str, base: str, left: set[str]) -> None:
    code = KEEPER + "".join(KEEPERS[n].format(base) for n in names.split())
    needs = ("pymongo", "elasticsearch", "opensearch-py")
    assert {f.target for f in project({"desk/keeping.py": code}, *needs).flows} == left


def test_a_store_of_one_class_that_is_also_used_elsewhere_is_kept() -> None:
    code = KEEPER + "".join(KEEPERS[n].format("Keeper") for n in ("search", "other"))
    found = project(
        {"desk/keeping.py": code, "desk/find.py": DRIVERS["search"]}, "elasticsearch", "opensearch-py"
    )
    assert "e" in {f.target for f in found.flows}


def test_two_sorts_of_plug_ins_are_both_left_out() -> None:
    files = {f"desk/providers/{name}/client.py": text for name, text in DRIVERS.items()}
    outside = {
        f"desk/connectors/{n}.py": f"import requests\n\ndef send():\n    requests.post('https://api.{n}.io/x')\n"
        for n in ("acme", "zeta", "omega")
    }
    assert project({**files, **outside}, "redis", "pymongo", "elasticsearch", "requests").flows == ()


def test_plug_ins_are_options_also_where_every_installation_has_the_driver_of_one() -> None:
    files = {f"desk/providers/{name}.py": text for name, text in DRIVERS.items()}
    assert project(files, "redis").flows == ()


def test_a_broker_beside_stores_is_no_option() -> None:
    code = "from celery import Celery\n\napp = Celery('desk', broker='amqp://q')\n\n\n@app.task\ndef work():\n    pass\n"
    files = {f"desk/{n}/client.py": DRIVERS[n] for n in ("redis", "mongo")} | {"desk/tasks/work.py": code}
    found = project(files, "redis", "pymongo", "celery")
    assert {c.id for c in found.components} >= {"r", "m", "q"}


ENGINE = "import sqlalchemy\n\ndef engine():\n    return sqlalchemy.create_engine('postgresql://db/desk', pool_size=5)\n"
LISTEN = "import psycopg2\n\ndef listen():\n    return psycopg2.connect('postgresql://db/desk')\n"


@pytest.mark.parametrize(
    ("files", "status"),
    [
        pytest.param({"desk/listen.py": LISTEN}, "denied", id="nothing but a connection for each call"),
        pytest.param({"desk/listen.py": LISTEN, "desk/db.py": ENGINE}, "stated", id="one beside a pool"),
    ],
)
def test_one_connection_beside_a_pool_is_no_lack_of_a_pool(files: dict[str, str], status: str) -> None:
    pool = flow(project(files, "sqlalchemy", "psycopg2"), "db").fact("connection_pool")
    assert pool is not None and pool.status == status


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("source.get('address')", False),
        ("source['address']", False),
        ("config['address']", True),
        ("source", True),
    ],
)
def test_a_database_that_a_record_names_is_none_of_the_systems(address: str, there: bool) -> None:
    code = f"import psycopg\n\ndef look(source, config):\n    return psycopg.connect({address})\n"
    flows = project({"desk/look.py": code}, "psycopg").flows
    assert any(e.source == "desk/look.py" for f in flows for e in f.evidence) is there


LOOP = "from sqlalchemy.orm import Session\n\ndef f(session: Session, rows):\n    for {}:\n        session.execute(select(User))\n"


@pytest.mark.parametrize(
    ("head", "each"),
    [
        ("row in rows", True),
        ("at in range(0, len(rows), 1)", True),
        ("page in pages", True),
        ("batch in split(rows)", False),
        ("part in itertools.batched(rows, 500)", False),
        ("part in in_safe_chunks(rows)", False),
        ("at in range(0, len(rows), 500)", False),
    ],
)
def test_a_query_for_many_rows_at_a_time_is_none_for_each_row(head: str, each: bool) -> None:
    found = desk(project({"desk/rows.py": LOOP.format(head)}, "sqlalchemy"))
    assert (found.fact("queries_in_loops") is not None) is each


SEVERAL = """import fastapi
import secrets

api = fastapi.FastAPI()
{login} = fastapi.FastAPI()

{check}

@{login}.post("/failure")
def failed():
    return 1
"""
CHECK = "@api.middleware('http')\nasync def token_validation(request, call_next):\n    return await call_next(request)\n"
ROUTER = (
    "import fastapi\n\nrouter = fastapi.APIRouter()\n\n@router.put('/storage')\ndef put():\n    return 1\n"
)


@pytest.mark.parametrize(
    ("check", "login", "open_"),
    [
        pytest.param("", "pages", 2, id="nothing checks callers"),
        pytest.param(
            CHECK,
            "pages",
            1,
            id="one application does: the other one's route is open, a router's isn't known",
        ),
        pytest.param(CHECK, "login_api", 0, id="the other one is for logging in"),
    ],
)
def test_what_one_of_several_applications_checks_leaves_routers_unknown(
    check: str, login: str, open_: int
) -> None:
    files = {"desk/main.py": SEVERAL.format(check=check, login=login), "desk/storage.py": ROUTER}
    fact = desk(project(files)).fact("open_changing_routes")
    assert (fact.value if fact is not None else 0) == open_


TASKS = "import celery\n\napp = celery.Celery('desk', broker='amqp://queue//')\n\n@app.task\ndef send():\n    return 1\n"
EXTRA = "[project]\nname = 'desk'\ndependencies = ['fastapi']\n[project.optional-dependencies]\ndeploy = ['celery', 'redis']\n"


def test_a_worker_that_an_extra_brings_has_the_broker_of_its_queue() -> None:
    found = project({"desk/tasks.py": TASKS, "pyproject.toml": EXTRA})
    assert {(f.source, f.kind, f.target) for f in found.flows} >= {
        ("desk", "publishes", "queue"),
        ("desk-worker", "consumes", "queue"),
    }


TRIED = "def f():\n    return 1\n\nif __name__ == '__main__':\n    password = 'hunter-4711-x'\n    f()\n"


@pytest.mark.parametrize(
    ("path", "text", "secret"),
    [
        pytest.param("desk/kafka.py", TRIED, False, id="a trial of a package's module"),
        pytest.param("serve.py", TRIED, True, id="a program of its own"),
        pytest.param(
            "desk/kafka.py", "password = 'hunter-4711-x'\n", True, id="used wherever it is imported"
        ),
    ],
)
def test_what_only_a_trial_of_a_module_uses_is_no_secret(path: str, text: str, secret: bool) -> None:
    found = desk(project({"desk/__init__.py": "", path: text}))
    assert (found.fact("secrets_in_plaintext") is not None) is secret


SWALLOWS = "def f(client, order):\n    try:\n        {}\n    except Exception:\n        pass\n"


@pytest.mark.parametrize(
    ("statement", "vanishes"),
    [
        ("client.close()", False),
        ("os.unlink(order)", False),
        ("client.send(order)", True),
        ("client.send(order); client.close()", True),
        ("order.closed = client.close", True),
    ],
)
def test_an_error_while_something_is_ended_may_be_let_go(statement: str, vanishes: bool) -> None:
    found = desk(project({"desk/mail.py": SWALLOWS.format(statement)}))
    assert (found.fact("swallowed_exceptions") is not None) is vanishes


GUARDED = """import fastapi
from versioned import VersionedRouter
from desk import orders

app = fastapi.FastAPI()
inner = {made}({checks})
inner.include_router(orders.router, prefix="/orders")
app.include_router(inner)

@app.post("/refunds", dependencies=[fastapi.Depends(current_user)])
def refund():
    return 1
"""
ORDERS = "import fastapi\n\nrouter = fastapi.APIRouter()\n\n@router.post('/')\ndef place():\n    return 1\n"


@pytest.mark.parametrize(
    ("made", "checks", "open_"),
    [
        ("fastapi.APIRouter", "dependencies=[fastapi.Security(require_auth)]", False),
        ("VersionedRouter", "dependencies=[fastapi.Security(require_auth)]", False),
        ("fastapi.APIRouter", "", True),
    ],
)
def test_a_router_that_checks_callers_does_so_for_the_routers_in_it(
    made: str, checks: str, open_: bool
) -> None:
    files = {
        "desk/__init__.py": "",
        "desk/main.py": GUARDED.format(made=made, checks=checks),
        "desk/orders.py": ORDERS,
    }
    assert (desk(project(files)).fact("open_changing_routes") is not None) is open_


REPORT = "import requests\n\ndef report(text):\n    requests.post('https://paste.acme.io/x', data=text)\n"


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("desk/cli/info.py", False),
        ("desk/cli.py", False),
        ("desk/example_flows/a.py", False),
        ("contrib/send.py", False),
        ("desk/contrib/send.py", True),
        ("desk/client/send.py", True),
    ],
)
def test_what_only_people_start_by_hand_calls_is_no_part_of_the_system(path: str, there: bool) -> None:
    assert bool(project({path: REPORT}, "requests").flows) is there


ALONE = "import sqlalchemy\nfrom sqlalchemy.pool import NullPool\n\ndef f():\n    return sqlalchemy.create_engine('postgresql://db/desk', poolclass=NullPool)\n"


@pytest.mark.parametrize(
    ("path", "denied"),
    [("desk/cli.py", False), ("desk/plugin_alembic_template/env.py", False), ("desk/db.py", True)],
)
def test_a_command_that_does_one_thing_needs_no_pool(path: str, denied: bool) -> None:
    pool = flow(project({path: ALONE}, "sqlalchemy", "psycopg2"), "db").fact("connection_pool")
    assert (pool is not None and pool.status == "denied") is denied


@pytest.mark.parametrize(
    ("line", "open_"),
    [
        ("    if not current_user.is_authenticated:\n        return redirect('/login')\n", False),
        ("    if request.user.is_anonymous:\n        raise PermissionDenied\n", False),
        ("    abort(404)\n", True),
    ],
)
def test_a_view_may_look_itself_who_calls(line: str, open_: bool) -> None:
    code = (
        "import flask\n\napp = flask.Flask('desk')\n\n@app.post('/notes')\ndef add():\n"
        + line
        + "    return 1\n"
    )
    assert (
        desk(project({"desk/__init__.py": "", "desk/main.py": code})).fact("open_changing_routes") is not None
    ) is open_


CONTRACT = "openapi: 3.0.3\ninfo: {title: Parcel Desk API, version: '1'}\npaths: {}\n"


@pytest.mark.parametrize(
    ("code", "own"),
    [
        ("import fastapi\napp = fastapi.FastAPI(title='Parcel Desk API')\n", True),
        ("import flask\napp = flask.Flask('x')\napp.config['API_TITLE'] = 'Parcel Desk API'\n", True),
        ("import fastapi\napp = fastapi.FastAPI(title='Letters')\n", False),
        ("import fastapi\napp = fastapi.FastAPI(title='Parcel Desk API')\nother = fastapi.FastAPI(title='Letters')\n", False),
    ],
    ids=["the same title", "the same title in a setting", "another title", "one of two titles"],
)  # fmt: skip
def test_a_contract_of_the_title_that_the_code_publishes_is_the_services(code: str, own: bool) -> None:
    sources = (
        Source("lodge/main.py", code),
        Source("pyproject.toml", "[project]\nname = 'lodge'\ndependencies = ['fastapi', 'flask']\n"),
        Source("openapi.yaml", CONTRACT),
    )
    services = {c.id for c in read_all(sources).components if c.kind == "service"}
    assert (len(services) == 1) is own


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({}, True),
        ({"desk/driver/lake/store.py": "import clickhouse_driver\n\nclass Lake:\n    def open(self, c):\n        clickhouse_driver.Client(c)\n"}, True),
        ({"desk/driver/old/store.py": "import pymysql\n\nclass Old:\n    def open(self, c):\n        pymysql.connect(host=c)\n"}, False),
    ],
    ids=["beside brokers", "beside a store of another sort", "beside another database"],
)  # fmt: skip
def test_the_only_database_among_plug_ins_is_no_option(more: dict[str, str], kept: bool) -> None:
    needs = (
        "sqlalchemy",
        "psycopg2",
        "pymysql",
        "kafka-python",
        "paho-mqtt",
        "redis",
        "elasticsearch",
        "clickhouse-driver",
    )
    files = {
        "desk/driver/sql/store.py": "import sqlalchemy\n\nclass Sql:\n    def open(self, c):\n        sqlalchemy.create_engine(c.get('dburi'))\n",
        "desk/driver/cache/store.py": "import redis\n\nclass Cache:\n    def open(self, c):\n        redis.Redis(c)\n",
        "desk/driver/search/store.py": "import elasticsearch\n\nclass Search:\n    def open(self, c):\n        elasticsearch.Elasticsearch(c)\n",
    }
    found = project(files | more, *needs)
    assert any(c.kind == "relational_db" for c in found.components) is kept
    assert not [c for c in found.components if c.kind in ("cache", "search_index")]


def test_an_address_that_derived_classes_give_names_no_service() -> None:
    base = "import requests\n\nclass Login:\n    ledger_url = ''\n\n    def ask(self):\n        return requests.get(self.ledger_url + '/me')\n"
    derived = "\nclass Acme(Login):\n    ledger_url = 'https://acme.io'\n"
    assert [f.target for f in project({"desk/login.py": base}, "requests").flows] == ["ledger"]
    assert not project({"desk/login.py": base + derived}, "requests").flows


BIND = "import ldap3\n\ndef bind(me):\n    server = ldap3.Server({at}{more})\n    return ldap3.Connection(server, me)\n"
BIND_OLD = (
    "import ldap\nfrom desk.settings import AT\n\ndef bind(me):\n"
    "    ldap.set_option(ldap.OPT_NETWORK_TIMEOUT, 5)\n    return ldap.initialize(AT)\n"
)


@pytest.mark.parametrize(
    ("code", "name", "timeout"),
    [
        (BIND.format(at="'127.0.0.1:389'", more=""), "ldap-directory", None),
        (BIND.format(at="'people.acme.io'", more=""), "people-acme-io", None),
        (BIND.format(at="'people.acme.io'", more=", connect_timeout=4"), "people-acme-io", 4.0),
        (BIND_OLD, "ldap-directory", 5.0),
    ],
    ids=["the own machine", "a host", "a limit at the server", "a limit as an option"],
)
def test_a_directory_is_named_by_its_host_and_waited_for_as_the_code_says(
    code: str, name: str, timeout: float | None
) -> None:
    found = project({"desk/people.py": code, "desk/settings.py": "AT = ''\n"}, "ldap3", "python-ldap")
    (link,) = found.flows
    said = link.fact("timeout")
    assert (link.target, said.value if said is not None else None) == (name, timeout)


SITE = "import sys\nINSTALLED_APPS = ['desk']\n{0}:\n    PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']\n"


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("if IN_TESTS", False),
        ("if 'test' in sys.argv", False),
        ("if ENVIRONMENT == 'test'", False),
        ("if 'shop' in sys.argv", True),
        ("if not IN_TESTS", True),
    ],
)
def test_what_settings_say_for_tests_alone_isnt_told(condition: str, told: bool) -> None:
    found = project({"desk/settings.py": SITE.format(condition)}, "django")
    (site,) = (c for c in found.components if c.id == "desk")
    assert (site.fact("password_hashing") is not None) is told


@pytest.mark.parametrize(("host", "name"), [("'localhost'", "postgresql"), ("'pg.acme.io'", "pg-acme-io")])
def test_what_a_typed_variable_of_the_environment_is_by_default_names_a_database(
    host: str, name: str
) -> None:
    site = (
        "import environ\nenv = environ.Env()\nINSTALLED_APPS = ['desk']\nDATABASES = {'default': {"
        f"'ENGINE': env.str('DESK_DB_ENGINE', 'django.db.backends.postgresql'), 'HOST': env.str('DESK_DB_HOST', {host})}}}}\n"
    )
    assert [f.target for f in project({"desk/settings.py": site}, "django", "psycopg").flows] == [name]


def test_migrations_that_django_generated_are_migrations() -> None:
    made = (
        "# Generated by Django 5.2 on 2026-02-03 10:00\n\nfrom django.db import migrations\n\n\n"
        "class Migration(migrations.Migration):\n    initial = True\n"
    )
    site = "INSTALLED_APPS = ['desk']\nROOT_URLCONF = 'desk.urls'\n"
    found = project({"desk/settings.py": site, "desk/migrations/0001_initial.py": made}, "django")
    (desk,) = (c for c in found.components if c.id == "desk")
    said = desk.fact("migrations")
    assert said is not None and said.value == "Django"


@pytest.mark.parametrize(("local", "told"), [("DEBUG = False\n", False), ("DEBUG = True\n", True)])
def test_what_the_settings_of_an_installation_turn_off_isnt_on(local: str, told: bool) -> None:
    site = "DEBUG = True\nINSTALLED_APPS = ['desk']\nROOT_URLCONF = 'desk.urls'\n"
    found = project({"desk/settings.py": site, "etc/desk/local_settings.py": local}, "django")
    assert (desk(found).fact("debug_mode") is not None) is told
