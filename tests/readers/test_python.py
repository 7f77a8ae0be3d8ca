"""What is read from small Python projects: what a line of code says of the service, and what says nothing."""

from __future__ import annotations

import pytest

from buttress.model import Component, Flow, Fragment, Source
from buttress.readers.python import read

APP = "import fastapi\napp = fastapi.FastAPI()\n"


def project(**files: str) -> Fragment:
    """Read files whose names have `__` for a slash and `_dot_` for a point."""
    return read(tuple(Source(n.replace("__", "/").replace("_dot_", "."), t) for n, t in files.items()))


def service(code: str, **files: str) -> Component:
    found = project(main_dot_py=APP + code, **files)
    return next(c for c in found.components if c.kind == "service" and c.technology == "fastapi")


def told(owner: Component | Flow) -> dict[str, object]:
    """Return the values of facts by name; what is denied is None."""
    return {f.name: None if f.status == "denied" else f.value for f in owner.facts}


@pytest.mark.parametrize(
    ("code", "name", "value"),
    [
        ("from fastapi import Depends\nfrom main.limits import CallerRateLimiter\n@app.get('/x')\ndef f(limit=Depends(CallerRateLimiter(9))):\n    return 1\n",
         "rate_limit", True),
        ("from main.limits import RateLimitMiddleware\napp.add_middleware(RateLimitMiddleware, calls=9)\n", "rate_limit", True),
        ("import hashlib\ndef hashed(text):\n    hashlib.pbkdf2_hmac('sha256', text, b's', 100000)\n", "password_hashing", "pbkdf2"),
        ("import time\nasync def f():\n    time.sleep(1)\n", "blocking_in_async", 1),
        ("import requests\nasync def f(u):\n    requests.get(u, timeout=1)\n", "blocking_in_async", 1),
        ("import requests\ndef g(u):\n    requests.get(u, timeout=1)\nasync def f(u):\n    g(u)\n", "blocking_in_async", 1),
        ("import bcrypt\nasync def f(p):\n    bcrypt.hashpw(p, b'')\n", "cpu_bound_in_async", 1),
        ("import requests\ndef f(u):\n    requests.get(u)\n", "calls_without_timeout", 1),
        ("import asyncio\nasync def f():\n    asyncio.create_task(f())\n", "unreferenced_tasks", 1),
        ("import pickle\ndef f(x):\n    pickle.loads(x)\n", "unsafe_deserialization", 1),
        ("import yaml\ndef f(x):\n    yaml.load(x)\n", "unsafe_deserialization", 1),
        ("import hashlib\ndef f(password):\n    hashlib.md5(password.encode())\n", "password_hashing", "md5"),
        ("import os\ndef f(x):\n    os.system('ls ' + x)\n", "shell_commands", 1),
        ("def f(db, x):\n    db.execute(f'select {x}')\n", "sql_built_from_strings", 1),
        ("def f():\n    try:\n        g()\n    except Exception:\n        pass\n", "swallowed_exceptions", 1),
        ("PAYMENT_API_KEY = 'k3y-hunter2-123'\n", "secrets_in_code", 1),
        ("import jwt\ndef f(t):\n    jwt.decode(t, options={'verify_signature': False})\n", "unchecked_tokens", 1),
        ("import sentry_sdk\nsentry_sdk.init()\n", "error_tracking", "Sentry"),
        ("import structlog\n", "structured_logs", True),
        ("from opentelemetry import trace\n", "tracing", "OpenTelemetry"),
        ("from prometheus_client import Counter\nC = Counter('a', 'b')\n", "metrics", "Prometheus"),
        ("@app.get('/healthz')\ndef f():\n    return 1\n", "health_endpoint", "/healthz"),
        ("import functools\n@functools.cache\ndef f(x):\n    return x\n", "unbounded_caches", 1),
        ("from apscheduler.schedulers.background import BackgroundScheduler\ns = BackgroundScheduler()\n", "in_process_scheduler", 1),
        ("seen = {}\ndef f(x):\n    seen[x] = 1\n", "state_in_module", 1),
    ],
)  # fmt: skip
def test_code_says(code: str, name: str, value: object) -> None:
    assert told(service(code)).get(name) == value


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("from strawberry.extensions import QueryDepthLimiter\nschema = strawberry.Schema(Q, extensions=[QueryDepthLimiter(9)])\n", 5),
        ("# depth_limit comes later\nschema = strawberry.Schema(Q)\n", 0),
        ("from strawberry.extensions import QueryDepthLimiter\nschema = strawberry.Schema(Q)\n", 0),
    ],
)  # fmt: skip
def test_a_limit_of_a_query_s_depth_is_quoted_where_it_is_set(code: str, line: int) -> None:
    fact = service(f"import strawberry\n{code}").fact("graphql_depth_limit")
    assert (fact.evidence[0].line if fact is not None else 0) == line


@pytest.mark.parametrize(
    ("code", "name", "there"),
    [
        ("@app.on_event('shutdown')\ndef end():\n    print('bye')\n", "graceful_shutdown", False),
        ("@app.on_event('shutdown')\ndef end():\n    pool.close()\n", "graceful_shutdown", True),
        (
            '@app.on_event(\'shutdown\')\nasync def end():\n    """Leave."""\n    pass\n',
            "graceful_shutdown",
            False,
        ),
        (
            "async def life(app):\n    make()\n    yield\napi = fastapi.FastAPI(lifespan=life)\n",
            "graceful_shutdown",
            False,
        ),
        (
            "async def life(app):\n    yield\n    await pool.close()\napi = fastapi.FastAPI(lifespan=life)\n",
            "graceful_shutdown",
            True,
        ),
        (
            "async def life(app):\n    async with pool:\n        yield\napi = fastapi.FastAPI(lifespan=life)\n",
            "graceful_shutdown",
            True,
        ),
        (
            "async def life(app):\n    try:\n        yield\n    finally:\n        pool.close()\napi = fastapi.FastAPI(lifespan=life)\n",
            "graceful_shutdown",
            True,
        ),
        (
            "async def life(app):\n    try:\n        yield\n    finally:\n        print('bye')\napi = fastapi.FastAPI(lifespan=life)\n",
            "graceful_shutdown",
            False,
        ),
        (
            "from fastapi import Depends\ndef f(key=Depends(get_api_key)):\n    return key\n",
            "dependency_injection",
            False,
        ),
        (
            "from fastapi import Depends\ndef f(db=Depends(get_db)):\n    return db\n",
            "dependency_injection",
            True,
        ),
    ],
)
def test_what_only_says_goodbye_ends_nothing_and_a_check_is_no_part_handed_in(
    code: str, name: str, there: bool
) -> None:
    assert (name in told(service(code))) is there


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import os, shlex\ndef f(x):\n    os.system('ls ' + shlex.quote(x))\n", "shell_commands"),
        (
            "import jwt\ndef f(t):\n    return jwt.decode(t, options={'verify_signature': False})['iss']\n"
            "def g(t, k):\n    return jwt.decode(t, k, algorithms=['RS256'])\n",
            "unchecked_tokens",
        ),
        (
            "from apscheduler.schedulers.background import BackgroundScheduler\nfrom kazoo.recipe.election import Election\ns = BackgroundScheduler()\n",
            "in_process_scheduler",
        ),
        (
            "from apscheduler.schedulers.background import BackgroundScheduler\nfrom shop.db import acquire_lock\n"
            "def job():\n    if acquire_lock('nightly'):\n        return 1\ns = BackgroundScheduler()\n",
            "in_process_scheduler",
        ),
        (
            "import hmac\nfrom fastapi import Request\n@app.post('/paid')\nasync def paid(request: Request):\n"
            "    if not hmac.compare_digest(sign(request), request.headers['x']):\n        return 403\n    return await request.json()\n",
            "raw_body_routes",
        ),
        (
            "import sqlalchemy.orm\nKEPT = ('a', 'b')\ndef f():\n    db = sqlalchemy.orm.Session()\n    for k in KEPT:\n        db.scalar(k)\n"
            "    for at in ('x', 'y'):\n        db.execute(at)\n",
            "queries_in_loops",
        ),
    ],
)
def test_what_is_quoted_looked_ahead_at_signed_fixed_or_done_by_one_of_all_is_no_defect(
    code: str, name: str
) -> None:
    assert name not in told(service(code))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import asyncio\nasync def f():\n    await asyncio.sleep(1)\n", "blocking_in_async"),
        ("import httpx\nc = httpx.AsyncClient()\nasync def f(u):\n    await c.get(u)\n", "blocking_in_async"),
        ("import time\nasync def f(loop):\n    await loop.run_in_executor(None, lambda: time.sleep(1))\n", "blocking_in_async"),
        ("import requests\ndef f(u):\n    requests.get(u, timeout=3)\n", "calls_without_timeout"),
        ("import requests\ndef f(u, **more):\n    requests.get(u, **more)\n", "calls_without_timeout"),
        ("import httpx\ndef f(u):\n    httpx.get(u)\n", "calls_without_timeout"),
        ("import yaml\ndef f(x):\n    yaml.safe_load(x)\n", "unsafe_deserialization"),
        ("import hashlib\ndef f(text):\n    hashlib.md5(text)\n", "password_hashing"),
        ("import hashlib\ndef derive_key(text):\n    hashlib.pbkdf2_hmac('sha256', text, b's', 100000)\n", "password_hashing"),
        ("import subprocess\ndef f(x):\n    subprocess.run(['ls', x])\n", "shell_commands"),
        ("def f(db, x):\n    db.execute('select %s', (x,))\n", "sql_built_from_strings"),
        ("TABLE = 't'\ndef f(db):\n    db.execute(f'select * from {TABLE}')\n", "sql_built_from_strings"),
        ("import os\nAPI_KEY = os.environ['API_KEY']\n", "secrets_in_code"),
        ("API_KEY = 'your-api-key'\n", "secrets_in_code"),
        ("uri_placeholder = 'postgres://user:secret123@host/db'\n", "secrets_in_code"),
        ("def f():\n    try:\n        g()\n    except KeyError:\n        pass\n", "swallowed_exceptions"),
        ("handlers = {}\ndef register(x):\n    handlers[x] = 1\n", "state_in_module"),
    ],
)  # fmt: skip
def test_code_does_not_say(code: str, name: str) -> None:
    assert name not in told(service(code))


def test_a_library_needs_no_store_and_neither_does_an_extra() -> None:
    packaging = "[project]\nname = 'acme-cache'\ndependencies = ['redis']\n"
    found = project(
        pyproject_dot_toml=packaging,
        acme____init___dot_py="",
        acme__a_dot_py="import redis\nr = redis.Redis(host='cache')\n",
    )
    assert [c.kind for c in found.components] == ["library_or_module"]
    extra = "[project]\nname = 'shop'\ndependencies = ['fastapi']\n[project.optional-dependencies]\nsearch = ['elasticsearch']\n"
    code = APP + "from elasticsearch import Elasticsearch\ne = Elasticsearch('http://search:9200')\n"
    assert project(pyproject_dot_toml=extra, main_dot_py=code).flows == ()


@pytest.mark.parametrize("folder", ["tests", "examples", "docs", "_vendor", "samples"])
def test_what_is_not_the_systems_code_says_nothing(folder: str) -> None:
    other = "import pymongo, requests\nc = pymongo.MongoClient('mongodb://a')\nrequests.get('https://api.acme.io')\n"
    found = read((Source("main.py", APP), Source(f"{folder}/test_a.py", other)))
    assert [c.name for c in found.components] == ["main"] or len(found.components) == 1
    assert found.flows == ()


def test_scattered_scripts_are_no_component() -> None:
    assert (
        read((Source("tools/plot.py", "import matplotlib\n"), Source("notes.py", "print(1)\n"))).components
        == ()
    )


def test_many_stores_of_files_and_many_hosts_outside_are_options() -> None:
    clouds = "import boto3\nfrom google.cloud import storage\na = boto3.client('s3')\nb = storage.Client()\n"
    found = project(main_dot_py=APP + clouds)
    assert found.flows == () and "options to choose from" in found.diagnostics[0].reason
    hosts = "".join(f"requests.get('https://api.p{n}.com', timeout=1)\n" for n in range(9))
    assert project(main_dot_py=APP + "import requests\n" + hosts).flows == ()
    assert len(project(main_dot_py=APP + "import requests\n" + hosts[: len(hosts) // 3]).flows) >= 2


def test_django_without_a_lock_or_checks_for_forgery() -> None:
    settings = "INSTALLED_APPS = []\nDEBUG = True\nMIDDLEWARE = ['a.B', 'c.D', 'e.F']\nSECRET_KEY = 'hunter2hunter2'\n"
    (found,) = project(
        requirements_dot_txt="django>=5\nrequests\nredis\n", shop__settings_dot_py=settings
    ).components
    facts = told(found)
    assert (
        facts["debug_mode"] is True
        and facts["csrf_protection"] is None
        and facts["dependencies_locked"] is None
    )
    assert all("hunter2" not in e.quote for f in found.facts for e in f.evidence)


def test_a_switch_under_a_condition_is_no_fact() -> None:
    settings = "import os\nINSTALLED_APPS = []\nif os.environ.get('DEV'):\n    DEBUG = True\n"
    (found,) = project(requirements_dot_txt="django\n", shop__settings_dot_py=settings).components
    assert "debug_mode" not in told(found)


def test_an_application_that_a_condition_makes_for_debugging_is_no_other_one() -> None:
    code = "import os\nfrom fastapi import FastAPI\nif os.environ.get('DEV'):\n    app = FastAPI(debug=True)\nelse:\n    app = FastAPI()\n"
    (found,) = project(requirements_dot_txt="fastapi\n", shop__main_dot_py=code).components
    assert "debug_mode" not in told(found)
    (found,) = project(
        requirements_dot_txt="fastapi\n",
        shop__main_dot_py="from fastapi import FastAPI\napp = FastAPI(debug=True)\n",
    ).components
    assert told(found)["debug_mode"] is True


def test_an_import_cycle_has_its_lines() -> None:
    found = project(a_dot_py=APP + "import b\n", b_dot_py="import a\n")
    fact = found.components[0].fact("import_cycles")
    assert fact is not None and fact.value == 1 and [str(e) for e in fact.evidence] == ["a.py:3", "b.py:1"]


def test_what_is_not_python_is_told_and_the_rest_is_read() -> None:
    found = project(
        main_dot_py=APP,
        broken_dot_py="def f(:\n",
        old_dot_py='print "x"\n',
        deep_dot_py="x = " + "(" * 500 + ")" * 500,
    )
    assert [c.technology for c in found.components] == ["fastapi"]
    reasons = " ".join(str(d) for d in found.diagnostics)
    assert "broken.py:1" in reasons and "Python 2" in reasons and len(found.diagnostics) == 3


def test_nesting_too_deep_to_follow_is_told() -> None:
    found = project(main_dot_py=APP + "x = " + "-" * 3000 + "1\n" + "y = " + "1" + "+1" * 5000 + "\n")
    assert len(found.components) <= 1
