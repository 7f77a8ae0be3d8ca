"""Which sense a word has: a phrase of a review topic that stands there in its ordinary sense names no topic.

"A thin layer", "the relay publishes", "a log-time lookup", "we shut the door for security reasons" (a word for it) differ
from what a review asks about. Each test looks only at the words around the phrase.
"""

from __future__ import annotations

from buttress.prose.caseless import Caseless


def _near(*patterns: str) -> Caseless:
    return Caseless("|".join(patterns))


# "The OAuth flow by which somebody links an account elsewhere" is none of this system's callers.
_LINKING = (
    Caseless(r"o-?auth.*$"),
    None,
    _near(r"^[^.;]{0,60}\b(?:links?|connects?|grants?)\b[^.;]{0,30}\baccounts?\b"),
)
# "This repository has been archived": nobody works on it any more.
_OF_CODE = r"\b(?:repositor(?:y|ies)|repos?|projects?|packages?|librar(?:y|ies)|codebase)\b"
# topic -> (what the phrase itself must look like to be in doubt, what stands before, what stands after) in the ordinary sense
_ORDINARY: dict[str, tuple[tuple[Caseless, Caseless | None, Caseless | None], ...]] = {
    "logging": (
        (Caseless(r"log(?:s|ged|ging)?$"), None, _near(r"^[ -]*(?:in|into|on|onto|out|off)\b(?! (?:json|the standard|stdout|a file|files))")),
        (Caseless(r"logs?$"), None, _near(r"^-(?:time|linear|scale|normal|structured)", r"^\s*\(?\w\)")),
        (Caseless(r"logs?$"), None, _near(r"^\s+access\b")),
        (Caseless(r"logs?$"), _near(r"\b(?:no|without|any|zero)\s+(?:\w+\s+)?(?:errors?|warnings?|exceptions?|failures?)\s+(?:in|to|from)\s+(?:the\s+)?$"), None),
        (Caseless(r"logs?$"), _near(r"\b(?:docker(?:[- ]compose)?|kubectl|journalctl|git)\s+$", r"\bO\(\w*\s*$", r"\b(?:commit|change|append[- ]only|write[- ]ahead|transaction|replicated|event)[ -]$"), None),
    ),
    "authentication-oidc": (_LINKING,),
    "ci-cd": ((Caseless(r"jenkins|gitlab|github actions?|travis|circleci|drone|tekton|concourse$"), None, _near(r"^(?:'s|’s)?\s+(?:project|community|plug-?ins?|instances?|core|codebase|maintainers?|users)\b")),),
    "connection-pooling": ((Caseless(r".+"), _near(r"\b(?:web ?sockets?|https?|grpc|tcp|keep-?alive|heartbeats?)\b[^.;]{0,40}$"), _near(r"^[^.;]{0,40}\b(?:web ?sockets?|https?|grpc|tcp|keep-?alive|heartbeats?)\b")),),
    "request-path": ((Caseless(r".+"), _near(r"\b(?:traces?|tracing|spans?|dashboards?|visuali[sz]\w+|simulat\w+|load[- ]tests?)\b[^.;]{0,30}$"), _near(r"^\s+(?:visuali[sz]ation|tracing|metrics)\b")),),
    "configuration": ((Caseless(r".+"), _near(r"\b(?:injected|embedded|baked|compiled) (?:as |in )?$"), _near(r"^[^.;]{0,30}?\b(?:in|into) (?:the )?(?:\w+ )?(?:bundles?|images?|binar(?:y|ies))\b")),),
    # what goes wrong, not what is set: "uploads time out"
    "timeouts": ((Caseless(r"tim(?:e|es|ed|ing) out$"), None, _near(r"^(?!\s+(?:after|at|in|within)\s+\S*\d)")),),
    "retries": ((Caseless(r"retr.+$"), None, _near(r"^[- ](?:loop|storm)")), (Caseless(r"retr.+$"), _near(r"\b(?:infinite|endless|unlimited|unbounded|uncontrolled|blind|aggressive|needless)\s+$"), None),),
    "rate-limiting": ((Caseless(r"quotas?$"), _near(r"\b(?:resources?|storage|disk|cpu|memory|space|volumes?|nodes?)\b"), _near(r"\b(?:resources?|storage|disk|cpu|memory|space|volumes?|nodes?)\b")), (Caseless(r".+"), _near(r"\b(?:failures?|errors?|exceptions?) \([^()]*$"), None), (Caseless(r".+"), None, _near(
        r"^[^.;,]{0,20}?\b(?:(?:when|while) calling|(?:for|on|of|in) (?:calls|requests) to|(?:towards?|against|for|on|of|by|from) (?:an? |the |our )?(?:outgoing|outbound|(?:external|third[- ]party|upstream) (?:services?|apis?|systems?|providers?|calls?)))\b"
    )),),
    "versioning": ((Caseless(r"versions?$"), None, None),),
    "tls-in-transit": ((Caseless(r"https$"), None, _near(r"^://")),),
    "multi-region": ((Caseless(r"other regions$"), _near(r"\bto\s+(?:the\s+)?$"), None),),
    "secrets-management": (
        (Caseless(r"secret$"), _near(r"\bpasswords?\s+$"), None),
        (Caseless(r"vault$"), _near(r"(?:^|\s):?(?:the|a|each|every|one)\s+(?::term:)?$"), _near(r"^[ ,.]+(?:<|is in charge|cook)")),
    ),
    "alerting": ((Caseless(r"on[- ]call$"), _near(r"\bwho\s+(?:is|are)\s+$"), None), (Caseless(r"alerts?$"), _near(r"\b(?:persists?|stores?|saves?|inserts?|normali[sz]es?|validates?|receives?)\s+(?:the |an? |each |every )?$"), _near(r"^\s+(?:records?|rows?|ids?|names?|types?|tables?|objects?|payloads?|entit(?:y|ies))\b")), (Caseless(r"alarms?$"), _near(r"\bfalse\s+$"), None), (Caseless(r"alarmed$"), _near(r"\b(?:be|are|is|was|were|been|get|feel)\s+(?:\w+\s+)?$"), None), (Caseless(r"alerts?$"), _near(r"\b(?:e-?mail|medical|travel|weather|price|job|news|search|user|customer|stock)\s+$"), None),),
    "capacity-planning": ((Caseless(r"sizing$"), _near(r"\b(?:up|down|re)$"), None),),
    "health-checks": ((Caseless(r"(?:un)?healthy.*$|liveness$"), _near(r"\ba\s+$"), _near(r"^\s+(?:balance|mix|dose|amount|margin)")),),
    "deployment-impact": (
        (Caseless(r"(?:rollback|roll(?:s|ed|ing)?[ -]back)$"), _near(r"\b(?:transactions?|commits? (?:or|and)|database|session)\s+(?:\w+\s+){0,2}$"), None),
        (Caseless(r"roll"), None, _near(r"^\s+(?:the |a |that |this )?(?:transaction|commit|savepoint|session)")),
    ),
    "data-integrity": ((Caseless(r"digests?$"), _near(r"\b(?:daily|weekly|monthly|e-?mail|news|or)\s+$"), None),),
    "authorization": (
        (Caseless(r"authori[sz]ations?$"), _near(r"\b(?:card|payment|captur\w+|plac\w+) (?:an? |the )?$"), _near(r"^s? (?:holds?|amounts?|captures?)\b", r"^s? can be (?:captured|voided)")),(Caseless(r"privileges?$"), _near(r"\b(?:root|sudo|super-?user|administrators?|operating system)\s+$"), None), (Caseless(r"authori[sz]ation$"), None, _near(r"^\s+(?:headers?|codes?|servers?|framework|grant|token|endpoints?|requests?)\b", r"^:\s*(?:bearer|basic|request)")),),
    "data-retention": (
        (Caseless(r"archives?$"), Caseless(r"(?<!\bwe )(?<!\bto )(?<!\bthey )$"), None),
        (Caseless(r"archiv"), _near(_OF_CODE), None), (Caseless(r"archiv"), None, _near(_OF_CODE)),
    ),
    "security": ((Caseless(r"secure$"), _near(r"\b(?:3-?d|three-?d)[ -]$", r"\bto\s+$"), _near(r"^\s+(?:a|an|the|our|more|enough|funding|access to)\b")),),
    "background-jobs": ((Caseless(r"workers?$|in the background$"), _near(r"\b(?:uvicorn|gunicorn|service|web|shop|office|social|key|health|factory|field|co-?)[ -]$", r"\bbe started\s+$", r"\bcontainers? .*$"), None),),
    "authentication": (_LINKING, (Caseless(r"authenticat.+$"), _near(r"\b(?:peer|packet|neighbou?r|message)\s+$"), _near(r"^[- ](?:headers?|types?)\b")), (Caseless(r"log(?:s)? (?:in|on)$"), _near(r"\b(?:the|an?|this|that)\s+$"), None), (Caseless(r"(?:login|log(?:s|ged)? on)$"), _near(r"\bdefault\s+$"), None),),
    "performance": ((Caseless(r"performance$"), _near(r"\b(?:theatre|live|job|sales|business)\s+$"), None),),
}  # fmt: skip

# topic -> (what the phrase must look like to be in doubt, what the sentence must hold beside it)
_NEEDS: dict[str, tuple[Caseless, Caseless]] = {
    "health-checks": (
        Caseless(r"readiness$"),
        _near(r"health", r"liveness", r"probe", r"\bpods?\b", r"/ready", r"^[^.;]{0,200}\breadiness (?:and|or|end)", r"kubernetes", r"traffic is", r"dependenc"),
    ),
    "encryption-at-rest": (Caseless(r"sse$"), _near(r"encrypt", r"\bkms\b", r"\bs3\b", r"bucket", r"stor(?:ed|age)")),  # or events that a server sends
    "blue-green": (Caseless(r"canar(?:y|ies)$"), _near(r"deploy", r"releas", r"roll(?:ed|s|ing)?[- ]?out", r"traffic", r"version", r"%|per ?cent", r"stag(?:e|ing|ed)")),
    "cache-invalidation": (Caseless(r"purg(?:e|es|ing)$"), _near(r"cach", r"\bcdn\b", r"\bedge\b", r"stale")),
    "rate-limiting": (Caseless(r"quotas?$"), _near(r"request", r"\bcall", r"\brate", r"\bapi", r"client", r"consumer", r"throttl", r"\bper\b", r"tenant", r"customer", r"\b429\b", r"limit")),
    "config-drift": (_near(r"by hand$", r"manual"), _near(r"deploy", r"releas", r"roll(?:ed|s|ing)? ?-?out", r"manifest", r"kubectl", r"\bssh\b", r"upload\w*[^.;]{0,40}\b(?:jars?|wars?|builds?|arti?efacts?|packages?|images?|code|servers?|hosts?|ftp)\b", r"\b(?:jars?|builds?|arti?efacts?|packages?|images?|code)\b[^.;]{0,40}upload", r"configur", r"provision")),
}  # fmt: skip


def means(topic: str, text: str, start: int, end: int) -> bool:
    """Return whether the words at [start, end) speak of the topic, and not of something else with the same words.

    >>> text = "Customers log in; failures are logged."
    >>> means("logging", text, 10, 13), means("logging", text, 31, 37)
    (False, True)
    """
    word, before, after = text[start:end], text[:start], text[end:]
    needed = _NEEDS.get(topic)
    if needed is not None and needed[0].match(word) and not needed[1].search(before + after):
        return False
    for shape, ahead, behind in _ORDINARY.get(topic, ()):
        if not shape.match(word):
            continue
        if ahead is None and behind is None:
            return False
        if (ahead is not None and ahead.search(before)) or (behind is not None and behind.search(after)):
            return False
    return True
