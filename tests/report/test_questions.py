"""Questions: those first whose answer can change most, in groups of one area, each once."""

from __future__ import annotations

import re

from buttress import pipeline
from buttress.model import Source
from buttress.report.markdown import AREA_TITLES, render
from buttress.rules import SEVERITIES

DRAWING = """flowchart LR
  user((Customer)) -->|calls| shop[Shop] & portal[Portal]
  shop -->|calls| stock[Stock] -->|calls| prices[Prices]
  shop -->|writes| orders[(Orders PostgreSQL)]
  stock & prices & shop -->|writes| core[(Core PostgreSQL)]
  portal -->|reads| notes[(Notes PostgreSQL)]
  shop -->|publishes| queue[[RabbitMQ]]
  mailer[Mailer] -->|consumes| queue
"""


def made():  # type: ignore[no-untyped-def]
    return pipeline.review_graph(pipeline.read([Source("system.mmd", DRAWING)]))


def test_severity_comes_first_and_then_how_many_parts_fail_with_it() -> None:
    review = made()
    reach = {d.subject: d.value for d in review.graph.derived if d.name == "breaksCount"}
    ranks = [
        (SEVERITIES.index(q.severity), -max((reach.get(s, 0) for s in q.subjects), default=0))
        for q in review.questions
    ]
    assert len(ranks) >= 5 and ranks == sorted(ranks)


def test_a_question_is_asked_once() -> None:
    questions = [q.message for q in made().questions]
    assert len(questions) == len(set(questions))
    assert len({q.rule for q in made().questions}) == len(questions)


def test_the_report_groups_them_by_area_and_numbers_them_through() -> None:
    review = made()
    text = render(review).partition("## Questions that would change this review")[2].partition("\n## ")[0]
    asked, _ = review.asked()
    assert [int(n) for n in re.findall(r"^(\d+)\. ", text, re.MULTILINE)] == [*range(1, len(asked) + 1)]
    titles = re.findall(r"^\*(.+)\*$", text, re.MULTILINE)
    assert titles == [AREA_TITLES[a] for a in dict.fromkeys(q.area for q in asked)]


def test_what_the_sources_answer_is_not_asked() -> None:
    text = "# Shop\n\nThe Shop service writes to PostgreSQL. Backups are taken every night and a restore is tried each month.\n"
    before = {q.rule for q in made().questions}
    after = pipeline.review_graph(pipeline.read([Source("system.mmd", DRAWING), Source("a.md", text)]))
    assert "store-without-backup" in before and "store-without-backup" not in {
        q.rule for q in after.questions
    }
