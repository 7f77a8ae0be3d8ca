"""Calls that hand on whatever keywords their function is given (`requests.get(url, **kwargs)`): what its callers, or it itself, put in."""

from __future__ import annotations

import ast
import re

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
    given = [_gives_timeout(caller, function, project) for caller in _callers(function, project)]
    return not any(given) if given else None


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


def _callers(function: Function, project: Project) -> list[Function]:
    return [
        caller
        for module in project.modules
        for caller in module.functions
        if caller is not function
        and caller.parent is None
        and any(project.meaning(name) == function.path for name, _ in caller.called)
    ]


def _gives_timeout(caller: Function, function: Function, project: Project) -> bool:
    """Return whether a caller gives a timeout, or hands on what may hold one."""
    lines = {line for name, line in caller.called if project.meaning(name) == function.path}
    try:
        tree = ast.parse(_dedented(caller))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.lineno + caller.line - 1 in lines]
    return not calls or any(k.arg in (None, "timeout") for c in calls for k in c.keywords)


def _dedented(function: Function) -> str:
    lines = function.text.split("\n")
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[margin:] if not line[:margin].strip() else line for line in lines)
