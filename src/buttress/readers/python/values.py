"""What an expression's value is, as far as the code says it: literals, defaults of environment variables, settings, constants."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Class, Module

MAX_STEPS = 8
MAX_FILLED = 2_000  # letters of a text whose places are filled: an address is shorter
_ENV_CALLS = frozenset(
    "getenv get config env str url db db_url cache cache_url search_url dj_db_url email_url int bool float list".split()
)
_WRAPPERS = frozenset(
    "str int float bool PostgresDsn RedisDsn AmqpDsn MongoDsn AnyUrl HttpUrl AnyHttpUrl URL Secret SecretStr make_url parse cast".split()
)
# Methods that leave a text what it is; what they are given is what they take off.
_TRIMS = frozenset("strip rstrip lstrip lower removesuffix".split())

_PLACE = re.compile(r"%(?:\(\w+\))?[-+ 0#]*\d*(?:\.\d+)?[sdrifx]")


@dataclass(frozen=True, slots=True)
class Value:
    """The text that an expression has if nothing overrides it, the settings and variables that it comes from, and its place.

    `text` is empty when only names are known; a part that isn't known stands in it as `{}`.
    """

    text: str
    names: tuple[str, ...]
    module: Module
    line: int


def resolve(node: ast.AST | None, module: Module, project: Project, steps: int = MAX_STEPS) -> Value | None:
    """Return what an expression's value is, None when nothing is known of it."""
    if node is None or steps <= 0:
        return None
    line = getattr(node, "lineno", 1)
    if isinstance(node, ast.Constant):
        return Value(node.value, (), module, line) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return _joined(node, module, project, steps)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left = resolve(node.left, module, project, steps - 1)
        right = resolve(node.right, module, project, steps - 1)
        if left is None:
            return None
        return Value(left.text + (right.text if right else "{}"), left.names, left.module, left.line)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        left = resolve(node.left, module, project, steps - 1)
        return replace(left, text=_PLACE.sub("{}", left.text)) if left is not None else None
    if isinstance(node, ast.BoolOp):
        found = [v for n in node.values if (v := resolve(n, module, project, steps - 1)) is not None]
        names = tuple(n for v in found for n in v.names)
        best = next((v for v in found if v.text), found[0] if found else None)
        return Value(best.text, names, best.module, best.line) if best is not None else None
    if isinstance(node, ast.IfExp):
        return resolve(node.body, module, project, steps - 1) or resolve(
            node.orelse, module, project, steps - 1
        )
    if isinstance(node, ast.Call):
        return _called(node, module, project, steps)
    if isinstance(node, ast.Subscript):
        if _written(node.value).endswith("environ") and isinstance(node.slice, ast.Constant):
            return Value("", (str(node.slice.value),), module, line)
        if _written(node.value).endswith("config") and isinstance(node.slice, ast.Constant):
            return _setting(str(node.slice.value), project, steps) or Value(
                "", (str(node.slice.value),), module, line
            )
        return None
    if isinstance(node, ast.Name | ast.Attribute):
        return _named(node, module, project, steps)
    return None


def _joined(node: ast.JoinedStr, module: Module, project: Project, steps: int) -> Value | None:
    text = ""
    names: list[str] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            inner = resolve(part.value, module, project, steps - 1)
            text += inner.text if inner is not None and inner.text else "{}"
            names += inner.names if inner is not None else ()
    return Value(text, tuple(names), module, node.lineno)


def _formatted(node: ast.Call, form: ast.expr, module: Module, project: Project, steps: int) -> Value | None:
    """Return a text whose places are filled: `"{}/v1".format(settings.PRICES_URL)`."""
    found = resolve(form, module, project, steps - 1)
    if found is None or not found.text:
        return found
    first, *rest = found.text.split("{}")
    text, names = first, list(found.names)
    for n, piece in enumerate(rest):
        given = resolve(node.args[n], module, project, steps - 1) if n < len(node.args) else None
        text += (given.text if given is not None and given.text else "{}") + piece
        names += given.names if given is not None else ()
        if len(text) > MAX_FILLED:
            break
    return Value(text[:MAX_FILLED], tuple(names), found.module, found.line)


def _called(node: ast.Call, module: Module, project: Project, steps: int) -> Value | None:
    written = _written(node.func)
    last = written.rpartition(".")[2]
    if last in _TRIMS and isinstance(node.func, ast.Attribute):
        return resolve(node.func.value, module, project, steps - 1)
    is_env = last in _ENV_CALLS and (
        last in ("getenv", "config", "env") or "env" in written.lower() or "config" in written.lower()
    )
    if last in _WRAPPERS and node.args and not is_env:
        return resolve(node.args[0], module, project, steps - 1)
    if last == "Field" or last == "field":
        default = next(
            (k.value for k in node.keywords if k.arg == "default"), node.args[0] if node.args else None
        )
        return resolve(default, module, project, steps - 1)
    if last == "urljoin" and node.args:
        return resolve(node.args[0], module, project, steps - 1)
    if last == "format" and isinstance(node.func, ast.Attribute):
        return _formatted(node, node.func.value, module, project, steps)
    if last == "build":  # PostgresDsn.build(scheme=…, host=…)
        parts = {k.arg: resolve(k.value, module, project, steps - 1) for k in node.keywords}
        scheme, host = parts.get("scheme"), parts.get("host")
        if scheme is not None and scheme.text:
            names = tuple(n for v in parts.values() if v is not None for n in v.names)
            return Value(f"{scheme.text}://{(host.text if host else '') or '{}'}", names, module, node.lineno)
        return None
    if (
        is_env
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ):
        default = next((k.value for k in node.keywords if k.arg in ("default", "fallback")), None)
        name = node.args[0].value
        if (of_section := _of_section(node, written, default is not None, project)) is not None:
            name = of_section
        elif default is None and len(node.args) > 1:
            default = node.args[1]
        given = resolve(default, module, project, steps - 1)
        return Value(
            given.text if given else "", (name, *(given.names if given else ())), module, node.lineno
        )
    if written.endswith(("dj_database_url.config", "dj_database_url.parse")):
        default = next(
            (k.value for k in node.keywords if k.arg == "default"), node.args[0] if node.args else None
        )
        given = resolve(default, module, project, steps - 1)
        return Value(given.text if given else "", ("DATABASE_URL",), module, node.lineno)
    return None


def _of_section(node: ast.Call, written: str, has_default: bool, project: Project) -> str | None:
    """Return the option that is read from a section of a file, None for another call: `config.get("core", "broker_url")`."""
    second = node.args[1] if len(node.args) > 1 else None
    name = second.value if isinstance(second, ast.Constant) else None
    if not isinstance(name, str) or "env" in written.lower() or not name.isidentifier():
        return None
    return name if has_default or project.imported("configparser") is not None else None


def _named(node: ast.Name | ast.Attribute, module: Module, project: Project, steps: int) -> Value | None:
    if isinstance(node, ast.Name):
        found = _within_function(node, module, project, steps)
        if found is not None:
            return found
        entry = module.value(node.id)
        if entry is not None and entry.value is not None and entry.value is not node:
            found = resolve(entry.value, module, project, steps - 1)
            if found is not None:
                return _called_by(node.id, found)
            return None
        source = module.names.get(node.id, "")
        owner, _, name = source.rpartition(".")
        other = project.by_name.get(owner)
        if other is not None and other is not module and (entry := other.value(name)) is not None:
            found = resolve(entry.value, other, project, steps - 1)
            return Value(
                found.text if found else "",
                (name, *(found.names if found else ())),
                found.module if found else other,
                found.line if found else entry.line,
            )
        return None
    owner_written = _written(node.value).lower()
    if re_settings(owner_written):
        if (known := _setting(node.attr, project, steps)) is not None:
            return known
        return Value("", (node.attr,), module, node.lineno) if node.attr.isupper() else None
    if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
        return _of_object(node, module, project, steps)
    if isinstance(node.value, ast.Name):
        other = project.by_name.get(module.names.get(node.value.id, ""))
        if other is not None and (entry := other.value(node.attr)) is not None:
            return resolve(entry.value, other, project, steps - 1)
    return None


def _within_function(node: ast.Name, module: Module, project: Project, steps: int) -> Value | None:
    """Return the value that a function's own variable, or the default of its parameter, has where it is used."""
    given = module.addresses.get(node.id, ())
    for function in module.around(node.lineno):
        own = [a for a in given if a.line in function.span]
        for entry in sorted(own, key=lambda a: (a.line < node.lineno, a.line), reverse=True):
            found = resolve(entry.value, module, project, steps - 1)
            if found is not None:
                return _called_by(node.id, found)
        default = next((d for name, _, d in function.parameters if name == node.id and d is not None), None)
        if default is not None:
            return resolve(default, module, project, steps - 1)
    return None


def _of_object(node: ast.Attribute, module: Module, project: Project, steps: int) -> Value | None:
    """Return the value of an attribute that an object's class, or a class that it derives from, gives it."""
    owner = next((f.owner for f in module.around(node.lineno) if f.owner is not None), None)
    if owner is None:
        return None
    name = f"{module.name}.{owner.name}"
    for cls in (owner, *(project.classes[b] for b in project.bases_of(name) if b in project.classes)):
        entry = cls.address(node.attr)
        if entry is not None and entry.value is not node:
            found = resolve(entry.value, cls.module, project, steps - 1)
            if found is None or (not found.text and _is_left_open(cls, node.attr, project)):
                return None
            return _called_by(node.attr, found)
    return None


def _called_by(name: str, found: Value) -> Value:
    """Return a value with the variable that holds it among its names, unless it is a path below an address that isn't known."""
    if found.text.startswith(("{}/", "/")):
        return found
    return replace(found, names=(name, *found.names))


def _is_left_open(cls: Class, name: str, project: Project) -> bool:
    """Return whether classes that derive from one give an attribute its value: which of them is made, isn't known."""
    own = f"{cls.module.name}.{cls.name}"
    return any(c.address(name) is not None and own in project.bases_of(n) for n, c in project.classes.items())


def re_settings(written: str) -> bool:
    """Return whether an expression names the settings: `settings`, `self.config`, `get_settings()`.

    >>> re_settings("self.settings"), re_settings("row")
    (True, False)
    """
    last = written.rpartition(".")[2].removesuffix("()")
    return last.endswith(("settings", "config", "conf", "cfg"))


def _setting(name: str, project: Project, steps: int) -> Value | None:
    known = project.settings.get(name.lower())
    if known is None:
        return None
    module, entry = known
    found = resolve(entry.value, module, project, steps - 1)
    if found is None:
        return Value("", (name,), module, entry.line)
    return Value(found.text, (name, *found.names), found.module, found.line)


def _written(node: ast.AST) -> str:
    """Return an expression of names as it is written, calls as `()`, without a limit's worth of it."""
    parts: list[str] = []
    for _ in range(20):
        if isinstance(node, ast.Attribute):
            parts.append("." + node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            parts.append("()")
            node = node.func
        elif isinstance(node, ast.Subscript):
            parts.append("[]")
            node = node.value
        else:
            break
    return (node.id if isinstance(node, ast.Name) else "") + "".join(reversed(parts))


def seconds_of(node: ast.expr) -> float | bool | None:
    """Return the seconds that a timeout says, True for a number that isn't known, None for no end."""
    value = constant(node)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(node, ast.Tuple):
        numbers = [n for e in node.elts if isinstance(n := constant(e), int | float)]
        return float(sum(numbers)) if len(numbers) == len(node.elts) else True
    if isinstance(node, ast.Call):
        given = (
            node.args[0]
            if node.args
            else next((k.value for k in node.keywords if k.arg in ("timeout", "total", "read")), None)
        )
        if isinstance(given, ast.Constant) and given.value is None:
            rest = [k for k in node.keywords if k.arg in ("read", "connect", "sock_read")]
            return True if rest else None
        found = constant(given)
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else True
    return True
