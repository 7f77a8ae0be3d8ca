"""What the everyday commands cost from a cold start: help, a review of the example system, a search."""

from __future__ import annotations

from measuring import BOOKSHOP, BUTTRESS, SERVICE, report

if __name__ == "__main__":
    report(
        "Commands, cold",
        [
            ("`buttress --help`", [*BUTTRESS, "--help"], 0.25),
            ("`buttress review examples/bookshop`", [*BUTTRESS, "review", BOOKSHOP], 0.6),
            ("the same as HTML", [*BUTTRESS, "review", BOOKSHOP, "--format", "html"], None),
            ("`buttress review` of one service: its code and image", [*BUTTRESS, "review", SERVICE], 0.6),
            ("`buttress graph examples/bookshop`", [*BUTTRESS, "graph", BOOKSHOP], None),
            ('`buttress search "requests pile up"`', [*BUTTRESS, "search", "requests pile up"], 0.9),
            ("`buttress explain shared-database`", [*BUTTRESS, "explain", "shared-database"], None),
        ],
    )
