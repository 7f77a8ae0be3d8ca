"""Facts in sentences: counts, durations, protections and their absence, with the words that say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from buttress.model import FactValue, Status
from buttress.prose.words import HYPOTHETICAL, PLANNED

NUMBERS = {
    w: n
    for n, w in enumerate(
        """
            zero one two three four five six seven eight nine ten eleven twelve
        """.split()
    )
}
_N = r"(\d[\d,]*(?:\.\d+)?|" + "|".join(NUMBERS) + ")"
_DURATION = (
    r"(\d+(?:\.\d+)?|"
    + "|".join(NUMBERS)
    + r")[\s-]*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|days?|weeks?|months?)\b"
)
_SECONDS = {
    "ms": 0.001,
    "millisecond": 0.001,
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "month": 2592000,
}
_INSTANCES = r"(?:replicas?|instances?|nodes?|pods?|copies|tasks?|containers?|processes|brokers|members|virtual machines|VMs)"


@dataclass(frozen=True, slots=True)
class Found:
    """A fact in a sentence at `start` to `end`; it belongs to flows or to components."""

    name: str
    value: FactValue
    status: Status
    start: int
    end: int
    of_flow: bool


def number(text: str) -> float:
    """Return the number that digits or a word say.

    >>> number("1,200"), number("three")
    (1200.0, 3.0)
    """
    return float(NUMBERS[text.lower()]) if text.lower() in NUMBERS else float(text.replace(",", ""))


def seconds(amount: str, unit: str) -> int | float:
    """Return a duration in seconds.

    >>> seconds("500", "ms"), seconds("two", "minutes")
    (0.5, 120)
    """
    word = unit.lower()
    factor = _SECONDS.get(word) or _SECONDS[word.rstrip("s")]
    return _plain(number(amount) * factor)


def _plain(value: float) -> int | float:
    value = round(value, 6)
    return int(value) if value == int(value) else value


def _duration(match: re.Match[str]) -> FactValue:
    groups = [g for g in match.groups() if g]
    return seconds(groups[0], groups[1]) if len(groups) >= 2 else True


def _count(match: re.Match[str]) -> FactValue:
    group = next((g for g in match.groups() if g), None)
    return int(number(group)) if group else True


def _text(match: re.Match[str]) -> FactValue:
    return next((g for g in match.groups() if g), True)


def _yes(_: re.Match[str]) -> FactValue:
    return True


def _percent(match: re.Match[str]) -> FactValue:
    return round(float(match[1]) / 100, 8)


def _rate(match: re.Match[str]) -> FactValue:
    unit = {"s": 1, "second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86400}[
        match[3].lower()
    ]
    scale = {"k": 1e3, "m": 1e6, "million": 1e6, "thousand": 1e3, "billion": 1e9}.get(
        (match[2] or "").lower(), 1
    )
    return _plain(number(match[1]) * scale / unit)


# name, whether it belongs to flows, what says it, how the value is read
_PATTERNS: tuple[tuple[str, bool, str, Callable[[re.Match[str]], FactValue]], ...] = (
    ("timeout", True, rf"time-?outs?\b[^.;]{{0,25}}?\b(?:of|is|to|at|after|=|:)?\s*{_DURATION}|{_DURATION}\s+(?:\w+\s)?time-?out|times? out after\s+{_DURATION}", _duration),
    ("timeout", True, r"\btime-?outs?\b", _yes),
    ("retry", True, rf"\bretr(?:y|ies|ied)\b[^.;]{{0,20}}?{_N}\s+times|{_N}\s+(?:retries|attempts)|retried\s+(?:up to\s+)?{_N}\s+times", _count),
    ("retry", True, r"\bretr(?:y|ies|ied|ying)\b", _yes),
    ("backoff", True, r"\b(exponential|linear|fixed|jittered)\s+back-?off", _text),
    ("circuit_breaker", True, r"\bcircuit[- ]breakers?\b", _yes),
    ("bulkhead", True, r"\bbulkheads?\b", _yes),
    ("fallback", True, r"\bfall(?:s)? ?backs?\b(?! to the (?:old|previous) (?:version|release))", _yes),
    ("idempotent", True, r"\bidempoten(?:t|cy|tly)\b", _yes),
    ("dead_letter_queue", False, r"\bdead[- ]letter(?:s|ing)?(?: queues?| topics?)?\b|\bDLQs?\b", _yes),
    ("outbox", True, r"\boutbox\b", _yes),
    ("encryption_in_transit", True, r"\b(?:over|via|with|using|behind|uses?|speaks?)\s+(?:m?TLS|HTTPS|SSL)\b|\bTLS[- ](?:encrypted|terminat\w+|secured)|\bencrypted in transit\b|\bplain(?:text)? HTTP\b|\bunencrypted\b", _yes),
    ("mutual_tls", True, r"\bm(?:utual )?TLS\b", _yes),
    ("authentication", True, r"\b(?:authenticat(?:ed|es|ion)\b[^.;]{0,30}?\b(?:with|by|via|using|through)\s+(?:an? |the )?(JWTs?|OAuth2?|OIDC|API keys?|tokens?|mTLS|SAML|basic auth)|no authentication|without (?:any )?authentication|unauthenticated)", _text),
    ("encryption_at_rest", False, r"\bencrypted at rest\b|\bencryption at rest\b|\bat-rest encryption\b", _yes),
    ("replicas", False, rf"\b{_N}\s+(?:\w+\s){{0,2}}?{_INSTANCES}\b", _count),
    ("single_instance", False, rf"\b(?:a )?(?:single|only one|just one)\s+(?:\w+\s)?{_INSTANCES}\b|\bsingleton\b|\bnot (?:yet )?replicated\b|\bruns on (?:a single|one) (?:server|machine|host|VM|node)\b", _yes),
    ("autoscaling", False, r"\bauto-?scal(?:es?|ed|ing)\b|\bHPA\b|\bscales? (?:out |up )?automatically\b", _yes),
    ("load_balanced", False, r"\bload[- ]balanced\b", _yes),
    ("multi_zone", False, r"\bmulti-?(?:AZ|zone)\b|\b(?:two|three|several|multiple) availability zones\b|\bacross (?:\w+ )?(?:AZs|availability zones|zones)\b", _yes),
    ("multi_region", False, r"\bmulti-?region\b|\b(?:two|three|several|multiple) regions\b", _yes),
    ("failover", False, r"\bfail(?:s)?[- ]?over\b|\bhot standby\b|\bstandby\b", _yes),
    ("replicated", False, r"\breplicated\b|\bread replicas?\b|\b(?:primary|master)[-/ ](?:replica|slave|standby)\b", _yes),
    ("backup", False, r"\bback(?:ed)?[- ]?ups?\b", _yes),
    ("persistent", False, r"\bpersistent (?:disk|volume|storage)\b|\bpersisted to disk\b", _yes),
    ("stateless", False, r"\bstateless\b", _yes),
    ("rate_limit", False, r"\brate[- ]limit(?:s|ed|ing|er)?\b|\bthrottl(?:es?|ed|ing)\b", _yes),
    ("health_check", False, r"\bhealth[- ]?checks?\b|\b/?healthz?\b|\b(?:liveness|readiness) probes?\b", _yes),
    ("ttl", False, rf"\bTTL\b[^.;]{{0,20}}?{_DURATION}|\bexpires? after\s+{_DURATION}|\bcached for\s+{_DURATION}", _duration),
    ("retention", False, rf"\b(?:kept|retained|stored|retention)\b[^.;]{{0,20}}?{_DURATION}", _duration),
    ("slo", False, r"(\d{2}(?:\.\d+)?)\s?%\s+(?:availability|uptime|SLO|SLA)|(?:availability|uptime|SLO|SLA)[^.;%]{0,25}?(\d{2}(?:\.\d+)?)\s?%", lambda m: round(float(m[1] or m[2]) / 100, 8)),
    ("rate", False, rf"{_N}\s*(k|m|million|thousand|billion)?\s*(?:\w+\s)?(?:requests?|messages?|events?|writes?|reads?|queries|orders|calls)?\s*(?:per|/|a)\s*(second|sec|s|minute|min|hour|day)\b", _rate),
    ("owner", False, r"\b(?:owned|maintained|run|operated) by (?:the )?([A-Z][\w&-]*(?: [A-Z][\w&-]*)*|\w+)(?: team| squad)", _text),
    ("exposed_to_internet", False, r"\b(?:internet|public)[- ]facing\b|\bexposed to the (?:public )?internet\b|\bpublicly (?:reachable|accessible|available)\b|\bfrom the (?:public )?internet\b", _yes),
    ("managed", False, r"\bmanaged (?:service|database|by (?:AWS|Azure|Google|GCP))\b|\bfully managed\b", _yes),
    ("status", False, r"\b(deprecated|legacy|end[- ]of[- ]life|being (?:retired|phased out|replaced))\b", lambda m: "legacy" if m[1].lower() == "legacy" else "deprecated"),
    ("max_connections", False, rf"\bmax(?:imum)?[ _-]connections?\b[^.;]{{0,15}}?{_N}", _count),
    ("secrets_in_plaintext", False, r"\b(?:passwords?|secrets?|credentials?|keys?|tokens?)\b[^.;]{0,40}\b(?:in plain ?text|hard-?coded|committed|checked in(?:to)?|in the (?:git )?repositor)", _yes),
)  # fmt: skip
_COMPILED = tuple(
    (name, of_flow, re.compile(pattern, re.IGNORECASE), value) for name, of_flow, pattern, value in _PATTERNS
)
_NO_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|never|lacks?|lacking|missing|none|nor|neither|cannot|don't have|doesn't have|isn't|aren't|wasn't|disabled?|any|absence of)\b|n't)"
    r"(?:\W+\w+){0,3}\W*$",
    re.IGNORECASE,
)
_NO_AFTER = re.compile(
    r"^\W*(?:is|are|was|were)?\s*(?:not|never|n't|missing|absent|disabled|unset|none|isn't|aren't)\b(?:\W+(?:yet|set|configured|in place|implemented|enabled|used))?",
    re.IGNORECASE,
)
_INHERENT_NO = re.compile(
    r"\bno authentication|without (?:any )?authentication|unauthenticated|unencrypted|plain(?:text)? HTTP",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Found]:
    """Yield the facts in a sentence; nothing from what is planned or merely thought of.

    >>> [(f.name, f.value, f.status) for f in find("It calls pricing with a timeout of 2 seconds and has no retries.")]
    [('timeout', 2, 'stated'), ('retry', None, 'denied')]
    """
    if text.rstrip().endswith("?"):
        return
    doubtful = bool(PLANNED.search(text) or HYPOTHETICAL.search(text))
    seen: set[str] = set()
    for name, of_flow, pattern, value in _COMPILED:
        if name in seen:
            continue
        match = pattern.search(text)
        if match is None:
            continue
        denied = bool(
            _NO_BEFORE.search(text[: match.start()])
            or _NO_AFTER.match(text[match.end() :])
            or _INHERENT_NO.search(match[0])
        )
        if doubtful and not denied:
            continue
        if name == "single_instance" and denied and "not" not in match[0].lower():
            continue
        seen.add(name)
        yield Found(
            name,
            None if denied else value(match),
            "denied" if denied else "stated",
            match.start(),
            match.end(),
            of_flow,
        )


_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("replicas", r"^(?:#\s*)?(?:replicas?|instances?|nodes?|count|number of instances)$"),
        ("owner", r"^(?:owner|owned by|team|owning team|responsible team)$"),
        ("port", r"^ports?$"),
        ("language", r"^language$"),
        ("timeout", r"^time-?out(?: \(s\))?$"),
        ("data_classes", r"^(?:data class(?:es|ification)?|sensitivity)$"),
    )
)


def of_cell(column: str, cell: str) -> tuple[str, FactValue] | None:
    """Return the fact that a cell of a table states, by the head of its column; None when it states none.

    >>> of_cell("Replicas", "3"), of_cell("Owner", "Payments"), of_cell("Purpose", "sells")
    (('replicas', 3), ('owner', 'Payments'), None)
    """
    name = next((n for n, pattern in _COLUMNS if pattern.match(column.strip())), None)
    value = cell.strip()
    if name is None or not value or value in ("-", "–", "n/a", "N/A", "?"):
        return None
    if name == "replicas":
        found = re.match(rf"{_N}\b", value, re.IGNORECASE)
        return (name, int(number(found[1]))) if found and number(found[1]) > 0 else None
    if name == "timeout":
        found = re.match(_DURATION, value, re.IGNORECASE)
        return (name, seconds(found[1], found[2])) if found else None
    if name == "data_classes":
        return name, tuple(sorted({p.strip() for p in re.split(r"[,/;]", value) if p.strip()}))
    return name, value
