"""Flows in single sentences: who starts what, by which grammar; no name is from anywhere else."""

from __future__ import annotations

import pytest

from buttress.model import Passage, Source
from buttress.pipeline import read
from buttress.prose.reading import Reading
from buttress.prose.text import Prose

TABLE = [
    ("active verb", "The Orders service writes to PostgreSQL.", "Orders service writes PostgreSQL"),
    ("verb that looks like a role", "The Collectors stream metrics to Prometheus.", "Collectors calls Prometheus"),
    ("verb that looks like a plural", "The Orders service caches prices in Redis.", "Orders service writes Redis"),
    ("avoids something else", "To avoid lock waits, the Orders service writes to PostgreSQL.", "Orders service writes PostgreSQL"),
    ("adverb before the verb", "The Importer periodically runs the query through the Query Engine.", "Importer calls Query Engine"),
    ("by and gerund", "The Subscription Consumer produces alerts by querying ClickHouse.", "Subscription Consumer reads ClickHouse"),
    ("passive with agent", "Sessions are kept in Redis by the web application.", "web application writes Redis"),
    ("agent before the object", "Metrics are scraped by Prometheus from the API server.", "Prometheus reads API server"),
    ("passive without agent", "The API server is fronted by nginx.", "nginx routes API server"),
    ("via and agent", "Emails are sent out via Mailgun by the Notifier.", "Notifier calls Mailgun"),
    ("noun that looks like a verb", "The Deposit Loader is triggered by the Scheduler and fetches archives from the Deposit server.",
     "Scheduler calls Deposit Loader; Deposit Loader reads Deposit server"),
    ("relative clause", "Requests arrive at the API gateway, which forwards them to the Orders service.", "API gateway routes Orders service"),
    ("two subjects", "Both the Orders service and the Billing service share the same PostgreSQL database.",
     "Orders service calls PostgreSQL database; Billing service calls PostgreSQL database"),
    ("two verbs", "The worker picks up jobs from the queue and stores the result in S3.", "worker consumes queue; worker writes S3"),
    ("things that move", "Frontend errors go to Sentry.", "Frontend calls Sentry"),
    ("from and to", "Data flows from the Collector to the Warehouse.", "Collector calls Warehouse"),
    ("in front of", "Nginx sits in front of the API server.", "Nginx routes API server"),
    ("who launches a program doesn't call it", "The Hub service launches the Gateway service. The Gateway service calls the Hub service.",
     "Gateway service calls Hub service"),
    ("behind", "The API server runs behind HAProxy.", "HAProxy routes API server"),
    ("built on", "The search service is based on Elasticsearch.", "search service depends_on Elasticsearch"),
    ("responsible for", "The indexer is responsible for reading documents from MongoDB and writing them to OpenSearch.",
     "indexer reads MongoDB; indexer writes OpenSearch"),
    ("pronoun", "The Scheduler manages jobs. It passes them to Celery.", "Scheduler calls Celery"),
    ("what is taken is no part", "The Runner service picks up tasks from the task queue and sends results back to the Planner service.",
     "Runner service consumes task queue; Runner service calls Planner service"),
    ("run by a clock", "The Report service is called nightly with a cron job.", "cron job calls Report service"),
    ("tasks that somebody computes", "The Planner service computes which tasks are ready and writes them to Redis.", "Planner service writes Redis"),
    ("first of all", "The Planner service will first request a token from the Login API.", "Planner service calls Login API"),
    ("whose store", "The Edge service, whose data source is PostgreSQL, is fast.", "Edge service calls PostgreSQL"),
    ("notified through", "The Orders service notifies everyone via the Mail service.", "Orders service calls Mail service"),
    ("sent by a broker", "The Orders service writes to PostgreSQL. Customers are notified via RabbitMQ.",
     "Orders service writes PostgreSQL; Orders service publishes RabbitMQ"),
    ("answers", "The web server, which responds to requests from the mobile app, is small.", "mobile app calls web server"),
    ("counts up", "The worker service increments Redis counters.", "worker service writes Redis"),
    ("each one of them", "The health checker monitors individual worker nodes.", "health checker calls worker nodes"),
    ("listens on", "The Billing service listens for events on Kafka.", "Billing service consumes Kafka"),
    ("enqueues in", "The scheduler enqueues a job in RabbitMQ.", "scheduler publishes RabbitMQ"),
    ("object named before its verb", "Sessions are kept in Redis, which the dashboard service reads.", "dashboard service reads Redis"),
    ("preposition left at the end", "The Orders service publishes to RabbitMQ, which several indexer workers consume messages from.",
     "Orders service publishes RabbitMQ; indexer workers consumes RabbitMQ"),
    ("noun of moving", "The transmission of events from the Orders service to the Event broker is retried.",
     "Orders service publishes Event broker"),
    ("access goes through", "Access to PostgreSQL goes through PgBouncer.", "PgBouncer routes PostgreSQL"),
    ("relies on access", "The worker service relies on access to PostgreSQL.", "worker service calls PostgreSQL"),
    ("handed on", "The Updater service sends the list to the Storer service for upload to S3.",
     "Updater service calls Storer service; Storer service writes S3"),
    ("carried by a broker", "The Orders service sends events to the Billing service via Kafka.",
     "Orders service publishes Kafka; Billing service consumes Kafka"),
    ("comes by a broker", "The Listener service handles messages from the Cloud service via Kafka.",
     "Listener service consumes Kafka; Cloud service publishes Kafka"),
    ("removed from a store", "The cleanup worker deletes old records from PostgreSQL.", "cleanup worker writes PostgreSQL"),
    ("updated in a store", "The worker service updates the status of the task (done, failed) in Redis.", "worker service writes Redis"),
    ("that points", "The Orders service sends that information to the Billing service.", "Orders service calls Billing service"),
    ("both send", "The API server and the worker service both send logs to Logstash.",
     "API server calls Logstash; worker service calls Logstash"),
    ("behind brackets", "The Scheduler keeps its tasks (daily or hourly), and passes them to Celery.", "Scheduler calls Celery"),
    ("an instrument", "In this project we use Zuul to route requests to the Orders service.", "Zuul routes Orders service"),
    ("runs are things", "The runner service accepts import runs from the Orders service.", "Orders service calls runner service"),
    ("wrapper", "The CLI is a thin wrapper around the API server.", "CLI calls API server"),
    ("frontend of", "The Dashboard is a web frontend for the API server.", "Dashboard calls API server"),
    ("its clients", "Clients of the Stock service are the Orders service and the Cart service.",
     "Orders service calls Stock service; Cart service calls Stock service"),
    ("store of", "PostgreSQL serves as the primary store for the Orders service.", "Orders service calls PostgreSQL"),
    ("broker between", "Redis is used as a broker between the API server and the Worker.", "API server calls Redis; Worker calls Redis"),
    ("sits between", "The API server sits between the Dashboard and PostgreSQL.", "Dashboard calls API server; API server calls PostgreSQL"),
    ("shared between", "The PostgreSQL database is shared between the Admin panel and the Catalog service.",
     "Admin panel calls PostgreSQL database; Catalog service calls PostgreSQL database"),
    ("behind it there are", "Behind the load balancer there are three API servers.", "load balancer routes API servers"),
    ("webhooks arrive", "Webhooks from Stripe arrive at the Payment service.", "Stripe calls Payment service"),
    ("webhooks handled", "The Payment service handles webhooks from Stripe.", "Stripe calls Payment service"),
    ("moved by somebody", "The Mover is there to transfer files from the SFTP server to S3.", "Mover reads SFTP server; Mover writes S3"),
    ("moved by an agent", "Data from PostgreSQL is replicated to BigQuery by the Sync job.", "Sync job reads PostgreSQL; Sync job writes BigQuery"),
    ("carried on", "Events from the Orders service flow through Kafka to the Analytics service.",
     "Orders service publishes Kafka; Analytics service consumes Kafka"),
    ("consumes from it", "The Orders service publishes to Kafka and the Search service consumes from it.",
     "Orders service publishes Kafka; Search service consumes Kafka"),
    ("picked up", "The API server enqueues a task that is picked up by the Worker.", "API server calls Worker"),
    ("exposes to", "The API server exposes metrics to Prometheus.", "Prometheus calls API server"),
    ("its own store", "The Catalog service has its own MongoDB database.", "Catalog service calls MongoDB database"),
    ("shares with", "The Admin panel shares PostgreSQL with the Catalog service.",
     "Admin panel calls PostgreSQL; Catalog service calls PostgreSQL"),
    ("a topic in", "The Analytics service subscribes to the orders topic in Kafka.", "Analytics service consumes Kafka"),
    ("what each is for", "The Notification service uses Twilio for text messages and SendGrid for email.",
     "Notification service calls Twilio; Notification service calls SendGrid"),
    ("falls back", "If the Price service is slow, the Orders service falls back to Redis.", "Orders service reads Redis"),
    ("makes use", "The API server makes use of Redis.", "API server calls Redis"),
    ("out of", "The Dashboard reads aggregated numbers out of ClickHouse.", "Dashboard reads ClickHouse"),
    ("arrow in text", "gateway -> Orders service -> PostgreSQL", "gateway calls Orders service; Orders service calls PostgreSQL"),
]  # fmt: skip

SILENT = [
    ("what it is built with", "The Orders service, built using Flask, is small."),
    ("what it runs as", "The Orders service runs as a separate worker service."),
    ("avoided", "The Orders service avoids writing to the billing database."),
    (
        "avoided by us",
        "Tornado is our push server. We avoid doing cache or database queries inside the Tornado code paths.",
    ),
    ("refrained from", "The Orders service refrains from calling the Billing service."),
    ("a plural that is no verb", "The API server logs in the archive are kept for a year."),
    ("negated", "The Orders service never calls the Billing service."),
    ("instead of", "We use PostgreSQL instead of MongoDB."),
    ("a comparison", "Redis is faster than PostgreSQL."),
    ("we", "We deploy PostgreSQL and Redis every Monday."),
    ("told to the reader", "Then make a call to the Billing service."),
    ("a purpose told to the reader", "To fill the database, run the Movie service from the console."),
    ("described by another", "We offer an endpoint exposed by the Auth server for the Orders service."),
    ("moved by nobody", "A nightly cleanup copies data from PostgreSQL to BigQuery."),
    ("no access", "The Orders service has no access to PostgreSQL."),
    ("chosen between", "We chose between Kafka and RabbitMQ."),
    (
        "a difference between",
        "The difference between the Orders service and the Billing service is the load.",
    ),
    ("a contract between", "The contract between the Orders service and the Billing service is versioned."),
    ("moved house", "The team moved the Orders service from Heroku to AWS."),
    ("like another", "The Orders service is similar to the Billing service."),
    ("not shared", "The Orders service does not share PostgreSQL with the Billing service."),
    ("a heading's words", "See the page on Kafka and RabbitMQ for details."),
]


def told(*sources: Source) -> set[str]:
    graph = read(sources)
    names = {c.id: c.name for c in graph.components}
    return {f"{names[f.source]} {f.kind} {names[f.target]}" for f in graph.flows}


def flows(text: str) -> set[str]:
    reading = Reading(Prose([Passage("a.md", 1, 1, "prose", text)]), [])
    return {f"{s.source.surface} {s.kind} {s.target.surface}" for s in reading.steps}


@pytest.mark.parametrize(("text", "expected"), [pytest.param(t, e, id=name) for name, t, e in TABLE])
def test_a_sentence_gives_its_flows(text: str, expected: str) -> None:
    assert flows(text) == set(expected.split("; "))


@pytest.mark.parametrize("text", [pytest.param(t, id=name) for name, t in SILENT])
def test_a_sentence_without_flow_gives_none(text: str) -> None:
    assert flows(text) == set()


COMPOSE = Source(
    "compose.yaml",
    "services:\n"
    + "".join(f"  {n}:\n    image: acme/{n}\n" for n in ("gateway", "orders", "prices", "stock", "shop-db")),
)


def test_whoever_acts_in_a_clause_of_concession_is_named_there() -> None:
    text = "# Shop\n\nThe Orders service writes to PostgreSQL.\n\n## Billing service\n\nIt is stateless, though plug-ins may write to PostgreSQL.\n"
    assert {f.source for f in read([Source("a.md", text)]).flows} == {"orders-service"}


def test_all_microservices_are_the_services_that_the_manifests_show() -> None:
    text = "# Shop\n\nThe gateway routes requests to all the microservices.\n"
    expected = {f"gateway routes {n}" for n in ("orders", "prices", "stock")}
    assert told(COMPOSE, Source("README.md", text)) >= expected


def test_the_other_services_of_a_landscape_are_no_parts() -> None:
    text = "# Shop\n\nThe gateway routes requests to all the other services of the company.\n"
    assert not any("routes" in flow for flow in told(COMPOSE, Source("README.md", text)))
    assert any(
        "routes" in flow for flow in told(COMPOSE, Source("README.md", text.replace(" of the company", "")))
    )


def test_a_number_of_microservices_that_differs_from_the_manifests_means_nobody() -> None:
    text = "# Shop\n\nThe gateway routes requests to the two microservices.\n"
    assert not any("routes" in flow for flow in told(COMPOSE, Source("README.md", text)))


def test_a_readme_is_about_the_component_whose_folder_it_stands_in() -> None:
    text = "# Overview\n\nTakes what people buy.\n\n## Services that must be started before\n\n- `prices`: what things cost\n- `stock`: what there is\n"
    root = Source("README.md", "# Shop\n\nThe orders service takes orders.\n")
    found = told(COMPOSE, root, Source("orders/README.md", text))
    assert found >= {"orders depends_on prices", "orders depends_on stock"}


def test_a_section_that_begins_by_pointing_back_is_about_its_heading() -> None:
    text = "# Imports\n\n## Tile Collector\n\nThis Python script is run once a week. It puts the runs into the RabbitMQ queue.\n"
    passages = [
        Passage("a.md", 3, 3, "heading", "Tile Collector", ("Imports",), level=2),
        Passage("a.md", 5, 5, "prose", text.split("\n\n")[2].strip(), ("Imports", "Tile Collector")),
    ]
    steps = Reading(Prose(passages), []).steps
    assert {(s.source.surface, s.kind) for s in steps} == {("Tile Collector", "writes")}


def test_a_broker_that_needs_its_coordinator_is_the_one_that_needs() -> None:
    text = "# Log\n\nKafka needs ZooKeeper to coordinate its brokers. The Orders service publishes events to Kafka.\n"
    assert not any(flow.startswith("ZooKeeper") for flow in told(Source("a.md", text)))


def test_the_database_is_the_only_one_there_is() -> None:
    text = (
        "The Orders service stores carts in PostgreSQL. The Billing service persists invoices to a database."
    )
    assert told(Source("a.md", text)) == {
        "Orders service writes PostgreSQL",
        "Billing service writes PostgreSQL",
    }


def test_nothing_flows_to_a_person() -> None:
    text = (
        "# Mail\n\nThe Mail service sends the messages to users. The Orders service calls the Mail service.\n"
    )
    assert told(Source("a.md", text)) == {"Orders service calls Mail service"}
