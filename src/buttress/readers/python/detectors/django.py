"""Django: its databases, caches, middleware and switches, as the settings for production say them."""

from __future__ import annotations

import ast
import re

from buttress.readers.python.detectors import django_stores
from buttress.readers.python.detectors.django_stores import entries, setting
from buttress.readers.python.files import is_for_development
from buttress.readers.python.found import Ledger
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Assigned, Module, keyword_of

_MIDDLEWARE = {
    "django.middleware.csrf.CsrfViewMiddleware": "csrf_protection",
    "django.middleware.security.SecurityMiddleware": "security_headers",
    "corsheaders.middleware.CorsMiddleware": "",
}


def is_django(project: Project) -> bool:
    """Return whether the project is a Django site: it has settings with installed applications."""
    return "installed_apps" in project.settings or "root_urlconf" in project.settings


def detect(project: Project, ledger: Ledger) -> None:
    """Tell what the settings of a Django site say."""
    if not is_django(project):
        return
    django_stores.detect(project, ledger)
    _middleware(project, ledger)
    _switches(project, ledger)
    _rest(project, ledger)
    _views(project, ledger)


def _middleware(project: Project, ledger: Ledger) -> None:
    found = setting(project, "middleware") or setting(project, "middleware_classes")
    if found is None or not isinstance(found[1].value, ast.List | ast.Tuple):
        return
    module, entry = found
    given = {v: n.lineno for n in found[1].value.elts if isinstance(v := constant(n), str)}
    spread = any(isinstance(n, ast.Starred) for n in found[1].value.elts)
    for name, fact in _MIDDLEWARE.items():
        if fact and name in given:
            ledger.say(fact, module.text.at(given[name]))
        elif (
            fact
            and not spread
            and len(given) >= 3
            and not _changed(project, "MIDDLEWARE")
            and not any(fact.partition("_")[0] in g.lower() for g in given)
        ):
            ledger.say(fact, module.text.at(entry.line), denied=True)
    for word, line in given.items():
        lower = word.lower()
        if "ratelimit" in lower or "throttl" in lower or "axes" in lower:
            ledger.say("login_rate_limit" if "axes" in lower else "rate_limit", module.text.at(line))
        elif "request_id" in lower or "correlation" in lower or "guid" in lower or "structlog" in lower:
            ledger.say("correlation_id", module.text.at(line))
        elif "gzip" in lower:
            ledger.say("compression", module.text.at(line))
        elif "loginrequired" in lower:
            ledger.say("authentication", module.text.at(line))
        elif "auditlog" in lower or "simple_history" in lower or "reversion" in lower:
            ledger.say("audit_log", module.text.at(line))


def _changed(project: Project, name: str) -> bool:
    return any(
        re.search(rf"^[ \t]*{name}\s*(?:\+=|\.)", m.text.source.text, re.MULTILINE)
        for m in project.modules
        if "settings" in m.path
    )


def _switches(project: Project, ledger: Ledger) -> None:
    """Tell the switches that are literal, in modules that aren't for development."""
    production = [
        m
        for m in project.modules
        if re.search(r"(?:^|[/_])(?:settings|config|base|production|prod)\b", m.path)
        and not is_for_development(m.path)
    ]

    def literal(name: str) -> tuple[Module, Assigned, object] | None:
        found = setting(project, name)
        if found is None or (found[0] not in production and is_for_development(found[0].path)):
            return None
        return found[0], found[1], constant(found[1].value)

    debug = literal("debug")
    if debug is not None:
        here = debug[0].text.at(debug[1].line)
        if debug[2] is True and not debug[1].conditional and not _overridden(project, "DEBUG", debug[0]):
            ledger.say("debug_mode", here)
        elif debug[2] is False:
            ledger.say("debug_mode", here, denied=True)
        elif isinstance(debug[1].value, ast.Call) and constant(keyword_of(debug[1].value, "default")) is True:
            ledger.say("debug_mode", here, "unless the environment says otherwise")
    hosts = setting(project, "allowed_hosts")
    if (
        hosts is not None
        and not is_for_development(hosts[0].path)
        and isinstance(hosts[1].value, ast.List)
        and any(constant(n) == "*" for n in hosts[1].value.elts)
    ):
        ledger.say("any_host_allowed", hosts[0].text.at(hosts[1].line))
    for names, fact in (
        (("session_cookie_secure", "csrf_cookie_secure"), "secure_cookies"),
        (("secure_ssl_redirect",), "https_only"),
        (("secure_hsts_seconds",), "hsts"),
    ):
        for name in names:
            found = setting(project, name)
            if found is not None and not is_for_development(found[0].path):
                value = constant(found[1].value)
                if isinstance(value, bool | int) and not found[1].conditional:
                    ledger.say(fact, found[0].text.at(found[1].line), denied=not value)
                break
    for name in ("cors_allow_all_origins", "cors_origin_allow_all"):
        found = setting(project, name)
        if found is not None and constant(found[1].value) is True and not is_for_development(found[0].path):
            credentials = setting(project, "cors_allow_credentials")
            both = credentials is not None and constant(credentials[1].value) is True
            ledger.say(
                "cors",
                found[0].text.at(found[1].line),
                "any origin with credentials" if both else "any origin",
            )
    zone = setting(project, "use_tz")
    if zone is not None and constant(zone[1].value) is False:
        ledger.count("naive_datetimes", zone[0].text.at(zone[1].line))
    hashers = setting(project, "password_hashers")
    if (
        hashers is not None
        and isinstance(hashers[1].value, ast.List)
        and hashers[1].value.elts
        and not is_for_development(hashers[0].path)
    ):
        preferred = hashers[1].value.elts[0]
        first = str(constant(preferred)).rpartition(".")[2].lower()
        name = next((n for n in ("argon2", "bcrypt", "scrypt", "pbkdf2", "md5", "sha1") if n in first), "")
        if name:
            ledger.say("password_hashing", hashers[0].text.at(preferred.lineno), name)


def _overridden(project: Project, name: str, module: Module) -> bool:
    """Return whether another settings module gives the switch another value: one that isn't for development, or that turns it off."""
    others = ((m, m.value(name)) for m in project.modules if m is not module and "settings" in m.path)
    return any(
        entry is not None and (not is_for_development(m.path) or constant(entry.value) is False)
        for m, entry in others
    )


def _rest(project: Project, ledger: Ledger) -> None:
    if project.imported("rest_framework") is None:
        return
    found = setting(project, "rest_framework")
    if found is None or not isinstance(found[1].value, ast.Dict):
        return
    module, entry = found
    given = entries(entry.value)
    here = module.text.at(entry.line)
    own = any(
        c.field("permission_classes") and any(b.endswith(("ViewSet", "View")) for b in c.bases)
        for m in project.modules
        for c in m.classes
    )
    for key, fact in (
        ("DEFAULT_PERMISSION_CLASSES", "authorization"), ("DEFAULT_THROTTLE_CLASSES", "rate_limit"), ("DEFAULT_PAGINATION_CLASS", "pagination"),
        ("DEFAULT_VERSIONING_CLASS", "api_version"), ("DEFAULT_FILTER_BACKENDS", "filtering"), ("EXCEPTION_HANDLER", "exception_handler_set"),
        ("DEFAULT_AUTHENTICATION_CLASSES", "authentication"),
    ):  # fmt: skip
        node = given.get(key)
        spread = any(k is None for k in entry.value.keys) if isinstance(entry.value, ast.Dict) else False
        if node is not None and not (isinstance(node, ast.Constant) and node.value is None):
            allow = any("AllowAny" in str(constant(n)) for n in ast.walk(node) if isinstance(n, ast.Constant))
            ledger.say(fact, module.text.at(node.lineno), denied=allow and fact == "authorization")
        elif key == "DEFAULT_PERMISSION_CLASSES" and own:
            continue  # the views name theirs
        elif key in ("DEFAULT_PERMISSION_CLASSES", "DEFAULT_PAGINATION_CLASS") and not spread:
            ledger.say(fact, here, denied=True)


def _views(project: Project, ledger: Ledger) -> None:
    for module in project.modules:
        for function in module.functions:
            for name, _node in function.decorators:
                if name.endswith("csrf_exempt"):
                    ledger.count("csrf_exempt_views", module.text.at(function.line))
                elif name.endswith(
                    ("login_required", "permission_required", "staff_member_required", "user_passes_test")
                ):
                    ledger.say("authentication", module.text.at(function.line))
                elif name.endswith(("ratelimit.decorators.ratelimit", "ratelimit")):
                    ledger.say("rate_limit", module.text.at(function.line))
        for cls in module.classes:
            last = [b.rpartition(".")[2] for b in cls.bases]
            if any(
                b in ("LoginRequiredMixin", "PermissionRequiredMixin", "UserPassesTestMixin") for b in last
            ):
                ledger.say("authentication", module.text.at(cls.line))
            if any(b.endswith(("ModelSerializer", "Serializer")) for b in last):
                ledger.count("serializers", module.text.at(cls.line))
            if (
                cls.name == "Meta"
                and cls.parent is not None
                and any(b.endswith("Serializer") for b in cls.parent.bases)
            ):
                fields = cls.field("fields")
                if fields is not None and constant(fields.value) == "__all__":
                    ledger.count("serializers_of_all_fields", module.text.at(fields.line))
            permission = cls.field("permission_classes")
            if (
                permission is not None
                and permission.value is not None
                and any(b.endswith(("ViewSet", "APIView", "View")) for b in last)
            ):
                open_ = isinstance(permission.value, ast.List | ast.Tuple) and (
                    not permission.value.elts
                    or all(
                        getattr(e, "id", getattr(e, "attr", "")) == "AllowAny" for e in permission.value.elts
                    )
                )
                ledger.count("open_views" if open_ else "guarded_views", module.text.at(permission.line))
            exempt = cls.field("authentication_classes")
            if (
                exempt is not None
                and isinstance(exempt.value, ast.List | ast.Tuple)
                and not exempt.value.elts
            ):
                ledger.count("open_views", module.text.at(exempt.line))
