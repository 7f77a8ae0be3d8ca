"""Names as they are written in haste: everyday names of products, initials, a name without its sort, slips of the pen."""

from __future__ import annotations

import pytest

from buttress.ask import understand
from buttress.ask.spelling import plainly
from buttress.model import Component, Flow, SystemGraph

GRAPH = SystemGraph(
    components=(
        Component("q", "jobs", "message_broker", "rabbitmq"),
        Component("find", "finder", "search_index", "elasticsearch"),
        Component("pickupservice", "pickupservice"),
        Component("rde", "route decision engine"),
    ),
    flows=(Flow("f", "pickupservice", "q", "publishes"),),
)


@pytest.mark.parametrize(
    ("question", "id_"),
    [
        ("what if rabbit dies?", "q"),
        ("does ES have a login?", "find"),
        ("is elastic backed up", "find"),
        ("what does pickup publish to?", "pickupservice"),
        ("who owns the RDE?", "rde"),
    ],
)
def test_a_part_is_known_by_what_people_call_it(question: str, id_: str) -> None:
    assert [i for thing in understand(question, GRAPH).things for i in thing.ids] == [id_]


def test_a_property_is_not_taken_for_the_product_in_its_name() -> None:
    question = understand("any container with the docker socket?", GRAPH)
    assert (question.intent, question.facts, question.things) == ("fact", ("engine_socket",), ())


def test_what_is_written_rightly_stays() -> None:
    assert plainly("Which parts want the label's id, and where were those?") == (
        "Which parts want the label's id, and where were those?"
    )
