"""Records and fields that lists name are data, not parts; a service in such a list stays one."""

from __future__ import annotations

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
    ],
)
def test_records_and_fields_of_lists_are_no_parts(text: str) -> None:
    assert not {"WalkPlan", "allowed_paths", "allowed_hours"} & parts(text)
    assert {"Leash service", "PostgreSQL"} <= parts(text)


def test_a_service_in_a_list_of_records_is_a_part() -> None:
    assert "Collar service" in parts(
        "## Schema\n\n- **Collar service**: Id, DogId\n\nThe Collar service calls the Leash service.\n"
    )
