"""What the text of an arrow says: the kind of flow, whether the caller waits, the protocol and facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from buttress.drawings.facts import facts_of, status_of
from buttress.drawings.text import label_lines
from buttress.evidence.secrets import veiled
from buttress.model import Evidence, Fact
from buttress.vocabulary import stem

_KINDS: Final = (
    "calls",
    "reads",
    "writes",
    "publishes",
    "consumes",
    "routes",
    "replicates",
    "runs_on",
    "depends_on",
)
_VERBS: dict[str, str] = {
    "reads": (
        "read query select fetch load get lookup look retrieve scan search find list pg_dump count "
        "restore check validate verify join"
    ),
    "writes": (
        "write store save persist insert update upsert delete put record set append index upload archive "
        "backup create add cache invalidate remove purge mutate claim mark stored written commit ingest export"
    ),
    "publishes": "publish emit enqueue produce dispatch fire push queue broadcast schedule",
    "consumes": "consume subscribe dequeue poll pull listen receive pop pick take process fetch ack",
    "routes": "route proxy forward balance distribute redirect serve resolve rout proxi passthrough",
    "replicates": "replicate mirror replica replication sync synchronize copy",
    "calls": "call invoke request ask rpc",
    "depends_on": "depend require need",
    "runs_on": "host deploy",
}
_STEMS: dict[str, str] = {}
for _kind, _words in _VERBS.items():
    for _word in _words.split():
        _STEMS.setdefault(stem(_word), _kind)
_PROTOCOLS: dict[str, str] = {
    "https": "HTTPS", "http": "HTTP", "http/2": "HTTP", "http2": "HTTP", "rest": "HTTP", "restful": "HTTP",
    "grpc": "gRPC", "graphql": "GraphQL", "soap": "SOAP", "websocket": "WebSocket", "websockets": "WebSocket",
    "ws": "WebSocket", "wss": "WebSocket", "sse": "SSE", "amqp": "AMQP", "amqps": "AMQP", "mqtt": "MQTT",
    "stomp": "STOMP", "sql": "SQL", "jdbc": "SQL", "odbc": "SQL", "tcp": "TCP", "udp": "UDP", "smtp": "SMTP",
    "imap": "IMAP", "ftp": "FTP", "sftp": "SFTP", "ssh": "SSH", "otlp": "OTLP", "oidc": "OIDC",
    "oauth": "OAuth", "oauth2": "OAuth", "saml": "SAML", "ldap": "LDAP", "ldaps": "LDAP", "rpc": "RPC",
    "thrift": "Thrift", "json-rpc": "JSON-RPC", "xmpp": "XMPP", "rtmp": "RTMP", "webrtc": "WebRTC",
    "nfs": "NFS", "dns": "DNS", "webhook": "HTTP", "webhooks": "HTTP", "sqlalchemy": "SQL", "tls": "TLS", "ssl": "TLS",
    "snmp": "SNMP",    "resp": "RESP", "statsd": "StatsD", "syslog": "syslog", "quic": "QUIC",
}  # fmt: skip
_ENCRYPTED = frozenset({"https", "wss", "amqps", "ldaps", "sftp", "ssh", "tls", "ssl", "mtls"})
_ALSO_PARTS = frozenset(
    ("webhook", "webhooks", "dns", "ldap", "syslog", "nfs", "statsd", "ftp", "sftp", "smtp", "sql", "graphql")
)
_CARRIERS = frozenset({"TLS", "TCP", "UDP", "OAuth", "OIDC"})
_WAITED_FOR = frozenset(
    {"HTTPS", "HTTP", "gRPC", "GraphQL", "SOAP", "SQL", "LDAP", "RPC", "Thrift", "JSON-RPC", "RESP"}
)
_WORD = re.compile(r"[A-Za-z][\w/.-]*[\w]|[A-Za-z]")
_ASYNC = re.compile(
    r"\b(?:async|asynchronous(?:ly)?|fire[- ]and[- ]forget|event[- ]driven|eventually|in background|rpc[ .]cast|fan-?out)\b",
    re.IGNORECASE,
)
# Who tells others what has happened doesn't need them for it.
_TOLD = re.compile(
    r"\bwebhooks?\b(?: \w+)? (?:triggered|fired|sent|delivered|events?|notifications?|callbacks?|deliver(?:y|ies))\b"
    r"|\b(?:sends?|fires?|triggers?|delivers?|posts?|calls?) (?:\w+ ){0,2}webhooks?\b|^webhooks?$",
    re.IGNORECASE,
)
_SYNC = re.compile(r"\b(?:sync|synchronous(?:ly)?|blocking|blocks|waits)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\s[^()]*\)")  # says more about the ends than about the flow
_DRIVER_ASYNC = re.compile(
    r"\b(?:sqlalchemy|driver|client|io)[ -]async|\basync[ -](?:driver|client|engine|sqlalchemy|io)",
    re.IGNORECASE,
)
_READING = r"(?:reads?|gets?|fetch(?:es)?|retrieves?|query|queries)"
_WRITING = r"(?:writes?|sets?|stores?|updates?|saves?)"
_AND = r"(?:\s+(?:from|to|in))?\s*(?:/|and|&|\+|,|-)\s*"
_BOTH_WAYS = re.compile(
    rf"\b{_READING}{_AND}{_WRITING}\b|\b{_WRITING}{_AND}{_READING}\b"
    r"|\br/w\b|\brw\b|\bcrud\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\b(?:consumed|read|pulled|polled|queried|scraped|used|called|fetched|requested|loaded|subscribed)"
    r"(?: \w+)? by\b"
    r"|\b(?:shown|displayed|visuali[sz]ed) (?:in|by|on)\b|^(?:shows|displays|feeds|provides)\b",
    re.IGNORECASE,
)
_RESPONSE = re.compile(
    r"^(?:returns?|returned|response|respond(?:s)?|reply|replies|results?|ok|"
    r"ack(?:nowledge[ds]?|nowledgement)?|success|done|"
    r"[1-5]\d\d\b|http [1-5]\d\d|status|displays?|shows?|renders?|confirm(?:s|ation)?|answers?)\b",
    re.IGNORECASE,
)
_PATH = re.compile(r"^(?:GET|POST|PUT|PATCH|DELETE|HEAD)\b|^/[\w/{}:*.-]*$|^/\*$")
_HTTP_VERB = re.compile(r"^(?:GET|POST|PUT|PATCH|HEAD|DELETE)\s+/")
_SQL = re.compile(r"^(SELECT|INSERT|UPDATE|DELETE|UPSERT|MERGE|TRUNCATE)\b(?!\s+/)")
_MESSAGES = re.compile(r"\b(?:tasks?|jobs?|messages?|events?)\b(?!\s+[a-z])", re.IGNORECASE)
_FILLER = frozenset(
    {
        "then",
        "and",
        "async",
        "sync",
        "asynchronously",
        "to",
        "step",
        "if",
        "also",
        "may",
        "can",
        "will",
        "should",
        "is",
        "are",
    }
)
_NOUNS = frozenset(
    ("balance", "balances", "host")
)  # "views account balances" routes nothing, "host keys" run nowhere
# Operations as an interface spells them: "ReceiveMessage", "GetRecords", "PutObject".
_OPERATION = re.compile(
    r"\b([A-Z][a-z]+)(?=(?:[A-Z][a-z]+)?(?:Messages?|Records?|Events?|Items?|Objects?|Batch|Rows?)\b)"
)
_BETWEEN = re.compile(r"[,;]\s+|[,;]$|\s·\s|\s\+\s")
_NUMBERING = re.compile(r"^\(?\d+[.):]\s*|^[①-⑳]\s*|^\d+\s+(?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class EdgeLabel:
    """The parts of an arrow's text.

    `exact` says that the kind was named by its own word, as in `reads, timeout=2s`, `messages` that the
    object is a task, job, message or event.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    exact: bool = False
    sync: bool | None = None
    protocol: str | None = None
    passive: bool = False
    response: bool = False
    path: bool = False
    messages: bool = False
    facts: tuple[Fact, ...] = ()


def edge_label(raw: str, evidence: Evidence, *, technology: str = "") -> EdgeLabel:
    """Return the parts of an arrow's text; `technology` is what the syntax itself sets apart.

    >>> label = edge_label("calls, gRPC, timeout=2s, no retry", Evidence("a.mmd", 1, 1, "…"))
    >>> label.kinds, label.protocol, label.sync, [(f.name, f.status) for f in label.facts]
    (('calls',), 'gRPC', True, [('retry', 'denied'), ('timeout', 'stated')])
    """
    lines = label_lines(veiled(raw))
    text = _NUMBERING.sub("", " ".join(lines)).strip()
    facts: list[Fact] = list(status_of(text, evidence))
    kinds: tuple[str, ...] = ()
    exact = False
    free = []
    pieces = [p.strip() for line in lines for p in _BETWEEN.split(_NUMBERING.sub("", line)) if p.strip()]
    for piece in pieces:
        word = piece.lower().replace(" ", "_")
        found = facts_of(piece, evidence, owner="flow", alone=len(pieces) == 1)
        if word in _KINDS:
            kinds, exact = (*kinds, word), True
        elif found:
            facts.extend(found)
        else:
            free.append(piece)
    words = " ".join(free)
    protocol, encrypted = _protocol(f"{text} {technology}")
    if encrypted:
        facts.append(Fact("encryption_in_transit", True, "stated", (evidence,)))
    if not kinds:
        kinds = _verbs(words)
    unique = {f.name: f for f in reversed(facts)}
    return EdgeLabel(
        text,
        tuple(dict.fromkeys(kinds)),
        exact,
        _sync(text, protocol),
        protocol,
        bool(_PASSIVE.search(words)),
        bool(_RESPONSE.match(text)),
        bool(_PATH.match(text)),
        bool(_MESSAGES.search(words)),
        tuple(sorted(unique.values(), key=lambda f: f.name)),
    )


def is_protocol(text: str) -> bool:
    """Return whether a text is no more than the name of a protocol: what is drawn so is an interface, no component.

    >>> is_protocol("REST"), is_protocol("REST service")
    (True, False)
    """
    return text.lower() in _PROTOCOLS and text.lower() not in _ALSO_PARTS


def _sync(text: str, protocol: str | None) -> bool | None:
    """Return whether the caller waits, as the text itself says; what a verb implies depends on the target."""
    text = _ASIDE.sub(" ", text)
    if _ASYNC.search(text) and not _DRIVER_ASYNC.search(text):
        return False
    if _SYNC.search(text):
        return True
    if _TOLD.search(text):
        return False
    return True if protocol in _WAITED_FOR else None


def _verbs(words: str) -> tuple[str, ...]:
    """Return the kinds that the first verbs of a text name; two when it both reads and writes."""
    if _BOTH_WAYS.search(words):
        return ("reads", "writes")
    sql = _SQL.match(words)
    if sql:
        return ("reads",) if sql.group(1) == "SELECT" else ("writes",)
    if _HTTP_VERB.match(words):
        return ("calls",)
    if re.search(r"\b(?:runs|deployed|hosted) (?:on|in|by)\b", words, re.IGNORECASE):
        return ("runs_on",)
    tokens = [t for t in _WORD.findall(_OPERATION.sub(r"\1 ", words)) if t.lower() not in _FILLER]
    later = (
        t for t in tokens[1:4] if t.lower().endswith(("s", "ing", "e", "ed")) and t.lower() not in _NOUNS
    )
    for token in (*(t for t in tokens[:1] if t.lower() != "host"), *later):
        kind = _STEMS.get(stem(token))
        if kind:
            return (kind,)
    return ()


def _protocol(text: str) -> tuple[str | None, bool]:
    found: str | None = None
    encrypted = False
    for token in re.findall(r"[A-Za-z][\w/-]*", text):
        for part in (token.lower(), *token.lower().split("/")):
            encrypted = encrypted or part in _ENCRYPTED
            name = _PROTOCOLS.get(part)
            if name and (found is None or found in _CARRIERS):
                found = name
    return found, encrypted
