"""Derived facts: what follows from the graph. Each package is one family, a pure function of the fault tree and the graph under it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from buttress.analysis import apart, coupling, dataflow, failure, resilience
from buttress.faults import FaultTree, grow
from buttress.model import Derived, SystemGraph

ANALYSES: tuple[Callable[[FaultTree], tuple[Derived, ...]], ...] = (
    failure.analyse,
    coupling.analyse,
    resilience.analyse,
    dataflow.analyse,
)
LARGE = 100_000  # flows from which on a second process is worth its start


def analyse(graph: SystemGraph) -> SystemGraph:
    """Return the graph with the derived facts of every analysis; failure goes beside the others where the graph is large.

    >>> analyse(SystemGraph()).derived
    ()
    """
    if not graph.components:
        return replace(graph, derived=())
    with undisturbed():
        tree = grow(graph)
        first, *others = ANALYSES

        def rest() -> tuple[Derived, ...]:
            return tuple(d for analysis in others for d in analysis(tree))

        if len(graph.flows) < LARGE or not apart.is_possible():
            return replace(graph, derived=(*first(tree), *rest()))
        found, own = apart.beside(rest, lambda: first(tree))
        return replace(graph, derived=(*own, *found))


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
