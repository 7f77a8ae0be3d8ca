"""One thing called by several names is one component; two things whose names are near stay two."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.pipeline import read

ONE = [
    ("the head of a longer name", "The Report hydrator reads PostgreSQL. The hydrator calls the Billing service.", "Report hydrator"),
    ("with the system's name before", "The Parcel guestagent calls the Billing service. The guestagent writes to PostgreSQL.", "Parcel guestagent"),
    ("a topic of the broker", "The Orders service publishes to RabbitMQ. The Billing service consumes from the RabbitMQ topic.", "RabbitMQ"),
    ("such as", "The Orders service writes files to an object store such as S3. The Billing service reads S3. The object store is large.", "S3"),
    ("a provider's offer", "The Orders service writes to PostgreSQL. The Billing service reads PostgreSQL. "
     "RDS runs in two zones; the Orders service calls RDS.", "PostgreSQL"),
    ("running as", "The Web server, running as a reverse proxy, calls the Orders service. The Web server writes to MySQL.", "Web server"),
    ("either of two products", "The Orders service needs a database (MariaDB or MySQL). The Orders service writes to MariaDB. "
     "The Billing service calls the Orders service.", "MariaDB"),
    ("the system's name before the whole of it", "The Parcel Runner calls the Billing service. The runner writes to PostgreSQL.", "Parcel Runner"),
    ("its technology and its role", "The Orders service registers with Eureka. The Eureka discovery service answers the Orders service.", "Eureka"),
    ("half of a double name", "## Stamp / Weigh service\n\nThis service reads PostgreSQL.\n\n## Desk service\n\n"
     "This service calls the **Stamp / Weigh service**. The Stamp service calls Stripe.", "Stamp / Weigh service"),
    ("the only one supported", "The Orders service writes to the database.\n\n## Database\n\n"
     "It keeps orders. Currently, only PostgreSQL is supported.", "PostgreSQL"),
    ("the only broker supported", "The Orders service sends tasks to the broker.\n\n## Message Broker\n\n"
     "It holds tasks. Currently, only Redis is supported as a broker.", "Redis"),
    ("what it is written with", "Parts:\n\n- **Parcel Desk** - A Ruby on Rails application that stamps.\n"
     "- **Letter Box** - A Node.js application which weighs.\n\n"
     "The Rails app calls Stripe.", "Parcel Desk"),
    ("the platform", "Tracker calls Stripe. The Tracker platform reads PostgreSQL. The Tracker platform answers the Billing service.", "Tracker platform"),
    ("a role in two words", "The Polymer frontend calls the Orders service. Nginx routes to the frontend SPA.", "Polymer frontend"),
    ("what a server holds", "The Orders service writes to Elasticsearch. The Billing service reads the Elasticsearch indices. "
     "Kibana calls the Elasticsearch HTTP API.", "Elasticsearch"),
    ("message bus", "The Orders service publishes to the AMQP bus. The Billing service consumes from the AMQP message bus.", "AMQP bus"),
    ("in other general words", "The Orders service writes to the SQL database. The Billing service reads the database.", "SQL database"),
]  # fmt: skip
TWO = [
    ("a service and its store", "The Orders service writes to the Orders database. "
     "The Orders service calls the Billing service.", {"Orders service", "Orders database"}),
    ("two with one head", "The Mail worker calls the Orders service. The Image worker calls the Orders service. "
     "The worker is slow.", {"Mail worker", "Image worker"}),
    ("two engines", "The Orders service writes to PostgreSQL. The Billing service writes to MySQL. "
     "The Orders service reads MongoDB.", {"PostgreSQL", "MySQL", "MongoDB"}),
    ("one for each", "The Orders service writes to MariaDB and to MySQL. MariaDB or MySQL may be down.\n\n## MariaDB\n\n"
     "Orders.\n\n## MySQL\n\nThe archive.", {"MariaDB", "MySQL"}),
    ("controllers are several", "The Build controller calls the Orders service. The Deploy controller calls the Orders service. "
     "The controllers read PostgreSQL.", {"Build controller", "Deploy controller"}),
    ("two products of one maker", "GitHub Actions builds the Orders service. The Orders service calls GitHub. "
     "The Orders service writes to PostgreSQL.", {"GitHub"}),
    ("a customer whom a sentence sets beside the user", "The user calls the Orders service. The customer calls the Orders service. "
     "A user may write to a customer.", {"user", "customer"}),
    ("cache and queue", "The Orders service caches prices in Redis. The Billing service publishes to RabbitMQ.", {"Redis", "RabbitMQ"}),
]  # fmt: skip


def names(text: str) -> list[tuple[str, tuple[str, ...]]]:
    graph = read([Source("a.md", f"# Parcel\n\n{text}\n")])
    return [(c.name, c.aliases) for c in graph.components]


@pytest.mark.parametrize(("text", "name"), [pytest.param(t, n, id=i) for i, t, n in ONE])
def test_one_thing_of_several_names_is_one_component(text: str, name: str) -> None:
    words = {w.lower() for w in name.split()}
    called = [n for n, _ in names(text) if words & {w.lower() for w in n.split()}]
    assert called == [name]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(t, n, id=i) for i, t, n in TWO])
def test_things_of_near_names_stay_apart(text: str, expected: set[str]) -> None:
    assert expected <= {n for n, _ in names(text)}


def test_other_names_are_kept_as_aliases() -> None:
    text = "The Report hydrator reads PostgreSQL. The hydrator calls the Billing service."
    assert ("Report hydrator", ("hydrator",)) in names(text)


def test_those_who_use_the_system_are_one_whatever_they_are_called() -> None:
    text = "The client calls the Orders service. The Orders service writes to PostgreSQL. The Orders service mails the user."
    graph = read([Source("a.md", f"# Parcel\n\n{text}\n")])
    assert [c.kind for c in graph.components].count("actor") == 1


DRAWN = """# Parcel

```mermaid
flowchart LR
  orders[Orders] --> vault[("Backblaze B2<br/>files")]
  orders --> billing[Billing]
```

The Orders service keeps labels in Backblaze B2. The Billing service reads them from B2, and Backblaze sends a bill.
"""


def test_a_text_may_shorten_the_name_of_what_is_drawn() -> None:
    graph = read([Source("a.md", DRAWN)])
    assert [c.name for c in graph.components if "b" in c.name.lower() and c.name != "Billing"] == [
        "Backblaze B2"
    ]
    assert ("billing", "backblaze-b2") in {(f.source, f.target) for f in graph.flows}


def test_what_a_part_is_like_or_goes_without_or_is_written_in_is_none() -> None:
    text = (
        "# Parcel\n\nThe Orders service signs requests compatible with AWS IAM. The Orders service doesn't use Kafka. "
        "The web frontend is written in Quillscript. The web frontend calls the Orders service. 2 nodes run the Orders service.\n"
    )
    shown = {c.name for c in read([Source("a.md", text)]).components}
    assert shown == {"Orders service", "web frontend"}


def test_redis_that_is_only_called_a_broker_is_one() -> None:
    text = "# Parcel\n\nThe Orders service sends tasks to the message broker (Redis). The Mail worker takes tasks from the message broker.\n"
    assert [(c.name, c.kind) for c in read([Source("a.md", text)]).components if c.technology == "redis"] == [
        ("Redis", "message_broker")
    ]
