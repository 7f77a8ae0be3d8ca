"""Keeps `corpus/catalog.tsv`: for each practice card the row that says where the item was published."""

from __future__ import annotations

import csv
from pathlib import Path

from buttress import data
from buttress.errors import CardError, SourceError
from buttress.retrieval.cards import plain, read_corpus

COLUMNS = ("source", "version", "item_id", "title", "url", "area", "licence")


def read(path: Path) -> tuple[dict[str, str], ...]:
    """Return the rows of a catalogue (tab-separated, no quoting); raises SourceError without a column."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(str(path), str(error)) from error
    missing = [column for column in COLUMNS if not rows or rows[0].get(column) is None]
    if missing:
        raise SourceError(str(path), "no column " + ", ".join(missing))
    return rows


def keep(full: Path) -> int:
    """Write to corpus/catalog.tsv the rows of a full catalogue that have a card; return how many.

    Raises CardError for a card without a row, or with another title, URL or licence than its row.
    """
    rows = {(row["source"], row["item_id"]): row for row in read(full)}
    used: list[dict[str, str]] = []
    for practice in read_corpus(data.corpus_dir()):
        path = f"corpus/{practice.id}.md"
        row = rows.get((practice.source, practice.item))
        if row is None:
            raise CardError(path, 2, f"a row '{practice.source}' '{practice.item}' in {full.name}")
        for key in ("version", "title", "url", "licence"):
            if getattr(practice, key) != (plain(row[key]) if key == "title" else row[key]):
                raise CardError(path, 2, f"{key} {row[key]!r} as in {full.name}")
        used.append(row)
    used.sort(key=lambda row: (row["source"], row["item_id"]))
    lines = ["\t".join(COLUMNS), *("\t".join(row[column] for column in COLUMNS) for row in used)]
    data.write_whole(data.corpus_dir() / "catalog.tsv", ("\n".join(lines) + "\n").encode())
    return len(used)
