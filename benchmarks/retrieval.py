"""How well and how fast practices are found: every ranker over all labelled queries, in one run.

    python benchmarks/retrieval.py              the table, and what a search costs
    python benchmarks/retrieval.py --kinds      the same by kind of query and by area
    python benchmarks/retrieval.py --misses     what `search` puts first for the known queries that it answers worst

`queries/*.tsv` have one query a line and the practices that bear on it: squarely (3), usefully (2), loosely (1); all that isn't named is
irrelevant. Those of `practices.tsv`, `workday.tsv` and `oncall.tsv` are known: weights were chosen on them, and the index learns from them
(corpus/asked.tsv). Those of the other files are kept: nothing is chosen on them, and `--misses` doesn't show them.

nDCG@5 with gains 2^grade - 1. "among 3": queries with a squarely relevant practice among the first three, of those that have one at all.
"""

from __future__ import annotations

import argparse
import csv
import math
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from measuring import BUTTRESS, cost

from buttress.retrieval.codes import expanded
from buttress.retrieval.encoder import encoder_for
from buttress.retrieval.exact import Exact
from buttress.retrieval.searching import index, nearness, relevance, search
from buttress.retrieval.words import Words, terms

QUERIES = Path(__file__).parent / "queries"
GRADES = {"squarely": 3, "useful": 2, "related": 1}
# By name: the file, and whether it is known.
SETS = {
    "known": ("practices.tsv", True),
    "known too": ("workday.tsv", True),
    "known last": ("oncall.tsv", True),
    "kept": ("fresh.tsv", False),
    "kept too": ("workday-kept.tsv", False),
    "kept last": ("oncall-kept.tsv", False),
}


@dataclass(frozen=True)
class Query:
    """A text that somebody searches by, and the grade of every practice that bears on it."""

    area: str
    kind: str
    technology: str
    text: str
    grades: Mapping[str, int]
    set: str  # of SETS

    @property
    def kept(self) -> bool:
        """Whether it is for the final figure only."""
        return not SETS[self.set][1]


def read() -> tuple[Query, ...]:
    """Return the labelled queries; raises KeyError for a practice that has no card."""
    known = {practice.id for practice in index().practices}
    rows = []
    for name, (path, _) in SETS.items():
        with (QUERIES / path).open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            rows += [(row, name) for row in table]
    queries = []
    for row, name in rows:
        grades = {id_: grade for key, grade in GRADES.items() for id_ in row[key].split()}
        if unknown := grades.keys() - known:
            raise KeyError(f"{row['text']}: no card {', '.join(sorted(unknown))}")
        queries.append(Query(row["area"], row["kind"], row["technology"], row["text"], grades, name))
    return tuple(queries)


def ndcg(found: Sequence[str], grades: Mapping[str, int], at: int = 5) -> float:
    """Return the discounted gain of a ranking over that of the best one, in [0, 1]."""

    def gain(ordered: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(ordered[:at]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(id_, 0) for id_ in found]) / best


def quality(queries: Sequence[Query], rankings: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Return the mean nDCG@5 and the share of queries with a squarely relevant practice among the first three."""
    gains = [ndcg(found, query.grades) for query, found in zip(queries, rankings, strict=True)]
    hit = [
        any(query.grades.get(id_) == 3 for id_ in found[:3])
        for query, found in zip(queries, rankings, strict=True)
        if 3 in query.grades.values()
    ]
    return statistics.mean(gains), statistics.mean(hit)


def bm25(texts: Sequence[str], queries: Sequence[str]) -> np.ndarray:
    """Return Okapi BM25 of each query with each text (k1 1.5, b 0.75): (queries, texts) float64."""
    counted = [Counter(terms(text)) for text in texts]
    lengths = np.array([counts.total() for counts in counted])
    spread = Counter(word for counts in counted for word in counts)
    norms = 1.5 * (0.25 + 0.75 * lengths / lengths.mean())
    scores = np.zeros((len(queries), len(texts)))
    for row, query in enumerate(queries):
        for word in set(terms(query)):
            rarity = math.log(1 + (len(texts) - spread[word] + 0.5) / (spread[word] + 0.5))
            often = np.array([counts[word] for counts in counted])
            scores[row] += rarity * often * 2.5 / (often + norms)
    return scores


class _NoWords(Words):
    """Stands in for the words, and says what the encoder says: what a search would be without them."""

    def __init__(self, centres: np.ndarray, texts: Sequence[str]) -> None:
        self._near = dict(zip(texts, centres, strict=True))

    def near(self, text: str) -> np.ndarray:
        return self._near[text]


def rankers(queries: Sequence[Query]) -> dict[str, list[list[str]]]:
    """Return, by name of the ranker, the first five for each query."""
    known = index()
    ids = [practice.id for practice in known.practices]
    encoder = encoder_for(known.model)
    texts = [query.text for query in queries]
    vectors = encoder.encode(texts)
    single = encoder.encode([f"{p.title}. {p.guidance}" for p in known.practices])
    rows = vectors @ known.rows.T
    best = np.maximum.reduceat(rows, known.starts[:-1], axis=1)

    def top(scores: np.ndarray) -> list[list[str]]:
        return [[ids[n] for n in np.argsort(-row, kind="stable")[:5]] for row in scores]

    def searched(**given: Callable[[Query], str | None]) -> list[list[str]]:
        return [
            [hit.id for hit in search(q.text, limit=5, **{key: of(q) for key, of in given.items()})]
            for q in queries
        ]

    told = [expanded(text) for text in texts]
    told_vectors = encoder.encode(told)

    def relevant(**changed: Exact | Words | np.ndarray | None) -> list[list[str]]:
        return top(relevance(replace(known, **changed), told_vectors, told))

    def area(query: Query) -> str:
        return query.area

    def technology(query: Query) -> str | None:
        return query.technology or None

    lexical = bm25([" ".join(p.passages()) for p in known.practices], texts)
    near = nearness(known, vectors, texts)
    centres = vectors @ known.centres.T
    fused = 1 / (60 + (-lexical).argsort().argsort()) + 1 / (60 + (-centres).argsort().argsort())
    return {
        "lexical (BM25)": top(lexical),
        "words that go together": top(2 * near - centres),
        "dense, one vector a card (title and guidance)": top(vectors @ single.T),
        "dense, several vectors, the best counts": top(best),
        "dense, several vectors, their mean": top(centres),
        "mean and BM25, ranks fused": top(fused),
        "mean and words": top(near),
        "search without what is often asked": relevant(answers=np.zeros_like(known.answers)),
        "search without the very words": relevant(exact=None),
        "search without both": relevant(exact=None, answers=np.zeros_like(known.answers)),
        "search without words that go together": relevant(
            words=_NoWords(told_vectors @ known.centres.T, told)
        ),
        "search without what codes stand for": top(relevance(known, vectors, texts)),
        "**search**: mean, words, nearest passage, area guessed, very words, often asked, codes": searched(),
        "search with its technology, where it has one": searched(technology=technology),
        "search with its area": searched(area=area),
        "search with both": searched(area=area, technology=technology),
    }


def table(queries: Sequence[Query], found: Mapping[str, list[list[str]]]) -> None:
    """Print the quality of every ranker on each set of queries."""
    parts = {name: [n for n, q in enumerate(queries) if q.set == name] for name in SETS}
    without = sum(3 not in q.grades.values() for q in queries)
    print(
        "\n"
        + ", ".join(f"{name}: {len(part)}" for name, part in parts.items())
        + f"; {without} of {len(queries)} queries have no squarely relevant card\n"
    )
    print("| ranker | " + " | ".join(f"{name} nDCG@5 | among 3" for name in parts) + " |")
    print("|:--|" + "--:|" * 2 * len(parts))
    for name, rankings in found.items():
        cells = [
            f"{gain:.3f} | {hit:.1%}"
            for part in parts.values()
            for gain, hit in [quality([queries[n] for n in part], [rankings[n] for n in part])]
        ]
        print(f"| {name} | {' | '.join(cells)} |")


def by_kind(queries: Sequence[Query], rankings: Sequence[Sequence[str]]) -> None:
    """Print the quality of `search` by kind and by area, over the kept queries."""
    print("\n| queries | number | nDCG@5 | among 3 |\n|:--|--:|--:|--:|")
    for of in ("kind", "area"):
        for value in sorted({getattr(q, of) for q in queries}):
            chosen = [n for n, q in enumerate(queries) if q.kept and getattr(q, of) == value]
            gain, hit = quality([queries[n] for n in chosen], [rankings[n] for n in chosen])
            print(f"| {value} | {len(chosen)} | {gain:.3f} | {hit:.1%} |")


def misses(queries: Sequence[Query], rankings: Sequence[Sequence[str]]) -> None:
    """Print the thirty known queries that `search` answers worst; the kept ones stay unseen."""
    tuned = [
        (ndcg(found, q.grades), q, found) for q, found in zip(queries, rankings, strict=True) if not q.kept
    ]
    for gain, query, found in sorted(tuned, key=lambda item: item[0])[:30]:
        print(f"{gain:.2f}  {query.text}")
        print("      found:   " + ", ".join(f"{id_} {query.grades.get(id_, 0)}" for id_ in found))
        print("      squarely: " + ", ".join(id_ for id_, grade in query.grades.items() if grade == 3))


def speed(queries: Sequence[Query]) -> None:
    """Print what a search costs in a new process and in one that has searched before."""
    times = []
    for query in queries:
        start = time.perf_counter()
        search(query.text)
        times.append((time.perf_counter() - start) * 1000)
    cold = cost([*BUTTRESS, "search", "requests pile up"])
    ordered = sorted(times)
    print(f"\n`buttress search`: {cold.seconds:.3f} s cold (target 0.9), {cold.megabytes:.0f} MB")
    print(
        f"a search when warm: p50 {statistics.median(times):.1f} ms (target 8), p95 {ordered[len(ordered) * 95 // 100]:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for flag in ("kinds", "misses"):
        parser.add_argument(f"--{flag}", action="store_true")
    asked = parser.parse_args()
    queries = read()
    found = rankers(queries)
    ours = next(rankings for name, rankings in found.items() if name.startswith("**search**"))
    table(queries, found)
    if asked.kinds:
        by_kind(queries, ours)
    if asked.misses:
        misses(queries, ours)
    speed(queries)


if __name__ == "__main__":
    main()
