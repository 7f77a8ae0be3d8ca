"""What prose names as components, and what looks like one but isn't; all texts are invented."""

from __future__ import annotations

import itertools
import string
import tracemalloc

import pytest

from buttress.model import Source
from buttress.pipeline import read

DESIGN = """# Parcelhub

## Overview

Parcelhub is the tracking platform of a courier. The Tracking service stores scans in PostgreSQL and publishes an event to Kafka for
each of them. The Notifier consumes the events from Kafka and sends mails through Mailgun. A nightly cron job exports the scans to S3.

## Components

- **Tracking service**: keeps the state of every parcel.
- **Notifier**: a worker that writes to customers.
- **Label printer**: renders labels and uploads them to S3.

## The sidecar

Every van carries a small computer. The collector buffers scans while the van has no network. The collector uploads them to the Tracking
service when it is back. The collector retries for a day.

## Alternatives considered

We considered MongoDB instead of PostgreSQL, and RabbitMQ instead of Kafka. DynamoDB was rejected for its price.

## Notes

Call `get_parcel()` in `tracking/api.py`. The `ParcelState` class and the `GET /parcels/{id}` endpoint are described in the wiki. Data is
sent as JSON over HTTPS. The product owner and the engineer on call decide together.
"""


def names(text: str, path: str = "design.md") -> set[str]:
    return {c.name for c in read([Source(path, text)]).components}


@pytest.fixture(scope="module")
def found() -> set[str]:
    return names(DESIGN)


@pytest.mark.parametrize(
    "name", ["Tracking service", "Notifier", "PostgreSQL", "Kafka", "Mailgun", "S3", "collector"]
)
def test_a_part_that_does_things_is_a_component(found: set[str], name: str) -> None:
    assert name in found


@pytest.mark.parametrize(
    "name",
    [
        "MongoDB",
        "RabbitMQ",
        "DynamoDB",
        "get_parcel",
        "ParcelState",
        "JSON",
        "HTTPS",
        "product owner",
        "engineer",
        "wiki",
    ],
)
def test_an_alternative_a_class_a_format_or_a_person_is_none(found: set[str], name: str) -> None:
    assert name not in found


@pytest.mark.parametrize(
    ("text", "none"),
    [
        (
            "The Orders service writes to PostgreSQL. The migration script creates the PostgreSQL user. The Orders service reads PostgreSQL.",
            "PostgreSQL user",
        ),
        (
            "The Orders service publishes to RabbitMQ. Its wrapper is around the Python RabbitMQ client, and RabbitMQ keeps the jobs.",
            "Python RabbitMQ client",
        ),
        (
            "The Orders service writes to PostgreSQL. The Billing service keeps results in MongoDB. The database is backed up every night.",
            "database",
        ),
        (
            "The `order_id` is read by the Orders service. The Orders service writes to PostgreSQL, and the `order_id` calls nobody.",
            "order_id",
        ),
        (
            "The Orders service calls the storage driver. The storage driver writes to PostgreSQL.",
            "storage driver",
        ),
        (
            "Tasks call the Orders service. The Orders service reads from PostgreSQL, and the tasks write to PostgreSQL.",
            "Tasks",
        ),
        (
            "Python calls the Orders service. The Orders service reads from PostgreSQL, and Python writes to PostgreSQL.",
            "Python",
        ),
        (
            "The Orders service calls a proprietary API. The Billing service calls a proprietary API.",
            "proprietary API",
        ),
        ("The Runner calls any user-defined hooks. The Runner reads jobs from PostgreSQL.", "user-defined"),
        (
            "## Falcon and Gunicorn\n\nFalcon is the web server. Gunicorn starts Falcon. Falcon writes to PostgreSQL.",
            "Falcon and Gunicorn",
        ),
    ],
)
def test_what_belongs_to_a_server_or_means_one_of_several_is_no_component(text: str, none: str) -> None:
    found = names(f"# Shop\n\n{text}\n")
    assert found
    assert none not in found


def test_a_word_for_a_kind_of_storage_is_no_product() -> None:
    found = names(
        "# Shop\n\nThe API server keeps uploads in a cloud storage service. The API server reads from Redis.\n"
    )
    assert "Google Cloud Storage" not in found
    assert "API server" in found


def test_the_flows_have_their_direction() -> None:
    graph = read([Source("design.md", DESIGN)])
    flows = {(graph.label(f.source), f.kind, graph.label(f.target)) for f in graph.flows}
    assert {
        ("Tracking service", "writes", "PostgreSQL"),
        ("Tracking service", "publishes", "Kafka"),
        ("Notifier", "consumes", "Kafka"),
    } <= flows


def test_two_sentences_are_enough_when_there_are_only_two() -> None:
    assert names("# Shop\n\nThe Orders service calls the Billing service.\n") == {
        "Orders service",
        "Billing service",
    }


def test_a_restructuredtext_document_may_end_in_md() -> None:
    text = (
        "Shop\n====\n\n.. _shop:\n\n:ref:`Orders service <orders>` writes to :term:`PostgreSQL <pg>`.\n\n"
        "The Orders service calls the :ref:`Billing service <billing>`.\n"
    )
    assert names(text) == {"Orders service", "PostgreSQL", "Billing service"}


def test_every_component_stands_on_words_of_its_text() -> None:
    lines = DESIGN.split("\n")
    for component in read([Source("design.md", DESIGN)]).components:
        for evidence in component.evidence:
            written = " ".join(lines[evidence.line - 1 : evidence.end_line]).replace("*", "").replace("`", "")
            assert " ".join(evidence.quote.split()) in " ".join(written.split())


def family(initials: str) -> tuple[list[str], str]:
    """Return names that end alike, and a list of services with them."""
    letters = string.ascii_lowercase
    names = ["crl-" + "".join(x) + "ex" for x in itertools.product(initials, letters, letters)]
    return names, "# Shop\n\n## Services\n\n" + "".join(f"- **{name}** handles orders.\n" for name in names)


def test_a_long_list_of_one_family_takes_memory_that_grows_with_its_length() -> None:
    _, text = family("bdfgk")
    tracemalloc.start()
    read([Source("a.md", text)])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


def test_a_catalogue_of_services_is_read_and_a_handbook_that_tells_its_reader_of_names_is_none() -> None:
    names, text = family("bdfgk")
    assert len(read([Source("a.md", text)]).components) > len(names) / 2
    told = text.replace("handles orders", "handles what you order")
    assert len(read([Source("a.md", told)]).components) < len(names) / 2


def test_each_design_of_a_folder_of_many_has_its_say() -> None:
    """Names that a page or two are about don't go under beside those that all pages name."""
    some = (
        "Ledger Courier Pricing Stock Parcel Claims Roster Tariff Billing Catalog Search Loyalty Voucher Invoice Refund Address Profile Consent"
    ).split()
    pages = [
        Source(
            f"{name.lower()}.md",
            f"# {name}\n\nThe {name} service writes to PostgreSQL. It publishes events to Kafka. Clients call the {name} service.\n\n"
            + "".join(
                f"PostgreSQL holds table {n} of it, and Kafka carries event {n}.\n\n" for n in range(18)
            )
            + "Nobody else writes there.\n\n" * 100,
        )
        for name in some
    ]
    found = {c.name for c in read(pages).components}
    assert {"PostgreSQL", "Kafka"} <= found
    assert sum(any(name in c for c in found) for name in some) >= 0.9 * len(some)


@pytest.mark.parametrize("verb", ["processes", "stores", "queues", "caches", "logs"])
def test_a_part_is_found_before_a_verb_that_could_be_a_plural(verb: str) -> None:
    assert "worker node" in names(
        f"# Shop\n\nThe worker node {verb} jobs. The worker node calls the mail service.\n"
    )


RECORDS = """# Loans

The Loans API writes loans to PostgreSQL. The Reminder worker updates the LoanEntry record and sends mails.

## Data

| Field | Type | Notes |
|---|---|---|
| `renewals` | integer | how often; the Loans API counts them |
| `status` | enum | `requested`, `approved`, `returned` |

1. `requested`: the Loans API has it, waiting for the Reminder worker.
2. `approved`: the Reminder worker has written.

`STORAGE_BACKEND` writes to S3 when it is set. The `reservations` service calls the Loans API and writes to the `reservations` table.
"""


@pytest.mark.parametrize(
    "name", ["LoanEntry", "STORAGE_BACKEND", "renewals", "requested", "approved", "returned"]
)
def test_records_fields_and_states_are_no_components(name: str) -> None:
    assert name not in names(RECORDS)


def test_a_service_that_is_called_as_its_table_stays() -> None:
    assert {"Loans API", "Reminder worker", "PostgreSQL"} <= names(RECORDS)
    assert any("reservations" in name for name in names(RECORDS))


def test_what_is_written_out_is_what_its_initials_mean() -> None:
    text = "# Shop\n\nThe UI calls the Orders service. The user interface calls the Billing service.\n"
    assert len({n for n in names(text) if n.lower() in ("ui", "user interface")}) == 1


@pytest.mark.parametrize(
    ("heading", "name"),
    [("Van Load Balancer (VLB) Driver", "Van Load Balancer"), ("(LB) Balancer", "LB) Balancer")],
)
def test_a_piece_of_a_heading_is_no_name(heading: str, name: str) -> None:
    body = "This takes the parcels and sends them to PostgreSQL. It calls the Label printer for each."
    assert name not in names(f"# Parcelhub\n\n## {heading}\n\n{body}\n")


def test_the_method_before_a_path_is_no_component() -> None:
    text = "# Parcels\n\n1. The Kiosk uploads a label to `POST /labels`.\n2. The Kiosk polls `GET /labels/{id}`.\n"
    assert not {"POST", "GET"} & names(text)


@pytest.mark.parametrize(
    ("name", "kind"), [("Gateway Service", "gateway"), ("Payment Gateway Service", "service")]
)
def test_a_service_that_is_called_gateway_is_one_unless_it_is_for_payments(name: str, kind: str) -> None:
    text = f"# Shop\n\n- **{name}** - sends what comes in on\n- **Orders Service** - keeps orders\n"
    system = read([Source("README.md", text)])
    assert {c.name: c.kind for c in system.components}[name] == kind


FORM = """# Tollgate

## 1. Redis (Counters)

- **Task**
  - Serves as the session store.
  - Counts the cars per lane.

## 2. Barrier Service

- **Task**
  - Writes each passage to PostgreSQL.
  - Calls the Camera Service.

## 3. Camera Service

- **Task**
  - Reads number plates and sends them to Kafka.
"""


def test_what_is_told_of_each_part_in_turn_is_no_part_and_its_text_is_about_the_one_in_the_title() -> None:
    graph = read([Source("design.md", FORM)])
    found = {c.name for c in graph.components}
    assert {"Barrier Service", "Camera Service", "Redis"} <= found
    assert not {"Task", "session store"} & found
    flows = {(f.source, f.target) for f in graph.flows}
    assert ("barrier-service", "camera-service") in flows and ("barrier-service", "postgresql") in flows


@pytest.mark.parametrize(
    ("text", "none", "part"),
    [
        (
            "## Ingest path\n\n- **Mosquitto**: takes readings.\n- **Apache Kafka**: keeps readings.\n",
            "Ingest path",
            "Mosquitto",
        ),
        ("- **Message broker**: RabbitMQ with quorum queues\n- **Tracing**: Jaeger\n", "Tracing", "Jaeger"),
        (
            "- **Two-tier Storage**: Redis for hot rows; PostgreSQL for the rest.\n",
            "Two-tier Storage",
            "Redis",
        ),
        ("The Fares Service calls the Seats Service over gRPC.\n", "gRPC", "Fares Service"),
        (
            "Trams publish MQTT messages to Mosquitto. The Depot Service subscribes to MQTT topics.\n",
            "MQTT",
            "Mosquitto",
        ),
        (
            "## Seats Service\n\nThe Seats Service calls Stripe.\n\n- **Technology**: Node web server, MongoDB\n",
            "Node web server",
            "Stripe",
        ),
        (
            "Ingress rate limiting protects the Seats Service, which writes to MySQL.\n",
            "Ingress",
            "Seats Service",
        ),
        (
            "### Error tracking\n\n- **Sentry**: error tracking of the backend and of workers\n",
            "Error tracking",
            "Sentry",
        ),
        ("TLS ends at the hosting provider (e.g., Fly, AWS ALB, etc.).\n", "AWS ALB", ""),
        ("Traces go to Jaeger, but could be sent to Elastic APM.\n", "Elastic APM", "Jaeger"),
        ("The Fares Service moves money from Account A → Account B.\n", "Account B", "Fares Service"),
        ("- [Seats/Fares REST API versions](./rest.md)\n", "Seats/Fares REST API", ""),
        ("The designated Leader Replica of the Seats Service writes to Redis.\n", "Leader", "Redis"),
        (
            "## Technology stack\n\n- **Weaver Twister** - streams for Java\n- **Redis** - sessions\n",
            "Weaver Twister",
            "Redis",
        ),
        ("- `tram_network`: joins the Fares Service and Redis\n", "tram_network", "Fares Service"),
        ("The Seats Service relies on Redis caching.\n", "Redis caching", "Redis"),
        ("## Development tools\n\n- **Package manager**: uv\n", "Package manager", ""),
    ],
)
def test_titles_labels_protocols_and_what_is_done_to_all_are_no_parts(
    text: str, none: str, part: str
) -> None:
    found = names(f"# Tramway\n\n## Architecture\n\nThe Rider App calls the Fares Service.\n\n{text}")
    assert none not in found and (not part or part in found)


def test_a_product_whose_name_holds_a_drawn_one_is_that_one() -> None:
    drawing = "```mermaid\nflowchart LR\n  trams[Tram Gateway] --> Kafka --> depot[Depot Sink]\n```\n"
    graph = read(
        [
            Source(
                "design.md",
                f"# Tramway\n\n{drawing}\n- **Apache Kafka**: keeps the topics of all readings.\n",
            )
        ]
    )
    assert sorted(c.name for c in graph.components) == ["Depot Sink", "Kafka", "Tram Gateway"]


def test_a_protocol_means_the_only_broker_that_speaks_it() -> None:
    graph = read(
        [
            Source(
                "design.md", "# Tramway\n\nTrams publish to Mosquitto. The Depot Service connects to MQTT.\n"
            )
        ]
    )
    assert {("depot-service", "mosquitto")} <= {(f.source, f.target) for f in graph.flows}
    assert "MQTT" not in {c.name for c in graph.components}


def test_the_server_is_none_that_nobody_calls_a_service() -> None:
    text = (
        "| Part | Made with |\n|---|---|\n| API Server | Express |\n| ORM | Prisma |\n| Database | MySQL |\n"
    )
    graph = read([Source("design.md", f"# Tramway\n\n## Components\n\n{text}")])
    assert not [c for c in graph.components if {"API Server", "ORM"} <= {e.quote for e in c.evidence}]


def test_the_backend_is_no_service_that_stands_beside_it_and_the_frontend() -> None:
    text = (
        "# Parcels\n\nThe Scan Lab Platform (SLP) provides a managed scanning service. It takes care of storage in S3.\n\n"
        "- The frontend asks SLP to begin an upload.\n- SLP stores the file in our S3 bucket.\n- If the file is clean, SLP calls the frontend.\n"
        "- The frontend calls the backend.\n- The backend retrieves the file from S3.\n\n"
        "The backend processes commands via an SQS queue.\n"
    )
    graph = read([Source("design.md", text)])
    names = {c.id: c.name for c in graph.components}
    told = {(names[f.source], names[f.target]) for f in graph.flows}
    assert ("backend", "S3") in told
    assert ("SLP", "SQS queue") not in told


def test_a_name_with_verbs_for_several_is_one_of_people() -> None:
    text = (
        "# Permits\n\nThe permit service writes to PostgreSQL. Acme already use Twilio for other services. "
        "Acme have used the scheduler of Heroku, and the scheduler calls the permit service.\n"
    )
    assert "Acme" not in {c.name for c in read([Source("design.md", text)]).components}


def test_two_capitals_and_an_ending_are_several_of_one() -> None:
    text = "# Nodes\n\nVMs access the metadata service. The VM calls the metadata service and the metadata service calls Keystone.\n"
    found = [c.name for c in read([Source("design.md", text)]).components if c.name.lower().startswith("vm")]
    assert len(found) == 1


def test_the_name_of_the_whole_before_that_of_a_part_names_the_same_part() -> None:
    text = (
        "# Parceler design\n\n## Parceler-taskmaster\n\nThe parceler-taskmaster service reads jobs from RabbitMQ.\n\n"
        "## Requests\n\nThe TaskMaster writes every request to PostgreSQL. The TaskMaster calls the Label service.\n"
    )
    found = [
        c.name
        for c in read([Source("design.md", text)]).components
        if "askmaster" in c.name.lower().replace(" ", "")
    ]
    assert len(found) == 1


def test_a_store_of_one_make_is_not_the_only_store_of_another_make() -> None:
    text = (
        "# Desk\n\nUploads are kept on an NFS share mounted by both hosts.\n\n"
        "The web app no longer needs the NFS share. The cleanup script reads the pictures table from Postgres.\n"
    )
    found = {c.technology for c in read([Source("a.md", text)]).components}
    assert {"nfs", "postgresql"} <= found


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("The pluggable stamp service writes letters to PostgreSQL.", "stamp service"),
        ("A highly elastic stamp service writes letters to PostgreSQL.", "stamp service"),
        ("A quick, fully elastic stamp service writes letters to PostgreSQL.", "stamp service"),
        ("The timetable service writes trains to PostgreSQL.", "timetable service"),
        ("The rendezvous server writes peers to PostgreSQL.", "rendezvous server"),
    ],
)
def test_what_a_part_is_like_is_not_in_its_name(said: str, name: str) -> None:
    found = [c.name for c in read([Source("a.md", f"# Post\n\n{said} The office reads them.\n")]).components]
    assert name in found
