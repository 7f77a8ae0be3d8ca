"""rules list, new, test: the rules that come with Buttress, and rules of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buttress.cli.form import (
    Command,
    Group,
    Output,
    OwnIndex,
    OwnRules,
    Table,
    TableFormat,
    by_ending,
    check_area,
    examples,
)
from buttress.cli.output import progress, say, write
from buttress.model.wire import json_text

if TYPE_CHECKING:
    from typer._click import Context


class _Rules(Group):
    """The group; without a word behind it, or with options only, it lists."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse the words behind `rules`, `list` put in where no command is named."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Rules,
    help="The rules, and rules of your own. Without a command: list.",
    options_metavar="",
    subcommand_metavar="[COMMAND] ...",
)


@app.command(
    "list",
    cls=Command,
    options_metavar="[OPTIONS]",
    epilog=examples(
        "buttress rules list", "buttress rules list --area resilience", "buttress rules list --format json"
    ),
)
def list_(
    area: Annotated[str | None, typer.Option(metavar="AREA", help="Only the rules of this area.")] = None,
    rules: OwnRules = None,
    format_: TableFormat = None,
    output: Output = None,
) -> None:
    """List the rules: id, severity, and whether each finds, asks or praises."""
    from buttress import settings
    from buttress.report.tables import table
    from buttress.rules import AREAS

    check_area(area)
    cards = sorted(
        (c for c in settings.cards(["."], rules=rules) if area in (None, c.area)),
        key=lambda c: (AREAS.index(c.area), c.id),
    )
    records: list[dict[str, Any]] = [
        {"id": c.id, "area": c.area, "severity": c.severity, "title": c.title, "effort": c.effort, "days": c.days,
         "does": [k for k, q in (("finds", c.finds), ("asks", c.asks), ("praises", c.praises)) if q],
         "covers": list(c.covers), "cites": list(c.cites)}
        for c in cards
    ]  # fmt: skip
    rows = [[r["id"], r["area"], r["severity"], ", ".join(r["does"]), r["title"]] for r in records]
    shown = (
        json_text(records)
        if by_ending(format_, output, Table) == "json"
        else table(["rule", "area", "severity", "does", "title"], rows, widest=120)
    )
    write(shown, output)


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] NAME",
    epilog=examples(
        "buttress rules new payments-without-audit --area security",
        "buttress rules new queue-of-nobody --area data-flow --rules ci/rules",
    ),
)
def new(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="What the rule finds, in small letters and hyphens: shared-database."
        ),
    ],
    area: Annotated[
        str, typer.Option(metavar="AREA", help="The area that it belongs to.")
    ] = "system-architecture",
    rules: Annotated[Path, typer.Option(metavar="DIR", help="The folder of your rules.")] = Path("rules"),
) -> None:
    """Write a card for a rule of your own, with examples that pass.

    Change it into what you look for. It holds why, what to do, the queries that find, ask and praise, and diagrams in which they must and must not.
    Run it with: buttress review PATH... --rules DIR. An existing card is never written over.
    """
    from buttress import scaffold

    check_area(area)
    path = scaffold.write(name, area=area, folder=rules)
    write(f"{path}\n")
    say(f"change it, then: buttress rules test {rules}")


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] DIR",
    epilog=examples("buttress rules test rules/", "buttress rules test ontology/rules"),
)
def test(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder AREA/RULE.md with rule cards.")],
    index: OwnIndex = None,
) -> None:
    """Run the examples of every card in a folder; exit 1 when one isn't as it is marked.

    What a card covers and cites must be there, too. Each mistake is one line: file, line, what was found and what was expected.
    """
    from buttress.errors import SourceError
    from buttress.report.summary import plural
    from buttress.retrieval import own
    from buttress.trials import trial

    if not folder.is_dir():
        raise SourceError(str(folder), "no such folder of rule cards")
    with progress("running the examples"):
        cards, failures = trial(folder, own=own.standards(own.find(index)))
    if not cards and not failures:
        raise SourceError(
            str(folder), "there is no rule card AREA/RULE.md in it; write one with: buttress rules new NAME"
        )
    for failure in failures:
        write(f"{failure}\n")
    examples_run = plural(sum(len(card.examples) for card in cards), "example")
    wrong = len({failure.path for failure in failures})
    told = f"{plural(wrong, 'card')} with mistakes" if wrong else "all as marked"
    say(f"{plural(len(cards), 'card')}, {examples_run}, {told}")
    if failures:
        raise typer.Exit(1)
