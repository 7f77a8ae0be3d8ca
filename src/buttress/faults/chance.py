"""How probable it is that an entry is down, exactly, and how much that depends on each event.

The events that bring an entry down alone are factors of their own; what remains, below groups of stand-ins, becomes a binary
decision diagram, in which shared events count once. Sources: Fault Tree Handbook, NUREG-0492, chapter XI (quantification); Bryant 1986, "Graph-Based Algorithms
for Boolean Function Manipulation"; Birnbaum 1969, "On the Importance of Different Components in a Multicomponent System".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from buttress.compact import bits
from buttress.faults.tree import FaultTree

MAX_EVENTS = 300  # below groups of stand-ins, for one entry
MAX_NODES = 20_000  # of one decision diagram; beyond, nothing is said rather than something inexact


@dataclass(frozen=True, slots=True)
class Chance:
    """The availability of one entry, and Birnbaum's importance of each event for it (how much its failing changes the availability)."""

    up: float
    importance: dict[int, float]


def down_share(share: float, instances: int, need: int, beta: float) -> float:
    """Return the share of time in which fewer than `need` of some equal instances are up, when each is down for `share` of it.

    The part `beta` of failures takes all instances at once (a bad release, a shared switch). Source: Fleming's beta-factor model, in
    NUREG/CR-4780, "Procedures for Treating Common Cause Failures".

    >>> round(down_share(0.01, 2, 1, 0.0), 6), round(down_share(0.01, 2, 1, 0.1), 6), down_share(0.01, 1, 1, 0.1)
    (0.0001, 0.001081, 0.01)
    """
    if instances <= 1:
        return share
    alone, common = share * (1 - beta), share * beta
    too_many = sum(
        comb(instances, down) * alone**down * (1 - alone) ** (instances - down)
        for down in range(instances - need + 1, instances + 1)
    )
    return common + (1 - common) * too_many


def chance_of(tree: FaultTree, door: int, alone: int, down: Sequence[float]) -> Chance | None:
    """Return the availability of what `door` stands for, None when the diagram grows too large.

    `alone` is the row of the door (its single causes), `down` the probability of each event.

    >>> from buttress.faults import grow, read_causes
    >>> from buttress.model import Component, Flow, SystemGraph
    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
    >>> tree = grow(g)
    >>> chance = chance_of(tree, tree.doors["a"], read_causes(tree).doors["a"], [0.1, 0.2])
    >>> round(chance.up, 3), {tree.names[n]: round(i, 3) for n, i in chance.importance.items()}
    (0.72, {'a': 0.8, 'b': 0.9})
    """
    up = 1.0
    for event in bits(alone):
        up *= 1 - down[event]
    importance = {
        event: up / (1 - down[event]) if down[event] < 1 else _without(event, alone, down)
        for event in bits(alone)
    }
    if not tree.threshold:
        return Chance(up, importance)
    diagram = _Diagram()
    root = _build(tree, door, alone, diagram)
    if root is None:
        return None
    rest, gradient = diagram.chance(root, down)
    importance = {event: value * (1 - rest) for event, value in importance.items()}
    importance.update({event: value * up for event, value in gradient.items()})
    return Chance(up * (1 - rest), importance)


def _without(event: int, alone: int, down: Sequence[float]) -> float:
    out = 1.0
    for other in bits(alone):
        if other != event:
            out *= 1 - down[other]
    return out


def _build(tree: FaultTree, door: int, alone: int, diagram: _Diagram) -> int | None:
    """Return the diagram of "the door is down, although none of its single causes happened"."""
    cone = {door}
    todo = [door]
    for node in todo:
        for n in tree.after[node]:
            if n not in cone:
                cone.add(n)
                todo.append(n)
    if sum(n < tree.events and tree.can_fail[n] and not alone >> n & 1 for n in cone) > MAX_EVENTS:
        return None
    level = {node: n for n, node in enumerate(todo)}
    value: dict[int, int] = {}

    def evaluate(node: int) -> int:
        needed = [value.get(n, 0) for n in tree.after[node]]
        if node in tree.threshold:
            return diagram.at_least(needed, tree.threshold[node])
        own = node < tree.events and tree.can_fail[node] and not alone >> node & 1
        out = diagram.event(level[node], node) if own else 0
        for other in needed:
            out = diagram.either(out, other)
        return out

    for members in tree.order:
        if members[0] not in cone:
            continue
        changed = True
        while changed:
            changed = False
            for node in members:
                new = evaluate(node)
                if new != value.get(node, 0):
                    value[node], changed = new, len(members) > 1
                if len(diagram.nodes) > MAX_NODES:
                    return None
    return value.get(door, 0)


class _Diagram:
    """A reduced ordered binary decision diagram; 0 is false, 1 is true, other numbers are nodes (level, event, if up, if down)."""

    def __init__(self) -> None:
        self.nodes: list[tuple[int, int, int, int]] = [(1 << 60, -1, 0, 0), (1 << 60, -1, 1, 1)]
        self._unique: dict[tuple[int, int, int], int] = {}
        self._known: dict[tuple[bool, int, int], int] = {}

    def _node(self, level: int, event: int, up: int, down: int) -> int:
        if up == down:
            return up
        key = (level, up, down)
        if key not in self._unique:
            self._unique[key] = len(self.nodes)
            self.nodes.append((level, event, up, down))
        return self._unique[key]

    def event(self, level: int, event: int) -> int:
        return self._node(level, event, 0, 1)

    def either(self, a: int, b: int) -> int:
        return self._join(False, a, b)

    def both(self, a: int, b: int) -> int:
        return self._join(True, a, b)

    def _join(self, conjunction: bool, a: int, b: int) -> int:
        """Return a ∧ b or a ∨ b; the depth is the number of events on a path, which MAX_NODES keeps small."""
        if a == b:
            return a
        if a > b:
            a, b = b, a
        if a == 0:
            return 0 if conjunction else b
        if a == 1:
            return b if conjunction else 1
        key = (conjunction, a, b)
        if key not in self._known:
            if len(self.nodes) > MAX_NODES:
                return a  # given up: `_build` sees the size and says nothing
            (la, ea, ua, da), (lb, eb, ub, db) = self.nodes[a], self.nodes[b]
            if la == lb:
                up, down = self._join(conjunction, ua, ub), self._join(conjunction, da, db)
            elif la < lb:
                up, down = self._join(conjunction, ua, b), self._join(conjunction, da, b)
            else:
                up, down = self._join(conjunction, a, ub), self._join(conjunction, a, db)
            self._known[key] = self._node(min(la, lb), ea if la <= lb else eb, up, down)
        return self._known[key]

    def at_least(self, functions: Sequence[int], many: int) -> int:
        reached = [1] + [0] * many
        for function in functions:
            for n in range(many, 0, -1):
                reached[n] = self.either(reached[n], self.both(reached[n - 1], function))
        return reached[many]

    def chance(self, root: int, down: Sequence[float]) -> tuple[float, dict[int, float]]:
        """Return the probability that the function is true, and for each event how much that grows when it happens."""
        order = [n for n in self._below(root) if n > 1]
        true = {0: 0.0, 1: 1.0}
        for n in reversed(order):
            _, event, if_up, if_down = self.nodes[n]
            true[n] = (1 - down[event]) * true[if_up] + down[event] * true[if_down]
        reach = dict.fromkeys(order, 0.0)
        reach[root] = 1.0
        gradient: dict[int, float] = {}
        for n in order:
            _, event, if_up, if_down = self.nodes[n]
            gradient[event] = gradient.get(event, 0.0) + reach[n] * (true[if_down] - true[if_up])
            for after, share in ((if_up, 1 - down[event]), (if_down, down[event])):
                if after > 1:
                    reach[after] += reach[n] * share
        return true[root], gradient

    def _below(self, root: int) -> list[int]:
        """Return the nodes below a root, those of earlier levels first."""
        found = {root}
        todo = [root]
        for n in todo:
            for after in self.nodes[n][2:]:
                if after not in found:
                    found.add(after)
                    todo.append(after)
        return sorted(todo, key=lambda n: self.nodes[n][0])
