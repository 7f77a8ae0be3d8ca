"""Calls behind functions of the project's own: what keywords they hand on, what client they give back, which address a text is filled with."""

from __future__ import annotations

import time

import pytest

from buttress.model import Fact, Fragment, Source
from buttress.readers.python import read

NEEDS = "[project]\nname = 'mill'\ndependencies = ['fastapi', 'requests', 'httpx', 'pika', 'flask-pymongo', 'sqlalchemy', 'celery', 'minio']\n"
APP = "import fastapi\n\napp = fastapi.FastAPI()\n"


def mill(**files: str) -> Fragment:
    every = {"__init__": "", "web": APP, **files}
    return read((Source("pyproject.toml", NEEDS), *(Source(f"mill/{n}.py", t) for n, t in every.items())))


def said(found: Fragment, name: str, part: str = "mill") -> Fact | None:
    return next(c for c in found.components if c.id == part).fact(name)


WRAPPER = "import requests\n\ndef ask(url, **kwargs):\n{0}    return requests.get(url, **kwargs)\n"
CALLER = "from mill.asking import ask\n\ndef weigh(url):\n    return ask(url{0})\n"


@pytest.mark.parametrize(
    ("inside", "given", "waits"),
    [
        ("", "", True),
        ("", ", headers={}", True),
        ("", ", timeout=3", False),
        ("", ", **{'timeout': 3}", False),
        ("    kwargs.setdefault('timeout', 3)\n", "", False),
        ("    kwargs.setdefault('timeout', None)\n", "", True),
        ("    kwargs = patient(kwargs)\n    limit_of_timeout(kwargs)\n", "", False),
    ],
)
def test_a_call_that_hands_keywords_on_waits_as_long_as_its_callers_say(
    inside: str, given: str, waits: bool
) -> None:
    found = mill(asking=WRAPPER.format(inside), use=CALLER.format(given))
    assert (said(found, "calls_without_timeout") is not None) == waits


def test_nothing_is_known_of_keywords_that_nobody_gives() -> None:
    assert said(mill(asking=WRAPPER.format("")), "calls_without_timeout") is None


GOT = (
    "from httpx import AsyncClient\n\nclass Rates:\n    kept: AsyncClient | None = None\n\n    @classmethod\n    def client(cls) -> AsyncClient{0}:\n"
    "        cls.kept = AsyncClient(base_url='https://rates.acme.io', timeout=None)\n        return cls.kept\n\n"
    "    async def today(self):\n        return await self.client().get('/today')\n"
)


@pytest.mark.parametrize("more", ["", " | None"])
def test_a_client_that_a_function_gives_back_calls_where_it_was_made_for(more: str) -> None:
    (flow,) = mill(rates=GOT.format(more)).flows
    waits = flow.fact("timeout")
    assert (flow.target, waits is not None and waits.status) == ("rates-acme-io", "denied")


def test_an_address_that_a_text_is_filled_with_names_the_service() -> None:
    code = "import requests\nfrom mill import settings\n\ndef f():\n    requests.get('{}/v1'.format(settings.SCALES_URL), timeout=3)\n"
    (flow,) = mill(
        scales=code, settings="import os\n\nSCALES_URL = os.getenv('SCALES_URL', 'http://127.0.0.1:81')\n"
    ).flows
    assert flow.target == "scales"


LINE = "import pika\n\ndef main():\n    line = pika.BlockingConnection(pika.ConnectionParameters('belt'))\n    channel = line.channel()\n"
TAKE = "    channel.basic_consume('a', lambda *x: press(x, channel))\n    channel.start_consuming()\n"
PUT = "def press(message, channel):\n    channel.basic_publish('', 'b', message)\n"


def test_a_channel_that_is_handed_to_another_module_publishes_there() -> None:
    found = mill(line=LINE + TAKE, press=PUT)
    assert {f.kind for f in found.flows if f.target == "belt"} == {"consumes", "publishes"}
    mailing = (
        "import smtplib\n\ndef press(message):\n    smtplib.SMTP('mail.acme.io').send_message(message)\n"
    )
    found = mill(line=LINE + TAKE, press=mailing)
    assert {f.kind for f in found.flows if f.target == "belt"} == {"consumes"}


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ("ch.basic_nack(tag)", True),
        ("ch.basic_nack(tag, requeue=True)", True),
        ("ch.basic_nack(tag, False, False)", False),
        ("ch.basic_reject(tag, False)", False),
        ("ch.basic_reject(tag, True)", True),
        ("ch.basic_reject(tag, requeue=False)", False),
        ("ch.basic_nack(tag, requeue=attempts(p) < 3)", False),
    ],
)
def test_a_message_that_is_given_back_each_time_it_fails_is_retried_for_ever(
    refused: str, told: bool
) -> None:
    take = f"def take(ch, tag, p, body):\n    if press(body):\n        {refused}\n"
    assert (said(mill(line=LINE + TAKE, take=take), "unlimited_retries") is not None) == told


def test_a_mongo_of_flask_is_one() -> None:
    found = mill(
        store="from flask_pymongo import PyMongo\nfrom mill.web import app\n\nkept = PyMongo(app, uri='mongodb://grain:27017/x')\n"
    )
    assert [(f.target, c.technology) for f in found.flows for c in found.components if c.id == f.target] == [
        ("grain", "mongodb")
    ]


TABLES = "from mill.lib import Base\n\nclass Sack(Base):\n    __tablename__ = 'sacks'\n\nclass Cart(Base):\n    __tablename__ = 'carts'\n"


@pytest.mark.parametrize(
    ("settings", "technology", "line"),
    [
        ("", None, 3),
        ("DEFAULTS = dict(\n    DB_URL='sqlite:////var/mill.db',\n)\n", "sqlite", 2),
        ("DATABASE_URL = 'postgresql://grain/mill'\n", "postgresql", 1),
    ],
    ids=["nothing says which", "a file by default", "an address"],
)
def test_tables_lie_in_a_database_also_when_a_library_opens_it(
    settings: str, technology: str | None, line: int
) -> None:
    found = mill(tables=TABLES, settings=settings)
    (flow,) = found.flows
    (database,) = (c for c in found.components if c.id == flow.target)
    assert (database.kind, database.technology, flow.evidence[0].line) == ("relational_db", technology, line)


def test_one_table_alone_may_be_of_something_that_is_not_kept() -> None:
    assert not mill(tables=TABLES.partition("class Cart")[0]).flows


def test_a_worker_uses_the_stores_that_the_modules_of_its_tasks_open() -> None:
    tasks = "from celery import Celery\nfrom mill import files\n\ncelery = Celery('mill', broker='redis://belt')\n\n"
    tasks += "@celery.task\ndef grind(self):\n    self.kept.put()\n"
    files = "import minio\n\nclass Files:\n    def client(self):\n        return minio.Minio('barn')\n"
    found = mill(tasks=tasks, files=files)
    assert "barn" in {f.target for f in found.flows if f.source == "mill-worker"}
    found = mill(tasks=tasks.replace("from mill import files\n", ""), files=files)
    assert "barn" not in {f.target for f in found.flows if f.source == "mill-worker"}


LOGIN = "def login(db, request):\n    row = db.execute('SELECT * FROM u').fetchone()\n    if {0}:\n        return 'no'\n"


@pytest.mark.parametrize(
    ("compared", "told"),
    [
        ("request.password != row['password']", True),
        ("row.password == request.form['password']", True),
        ("request.password != request.password_confirm", False),
        ("request.password != settings.password", False),
        ("check_password_hash(row.password, request.password)", False),
        ("request.password == ''", False),
    ],
)
def test_a_password_that_is_compared_as_it_was_typed_is_kept_as_it_is(compared: str, told: bool) -> None:
    fact = said(mill(login=LOGIN.format(compared)), "password_hashing")
    assert (fact is not None and fact.value == "none") == told


REFUSED = "def check(c):\n    if c.SECRET_KEY == 'changeme please':\n        raise ValueError('set it')\n"


@pytest.mark.parametrize(
    ("settings", "guard", "told"),
    [
        ("DEFAULTS = dict(SECRET_KEY='changeme please')\n", "", True),
        ("import os\nSECRET_KEY = os.getenv('SECRET_KEY', 'dev-key')\n", "", True),
        ("import os\nSECRET_KEY = os.environ['SECRET_KEY']\n", "", False),
        ("DEFAULTS = dict(SECRET_KEY='changeme please')\n", REFUSED, False),
    ],
    ids=["in a dictionary", "if nothing is set", "none", "one that is refused"],
)  # fmt: skip
def test_a_key_that_signs_and_stands_in_the_code_for_whoever_sets_none_is_told(
    settings: str, guard: str, told: bool
) -> None:
    found = mill(settings=settings, guard=guard)
    names = [n for n in ("secrets_by_default", "secrets_in_plaintext") if said(found, n) is not None]
    assert bool(names) == told and len(names) < 2


POSTED = "import requests\n\ndef tell(url, said):\n    kwargs = {{'data': said}}\n    kwargs['verify'] = True\n{0}    requests.post(url, **kwargs)\n"


@pytest.mark.parametrize(
    ("more", "waits"),
    [("", True), ("    kwargs['timeout'] = 3\n", False), ("    kwargs.update(said)\n", False)],
)
def test_keywords_that_are_all_written_out_before_a_call_hold_a_timeout_or_none(
    more: str, waits: bool
) -> None:
    found = mill(telling=POSTED.format(more))
    assert (said(found, "calls_without_timeout") is not None) == waits


def test_a_directory_that_is_reached_through_tls_is_not_in_the_clear() -> None:
    code = "import ldap3\n\ndef f(host):\n    ldap3.Server('ldap://{{}}'.format(host){0})\n"
    (flow,) = mill(people=code.format("")).flows
    (safe,) = mill(people=code.format(", use_ssl=True")).flows
    assert flow.fact("encryption_in_transit") is not None and safe.fact("encryption_in_transit") is None


@pytest.mark.parametrize(
    ("checked", "told"), [("@schema.validate({'required': ['a']})\n", False), ("@once\n", True)]
)
def test_a_body_that_a_decorator_holds_against_a_schema_is_not_taken_as_it_comes(
    checked: str, told: bool
) -> None:
    code = f"from flask import Flask, request\n\nweb = Flask('x')\n\n@web.post('/sacks')\n{checked}def put():\n    return request.get_json()['a']\n"
    assert (said(mill(web=code), "raw_body_routes") is not None) == told


def test_a_call_that_is_never_tried_again_is_no_endless_retry() -> None:
    code = "import tenacity\n\n@tenacity.retry({0})\ndef f():\n    pass\n"
    assert said(mill(again=code.format("retry=tenacity.retry_never")), "unlimited_retries") is None
    assert said(mill(again=code.format("wait=tenacity.wait_fixed(3)")), "unlimited_retries") is not None


@pytest.mark.parametrize(
    ("first", "open_"),
    [
        ("if not known(request.headers.get('Authorization')):\n        return '', 401", False),
        ("press()", True),
    ],
)
def test_a_view_that_sends_strangers_away_by_its_answer_is_guarded(first: str, open_: bool) -> None:
    code = (
        "from flask import Flask, request\nfrom flask_login import login_required\n\nweb = Flask('x')\n\n"
        "@web.post('/a')\n@login_required\ndef a():\n    return 'a'\n\n@web.post('/c')\n@login_required\ndef c():\n    return 'c'\n\n"
        f"@web.post('/b')\ndef b():\n    {first}\n    return 'b'\n"
    )
    found = mill(web=code)
    assert (said(found, "open_changing_routes") is not None) == open_


def test_a_key_that_stands_below_its_name_is_not_shown() -> None:
    found = mill(settings="DEFAULTS = {\n    'SECRET_KEY':\n        'changeme-hunter2',\n}\n")
    fact = said(found, "secrets_by_default")
    assert fact is not None and [(e.line, e.quote) for e in fact.evidence] == [(2, "'SECRET_KEY':")]


def test_many_functions_that_hand_keywords_on_are_judged_without_comparing_each_with_each() -> None:
    wrappers = "import requests\n" + "".join(WRAPPER.format("").replace("ask", f"ask{n}") for n in range(600))
    caller = "def weigh(url):\n" + "".join(f"    ask{n}(url)\n" for n in range(600))
    started = time.perf_counter()
    fact = said(mill(asking=wrappers + caller), "calls_without_timeout")
    assert fact is not None and fact.value == 600
    assert time.perf_counter() - started < 6


def test_a_text_that_is_filled_with_itself_does_not_grow_without_end() -> None:
    code = "import requests\nA = '" + "{}" * 900 + "'\n"
    code += "".join(f"{b} = {a}.format({', '.join([a] * 900)})\n" for a, b in ("AB", "BC", "CD"))
    started = time.perf_counter()
    assert mill(prices=code + "\ndef f():\n    requests.get(D, timeout=3)\n").components
    assert time.perf_counter() - started < 6


def test_a_long_line_that_names_a_key_many_times_is_read_once() -> None:
    settings = "DEFAULTS = dict(SECRET_KEY='changeme please')\n"
    started = time.perf_counter()
    found = mill(settings=settings, words="WORDS = '" + "secret_key " * 5_000 + "'\n")
    assert said(found, "secrets_by_default") is not None
    assert time.perf_counter() - started < 4
