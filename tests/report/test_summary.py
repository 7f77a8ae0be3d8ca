"""The sentences at the head of a report."""

from __future__ import annotations

import pytest

from buttress import analysis
from buttress.model import Component, Flow, SystemGraph
from buttress.report.summary import summarise

PARTS = (Component("a", "A"), Component("b", "B"), Component("q", "Queue", "message_broker"))


@pytest.mark.parametrize(
    ("flows", "told"),
    [
        ([Flow("1", "a", "b", "calls")], "The one flow is a call, read or write."),
        ([Flow(str(n), "a", "b", "calls") for n in (1, 2)], "Both flows are calls, reads and writes."),
        ([Flow(str(n), "a", "b", "calls") for n in (1, 2, 3)], "All 3 flows are calls, reads and writes."),
        ([Flow("1", "a", "q", "publishes", sync=True)], "The one flow goes through messages or in the background"),
        ([Flow("1", "a", "b", "calls", sync=False)], "The one flow goes through messages or in the background"),
        (
            [Flow("1", "a", "b", "calls"), Flow("2", "a", "b", "depends_on"), Flow("3", "a", "q", "publishes", sync=True)],
            "1 is a call, read or write, 1 goes through messages or in the background and 1 is known as a dependency only",
        ),
    ],
)  # fmt: skip
def test_every_flow_is_counted_once(flows: list[Flow], told: str) -> None:
    system = SystemGraph(components=PARTS, flows=tuple(flows))
    assert told in summarise(system, (), (), (), (0, 0, 0)).system


def test_requests_come_in_through_the_gateway_before_the_services() -> None:
    parts = (Component("edge", "Edge", "gateway"), Component("a", "A"), Component("b", "B"))
    system = SystemGraph(
        components=parts, flows=(Flow("1", "edge", "a", "routes"), Flow("2", "edge", "b", "routes"))
    )
    assert "come in through Edge." in summarise(analysis.analyse(system), (), (), (), (0, 0, 0)).system
