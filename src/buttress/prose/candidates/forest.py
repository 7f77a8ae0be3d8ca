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
from typing import Any, NamedTuple

from buttress.prose.candidates.evidence import FEATURES

THRESHOLD = 0.37  # of the likelihood, from which on a candidate is a component
BESIDE_CONFIGURATION = 0.5  # where manifests name the parts, a name that only prose has must stand on more

SHORT = 12  # sentences
SHORT_FLOW = 1.5  # by hand, in log odds
_FLOW = FEATURES.index("flow")


class Split(NamedTuple):
    """A node of a tree: rows whose feature is at most `limit` go to `low`, the others to `high`; a leaf is a number."""

    feature: int
    limit: float
    low: Tree
    high: Tree


Tree = float | Split


@cache
def _forest() -> tuple[float, list[Tree]]:
    written = json.loads(Path(__file__).with_name("forest.json").read_text(encoding="utf-8"))
    place = {n: FEATURES.index(name) for n, name in enumerate(written["features"])}
    return written["bias"], [_placed(tree, place) for tree in written["trees"]]


def _placed(written: Any, place: dict[int, int]) -> Tree:
    if not isinstance(written, list):
        return float(written)
    feature, limit, low, high = written
    return Split(place[feature], limit, _placed(low, place), _placed(high, place))


def likelihood(row: Sequence[float], *, short: bool = False) -> float:
    """Return how likely a candidate with this row of evidence is a component, in (0, 1). O(trees).

    In a `short` text names are rarely said twice, and the labelled texts are all long: there a flow counts for more.

    >>> 0 < likelihood([0.0] * len(FEATURES)) < 0.5
    True
    """
    total, trees = _forest()
    total += SHORT_FLOW * short * row[_FLOW]
    for node in trees:
        while not isinstance(node, float):
            feature, limit, low, high = node
            node = low if row[feature] <= limit else high
        total += node
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
