"""Stores and brokers that settings choose at run time: that there is one is sure, and which one as far as drivers and addresses tell."""

from __future__ import annotations

import ast
import re

from buttress.model import Evidence
from buttress.model.kinds import MESSAGING
from buttress.readers.python import targets
from buttress.readers.python.found import MAIN, Ledger, Target, plug_ins
from buttress.readers.python.project import Project
from buttress.readers.python.records import Call
from buttress.readers.python.settings import is_settings_module
from buttress.readers.python.values import resolve
from buttress.vocabulary import load

DATABASE = Target("Database", "relational_db")
BROKER = Target("Message broker", "message_broker")
# What opens any database whose address it is given.
_ENGINES = (
    "sqlalchemy.create_engine", "sqlalchemy.engine.create_engine", "sqlmodel.create_engine", "sqlalchemy.ext.asyncio.create_async_engine",
    "databases.Database", "tortoise.Tortoise.init", "tortoise.contrib.fastapi.register_tortoise", "flask_sqlalchemy.SQLAlchemy",
    "sqlalchemy.engine_from_config", "sqlalchemy.ext.asyncio.async_engine_from_config", "playhouse.db_url.connect", "dj_database_url.config",
    "oslo_db.sqlalchemy.enginefacade.configure", "oslo_db.sqlalchemy.enginefacade.transaction_context",
    "oslo_db.sqlalchemy.enginefacade.writer.get_engine", "oslo_db.sqlalchemy.enginefacade.reader.get_engine",
    "oslo_db.sqlalchemy.enginefacade.get_legacy_facade", "oslo_db.sqlalchemy.session.EngineFacade.from_config",
)  # fmt: skip
# Modules that do one thing and end: what they open isn't what requests go to.
IN_A_COMMAND = re.compile(r"(?:^|[._])(?:cli|commands?|scripts|migrations|versions|alembic)(?:[._]|$)")
_ADDRESS = re.compile(r"(?:^|_)(?:db|database|sqlalchemy|sql)_?(?:url|uri|dsn)$|sqlalchemy_database_uri$")
_SCHEME = re.compile(r"""["'](?P<scheme>[a-z]\w{2,20}(?:\+\w{2,20})?)(?:://|["'])""")
BROKER_WORDS = (("redis", "redis"), ("amqp", "rabbitmq"), ("rabbit", "rabbitmq"), ("sqs", "sqs"))
_CELERY_BROKER = ("celery_broker_url", "broker_url", "celery_broker")


def of_settings(project: Project) -> Target | None:
    """Return the database that settings choose: the only server that drivers or addresses speak of, else one without a technology.

    None when the code speaks of none that is a server: SQLite may be all there is.
    """
    found = _spoken_of(project)
    if not found:
        return None
    return targets.store(next(iter(found))) if len(found) == 1 else DATABASE


def _spoken_of(project: Project) -> set[str]:
    """Return the database servers whose drivers any group of dependencies has, or whose addresses the settings write out."""
    known = {
        t.id: t
        for d in project.packages.declared
        if not d.for_development and (t := load().technology_of_package(d.name))
    }
    known |= {i: load().technologies[i] for i in _by_extras(project)}
    for module in project.modules:
        if is_settings_module(module) or re.search(r"(?:^|[._])(?:db|database|engine|store)s?$", module.name):
            for scheme in _SCHEME.finditer(module.text.source.text):
                technology = targets.store_technology(scheme["scheme"].partition("+")[0])
                if technology is not None:
                    known[technology.id] = technology
    return {i for i, t in known.items() if t.kind == "relational_db" and i != "sqlite"}


def _by_extras(project: Project) -> set[str]:
    """Return the databases whose driver comes with an extra of what every installation has: `oslo.db[mysql]`."""
    extras = {x.strip() for d in project.packages.declared if not d.group for x in d.extras.split(",")}
    known = load().technologies
    return {x for x in extras if x in known and known[x].kind == "relational_db"}


def opened_engines(project: Project) -> list[Call]:
    """Return the calls that open a database whose address they are given, whichever it is of."""
    return [
        c
        for c in project.called(*_ENGINES)
        if c.node.args or c.node.keywords or not c.last.endswith("engine") or c.name.startswith("oslo_db.")
    ]


def database(project: Project, ledger: Ledger) -> None:
    """Link to the database that an engine is opened for, where neither the call nor a setting's default says which one it is."""
    options = plug_ins(list(ledger.links.values()))
    shown = [
        x
        for x in ledger.links.values()
        if x.target.name not in options
        and x.target.kind == "relational_db"
        and x.target.technology != "sqlite"
    ]
    if shown:
        return
    calls = opened_engines(project)
    calls = [c for c in calls if not IN_A_COMMAND.search(c.module.name)] or calls
    by_default = [
        k
        for k, x in ledger.links.items()
        if x.target.technology == "sqlite" and x.facts.get("driver") is not None
    ]
    opened = [
        k for k in by_default if str(ledger.links[k].facts["driver"].value) not in ("sqlite3", "aiosqlite")
    ]
    if not calls or (by_default and not opened):
        return
    target = of_settings(project)
    if target is None:
        if by_default:
            return  # a file of its own, and nothing speaks of another one
        target = DATABASE
    every = _by_extras(project) | {
        t.id for d in project.packages.declared if not d.group and (t := load().technology_of_package(d.name))
    }
    if target.technology is not None and target.technology not in every:
        target = DATABASE  # its driver comes with an extra, as others' may
    _replace(ledger, opened, target, calls[0].evidence())
    for call in calls:
        link = ledger.link(ledger.role_of(call), target, call.evidence(), sync=True)
        driver = (
            "Flask-SQLAlchemy"
            if call.last == "SQLAlchemy"
            else "SQLAlchemy"
            if "engine" in call.last
            else call.name.partition(".")[0]
        )
        link.say("driver", driver, call.evidence())


def of_tables(project: Project, ledger: Ledger) -> None:
    """Link to the database of the classes whose objects are rows of tables, where a library opens it and no call of the project's own.

    What a setting says of its address says which one it is.
    """
    if any(x.target.kind == "relational_db" for x in ledger.links.values()):
        return
    tables = [c for m in project.modules for c in m.classes if c.field("__tablename__") is not None]
    if len(tables) < 2:
        return
    module, line = tables[0].module, tables[0].line
    target = of_settings(project) or DATABASE
    for key, (settings, entry) in project.settings.items():
        if _ADDRESS.search(key):
            module, line = settings, entry.line
            value = resolve(entry.value, settings, project)
            named = targets.store_of_url(value.text) if value is not None and value.text else None
            if named is not None and named.technology == "sqlite":
                target = Target("SQLite", named.kind, named.technology) if target is DATABASE else target
            elif named is not None:
                target = named
            break
    ledger.link(MAIN, target, module.text.at(line), sync=True)


def _replace(ledger: Ledger, keys: list[tuple[str, Target, str]], target: Target, here: Evidence) -> None:
    """Let all roles that use a default by the settings, the worker beside the service, use what stands in its place."""
    defaults = {ledger.links[k].target for k in keys}
    for key, link in list(ledger.links.items()):
        if key in keys or (link.target in defaults and "driver" not in link.facts):
            del ledger.links[key]
            ledger.link(link.role, target, here, sync=True)


def celery_broker(project: Project, ledger: Ledger) -> Target | None:
    """Link both sides of a task queue to the broker that a setting without a default, or something that isn't read, names."""
    here: Evidence | None = None
    said = ""
    for name in _CELERY_BROKER:
        if name in project.settings:
            module, entry = project.settings[name]
            here = module.text.at(entry.line)
            said = ast.unparse(entry.value).lower() if entry.value is not None else ""
            break
    else:
        here = next((c.evidence() for c in project.called("celery.Celery")), None)
    if here is None:
        return None
    declared = {
        t.id
        for d in project.packages.declared
        if not d.group and (t := load().technology_of_package(d.name)) and t.kind in MESSAGING
    }
    declared |= {technology for word, technology in BROKER_WORDS if word in said}
    target = targets.store(next(iter(declared))) if len(declared) == 1 else BROKER
    ledger.queue(target, here)
    return target
