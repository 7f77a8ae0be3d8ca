"""Hosts in configuration values: which of the names that a system knows a URL, a setting or a command line points to."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

MAX_VALUE = 20_000
_DEFAULT = re.compile(r"\$\{\w+:?-([^${}]*)\}")
_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\w+|\$\([\w.]+\)|\{\{[^}]*\}\}")
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
_PLACEHOLDER = re.compile(
    r"(?:^|\.)(?:example\.(?:com|org|net)|localhost|local|internal|test|invalid|localdomain)$|^\d+\.\d+\.\d+\.\d+$"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A host that a value names: one of the known names, or (`known` False) a public host name."""

    host: str
    scheme: str = ""
    port: int | None = None
    known: bool = True


def plain(value: str) -> str:
    """Return a value with defaults in the place of variables, and variables without one taken out.

    >>> plain("${DB:-postgres}:5432/${NAME}")
    'postgres:5432/'
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
    keys that speak of an endpoint.

    >>> references("DATABASE_URL", "postgresql://app:x@db:5432/shop", {"db"})
    (Reference(host='db', scheme='postgresql', port=5432, known=True),)
    >>> references("POSTGRES_USER", "db", {"db"}), references("API_URL", "https://api.stripe.com/v1", ())
    ((), (Reference(host='api.stripe.com', scheme='https', port=None, known=False),))
    """
    text = plain(value)[:MAX_VALUE]
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
    own = bool(words & _OWN)
    for match in _TOKEN.finditer(text):
        host, scheme, port = match["host"], (match["scheme"] or "").lower(), match["port"]
        before = text[match.start() - 1] if match.start() else ""
        if scheme in ("unix", "file"):
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


def _local(host: str, names: Collection[str]) -> str:
    """Return the known name that a host is, also as `name.namespace.svc.cluster.local`."""
    if host in names:
        return host
    first, _, rest = host.partition(".")
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
