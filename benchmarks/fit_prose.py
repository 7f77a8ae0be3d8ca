"""Fits the trees that weigh the evidence of prose on labelled documents, and says how they do on documents that were left out.

    python benchmarks/fit_prose.py LABELS...            a label is JSON: {"text": path beside it, "components": [{"name", "aliases", "optional"}]}
    python benchmarks/fit_prose.py LABELS... --write    and write src/buttress/prose/candidates/forest.json anew

Gradient boosting of scikit-learn; a document weighs as much as the square root of its candidates. `text` may be a folder. Documents are left
out in eight parts. It needs the extra `sentence-transformers`, which brings scikit-learn.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier

from buttress.names import keys
from buttress.prose.candidates import Candidate
from buttress.prose.candidates.evidence import FEATURES
from buttress.prose.candidates.forest import THRESHOLD
from buttress.prose.reading import Reading
from buttress.prose.text import Prose
from buttress.readers import read_all
from buttress.sources import collect

PARTS = 8
FOREST = Path(__file__).resolve().parents[1] / "src" / "buttress" / "prose" / "candidates" / "forest.json"
Array = NDArray[np.float64]


@dataclass
class Labelled:
    """One document set: evidence (n, features); answers (n,): 1 a component, 0 none, -1 either; known (n,): other sources show it."""

    name: str
    rows: Array
    answers: Array
    known: NDArray[np.bool_]
    required: int


def labelled(file: Path) -> Labelled:
    """Return a label with its document read."""
    label = json.loads(file.read_text(encoding="utf-8"))
    fragments, _ = read_all(collect([file.parent / label["text"]]).sources)
    reading = Reading(
        Prose(p for f in fragments for p in f.passages), [c for f in fragments for c in f.components]
    )
    optional: dict[str, bool] = {}
    for component in label["components"]:
        for name in (component["name"], *component.get("aliases", ())):
            for key in keys(name):
                optional.setdefault(key, bool(component.get("optional")))

    def answer(candidate: Candidate) -> int:
        names = [candidate.name, *(m.surface for m in candidate.mentions)]
        hit = next((optional[k] for n in names for k in keys(n) if k in optional), None)
        return 0 if hit is None else -1 if hit else 1

    candidates = reading.table.candidates
    return Labelled(
        label["name"],
        np.array([rows[0] for rows in reading.table.rows]).reshape(-1, len(FEATURES)),
        np.array([answer(c) for c in candidates], float),
        np.array([c.known for c in candidates], bool),
        sum(not c.get("optional") for c in label["components"]),
    )


def fit(documents: list[Labelled]) -> GradientBoostingClassifier:
    """Return the trees that fit the documents."""
    rows, answers, weights = [], [], []
    for document in documents:
        counts = (document.answers >= 0) & ~document.known
        if counts.any():
            rows.append(document.rows[counts])
            answers.append(document.answers[counts])
            weights.append(np.full(counts.sum(), counts.sum() ** -0.5))
    weight = np.concatenate(weights)
    trees = GradientBoostingClassifier(
        n_estimators=150,
        max_depth=4,
        learning_rate=0.05,
        subsample=0.6,
        max_features=0.4,
        min_samples_leaf=10,
        random_state=0,
    )
    return trees.fit(
        np.vstack(rows), np.concatenate(answers), sample_weight=weight * len(weight) / weight.sum()
    )


def f1(document: Labelled, trees: GradientBoostingClassifier) -> float:
    """Return the F1 of the candidates that the trees accept."""
    if not len(document.rows):
        return float(not document.required)
    accepted = (trees.predict_proba(document.rows)[:, 1] >= THRESHOLD) | document.known
    accepted &= document.answers >= 0
    return float(2 * document.answers[accepted].sum() / max(1, accepted.sum() + document.required))


def written(trees: GradientBoostingClassifier) -> dict[str, Any]:
    """Return the trees as JSON: a node is [feature, limit, where it is at most the limit, where it is more], a leaf a number."""

    def node(tree: Any, at: int) -> Any:
        if tree.children_left[at] == tree.children_right[at]:
            return round(float(tree.value[at][0][0]) * trees.learning_rate, 4)
        low, high = node(tree, tree.children_left[at]), node(tree, tree.children_right[at])
        return [int(tree.feature[at]), round(float(tree.threshold[at]), 5), low, high]

    positive = float(trees.init_.class_prior_[1])
    grown = [node(estimator[0].tree_, 0) for estimator in trees.estimators_]
    return {"features": FEATURES, "bias": round(float(np.log(positive / (1 - positive))), 4), "trees": grown}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("labels", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    documents = [labelled(file) for file in given.labels]
    order = np.random.RandomState(0).permutation(len(documents))
    scores: dict[str, float] = {}
    for part in range(PARTS):
        out = {int(i) for i in order[part::PARTS]}
        trees = fit([d for n, d in enumerate(documents) if n not in out])
        scores.update({documents[n].name: f1(documents[n], trees) for n in out})
    for name, score in scores.items():
        print(f"{name:60s} {score:.2f}  (left out)")
    print(f"{'mean':60s} {np.mean(list(scores.values())):.3f}  of {len(documents)}")
    if given.write:
        FOREST.write_text(json.dumps(written(fit(documents)), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
