"""What a graph must have for a query to find anything: names that stand in a part of the query that every answer needs."""

from __future__ import annotations

from typing import Any

from buttress.knowledge import PREFIXES


def terms(sparql: str) -> tuple[str, ...]:
    """Return the IRIs and texts without which a SELECT query has no answer, sorted; empty when none is sure.

    Only names that stand in triples count, outside OPTIONAL, MINUS, FILTER and the sides of a UNION that differ. Takes milliseconds.

    >>> [t.rpartition("#")[2] for t in terms('SELECT ?c WHERE { ?c b:states b:retry ; b:id "a" . OPTIONAL { ?c b:calls ?d } }')]
    ['a', 'id', 'retry', 'states']
    """
    from rdflib.plugins.sparql import prepareQuery

    return tuple(sorted(_needed(prepareQuery(PREFIXES + sparql).algebra)))


def _needed(part: Any) -> frozenset[str]:
    name = getattr(part, "name", "")
    if name == "BGP":
        return frozenset(t for triple in part.triples for term in triple for t in _of(term))
    if name == "Join":
        return _needed(part.p1) | _needed(part.p2)
    if name == "Union":
        return _needed(part.p1) & _needed(part.p2)
    if name in ("LeftJoin", "Minus"):
        return _needed(part.p1)
    if name in (
        "SelectQuery",
        "Project",
        "Distinct",
        "Reduced",
        "OrderBy",
        "Slice",
        "Filter",
        "Extend",
        "ToMultiSet",
    ):
        return _needed(part.p) if part.get("p") is not None else frozenset()
    if name == "AggregateJoin" and part.p.get(
        "expr"
    ):  # without GROUP BY there is one answer, whatever is there
        return _needed(part.p.p)
    return frozenset()


def _of(term: Any) -> frozenset[str]:
    """Return what a place in a triple, which may be a path, names for sure."""
    from rdflib import Literal, URIRef
    from rdflib.paths import InvPath, MulPath, OneOrMore, SequencePath

    if isinstance(term, URIRef):
        return frozenset((str(term),))
    if isinstance(term, Literal):
        return frozenset((str(term),)) if term.datatype is None and term.language is None else frozenset()
    if isinstance(term, InvPath):
        return _of(term.arg)
    if isinstance(term, SequencePath):
        return frozenset(t for arg in term.args for t in _of(arg))
    if isinstance(term, MulPath) and term.mod == OneOrMore:
        return _of(term.path)
    return frozenset()
