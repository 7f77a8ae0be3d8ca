"""The interface of a service: framework, routes, who may call them, what they take and give back, and what stands before them."""

from __future__ import annotations

import ast
import re
from collections import Counter

from buttress.model import Evidence
from buttress.readers.python.detectors import endings, middleware, protocols
from buttress.readers.python.found import Ledger
from buttress.readers.python.frameworks import APPLICATIONS, ASYNC_FRAMEWORKS, CHANGING
from buttress.readers.python.guards import owner_of
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call, Function
from buttress.readers.python.routes import Route

_HEALTH = re.compile(
    r"(?:^|/)(?:_?_?health(?:z|check|-check|_check)?|live(?:ness|z)?|ready|readiness|readyz|alive|ping|heartbeat|__lbheartbeat__)/?\$?$",
    re.IGNORECASE,
)
_VERSION = re.compile(r"/(?:api/)?v\d+(?:\.\d+)?(?:/|$)|^v\d+/")
_VERB_PATH = re.compile(r"/(?:get|create|update|delete|remove|add|list|fetch|set)[-_A-Z][\w-]*", re.ASCII)
_STYLES = (
    ("kebab-case", re.compile(r"/[a-z0-9]+-[a-z0-9-]+")),
    ("snake_case", re.compile(r"/[a-z0-9]+_[a-z0-9_]+")),
    ("camelCase", re.compile(r"/[a-z]+[A-Z]\w+")),
)
_RAW = re.compile(r"(?:^|[.~_])request(?:\(\))?\.(?:get_json|json|get_data|form|body)$", re.IGNORECASE)
# How a function proves that a body is the sender's own: what stands in it is the sender's contract.
# Decorators that hold a body against a schema: `@schema.validate({...})`, `@expects_json(SCHEMA)`.
_VALIDATES = re.compile(r"(?:^|[._])(?:validate(?:_json|_schema|_body)?|expects_json|use_args|use_kwargs)$")
_SIGNED = re.compile(
    r"\bcompare_digest\(|\bconstruct_event\(|\b\w*(?:verify|check|validate)\w*(?:signature|hmac|webhook)\w*\b|\bhmac\.new\(",
    re.IGNORECASE,
)
_PAGING = re.compile(
    r"^(?:limit|offset|page|page_size|per_page|cursor|skip|size|pagination|params|page_number|after)$",
    re.IGNORECASE,
)
_MIN_ROUTES = 3


def detect(project: Project, ledger: Ledger, routes: list[Route]) -> None:
    """Tell which framework serves the project's routes and what holds for them."""
    frameworks = _frameworks(project, ledger, routes)
    for route in routes:
        ledger.count("routes", route.module.text.at(route.line))
    _styles(project, ledger, routes)
    _health(project, ledger, routes)
    _access(ledger, routes)
    _bodies(project, ledger, routes)
    _naming(ledger, routes)
    middleware.detect(project, ledger)
    protocols.detect(project, ledger, routes)
    endings.detect(project, ledger)
    if any(f in ASYNC_FRAMEWORKS for f in frameworks):
        for route in routes:
            if route.function is not None:
                name = "async_routes" if route.function.is_async else "sync_routes"
                ledger.count(name, route.module.text.at(route.function.line))


def _frameworks(project: Project, ledger: Ledger, routes: list[Route]) -> list[str]:
    found: dict[str, Evidence] = {}
    for call in sorted(project.called(*APPLICATIONS), key=lambda c: c.function is not None):
        found.setdefault(APPLICATIONS[call.name], call.evidence())
    for cls, base in project.made.values():
        if base in APPLICATIONS:
            found.setdefault(APPLICATIONS[base], cls.module.text.at(cls.line))
    settings = project.settings.get("root_urlconf") or project.settings.get("installed_apps")
    if settings is not None and project.imported("django") is not None:
        found.setdefault("Django", settings[0].text.at(settings[1].line))
    for route in routes:
        found.setdefault(route.framework, route.module.text.at(route.line))
    if (place := project.imported("rest_framework")) is not None:
        ledger.say("api_framework", place[0].text.at(place[1]), "Django REST framework")
    names = [n for n in found if n and not (n == "Starlette" and "FastAPI" in found)]
    if names:
        main = max(names, key=lambda n: (sum(r.framework == n for r in routes), -names.index(n)))
        ledger.say("framework", found[main], main)
        asgi = main in ASYNC_FRAMEWORKS or (main == "Django" and "asgi_application" in project.settings)
        if main in (
            "FastAPI",
            "Starlette",
            "Litestar",
            "Quart",
            "Sanic",
            "Flask",
            "Django",
            "Falcon",
            "Bottle",
            "Pyramid",
        ):
            ledger.say("server_interface", found[main], "asgi" if asgi else "wsgi")
    return names


def _styles(project: Project, ledger: Ledger, routes: list[Route]) -> None:
    for call in project.called("fastapi.FastAPI"):
        for node, name in ((call.keyword("docs_url"), "docs"), (call.keyword("openapi_url"), "openapi")):
            if (
                node is not None
                and isinstance(node, ast.Constant)
                and node.value is None
                and name == "openapi"
            ):
                ledger.say("openapi", call.module.text.at(node.lineno), denied=True)
        if not ledger.has("openapi"):
            ledger.say("openapi", call.evidence())
    for root in (
        "drf_spectacular",
        "drf_yasg",
        "flasgger",
        "apispec",
        "flask_smorest",
        "apiflask",
        "connexion",
        "flask_restx",
    ):
        if (place := project.imported(root)) is not None:
            ledger.say("openapi", place[0].text.at(place[1]))
    installed = project.settings.get("installed_apps")
    if installed is not None and installed[1].value is not None:
        apps = [constant(n) for n in ast.walk(installed[1].value) if isinstance(n, ast.Constant)]
        if {"drf_spectacular", "drf_yasg"} & set(apps):
            ledger.say("openapi", installed[0].text.at(installed[1].line))
    for route in routes:
        if (version := _VERSION.search(route.path)) is not None:
            ledger.say("api_version", route.module.text.at(route.line), version[0].strip("/"))
            break


def _health(project: Project, ledger: Ledger, routes: list[Route]) -> None:
    found = [r for r in routes if _HEALTH.search(r.path) and not re.search(r"[{<(]", r.path)]
    for route in sorted(found, key=lambda r: ("health" not in r.path, r.path.count("/"))):
        ledger.say(
            "health_endpoint", route.module.text.at(route.line), "/" + route.path.strip("^$").strip("/")
        )
        if route.function is not None:
            checks = sorted({w for c, _ in route.function.called for w in _checked(c)})
            if checks:
                ledger.say("health_endpoint_checks", route.module.text.at(route.function.line), tuple(checks))
            elif not route.function.called and not any(
                a is not None for _, a, _d in route.function.parameters if a is not None
            ):
                ledger.say("health_endpoint_checks", route.module.text.at(route.function.line), denied=True)
    if (
        found
        or project.imported("health_check", "watchman", "fastapi_health", "healthcheck", "dockerflow")
        is not None
    ):
        if (
            not found
            and (
                place := project.imported(
                    "health_check", "watchman", "fastapi_health", "healthcheck", "dockerflow"
                )
            )
            is not None
        ):
            ledger.say("health_endpoint", place[0].text.at(place[1]))
        return
    apps = [c for c in project.called(*APPLICATIONS)]
    known = [r for r in routes if r.path and "{}" not in r.path]
    external = [
        c
        for c in project.ending("include_router", "register_blueprint", "mount", "include")
        if not _is_own(c, project)
    ]
    if (
        len(known) >= _MIN_ROUTES
        and len(known) == len(routes)
        and apps
        and not external
        and not _mentions_health(project)
    ):
        ledger.say("health_endpoint", apps[0].evidence(), denied=True)


def _checked(name: str) -> list[str]:
    lower = name.lower()
    words = (
        ("database", ("execute", "session", "cursor", "connection", "db", "scalar")),
        ("cache", ("redis", "cache", "ping")),
        ("broker", ("celery", "kafka", "rabbit", "broker")),
    )
    return [w for w, parts in words if any(p in lower for p in parts)]


def _is_own(call: Call, project: Project) -> bool:
    """Return whether what a call includes into the application is a router that the project itself fills."""
    node = call.argument(0, "router", "blueprint")
    if isinstance(node, ast.Name):
        name = call.module.names.get(node.id, "")
        return (
            call.module.value(node.id) is not None
            or name.rpartition(".")[0] in project.by_name
            or project.meaning(name) != name
        )
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return call.module.names.get(node.value.id, "") in project.by_name
    return False


def _mentions_health(project: Project) -> bool:
    return any(
        re.search(r"health|heartbeat|liveness|readiness", m.text.source.text, re.IGNORECASE)
        for m in project.modules
    )


def _access(ledger: Ledger, routes: list[Route]) -> None:
    """Tell how callers prove who they are, and count the routes that change something for anybody."""
    for route in routes:
        if route.guarded:
            ledger.count("guarded_routes", route.module.text.at(route.line))
            ledger.say("authentication", route.module.text.at(route.line))
        elif route.guarded is False and set(route.methods) & CHANGING and not route.is_open_by_nature:
            ledger.count("open_changing_routes", route.module.text.at(route.line))


def _bodies(project: Project, ledger: Ledger, routes: list[Route]) -> None:
    """Count routes whose body is checked by a model, and those that take it as it comes."""
    for route in routes:
        function = route.function
        if function is None or route.framework not in (
            "FastAPI",
            "Litestar",
            "Flask",
            "Quart",
            "Starlette",
            "aiohttp",
            "Sanic",
        ):
            continue
        here = route.module.text.at(function.line)
        if route.framework == "FastAPI":
            call = route.decorator
            model = isinstance(call, ast.Call) and any(k.arg == "response_model" for k in call.keywords)
            if model or function.returns is not None:
                ledger.count("response_models", here)
            if (
                (
                    "get" in route.methods
                    and _is_list(function, call)
                    and not any(_PAGING.search(n) for n, _, _ in function.parameters)
                )
                and not re.search(r"[{<]", route.path)
                and not any("pag" in c.lower() for c, _ in function.called)
            ):
                ledger.count("lists_without_paging", here)
        if not set(route.methods) & {"post", "put", "patch"}:
            continue
        if _takes_model(function, project):
            ledger.count("validated_routes", here)
            ledger.say("input_validation", here)
        elif any(_VALIDATES.search(name) and isinstance(d, ast.Call) for name, d in function.decorators):
            ledger.count("validated_routes", here)
        elif _takes_raw(function) and not _SIGNED.search(function.text):
            ledger.count("raw_body_routes", here)


def _is_list(function: Function, decorator: ast.expr | None) -> bool:
    nodes: list[ast.AST | None] = [function.returns]
    if isinstance(decorator, ast.Call):
        nodes += [k.value for k in decorator.keywords if k.arg == "response_model"]
    return any(
        isinstance(n, ast.Subscript) and getattr(n.value, "id", "").lower() in ("list", "sequence")
        for n in nodes
    )


def _takes_model(function: Function, project: Project) -> bool:
    for name, annotation, default in function.parameters:
        if name in ("self", "request", "db", "session") or annotation is None:
            continue
        for part in ast.walk(annotation):
            cls = project.classes.get(owner_of(part, function.module, project))
            if cls is not None and _is_model(cls.bases, project, 5):
                return True
        if isinstance(default, ast.Call) and getattr(default.func, "id", "") in ("Body", "Form", "File"):
            return True
    return any(
        re.search(
            r"\.(?:model_validate|parse_obj|load|validate|validate_on_submit|is_valid|validate_python)$", c
        )
        for c, _ in function.called
    )


def _is_model(bases: tuple[str, ...], project: Project, steps: int) -> bool:
    if any(b.rpartition(".")[2] in ("BaseModel", "SQLModel", "Struct", "Schema", "RootModel") for b in bases):
        return True
    return steps > 0 and any(
        (c := project.classes.get(b)) is not None and _is_model(c.bases, project, steps - 1) for b in bases
    )


def _takes_raw(function: Function) -> bool:
    for _, annotation, default in function.parameters:
        written = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        if getattr(written, "id", "") in ("dict", "Dict") and not (
            isinstance(default, ast.Call) and getattr(default.func, "id", "") in ("Depends", "Security")
        ):
            return True
    return any(_RAW.search(c) for c, _ in function.called)


def _naming(ledger: Ledger, routes: list[Route]) -> None:
    styles: Counter[str] = Counter()
    first: dict[str, Evidence] = {}
    for route in routes:
        if route.framework == "Django" and not route.path:
            continue
        path = "/" + route.path.lstrip("/^")
        if _VERB_PATH.search(path):
            ledger.count("verbs_in_paths", route.module.text.at(route.line))
        plain = re.sub(r"[{<(][^}>)]*[}>)]", "", path)
        for style, pattern in _STYLES:
            if pattern.search(plain):
                styles[style] += 1
                first.setdefault(style, route.module.text.at(route.line))
    total = sum(styles.values())
    mixed = [s for s, n in styles.items() if n >= 2 and n * 5 >= total]
    if len(mixed) > 1:
        for style in mixed:
            ledger.say("path_styles", first[style], tuple(sorted(mixed)))
