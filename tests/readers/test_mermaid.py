"""The Mermaid reader: from every sort of diagram to components, flows, boundaries and facts with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buttress.model import BOUNDARY_KINDS, COMPONENT_KINDS, FLOW_KINDS, Fact, Fragment, Source
from buttress.readers.mermaid import read, takes
from buttress.readers.mermaid.facts import facts_of
from buttress.readers.mermaid.kinds import boundary_kind, kind_of
from buttress.vocabulary import load
from buttress.vocabulary.roles import role_of

FIXTURES = sorted((Path(__file__).parent / "mermaid").glob("*.mmd"))


def diagram(text: str, **more: str) -> Fragment:
    return read((Source("system.mmd", text, **more),))  # type: ignore[arg-type]


def chart(body: str) -> Fragment:
    return diagram("flowchart LR\n" + body)


def flows(fragment: Fragment) -> set[tuple[str, str, str]]:
    return {(f.source, f.kind, f.target) for f in fragment.flows}


def kinds(fragment: Fragment) -> dict[str, str]:
    return {c.id: c.kind for c in fragment.components}


def facts(items: tuple[Fact, ...]) -> dict[str, object]:
    return {f.name: f.value if f.status == "stated" else "denied" for f in items}


def fixture(name: str) -> Fragment:
    return diagram((Path(__file__).parent / "mermaid" / name).read_text())


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
    assert takes(source) is taken


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
        ("a <--> b", {("a", "calls", "b"), ("b", "calls", "a")}),
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
        ("[Kafka consumer]", "Kafka consumer", "kafka", "worker"),
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


# --- what is no architecture


@pytest.mark.parametrize(
    "text",
    [
        "classDiagram\n A <|-- B",
        "stateDiagram-v2\n [*] --> Open",
        "erDiagram\n CUSTOMER ||--o{ ORDER : places",
        "gantt\n title A",
        'pie\n "a": 1',
        "mindmap\n root",
        "gitGraph\n commit",
        "",
        "flowchart TD\n A[Order placed] --> B[Reserve stock] --> C[Charge card] --> D{Paid?}\n D -- Yes --> E[Ship]\n D -- No --> F[Cancel]",
        "graph TD\n d[Developer] --> p[Push to Git] --> b[Build image] --> t[Run tests] --> r[Deploy to Kubernetes]",
    ],
)
def test_other_diagrams_give_a_reason_and_nothing_else(text: str) -> None:
    fragment = diagram(text)
    assert fragment.components == ()
    assert [d.level for d in fragment.diagnostics] == ["info"]
    assert fragment.diagnostics[0].reason.startswith("not an architecture diagram")


def test_a_process_with_a_store_in_it_is_still_a_process() -> None:
    assert fixture("refund-process.mmd").components == ()


def test_figures_files_and_swatches_are_no_components() -> None:
    fragment = chart("a[Shop] --> b[Orders]\nb --> n[99.9%]\nb --> f[orders.csv]\nl[Green]:::ok")
    assert set(kinds(fragment)) == {"shop", "orders"}


def test_what_is_not_understood_is_told_and_the_rest_is_read() -> None:
    fragment = chart("a[unclosed --> b\nc --> d")
    assert ("c", "calls", "d") in flows(fragment)
    assert [(d.line, d.level) for d in fragment.diagnostics] == [(2, "warning")]


# --- the other syntaxes


def test_a_whole_sequence_diagram() -> None:
    fragment = fixture("checkout.mmd")
    assert {(f.source, f.kind, f.target, f.sync) for f in fragment.flows} == {
        ("customer", "calls", "web-app", True),
        ("web-app", "calls", "orders", True),
        ("orders", "writes", "orders-db", True),
        ("orders", "publishes", "rabbitmq", False),
        ("mailer", "consumes", "rabbitmq", False),
    }
    assert kinds(fragment)["customer"] == "actor"
    assert [b.name for b in fragment.boundaries] == ["Shop"]
    assert fragment.diagnostics == ()


def test_a_whole_c4_diagram() -> None:
    fragment = fixture("bank.mmd")
    assert {(f.source, f.kind, f.target, f.protocol) for f in fragment.flows} == {
        ("customer", "calls", "web", "HTTPS"),
        ("web", "reads", "accounts", "SQL"),
        ("web", "writes", "accounts", "SQL"),
        ("web", "publishes", "events", None),
        ("audit", "consumes", "events", None),
        ("audit", "writes", "archive", "HTTPS"),
        ("web", "calls", "mail-system", "SMTP"),
    }
    assert kinds(fragment) == {
        "customer": "actor",
        "mail-system": "external_service",
        "archive": "object_store",
        "web": "service",
        "accounts": "relational_db",
        "events": "stream",
        "audit": "service",
    }


def test_a_whole_architecture_diagram() -> None:
    fragment = fixture("cloud.mmd")
    assert flows(fragment) == {
        ("internet", "calls", "api-gateway"),
        ("api-gateway", "routes", "orders"),
        ("api-gateway", "routes", "worker"),
        ("orders", "reads", "orders-database"),
    }
    assert [(b.id, b.kind) for b in fragment.boundaries] == [("network-private-network", "network")]


def test_nodes_of_two_diagrams_are_one_component_when_they_have_one_name() -> None:
    one = Source("a.md", "flowchart LR\n a[Orders] --> b[(Orders DB)]", first_line=5, language="mermaid")
    two = Source("a.md", "sequenceDiagram\n Orders->>Pricing: get price", first_line=20, language="mermaid")
    fragment = read((one, two))
    orders = next(c for c in fragment.components if c.id == "orders")
    assert [e.line for e in orders.evidence] == [6, 21]
    assert not fragment.tells_apart


# --- words


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("VPC production", "network"),
        ("eu-west-1", "region"),
        ("us-east-1a", "zone"),
        ("Availability zone 2", "zone"),
        ("EKS cluster", "cluster"),
        ("namespace shop", "namespace"),
        ("Team Payments", "team"),
        ("DMZ", "trust"),
        ("Third-party services", "trust"),
        ("Backend", "group"),
    ],
)
def test_the_title_of_a_frame_says_what_boundary_it_is(title: str, kind: str) -> None:
    assert boundary_kind(title) == kind


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("User service", "service"),
        ("UserService", "service"),
        ("users_db", "data_store"),
        ("Cache invalidation worker", "worker"),
        ("Database cluster", "data_store"),
        ("Orders", None),
        ("Web server (reverse proxy)", "service"),
        ("Job scheduler", "scheduler"),
        ("Database migration", None),
        ("Kafka topic", "stream"),
    ],
)
def test_the_head_noun_of_a_name_says_its_role(name: str, role: str | None) -> None:
    assert role_of(name) == role


def test_all_kinds_are_kinds_of_the_model() -> None:
    for path in FIXTURES:
        fragment = diagram(path.read_text())
        assert {c.kind for c in fragment.components} <= set(COMPONENT_KINDS)
        assert {f.kind for f in fragment.flows} <= set(FLOW_KINDS)
        assert {b.kind for b in fragment.boundaries} <= set(BOUNDARY_KINDS)


def test_every_fact_name_of_the_ontology_can_be_written_with_a_value_or_denied() -> None:
    here = diagram("flowchart LR\n a --> b").flows[0].evidence[0]
    for fact in load().facts.values():
        for owner in fact.domain:
            (denied, *_) = facts_of(f"no {fact.name}", here, owner=owner)  # type: ignore[arg-type]
            (stated, *_) = facts_of(f"{fact.name}=5", here, owner=owner) or (denied,)  # type: ignore[arg-type]
            assert denied.status == "denied"
            assert (stated.name, denied.name) == (fact.name, fact.name)


def test_an_external_store_stays_a_store() -> None:
    assert kind_of("Archive database", external=True) == "data_store"


# --- properties that hold for all readers


def assert_quotes_stand_at_their_lines(source: Source, fragment: Fragment) -> None:
    lines = source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    items = [*fragment.components, *fragment.flows, *fragment.boundaries]
    evidence = [e for i in items for e in i.evidence]
    evidence += [e for i in (*fragment.components, *fragment.flows) for f in i.facts for e in f.evidence]
    for e in evidence:
        text = " ".join(lines[e.line - source.first_line : e.end_line - source.first_line + 1])
        assert " ".join(e.quote.split()) in " ".join(text.split())
        assert 0 < len(e.quote) <= 200


@pytest.mark.parametrize("path", FIXTURES, ids=lambda p: p.name)
def test_every_quote_stands_at_its_lines_and_reading_twice_is_equal(path: Path) -> None:
    source = Source(path.name, path.read_text(), first_line=10, language="mermaid")
    fragment = read((source,))
    assert_quotes_stand_at_their_lines(source, fragment)
    assert read((source,)) == fragment


def test_there_are_fixtures() -> None:
    assert len(FIXTURES) >= 5


PIECES = st.sampled_from(
    [
        "flowchart LR\n",
        "sequenceDiagram\n",
        "C4Context\n",
        "architecture-beta\n",
        "a",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        '"',
        "-->",
        "--",
        "-.",
        "|",
        "&",
        ";",
        "\n",
        " ",
        "subgraph x\n",
        "end\n",
        "%%",
        "@{",
        "Rel(",
        ",",
        "->>",
        ":",
        "box\n",
        "service db(database)[x]\n",
        "db:L -- R:x\n",
        "Orders DB",
        "reads",
        "timeout=2s",
        "<br/>",
        "class ",
        ":::",
        "é",
        "\t",
        "===",
        "~~~",
        "accDescr {",
        "---\n",
        "1",
        "x",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_without_an_exception_and_with_true_quotes(text: str) -> None:
    source = Source("a.mmd", text)
    fragment = read((source,))
    assert_quotes_stand_at_their_lines(source, fragment)
    assert read((source,)) == fragment


@pytest.mark.parametrize(
    "bad",
    [
        "[" * 20000,
        "a " * 20000,
        '"' * 9999,
        "a-->" * 9999,
        "subgraph x\n" * 4000,
        "%%{" * 5000,
        "a@{" * 5000,
        "a & " * 3000,
        "Rel(" * 9000,
        "class " + " " * 20000,
        "|" * 9000,
    ],
)
@pytest.mark.parametrize(
    "head", ["flowchart LR\n", "sequenceDiagram\n", "C4Context\n", "architecture-beta\n"]
)
def test_hostile_texts_are_read_in_time(head: str, bad: str) -> None:
    diagram(head + bad)
