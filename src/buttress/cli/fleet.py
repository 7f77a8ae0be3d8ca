"""fleet: many services at once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from buttress.cli.command import Command, count
from buttress.cli.output import say, write


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        type=Path,
        metavar="DIR|LIST",
        help="a folder of services (folders or documents), or a text file of paths",
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("buttress-fleet"), metavar="DIR",
        help="the folder for the reports (default: buttress-fleet)",
    )  # fmt: skip
    parser.add_argument(
        "-j",
        "--jobs",
        type=count(0, 1024),
        default=0,
        metavar="N",
        help="processes; 0 is one for each core (default: 0)",
    )
    parser.add_argument(
        "--fail-on",
        choices=["high", "medium", "low"],
        help="exit 1 when any service has a finding this severe",
    )


def review(given: argparse.Namespace) -> int:
    """Review every service; 2 when one couldn't be reviewed, 1 when one is as bad as `--fail-on`."""
    from buttress.fleet import review_fleet
    from buttress.report.tables import table

    on_terminal = sys.stderr.isatty()

    def progress(done: int, of: int, name: str) -> None:
        if on_terminal:
            sys.stderr.write(f"\r\x1b[K[{done}/{of}] {name[:60]}" if done < of else "\r\x1b[K")
            sys.stderr.flush()

    result = review_fleet(given.folder, given.output, jobs=given.jobs, progress=progress)
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
        return 2
    worst = {"high": 1, "medium": 2, "low": 3}.get(given.fail_on or "", 0)
    return 1 if any(sum((s.high, s.medium, s.low)[:worst]) for s in result) else 0


REVIEW = Command(
    name="fleet review",
    usage="[OPTIONS] DIR|LIST",
    summary="Review every service of a folder on all cores: a report each, and a ranking of all.",
    detail="""Every folder in DIR is a service; without folders, every document is. A service that can't be read is told and
    ranked last, the rest goes on, and the exit code is 2.""",
    examples=(
        "buttress fleet review services/ --output reports/",
        "buttress fleet review services.txt --jobs 4 --fail-on high",
    ),
    arguments=_arguments,
    run=review,
)
