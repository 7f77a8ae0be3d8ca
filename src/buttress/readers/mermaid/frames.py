"""Arrows that lead to a frame, or from one, instead of to the boxes in it."""

from __future__ import annotations

import re
from dataclasses import replace

from buttress.drawings.drawing import Drawing, Edge
from buttress.drawings.kinds import technologies_in
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary.roles import role_of

MAX_ENDS = 4
_LAYER = re.compile(r"\b(?:layers?|tier|plane|zone|side)\b", re.IGNORECASE)


def through_frames(drawing: Drawing) -> list[Edge]:
    """Return the edges with those to a frame in which one part leads to another led to the first of them, those from it from the last.

    A frame that is named like a part is that part, and one in which nothing leads anywhere means all that it holds.

    >>> from buttress.drawings.drawing import Group, Place
    >>> at = Place(1, 1, "")
    >>> drawing = Drawing("a", "flowchart", 1, groups={"Back": Group("Back", "Back office", at)})
    >>> for name, group in (("Browser", None), ("API", "Back"), ("Mailer", "Back")):
    ...     _ = drawing.node(name, at, group)
    >>> drawing.edges = [Edge("Browser", "Back", at), Edge("API", "Mailer", at)]
    >>> [(e.source, e.target) for e in through_frames(drawing)]
    [('Browser', 'API'), ('API', 'Mailer')]
    """
    layers = {k for k, g in drawing.groups.items() if _is_layer(g.title)}
    group = {n.key: n.group for n in drawing.nodes.values() if n.group in layers}
    called: dict[str, set[str]] = {}
    calling: dict[str, set[str]] = {}
    for edge in drawing.edges:
        frame = group.get(edge.source)
        if frame is not None and group.get(edge.target) == frame:
            calling.setdefault(frame, set()).add(edge.source)
            called.setdefault(frame, set()).add(edge.target)

    def ends(key: str, some: dict[str, set[str]], others: dict[str, set[str]]) -> list[str]:
        found = some.get(key, set()) - others.get(key, set())
        return sorted(n for n in found if not _keeps(n))[:MAX_ENDS] or [key]

    return [
        replace(edge, source=source, target=target)
        for edge in drawing.edges
        for source in ends(edge.source, called, calling)
        for target in ends(edge.target, calling, called)
    ]


def _is_layer(title: str) -> bool:
    """Return whether a frame is named as a place for parts, not as one of them."""
    return bool(_LAYER.search(title)) or (role_of(title) is None and not technologies_in(title))


def _keeps(name: str) -> bool:
    """Return whether a box is a store or a broker: others call it, it calls nobody."""
    kinds = {role_of(name), *(t.kind for t in technologies_in(name))}
    return not kinds.isdisjoint(STORES | MESSAGING)
