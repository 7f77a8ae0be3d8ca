"""From an address in code to what it leads to: a store by its URL, a service by its host or by the setting that holds its address."""

from __future__ import annotations

import re

from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.python.found import Target
from buttress.readers.python.values import Value
from buttress.vocabulary import Technology, load
from buttress.workloads import hosts

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{1,40})://(?:[^\s@/]{0,200}@)?(?P<host>[A-Za-z0-9_.{}-]{1,250})?(?::(?P<port>\d+))?"
)
_HOST_PORT = re.compile(
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,200}[A-Za-z0-9])?):(?P<port>\d{2,5})(?:[,/].*)?"
)
_LOCAL = re.compile(
    r"localhost|127\.|0\.0\.0\.0|::1|host\.docker\.internal|.*\{|\{\}|$|.*\.local(?:domain|host)?$|.*\.test$|.*\.invalid$|testserver"
)
# Where a cloud tells a machine about itself.
_METADATA = re.compile(
    r"metadata\.(?:google\.internal|goog|azure\.\w+|tencentyun\.com|\w+\.internal)$|169\.254\.\d+\.\d+$|100\.100\.100\.200$"
)
_EXAMPLE = re.compile(
    r"(?:^|\.)example\.(?:com|org|net|edu)$|^(?:www\.)?(?:w3\.org|schema\.org|purl\.org|xmlns\.com|json-schema\.org)$"
)
_ADDRESS_WORDS = re.compile(
    r"(?:_?(?:base|api|service|server|http|https|internal|endpoint))*_(?:url|uri|host|endpoint|address|addr|base)$",
    re.IGNORECASE,
)
_NO_SERVICE = frozenset(
    """
        base api service server site public external callback redirect frontend webhook self app web root static media login logout
        http https proxy auth token request response next image file download upload return success error cancel test default home
        database db redis cache broker jwks target remote download url feed page link docs health status internal
        discovery issuer authorization authorize userinfo introspect introspection revocation certs metadata full final whole
    """.split()
)
# Protocols by which people log in elsewhere, and what their endpoints are called.
_LOGS_IN = frozenset("oidc openid oauth oauth2 saml saml2 sso idp".split())


def store_technology(scheme: str) -> Technology | None:
    """Return the store or broker that a URL scheme belongs to.

    >>> store_technology("postgresql+asyncpg").id, store_technology("https")
    ('postgresql', None)
    """
    name = scheme.lower()
    if name in ("http", "https", "ftp", "ws", "wss", "file", "smtp"):
        return None
    if name == "rediss":
        name = "redis"
    if name == "amqps":
        name = "amqp"
    found = load().technology_of_scheme(name)
    return found if found is not None and found.kind in STORES | MESSAGING else None


def says_no_place(host: str) -> bool:
    """Return whether a host is none, the own machine, an example or only numbers, so that it names nothing.

    >>> says_no_place("localhost"), says_no_place("10.0.0.7"), says_no_place("ldap.acme.com")
    (True, True, False)
    """
    return (
        not host
        or _LOCAL.match(host) is not None
        or _EXAMPLE.search(host) is not None
        or re.fullmatch(r"[\d.]+", host) is not None
    )


def store_of_url(text: str) -> Target | None:
    """Return the store or broker that a URL points to, None when its scheme is none's or it is a file of the project's own.

    >>> store_of_url("postgresql+asyncpg://app@db:5432/shop")
    Target(name='db', kind='relational_db', technology='postgresql', host='db', outside=False)
    >>> store_of_url("redis://localhost:6379/0").name, store_of_url("https://acme.example")
    ('Redis', None)
    """
    found = _URL.match(text.strip())
    if found is None:
        return None
    technology = store_technology(found["scheme"])
    if technology is None:
        return None
    return store(technology.id, found["host"] or "")


def store(technology: str, host: str = "", kind: str = "") -> Target:
    """Return the target for a store of a technology, named by its host when that says anything.

    >>> store("redis", "cache.internal.acme.com").name, store("redis").name
    ('cache.internal.acme.com', 'Redis')
    """
    known = load().technologies.get(technology)
    kind = kind or (known.kind if known is not None else "data_store")
    host = host.strip().lower()
    label = known.label if known is not None else technology
    if says_no_place(host):
        return Target(label, kind, technology)
    managed = hosts.managed_technology(host)
    if managed is not None:
        return Target(host, kind, managed, host, True)
    return Target(
        host.partition(".")[0] if host.endswith(("svc", "svc.cluster.local")) else host,
        kind,
        technology,
        host,
    )


def service_of(value: Value | None) -> Target | None:
    """Return the service that an HTTP address points to: a public host, a host of the system, or the one whose setting holds it.

    None when the address isn't known, is the own machine or where its cloud tells it about itself, or is only an example.
    """
    if value is None:
        return None
    found = _URL.match(value.text.strip())
    host = (found["host"] or "").lower() if found is not None else ""
    if found is None and (bare := _HOST_PORT.fullmatch(value.text.strip())) is not None:
        host = bare["host"].lower()
    if _METADATA.match(host):
        return None
    if not says_no_place(host):
        managed = hosts.managed_technology(host)
        if managed is not None:
            known = load().technologies[managed]
            return Target(host, known.kind, managed, host, True)
        if "." in host and not host.endswith(("svc", "svc.cluster.local", ".internal")):
            offered = load().technologies.get(host.split(".")[-2])
            if offered is not None and offered.kind == "external_service":
                return Target(offered.label, "external_service", offered.id, outside=True)
            return Target(host, "external_service", None, host, True)
        return Target(host.partition(".")[0], "service", None, host)
    if found is not None and store_technology(found["scheme"]):
        return None
    path = set(re.split(r"\W+", value.text[found.end() :].lower())) if found is not None else set()
    named = service_of_setting(value.names)
    return (
        None if named is not None and named.name in path else named
    )  # METRICS_URL = "http://127.0.0.1/metrics"


def service_of_setting(names: tuple[str, ...]) -> Target | None:
    """Return the service that a setting's name says: `PRICING_SERVICE_URL` is the address of `pricing`.

    >>> service_of_setting(("PRICING_SERVICE_URL",)).name, service_of_setting(("BASE_URL",)), service_of_setting(("userinfo_url",))
    ('pricing', None, None)
    >>> service_of_setting(("OIDC_ISSUER_URL",)).kind
    'identity_provider'
    """
    for name in names:
        snake = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
        stem = _ADDRESS_WORDS.sub("", snake).lower().strip("_")
        if stem == snake.lower().strip("_") or not stem:
            continue
        words = [w for w in stem.split("_") if w]
        if not words or all(w in _NO_SERVICE for w in words) or len(words) > 3:
            continue
        if words[0] in _LOGS_IN and all(w in _NO_SERVICE | _LOGS_IN for w in words):
            return Target("Identity provider", "identity_provider")
        known = load().technology(words[0]) if len(words) == 1 else None
        if known is not None and not known.ambiguous and known.kind not in ("library_or_module", "other"):
            return Target(known.label, known.kind, known.id)
        return Target("-".join(words), "service")
    return None
