"""What the operations of a contract show: which review topics they treat, and facts of the service behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buttress.evidence.lines import Node as Value
from buttress.model import Evidence, Fact, Stance

MAX_OPERATIONS = 5000
MAX_EVIDENCE = 4
VERBS = frozenset(("get", "put", "post", "delete", "patch", "head", "options", "trace"))
_PAGES = re.compile(
    r"(?:page(?:[_-]?(?:size|token|number|no|limit|index))?|per[_-]?page|limit|offset|cursor|next[_-]?token|continuation[_-]?token"
    r"|starting[_-]?after|start[_-]?after|after|before|skip|\$?top|\$skip|max[_-]?results|page\[\w+\])$",
    re.IGNORECASE,
)
_IDEMPOTENCY = re.compile(r"(?:x-)?idempotency[_-]?(?:key|token)|x-request-token", re.IGNORECASE)
_CORRELATION = re.compile(
    r"x-(?:request|correlation|trace)-id|correlation-?id|traceparent|x-b3-traceid", re.IGNORECASE
)
_LIMITS = re.compile(r"(?:x-)?rate-?limit(?:-\w+)*|retry-after|x-ratelimit(?:-\w+)*", re.IGNORECASE)
_DEPRECATED = re.compile(r"sunset|deprecation", re.IGNORECASE)
_MORE = re.compile(r"link|x-(?:total(?:-count)?|next-page|next-cursor|page|per-page)", re.IGNORECASE)
_CONDITIONS = re.compile(r"if-(?:none-)?match|if-(?:un)?modified-since|etag", re.IGNORECASE)
_HEALTH = re.compile(
    r"/(?:\w+/)?(?:health|healthz|healthcheck|health-check|livez?|readyz?|readiness|liveness|ping|_status|status/health)(?:/\w+)?/?$"
)
_VERSIONED = re.compile(r"(?:^|/)v\d+(?:\.\d+)?(?:/|$)|[?&]api-version=", re.IGNORECASE)
_VERSION_HEADER = re.compile(r"(?:x-)?(?:api|accept)-version|api-version", re.IGNORECASE)


class _Shown:
    """The evidence of each thing that is looked for, in the order of the contract."""

    def __init__(self) -> None:
        self.found: dict[str, list[Value]] = {}

    def add(self, what: str, place: Value | None) -> None:
        if place is not None:
            self.found.setdefault(what, []).append(place)

    def evidence(self, what: str) -> tuple[Evidence, ...]:
        out = (v.evidence() for v in self.found.get(what, [])[:MAX_EVIDENCE])
        return tuple(dict.fromkeys(Evidence(e.source, e.line, e.end_line, e.quote, "code") for e in out))


def stances_of(root: Value) -> list[Stance]:
    """Return what a contract shows about review topics, each with the lines that show it."""
    shown = _shown(root)
    out = [Stance("service-contracts", "addressed", shown.evidence("contract"))]
    for what, topic in (
        ("version", "api-versioning"), ("pages", "pagination"), ("limits", "rate-limiting"), ("idempotency", "idempotency"),
        ("errors", "error-handling"), ("conditions", "conditional-requests"), ("deprecated", "api-stability"), ("webhooks", "webhooks"),
        ("correlation", "correlation-id"), ("health", "health-checks"), ("security", "authentication"),
    ):  # fmt: skip
        if evidence := shown.evidence(what):
            out.append(Stance(topic, "addressed", evidence))
    if not shown.found.get("pages") and (evidence := shown.evidence("lists")):
        out.append(Stance("pagination", "missing", evidence))
    return out


def facts_of(root: Value) -> list[Fact]:
    """Return the facts of the service that its operations show."""
    shown = _shown(root)
    names = (("limits", "rate_limit"), ("correlation", "correlation_id"), ("health", "health_check"))
    return [
        Fact(name, True, "stated", evidence) for what, name in names if (evidence := shown.evidence(what))
    ]


def _shown(root: Value) -> _Shown:
    shown = _Shown()
    shown.add("contract", root.get("openapi") or root.get("swagger"))
    for server in root.list("servers"):
        if _VERSIONED.search(filled(server).partition("://")[2] or filled(server)):
            shown.add("version", server.get("url"))
    if _VERSIONED.search(root.text("basePath")):
        shown.add("version", root.get("basePath"))
    for _, scheme in [*root.items("components", "securitySchemes"), *root.items("securityDefinitions")]:
        shown.add("security", scheme)
    for _, hook in root.items("webhooks"):
        shown.add("webhooks", hook)
    for count, (path, verb, operation, item) in enumerate(_operations(root)):
        if count >= MAX_OPERATIONS:
            break
        if _VERSIONED.search(path):
            shown.add("version", item)
        if _HEALTH.search(path) and verb == "get":
            shown.add("health", item)
        flag = operation.get("deprecated")
        if flag is not None and flag.value is True:
            shown.add("deprecated", flag)
        for _, callback in operation.items("callbacks"):
            shown.add("webhooks", callback)
        paged = _parameters(root, [*item.list("parameters"), *operation.list("parameters")], shown)
        listed = _responses(root, operation, shown)
        if verb == "get" and listed is not None and not paged:
            shown.add("lists", listed)
    return shown


def _operations(root: Value) -> Iterator[tuple[str, str, Value, Value]]:
    for path, item in root.items("paths"):
        for verb, operation in item.items():
            if verb in VERBS:
                yield path, verb, operation, item


def _resolved(root: Value, value: Value) -> Value:
    """Return what a reference within the contract means, else the value itself."""
    reference = value.text("$ref")
    if not reference.startswith("#/"):
        return value
    return root.get(*(p.replace("~1", "/").replace("~0", "~") for p in reference[2:].split("/")[:8])) or value


def _parameters(root: Value, parameters: list[Value], shown: _Shown) -> bool:
    paged = False
    for parameter in parameters[:200]:
        meant = _resolved(root, parameter)
        name, place = meant.text("name"), meant.get("name") or parameter
        if meant.text("in") == "query" and _PAGES.match(name):
            shown.add("pages", place)
            paged = True
        for pattern, what in (
            (_IDEMPOTENCY, "idempotency"),
            (_CORRELATION, "correlation"),
            (_CONDITIONS, "conditions"),
            (_VERSION_HEADER, "version"),
        ):
            if pattern.fullmatch(name):
                shown.add(what, place)
    return paged


def _responses(root: Value, operation: Value, shown: _Shown) -> Value | None:
    """Note what the responses show; return where a response is a bare list."""
    listed = None
    for status, response in [*operation.items("responses")][:60]:
        meant = _resolved(root, response)
        if status == "429":
            shown.add("limits", response)
        if (status[:1] in ("4", "5") or status == "default") and (
            meant.get("content") is not None or meant.get("schema") is not None
        ):
            shown.add("errors", response)
        for name, header in meant.items("headers"):
            for pattern, what in (
                (_LIMITS, "limits"),
                (_CORRELATION, "correlation"),
                (_CONDITIONS, "conditions"),
                (_DEPRECATED, "deprecated"),
            ):
                if pattern.fullmatch(name) and (what != "limits" or name.lower() != "retry-after"):
                    shown.add(what, header)
        if status[:1] == "2":
            given = [meant.get("schema"), *(c.get("schema") for _, c in meant.items("content"))]
            schemas = [_resolved(root, s) for s in given if s is not None]
            array = next((s.get("type") for s in schemas if s.text("type") == "array"), None)
            more = next((header for name, header in meant.items("headers") if _MORE.fullmatch(name)), None)
            if array is not None and more is not None:
                shown.add("pages", more)
            elif array is not None:
                listed = array
    return listed


def filled(server: Value) -> str:
    r"""Return the address of a server with the defaults of its variables, without a scheme that is one of several.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> root = documents(Source("a.yaml", 'url: "https://x.org/{v}"\nvariables: {v: {default: v2}}'))[0][0]
    >>> filled(root)
    'https://x.org/v2'
    """
    url = server.text("url")
    url = url.partition("://")[2] if url.startswith("{") and "}://" in url else url
    for name, variable in [*server.items("variables")][:20]:
        url = url.replace("{" + name + "}", variable.text("default"))
    return url[:2000]
