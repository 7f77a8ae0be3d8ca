"""Columns of tables: which facts their heads promise, and how their cells say them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buttress.model import FactValue, Status
from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.facts import find
from buttress.prose.facts.quantities import NUMBER, duration_in, number, rate_in
from buttress.vocabulary import load

Said = tuple[str, FactValue, Status]

_HEADS: tuple[tuple[str, Caseless], ...] = tuple(
    (name, Caseless(rf"^(?:{pattern})$"))
    for name, pattern in (
        ("timeout", r"(?:request |call |client |read )?time-?outs?(?: \(\w+\))?"),
        ("retry", r"(?:max\.? )?(?:retries|retry|attempts|max attempts|retry count|retry policy)"),
        ("backoff", r"back-?off"),
        ("circuit_breaker", r"(?:circuit[- ]?)?breakers?"),
        ("bulkhead", r"bulkheads?"),
        ("fallback", r"fall-?backs?"),
        ("idempotent", r"idempoten(?:t|ce|cy)\??"),
        ("rate_limit", r"rate[- ]?limit(?:s|ing)?"),
        ("authentication", r"auth|authn|authentication|auth method|authenticated(?: by| with)?"),
        ("authorization", r"authz|authori[sz]ation"),
        ("encryption_in_transit", r"encryption|encrypted\??|tls|encryption in transit|encrypted in transit\??|transport security"),
        ("encryption_at_rest", r"encryption at rest|encrypted at rest\??|at rest"),
        ("dead_letter_queue", r"dlq|dead[- ]letter(?: queue| topic)?s?\??"),
        ("replicas", r"(?:#\s*)?(?:replicas?|instances?|pods|no\. of instances|number of (?:instances|"
                     r"replicas|pods)|instance count)(?: \(prod\w*\))?"),
        ("owner", r"owners?|owned by|team|owning team|responsible team|maintainers?"),
        ("port", r"ports?"),
        ("language", r"languages?|written in"),
        ("data_classes", r"data class(?:es|ification)?|sensitivity|sensitive data"),
        ("ttl", r"ttl(?: \(\w+\))?|expir(?:y|es|ation)"),
        ("backup", r"back-?ups?\??"),
        ("slo", r"slo|availability(?: target| slo)?|uptime"),
        ("rate", r"(?:peak |max\.? |average )?(?:rate|load|traffic|throughput|rps|qps|tps|requests)(?: \([^)]*\)|/s| per \w+)?(?: at peak)?"),
        ("health_check", r"health[- ]?checks?\??|liveness"),
        ("stateless", r"stateless\??"),
        ("autoscaling", r"auto-?scal(?:ing|ed)\??|hpa"),
        ("exposed_to_internet", r"public\??|internet[- ]facing\??|exposed(?: to the internet)?\??"),
        ("status", r"status|lifecycle|state"),
        ("region", r"regions?"),
        ("retention", r"retention(?: period)?"),
        ("remarks", r"remarks?|notes?|comments?|resilience|failure handling|on failure|behaviou?r|polic(?:y|ies)"),
    )
)  # fmt: skip
_YES = Caseless(r"\W*(?:yes|y|true|on|enabled|always|✓|✔|✅|☑)\W*$|^[✓✔✅☑]")
_NO = Caseless(r"^\W*(?:no|none|false|off|disabled|never|not set|unset|missing)\b|^[✗✘❌☒×]")
_DASH = re.compile(r"^[-–—]+$")
_UNKNOWN = Caseless(r"^(?:|n/?a|\?+|tbd|tba|unknown|todo|varies|various|see .*)$")
_DASH_DENIES = frozenset(("timeout", "retry", "circuit_breaker", "fallback", "backoff"))
_BOOLEAN = frozenset(
    ("circuit_breaker", "bulkhead", "idempotent", "encryption_in_transit", "encryption_at_rest", "dead_letter_queue", "health_check",
     "stateless", "autoscaling", "exposed_to_internet", "fallback", "backup")
)  # fmt: skip
_STATUS = Caseless(r"\b(planned|proposed|future|legacy|deprecated|end of life|retired|experimental|beta)\b")
_STATUSES = {
    "proposed": "planned",
    "future": "planned",
    "end of life": "deprecated",
    "retired": "deprecated",
    "beta": "experimental",
}
_DATA = {
    "personal": "personal", "pii": "personal", "personal data": "personal", "payment": "payment", "pci": "payment", "card data": "payment",
    "credential": "credential", "credentials": "credential", "secret": "credential", "health": "health", "phi": "health", "medical": "health",
}  # fmt: skip


def head_of(column: str) -> str | None:
    """Return the fact that the head of a column promises, `remarks` for free text about it, None for anything else.

    >>> head_of("Timeout (ms)"), head_of("Owning team"), head_of("Remarks"), head_of("Purpose")
    ('timeout', 'owner', 'remarks', None)
    """
    return next((name for name, pattern in _HEADS if pattern.match(column.strip().strip("*`"))), None)


def of_cell(column: str, cell: str, *, flow: bool = False) -> Iterator[Said]:
    """Yield the facts that a cell states or denies; `flow` says that the row is about a flow, where a dash is a "none".

    >>> list(of_cell("Replicas", "3")), list(of_cell("Retries", "0")), list(of_cell("Timeout", "none", flow=True))
    ([('replicas', 3, 'stated')], [('retry', None, 'denied')], [('timeout', None, 'denied')])
    >>> list(of_cell("Remarks", "circuit breaker, no retries"))
    [('retry', None, 'denied'), ('circuit_breaker', True, 'stated')]
    """
    name, value = head_of(column), cell.strip().strip("*`")
    if name is None or _UNKNOWN.match(value):
        return
    if name == "remarks":
        yield from _remarks(value)
        return
    if _DASH.match(value):
        if flow and name in _DASH_DENIES:
            yield name, None, "denied"
        return
    if _NO.match(value) or (name == "retry" and re.match(r"0\b", value)):
        if name not in ("owner", "language", "port", "status", "region", "rate", "replicas", "data_classes"):
            yield name, None, "denied"
        return
    yield from _stated(name, column, value)


def _remarks(value: str) -> Iterator[Said]:
    seen: set[str] = set()
    for found in find(value, remark=True):
        if found.name not in seen:
            seen.add(found.name)
            yield found.name, found.value, found.status


def _stated(name: str, column: str, value: str) -> Iterator[Said]:
    if _YES.match(value) and name in (
        *_BOOLEAN,
        "authentication",
        "authorization",
        "retry",
        "timeout",
        "rate_limit",
    ):
        yield name, True, "stated"
        return
    if name in ("timeout", "ttl", "retention"):
        unit = caseless(r"\((ms|s|secs?|seconds|min|minutes|h|hours|days)\)").search(column)
        told = duration_in(value, unit[1] if unit else "")
        if told is not None and told > 0:
            yield name, told, "stated"
    elif name == "retry":
        found = caseless(rf"{NUMBER}\s*(?:x|×|times|retries|attempts|$|[,;(]|with)").match(value)
        if found:
            yield name, int(number(found[1])), "stated"
        yield from (s for s in _remarks(value) if s[0] == "backoff")
    elif name == "backoff":
        yield name, value, "stated"
    elif name == "replicas":
        yield from _counts(value)
    elif name == "rate_limit":
        told = rate_in(value)
        if told is not None:
            yield name, told, "stated"
    elif name == "rate":
        told = rate_in(value)
        per = caseless(r"\b(?:[rqt]ps)\b|/\s?s\b|per second").search(column)
        bare = re.fullmatch(r"[~≈]?\s*([\d,]+(?:\.\d+)?)", value)
        if told is None and per and bare:
            told = float(bare[1].replace(",", ""))
        if told is not None:
            yield name, told, "stated"
    elif name == "slo":
        share = re.search(r"(\d{2}(?:\.\d+)?)\s?%", value)
        if share:
            yield name, round(float(share[1]) / 100, 8), "stated"
    elif name == "status":
        status = _STATUS.search(value)
        if status:
            yield name, _STATUSES.get(status[1].lower(), status[1].lower()), "stated"
    elif name == "data_classes":
        sorts = {
            _DATA[p] for p in (x.strip().lower() for x in re.split(r"[,/;+]| and ", value)) if p in _DATA
        }
        if sorts:
            yield name, tuple(sorted(sorts)), "stated"
    elif name == "port":
        if re.fullmatch(r"\d{2,5}", value):
            yield name, int(value), "stated"
    elif name == "encryption_in_transit":
        if caseless(r"\b(?:m?TLS|SSL|HTTPS|encrypted)\b").search(value):
            yield name, True, "stated"
    elif name in ("authentication", "authorization", "owner", "language", "region"):
        value = _without_products(value) if name == "language" else value
        known = load().technology(value) if name == "language" else None
        if len(value.split()) <= 6 and (known is None or known.kind not in STORES | MESSAGING):
            yield name, value, "stated"
    elif name in _BOOLEAN and len(value.split()) <= 8:
        yield name, True, "stated"


def _without_products(value: str) -> str:
    """Return the languages of a cell such as "Python/Locust", without what is written in them."""
    languages = [p for p in value.split("/") if load().technology(p.strip()) is None]
    return "/".join(languages).strip() or value


def _counts(value: str) -> Iterator[Said]:
    span = caseless(rf"{NUMBER}\s*(?:-|–|to|…|\.\.\.?)\s*(\d+)\b").match(value)
    if span:
        yield "min_replicas", int(number(span[1])), "stated"
        yield "max_replicas", int(span[2]), "stated"
        return
    found = caseless(rf"{NUMBER}\b(?!\s*[%,/\w])").match(value) or caseless(
        rf"{NUMBER}\s(?:replicas?|instances?|pods?|nodes?)\b"
    ).match(value)
    others = re.findall(r"\d+", value)
    if found and len(others) <= 1 and number(found[1]) > 0:
        yield "replicas", int(number(found[1])), "stated"
