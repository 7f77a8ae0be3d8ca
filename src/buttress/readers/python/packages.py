"""What a project declares: its name, the Python that it needs, its dependencies and whether their versions are locked."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from buttress.model import Diagnostic
from buttress.readers.python.files import folder_of
from buttress.readers.python.scripts import commands_in, commands_of, plugins_in, plugins_of
from buttress.readers.python.texts import Text
from buttress.readers.python.wheels import console_scripts, extra_of, headers, is_of_wheel

_DEV = re.compile(
    r"dev|test|lint|doc|typing|type|check|ci|local|build|format|mypy|benchmark|tox|example|style",
    re.IGNORECASE,
)
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(.*)")
_LOCKED = re.compile(r'^name = "([^"\n]+)"\nversion = "([^"\n]+)"', re.MULTILINE)
LOCKS = {
    "uv.lock": "uv",
    "poetry.lock": "Poetry",
    "pdm.lock": "PDM",
    "pipfile.lock": "Pipenv",
    "pylock.toml": "pylock",
}


@dataclass(slots=True, eq=False)
class Declared:
    """A dependency as it is written: name in normal form, version bounds, and the group that it belongs to ("" for all users)."""

    name: str
    bounds: str
    text: Text
    line: int
    group: str = ""
    extras: str = ""

    @property
    def for_development(self) -> bool:
        """Return whether only developers and tests need it."""
        return bool(self.group) and _DEV.search(self.group) is not None


@dataclass(slots=True, eq=False)
class Packages:
    """All that the files of one project say about its packaging."""

    name: str = ""
    name_at: tuple[Text, int] | None = None
    declared: list[Declared] = field(default_factory=list)
    requires_python: tuple[str, Text, int] | None = None
    locks: list[tuple[str, Text, int]] = field(default_factory=list)
    locked: dict[str, str] = field(default_factory=dict)
    manager: tuple[str, Text, int] | None = None
    tools: dict[str, tuple[Text, int]] = field(default_factory=dict)
    toml: dict[str, Any] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)  # commands, each with the function that it calls
    plugins: dict[str, tuple[str, ...]] = field(default_factory=dict)  # other entry points, by their group
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def main(self, name: str) -> Declared | None:
        """Return the declaration of a dependency that every installation has."""
        return next((d for d in self.declared if d.name == name and not d.group), None)

    def any(self, *names: str) -> Declared | None:
        """Return the declaration of the first of some dependencies, in any group."""
        return next((d for n in names for d in self.declared if d.name == n), None)


def normal(name: str) -> str:
    """Return the normal form of a distribution's name.

    >>> normal("Flask_Login")
    'flask-login'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def read_packages(texts: list[Text]) -> Packages:
    """Return what the packaging files of one project say; broken ones become diagnostics."""
    out = Packages()
    commanding = {folder_of(t.path) for t in texts if is_of_wheel(t.path) and t.source.name != "METADATA"}

    def order(text: Text) -> tuple[int, bool, str]:
        return _RANK.get(text.source.name.lower(), 9), folder_of(text.path) not in commanding, text.path

    for text in sorted(texts, key=order):
        name = text.source.name.lower()
        try:
            if is_of_wheel(text.path):
                _wheel(text, out)
            elif name == "pyproject.toml":
                _pyproject(text, out)
            elif name == "setup.cfg":
                _setup_cfg(text, out)
            elif name == "setup.py":
                _setup_py(text, out)
            elif name in LOCKS or name.startswith("pylock."):
                _lock(text, out)
            elif name == "pipfile":
                _pipfile(text, out)
            elif re.match(r".*requirements|constraints", name):
                _requirements(text, out)
            elif name in _TOOL_FILES:
                out.tools.setdefault(_TOOL_FILES[name], (text, 1))
                if name in ("tox.ini", "pytest.ini", ".coveragerc"):
                    _tool_sections(text, out)
        except (
            tomllib.TOMLDecodeError,
            configparser.Error,
            SyntaxError,
            ValueError,
            RecursionError,
        ) as error:
            found = re.search(r"line:?\s*(\d+)", str(error))
            line = int(found[1]) if found else getattr(error, "lineno", 1) or 1
            first = (str(error).splitlines() or ["broken"])[0]
            out.diagnostics.append(
                text.note(line, f"can't be understood: {first[:120]}; correct it to have it read")
            )
    return out


_RANK = {"pyproject.toml": 0, "setup.cfg": 1, "setup.py": 2, "pipfile": 3}
_TOOL_FILES = {
    "mypy.ini": "mypy", ".mypy.ini": "mypy", "pyrightconfig.json": "pyright", "ruff.toml": "ruff", ".ruff.toml": "ruff",
    ".flake8": "flake8", ".pylintrc": "pylint", "pylintrc": "pylint", "pytest.ini": "pytest", "tox.ini": "tox",
    ".coveragerc": "coverage", "alembic.ini": "alembic", ".pre-commit-config.yaml": "pre-commit",
}  # fmt: skip


def _tool_sections(text: Text, out: Packages) -> None:
    for n, line in enumerate(text.lines):
        found = re.match(r"\[(?:tool:)?(pytest|mypy|flake8|coverage|pylint)\b", line)
        if found:
            out.tools.setdefault(found[1], (text, n + 1))


def _pyproject(text: Text, out: Packages) -> None:
    data = tomllib.loads(text.source.text.replace("\r", " "))
    out.toml = out.toml or data
    project = _table(data, "project")
    poetry = _table(data, "tool", "poetry")
    name = project.get("name") or poetry.get("name")
    if isinstance(name, str) and not out.name:
        out.name, out.name_at = name, (text, text.find(r"^[ \t]*name\s*=") or 1)
    requires = project.get("requires-python") or _table(poetry, "dependencies").get("python")
    if isinstance(requires, str):
        out.requires_python = (requires, text, text.find(r"^[ \t]*(?:requires-python|python)\s*=") or 1)
    for entry in _list(project.get("dependencies")):
        _add(out, entry, text, "")
    for group, entries in _table(project, "optional-dependencies").items():
        for entry in _list(entries):
            _add(out, entry, text, f"extra {group}")
    for group, entries in (
        *_table(data, "dependency-groups").items(),
        *_table(data, "tool", "pdm", "dev-dependencies").items(),
    ):
        for entry in _list(entries):
            _add(out, entry, text, f"dev {group}")
    for entry in _list(_table(data, "tool", "uv").get("dev-dependencies")):
        _add(out, entry, text, "dev")
    _poetry(poetry, text, out)
    out.scripts |= commands_of(_table(poetry, "scripts")) | commands_of(_table(project, "scripts"))
    out.plugins |= plugins_of(_table(project, "entry-points")) | plugins_of(_table(poetry, "plugins"))
    tool = _table(data, "tool")
    for name in (
        "mypy",
        "pyright",
        "basedpyright",
        "ruff",
        "pylint",
        "flake8",
        "black",
        "isort",
        "pytest",
        "coverage",
        "bandit",
        "importlinter",
        "deptry",
    ):
        if name in tool:
            out.tools.setdefault(name, (text, text.find(rf"^[ \t]*\[+tool\.{name}\b") or 1))
    for name, words in (("uv", "uv"), ("poetry", "Poetry"), ("pdm", "PDM"), ("hatch", "Hatch")):
        if name in tool and out.manager is None:
            out.manager = (words, text, text.find(rf"^[ \t]*\[+tool\.{name}\b") or 1)


def _poetry(poetry: dict[str, Any], text: Text, out: Packages) -> None:
    groups = [("", _table(poetry, "dependencies")), ("dev", _table(poetry, "dev-dependencies"))]
    groups += [
        (f"dev {g}", _table(_table(poetry, "group"), g, "dependencies")) for g in _table(poetry, "group")
    ]
    for group, table in groups:
        for name, value in table.items():
            if name.lower() == "python":
                continue
            optional = isinstance(value, dict) and value.get("optional") is True
            version = (
                value
                if isinstance(value, str)
                else value.get("version", "")
                if isinstance(value, dict)
                else ""
            )
            line = text.find(rf"^[ \t]*[\"']?{re.escape(name)}[\"']?\s*=") or 1
            mark = (
                f"=={version}"
                if re.fullmatch(r"\d[\d.]*", str(version))
                else ""
                if version == "*"
                else str(version)
            )
            extras = ",".join(_list(value.get("extras"))) if isinstance(value, dict) else ""
            out.declared.append(
                Declared(normal(name), mark, text, line, "extra" if optional else group, extras)
            )


def _setup_cfg(text: Text, out: Packages) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text.source.text)
    if not out.name and parser.has_option("metadata", "name"):
        out.name, out.name_at = parser.get("metadata", "name"), (text, text.find(r"^[ \t]*name\s*=") or 1)
    if out.requires_python is None and parser.has_option("options", "python_requires"):
        out.requires_python = (
            parser.get("options", "python_requires"),
            text,
            text.find(r"^[ \t]*python_requires") or 1,
        )
    if parser.has_option("options", "install_requires"):
        for entry in parser.get("options", "install_requires").splitlines():
            _add(out, entry, text, "")
    if parser.has_section("options.extras_require"):
        for group, entries in parser.items("options.extras_require"):
            for entry in entries.splitlines():
                _add(out, entry, text, f"extra {group}")
    for section in ("entry_points", "options.entry_points"):
        out.scripts |= commands_of(parser.get(section, "console_scripts", fallback=""))
        out.plugins |= plugins_of(dict(parser.items(section)) if parser.has_section(section) else {})
    _tool_sections(text, out)


def _setup_py(text: Text, out: Packages) -> None:
    tree = ast.parse(text.source.text.replace("\r", " "))
    lists = {
        t.id: s.value
        for s in tree.body
        if isinstance(s, ast.Assign)
        for t in s.targets
        if isinstance(t, ast.Name)
    }
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "setup"
        ):
            continue
        for keyword in node.keywords:
            value = lists.get(keyword.value.id) if isinstance(keyword.value, ast.Name) else keyword.value
            if keyword.arg == "name" and isinstance(value, ast.Constant) and not out.name:
                out.name, out.name_at = str(value.value), (text, keyword.value.lineno)
            elif (
                keyword.arg == "python_requires"
                and isinstance(value, ast.Constant)
                and out.requires_python is None
            ):
                out.requires_python = (str(value.value), text, keyword.value.lineno)
            elif keyword.arg == "install_requires" and isinstance(value, ast.List | ast.Tuple):
                _literals(value, text, "", out)
            elif keyword.arg == "install_requires" and (block := _split_text(value)) is not None:
                for n, entry in enumerate(str(block.value).split("\n")):
                    _add(out, entry, text, "", min(block.lineno + n, block.end_lineno or block.lineno))
            elif keyword.arg == "entry_points":
                out.scripts |= commands_in(value)
                out.plugins |= plugins_in(value)
            elif keyword.arg == "extras_require" and isinstance(value, ast.Dict):
                for key, entries in zip(value.keys, value.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(entries, ast.List | ast.Tuple):
                        _literals(entries, text, f"extra {key.value!s}", out)


def _split_text(node: ast.AST | None) -> ast.Constant | None:
    """Return the text of one requirement a line that is split into a list: `\"\"\"...\"\"\".split()`."""
    if not (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("split", "splitlines")
    ):
        return None
    text = node.func.value
    while isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute) and text.func.attr == "strip":
        text = text.func.value
    return text if isinstance(text, ast.Constant) and isinstance(text.value, str) else None


def _wheel(text: Text, out: Packages) -> None:
    if text.source.name.lower() == "entry_points.txt":
        out.scripts |= commands_of(console_scripts(text.source.text))
        return
    for line, name, value in headers(text.source.text):
        if name == "name" and not out.name:
            out.name, out.name_at = value, (text, line)
        elif name == "requires-python" and out.requires_python is None:
            out.requires_python = (value, text, line)
        elif name == "requires-dist":
            _add(out, value, text, extra_of(value), line)


def _literals(node: ast.List | ast.Tuple, text: Text, group: str, out: Packages) -> None:
    for item in node.elts:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            _add(out, item.value, text, group, item.lineno)


def _pipfile(text: Text, out: Packages) -> None:
    data = tomllib.loads(text.source.text.replace("\r", " "))
    out.manager = out.manager or ("Pipenv", text, 1)
    for group, table in (("", "packages"), ("dev", "dev-packages")):
        for name, value in _table(data, table).items():
            version = value if isinstance(value, str) else ""
            line = text.find(rf"^[ \t]*[\"']?{re.escape(name)}[\"']?\s*=") or 1
            out.declared.append(Declared(normal(name), "" if version == "*" else version, text, line, group))


def _requirements(text: Text, out: Packages) -> None:
    path = "/".join(text.path.split("/")[-2:]).lower()
    if path.endswith(".in") is False and re.search(
        r"^[ \t]*--hash=|autogenerated by pip-compile|uv pip compile", text.source.text, re.MULTILINE
    ):
        out.locks.append(("pip-tools", text, text.find(r"==") or 1))
    if "constraints" in path:
        out.locks.append(("constraints", text, text.find(r"==") or 1)) if "==" in text.source.text else None
        return
    group = "dev" if _DEV.search(path.replace("requirements", "")) else ""
    for n, line in enumerate(text.lines):
        written = line.partition(" #")[0].strip()
        if not written or written.startswith(("#", "-", "http", "git+", ".", "/")):
            continue
        _add(out, written.partition(" --hash")[0].rstrip("\\ "), text, group, n + 1)


def _lock(text: Text, out: Packages) -> None:
    name = text.source.name.lower()
    if not text.source.text.strip():
        return  # it names no version
    tool = LOCKS.get(name, "pylock")
    out.locks.append((tool, text, text.find(r"^[ \t]*[^\s#]") or 1))
    if tool in ("uv", "Poetry", "PDM"):
        out.manager = out.manager or (tool, text, text.find(r"^[ \t]*[^\s#]") or 1)
    out.locked.update({normal(n): v for n, v in _LOCKED.findall(text.source.text)})


def _add(out: Packages, entry: object, text: Text, group: str, line: int = 0) -> None:
    if not isinstance(entry, str):
        return
    found = _NAME.match(entry)
    if found is None or not entry.strip() or entry.lstrip().startswith("#"):
        return
    name = normal(found[1])
    bounds = found[3].partition(";")[0].strip().strip("()")
    if not line:
        written = re.escape(found[1])
        line = text.find(rf"^[ \t]*[\"']?{written}\s*(?:[\[(<>=!~;\"',@]|$)") or text.find(
            rf"[\"'\s\[]{written}(?![\w.-]*\s*\.)\s*(?:[\[(<>=!~;\"',@]|$)"
        )
        line = line or 1
    out.declared.append(Declared(name, bounds, text, line, group, (found[2] or "").strip("[]")))


def _table(data: dict[str, Any], *path: str) -> dict[str, Any]:
    for key in path:
        value = data.get(key)
        if not isinstance(value, dict):
            return {}
        data = value
    return data


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def dependencies(packages: Packages) -> Iterator[Declared]:
    """Yield what every installation depends on, each name once."""
    seen: set[str] = set()
    for entry in packages.declared:
        if not entry.group and entry.name not in seen:
            seen.add(entry.name)
            yield entry
