"""What nginx passes on: a flow for each upstream, with how long it waits, whether it tries again, caches and encrypts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from buttress import workloads
from buttress.model import Component, Diagnostic, Fact, FactValue, Flow, flow_id, slug
from buttress.readers.nginx.directives import Directive, Named, by_name, seconds
from buttress.readers.nginx.included import Configuration
from buttress.readers.nginx.upstreams import (
    Server,
    alternatives,
    name_of,
    server_of,
    values_of,
    without_request,
)
from buttress.workloads import hosts

PASSES = ("proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass")
_DEFAULT_WAIT = 60  # seconds, of nginx, for an answer and for a connection
_KEPT_OPEN = 1800  # seconds; so long a WebSocket is kept open, which is no wait for an answer
_PROTOCOLS = {
    "fastcgi_pass": "fastcgi",
    "uwsgi_pass": "uwsgi",
    "scgi_pass": "scgi",
    "grpc_pass": "grpc",
    "memcached_pass": "memcached",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A directive that passes on, and the blocks around it from the innermost to the outermost."""

    directive: Directive
    around: tuple[Named, ...]
    in_stream: bool = False

    def nearest(self, name: str) -> list[Directive]:
        """Return what holds at the place: the directives of the innermost block that has any of that name."""
        return next((block[name] for block in self.around if name in block), [])

    def last(self, name: str) -> Directive | None:
        """Return the directive of that name that holds at the place, None without one."""
        found = self.nearest(name)
        return found[-1] if found else None


def places_of(configuration: Configuration) -> Iterator[Place]:
    """Yield every place that passes requests on, in the order of the files."""

    def walk(block: list[Directive], around: tuple[Named, ...], stream: bool) -> Iterator[Place]:
        for directive in block:
            if directive.name in PASSES and directive.arguments:
                yield Place(directive, around, stream)
            elif directive.block is not None and directive.name not in ("upstream", "map", "types", "geo"):
                yield from walk(
                    directive.block, (by_name(directive.block), *around), stream or directive.name == "stream"
                )

    yield from walk(configuration.directives, (by_name(configuration.directives),), False)


class Passing:
    """Collects the components behind one nginx and the flows to them."""

    def __init__(self, proxy: str, configuration: Configuration) -> None:
        """Prepare for the proxy of that id, whose upstreams and maps are those of the configuration."""
        self.proxy = proxy
        self.whole = configuration.whole
        self.components: dict[str, Component] = {}
        self.flows: dict[tuple[str, str], Flow] = {}
        self.diagnostics: list[Diagnostic] = []
        self.taken: set[str] = set()
        outer = [
            d for top in configuration.directives for d in (top.block or ()) if top.name in ("http", "stream")
        ]
        self.upstreams = {d.first(): d for d in outer if d.name == "upstream" and d.block is not None}
        self.maps = values_of(outer)

    def add(self, place: Place) -> None:
        """Add the flows of one place."""
        directive = place.directive
        values = dict(self.maps)
        for block in reversed(place.around):
            for given in block.get("set", ()):
                if len(given.arguments) == 2:
                    values[given.first().lstrip("$")] = (given.arguments[1],)
        for text in alternatives(without_request(directive.first()), values):
            scheme, _, rest = text.partition("://") if "://" in text else ("", "", text)
            upstream = self.upstreams.get(rest.partition("/")[0])
            if upstream is not None:
                self._balanced(place, scheme, upstream)
                continue
            server = server_of(text, directive)
            if server is None:
                reason = (
                    f"where `{directive.name}` passes on to depends on the request; no flow was read from it"
                )
                self.diagnostics.append(Diagnostic(directive.source.path, directive.line, reason, "info"))
                continue
            self._flow(place, server, name_of(server), scheme, ())

    def _balanced(self, place: Place, scheme: str, upstream: Directive) -> None:
        found = [server_of(d.first(), d) for d in upstream.inner("server") if "down" not in d.arguments]
        servers = [s for s in found if s is not None]
        active = [s for s in servers if "backup" not in s.place.arguments]
        facts: list[Fact] = []
        if len(active) > 1:
            facts.append(Fact("load_balanced", True, "stated", tuple(s.place.at() for s in active)))
        kept = next((d for d in upstream.inner("keepalive") if re.fullmatch(r"[0-9]{1,9}", d.first())), None)
        if kept is not None:
            facts.append(Fact("connection_pool", int(kept.first()), "stated", (kept.at(),)))
        if len(servers) > 1:
            counted = [
                s
                for s in servers
                if any(a.startswith("max_fails=") and a != "max_fails=0" for a in s.place.arguments)
            ]
            if counted:
                places = tuple(s.place.at() for s in counted)
                facts.append(Fact("circuit_breaker", True, "stated", places))
            facts += _again(place)
        local = [s for s in active if s.is_local()]
        for server in servers:
            name = name_of(server, upstream.first())
            self._flow(place, server, name, scheme, tuple(facts))
            if len(local) > 1 and server.is_local():
                places = tuple(s.place.at() for s in local)
                self._tell(slug(name), Fact("replicas", len(local), "stated", places))

    def _tell(self, id_: str, fact: Fact) -> None:
        component = self.components.get(id_)
        if component is not None and component.fact(fact.name) is None:
            self.components[id_] = replace(component, facts=(*component.facts, fact))

    def _flow(self, place: Place, server: Server, name: str, scheme: str, facts: tuple[Fact, ...]) -> None:
        id_ = slug(name)
        if id_ == self.proxy:
            return
        here, named = place.directive.at(), server.place.at()
        evidence = (here,) if named == here else (here, named)
        if id_ not in self.components:
            self.components[id_] = self._component(id_, name, server, place.directive.name)
        elif named not in self.components[id_].evidence:
            old = self.components[id_]
            self.components[id_] = replace(old, evidence=(*old.evidence, named))
        if (check := place.last("health_check")) is not None:
            self._tell(id_, Fact("health_check", True, "stated", (check.at(),)))
        facts = (*facts, *_facts_of(place, scheme or server.scheme, self.whole))
        protocol = _PROTOCOLS.get(place.directive.name) or (
            "tcp" if place.in_stream else scheme or server.scheme or None
        )
        if (old_flow := self.flows.get((id_, protocol or ""))) is None:
            kind = workloads.flow_kind("gateway", self.components[id_].kind)
            new = Flow(
                flow_id(self.proxy, id_, kind, self.taken),
                self.proxy,
                id_,
                kind,
                None,
                protocol,
                facts,
                evidence,
            )
            self.taken.add(new.id)
            self.flows[(id_, protocol or "")] = new
            return
        seen = tuple(dict.fromkeys((*old_flow.evidence, *evidence)))
        self.flows[(id_, protocol or "")] = replace(
            old_flow, facts=workloads.told_by_several(old_flow.facts, facts), evidence=seen
        )

    def _component(self, id_: str, name: str, server: Server, how: str) -> Component:
        here = server.place.at()
        if hosts.is_public(server.host):
            return workloads.outside(id_, name, server.host, hosts.managed_technology(server.host), here)
        kind, technology = workloads.kind_of(name, "")
        if how == "memcached_pass":
            kind = "cache"
        facts: tuple[Fact, ...] = (
            (Fact("port", server.port, "stated", (here,)),) if server.port is not None else ()
        )
        if server.socket or hosts.is_here(server.host):
            facts += (Fact("same_host", True, "stated", (here,)),)
        return Component(
            id_, name, kind, technology.id if technology else None, facts=facts, evidence=(here,)
        )


def _facts_of(place: Place, scheme: str, whole: bool) -> tuple[Fact, ...]:
    directive = place.directive
    module = directive.name.partition("_")[0]
    facts: list[Fact] = []

    def say(name: str, found: Directive, value: FactValue = True, *, denied: bool = False) -> None:
        facts.append(Fact(name, None if denied else value, "denied" if denied else "stated", (found.at(),)))

    names = {"timeout": f"{module}_read_timeout", "connect_timeout": f"{module}_connect_timeout"}
    if place.in_stream:
        names = {"timeout": "proxy_timeout", "connect_timeout": "proxy_connect_timeout"}
    upgrades = any(h.first().lower() == "upgrade" for h in place.nearest(f"{module}_set_header"))
    for name, written in names.items():
        found = place.last(written)
        value = seconds(" ".join(found.arguments)) if found is not None else None
        if found is not None and value is not None and not (upgrades and value >= _KEPT_OPEN):
            say(name, found, value)
        elif found is None and whole and not place.in_stream:
            say(name, directive, _DEFAULT_WAIT)
    if scheme in ("https", "grpcs"):
        say("encryption_in_transit", directive)
        check = place.last(f"{module}_ssl_verify")
        if check is not None or whole:
            on = check is not None and check.first() == "on"
            say("certificate_check", check or directive, denied=not on)
        if (certificate := place.last(f"{module}_ssl_certificate")) is not None:
            say("mutual_tls", certificate)
    cache = place.last(f"{module}_cache")
    if cache is not None and cache.first() != "off":
        say("cached", cache)
        stale = place.last(f"{module}_cache_use_stale")
        useful = stale is not None and {
            "error",
            "timeout",
            "http_500",
            "http_502",
            "http_503",
            "http_504",
        } & set(stale.arguments)
        if stale is not None and useful:
            say("serves_stale", stale)
        elif whole or (stale is not None and stale.first() == "off"):
            say("serves_stale", stale or cache, denied=True)
        valid = place.last(f"{module}_cache_valid")
        kept = seconds(valid.arguments[-1]) if valid is not None and valid.arguments else None
        if valid is not None and kept is not None:
            say("ttl", valid, kept)
    buffering = place.last(f"{module}_buffering")
    if buffering is not None and buffering.first() in ("on", "off"):
        say("buffered", buffering, denied=buffering.first() == "off")
    for header in place.nearest(f"{module}_set_header"):
        if "$request_id" in header.arguments[-1:]:
            say("correlation_id", header)
            break
    return tuple(facts)


def _again(place: Place) -> tuple[Fact, ...]:
    """Return whether a failed request is tried with another server: nginx does so, unless it is told not to."""
    module = "proxy" if place.in_stream else place.directive.name.partition("_")[0]
    found = place.last(f"{module}_next_upstream")
    if found is None:
        return ()
    if found.first() == "off":
        return (Fact("retry", None, "denied", (found.at(),)),)
    tries = place.last(f"{module}_next_upstream_tries")
    if tries is not None and re.fullmatch(r"0*[1-9][0-9]{0,5}", tries.first()):
        count = int(tries.first()) - 1
        return (Fact("retry", count or None, "stated" if count else "denied", (found.at(), tries.at())),)
    return (Fact("retry", True, "stated", (found.at(),)),)
