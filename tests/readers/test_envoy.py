"""What configuration of Envoy says, and what it leaves to a control plane."""

from __future__ import annotations

import pytest
from tests.readers.fragments import compose, fact, flows, is_taken, named

from buttress.merge import merge
from buttress.model import Fragment, Source
from buttress.readers import envoy

TLS = "transport_socket: {name: tls, typed_config: {'@type': a.UpstreamTlsContext, %s}}"


def envoy_of(text: str, path: str = "envoy.yaml") -> Fragment:
    return envoy.read((Source(path, text),))


def sent(
    route: str = "",
    cluster: str = "",
    manager: str = "",
    chain: str = "",
    host: str = "",
    address: str = "orders",
) -> Fragment:
    http = f"route_config: {{virtual_hosts: [{{{host + ', ' if host else ''}routes: [{{route: {{cluster: orders{', ' + route if route else ''}}}}}]}}]}}"
    filters = f"[{{name: envoy.http_connection_manager, typed_config: {{{manager + ', ' if manager else ''}{http}}}}}]"
    place = f"[{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: '{address}', port_value: 8000}}}}}}}}]}}]"
    return envoy_of(
        "static_resources:\n"
        f"  listeners: [{{filter_chains: [{{{chain + ', ' if chain else ''}filters: {filters}}}]}}]\n"
        f"  clusters: [{{name: orders, load_assignment: {{endpoints: {place}}}{', ' + cluster if cluster else ''}}}]\n"
    )


@pytest.mark.parametrize(
    ("fragment", "name", "value"),
    [
        (sent(), "timeout", 15),
        (sent("timeout: 2.5s"), "timeout", 2.5),
        (sent("timeout: 0s"), "timeout", "denied"),
        (sent("timeout: soon"), "timeout", "unknown"),
        (sent(cluster="connect_timeout: 1s"), "connect_timeout", 1),
        (sent(), "retry", "unknown"),
        (sent("retry_policy: {retry_on: 5xx}"), "retry", 1),
        (sent("retry_policy: {retry_on: 5xx, num_retries: 3}"), "retry", 3),
        (sent("retry_policy: {retry_on: 5xx, num_retries: 0}"), "retry", "denied"),
        (sent("retry_policy: {num_retries: 3}"), "retry", "unknown"),
        (sent(host="retry_policy: {retry_on: 5xx, num_retries: 2}"), "retry", 2),
        (sent(cluster="outlier_detection: {}"), "circuit_breaker", True),
        (sent(cluster="circuit_breakers: {thresholds: [{max_connections: 9}]}"), "max_connections", 9),
        (
            sent(cluster="circuit_breakers: {thresholds: [{max_connections: 4294967295}]}"),
            "bulkhead",
            "unknown",
        ),
        (sent(cluster=TLS % "sni: a"), "certificate_check", "denied"),
        (
            sent(cluster=TLS % "common_tls_context: {validation_context: {trusted_ca: {filename: a}}}"),
            "certificate_check",
            True,
        ),
        (sent(cluster=TLS % "common_tls_context: {validation_context: {}}"), "certificate_check", "denied"),
        (sent(cluster=TLS % "common_tls_context: {tls_certificates: [{}]}"), "mutual_tls", True),
        (sent(), "encryption_in_transit", "unknown"),
    ],
)
def test_a_flow_says(fragment: Fragment, name: str, value: object) -> None:
    (flow,) = fragment.flows
    assert fact(flow, name) == value  # type: ignore[arg-type]


BUCKET = "http_filters: [{name: envoy.filters.http.local_ratelimit, typed_config: %s}]"
DOWN = "transport_socket: {name: tls, typed_config: {common_tls_context: {tls_params: {tls_minimum_protocol_version: %s}}}}"


@pytest.mark.parametrize(
    ("fragment", "name", "value"),
    [
        (sent(chain=DOWN % "TLSv1_0"), "tls_policy", "1.0"),
        (sent(chain=DOWN % "TLSv1_2"), "tls_policy", "1.2"),
        (sent(chain=DOWN % "TLS_AUTO"), "tls_policy", "unknown"),
        (
            sent(manager=BUCKET % "{token_bucket: {max_tokens: 9, tokens_per_fill: 30, fill_interval: 60s}}"),
            "rate_limit",
            0.5,
        ),
        (sent(manager=BUCKET % "{stat_prefix: a}"), "rate_limit", "unknown"),
        (
            sent(
                manager=BUCKET
                % "{'@type': x.TypedStruct, type_url: y, value: {token_bucket: {max_tokens: 9, fill_interval: 1s}}}"
            ),
            "rate_limit",
            9,
        ),
        (sent(manager="http_filters: [{name: envoy.filters.http.jwt_authn}]"), "token_validation", True),
        (
            sent(manager="http_filters: [{name: x, typed_config: {'@type': a.v3.RBAC}}]"),
            "authorization",
            "rules of the proxy",
        ),
        (sent(manager="access_log: []"), "access_log", "unknown"),
    ],
)
def test_a_proxy_says(fragment: Fragment, name: str, value: object) -> None:
    assert fact(named(fragment, "envoy"), name) == value


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("orders", "orders"),
        ("orders.shop.svc", "orders"),
        ("127.0.0.1", "orders"),
        ("10.0.0.9", "orders"),
        ("api.pay.com", "api-pay-com"),
    ],
)
def test_an_address_is_called_as_others_call_it(address: str, target: str) -> None:
    assert {f.target for f in sent(address=address).flows} == {target}


@pytest.mark.parametrize(
    ("admin", "value"),
    [
        ("address: {socket_address: {address: 0.0.0.0, port_value: 9901}}", "0.0.0.0:9901"),
        ("address: {socket_address: {address: 127.0.0.1, port_value: 9901}}", "unknown"),
        (
            "allow_paths: [{exact: /ready}], address: {socket_address: {address: 0.0.0.0, port_value: 9901}}",
            "unknown",
        ),
    ],
)
def test_the_administration_is_open_or_not(admin: str, value: str) -> None:
    assert (
        fact(
            named(envoy_of(f"admin: {{{admin}}}\nstatic_resources: {{clusters: []}}"), "envoy"),
            "administration_open",
        )
        == value
    )


def test_a_service_that_decides_is_asked_at_each_request() -> None:
    text = "http_filters: [{name: envoy.ext_authz, typed_config: {failure_mode_allow: true, http_service: {server_uri: {cluster: guard, timeout: 1s}}}}]"
    found = sent(manager=text)
    assert flows(found) == {"envoy routes orders", "envoy calls guard"}
    asked = next(f for f in found.flows if f.target == "guard")
    assert [fact(asked, n) for n in ("timeout", "fallback")] == [1, "requests are let through"]  # type: ignore[arg-type]


def test_json_in_its_own_spelling_is_read() -> None:
    text = '{"staticResources": {"listeners": [{"filterChains": [{"filters": [{"name": "envoy.tcp_proxy", "typedConfig": {"cluster": "ledger"}}]}]}]}}'
    source = Source("bootstrap.json", text)
    assert is_taken("envoy", source) and flows(envoy.read((source,))) == {"envoy calls ledger"}


def test_what_a_control_plane_hands_out_is_told() -> None:
    found = envoy_of(
        "dynamic_resources: {cds_config: {ads: {}}}\nstatic_resources: {clusters: [{name: xds}]}\n"
    )
    assert [d.level for d in found.diagnostics] == ["info"] and not found.flows


def test_the_container_that_mounts_the_file_is_this_envoy() -> None:
    made = compose(
        "services:\n  entrance:\n    image: envoyproxy/envoy:v1.31.0\n    volumes: ['./envoy.yaml:/etc/envoy/envoy.yaml']\n"
        "  orders:\n    build: .\n"
    )
    graph = merge((made, sent()))
    assert [(f.source, f.target) for f in graph.flows] == [("entrance", "orders")]
    assert {c.id for c in graph.components} == {"entrance", "orders"}


def test_only_configuration_of_envoy_is_taken() -> None:
    assert is_taken("envoy", Source("a.yaml", "static_resources:\n  clusters: []\n"))
    assert not is_taken(
        "envoy", Source("a.yaml", "apiVersion: v1\ndata:\n  static_resources:\n    clusters: []\n")
    )
    assert not is_taken("envoy", Source("doc.md", "static_resources:\n  clusters: []\n", language="yaml"))
