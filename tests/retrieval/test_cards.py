"""Practice cards are read strictly, and every shipped one is in the agreed form."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from buttress import data
from buttress.errors import CardError, SourceError, StaleIndex
from buttress.retrieval import catalog
from buttress.retrieval.cards import Practice, cards, from_json, parse, plain, read_corpus, to_json
from buttress.vocabulary import load

from .conftest import CARD, SMALL

# Raise these as the corpus grows: a collector that finds nothing must not be green.
CARDS_FLOOR, SOURCES_FLOOR, AREA_FLOOR = 700, 60, 100

KEYS = ("source", "item", "title", "area", "technologies", "guidance", "sign", "question", "practice")
GOOD = CARD.format(**dict(zip(KEYS, SMALL[0], strict=True)))
SHIPPED = read_corpus(data.corpus_dir())


def test_a_card_becomes_a_practice() -> None:
    practice = parse(GOOD, path="corpus/ours/timeouts.md")
    assert practice.id == "ours/timeouts"
    assert (practice.item, practice.areas, practice.technologies) == ("timeouts", ("resilience",), ())
    assert practice.signs == ("requests hang until the pool is empty",)
    assert practice.guidance.startswith("Give every remote call")
    assert practice.passages()[0] == practice.title


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        pytest.param("---\nsource", "source", 1, "front matter", id="no front matter"),
        pytest.param("\n---\n", "\n", 1, "ends the front matter", id="front matter without end"),
        pytest.param('title: "Time limits on calls"', "title: [", 7, "valid YAML", id="not YAML"),
        pytest.param(
            'title: "Time limits on calls"', 'title: ""', 5, "'title:' with a text", id="empty title"
        ),
        pytest.param('licence: "CC0-1.0"\n', "", 2, "'licence:' with a text", id="no licence"),
        pytest.param('version: "1"', "version: 1", 3, "'version:' with a text", id="a number for a text"),
        pytest.param("related: []", "relates: []", 11, "no key but", id="unknown key"),
        pytest.param("areas: [resilience]", "areas: [reliability]", 8, "one or more of", id="unknown area"),
        pytest.param("areas: [resilience]", "areas: []", 8, "one or more of", id="no area"),
        pytest.param("kinds: [service]", "kinds: service", 9, "list of words", id="a text for a list"),
        pytest.param("https://example.org/timeouts", "example.org", 6, "begins with https://", id="no URL"),
        pytest.param("## Questions", "## Question", 18, "once and in this order", id="unknown section"),
        pytest.param(
            "## In practice\nhttpx.Timeout(2.0)\n", "", 20, "## In practice", id="a section is missing"
        ),
        pytest.param(
            "- requests hang", "requests hang", 16, "begin with '- '", id="a sign that is no list item"
        ),
        pytest.param("- requests hang until the pool is empty\n", "", 15, "with text", id="an empty section"),
        pytest.param("A call", "A call " * 5000, 1, "at most 20000 characters", id="too long"),
    ],
)
def test_a_broken_card_says_where_and_what_was_expected(old: str, new: str, line: int, expected: str) -> None:
    assert old in GOOD
    with pytest.raises(CardError) as caught:
        parse(GOOD.replace(old, new, 1), path="corpus/ours/timeouts.md")
    assert (caught.value.line, caught.value.path) == (line, "corpus/ours/timeouts.md")
    assert expected in caught.value.expected


def test_a_list_item_may_go_on_in_the_next_line() -> None:
    text = GOOD.replace("until the pool", "until\n  the pool")
    assert parse(text, path="corpus/ours/timeouts.md").signs == ("requests hang until the pool is empty",)


def test_compiled_cards_are_the_same_cards() -> None:
    practices = [parse(GOOD, path="corpus/ours/timeouts.md")]
    assert list(from_json(to_json(practices, digest="x")).values()) == practices


def test_without_a_compiled_file_the_message_is_the_command(small: Path) -> None:
    with pytest.raises(StaleIndex, match=r"python -m buttress\.retrieval"):
        cards()


def test_the_catalogue_keeps_the_rows_in_use(small: Path, tmp_path: Path) -> None:
    full = tmp_path / "full.tsv"
    columns = (*catalog.COLUMNS, "verified_from")
    rows = [
        (source, "1", item, title, f"https://example.org/{item}", area, "CC0-1.0", "somewhere")
        for source, item, title, area, *_ in (*SMALL, ("Nobody", "unused", "Unused", "api"))
    ]
    full.write_text("\n".join("\t".join(row) for row in (columns, *rows)) + "\n", encoding="utf-8")
    assert catalog.keep(full) == len(SMALL)
    kept = catalog.read(small / "corpus" / "catalog.tsv")
    assert [row["item_id"] for row in kept] == ["breaker", "pool", "secrets", "timeouts", "limits"]
    assert list(kept[0]) == list(catalog.COLUMNS)

    full.write_text(full.read_text().replace("Circuit breaker", "Circuit breakers"), encoding="utf-8")
    with pytest.raises(CardError, match="title 'Circuit breakers'"):
        catalog.keep(full)
    full.write_text("\t".join(columns[:-2]) + "\n" + "\t".join(rows[0][:-2]) + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no column licence"):
        catalog.keep(full)


def test_the_corpus_does_not_shrink() -> None:
    assert len(SHIPPED) >= CARDS_FLOOR
    assert len({practice.source for practice in SHIPPED}) >= SOURCES_FLOOR
    areas = Counter(area for practice in SHIPPED for area in practice.areas)
    assert all(areas[area] >= AREA_FLOOR for area in load().areas), areas


def test_every_card_has_its_row_in_the_catalogue() -> None:
    rows = {(row["source"], row["item_id"]): row for row in catalog.read(data.corpus_dir() / "catalog.tsv")}
    wrong = [
        practice.id
        for practice in SHIPPED
        if (row := rows.get((practice.source, practice.item))) is None
        or (row["version"], plain(row["title"]), row["url"], row["licence"])
        != (practice.version, practice.title, practice.url, practice.licence)
    ]
    assert not wrong
    assert len(rows) == len(SHIPPED)


def test_no_title_shows_marks_of_a_markup_language() -> None:
    assert [practice.title for practice in SHIPPED if re.search(r"\\|#\w|\w#|\*\*|`", practice.title)] == []


def test_a_source_has_one_folder() -> None:
    folders = {(practice.source, practice.id.partition("/")[0]) for practice in SHIPPED}
    assert len(folders) == len({source for source, _ in folders}) == len({folder for _, folder in folders})


@pytest.mark.parametrize("practice", SHIPPED, ids=lambda practice: practice.id)
def test_card_is_complete_and_names_only_what_exists(practice: Practice) -> None:
    vocabulary = load()
    assert 3 <= len(practice.signs) <= 6
    assert 3 <= len(practice.questions) <= 6
    assert 45 <= len(practice.guidance.split()) + len(practice.practice.split()) <= 170
    assert [k for k in practice.kinds if k not in vocabulary.kinds] == []
    assert [t for t in practice.technologies if t not in vocabulary.technologies] == []
    known = {other.id for other in SHIPPED}
    assert [r for r in practice.related if r not in known or r == practice.id] == []


def test_no_two_cards_have_a_text_in_common() -> None:
    texts = [(p.guidance, p.practice, *p.signs, *p.questions) for p in SHIPPED]
    seen = Counter(text.casefold() for card in texts for text in card)
    assert [text for text, count in seen.items() if count > 1] == []
