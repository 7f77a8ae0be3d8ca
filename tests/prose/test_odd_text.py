"""Odd letters, sentences without words, and secrets that are written like names."""

from __future__ import annotations

import time

import pytest

from buttress.model import Fragment, Source
from buttress.prose import Prose, extract
from buttress.prose.candidates.records import _IS_RECORD, _RUNS
from buttress.prose.facts import find
from buttress.prose.stances.lacking import lacks
from buttress.readers import read_all


def read(text: str) -> Fragment:
    fragments, _ = read_all([Source("design.md", text)])
    return extract(Prose(p for f in fragments for p in f.passages))


@pytest.mark.parametrize("nothing", ["\u200b", "語", "𝟚", "ſ", "Ж"])
def test_a_sentence_without_a_word_is_read(nothing: str) -> None:
    found = read(f"# Desk\n\nThe stamper calls Redis.\n\n- {nothing}\n- When it rains, {nothing}\n")
    assert [(f.source, f.target) for f in found.flows] == [("stamper", "redis")]


@pytest.mark.parametrize("unit", ["ſ", "mınutes", "mİnutes", "ſeconds"])
def test_letters_that_pass_for_others_count_as_those(unit: str) -> None:
    values = {f.name: f.value for f in find(f"The timeout is 5 {unit}.")}
    assert values["timeout"] == (300 if unit.startswith("m") else 5)


@pytest.mark.parametrize("denied", ["monİtored", "encrypted", "verſioned"])
def test_a_property_that_is_denied_denies_no_backups(denied: str) -> None:
    assert lacks("backups", "the ", "backups", f" aren't {denied}", first=True) is not True


@pytest.mark.parametrize("secret", ["ghp_rosebud7rosebud7rosebud7", "password: `rosebud77`"])
def test_a_secret_names_no_part(secret: str) -> None:
    shown = secret if secret.startswith("ghp") else f"PostgreSQL ({secret})"
    code = f"`{secret}`" if secret == shown else shown
    found = read(
        f"# Desk\n\nThe letter service writes to {code}. The letter service calls the stamp service.\n"
    )
    assert "letter-service" in {c.id for c in found.components}
    assert "rosebud7" not in repr(found)


def test_those_that_are_told_behind_a_colon_are_who_acts() -> None:
    found = read("# Desk\n\nBoth daemons write to Redis: the `sorter` daemon and the `stamper` daemon.\n")
    assert {(f.source, f.target) for f in found.flows} == {("sorter", "redis"), ("stamper", "redis")}


def test_a_count_without_its_verb_makes_no_flow() -> None:
    found = read(
        "# Desk\n\nThe letter service runs four replicas, the stamp service two and the mailer just one. The mailer calls the stamp service.\n"
    )
    assert [(f.source, f.target) for f in found.flows] == [("mailer", "stamp-service")]
    counts = {c.id: f.value for c in found.components for f in c.facts if f.name == "replicas"}
    assert counts == {"letter-service": 4, "stamp-service": 2, "mailer": 1}


@pytest.mark.parametrize(
    "told", ["Missing backups.", "Backups are still missing.", "The desk is missing backups."]
)
def test_what_is_called_missing_is(told: str) -> None:
    assert [(s.topic, s.status) for s in read(f"# Desk\n\n{told}\n").stances if s.topic == "backups"] == [
        ("backups", "missing")
    ]


def test_a_gap_of_blanks_is_passed_once() -> None:
    start = time.perf_counter()
    for pattern in (_IS_RECORD, _RUNS):
        assert pattern.match(f"{' ' * 20_000}x service") is None
    assert time.perf_counter() - start < 1
