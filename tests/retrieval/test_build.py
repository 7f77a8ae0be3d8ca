"""The index is built whole, the same twice, and says when it no longer fits what it was made from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from buttress.errors import SourceError, StaleIndex
from buttress.retrieval import build, indexing
from buttress.retrieval.cards import cards
from buttress.retrieval.encoder import OnnxEncoder
from buttress.retrieval.searching import search
from buttress.rules import load_dir

from .conftest import SMALL, forget, write_card

BUILT = (
    "asked.json",
    "cards.json",
    "citations.json",
    "exact.npz",
    "manifest.json",
    "vectors.faiss",
    "words.npz",
)


def test_two_builds_give_the_same_bytes(small: Path) -> None:
    build.build()
    first = {name: (small / "indexes" / name).read_bytes() for name in BUILT}
    for name in BUILT:
        (small / "indexes" / name).unlink()
    build.build()
    assert {name: (small / "indexes" / name).read_bytes() for name in BUILT} == first
    assert sorted(p.name for p in (small / "indexes").iterdir()) == sorted(
        (*BUILT, "minilm.onnx", "vocabulary.json")
    )


def test_vectors_of_an_unchanged_corpus_are_not_encoded_again(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.build()
    before = (small / "indexes" / "citations.json").read_bytes()
    encode = OnnxEncoder.encode
    monkeypatch.setattr(
        OnnxEncoder, "encode", lambda self, texts: (seen.extend(texts), encode(self, texts))[1]
    )
    seen: list[str] = []
    build.build()
    assert SMALL[0][5] not in seen
    assert seen
    assert (small / "indexes" / "citations.json").read_bytes() == before


def test_manifest_counts_cards_and_vectors(small: Path) -> None:
    manifest = build.build()
    assert manifest["cards"] == len(SMALL)
    assert manifest["vectors"] == sum(len(practice.passages()) for practice in cards().values())
    assert manifest["sources"] == {"Ours": 4, "Theirs": 1}


def test_a_damaged_vector_file_is_built_again(small: Path) -> None:
    build.build()
    whole = (small / "indexes" / "vectors.faiss").read_bytes()
    (small / "indexes" / "vectors.faiss").write_bytes(whole[:100])
    build.build()
    assert (small / "indexes" / "vectors.faiss").read_bytes() == whole


def test_status_of_a_fresh_index_names_sources_and_areas(small: Path) -> None:
    build.build()
    text = indexing.status_text()
    assert "5 practices from 2 sources" in text
    assert "     3  resilience" in text
    assert "Fresh" in text


def test_a_changed_card_makes_the_index_stale(small: Path) -> None:
    build.build()
    row = (*SMALL[0][:5], "Another guidance altogether.", *SMALL[0][6:])
    write_card(small / "corpus", row)
    assert indexing.stale() == ("the corpus",)
    assert "run: python -m buttress.retrieval" in indexing.status_text()


def test_a_changed_rule_text_makes_the_index_stale_but_a_changed_query_does_not() -> None:
    from buttress import data

    rules = load_dir(data.ontology_dir() / "rules")
    digest = build.rules_digest(rules)
    assert build.rules_digest((replace(rules[0], finds="SELECT ?subject {}"), *rules[1:])) == digest
    assert build.rules_digest((replace(rules[0], why="Because."), *rules[1:])) != digest


def test_nothing_built_is_said_with_the_command(small: Path) -> None:
    assert indexing.status_text() == (
        "the index of practices isn't built (manifest.json is missing); run: python -m buttress.retrieval\n"
    )
    with pytest.raises(StaleIndex, match=r"run: python -m buttress\.retrieval"):
        search("timeouts")


def test_cards_and_vectors_of_different_builds_are_refused(small: Path) -> None:
    build.build()
    kept = (small / "indexes" / "vectors.faiss").read_bytes()
    write_card(small / "corpus", ("Ours", "more", *SMALL[1][2:]))
    build.build()
    (small / "indexes" / "vectors.faiss").write_bytes(kept)
    forget()
    with pytest.raises(StaleIndex, match="different builds"):
        search("timeouts")


def test_an_empty_corpus_is_an_error(small: Path) -> None:
    for path in (small / "corpus").glob("*/*.md"):
        path.unlink()
    with pytest.raises(SourceError, match="no practice card"):
        build.build()


def test_practices_with_the_same_advice_are_paired(small: Path) -> None:
    build.build()
    loaded = json.loads((small / "indexes" / "citations.json").read_bytes())
    assert ["ours/timeouts", "theirs/limits"] in loaded["same"]
