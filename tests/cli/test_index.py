"""index: what is built, whether it is fresh, and practices of one's own beside the published ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buttress import data
from buttress.retrieval import indexing

Run = Callable[..., Any]
OWN = """---
source: "Paperlark standards"
version: "3"
item: "PL-7"
title: "Every outgoing call has a budget"
url: "https://standards.paperlark.example/pl-7"
licence: "proprietary"
areas: [resilience]
---
A call to another team's service carries the budget of milliseconds that is left. {more}

## Signs
- the zebra gateway waits for the giraffe ledger

## Questions
- How many milliseconds are left for this call?

## In practice
Send the header X-Budget-Ms and give it to httpx as the timeout.
"""


def standards(folder: Path, more: str = "") -> Path:
    path = folder / "standards" / "paperlark" / "pl-7.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(OWN.format(more=more))
    return folder / "standards"


def search(buttress: Run, text: str, *more: str) -> list[dict[str, Any]]:
    hits: list[dict[str, Any]] = json.loads(buttress("search", text, "--format", "json", *more).out)
    return hits


def test_status_tells_model_digests_and_counts(buttress: Run) -> None:
    manifest = json.loads((data.indexes_dir() / "manifest.json").read_text())
    out = buttress("index", "status").out
    assert f"{manifest['cards']} practices from {len(manifest['sources'])} sources" in out
    assert "by sentence-transformers/all-MiniLM-L6-v2" in out
    for what in ("corpus", "rules", "weights"):
        assert f"{what} {manifest[what][:12]}" in out


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ((), "\nFresh\n"),
        (
            ("the corpus",),
            "Stale: the corpus changed since it was built; run: python -m buttress.retrieval\n",
        ),
    ],
)
def test_status_tells_whether_it_is_fresh_or_how_to_rebuild_it(
    changed: tuple[str, ...], told: str, buttress: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "stale", lambda: changed)
    assert buttress("index", "status").out.endswith(told)


def test_an_index_that_was_never_built_names_the_command(
    buttress: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(data, "indexes_dir", lambda: tmp_path)
    assert "isn't built" in buttress("index", "status").out


def test_added_practices_are_found_explained_and_told_of(buttress: Run, tmp_path: Path) -> None:
    question = "the zebra gateway waits for the giraffe ledger"
    before = search(buttress, question)
    ran = buttress("index", "add", standards(tmp_path))
    assert ran.code == 0
    assert "1 of your own" in ran.out and "Fresh" in ran.out
    first, *rest = search(buttress, question)
    assert (first["source"], first["item"]) == ("Paperlark standards", "PL-7")
    assert first["url"] == "https://standards.paperlark.example/pl-7"
    assert first["score"] > 0.9
    assert rest == before[:9]
    assert "header X-Budget-Ms" in buttress("explain", "paperlark/pl-7").out
    assert "1 of your own" in buttress("index", "status").out


def test_a_rule_of_ones_own_cites_a_practice_of_ones_own(buttress: Run, tmp_path: Path, shop: Path) -> None:
    buttress("index", "add", standards(tmp_path))
    card = next((data.ontology_dir() / "rules").glob("*/shared-database.md")).read_text(encoding="utf-8")
    own = re.sub(r"^cites: .*$", "cites: [paperlark/pl-7]", card, flags=re.M)
    own = re.sub(
        r"## Finds.*?```\n",
        '## Finds\n```sparql\nSELECT ?subject WHERE { ?subject b:name "Web shop" }\n```\n',
        own,
        flags=re.S,
    )
    path = tmp_path / "rules" / "database" / "our-shop.md"
    path.parent.mkdir(parents=True)
    path.write_text(own)
    review = json.loads(buttress("review", shop, "--rules", "rules", "--format", "json").out)
    (finding,) = [f for f in review["findings"] if f["rule"] == "our-shop"]
    assert [c["item"] for c in finding["citations"]] == ["PL-7"]


def test_they_are_kept_in_the_named_folder_or_the_nearest_one_upwards(
    buttress: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buttress("index", "add", standards(tmp_path), "--index", tmp_path / "ci" / "own")
    assert not (tmp_path / ".buttress").exists()
    question = "the zebra gateway waits for the giraffe ledger"
    assert search(buttress, question)[0]["item"] != "PL-7"
    assert search(buttress, question, "--index", str(tmp_path / "ci" / "own"))[0]["item"] == "PL-7"
    buttress("index", "add", standards(tmp_path))
    assert (tmp_path / ".buttress").is_dir()
    (tmp_path / "deep" / "down").mkdir(parents=True)
    from buttress.retrieval import own

    assert own.find(start=tmp_path / "deep" / "down") == tmp_path / ".buttress"


def test_changed_cards_are_stale_until_they_are_built_anew(buttress: Run, tmp_path: Path) -> None:
    buttress("index", "add", standards(tmp_path))
    standards(tmp_path, more="A call without one is refused.")
    out = buttress("index", "status").out
    assert "Stale: standards/paperlark/pl-7.md changed" in out
    command = out.rpartition("Run: ")[2].split()
    assert command[:3] == ["buttress", "index", "rebuild"]
    assert buttress(*command[1:]).out.endswith("Fresh\n")
    assert "Stale" not in buttress("index", "status").out.rpartition("of your own")[2]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            lambda p: p.write_text(p.read_text().replace("url:", "uri:")), "pl-7.md:6: expected no key but", id="a broken card"
        ),
        pytest.param(lambda p: p.unlink(), "no document in it", id="nothing at all"),
        pytest.param(
            lambda p: (p.parent.parent / "twelve-factor").mkdir() or p.rename(p.parent.parent / "twelve-factor" / "factor-iii.md"),
            "Buttress has a card of that id", id="the id of a published one",
        ),
    ],
)  # fmt: skip
def test_what_cant_be_added_is_told_and_leaves_what_was_there(
    change: Callable[[Path], object], told: str, buttress: Run, tmp_path: Path
) -> None:
    folder = standards(tmp_path)
    buttress("index", "add", folder)
    change(folder / "paperlark" / "pl-7.md")
    ran = buttress("index", "add", folder)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert search(buttress, "the zebra gateway waits for the giraffe ledger")[0]["item"] == "PL-7"


def test_a_damaged_folder_names_the_command_that_mends_it(buttress: Run, tmp_path: Path) -> None:
    buttress("index", "add", standards(tmp_path))
    (tmp_path / ".buttress" / "standards.sqlite").write_text("{" * 5000)
    ran = buttress("search", "anything")
    assert ran.code == 2
    assert "run: buttress index add" in ran.err and "Traceback" not in ran.err
