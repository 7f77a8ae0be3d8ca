"""What Envoy sends where: routes with their timeouts and retries, and the services that its filters ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from buttress.evidence.lines import Node
from buttress.model import Fact, FactValue
from buttress.readers.envoy.tree import get, is_extension, items, raw, seconds, settings, walk

_DEFAULT_WAIT = 15  # seconds, of a route that says nothing else
_REDIRECTS = "https_redirect"


@dataclass(frozen=True, slots=True)
class Route:
    """A way to a cluster: where it stands, the kind of its flow, its protocol and what is said of it."""

    cluster: str
    place: Node
    kind: str
    protocol: str
    facts: tuple[Fact, ...] = ()


@dataclass(slots=True)
class Found:
    """What the listeners of an Envoy say: its routes, its own facts, and the places of what a control plane decides."""

    routes: list[Route] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    dynamic: list[Node] = field(default_factory=list)

    def say(self, name: str, place: Node, value: FactValue = True) -> None:
        """Add a fact of the proxy, the first of its name."""
        self.facts.setdefault(name, Fact(name, value, "stated", (place.evidence(),)))


def found_in(tree: Node) -> Found:
    """Return what the listeners of a configuration say."""
    found = Found()
    for listener in items(tree, "static_resources", "listeners"):
        chains = [*items(listener, "filter_chains")]
        if (default := get(listener, "default_filter_chain")) is not None:
            chains.append(default)
        for chain in chains:
            _encryption(chain, found)
            for item in items(chain, "filters"):
                if is_extension(item, "http_connection_manager"):
                    _http(settings(item), found)
                elif is_extension(item, "tcp_proxy", "redis_proxy", "udp_proxy"):
                    _plain(item, found)
                elif is_extension(item, "ratelimit", "local_ratelimit"):
                    _limit(settings(item), found)
                elif is_extension(item, "ext_authz"):
                    _asked(settings(item), found, "authorization", "by another service")
                elif is_extension(item, "rbac"):
                    found.say("authorization", item.get("name") or item, "rules of the proxy")
    for way in ("lds_config", "cds_config", "ads_config"):
        if (handed := get(tree, "dynamic_resources", way)) is not None:
            found.dynamic.append(handed)
            break
    address = raw(tree, "admin", "address", "socket_address", "address")
    place = get(tree, "admin", "address", "socket_address", "address")
    if (
        place is not None
        and address in ("0.0.0.0", "::", "[::]")
        and get(tree, "admin", "allow_paths") is None
    ):
        port = raw(tree, "admin", "address", "socket_address", "port_value")
        found.say("administration_open", place, f"{address}:{port}" if port else address)
    return found


def _encryption(chain: Node, found: Found) -> None:
    socket = get(chain, "transport_socket") or get(chain, "tls_context")
    if socket is None or "raw_buffer" in socket.text("name"):
        return
    inner = settings(socket)
    inner = get(inner, "downstream_tls_context") or inner
    found.say("encryption_in_transit", socket)
    lowest = get(inner, "common_tls_context", "tls_params", "tls_minimum_protocol_version")
    if lowest is not None and lowest.raw.startswith("TLSv1_"):
        version = "1." + lowest.raw.rpartition("_")[2]
        old = found.facts.get("tls_policy")
        if old is None or str(old.value) > version:
            found.facts["tls_policy"] = Fact("tls_policy", version, "stated", (lowest.evidence(),))
    asked = get(inner, "require_client_certificate")
    if asked is not None and asked.value is True:
        found.say("mutual_tls", asked)


def _http(manager: Node, found: Found) -> None:
    if (rds := get(manager, "rds") or get(manager, "scoped_routes")) is not None:
        found.dynamic.append(rds)
    table = get(manager, "route_config")
    for host in items(table, "virtual_hosts"):
        shared = get(host, "retry_policy")
        forced = get(host, "require_tls")
        if forced is not None and forced.raw == "ALL":
            found.say("https_only", forced)
        for route in items(host, "routes"):
            sent = get(route, "redirect", _REDIRECTS)
            if sent is not None and sent.value is True:
                found.say("https_only", sent)
            if (action := get(route, "route")) is not None:
                _route(action, shared, found)
    for item in items(manager, "http_filters"):
        _filter(item, found)
    for key, node in walk(manager):
        if key in ("typed_per_filter_config", "typedPerFilterConfig"):
            for name, inner in node.items():
                if "ratelimit" in name:
                    _limit(inner, found)
    for way, name in (("access_log", "access_log"), ("tracing", "tracing")):
        if (place := get(manager, way)) is not None and place.value:
            found.say(name, place)
    if "access_log" in found.facts:
        formats = (
            n for k, n in walk(get(manager, "access_log") or manager) if k in ("json_format", "jsonFormat")
        )
        if (json := next(formats, None)) is not None:
            found.say("structured_logs", json)


def _route(action: Node, shared: Node | None, found: Found) -> None:
    facts = tuple(_facts(action, shared))
    single = get(action, "cluster")
    if single is not None and single.raw:
        found.routes.append(Route(single.raw, single, "routes", "http", facts))
    for weighted in items(action, "weighted_clusters", "clusters"):
        if (name := weighted.get("name")) is not None:
            found.routes.append(Route(name.raw, name, "routes", "http", facts))
    if (header := get(action, "cluster_header")) is not None:
        found.dynamic.append(header)
    for mirror in items(action, "request_mirror_policies"):
        if (name := get(mirror, "cluster")) is not None:
            found.routes.append(Route(name.raw, name, "routes", "http"))


def _facts(action: Node, shared: Node | None) -> Iterator[Fact]:
    place = get(action, "timeout")
    value = seconds(raw(action, "timeout"))
    if place is None:
        shown = get(action, "cluster") or get(action, "weighted_clusters") or action
        yield Fact("timeout", _DEFAULT_WAIT, "stated", (shown.evidence(),))
    elif value == 0:
        yield Fact("timeout", None, "denied", (place.evidence(),))
    elif value is not None:
        yield Fact("timeout", value, "stated", (place.evidence(),))
    policy = get(action, "retry_policy") or shared
    when = get(policy, "retry_on")
    if policy is None or when is None or not when.raw:
        return
    number = get(policy, "num_retries")
    count = int(number.raw) if number is not None and number.raw.isdecimal() and len(number.raw) < 4 else 1
    yield Fact(
        "retry",
        count or None,
        "stated" if count else "denied",
        tuple(n.evidence() for n in (when, number) if n is not None),
    )
    if count:
        yield Fact(
            "backoff",
            "exponential with jitter",
            "stated",
            ((get(policy, "retry_back_off") or when).evidence(),),
        )


def _plain(item: Node, found: Found) -> None:
    inner = settings(item)
    protocol = "redis" if is_extension(item, "redis_proxy") else "tcp"
    places = [
        n
        for n in (get(inner, "cluster"), get(inner, "prefix_routes", "catch_all_route", "cluster"))
        if n is not None
    ]
    places += [n for w in items(inner, "weighted_clusters", "clusters") if (n := w.get("name")) is not None]
    places += [n for r in items(inner, "prefix_routes", "routes") if (n := get(r, "cluster")) is not None]
    patience, value = get(inner, "settings", "op_timeout"), seconds(raw(inner, "settings", "op_timeout"))
    facts = (
        (Fact("timeout", value, "stated", (patience.evidence(),)),) if patience is not None and value else ()
    )
    for place in places:
        if place.raw:
            found.routes.append(Route(place.raw, place, "routes", protocol, facts))


def _filter(item: Node, found: Found) -> None:
    inner, named = settings(item), item.get("name") or item
    if is_extension(item, "ratelimit", "rate_limit", "local_ratelimit", "local_rate_limit"):
        _limit(inner, found)
    elif is_extension(item, "ext_authz"):
        _asked(inner, found, "authorization", "by another service")
    elif is_extension(item, "jwt_authn", "jwt_authentication"):
        found.say("token_validation", named)
        found.say("authentication", named, "a token (JWT)")
        for key, node in walk(inner):
            if key in ("http_uri", "httpUri") and (place := get(node, "cluster")) is not None:
                found.routes.append(Route(place.raw, place, "calls", "http", _wait(node)))
    elif is_extension(item, "oauth2"):
        found.say("authentication", named, "OAuth 2")
    elif is_extension(item, "basic_auth"):
        found.say("authentication", named, "a password (basic)")
    elif is_extension(item, "rbac"):
        found.say("authorization", named, "rules of the proxy")
    elif is_extension(item, "compressor", "gzip"):
        found.say("compression", named)


def _limit(inner: Node, found: Found) -> None:
    bucket = get(inner, "token_bucket")
    tokens, every = (
        raw(bucket, "tokens_per_fill") or raw(bucket, "max_tokens"),
        seconds(raw(bucket, "fill_interval")),
    )
    if bucket is not None and every:
        rate = int(tokens) / every if tokens.isdecimal() and len(tokens) < 10 else None
        place = get(bucket, "tokens_per_fill") or get(bucket, "max_tokens") or bucket
        known = None if rate is None else int(rate) if rate == int(rate) else round(rate, 3)
        found.say("rate_limit", place, known if known is not None else True)
    service = get(inner, "rate_limit_service", "grpc_service", "envoy_grpc", "cluster_name")
    if service is not None and service.raw:
        found.say("rate_limit", service)
        found.routes.append(Route(service.raw, service, "calls", "grpc", _wait(inner)))


def _asked(inner: Node, found: Found, fact: str, value: str) -> None:
    """Add the service that decides for each request, and what happens when it doesn't answer."""
    for part, way in (
        (get(inner, "grpc_service"), ("envoy_grpc", "cluster_name")),
        (get(inner, "http_service", "server_uri"), ("cluster",)),
    ):
        place = get(part, *way)
        if part is None or place is None or not place.raw:
            continue
        facts = list(_wait(part))
        let = get(inner, "failure_mode_allow")
        if let is not None and let.value is True:
            facts.append(Fact("fallback", "requests are let through", "stated", (let.evidence(),)))
        found.say(fact, place, value)
        protocol = "grpc" if way[0] == "envoy_grpc" else "http"
        found.routes.append(Route(place.raw, place, "calls", protocol, tuple(facts)))


def _wait(node: Node) -> tuple[Fact, ...]:
    place, value = get(node, "timeout"), seconds(raw(node, "timeout"))
    return (Fact("timeout", value, "stated", (place.evidence(),)),) if place is not None and value else ()
