"""What can't both hold is found with both places, and what can is left alone; tables of small texts."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.pipeline import read


def told(*texts: str, suffixes: tuple[str, ...] = ()) -> set[tuple[str, str]]:
    """Return what disagrees between texts, each of which is a file of its own."""
    sources = [
        Source(f"{n}{suffixes[n] if n < len(suffixes) else '.md'}", text) for n, text in enumerate(texts)
    ]
    return {(c.subject, c.name) for c in read(sources).contradictions}


CONTRADICTIONS = {
    "denied and there": (
        "There is no tracing.",
        "Requests are traced with OpenTelemetry.",
        ("tracing", "presence"),
    ),
    "a list of what isn't there": (
        "Not in the stack: PgBouncer, a service mesh.",
        "Istio is the service mesh of the cluster.",
        ("service-mesh", "presence"),
    ),
    "denied and optional": (
        "## Pooling\n\nWe don't use PgBouncer.",
        "## Load\n\nConnections are pooled, with optional PgBouncer.",
        ("pgbouncer", "presence"),
    ),
    "an acronym and its long form": (
        "There is no WAF.",
        "A web application firewall protects the site.",
        ("waf", "presence"),
    ),
    "denied in words of their own": (
        "## Limits\n\n- No presigned URL support",
        "## Uploads\n\nThe browser asks for a presigned URL and sends the file there.",
        ("way-of-uploads", "way"),
    ),
    "gone and used": (
        "Mailtube was dropped last year.",
        "Newsletters leave through Mailtube every morning.",
        ("mailtube", "presence"),
    ),
    "a limit and its absence": (
        "There is no rate limiting.",
        "The gateway limits each client to 20 calls per minute.",
        ("rate-limiting", "presence"),
    ),
    "two lifetimes": (
        "A seat hold expires after 15 minutes.",
        "Seat holds are released after 10 minutes.",
        ("seat", "lifetime"),
    ),
    "two timeouts": (
        "Calls to Adyen time out after 5 seconds.",
        "Requests to Adyen have a timeout of 20 seconds.",
        ("adyen", "timeout"),
    ),
    "two limits of size": (
        "Pictures may not be larger than 8 MB.",
        "Uploads of pictures are limited to 25 MB.",
        ("pictures", "size limit"),
    ),
    "two promises": (
        "We promise 99.9% availability.",
        "The service level is 99.5% uptime.",
        ("availability", "availability"),
    ),
    "how often": (
        "The orders are backed up every hour.",
        "The orders are backed up nightly.",
        ("orders", "interval"),
    ),
    "one process and several": (
        "The Planner service writes to MySQL and runs as a single instance.",
        "The Planner service runs on three nodes.",
        ("planner-service", "instances"),
    ),
    "two formats of logs": (
        "All services write structured JSON logs.",
        "Logs are plain text.",
        ("log-format", "way"),
    ),
    "two protocols of login": (
        "Users sign in with SAML.",
        "Users log in through OpenID Connect.",
        ("login-protocol", "way"),
    ),
    "by hand and by itself": (
        "Deployments are done by hand.",
        "Every merge is deployed automatically.",
        ("way-of-deployment", "way"),
    ),
    "one region and two": (
        "Everything runs in a single region.",
        "The platform is deployed in two regions.",
        ("places-of-deployment", "way"),
    ),
    "two databases for one thing": (
        "Orders are stored in MySQL.",
        "Orders live in PostgreSQL.",
        ("orders", "technology of the database"),
    ),
    "two brokers for one event": (
        "Checkout publishes `order.paid` events to RabbitMQ.",
        "Checkout writes `order.paid` events to Kafka.",
        ("order-paid-events", "technology of the broker"),
    ),
    "planned and there": (
        "Secrets are in files; HashiCorp Vault is planned.",
        "Keys are kept in HashiCorp Vault.",
        ("vault", "planned or there"),
    ),
    "a verb and its denial": (
        "Readers are never tracked.",
        "Readers are tracked with Matomo.",
        ("readers", "tracked"),
    ),
    "two versions": (
        "The invoice database is MySQL 8.0.",
        "The invoice database is MySQL 5.7.",
        ("invoice-database", "version of MySQL"),
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_what_cant_both_hold_is_found(name: str) -> None:
    first, second, expected = CONTRADICTIONS[name]
    assert expected in told(first, second)
    assert expected in told(second, first)


AGREEMENTS = {
    "what is told not to be done": (
        "The database is PostgreSQL 18.4.",
        "Do not restore into PostgreSQL 16.",
    ),
    "a migration": (
        "We migrate the orders from MongoDB to PostgreSQL.",
        "Orders are stored in PostgreSQL.",
    ),
    "history": ("Orders used to be stored in MongoDB.", "Orders are stored in PostgreSQL."),
    "a rejected alternative": (
        "# ADR\n\n## Alternatives considered\n\n- Kafka: orders are stored in MongoDB",
        "Orders are stored in PostgreSQL.",
    ),
    "another environment": (
        "On staging there is no tracing.",
        "In production requests are traced with OpenTelemetry.",
    ),
    "a laptop": ("Locally we run SQLite, without TLS.", "In production all traffic is encrypted with TLS."),
    "a plan": ("There is no tracing.", "## Next steps\n\n- Trace requests with OpenTelemetry"),
    "a document that is a plan from its first section on": (
        "# Ferry\n\n## Overview\n\nThe project aims to build a ticket shop. It will use HashiCorp Vault for secrets. Pages will be served by Shop.\n",
        "# Parts\n\n## Technologies\n\n- **HashiCorp Vault**: keeps the keys\n",
    ),
    "a condition": ("There is no cache.", "If reads get slow, results could be cached in Redis."),
    "another part": (
        "The Mailer service doesn't retry.\n\nThe Mailer service calls the Billing service.",
        "The Billing service retries three times and calls the Mailer service.",
    ),
    "no need": ("No load balancer is needed locally.", "A load balancer distributes the requests."),
    "a bound that holds the number": (
        "The Planner runs at least two nodes.",
        "The Planner runs on three nodes.",
    ),
    "a primary counts": (
        "Valkey runs as one primary and two replicas.",
        "Valkey runs with three replicas.",
    ),
    "two things of one measure": (
        "Access tokens expire after 15 minutes.",
        "Refresh tokens expire after 30 days.",
    ),
    "what a problem section complains of": (
        "# RFC\n\n## Problem\n\nThere is no authentication.",
        "All endpoints require authentication with a token.",
    ),
    "a question": ("Is there no cache?", "Results are cached for five minutes."),
    "what works at one place only": (
        "Local filesystem storage only works when the API and the workers share a disk.",
        "Uploads go to object storage.",
    ),
    "at times": (
        "Jobs wait when no workers are running.",
        "Workers run in the background and process jobs.",
    ),
    "this, under two titles": (
        "# Shop\n\nShop keeps its rows in a database.\n\n## Public interface\n\nThis interface is stateless.\n",
        "# Shop\n\n## Planner\n\nThis is a stateful service of Shop and keeps sessions in memory.\n",
    ),
    "for and against a way": (
        "| Way | Pros | Cons |\n|---|---|---|\n| Locks | no retries | slower |\n",
        "# Orders\n\nFailed calls are retried three times.",
    ),
    "one of several choices": (
        "# Plug-ins\n\n- **Authentication**: none, token or certificate\n",
        "# Shop\n\nAuthentication: all callers log in with Keycloak.\n",
    ),
    "a setting that nobody has set": (
        "By default the pages are shown without any authentication.",
        "All endpoints require authentication with a token.",
    ),
    "the default of a setting": (
        "Default: off (there is no tracing)",
        "Requests are traced with OpenTelemetry.",
    ),
    "one for want of the other": (
        "No master key → no spare desk.",
        "Clerks use the spare desk at night.",
    ),
    "what whoever installs it chooses": (
        "By default, uploads go to a local filesystem.",
        "Uploads can go to an S3 bucket, too, and are then kept in object storage.",
    ),
    "a word within a path": (
        "Clerks log in with a username and password.",
        "The OIDC classes are defined in desk/login/sso/oidc.py.",
    ),
    "two tools of two tasks": (
        "Metrics are scraped by Prometheus.",
        "Metrics are shown in Grafana.",
    ),
}


@pytest.mark.parametrize("name", AGREEMENTS)
def test_what_can_both_hold_is_left_alone(name: str) -> None:
    assert told(*AGREEMENTS[name]) == set()


DRAWING = """# Drawings

## Context

```mermaid
flowchart LR
  user([User]) -->|HTTPS| entry[Ingress Gateway]
  entry --> shop[Shop]
  shop -->|publishes| bus[[NATS]]
```

## Deployment

```mermaid
flowchart LR
  user([User]) --> entry[Ingress Gateway]
  entry --> shop[Shop<br/>replicas=3]
  old[Old Client] --> shop
```
"""


def test_pages_in_folders_of_two_programs_are_about_these() -> None:
    image = 'FROM scratch\nCMD ["/run"]\n'
    pages = [Source(f"{n}/README.md", f"It comes with Python 3.{v}.") for n, v in (("ham", 11), ("jam", 12))]
    images = [Source(f"{n}/Dockerfile", image) for n in ("ham", "jam")]
    assert {c.name for c in read(pages).contradictions} == {"version of Python"}
    assert not read([*pages, *images]).contradictions


def test_a_door_that_no_drawing_has_is_told_with_the_drawn_ones() -> None:
    graph = read([Source("a.md", DRAWING), Source("b.md", "Static files are served through a CDN.")])
    (found,) = [c for c in graph.contradictions if c.name == "presence in drawings"]
    assert found.subject == "cdn"
    assert [(e.source, e.line) for _, e in found.sides] == [("b.md", 1), ("a.md", 7), ("a.md", 16)]


def test_one_drawing_alone_may_leave_the_door_out() -> None:
    one = DRAWING.partition("## Deployment")[0]
    assert told(one, "Static files are served through a CDN.") == set()


def test_a_part_that_is_gone_but_drawn_is_told() -> None:
    assert ("old-client", "presence") in told(DRAWING, "The Old Client was removed in spring.")


def test_a_broker_in_the_text_and_another_in_the_drawing_are_told() -> None:
    assert ("shop", "technology of the broker") in told(DRAWING, "The Shop publishes its events to RabbitMQ.")


def test_waiting_in_the_text_and_not_in_the_drawing_is_told() -> None:
    drawing = "flowchart LR\n  shop[Shop] -->|asynchronous| pay[Payments]\n"
    found = told(drawing, "The Shop calls Payments synchronously.", suffixes=(".mmd",))
    assert found == {("shop--calls--payments", "synchronous or not")}


def test_one_that_writes_alone_and_another_one_are_told() -> None:
    drawing = "flowchart LR\n  l[Ledger] -->|writes| db[(Ledger DB)]\n  p[Planner] -->|writes| db\n"
    found = told(drawing, "Only the Ledger writes to the Ledger DB.", suffixes=(".mmd",))
    assert found == {("planner--writes--ledger-db", "exclusive access")}


def test_two_owners_are_told() -> None:
    first = "# Ledger service\n\nOwner: Team Hermes\n\nThe Ledger service calls the Planner service."
    second = "| System | Team |\n|---|---|\n| Ledger service | Team Zeus |\n"
    assert ("ledger-service", "owner") in told(first, second)


def test_columns_say_how_many_there_are() -> None:
    first = "| Service | Instances |\n|---|---|\n| Ledger service | 2 |\n| Planner service | 3 |\n"
    second = "The Ledger service runs in five containers and calls the Planner service."
    assert ("ledger-service", "instances") in told(first, second)


def test_both_places_are_quoted() -> None:
    graph = read(
        [Source("a.md", "There is no tracing."), Source("b.md", "Requests are traced with OpenTelemetry.")]
    )
    (found,) = graph.contradictions
    assert [(value, e.source, e.quote) for value, e in found.sides] == [
        ("not there", "a.md", "There is no tracing."),
        ("there", "b.md", "Requests are traced with OpenTelemetry."),
    ]


def test_hostile_text_ends_in_time() -> None:
    text = "There is no cache and no queue, the queue is cached for 5 minutes. " * 3000
    assert read(
        [
            Source("a.md", text),
            Source("b.md", "no " * 50_000),
            Source("c.md", "\n\n".join(["No cache."] * 5000)),
        ]
    )


@pytest.mark.parametrize(
    ("said", "disagree"),
    [
        ("The hub starts single user notebook servers.", False),
        ("The hub runs on a single notebook server.", True),
    ],
    ids=["what servers they are", "how many"],
)
def test_single_before_a_plural_is_no_number(said: str, disagree: bool) -> None:
    other = "The hub runs on several notebook servers."
    head = "# Hub\n\nThe hub is a service that writes to PostgreSQL.\n\n"
    assert bool(told(head + said, head + other)) is disagree
