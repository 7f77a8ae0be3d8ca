"""The Mermaid reader: from flowcharts to components, flows, boundaries and facts with their lines."""

from __future__ import annotations

import pytest
from tests.readers.drawings import chart, facts, fixture, flows, kinds
from tests.readers.fragments import is_taken

from buttress.model import Source

# --- what it takes


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        (Source("a.md", "", language="mermaid"), True),
        (Source("a.md", "", language="{mermaid}"), True),
        (Source("a.md", "", language='mermaid title="x"'), True),
        (Source("a.mermaid", ""), True),
        (Source("a.MMD", ""), True),
        (Source("a.md", "", language="python"), False),
        (Source("a.md", "flowchart LR"), False),
        (Source("mermaid.py", ""), False),
    ],
)
def test_it_takes_fences_and_files_of_its_own_only(source: Source, taken: bool) -> None:
    assert is_taken("mermaid", source) is taken


# --- flowcharts


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a --> b", {("a", "calls", "b")}),
        ("a-->b-->c", {("a", "calls", "b"), ("b", "calls", "c")}),
        (
            "a & b --> c & d",
            {("a", "calls", "c"), ("a", "calls", "d"), ("b", "calls", "c"), ("b", "calls", "d")},
        ),
        ("a ---> b; b -.-> c; c ==> d;", {("a", "calls", "b"), ("b", "calls", "c"), ("c", "calls", "d")}),
        ("a --o b\nb --x c", {("a", "calls", "b"), ("b", "calls", "c")}),
        ("a <-- b", {("b", "calls", "a")}),
        ("a <--> b", {("a", "calls", "b")}),
        ("a ~~~ b\na --> c", {("a", "calls", "c")}),
        ("a -- text --> b", {("a", "calls", "b")}),
        ("a --text--> b", {("a", "calls", "b")}),
        ("a -. text .-> b", {("a", "calls", "b")}),
        ("a == text ==> b", {("a", "calls", "b")}),
        ("a ---|text| b", {("a", "calls", "b")}),
        ("orders-api --> billing-api", {("orders-api", "calls", "billing-api")}),
        ("a e1@--> b\ne1@{ animate: true }", {("a", "calls", "b")}),
        ("a:::big --> b:::small", {("a", "calls", "b")}),
        ('a["x --> y; z"] --> b', {("x-y-z", "calls", "b")}),
        ("subgraph s\n a --> b\nend\nb --> c", {("a", "calls", "b"), ("b", "calls", "c")}),
        ("a --> b %% why", {("a", "calls", "b")}),
    ],
)
def test_every_link_is_read(body: str, expected: set[tuple[str, str, str]]) -> None:
    fragment = chart(body)
    assert flows(fragment) == expected
    assert fragment.diagnostics == ()


@pytest.mark.parametrize(
    "node",
    [
        "n[Orders]",
        "n(Orders)",
        "n([Orders])",
        "n[[Orders]]",
        "n((Orders))",
        "n(((Orders)))",
        "n{{Orders}}",
        "n>Orders]",
        "n[/Orders/]",
        "n[\\Orders\\]",
        "n[/Orders\\]",
        "n[\\Orders/]",
        'n["Orders"]',
        'n["`Orders`"]',
        'n@{ shape: rounded, label: "Orders" }',
        "n[ Orders ]",
        "n[fa:fa-cart-shopping Orders]",
        "n[<b>Orders</b>]",
        "n[#79;rders]",
    ],
)
def test_every_shape_gives_its_label(node: str) -> None:
    assert kinds(chart(f"{node} --> x[Stock]")) == {"orders": "service", "stock": "service"}


@pytest.mark.parametrize(
    ("label", "name", "technology", "kind"),
    [
        ('["Orders<br/>FastAPI"]', "Orders", "fastapi", "service"),
        ("[Orders db]", "Orders db", None, "data_store"),
        ('[("Orders<br/>(PostgreSQL)")]', "Orders", "postgresql", "relational_db"),
        ('["Orders (PostgreSQL)"]', "Orders", "postgresql", "relational_db"),
        ("[(Orders)]", "Orders", None, "data_store"),
        ("[Redis cache]", "Redis cache", "redis", "cache"),
        ("[PostgreSQL 16]", "PostgreSQL", "postgresql", "relational_db"),
        ("[Kafka consumer]", "Kafka consumer", None, "worker"),
        ("[API gateway]", "API gateway", None, "gateway"),
        ('["Docs<br/>MkDocs (Nginx)"]', "Docs", "nginx", "web_frontend"),
        ("[User service]", "User service", None, "service"),
        ("((Users))", "Users", None, "actor"),
        ("[Nightly cron job]", "Nightly cron job", "cron", "scheduler"),
    ],
)
def test_name_technology_and_kind_come_from_the_label(
    label: str, name: str, technology: str | None, kind: str
) -> None:
    (node,) = [c for c in chart(f"n{label} --> other").components if c.id != "other"]
    assert (node.name, node.technology, node.kind) == (name, technology, kind)


@pytest.mark.parametrize(
    ("arrow", "kind", "sync", "protocol", "stated"),
    [
        ("-->", "calls", None, None, {}),
        ("-->|calls|", "calls", True, None, {}),
        ("-->|HTTPS|", "calls", True, "HTTPS", {"encryption_in_transit": True}),
        ("-->|async|", "calls", False, None, {}),
        ("-->|routes|", "routes", None, None, {}),
        (
            '-->|"calls, gRPC, timeout=250ms, no retry"|',
            "calls",
            True,
            "gRPC",
            {"timeout": 0.25, "retry": "denied"},
        ),
        (
            '-->|"calls, timeout=2m, retry=3, breaker, dlq"|',
            "calls",
            True,
            None,
            {"timeout": 120, "retry": 3, "circuit_breaker": True, "dead_letter_queue": True},
        ),
        (
            '-->|"auth=mTLS, rate_limit=120/min"|',
            "calls",
            None,
            None,
            {"authentication": "mTLS", "mutual_tls": True, "encryption_in_transit": True, "rate_limit": 2},
        ),
        (
            '-->|"no auth, no timeout, fallback"|',
            "calls",
            None,
            None,
            {"authentication": "denied", "timeout": "denied", "fallback": True},
        ),
        ("-->|authentication|", "calls", None, None, {}),
        ("-->|images|", "calls", None, None, {}),
        ("-->|depends on|", "depends_on", None, None, {}),
        ("-->|runs on|", "runs_on", None, None, {}),
    ],
)
def test_the_label_of_an_arrow_says_kind_waiting_protocol_and_facts(
    arrow: str, kind: str, sync: bool | None, protocol: str | None, stated: dict[str, object]
) -> None:
    (flow,) = chart(f"a {arrow} b").flows
    assert (flow.kind, flow.sync, flow.protocol, facts(flow.facts)) == (kind, sync, protocol, stated)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a --> b[(Orders DB)]", {("a", "reads", "orders-db")}),
        ("a -->|saves orders| b[(Orders DB)]", {("a", "writes", "orders-db")}),
        ("a -->|read/write| b[(Orders DB)]", {("a", "reads", "orders-db"), ("a", "writes", "orders-db")}),
        ("b[(Orders DB)] --> a", {("a", "reads", "orders-db")}),
        ("b[(Orders DB)] --- a", {("a", "reads", "orders-db")}),
        (
            "a --> q[Jobs queue] --> w[Worker]",
            {("a", "publishes", "jobs-queue"), ("worker", "consumes", "jobs-queue")},
        ),
        ("w[Worker] -->|polls| q[Jobs queue]", {("worker", "consumes", "jobs-queue")}),
        ("w[Worker] -->|consumes| q[Jobs queue]", {("worker", "consumes", "jobs-queue")}),
        ("k[Kafka] -->|consumed by| w[Billing]", {("billing", "consumes", "kafka")}),
        ("lb[Load balancer] --> a", {("load-balancer", "routes", "a")}),
        ("lb[API gateway] -->|/orders| a", {("api-gateway", "routes", "a")}),
        (
            "p[(Postgres primary)] -->|replicates| r[(Postgres replica)]",
            {("postgres-primary", "replicates", "postgres-replica")},
        ),
        ("p[Prometheus] --> g[Grafana]", {("grafana", "reads", "prometheus")}),
        ("v[Vault] --> a", {("a", "reads", "vault")}),
        ("u((User)) <--> a", {("user", "calls", "a")}),
        ("a -->|get price| b", {("a", "calls", "b")}),
        ("a --> s{signed in?} -->|yes| b[Shop service]", {("a", "calls", "shop-service")}),
    ],
)
def test_flows_point_from_the_one_that_starts_them(body: str, expected: set[tuple[str, str, str]]) -> None:
    assert flows(chart(body)) == expected


def test_an_arrow_that_differs_from_another_is_a_flow_of_its_own() -> None:
    fragment = chart('a -->|"calls, timeout=1s"| b\na -->|"calls, no timeout"| b')
    assert [f.id for f in fragment.flows] == ["a--calls--b", "a--calls--b--2"]


def test_an_arrow_to_a_frame_means_its_few_members_and_a_large_frame_is_one_component() -> None:
    small = chart("lb --> s\nsubgraph s [Services]\n x\n y\nend")
    assert flows(small) == {("lb", "routes", "x"), ("lb", "routes", "y")}
    large = chart("lb --> s\nsubgraph s [Backend]\n x --> y\nend")
    assert flows(large) == {("lb", "routes", "backend"), ("x", "calls", "y")}


def test_numbered_nodes_with_the_same_neighbours_are_instances_of_one() -> None:
    fragment = chart("lb[Load balancer] --> a1[App 1] & a2[App 2] --> db[(DB)]")
    app = next(c for c in fragment.components if c.id == "app")
    assert (app.aliases, facts(app.facts)) == (("App 1", "App 2"), {"replicas": 2})


def test_numbered_nodes_with_neighbours_of_their_own_stay_apart() -> None:
    fragment = chart("a1[Shard 1] --> x\na2[Shard 2] --> y")
    assert {"shard-1", "shard-2"} <= set(kinds(fragment))


def test_equal_names_with_different_words_beside_them_stay_apart() -> None:
    fragment = chart('a --> r1[("Redis<br/>sessions")]\na --> r2[("Redis<br/>celery queue")]')
    assert {"redis-sessions", "redis-celery-queue"} <= set(kinds(fragment))


def test_equal_names_in_two_frames_are_named_after_them() -> None:
    fragment = chart(
        "subgraph o [Orders]\n c1[Cache]\nend\nsubgraph s [Stock]\n c2[Cache]\nend\na --> c1\nb --> c2"
    )
    assert {"cache-orders", "cache-stock"} <= set(kinds(fragment))


def test_frames_are_boundaries_and_an_external_one_makes_its_services_external() -> None:
    fragment = fixture("shop.mmd")
    assert {b.id: (b.kind, b.parent) for b in fragment.boundaries} == {
        "network-vpc-production": ("network", None),
        "trust-third-party-services": ("trust", None),
        "zone-zone-a": ("zone", None),
        "zone-zone-b": ("zone", None),
    }
    assert kinds(fragment)["payments-api"] == "external_service"


def test_one_label_in_two_zones_is_one_component_that_spans_them() -> None:
    shop = next(c for c in fixture("shop.mmd").components if c.id == "shop")
    assert facts(shop.facts) == {"multi_zone": True, "replicas": 2}
    assert shop.boundaries == ("network-vpc-production",)


def test_a_whole_flowchart() -> None:
    fragment = fixture("shop.mmd")
    assert flows(fragment) == {
        ("customer", "calls", "cdn"),
        ("cdn", "routes", "load-balancer"),
        ("load-balancer", "routes", "shop"),
        ("shop", "calls", "orders"),
        ("orders", "reads", "orders-db"),
        ("orders", "writes", "orders-db"),
        ("orders", "reads", "redis"),
        ("orders", "writes", "redis"),
        ("orders", "calls", "payments-api"),
        ("orders", "publishes", "jobs-queue"),
        ("mailer-worker", "consumes", "jobs-queue"),
        ("mailer-worker", "calls", "mailgun"),
        ("reports", "reads", "orders-db"),
    }
    by_id = {c.id: c for c in fragment.components}
    assert facts(by_id["orders"].facts) == {"replicas": 3, "health_check": True, "autoscaling": "denied"}
    assert facts(by_id["orders-db"].facts) == {"backup": "denied"}
    assert facts(by_id["reports"].facts) == {"status": "legacy"}
    assert (by_id["orders"].technology, by_id["orders-db"].technology) == ("django", "postgresql")
    assert fragment.diagnostics == ()
