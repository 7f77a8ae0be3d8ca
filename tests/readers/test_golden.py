"""Whole fixtures: what is read from each is what its golden file says. `python -m tests.golden` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.golden import fixtures, golden_of, reading_of, sources_of

from buttress.evidence.quotes import misquoted
from buttress.readers import read_all

FIXTURES = tuple(fixtures())


def test_no_fixture_is_lost() -> None:
    assert len(FIXTURES) >= 8


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda p: p.name)
def test_a_fixture_reads_as_its_golden_file_says(fixture: Path) -> None:
    assert reading_of(fixture) == golden_of(fixture).read_text(encoding="utf-8")


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda p: p.name)
def test_every_quote_of_a_fixture_stands_at_its_lines(fixture: Path) -> None:
    sources = sources_of(fixture)
    for fragment in read_all(sources)[0]:
        assert misquoted(fragment, sources) == []


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda p: p.name)
def test_no_secret_of_a_fixture_is_quoted(fixture: Path) -> None:
    assert "hunter2" not in golden_of(fixture).read_text(encoding="utf-8")
    assert "letmein" not in reading_of(fixture)
