"""Data access: the mapper, migrations, tables and their columns, sessions, transactions, queries in loops, caches."""

from __future__ import annotations

import ast
import re

from buttress.readers.python.found import Ledger
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Assigned, Call, Class
from buttress.readers.python.written import Written

_ORMS = (
    ("sqlalchemy.orm", "SQLAlchemy"), ("sqlmodel", "SQLModel"), ("tortoise", "Tortoise ORM"), ("peewee", "Peewee"), ("pony.orm", "Pony ORM"),
    ("mongoengine", "MongoEngine"), ("beanie", "Beanie"), ("ormar", "ormar"), ("piccolo", "Piccolo"), ("flask_sqlalchemy", "SQLAlchemy"), ("sqlalchemy", "SQLAlchemy Core"),
)  # fmt: skip
_MONEY = re.compile(
    r"(?:^|_)(?:price|amount|total|balance|cost|fee|salary|subtotal|vat|payment|refund|discount_amount)(?:_|$)",
    re.IGNORECASE,
)
_NO_MONEY = re.compile(
    r"count|tokens?|time|seconds|bytes|percent|rate|number|weight|score|quantity|duration|latency",
    re.IGNORECASE,
)
_LAZY_ROWS = re.compile(
    r"(?:\.objects(?:\(\))?\.(?:all|filter|exclude|order_by)\(\)|\.query(?:\(\))?(?:\.[\w]+\(\))*\.all\(\)|\.scalars\(\)(?:\.all\(\))?)"
)
_EAGER = re.compile(
    r"select_related|prefetch|eager|joinedload|selectinload|subqueryload|with_related|\.values|\.only\(|\.options\("
)  # options of a query of SQLAlchemy say how relations are loaded
_CHANGE = re.compile(
    r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|MERGE|CREATE|ALTER|DROP|TRUNCATE|SET|GRANT|LOCK|NOTIFY|LISTEN|REFRESH)\b",
    re.IGNORECASE,
)
_EAGER_CALLS = ("select_related", "prefetch_related", "joinedload", "selectinload", "subqueryload")


def detect(project: Project, ledger: Ledger) -> None:
    """Tell how the project keeps its data and asks for them."""
    _mapper(project, ledger)
    _migrations(project, ledger)
    for module in project.modules:
        for cls in module.classes:
            if is_table(cls):
                _table(cls, ledger)
    _queries(project, ledger)
    _sessions(project, ledger)
    _caching(project, ledger)


def _mapper(project: Project, ledger: Ledger) -> None:
    django = project.imported("django.db.models") or (
        project.imported("django.db") if "databases" in project.settings else None
    )
    if django is not None and "databases" in project.settings:
        ledger.say("orm", django[0].text.at(django[1]), "Django ORM")
    for root, label in _ORMS:
        if (place := project.imported(root)) is not None:
            ledger.say("orm", place[0].text.at(place[1]), label)


def _migrations(project: Project, ledger: Ledger) -> None:
    files = project.files
    alembic = next(
        (
            t
            for t in files.migrations
            if t.source.name == "env.py"
            or re.search(r"^[ \t]*(?:from|import) alembic", t.source.text, re.MULTILINE)
        ),
        None,
    )
    django = next(
        (
            t
            for t in files.migrations
            if re.search(r"class Migration\(migrations\.Migration\)", t.source.text)
        ),
        None,
    )
    if alembic is not None:
        line = alembic.find(r"alembic") or alembic.find(r"^[ \t]*[^\s#]") or 1
        ledger.say("migrations", alembic.at(line), "Alembic")
        versions = [t for t in files.migrations if re.search(r"^revision\b", t.source.text, re.MULTILINE)]
        if versions:
            ledger.count(
                "migration_files", versions[0].at(versions[0].find(r"^revision\b")), by=len(versions)
            )
    elif django is not None:
        ledger.say("migrations", django.at(django.find(r"class Migration")), "Django")
        count = sum("class Migration(" in t.source.text for t in files.migrations)
        ledger.count("migration_files", django.at(django.find(r"class Migration")), by=count)
    elif (
        tool := project.packages.any(
            "alembic", "flask-migrate", "aerich", "yoyo-migrations", "django-pgtrigger"
        )
    ) is not None and tool.name != "django-pgtrigger":
        ledger.say(
            "migrations",
            tool.text.at(tool.line, "config"),
            {"alembic": "Alembic", "flask-migrate": "Alembic", "aerich": "aerich"}.get(tool.name, tool.name),
        )
    for call in project.ending("create_all"):
        if (
            "metadata" in ast.unparse(call.node.func).lower()
            or call.name.startswith(("flask_sqlalchemy", "sqlmodel"))
            or call.name.endswith("db.create_all")
        ) and "__main__" not in call.within:
            ledger.count("schema_created_at_start", call.evidence())
            if not ledger.has("migrations"):
                ledger.say("migrations", call.evidence(), denied=True)
    for call in project.calls:
        if (
            call.name == "sqlalchemy.ext.asyncio.AsyncConnection().run_sync"
            and call.node.args
            and "create_all" in ast.unparse(call.node.args[0])
        ):
            ledger.count("schema_created_at_start", call.evidence())


_NO_TABLE = (
    "Subquery",
    "Func",
    "Aggregate",
    "Expression",
    "Serializer",
    "Form",
    "FilterSet",
    "Lookup",
    "Transform",
    "Count",
    "Field",
)


def is_table(cls: Class) -> bool:
    """Return whether rows of a database are objects of a class."""
    if any(b.endswith(_NO_TABLE) for b in cls.bases):
        return False
    if any(b in ("django.db.models.Model", "django.contrib.gis.db.models.Model") for b in cls.bases):
        return True
    if cls.field("__tablename__") is not None or cls.field("__table_args__") is not None:
        return True
    return any(
        re.search(r"(?:Field|Column|mapped_column)$", f.call)
        and f.call.startswith(("django.db.models.", "sqlalchemy.", "flask_sqlalchemy."))
        for f in cls.fields
    )


def _table(cls: Class, ledger: Ledger) -> None:
    at = cls.module.text.at
    ledger.count("tables", at(cls.line))
    for entry in cls.fields:
        sort = _sort(entry)
        if not sort:
            continue
        if (
            sort in ("FloatField", "Float", "float", "REAL")
            and _MONEY.search(entry.name)
            and not _NO_MONEY.search(entry.name)
        ):
            ledger.count("money_as_float", at(entry.line))
        if sort in ("JSONField", "JSON", "JSONB"):
            ledger.count("json_columns", at(entry.line))
        if (
            sort == "DateTime"
            and isinstance(entry.value, ast.Call)
            and not any(isinstance(n, ast.keyword) and n.arg == "timezone" for n in ast.walk(entry.value))
        ):
            ledger.count("naive_datetimes", at(entry.line))
        if isinstance(entry.value, ast.Call):
            given = {k.arg: constant(k.value) for k in entry.value.keywords}
            if given.get("index") is True or given.get("db_index") is True:
                ledger.count("indexes", at(entry.line))
    for name in ("__table_args__", "indexes"):
        found = cls.field(name)
        if found is not None and found.value is not None:
            for part in ast.walk(found.value):
                written = (
                    getattr(part.func, "attr", getattr(part.func, "id", ""))
                    if isinstance(part, ast.Call)
                    else ""
                )
                if written == "Index":
                    ledger.count("indexes", at(part.lineno))  # type: ignore[attr-defined]


def _sort(entry: Assigned) -> str:
    """Return the type of a column: of Django's field, or the first argument or annotation of SQLAlchemy's."""
    last = entry.call.rpartition(".")[2]
    if last.endswith(("Field", "ForeignKey")):
        return last
    if last in ("Column", "mapped_column"):
        for node in entry.value.args if isinstance(entry.value, ast.Call) else ():
            written = node.func if isinstance(node, ast.Call) else node
            name = getattr(written, "attr", getattr(written, "id", ""))
            if name and name not in ("ForeignKey",):
                return str(name)
        inner = entry.annotation.slice if isinstance(entry.annotation, ast.Subscript) else None
        return str(getattr(inner, "id", getattr(inner, "attr", ""))) or "Column"
    return ""


def _queries(project: Project, ledger: Ledger) -> None:
    relations = {
        f.name
        for m in project.modules
        for c in m.classes
        for f in c.fields
        if re.search(r"(?:ForeignKey|OneToOneField|relationship)$", f.call)
    }
    eager = {
        f.name
        for m in project.modules
        for c in m.classes
        for f in c.fields
        if f.call.endswith("relationship")
        and isinstance(f.value, ast.Call)
        and any(
            k.arg == "lazy" and constant(k.value) in ("joined", "selectin", "subquery", "immediate")
            for k in f.value.keywords
        )
    }
    for module in project.modules:
        for spot in module.spots:
            if spot.sort != "follows" or (spot.function is not None and spot.function.is_command):
                continue
            rows, relation, attribute = spot.words.split("|")
            if (
                relation not in relations - eager
                or attribute in ("id", "pk")
                or not _LAZY_ROWS.search(rows)
                or _EAGER.search(rows)
                or not _has_relation(rows, relation, project)
                or (".scalars()" in rows and spot.function is not None and spot.function.is_async)
            ):  # SQLAlchemy refuses to load a relation within a coroutine: it is there already
                continue
            ledger.count("lazy_loads_in_loops", module.text.at(spot.line), role=ledger.role_of(spot))
    for call in project.calls:
        role = ledger.role_of(call)
        if (
            call.loops
            and call.function is not None
            and not call.in_command
            and re.match(
                r"^sqlalchemy\.[\w.]+\(\)\.(?:execute|scalar|scalars|get)$|^redis\.Redis(?:\.from_url)?\(\)\.(?:get|hget)$",
                call.name,
            )
            and not _writes(call, project)
        ):
            ledger.count("queries_in_loops", call.evidence(), role=role)
    for module in project.modules:
        for function in module.functions:
            for name, line in function.called:
                if name.rpartition(".")[2] in _EAGER_CALLS:
                    ledger.count("eager_loads", module.text.at(line))
    for call in project.called("datetime.datetime.utcnow"):
        ledger.count("naive_datetimes", call.evidence())
    for module in project.modules:
        for function in module.functions:
            for name, line in function.called:
                if name in (
                    "datetime.datetime.utcnow",
                    "datetime.utcnow",
                    "datetime.datetime.utcfromtimestamp",
                ):
                    ledger.count("naive_datetimes", module.text.at(line))


def _has_relation(rows: str, relation: str, project: Project) -> bool:
    """Return whether the model whose rows are gone through may have the relation: unknown models may have any."""
    found = re.match(r"(.+?)\.(?:objects|query)\b", rows)
    todo = [project.classes.get(project.meaning(found[1]))] if found is not None else [None]
    for cls in todo:
        if cls is None or cls.field(relation) is not None or len(todo) > 20:
            return True
        todo += [project.classes.get(b) for b in cls.bases if not b.startswith(("django.", "sqlalchemy."))]
    return False


def _writes(call: Call, project: Project) -> bool:
    """Return whether a statement that is executed, maybe put into a variable before, changes rows or the tables themselves."""
    statement = call.argument(0, "statement", "query", "sql")
    held = Written(call, project).given.get(statement.id, []) if isinstance(statement, ast.Name) else []
    for node in (n for part in (statement, *held) if part is not None for n in ast.walk(part)):
        if isinstance(node, ast.Call):
            written = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if written in ("insert", "update", "delete", "values", "DDL", "upsert"):
                return True
        text = constant(node)
        if isinstance(text, str) and _CHANGE.match(text):
            return True
    return False


def _sessions(project: Project, ledger: Ledger) -> None:
    for call in project.calls:
        name = call.name
        if name in ("django.db.transaction.atomic",) or name.endswith(
            ("session.begin_nested", "Session().begin", "AsyncSession().begin", "sessionmaker().begin")
        ):
            ledger.count("transactions", call.evidence(), role=ledger.role_of(call))
        elif (
            call.function is None
            and re.fullmatch(
                r"sqlalchemy\.orm\.(?:Session|sessionmaker\(\)|scoped_session\(\))|sqlmodel\.Session", name
            )
            and not call.within
        ):
            ledger.count("global_sessions", call.evidence())
    for module in project.modules:
        for function in module.functions:
            if any(n.endswith("transaction.atomic") for n, _ in function.decorators):
                ledger.count("transactions", module.text.at(function.line), role=ledger.role_of(function))


def _caching(project: Project, ledger: Ledger) -> None:
    for call in project.calls:
        role = ledger.role_of(call)
        if re.fullmatch(
            r"django\.core\.cache\.cache\.(?:set|get|get_or_set|aset|aget)", call.name
        ) or call.name in ("cachetools.TTLCache", "aiocache.cached", "flask_caching.Cache"):
            ledger.say("cache_in_use", call.evidence(), role=role)
            if call.last in ("set", "aset", "get_or_set"):
                node = call.argument(2, "timeout")
                if node is not None and isinstance(node, ast.Constant) and node.value is None:
                    ledger.count("cache_without_expiry", call.evidence(), role=role)
        elif re.match(r"(?:redis|aioredis)\.[\w.()]+\(\)\.(?:set|hset|setex)$", call.name):
            ledger.say("cache_in_use", call.evidence(), role=role)
            if (
                call.last == "set"
                and call.keyword("ex", "px", "exat", "keepttl", "pxat") is None
                and len(call.node.args) < 3
                and not call.open_ended
            ):
                ledger.count("cache_without_expiry", call.evidence(), role=role)
    for module in project.modules:
        for function in module.functions:
            for name, node in function.decorators:
                unbounded = name in ("functools.cache",) or (
                    name == "functools.lru_cache"
                    and isinstance(node, ast.Call)
                    and any(
                        isinstance(k.value, ast.Constant) and k.value.value is None
                        for k in node.keywords
                        if k.arg == "maxsize"
                    )
                )
                own = [p for p in function.parameters if p[0] not in ("self", "cls")]
                if unbounded and own:
                    ledger.count(
                        "unbounded_caches", module.text.at(function.line), role=ledger.role_of(function)
                    )
                if (
                    name in ("functools.lru_cache", "functools.cache")
                    and function.owner is not None
                    and function.parameters
                    and function.parameters[0][0] == "self"
                ):
                    ledger.count(
                        "caches_on_methods", module.text.at(function.line), role=ledger.role_of(function)
                    )
