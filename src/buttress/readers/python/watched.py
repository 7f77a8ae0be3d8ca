"""Which calls are worth keeping: packages that detectors know, and methods that mean something whatever they are called on."""

from __future__ import annotations

import ast
import re

ROOTS = frozenset(
    """
        requests httpx aiohttp urllib urllib3 http socket smtplib aiosmtplib ftplib ldap ldap3 paramiko grpc zeep suds xmlrpc pycurl
        boto3 botocore aioboto3 aiobotocore azure google stripe twilio sendgrid paypalrestsdk braintree slack_sdk openai anthropic
        sentry_sdk rollbar bugsnag ddtrace newrelic elasticapm opentelemetry prometheus_client prometheus_fastapi_instrumentator
        statsd datadog structlog logging loguru pythonjsonlogger logstash
        sqlalchemy sqlmodel psycopg psycopg2 asyncpg aiopg pg8000 MySQLdb pymysql aiomysql mysql sqlite3 aiosqlite pymongo motor
        mongoengine beanie redis aioredis rediscluster elasticsearch opensearchpy pysolr cassandra neo4j clickhouse_driver clickhouse_connect
        influxdb influxdb_client pymssql pyodbc cx_Oracle oracledb peewee tortoise databases minio memcache pymemcache aiomcache
        pylibmc cachetools aiocache dogpile flask_caching diskcache qdrant_client pinecone weaviate chromadb
        kafka confluent_kafka aiokafka faust pika aio_pika kombu celery nats stan rq rq_scheduler django_rq dramatiq arq apscheduler cotyledon huey
        taskiq procrastinate django_q channels stomp pulsar paho gcloud
        fastapi starlette flask quart sanic litestar tornado twisted falcon bottle pyramid pecan django rest_framework ninja strawberry graphene
        ariadne graphql flask_restful flask_restx flask_smorest flask_cors flask_limiter flask_talisman flask_wtf flask_login
        flask_sqlalchemy flask_pymongo flask_migrate flask_jwt_extended flask_session flask_httpauth flask_socketio socketio slowapi fastapi_limiter
        fastapi_pagination fastapi_users secure whitenoise corsheaders uvicorn gunicorn hypercorn waitress granian gevent eventlet
        werkzeug jinja2 markupsafe environ decouple dotenv dynaconf pydantic pydantic_settings dj_database_url marshmallow
        jwt jose authlib passlib bcrypt argon2 hashlib scrypt nacl cryptography hmac secrets pickle cPickle dill cloudpickle marshal
        shelve yaml jsonpickle subprocess os shutil tempfile threading multiprocessing concurrent asyncio anyio trio time signal
        tenacity backoff stamina retrying retry pybreaker circuitbreaker aiobreaker purgatory functools contextvars builtins
        PIL pandas numpy cv2 sklearn torch tensorflow pdfkit weasyprint reportlab xlsxwriter openpyxl matplotlib zipfile tarfile
        asgi_correlation_id dependency_injector punq lagom injector eventsourcing mangum zappa atexit cProfile pyinstrument
        aws_lambda_powertools jaeger_client opencensus dns hvac fedora_messaging oslo_db oslo_messaging kazoo flask_mail flask_mailman fastapi_mail flask_user
        posthog pusher mixpanel segment ably meilisearch meilisearch_python_sdk typesense jira github gitlab jenkins bugzilla koji stevedore
    """.split()
)
# Kept whatever they are called on.
METHODS = frozenset(
    """
        execute executemany executescript delay apply_async add_middleware include_router add_route add_get add_post add_put
        add_delete add_patch add_url_rule register_blueprint add_exception_handler exception_handler errorhandler set_password raw
        extra_queryset mark_safe send_mail run_in_executor add_insecure_port add_secure_port create_all basic_consume basic_publish basic_nack basic_reject
        queue_declare basic_qos instrument_app init_app add_api_route add_task setup_periodic_tasks add_periodic_task add_job
        exchange_declare queue_bind mount add_signal_handler add_resource add_websocket_route add_event_handler Celery
        submit start_background_task callInThread deferToThread deferToThreadPool
    """.split()
)
# Kept when they are called on something that the project itself makes, which another module may show to be a client.
CLIENT_METHODS = METHODS | frozenset(
    """
        get post put patch delete head options request stream send fetch set setex incr hset lpush rpush publish subscribe produce
        send_and_wait send_message receive_message enqueue enqueue_job upload_file download_file put_object get_object find_one
        insert_one update_one delete_one find index search query scalar scalars commit add begin connect route websocket task
        urlopen upload_fileobj basic_get consume poll xadd xreadgroup get_json shared_task capture_exception register add_view
        exception_handler middleware on_event listener cron
    """.split()
)
# Calls that take settings as keywords, as a dictionary, or as the name of one.
UPDATES = (".conf.update", ".config.update", ".config.from_mapping", ".config_from_object")
# What a project calls the class that it derives from a framework's application, or from a client.
_APPLICATION = re.compile(
    r"[A-Z]\w*(?:App|Application|API|Flask|Celery|Quart|Sanic|Starlette|Router|Blueprint|Site|Client|Redis)$|^(?:App|Application|API)$"
)
# OpenStack's packages for one service each: `heatclient`, `octaviaclient`.
SERVICE_CLIENT = re.compile(r"(?P<service>[a-z]{3,30})client")
_BATCH = re.compile(r"(?:^|_)(?:batch(?:es|ed)?|chunk(?:s|ed)?)(?:_|$)", re.IGNORECASE)
_ENDS = frozenset(
    "close aclose wait_closed shutdown stop terminate kill disconnect cancel release quit unlink rmtree cleanup unregister".split()
)
_OF_SCHEMA = frozenset("sorted_tables tables columns".split())
_TESTING = re.compile(
    r"(?:[A-Z]+_)*(?:TESTS?|TESTING|PYTEST|UNITTESTS?)|(?:\w+_)?(?:(?:is|in|under|running)_tests?|testing)"
)
_RUNS_IN = re.compile(r"sys\.(?:argv|modules)|(?:^|[._])env(?:iron(?:ment)?)?\b|[._]?stage$", re.IGNORECASE)
_OF_TESTS = frozenset("test tests testing pytest py.test unittest".split())
# Called all over and of no interest: they only cost memory.
_DULL = (
    "django.utils.translation.", "django.db.models.", "django.utils.html.format_html", "os.path.", "sqlalchemy.Column",
    "sqlalchemy.orm.mapped_column", "functools.wraps", "logging.getLogger", "django.utils.safestring.SafeString",
    "numpy.", "torch.", "pydantic.Field", "django.core.exceptions.", "django.urls.reverse", "rest_framework.response.",
    "flask_babel.", "django.test.", "pandas.DataFrame()", "rest_framework.serializers.", "django.forms.", "unittest.",
)  # fmt: skip


def is_kept(name: str, own: frozenset[str]) -> bool:
    """Return whether a call of that dotted name is kept; `own` are the names of the project's top packages.

    >>> is_kept("requests.get", frozenset()), is_kept("~self.db.execute", frozenset()), is_kept("~rows.append", frozenset())
    (True, True, False)
    """
    root, _, rest = name.partition(".")
    root = root.partition("(")[0]
    last = name.rpartition(".")[2]
    if root in ROOTS:
        return not name.startswith(_DULL)
    if "_pb2_grpc." in name:
        return True
    if root.endswith("client") and SERVICE_CLIENT.fullmatch(root) and root not in own:
        return last.endswith(("Client", "API"))
    if root in own and rest:
        return last in CLIENT_METHODS or _APPLICATION.match(last) is not None or name.endswith(UPDATES)
    return last in METHODS or name.endswith(UPDATES)


def goes_through_rows(node: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Return whether a loop may go through rows one by one, as many as there are."""
    return not (only_tries(node) or in_batches(node) or over_what_is_written(node))


def followed(node: ast.For | ast.AsyncFor) -> list[tuple[ast.expr, str, str, int]]:
    """Return where a loop over rows follows a relation of the row (`order.customer.name`): the rows, relation, attribute and line.

    A detector judges them; twenty of a loop are enough.
    """
    if not isinstance(node.target, ast.Name):
        return []
    row, out = node.target.id, []
    for part in (p for statement in node.body for p in ast.walk(statement)):
        if not isinstance(part, ast.Attribute) or not isinstance(inner := part.value, ast.Attribute):
            continue
        if isinstance(inner.value, ast.Name) and inner.value.id == row:
            out.append((node.iter, inner.attr, part.attr, part.lineno))
    return out[:20]


def in_batches(node: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Return whether a loop takes many rows at a time: `for batch in batched(rows, 500)`, `for at in range(0, len(rows), 500)`."""
    if isinstance(node, ast.While):
        return False
    called = node.iter.func if isinstance(node.iter, ast.Call) else node.iter
    iterated = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if iterated == "range" and isinstance(node.iter, ast.Call):
        return len(node.iter.args) == 3 and ast.unparse(node.iter.args[2]) not in ("1", "-1")
    return any(_BATCH.search(name) for name in (iterated, getattr(node.target, "id", "")))


def only_tries(node: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Return whether a loop goes through no rows: it tries again (`for attempt in range(3)`), waits, turns pages or runs for ever."""
    if isinstance(node, ast.While):
        return True
    called = (
        node.iter.func.id if isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Name) else ""
    )
    return called == "range" and not any(isinstance(n, ast.Call) for a in node.iter.args for n in ast.walk(a))  # type: ignore[attr-defined]


def over_what_is_written(node: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Return whether a loop goes through what the code itself holds, so much and no more: a literal, a constant, an enumeration, the tables.

    >>> loops = ("for k in ('a', 'b'): f(k)", "for k, v in SOURCES.items(): f(k)", "for t in meta.sorted_tables: f(t)", "for r in rows: f(r)")
    >>> [over_what_is_written(ast.parse(x).body[0]) for x in loops]
    [True, True, True, False]
    """
    if isinstance(node, ast.While):
        return False
    iterated = node.iter
    for _ in range(4):
        if not isinstance(iterated, ast.Call):
            break
        func = iterated.func
        if isinstance(func, ast.Attribute) and func.attr in ("items", "values", "keys"):
            iterated = func.value
        elif (
            isinstance(func, ast.Name)
            and func.id in ("sorted", "enumerate", "reversed", "list", "tuple")
            and iterated.args
        ):
            iterated = iterated.args[0]
        else:
            return False
    if isinstance(iterated, ast.Tuple | ast.List | ast.Set | ast.Dict):
        return not any(isinstance(n, ast.Starred) for n in ast.iter_child_nodes(iterated))
    if isinstance(iterated, ast.Attribute):
        return iterated.attr.isupper() or iterated.attr in _OF_SCHEMA
    return isinstance(iterated, ast.Name) and iterated.id[:1].isupper()


def only_ends(body: list[ast.stmt]) -> bool:
    """Return whether statements do nothing but end what is no longer needed, which may be gone already: `client.close()`.

    >>> only_ends(ast.parse("client.close()").body), only_ends(ast.parse("client.send(order)").body)
    (True, False)
    """
    for statement in body:
        value = statement.value if isinstance(statement, ast.Expr) else None
        call = value.value if isinstance(value, ast.Await) else value
        if not isinstance(call, ast.Call):
            return False
        if getattr(call.func, "attr", getattr(call.func, "id", "")) not in _ENDS:
            return False
    return True


def is_for_tests(test: ast.expr) -> bool:
    """Return whether a condition holds in tests only: `TESTING`, `"pytest" in sys.modules`, `ENVIRONMENT == "test"`.

    >>> [is_for_tests(ast.parse(c, mode="eval").body) for c in ("settings.TESTING", "'test' in sys.argv", "not TESTING", "kind == 'test'")]
    [True, True, False, False]
    """
    if isinstance(test, ast.BoolOp):
        return isinstance(test.op, ast.And) and any(is_for_tests(v) for v in test.values)
    if isinstance(test, ast.Compare):
        sides = (test.left, *test.comparators)
        same = all(isinstance(op, ast.Eq | ast.In) for op in test.ops)
        said = any(isinstance(s, ast.Constant) and s.value in _OF_TESTS for s in sides)
        return same and said and any(_RUNS_IN.search(ast.unparse(s)) for s in sides)
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return _TESTING.fullmatch(name) is not None
