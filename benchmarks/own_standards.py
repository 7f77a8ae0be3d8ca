"""Standards of one's own: how long passages take to keep, and a query over 20,000 and 100,000 of them, beside FAISS flat and HNSW.

    python benchmarks/own_standards.py              random vectors of length 1: keeping and comparing; whole searches; encoding apart
    python benchmarks/own_standards.py --text       a handbook of 100,000 passages is written, added and searched as a user would (minutes)
    python benchmarks/own_standards.py --text 5000  the same with fewer
    python benchmarks/own_standards.py --kill       additions are killed at many moments and gone on with; two add at once; all is counted

The handbook's passages are sentences of the shipped practices, two by two by chance, so that they are words as people write them.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
from measuring import BUTTRESS, cost

from buttress.retrieval import own
from buttress.retrieval.cards import cards
from buttress.retrieval.encoder import MINILM, OnnxEncoder
from buttress.retrieval.own.adding import add
from buttress.retrieval.own.store import New, Store
from buttress.retrieval.searching import search

SIZES = (20_000, 100_000)
DIMENSIONS = 384
A_DOCUMENT, A_SMALL_DOCUMENT = 500, 40
HNSW_UP_TO = 20_000  # building one for 100,000 takes minutes


def median_ms(call: Callable[[], object], runs: int = 9) -> float:
    """Return the median of several calls in milliseconds, the first left out."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times[1:])


def filled(folder: Path, size: int) -> tuple[float, float, np.ndarray]:
    """Return the seconds that keeping the passages and their vectors took, and the vectors."""
    store = Store(folder)
    store.note(model=MINILM)
    random = np.random.default_rng(0)
    start = time.perf_counter()
    for document in range(size // A_DOCUMENT):
        name = f"standard-{document}.md"
        rows = [New(name, n, n, "Heading", f"{name} {n}", f"{name} {n}") for n in range(1, A_DOCUMENT + 1)]
        store.put(name, str(document), name, rows)
    kept = time.perf_counter() - start
    start = time.perf_counter()
    every = []
    while batch := store.pending(2_048):
        vectors = random.normal(size=(len(batch), DIMENSIONS)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        store.encoded([id_ for id_, _ in batch], vectors)
        every.append(vectors)
    return kept, time.perf_counter() - start, np.concatenate(every)


def written(folder: Path, size: int, *, of: int = A_DOCUMENT) -> None:
    """Write a handbook of so many passages into a folder: `of` a file, each two sentences under a heading of its own."""
    chance = random.Random(0)
    known = [sentence for practice in cards().values() for sentence in practice.told()]
    for document in range(-(-size // of)):
        parts = []
        for n in range(min(of, size - document * of)):
            first, second = chance.sample(known, 2)
            parts.append(f"## Rule {document}.{n}\n\n{first} {second}\n")
        (folder / f"handbook-{document}.md").write_text("\n".join(parts), encoding="utf-8")


def searched(size: int) -> None:
    """Print what adding a handbook costs, and searches over it and the shipped practices: a process's first, and those after it."""
    with tempfile.TemporaryDirectory() as name:
        handbook, index = Path(name) / "handbook", Path(name) / ".buttress"
        handbook.mkdir()
        written(handbook, size)
        start = time.perf_counter()
        add([handbook], index)
        print(f"\nadded in {time.perf_counter() - start:.0f} s: {own.status_text(index).splitlines()[0]}")
        print(f"shipped practices alone ({load()}): {timed(None)}")
        print(f"and {size:,} passages of one's own: {timed(index)}")


def timed(place: Path | None) -> str:
    """Return what whole searches cost: first a process of their own, then one after the other in this one."""
    first, *queries = questions(201)
    command = cost([*BUTTRESS, "search", first, *(["--index", str(place)] if place else [])], runs=3)
    start = time.perf_counter()
    search(first, own=place)
    cold = (time.perf_counter() - start) * 1e3
    return f"{costs(queries, place)}; first in a process {cold:.0f} ms; `buttress search` {command.seconds:.2f} s, {command.megabytes:.0f} MB"


def questions(number: int) -> list[str]:
    """Return so many texts to search by: a question or sign each of as many shipped practices."""
    chance = random.Random(1)
    asked = [chance.choice(card.questions or card.signs or (card.title,)) for card in cards().values()]
    return chance.sample(asked, number)


def costs(queries: list[str], place: Path | None) -> str:
    """Return median and 95th percentile of what whole searches take, by the clock and of the processors, encoding included."""
    clock, computed = [], []
    for query in queries:
        start, before = time.perf_counter(), time.process_time()
        search(query, own=place)
        clock.append((time.perf_counter() - start) * 1e3)
        computed.append((time.process_time() - before) * 1e3)
    return "; ".join(
        f"{name} p50 {statistics.median(times):.1f} ms, p95 {statistics.quantiles(times, n=20)[-1]:.1f} ms"
        for name, times in (("by the clock", clock), ("of processor time", computed))
    )


def load() -> str:
    """Return how busy the machine is besides."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def compared() -> None:
    """Print what keeping and comparing cost with random vectors, beside FAISS."""
    print(
        "\n| passages | keep s | keep vectors s | file MB | first query ms | query ms | FAISS flat ms | FAISS HNSW ms (build s) |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    searches = [f"shipped practices alone ({load()}): {costs(questions(100), None)}"]
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            kept, stored, vectors = filled(Path(folder), size)
            query = vectors[:1]

            def ask(place: Path = Path(folder), query: np.ndarray = query) -> object:
                return own.nearest(place, query, model=MINILM, limit=10)

            start = time.perf_counter()
            ask()
            first = (time.perf_counter() - start) * 1e3
            flat = faiss.IndexFlatIP(DIMENSIONS)
            flat.add(vectors)
            plain = median_ms(lambda flat=flat, query=query: flat.search(query, 120))
            hnsw = "–"
            if size <= HNSW_UP_TO:
                graph = faiss.IndexHNSWFlat(DIMENSIONS, 32, faiss.METRIC_INNER_PRODUCT)
                start = time.perf_counter()
                graph.add(vectors)
                built = time.perf_counter() - start
                hnsw = f"{median_ms(lambda graph=graph, query=query: graph.search(query, 120)):.1f} ({built:.0f})"
            megabytes = Store(Path(folder)).path.stat().st_size / 1e6
            print(
                f"| {size:,} | {kept:.1f} | {stored:.1f} | {megabytes:.0f} | {first:.0f} | {median_ms(ask):.1f} | {plain:.1f} | {hnsw} |"
            )
            searches.append(f"{size:,} passages ({load()}): {costs(questions(100), Path(folder))}")
    print("\nWhole searches, encoding and the shipped practices included (target: 50 ms):")
    print("\n".join(searches))


def encoding() -> None:
    """Print how many sentences a second are encoded."""
    sentences = [
        f"Service {n} waits at most {n % 7} seconds for an answer of its neighbour." for n in range(512)
    ]
    encoder = OnnxEncoder()
    encoder.encode(sentences[:32])
    start = time.perf_counter()
    encoder.encode(sentences)
    print(f"\nencoding: {len(sentences) / (time.perf_counter() - start):.0f} sentences a second")


def killed(size: int) -> None:
    """Kill additions at many moments, go on each time, then let two processes add at once; print what was held each time."""
    with tempfile.TemporaryDirectory() as name:
        handbook, index = Path(name) / "handbook", Path(name) / ".buttress"
        handbook.mkdir()
        written(handbook, size, of=A_SMALL_DOCUMENT)
        command = [*BUTTRESS, "index", "add", str(handbook), "--index", str(index)]
        chance, kills, moments = random.Random(2), 0, []
        while True:
            child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                # Longer each time, so that it ends on a busy machine too.
                child.wait(chance.uniform(1.0, 4.0) * (1 + kills / 3))
                break
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                child.wait()
                kills += 1
                moments.append(sound(index))
        counts = ", ".join(str(n) for n in moments)
        print(
            f"\nkilled {kills} times; passages in use after each: {counts}; after going on: {sound(index)} of {size}"
        )
    with tempfile.TemporaryDirectory() as name:
        index, halves = Path(name) / ".buttress", [Path(name) / half for half in ("first", "second")]
        for half in halves:
            half.mkdir()
            written(half, size // 2, of=A_SMALL_DOCUMENT)
        children = [
            subprocess.Popen(
                [*BUTTRESS, "index", "add", str(half), str(halves[0]), "--index", str(index)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for half in halves
        ]
        ended = [child.wait() for child in children]
        print(f"two at once ended with {ended}; passages in use: {sound(index)} of {size // 2 * 2}")


def sound(index: Path) -> int:
    """Return how many passages are in use; raises when the file is broken, or a document in use isn't whole."""
    store = Store(index)
    if not store.path.is_file():
        return 0
    store.check()
    with sqlite3.connect(store.path) as link:
        without = link.execute(
            "SELECT count(*) FROM passages p JOIN documents d ON d.id = p.document WHERE current = 1 AND vector IS NULL"
        ).fetchone()[0]
    partly = [d.path for d in store.documents() if d.passages != A_SMALL_DOCUMENT]
    if without or partly:
        raise RuntimeError(f"{without} passages in use have no vector; not whole: {partly}")
    return sum(document.passages for document in store.documents())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", nargs="?", type=int, const=100_000, metavar="PASSAGES")
    parser.add_argument("--kill", nargs="?", type=int, const=1_600, metavar="PASSAGES")
    given = parser.parse_args()
    if given.text:
        searched(given.text)
    elif given.kill:
        killed(given.kill)
    else:
        compared()
        encoding()
