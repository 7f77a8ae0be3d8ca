"""A corpus of five cards and its index, apart from the ones that are shipped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from buttress import data
from buttress.retrieval import cards, citing, searching

CARD = """---
source: "{source}"
version: "1"
item: "{item}"
title: "{title}"
url: "https://example.org/{item}"
licence: "CC0-1.0"
areas: [{area}]
kinds: [service]
technologies: [{technologies}]
related: []
---
{guidance}

## Signs
- {sign}

## Questions
- {question}

## In practice
{practice}
"""
SMALL = (
    ("Ours", "timeouts", "Time limits on calls", "resilience", "",
     "Give every remote call a time limit. A call that waits for ever keeps its thread.",
     "requests hang until the pool is empty", "How long may a call take?", "httpx.Timeout(2.0)"),
    ("Ours", "breaker", "Circuit breaker", "resilience", "",
     "Stop calling a dependency that keeps failing. It recovers sooner and callers fail at once.",
     "a dead dependency drags the others down", "When do we stop calling it?", "pybreaker around the client"),
    ("Ours", "secrets", "Secrets outside the code", "security", "",
     "Keep passwords and keys out of the repository. Whoever reads it can use them.",
     "passwords are committed to git", "Where do credentials live?", "Read them from the environment."),
    ("Ours", "pool", "Connection pool", "database", "postgresql",
     "Bound the number of connections. Each one costs the server memory.",
     "too many clients already", "How large should the pool be?", "pool_size and max_overflow in SQLAlchemy"),
    ("Theirs", "limits", "Deadlines", "resilience", "",
     "Give every remote call a time limit. A call that waits for ever keeps its thread busy.",
     "a slow server makes its callers slow", "What deadline does the caller set?", "Pass the deadline on."),
)  # fmt: skip


def write_card(folder: Path, row: tuple[str, ...]) -> Path:
    keys = ("source", "item", "title", "area", "technologies", "guidance", "sign", "question", "practice")
    values = dict(zip(keys, row, strict=True))
    path = folder / values["source"].lower() / f"{values['item']}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CARD.format(**values), encoding="utf-8")
    return path


def forget() -> None:
    cards.asked.cache_clear()
    cards.cards.cache_clear()
    citing._retrieved.cache_clear()
    searching.index.cache_clear()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a folder with corpus/ and indexes/ that stand in for the shipped ones; nothing is built yet."""
    graph = (data.indexes_dir() / "minilm.onnx").read_bytes()
    vocabulary = (data.indexes_dir() / "vocabulary.json").read_bytes()
    corpus, indexes = tmp_path / "corpus", tmp_path / "indexes"
    indexes.mkdir()
    (indexes / "minilm.onnx").write_bytes(graph)
    (indexes / "vocabulary.json").write_bytes(vocabulary)
    for row in SMALL:
        write_card(corpus, row)
    monkeypatch.setattr(data, "corpus_dir", lambda: corpus)
    monkeypatch.setattr(data, "indexes_dir", lambda: indexes)
    forget()
    yield tmp_path
    forget()
