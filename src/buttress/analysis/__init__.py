"""Derived facts: what follows from the graph. Each module is one family, a pure function of the fault tree and the graph under it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from buttress.analysis import coupling, dataflow, failure, resilience
from buttress.faults import Causes, FaultTree, grow, read_causes
from buttress.model import Derived, SystemGraph

ANALYSES: tuple[Callable[[FaultTree, Causes], tuple[Derived, ...]], ...] = (
    failure.analyse,
    coupling.analyse,
    resilience.analyse,
    dataflow.analyse,
)


def analyse(graph: SystemGraph) -> SystemGraph:
    """Return the graph with the derived facts of every analysis.

    >>> analyse(SystemGraph()).derived
    ()
    """
    if not graph.components:
        return replace(graph, derived=())
    with undisturbed():
        tree = grow(graph)
        causes = read_causes(tree)
        return replace(graph, derived=tuple(d for analysis in ANALYSES for d in analysis(tree, causes)))


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the collector of cyclic garbage from walking a large graph again and again: readers and analyses leave hardly any."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
