"""Lists that a sentence leads in as the parts of a system, titles that name parts with a noun that is a verb too, marks of footnotes."""

from __future__ import annotations

import pytest

from buttress import pipeline
from buttress.model import Source


def _names(text: str) -> set[str]:
    return {c.name for c in pipeline.read([Source("architecture.md", text)]).components}


@pytest.mark.parametrize(
    "lead",
    [
        "The post office is made of several services:",
        "The main components are:",
        "This view breaks down the major containers:",
        "The office depends on the following services:",
        "These components are deployed, each in containers named:",
    ],
)
def test_items_that_are_led_in_as_parts_are_parts(lead: str) -> None:
    text = (
        f"# Post office\n\n{lead}\n\n- stamp master: the core that stamps\n- the _scheduler_, for rounds at night\n"
        "- a Quill instance, used to write labels\n- MongoDB, to keep letters\n"
    )
    assert _names(text) >= {"stamp master", "scheduler", "Quill", "MongoDB"}


@pytest.mark.parametrize(
    "lead",
    [
        "To begin, install the following services:",
        "The form uses these React components:",
        "It may run with any of these services:",
        "Every service should have these parts:",
    ],
)
def test_items_that_are_asked_for_or_offered_are_not(lead: str) -> None:
    text = f"# Post office\n\n{lead}\n\n- stamp master: the one that stamps\n- letter box, for letters\n"
    assert not _names(text) & {"stamp master", "letter box"}


def test_a_title_may_begin_with_a_noun_that_is_a_verb_too() -> None:
    text = (
        "# Post office\n\n## Time slot service\n\nThis service keeps hours in PostgreSQL.\n\n"
        "## Search service\n\nThis service finds letters.\n\n## Run worker\n\n1. Clone it.\n"
    )
    names = _names(text)
    assert {"Time slot service", "Search service"} <= names
    assert not any("Run" in name for name in names)


def test_the_mark_of_a_footnote_names_nothing() -> None:
    text = (
        "# Post office\n\nThe stamp worker reads letters from Redis. [^letter_queue]\n\n"
        "[^letter_queue]: The stamp worker takes ten at once.\n"
    )
    assert not any("letter_queue" in name for name in _names(text))


def test_a_list_below_a_title_for_parts_holds_parts_where_half_of_them_say_so() -> None:
    text = "# Post office\n\n## Components\n\n* Stamp Master\n* Letter Server\n* Redis\n* Night Worker\n\n"
    assert _names(text) >= {"Stamp Master", "Letter Server", "Redis", "Night Worker"}
    assert not _names("# Post office\n\n## Components\n\n* Button\n* Date field\n* Letter form\n* Menu\n")


def test_items_side_by_side_are_several_and_the_whole_is_none_of_its_parts() -> None:
    text = (
        "# Quill's architecture\n\n## Servers\n\n* Quill App Server\n* Quill DB Server\n* Redis\n\n## Quill API\n\nThis component answers the Quill CLI.\n\n"
        "## Quill CLI\n\nIt calls the Quill API of the Quill system.\n"
    )
    assert _names(text) >= {"Quill App Server", "Quill DB Server", "Quill API", "Quill CLI"}


def test_an_account_and_what_is_only_for_instance_are_no_parts() -> None:
    text = (
        "# Post office\n\nThe stamper server writes to PostgreSQL. The stamper user reads letters from PostgreSQL. "
        "The letter database may be any store (InfluxDB, MongoDB, ...).\n"
    )
    assert not {"stamper user", "InfluxDB", "MongoDB"} & _names(text)
