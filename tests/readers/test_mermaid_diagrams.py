"""The Mermaid reader: sequence, C4 and architecture diagrams, what is no architecture, words, and what always holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.drawings import FIXTURES, chart, diagram, fixture, flows, kinds

from buttress.drawings.facts import facts_of
from buttress.drawings.kinds import boundary_kind, kind_of
from buttress.model import BOUNDARY_KINDS, COMPONENT_KINDS, FLOW_KINDS, Fragment, Source
from buttress.readers.mermaid import read
from buttress.vocabulary import load
from buttress.vocabulary.roles import role_of

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
        "flowchart LR\n a([Start]) --> b[Intake] --> c[Customs Control] --> d[Label Printing] --> e[Weighing] --> f[Loading] --> g[Settlement] --> h([Stop])",
        'flowchart LR\n a[Intake] --> b@{ shape: fork, label: "Fork" }\n b --> c[Weighing] --> d@{ shape: join }\n b --> e[Labelling] --> d --> f[Loading]',
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


def test_how_a_box_is_reached_is_no_part_of_its_name() -> None:
    text = 'flowchart LR\n a["Till (via HTTP)"] --> b["Parcel cart (embedded)"] --> c["Till (old)"]'
    assert set(kinds(diagram(text))) == {"till", "parcel-cart", "till-old"}


def test_an_arrow_with_the_name_of_an_operation_is_read_by_its_verb() -> None:
    text = "flowchart LR\n q[(SQS queue)]\n packer[Packer service] -->|SendMessage| q\n labeller[Label worker] -->|ReceiveMessage| q"
    assert flows(diagram(text)) == {("label-worker", "consumes", "sqs-queue"), ("packer-service", "publishes", "sqs-queue")}  # fmt: skip
    event = "flowchart LR\n till[Till service] -->|PaymentProcessed| bus[RabbitMQ]"
    assert {k for _, k, _ in flows(diagram(event))} == {"publishes"}


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
        ("Photo object storage service", "object_store"),
        ("Queueing platform", "message_broker"),
        ("Container orchestration platform", "compute_host"),
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


@pytest.mark.parametrize("language", [".NET 9", "Go", "Java 21", "Node.js", "ASP.NET Core"])
def test_a_language_in_brackets_is_no_part_of_a_name(language: str) -> None:
    read_from = diagram(f"flowchart LR\n  a[Parcel.Sorter ({language})] --> b[Depot (north)]")
    assert {c.name for c in read_from.components} == {"Parcel.Sorter", "Depot (north)"}


def test_an_exporter_watches_the_broker_that_is_drawn_before_it_and_consumes_nothing() -> None:
    text = (
        "flowchart LR\n  mq[(RabbitMQ)] --> x[rabbitmq_exporter]\n  db[(PostgreSQL)] --> y[postgres-exporter]"
    )
    assert kinds(diagram(text))["rabbitmq-exporter"] == "monitoring"
    assert flows(diagram(text)) == {
        ("rabbitmq-exporter", "calls", "rabbitmq"),
        ("postgres-exporter", "reads", "postgresql"),
    }


def test_a_bracket_that_nothing_opens_is_no_part_of_a_name() -> None:
    drawn = chart(" a[Kiosk] --> b[(Labels)\\n(later)]")
    assert {c.name for c in drawn.components} == {"Kiosk", "Labels"}


def test_figures_are_asked_for_by_who_gathers_them() -> None:
    drawn = chart(
        " a[Kiosk] -->|/metrics| p[Prometheus]\n b[redis-exporter] --> p\n c[Sorter] -->|/api/v1/write| p"
    )
    assert flows(drawn) == {
        ("prometheus", "calls", "kiosk"),
        ("prometheus", "reads", "redis-exporter"),
        ("sorter", "calls", "prometheus"),
    }
