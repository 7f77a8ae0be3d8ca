"""The routes of a service, whatever framework declares them: path, methods, the function that answers, and who guards it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from buttress.readers.python.frameworks import APPLICATIONS, ROUTERS, VERBS
from buttress.readers.python.guards import (
    application_guard,
    is_guard,
    is_guarded,
    leads_to_guard,
    owner_of,
)
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call, Class, Function, Module, keyword_of
from buttress.readers.python.values import resolve

_OPEN = re.compile(
    r"login|logout|log-in|sign-?in|sign-?up|regist|token|auth|oauth|password|health|ready|live|ping|metrics|status|version|docs|openapi|webhook|"
    r"callback|(?:create|new|open)_?account|public|favicon|robots|static|csrf|verify|confirm|activate|unsubscribe|contact|heartbeat|hook",
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
        if leads_to_guard(call.keyword("dependencies", "auth", "guards", "middleware"), call.module, project):
            guards.add(owner)
    nested: list[tuple[str, str]] = []
    for module in project.modules:
        for entry in module.assigned:
            made = entry.value
            if (
                isinstance(made, ast.Call)
                and entry.call.endswith("Router")
                and leads_to_guard(keyword_of(made, "dependencies"), module, project)
            ):
                guards.add(f"{module.name}.{entry.name}")
    for call in project.ending("include_router", "register_blueprint"):
        target = call.argument(0, "router", "blueprint")
        if target is None:
            continue
        owner = owner_of(target, call.module, project)
        prefix = constant(call.keyword("prefix", "url_prefix"))
        if isinstance(prefix, str):
            prefixes[owner] = prefix + prefixes.get(owner, "")
        if leads_to_guard(call.keyword("dependencies"), call.module, project):
            guards.add(owner)
        if isinstance(call.node.func, ast.Attribute):
            nested.append((owner_of(call.node.func.value, call.module, project), owner))
    while new := {inner for outer, inner in nested if outer in guards and inner} - guards:
        guards |= new
    return prefixes, guards


def _variable_of(call: Call) -> str | None:
    """Return the dotted name of the module variable that a call's result is assigned to."""
    found = next((a for a in call.module.assigned if a.value is call.node), None)
    return f"{call.module.name}.{found.name}" if found is not None else None


def _decorated(project: Project, prefixes: dict[str, str], guards: set[str]) -> Iterator[Route]:
    every_guard = application_guard(project)
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
                        owner_of(node.func.value, module, project)
                        if isinstance(node.func, ast.Attribute)
                        else ""
                    )
                    path = _path(
                        node.args[0] if node.args else keyword_of(node, "path", "rule", "uri"),
                        module,
                        project,
                    )
                    methods = _methods(node, verb, framework)
                    own = owner in guards or is_guarded(function, node, project)
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


def _methods(node: ast.Call, verb: str, framework: str) -> tuple[str, ...]:
    if verb in VERBS:
        return (verb,)
    if "websocket" in verb:
        return ("websocket",)
    given = keyword_of(node, "methods", "method")
    if isinstance(given, ast.List | ast.Tuple | ast.Set):
        return tuple(str(constant(e)).lower() for e in given.elts if isinstance(constant(e), str))
    single = constant(given)
    return (single.lower(),) if isinstance(single, str) else ("get",)


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
                        call.args[0] if call and call.args else keyword_of(call, "path") if call else None,
                        module,
                        project,
                    )
                    guarded = is_guard(keyword_of(call, "guards", "dependencies")) if call else False
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
    function = project.functions.get(owner_of(target, call.module, project)) if target is not None else None
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
    name = project.meaning(owner_of(node, module, project))
    return project.functions.get(name) or project.classes.get(name)
