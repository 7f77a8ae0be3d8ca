"""Tables whose rows are calls, events or components."""

from __future__ import annotations

import pytest

from buttress import pipeline
from buttress.model import Flow, Source
from buttress.prose import Prose, extract
from buttress.readers import read_all

DRAWING = """
```mermaid
flowchart LR
  shop[Shop] --> stock[Stock]
  stock --> erp[ERP connector]
  stock --> db[(Stock database)]
  picker[Picker]
  mq[[RabbitMQ]]
  shop --> mq
```
"""


def told(table: str, *, heading: str = "Operations") -> set[str]:
    """Return the facts and flows that a table adds: `owner: name=value`, `a -kind> b`."""
    rows = "\n".join(line.strip() for line in table.strip().splitlines())
    fragments, _ = read_all([Source("a.md", f"# Warehouse\n{DRAWING}\n## {heading}\n\n{rows}\n")])
    known = tuple(c for f in fragments for c in f.components)
    found = extract(Prose(p for f in fragments for p in f.passages), known, fragments)
    out = set()
    for item in (*found.components, *found.flows):
        owner = f"{item.source}>{item.target}" if isinstance(item, Flow) else item.id
        if isinstance(item, Flow) and any(e.form == "table" for e in item.evidence):
            out.add(
                f"{item.source} -{item.kind}> {item.target}" + (f" {item.protocol}" if item.protocol else "")
            )
        for fact in item.facts:
            value = "" if fact.value is True else f"={fact.value}"
            out.add(f"{owner}: no {fact.name}" if fact.status == "denied" else f"{owner}: {fact.name}{value}")
    return out


@pytest.mark.parametrize(
    "arrow", ["Shop → Stock", "Shop -> Stock", "Shop --> Stock", "Shop to Stock", "`shop` → `stock`"]
)
def test_a_cell_with_two_ends_is_a_flow(arrow: str) -> None:
    table = f"| Call | Timeout | Retries |\n|---|---|---|\n| {arrow} | 5 s | 2 |"
    assert told(table) == {"shop -calls> stock", "shop>stock: timeout=5", "shop>stock: retry=2"}


@pytest.mark.parametrize(
    "heads",
    ["From | To", "Caller | Callee", "Source | Destination", "Client | Server", "Service | Depends on"],
)
def test_two_columns_are_the_ends_of_a_flow(heads: str) -> None:
    table = f"| {heads} | Timeout |\n|---|---|---|\n| Shop | Stock | 250 ms |"
    assert told(table) == {"shop -calls> stock", "shop>stock: timeout=0.25"}


@pytest.mark.parametrize(
    ("head", "cell", "expected"),
    [
        ("Timeout", "none", "no timeout"),
        ("Timeout", "no", "no timeout"),
        ("Timeout", "-", "no timeout"),
        ("Timeout", "not set", "no timeout"),
        ("Timeout", "60 s (default)", "timeout=60"),
        ("Timeout (ms)", "250", "timeout=0.25"),
        ("Retries", "0", "no retry"),
        ("Retries", "3x", "retry=3"),
        ("Circuit breaker", "yes", "circuit_breaker"),
        ("Circuit breaker", "✗", "no circuit_breaker"),
        ("Auth", "mTLS", "authentication=mTLS"),
        ("Auth", "none", "no authentication"),
        ("TLS", "yes", "encryption_in_transit"),
        ("Remarks", "no circuit breaker", "no circuit_breaker"),
        ("Remarks", "falls back to the list price", "fallback"),
        ("Notes", "with idempotency key", "idempotent"),
    ],
)
def test_a_cell_states_or_denies_a_fact_of_the_flow(head: str, cell: str, expected: str) -> None:
    table = f"| Call | {head} |\n|---|---|\n| Shop → Stock | {cell} |"
    assert f"shop>stock: {expected}" in told(table)


@pytest.mark.parametrize(
    ("head", "cell"),
    [("Timeout", ""), ("Timeout", "n/a"), ("Timeout", "?"), ("Auth", "-"), ("Purpose", "no timeout")],
)
def test_a_cell_that_leaves_it_open_says_nothing(head: str, cell: str) -> None:
    table = f"| Call | {head} |\n|---|---|\n| Shop → Stock | {cell} |"
    assert told(table) == {"shop -calls> stock"}


def test_a_protocol_column_gives_the_protocol_of_the_flow() -> None:
    table = "| From | To | Protocol |\n|---|---|---|\n| Shop | Stock | gRPC |"
    assert told(table) == {"shop -calls> stock grpc"}


def test_what_a_broker_sends_is_consumed() -> None:
    assert told("| From | To |\n|---|---|\n| RabbitMQ | Picker |") == {"picker -consumes> rabbitmq"}


def test_a_table_of_events_says_who_publishes_and_who_consumes() -> None:
    table = """
        | Event | Publisher | Consumers | DLQ |
        |---|---|---|---|
        | `picked` | Stock | Picker, ERP connector | no |
        """
    assert told(table) == {
        "stock -publishes> rabbitmq",
        "picker -consumes> rabbitmq",
        "erp-connector -consumes> rabbitmq",
        "picker>rabbitmq: no dead_letter_queue",
        "erp-connector>rabbitmq: no dead_letter_queue",
    }


def test_a_row_may_be_a_component() -> None:
    table = """
        | Service | Purpose | Owner | Replicas | Peak rate | Public | Notes |
        |---|---|---|---|---|---|---|
        | Shop | 3 pages | Team Web | 2–6 | 40 requests/s | yes | stateless |
        | Picker | | - | 2 (4 in December) | | no | |
        """
    assert told(table) == {
        "shop: owner=Team Web",
        "shop: min_replicas=2",
        "shop: max_replicas=6",
        "shop: rate=40",
        "shop: exposed_to_internet",
        "shop: stateless",
        "picker: no exposed_to_internet",
    }


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("| Figure | Normal day |\n|---|---|\n| Stock | 0.4/s |", id="figures of the business"),
        pytest.param("| Environment | Replicas |\n|---|---|\n| Shop | 3 |", id="environments"),
        pytest.param("| Date | From | To |\n|---|---|---|\n| May | 1.2 | 1.3 |", id="versions"),
        pytest.param("| Call | Timeout |\n|---|---|\n| POST /stock | 5 s |", id="endpoints"),
        pytest.param(
            "| From | To |\n|---|---|\n| Lager | Versand |\n| Versand | Shop |", id="mostly unknown names"
        ),
    ],
)
def test_another_table_says_nothing_of_components(table: str) -> None:
    assert told(table) == set()


def test_a_table_of_what_is_planned_says_nothing() -> None:
    assert told("| Service | Replicas |\n|---|---|\n| Shop | 9 |", heading="Roadmap") == set()


def test_a_call_table_may_name_a_component_that_nothing_else_names() -> None:
    table = "| Call | Timeout |\n|---|---|\n| Shop → Stock | 5 s |\n| Picker → Label printer | 1 s |"
    assert "picker>label-printer: timeout=1" in told(table)


def test_the_evidence_is_the_whole_row() -> None:
    fragments, _ = read_all(
        [Source("a.md", f"# W\n{DRAWING}\n| Call | Timeout |\n|---|---|\n| Shop → Stock | none |\n")]
    )
    known = tuple(c for f in fragments for c in f.components)
    flows = extract(Prose(p for f in fragments for p in f.passages), known, fragments).flows
    fact = next(f.fact("timeout") for f in flows if f.fact("timeout"))
    assert fact is not None
    assert [(e.line, e.quote) for e in fact.evidence] == [(15, "Shop → Stock | none")]


PARTS = """\
# Ferry booking

## Services

| Service | Language | Description |
|---|---|---|
| [quotes](./src/quotes) | Python | Works out what a crossing costs. |
| [timetable-reader](./src/timetable) | Java | Serves the timetable, as read from `timetable-db`. |
| [timetable-db](./src/timetable-db) | PostgreSQL | Crossings of the season. |
| [loadmaker](./src/loadmaker) | Python/Locust | Continuously sends requests to the quotes. |
"""


def test_every_row_of_a_table_of_services_is_a_component() -> None:
    fragments, _ = read_all([Source("README.md", PARTS)])
    found = extract(Prose(p for f in fragments for p in f.passages))
    assert {c.id: (c.kind, c.technology) for c in found.components} == {
        "quotes": ("service", None),
        "timetable-reader": ("service", None),
        "timetable-db": ("relational_db", "postgresql"),
        "loadmaker": ("service", None),
    }
    assert ("timetable-reader", "reads", "timetable-db") in {
        (f.source, f.kind, f.target) for f in found.flows
    }
    languages = {c.id: f.value for c in found.components if (f := c.fact("language"))}
    assert languages == {"quotes": "Python", "timetable-reader": "Java", "loadmaker": "Python"}


@pytest.mark.parametrize(
    "text",
    [
        PARTS.replace("Description", "Version"),
        PARTS.replace("## Services", "## Additional options"),
        PARTS.replace("## Services", "## Alternatives"),
    ],
    ids=["libraries", "additional options", "alternatives"],
)
def test_other_tables_make_no_components_of_their_rows(text: str) -> None:
    fragments, _ = read_all([Source("README.md", text)])
    found = extract(Prose(p for f in fragments for p in f.passages))
    assert "quotes" not in {c.id for c in found.components}


CALLEES = """# Seats

| Service | Language |
|---|---|
| Gateway | Node.js |
| Seat Service | Java |
| Fare Service | Go |

## Gateway {} Services (gRPC)

| Target service | Purpose |
|---|---|
| Seat Service | seats |
| Fare Service | prices |
"""


@pytest.mark.parametrize(("sign", "flows"), [("→", 2), ("->", 2), ("and", 0)])
def test_a_table_below_a_title_with_an_arrow_tells_whom_the_first_of_it_calls(sign: str, flows: int) -> None:
    graph = pipeline.read([Source("a.md", CALLEES.format(sign))])
    assert len([f for f in graph.flows if (f.source, f.kind) == ("gateway", "calls")]) == flows
