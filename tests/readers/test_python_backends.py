"""What the code of large backends says, and what it doesn't: subclasses of frameworks, task queues, names in SQL, plug-ins side by side."""

from __future__ import annotations

import pytest

from buttress.model import Component, Fragment, Source
from buttress.readers.python import read


def project(files: dict[str, str]) -> Fragment:
    return read(tuple(Source(name, text) for name, text in files.items()))


def kinds(found: Fragment) -> dict[str, str]:
    return {c.id: c.kind for c in found.components}


def flows(found: Fragment) -> set[tuple[str, str, str]]:
    return {(f.source, f.kind, f.target) for f in found.flows}


def told(found: Fragment, name: str) -> Component:
    return next(c for c in found.components if c.id == name)


SERVER = "from portal.base import PortalApp\napp = PortalApp(__name__)\n\n@app.route('/healthz')\ndef health():\n    return 'ok'\n"
BASE = "from portal.multi import SharedFlask\n\nclass PortalApp(SharedFlask):\n    pass\n"
SHARED = "from flask import Flask\n\nclass SharedFlask(Flask):\n    pass\n"


def test_a_class_that_derives_from_an_application_through_others_is_one() -> None:
    found = project({
        "portal/__init__.py": "", "portal/server.py": SERVER, "portal/base.py": BASE, "portal/multi.py": SHARED,
        "pyproject.toml": "[project]\nname = 'portal'\ndependencies = ['flask']\n",
    })  # fmt: skip
    portal = told(found, "portal")
    assert (portal.kind, portal.technology) == ("service", "flask")
    assert [f.value for f in portal.facts if f.name == "health_endpoint"] == ["/healthz"]


def test_a_site_of_twisted_is_a_service() -> None:
    site = "from twisted.web.server import Site\n\nclass ChatSite(Site):\n    pass\n"
    listen = "from chat.site import ChatSite\n\ndef listen(reactor, port, root):\n    reactor.listenTCP(port, ChatSite(root))\n"
    found = project(
        {
            "chat/__init__.py": "",
            "chat/site.py": site,
            "chat/app.py": listen,
            "pyproject.toml": "[project]\nname = 'chat'\n",
        }
    )
    assert (told(found, "chat").kind, told(found, "chat").technology) == ("service", "twisted")


def test_a_class_of_an_applications_name_that_derives_from_none_is_none() -> None:
    code = "class WebApp:\n    def route(self, path):\n        return lambda f: f\n\napp = WebApp()\n\n@app.route('/x')\ndef x():\n    return 1\n"
    found = project({"kit/web.py": code, "pyproject.toml": "[project]\nname = 'kit'\n"})
    assert kinds(found) == {"kit": "library_or_module"}


SETTINGS = "ROOT_URLCONF = 'labels.urls'\nINSTALLED_APPS = ['labels']\n"
NEEDS = "[project]\nname = 'labels'\ndependencies = ['django', 'django-rq', 'redis', 'pymemcache']\n"


def test_the_queues_of_django_rq_are_at_a_redis() -> None:
    queues = SETTINGS + "RQ_QUEUES = {'default': {'HOST': 'queue-redis', 'PORT': 6379, 'DB': 0}}\n"
    found = project({"labels/settings.py": queues, "pyproject.toml": NEEDS})
    assert flows(found) == {("labels", "publishes", "queue-redis"), ("labels", "consumes", "queue-redis")}


def test_a_cache_in_the_process_is_no_memcached() -> None:
    cache = SETTINGS + "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}\n"
    found = project({"labels/settings.py": cache, "pyproject.toml": NEEDS})
    assert kinds(found) == {"labels": "service"}
    assert told(found, "labels").fact("process_local_cache") is not None
    shared = cache.replace("locmem.LocMemCache", "memcached.PyMemcacheCache")
    assert "memcached" in kinds(project({"labels/settings.py": shared, "pyproject.toml": NEEDS}))


def test_a_store_of_plug_ins_that_is_also_used_elsewhere_is_kept() -> None:
    plug_ins = {
        "labels/storages/gcs/a.py": "import redis\n",
        "labels/storages/redis/a.py": "import redis\nc = redis.Redis(host='h')\n",
        "labels/storages/mongo/a.py": "import pymongo\nc = pymongo.MongoClient('mongodb://m')\n",
        "labels/storages/search/a.py": "import elasticsearch\nc = elasticsearch.Elasticsearch('http://e')\n",
    }
    alone = project({"labels/settings.py": SETTINGS, **plug_ins})
    assert flows(alone) == set()
    core = "import redis\nc = redis.Redis(host='h')\n"
    both = project({"labels/settings.py": SETTINGS, "labels/core.py": core, **plug_ins})
    assert {target for _, _, target in flows(both)} == {"h"}


@pytest.mark.parametrize(
    ("statement", "open_"),
    [
        pytest.param("f\"SELECT id FROM users WHERE name = '{name}'\"", True, id="a value in quotes"),
        pytest.param("'SELECT id FROM t WHERE a = ' + name", True, id="a value that is added"),
        pytest.param("'DELETE FROM t WHERE a = %s AND b = %s' % (1, name)", True, id="a value among several"),
        pytest.param("f'SELECT {name}'", True, id="what is selected, as a whole"),
        pytest.param("f'DROP INDEX {request.args[0]}'", True, id="a name from the request"),
        pytest.param(
            "f'ALTER TABLE {t} DROP CONSTRAINT IF EXISTS {name}'", False, id="names after their words"
        ),
        pytest.param(
            "f'CREATE INDEX CONCURRENTLY {name} ON t (a)'", False, id="an index that is made beside the work"
        ),
        pytest.param("'TRUNCATE %s CASCADE' % (name,)", False, id="a name in a tuple"),
        pytest.param("f'SELECT * FROM \"{name}\" LIMIT 1'", False, id="a name in quotes"),
        pytest.param("f'SELECT {name} FROM t ORDER BY {other}'", False, id="columns"),
        pytest.param("'SELECT a FROM {}'.format(name)", False, id="a name by format"),
        pytest.param("f'DROP TABLE {str(table)}'", False, id="a table as text"),
        pytest.param("'SELECT a FROM {t} WHERE b = {v}'.format(t=t, v=name)", True, id="a value by its key"),
        pytest.param(
            "'SELECT a FROM {t} WHERE b = {v}'.format(t=name, v=literal_string(name))",
            False,
            id="a value that is escaped",
        ),
        pytest.param(
            "'CREATE TYPE n AS (a {0}, b text)'.format('json' if other else 'text')",
            False,
            id="one of two words",
        ),
        pytest.param("'SELECT {'.format(name)", False, id="no format at all"),
    ],
)
def test_sql_has_values_that_could_be_parameters_and_names_that_cant(statement: str, open_: bool) -> None:
    code = f"import fastapi\napp = fastapi.FastAPI()\n\ndef f(db, name, other, t, table, request):\n    db.execute({statement})\n"
    assert (told(project({"main.py": code}), "app").fact("sql_built_from_strings") is not None) is open_


WORKER = """from celery import Celery
app = Celery('shop', broker='redis://queue')

@app.task{}
def send():
    return 1

@app.task
def other():
    return 2
"""


def test_tasks_of_which_some_have_a_limit_arent_without_one() -> None:
    def limit(arguments: str) -> str | None:
        found = told(project({"shop/tasks.py": WORKER.format(arguments)}), "app").fact("task_time_limit")
        return found.status if found is not None else None

    assert limit("") == "denied"
    assert limit("(soft_time_limit=60)") is None


def test_celery_waits_long_enough_between_attempts_unless_told_otherwise() -> None:
    def counted(arguments: str) -> bool:
        found = told(project({"shop/tasks.py": WORKER.format(arguments)}), "app")
        return found.fact("retries_without_backoff") is not None

    assert not counted("(autoretry_for=(OSError,))")
    assert counted("(autoretry_for=(OSError,), default_retry_delay=1)")


SETUP = """
from setuptools import setup
needs = '''
celery==5.6
django==5.2
'''.strip().split("\\n")
setup(name="filing", install_requires=needs)
"""


def test_tasks_of_a_celery_that_is_made_by_its_name_are_tasks() -> None:
    made = "from django.utils.module_loading import import_string\nimport celery\nkind = import_string('a.B')\napp = kind(main='filing')\n"
    tasks = "from filing.celery import app\n\n@app.task(ignore_result=True)\ndef index():\n    return 1\n"
    found = project({
        "filing/__init__.py": "", "filing/celery.py": made, "filing/tasks.py": tasks, "filing/settings.py": SETTINGS.replace("labels", "filing"),
        "setup.py": SETUP,
    })  # fmt: skip
    assert set(kinds(found).values()) == {"service", "worker"}


LOOP = """import fastapi
from sqlalchemy.orm import Session
app = fastapi.FastAPI()

def f(session: Session, rows):
    for row in rows:
        session.execute({})
"""


@pytest.mark.parametrize(
    ("statement", "asked"),
    [
        ("select(User).where(User.id == row)", True),
        ("update(User).where(User.id == row).values(a=1)", False),
        ("text('INSERT INTO t VALUES (1)')", False),
    ],
)
def test_only_what_is_asked_for_each_row_is_a_query_for_each_row(statement: str, asked: bool) -> None:
    found = told(project({"main.py": LOOP.format(statement)}), "app")
    assert (found.fact("queries_in_loops") is not None) is asked


@pytest.mark.parametrize(
    ("call", "unsafe"),
    [
        ("yaml.load(x)", True),
        ("yaml.load(x, Loader=yaml.Loader)", True),
        ("yaml.load(x, Loader=yaml.FullLoader)", False),
        ("yaml.load(**given)", False),
    ],
)
def test_only_loaders_that_make_any_object_are_unsafe(call: str, unsafe: bool) -> None:
    code = f"import fastapi, yaml\napp = fastapi.FastAPI()\n\ndef f(x, given):\n    return {call}\n"
    assert (told(project({"main.py": code}), "app").fact("unsafe_deserialization") is not None) is unsafe


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("ADMIN_PASSWORD = 'hunter2-hunter3'", True),
        ("_LEGACY_DEFAULT_PASSWORD = 'hunter2-hunter3'", False),
        ("SECRET_KEY = 'secret-key-missing!'", False),
    ],
)
def test_a_secret_that_is_looked_for_or_missing_is_none_in_use(line: str, secret: bool) -> None:
    code = f"import fastapi\napp = fastapi.FastAPI()\n{line}\n"
    assert (told(project({"main.py": code}), "app").fact("secrets_in_code") is not None) is secret


REST = SETTINGS + "REST_FRAMEWORK = {'DEFAULT_PAGINATION_CLASS': 'labels.Pages'}\n"
VIEWS = "from rest_framework.generics import GenericAPIView\n\nclass Guarded(GenericAPIView):\n    permission_classes = (IsMember,)\n"


def test_views_that_name_their_permissions_need_no_default() -> None:
    plain = "import rest_framework\nfrom rest_framework import generics\n"
    without = project({"labels/settings.py": REST, "labels/views.py": plain, "pyproject.toml": NEEDS})
    assert [f.status for f in told(without, "labels").facts if f.name == "authorization"] == ["denied"]
    named = project({"labels/settings.py": REST, "labels/views.py": VIEWS, "pyproject.toml": NEEDS})
    assert "denied" not in [f.status for f in told(named, "labels").facts if f.name == "authorization"]


MODELS = """
from django.db import models

class Plan(models.Model):
    name = models.CharField(max_length=9)

class Bill(models.Model):
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE)

class Note(models.Model):
    title = models.CharField(max_length=9)

    @property
    def plan(self):
        return PLANS[self.title]
"""


@pytest.mark.parametrize(
    ("rows", "lazy"),
    [
        ("Bill.objects.filter(a=1)", True),
        ("Bill.objects.filter(a=1).select_related('plan')", False),
        ("Bill.objects.filter(a=1).prefetch_all()", False),
        ("Note.objects.filter(a=1)", False),
    ],
)
def test_a_relation_is_followed_only_where_the_model_has_it_and_nothing_brings_it_along(
    rows: str, lazy: bool
) -> None:
    loop = f"from labels.models import Bill, Note\n\ndef f():\n    for row in {rows}:\n        print(row.plan.name)\n"
    found = project(
        {
            "labels/__init__.py": "",
            "labels/settings.py": SETTINGS,
            "labels/models.py": MODELS,
            "labels/views.py": loop,
            "pyproject.toml": NEEDS,
        }
    )
    assert (told(found, "labels").fact("lazy_loads_in_loops") is not None) is lazy


PEEK = "    seen = jwt.decode(token, options={'verify_signature': False})\n"
CHECK = "    return jwt.decode(token, key(seen['iss']), algorithms=['RS256'])\n"


@pytest.mark.parametrize(
    ("body", "name", "status"),
    [
        pytest.param(
            PEEK + "    return seen\n", "unchecked_tokens", "stated", id="a token that nobody checks"
        ),
        pytest.param(PEEK + CHECK, "unchecked_tokens", None, id="a look before the check"),
        pytest.param(
            "    return jwt.encode({'sub': 1}, token, algorithm='HS256')\n",
            "token_expiry",
            "denied",
            id="a token without end",
        ),
        pytest.param(
            "    return jwt.encode({'sub': 1}, None, algorithm='none')\n",
            "token_expiry",
            None,
            id="a statement without signature",
        ),
    ],
)
def test_tokens_are_believed_where_nothing_checks_them(body: str, name: str, status: str | None) -> None:
    code = f"import fastapi, jwt\napp = fastapi.FastAPI()\n\ndef f(token, key):\n{body}"
    fact = told(project({"main.py": code}), "app").fact(name)
    assert (fact.status if fact is not None else None) == status


def test_a_model_called_domain_is_no_layer() -> None:
    def frameworks(path: str) -> bool:
        files = {
            "labels/__init__.py": "",
            path.rpartition("/")[0] + "/__init__.py": "",
            path: MODELS,
            "labels/settings.py": SETTINGS,
            "pyproject.toml": NEEDS,
        }
        return told(project(files), "labels").fact("frameworks_in_domain") is not None

    assert frameworks("labels/domain/order.py")
    assert not frameworks("labels/models/domain.py")


def test_settings_that_run_more_settings_arent_data_that_run() -> None:
    code = "exec(compile(open('/data/more.py').read(), 'more', 'exec'))\n"
    plain = project({"labels/settings.py": SETTINGS + code, "pyproject.toml": NEEDS})
    assert told(plain, "labels").fact("dynamic_code") is None
    elsewhere = project({"labels/settings.py": SETTINGS, "labels/a.py": code, "pyproject.toml": NEEDS})
    assert told(elsewhere, "labels").fact("dynamic_code") is not None


@pytest.mark.parametrize(
    ("code", "built"),
    [
        ("part = 'a = 1'\n    if flag:\n        part += ' AND b = 2'\n    cur.execute('SELECT 1 FROM t WHERE %s' % part)", False),
        ("for kind in ('x', 'y'):\n        cur.execute(f'SELECT 1 FROM t WHERE kind = {kind}')", False),
        ("cur.execute('SELECT 1 FROM t WHERE kind = ' + Kinds.PAID)", False),
        ("part = 'a = 1'\n    if flag:\n        part += flag\n    cur.execute('SELECT 1 FROM t WHERE %s' % part)", True),
        ("for kind in flag:\n        cur.execute(f'SELECT 1 FROM t WHERE kind = {kind}')", True),
        ("cur.execute('SELECT 1 FROM t WHERE kind = ' + Kinds.open)", True),
        ("def named(column):\n        return f'lower({column})'\n    cur.execute(f\"SELECT 1 FROM t WHERE {named('a')} = 'b'\")", False),
        ("def named(column):\n        return f'lower({column})'\n    cur.execute(f\"SELECT 1 FROM t WHERE {named(flag)} = 'b'\")", True),
        ("def named(column):\n        return column + flag\n    cur.execute(f\"SELECT 1 FROM t WHERE {named('a')} = 'b'\")", True),
        ("part = 'a = 1'\n    cur.execute('SELECT 1 FROM t WHERE %s' % part)\n    for part in cur:\n        print(part)", False),
        ("part = 'a = 1'\n    for n in flag:\n        cur.execute('SELECT 1 FROM t WHERE %s' % part)\n        part = n", True),
        ("cur.execute(f'CREATE TABLE t (v VECTOR({flag.size}) NOT NULL)')", False),
        ("cur.execute(f'CREATE VIEW v AS SELECT 1 FROM t WHERE kind = {flag}')", True),
    ],
    ids=["put together in a variable", "a loop over texts", "a constant of a class", "an argument added", "a loop over an argument", "not written out",
         "made by a function of its own", "made of an argument", "a function that adds an argument",
         "given something else afterwards", "given something else for the next turn", "the size of a column", "the query of a view"],
)  # fmt: skip
def test_sql_is_built_from_strings_when_not_all_of_it_is_written_in_the_code(code: str, built: bool) -> None:
    source = f"class Kinds:\n    PAID = 'paid'\n    open = input()\n\ndef find(cur, flag):\n    {code}\n"
    found = project({"till/orders.py": source, "pyproject.toml": "[project]\nname = 'till'\n"})
    assert ("sql_built_from_strings" in {f.name for f in told(found, "till").facts}) is built


@pytest.mark.parametrize(
    ("code", "built"),
    [
        ("for kind in KINDS:\n        cur.execute(f\"SELECT 1 FROM t WHERE kind = '{kind}'\")", False),
        ("for kind in sorted(KINDS):\n        cur.execute(f\"SELECT 1 FROM t WHERE kind = '{kind}'\")", False),
        ("for n, (kind, days) in enumerate(LIMITS.items()):\n        cur.execute(f\"SELECT {n} FROM t WHERE kind = '{kind}' AND age > {days}\")", False),
        ("cur.execute(f\"SELECT 1 FROM t WHERE age > {LIMITS[flag]}\")", False),
        ("cur.execute(f\"SELECT 1 FROM t WHERE age > {LIMITS.get(flag, 9)}\")", False),
        ("cur.execute(f\"SELECT 1 FROM t WHERE {open_rows}\")", False),
        ("cur.execute(f\"SELECT 1 FROM t WHERE kind = '{default_kind}'\")", False),
        ("for kind in GROWING:\n        cur.execute(f\"SELECT 1 FROM t WHERE kind = '{kind}'\")", True),
        ("for kind in {'a': flag}.values():\n        cur.execute(f\"SELECT 1 FROM t WHERE kind = '{kind}'\")", True),
        ("cur.execute(f\"SELECT 1 FROM t WHERE age > {LIMITS.get(flag, flag)}\")", True),
        ("cur.execute(f\"SELECT 1 FROM t WHERE age > {flag['age']}\")", True),
        ("cur.execute(f\"SELECT 1 FROM t WHERE kind = '{chosen}'\")", True),
    ],
    ids=["a loop over a list of the module", "sorted", "the entries of a table", "one of a table", "one of a table or a number", "a text of constants",
         "a constant of another module", "a list that functions change", "an argument in a table", "an argument where the table has none",
         "an entry of an argument", "what the start of the program gives"],
)  # fmt: skip
def test_sql_of_constant_collections_is_written_in_the_code(code: str, built: bool) -> None:
    head = (
        "import os\nfrom till.kinds import default_kind\n\nKINDS = ['paid', 'open']\nLIMITS = {'paid': 3, 'open': 4}\nGROWING = ['x']\n"
        "state = \"'open'\"\nopen_rows = f'kind = {state}'\nchosen = os.environ['KIND']\n\ndef grow(x):\n    GROWING.append(x)\n\n"
    )
    source = f"{head}def find(cur, flag):\n    {code}\n"
    found = project({
        "till/__init__.py": "", "till/orders.py": source, "till/kinds.py": "default_kind = 'paid'\n", "pyproject.toml": "[project]\nname = 'till'\n"
    })  # fmt: skip
    assert ("sql_built_from_strings" in {f.name for f in told(found, "till").facts}) is built


def test_a_migration_puts_nothing_from_outside_into_sql() -> None:
    body = "def upgrade(kinds):\n    op.execute(f\"ALTER TYPE kind ADD VALUE '{kinds[0]}'\")\n    op.execute(f\"UPDATE t SET a = '{kinds[0]}'\")\n"
    for head, built in (("from alembic import op\n", False), ("from till.db import op\n", True)):
        found = project({"till/versions/a1.py": head + body, "pyproject.toml": "[project]\nname = 'till'\n"})
        assert ("sql_built_from_strings" in {f.name for f in told(found, "till").facts}) is built


@pytest.mark.parametrize(
    ("head", "blocks"),
    [
        ("@job('high')\nasync def", False),
        ("@cli.command()\nasync def", False),
        ("@asynccontextmanager\nasync def lifespan(app):\n    pass\n\nasync def", True),
        ("async def", True),
    ],
    ids=[
        "a task that a worker of RQ runs alone",
        "a command",
        "beside the start of the service",
        "any coroutine",
    ],
)
def test_a_coroutine_that_has_its_loop_for_itself_blocks_nobody(head: str, blocks: bool) -> None:
    code = (
        "import fastapi, requests, typer\nfrom contextlib import asynccontextmanager\nfrom rq.decorators import job\n"
        f"app = fastapi.FastAPI()\ncli = typer.Typer()\n\n{head} tell(url):\n    requests.get(url, timeout=3)\n"
    )
    found = project(
        {"bell/main.py": code, "pyproject.toml": "[project]\nname = 'bell'\ndependencies = ['rq']\n"}
    )
    facts = {f.name for c in found.components for f in c.facts}
    assert ("blocking_in_async" in facts) is blocks


def test_a_scheduler_that_is_all_that_its_process_does_is_no_clock_in_every_process() -> None:
    for sort, beside in (("blocking.BlockingScheduler", False), ("asyncio.AsyncIOScheduler", True)):
        module, _, name = sort.rpartition(".")
        code = f"import fastapi\nfrom apscheduler.schedulers.{module} import {name}\napp = fastapi.FastAPI()\nclock = {name}()\n"
        found = project({"bell/main.py": code, "pyproject.toml": "[project]\nname = 'bell'\n"})
        assert ("in_process_scheduler" in {f.name for f in told(found, "bell").facts}) is beside


def test_what_only_tasks_use_is_called_by_the_worker() -> None:
    files = {
        "bell/__init__.py": "",
        "bell/main.py": "import fastapi\nfrom bell import tasks\napp = fastapi.FastAPI()\n",
        "bell/tasks.py": "from celery import shared_task\nfrom bell.reports import send\n\n@shared_task\ndef nightly():\n    send()\n",
        "bell/reports.py": "from bell.chat import post\n\ndef send():\n    post()\n",
        "bell/chat.py": "import requests\n\ndef post():\n    requests.post('https://chat.acme.io/x', timeout=3)\n",
        "pyproject.toml": "[project]\nname = 'bell'\ndependencies = ['celery', 'requests']\n",
    }
    assert ("bell-worker", "calls", "chat-acme-io") in flows(project(files))
    files["bell/main.py"] += "from bell.chat import post\n"
    assert ("bell", "calls", "chat-acme-io") in flows(project(files))


@pytest.mark.parametrize(
    ("loop", "each"),
    [
        ("for key in keys:", True),
        ("for n in range(len(keys)):", True),
        ("for attempt in range(3):", False),
        ("while True:", False),
    ],
)
def test_a_loop_that_only_tries_again_asks_no_query_for_each_row(loop: str, each: bool) -> None:
    code = (
        "from sqlalchemy.orm import Session\nfrom sqlalchemy import select\n\n"
        f"def find(keys, engine):\n    db = Session(engine)\n    {loop}\n        db.execute(select(Row))\n"
    )
    found = project({"till/find.py": code, "pyproject.toml": "[project]\nname = 'till'\n"})
    assert ("queries_in_loops" in {f.name for f in told(found, "till").facts}) is each


def test_a_lock_file_without_a_word_locks_nothing() -> None:
    for text, locked in (("", False), ("\n \n", False), ("version = 1\n", True)):
        found = project(
            {
                "main.py": "import fastapi\napp = fastapi.FastAPI()\n",
                "requirements.txt": "fastapi\nhttpx\n",
                "uv.lock": text,
            }
        )
        (app,) = found.components
        assert all(e.quote for f in app.facts for e in f.evidence)
        assert [f.status == "stated" for f in app.facts if f.name == "dependencies_locked"] == [locked]


def test_a_key_that_is_made_for_everybody_is_no_secret() -> None:
    for value, secret in (
        ("phc_Zk93jfQ02mm1LxYt7uB", False),
        ("pk_live_93jfQ02mm1LxYt7uB", False),
        ("sk9_93jfQ02mm1LxYt7uB", True),
    ):
        found = project(
            {"till/stats.py": f"STATS_API_KEY = '{value}'\n", "pyproject.toml": "[project]\nname = 'till'\n"}
        )
        assert ("secrets_in_plaintext" in {f.name for f in told(found, "till").facts}) is secret


@pytest.mark.parametrize(
    ("handler", "told_of"),
    [
        ("except Exception:\n        pass", True),
        ("except Exception:  # noqa: BLE001\n        pass  # nosec B110", True),
        ("except Exception:\n        # the cache is filled again by the next request\n        pass", False),
    ],
    ids=["without a word", "marks for checkers only", "a comment that tells why"],
)
def test_an_error_that_is_let_go_for_a_reason_that_is_told_does_not_vanish(
    handler: str, told_of: bool
) -> None:
    code = f"def warm(cache):\n    try:\n        cache.get('a')\n    {handler}\n"
    found = project({"till/warm.py": code, "pyproject.toml": "[project]\nname = 'till'\n"})
    assert ("swallowed_exceptions" in {f.name for f in told(found, "till").facts}) is told_of


def test_tasks_of_a_celery_that_a_function_makes_are_tasks() -> None:
    code = (
        "from celery import Celery\nfrom till.app import app\n\ndef make_celery(app):\n"
        "    celery = Celery('till', broker=app.config.get('CELERY_BROKER_URL'))\n"
        "    return celery\n\ncelery_app = make_celery(app)\n\n@celery_app.task()\ndef bill():\n    pass\n"
    )
    files = {
        "till/__init__.py": "",
        "till/app.py": "from flask import Flask\napp = Flask('till')\n",
        "till/common/celery.py": code,
    }
    found = project(
        files | {"pyproject.toml": "[project]\nname = 'till'\ndependencies = ['celery', 'flask']\n"}
    )
    assert ("till-worker", "consumes", "message-broker") in flows(found)


def test_a_route_of_pyramid_is_named_before_its_path() -> None:
    code = (
        "from pyramid.config import Configurator\n\ndef main():\n    config = Configurator()\n"
        "    config.add_route('pulse', '/healthz')\n    return config.make_wsgi_app()\n"
    )
    found = project(
        {"till/main.py": code, "pyproject.toml": "[project]\nname = 'till'\ndependencies = ['pyramid']\n"}
    )
    till = told(found, "till")
    assert (till.kind, till.technology) == ("service", "pyramid")
    assert [f.value for f in till.facts if f.name == "health_endpoint"] == ["/healthz"]


@pytest.mark.parametrize(
    ("use", "kind"),
    [("Rose()", "service"), ("load('bed.rose.Rose')", "service"), ("print(Rose)", "library_or_module")],
)
def test_an_application_of_any_name_that_another_module_makes_is_a_service(use: str, kind: str) -> None:
    found = project({
        "bed/__init__.py": "", "bed/rose.py": "import tornado.web\n\nclass Rose(tornado.web.Application):\n    pass\n",
        "bed/start.py": f"from bed.rose import Rose\n\ndef start():\n    {use}\n", "pyproject.toml": "[project]\nname = 'bed'\n",
    })  # fmt: skip
    assert told(found, "bed").kind == kind
