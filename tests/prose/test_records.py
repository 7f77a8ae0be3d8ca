"""Records and fields that lists name are data, not parts; a service in such a list stays one."""

from __future__ import annotations

import time

import pytest

from buttress.model import Source
from buttress.pipeline import read

BEFORE = "# Kennel\n\nThe Leash service writes each walk to PostgreSQL.\n\n"


def parts(text: str) -> set[str]:
    return {c.name for c in read([Source("design.md", BEFORE + text)]).components}


@pytest.mark.parametrize(
    "text",
    [
        "## Data model\n\n- **WalkPlan**: Id, DogId, StartsAt\n\n## Flow\n\nThe Leash service records WalkPlan and sends it.\n",
        "Add new fields to the `dogs` table:\n\n* `allowed_paths` - list of the paths a dog may take\n\n* POST `/dogs` takes `allowed_paths`\n",
        "- POST `/dogs` - add new fields to the request body: `allowed_paths`, `allowed_hours`\n- GET `/dogs` sends `allowed_hours` to the client\n",
        "Create an `allowed_paths` interface that the Leash service calls.\n",
        "The action `allowed_hours` is checked, and the Leash service calls `allowed_hours`.\n",
        "- `allowed_paths`: where the Leash service sends a dog. Defaults to all.\n",
        "The WalkPlan checker calls the Leash service; replace the WalkPlan checker in walks.go, which runs `allowed_hours` in hours.py.\n",
    ],
)
def test_records_and_fields_of_lists_are_no_parts(text: str) -> None:
    assert not {"WalkPlan", "allowed_paths", "allowed_hours"} & parts(text)
    assert {"Leash service", "PostgreSQL"} <= parts(text)


def test_a_service_in_a_list_of_records_is_a_part() -> None:
    assert "Collar service" in parts(
        "## Schema\n\n- **Collar service**: Id, DogId\n\nThe Collar service calls the Leash service.\n"
    )


def test_what_is_published_is_no_broker_and_a_topic_is_one() -> None:
    moved = "The Leash service publishes Walk Events to Kafka. Walk Events are stored for a week.\n"
    assert not {"Walk Events", "Events"} & parts(moved)
    topic = "The Leash service publishes to the walk events topic.\n"
    assert any("events" in name for name in parts(topic))


@pytest.mark.parametrize("name", ["Walk DTO", "Walk Envelope", "Phase 2", "Walk Config", "Failover"])
def test_forms_of_data_and_steps_of_a_plan_are_no_parts(name: str) -> None:
    text = f"## {name}\n\nThe {name} calls the Leash service, and the Leash service sends the {name}.\n"
    assert name not in parts(text) and "Phase" not in parts(text)


def test_a_title_that_joins_more_to_a_part_is_none() -> None:
    assert "Leash service and persistence" not in parts(
        "## Leash service and persistence\n\nIt keeps walks.\n"
    )


def test_our_service_is_a_part() -> None:
    assert "kibble service" in parts("There are two issues with our kibble service:\n\n1. It is slow.\n")


def test_what_is_to_be_done_is_no_service() -> None:
    assert not {
        n
        for n in parts("To service requests the Leash service will call the Kibble worker.\n")
        if n.startswith("To")
    }


def test_a_list_of_fields_that_is_made_to_be_slow_is_read_at_once() -> None:
    start = time.perf_counter()
    parts(f"The Leash service has fields: {'a-' * 200} ((((((( `walk_paths`\n")
    assert time.perf_counter() - start < 5
