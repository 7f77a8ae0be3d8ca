"""What settings modules, settings classes and dictionaries of settings assign, by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from buttress.readers.python.files import is_for_development
from buttress.readers.python.records import Assigned, Call, Class, Module
from buttress.readers.python.watched import UPDATES

Settings = dict[str, tuple[Module, Assigned]]
_CAPITALS = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+")
_OF_CELERY = re.compile(r"(?:celery|broker|result|task|beat|worker|accept)[a-z]*_\w+", re.IGNORECASE)


def settings_of(modules: Iterable[Module]) -> Settings:
    """Return the settings that modules assign, by name in lower case; production's word counts first."""
    every = list(modules)
    plain = [m for m in every if not is_for_development(m.path)]
    ordered = (*plain, *(m for m in every if m not in plain))
    out: Settings = {}
    for module in ordered:
        for entry in _of_module(module):
            out.setdefault(entry.name.lower(), (module, entry))
    for module in ordered:
        for call in module.calls:
            if call.name.endswith(UPDATES):
                _of_argument(call, out)
    for module in ordered:
        for entry in module.assigned if is_settings_module(module) else ():
            if entry.name.isupper():  # `DEFAULTS = dict(DB_URL=...)`
                _of_dictionary(entry.value, module, out, _CAPITALS)
    for name, (module, entry) in list(out.items()):
        if "celery" in name:  # `CELERY = {"broker_url": ...}`, which the application is made with
            _of_dictionary(entry.value, module, out, _OF_CELERY)
    return out


def _of_module(module: Module) -> Iterator[Assigned]:
    """Yield the settings that a module assigns, the later of two first."""
    is_settings = is_settings_module(module)
    celery = "celery" in module.name.rpartition(".")[2]
    for entry in reversed(module.assigned):
        if is_settings and (entry.name.isupper() or celery):
            yield entry
    for entry in reversed(module.assigned):
        if entry.name.startswith(("conf.", "config.")):
            yield Assigned(
                entry.name.partition(".")[2],
                entry.value,
                entry.annotation,
                entry.line,
                entry.call,
                entry.conditional,
            )
    for cls in module.classes:
        if is_settings_class(cls):
            yield from cls.fields
    for call in module.calls:
        if call.name.endswith(UPDATES):
            for keyword in call.node.keywords:
                if keyword.arg:
                    yield Assigned(keyword.arg, keyword.value, None, keyword.value.lineno)


def _of_argument(call: Call, out: Settings) -> None:
    """Add the settings of a dictionary that a call is given: written there, by its name, or by the setting that holds it."""
    given = next(iter(call.node.args), None)
    if isinstance(given, ast.Dict):
        _of_dictionary(given, call.module, out)
        return
    name = ""
    if isinstance(given, ast.Name):
        name = given.id
    elif isinstance(given, ast.Subscript) and isinstance(given.slice, ast.Constant):
        name = str(given.slice.value)  # app.config["CELERY"]
    elif isinstance(given, ast.Call) and given.args and isinstance(given.args[0], ast.Constant):
        name = str(given.args[0].value)  # app.config.get("CELERY", {})
    own = call.module.value(name) if isinstance(given, ast.Name) else None
    module, entry = (call.module, own) if own is not None else out.get(name.lower(), (call.module, None))
    if entry is not None:
        _of_dictionary(entry.value, module, out)


def _of_dictionary(
    node: ast.expr | None, module: Module, out: Settings, names: re.Pattern[str] = re.compile(r"[A-Za-z]\w*")
) -> None:
    """Add the entries of a dictionary that have such names, where nothing else assigns them."""
    if isinstance(node, ast.Dict):
        pairs = [
            (k.value, v) for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant)
        ]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        pairs = [(k.arg, k.value) for k in node.keywords]
    else:
        return
    for key, value in pairs:
        if isinstance(key, str) and names.fullmatch(key):
            out.setdefault(key.lower(), (module, Assigned(key, value, None, value.lineno)))


def is_settings_module(module: Module) -> bool:
    """Return whether a module's capital names are settings: it is called settings, config or the like."""
    parts = module.name.split(".")
    return any(
        p
        in (
            "settings",
            "config",
            "configuration",
            "conf",
            "default_settings",
            "constants",
            "celeryconfig",
            "celery_config",
        )
        or p.endswith("settings")
        or p.startswith("settings")
        for p in parts[-2:]
    )


def is_settings_class(cls: Class) -> bool:
    """Return whether a class holds settings: of pydantic-settings, or one called Settings or Config of a Flask application."""
    if any(b.rpartition(".")[2] in ("BaseSettings", "BaseAppSettings") for b in cls.bases):
        return True
    named = cls.name.endswith(("Settings", "Config", "Configuration"))
    return cls.parent is None and named and sum(f.name.isupper() for f in cls.fields) > 1
