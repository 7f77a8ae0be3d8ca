"""Fits the weights of prose evidence on labelled documents, and says how they do on documents that were left out.

    python benchmarks/fit_prose.py LABELS...            a label is JSON: {"text": path beside it, "components": [{"name", "aliases", "optional"}]}
    python benchmarks/fit_prose.py LABELS... --write    and write src/buttress/prose/candidates/weights.py anew

Ridge logistic regression by Newton's method; a document weighs as much as the square root of its candidates. `text` may be a folder.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from buttress.names import keys
from buttress.prose.candidates import Candidate
from buttress.prose.candidates.evidence import FEATURES
from buttress.prose.candidates.weights import THRESHOLD, WEIGHTS
from buttress.prose.reading import Reading
from buttress.readers import read_all
from buttress.sources import collect

RIDGE = 8.0
BY_HAND = ("short",)
WEIGHTS_FILE = (
    Path(__file__).resolve().parents[1] / "src" / "buttress" / "prose" / "candidates" / "weights.py"
)
Array = NDArray[np.float64]


@dataclass
class Labelled:
    """One document set: its reading, its features, and for each candidate 1 (a component), 0 (none) or None (either)."""

    name: str
    reading: Reading
    answers: list[int | None]
    required: int

    def table(self) -> tuple[Array, Array]:
        """Return the features (n, features) and answers (n,) of the candidates that count."""
        rows = self.reading.matrix()
        kept = [
            i for i, a in enumerate(self.answers) if a is not None and not self.reading.candidates[i].known
        ]
        return np.array([rows[i] for i in kept]).reshape(-1, len(FEATURES)), np.array(
            [self.answers[i] for i in kept], float
        )


def labelled(file: Path) -> Labelled:
    """Return a label with its document read."""
    label = json.loads(file.read_text(encoding="utf-8"))
    fragments, _ = read_all(collect([file.parent / label["text"]]).sources)
    reading = Reading(
        [p for f in fragments for p in f.passages], [c for f in fragments for c in f.components]
    )
    known: dict[str, bool] = {}
    for component in label["components"]:
        for name in (component["name"], *component.get("aliases", ())):
            for key in keys(name):
                known.setdefault(key, bool(component.get("optional")))

    def answer(candidate: Candidate) -> int | None:
        names = [candidate.name, *(m.surface for m in candidate.mentions)]
        hit = next((known[k] for n in names for k in keys(n) if k in known), None)
        return 0 if hit is None else None if hit else 1

    required = sum(not c.get("optional") for c in label["components"])
    return Labelled(label["name"], reading, [answer(c) for c in reading.candidates], required)


def fit(documents: list[Labelled]) -> Array:
    """Return the weights (features,) that fit the documents."""
    tables = [d.table() for d in documents]
    x, y = np.vstack([t[0] for t in tables]), np.concatenate([t[1] for t in tables])
    w = np.concatenate([np.full(len(t[1]), 1 / max(1, len(t[1])) ** 0.5) for t in tables])
    w *= len(w) / w.sum()
    ridge = RIDGE * np.array([0.05, *np.ones(len(FEATURES) - 1)])
    beta = np.zeros(len(FEATURES))
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        step = np.linalg.solve(
            (x * (w * p * (1 - p))[:, None]).T @ x + np.diag(ridge), x.T @ (w * (p - y)) + ridge * beta
        )
        beta -= step
        if np.abs(step).max() < 1e-6:
            break
    for name in BY_HAND:
        beta[FEATURES.index(name)] = WEIGHTS[name]
    return beta


def f1(document: Labelled, beta: Array) -> float:
    """Return the F1 of the candidates that the weights accept."""
    rows = np.array(document.reading.matrix()).reshape(-1, len(FEATURES))
    accepted = 1 / (1 + np.exp(-np.clip(rows @ beta, -30, 30))) >= THRESHOLD
    taken = [
        a
        for a, c, ok in zip(document.answers, document.reading.candidates, accepted, strict=True)
        if (ok or c.known) and a is not None
    ]
    found = sum(taken)
    return 2 * found / max(1, len(taken) + document.required)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("labels", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    documents = [labelled(file) for file in given.labels]
    for n, document in enumerate(documents):
        beta = fit([d for d in documents if d is not document]) if len(documents) > 1 else fit(documents)
        print(f"{document.name:45s} {f1(document, beta):.2f}  (left out, {n + 1} of {len(documents)})")
    if given.write:
        beta = fit(documents)
        text = WEIGHTS_FILE.read_text(encoding="utf-8")
        for name, value in zip(FEATURES, beta, strict=True):
            if name not in BY_HAND:
                text = re.sub(rf'("{name}": )-?[\d.]+', rf"\g<1>{value:.2f}", text)
        WEIGHTS_FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
