"""What is seen of a running service: logs, traces, metrics, errors, profiles."""

from __future__ import annotations

import ast
import re

from buttress.readers.python.found import Ledger
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Module

_JSON_LOGS = (
    "structlog",
    "pythonjsonlogger",
    "json_log_formatter",
    "logstash_formatter",
    "ecs_logging",
    "json_logging",
    "logstash",
    "django_structlog",
    "logfmter",
)
_LIBRARIES = (
    ("tracing", (("opentelemetry", "OpenTelemetry"), ("ddtrace", "Datadog"), ("elasticapm", "Elastic APM"), ("newrelic", "New Relic"), ("jaeger_client", "Jaeger client"), ("aws_xray_sdk", "AWS X-Ray"), ("opencensus", "OpenCensus"), ("logfire", "Logfire"))),
    ("error_tracking", (("sentry_sdk", "Sentry"), ("raven", "Sentry"), ("rollbar", "Rollbar"), ("bugsnag", "Bugsnag"), ("airbrake", "Airbrake"), ("honeybadger", "Honeybadger"))),
    ("metrics", (("prometheus_client", "Prometheus"), ("prometheus_fastapi_instrumentator", "Prometheus"), ("django_prometheus", "Prometheus"), ("prometheus_flask_exporter", "Prometheus"), ("statsd", "StatsD"), ("django_statsd", "StatsD"), ("datadog", "Datadog"), ("opentelemetry.metrics", "OpenTelemetry"), ("starlette_exporter", "Prometheus"))),
    ("profiling", (("cProfile", "cProfile"), ("pyinstrument", "pyinstrument"), ("silk", "django-silk"), ("memray", "memray"), ("pyroscope", "Pyroscope"), ("yappi", "yappi"), ("googlecloudprofiler", "Google Cloud Profiler"))),
    ("apm", (("ddtrace", "Datadog"), ("newrelic", "New Relic"), ("elasticapm", "Elastic APM"), ("scout_apm", "Scout"), ("appsignal", "AppSignal"), ("logfire", "Logfire"))),
)  # fmt: skip
# Agents that start beside the program: declared, and never imported.
_AGENTS = {
    "ddtrace": ("tracing", "Datadog"), "newrelic": ("apm", "New Relic"), "elastic-apm": ("apm", "Elastic APM"), "sentry-sdk": ("error_tracking", "Sentry"),
    "opentelemetry-distro": ("tracing", "OpenTelemetry"), "django-prometheus": ("metrics", "Prometheus"), "django-silk": ("profiling", "django-silk"),
    "python-json-logger": ("structured_logs", ""), "django-auditlog": ("audit_log", ""), "django-simple-history": ("audit_log", ""), "django-easy-audit": ("audit_log", ""),
}  # fmt: skip
_METRIC = re.compile(
    r"^(?:prometheus_client\.(?:Counter|Histogram|Gauge|Summary|Info|Enum)|opentelemetry\.metrics\.get_meter\(\)\.create_\w+|statsd\.StatsClient\(\)\.(?:incr|gauge|timing)|datadog\.statsd\.\w+)$"
)


def detect(project: Project, ledger: Ledger) -> None:
    """Tell what the project logs, measures, traces and reports."""
    for fact, libraries in _LIBRARIES:
        for root, label in libraries:
            if (place := project.imported(root)) is not None and not _is_optional(root, project):
                ledger.say(fact, place[0].text.at(place[1]), label)
    for name, (fact, label) in _AGENTS.items():
        if (declared := project.packages.main(name)) is not None and not ledger.has(fact):
            ledger.say(fact, declared.text.at(declared.line, "config"), label or True)
    for call in project.calls:
        if _METRIC.match(call.name):
            ledger.count("own_metrics", call.evidence(), role=ledger.role_of(call))
        elif call.name == "sentry_sdk.init":
            for key, fact in (("profiles_sample_rate", "profiling"), ("traces_sample_rate", "tracing")):
                node = call.keyword(key)
                if node is not None and constant(node) != 0:
                    ledger.say(fact, call.module.text.at(node.lineno), "Sentry")
        elif call.name == "contextvars.ContextVar":
            ledger.count("context_variables", call.evidence(), role=ledger.role_of(call))
    _logs(project, ledger)


def _is_optional(root: str, project: Project) -> bool:
    """Return whether a library is only an extra, or nothing that the project declares."""
    names = {
        root.replace("_", "-"),
        *{"sentry_sdk": ("sentry-sdk",), "opentelemetry": ("opentelemetry-api", "opentelemetry-sdk")}.get(
            root, ()
        ),
    }
    declared = [
        d
        for d in project.packages.declared
        if d.name in names or (root == "opentelemetry" and d.name.startswith("opentelemetry"))
    ]
    return bool(declared) and all(d.group for d in declared)


def _logs(project: Project, ledger: Ledger) -> None:
    place = project.imported(*_JSON_LOGS)
    if place is not None:
        ledger.say("structured_logs", place[0].text.at(place[1]))
    loggers = next((m for m in project.modules if any(i.name == "logging" for i in m.imports)), None)
    if (guru := project.imported("loguru")) is not None:
        ledger.say("logging", guru[0].text.at(guru[1]), "loguru")
        serialized = next(
            (
                c
                for c in project.calls
                if c.name.startswith("loguru.") and constant(c.keyword("serialize")) is True
            ),
            None,
        )
        if serialized is not None:
            ledger.say("structured_logs", serialized.evidence())
    configured = _configured(project)
    if configured is not None:
        module, line, node = configured
        here = module.text.at(line)
        ledger.say("logging", here, "configured")
        if not ledger.has("structured_logs"):
            json = node is not None and any(
                isinstance(c := constant(n), str) and "json" in c.lower() for n in ast.walk(node)
            )
            if json:
                ledger.say("structured_logs", here)
            elif node is not None and project.packages.any("structlog", "python-json-logger") is None:
                ledger.say("structured_logs", here, denied=True)
    elif loggers is not None and not ledger.has("logging"):
        line = next(i.line for i in loggers.imports if i.name == "logging")
        ledger.say("logging", loggers.text.at(line))
    for module in project.modules:
        if re.search(
            r"(?:^|[./_])(?:cli|__main__|commands?|console|main_cli|entrypoints?|terminal|shell)(?:[./_]|$)",
            module.name,
        ):
            continue
        for spot in module.spots:
            if (
                spot.sort == "print"
                and spot.function is not None
                and not _is_command(module, spot.function.name)
            ):
                ledger.count("prints", module.text.at(spot.line), role=ledger.role_of(spot))


def _is_command(module: Module, function: str) -> bool:
    return function in ("main", "__repr__", "__str__") or any(
        i.name.partition(".")[0] in ("click", "typer", "argparse") for i in module.imports
    )


def _configured(project: Project) -> tuple[Module, int, ast.AST | None] | None:
    """Return where logging is set up: the dictionary of it, or the call that says how a line looks."""
    found = project.settings.get("logging") or project.settings.get("logging_config")
    if found is not None and isinstance(found[1].value, ast.Dict) and found[1].value.keys:
        return found[0], found[1].line, found[1].value
    for call in project.called("logging.config.dictConfig"):
        given = call.argument(0, "config")
        node: ast.AST | None = given if isinstance(given, ast.Dict) else None
        if isinstance(given, ast.Name) and (entry := call.module.value(given.id)) is not None:
            node = entry.value
        return call.module, call.line, node
    for call in project.called("logging.basicConfig"):
        if "__main__" not in call.within:
            return (
                call.module,
                call.line,
                call.node if call.keyword("format") is not None or not call.node.keywords else None,
            )
    return None
