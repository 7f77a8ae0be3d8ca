"""What a text names again in fewer words, names of its own beside what a thing is, parts that a sentence or a row of titles lists."""

from __future__ import annotations

import pytest

from buttress import pipeline
from buttress.model import Source


def _read(text: str) -> tuple[set[str], set[str]]:
    graph = pipeline.read([Source("architecture.md", f"# Post office\n\n{text}\n")])
    names = {c.id: c.name for c in graph.components}
    return set(names.values()), {f"{names[f.source]} {f.kind} {names[f.target]}" for f in graph.flows}


FLOWS = [
    (
        "the server is the only one of that name",
        "Letters lie on a label server. Each label server has a lock. A label server is small. The sorter calls the label server.\n\n"
        "## At night\n\nThe server writes to PostgreSQL.",
        "label server writes PostgreSQL",
    ),
    (
        "of two servers the one of the section is meant",
        "## Label servers\n\nA label server prints. Each server writes to PostgreSQL.\n\n"
        "## Stamp servers\n\nA stamp server stamps. Each server writes to Redis.",
        "Stamp servers writes Redis",
    ),
    (
        "who does something is called by its last word",
        "The letter weigher calls the Billing service.\n\n## At night\n\nThe weigher writes to PostgreSQL.",
        "letter weigher writes PostgreSQL",
    ),
    (
        "a name of its own in brackets",
        "The letter database (`shelf`) is old. The sorter service reads `shelf`.",
        "sorter service reads shelf",
    ),
    (
        "a sentence may begin with a name in small letters",
        "The Billing service calls Stripe at night. `sorter` reads PostgreSQL and `sorter` calls the Billing service.",
        "sorter reads PostgreSQL",
    ),
    (
        "a program is called by its path",
        "Every minute `cmd/stamper` writes to PostgreSQL, and `cmd/stamper` calls the Billing service.",
        "stamper writes PostgreSQL",
    ),
    (
        "who acts behind an opening clause acts in the next sentence",
        "When a letter arrives, the sorter service calls the Billing service. It writes to PostgreSQL.",
        "sorter service writes PostgreSQL",
    ),
    (
        "participles that are joined are all passive",
        "Letters are counted, packed and uploaded to S3 by the sorter service.",
        "sorter service writes S3",
    ),
    (
        "two verbs with one object",
        "The sorter service pulls and unpacks letters from the Archive service.",
        "sorter service reads Archive service",
    ),
    (
        "what others send on a queue",
        "The sorter service watches RabbitMQ for events sent by the Billing service.",
        "Billing service publishes RabbitMQ",
    ),
    (
        "a message is put on a bus",
        "The sorter service sends a message on RabbitMQ.",
        "sorter service publishes RabbitMQ",
    ),
    (
        "whoever minds the state of another asks it",
        "The sorter service monitors the health of the Billing service.",
        "sorter service calls Billing service",
    ),
    (
        "those whom another manages",
        "The sorter service calls the label servers Post manages. Post calls Stripe.",
        "sorter service calls label servers",
    ),
    (
        "a usual way",
        "The sorter service calls Stripe. The usual way is to push letters to the Billing service.",
        "sorter service calls Billing service",
    ),
    (
        "a format before what something is sent to",
        "The sorter service pushes the metrics and traces in OTLP format to the Billing service.",
        "sorter service calls Billing service",
    ),
    (
        "what is done by another",
        "The sorter service calls Stripe. Authentication is based on Keycloak.",
        "sorter service depends_on Keycloak",
    ),
    (
        "several that are called by their sort",
        "The `post-sorter` daemon calls Stripe. The `post-weigher` daemon calls the Billing service. Both daemons write to PostgreSQL.",
        "post-weigher writes PostgreSQL",
    ),
    (
        "what several servers do",
        "The label servers process REST requests, sending letters to the Billing service.",
        "label servers calls Billing service",
    ),
    (
        "a bridge between two",
        "The sorter service acts as the bridge between the Billing service and the Archive service.",
        "Billing service calls sorter service",
    ),
]


@pytest.mark.parametrize(("text", "flow"), [row[1:] for row in FLOWS], ids=[row[0] for row in FLOWS])
def test_flows_of_what_is_named_in_fewer_words(text: str, flow: str) -> None:
    assert flow in _read(text)[1]


def test_the_application_is_what_the_title_names() -> None:
    text = (
        "# Quillery architecture\n\nMost of Quillery is old. Once a day Quillery calls Stripe, and for letters Quillery calls the Billing service."
        "\n\n## Stores\n\nThe application writes to PostgreSQL.\n"
    )
    graph = pipeline.read([Source("architecture.md", text)])
    names = {c.id: c.name for c in graph.components}
    assert ("Quillery", "PostgreSQL") in {(names[f.source], names[f.target]) for f in graph.flows}


def test_of_two_names_with_one_last_word_none_is_meant_elsewhere() -> None:
    text = (
        "A label server prints. The label server is old. A stamp server stamps. The stamp server is new. "
        "The label server calls the stamp server.\n\n## At night\n\nThe server writes to PostgreSQL."
    )
    assert not any(flow.endswith("writes PostgreSQL") for flow in _read(text)[1])


def test_a_list_with_the_is_no_name_beside_another() -> None:
    names, _ = _read(
        "The office is composed of the sorter, the letter store, and the stamper. The sorter reads the letter store."
    )
    assert names >= {"sorter", "letter store", "stamper"}


PARTS = [
    (
        "a sentence lists parts",
        "An office is composed of a sorter, a letter database, test desks and a web UI. The sorter reads the letter database.",
        {"sorter", "letter database", "test desks", "web UI"},
    ),
    (
        "parts that the whole needs",
        "As you can see above, there are three components that the office needs to work:\n\n- A letter storage\n- A stamp archive\n- An index\n",
        {"letter storage", "stamp archive", "index"},
    ),
    (
        "titles of one family",
        "## desk-stamper\n\nPuts stamps on letters.\n\n## desk-scanner\n\nReads every letter.\n\n## desk-weigher\n\nA small service that weighs.\n",
        {"desk-stamper", "desk-scanner", "desk-weigher"},
    ),
    (
        "a name in brackets and what it is",
        "The office consists of a letter builder (`gluepot`) and the Billing service. The Billing service calls `gluepot`.",
        {"gluepot"},
    ),
    (
        "a balancer behind an adjective",
        "Letters come in by the public load balancer. The public load balancer routes to the Billing service.",
        {"load balancer"},
    ),
]


@pytest.mark.parametrize(("text", "parts"), [row[1:] for row in PARTS], ids=[row[0] for row in PARTS])
def test_parts_that_are_listed_are_parts(text: str, parts: set[str]) -> None:
    found, _ = _read(text)
    assert {p.lower() for p in parts} <= {n.lower().removeprefix("public ") for n in found}


NONE = [
    ("a protocol", "The Billing service speaks the MLLP protocol. The Billing service uses MLLP. The sorter service uses MLLP.", "MLLP"),
    ("a way through the net", "The sorter service uses SSH to call the Billing service. The sorter service needs SSH.", "SSH"),
    ("a title about any of a sort", "## Life of a letter job\n\nThe sorter service calls Stripe.", "Life of a letter job"),
    ("data that consists of parts", "A letter consists of a head, a body and a foot. The sorter service reads a letter.", "foot"),
    ("a class by its dotted name", "The `post.desk.LetterBox.open_queue` calls the Billing service.", "post.desk.LetterBox.open_queue"),
    (
        "work",
        "The sorter service runs each job. It queues new jobs. It schedules all jobs. A stamp job ends soon. The stamp job is small.",
        "stamp job",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), [row[1:] for row in NONE], ids=[row[0] for row in NONE])
def test_what_is_no_part(text: str, name: str) -> None:
    assert name not in _read(text)[0]
