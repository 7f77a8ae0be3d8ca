"""Drawings of what tables hold: their boxes are the records of the code beside them, and none of them is a part that runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from buttress.model import Component, Diagnostic, Fragment
from buttress.names import keys

DRAWN = ("mermaid", "plantuml", "drawio", "dot", "d2")
MIN_BOXES = 4
SHARE = 0.6  # of the boxes of a drawing


def without_data_models(fragments: Sequence[Fragment]) -> tuple[Fragment, ...]:
    """Return the fragments without the drawings of which most boxes are records of the code, each with a remark.

    >>> from buttress.model import Evidence
    >>> here = (Evidence("a.md", 3, 3, "[Order]"),)
    >>> shown = tuple(Component(n.lower(), n, evidence=here) for n in ("Order", "Line", "Customer", "Address", "Mailer"))
    >>> code = Fragment("python", records=frozenset(("Order", "Line", "Customer", "Address")))
    >>> drawing = without_data_models([Fragment("mermaid", shown), code])[0]
    >>> drawing.components, drawing.diagnostics[0].line
    ((), 3)
    """
    records = {keys(name)[0] for f in fragments for name in f.records}
    if not records:
        return tuple(fragments)
    return tuple(_parts_only(f, records) if f.reader in DRAWN else f for f in fragments)


def _parts_only(fragment: Fragment, records: set[str]) -> Fragment:
    """Return a fragment of drawings without those of records; a box that another drawing shows too stays there."""
    by_id = {c.id: c for c in fragment.components}
    groups = fragment.drawn or (frozenset(by_id),)
    models = [g for g in groups if _is_model([by_id[i] for i in sorted(g) if i in by_id], records)]
    if not models:
        return fragment
    kept = {i for g in groups if g not in models for i in g}
    gone = {i for g in models for i in g} - kept
    told = []
    for group in models:
        first = min(
            ((e.source, e.line) for i in group if i in by_id for e in by_id[i].evidence), default=("", 1)
        )
        reason = "a drawing of which most boxes are what rows of tables hold; it was left out"
        told.append(Diagnostic(*first, reason, "info"))
    return replace(
        fragment,
        components=tuple(c for c in fragment.components if c.id not in gone),
        flows=tuple(f for f in fragment.flows if f.source not in gone and f.target not in gone),
        drawn=tuple(g for g in fragment.drawn if g not in models),
        diagnostics=(*fragment.diagnostics, *told),
    )


def _is_model(shown: Sequence[Component], records: set[str]) -> bool:
    """Return whether most boxes are records, and none is a store, a product or anything else that only an architecture has."""
    named = [keys(c.name)[0] in records for c in shown]
    plain = all(c.kind in ("service", "worker", "other") and c.technology is None for c in shown)
    return plain and len(named) >= MIN_BOXES and sum(named) >= SHARE * len(named)
