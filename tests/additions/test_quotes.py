"""Where words stand: found across line breaks and marks, as whole words, nearest to where they stood before."""

from __future__ import annotations

import time

import pytest

from buttress.additions.quotes import Text, Texts, says
from buttress.model import Source

TEXT = """# Shop

The **Orders** service writes
to the [Orders DB](db.md), which is `postgres`.

Later: the Orders service writes
to the Orders DB.
"""


def found(quote: str, line: int = 0, text: str = TEXT, name: str = "a.md") -> str | None:
    texts = Texts([Source(name, text)])
    evidence = texts.find(quote, texts.of(""), line)
    return f"{evidence.line}-{evidence.end_line} {evidence.quote}" if evidence else None


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        ("The **Orders** service writes", "3-3 The **Orders** service writes"),
        ("The Orders   service\nwrites to the", "3-4 The **Orders** service writes to the"),
        ("to the Orders DB, which", "4-4 to the [Orders DB](db.md), which"),
        ("to the [Orders DB](db.md), which", "4-4 to the [Orders DB](db.md), which"),
        ("which is postgres.", "4-4 which is `postgres`."),
        ("the Orders service reads", None),
        ("rders service", None),
        ("Orders servic", None),
        ("", None),
        ("..", None),
    ],
)
def test_a_quote_is_found_white_space_and_marks_aside(quote: str, place: str | None) -> None:
    assert found(quote) == place


@pytest.mark.parametrize(("line", "at"), [(0, "4-4"), (1, "4-4"), (7, "7-7"), (99, "7-7")])
def test_of_several_places_the_nearest_counts(line: int, at: str) -> None:
    assert (found("to the Orders DB", line) or "").startswith(at)


def test_a_secret_is_left_out_of_the_words() -> None:
    assert (
        found("URL: postgresql://shop:pw@db", text="URL: postgresql://shop:pw@db\n", name="c.yaml")
        == "1-1 URL: postgresql://shop:"
    )


def test_the_nearest_words_are_told() -> None:
    texts = Texts([Source("a.md", TEXT)])
    near = texts.nearest("Orders service wrote to", texts.of(""))
    assert near is not None and (near.line, near.quote) == (6, "Orders service writes to")
    assert texts.nearest("qzx 0 jjj", texts.of("")) is None


@pytest.mark.parametrize(
    ("file", "source", "path"),
    [
        ("docs/buttress.additions.yaml", "a.md", "docs/a.md"),
        ("docs/buttress.additions.yaml", "../deploy/a.md", "deploy/a.md"),
        ("buttress.additions.yaml", "docs/a.md", "docs/a.md"),
        ("elsewhere.yaml", "b.md", "docs/b.md"),
        ("elsewhere.yaml", "a.md", None),
        ("elsewhere.yaml", "c.md", None),
    ],
)
def test_a_source_is_the_one_beside_the_additions_or_the_only_one_so_named(
    file: str, source: str, path: str | None
) -> None:
    texts = Texts([Source(p, "x") for p in ("docs/a.md", "deploy/a.md", "docs/b.md")])
    assert [t.source.path for t in texts.of(source, file)] == ([path] if path else [])


@pytest.mark.parametrize(
    ("text", "name", "stands"),
    [
        ("the event_persister workers", "Event Persister", True),
        ("the EventPersister", "event persister", True),
        ("all event persisters", "event persister", True),
        ("reorders", "orders", False),
        ("ordersdb", "orders", False),
        ("100 % → 注文", "注文", True),
    ],
)
def test_a_name_stands_in_a_text_whatever_joins_its_words(text: str, name: str, stands: bool) -> None:
    assert says(text, name) is stands


def test_words_that_stand_everywhere_take_no_time() -> None:
    text = Text(Source("a.md", "aab " * 500_000))
    began = time.perf_counter()
    assert len(list(text.places("aab aab aab"))) > 100
    assert list(text.places("aab " * 200 + "c")) == []
    assert time.perf_counter() - began < 5
