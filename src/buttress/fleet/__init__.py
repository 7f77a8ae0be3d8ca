"""Many services at once: every core, one report a service, one ranking; one bad service never stops the rest."""

from __future__ import annotations

import datetime
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path

from buttress.errors import ButtressError, OptionError, SourceError
from buttress.model.wire import json_text

Progress = Callable[[int, int, str], None]
Task = tuple[str, str, str, str]  # path, name, output, baseline
RANKING = "ranking.json"


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """What came of one service: counts and the report's file name, or the error that stopped it."""

    name: str
    path: str
    high: int = 0
    medium: int = 0
    low: int = 0
    questions: int = 0
    report: str = ""
    error: str = ""


def services(listed: Path, *, apart_from: Path | None = None) -> tuple[Path, ...]:
    """Return the services of a folder (its folders, or its files when it has none) or of a text of paths; `-` is standard input.

    `apart_from` is left out, so that reports kept inside the folder aren't reviewed. Raises SourceError when there are none.
    """
    if str(listed) == "-" or listed.is_file():
        try:
            text = sys.stdin.read() if str(listed) == "-" else listed.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise SourceError(str(listed), "not a text file of paths") from error
        lines = [line.strip() for line in text.splitlines()]
        found = tuple(listed.parent / line for line in lines if line and not line.startswith("#"))
    elif listed.is_dir():
        left_out = apart_from.resolve() if apart_from is not None else None
        visible = sorted(
            p for p in listed.iterdir() if not p.name.startswith(".") and p.absolute() != left_out
        )
        found = tuple(p for p in visible if not p.is_file()) or tuple(visible)
    else:
        raise SourceError(str(listed), "no such folder or list of paths")
    if not found:
        raise SourceError(
            str(listed), "no service in it; expected a folder for each, or a line for each path"
        )
    return found


def review_fleet(
    listed: Path,
    output: Path,
    *,
    jobs: int = 0,
    baseline: Path | None = None,
    progress: Progress = lambda _done, _of, _name: None,
) -> tuple[ServiceResult, ...]:
    """Review every service and return the results, worst first; write NAME.md, NAME.json, ranking.md and ranking.json.

    A service that can't be read, or whose review breaks or kills its process, becomes a result with an error. The order and the
    files don't depend on `jobs`. `baseline` is an earlier `output`: only what is new or worse counts; of a service that isn't in
    it, all is. Raises SourceError without any service, or when `output` can't be written.
    """
    paths = services(listed, apart_from=output)
    if baseline is not None and not (baseline / RANKING).is_file():
        raise SourceError(str(baseline), "no reports of a fleet; a baseline is an earlier --output")
    if baseline is not None and baseline.resolve() == output.resolve():
        raise OptionError(
            f"{output}: the reports would take the place of the baseline; name another --output"
        )
    try:
        output.mkdir(parents=True, exist_ok=True)
        if not os.access(output, os.W_OK):
            raise PermissionError(13, "permission denied")
    except OSError as error:
        raise SourceError(str(output), f"can't be written: {error.strerror or error}") from error
    names = _names(paths)
    results: list[ServiceResult] = []
    for result in _results(
        [(str(path), names[path], str(output), str(baseline or "")) for path in paths],
        jobs or os.cpu_count() or 1,
    ):
        results.append(result)
        progress(len(results), len(paths), result.name)
    results.sort(key=lambda r: (bool(r.error), -r.high, -r.medium, -r.low, r.name))
    ranking = json_text([asdict(r) for r in results])
    (output / RANKING).write_text(ranking, encoding="utf-8", errors="replace")
    (output / "ranking.md").write_text(_markdown(results), encoding="utf-8", errors="replace")
    return tuple(results)


def _results(todo: Sequence[Task], jobs: int) -> Iterator[ServiceResult]:
    """Yield a result for each service as it is done; those lost with a dead pool are tried again, each in a process of its own."""
    lost: list[Task] = []
    pool = ProcessPoolExecutor(max(1, min(jobs, len(todo))), initializer=_leave_interrupts)
    try:
        running = {pool.submit(_one, *task): task for task in todo}
        for future in as_completed(running):
            if isinstance(future.exception(), BrokenProcessPool):
                lost.append(running[future])
            else:
                yield _settled(future, running[future])
    finally:  # after Ctrl-C, here or where the results are taken, what hasn't begun doesn't begin
        pool.shutdown(cancel_futures=True)
    for task in sorted(lost):
        with ProcessPoolExecutor(1, initializer=_leave_interrupts) as pool:
            future = pool.submit(_one, *task)
            future.exception()
        yield _settled(future, task)


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the parent process, which ends the pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _settled(future: Future[ServiceResult], task: Task) -> ServiceResult:
    path, name, _, _ = task
    failed = future.exception()
    if failed is None:
        return future.result()
    if isinstance(failed, BrokenProcessPool):
        return ServiceResult(name, path, error="its review ended the process (out of memory?)")
    return ServiceResult(name, path, error=f"its review broke: {type(failed).__name__}: {failed}")


def _names(paths: Sequence[Path]) -> dict[Path, str]:
    """Return a file name for each path, unique (case aside) and of letters, digits, dot, hyphen and underscore only."""
    names: dict[Path, str] = {}
    taken = {"ranking"}
    for path in paths:
        base = re.sub(r"[^\w.-]+", "-", path.stem if path.is_file() else path.name).strip(".-") or "service"
        name, n = base, 2
        while name.lower() in taken:
            name, n = f"{base}-{n}", n + 1
        names[path] = name
        taken.add(name.lower())
    return names


def _one(path: str, name: str, output: str, baseline: str) -> ServiceResult:
    from buttress import settings
    from buttress.report import markdown, wire

    before = Path(baseline) / f"{name}.json" if baseline else None
    try:
        made, diagnostics = settings.review(
            [path],
            today=datetime.date.today(),
            baseline=before if before and before.is_file() else None,
        )
    except ButtressError as error:
        return ServiceResult(name, path, error=str(error).removeprefix(f"{path}: "))
    broken = [d for d in diagnostics if d.level == "error"]
    if broken and not made.graph.components:
        return ServiceResult(name, path, error=f"nothing could be read: {broken[0]}")
    report = Path(output) / f"{name}.md"
    report.write_text(markdown.render(made), encoding="utf-8", errors="replace")
    (Path(output) / f"{name}.json").write_text(wire.render(made), encoding="utf-8", errors="replace")
    high, medium, low = (sum(f.severity == s for f in made.findings) for s in ("HIGH", "MEDIUM", "LOW"))
    return ServiceResult(name, path, high, medium, low, len(made.questions), report.name)


def _markdown(results: Sequence[ServiceResult]) -> str:
    lines = [
        "# Fleet ranking",
        "",
        "| # | Service | HIGH | MEDIUM | LOW | Questions |",
        "|--:|:--|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {n} | [{r.name}]({r.report}) | {r.high} | {r.medium} | {r.low} | {r.questions} |"
        for n, r in enumerate(results, 1)
        if not r.error
    ]
    failed = [r for r in results if r.error]
    if failed:
        lines += ["", "## Not reviewed", "", *[f"- {r.name}: {r.error}" for r in failed]]
    return "\n".join(lines) + "\n"
