"""Security: secrets in the code, SQL and commands made of strings, weak hashes, tokens that nobody checks, unsafe formats."""

from __future__ import annotations

import ast
import re
import textwrap

from buttress import workloads
from buttress.readers.python.detectors import passwords
from buttress.readers.python.detectors.sql import tell_built_sql
from buttress.readers.python.files import is_for_development
from buttress.readers.python.found import Ledger
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Assigned, Call, Module
from buttress.readers.python.settings import is_settings_module

_SECRET = re.compile(
    r"(?:^|_)(?:passw(?:or)?d|passwd|pwd|secret(?:_key)?|api_?key|access_?key|private_?key|signing_?key|jwt_?secret|auth_?token|access_?token|bot_?token|encryption_?key|secret)$",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"^$|^[*x.<\[{$%]|^(?:phc|pk_live|pk_test)_|^(?:none|null|true|false|todo|test|tests?ing|example|placeholder|unset|default|dummy|fake|password|secret|token|key|username|bearer|basic|string|optional|required|hidden|"
    r"your[-_ ].*|my[-_].*|change.?me.*|insert.*|.*[-_ ](?:missing|unset|placeholder|here)!?|api[-_ ]?key|not[-_ ]?set|redacted|n/?a)$|\s|^https?://|^[a-z_]+(?:\.[a-z_]+)+$|^/|^env:|^arn:|^[A-Z_]+$|password$|_token$|_key$|_secret$",
    re.IGNORECASE,
)
# Keys that sign sessions and tokens, and words that stand for a key which somebody should have set.
_SIGNS = re.compile(r"(?:^|_)(?:secret_key|jwt_secret(?:_key)?|session_secret|signing_key)$")
_STANDS_FOR = re.compile(
    r"^(?:change.?me|your[-_ ]|my[-_ ]|dev|secret|default|super.?secret|insecure|replace|please|not.?(?:so.?)?secret)",
    re.IGNORECASE,
)
_STOPS = re.compile(r"\braise\b|\bexit\(", re.IGNORECASE)
_WEAK = {"hashlib.md5": "md5", "hashlib.sha1": "sha1", "hashlib.sha256": "sha256", "hashlib.sha512": "sha512"}
_PASSWORD = re.compile(
    r"(?:\w+\.)?(?:raw_|plain_|new_|user_)?(?:passw(?:or)?d|pwd)(?:\.encode\(.*\))?", re.IGNORECASE
)
_HASHERS = (
    ("argon2", "argon2"), ("bcrypt", "bcrypt"), ("hashlib.scrypt", "scrypt"), ("hashlib.pbkdf2_hmac", "pbkdf2"),
    ("werkzeug.security.generate_password_hash", "scrypt"), ("flask_bcrypt", "bcrypt"), ("pwdlib", "argon2"),
)  # fmt: skip
# A function that makes a key for a cipher with what else keeps passwords.
_KEY = re.compile(r"(?:^|_)(?:key|kdf|fernet|cipher|aes|encrypt|decrypt)(?:_|$)", re.IGNORECASE)
_HTML = ("django.utils.safestring.mark_safe", "markupsafe.Markup", "flask.Markup", "jinja2.Markup")


def detect(project: Project, ledger: Ledger) -> None:
    """Tell what would be of use to somebody who attacks the project."""
    _secrets(project, ledger)
    tell_built_sql(project, ledger)
    passwords.detect(project, ledger)
    _hashes(project, ledger)
    _tokens(project, ledger)
    for call in project.calls:
        _dangerous(call, ledger)
    for module in project.modules:
        for spot in module.spots:
            if spot.sort == "dynamic_code" and not is_settings_module(
                module
            ):  # settings that read more settings
                ledger.count("dynamic_code", module.text.at(spot.line), role=ledger.role_of(spot))


def _secrets(project: Project, ledger: Ledger) -> None:
    for module in project.modules:
        if is_for_development(module.path):
            continue
        for entry in (*module.assigned, *(f for c in module.classes for f in c.fields)):
            value = _literal(entry, module)
            name = entry.name.rpartition(".")[2]
            if re.search(
                r"change_?me|example|placeholder|dummy|(?:^|_)(?:fake|mock)_", name, re.IGNORECASE
            ) or module.is_tried_at(entry.line):
                continue
            if value is not None and _SECRET.search(name) and _is_secret(name, value):
                ledger.say("secrets_in_plaintext", module.text.at(entry.line, until="="))
                ledger.count("secrets_in_code", module.text.at(entry.line, until="="))
        for call in module.calls:
            if module.is_tried_at(call.line):
                continue
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
    for name, (module, entry) in project.settings.items():
        value = _literal(entry, module)
        if (
            _SIGNS.search(name)
            and value
            and _STANDS_FOR.search(value)
            and not (_is_secret(name, value) and _is_assigned(entry, module))  # told above
            and not is_for_development(module.path)
            and not _refused(name, project)
        ):
            own = _is_assigned(entry, module)
            here = module.text.at(_line_of_name(entry, module), until="=" if own else value)
            ledger.say("secrets_by_default", here, (name.upper(),))
    for module, name, line, value in _urls(project):
        if workloads.holds_secret(name, value) and not re.search(
            r"localhost|127\.0\.0\.1|example|:(?:pass|password|pwd|secret)@|//user(?:name)?:|@(?:db|postgres|redis|rabbitmq|mysql|mongo)\b",
            value,
        ):
            ledger.count("secrets_in_code", module.text.at(line, until="="))
            ledger.say("secrets_in_plaintext", module.text.at(line, until="="))


def _is_assigned(entry: Assigned, module: Module) -> bool:
    """Return whether a module or a class body gives a name its value, rather than a dictionary."""
    return entry in module.assigned or any(entry in c.fields for c in module.classes)


def _line_of_name(entry: Assigned, module: Module) -> int:
    """Return the line that names an entry, whose value may stand in a line of its own below it."""
    return next(
        (n for n in range(entry.line, max(entry.line - 4, 0), -1) if entry.name in module.text.lines[n - 1]),
        entry.line,
    )


def _refused(name: str, project: Project) -> bool:
    """Return whether code refuses to start with a setting as it is by default."""
    named = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    for module in project.modules:
        lines = module.text.lines
        for n, line in enumerate(lines):
            if (found := named.search(line)) is not None:
                near = (line[found.end() :], *lines[n + 1 : n + 5])
                if any(_STOPS.search(x) for x in near):
                    return True
    return False


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
    if re.search(r"(?:^|_)(?:legacy|deprecated|common|weak|insecure|forbidden|known)_", name, re.IGNORECASE):
        return False  # a secret that code looks for, to refuse or replace it
    if len(value) < 6 or _NO_SECRET.search(value):
        return bool(re.search(r"change.?me", value, re.IGNORECASE)) and name.lower().endswith(
            ("secret_key", "secret", "signing_key")
        )
    if re.fullmatch(r"[a-z]+(?:[-_ ][a-z]+)*", value) and not re.search(
        r"secret_?key$|password$", name, re.IGNORECASE
    ):
        return False  # words, as a label or the name of a setting has them
    return value != name and value.lower() != name.lower()


def _derives_key(call: Call) -> bool:
    name = call.function.name if call.function is not None else ""
    return _KEY.search(name) is not None and "passw" not in name


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
            made = (c for c in project.called(name) if not (name.startswith("hashlib") and _derives_key(c)))
            place = next(((c.module, c.line) for c in made), None)
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


_WHOSE = re.compile(r"[\"'](?:iss|kid|tid|azp)[\"']")  # what tells who must check a token
_QUOTED = re.compile(r"\b(?:shlex|pipes)\.(?:quote|join)\(")


_TIMES = frozenset(("exp", "iat", "nbf"))
_LOGS = re.compile(r"(?:^|\.)_?log(?:ger|ging)?(?:\(\))?\.\w+$|^warnings\.warn$")


def _is_only_looked_at(call: Call) -> bool:
    """Return whether nobody believes what a token says: it is only logged, or read for nothing but its times."""
    try:
        tree = ast.parse(textwrap.dedent(call.function.text)) if call.function is not None else None
    except SyntaxError:  # a text of several lines in it begins further left
        tree = None
    if tree is None:
        return False
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    wanted = ast.unparse(call.node)
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n) == wanted]
    return bool(found) and all(_is_harmless(n, tree, parents) for n in found)


def _is_harmless(node: ast.AST, tree: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    above = parents.get(node)
    if isinstance(above, ast.Assign) and len(above.targets) == 1 and isinstance(above.targets[0], ast.Name):
        name = above.targets[0].id
        uses = [
            n
            for n in ast.walk(tree)
            if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
        ]
        return bool(uses) and all(_is_time(n, parents) or _is_logged(n, parents) for n in uses)
    return _is_time(node, parents) or _is_logged(node, parents)


def _is_time(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Return whether only a time is taken out of what a token says: `claims["exp"]`, `claims.get("exp")`."""
    above = parents.get(node)
    if isinstance(above, ast.Subscript) and above.value is node:
        return constant(above.slice) in _TIMES
    made = parents.get(above) if isinstance(above, ast.Attribute) and above.attr == "get" else None
    return isinstance(made, ast.Call) and bool(made.args) and constant(made.args[0]) in _TIMES


def _is_logged(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    above = parents.get(node)
    while isinstance(above, ast.expr | ast.keyword):
        if isinstance(above, ast.Call) and _LOGS.search(ast.unparse(above.func)):
            return True
        above = parents.get(above)
    return False


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
    decoded = list(project.called("jwt.decode", "jose.jwt.decode"))
    checked = {c.function for c in decoded if c.function is not None and c.argument(1, "key") is not None}
    peeking = {
        c.function for c in decoded if checked and c.function is not None and _WHOSE.search(c.function.text)
    }
    for call in decoded:
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
        if off and call.argument(1, "key") is None and call.function in checked | peeking:
            continue  # a look at whose token it is, before it is checked
        if off and _is_only_looked_at(call):
            continue
        if off or none:
            ledger.count("unchecked_tokens", call.evidence(), role=ledger.role_of(call))
        elif call.argument(1, "key") is not None:
            ledger.say("token_validation", call.evidence())
    for call in project.called("jwt.encode", "jose.jwt.encode"):
        payload = call.argument(0, "payload", "claims")
        algorithm = call.argument(2, "algorithm")
        unsigned = (
            algorithm is not None and str(constant(algorithm)).lower() == "none"
        )  # a statement that nobody believes
        if isinstance(payload, ast.Dict) and None not in payload.keys and not unsigned:
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


def _makes_anything(loader: ast.expr | None, call: Call) -> bool:
    """Return whether a loader of YAML makes whatever objects a text names: one of the library's, or a class derived from one."""
    if isinstance(loader, ast.Name):
        own = [c for c in call.module.classes if c.name == loader.id]
        names = [b for c in own for b in c.bases] or [call.module.names.get(loader.id, loader.id)]
    else:
        names = [getattr(loader, "attr", "")]
    return any(n.rpartition(".")[2] in ("Loader", "UnsafeLoader", "CLoader") for n in names)


def _dangerous(call: Call, ledger: Ledger) -> None:
    name, role = call.name, ledger.role_of(call)
    if name.startswith("subprocess.") or name in ("os.system", "os.popen", "asyncio.create_subprocess_shell"):
        shell = constant(call.keyword("shell")) is True or name in (
            "os.system",
            "os.popen",
            "asyncio.create_subprocess_shell",
        )
        command = call.argument(0, "args", "command", "cmd")
        if (
            shell
            and command is not None
            and not isinstance(command, ast.Constant)
            and not (call.function is not None and _QUOTED.search(call.function.text))
        ):
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
        if (loader is None and not call.open_ended) or _makes_anything(loader, call):
            ledger.count("unsafe_deserialization", call.evidence(), role=role)
    elif name in ("yaml.unsafe_load", "yaml.unsafe_load_all"):
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
