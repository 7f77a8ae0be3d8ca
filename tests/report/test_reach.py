"""What `impact` tells of a large system."""

from __future__ import annotations

from dataclasses import replace

from buttress import analysis
from buttress.model import Component, Derived, Flow, SystemGraph
from buttress.report.reach import impact, impact_text


def test_pairs_that_were_not_worked_out_are_not_passed_over_in_silence() -> None:
    graph = analysis.analyse(
        SystemGraph(
            components=(Component("shop", "Shop"), Component("db", "DB")), flows=(Flow("f", "shop", "db"),)
        )
    )
    unread = replace(graph, derived=(*graph.derived, Derived("pairsUnread", "system", value=9)))
    assert "was not worked out" not in impact_text(graph, impact(graph, "DB"))
    assert "With what else it stops an entry point was not worked out" in impact_text(
        unread, impact(unread, "DB")
    )
