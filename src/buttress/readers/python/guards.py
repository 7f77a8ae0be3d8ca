"""What checks the caller of a route: by its name, or because what it depends on does."""

from __future__ import annotations

import ast
import re

from buttress.readers.python.frameworks import APPLICATIONS, LOOKS
from buttress.readers.python.project import Project
from buttress.readers.python.records import Function, Module, keyword_of

GUARD = re.compile(
    r"auth|login|permission|privilege|current_(?:active_)?(?:user|account|customer|tenant|principal|superuser|admin|staff)|require|token|jwt|api_?key|security|"
    r"oauth|bearer|credential|principal|verif(?:y|ied)|protected|scope|role|admin|staff|signature|session_user|identity|restrict|acl\b|has_access|allowed",
    re.IGNORECASE,
)


def is_guard(node: ast.AST | None) -> bool:
    """Return whether an expression names something that checks who the caller is."""
    if node is None:
        return False
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and GUARD.search(part.id):
            return True
        if isinstance(part, ast.Attribute) and GUARD.search(part.attr):
            return True
    return False


def application_guard(project: Project) -> bool | None:
    """Return whether an application checks all its callers: by a middleware or something done before each request.

    None when one of several does, because the routes of a router may be its.
    """
    seen = None if len(list(project.called(*APPLICATIONS))) > 1 else True
    for call in project.ending("add_middleware"):
        if any(is_guard(a) for a in call.node.args):
            return seen
    for call in project.called("fastapi.FastAPI", "starlette.applications.Starlette", "litestar.Litestar"):
        if is_guard(call.keyword("dependencies", "middleware", "guards", "on_app_init")):
            return seen
    for module in project.modules:
        for function in module.functions:
            for name, _node in function.decorators:
                if name.endswith((".middleware", ".before_request", ".before_app_request")) and GUARD.search(
                    function.name + " " + " ".join(c for c, _ in function.called)
                ):
                    return seen
    return False


def is_guarded(function: Function, decorator: ast.Call, project: Project) -> bool:
    """Return whether a route's own dependencies, parameters, decorators or lines check who the caller is."""
    if leads_to_guard(keyword_of(decorator, "dependencies", "auth", "guards"), function.module, project):
        return True
    if any(n is not decorator and GUARD.search(name.rpartition(".")[2]) for name, n in function.decorators):
        return True
    if LOOKS.search(function.text):
        return True
    for name, annotation, default in function.parameters:
        for node in (annotation, default):
            if node is not None and _depends_on_guard(node, function.module, project, 4):
                return True
            if isinstance(node, ast.Name | ast.Attribute) and GUARD.search(name) and node is annotation:
                alias = owner_of(node, function.module, project)
                if alias.rpartition(".")[2] not in ("str", "bool", "int"):
                    return True
    return False


def leads_to_guard(node: ast.AST | None, module: Module, project: Project) -> bool:
    """Return whether an expression names a check of the caller, or a dependency that rests on one."""
    return is_guard(node) or (node is not None and _depends_on_guard(node, module, project, 4))


def _depends_on_guard(node: ast.AST, module: Module, project: Project, steps: int) -> bool:
    """Return whether `Depends(...)` or `Security(...)` in an expression leads, through other dependencies, to a check."""
    if steps <= 0:
        return False
    if isinstance(node, ast.Name):
        owner, _, last = owner_of(node, module, project).rpartition(".")
        other = project.by_name.get(owner)
        entry = other.value(last) if other is not None else None
        if entry is not None and entry.value is not None and other is not None:
            return GUARD.search(last) is not None or _depends_on_guard(entry.value, other, project, steps - 1)
        return False
    for part in ast.walk(node):
        if not isinstance(part, ast.Call):
            continue
        written = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
        if written == "Security":
            return True
        if written != "Depends":
            continue
        target = part.args[0] if part.args else keyword_of(part, "dependency")
        if target is None:
            continue
        if is_guard(target):
            return True
        function = project.functions.get(owner_of(target, module, project))
        if function is not None and any(
            _depends_on_guard(n, function.module, project, steps - 1)
            for _, a, d in function.parameters
            for n in (a, d)
            if n is not None
        ):
            return True
    return False


def owner_of(node: ast.AST, module: Module, project: Project) -> str:
    """Return the dotted name of what an expression of a module stands for, as far as its imports and assignments say it."""
    if isinstance(node, ast.Name):
        if module.value(node.id) is not None:
            return f"{module.name}.{node.id}"
        return module.names.get(node.id, node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{module.names.get(node.value.id, node.value.id)}.{node.attr}"
    return ""
