"""Standards of one's own: how long passages take to keep, and a query over 20,000 and 100,000 of them, beside FAISS flat and HNSW.

    python benchmarks/own_standards.py              random vectors of length 1: keeping and comparing; encoding apart, on sentences
    python benchmarks/own_standards.py --text       a handbook of 100,000 passages is written, added and searched as a user would (minutes)
    python benchmarks/own_standards.py --text 5000  the same with fewer

The handbook's passages are sentences of the shipped practices, two by two by chance, so that they are words as people write them.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
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
A_DOCUMENT = 500
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


def written(folder: Path, size: int) -> None:
    """Write a handbook of so many passages into a folder: 500 a file, each two sentences under a heading of its own."""
    chance = random.Random(0)
    known = [sentence for practice in cards().values() for sentence in practice.told()]
    for document in range(-(-size // A_DOCUMENT)):
        parts = []
        for n in range(min(A_DOCUMENT, size - document * A_DOCUMENT)):
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
        load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        print(f"shipped practices alone ({load}): {timed(None)}")
        print(f"and {size:,} passages of one's own: {timed(index)}")


def timed(place: Path | None) -> str:
    """Return what whole searches cost: first a process of their own, then one after the other in this one."""
    chance = random.Random(1)
    asked = [chance.choice(card.questions or card.signs or (card.title,)) for card in cards().values()]
    first, *queries = chance.sample(asked, 200)
    command = cost([*BUTTRESS, "search", first, *(["--index", str(place)] if place else [])], runs=3)
    start = time.perf_counter()
    search(first, own=place)
    cold = (time.perf_counter() - start) * 1e3
    times, computed = [], time.process_time()
    for query in queries:
        start = time.perf_counter()
        search(query, own=place)
        times.append((time.perf_counter() - start) * 1e3)
    computed = (time.process_time() - computed) / len(times) * 1e3
    return (
        f"median {statistics.median(times):.1f} ms, p95 {statistics.quantiles(times, n=20)[-1]:.1f} ms, slowest {max(times):.1f} ms "
        f"of {len(times)} whole searches, {computed:.1f} ms of processor time each; first in a process {cold:.0f} ms; "
        f"`buttress search` {command.seconds:.2f} s, {command.megabytes:.0f} MB"
    )


def compared() -> None:
    """Print what keeping and comparing cost with random vectors, beside FAISS."""
    print(
        "\n| passages | keep s | keep vectors s | file MB | first query ms | query ms | FAISS flat ms | FAISS HNSW ms (build s) |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", nargs="?", type=int, const=100_000, metavar="PASSAGES")
    if size := parser.parse_args().text:
        searched(size)
    else:
        compared()
        encoding()
