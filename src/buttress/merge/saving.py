"""Stores that something is seen to copy: what runs a dump of what it calls makes a backup of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from buttress.model import Component, Fact, Flow
from buttress.model.kinds import STORES


def with_backups(components: Sequence[Component], flows: Iterable[Flow]) -> tuple[Component, ...]:
    """Return the components, in which a store has a backup when one that copies stores calls it.

    >>> dump = Component("dump", "dump", "worker", facts=(Fact("saves_stores", True),))
    >>> parts = (dump, Component("tills", "tills", "relational_db"))
    >>> [f.name for f in with_backups(parts, (Flow("x", "dump", "tills", "calls"),))[1].facts]
    ['backup']
    """
    saving = {c.id: fact for c in components if (fact := c.fact("saves_stores")) is not None}
    saved = {f.target: saving[f.source] for f in flows if f.source in saving} if saving else {}
    return tuple(
        replace(c, facts=(*c.facts, Fact("backup", True, "stated", saved[c.id].evidence)))
        if c.id in saved and c.kind in STORES and c.fact("backup") is None
        else c
        for c in components
    )
