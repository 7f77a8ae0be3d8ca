"""Several parts that fail at once: what only their failure together stops."""

from __future__ import annotations

from buttress.ask import answer_text, ask
from buttress.model import Source
from buttress.pipeline import read

PAIR = """flowchart LR
  readers((Reader)) --> kiosk[Kiosk]
  kiosk --> router[Router]
  router -->|failover| east[East]
  router -->|failover| west[West]
"""


def said(question: str) -> str:
    return answer_text(ask(read([Source("pair.mmd", PAIR)]), question, limit=0))


def test_parts_that_fail_together_stop_what_waits_for_either() -> None:
    text = said("what happens if the router and the kiosk are down?")
    assert "When Router and Kiosk fail together" in text
    assert text.index("fail together") < text.index("When Router fails")


def test_what_nothing_waits_for_stops_nothing_together() -> None:
    graph = read([Source("a.mmd", "flowchart LR\n  a[Alpha]\n  b[Beta]\n")])
    assert "nothing else stops" in answer_text(ask(graph, "what if alpha and beta both fail?", limit=0))


def test_parts_named_with_or_are_told_one_by_one() -> None:
    assert "together" not in said("what breaks if the router or the kiosk is down?")


def test_that_nothing_uses_a_store_is_not_told_as_that_nothing_stops() -> None:
    shelf = Source("compose.yaml", "services:\n  shelf:\n    image: postgres:16\n")
    text = answer_text(ask(read([shelf]), "is it safe to restart the shelf?", limit=0))
    assert "Nothing was read that uses shelf: what stops with it is not known." in text
    assert "Nothing else stops" not in text
