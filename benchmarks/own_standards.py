"""Standards of one's own: how long passages take to keep, and a query over 20,000 and 100,000 of them, beside FAISS flat and HNSW.

Vectors are random, of length 1: what is measured is keeping and comparing, not what they mean. Encoding is measured apart, on sentences.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np

from buttress.retrieval import own
from buttress.retrieval.encoder import MINILM, OnnxEncoder
from buttress.retrieval.own.store import New, Store

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


if __name__ == "__main__":
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
    sentences = [
        f"Service {n} waits at most {n % 7} seconds for an answer of its neighbour." for n in range(512)
    ]
    encoder = OnnxEncoder()
    encoder.encode(sentences[:32])
    start = time.perf_counter()
    encoder.encode(sentences)
    print(f"\nencoding: {len(sentences) / (time.perf_counter() - start):.0f} sentences a second")
