"""Many services at once: every core, one report a service, one ranking; one bad service never stops the rest."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from buttress.errors import ButtressError, SourceError


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """What came of one service: counts and the report's path, or the error that stopped it."""

    name: str
    path: str
    high: int = 0
    medium: int = 0
    low: int = 0
    questions: int = 0
    report: str = ""
    error: str = ""


def services(listed: Path) -> tuple[Path, ...]:
    """Return the services of a folder (its folders, or its documents when it has none) or of a text file of paths.

    Raises SourceError when there are none.
    """
    if listed.is_file():
        lines = (line.strip() for line in listed.read_text(encoding="utf-8").splitlines())
        found = tuple(listed.parent / line for line in lines if line and not line.startswith("#"))
    elif listed.is_dir():
        visible = sorted(p for p in listed.iterdir() if not p.name.startswith("."))
        found = tuple(p for p in visible if p.is_dir()) or tuple(p for p in visible if p.is_file())
    else:
        raise SourceError(str(listed), "no such folder or list of paths")
    if not found:
        raise SourceError(
            str(listed), "no service in it; expected a folder for each, or a line for each path"
        )
    return found


def review_fleet(
    listed: Path, output: Path, *, workers: int = 0, progress: Callable[[str], None] = lambda _: None
) -> tuple[ServiceResult, ...]:
    """Review every service and return the results, worst first; write `NAME.md`, `NAME.json` and `ranking.json` to `output`.

    A service that can't be read, or at which a worker fails, becomes a result with an error.
    """
    paths = services(listed)
    output.mkdir(parents=True, exist_ok=True)
    names = _names(paths)
    results: list[ServiceResult] = []
    count = max(1, min(workers or os.cpu_count() or 1, len(paths)))
    with ProcessPoolExecutor(count) as pool:
        jobs = {pool.submit(_one, str(path), names[path], str(output)): path for path in paths}
        for n, job in enumerate(as_completed(jobs), 1):
            path = jobs[job]
            failed = job.exception()
            result = (
                ServiceResult(names[path], str(path), error=f"stopped: {failed}") if failed else job.result()
            )
            results.append(result)
            progress(
                f"[{n}/{len(paths)}] {result.name}: {result.error or f'{result.high} HIGH, {result.medium} MEDIUM'}"
            )
    results.sort(key=lambda r: (bool(r.error), -r.high, -r.medium, -r.low, r.name))
    ranking = json.dumps([asdict(r) for r in results], ensure_ascii=False, indent=2) + "\n"
    (output / "ranking.json").write_text(ranking, encoding="utf-8")
    return tuple(results)


def _names(paths: tuple[Path, ...]) -> dict[Path, str]:
    """Return a file name for each path, unique and without anything but letters, digits, dot, hyphen and underscore."""
    names: dict[Path, str] = {}
    for path in paths:
        base = re.sub(r"[^\w.-]+", "-", path.stem if path.is_file() else path.name).strip(".-") or "service"
        name, n = base, 2
        while name in names.values():
            name, n = f"{base}-{n}", n + 1
        names[path] = name
    return names


def _one(path: str, name: str, output: str) -> ServiceResult:
    from buttress import pipeline
    from buttress.report import markdown, wire

    try:
        made = pipeline.review(path)
    except ButtressError as error:
        return ServiceResult(name, path, error=str(error))
    report = Path(output) / f"{name}.md"
    report.write_text(markdown.render(made), encoding="utf-8")
    report.with_suffix(".json").write_text(wire.render(made), encoding="utf-8")
    high, medium, low = (sum(f.severity == s for f in made.findings) for s in ("HIGH", "MEDIUM", "LOW"))
    return ServiceResult(name, path, high, medium, low, len(made.questions), report.name)
