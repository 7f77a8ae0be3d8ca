"""explain, rules, search, coverage: what Buttress knows, and where from."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from buttress.cli.command import Command, count
from buttress.cli.output import progress, write


def _outputs(parser: argparse.ArgumentParser, *, formats: bool = True) -> None:
    if formats:
        parser.add_argument(
            "-f",
            "--format",
            choices=["terminal", "json"],
            default="terminal",
            help="what to print (default: terminal)",
        )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to FILE, whole or not at all, not to stdout"
    )


def own_index(parser: argparse.ArgumentParser) -> None:
    """Declare the option that names the folder of the user's own practices."""
    parser.add_argument(
        "--index", type=Path, metavar="DIR", help="practices of your own (default: the nearest .buttress/)"
    )


def _json(records: Sequence[dict[str, Any]]) -> str:
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


def _explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", metavar="NAME", help="a rule, a practice (source/item) or a finding's id (rule@subject)"
    )
    own_index(parser)
    _outputs(parser, formats=False)


def explain(given: argparse.Namespace) -> int:
    """Print the page of a rule, practice or finding."""
    from buttress.report import explain as page
    from buttress.retrieval import own

    write(page.page(given.name, own=own.cards(own.find(given.index))), given.output)
    return 0


def _area(given: argparse.Namespace) -> str | None:
    from buttress.errors import UnknownName
    from buttress.rules import AREAS

    if given.area is not None and given.area not in AREAS:
        raise UnknownName.of("area", given.area, known=AREAS)
    return None if given.area is None else str(given.area)


def _rules_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--area", metavar="AREA", help="only the rules of this area")
    _outputs(parser)


def rules(given: argparse.Namespace) -> int:
    """Print the rules, by area."""
    from buttress.report.tables import table
    from buttress.rules import AREAS, shipped

    area = _area(given)
    cards = sorted(
        (c for c in shipped() if area in (None, c.area)), key=lambda c: (AREAS.index(c.area), c.id)
    )
    records: list[dict[str, Any]] = [
        {"id": c.id, "area": c.area, "severity": c.severity, "title": c.title, "effort": c.effort, "days": c.days,
         "does": [k for k, q in (("finds", c.finds), ("asks", c.asks), ("praises", c.praises)) if q],
         "covers": list(c.covers), "cites": list(c.cites)}
        for c in cards
    ]  # fmt: skip
    rows = [[r["id"], r["area"], r["severity"], ", ".join(r["does"]), r["title"]] for r in records]
    shown = (
        _json(records)
        if given.format == "json"
        else table(["rule", "area", "severity", "does", "title"], rows, widest=120)
    )
    write(shown, given.output)
    return 0


def _search_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text", metavar="TEXT", help="a symptom, a question or a few words; - is standard input"
    )
    parser.add_argument(
        "--limit", type=count(1, 100), default=10, metavar="N", help="at most N practices (default: 10)"
    )
    parser.add_argument("--area", metavar="AREA", help="prefer practices of this area")
    parser.add_argument("--technology", metavar="NAME", help="prefer practices about this technology")
    own_index(parser)
    _outputs(parser)


def search(given: argparse.Namespace) -> int:
    """Print the practices nearest to a text."""
    import sys

    from buttress.retrieval import own
    from buttress.retrieval.searching import search as find

    area = _area(given)
    text = sys.stdin.read() if given.text == "-" else given.text
    with progress("searching"):
        hits = find(
            text, limit=given.limit, area=area, technology=given.technology, own=own.find(given.index)
        )
    if given.format == "json":
        records = [
            {"source": h.source, "item": h.item, "title": h.title, "url": h.url, "score": round(h.score, 4), "passage": h.passage}
            for h in hits
        ]  # fmt: skip
        write(_json(records), given.output)
        return 0
    shown = [f"{h.score:.2f}  {h.source}: {h.title}\n      {h.passage}\n      {h.url}\n" for h in hits]
    write("".join(shown) or "nothing found\n", given.output)
    return 0


def _coverage_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--uncovered", action="store_true", help="only the points that nothing covers")
    _outputs(parser)


def coverage(given: argparse.Namespace) -> int:
    """Print the review points and what covers each."""
    from buttress.report import coverage as page

    points = page.points()
    if given.uncovered:
        points = tuple(p for p in points if not p.rules)
    text = page.to_json(points) if given.format == "json" else page.to_text(points, whole=not given.uncovered)
    write(text, given.output)
    return 0


EXPLAIN = Command(
    name="explain",
    usage="[OPTIONS] NAME",
    summary="Explain a rule, a practice or a finding: why, what to do, in Python, and the sources.",
    examples=(
        "buttress explain shared-database",
        "buttress explain shared-database@orders-db",
        "buttress explain twelve-factor/factor-iii",
    ),
    arguments=_explain_arguments,
    run=explain,
)
RULES = Command(
    name="rules",
    usage="[OPTIONS]",
    summary="List the rules: id, severity, and whether each finds, asks or praises.",
    examples=("buttress rules --area resilience", "buttress rules --format json"),
    arguments=_rules_arguments,
    run=rules,
)
SEARCH = Command(
    name="search",
    usage="[OPTIONS] TEXT",
    summary="Find the published practices that bear on a text, best first.",
    examples=(
        'buttress search "requests pile up when one dependency is slow"',
        'buttress search "passwords in git" --area security --limit 3 --format json',
        "buttress search - < incident.md",
    ),
    arguments=_search_arguments,
    run=search,
)
COVERAGE = Command(
    name="coverage",
    usage="[OPTIONS]",
    summary="Show which of the review points are covered, and by which rules.",
    examples=("buttress coverage", "buttress coverage --uncovered", "buttress coverage --format json"),
    arguments=_coverage_arguments,
    run=coverage,
)
