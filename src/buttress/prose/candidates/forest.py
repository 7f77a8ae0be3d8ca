"""How likely a candidate is a component, given its evidence: boosted trees, fitted over labelled documents.

`forest.json` is written by benchmarks/fit_prose.py. Source: Friedman, Greedy function approximation: a gradient boosting
machine, Annals of Statistics 29 (2001).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from buttress.prose.candidates.evidence import FEATURES

THRESHOLD = 0.4  # of the likelihood, from which on a candidate is a component
BESIDE_CONFIGURATION = 0.5  # where manifests name the parts, a name that only prose has must stand on more

Tree = float | list["int | float | Tree"]


@cache
def _forest() -> tuple[float, list[Tree]]:
    written = json.loads(Path(__file__).with_name("forest.json").read_text(encoding="utf-8"))
    place = {n: FEATURES.index(name) for n, name in enumerate(written["features"])}
    return written["bias"], [_placed(tree, place) for tree in written["trees"]]


def _placed(tree: Tree, place: dict[int, int]) -> Tree:
    if not isinstance(tree, list):
        return tree
    feature, limit, low, high = tree
    return [place[feature], limit, _placed(low, place), _placed(high, place)]


def likelihood(row: Sequence[float]) -> float:
    """Return how likely a candidate with this row of evidence is a component, in (0, 1). O(trees).

    >>> 0 < likelihood([0.0] * len(FEATURES)) < 0.5
    True
    """
    total, trees = _forest()
    for tree in trees:
        node = tree
        while isinstance(node, list):
            node = node[2] if row[node[0]] <= node[1] else node[3]
        total += node
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
