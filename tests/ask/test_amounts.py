"""Rates, totals and orders that are worked out from what the sources state."""

from __future__ import annotations

import pytest

from buttress.ask import Answer, answer_text, ask
from buttress.model import Source
from buttress.pipeline import read

NOTES = """# Parcels

The depot books 864,000 parcels a day. At the peak that is 4 times as much.

| What | How much |
|---|---|
| Labels per hour | 7,200 |

We send 30 mails a minute and 2 million kilometres of news a day.
"""
STACK = """services:
  depot:
    image: depot:1
    mem_limit: 512M
    cpus: 0.5
    ports: ["7001:80"]
    depends_on: [shelf]
  shelf:  # holds what was booked today
    image: postgres:16
    mem_limit: 256M
    ports: ["7002:5432"]
  label-printer:
    image: printer:1
    depends_on: [depot]
"""
SOURCES = [Source("notes.md", NOTES), Source("compose.yaml", STACK)]


def answer(question: str) -> Answer:
    return ask(read(SOURCES), question, limit=0, sources=SOURCES)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how many parcels per second is that?", "10 parcels a second on average"),
        ("how many parcels a second at peak?", "At a peak of 4 times that: 40 parcels a second."),
        ("how many parcels a second at a peak of three times that?", "30 parcels a second"),
        ("and at a peak of 3x, how many parcels a second do we get?", "30 parcels a second"),
        ("how many labels do we print per minute?", "120 labels a minute on average"),
        ("how many mails a second?", "0.5 mails a second on average"),
        ("what's the rps?", "Requests as such aren't counted"),
        ("how much memory do I need for all of it", "2 parts together may take 768 MB of memory"),
        ("how many cores does the whole stack take?", "0.5 cores of CPU"),
        ("what has to be up first?", "First: shelf.\n"),
        ("what does the label-printer need to start?", "label-printer needs depot to start."),
        ("what listens on port 7002?", "shelf: published ports 7002."),
        ("whats the shelf container for", "holds what was booked today"),
    ],
)
def test_what_is_stated_is_told_as_it_was_asked_for(question: str, said: str) -> None:
    assert said in answer_text(answer(question))


def test_another_port_is_not_told() -> None:
    assert "7001" not in answer_text(answer("what listens on port 7002?"))


def test_a_rate_that_nothing_states_is_not_made_up() -> None:
    told = ask(read(SOURCES[1:]), "how many parcels per second?", limit=0, sources=SOURCES[1:])
    assert not told.answered
