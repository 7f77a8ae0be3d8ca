"""Flows in single sentences: who starts what, by which grammar; no name is from anywhere else."""

from __future__ import annotations

import pytest

from buttress.model import Passage
from buttress.prose.reading import Reading

TABLE = [
    ("active verb", "The Orders service writes to PostgreSQL.", "Orders service writes PostgreSQL"),
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
    ("behind", "The API server runs behind HAProxy.", "HAProxy routes API server"),
    ("built on", "The search service is based on Elasticsearch.", "search service depends_on Elasticsearch"),
    ("responsible for", "The indexer is responsible for reading documents from MongoDB and writing them to OpenSearch.",
     "indexer reads MongoDB; indexer writes OpenSearch"),
    ("pronoun", "The Scheduler manages jobs. It passes them to Celery.", "Scheduler calls Celery"),
    ("listens on", "The Billing service listens for events on Kafka.", "Billing service consumes Kafka"),
    ("enqueues in", "The scheduler enqueues a job in RabbitMQ.", "scheduler publishes RabbitMQ"),
    ("arrow in text", "gateway -> Orders service -> PostgreSQL", "gateway calls Orders service; Orders service calls PostgreSQL"),
]  # fmt: skip

SILENT = [
    ("negated", "The Orders service never calls the Billing service."),
    ("instead of", "We use PostgreSQL instead of MongoDB."),
    ("a comparison", "Redis is faster than PostgreSQL."),
    ("we", "We deploy PostgreSQL and Redis every Monday."),
    ("a heading's words", "See the page on Kafka and RabbitMQ for details."),
]


def flows(text: str) -> set[str]:
    reading = Reading([Passage("a.md", 1, 1, "prose", text)], [])
    return {f"{s.source.surface} {s.kind} {s.target.surface}" for s in reading.steps}


@pytest.mark.parametrize(("text", "expected"), [pytest.param(t, e, id=name) for name, t, e in TABLE])
def test_a_sentence_gives_its_flows(text: str, expected: str) -> None:
    assert flows(text) == set(expected.split("; "))


@pytest.mark.parametrize("text", [pytest.param(t, id=name) for name, t in SILENT])
def test_a_sentence_without_flow_gives_none(text: str) -> None:
    assert flows(text) == set()
