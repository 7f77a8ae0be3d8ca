"""What files of nginx say, and what they leave open."""

from __future__ import annotations

import pytest
from tests.readers.fragments import compose, fact, flows, is_taken, manifests, named, workload

from buttress.merge import merge
from buttress.model import Fragment, Source
from buttress.pipeline import read as graph_of
from buttress.readers import nginx


def nginx_of(text: str, path: str = "nginx.conf") -> Fragment:
    return nginx.read((Source(path, text),))


def served(location: str = "", server: str = "", http: str = "") -> str:
    return f"http {{\n{http}\nserver {{\n{server}\nlocation / {{\nproxy_pass http://orders:8000;\n{location}\n}}\n}}\n}}\n"


@pytest.mark.parametrize(
    ("address", "more", "target"),
    [
        ("http://orders:8000", "", "nginx routes orders"),
        ("http://orders:8000/api/", "", "nginx routes orders"),
        ("http://orders$request_uri", "", "nginx routes orders"),
        ("http://orders.shop.svc.cluster.local", "", "nginx routes orders"),
        ("http://user:letmein@orders", "", "nginx routes orders"),
        ("https://api.stripe.com/v1", "", "nginx calls api-stripe-com"),
        ("http://127.0.0.1:9000", "", "nginx routes localhost-9000"),
        ("http://unix:/run/orders.sock:/api", "", "nginx routes orders"),
        ("http://$up", "set $up orders:8000;", "nginx routes orders"),
        ("http://${up}:8000", "set $up orders;", "nginx routes orders"),
        ("http://$up", "set $up $deep; set $deep orders;", "nginx routes orders"),
    ],
)
def test_an_address_becomes_a_flow(address: str, more: str, target: str) -> None:
    found = nginx_of(f"server {{ location / {{ {more} proxy_pass {address}; }} }}")
    assert flows(found) == {target}
    assert "letmein" not in str(found)


@pytest.mark.parametrize("address", ["http://$host", "http://$http_x_target:80", "http://${BACKEND}:80"])
def test_an_address_that_the_request_decides_is_told_and_gives_no_flow(address: str) -> None:
    found = nginx_of(f"server {{ location / {{ proxy_pass {address}; }} }}")
    assert not found.flows and found.diagnostics[0].level == "info"


@pytest.mark.parametrize(
    ("how", "protocol"),
    [
        ("fastcgi_pass orders:9000", "fastcgi"),
        ("uwsgi_pass orders:9000", "uwsgi"),
        ("grpc_pass grpc://orders:50051", "grpc"),
        ("proxy_pass https://orders", "https"),
    ],
)
def test_each_way_of_passing_on_has_its_protocol(how: str, protocol: str) -> None:
    assert nginx_of(f"server {{ location / {{ {how}; }} }}").flows[0].protocol == protocol


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        (served("proxy_read_timeout 5s;"), "timeout", 5),
        (served("", "", "proxy_read_timeout 1m30s;"), "timeout", 90),
        (served("proxy_read_timeout 5s;", "proxy_read_timeout 9s;"), "timeout", 5),
        (served(), "timeout", 60),
        (served("", "", "include /etc/nginx/extra.conf;"), "timeout", "unknown"),
        (served("proxy_read_timeout 5s;", "", "include /etc/nginx/extra.conf;"), "timeout", 5),
        (served("", "", "include /etc/nginx/mime.types;"), "timeout", 60),
        (served("proxy_set_header Upgrade $http_upgrade; proxy_read_timeout 1d;"), "timeout", "unknown"),
        (served("proxy_read_timeout $t;"), "timeout", "unknown"),
        (served("proxy_cache c;"), "serves_stale", "denied"),
        (served("proxy_cache c; proxy_cache_use_stale updating;"), "serves_stale", "denied"),
        (served("proxy_cache c; proxy_cache_use_stale error http_500;"), "serves_stale", True),
        (served("proxy_cache off;", "", "proxy_cache c;"), "cached", "unknown"),
        (served("proxy_next_upstream error;"), "retry", "unknown"),
        (served("proxy_buffering off;"), "buffered", "denied"),
        (served("proxy_set_header X-Request-ID $request_id;"), "correlation_id", True),
    ],
)
def test_a_flow_says(text: str, name: str, value: object) -> None:
    (flow,) = nginx_of(text).flows
    assert fact(flow, name) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("location", "value"),
    [
        ("", "unknown"),
        ("proxy_next_upstream off;", "denied"),
        ("proxy_next_upstream error;", True),
        ("proxy_next_upstream error; proxy_next_upstream_tries 3;", 2),
        ("proxy_next_upstream error; proxy_next_upstream_tries 1;", "denied"),
    ],
)
def test_a_request_is_tried_again_where_another_server_is_there(location: str, value: object) -> None:
    text = f"upstream o {{ server a:1; server b:1; }}\nserver {{ location / {{ proxy_pass http://o; {location} }} }}"
    assert {fact(f, "retry") for f in nginx_of(text).flows} == {value}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        (served(), "rate_limit", "denied"),
        (
            served("limit_req zone=a;", "", "limit_req_zone $remote_addr zone=a:1m rate=30r/m;"),
            "rate_limit",
            0.5,
        ),
        (served("limit_req zone=a;"), "rate_limit", True),
        (served("", "", "limit_req_zone $remote_addr zone=a:1m rate=30r/m;"), "rate_limit", "denied"),
        (served("", "limit_conn c 9;"), "rate_limit", "unknown"),
        (served("", "", "include x/*.conf;"), "rate_limit", "unknown"),
        (served(), "request_size_limit", 1024**2),
        (served("client_max_body_size 0;"), "request_size_limit", "denied"),
        (served("client_max_body_size 10M;"), "request_size_limit", 10 * 1024**2),
        (served("", "ssl_protocols TLSv1 TLSv1.2;"), "tls_policy", "1.0"),
        (served("", "ssl_protocols TLSv1.2 TLSv1.3;"), "tls_policy", "1.2"),
        (served("", "listen 443 ssl;"), "encryption_in_transit", True),
        (served("", "listen 80; listen 443 ssl;"), "https_only", "denied"),
        (
            served("", "listen 80; listen 443 ssl; if ($scheme = http) { return 301 https://$host; }"),
            "https_only",
            True,
        ),
        (served("", "listen 80;"), "https_only", "unknown"),
        (
            served("", "listen 443 ssl;", "server { listen 80; return 301 https://$host$request_uri; }"),
            "https_only",
            True,
        ),
        (
            served(
                "", "listen 443 ssl; server_name a.io;", "server { listen 80; server_name b.io; root /b; }"
            ),
            "https_only",
            "unknown",
        ),
        (served("add_header X-A b;", "add_header X-Frame-Options DENY;"), "headers_lost", 1),
        (served("add_header X-A b;", "add_header X-B c;"), "headers_lost", "unknown"),
        (
            served("add_header X-A b; include headers.conf;", "add_header X-Frame-Options DENY;"),
            "headers_lost",
            "unknown",
        ),
        (served("", "location /files { alias /srv/files/; }"), "paths_beside_alias", 1),
        (served("", "location /files/ { alias /srv/files/; }"), "paths_beside_alias", "unknown"),
        (served("", "location ~ /files { alias /srv/files/; }"), "paths_beside_alias", "unknown"),
        (served("proxy_next_upstream error non_idempotent;"), "retried_writes", 1),
        (served('auth_basic "x";'), "authentication", "a password (basic)"),
        (served("auth_basic off;"), "authentication", "unknown"),
        (served("", "access_log off;"), "access_log", "unknown"),
        (served("", "", "access_log off;"), "access_log", "denied"),
    ],
)
def test_a_proxy_says(text: str, name: str, value: object) -> None:
    assert fact(named(nginx_of(text), "nginx"), name) == value


def test_a_certificate_is_checked_only_when_it_is_said() -> None:
    text = served().replace("http://orders:8000", "https://orders")
    checked = served("proxy_ssl_verify on;").replace("http://orders:8000", "https://orders")
    assert [fact(nginx_of(t).flows[0], "certificate_check") for t in (text, checked)] == ["denied", True]  # type: ignore[arg-type]


def test_files_of_one_folder_are_one_nginx_and_those_for_developing_are_left_out() -> None:
    found = nginx.read(
        (
            Source("proxy/nginx.conf", "http { proxy_read_timeout 7s; include conf.d/*.conf; }"),
            Source("proxy/conf.d/shop.conf", "server { location / { proxy_pass http://shop; } }"),
            Source("proxy/conf.d/shop.local.conf", "server { location / { proxy_pass http://laptop; } }"),
            Source("site/default.conf", "server { root /srv; }"),
        )
    )
    assert flows(found) == {"proxy-nginx routes shop"}
    assert fact(found.flows[0], "timeout") == 7  # type: ignore[arg-type]
    assert named(found, "site-nginx").kind == "web_frontend"
    assert [d.source for d in found.diagnostics] == ["proxy/conf.d/shop.local.conf"]


def test_servers_on_one_machine_are_instances_of_one_component() -> None:
    found = nginx_of(
        "upstream shop { server 127.0.0.1:81; server 127.0.0.1:82; }\nserver { location / { proxy_pass http://shop; } }"
    )
    assert flows(found) == {"nginx routes shop"} and fact(named(found, "shop"), "replicas") == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("http {\n  server { listen 80 }\n}", 2),
        ("server {\n  listen 80;\n", 3),
        ("}", 1),
        ("{ a; }", 1),
        ('a "b;', 1),
        ("{% if x %}\nserver { }", 1),
        ("server {\n location {{ x }} { }\n}", 2),
    ],
)
def test_what_is_not_well_formed_is_told_with_its_line(text: str, line: int) -> None:
    assert [d.line for d in nginx_of(text).diagnostics] == [line]


def test_code_in_lua_is_passed_over() -> None:
    text = (
        'server { location / { content_by_lua_block { local a = { "}" .. x } }\nproxy_pass http://orders; } }'
    )
    assert flows(
        nginx_of(
            "server { location / { rewrite_by_lua_block { if a then b({}) end }\nproxy_pass http://orders; } }"
        )
    ) == {"nginx routes orders"}
    assert nginx_of(text).diagnostics


def test_hostile_files_take_no_time() -> None:
    assert nginx_of("a {" * 50).diagnostics
    assert nginx_of("include nginx.conf;\nhttp { include nginx.conf; server { } }").components
    many = "".join(f"map $a{n} $a{n + 1} {{ a x$a{n}; b y$a{n}; }}\n" for n in range(60))
    assert nginx_of(f"http {{ {many} server {{ location / {{ proxy_pass http://$a60; }} }} }}") is not None
    assert nginx_of("x" * 2_000_000).diagnostics


def test_only_files_of_nginx_are_taken() -> None:
    assert is_taken("nginx", Source("deploy/nginx.conf", ""))
    assert is_taken("nginx", Source("conf.d/default.conf", "server {\n  listen 80;\n}"))
    assert not is_taken("nginx", Source("redis.conf", "maxmemory 2gb"))
    assert not is_taken("nginx", Source("design.md", "server {\n listen 80;\n}", language="nginx"))


SHOP = served("proxy_read_timeout 5s;").replace("orders", "shop")


def test_the_container_that_mounts_a_file_is_what_it_configures() -> None:
    made = compose(
        "services:\n  entrance:\n    image: nginx:1.27\n    volumes: ['./edge/nginx.conf:/etc/nginx/nginx.conf:ro']\n"
        "  other:\n    image: nginx:1.27\n  shop:\n    build: .\n"
    )
    graph = merge((made, nginx_of(SHOP, "edge/nginx.conf")))
    assert {c.id for c in graph.components} == {"entrance", "other", "shop"}
    assert [(f.source, f.target) for f in graph.flows] == [("entrance", "shop")]


def test_the_image_that_copies_a_file_is_what_it_configures() -> None:
    graph = graph_of(
        (
            Source("compose.yaml", "services:\n  portal:\n    build: ./web\n  shop:\n    build: .\n"),
            Source("web/Dockerfile", "FROM nginx:1.27\nCOPY site.conf /etc/nginx/conf.d/\n"),
            Source("web/site.conf", SHOP),
        )
    )
    assert [(f.source, f.target) for f in graph.flows] == [("portal", "shop")]


def test_what_stands_on_the_machine_of_a_proxy_is_the_only_application() -> None:
    sources = [
        Source("nginx.conf", served().replace("orders:8000", "127.0.0.1:8000")),
        Source("gunicorn.conf.py", "workers = 3\n"),
    ]
    assert {c.name for c in graph_of(sources, name="shop").components} == {"nginx", "shop"}
    other = Source("billing/gunicorn.conf.py", "workers = 3\n")
    assert len(graph_of([*sources, other], name="shop").components) == 4


def test_a_mounted_config_map_is_read_under_the_name_of_its_workload() -> None:
    text = "http {\n  server {\n    location / { proxy_pass http://shop; }\n  }\n}"
    map_ = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  nginx.conf: |\n" + "".join(
        f"    {line}\n" for line in text.split("\n")
    )
    pod = "volumes: [{name: v, configMap: {name: m}}]"
    mounts = "volumeMounts: [{name: v, mountPath: /etc/nginx}]"
    found = manifests(map_, workload(name="entrance", image="nginx:1", pod=pod, container=mounts))
    (nested,) = found.nested
    assert (nested.heading, nested.first_line, nested.text.startswith("http {")) == ("entrance", 6, True)
    assert flows(nginx.read(found.nested)) == {"entrance routes shop"}


def test_sockets_on_the_machine_of_a_proxy_lead_to_the_only_application() -> None:
    two = "server {{ location / {{ proxy_pass http://{0}; }} location /ws {{ proxy_pass http://{1}; }} }}"
    code = Source("main.py", "import fastapi\napp = fastapi.FastAPI()\n")
    sockets = Source("nginx.conf", two.format("unix:/run/shop.sock:", "unix:/run/live.sock:"))
    assert {c.name for c in graph_of([sockets, code], name="shop").components} == {"nginx", "app"}
    hosts = Source("nginx.conf", two.format("web:80", "live:80"))
    assert {"web", "live"} <= {c.name for c in graph_of([hosts, code], name="shop").components}
