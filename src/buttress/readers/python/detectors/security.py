"""Security: secrets in the code, SQL and commands made of strings, weak hashes, tokens that nobody checks, unsafe formats."""

from __future__ import annotations

import ast
import re

from buttress import workloads
from buttress.readers.python.files import is_for_development
from buttress.readers.python.found import Ledger
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Assigned, Call, Module

_SECRET = re.compile(
    r"(?:^|_)(?:passw(?:or)?d|passwd|pwd|secret(?:_key)?|api_?key|access_?key|private_?key|signing_?key|jwt_?secret|auth_?token|access_?token|bot_?token|encryption_?key|secret)$",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"^$|^[*x.<\[{$%]|^(?:none|null|true|false|todo|test|tests?ing|example|placeholder|unset|default|dummy|fake|password|secret|token|key|username|bearer|basic|string|optional|required|hidden|"
    r"your[-_ ].*|my[-_].*|change.?me.*|insert.*|api[-_ ]?key|not[-_ ]?set|redacted|n/?a)$|\s|^https?://|^[a-z_]+(?:\.[a-z_]+)+$|^/|^env:|^arn:|^[A-Z_]+$|password$|_token$|_key$|_secret$",
    re.IGNORECASE,
)
_INSECURE_DEFAULT = re.compile(r"change.?me|secret|insecure|your|dev", re.IGNORECASE)
_WEAK = {"hashlib.md5": "md5", "hashlib.sha1": "sha1", "hashlib.sha256": "sha256", "hashlib.sha512": "sha512"}
_PASSWORD = re.compile(
    r"(?:\w+\.)?(?:raw_|plain_|new_|user_)?(?:passw(?:or)?d|pwd)(?:\.encode\(.*\))?", re.IGNORECASE
)
_HASHERS = (
    ("argon2", "argon2"), ("bcrypt", "bcrypt"), ("hashlib.scrypt", "scrypt"), ("hashlib.pbkdf2_hmac", "pbkdf2"),
    ("werkzeug.security.generate_password_hash", "scrypt"), ("flask_bcrypt", "bcrypt"), ("pwdlib", "argon2"),
)  # fmt: skip
_SQL = re.compile(
    r"^\s*(?:select|insert|update|delete|with|alter|drop|create|truncate|replace|merge)\b", re.IGNORECASE
)
_HTML = ("django.utils.safestring.mark_safe", "markupsafe.Markup", "flask.Markup", "jinja2.Markup")


def detect(project: Project, ledger: Ledger) -> None:
    """Tell what would be of use to somebody who attacks the project."""
    _secrets(project, ledger)
    _sql(project, ledger)
    _hashes(project, ledger)
    _tokens(project, ledger)
    for call in project.calls:
        _dangerous(call, ledger)
    for module in project.modules:
        for spot in module.spots:
            if spot.sort == "dynamic_code":
                ledger.count("dynamic_code", module.text.at(spot.line), role=ledger.role_of(spot))


def _secrets(project: Project, ledger: Ledger) -> None:
    for module in project.modules:
        if is_for_development(module.path):
            continue
        for entry in (*module.assigned, *(f for c in module.classes for f in c.fields)):
            value = _literal(entry, module)
            name = entry.name.rpartition(".")[2]
            if re.search(r"change_?me|example|placeholder|dummy", name, re.IGNORECASE):
                continue
            if value is not None and _SECRET.search(name) and _is_secret(name, value):
                ledger.say("secrets_in_plaintext", module.text.at(entry.line, until="="))
                ledger.count("secrets_in_code", module.text.at(entry.line, until="="))
        for call in module.calls:
            for keyword in call.node.keywords:
                given = constant(keyword.value)
                if (
                    keyword.arg
                    and isinstance(given, str)
                    and _SECRET.search(keyword.arg)
                    and _is_secret(keyword.arg, given)
                ):
                    where = module.text.at(keyword.value.lineno, until=repr(given)[0] + given[:1])
                    ledger.say("secrets_in_plaintext", where)
                    ledger.count("secrets_in_code", where)
    for module, name, line, value in _urls(project):
        if workloads.holds_secret(name, value) and not re.search(
            r"localhost|127\.0\.0\.1|example|:(?:pass|password|pwd|secret)@|//user(?:name)?:|@(?:db|postgres|redis|rabbitmq|mysql|mongo)\b",
            value,
        ):
            ledger.count("secrets_in_code", module.text.at(line, until="="))
            ledger.say("secrets_in_plaintext", module.text.at(line, until="="))


def _urls(project: Project) -> list[tuple[Module, str, int, str]]:
    out = []
    for module in project.modules:
        if is_for_development(module.path):
            continue
        for entry in (*module.assigned, *(f for c in module.classes for f in c.fields)):
            value = _literal(entry, module)
            shown = re.search(r"placeholder|example|template|pattern|sample", entry.name, re.IGNORECASE)
            if value is not None and shown is None and "://" in value and "@" in value:
                out.append((module, entry.name, entry.line, value))
    return out


def _literal(entry: Assigned, module: Module) -> str | None:
    """Return the text that a name is given: a literal, or the default of an environment variable or a field."""
    value = entry.value
    if isinstance(value, ast.Call):
        written = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        if written in ("getenv", "get", "config", "env", "str", "Field", "SecretStr"):
            default = next((k.value for k in value.keywords if k.arg == "default"), None)
            if (
                default is None
                and written in ("getenv", "get", "env", "config", "str")
                and len(value.args) > 1
            ):
                default = value.args[1]
            if default is None and written in ("Field", "SecretStr") and value.args:
                default = value.args[0]
            value = default
        else:
            return None
    found = constant(value)
    return found if isinstance(found, str) else None


def _is_secret(name: str, value: str) -> bool:
    if len(value) < 6 or _NO_SECRET.search(value):
        return bool(re.search(r"change.?me", value, re.IGNORECASE)) and name.lower().endswith(
            ("secret_key", "secret", "signing_key")
        )
    if re.fullmatch(r"[a-z]+(?:[-_ ][a-z]+)*", value) and not re.search(
        r"secret_?key$|password$", name, re.IGNORECASE
    ):
        return False  # words, as a label or the name of a setting has them
    return value != name and value.lower() != name.lower()


def _sql(project: Project, ledger: Ledger) -> None:
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
        if _is_built(inner):
            ledger.count("sql_built_from_strings", call.evidence(), role=role)
        text = constant(inner)
        if (isinstance(text, str) and _SQL.match(text)) or _is_built(inner):
            ledger.count("raw_sql", call.evidence(), role=role)


def _is_built(node: ast.AST | None) -> bool:
    """Return whether an expression is SQL with values put into its text: by f-string, `%`, `+` or `.format`."""
    if isinstance(node, ast.JoinedStr):
        head = next((constant(p) for p in node.values), "")
        values = [p.value for p in node.values if isinstance(p, ast.FormattedValue)]
        return (
            isinstance(head, str) and _SQL.match(head) is not None and any(not _is_fixed(v) for v in values)
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        left = node
        while isinstance(left, ast.BinOp):
            left = left.left  # type: ignore[assignment]
        head = constant(left)
        right = node.right
        return (
            isinstance(head, str)
            and _SQL.match(head) is not None
            and not isinstance(right, ast.Constant)
            and not _is_fixed(right)
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        head = constant(node.func.value)
        given = [*node.args, *(k.value for k in node.keywords)]
        return isinstance(head, str) and _SQL.match(head) is not None and any(not _is_fixed(g) for g in given)
    return False


def _is_fixed(node: ast.AST) -> bool:
    """Return whether what is put into SQL can't come from outside: a constant by its name, a table's name, placeholders."""
    if isinstance(node, ast.Constant):
        return True
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    if name.isupper() or re.search(
        r"table|column|schema|_name$|placeholder|fields?$|_sql$|clause|quote|db_|ident|where|order_by|cols|^values$|params|binds",
        name,
        re.IGNORECASE,
    ):
        return True
    if isinstance(node, ast.Call):
        written = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return written in (
            "quote_name",
            "join",
            "quote",
            "quote_ident",
            "Identifier",
            "len",
            "int",
            "quote_identifier",
            "qn",
        )
    return False


def _hashes(project: Project, ledger: Ledger) -> None:
    for call in project.calls:
        if call.name in _WEAK and call.node.args:
            written = ast.unparse(call.node.args[0])[:200]
            about = call.function is not None and re.search(
                r"(?:hash|make|set|check|verify|encrypt)_?passw", call.function.name, re.IGNORECASE
            )
            if (_PASSWORD.fullmatch(written) or about) and "reset" not in written:
                ledger.say("password_hashing", call.evidence(), _WEAK[call.name])
    for name, label in _HASHERS:
        if (name.count(".") and not name.startswith("hashlib")) or name.startswith("hashlib"):
            place = next(((c.module, c.line) for c in project.called(name)), None)
        else:
            place = project.imported(name)
        if place is not None:
            ledger.say("password_hashing", place[0].text.at(place[1]), label)
    for call in project.called("passlib.context.CryptContext"):
        schemes = call.keyword("schemes")
        if (
            isinstance(schemes, ast.List | ast.Tuple)
            and schemes.elts
            and isinstance(first := constant(schemes.elts[0]), str)
        ):
            ledger.say("password_hashing", call.module.text.at(schemes.lineno), first)


def _tokens(project: Project, ledger: Ledger) -> None:
    for root, label in (
        ("jwt", "PyJWT"),
        ("jose", "python-jose"),
        ("authlib", "Authlib"),
        ("flask_jwt_extended", "Flask-JWT-Extended"),
        ("rest_framework_simplejwt", "Simple JWT"),
    ):
        if (place := project.imported(root)) is not None:
            ledger.say("jwt_library", place[0].text.at(place[1]), label)
    for call in project.called("jwt.decode", "jose.jwt.decode"):
        options = call.keyword("options")
        off = constant(call.keyword("verify")) is False
        if isinstance(options, ast.Dict):
            off = off or any(
                constant(k) == "verify_signature" and constant(v) is False
                for k, v in zip(options.keys, options.values, strict=True)
            )
        algorithms = call.keyword("algorithms")
        none = algorithms is not None and any(
            isinstance(c := constant(n), str) and c.lower() == "none" for n in ast.walk(algorithms)
        )
        if off or none:
            ledger.count("unchecked_tokens", call.evidence(), role=ledger.role_of(call))
        elif call.argument(1, "key") is not None:
            ledger.say("token_validation", call.evidence())
    for call in project.called("jwt.encode", "jose.jwt.encode"):
        payload = call.argument(0, "payload", "claims")
        if isinstance(payload, ast.Dict) and None not in payload.keys:
            expires = any(constant(k) == "exp" for k in payload.keys)
            ledger.say("token_expiry", call.evidence(), denied=not expires)


def _is_page(node: ast.expr) -> bool:
    """Return whether an expression puts values into a text, and none of them is escaped."""
    built = isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    )
    return built and not re.search(
        r"escape|format_html|clean|urlencode|reverse|gettext|_\(", ast.unparse(node)
    )


def _dangerous(call: Call, ledger: Ledger) -> None:
    name, role = call.name, ledger.role_of(call)
    if name.startswith("subprocess.") or name in ("os.system", "os.popen", "asyncio.create_subprocess_shell"):
        shell = constant(call.keyword("shell")) is True or name in (
            "os.system",
            "os.popen",
            "asyncio.create_subprocess_shell",
        )
        command = call.argument(0, "args", "command", "cmd")
        if shell and command is not None and not isinstance(command, ast.Constant):
            ledger.count("shell_commands", call.evidence(), role=role)
    elif name in (
        "pickle.loads",
        "pickle.load",
        "cPickle.loads",
        "dill.loads",
        "cloudpickle.loads",
        "marshal.loads",
        "jsonpickle.decode",
        "shelve.open",
    ):
        ledger.count("unsafe_deserialization", call.evidence(), role=role)
    elif name in ("yaml.load", "yaml.load_all"):
        loader = call.argument(1, "Loader")
        written = getattr(loader, "attr", getattr(loader, "id", ""))
        if loader is None or written in ("Loader", "UnsafeLoader", "FullLoader"):
            ledger.count("unsafe_deserialization", call.evidence(), role=role)
    elif name in ("yaml.unsafe_load", "yaml.full_load"):
        ledger.count("unsafe_deserialization", call.evidence(), role=role)
    elif name in _HTML and call.node.args and _is_page(call.node.args[0]):
        ledger.count("unescaped_output", call.evidence(), role=role)
    elif (
        name.startswith("jinja2.Environment")
        and not call.name.endswith(")")
        and call.name == "jinja2.Environment"
    ):
        escape = call.keyword("autoescape")
        if (escape is None and not call.open_ended) or constant(escape) is False:
            ledger.count("unescaped_output", call.evidence(), role=role)
    elif name == "tempfile.mktemp":
        ledger.count("unsafe_temporary_files", call.evidence(), role=role)
