"""Sentences as engineers write them (sentences.tsv), over one system whose parts are known: who needs whom, and who does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from buttress import pipeline
from buttress.model import Source

SHOP = """\
# Shop

## Components

- **Web App**: the storefront that shoppers see.
- **Mobile App**: the application for phones.
- **Gateway**: the API gateway.
- **Checkout API**: the service for carts and orders.
- **Billing**: the service for bookings.
- **Auth Service**: the service for identities.
- **Notifier**: the worker for mails.
- **Indexer**: the worker for search.
- **Reporter**: the job for reports.
- **Scheduler**: starts jobs.
- **Postgres**: the database.
- **Redis**: the cache.
- **Kafka**: the stream.
- **S3**: the object store.
- **Elasticsearch**: the search index.
- **Stripe**: the payment provider.

## Flow
"""
SAID = [
    line.split("\t")
    for line in Path(__file__).with_name("sentences.tsv").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(("sentence", "flows"), SAID, ids=[s[:40] for s, _ in SAID])
def test_a_sentence_says_who_needs_whom(sentence: str, flows: str) -> None:
    graph = pipeline.read([Source("shop.md", f"{SHOP}\n{sentence}\n")])
    names = {c.id: c.name for c in graph.components}
    found = sorted(f"{names[f.source]} {f.kind} {names[f.target]}" for f in graph.flows)
    assert found == ([part.strip() for part in flows.split(";")] if flows else [])
