"""How likely a candidate is a component, given its evidence: boosted trees, fitted over labelled documents.

`forest.json` is written by benchmarks/fit_prose.py. Source: Friedman, Greedy function approximation: a gradient boosting
machine, Annals of Statistics 29 (2001).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from buttress.prose.candidates.evidence import FEATURES
from buttress.prose.text import Sentence

THRESHOLD = 0.37  # of the likelihood, from which on a candidate is a component
BESIDE_CONFIGURATION = 0.5  # where manifests name the parts, a name that only prose has must stand on more

# Handbooks name a hundred things for each one that runs; they are known by speaking to their reader. So many sentences from which on, and up to
# which, ever more must speak for a name; a sentence with "you" counts for ADDRESSED, each of LONG_WINDED for one.
HANDBOOK, WHOLE_HANDBOOK, IN_HANDBOOK = 1_000, 3_000, 0.8
ADDRESSED, LONG_WINDED = 10, 4
_YOU = re.compile(r"\b[Yy]ou(?:rs?|rself)?\b")
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


def enough(texts: Sequence[Sentence], *, beside: bool) -> float:
    """Return the likelihood from which on a name is a component of these texts, `beside` manifests or code that name the parts or alone.

    >>> from buttress.prose.text import Prose
    >>> from buttress.model import Passage
    >>> pages = [Prose([Passage("a.md", 1, 1, "prose", f"{who} may restart it.")] * 400).sentences for who in ("Somebody", "You")]
    >>> [enough(page, beside=False) for page in pages]
    [0.37, 0.8]
    """
    base = BESIDE_CONFIGURATION if beside else THRESHOLD
    addressed = sum(_YOU.search(t.text) is not None for t in texts if t.passage.form != "heading")
    size = ADDRESSED * addressed + len(texts) // LONG_WINDED
    share = min(1.0, max(0, size - HANDBOOK) / (WHOLE_HANDBOOK - HANDBOOK))
    return base + (IN_HANDBOOK - base) * share
