"""Databases, caches and object stores: which ones, by which driver, with what pool and timeouts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from buttress.model.kinds import STORES
from buttress.readers.python import targets
from buttress.readers.python.detectors import chosen_stores, cloud_stores
from buttress.readers.python.detectors.openers import OPENERS, Driver
from buttress.readers.python.found import MAIN, WORKER, Ledger, Link, Target
from buttress.readers.python.imports import edges_of
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call
from buttress.readers.python.values import Value, re_settings, resolve
from buttress.vocabulary import load

_ONE_CONNECTION = frozenset(
    ("psycopg2.connect", "psycopg.connect", "asyncpg.connect", "MySQLdb.connect", "pymysql.connect")
)
_SESSION = re.compile(r"sqlalchemy\.(?:orm|ext\.asyncio)\.(?:\w*sessionmaker|\w*scoped_session)\(\)")
_URL_SETTINGS = re.compile(
    r"(?:^|_)(?:database_url|db_url|db_uri|database_uri|sqlalchemy_database_uri|dsn|redis_url|mongo\w*_ur[li]|cache_url|postgres\w*_(?:url|dsn|uri)|mysql_url|elasticsearch_url)$|_url$|_uri$|_dsn$",
    re.IGNORECASE,
)
_TECHNOLOGY_WORDS = (
    ("postgres", "postgresql"),
    ("mysql", "mysql"),
    ("mongo", "mongodb"),
    ("redis", "redis"),
    ("elastic", "elasticsearch"),
)
_ASKS = re.compile(r"(?<![\w.])(?!(?:os|re|time|json|math|sys|log\w*|_log\w*)\.)[a-z_]\w*(?:\.\w+)+\(")
_ASYNC_SCHEME = re.compile(r"\+(?:asyncpg|aiomysql|asyncmy|aiosqlite|psycopg_async)")
_DRIVER_PACKAGES = {
    "postgresql": ("asyncpg", "psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary"),
    "mysql": ("asyncmy", "aiomysql", "mysqlclient", "pymysql"),
}


def detect(project: Project, ledger: Ledger) -> None:
    """Link the project to the stores that its code opens or its settings name."""
    seen: set[str] = set()
    pooled: set[Target] = set()
    single: list[tuple[Link, Call]] = []
    for name, driver in OPENERS.items():
        for call in project.called(name):
            target = _opened(call, driver, project)
            if target is None or (name in _ONE_CONNECTION and _is_of_a_record(call, driver)):
                continue
            seen.add(target.technology or "")
            link = ledger.link(ledger.role_of(call), target, call.evidence(), sync=True)
            _driver(link, driver, call, project)
            _pool(link, call, name, driver)
            _timeouts(link, call, name, driver)
            if name in _ONE_CONNECTION and call.function is not None:
                single.append((link, call))
            elif name not in _ONE_CONNECTION:
                pooled.add(target)
    for link, call in single:
        if link.target not in pooled:  # beside a pool, one connection is there to listen or to look
            link.say("connection_pool", True, call.evidence(), denied=True)
    _used_by_worker(project, ledger)
    _from_settings(project, ledger, seen)
    chosen_stores.database(project, ledger)
    _from_packages(project, ledger, seen)
    chosen_stores.of_tables(project, ledger)
    cloud_stores.detect(project, ledger)
    _loaded_by_worker(project, ledger)


def _opened(call: Call, driver: Driver, project: Project) -> Target | None:
    if driver.driver == "Flask-SQLAlchemy":
        known = project.settings.get("sqlalchemy_database_uri")
        value = resolve(known[1].value, known[0], project) if known is not None else None
    else:
        node = call.argument(0, *driver.url)
        if isinstance(node, ast.List | ast.Tuple) and node.elts:
            node = node.elts[0]
        value = resolve(node, call.module, project)
        if value is None and (host := call.keyword("host")) is not None:
            value = resolve(host, call.module, project)
    technology = driver.technology
    if value is not None and "://" in value.text:
        found = targets.store_of_url(value.text)
        if found is not None and not technology:
            return _plain(found)
        if technology:
            return targets.store(technology, found.host if found is not None else _host(value.text))
        return None
    if technology == "sqlite" and value is not None and value.text == ":memory:":
        return None
    if technology:
        written = value.text if value is not None and technology != "sqlite" else ""
        plain = re.fullmatch(r"([\w.-]+)(?::\d+)?", written)
        return targets.store(technology, plain[1] if plain is not None else "")
    return _by_names(value.names, project) if value is not None else _declared(project)


def _is_of_a_record(call: Call, driver: Driver) -> bool:
    """Return whether the address is an entry of a record that is no setting: a database that users name, `source["address"]`."""
    node = call.argument(0, *driver.url)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        node = node.func.value
    elif isinstance(node, ast.Subscript):
        node = node.value
    else:
        return False
    return isinstance(node, ast.Name) and not re_settings(node.id.lower()) and not node.id.isupper()


def _used_by_worker(project: Project, ledger: Ledger) -> None:
    """Link the worker to the stores that the service's modules open and its tasks use, or what they call: `db.session.add(order)`."""
    if not ledger.worker_modules and not ledger.task_functions:
        return
    for name, driver in OPENERS.items():
        opened = next((c for c in project.called(name) if ledger.role_of(c) == MAIN), None)
        target = _opened(opened, driver, project) if opened is not None else None
        if opened is None or target is None or (MAIN, target, "calls") not in ledger.links:
            continue
        uses = (f"{name}().", *(_sessions(project) if driver.driver == "SQLAlchemy" else ()))
        for call in project.calls:
            of_tasks = ledger.role_of(call) == WORKER or call.function in ledger.reached_by_tasks
            if of_tasks and call.name.startswith(uses):
                link = ledger.link(WORKER, target, call.evidence(), sync=True)
                _driver(link, driver, opened, project)


def _loaded_by_worker(project: Project, ledger: Ledger) -> None:
    """Link a worker that no call shows with a database or a store of files to those which modules open that its tasks' modules load.

    Its tasks must ask something of an object that isn't known, which may be what uses them: `self.kept.session()`. What the application's own module opens, requests may need alone.
    """
    first = {*ledger.worker_modules, *(f.module for f in ledger.task_functions)}
    kinds = ("relational_db", "document_db", "object_store")
    kept = {x.target for x in ledger.links.values() if x.role == WORKER and x.target.kind in kinds}
    opened = [
        x
        for x in ledger.links.values()
        if x.role == MAIN and x.kind == "calls" and x.target.kind in kinds and x.target not in kept
    ]
    asks = any(_ASKS.search(f.text.partition(":\n")[2]) for f in ledger.task_functions)
    if not first or kept or not opened or not asks:
        return
    imported: dict[str, list[str]] = {}
    for edge in edges_of(project):
        imported.setdefault(edge.source.path, []).append(edge.target.path)
    loaded, todo = {m.path for m in first}, [m.path for m in first]
    while todo:
        more = [p for p in imported.get(todo.pop(), ()) if p not in loaded]
        loaded.update(more)
        todo += more
    application = ledger.fact("framework")
    loaded -= {e.source for e in application.evidence} if application is not None else set()
    for link in opened:
        if places := [e for e in link.places if e.source in loaded]:
            own = link.at(places, WORKER)
            ledger.links[(WORKER, own.target, own.kind)] = own


def _sessions(project: Project) -> Iterator[str]:
    """Yield how the names begin of what is called on a session of SQLAlchemy, made there or by a variable of the project."""
    yield from ("sqlalchemy.orm.Session().", "sqlalchemy.orm.scoped_session().", "sqlmodel.Session().")
    yield from (f"{name}()." for name, kind in project.variables.items() if _SESSION.match(kind))


def _plain(target: Target) -> Target | None:
    """Return a target, None for a file of SQLite that no server stands behind: it is named all the same."""
    return Target("SQLite", target.kind, "sqlite") if target.technology == "sqlite" else target


def _host(text: str) -> str:
    found = re.match(r"\w+://(?:[^@/]*@)?([\w.-]+)", text)
    return found[1] if found else ""


def _by_names(names: tuple[str, ...], project: Project) -> Target | None:
    """Return the store that the name of a setting says; an unspecific one means the only driver that is declared."""
    for name in names:
        for word, technology in _TECHNOLOGY_WORDS:
            if word in name.lower():
                return targets.store(technology)
    return _declared(project)


def _declared(project: Project) -> Target | None:
    """Return the relational database whose driver is the only one that every installation has."""
    found = {
        t.id
        for d in project.packages.declared
        if not d.group
        and (t := load().technology_of_package(d.name))
        and t.kind == "relational_db"
        and t.id != "sqlite"
    }
    return targets.store(next(iter(found))) if len(found) == 1 else None


def _driver(link: Link, driver: Driver, call: Call, project: Project) -> None:
    here = call.evidence()
    value = resolve(call.argument(0, *driver.url), call.module, project)
    name = driver.driver
    scheme = value.text.partition("://")[0] if value is not None and "://" in value.text else ""
    if "+" in scheme:
        name = scheme.partition("+")[2]
    elif (
        driver.driver in ("SQLAlchemy", "Flask-SQLAlchemy", "databases")
        and link.target.technology in _DRIVER_PACKAGES
    ):
        packages = [p for p in _DRIVER_PACKAGES[link.target.technology] if project.packages.main(p)]
        name = packages[0].removesuffix("-binary") if len(packages) == 1 else name
    link.say("driver", name, here)
    link.say("async_driver", True, here, denied=not driver.is_async)
    link.protocol = link.protocol or (scheme.partition("+")[0] or None)


def _pool(link: Link, call: Call, name: str, driver: Driver) -> None:
    for keys, fact in (
        (
            ("pool_size", "max_size", "maxsize", "maxPoolSize", "max_connections", "maxconn"),
            "connection_pool",
        ),
        (("max_overflow",), "pool_overflow"),
        (("pool_recycle", "max_inactive_connection_lifetime", "max_lifetime"), "connection_lifetime"),
        (("pool_timeout",), "pool_timeout"),
    ):
        node = call.keyword(*keys)
        value = constant(node)
        if node is not None and isinstance(value, int | float) and not isinstance(value, bool):
            link.say(fact, value, call.module.text.at(node.lineno))
        elif node is not None:
            link.say(fact, True, call.module.text.at(node.lineno))
    ping = call.keyword("pool_pre_ping")
    if ping is not None and isinstance(constant(ping), bool):
        link.say("pool_pre_ping", True, call.module.text.at(ping.lineno), denied=constant(ping) is False)
    elif (
        name.endswith(("create_engine", "create_async_engine"))
        and not call.open_ended
        and link.target.technology != "sqlite"
    ):
        link.say("pool_pre_ping", True, call.evidence(), denied=True)
    pool_class = call.keyword("poolclass")
    if (
        pool_class is not None
        and getattr(pool_class, "id", getattr(pool_class, "attr", "")) == "NullPool"
        and not chosen_stores.IN_A_COMMAND.search(call.module.name)
    ):
        link.say("connection_pool", True, call.module.text.at(pool_class.lineno), denied=True)


def _timeouts(link: Link, call: Call, name: str, driver: Driver) -> None:
    """Tell the timeouts of clients that wait for ever unless told otherwise."""
    if driver.driver in ("redis-py", "aioredis"):
        node = call.keyword("socket_timeout")
        value = constant(node)
        if node is not None:
            link.say(
                "timeout",
                value if isinstance(value, int | float) else True,
                call.module.text.at(node.lineno),
                denied=isinstance(node, ast.Constant) and node.value is None,
            )
        elif (
            not call.open_ended
            and not call.in_command
            and call.keyword("connection_pool", "socket_connect_timeout") is None
        ):
            link.say("timeout", None, call.evidence(), denied=True)
    for key in (
        "command_timeout",
        "connect_timeout",
        "socketTimeoutMS",
        "request_timeout",
        "timeout",
        "read_timeout",
    ):
        node = call.keyword(key)
        value = constant(node)
        if node is None or not isinstance(value, int | float) or isinstance(value, bool):
            continue
        seconds = value / 1000 if key.endswith("MS") else value
        fact = (
            "connect_timeout"
            if key == "connect_timeout" or (key == "timeout" and driver.driver in ("sqlite3", "asyncpg"))
            else "timeout"
        )
        link.say(fact, seconds, call.module.text.at(node.lineno))
    arguments = call.keyword("connect_args")
    if isinstance(arguments, ast.Dict):
        for key_node, value_node in zip(arguments.keys, arguments.values, strict=True):
            value = constant(value_node)
            if constant(key_node) in ("connect_timeout", "timeout", "command_timeout") and isinstance(
                value, int | float
            ):
                fact = "timeout" if constant(key_node) == "command_timeout" else "connect_timeout"
                link.say(fact, value, call.module.text.at(value_node.lineno))
            if constant(key_node) == "options" and "statement_timeout" in str(value):
                link.say("timeout", True, call.module.text.at(value_node.lineno))


def _from_settings(project: Project, ledger: Ledger, seen: set[str]) -> None:
    """Link to stores whose URL is the value of a setting, where no call showed them yet."""
    for key, (module, entry) in project.settings.items():
        if not _URL_SETTINGS.search(key) or re.search(r"celery|broker|result_backend|test", key):
            continue
        value = resolve(entry.value, module, project)
        target = targets.store_of_url(value.text) if value is not None and value.text else None
        if (
            target is None
            or target.technology in seen
            or target.kind not in STORES
            or target.technology == "sqlite"
        ):
            continue
        seen.add(target.technology or "")
        link = ledger.link(MAIN, target, module.text.at(entry.line))
        scheme = value.text.partition("://")[0] if value is not None else ""
        link.protocol = scheme.partition("+")[0] or None
        if "+" in scheme:
            link.say("driver", scheme.partition("+")[2], module.text.at(entry.line))
            link.say(
                "async_driver", True, module.text.at(entry.line), denied=not _ASYNC_SCHEME.search(scheme)
            )
    for name, default in _environment_urls(project):
        target = targets.store_of_url(default.text)
        if (
            target is not None
            and target.technology not in seen
            and target.technology != "sqlite"
            and target.kind in STORES
        ) and not re.search(r"broker|celery|backend", name, re.IGNORECASE):
            seen.add(target.technology or "")
            ledger.link(MAIN, target, default.module.text.at(default.line))


def _environment_urls(project: Project) -> Iterator[tuple[str, Value]]:
    """Yield environment variables whose default is a URL, wherever they are read."""
    for call in project.called("os.getenv", "os.environ.get"):
        name = constant(call.argument(0, "key"))
        value = resolve(call.argument(1, "default"), call.module, project)
        if isinstance(name, str) and value is not None and "://" in value.text:
            yield name, Value(value.text, (name,), call.module, call.line)


def _from_packages(project: Project, ledger: Ledger, seen: set[str]) -> None:
    """Link to the one relational database whose driver is declared, and to stores whose client is imported, if nothing else shows them."""
    relational = {t for t in seen if (k := load().technologies.get(t)) and k.kind == "relational_db"}
    relational |= {
        link.target.technology or "" for link in ledger.links.values() if link.target.kind == "relational_db"
    }
    if not relational:
        declared = [
            (d, t)
            for d in project.packages.declared
            if not d.group
            and (t := load().technology_of_package(d.name))
            and t.kind == "relational_db"
            and t.id != "sqlite"
        ]
        kinds = {t.id for _, t in declared}
        if len(kinds) == 1:
            entry, technology = declared[0]
            link = ledger.link(MAIN, targets.store(technology.id), entry.text.at(entry.line))
            link.say("driver", entry.name.removesuffix("-binary"), entry.text.at(entry.line))
    here = {link.target.technology for link in ledger.links.values()}
    for root, technology_id in (
        ("pymongo", "mongodb"), ("motor", "mongodb"), ("redis", "redis"), ("elasticsearch", "elasticsearch"), ("opensearchpy", "opensearch"),
        ("cassandra", "cassandra"), ("neo4j", "neo4j"), ("qdrant_client", "qdrant"), ("clickhouse_driver", "clickhouse"),
        ("kazoo", "zookeeper"),
    ):  # fmt: skip
        place = project.imported(root)
        if place is None or technology_id in here or technology_id not in load().technologies:
            continue
        names = [d.name for d in project.packages.declared if not d.group]
        technology = load().technologies[technology_id]
        if any(n in {x.lower().replace("_", "-") for x in technology.packages} for n in names):
            ledger.link(ledger.role_of(place[0]), targets.store(technology_id), place[0].text.at(place[1]))
