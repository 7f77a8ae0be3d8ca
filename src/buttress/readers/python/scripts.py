"""The commands that packaging declares: console scripts of `setup.py`, `setup.cfg`, `pyproject.toml` and entry point files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Any

_COMMANDS = frozenset(("console_scripts", "gui_scripts", "wsgi_scripts"))
_ENTRY = re.compile(r"\s*([\w.-]+)\s*=\s*([\w.]+):([\w.]+)")


def commands_of(entries: object) -> dict[str, str]:
    r"""Return the commands of entry points by name, each as `module:function`, from a table, a list or lines of text.

    >>> commands_of("\nshop = shop.cmd:main\nshop-jobs = shop.jobs:run [fast]\n")
    {'shop': 'shop.cmd:main', 'shop-jobs': 'shop.jobs:run'}
    """
    if isinstance(entries, dict):
        lines: Iterable[Any] = [f"{k} = {v}" for k, v in entries.items()]
    else:
        lines = (
            entries.splitlines() if isinstance(entries, str) else entries if isinstance(entries, list) else ()
        )
    found = [m for line in lines if isinstance(line, str) and (m := _ENTRY.match(line))]
    return {m[1]: f"{m[2]}:{m[3]}" for m in found}


def plugins_of(groups: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    r"""Return what entry points of other groups than commands offer to whoever loads that group, each as `module:name`.

    >>> plugins_of({"shop.pay": "\ncard = shop.card:Card\n", "console_scripts": "shop = shop.cmd:main"})
    {'shop.pay': ('shop.card:Card',)}
    """
    found = {g: tuple(commands_of(entries).values()) for g, entries in groups.items() if g not in _COMMANDS}
    return {group: targets for group, targets in found.items() if targets}


def commands_in(node: ast.expr | None) -> dict[str, str]:
    """Return the commands that an argument `entry_points` of `setup()` writes out."""
    given = _literal(node)
    if isinstance(given, str):  # in the form of a file
        section = re.search(r"\[console_scripts\]([^\[]*)", given)
        return commands_of(section[1]) if section is not None else {}
    return commands_of(given.get("console_scripts")) if isinstance(given, dict) else {}


def plugins_in(node: ast.expr | None) -> dict[str, tuple[str, ...]]:
    """Return the entry points of other groups that an argument `entry_points` of `setup()` writes out."""
    given = _literal(node)
    return (
        plugins_of({g: e for g, e in given.items() if isinstance(g, str)}) if isinstance(given, dict) else {}
    )


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
