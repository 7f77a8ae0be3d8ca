"""Calls that hand on whatever keywords their function is given (`requests.get(url, **kwargs)`): what its callers, or it itself, put in."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from functools import lru_cache

from buttress.readers.python.project import Project
from buttress.readers.python.records import Call, Function

_SET = re.compile(
    r"\b(?P<name>\w+)(?:\.setdefault\(\s*[\"']timeout[\"']\s*,\s*|\[[\"']timeout[\"']\]\s*=\s*)(?P<value>None\b|\S)"
)
_TOUCHED = re.compile(r"timeout", re.IGNORECASE)


def sets_none(call: Call) -> bool:
    """Return whether a function says by itself that the call to which it hands keywords on waits for ever: `kwargs.setdefault("timeout", None)`."""
    function, name = call.function, _handed_on(call)
    return function is not None and [
        m["value"] for m in _SET.finditer(function.text) if m["name"] == name
    ] == ["None"]


def ends_up_without_timeout(call: Call, project: Project) -> bool | None:
    """Return whether a call that hands keywords on is left without a timeout; None where that isn't known.

    It is where its function sets it to none, or where that says nothing of one and none of its callers gives one.
    """
    function, name = call.function, _handed_on(call)
    if function is None or not name:
        return None
    if sets_none(call):
        return True
    if _TOUCHED.search(function.text):
        return None
    if not re.search(rf"\*\*{re.escape(name)}\b", function.text.partition(":\n")[0]):
        return True if _is_all_there(name, function) else None
    if function.owner is not None or function.decorators:
        return None
    lines: dict[Function, set[int]] = {}
    for caller, line in project.callers.get(function.path, ()):
        if caller is not function and caller.parent is None:
            lines.setdefault(caller, set()).add(line)
    return not any(_gives_timeout(c, at) for c, at in lines.items()) if lines else None


def _handed_on(call: Call) -> str:
    """Return the name of the keywords that a call hands on, nothing where it unfolds something else or more."""
    unfolded = [k.value for k in call.node.keywords if k.arg is None]
    starred = any(isinstance(a, ast.Starred) for a in call.node.args)
    if starred or len(unfolded) != 1 or not isinstance(unfolded[0], ast.Name):
        return ""
    return unfolded[0].id


def _is_all_there(name: str, function: Function) -> bool:
    """Return whether a function writes out all of the keywords that it hands on: `kwargs = {...}`, and single entries after that."""
    made = re.search(
        rf"^\s*{re.escape(name)}(?::[^=\n]+)?\s*=\s*\{{[^*]*?\}}\s*$", function.text, re.MULTILINE
    )
    more = re.search(
        rf"\b{re.escape(name)}\.(?:update|setdefault)\(|\b{re.escape(name)}\s*\|=", function.text
    )
    return made is not None and more is None


def _gives_timeout(caller: Function, lines: Collection[int]) -> bool:
    """Return whether a caller gives a timeout in its calls at these lines, or hands on what may hold one."""
    calls = [gives for line, gives in _calls(caller) if line in lines]
    return not calls or any(calls)


@lru_cache(maxsize=16)
def _calls(function: Function) -> tuple[tuple[int, bool], ...]:
    """Return the lines in which a function calls something, each with whether that is given a timeout, or what may hold one."""
    tree = function.tree()
    return tuple(
        (n.lineno + function.line - 1, any(k.arg in (None, "timeout") for k in n.keywords))
        for n in (ast.walk(tree) if tree is not None else ())
        if isinstance(n, ast.Call)
    )
