"""SQL made of strings: a value that comes from outside and stands in the text of a query."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from string import Formatter

from buttress.readers.python.found import Ledger
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call
from buttress.readers.python.written import Written

_BY_PERCENT = re.compile(r"%(?:\(\w+\))?[sdr]")
# After these words, or within their quotes, SQL has the name of something: no value.
_NAMED_AFTER = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|EXISTS|ONLY|CONSTRAINT|INDEX|VIEW|SCHEMA|DATABASE|COLUMN|SEQUENCE|TRIGGER|FUNCTION|ROLE|USER|"
    r"EXTENSION|TYPE|TRUNCATE|VACUUM|ANALYZE|REINDEX|CLUSTER|COPY|DESCRIBE|USE|SET|LOCAL|BY|ADD|DROP|RENAME|TO|REFERENCES|ON|AS|PRAGMA|"
    r"SAVEPOINT|CASCADE|CONCURRENTLY)\s+(?:[\w.\"`\[\]]+\s*,\s*)*[\w.\"`\[]*$|\.[\"`\[]?$|_get_serial_sequence\([^)]*$|regclass\([^)]*$",
    re.IGNORECASE,
)
# Statements that define something take no parameters, but for the query that a view or table is made of.
_DEFINES = re.compile(r"\s*(?:alter|create|drop|truncate)\b(?!.*\bselect\b)", re.IGNORECASE | re.DOTALL)
_FIXED = re.compile(
    r"table|column|schema|_name$|placeholder|fields?$|(?:^|_)sql(?:_|$)|clause|quote|db_|ident|where|order_by|cols|^values$|params|binds",
    re.IGNORECASE,
)
_BUILDERS = re.compile(
    r"ident|quote|escape|sanitize|literal|clause|placeholder|(?:^|_)sql(?:_|$)", re.IGNORECASE
)
_SQL = re.compile(
    r"^\s*(?:select|insert|update|delete|with|alter|drop|create|truncate|replace|merge)\b", re.IGNORECASE
)


def tell_built_sql(project: Project, ledger: Ledger) -> None:
    """Tell the queries whose text a value from outside is part of."""
    for call in project.ending(
        "execute", "executemany", "raw", "executescript", "extra", "read_sql", "text", "fetch", "fetchrow"
    ):
        if call.last in ("text",) and not call.name.startswith("sqlalchemy"):
            continue
        if call.last in ("fetch", "fetchrow") and not call.name.startswith("asyncpg"):
            continue
        node = call.argument(0, "sql", "query", "statement", "operation", "raw_query")
        inner = (
            node.args[0]
            if isinstance(node, ast.Call)
            and node.args
            and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("text", "SQL")
            else node
        )
        if isinstance(node, ast.Call) and inner is not node and call.last == "execute":
            continue  # the call of text() is one of its own
        role = ledger.role_of(call)
        if _is_built(inner) and not call.in_command and not _is_of_the_code(inner, call, project):
            ledger.count("sql_built_from_strings", call.evidence(), role=role)
        text = constant(inner)
        if (isinstance(text, str) and _SQL.match(text)) or _is_built(inner):
            ledger.count("raw_sql", call.evidence(), role=role)


def _is_of_the_code(node: ast.AST | None, call: Call, project: Project) -> bool:
    """Return whether all that is put into a query is written in the code: a migration's, or texts that variables hold."""
    if call.module.imports and any(i.name.partition(".")[0] == "alembic" for i in call.module.imports):
        return True
    return node is not None and Written(call, project).is_all(node)


def _is_built(node: ast.AST | None) -> bool:
    """Return whether an expression is SQL with values put into its text: by f-string, `%`, `+` or `.format`.

    What stands where SQL has a name, of a table or the like, can't be a parameter: it counts only when it comes from the request.
    """
    if isinstance(node, ast.JoinedStr):
        text, holes = "", []
        for n, part in enumerate(node.values):
            if isinstance(part, ast.FormattedValue):
                after = str(constant(node.values[n + 1])) if n + 1 < len(node.values) else ""
                if not _is_number(part):
                    holes.append((text, part.value, after))
                text += "x"
            else:
                text += str(constant(part))
        head = constant(node.values[0]) if node.values else ""
        return (
            isinstance(head, str) and _SQL.match(head) is not None and any(_is_open(*hole) for hole in holes)
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        head = constant(node.left)
        given = list(node.right.elts) if isinstance(node.right, ast.Tuple) else [node.right]
        return (
            isinstance(head, str)
            and _SQL.match(head) is not None
            and _any_open(_BY_PERCENT.split(head), given)
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
            parts.insert(0, left.right)
            left = left.left
        head = constant(left)
        if not isinstance(head, str) or _SQL.match(head) is None:
            return False
        text = head
        for part in parts:
            if not isinstance(part, ast.Constant) and _is_open(text, part):
                return True
            text += str(constant(part)) if isinstance(part, ast.Constant) else "x"
        return False
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        head = constant(node.func.value)
        if not isinstance(head, str) or _SQL.match(head) is None:
            return False
        texts, given = [], []
        numbered = iter(node.args)
        try:
            for text, name, _, _ in Formatter().parse(head):
                texts.append(text)
                named = next(
                    (
                        k.value
                        for k in node.keywords
                        if name and k.arg == name.partition(".")[0].partition("[")[0]
                    ),
                    None,
                )
                if name is not None:
                    at = int(name) if name.isdecimal() and int(name) < len(node.args) else None
                    value = named or (node.args[at] if at is not None else next(numbered, None))
                    given.append(value or ast.Constant(""))
        except ValueError:
            return False
        return _any_open(texts, given)
    return False


def _is_number(part: ast.FormattedValue) -> bool:
    """Return whether a value is written as a number, which any other raises an error for: `{count:d}`."""
    spec = part.format_spec.values if isinstance(part.format_spec, ast.JoinedStr) else []
    written = constant(spec[-1]) if spec else None
    return isinstance(written, str) and written[-1:] in ("d", "f", "e", "g", "x")


def _any_open(texts: list[str], given: Sequence[ast.expr]) -> bool:
    """Return whether one of the values that go between texts is open."""
    before = ""
    for n, value in enumerate(given):
        before += texts[n] if n < len(texts) else ""
        if _is_open(before, value, texts[n + 1] if n + 1 < len(texts) else ""):
            return True
        before += "x"
    return False


def _is_open(before: str, value: ast.expr, after: str = "") -> bool:
    """Return whether a value that is put between texts of SQL may come from outside and could have been a parameter."""
    columns = re.search(r"\b(?:SELECT|DISTINCT)\s+$", before, re.IGNORECASE) and re.match(
        r"\s*(?:,|FROM\b)", after, re.IGNORECASE
    )
    if columns or _DEFINES.match(before) or _NAMED_AFTER.search(before[-300:]):
        return any(isinstance(n, ast.Name) and n.id == "request" for n in ast.walk(value))
    return not _is_fixed(value)


def _is_fixed(node: ast.AST) -> bool:
    """Return whether what is put into SQL can't come from outside: a constant by its name, a table's name, placeholders, what is quoted."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.IfExp):
        return _is_fixed(node.body) and _is_fixed(node.orelse)
    if isinstance(node, ast.Call):
        written = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if written == "str" and len(node.args) == 1:
            return _is_fixed(node.args[0])
        return written in ("join", "len", "int", "qn") or _BUILDERS.search(written) is not None
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name.isupper() or _FIXED.search(name) is not None
