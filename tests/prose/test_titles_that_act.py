"""Titles that name who acts in the text below, which names nobody: "### Mailer", "Listens to … and sends …"."""

from __future__ import annotations

import pytest

from buttress import pipeline
from buttress.model import Source
from buttress.prose.candidates.labelled import acting_labels
from buttress.prose.reading import Reading
from buttress.prose.text import Prose
from buttress.readers import read_all

HARBOUR = """# Harbour

The Berths API and the Tide service stand behind the Quay gateway.

## Services

### {title}

{text}
"""
SAID = [
    ("Dashboard", "Uses the Berths API and the Tide service.", "Dashboard calls Berths API; Dashboard calls Tide service"),
    ("Mailer", "Listens to order events on Kafka.\nSends mails via SES.", "Mailer consumes Kafka; Mailer calls SES"),
    ("Mailer", "- Listens to `ship.called` on an SQS queue\n- Uploads bills to S3", "Mailer consumes SQS queue; Mailer writes S3"),
    ("Billing", "Written in Go. Talks to Stripe. Stores invoices in MySQL.", "Billing calls Stripe; Billing writes MySQL"),
    ("Watch service", "Reads tides from DynamoDB.", "Watch service reads DynamoDB"),
    ("berths", "Owns the plan. Writes to MySQL (`berths` schema).", "berths writes MySQL"),
    ("tide-sync", "Cron job that downloads tide tables and saves them in MySQL.", "tide-sync writes MySQL"),
    ("Berth map", "Backed by Redis.", "Berth map depends_on Redis"),
    ("Scanner", "This component asks the Tide service whether a ship may enter.", "Scanner calls Tide service"),
    ("Billing", "**Dependencies:** Berths API, MySQL", "Billing depends_on Berths API; Billing depends_on MySQL"),
]  # fmt: skip


def flows(text: str) -> set[str]:
    graph = pipeline.read([Source("a.md", text)])
    names = {c.id: c.name for c in graph.components}
    return {f"{names[f.source]} {f.kind} {names[f.target]}" for f in graph.flows}


@pytest.mark.parametrize(("title", "text", "told"), SAID, ids=[f"{t}: {s[:30]}" for t, s, _ in SAID])
def test_a_title_acts_in_the_text_below_that_names_nobody(title: str, text: str, told: str) -> None:
    assert set(told.split("; ")) <= flows(HARBOUR.format(title=title, text=text))


@pytest.mark.parametrize(
    ("above", "title", "text"),
    [
        ("Features", "Search", "Finds ships by name in Elasticsearch."),
        ("Operations", "Logging", "Goes to Loki."),
        ("Settings", "mailer", "Sends mails via SES when it is on."),
        ("Design", "Caching", "Keeps pages in Redis."),
    ],
)
def test_a_feature_or_topic_is_nobody_who_acts(above: str, title: str, text: str) -> None:
    page = HARBOUR.replace("Services", above).format(title=title, text=text)
    assert not any(f.startswith(f"{title} ") for f in flows(page))


def test_a_title_in_words_for_a_sort_is_a_part_of_that_name_beside_another_of_its_sort() -> None:
    text = "# Harbour\n\n## Services\n\n### gateway\n\nChecks tokens with Keycloak.\n\n## Network\n\nAll runs behind Traefik.\n"
    graph = pipeline.read([Source("a.md", text)])
    assert {"gateway", "Traefik"} <= {c.name for c in graph.components}


def test_a_name_that_begins_like_a_verb_is_read_whole_where_a_text_begins_with_it() -> None:
    text = "# Town\n\nThe renderer calls the Notices API.\n\n| Part | Needs |\n|---|---|\n| Notices API | MySQL |\n"
    assert "API" not in {c.name for c in pipeline.read([Source("a.md", text)]).components}


@pytest.mark.parametrize("product", ["PostgreSQL", "PostgreSQL 15", "PostgreSQL 15 on a host of our own"])
def test_a_product_in_brackets_with_its_version_is_what_the_role_before_it_is(product: str) -> None:
    text = f"# Town\n\nThe renderer saves notices in the notices database ({product}).\n"
    assert [
        c.technology for c in pipeline.read([Source("a.md", text)]).components if c.kind.endswith("db")
    ] == ["postgresql"]
    assert "notices database" not in {c.name for c in pipeline.read([Source("a.md", text)]).components}


METERS = """# Meters

- **Taker** (Go) – takes readings from the field gateway and puts them into Kafka.
- **Cleaner** (Python, Faust) – a stream processor. Reads readings from Kafka.
- **Billing engine** – writes invoices to MySQL.
"""


def labels(text: str) -> set[str]:
    fragments, _ = read_all([Source("a.md", text)])
    read = Reading(Prose(p for f in fragments for p in f.passages), ())
    return acting_labels(read.texts, read.mentions, read.steps)


def test_a_label_of_a_list_acts_in_its_item_beside_others_that_run() -> None:
    assert "cleaner" in labels(METERS) and "Cleaner consumes Kafka" in flows(METERS)


@pytest.mark.parametrize(
    "text",
    [
        METERS.replace("# Meters", "# Meters\n\n## Features"),
        METERS.replace("**Cleaner** (Python, Faust) – a stream processor. Reads", "**Caching** – reads"),
        METERS.replace("Billing engine", "Invoices"),
    ],
    ids=["features", "a topic", "nothing beside it that is known to run"],
)
def test_a_label_of_a_feature_or_topic_is_nobody_who_acts(text: str) -> None:
    assert not {"cleaner", "caching"} & labels(text)


def test_a_title_that_names_a_topic_by_what_is_done_acts_not() -> None:
    text = "# Harbour\n\n## Architecture\n\n### {}\n\nSends {} to Loki.\n"
    read = [
        pipeline.read([Source("a.md", text.format(*said))])
        for said in (("Logging", "logs"), ("Mailer", "mails"))
    ]
    assert [len(graph.flows) for graph in read] == [0, 1]


def test_a_row_about_a_file_is_no_part() -> None:
    text = "The API is served by Traefik.\n\n| Set-up | Contents |\n|---|---|\n| {} | MariaDB with TLS |\n"
    read = [
        pipeline.read([Source("a.md", text.format(first))])
        for first in ("`compose-tls.yml`", "Ledger service")
    ]
    assert [
        "MariaDB" in {f.target.lower().replace("mariadb", "MariaDB") for f in graph.flows} for graph in read
    ] == [False, True]
    assert not any("compose" in c.name for c in read[0].components)
