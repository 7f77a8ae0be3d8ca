"""Codes in a search: an exit code, a status or an SQLSTATE stands for a matter, an amount for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from buttress import data
from buttress.retrieval.codes import FILE, expanded
from buttress.retrieval.searching import search


@pytest.mark.parametrize(
    ("text", "means"),
    [
        pytest.param("our container exits with 137", "out of memory", id="an exit code"),
        pytest.param("exit code: 143", "gracefully", id="an exit code after a colon"),
        pytest.param("ERROR 40P01 in the import", "deadlock", id="an SQLSTATE with a letter"),
        pytest.param("SQLSTATE 53300", "too many database connections", id="an SQLSTATE of digits"),
        pytest.param("the proxy answers 504", "gateway timeout", id="an HTTP status"),
        pytest.param("users get 502s", "bad gateway", id="statuses in the plural"),
        pytest.param("CrashLoopBackOff after the rollout", "startup probes", id="a status of Kubernetes"),
        pytest.param("ECONNRESET now and then", "keep-alive", id="the name of an error"),
        pytest.param("what is our RTO?", "recovery time", id="an abbreviation"),
    ],
)
def test_a_code_brings_its_meaning(text: str, means: str) -> None:
    assert expanded(text).startswith(text)
    assert means in expanded(text)


@pytest.mark.parametrize(
    "text",
    ["500 rows a second", "with 500 users", "a timeout of 137 ms", "the isr of a line", "port 53300", "it takes 504 minutes", ""],
)  # fmt: skip
def test_an_amount_or_a_word_of_every_day_is_no_code(text: str) -> None:
    assert expanded(text) == text


def test_each_code_stands_once_in_its_form() -> None:
    rows = [line.split("\t") for line in (data.corpus_dir() / FILE).read_text("utf-8").splitlines()]
    assert all(len(row) == 3 and all(row) for row in rows)
    assert len(rows) > 90
    assert len({(code.casefold(), form) for code, form, _ in rows}) == len(rows)


def test_a_corpus_without_codes_knows_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "corpus_dir", lambda: tmp_path)
    assert expanded("exit code 137") == "exit code 137"


def test_a_search_by_a_code_finds_its_matter() -> None:
    found = [hit.id for hit in search("the worker dies with exit code 137", limit=3)]
    assert "kubernetes/concepts-configuration-manage-resources-containers" in found


def test_a_long_text_is_read_in_little_time() -> None:
    assert expanded("status " * 3_000 + "x" * 20_000).startswith("status")
