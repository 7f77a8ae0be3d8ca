"""What stands around all routes: middleware, cross-origin rules, limits, security headers, and the debug switch."""

from __future__ import annotations

import ast
import re

from buttress.readers.python.files import is_for_development
from buttress.readers.python.found import Ledger
from buttress.readers.python.frameworks import APPLICATIONS
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call

_LIMITERS = (
    "slowapi",
    "fastapi_limiter",
    "flask_limiter",
    "ratelimit",
    "django_ratelimit",
    "limits",
    "aiolimiter_middleware",
)

# What a project's own limit on callers is called.
_LIMIT = re.compile(r"rate_?limit|throttl", re.IGNORECASE)
_DEPENDS = ("fastapi.Depends", "fastapi.Security", "fastapi.params.Depends")
_HEADERS = ("secure", "flask_talisman", "csp", "starlette_csp")


def detect(project: Project, ledger: Ledger) -> None:
    """Tell what stands around all routes, and whether the service shows its insides."""
    for call in (
        *project.ending("add_middleware"),
        *project.called("starlette.middleware.Middleware", "fastapi.middleware.Middleware"),
    ):
        first = call.node.args[0] if call.node.args else None
        name = getattr(first, "id", getattr(first, "attr", ""))
        here = call.evidence()
        if name == "CORSMiddleware":
            _cors(call, ledger)
        elif name in ("GZipMiddleware", "BrotliMiddleware"):
            ledger.say("compression", here)
        elif name in ("CorrelationIdMiddleware", "RequestIdMiddleware", "RequestContextMiddleware"):
            ledger.say("correlation_id", here)
        elif name == "HTTPSRedirectMiddleware":
            ledger.say("https_only", here)
        elif name == "SlowAPIMiddleware" or _LIMIT.search(name):
            ledger.say("rate_limit", here)
        elif name == "SessionMiddleware":
            ledger.say("session_store", here, "signed cookie")
    for call in project.called(*_DEPENDS):
        given = call.argument(0, "dependency")
        if given is not None and _LIMIT.search(_written(given)):
            ledger.say("rate_limit", call.evidence())
    for call in project.called("flask_cors.CORS"):
        if call.open_ended:
            continue
        origins = call.keyword("origins", "resources")
        credentials = constant(call.keyword("supports_credentials")) is True
        anybody = origins is None or any(constant(n) == "*" for n in ast.walk(origins))
        ledger.say(
            "cors",
            call.evidence(),
            ("any origin with credentials" if credentials else "any origin") if anybody else "named origins",
        )
    for name, fact in (
        ("flask_wtf.CSRFProtect", "csrf_protection"),
        ("flask_wtf.csrf.CSRFProtect", "csrf_protection"),
        ("starlette_csrf.CSRFMiddleware", "csrf_protection"),
    ):
        for call in project.called(name):
            ledger.say(fact, call.evidence())
    for roots, fact in ((_LIMITERS, "rate_limit"), (_HEADERS, "security_headers")):
        if (place := project.imported(*roots)) is not None:
            ledger.say(fact, place[0].text.at(place[1]))
    if (
        place := project.imported(
            "asgi_correlation_id", "django_guid", "request_id", "log_request_id", "django_structlog"
        )
    ) is not None:
        ledger.say("correlation_id", place[0].text.at(place[1]))
    handlers = [*project.ending("add_exception_handler")]
    for call in handlers:
        ledger.count("exception_handlers", call.evidence())
    for module in project.modules:
        for function in module.functions:
            if any(
                n.endswith((".exception_handler", ".errorhandler", ".app_errorhandler", ".handle_exception"))
                for n, _ in function.decorators
            ):
                ledger.count("exception_handlers", module.text.at(function.line))
    _debug(project, ledger)


def _written(node: ast.expr) -> str:
    """Return the last name of what is handed over: of a function, of a class or of one that a call makes."""
    node = node.func if isinstance(node, ast.Call) else node
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _cors(call: Call, ledger: Ledger) -> None:
    origins = call.keyword("allow_origins")
    if origins is None and call.keyword("allow_origin_regex") is None:
        return
    credentials = constant(call.keyword("allow_credentials")) is True
    anybody = (
        origins is not None
        and isinstance(origins, ast.List | ast.Tuple)
        and any(constant(n) == "*" for n in origins.elts)
    )
    pattern = constant(call.keyword("allow_origin_regex"))
    anybody = anybody or pattern in (".*", "https?://.*")
    place = origins if origins is not None else call.node
    value = ("any origin with credentials" if credentials else "any origin") if anybody else "named origins"
    ledger.say("cors", call.module.text.at(place.lineno), value)


def _debug(project: Project, ledger: Ledger) -> None:
    for call in project.calls:
        if is_for_development(call.module.path):
            continue
        if (
            call.name in ("flask.Flask().run", "quart.Quart().run")
            and constant(call.keyword("debug")) is True
        ) or (
            call.name in APPLICATIONS and constant(call.keyword("debug")) is True and not _is_one_of_two(call)
        ):
            ledger.say("debug_mode", call.evidence())
        elif (
            call.name == "uvicorn.run"
            and constant(call.keyword("reload")) is True
            and "__main__" not in call.within
        ):
            ledger.say("development_server", call.evidence(), "uvicorn reload")


def _is_one_of_two(call: Call) -> bool:
    """Return whether a condition decides that a module's variable holds what a call makes."""
    return any(a.value is call.node and a.conditional for a in call.module.assigned)
