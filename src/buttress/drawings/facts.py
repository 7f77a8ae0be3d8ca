"""Facts written into labels: `timeout=2s, no retry, replicas=3`, and plain forms such as `2 pods`."""

from __future__ import annotations

import re
from typing import Literal

from buttress.model import Evidence, Fact, FactValue, Status
from buttress.vocabulary import load

Owner = Literal["component", "flow"]
MAX_NUMBER = 1e15

_ALIASES = {
    "auth": "authentication", "authn": "authentication", "authenticated": "authentication",
    "authz": "authorization", "authorized": "authorization", "tls": "encryption_in_transit",
    "ssl": "encryption_in_transit", "encrypted": "encryption_in_transit",
    "encryption": "encryption_in_transit", "breaker": "circuit_breaker", "cb": "circuit_breaker",
    "dlq": "dead_letter_queue", "dead_letter": "dead_letter_queue", "retries": "retry",
    "ratelimit": "rate_limit", "rate_limiting": "rate_limit", "rate_limited": "rate_limit",
    "throttling": "rate_limit", "idempotency": "idempotent", "idempotency_key": "idempotent",
    "ack": "acknowledgement", "acks": "acknowledgement", "instances": "replicas", "pods": "replicas",
    "replica": "replicas", "single": "single_instance", "healthcheck": "health_check",
    "health": "health_check", "health_checks": "health_check", "healthz": "health_check",
    "readiness_probe": "readiness", "liveness": "liveness_probe", "autoscale": "autoscaling",
    "autoscaled": "autoscaling", "hpa": "autoscaling", "limits": "resource_limits",
    "pool": "connection_pool", "backups": "backup", "persisted": "persistent",
    "volume": "persistent_volume", "mtls": "mutual_tls", "public": "exposed_to_internet",
    "internet_facing": "exposed_to_internet", "logs": "logging", "traces": "tracing", "traced": "tracing",
    "alerts": "alerting", "data": "data_classes", "data_class": "data_classes", "multi_az": "multi_zone",
    "az": "zone", "load_balancing": "load_balanced", "availability_slo": "slo",
    "poll_interval": "polling_interval", "encrypted_at_rest": "encryption_at_rest",
    "discovery": "service_discovery", "plaintext_secrets": "secrets_in_plaintext",
}  # fmt: skip

# Words that are as likely a name, a purpose or a description: they count with a value or a "no" only.
_NEED_VALUE = frozenset({
    "health", "pool", "volume", "single", "az", "replica", "pods", "instances", "limits", "public", "cb",
    "encryption", "discovery", "data", "image", "version", "url", "port", "owner", "region", "zone",
    "language", "framework", "schedule", "payload", "environment", "responsibility", "profile", "rate",
    "latency",
})  # fmt: skip

# Facts with a value of their own that may also be said without it.
_BARE = frozenset({
    "timeout", "retry", "backoff", "fallback", "rate_limit", "pod_disruption_budget", "resource_limits",
    "connection_pool", "queue_length_limit", "password_hashing", "backup",
})  # fmt: skip

_ASSIGNED = re.compile(r"([A-Za-z][\w -]*?)\s*[=:]\s*(\S.*)")
_DENIED = re.compile(r"(?:no|without|not|missing|lacks)\s+([A-Za-z][\w -]*)", re.IGNORECASE)
_WITH = re.compile(r"with\s+", re.IGNORECASE)
_VALUE_AFTER = re.compile(r"([A-Za-z][A-Za-z_ -]*?)\s+(?:of\s+|after\s+|x\s*)?(\d[\w./]*)")
_VALUE_BEFORE = re.compile(r"(?:x\s*)?(\d[\w./]*)\s*[x×]?\s+([A-Za-z][A-Za-z_ -]*)")
_TIMES = re.compile(r"(?:[x×]\s*(\d{1,4})|(\d{1,4})\s*[x×])")
_QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?)\s*([a-zA-Zµ%]*)")
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmM]?)\s*(?:\w*\s*(?:/|per\s+)\s*([a-z]+)|(rps|qps|tps|rpm))?")
_SECONDS = {
    "ms": 0.001, "msec": 0.001, "millis": 0.001, "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600, "hr": 3600, "hour": 3600,
    "hours": 3600, "d": 86400, "day": 86400, "days": 86400, "w": 604800, "week": 604800, "weeks": 604800,
    "us": 0.000001, "µs": 0.000001,
}  # fmt: skip
_NO = frozenset({"no", "none", "false", "off", "never", "disabled", "missing"})
_YES = frozenset({"yes", "true", "on", "enabled", ""})
_COUNTS = frozenset({"replicas", "instances", "pods", "replica", "pod", "instance", "nodes", "copies"})
_STATUS = re.compile(
    r"\b(planned|future|proposed|upcoming|not yet (?:built|live|there)|legacy|deprecated|obsolete|sunset"
    r"|to be removed"
    r"|experimental)\b",
    re.IGNORECASE,
)
_STATUS_VALUES = {"legacy": "legacy", "deprecated": "legacy", "obsolete": "legacy", "sunset": "legacy",
                  "to be removed": "legacy", "experimental": "experimental"}  # fmt: skip


def facts_of(piece: str, evidence: Evidence, *, owner: Owner, alone: bool = False) -> tuple[Fact, ...]:
    """Return the facts that a piece of a label states of its owner, none when it is something else.

    `alone` says that the label says nothing else: then a word such as `authentication` is rather its purpose.

    >>> here = Evidence("a.mmd", 1, 1, "…")
    >>> [(f.name, f.value, f.status) for f in facts_of("timeout=250ms", here, owner="flow")]
    [('timeout', 0.25, 'stated')]
    >>> [(f.name, f.value, f.status) for f in facts_of("no retry", here, owner="flow")]
    [('retry', None, 'denied')]
    """
    return tuple(f for f in _stated(piece, evidence, alone) if owner in load().facts[f.name].domain)


def _stated(piece: str, evidence: Evidence, alone: bool) -> tuple[Fact, ...]:
    text = _WITH.sub("", piece.strip().strip("()[]").strip(), count=1)
    denied = _DENIED.fullmatch(text)
    if denied:
        name = fact_name(denied.group(1))
        return (Fact(name, None, "denied", (evidence,)),) if name else ()
    assigned = _ASSIGNED.fullmatch(text)
    if assigned:
        name = fact_name(assigned.group(1))
        value = assigned.group(2).strip().strip("\"'")
        return _fact(name, value, evidence) if name and (name != "status" or not value[:1].isdigit()) else ()
    for pattern, name_group, value_group in ((_VALUE_AFTER, 1, 2), (_VALUE_BEFORE, 2, 1)):
        found = pattern.fullmatch(text)
        name = fact_name(found.group(name_group)) if found else None
        if found and name and _type(name) not in ("text", "list", "boolean"):
            return _fact(name, found.group(value_group), evidence)
        if (
            found
            and found.group(name_group).strip().lower() in _COUNTS
            and found.group(value_group).isdigit()
        ):
            return _fact("replicas", found.group(value_group), evidence)
    times = _TIMES.fullmatch(text)
    if times:
        return _fact("replicas", times.group(1) or times.group(2), evidence)
    name = fact_name(text)
    if (
        name is None
        or _key(text) in _NEED_VALUE
        or (alone and _type(name) != "boolean" and name not in _BARE)
    ):
        return ()
    return _fact(name, "", evidence)


def status_of(text: str, evidence: Evidence) -> tuple[Fact, ...]:
    """Return the fact that a thing is planned, legacy or experimental when its label says so.

    >>> status_of("Billing (planned)", Evidence("a.mmd", 1, 1, "…"))[0].value
    'planned'
    """
    found = _STATUS.search(text)
    if not found:
        return ()
    return (Fact("status", _STATUS_VALUES.get(found.group(1).lower(), "planned"), "stated", (evidence,)),)


def fact_name(text: str) -> str | None:
    """Return the name of the fact that a word or phrase stands for.

    >>> fact_name("Circuit breaker"), fact_name("dlq"), fact_name("orders")
    ('circuit_breaker', 'dead_letter_queue', None)
    """
    key = _key(text)
    for candidate in (key, key.removesuffix("s")):
        name = _ALIASES.get(candidate, candidate)
        if name in load().facts:
            return name
    return None


def _type(name: str) -> str:
    return load().facts[name].type


def _key(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def _fact(name: str, raw: str, evidence: Evidence) -> tuple[Fact, ...]:
    word = raw.lower()
    if word in _NO:
        return (Fact(name, None, "denied", (evidence,)),)
    if word in _YES:
        facts = [Fact(name, True, "stated", (evidence,))]
    else:
        value = _value(name, raw)
        if value is None:
            return ()
        status: Status = (
            "denied"
            if value == 0 and _type(name) in ("integer", "duration_s") and name == "retry"
            else "stated"
        )
        facts = [Fact(name, None if status == "denied" else value, status, (evidence,))]
    if word in ("mtls", "mutual tls") or name == "mutual_tls":
        for implied in ("mutual_tls", "encryption_in_transit"):
            if implied != name:
                facts.append(Fact(implied, True, "stated", (evidence,)))
    return tuple(facts)


def _value(name: str, raw: str) -> FactValue:
    """Return the value in the unit of the fact, None when the text is no such value."""
    type_ = _type(name)
    if type_ == "text":
        return raw
    if type_ == "list":
        return tuple(sorted({part.strip() for part in re.split(r"[+/;]| and ", raw) if part.strip()}))
    if type_ == "boolean":
        return True
    if name in ("rate_limit", "rate"):
        return _per_second(raw)
    found = _QUANTITY.match(raw)
    if not found:
        return None
    number, unit = float(found.group(1)), found.group(2).lower()
    if number > MAX_NUMBER:
        return None
    if type_ == "duration_s":
        factor = _SECONDS.get(unit or "s")
        return None if factor is None else _plain(number * factor)
    if type_ == "integer":
        return int(number)
    return _plain(number / 100 if unit == "%" else number)


def _per_second(raw: str) -> FactValue:
    found = _RATE.match(raw.strip())
    if not found:
        return None
    number = float(found.group(1)) * {"k": 1e3, "m": 1e6}.get(found.group(2).lower(), 1)
    if number > MAX_NUMBER:
        return None
    unit = (found.group(3) or ("min" if found.group(4) == "rpm" else "s")).lower()
    return _plain(number / _SECONDS.get(unit, 1))


def _plain(number: float) -> int | float:
    number = round(number, 9)
    return int(number) if number == int(number) else number
