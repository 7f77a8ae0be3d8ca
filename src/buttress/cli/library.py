"""explain, search, coverage: what Buttress knows, and where from."""

from __future__ import annotations

from typing import Annotated

import typer

from buttress.cli.form import (
    Command,
    Output,
    OwnIndex,
    OwnRules,
    Table,
    TableFormat,
    by_ending,
    check_area,
    examples,
)
from buttress.cli.output import progress, write
from buttress.model.wire import json_text

app = typer.Typer()


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] NAME [PATH...]",
    epilog=examples(
        "buttress explain shared-database",
        "buttress explain shared-database@orders-db docs/ deploy/",
        "buttress explain twelve-factor/factor-iii",
    ),
)
def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A rule, a practice (source/item) or a finding's id (rule@subject)."
        ),
    ],
    path: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="What was reviewed: shows what the rule says there, and why."),
    ] = None,
    rules: OwnRules = None,
    index: OwnIndex = None,
    output: Output = None,
) -> None:
    """Explain a rule, a practice or a finding: why, what to do, in Python, and the sources.

    With PATHs, what the rule finds there stands first: each finding's id, its way through the system and all its evidence.
    """
    import datetime

    from buttress import settings
    from buttress.report import explain as page
    from buttress.retrieval import own

    made = None
    cards = settings.cards(path or ["."], rules=rules)
    if path:
        with progress("reviewing"):
            made, _ = settings.review(path, rules=rules, index=index, today=datetime.date.today())
    write(page.page(name, own=own.standards(own.find(index)), cards=cards, review=made), output)


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] TEXT",
    epilog=examples(
        'buttress search "requests pile up when one dependency is slow"',
        'buttress search "passwords in git" --area security --limit 3 --format json',
        "buttress search - < incident.md",
    ),
)
def search(
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="A symptom, a question or a few words; - is standard input."),
    ],
    limit: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="At most N practices.")] = 10,
    area: Annotated[str | None, typer.Option(metavar="AREA", help="Prefer practices of this area.")] = None,
    technology: Annotated[
        str | None, typer.Option(metavar="NAME", help="Prefer practices about this technology.")
    ] = None,
    index: OwnIndex = None,
    format_: TableFormat = None,
    output: Output = None,
) -> None:
    """Find the published practices that bear on a text, best first."""
    import sys

    from buttress.retrieval import own
    from buttress.retrieval.searching import search as find

    check_area(area)
    text = sys.stdin.read() if text == "-" else text
    with progress("searching"):
        hits = find(text, limit=limit, area=area, technology=technology, own=own.find(index))
    if by_ending(format_, output, Table) == "json":
        records = [
            {"id": h.id, "source": h.source, "item": h.item, "title": h.title, "url": h.url, "score": round(h.score, 4), "passage": h.passage}
            for h in hits
        ]  # fmt: skip
        write(json_text(records), output)
        return
    shown = [
        f"{h.score:.2f}  {h.source}: {h.title}\n      {h.passage}\n      {h.id}  {h.url}\n" for h in hits
    ]
    write("".join(shown) or "nothing found\n", output)


@app.command(
    cls=Command,
    options_metavar="[OPTIONS]",
    epilog=examples("buttress coverage", "buttress coverage --uncovered", "buttress coverage --format json"),
)
def coverage(
    uncovered: Annotated[
        bool, typer.Option("--uncovered", help="Only the points that nothing covers.")
    ] = False,
    rules: OwnRules = None,
    format_: TableFormat = None,
    output: Output = None,
) -> None:
    """Show which of the review points are covered, and by which rules, those of your own among them."""
    from buttress import settings
    from buttress.report import coverage as page

    points = page.points(settings.cards(["."], rules=rules))
    if uncovered:
        points = tuple(p for p in points if not p.rules)
    text = (
        page.to_json(points)
        if by_ending(format_, output, Table) == "json"
        else page.to_text(points, whole=not uncovered)
    )
    write(text, output)
