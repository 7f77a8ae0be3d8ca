"""Who brings down whom, alone or in pairs: exact, for all events at once.

An event is a bit; the row of a node is the set of events each of which alone brings it down. Rows follow from the rows of what a node
needs: the union at a node that needs all, "in at least so many of them" at a gate, and the least fixpoint in a cycle. Source:
Fault Tree Handbook, NUREG-0492, chapter VII (minimal cut sets, bottom-up), cut off above size two.
"""

from __future__ import annotations

from dataclasses import dataclass

from buttress.compact import at_least, bits, column_counts
from buttress.faults.tree import FaultTree

BLOCK = 16_384  # events that are looked at in one pass; seven passes for 100,000 components
_DIGITS = bytes.maketrans(b"\0\1", b"01")
KEPT_BITS = 1 << 31  # rows are kept up to this many bits in all (256 MB): beyond, only their counts
PAIR_STEPS = 1_000_000  # cut sets of size two are looked for as long as it takes no more steps


@dataclass(frozen=True, slots=True)
class Causes:
    """The single causes of a fault tree.

    `doors` and `gates` are the rows of entries and of groups of stand-ins; they are left out when they would be too many to keep. `rows`
    are those of all nodes, None for a large graph. `broken[n]` counts the running parts that stop with event `n`, `needed[n]` the running
    parts that component `n` can't do without; neither counts the component itself.
    """

    doors: dict[str, int]
    gates: dict[int, int]
    rows: list[int] | None
    broken: list[int]
    needed: list[int]


def read_causes(tree: FaultTree) -> Causes:
    """Return the single causes of everything. O(events / word · (V + E)); 100,000 components with 1,000,000 flows take seconds.

    >>> from buttress.faults import grow
    >>> from buttress.model import Component, Flow, SystemGraph
    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
    >>> causes = read_causes(grow(g))
    >>> bin(causes.doors["a"]), causes.broken, causes.needed
    ('0b11', [0, 1], [1, 0])
    """
    events, count = tree.events, len(tree.graph.components)
    inner = [tree.index[i] for i in tree.dependencies.running]
    is_inner = bytearray(events)
    for n in inner:
        is_inner[n] = 1
    kept = len(tree.doors) + len(tree.gates)
    keep_all = len(tree.after) * events <= KEPT_BITS >> 5
    fits = kept * events <= KEPT_BITS
    doors = dict.fromkeys(tree.doors if fits else (), 0)
    gates = {node: 0 for node, _ in tree.gates} if fits else {}
    broken: list[int] = []
    needed = [0] * count
    rows: list[int] = []
    for low in range(0, max(events, 1), BLOCK):
        high = min(events, low + BLOCK)
        own = [0] * len(tree.after)
        for n in range(low, high):
            if tree.can_fail[n]:
                own[n] = 1 << (n - low)
        rows = propagate(tree, own)
        mask = int(bytes(is_inner[low:high][::-1]).translate(_DIGITS) or b"0", 2)
        broken += column_counts((rows[n] for n in inner), high - low)
        for n in range(count):
            needed[n] += (rows[n] & mask).bit_count()
        for entry in doors:
            doors[entry] |= rows[tree.doors[entry]] << low
        for node in gates:
            gates[node] |= rows[node] << low
    for n in inner:
        if tree.can_fail[n]:
            broken[n] -= 1
            needed[n] -= 1
    return Causes(doors, gates, rows if keep_all and events <= BLOCK else None, broken, needed)


def propagate(tree: FaultTree, own: list[int]) -> list[int]:
    """Return the row of every node, when `own` are the events that bring down a node itself.

    >>> from buttress.faults import grow
    >>> from buttress.model import Component, Flow, SystemGraph
    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
    >>> propagate(grow(g), [1, 2, 0])
    [3, 2, 3]
    """
    after, threshold = tree.after, tree.threshold
    rows = [0] * len(after)
    for members in tree.order:
        if len(members) == 1:
            (node,) = members
            if node in threshold:
                rows[node] = at_least([rows[n] for n in after[node]], threshold[node])
                continue
            row = own[node]
            for n in after[node]:
                row |= rows[n]
            rows[node] = row
        elif threshold and not threshold.keys().isdisjoint(members):
            _settle(tree, members, own, rows)
        else:
            row = 0
            for node in members:
                row |= own[node]
                for n in after[node]:
                    row |= rows[n]
            for node in members:
                rows[node] = row
    return rows


def _settle(tree: FaultTree, members: list[int], own: list[int], rows: list[int]) -> None:
    """Bring the rows of a cycle with gates to their least fixpoint; each round adds an event somewhere, so it ends."""
    changed = True
    while changed:
        changed = False
        for node in members:
            needed = [rows[n] for n in tree.after[node]]
            if node in tree.threshold:
                row = at_least(needed, tree.threshold[node])
            else:
                row = own[node]
                for other in needed:
                    row |= other
            if row != rows[node]:
                rows[node] = row
                changed = True


def cut_pairs(tree: FaultTree, causes: Causes) -> dict[str, tuple[tuple[int, int], ...]] | None:
    """Return the minimal cut sets of size two of every entry, as pairs of events; None when it would take too many steps.

    Pairs exist only where stand-ins do: each event below a gate is taken as failed, and what then fails alone makes a pair with it.

    >>> from buttress.faults import grow
    >>> from buttress.model import Component, SystemGraph
    >>> tree = grow(SystemGraph(components=(Component("a", "a"),)))
    >>> cut_pairs(tree, read_causes(tree))
    {}
    """
    if not tree.threshold:
        return {}
    below: set[int] = set()
    todo = list(tree.threshold)
    seen = set(todo)
    for node in todo:
        if node < tree.events and tree.can_fail[node]:
            below.add(node)
        for n in tree.after[node]:
            if n not in seen:
                seen.add(n)
                todo.append(n)
    edges = sum(map(len, tree.after))
    if causes.rows is None or len(below) * (len(tree.after) + edges) > PAIR_STEPS:
        return None
    everything = (1 << tree.events) - 1
    own = [1 << n if n < tree.events and tree.can_fail[n] else 0 for n in range(len(tree.after))]
    found: dict[str, list[tuple[int, int]]] = {}
    for first in sorted(below):
        if all(row >> first & 1 for row in causes.doors.values()):
            continue
        before, own[first] = own[first], everything
        rows = propagate(tree, own)
        own[first] = before
        later = everything ^ ((2 << first) - 1)
        for entry, node in tree.doors.items():
            alone = causes.doors[entry]
            if not alone >> first & 1:
                pairs = bits(rows[node] & later & ~alone & everything)
                found.setdefault(entry, []).extend(
                    (first, second) for second in pairs if tree.can_fail[second]
                )
    return {entry: tuple(pairs) for entry, pairs in found.items() if pairs}
