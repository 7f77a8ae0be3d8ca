"""Drawings made of characters: boxes, lines with corners, words on lines, frames; and what is no drawing of a system."""

from __future__ import annotations

import pytest

from buttress.model import Fragment, Source
from buttress.quotes import misquoted
from buttress.readers import read_all

UNICODE = """
┌──────────┐      ┌──────────────┐
│ Web shop │─────►│ Orders API   │
└──────────┘      └──────┬───────┘
                         │
                      writes
                         │
                         ▼
                  ┌──────────────┐
                  │  PostgreSQL  │
                  └──────────────┘
"""
PLAIN = """
+---------+   HTTPS   +---------+
| Browser |---------->| Gateway |
+---------+           +----+----+
                           |
             +-------------+------------+
             |                          |
             v                          v
       +-----------+             +--------------+
       |  Orders   |             |   Billing    |
       |  service  |             |   service    |
       +-----------+             +--------------+
"""
FRAMED = """
+-------------------------------+
|  Payments                     |
|  +--------+      +---------+  |
|  | Worker | ---> |  Kafka  |  |
|  +--------+      +---------+  |
+-------------------------------+
"""
UPWARDS = """
+-----------+
|   Redis   |
+-----------+
      ^
      |
+-----+-----+
|  Catalog  |
+-----------+
"""
NO_ARROWS = """
+-------+-------+
| name  | size  |
+-------+-------+
| Redis | 3 GB  |
+-------+-------+
"""

NESTED = """
┌──────────────────┐
│    Meter hub     │
└────────┬─────────┘
         │ subscribe
┌────────▼─────────────────────────┐
│           Intake service         │
│  ┌────────────────────────────┐  │
│  │  Receiver (paho)           │  │
│  │  ├─ waits longer (max 60s)│  │
│  └──────────────┬─────────────┘  │
│  ┌──────────────▼─────────────┐  │
│  │  Sender                    │  │
│  └──────────────┬─────────────┘  │
└─────────────────┼────────────────┘
                  │
┌─────────────────▼────────────────┐
│             Archive              │
└──────────────────────────────────┘
"""


def fragments(drawn: str) -> tuple[list[Fragment], Source]:
    source = Source("design.md", f"# Shop\n\nAs drawn:\n\n```\n{drawn.strip(chr(10))}\n```\n")
    return [f for f in read_all([source])[0] if f.reader == "mermaid"], source


def flows(drawn: str) -> set[str]:
    found, _ = fragments(drawn)
    return {f"{f.source} {f.target}" for fragment in found for f in fragment.flows}


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        pytest.param(
            UNICODE, {"web-shop orders-api", "orders-api postgresql"}, id="lines of Unicode, words on a line"
        ),
        pytest.param(
            PLAIN,
            {"browser gateway", "gateway orders-service", "gateway billing-service"},
            id="plain characters, a fork",
        ),
        pytest.param(FRAMED, {"worker kafka"}, id="a frame around boxes, gaps before the arrow"),
        pytest.param(UPWARDS, {"catalog redis"}, id="an arrow that goes up"),
        pytest.param(
            NESTED,
            {"meter-hub intake-service", "receiver-paho sender", "sender archive", "intake-service archive"},
            id="heads on frames, lines through frames, a side that is out of line",
        ),
        pytest.param(NO_ARROWS, set(), id="a table drawn with characters"),
    ],
)
def test_arrows_lead_from_box_to_box(drawn: str, expected: set[str]) -> None:
    assert flows(drawn) == expected


def test_words_on_a_line_say_what_the_flow_does() -> None:
    found, _ = fragments(UNICODE)
    assert {f.kind for f in found[0].flows if f.target == "postgresql"} == {"writes"}


def test_a_drawing_without_arrows_is_told_with_its_line_and_gives_nothing() -> None:
    found, _ = fragments(NO_ARROWS)
    assert not found[0].components
    assert [(d.line, d.level) for d in found[0].diagnostics] == [(6, "info")]


@pytest.mark.parametrize("drawn", [UNICODE, PLAIN, FRAMED, UPWARDS])
def test_every_quote_stands_at_its_line(drawn: str) -> None:
    found, source = fragments(drawn)
    assert found[0].flows
    assert misquoted(found[0], (source,)) == []


def test_a_huge_drawing_ends_in_time() -> None:
    row = "+--" * 130 + "+"
    fragments("\n".join([row, "|  " * 130 + "|"] * 190))


BELOW = """
+----------+      +----------+
| Booking  |      | Payment  |
| Service  |----->| Worker   |
| :50056   |      | (Go)     |
| Java     |      | Port: 80 |
+----------+      +----------+
"""


def test_ports_and_languages_below_a_name_are_no_part_of_it() -> None:
    drawn = f"```{BELOW}```\n"
    fragments, _ = read_all([Source("a.md", drawn)])
    assert {c.name for f in fragments for c in f.components} == {"Booking Service", "Payment Worker"}
