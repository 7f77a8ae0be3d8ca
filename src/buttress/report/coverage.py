"""Which of the 204 review points are covered, and by what."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass

from buttress import data
from buttress.model.wire import json_text
from buttress.report.markdown import AREA_TITLES
from buttress.rules import Card, shipped


@dataclass(frozen=True, slots=True)
class Point:
    """One review point and the rules that find, ask or praise something under it."""

    id: str
    area: str
    text: str
    rules: tuple[str, ...]


def points(rules: Iterable[Card] | None = None) -> tuple[Point, ...]:
    """Return all review points, in the order of the brief, with those of `rules` that cover them, by default of all that come with Buttress."""
    covered: dict[str, list[str]] = {}
    for card in shipped() if rules is None else rules:
        for point in card.covers:
            covered.setdefault(point, []).append(card.id)
    with (data.ontology_dir() / "review-points.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return tuple(Point(r["id"], r["area"], r["point"], tuple(sorted(covered.get(r["id"], ())))) for r in rows)


def to_json(items: tuple[Point, ...]) -> str:
    """Return points as JSON text."""
    records = [{"id": p.id, "area": p.area, "point": p.text, "rules": list(p.rules)} for p in items]
    return json_text(records)


def to_text(items: tuple[Point, ...], *, whole: bool) -> str:
    """Return points by area with their rules; with `whole`, the count on top."""
    lines = []
    if not items:
        return "Every review point is covered by a rule; which ones: buttress coverage\n"
    if whole:
        done = sum(bool(p.rules) for p in items)
        lines += [f"{done} of {len(items)} review points are covered", ""]
    for area, title in AREA_TITLES.items():
        mine = [p for p in items if p.area == area]
        if mine:
            lines.append(f"{title}: {sum(bool(p.rules) for p in mine)} of {len(mine)}" if whole else title)
            lines += [f"  {'+' if p.rules else '-'} {p.text}  {', '.join(p.rules)}".rstrip() for p in mine]
    return "\n".join(lines) + "\n"
