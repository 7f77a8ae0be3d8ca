"""Names with a slip of the pen."""

from __future__ import annotations

from buttress.model import SystemGraph

_SHORTEST = 5  # letters of a name that may be misspelt


def misspelt(word: str, graph: SystemGraph) -> tuple[str, ...]:
    """Return the only component whose name differs from a word by one slip: a letter too many, too few, wrong, or two swapped.

    Short words, and endings as in "ordering" for "orders", are no slips.

    >>> from buttress.model import Component
    >>> misspelt("invetory", SystemGraph(components=(Component("inventory", "inventory"),)))
    ('inventory',)
    """
    low = word.lower()
    if len(low) < _SHORTEST:
        return ()
    found = set()
    for component in graph.components:
        for name in (component.name, component.id, *component.aliases):
            other = name.lower()
            if low[:1] == other[:1] and low[-1:] == other[-1:] and low != other and _is_one_slip(low, other):
                found.add(component.id)
    return tuple(found) if len(found) == 1 else ()


def _is_one_slip(one: str, two: str) -> bool:
    if abs(len(one) - len(two)) > 1:
        return False
    start = next(
        (n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    a, b = one[start:], two[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:] and len(b) > 1)
