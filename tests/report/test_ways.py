"""Ways through small graphs: along calls, through brokers and stores, around a part, and from outside."""

from __future__ import annotations

from itertools import pairwise

import pytest

from buttress.ask import answer_text, ask
from buttress.model import Component, Derived, Flow, SystemGraph
from buttress.report.ways import By, mapped, outside, reached, ways

PARTS = (
    Component("shopper", "Shopper", "actor"),
    Component("edge", "Edge", "gateway"),
    Component("basket", "Basket"),
    Component("audit", "Audit"),
    Component("clock", "Clock", "worker"),
    Component("jobs", "Jobs", "message_broker"),
    Component("ledger", "Ledger", "relational_db"),
)


def system(*rows: str) -> SystemGraph:
    flows = [Flow(f"{a}-{kind}-{b}", a, b, kind) for a, kind, b in (tuple(row.split(" ")) for row in rows)]
    return SystemGraph(components=PARTS, flows=tuple(flows))


@pytest.mark.parametrize(
    ("rows", "start", "end", "by", "found"),
    [
        (("edge calls basket", "basket calls edge"), "edge", "basket", By.CALLS, [("edge", "basket")]),
        (("basket publishes jobs", "audit consumes jobs"), "basket", "audit", By.CALLS, []),
        (("basket publishes jobs", "audit consumes jobs"), "basket", "audit", By.MESSAGES, [("basket", "jobs", "audit")]),
        (("basket publishes jobs", "audit consumes jobs"), "audit", "basket", By.UNTOLD, []),
        (("basket consumes jobs", "audit consumes jobs"), "basket", "audit", By.UNTOLD, []),
        (("basket calls jobs", "audit calls jobs"), "basket", "audit", By.MESSAGES, []),
        (("basket calls jobs", "audit calls jobs"), "basket", "audit", By.UNTOLD, [("basket", "jobs", "audit")]),
        (("basket writes ledger", "audit reads ledger"), "basket", "audit", By.STORES, [("basket", "ledger", "audit")]),
        (("basket writes ledger", "audit writes ledger"), "basket", "audit", By.UNTOLD, []),
        (("basket writes ledger", "audit reads ledger", "audit calls clock"), "basket", "clock", By.STORES, []),
        (("audit reads ledger", "audit publishes jobs"), "ledger", "jobs", By.STORES, [("ledger", "audit", "jobs")]),
    ],
)  # fmt: skip
def test_a_way_goes_along_calls_or_to_who_takes_what_was_left(
    rows: tuple[str, ...], start: str, end: str, by: By, found: list[tuple[str, ...]]
) -> None:
    assert ways(mapped(system(*rows)), start, end, by=by, most=3) == found


def test_ways_come_shortest_first_without_what_is_left_out() -> None:
    where = mapped(
        system("edge calls audit", "audit calls basket", "edge calls basket", "basket calls clock")
    )
    assert ways(where, "edge", "clock", most=5) == [
        ("edge", "basket", "clock"),
        ("edge", "audit", "basket", "clock"),
    ]
    assert ways(where, "edge", "clock", without=("basket",)) == []
    assert reached(where, "clock", back=True) == {"edge", "audit", "basket"}


def test_requests_come_from_people_and_open_parts_that_nothing_open_leads_to() -> None:
    graph = system("shopper calls edge", "edge routes basket", "clock calls basket")
    assert outside(mapped(graph)) == ["shopper"]
    alone = SystemGraph(
        components=PARTS[1:],
        flows=graph.flows[1:],
        derived=(
            Derived("entry", "edge", value="nothing else calls it"),
            Derived("entry", "clock", value="nothing else calls it"),
        ),
    )
    assert outside(mapped(alone)) == ["edge"]


def test_many_ways_end_soon() -> None:
    layers = [[Component(f"l{n}x{m}", f"L{n}x{m}") for m in range(12)] for n in range(12)]
    flows = tuple(
        Flow(f"{a.id}-{b.id}", a.id, b.id) for one, two in pairwise(layers) for a in one for b in two
    )
    graph = SystemGraph(components=tuple(c for layer in layers for c in layer), flows=flows)
    text = answer_text(ask(graph, "what are all the paths from L0x0 to L11x0?", limit=0))
    assert "There are more ways than these." in text


def test_what_only_both_use_is_no_answer_to_whether_one_reaches_the_other() -> None:
    graph = system("basket writes ledger", "audit reads ledger")
    assert "Ledger → Audit" not in answer_text(ask(graph, "can Basket reach Audit?", limit=0))
    assert "Basket → Ledger → Audit" in answer_text(
        ask(graph, "how does data get from Basket to Audit?", limit=0)
    )
    assert "Basket → Ledger → Audit" in answer_text(ask(graph, "can data get from Basket to Audit?", limit=0))
