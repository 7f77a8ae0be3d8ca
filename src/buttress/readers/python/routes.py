"""The routes of a service, whatever framework declares them: path, methods, the function that answers, and who guards it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from buttress.readers.python.frameworks import APPLICATIONS, LOOKS, ROUTERS, VERBS
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call, Class, Function, Module
from buttress.readers.python.values import resolve

GUARD = re.compile(
    r"auth|login|permission|current_(?:active_)?(?:user|account|customer|tenant|principal|superuser|admin|staff)|require|token|jwt|api_?key|security|"
    r"oauth|bearer|credential|principal|verif(?:y|ied)|protected|scope|role|admin|staff|signature|session_user|identity|restrict|acl\b|has_access|allowed",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"login|logout|log-in|sign-?in|sign-?up|regist|token|auth|oauth|password|health|ready|live|ping|metrics|status|version|docs|openapi|webhook|"
    r"callback|public|favicon|robots|static|csrf|verify|confirm|activate|unsubscribe|contact|heartbeat|hook",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:^|_)(?:log|sign)_?(?:in|up)(?:_|$)", re.IGNORECASE
)  # an application of its own for that


@dataclass(slots=True, eq=False)
class Route:
    """A route: its path as far as it is known, methods in lower case, framework, and the function that answers, if it is known.

    `guarded` says whether something that looks like a check of the caller stands before it; None when that can't be seen.
    """

    path: str
    methods: tuple[str, ...]
    framework: str
    module: Module
    line: int
    function: Function | None
    decorator: ast.expr | None = None
    guarded: bool | None = None

    @property
    def is_open_by_nature(self) -> bool:
        """Return whether a route is for people who haven't said yet who they are: a login, a health check, a webhook."""
        name = self.function.name if self.function is not None else ""
        return _OPEN.search(self.path) is not None or _OPEN.search(name) is not None


def find_routes(project: Project) -> list[Route]:
    """Return the routes of a project that stand in its code; those of Django are found by their lists of URLs."""
    _ = project.calls
    prefixes, guards = _routers(project)
    out = [
        *_decorated(project, prefixes, guards),
        *_litestar(project),
        *_added(project),
        *_listed(project),
        *_django(project),
    ]
    return sorted(out, key=lambda r: (r.module.path, r.line, r.path))


def _routers(project: Project) -> tuple[dict[str, str], set[str]]:
    """Return the prefix of every router variable, and those that are guarded as a whole."""
    prefixes: dict[str, str] = {}
    guards: set[str] = set()
    for call in project.called(*(n.removesuffix("()") for n in ROUTERS)):
        owner = _variable_of(call)
        if owner is None:
            continue
        prefix = constant(call.keyword("prefix", "url_prefix"))
        if isinstance(prefix, str):
            prefixes[owner] = prefix
        if _is_guard(call.keyword("dependencies", "auth", "guards", "middleware")):
            guards.add(owner)
    nested: list[tuple[str, str]] = []
    for module in project.modules:
        for entry in module.assigned:
            made = entry.value
            if (
                isinstance(made, ast.Call)
                and entry.call.endswith("Router")
                and _is_guard(_keyword(made, "dependencies"))
            ):
                guards.add(f"{module.name}.{entry.name}")
    for call in project.ending("include_router", "register_blueprint"):
        target = call.argument(0, "router", "blueprint")
        if target is None:
            continue
        owner = _owner_of(target, call.module, project)
        prefix = constant(call.keyword("prefix", "url_prefix"))
        if isinstance(prefix, str):
            prefixes[owner] = prefix + prefixes.get(owner, "")
        if _is_guard(call.keyword("dependencies")):
            guards.add(owner)
        if isinstance(call.node.func, ast.Attribute):
            nested.append((_owner_of(call.node.func.value, call.module, project), owner))
    while new := {inner for outer, inner in nested if outer in guards and inner} - guards:
        guards |= new
    return prefixes, guards


def _variable_of(call: Call) -> str | None:
    """Return the dotted name of the module variable that a call's result is assigned to."""
    found = next((a for a in call.module.assigned if a.value is call.node), None)
    return f"{call.module.name}.{found.name}" if found is not None else None


def _owner_of(node: ast.expr, module: Module, project: Project) -> str:
    if isinstance(node, ast.Name):
        if module.value(node.id) is not None:
            return f"{module.name}.{node.id}"
        return module.names.get(node.id, node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{module.names.get(node.value.id, node.value.id)}.{node.attr}"
    return ""


def _is_guard(node: ast.AST | None) -> bool:
    """Return whether an expression names something that checks who the caller is."""
    if node is None:
        return False
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and GUARD.search(part.id):
            return True
        if isinstance(part, ast.Attribute) and GUARD.search(part.attr):
            return True
    return False


def _decorated(project: Project, prefixes: dict[str, str], guards: set[str]) -> Iterator[Route]:
    every_guard = _application_guard(project)
    for module in project.modules:
        for function in module.functions:
            for name, node in function.decorators:
                head, _, verb = name.rpartition(".")
                framework = ROUTERS.get(head)
                if not framework or not isinstance(node, ast.Call):
                    continue
                if verb in VERBS or verb in (
                    "route",
                    "api_route",
                    "websocket",
                    "websocket_route",
                    "api_operation",
                ):
                    owner = (
                        _owner_of(node.func.value, module, project)
                        if isinstance(node.func, ast.Attribute)
                        else ""
                    )
                    path = _path(
                        node.args[0] if node.args else _keyword(node, "path", "rule", "uri"), module, project
                    )
                    methods = _methods(node, verb, framework)
                    own = owner in guards or _guarded(function, node, project)
                    guarded = own or every_guard
                    if guarded is None and head.removesuffix("()") in APPLICATIONS:
                        # Which of several applications a router goes to isn't seen, but this is one.
                        guarded = None if _LOGIN.search(owner.rpartition(".")[2]) else False
                    yield Route(
                        prefixes.get(owner, "") + path,
                        methods,
                        framework,
                        module,
                        node.lineno,
                        function,
                        node,
                        guarded,
                    )


def _application_guard(project: Project) -> bool | None:
    """Return whether an application checks all its callers: by a middleware or something done before each request.

    None when one of several does, because the routes of a router may be its.
    """
    seen = None if len(list(project.called(*APPLICATIONS))) > 1 else True
    for call in project.ending("add_middleware"):
        if any(_is_guard(a) for a in call.node.args):
            return seen
    for call in project.called("fastapi.FastAPI", "starlette.applications.Starlette", "litestar.Litestar"):
        if _is_guard(call.keyword("dependencies", "middleware", "guards", "on_app_init")):
            return seen
    for module in project.modules:
        for function in module.functions:
            for name, _node in function.decorators:
                if name.endswith((".middleware", ".before_request", ".before_app_request")) and GUARD.search(
                    function.name + " " + " ".join(c for c, _ in function.called)
                ):
                    return seen
    return False


def _guarded(function: Function, decorator: ast.Call, project: Project) -> bool:
    """Return whether a route's own dependencies, parameters, decorators or lines check who the caller is."""
    if _is_guard(_keyword(decorator, "dependencies", "auth", "guards")):
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
                alias = _owner_of(node, function.module, project)
                if alias.rpartition(".")[2] not in ("str", "bool", "int"):
                    return True
    return False


def _depends_on_guard(node: ast.AST, module: Module, project: Project, steps: int) -> bool:
    """Return whether `Depends(...)` or `Security(...)` in an expression leads, through other dependencies, to a check."""
    if steps <= 0:
        return False
    if isinstance(node, ast.Name):
        owner, _, last = _owner_of(node, module, project).rpartition(".")
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
        target = part.args[0] if part.args else _keyword(part, "dependency")
        if target is None:
            continue
        if _is_guard(target):
            return True
        function = project.functions.get(_owner_of(target, module, project))
        if function is not None and any(
            _depends_on_guard(n, function.module, project, steps - 1)
            for _, a, d in function.parameters
            for n in (a, d)
            if n is not None
        ):
            return True
    return False


def _methods(node: ast.Call, verb: str, framework: str) -> tuple[str, ...]:
    if verb in VERBS:
        return (verb,)
    if "websocket" in verb:
        return ("websocket",)
    given = _keyword(node, "methods", "method")
    if isinstance(given, ast.List | ast.Tuple | ast.Set):
        return tuple(str(constant(e)).lower() for e in given.elts if isinstance(constant(e), str))
    single = constant(given)
    return (single.lower(),) if isinstance(single, str) else ("get",)


def _keyword(node: ast.Call, *names: str) -> ast.expr | None:
    return next((k.value for k in node.keywords if k.arg in names), None)


def _path(node: ast.AST | None, module: Module, project: Project) -> str:
    found = resolve(node, module, project)
    return found.text if found is not None else ""


def _litestar(project: Project) -> Iterator[Route]:
    for module in project.modules:
        for function in module.functions:
            for name, node in function.decorators:
                head, _, verb = name.rpartition(".")
                if head in ("litestar", "litestar.handlers", "starlite") and verb in (
                    *VERBS,
                    "route",
                    "websocket",
                ):
                    call = node if isinstance(node, ast.Call) else None
                    path = _path(
                        call.args[0] if call and call.args else _keyword(call, "path") if call else None,
                        module,
                        project,
                    )
                    guarded = _is_guard(_keyword(call, "guards", "dependencies")) if call else False
                    yield Route(
                        path, (verb,), "Litestar", module, node.lineno, function, node, guarded or None
                    )


def _added(project: Project) -> Iterator[Route]:
    """Yield routes that calls add: `app.router.add_get`, `web.get`, `add_url_rule`, `Route(...)`, `add_resource`."""
    for call in project.calls:
        last = call.last
        if last in ("add_get", "add_post", "add_put", "add_delete", "add_patch"):
            yield _route(call, 0, (last[4:],), "aiohttp", project)
        elif call.name.startswith("aiohttp.web.") and call.name[12:] in VERBS and call.node.args:
            yield _route(call, 0, (call.name[12:],), "aiohttp", project)
        elif last == "add_url_rule":
            yield _route(call, 0, ("get",), "Flask", project)
        elif call.name in (
            "starlette.routing.Route",
            "starlette.routing.WebSocketRoute",
            "fastapi.routing.APIRoute",
        ):
            methods = ("websocket",) if "WebSocket" in call.name else _methods(call.node, "", "Starlette")
            yield _route(call, 0, methods, "Starlette", project)
        elif last == "add_route" and project.imported("pyramid") is not None:
            yield _route(call, 1, ("get",), "Pyramid", project)
        elif (
            last in ("add_api_route", "add_route")
            and call.node.args
            and isinstance(constant(call.node.args[0]), str)
        ):
            yield _route(
                call,
                0,
                _methods(call.node, "", ""),
                "FastAPI" if last == "add_api_route" else "Falcon",
                project,
            )
        elif last == "add_resource" and len(call.node.args) > 1:
            yield _route(call, 1, ("get",), "Flask", project)


def _route(call: Call, position: int, methods: tuple[str, ...], framework: str, project: Project) -> Route:
    path = _path(call.argument(position, "path", "rule", "pattern"), call.module, project)
    target = call.argument(position + 1, "endpoint", "handler", "view_func")
    function = project.functions.get(_owner_of(target, call.module, project)) if target is not None else None
    return Route(path, methods, framework, call.module, call.line, function)


def _listed(project: Project) -> Iterator[Route]:
    """Yield the routes in Tornado's lists of pairs."""
    for call in project.called("tornado.web.Application"):
        given = call.argument(0, "handlers")
        for item in given.elts if isinstance(given, ast.List) else ():
            if isinstance(item, ast.Tuple) and item.elts and isinstance(path := constant(item.elts[0]), str):
                yield Route(path, ("get",), "Tornado", call.module, item.lineno, None)


_DJANGO = {f"django.{m}.{n}" for m in ("urls", "urls.conf", "conf.urls") for n in ("path", "re_path", "url")}


def _django(project: Project) -> Iterator[Route]:
    """Yield the routes of Django's lists of URLs and of REST framework's routers."""
    for call in project.called(*sorted(_DJANGO)):
        target = call.argument(1, "view")
        if (
            isinstance(target, ast.Call)
            and getattr(target.func, "id", getattr(target.func, "attr", "")) == "include"
        ):
            continue
        view = view_of(target, call.module, project)
        function = view if isinstance(view, Function) else None
        yield Route(
            _path(call.argument(0, "route"), call.module, project),
            (),
            "Django",
            call.module,
            call.line,
            function,
        )
    for call in project.ending("register"):
        if call.name.startswith("rest_framework") and "Router()" in call.name:
            yield Route(
                _path(call.argument(0, "prefix"), call.module, project),
                (),
                "Django",
                call.module,
                call.line,
                None,
            )


def view_of(node: ast.AST | None, module: Module, project: Project) -> Function | Class | None:
    """Return the function or class that a Django URL leads to, through `.as_view()` and decorators."""
    for _ in range(5):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr == "as_view":
                node = node.func.value
            elif node.args:
                node = node.args[0]
            else:
                return None
            continue
        break
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    name = project.meaning(_owner_of(node, module, project))
    return project.functions.get(name) or project.classes.get(name)
