"""Facts in sentences, and whose they are."""

from __future__ import annotations

import pytest

from buttress.model import Component, Flow, Source
from buttress.prose import Prose, extract
from buttress.prose.facts import find
from buttress.readers import read_all

DRAWING = """
```mermaid
flowchart LR
  rider((Rider)) --> edge[Edge gateway]
  phone[Mobile app] --> edge
  edge --> trips[Trips]
  trips --> fares[Fares]
  trips --> profiles[Driver profiles]
  trips --> history[(Trip database)]
  trips -->|"trip.finished"| kafka[[Kafka]]
  invoices[Invoices] -->|consumes| kafka
  fares --> memcached[(Memcached)]
  fares --> maps[Google Maps]
  invoices --> sendgrid[SendGrid]
```
"""


def told(text: str, drawing: str = DRAWING) -> set[str]:
    """Return the facts that a text adds to the drawing, each as `owner: name=value` or `owner: no name`."""
    fragments, _ = read_all([Source("design.md", f"# Rides\n{drawing}\n## Notes\n\n{text}\n")])
    known = tuple(c for f in fragments for c in f.components)
    found = extract(Prose(p for f in fragments for p in f.passages), known, fragments)
    names = {c.id: c.id for c in found.components}
    out = set()
    items: tuple[Component | Flow, ...] = (*found.components, *found.flows)
    for item in items:
        owner = f"{names[item.source]}>{names[item.target]}" if isinstance(item, Flow) else item.id
        for fact in item.facts:
            value = "" if fact.value is True else f"={fact.value}"
            out.add(f"{owner}: no {fact.name}" if fact.status == "denied" else f"{owner}: {fact.name}{value}")
    return out


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The call times out after 500 ms.", [("timeout", 0.5, "stated")]),
        ("It has a 2 second timeout.", [("timeout", 2, "stated")]),
        ("Failed calls are retried three times.", [("retry", 3, "stated")]),
        ("It has no timeout, retry or circuit breaker.", [("timeout", None, "denied"), ("retry", None, "denied"), ("circuit_breaker", None, "denied")]),
        ("Neither retries nor timeouts are set.", [("timeout", None, "denied"), ("retry", None, "denied")]),
        ("Fares isn’t idempotent.", [("idempotent", None, "denied")]),
        ("Requests don't carry an idempotency key.", [("idempotent", None, "denied")]),
        ("No service has a health check.", [("health_check", None, "denied")]),
        ("It runs as one primary and two replicas.", [("replicas", 3, "stated"), ("replicated", True, "stated")]),
        ("It scales between two and eight pods.", [("min_replicas", 2, "stated"), ("max_replicas", 8, "stated"), ("autoscaling", True, "stated")]),
        ("It runs in one availability zone.", [("multi_zone", None, "denied")]),
        ("It is spread over three availability zones.", [("multi_zone", True, "stated")]),
        ("The proxy limits each client to 20 requests/s.", [("rate_limit", 20, "stated")]),
        ("It shows the list price while the breaker is open.", [("fallback", True, "stated")]),
        ("It serves stale pages.", [("fallback", True, "stated")]),
        ("The worker acknowledges a message after the work is done.", [("acknowledgement", "after", "stated")]),
        ("It is deprecated.", [("status", "deprecated", "stated")]),
    ],
)  # fmt: skip
def test_a_sentence_says_facts(sentence: str, expected: list[tuple[str, object, str]]) -> None:
    assert sorted((f.name, f.value, f.status) for f in find(sentence)) == sorted(expected)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Would retries help?", id="a question"),
        pytest.param("Calls should have a timeout of 2 seconds.", id="a wish"),
        pytest.param("Deploy it behind a load balancer.", id="an advice"),
        pytest.param("We will add retries with exponential backoff.", id="a plan"),
        pytest.param("The old dispatcher had three replicas.", id="the past"),
        pytest.param("If the call has no timeout, threads pile up.", id="a condition"),
        pytest.param("When a timeout occurs, the error is logged.", id="the thing is only named"),
        pytest.param(
            "An alert fires when a dead letter queue isn't empty.", id="a negation of something else"
        ),
        pytest.param("It asks one of the instances.", id="one of several"),
        pytest.param("There are four primary tasks of a launcher.", id="duties"),
        pytest.param("It connects to broker:5672 as a consumer.", id="a port"),
        pytest.param("When the cache is down, it returns an error.", id="an error is no fallback"),
        pytest.param("There is no need for a circuit breaker.", id="no need"),
    ],
)
def test_a_sentence_that_says_nothing_of_how_it_is(sentence: str) -> None:
    assert list(find(sentence)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trips calls Fares with a timeout of 2 seconds.", {"trips>fares: timeout=2"}),
        ("Trips calls Fares through a circuit breaker and writes to the Trip database.", {"trips>fares: circuit_breaker"}),
        (
            "The calls from Trips to Fares and to the Driver profiles have no timeout.",
            {"trips>fares: no timeout", "trips>driver-profiles: no timeout"},
        ),
        ("Trips calls Fares. This call is not retried.", {"trips>fares: no retry"}),
        ("Trips calls Fares. It retries failed calls twice.", {"trips>fares: retry=2"}),
        ("Connections to Memcached are not encrypted.", {"fares>memcached: no encryption_in_transit"}),
        ("Fares keeps quotes in Memcached for five minutes.", {"fares>memcached: ttl=300"}),
        ("Fares falls back to the base fare when Google Maps is unavailable.", {"fares>google-maps: fallback"}),
        ("Each request carries an idempotency key: Google Maps answers with the first result.", {"fares>google-maps: idempotent"}),
        ("Trips writes its events to an outbox table first.", {"trips>kafka: outbox"}),
        ("Trips gives up on a call to Fares after 700 ms.", {"trips>fares: timeout=0.7"}),
        ("Every call to Fares is limited to 1.5 seconds.", {"trips>fares: timeout=1.5"}),
        ("Trips waits up to half a minute for an answer from Fares.", {"trips>fares: timeout=30"}),
        ("If Fares can't be reached, Trips tries twice more before it gives up.", {"trips>fares: retry=2"}),
        ("SendGrid gets the passenger's name and mail address.", {"invoices>sendgrid: data_classes=('personal',)"}),
    ],
)  # fmt: skip
def test_facts_of_a_flow_go_to_the_flow(text: str, expected: set[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fares runs as a single instance. The gateway has two replicas.", {"fares: single_instance", "edge-gateway: replicas=2"}),
        ("Trips is stateless. It runs on four pods.", {"trips: stateless", "trips: replicas=4"}),
        ("Trips is stateless, and it runs on four pods.", {"trips: stateless", "trips: replicas=4"}),
        ("Trips uses the Trip database. The database is encrypted at rest.", {"trip-database: encryption_at_rest"}),
        ("There are no backups of the Trip database.", {"trip-database: no backup"}),
        ("A cron job dumps the database every night and copies the dump to a bucket.", {"trip-database: backup"}),
        ("Passenger names and addresses are kept in the Trip database.", {"trip-database: data_classes=('personal',)"}),
        ("Invoices isn't idempotent.", {"invoices: no idempotent"}),
        ("The Edge gateway isn't rate limited.", {"edge-gateway: no rate_limit"}),
        ("The Edge gateway allows each rider 60 requests per minute.", {"edge-gateway: rate_limit=1"}),
        ("The Edge gateway is throttled to 50 requests per second per client.", {"edge-gateway: rate_limit=50"}),
        ("The Edge gateway has a rate limit of 100 requests per second.", {"edge-gateway: rate_limit=100"}),
        ("Entries in Memcached expire after ten minutes.", {"memcached: ttl=600"}),
        ("Kafka holds messages for up to 7 days.", {"kafka: retention=604800"}),
        ("Neither Fares nor the Edge gateway has a readiness probe.", {"fares: no readiness", "edge-gateway: no readiness"}),
        ("The Trip database has a hot standby in a second availability zone.", {"trip-database: failover", "trip-database: multi_zone"}),
        ("Fares is expected to be available 99.9 % of the time.", {"fares: slo=0.999"}),
        ("Trips runs four replicas, Fares two, and Invoices just one.", {"trips: replicas=4", "fares: replicas=2", "invoices: replicas=1"}),
        ("The API keys of Fares are hard-coded in its settings.", {"fares: secrets_in_plaintext"}),
        ("Only the Edge gateway is reachable from the internet.", {"edge-gateway: exposed_to_internet"}),
        ("All consumers are idempotent.", {"invoices: idempotent"}),
        ("Each queue has a dead letter queue.", {"kafka: dead_letter_queue"}),
        (
            "Every service has a liveness probe.",
            {f"{c}: health_check" for c in ("driver-profiles", "edge-gateway", "fares", "invoices", "trips")},
        ),
        ("The Edge gateway receives 3,000 requests per second.", {"edge-gateway: rate=3000"}),
        ("Fares is owned by the Pricing team.", {"fares: owner=Pricing"}),
    ],
)  # fmt: skip
def test_facts_of_a_component_go_to_the_one_that_is_meant(text: str, expected: set[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "There is no rate limiting. Envoy could do it, but the Mobile app sends bursts.",
            id="the whole system",
        ),
        pytest.param(
            "Trips keeps reservations. A reservation expires after 20 minutes.",
            id="a noun that is no component",
        ),
        pytest.param("Trips calls Fares. The server has two replicas.", id="a server that nobody spoke of"),
        pytest.param("Every service has a health check except Fares.", id="an exception"),
        pytest.param("Some services have health checks.", id="some of them"),
        pytest.param("Two engineers run three instances of the simulator.", id="another owner"),
        pytest.param("The rider has no timeout.", id="a person"),
        pytest.param("Traffic between Trips and the tills is not encrypted.", id="an end that nobody knows"),
    ],
)
def test_a_fact_without_a_clear_owner_is_dropped(text: str) -> None:
    assert told(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "All traffic between the services is encrypted with TLS.",
            {"edge-gateway>trips", "trips>fares", "trips>driver-profiles"},
        ),
        (
            "All internal traffic is unencrypted.",
            {
                "edge-gateway>trips", "trips>fares", "trips>driver-profiles", "trips>trip-database", "trips>kafka",
                "invoices>kafka", "fares>memcached",
            },
        ),
        ("Inside the cluster everything is plain HTTP.", {"edge-gateway>trips", "trips>fares", "trips>driver-profiles"}),
        ("Most traffic between the services is encrypted with TLS.", set()),
    ],
)  # fmt: skip
def test_all_traffic_means_every_flow_inside(text: str, expected: set[str]) -> None:
    found = {f.partition(":")[0] for f in told(text) if "encryption_in_transit" in f}
    assert found == expected


@pytest.mark.parametrize(
    "heading", ["Alternatives considered", "Roadmap", "Requirements", "Local development"]
)
def test_what_stands_under_such_a_heading_is_no_fact(heading: str) -> None:
    assert told(f"Intro.\n\n## {heading}\n\nFares runs as a single instance.") == set()


def test_a_section_about_one_component_speaks_of_it() -> None:
    text = "Intro.\n\n### Trip database\n\nIt runs on a single server. There is no standby.\n\n### Kafka\n\nThree brokers."
    assert told(text) == {"trip-database: single_instance", "trip-database: no failover", "kafka: replicas=3"}


def test_a_value_tops_a_mere_yes() -> None:
    text = "The Edge gateway has rate limiting. The Edge gateway limits each client to 20 requests/s."
    assert told(text) == {"edge-gateway: rate_limit=20"}


def test_the_evidence_of_a_fact_are_its_words() -> None:
    fragments, _ = read_all([Source("a.md", f"# Rides\n{DRAWING}\nTrips calls Fares without a timeout.\n")])
    known = tuple(c for f in fragments for c in f.components)
    flows = extract(Prose(p for f in fragments for p in f.passages), known, fragments).flows
    fact = next(f.fact("timeout") for f in flows if f.fact("timeout"))
    assert fact is not None
    assert [(e.line, e.quote) for e in fact.evidence] == [(18, "Trips calls Fares without a timeout.")]


def test_sensitive_data_in_a_log_are_a_fact_of_the_one_that_writes_it() -> None:
    assert told("The Fares service logs full card numbers at INFO to a file.") >= {
        "fares: no log_sanitization",
        "fares: data_classes=('payment',)",
    }
    assert not any(
        "log_sanitization" in f for f in told("The Fares service logs masked card numbers to a file.")
    )
