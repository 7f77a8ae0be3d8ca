"""What is read from a Caddyfile: sites, whom they pass requests on to and how, and whose configuration it is."""

from __future__ import annotations

import time

import pytest
from tests.readers.fragments import fact, flows, is_taken, named

from buttress.dependencies import read_dependencies
from buttress.model import Fragment, Source
from buttress.pipeline import read as read_system
from buttress.readers.caddy import read


def caddy(text: str) -> Fragment:
    return read((Source("Caddyfile", text),))


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("Caddyfile", True),
        ("proxy/Caddyfile.prod", True),
        ("dev.Caddyfile", True),
        ("a.caddy", True),
        ("caddy.json", False),
    ],
)
def test_it_takes_files_that_are_called_after_caddy(name: str, taken: bool) -> None:
    assert is_taken("caddy", Source(name, "")) is taken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.test {\n  reverse_proxy tills:80\n}", {"caddy routes tills"}),
        ("a.test\nreverse_proxy tills:80", {"caddy routes tills"}),
        ("a.test {\n  reverse_proxy /api/* tills:80\n}", {"caddy routes tills"}),
        (
            "a.test {\n  @x path /x\n  handle @x {\n    reverse_proxy tills:80\n  }\n  reverse_proxy http://shop\n}",
            {"caddy routes tills", "caddy routes shop"},
        ),
        (
            "a.test {\n  reverse_proxy {\n    to tills:80 shop:80\n  }\n}",
            {"caddy routes tills", "caddy routes shop"},
        ),
        ("(up) {\n  reverse_proxy {args[0]}\n}\na.test {\n  import up tills:80\n}", {"caddy routes tills"}),
        ("a.test {\n  reverse_proxy {$TILLS:tills:80}\n}", {"caddy routes tills"}),
        ("a.test {\n  reverse_proxy {$TILLS}\n}", set()),
        ("a.test {\n  php_fastcgi shop:9000\n}", {"caddy routes shop"}),
        (
            "a.test {\n  forward_auth doorman:9091 {\n    uri /verify\n  }\n  reverse_proxy shop\n}",
            {"caddy calls doorman", "caddy routes shop"},
        ),
        ("a.test {\n  reverse_proxy shop:80 { lb_retries 2 }\n}", {"caddy routes shop"}),
        (
            "a.test {\n  reverse_proxy \\\n    shop:80 \\\n    till:80\n}",
            {"caddy routes shop", "caddy routes till"},
        ),
        ("import sites {\n  shop\n}\n", set()),
        ("a.test {\n  # reverse_proxy old:80\n  file_server\n}", set()),
        ("a.test {\n  respond <<END\n  reverse_proxy old:80\n  END\n}", set()),
    ],
)
def test_a_site_routes_to_what_it_passes_requests_on_to(text: str, expected: set[str]) -> None:
    assert flows(caddy(text)) == expected


@pytest.mark.parametrize(
    ("site", "body", "name", "expected"),
    [
        ("shop.acme.io", "respond ok", "encryption_in_transit", True),
        ("shop.acme.io", "respond ok", "https_only", True),
        ("http://shop.acme.io", "respond ok", "encryption_in_transit", "unknown"),
        (":80", "respond ok", "encryption_in_transit", "unknown"),
        ("{$SITE}", "respond ok", "encryption_in_transit", "unknown"),
        (":443", "tls a.pem b.pem", "encryption_in_transit", True),
        (":80", "request_body {\n    max_size 10MB\n  }", "request_size_limit", 10_000_000),
        (":80", "basic_auth {\n    ops hash\n  }", "authentication", "a password (basic)"),
        (":80", "header Strict-Transport-Security max-age=1", "hsts", True),
        (":80", "encode gzip", "compression", True),
    ],
)
def test_what_a_site_says_of_the_proxy(site: str, body: str, name: str, expected: object) -> None:
    assert fact(named(caddy(f"{site} {{\n  {body}\n}}\n"), "caddy"), name) == expected


@pytest.mark.parametrize(
    ("options", "name", "expected"),
    [
        ("lb_retries 2", "retry", True),
        ("lb_try_duration 5s", "retry", True),
        ("fail_duration 30s", "circuit_breaker", True),
        ("transport http {\n      response_header_timeout 5s\n    }", "timeout", 5),
        ("transport http {\n      dial_timeout 500ms\n    }", "connect_timeout", 0.5),
        ("transport http {\n      tls_insecure_skip_verify\n    }", "certificate_check", "denied"),
        ("header_up Host a", "timeout", "unknown"),
        ("lb_retries 0", "retry", "unknown"),
        ("fail_duration 0s", "circuit_breaker", "unknown"),
    ],
)
def test_what_a_proxy_says_of_its_flows(options: str, name: str, expected: object) -> None:
    (flow,) = caddy(f":80 {{\n  reverse_proxy tills {{\n    {options}\n  }}\n}}\n").flows
    found = flow.fact(name)
    assert ("unknown" if found is None else "denied" if found.status == "denied" else found.value) == expected


def test_it_is_the_container_that_mounts_its_file_and_its_upstreams_stand_in_for_each_other() -> None:
    compose = "services:\n  door:\n    image: caddy:2\n    ports: ['443:443']\n    volumes: ['./Caddyfile:/etc/caddy/Caddyfile:ro']\n"
    compose += "  api_blue: {image: 'acme/api:1'}\n  api_green: {image: 'acme/api:2'}\n"
    file = "shop.acme.io {\n  reverse_proxy api_blue:80 api_green:80\n}\n"
    graph = read_system([Source("compose.yaml", compose), Source("Caddyfile", file)])
    assert [c.id for c in graph.components] == ["api-blue", "api-green", "door"]
    assert read_dependencies(graph).equals == {"api-blue", "api-green"}


def test_nested_blocks_and_snippets_that_import_themselves_end() -> None:
    imports = "  import a\n" * 50
    assert caddy(f"(a) {{\n{imports}}}\nx.test {{\n{imports}}}\n").flows == ()
    deep = caddy("x.test {\n" + "handle {\n" * 500 + "reverse_proxy a\n")
    assert [d.level for d in deep.diagnostics] == ["error"]


def test_arguments_that_snippets_multiply_stay_as_long_as_a_line() -> None:
    chain = "".join(f"(s{n}) {{\n  import s{n + 1} {'{args[0]}' * 30}\n}}\n" for n in range(7))
    text = chain + "(s7) {\n  reverse_proxy {args[0]}\n}\na.test {\n  import s0 shop\n}\n"
    assert caddy(text).flows == ()


def test_many_lines_that_pass_on_to_one_upstream_are_read_in_little_time() -> None:
    started = time.perf_counter()
    (flow,) = caddy(":80 {\n" + "  reverse_proxy shop:80\n" * 15_000 + "}\n").flows
    assert [e.line for e in flow.evidence[:2]] == [2, 3]
    assert time.perf_counter() - started < 10
