"""The reports of the two example systems, byte for byte. `make golden` writes them anew; read the diff before you commit it."""

from __future__ import annotations

import pytest
from tests.golden import EXAMPLES, SYSTEMS, picture_of, report_of

from buttress.pipeline import review


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_report_of_an_example_is_the_one_that_was_read_by_eye(name: str) -> None:
    golden = EXAMPLES.parent / "tests" / "report" / f"{name}.golden.md"
    assert report_of(name) == golden.read_text(encoding="utf-8")


def test_the_picture_in_the_readme_shows_that_report() -> None:
    assert picture_of("bookshop") == (EXAMPLES.parent / "docs" / "report.svg").read_text(encoding="utf-8")


def test_the_picture_fetches_nothing() -> None:
    assert "url(" not in picture_of("bookshop").replace("url(#", "")


def test_the_improved_system_has_no_critical_finding_and_a_short_list() -> None:
    before, after = (review(EXAMPLES / name) for name in SYSTEMS)
    assert not after.at_least("HIGH")
    assert len(after.findings) * 4 <= len(before.findings)
    assert len(before.at_least("HIGH")) >= 5


def test_the_same_system_gives_the_same_bytes_from_another_place(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    expected = report_of("bookshop")
    monkeypatch.chdir(tmp_path)
    assert report_of("bookshop") == expected
