"""explain, rules, search, coverage, index: what Buttress knows, and where from."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from buttress.cli.output import write

index_app = typer.Typer(help="Build and look after the index of practices.", no_args_is_help=True)
FORMAT = typer.Option("terminal", "--format", "-f", help="terminal or json.")
OUTPUT = typer.Option(
    None, "--output", "-o", help="Write to this file (whole or not at all) instead of stdout."
)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command(
        "explain", epilog="Examples: buttress explain shared-database · buttress explain twelve-factor/config"
    )(explain)
    app.command("rules", epilog="Example: buttress rules --area resilience")(rules)
    app.command("search", epilog='Example: buttress search "requests pile up when one dependency is slow"')(
        search
    )
    app.command("coverage", epilog="Example: buttress coverage --format json")(coverage)


def _checked(format_: str) -> str:
    from buttress.errors import OptionError

    if format_ not in ("terminal", "json"):
        raise OptionError(f"--format {format_}: expected terminal or json")
    return format_


def explain(
    name: str = typer.Argument(
        ..., help="A rule, a practice (source/item) or a finding's id (rule@subject)."
    ),
    output: Path | None = OUTPUT,
) -> None:
    """Explain a rule, a practice or a finding: why, what to do, in Python, and the sources."""
    from buttress.report import explain as page

    write(page.page(name), output)


def rules(
    area: str | None = typer.Option(None, "--area", help="Only the rules of this area."),
    format_: str = FORMAT,
    output: Path | None = OUTPUT,
) -> None:
    """List the rules: id, severity, and what each one finds, asks or praises."""
    from buttress.errors import UnknownName
    from buttress.report.tables import table
    from buttress.rules import AREAS, shipped

    if area is not None and area not in AREAS:
        raise UnknownName.of("area", area, known=AREAS)
    cards = [c for c in shipped() if area in (None, c.area)]
    cards.sort(key=lambda c: (AREAS.index(c.area), c.id))
    kinds = [
        [k for k, q in (("finds", c.finds), ("asks", c.asks), ("praises", c.praises)) if q] for c in cards
    ]
    if _checked(format_) == "json":
        records = [
            {"id": c.id, "area": c.area, "severity": c.severity, "title": c.title, "effort": c.effort, "days": c.days,
             "does": k, "covers": list(c.covers), "cites": list(c.cites)}
            for c, k in zip(cards, kinds, strict=True)
        ]  # fmt: skip
        write(json.dumps(records, ensure_ascii=False, indent=2) + "\n", output)
        return
    rows = [[c.id, c.area, c.severity, ", ".join(k), c.title] for c, k in zip(cards, kinds, strict=True)]
    write(table(["rule", "area", "severity", "does", "title"], rows), output)


def search(
    text: str = typer.Argument(..., help="A symptom, a question or a few words."),
    limit: int = typer.Option(10, "--limit", min=1, max=100, help="At most so many practices."),
    area: str | None = typer.Option(None, "--area", help="Prefer practices of this area."),
    technology: str | None = typer.Option(
        None, "--technology", help="Prefer practices about this technology."
    ),
    format_: str = FORMAT,
    output: Path | None = OUTPUT,
) -> None:
    """Find the published practices that bear on a text, best first."""
    from buttress.errors import UnknownName
    from buttress.retrieval.searching import search as find
    from buttress.rules import AREAS

    if area is not None and area not in AREAS:
        raise UnknownName.of("area", area, known=AREAS)
    hits = find(text, limit=limit, area=area, technology=technology)
    if _checked(format_) == "json":
        records = [
            {"source": h.source, "item": h.item, "title": h.title, "url": h.url, "score": round(h.score, 4), "passage": h.passage}
            for h in hits
        ]  # fmt: skip
        write(json.dumps(records, ensure_ascii=False, indent=2) + "\n", output)
        return
    lines = [f"{h.score:.2f}  {h.source}: {h.title}\n      {h.passage}\n      {h.url}\n" for h in hits]
    write("".join(lines) or "nothing found\n", output)


def coverage(
    uncovered: bool = typer.Option(False, "--uncovered", help="Only the points that nothing covers."),
    format_: str = FORMAT,
    output: Path | None = OUTPUT,
) -> None:
    """Show which of the review points are covered, and by which rules and topics."""
    from buttress.report import coverage as page

    points = page.points()
    if uncovered:
        points = tuple(p for p in points if not p.rules)
    write(
        page.to_json(points) if _checked(format_) == "json" else page.to_text(points, whole=not uncovered),
        output,
    )


@index_app.command("status", epilog="Example: buttress index status")
def status() -> None:
    """Show what the index holds and whether it is fresh."""
    from buttress.retrieval import indexing

    write(indexing.status_text(), None)


@index_app.command("build", epilog="Example: buttress index build")
def build() -> None:
    """Build the index of practices anew from the corpus (a checkout with the encoder's weights is needed)."""
    from buttress.retrieval.build import build as make

    make()
    status()
