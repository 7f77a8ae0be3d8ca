"""The databases and caches that Django's settings name."""

from __future__ import annotations

import ast
import re

from buttress.readers.python import targets
from buttress.readers.python.detectors import chosen_stores
from buttress.readers.python.found import MAIN, WORKER, Ledger
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Assigned, Module, keyword_of
from buttress.readers.python.values import Value, resolve

_ENGINES = (
    ("postg", "postgresql"),
    ("mysql", "mysql"),
    ("sqlite", "sqlite"),
    ("spatialite", "sqlite"),
    ("oracle", "oracle-database"),
    ("mssql", "sql-server"),
    ("cockroach", "cockroachdb"),
)


def engine_technology(engine: str) -> str | None:
    """Return the technology of a database engine's dotted name, None for one that nobody knows.

    >>> engine_technology("django.db.backends.postgresql"), engine_technology("django_prometheus.db.backends.mysql")
    ('postgresql', 'mysql')
    """
    last = engine.rpartition("backends.")[2].lower() or engine.lower()
    return next((technology for word, technology in _ENGINES if word in last), None)


def setting(project: Project, name: str) -> tuple[Module, Assigned] | None:
    """Return where a setting is assigned."""
    return project.settings.get(name)


def entries(node: ast.AST | None) -> dict[str, ast.expr]:
    """Return the entries of a dictionary that is written out, by key."""
    if not isinstance(node, ast.Dict):
        return {}
    return {str(constant(k)): v for k, v in zip(node.keys, node.values, strict=True) if k is not None}


def detect(project: Project, ledger: Ledger) -> None:
    """Tell the databases and caches that the settings name."""
    _databases(project, ledger)
    _caches(project, ledger)


def _databases(project: Project, ledger: Ledger) -> None:
    found = setting(project, "databases")
    if found is None:
        return
    module, entry = found
    databases = entries(entry.value)
    for alias, node in databases.items():
        here = module.text.at(node.lineno)
        settings = entries(node)
        engine = None
        if settings:
            engine = resolve(settings.get("ENGINE"), module, project)
            technology = engine_technology(engine.text) if engine is not None else None
            place = settings.get("ENGINE", node)
            here = module.text.at(place.lineno)
            host = resolve(settings.get("HOST"), module, project)
        else:
            value = resolve(node, module, project) or _url_default(node, module, project)
            target = targets.store_of_url(value.text) if value is not None and value.text else None
            technology, host = (
                (target.technology, Value(target.host, (), module, node.lineno))
                if target is not None
                else (None, None)
            )
        by_default = technology == "sqlite" and engine is not None and bool(engine.names)
        if technology is None or by_default:
            technology = _declared(project) or technology
        if technology == "sqlite" and len(databases) > 1:
            continue
        if technology is None and alias != "default":
            continue
        target = (
            targets.store(technology, host.text if host is not None else "")
            if technology is not None
            else chosen_stores.of_settings(project) or chosen_stores.DATABASE
        )
        link = ledger.link(MAIN, target, here, sync=True)
        link.say("driver", "Django ORM", here)
        if ledger.task_functions:
            ledger.link(WORKER, target, here, sync=True)
        age = settings.get("CONN_MAX_AGE") or keyword_of(node, "conn_max_age")
        value_age = constant(age)
        if age is not None:
            kept = value_age is None or (isinstance(value_age, int | float) and value_age > 0)
            link.say(
                "persistent_connections",
                value_age if isinstance(value_age, int) and kept else True,
                module.text.at(age.lineno),
                denied=not kept,
            )
        elif (
            settings and alias == "default" and technology != "sqlite" and not _later(project, "conn_max_age")
        ):
            link.say("persistent_connections", True, here, denied=True)
        atomic = settings.get("ATOMIC_REQUESTS")
        if atomic is not None and constant(atomic) is True:
            link.say("transactional", True, module.text.at(atomic.lineno))
        options = entries(settings.get("OPTIONS"))
        for name, fact in (("connect_timeout", "connect_timeout"), ("pool", "connection_pool")):
            if name in options:
                given = constant(options[name])
                link.say(
                    fact,
                    given if isinstance(given, int | float) and not isinstance(given, bool) else True,
                    module.text.at(options[name].lineno),
                )
        if "statement_timeout" in str(constant(options.get("options"))):
            link.say("timeout", True, module.text.at(options["options"].lineno))
    if len(databases) > 1:
        ledger.say("databases", module.text.at(entry.line), tuple(databases))
    routers = setting(project, "database_routers")
    if routers is not None and isinstance(routers[1].value, ast.List) and routers[1].value.elts:
        ledger.say("database_router", routers[0].text.at(routers[1].line))


def _later(project: Project, key: str) -> bool:
    """Return whether a settings module changes one key of a database after it has been assigned."""
    return any(
        re.search(rf"[\"']{key.upper()}[\"']\]?\s*[=:]", m.text.source.text)
        for m in project.modules
        if "settings" in m.path
    )


def _url_default(node: ast.AST, module: Module, project: Project) -> Value | None:
    default = keyword_of(node, "default")
    return resolve(default, module, project)


def _declared(project: Project) -> str | None:
    packages = {
        "psycopg2": "postgresql",
        "psycopg2-binary": "postgresql",
        "psycopg": "postgresql",
        "psycopg-binary": "postgresql",
        "mysqlclient": "mysql",
    }
    found = {packages[d.name] for d in project.packages.declared if not d.group and d.name in packages}
    return next(iter(found)) if len(found) == 1 else None


def _caches(project: Project, ledger: Ledger) -> None:
    found = setting(project, "caches")
    for node in entries(found[1].value).values() if found is not None else ():
        assert found is not None
        settings = entries(node)
        backend = constant(settings.get("BACKEND"))
        if not isinstance(backend, str):
            continue
        here = found[0].text.at(settings["BACKEND"].lineno)
        location = settings.get("LOCATION")
        if isinstance(location, ast.List | ast.Tuple) and location.elts:
            location = location.elts[0]
        value = resolve(location, found[0], project)
        host = (
            re.sub(r"^\w+://(?:[^@/]*@)?", "", value.text).partition(":")[0].partition("/")[0]
            if value is not None
            else ""
        )
        if "redis" in backend.lower():
            ledger.link(MAIN, targets.store("redis", host), here, sync=True).say(
                "driver", "Django cache", here
            )
        elif "LocMem" in backend:
            ledger.say("process_local_cache", here)
            continue
        elif "memcache" in backend.lower():
            ledger.link(MAIN, targets.store("memcached", host), here, sync=True).say(
                "driver", "Django cache", here
            )
        ledger.say("cache_in_use", here)
    engine = setting(project, "session_engine")
    value_engine = constant(engine[1].value) if engine is not None else None
    if engine is not None and isinstance(value_engine, str):
        words = {
            "cached_db": "database and cache",
            "cache": "cache",
            "signed_cookies": "signed cookie",
            "file": "files",
            "db": "database",
        }
        last = value_engine.rpartition(".")[2]
        ledger.say("session_store", engine[0].text.at(engine[1].line), words.get(last, last))
    layers = setting(project, "channel_layers")
    for node in entries(layers[1].value).values() if layers is not None else ():
        assert layers is not None
        backend = constant(entries(node).get("BACKEND"))
        if isinstance(backend, str):
            ledger.say(
                "channel_layer",
                layers[0].text.at(node.lineno),
                "memory of one process"
                if "InMemory" in backend
                else "redis"
                if "redis" in backend.lower()
                else backend,
            )
