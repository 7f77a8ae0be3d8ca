"""What says a fact in running text: the thing, and the turns of phrase that state it rather than name it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from buttress.model import FactValue
from buttress.prose.caseless import Hit
from buttress.prose.facts.quantities import (
    COUNT,
    DURATION,
    RATE,
    first_count,
    first_duration,
    number,
    per_second,
)

NOTHING = r"(?!)"  # the thing of a fact that no single word names
Value = Callable[[Hit], FactValue]
_A = r"(?:an?\s|the\s|its\s|their\s|our\s|own\s|this\s|same\s)*"
_TWO = r"(?:[\w-]+,?\s(?:and\s)?){0,2}?"
_HAS = (
    r"\b(?:has|have|with|uses?|using|gets?|sets?|applies|apply|enforces?|implements?|"
    r"provides?|offers?|performs?|configured with|behind|through|via|by|under)\s"
)
_IS = r"\b(?:is|are|be|being|gets?|get)\s(?:\w+ly\s|all\s|also\s|always\s|both\s|by\s\w+\s)?"
INSTANCES = r"(?:replicas?|instances?|pods?|nodes?|tasks?|containers?|process(?:es)?|brokers?|members|virtual machines?|VMs?)"
_RUN = (
    r"(?:\b(?:runs?|running|run|has|have|with|as|on|deployed|keeps?|kept|consists? of|"
    r"comprises?|is|are|operates?|needs?)\s(?:(?:as|in|on|with|of|at|to|a\s\w+|"
    r"a|an|the|by)\s){0,2}(?:[\w-]*\s?(?:cluster|set|pool|group|quorum|ring) (?:of|"
    r"with) )?(?:always |currently |exactly |fixed at )?|(?<=[(,;:])\s?|^\W*)"
)
_AUTH = (
    r"(JWTs?|OAuth ?2?(?:\.0)?|OIDC|OpenID Connect|API[- ]keys?|(?:bearer |access |signed )?tokens?|mTLS|mutual TLS|client certificates?|"
    r"client credentials|SAML|basic auth\w*|HMAC(?: signatures?)?|IAM(?: roles?)?|session cookies?|LDAP|Kerberos)\b"
)
_ZONES = r"(?:availability[- ]zones?|AZs?|zones)\b"
_MANY = r"(?:all|both|two|three|four|several|multiple|different|many|[2-9])\s"


def yes(_: Hit) -> FactValue:
    """Return True: it is there, no more is said."""
    return True


def text(match: Hit) -> FactValue:
    """Return the words that a pattern caught, True when it caught none."""
    return next((g.strip() for g in match.groups() if g), True)


def _share(match: Hit) -> FactValue:
    return round(float(next(g for g in match.groups() if g)) / 100, 8)


def _rate(match: Hit) -> FactValue:
    first = next(n for n, words in enumerate(match.groups(), 1) if words)  # of the alternative that matched
    return per_second(match[first], match[first + 1], match[first + 2])


def _with_primary(match: Hit) -> FactValue:
    return 1 + int(number(match[1]))


def _when(match: Hit) -> FactValue:
    word = next(g for g in match.groups() if g).lower()
    return {"late": "after", "once": "after", "when": "after", "early": "before"}.get(word, word)


def _legacy(match: Hit) -> FactValue:
    return "legacy" if "legacy" in match[0].lower() else "deprecated"


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a fact is said: `thing` names it, a frame states it; in a label or remark the bare thing may do (`alone`)."""

    name: str
    thing: str
    frames: tuple[tuple[str, Value], ...]
    alone: bool = True
    absent: str | None = None  # words that deny it by themselves: "plain HTTP"

    def parts(self) -> tuple[str, ...]:
        """Return what may be looked for in a text."""
        parts = (self.absent, self.thing, *(frame for frame, _ in self.frames))
        return tuple(p for p in parts if p is not None and p != NOTHING)


def _pattern(
    name: str, thing: str, *frames: tuple[str, Value], alone: bool = True, absent: str | None = None
) -> Pattern:
    return Pattern(name, thing, frames, alone, absent)


_TIMEOUT = r"(?<!session )(?<!idle )(?<!visibility )(?<!lock )(?<!lease )(?<!cache )(?<!login )(?<!shutdown )(?<!build )\btime-?outs?\b"
_DLQ = r"(?:dead[- ]letter(?:ing)?(?: queues?| topics?| exchanges?)?|DLQs?)\b"
_FALLBACK = r"\bfall-?backs?\b"
_TLS = r"(?:m?TLS|HTTPS|SSL|mutual TLS)(?: v?\d[\d.]*)?\b"

PATTERNS: tuple[Pattern, ...] = (
    _pattern(
        "timeout", _TIMEOUT,
        (rf"{_TIMEOUT}[^.;:,()]{{0,25}}?\b(?:of|is|are|to|at|after|=)\s*(?:up to |at most )?{DURATION}", first_duration),
        (rf"{DURATION}\s+(?:\w+\s){{0,2}}?time-?outs?\b", first_duration),
        (rf"\btimes? out after\s+{DURATION}|\bgives? up (?:on\s[^.;:]{{3,50}}?\s)?after\s+{DURATION}|"
         rf"\b(?:calls?|requests?|quer(?:y|ies)|lookups?)\b[^.;:,]{{0,50}}?\s(?:is|are)\s(?:limited to|(?:cut off|aborted|cancell?ed|given up) after)\s(?:at most\s)?{DURATION}|"
         rf"\bwaits? (?:at most|"
         rf"up to|no longer than|for at most|for up to)\s+{DURATION}", first_duration),
        (rf"\btime-?outs?\s*[=:(]?\s*{DURATION}", first_duration),
        (rf"{_HAS}{_A}{_TWO}time-?outs?\b", yes),
    ),
    _pattern(
        "retry", r"\bretr(?:y|ies|ied|ying)\b",
        (rf"\bretr(?:y|ies|ied)\b[^.;:]{{0,60}}?{COUNT}\s+(?:more\s)?times\b|\bretr(?:ies|"
         rf"ied)\s(?:\w+\s){{0,3}}?(once|twice)\b|{COUNT}\s+(?:retries|retry attempts|"
         rf"attempts)\b|\btr(?:y|ies|ied)\s(?:it\s|them\s)?(?:(once|twice)|{COUNT}\stimes)\s(?:more|again)\b|"
         rf"\btr(?:y|ies|ied)\sagain\s(?:up to\s|at most\s)?(?:(once|twice)|{COUNT}\stimes)\b", first_count),
        (rf"{_IS}retried\b|\bretries (?:the|a|failed|these|such|each|it|them|requests?|"
         rf"calls?|failures?|on|with|up|automatically|after|until|when)\b|{_HAS}{_A}{_TWO}retr(?:ies|"
         rf"y)\b", yes),
    ),
    _pattern(
        "backoff", r"\bback-?offs?\b",
        (r"\b(exponential|linear|fixed|constant|jittered)\s(?:\w+\s)?back-?offs?\b", text),
        (r"\bbacks? off (exponential|linear)ly\b", text),
        (rf"{_HAS}{_A}{_TWO}back-?off\b", yes),
    ),
    _pattern(
        "circuit_breaker", r"\bcircuit[- ]?breakers?\b",
        (rf"{_HAS}{_A}{_TWO}circuit[- ]?breakers?\b|\bin {_A}circuit[- ]?breakers?\b|"
         rf"\bcircuit[- ]?breakers? (?:protects?|guards?|around|wraps?|opens?|stops?|"
         rf"sits?|trips?)\b", yes),
    ),
    _pattern("bulkhead", r"\bbulkheads?\b", (rf"{_HAS}{_A}{_TWO}bulkheads?\b|\bbulkheads? (?:keeps?|separates?|isolates?|limits?)\b", yes)),
    _pattern(
        "fallback", _FALLBACK,
        (r"\bfalls? back (?:to|on)\b(?! (?:the )?(?:old|previous|last|earlier) (?:version|release|deployment|image|commit))", yes),
        (rf"{_HAS}{_A}{_TWO}fall-?backs?\b|\bas {_A}fall-?back\b|\bfall-?back (?:is|to)\b", yes),
        (r"\b(?:shows?|serves?|returns?|uses?|displays?|renders?|answers? with|delivers?)\s(?!an? error|"
         r"errors?|[45]\d\d)[^.;:]{3,60}?\b(?:while|when|whenever|if|as long as)\s[\w .-]{2,30}?\s(?:is|"
         r"are)\s(?:open|down|unavailable|unreachable|too slow|not (?:available|reachable)|"
         r"offline)\b", yes),
        (r"\b(?:while|when|whenever|if)\s[\w .'-]{2,40}?\s(?:is|are)\s(?:open|down|"
         r"unavailable|unreachable|too slow|not (?:available|reachable)|offline)\b[^.;:]{0,60}?\b(?:shows?|"
         r"serves?|uses?|returns?|displays?)\s(?:the\s|an?\s|its\s)?(?:last|stale|cached|"
         r"default|static|old|previous|local|empty|generic|fixed)\b", yes),
        (r"\bserves? (?:the |a )?(?:stale|last known)\b", yes),
    ),
    _pattern(
        "idempotent", r"\bidempoten(?:t|cy|ce|tly)\b",
        (rf"{_IS}(?:\w+\s)?idempotent(?:ly)?\b|\bidempotent by\b|\b(?:carries|carry|"
         rf"with|has|have|uses?|sends?|requires?|passes|includes?|contains?|bears?|accepts?)\s{_A}{_TWO}idempotency[- ](?:keys?|"
         rf"tokens?|ids?)\b|\bmakes? [^.;:]{{3,40}} idempotent\b", yes),
    ),
    _pattern(
        "dead_letter_queue", rf"\b{_DLQ}",
        (rf"(?:{_HAS}|\b(?:into|to|in|on)\s){_A}{_TWO}\b{_DLQ}|\bdead[- ]lettered\b", yes),
    ),
    _pattern(
        "outbox", r"\boutbox\b",
        (rf"\b(?:into|to|in|through|via|with|from|uses?|use|has|have|implements?|using|"
         rf"writes?|by)\s{_A}{_TWO}outbox\b|\boutbox(?= of\b)|\boutbox (?:pattern|relay)\b", yes),
    ),
    _pattern(
        "acknowledgement", r"\back(?:s|ed|ing)?\b|\backnowledg(?:es?|ed|ing|e?ments?)\b",
        (r"\b(?:acknowledge[sd]?|acks?|acked)\s[^.;:]{0,40}?\b(after|before|late|early|once)\b", _when),
        alone=False,
    ),
    _pattern(
        "authentication", r"\bauthenticat(?:ion|es?|ed|ing)\b",
        (rf"\b(?:authenticate[sd]?\b[^.;:]{{0,40}}?\b(?:with|by|via|using|through)|authentication (?:is (?:\w+ )?)?(?:by|"
         rf"via|using|through|on))\s(?:an?\s|the\s|its\s|their\s|signed\s|valid\s|\w+\s)?{_AUTH}", text),
        (rf"\b(?:protected|secured|guarded) (?:by|with)\s(?:an?\s|\w+\s)?{_AUTH}|\brequires? (?:an? |the |valid |a valid )?{_AUTH}", text),
        alone=False, absent=r"\b(?:no|without(?: any)?|lacks?(?: any)?) authentication\b|\b(?:is|are) unauthenticated\b|"
                            r"\b(?:does not|doesn't|do not|don't) (?:require|need|have|use) (?:any )?authentication\b|"
                            r"\b(?:is|are)(?:n't| not) authenticated\b|\bno (?:[\w-]+ ){0,2}?(?:calls?|"
                            r"requests?|connections?)\b[^.;:]{0,40} (?:is|are) authenticated\b",
    ),
    _pattern(
        "encryption_in_transit", r"\b(?:TLS|encryption|encrypted)\b(?! at rest)",
        (rf"\b(?:over|via|using|with|by|uses?|speaks?|through)\s(?:\w+\sand\s)?{_TLS}|"
         rf"\b(?:TLS|SSL)[- ](?:encrypted|secured|protected)|\bencrypt(?:ed|ion) in transit\b|"
         rf"\bencrypts? (?:all |the |every )?(?:[\w-]+\s){{0,4}}?(?:traffic|connections?|"
         rf"communication|calls)\b|\b(?:traffic|connections?|communication|calls|requests)\b[^.;:]{{0,50}}? (?:is|"
         rf"are) (?:all |always |also )?(?:encrypted|TLS)\b(?! at rest)", yes),
        absent=r"\bplain(?:[- ]?text)? HTTP\b(?! to HTTPS)|\bunencrypted (?:HTTP|connections?|traffic|"
               r"channels?)\b|\b(?:traffic|connections?|communication|calls|requests)\b[^.;:]{0,60}? (?:is|"
               r"are) (?:unencrypted|(?:in )?(?:clear|plain) ?text)\b|\b(?:is|are)(?:n't|"
               r" not)(?: yet)? encrypted\b(?! at rest)|\b(?:without|no) (?:any )?(?:TLS|"
               r"transport encryption|encryption(?! at rest))\b",
    ),
    _pattern(
        "mutual_tls", r"\bm(?:utual )?TLS\b",
        (r"\b(?:over|via|using|with|by|uses?|speaks?|through)\s(?:m|mutual )TLS\b", yes),
    ),
    _pattern(
        "encryption_at_rest", r"\bat[- ]rest\b",
        (r"\bencrypted(?: [\w-]+){0,4}? at rest\b|\bencryption at rest\b|\bat[- ]rest encryption\b|\bencrypts? [^.;:]{0,40} at rest\b", yes),
    ),
    _pattern(
        "scaled_between", rf"\b{INSTANCES}\b",
        (rf"\b(?:between\s|from\s)?{COUNT}\s?(?:and|to|-|–|…|\.\.\.?)\s?{COUNT}\s+(?:\w+\s)?{INSTANCES}\b", yes),
        alone=False,
    ),
    _pattern("min_replicas", NOTHING, (rf"\b(?:at least|a minimum of|min(?:imum)?\.?)\s{COUNT}\s+(?:\w+\s)?{INSTANCES}\b", first_count)),
    _pattern("max_replicas", NOTHING, (rf"\b(?:at most|a maximum of|up to|max(?:imum)?\.?)\s{COUNT}\s+(?:\w+\s)?{INSTANCES}\b", first_count)),
    _pattern(
        "replicas", NOTHING,
        (rf"\b(?:one|an?|1) (?:primary|master|leader|main)(?: \w+)?(?: and|,| with| plus) {COUNT} (?:read )?(?:replicas?|"
         rf"standbys?|followers?|secondar(?:y|ies)|slaves?)\b", _with_primary),
        (rf"{_RUN}{COUNT}\s+(?!of\b)(?:(?!read|spare|more|other|per\b|connections?|in\b|"
         rf"of\b|times?\b|seconds?\b|minutes?\b|hours?\b|and\b|for\b|to\b|on\b)[\w-]+\s){{0,2}}?(?!tasks? of\b){INSTANCES}\b(?! (?:of (?:data|"
         rf"memory)|per\b|for each\b))", first_count),
    ),
    _pattern(
        "single_instance", r"\bsingle[- ]instance\b|\bsingleton\b",
        (rf"\b(?:a single|only one|just one|exactly one|only a single|one single)\s(?:\w+\s)?(?:{INSTANCES}|"
         rf"server|machine|host|box)\b|\bis a singleton\b|\bruns? on (?:a single|one) (?:server|"
         rf"machine|host|VM|node|box)\b", yes),
    ),
    _pattern(
        "autoscaling", r"\bauto-?scal(?:es?|ed|ing|er)\b|\bHPA\b|\bhorizontal pod autoscaler\b",
        (rf"\b{_IS}auto-?scaled\b|\bauto-?scales\b|\bscales? (?:out |up |horizontally )?automatically\b|"
         rf"{_HAS}{_A}{_TWO}(?:auto-?scal(?:ing|er)|HPA|horizontal pod autoscaler)\b|"
         rf"\bscales? between\b", yes),
    ),
    _pattern("load_balanced", r"\bload[- ]balanced\b", (rf"{_IS}load[- ]balanced\b|\bbehind {_A}{_TWO}load[- ]balancer\b", yes)),
    _pattern(
        "multi_zone", r"\bmulti-?(?:AZ|zone)\b",
        (rf"\b(?:across|over|in|into)\s(?:the\s)?{_MANY}(?:\w+\s)?{_ZONES}|\b(?:in|with|"
         rf"is|are|as|uses?)\s(?:an?\s)?multi-?(?:AZ|zone)\b|\bone in each (?:availability )?(?:zone|"
         rf"AZ)\b|\b(?:standby|replica|copy) in (?:another|a second|a different|the other) (?:availability )?(?:zone|AZ)\b", yes),
        absent=rf"\b(?:in|within|on)\s(?:a single|one|only one|just one|the same)\s{_ZONES}|"
               rf"\b(?:in|within)\s(?:a single|one|only one|just one) zone\b",
    ),
    _pattern(
        "multi_region", r"\bmulti-?region\b",
        (rf"\b(?:across|over|in|into)\s(?:the\s)?{_MANY}(?:\w+\s)?regions\b|\b(?:in|with|is|are|as)\s(?:an?\s)?multi-?region\b", yes),
        absent=r"\b(?:in|within|from)\s(?:a single|one|only one|just one)\s(?:\w+\s)?region\b",
    ),
    _pattern(
        "failover", r"\bfail-?over\b|\bstandbys?\b",
        (rf"\bautomati(?:c|ed) fail-?over\b|\bfails? over\b|{_HAS}{_A}{_TWO}(?:hot |"
         rf"warm )?standby\b|{_HAS}{_A}{_TWO}fail-?over\b|\bin (?:[\w-]+ )?fail-?over mode\b", yes),
    ),
    _pattern(
        "replicated", r"\breplicated\b|\bread[- ]replicas?\b",
        (rf"{_IS}(?:\w+\s)?replicated\b|{_HAS}{_A}{_TWO}read[- ]replicas?\b|\b(?:one|"
         rf"an?|the) primary(?: \w+)? (?:and|with|plus) (?:\w+ )?(?:(?:read )?replicas?|"
         rf"standby|secondar(?:y|ies))\b", yes),
    ),
    _pattern(
        "backup", r"\bback(?:ed)?[- ]?ups?\b",
        (rf"{_IS}(?:\w+\s)?backed up\b|\bbackups? (?:is|are) (?:\w+ )?(?:taken|made|"
         rf"kept|stored|run|done|created|copied|written)\b|\b(?:daily|nightly|hourly|"
         rf"weekly|automated|automatic|regular|periodic|incremental|full|continuous)\s(?:[\w-]+\s)?(?:back-?ups?|"
         rf"dumps?|snapshots?)\b|\b(?:takes?|makes?|keeps?|has|have|gets?|creates?|with)\s{_A}{_TWO}(?:back-?ups?|"
         rf"snapshots?)\b|\bbacks? up\b|\bdumps? (?:the |its |our )?(?:[\w-]+\s){{1,2}}(?:every|"
         rf"each)\b|\b(?:dumped|snapshots? (?:is|are) (?:taken|made)|snapshotted) (?:every|"
         rf"each|daily|nightly|hourly|once)\b", yes),
    ),
    _pattern(
        "persistent", r"\bpersisten(?:t|ce)\b|\bpersisted\b",
        (rf"{_HAS}{_A}{_TWO}persistent (?:disk|volume|storage)s?\b|\bpersisted (?:to|"
         rf"on) disk\b|\bpersistent (?:disk|volume) (?:is|are|holds?|keeps?)\b", yes),
        alone=False, absent=r"\b(?:no|without(?: any)?) persistence\b|\b(?:is|are)(?:n't| not) persist(?:ed|ent)\b",
    ),
    _pattern("stateless", r"\bstateless\b", (rf"{_IS}(?:\w+\s)?stateless\b|\b(?:becomes?|remains?|stays?|designed to be)\s(?:\w+\s)?stateless\b|"
            rf"\bas an? stateless\b", yes)),
    _pattern(
        "rate_limit", r"\brate[- ]limit(?:s|ed|ing|er)?\b|\bthrottl(?:es?|ed|ing)\b",
        (rf"\b(?:allows?|permits?|grants?|lets?|gives?)\s(?:each |every |an? |one |any |all )?(?:[\w-]+ ){{1,3}}?(?:at most |up to |only |no more than |send |make )?{RATE}|"
         rf"\b(?:may|can)\s(?:only\s)?(?:send|make|do|issue)\s(?:only |at most |up to |no more than )?{RATE}", _rate),
        (rf"\b(?:is|are) (?:throttled|rate[- ]limited|limited|capped) (?:to|at) {RATE}|\blimits? [^.;:]{{3,50}}?\bto {RATE}|\brate[- ]limit(?:s|ed|ing)?\b[^.;:]{{0,40}}?\b(?:of|to|at|is)\s{RATE}", _rate),
        (rf"{_IS}(?:rate[- ]limited|throttled)\b|(?:{_HAS}|\b(?:does|handles?|for|responsible for)\s){_A}(?:[\w-]+,?\s(?:and\s)?){{0,4}}?rate[- ]limit(?:s|"
         rf"ing|er)?\b|\brate[- ]limits (?:the|each|every|all|clients?|requests?|calls?|"
         rf"per|by|users?)\b|\blimits? the rate\b|\bthrottles (?:the|each|every|all|"
         rf"clients?|requests?|calls?|users?)\b", yes),
    ),
    _pattern(
        "health_check", r"\bhealth[- ]?checks?\b|(?<!\w)/health\w*\b|\bliveness probes?\b",
        (rf"(?:{_HAS}|\b(?:exposes?|answers?|serves?)\s){_A}{_TWO}(?:`?/[\w/]*health\w*|"
         rf"health[- ]?checks?\b|health end-?points?\b|liveness (?:probes?|checks?)\b)", yes),
    ),
    _pattern(
        "readiness", r"\breadiness (?:probes?|checks?)\b",
        (rf"(?:{_HAS}|\b(?:exposes?|answers?|serves?)\s)[^.;:]{{0,50}}?\breadiness\b", yes),
    ),
    _pattern(
        "ttl", r"\bTTLs?\b",
        (rf"\bTTLs?\b[^.;:]{{0,20}}?\b(?:of|is|=|to)\s{DURATION}|{DURATION}\s(?:\w+\s)?TTL\b|"
         rf"\b(?:entr(?:y|ies)|keys?|items?|values?|pages?|results?|prices?|sessions?)\s(?:(?:in|of)\s(?:the\s)?[\w-]+\s)?(?:\w+\s)?expires? after\s{DURATION}|"
         rf"\bcached (?:\w+ ){{0,3}}?for\s{DURATION}|\b(?:caches|keeps)\s[^.;:]{{3,50}}?\bfor\s(?:at most |up to |a maximum of )?{DURATION}", first_duration),
        (rf"{_HAS}{_A}TTLs?\b", yes),
    ),
    _pattern(
        "retention", r"\bretention\b",
        (rf"\b(?:kept|retained|stored|keeps?|retains?|holds?)\s[^.;:]{{0,40}}?\bfor\s(?:up to |at least |at most |a maximum of |a minimum of )?{DURATION}|"
         rf"\bretention\b[^.;:]{{0,20}}?\b(?:of|is|=)\s{DURATION}|\bdeleted after\s{DURATION}", first_duration),
        alone=False,
    ),
    _pattern("rpo", r"\bRPO\b", (rf"\bRPO\b[^.;:]{{0,20}}?{DURATION}|{DURATION}\s\(RPO\)", first_duration), alone=False),
    _pattern("rto", r"\bRTO\b", (rf"\bRTO\b[^.;:]{{0,20}}?{DURATION}|{DURATION}\s\(RTO\)", first_duration), alone=False),
    _pattern(
        "slo", r"\bSLOs?\b|\bSLAs?\b",
        (r"(\d{2}(?:\.\d+)?)\s?%\s(?:\w+\s)?(?:availability|uptime|SLO|SLA)\b|\b(?:availability|available(?: for)?|"
         r"uptime|SLO|SLA)\b[^.;:%]{0,25}?\b(\d{2}(?:\.\d+)?)\s?%", _share),
        alone=False,
    ),
    _pattern("rate", NOTHING, (RATE, _rate)),
    _pattern(
        "owner", NOTHING,
        (r"\b(?:owned|maintained|operated|run) by (?:the |our )?((?:Team [A-Z][\w&-]*)|[A-Z][\w&-]*(?: [A-Z][\w&-]*)*(?= (?:team|squad)))", text),
    ),
    _pattern(
        "exposed_to_internet", r"\breachable from the (?:public )?internet\b|\bexposed to the (?:public )?internet\b|"
                               r"\bpublicly (?:reachable|accessible)\b",
        (rf"{_IS}(?:directly )?(?:exposed to the (?:public )?internet|(?:internet|public)[- ]facing|"
         rf"publicly (?:reachable|accessible|exposed)|(?:reachable|accessible) from the (?:public )?internet)", yes),
    ),
    _pattern("managed", r"\b(?:fully )?managed (?:service|database)\b", (r"\b(?:is|are|as|on|runs on|uses?) (?:an? )?(?:fully )?managed (?:\w+ )?(?:service|"
            r"database|by (?:AWS|Azure|Google|GCP|Amazon|the cloud provider))\b", yes), alone=False),
    _pattern(
        "status", NOTHING,
        (r"\b(?:is|are) (?:now |already |considered )?(?:a |an )?(?:deprecated|legacy|"
         r"end[- ]of[- ]life|(?:being )?(?:retired|phased out|decommissioned))\b(?! by)|"
         r"(?<=\()(?:deprecated|legacy)(?=\))", _legacy),
    ),
    _pattern("max_connections", NOTHING, (rf"\bmax(?:imum)?[ _-](?:of )?connections?\b[^.;:]{{0,15}}?{COUNT}|\bat most {COUNT} connections\b", first_count)),
    _pattern("connection_pool", r"\bconnection pool(?:s|ing)?\b", (rf"\bpool of {COUNT} connections\b|"
         rf"\bconnection pool (?:of|with|size of) (?:size )?{COUNT}", first_count), alone=False),
    _pattern(
        "secrets_in_plaintext", NOTHING,
        (r"\b(?:passwords?|secrets?|credentials?|api keys?|tokens?)\b[^.;:]{0,30}\b(?:is|"
         r"are) (?:stored |kept |written )?(?:in plain ?text|hard-?coded|committed|"
         r"checked in|in the (?:git )?repository)\b", yes),
    ),
)  # fmt: skip
_INSTANCES = "replica|instance|pod|node|task|container|process|broker|members|virtual machine|vm"
# Some of these stand in every text that a pattern can match: most sentences are let go without a closer look.
HINTS: dict[str, tuple[str, ...]] = {
    name: tuple(words.split("|"))
    for name, words in (
        ("scaled_between", _INSTANCES),
        ("min_replicas", "least|min"),
        ("max_replicas", "most|max|up to"),
        ("replicas", f"{_INSTANCES}|standby|follower|secondar|slave"),
        (
            "timeout",
            "timeout|time-out|times out|time out|gives up|give up|wait|limited to|cut off|abort|cancel",
        ),
        ("retry", "retr|attempts|try|tries|tried"),
        ("backoff", "backoff|back-off|backs off"),
        ("circuit_breaker", "breaker"),
        ("bulkhead", "bulkhead"),
        (
            "fallback",
            "fall|stale|last known|open|down|unavailable|unreachable|slow|offline|available|reachable",
        ),
        ("idempotent", "idempoten"),
        ("dead_letter_queue", "dead|dlq"),
        ("outbox", "outbox"),
        ("acknowledgement", "ack"),
        ("authentication", "auth|protected|secured|guarded|require|need|have|use"),
        ("encryption_in_transit", "tls|ssl|http|encrypt|clear|plain"),
        ("mutual_tls", "tls"),
        ("encryption_at_rest", "rest"),
        ("single_instance", "single|one|singleton"),
        ("autoscaling", "scal|hpa"),
        ("load_balanced", "load"),
        ("multi_zone", "zone|az"),
        ("multi_region", "region"),
        ("failover", "over|standby"),
        ("replicated", "replica|standby|secondar"),
        ("backup", "back|dump|snapshot"),
        ("persistent", "persist"),
        ("stateless", "stateless"),
        ("rate_limit", "limit|throttl|allow|permit|grant|let|give|may|can"),
        ("health_check", "health|liveness"),
        ("readiness", "readiness"),
        ("ttl", "ttl|expire|cache|keep"),
        ("retention", "kept|retain|stored|keep|retention|deleted|hold"),
        ("rpo", "rpo"),
        ("rto", "rto"),
        ("slo", "slo|sla|availab|uptime"),
        ("owner", "owned|maintained|operated|run by"),
        ("exposed_to_internet", "internet|public"),
        ("managed", "managed"),
        ("status", "deprecated|legacy|end|retired|phased|decommissioned"),
        ("max_connections", "connection"),
        ("connection_pool", "pool"),
        ("secrets_in_plaintext", "plain|coded|committed|checked|repository"),
    )
}
