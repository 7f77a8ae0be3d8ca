"""What a text only weighs is no part of the system: options of a table, alternatives, open questions, what may come one day."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.pipeline import read

DESIGN = "# Parcel desk\n\nThe Label service writes every label to PostgreSQL.\n\n"


def parts(text: str) -> set[str]:
    return {c.name for c in read([Source("design.md", DESIGN + text)]).components}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("| Decision | Options considered | Chosen |\n|--|--|--|\n| Queue | NATS, RabbitMQ | NATS |\n", "RabbitMQ"),
        ("## Open questions\n\n- Should RabbitMQ be shared with the Route service?\n", "RabbitMQ"),
        ("## Possible solutions\n\n### A: Use a broker\n\nRabbitMQ takes each label and gives it to a worker.\n", "RabbitMQ"),
        ("Handlers for mail ship at first, others (RabbitMQ, Slack) can be added later.\n", "RabbitMQ"),
        ("## Later\n\n- Consider a broker (RabbitMQ) if needed\n", "RabbitMQ"),
        (
            "## Alternative 1: RabbitMQ\n\nRabbitMQ keeps the labels.\n\n## Comparison\n\nRabbitMQ stores messages; the table is simpler.\n"
            "\n## Conclusion\n\nRabbitMQ would be one more thing to run.\n",
            "RabbitMQ",
        ),
        ("## Use cases\n\n### Returns\n\nA depot reads returned parcels from RabbitMQ and prints their labels.\n", "RabbitMQ"),
        ("## Decision\n\nWe use NATS.\n\n## Pros and cons of the options\n\n### NATS\n\n- small\n\n### RabbitMQ\n\n- Large\n", "RabbitMQ"),
        ("The depot has used other brokers in the past such as RabbitMQ.\n", "RabbitMQ"),
        ("We chose NATS over RabbitMQ.\n", "RabbitMQ"),
        ("Use NATS over another queue such as RabbitMQ for mails.\n", "RabbitMQ"),
        ("We could get the same with less work from RabbitMQ.\n", "RabbitMQ"),
        ("## User stories\n\n- As a clerk, I can see what waits in RabbitMQ\n", "RabbitMQ"),
    ],
)  # fmt: skip
def test_what_is_only_weighed_is_no_part(text: str, name: str) -> None:
    found = parts(text)
    assert name not in found
    assert "PostgreSQL" in found


@pytest.mark.parametrize(
    "text",
    [
        "| Decision | Options considered | Chosen |\n|--|--|--|\n| Queue | NATS, RabbitMQ | RabbitMQ |\n",
        "The Label service publishes to RabbitMQ. Should RabbitMQ be clustered?\n",
        "## Alternative 1: RabbitMQ\n\nRabbitMQ keeps the labels.\n\n## Design\n\nThe Label service publishes to RabbitMQ.\n",
    ],
)
def test_what_is_chosen_or_used_elsewhere_is_a_part(text: str) -> None:
    assert "RabbitMQ" in parts(text)


def test_one_use_case_may_be_how_it_is_designed() -> None:
    assert "RabbitMQ" in parts(
        "## Use case: a parcel comes back\n\nThe Label service publishes to RabbitMQ.\n"
    )


def test_nobody_calls_anybody_in_a_goal() -> None:
    goal = "## Goals\n\nThe Label service should find the Route service, and calls it.\n\n## Design\n\nThe Route service uses Redis.\n"
    flows = read([Source("design.md", DESIGN + goal)]).flows
    assert {(f.source, f.target) for f in flows} == {
        ("label-service", "postgresql"),
        ("route-service", "redis"),
    }


def test_a_drawing_of_an_option_draws_no_parts() -> None:
    text = "## Option: would two lines be faster?\n\n```\n+------+     +------+\n| Left | --> | Right|\n+------+     +------+\n```\n"
    assert not {"Left", "Right"} & parts(text)


def test_a_path_in_code_is_no_part_and_a_dotted_name_has_the_role_that_it_ends_in() -> None:
    text = "- **Parcel.Worker**: retries via a pipeline\n- `/metrics` shows counters\n\nThe worker reads from the Label service.\n"
    found = {c.name: c.kind for c in read([Source("design.md", DESIGN + text)]).components}
    assert found["Parcel.Worker"] == "worker"
    assert not {"worker", "metrics"} & {n.lower() for n in found}


def test_a_source_is_no_pipeline() -> None:
    text = (
        "- DevOps: GitHub Actions CI runs the tests.\n- `POST /in/{source}`: take it and store it in PostgreSQL.\n"
        "- Source: where it comes from.\n"
    )
    graph = read([Source("design.md", DESIGN + text)])
    assert "github-actions-ci" not in {f.source for f in graph.flows}


def test_a_section_of_a_form_and_an_adjective_are_no_names() -> None:
    text = "This is a greenfield service that writes to PostgreSQL.\n\n## Documentation\n\nNotes will be added to the docs repo.\n"
    assert not {"greenfield service", "Documentation"} & parts(text)


def test_the_label_of_a_decision_is_no_part_but_a_program_is() -> None:
    text = (
        "- Logging: Use Graylog for all logs\n- Label store: Choose PostgreSQL for the labels\n"
        "- Route service: Use Redis for the routes\n- Queue: takes jobs. Options: NATS, RabbitMQ.\n"
    )
    found = parts(text)
    assert {"Graylog", "PostgreSQL", "Route service", "Redis"} <= found
    assert not {"Logging", "Label store", "NATS", "RabbitMQ"} & found


def test_a_row_about_the_document_names_no_part() -> None:
    assert "JIRA" not in parts("|  |  |\n|--|--|\n| Status | Draft |\n| JIRA | DESK-41 |\n")
    assert "Jira" in parts(
        "| Component | What it does |\n|--|--|\n| Jira | The Label service creates tickets in Jira |\n"
    )


def test_what_stands_under_the_option_that_was_chosen_is_a_part() -> None:
    text = (
        "## Considered options\n\n### Option 1: RabbitMQ\n\nThe Label service publishes each label to RabbitMQ.\n\n"
        "### Option 2: ActiveMQ\n\nThe Label service publishes each label to ActiveMQ.\n\n## Decision\n\nWe go with option 1.\n"
    )
    found = parts(text)
    assert "RabbitMQ" in found
    assert "ActiveMQ" not in found
