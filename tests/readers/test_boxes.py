"""Drawings made of characters: boxes, lines with corners, words on lines, frames; and what is no drawing of a system."""

from __future__ import annotations

import pytest

from buttress.evidence.quotes import misquoted
from buttress.model import Fragment, Source
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
LAYERS = """
┌────────────────────────────────┐
│          Entry layer           │
│  ┌─────────┐     ┌──────────┐  │
│  │ Shop API│     │ Till API │  │
│  └────┬────┘     └────┬─────┘  │
│       └───────┬───────┘        │
│               ▼                │
└──────────────────────────────────┘
                │
                ▼
┌────────────────────────────────┐
│          Worker layer          │
│  ┌─────────┐     ┌──────────┐  │
│  │ Planner │────►│ Mailer   │  │
│  └─────────┘     └──────────┘  │
└────────────────────────────────┘
                │
                ▼
        ┌──────────────┐
        │ Mail provider│
        └──────────────┘
"""
MEETING = """
┌─────────┐ ┌─────────┐
│  Till   │ │  Shop   │
└────┬────┘ └────┬────┘
     └───────────┘
          │
          ▼
   ┌────────────┐
   │   Kafka    │
   └────────────┘
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
        pytest.param(
            LAYERS,
            {"shop-api planner", "till-api planner", "planner mailer", "mailer mail-provider"},
            id="frames that are layers, drawn a little wider below",
        ),
        pytest.param(
            MEETING, {"till kafka", "shop kafka"}, id="a line below where lines meet, without a joint"
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


PRINTED = """
$ shopctl list
+----+---------+----------------------+
| id | name    | what it holds        |
+----+---------+----------------------+
| 1  | parcels | one row v for each > |
|    |         | of the orders        |
| 2  | carts   | <none>               |
+----+---------+----------------------+
"""
UNDER = """
┌───────┬─────────┐
│ shelf │ goods   │
├───────┼─────────┤
│ 7     │ lamps   │
│ 8     │ chairs  │
└───────┴─────────┘
"""
LOG = """
* 3f2c1a9 (HEAD -> main) Ship the till
|\\
| * 81b02ce Add the parcel worker
|/
* 0aa41f7 Begin
"""
TREE = """
shop/
├── till/
│   └── api.py
└── parcels/
    └── worker.py
"""
DRAWN_BESIDE = """
+-------+        +--------+
| Till  |------->| Ledger |
+-------+        +--------+
"""
GRID_WITH_LINES = """
+--------+--------+
| Till   | Stock  |
+--------+--------+
| Prices | Labels |
+---+----+--------+
    |
    v
+--------+
| Ledger |
+--------+
"""


@pytest.mark.parametrize("printed", [PRINTED, UNDER, LOG, TREE, DRAWN_BESIDE + PRINTED])
def test_what_a_command_line_prints_is_no_drawing(printed: str) -> None:
    found, _ = fragments(printed)
    drawn = {"till", "ledger"} if printed.startswith(DRAWN_BESIDE) else set()
    assert {c.id for f in found for c in f.components} == drawn


def test_boxes_side_by_side_that_a_line_leaves_are_drawn() -> None:
    assert any(flow.endswith(" ledger") for flow in flows(GRID_WITH_LINES))


STEPS = """
+-------------+      +-------------+
|1            |      |2            |
| Parcel      |----->| Look up the |
| (packed)    |      | shelf       |
+-------------+      +------+------+
                            |
                            v
+-------------+      +------+------+
|4            |      |3            |
| Parcel      |<-----| Print label |
| (labelled)  |      |             |
+-------------+      +-------------+
"""
ADDRESSED = """
+--------+     +-------+     +----------+     +-------------+     +---------+
| Client |---->| VIP A |---->| Till API |---->| 10.0.0.0/24 |     | MGMT IP |
+--------+     +-------+     +----+-----+     +-------------+     +---------+
                                  |
                                  v
                           +-------------+
                           | <your shop> |
                           +-------------+
"""
TITLED = """
+------------------------------+
|   Checkout in the branches   |
+------------------------------+
|                              |
| +-------+      +-----------+ |
| | Till  |----->| Stock API | |
| +-------+      +-----------+ |
+------------------------------+
"""
WRAPPED = """
+----------+      +----------------+      +----------------+
| Cata-    |<---->| Sorter         |----->| Stock Keepers  |
| loger    |      | Inner <-> Outer|      | (s)            |
+----------+      +----------------+      +----------------+
"""
COPIES = """
+----------+     +---------+
| Till (1) |---->|         |
+----------+     |         |
+----------+     | Stock   |
| Till (2) |---->| API     |
+----------+     |         |
+----------+     |         |
| Till (m) |---->|         |
+----------+     +---------+
"""
APART = """
+-------+     +-------+     +----------+     +----------+
| Till  |---->| Stock |     | Shop (1) |     | Shop (m) |
+-------+     +-------+     +----------+     +----------+
"""


@pytest.mark.parametrize(
    ("drawn", "names", "expected"),
    [
        pytest.param(APART, {"Till", "Stock", "Shop"}, {"till stock"}, id="numbers in brackets, no lines"),
        pytest.param(STEPS, set(), set(), id="numbers in the corners: steps"),
        pytest.param(ADDRESSED, {"Client", "Till API"}, {"client till-api"}, id="addresses between parts"),
        pytest.param(TITLED, {"Till", "Stock API"}, {"till stock-api"}, id="a title on a frame"),
        pytest.param(
            WRAPPED,
            {"Cataloger", "Sorter", "Stock Keepers"},
            {"cataloger sorter", "sorter stock-keepers"},
            id="a broken word, what leads where in a box, any number, two heads",
        ),
        pytest.param(COPIES, {"Till", "Stock API"}, {"till stock-api"}, id="numbers in brackets"),
    ],
)
def test_what_stands_in_boxes_beside_names(drawn: str, names: set[str], expected: set[str]) -> None:
    found, _ = fragments(drawn)
    assert {c.name for f in found for c in f.components} == names
    assert flows(drawn) == expected


def test_words_that_reach_beyond_the_corner_of_their_box_are_whole() -> None:
    drawn = """
+--------+      +--------+
| Orders |----->| Postgres|
+--------+      +--------+
"""
    assert flows(drawn) == {"orders postgres"}
