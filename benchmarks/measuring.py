"""Runs commands in processes of their own and prints what they cost, beside an empty Python in the same run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOOKSHOP = ROOT / "examples" / "bookshop"
SERVICE = ROOT / "tests" / "box_office" / "services" / "orders"
EMPTY = [sys.executable, "-c", "pass"]
BUTTRESS = [sys.executable, "-m", "buttress"]
# As on a user's machine: modules are compiled once, not at every start.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
UNIT = 1024 if sys.platform != "darwin" else 1  # ru_maxrss counts kilobytes, on macOS bytes


@dataclass(frozen=True)
class Cost:
    """The median time and the largest memory of several runs of one command."""

    seconds: float
    megabytes: float


def cost(command: Sequence[str | Path], *, runs: int = 5) -> Cost:
    """Return what a command costs, process start included. Raises RuntimeError when it fails."""
    times, memory = [], 0.0
    for _ in range(runs):
        start = time.perf_counter()
        child = subprocess.Popen(
            [str(c) for c in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
        )
        _, status, usage = os.wait4(child.pid, 0)
        times.append(time.perf_counter() - start)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise RuntimeError(f"exit code {child.returncode}: {' '.join(map(str, command))}")
        memory = max(memory, usage.ru_maxrss * UNIT / 1e6)
    return Cost(statistics.median(times), memory)


def report(
    title: str, commands: Sequence[tuple[str, Sequence[str | Path], float | None]], *, runs: int = 5
) -> None:
    """Print a Markdown table: what, seconds, times an empty Python, peak memory, and the target in seconds."""
    base = cost(EMPTY, runs=runs)
    print(f"\n{title} (median of {runs}, Python {sys.version.split()[0]}, {os.cpu_count()} cores)\n")
    print("| what | seconds | × `python -c pass` | peak MB | target s |")
    print("|:--|--:|--:|--:|--:|")
    print(f"| `python -c pass` | {base.seconds:.3f} | 1.0 | {base.megabytes:.0f} | |")
    for what, command, target in commands:
        made = cost(command, runs=runs)
        shown = f"{target:g}" if target else ""
        print(
            f"| {what} | {made.seconds:.3f} | {made.seconds / base.seconds:.1f} | {made.megabytes:.0f} | {shown} |"
        )
