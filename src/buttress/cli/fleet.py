"""fleet: many services at once."""

from __future__ import annotations

from pathlib import Path

import typer

app = typer.Typer(
    help="Review many services at once: a report each, and a ranking of all.", no_args_is_help=True
)


@app.callback()
def _fleet() -> None:
    """Review many services at once."""


@app.command("review", epilog="Example: buttress fleet review services/ --output reports/")
def review(
    folder: Path = typer.Argument(
        ..., help="A folder with one folder (or document) a service, or a text file of paths."
    ),
    output: Path = typer.Option(
        Path("buttress-fleet"), "--output", "-o", help="The folder for reports and ranking."
    ),
    workers: int = typer.Option(0, "--workers", min=0, help="Processes; 0 is one for each core."),
    fail_on: str | None = typer.Option(
        None, "--fail-on", help="Exit 1 when any service has a finding this severe."
    ),
) -> None:
    """Review every service of a folder on all cores: one report a service, a ranking of all."""
    from buttress.fleet import review_fleet
    from buttress.report.tables import table

    result = review_fleet(folder, output, workers=workers, progress=lambda text: typer.echo(text, err=True))
    rows = [
        [str(n), s.name, str(s.high), str(s.medium), str(s.low), str(s.questions), s.error or str(s.report)]
        for n, s in enumerate(result, 1)
    ]
    typer.echo(table(["#", "service", "HIGH", "MEDIUM", "LOW", "questions", "report"], rows), nl=False)
    worst = {"high": 1, "medium": 2, "low": 3}.get((fail_on or "").lower(), 0)
    if any(sum((s.high, s.medium, s.low)[:worst]) for s in result):
        raise typer.Exit(1)
