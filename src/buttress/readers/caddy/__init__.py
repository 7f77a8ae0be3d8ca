"""Caddy.

`Caddyfile`, `Caddyfile.prod` and their like, and `.caddy` files.

- **Reads** sites and what they pass on to whom (`reverse_proxy`, `php_fastcgi`, `forward_auth`), with snippets and defaults of variables;
  several upstreams, health checks, attempts and timeouts of a proxy; encryption on both sides, limits of rates and bodies, headers for
  browsers, who must log in, logs. It is joined with the container that mounts or copies the file, else with the only Caddy by name.
- **Complete about** nothing.
- **Doesn't read** files that are imported, Caddy's configuration in JSON, and addresses that a request or a variable without a default decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

from buttress import workloads
from buttress.model import (
    Component,
    Diagnostic,
    Evidence,
    Fact,
    FactValue,
    Flow,
    Fragment,
    Source,
    flow_id,
    slug,
)
from buttress.readers.caddy.directives import Directive, directives_of
from buttress.workloads import folders, hosts

__all__ = ["read"]

MAX_EVIDENCE = 50  # lines that say one flow
_PASSES = ("reverse_proxy", "php_fastcgi", "forward_auth")
_ADDRESS = re.compile(
    r"(?:(?P<scheme>https?|h2c|fastcgi)://)?(?P<host>\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9](?:[\w.-]{0,250}))?(?::(?P<port>\d{1,5})(?:-\d{1,5})?)?"
)
_SITE = re.compile(
    r"(?:(?P<scheme>https?)://)?(?:\*\.)?(?P<host>[\w.-]{1,250})?(?::(?P<port>\d{1,5}))?(?:/\S{0,200})?"
)
_NEAR = re.compile(r"\.(?:localhost|local|internal|lan|home|test)$")
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)")
_HEADERS = frozenset(
    "x-frame-options content-security-policy strict-transport-security x-content-type-options referrer-policy permissions-policy".split()
)
_SIZES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "KI": 1024, "MI": 1024**2, "GI": 1024**3}


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return each Caddy that some files configure, with what it passes requests on to.

    >>> found = read((Source("Caddyfile", "shop.acme.io {\n  reverse_proxy /api/* orders:8000\n}\n"),))
    >>> [(f.source, f.kind, f.target) for f in found.flows], found.components[0].fact("encryption_in_transit").value
    ([('caddy', 'routes', 'orders')], True)
    """
    diagnostics: list[Diagnostic] = []
    components: dict[str, Component] = {}
    flows: list[Flow] = []
    called = folders.names_of_proxies("caddy", [(folders.code_folder(s.path), s.heading) for s in sources])
    for source, name in zip(sources, called, strict=True):
        sites = [d for d in directives_of(source, diagnostics) if d.block]
        if not any(d.name and d.name != "import" for d in sites):
            continue
        reading = _Reading(name, diagnostics)
        for site in sites:
            if site.name and site.name != "import":
                reading.site(site)
        proxy = reading.proxy(source, sites)
        components[proxy.id] = proxy
        for component in reading.components.values():
            components.setdefault(component.id, component)
        flows += reading.flows.values()
    return Fragment(
        "caddy",
        tuple(components.values()),
        tuple(flows),
        diagnostics=tuple(dict.fromkeys(diagnostics)),
        tells_apart=True,
    )


def _all(directives: list[Directive] | None) -> Iterator[Directive]:
    for directive in directives or ():
        yield directive
        if directive.name not in _PASSES:
            yield from _all(directive.block)


class _Reading:
    def __init__(self, name: str, diagnostics: list[Diagnostic]) -> None:
        self.name = name
        self.diagnostics = diagnostics
        self.components: dict[str, Component] = {}
        self.flows: dict[tuple[str, str], Flow] = {}

    def site(self, site: Directive) -> None:
        """Add what one site passes on."""
        for directive in _all(site.block):
            if directive.name in _PASSES:
                self._pass(directive)

    def _pass(self, directive: Directive) -> None:
        own = takewhile(lambda a: a != "{", directive.arguments)  # a block on one line is none
        written = [a for a in own if not a.startswith(("/", "@", "*"))]
        places = [(a, directive) for a in written]
        places += [(a, to) for to in directive.inner("to") for a in to.arguments]
        facts = _facts_of(directive, len(places))
        shown = {n: place.at() for n, place in {id(place): place for _, place in places}.items()}
        for text, place in places:
            found = _ADDRESS.fullmatch(text)
            if found is None or not (found["host"] or found["port"]):
                if not text.startswith("unix"):
                    reason = f"where `{directive.name}` passes on to depends on the request or the environment; no flow was read from it"
                    self.diagnostics.append(Diagnostic(directive.source.path, place.line, reason, "info"))
                continue
            host, port = (found["host"] or "localhost").lower(), int(found["port"]) if found["port"] else None
            scheme = found["scheme"] or ("fastcgi" if directive.name == "php_fastcgi" else "")
            here = shown[id(place)]
            secure = (Fact("encryption_in_transit", True, "stated", (here,)),) if scheme == "https" else ()
            self._flow(hosts.name_behind(host, port), host, port, scheme, (*facts, *secure), here, directive)

    def _flow(
        self,
        name: str,
        host: str,
        port: int | None,
        scheme: str,
        facts: tuple[Fact, ...],
        here: Evidence,
        directive: Directive,
    ) -> None:
        id_ = slug(name)
        if id_ == slug(self.name):
            return
        if id_ not in self.components:
            self.components[id_] = _behind(id_, name, host, port, here)
        check = next(iter(directive.inner("health_uri", "health_path", "health_port")), None)
        known = self.components[id_]
        if check is not None and known.fact("health_check") is None:
            self.components[id_] = replace(
                known, facts=(*known.facts, Fact("health_check", True, "stated", (check.at(),)))
            )
        protocol = scheme or None
        old = self.flows.get((id_, scheme))
        if old is None:
            kind = "calls" if directive.name == "forward_auth" else workloads.flow_kind("gateway", known.kind)
            new = flow_id(slug(self.name), id_, kind, {f.id for f in self.flows.values()})
            self.flows[(id_, scheme)] = Flow(new, slug(self.name), id_, kind, None, protocol, facts, (here,))
            return
        seen = old.evidence if here in old.evidence else (*old.evidence, here)[:MAX_EVIDENCE]
        self.flows[(id_, scheme)] = replace(
            old, facts=workloads.told_by_several(old.facts, facts), evidence=seen
        )

    def proxy(self, source: Source, sites: list[Directive]) -> Component:
        """Return Caddy itself, with what its sites say of it."""
        named = [d for d in sites if d.name and d.name != "import"]
        every = [d for site in named for d in _all(site.block)]
        facts: list[Fact] = []

        def say(name: str, places: list[Directive], value: FactValue = True) -> None:
            if places:
                facts.append(Fact(name, value, "stated", tuple(dict.fromkeys(d.at() for d in places[:5]))))

        def of(*names: str) -> list[Directive]:
            return [d for d in every if d.name in names]

        options = {(d.name, *d.arguments) for site in sites if not site.name for d in site.block or ()}
        secure = [s for s in named if _is_secure(s)] if ("auto_https", "off") not in options else []
        say("encryption_in_transit", secure or [d for d in of("tls") if d.arguments or d.block])
        if ("auto_https", "disable_redirects") not in options:
            say("https_only", secure)
        say("dns_name", secure[:1], _host(secure[0]) if secure else True)
        say("rate_limit", of("rate_limit"))
        sizes = [
            (d, s) for d in of("request_body") for m in d.inner("max_size") if (s := _size(m)) is not None
        ]
        say("request_size_limit", [d for d, _ in sizes], max((s for _, s in sizes), default=0))
        headers = [
            d
            for h in of("header")
            for d in (h, *(h.block or ()))
            if _HEADERS & {w.lstrip("+?>-").lower() for w in (d.name, *d.arguments)}
        ]
        say(
            "hsts",
            [d for d in headers if "strict-transport-security" in " ".join((d.name, *d.arguments)).lower()][
                :1
            ],
        )
        say("security_headers", headers)
        say("compression", of("encode")[:1])
        say("authentication", of("forward_auth"), "by another service")
        if not of("forward_auth"):
            say("authentication", of("basic_auth", "basicauth"), "a password (basic)")
        say("access_log", of("log")[:1])
        say("configuration_files", named[:1], (source.path,))
        passes = bool(self.flows) or any(d.name in _PASSES for d in every)
        kind = "gateway" if passes else "web_frontend"
        return Component(
            slug(self.name), self.name, kind, "caddy", facts=tuple(facts), evidence=(named[0].at(),)
        )


def _behind(id_: str, name: str, host: str, port: int | None, here: Evidence) -> Component:
    if hosts.is_public(host):
        return workloads.outside(id_, name, host, hosts.managed_technology(host), here)
    kind, technology = workloads.kind_of(name, "")
    facts: tuple[Fact, ...] = (Fact("port", port, "stated", (here,)),) if port is not None else ()
    if hosts.is_here(host):
        facts += (Fact("same_host", True, "stated", (here,)),)
    return Component(id_, name, kind, technology.id if technology else None, facts=facts, evidence=(here,))


def _facts_of(directive: Directive, upstreams: int) -> tuple[Fact, ...]:
    """Return what a proxy states of the flows to what is behind it."""
    facts: list[Fact] = []

    def say(name: str, place: Directive | None, value: FactValue = True, *, denied: bool = False) -> None:
        if place is not None:
            facts.append(
                Fact(name, None if denied else value, "denied" if denied else "stated", (place.at(),))
            )

    transport = [d for t in directive.inner("transport") for d in t.block or ()]

    def first(found: list[Directive], *names: str) -> Directive | None:
        return next((d for d in found if d.name in names and _is_set(d)), None)

    own = directive.block or []
    if upstreams > 1:
        say("load_balanced", directive)
    say("retry", first(own, "lb_retries", "lb_try_duration"))
    say("circuit_breaker", first(own, "fail_duration"))
    for name, written in (
        ("timeout", ("response_header_timeout", "read_timeout")),
        ("connect_timeout", ("dial_timeout",)),
    ):
        place = first(transport, *written)
        seconds = _seconds(place.arguments[0]) if place is not None else None
        if seconds is not None:
            say(name, place, seconds)
    say("encryption_in_transit", first(transport, "tls"))
    say("certificate_check", first(transport, "tls_insecure_skip_verify"), denied=True)
    return tuple(facts)


def _is_set(directive: Directive) -> bool:
    """Return whether an option of a proxy is switched on: it has a value, and not the nought that switches it off."""
    if not directive.arguments:
        return directive.name.startswith("tls")
    return re.fullmatch(r"0+[a-z]*", directive.arguments[0]) is None


def _seconds(text: str) -> float | int | None:
    found = _SECONDS.fullmatch(text)
    if found is None:
        return None
    number = float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[found[2]]
    return int(number) if number == int(number) else number


def _size(directive: Directive) -> int | None:
    found = (
        re.fullmatch(r"(\d{1,12})\s?([KMG]?I?)B?", directive.arguments[0].upper())
        if directive.arguments
        else None
    )
    return int(found[1]) * _SIZES[found[2]] if found is not None and found[2] in _SIZES else None


def _addresses(site: Directive) -> list[str]:
    return [a for word in (site.name, *site.arguments) for a in word.split(",") if a]


def _host(site: Directive) -> str:
    """Return the first name of a site that others than its own machine and network know."""
    found = (m["host"] for a in _addresses(site) if (m := _SITE.fullmatch(a)) is not None and m["host"])
    return next((h for h in found if "." in h and not hosts.is_number(h) and not _NEAR.search(h)), "")


def _is_secure(site: Directive) -> bool:
    """Return whether Caddy gets a certificate for a site by itself: it has a public name, and neither `http://` nor port 80 before or behind it."""
    found = [m for a in _addresses(site) if (m := _SITE.fullmatch(a)) is not None]
    return bool(_host(site)) and not any(m["scheme"] == "http" or m["port"] == "80" for m in found)
