"""Derived facts: what follows from the graph. Each module is one family, a pure function of the graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from buttress.analysis import coupling, failure, resilience
from buttress.model import Derived, SystemGraph

ANALYSES: tuple[Callable[[SystemGraph], tuple[Derived, ...]], ...] = (
    failure.analyse,
    coupling.analyse,
    resilience.analyse,
)


def analyse(graph: SystemGraph) -> SystemGraph:
    """Return the graph with the derived facts of every analysis.

    >>> analyse(SystemGraph()).derived
    ()
    """
    return replace(graph, derived=tuple(d for analysis in ANALYSES for d in analysis(graph)))
