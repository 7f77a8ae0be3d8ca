"""Rule cards and the engine that runs them."""

from buttress.rules.card import AREAS, SEVERITIES, Card, Example, load_dir, parse, shipped, to_json
from buttress.rules.engine import Basis, Finding, join, run

__all__ = [
    "AREAS",
    "SEVERITIES",
    "Basis",
    "Card",
    "Example",
    "Finding",
    "join",
    "load_dir",
    "parse",
    "run",
    "shipped",
    "to_json",
]
