"""Timeouts that a session gives to all of its calls: an adapter that is mounted on it, its method made anew, a default of all sockets."""

from __future__ import annotations

import ast
import re

from buttress.readers.python.project import Project
from buttress.readers.python.records import Call, Module

_TIMEOUT = re.compile(r"\btimeout\b")
_PARTIAL = ("functools.partial", "functools.partialmethod")


def waits_by_default(call: Call, library: str, project: Project) -> bool:
    """Return whether something other than the call or the making of its client says how long an HTTP call waits."""
    if library == "urllib":
        return any(_is_given(c.argument(0, "timeout")) for c in project.called("socket.setdefaulttimeout"))
    head = call.name.rpartition(".")[0]
    if library != "requests" or not head.endswith("()"):
        return False
    made_here = any(c.module is call.module for c in project.called(head.removesuffix("()")))
    mounted = [c for c in project.called(f"{head}.mount") if c.module is call.module or not made_here]
    if any(_of_adapter(c.argument(1, "adapter"), c.module, project) for c in mounted):
        return True
    return any(_replaces_request(c) for c in project.called(*_PARTIAL) if c.module is call.module)


def _is_given(node: ast.expr | None) -> bool:
    return node is not None and not (isinstance(node, ast.Constant) and node.value is None)


def _of_adapter(node: ast.expr | None, module: Module, project: Project) -> bool:
    """Return whether an adapter is given a timeout, or is of a class of the project that handles one."""
    if isinstance(node, ast.Name):
        node = _made(node.id, module) or node
    if isinstance(node, ast.Name):
        return "timeout" in node.id.lower()
    if not isinstance(node, ast.Call):
        return False
    if any(_TIMEOUT.search(k.arg or "") for k in node.keywords):
        return True
    name = ast.unparse(node.func)
    cls = project.classes.get(project.meaning(module.names.get(name, f"{module.name}.{name}")))
    return cls is not None and any(_TIMEOUT.search(m.text) for m in cls.methods)


def _made(name: str, module: Module) -> ast.expr | None:
    """Return the call that a module gives a name anywhere: `adapter = Patient()`."""
    found = re.search(
        rf"^[ \t]*{re.escape(name)}[ \t]*=[ \t]*([\w.]+\([^\n]*\))[ \t]*$",
        module.text.source.text,
        re.MULTILINE,
    )
    try:
        return ast.parse(found[1], mode="eval").body if found is not None else None
    except SyntaxError:
        return None


def _replaces_request(call: Call) -> bool:
    """Return whether a session's `request`, through which all of its calls go, is given a timeout: `partial(session.request, timeout=5)`."""
    first = call.argument(0)
    return (
        isinstance(first, ast.Attribute)
        and first.attr in ("request", "send")
        and _is_given(call.keyword("timeout"))
    )
