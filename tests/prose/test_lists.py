"""Lists in which the steps, titles and lead-ins say who acts and upon what."""

from __future__ import annotations

import time

from buttress.model import Source
from buttress.pipeline import read


def flows(text: str) -> set[str]:
    graph = read([Source("design.md", text)])
    names = {c.id: c.name for c in graph.components}
    return {f"{names[f.source]} {f.kind} {names[f.target]}" for f in graph.flows}


def test_a_step_that_names_nobody_is_done_by_who_acted_in_the_step_before() -> None:
    text = """# Till

## What happens

1. The gateway checks the basket
2. Receipt stored in MinIO
3. Message published to the Kafka topic `sales`
4. The stock worker reads from Kafka
5. Writes the new total to Postgres
"""
    assert flows(text) == {
        "gateway writes MinIO",
        "gateway publishes Kafka",
        "stock worker consumes Kafka",
        "stock worker writes Postgres",
    }


def test_nobody_acts_behind_people_nor_in_another_list() -> None:
    text = """# Till

## What happens

1. The customer scans the goods
2. Receipt stored in MinIO

Then:

1. The gateway checks the basket

Later:

1. Receipt stored in MinIO
"""
    assert flows(text) == set()


def test_whom_the_heading_names_acts_first() -> None:
    text = """# Till

## Stock worker

1. The gateway checks the basket
2. Writes the new total to Postgres
"""
    assert flows(text) == {"Stock worker writes Postgres"}


def test_items_below_the_title_of_a_store_say_who_reads_and_writes_it() -> None:
    text = """# Till

The sales API calls the stock worker. The cache is Redis, on a host of its own.

## Redis

- Sales API: caches baskets
- Stock worker: read/write counts
- Baskets: live for a day
"""
    assert flows(text) == {
        "sales API calls Stock worker",
        "sales API writes Redis",
        "Stock worker reads Redis",
    }


def test_what_a_list_makes_use_of_is_needed() -> None:
    text = """# Till

In its work, the sales API makes use of other company projects:

- **Keycloak** - For signing in.
- **MinIO** - For receipts.
"""
    assert flows(text) == {"sales API calls Keycloak", "sales API calls MinIO"}


def test_this_part_of_a_part_is_whom_the_item_names() -> None:
    text = """# Till

- **Health watcher** - This subcomponent writes its state to Postgres.
- **Cleaner** - This subcomponent deletes old baskets from Redis.
"""
    assert flows(text) == {"Health watcher writes Postgres", "Cleaner writes Redis"}


def test_a_label_that_asks_for_duties_is_no_part() -> None:
    text = """# Till

## Sales API

- **Function**: Stores baskets in Redis
- Job: check the price, push an event into RabbitMQ
"""
    assert flows(text) == {"Sales API writes Redis", "Sales API calls RabbitMQ"}


def test_what_is_named_after_a_framework_and_more_is_not_the_backend() -> None:
    text = """# Till

## Backend

**Type:** Django monolith

- Shows figures in the Django Admin
- Stores baskets in Redis
"""
    assert "Backend writes Redis" in flows(text)


def test_modules_on_which_another_is_dependent_are_needed() -> None:
    text = """# Till

The stock service is dependent on the following other modules:

- Price API (REST)
- Elasticsearch
"""
    assert flows(text) == {"stock service depends_on Price API", "stock service depends_on Elasticsearch"}


def test_the_next_steps_take_what_the_last_one_has_published() -> None:
    text = """# Till

1. The order service publishes a SaleDone event to SNS.
2. The stock service consumes the event and counts the goods.
3. The mail service listens for the SaleDone event and sends a receipt.
4. The report service waits for the night.
"""
    assert flows(text) == {
        "order service publishes SNS",
        "stock service consumes SNS",
        "mail service consumes SNS",
    }


def test_a_name_after_a_comma_is_no_command_where_others_are_told_of() -> None:
    text = """# Till

| Component | Responsibility |
|---|---|
| **Order service** | Writes sales to Redis |
| **Dashboard** | Exposes figures, replay API, and settings |
"""
    assert flows(text) == {"Order service writes Redis"}


def test_what_follows_the_step_of_a_doer_who_may_be_a_person_is_done_by_nobody() -> None:
    text = "# Till\n\n## Sale\n\n1. The {} opens the web frontend\n2. Checks the price against PostgreSQL\n3. Publishes the sale to RabbitMQ\n"
    assert flows(text.format("picker")) <= {"picker calls web frontend"}
    assert "gateway publishes RabbitMQ" in flows(text.format("gateway"))


def test_what_a_list_of_goals_needs_is_no_flow() -> None:
    text = "# Till\n\nThe sales API writes to PostgreSQL.\n\n## {}\n\nThe sales API depends on:\n\n- Redis\n"
    assert "sales API depends_on Redis" in flows(text.format("Design"))
    assert flows(text.format("Goals")) == {"sales API writes PostgreSQL"}


def test_a_lead_in_that_is_made_to_be_slow_is_read_at_once() -> None:
    start = time.perf_counter()
    assert flows(f"# Till\n\nThe till uses{' the projects' * 40} so!\n\n- Redis\n") == set()
    assert time.perf_counter() - start < 5
