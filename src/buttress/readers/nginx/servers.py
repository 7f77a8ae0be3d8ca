"""What nginx says of itself: encryption, redirects, limits, headers, logs, and files that it gives away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from buttress import workloads
from buttress.model import Evidence, Fact, FactValue
from buttress.readers.nginx.directives import Directive, seconds, size
from buttress.readers.nginx.flows import PASSES
from buttress.readers.nginx.included import Configuration

_HEADERS = frozenset(
    "x-frame-options content-security-policy strict-transport-security x-content-type-options referrer-policy permissions-policy".split()
)
_VERSIONS = (
    ("SSLv2", "SSLv2"),
    ("SSLv3", "SSLv3"),
    ("TLSv1", "1.0"),
    ("TLSv1.1", "1.1"),
    ("TLSv1.2", "1.2"),
    ("TLSv1.3", "1.3"),
)
_TO_HTTPS = re.compile(r"^https://", re.IGNORECASE)
_DEFAULT_BODY = 1024**2


@dataclass(frozen=True, slots=True)
class Block:
    """A server or location, with the blocks around it from the innermost to the outermost, its own first."""

    directive: Directive
    around: tuple[list[Directive], ...]

    def nearest(self, name: str) -> list[Directive]:
        """Return the directives of the innermost block that has any of that name."""
        return next((f for b in self.around if (f := [d for d in b if d.name == name])), [])


def facts_of(configuration: Configuration) -> tuple[Fact, ...]:
    """Return the facts of one nginx; what is left out is denied only where all of its files were read."""
    facts: list[Fact] = []
    blocks = list(_blocks(configuration.directives, (configuration.directives,)))
    servers = [b for b in blocks if b.directive.name == "server"]
    every = list(_all(configuration.directives))

    def say(name: str, places: list[Directive], value: FactValue = True, *, denied: bool = False) -> None:
        if places:
            shown = tuple(dict.fromkeys(d.at() for d in places[:5]))
            facts.append(Fact(name, None if denied else value, "denied" if denied else "stated", shown))

    def of(*names: str) -> list[Directive]:
        return [d for d in every if d.name in names]

    secure = [s for s in servers if _tls_listens(s.directive)]
    say("encryption_in_transit", [d for s in secure for d in _tls_listens(s.directive)][:1])
    _redirects(servers, secure, facts)
    old = [(_oldest(d), d) for d in of("ssl_protocols")]
    lowest = min((v for v, _ in old if v), key=_rank, default="")
    say("tls_policy", [d for v, d in old if v == lowest and v], lowest)
    say("mutual_tls", [d for d in of("ssl_verify_client") if d.first() == "on"])
    passing = any(d.name in PASSES for d in every)
    _limits(every, configuration.whole and passing, facts)
    say("hsts", [d for d in of("add_header") if d.first().lower() == "strict-transport-security"][:1])
    say("security_headers", [d for d in of("add_header") if d.first().lower() in _HEADERS])
    lost = [d for b in blocks if b.directive.name == "location" and (d := _loses_headers(b)) is not None]
    say("headers_lost", lost, len(lost))
    beside = [d for b in blocks if (d := _reaches_beside(b)) is not None]
    say("paths_beside_alias", beside, len(beside))
    say("compression", [d for d in of("gzip", "brotli") if d.first() == "on"][:1])
    repeated = [d for d in of("proxy_next_upstream", "grpc_next_upstream") if "non_idempotent" in d.arguments]
    say("retried_writes", repeated, len(repeated))
    asked = of("auth_request")
    say("authentication", [d for d in asked if d.first() != "off"], "by another service")
    if not asked:
        say("authentication", [d for d in of("auth_basic") if d.first() != "off"], "a password (basic)")
        say("authentication", [d for d in of("auth_jwt") if d.first() != "off"], "a token (JWT)")
    logs = of("access_log")
    outer = [d for b in configuration.directives for d in (b.block or ()) if d in logs]
    say("access_log", [d for d in logs if d.first() != "off"][:1])
    if outer and all(d.first() == "off" for d in logs):
        say("access_log", outer, denied=True)
    say("structured_logs", [d for d in of("log_format") if "escape=json" in d.arguments][:1])
    say("metrics", of("stub_status")[:1], "stub_status")
    names = [(n, d) for s in servers for d in s.directive.inner("server_name") for n in d.arguments]
    public = next(
        (
            (n, d)
            for n, d in names
            if re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,18}", n) and not n.endswith(".local")
        ),
        None,
    )
    if public is not None:
        say("dns_name", [public[1]], public[0])
    plain: list[Evidence] = [
        d.at(name_only=True)
        for d in of("fastcgi_param", "uwsgi_param", "env")
        if len(d.arguments) > 1 and workloads.holds_secret(d.arguments[0], d.arguments[1])
    ]
    plain += [
        d.at(name_only=True)
        for d in of("proxy_set_header")
        if d.first().lower() == "authorization"
        and re.fullmatch(r"(?:Basic|Bearer) [\w+/=.-]{8,}", d.arguments[-1])
    ]
    if plain:
        facts.append(Fact("secrets_in_plaintext", True, "stated", tuple(dict.fromkeys(plain))))
    return tuple(facts)


def _all(directives: list[Directive]) -> Iterator[Directive]:
    for directive in directives:
        yield directive
        yield from _all(directive.block or [])


def _blocks(directives: list[Directive], around: tuple[list[Directive], ...]) -> Iterator[Block]:
    for directive in directives:
        if directive.block is None or directive.name in ("upstream", "map", "types", "geo", "stream"):
            continue
        inner = (directive.block, *around)
        if directive.name in ("server", "location", "if"):
            yield Block(directive, inner)
        yield from _blocks(directive.block, inner)


def _tls_listens(server: Directive) -> list[Directive]:
    found = [d for d in server.inner("listen") if {"ssl", "quic"} & set(d.arguments[1:])]
    return found or [d for d in server.inner("ssl") if d.first() == "on"]


def _plain_listens(server: Directive) -> list[Directive]:
    return [
        d
        for d in server.inner("listen")
        if re.fullmatch(r"(?:.*:)?80", d.first()) and "ssl" not in d.arguments
    ]


def _redirects(servers: list[Block], secure: list[Block], facts: list[Fact]) -> None:
    """Tell whether all that comes unencrypted is sent on to the encrypted address, or is served as it comes."""
    if not secure:
        return
    plain = [s for s in servers if _plain_listens(s.directive)]
    sent = [(s, _sent_on(s.directive)) for s in plain]
    open_ = [
        s for s, to in sent if to is None and (s in secure or _same_names(s, secure)) and _serves(s.directive)
    ]
    if open_:
        places = tuple(d.at() for s in open_ for d in _plain_listens(s.directive))
        facts.append(Fact("https_only", None, "denied", places[:5]))
    elif plain and all(to is not None for _, to in sent):
        facts.append(
            Fact("https_only", True, "stated", tuple(to.at() for _, to in sent if to is not None)[:5])
        )


def _same_names(server: Block, secure: list[Block]) -> bool:
    def names(one: Block) -> set[str]:
        return {
            a
            for d in one.directive.inner("server_name")
            for a in d.arguments
            if a not in ("_", "localhost", "")
        }

    return any(names(server) & names(s) for s in secure)


def _serves(server: Directive) -> bool:
    """Return whether a server answers with more than challenges and fixed words."""
    return any(
        d.name in (*PASSES, "root", "try_files") for d in _all(server.block or []) if d is not server
    ) and not all(
        d.first().startswith("/.well-known") or "/.well-known" in " ".join(d.arguments)
        for d in server.inner("location")
    )


def _sent_on(server: Directive) -> Directive | None:
    """Return the directive that sends a request on to HTTPS, for everything or by a condition on the scheme."""
    for directive in _all(server.block or []):
        if directive.name == "return" and any(_TO_HTTPS.match(a) for a in directive.arguments[-1:]):
            return directive
        if (
            directive.name == "rewrite"
            and len(directive.arguments) > 1
            and _TO_HTTPS.match(directive.arguments[1])
        ):
            return directive
        if directive.name == "error_page" and any(_TO_HTTPS.match(a) for a in directive.arguments[-1:]):
            return directive
    return None


def _oldest(protocols: Directive) -> str:
    return next((shown for written, shown in _VERSIONS if written in protocols.arguments), "")


def _rank(version: str) -> int:
    return [shown for _, shown in _VERSIONS].index(version)


def _limits(every: list[Directive], complete: bool, facts: list[Fact]) -> None:
    """Tell what one caller may send: rates of the zones in use, connections, the size of a body."""
    zones = {
        key.partition("=")[2].partition(":")[0]: (
            d,
            next((a for a in d.arguments if a.startswith("rate=")), ""),
        )
        for d in every
        if d.name == "limit_req_zone"
        for key in d.arguments
        if key.startswith("zone=")
    }
    used = [d for d in every if d.name == "limit_req"]
    known = [zones[z] for d in used for a in d.arguments if a.startswith("zone=") and (z := a[5:]) in zones]
    rates = {r for _, written in known if (r := _rate(written)) is not None}
    if used:
        places = tuple(dict.fromkeys(d.at() for d in (*used[:3], *(d for d, _ in known[:2]))))
        facts.append(Fact("rate_limit", rates.pop() if len(rates) == 1 else True, "stated", places))
    connections = [
        d for d in every if d.name == "limit_conn" and d.arguments[-1:] and d.arguments[-1].isdecimal()
    ]
    if connections:
        most = max(connections, key=lambda d: int(d.arguments[-1][:9]))
        facts.append(Fact("connections_per_caller", int(most.arguments[-1][:9]), "stated", (most.at(),)))
    elif complete and not used:
        facts.append(Fact("rate_limit", None, "denied", (next(d for d in every if d.name in PASSES).at(),)))
    bodies = [
        (d, s) for d in every if d.name == "client_max_body_size" and (s := size(d.first())) is not None
    ]
    if unlimited := [d for d, s in bodies if s == 0]:
        facts.append(Fact("request_size_limit", None, "denied", tuple(d.at() for d in unlimited[:5])))
    elif bodies:
        largest = max(bodies, key=lambda item: item[1])
        facts.append(Fact("request_size_limit", largest[1], "stated", (largest[0].at(),)))
    elif complete:
        place = next(d for d in every if d.name in PASSES)
        facts.append(Fact("request_size_limit", _DEFAULT_BODY, "stated", (place.at(),)))
    idle = [(d, t) for d in every if d.name == "keepalive_timeout" and (t := seconds(d.first())) is not None]
    if idle:
        facts.append(Fact("keep_alive", idle[0][1], "stated", (idle[0][0].at(),)))


def _rate(written: str) -> float | None:
    found = re.fullmatch(r"rate=(\d{1,9})r/([sm])", written)
    if found is None:
        return None
    value = int(found[1]) / (60 if found[2] == "m" else 1)
    return int(value) if value == int(value) else round(value, 3)


def _loses_headers(block: Block) -> Directive | None:
    """Return the first header of a location by which those of the blocks around it are no longer sent."""
    own, *outer = block.around
    mine = [d for d in own if d.name == "add_header"]
    if not mine or any(d.name in ("include", "add_header_inherit") for b in block.around for d in b):
        return None
    above = next((f for b in outer if (f := [d for d in b if d.name == "add_header"])), [])
    kept = {d.first().lower() for d in mine}
    return mine[0] if any(d.first().lower() in _HEADERS - kept for d in above) else None


def _reaches_beside(block: Block) -> Directive | None:
    """Return the alias by which a path can leave its folder: `location /files` with `alias /srv/files/`."""
    if block.directive.name != "location" or len(block.directive.arguments) not in (1, 2):
        return None
    *how, prefix = block.directive.arguments
    if how not in ([], ["^~"]) or prefix.endswith("/") or not prefix.startswith("/"):
        return None
    return next(
        (d for d in block.directive.inner("alias") if d.first().endswith("/") and "$" not in d.first()), None
    )
