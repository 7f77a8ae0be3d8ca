"""Hosts in configuration values: which of the names that a system knows a URL, a setting or a command line points to."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass

MAX_VALUE = 20_000
# What counts where a variable isn't set, as shells write it (`${A:-b}`) and as Spring and its like do (`${a.b:c}`).
# What stands before a colon in other languages says where to look the rest up (`${env:HOST}`).
_DEFAULT = re.compile(
    r"\$\{(?!(?:env|self|opt|ssm|cf|sys|file|secret|param):\w)[\w.]{1,200}(?::(?![?+])[-=]?|-)([^${}]*)\}"
)
_VARIABLE = re.compile(r"\$\{[^}]{0,400}\}|\$\w+|\$\([\w.]+\)|\{\{[^{}]{0,400}\}\}")
_TOKEN = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.:-]{0,40})://)?(?:[^\s@/,;'\"]{0,200}@)?"
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,250}[A-Za-z0-9])?)(?::(?P<port>\d{1,5}))?(?![A-Za-z0-9_-])"
)
_KEYED = re.compile(
    r"(?:^|[;\s])(?:server|host|data source|hostname|addr|address)\s*=\s*(?:tcp:)?([\w.-]+)", re.IGNORECASE
)
_WORDS_OF_KEY = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
# A bare word is a host only where the key doesn't say that it is something else.
_NO_HOST = frozenset(
    """
        user username password passwd pass pwd db database name mode type driver dialect env environment
        profile role schema cluster app index queue topic exchange vhost group id key secret token engine
        backend provider namespace level format stage label title bucket path dir file realm scope audience
        version lang language locale plugin plugins enable enabled class service_name
    """.split()
)
_OWN = frozenset(
    """
        public external callback redirect origin origins allowed cors csrf self base site domain domains
        whitelist trusted advertised listener listeners virtual issuer return bind listen
    """.split()
)
_ENDPOINT = frozenset(
    """
        url uri host hostname endpoint dsn broker brokers server servers address addr bootstrap connection
        api
    """.split()
)
_OF_BASE = frozenset(
    "api auth oauth base url uri path app application web server service backend frontend client my our http https vite next nuxt "
    "react vue root".split()
)
# A key that says no more than this tells where the system's own pages are found.
_OF_PAGES = frozenset(
    "frontend front end client ui website webapp web app site url uri host address origin".split()
)
_PAGES = frozenset("frontend front client ui website webapp web app site".split())
_IN_CLUSTER = re.compile(r"([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\.[a-z0-9-]{1,63}\.svc(?:\.cluster\.local)?")
_PLACEHOLDER = re.compile(
    r"(?:^|\.)(?:example\.(?:com|org|net)|localhost|local|internal|test|invalid|localdomain)$|^\d+\.\d+\.\d+\.\d+$"
)


# Names that look like `host:number` where the key speaks of something else: topics with their partitions.
_NO_ENDPOINT = frozenset(
    ("topic", "topics", "queue", "queues", "exchange", "exchanges", "volume", "volumes", "mapping")
)
_MANAGED = tuple(
    (re.compile(pattern), technology)
    for pattern, technology in (
        (r"\.rds\.amazonaws\.com(?:\.cn)?$", "amazon-rds"),
        (r"\.cache\.amazonaws\.com(?:\.cn)?$", "elasticache"),
        (r"\.docdb\.amazonaws\.com$", "documentdb"),
        (r"\.redshift\.amazonaws\.com$", "redshift"),
        (r"\.mq\.[\w-]+\.amazonaws\.com$", "amazon-mq"),
        (r"\.kafka\.[\w-]+\.amazonaws\.com$", "msk"),
        (r"\.(?:es|aoss)\.amazonaws\.com$", "amazon-opensearch"),
        (r"^dynamodb\.[\w-]+\.amazonaws\.com$", "dynamodb"),
        (r"^sqs\.[\w-]+\.amazonaws\.com$", "sqs"),
        (r"(?:^|\.)s3[.-](?:[\w-]+\.)?amazonaws\.com$", "s3"),
        (r"\.postgres\.database\.azure\.com$", "azure-postgresql"),
        (r"\.mysql\.database\.azure\.com$", "azure-mysql"),
        (r"\.database\.windows\.net$", "azure-sql"),
        (r"\.redis\.cache\.windows\.net$", "azure-cache-redis"),
        (r"\.servicebus\.windows\.net$", "azure-service-bus"),
        (r"\.blob\.core\.windows\.net$", "azure-blob-storage"),
        (r"\.documents\.azure\.com$", "cosmosdb"),
        (r"\.vault\.azure\.net$", "azure-key-vault"),
        (r"\.azconfig\.io$", "azure-app-configuration"),
        (r"\.search\.windows\.net$", "azure-search"),
        (r"\.(?:cognitiveservices|openai)\.azure\.com$", "azure-ai-services"),
        (
            r"\.applicationinsights\.azure\.com$|\.monitor\.azure\.com$|\.services\.visualstudio\.com$",
            "azure-monitor",
        ),
        (r"\.mongodb\.net$", "mongodb-atlas"),
        (r"\.confluent\.cloud$", "confluent-cloud"),
        (r"^storage\.googleapis\.com$", "gcs"),
        (r"^pubsub\.googleapis\.com$", "google-pubsub"),
    )
)
_BUCKETS = {
    "s3": "s3",
    "s3a": "s3",
    "gs": "gcs",
    "wasbs": "azure-blob-storage",
    "abfss": "azure-blob-storage",
}
_BUCKET = re.compile(rf"\b({'|'.join(_BUCKETS)})://[\w${{}}.-]")


def managed_technology(host: str) -> str | None:
    """Return the technology of the provider's service that a host name belongs to, None for other hosts.

    >>> managed_technology("shop.c1x7q.eu-west-1.rds.amazonaws.com"), managed_technology("api.stripe.com")
    ('amazon-rds', None)
    """
    return next((technology for pattern, technology in _MANAGED if pattern.search(host.lower())), None)


def bucket_technology(value: str) -> str | None:
    """Return the object store whose bucket a value names by its scheme, None when it names none.

    >>> bucket_technology("s3://acme-dumps/orders"), bucket_technology("https://acme.example")
    ('s3', None)
    """
    found = _BUCKET.search(value)
    return _BUCKETS[found[1]] if found is not None else None


def service_in_cluster(host: str) -> str:
    """Return the name of the Service in a Kubernetes cluster that a host name with its namespace means, empty for other hosts.

    >>> service_in_cluster("stock.shop.svc.cluster.local"), service_in_cluster("stock.shop.example")
    ('stock', '')
    """
    found = _IN_CLUSTER.fullmatch(host.lower())
    return found[1] if found is not None else ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A host that a value names: one of the known names, or (`known` False) one elsewhere: public, a provider's, in the same cluster."""

    host: str
    scheme: str = ""
    port: int | None = None
    known: bool = True


_HERE = ("localhost", "host.docker.internal", "127.0.0.1", "[::1]", "::1", "0.0.0.0")
_INNER = re.compile(
    r"\.(?:svc(?:\..*)?|internal|local|lan|consul|docker|intranet|corp|home|test|invalid|example)$|\.example\.(?:com|org|net)$"
)


def is_here(host: str) -> bool:
    """Return whether a host is the machine itself.

    >>> is_here("127.0.0.1"), is_here("orders")
    (True, False)
    """
    return host.lower() in _HERE


def is_number(host: str) -> bool:
    """Return whether a host is an address of numbers, IPv4 or IPv6.

    >>> is_number("10.0.0.7"), is_number("orders")
    (True, False)
    """
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_public(host: str) -> bool:
    """Return whether a host is a name of the public network.

    >>> is_public("api.stripe.com"), is_public("orders.shop.svc.cluster.local"), is_public("orders")
    (True, False, False)
    """
    return "." in host and not is_here(host) and not is_number(host) and not _INNER.search(host)


def name_behind(host: str, port: int | None = None, known_as: str = "") -> str:
    """Return what a proxy's configuration calls the component at an address; `known_as` counts where the address is no name.

    >>> name_behind("orders.shop.svc.cluster.local"), name_behind("127.0.0.1", 81), name_behind("10.0.0.7", 81, "orders")
    ('orders', 'localhost:81', 'orders')
    """
    if is_here(host) or is_number(host):
        shown = "localhost" if is_here(host) else host
        return known_as or (f"{shown}:{port}" if port else shown)
    return host if is_public(host) else host.partition(".")[0]


def plain(value: str) -> str:
    """Return a value with defaults in the place of variables, and variables without one taken out.

    >>> plain("${DB:-postgres}:5432/${NAME}"), plain("jdbc:mysql://${db.host:tills}/x"), plain("${DB:?set it}")
    ('postgres:5432/', 'jdbc:mysql://tills/x', '')
    >>> plain("${DB:=postgres}:5432"), plain("redis://${env:CACHE_HOST}/0")
    ('postgres:5432', 'redis:///0')
    """
    for _ in range(3):
        value, n = _DEFAULT.subn(r"\1", value)
        if not n:
            break
    return _VARIABLE.sub("", value)


def references(
    key: str, value: str, names: Collection[str], *, command: bool = False
) -> tuple[Reference, ...]:
    """Return the hosts that the value of a setting names, in order, each once.

    A known name counts in a URL, before a port, in `Server=name;`, or as a whole value or list when the key allows a host
    there. In a `command` it counts only in a URL, before a port, or behind an option. Public hosts count in URLs of
    keys that speak of an endpoint; a provider's store and a Service of the cluster count wherever they are named.

    >>> references("DATABASE_URL", "postgresql://app:x@db:5432/shop", {"db"})
    (Reference(host='db', scheme='postgresql', port=5432, known=True),)
    >>> references("POSTGRES_USER", "db", {"db"}), references("API_URL", "https://api.stripe.com/v1", ())
    ((), (Reference(host='api.stripe.com', scheme='https', port=None, known=False),))
    >>> references("API_BASE_URL", "https://shop.acme.io", ()), references("CRM_API_BASE_URL", "https://crm.acme.io", ())[0].host
    ((), 'crm.acme.io')
    >>> references("DB_HOST", "shop.c1x7q.eu-west-1.rds.amazonaws.com", ())[0].known, references("FRONTEND_URL", "https://shop.acme.io", ())
    (False, ())
    >>> references("BROKERS", "kafka.events.svc.cluster.local:9092", ())[0].host
    'kafka.events.svc.cluster.local'
    """
    text = plain(value[: 2 * MAX_VALUE])[:MAX_VALUE]
    words = {w.lower() for w in _WORDS_OF_KEY.findall(key)}
    last = _WORDS_OF_KEY.findall(key)[-1].lower() if words else ""
    found: dict[str, Reference] = {}

    def add(host: str, scheme: str = "", port: str | None = None) -> None:
        name = host if host in names else _local(host, names)
        if name:
            found.setdefault(name, Reference(name, scheme, int(port) if port else None))

    keyed = _KEYED.findall(text)
    for host in keyed:
        add(host)
    whole = [p.strip() for p in text.split(",")] if not command else []
    bare_ok = not command and last not in _NO_HOST and not keyed
    all_hosts = bool(whole) and all(_local(p.partition(":")[0], names) for p in whole)
    own = _is_own(words)
    for match in _TOKEN.finditer(text):
        host, scheme, port = match["host"], (match["scheme"] or "").lower(), match["port"]
        before = text[match.start() - 1] if match.start() else ""
        if scheme in ("unix", "file") or (not scheme and last in _NO_ENDPOINT):
            continue
        if not _local(host, names) and (
            service_in_cluster(host) or (managed_technology(host) and not scheme)
        ):
            found.setdefault(host, Reference(host, scheme, int(port) if port else None, known=False))
            continue
        if scheme or port or "@" in match[0]:
            if before in ("/", ".") and not scheme:
                continue
            add(host, scheme, port)
            public = "." in host and not _local(host, names) and not _PLACEHOLDER.search(host.lower())
            if (
                scheme
                and public
                and not own
                and (words & _ENDPOINT)
                and re.fullmatch(r"[a-z]{2,18}", host.rpartition(".")[2])
            ):
                found.setdefault(host, Reference(host, scheme, int(port) if port else None, known=False))
        elif (bare_ok and all_hosts) or (
            command and before in ("=", " ") and _follows_host_option(text, match.start())
        ):
            add(host)
    return tuple(found.values())


def _is_own(words: set[str]) -> bool:
    """Return whether a key names an address of the system itself; the base address of some other API is none (`CRM_API_BASE_URL`)."""
    if words and words <= _OF_PAGES and words & _PAGES:
        return True
    said = words & _OWN
    return bool(said) and not (said == {"base"} and words & {"api", "auth", "oauth"} and words - _OF_BASE)


def _local(host: str, names: Collection[str]) -> str:
    """Return the known name that a host is, also as `name.namespace.svc.cluster.local`."""
    if host in names:
        return host
    first, _, rest = host.partition(".")
    set_, _, behind = rest.partition(".")
    if set_ in names and re.search(r"-\d{1,3}$", first) and (not behind or ".svc" in f".{behind}"):
        return set_  # one pod of a StatefulSet, by the Service that governs it
    if (
        first in names
        and rest
        and (
            rest.endswith(("svc", "svc.cluster.local"))
            or (
                rest.count(".") == 0
                and rest.islower()
                and rest
                not in (
                    "com",
                    "org",
                    "net",
                    "io",
                    "dev",
                    "app",
                    "py",
                    "js",
                    "sh",
                    "conf",
                    "yml",
                    "yaml",
                    "json",
                    "sql",
                )
            )
        )
    ):
        return first
    return ""


def _follows_host_option(text: str, start: int) -> bool:
    """Return whether the word before `start` is an option that takes a host: `-h`, `--link`, `--broker=`, `wait-for`."""
    before = text[:start].rstrip(" =").rpartition(" ")[2].lower()
    return before in ("-h", "-host") or bool(
        re.search(r"(?:host|link|server|broker|addr|address|url|peer|join|wait-for\S*)$", before)
    )
