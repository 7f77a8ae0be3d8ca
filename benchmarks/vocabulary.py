"""How long the vocabulary takes to load, and how long its indexes take to build at first use."""

from __future__ import annotations

import statistics
import subprocess
import sys

from measuring import EMPTY, cost

RUNS = 7
PROGRAM = """
import time
from buttress.vocabulary import load
start = time.perf_counter()
words = load()
loaded = time.perf_counter()
words.find_technologies("PostgreSQL behind nginx")
words.find_topics("retries with backoff")
print(loaded - start, time.perf_counter() - loaded, len(words.technologies), len(words.topics))
"""

if __name__ == "__main__":
    rows = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(RUNS)
    ]
    load, index = (statistics.median(float(row[n]) for row in rows) for n in (0, 1))
    base = cost(EMPTY, runs=RUNS).seconds
    print(
        f"\nVocabulary: {rows[0][2]} technologies, {rows[0][3]} topics (median of {RUNS} fresh processes)\n"
    )
    print("| what | milliseconds | × `python -c pass` | target ms |")
    print("|:--|--:|--:|--:|")
    print(f"| `python -c pass` | {base * 1e3:.1f} | 1.0 | |")
    print(f"| load | {load * 1e3:.1f} | {load / base:.1f} | 20 |")
    print(f"| build the indexes of names and phrases | {index * 1e3:.1f} | {index / base:.1f} | |")
