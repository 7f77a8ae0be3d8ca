"""Which files form one Python project: a service with its own pyproject.toml, manage.py or requirements.

A strong mark (a pyproject.toml, setup.cfg or setup.py with a name) always makes a project of its folder. A weak one (manage.py,
requirements, a Pipfile) does where no strong one stands above it, or where several weak ones lie side by side,
each with code of its own: two services in one repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from buttress.readers.python.files import deepest, folder_of, role, within
from buttress.readers.python.packages import Packages, read_packages
from buttress.readers.python.texts import Text
from buttress.readers.python.wheels import is_of_wheel, unpacked_in

_STRONG = frozenset(("pyproject.toml", "setup.cfg", "setup.py", "pipfile"))
_WEAK = re.compile(
    r"manage\.py|requirements[\w.-]*\.txt|pipfile",
    re.IGNORECASE,
)
_REQUIREMENTS_FOLDER = re.compile(r"(?:^|/)requirements$")
_NAMED = re.compile(
    r"^[ \t]*\[(?:project|tool\.poetry)\]|^[ \t]*name\s*=|\bsetup\(|^[ \t]*\[packages\]", re.MULTILINE
)


@dataclass(slots=True, eq=False)
class Files:
    """The files of one project, by what they are for; `folder` is empty for the top."""

    folder: str
    code: list[Text] = field(default_factory=list)
    scripts: list[Text] = field(default_factory=list)
    tests: list[Text] = field(default_factory=list)
    migrations: list[Text] = field(default_factory=list)
    made: list[Text] = field(default_factory=list)
    configuration: list[Text] = field(default_factory=list)
    packages: Packages = field(default_factory=Packages)

    @property
    def source_root(self) -> str:
        """Return the folder from which modules are named: the project's, or its `src` (also with manage.py in it)."""
        return self._root

    _root: str = ""


def projects(texts: Iterable[Text]) -> list[Files]:
    """Return the projects among some files, each file in one of them, those without any code left out."""
    every = list(texts)
    folders = _folders(every)
    unpacked = unpacked_in(t.path for t in every)
    out = {folder: Files(folder) for folder in sorted(folders)}
    for text in every:
        folder = deepest(text.path, out)
        installed = is_of_wheel(text.path) and folder_of(folder_of(text.path)) not in unpacked
        if folder is None or installed:
            continue
        _place(text, out[folder])
    made = [f for f in out.values() if f.code or f.scripts]
    for files in made:
        files._root = _root_of(files)
        files.packages = read_packages(files.configuration)
    return [f for f in made if f.code]


def _place(text: Text, files: Files) -> None:
    name, sort = text.source.name.lower(), role(text.source)
    if name.endswith(".py"):
        place = {
            "code": files.code,
            "script": files.scripts,
            "test": files.tests,
            "migration": files.migrations,
            "made": files.made,
        }
        if sort in place:
            place[sort].append(text)
        if name == "setup.py":
            files.configuration.append(text)
    elif sort in ("aside", "test"):
        return
    else:
        files.configuration.append(text)


def _folders(texts: list[Text]) -> set[str]:
    strong, weak, code = unpacked_in(t.path for t in texts), set(), []
    packages = {folder_of(t.path) for t in texts if t.source.name == "__init__.py"}
    for text in texts:
        name, folder = text.source.name.lower(), folder_of(text.path)
        sort = role(text.source)
        if name.endswith(".py") and sort == "code":
            code.append(text.path)
        if sort in ("aside", "test"):
            continue
        if name in _STRONG and _NAMED.search(text.source.text):
            strong.add(folder)
        elif name == "manage.py" and {folder, folder.rpartition("/")[0]} <= packages:
            continue  # a module among others, of a package within a package
        elif _WEAK.fullmatch(name) and not re.search(
            r"(?:^|/)(?:docs?|docker|\.?devcontainer|build)$", folder
        ):
            weak.add(folder.rpartition("/")[0] if _REQUIREMENTS_FOLDER.search(folder) else folder)
    has_code = {f for f in strong | weak if any(within(p, f) for p in code)}
    strong &= has_code
    weak = {w for w in weak & has_code if w not in strong}
    kept = set(strong)
    for top in sorted({deepest(w + "/x" if w else "x", strong) or "" for w in weak}):
        below = [w for w in weak if (deepest(w + "/x" if w else "x", strong) or "") == top and w != top]
        own = [w for w in below if any(deepest(p, [*strong, *below]) == w for p in code)]
        outer = [w for w in own if not any(within(w, o) for o in own if o != w)]
        rest = [p for p in code if deepest(p, [*strong, *outer]) == top]
        if len(outer) >= 2 or (len(outer) == 1 and top not in strong and not rest):
            kept |= set(outer)
        if rest or not outer:
            kept.add(top)
    if not kept or any(deepest(p, kept) is None for p in code):
        kept.add("")
    return kept


def _root_of(files: Files) -> str:
    """Return the folder that modules are named from."""
    paths = [t.path for t in files.code]
    packages = {folder_of(t.path) for t in (*files.code, *files.scripts) if t.source.name == "__init__.py"}
    base = files.folder
    for _ in range(4):
        inner = {_first(p, base) for p in paths}
        for candidate in ("src", "app/src", "source", "backend", "server"):
            folder = f"{base}/{candidate}" if base else candidate
            if folder not in packages and sum(within(p, folder) for p in paths) * 2 > len(paths):
                base = folder
                break
        else:
            manage = next(
                (folder_of(t.path) for t in (*files.code, *files.scripts) if t.source.name == "manage.py"),
                None,
            )
            if (
                manage is not None
                and within(manage + "/x", base)
                and manage != base
                and manage not in packages
            ):
                return manage
            if len(inner) == 1 and (only := next(iter(inner))):
                folder = f"{base}/{only}" if base else only
                if folder not in packages:
                    base = folder
                    continue
            return base
    return base


def _first(path: str, base: str) -> str:
    rest = path[len(base) + 1 :] if base else path
    return rest.partition("/")[0] if "/" in rest else ""


def module_name(path: str, root: str) -> str:
    """Return the dotted name of a module from the folder that modules are named from.

    >>> module_name("src/shop/api/__init__.py", "src"), module_name("main.py", "")
    ('shop.api', 'main')
    """
    rest = path[len(root) + 1 :] if root and within(path, root) else path
    rest = rest.removesuffix(".py").removesuffix("/__init__")
    return rest.replace("/", ".") or "__init__"
