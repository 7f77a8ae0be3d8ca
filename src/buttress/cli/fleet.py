"""fleet: many services at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from buttress.cli.form import Command, Group, Severity, examples, one_of
from buttress.cli.output import failed, is_terminal, say, write

app = typer.Typer(
    cls=Group, help="Many services at once.", options_metavar="", subcommand_metavar="COMMAND ..."
)


@app.command(
    cls=Command,
    options_metavar="[OPTIONS] DIR|LIST",
    epilog=examples(
        "buttress fleet review services/ --output reports/",
        "buttress fleet review services.txt --jobs 4 --fail-on high",
        "buttress fleet review services/ --baseline main/ --output reports/ --fail-on medium",
    ),
)
def review(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|LIST",
            help="A folder of services (folders or documents), or a text file of paths; - is stdin.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="The folder for the reports."),
    ] = Path("buttress-fleet"),
    jobs: Annotated[
        int,
        typer.Option("--jobs", "-j", min=0, max=1024, metavar="N", help="Processes; 0 is one for each core."),
    ] = 0,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="An earlier --output: only what is new or worse is shown and counts."
        ),
    ] = None,
    fail_on: Annotated[
        Severity | None,
        typer.Option(metavar=one_of(Severity), help="Exit 1 when any service has a finding this severe."),
    ] = None,
) -> None:
    """Review every service of a folder on all cores: a report each, and a ranking of all.

    Every folder in DIR is a service; without folders, every document is. A service that can't be read is told and
    ranked last, the rest goes on, and the exit code is 2.
    """
    from buttress.fleet import review_fleet
    from buttress.report.tables import table

    on_terminal = is_terminal(sys.stderr)

    def progress(done: int, of: int, name: str) -> None:
        if on_terminal:
            sys.stderr.write(f"\r\x1b[K[{done}/{of}] {name[:60]}" if done < of else "\r\x1b[K")
            sys.stderr.flush()

    result = review_fleet(folder, output, jobs=jobs, baseline=baseline, progress=progress)
    for service in result:
        if service.error:
            say(f"{service.path}: {service.error}")
    rows = [
        [str(n), s.name, *(("-",) * 4 if s.error else map(str, (s.high, s.medium, s.low, s.questions))),
         "not reviewed" if s.error else s.report]
        for n, s in enumerate(result, 1)
    ]  # fmt: skip
    write(table(["#", "service", "HIGH", "MEDIUM", "LOW", "questions", "report"], rows, widest=120))
    if any(s.error for s in result):
        raise typer.Exit(2)
    worst = {"high": 1, "medium": 2, "low": 3}.get(fail_on or "", 0)
    if failing := sum(sum((s.high, s.medium, s.low)[:worst]) for s in result):
        say(failed(failing, str(fail_on)))
        raise typer.Exit(1)
