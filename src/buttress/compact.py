"""Graphs as lists of numbers, sets as the bits of an integer: what the analyses count with.

Node `n` has its successors in `after[n]`. Plain lists and integers keep a small review free of array libraries and take a hundred
thousand nodes in seconds; one integer of a thousand bits answers a thousand questions in one operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, count

Successors = Sequence[Sequence[int]]
_CHUNK = (1 << 512) - 1
_IS_SET = bytes.maketrans(b"01", b"\0\1")


def strongly_connected(after: Successors) -> tuple[list[int], list[list[int]]]:
    """Return the number of each node's strongly connected component, and the members of each component.

    Components are numbered from the end: an edge leads to its own or to a lower number, so a pass over the numbers sees what is
    needed before what needs it. O(V + E), no recursion. Source: Tarjan 1972, "Depth-first search and linear graph algorithms".

    >>> strongly_connected([[1], [0, 2], []])
    ([1, 1, 0], [[2], [1, 0]])
    """
    number, low, where = [-1] * len(after), [0] * len(after), [-1] * len(after)
    groups: list[list[int]] = []
    open_: list[int] = []
    counter = 0
    for root in range(len(after)):
        if number[root] >= 0:
            continue
        number[root] = low[root] = counter
        counter += 1
        open_.append(root)
        work = [(root, iter(after[root]))]
        while work:
            node, rest = work[-1]
            for target in rest:
                if number[target] < 0:
                    number[target] = low[target] = counter
                    counter += 1
                    open_.append(target)
                    work.append((target, iter(after[target])))
                    break
                if where[target] < 0 and number[target] < low[node]:
                    low[node] = number[target]
            else:
                work.pop()
                if work and low[node] < low[work[-1][0]]:
                    low[work[-1][0]] = low[node]
                if low[node] == number[node]:
                    members: list[int] = []
                    while not members or members[-1] != node:
                        members.append(open_.pop())
                        where[members[-1]] = len(groups)
                    groups.append(members)
    return where, groups


def depth_first(after: Successors, starts: Iterable[int]) -> tuple[list[int], set[tuple[int, int]]]:
    """Return what is reached from `starts`, each node behind those that it leads to, and the edges that close a circle.

    Starts are taken in their order, those that were reached before aside. O(V + E), no recursion. Source: Tarjan 1972, "Depth-first
    search and linear graph algorithms".

    >>> depth_first([[1], [2], [0], [0]], [0])
    ([2, 1, 0], {(2, 0)})
    """
    reached, left = bytearray(len(after)), bytearray(len(after))
    order: list[int] = []
    circles: set[tuple[int, int]] = set()
    for start in starts:
        if reached[start]:
            continue
        reached[start] = 1
        work = [(start, iter(after[start]))]
        while work:
            node, rest = work[-1]
            for target in rest:
                if not reached[target]:
                    reached[target] = 1
                    if after[target]:
                        work.append((target, iter(after[target])))
                        break
                    left[target] = 1
                    order.append(target)
                elif not left[target]:
                    circles.add((node, target))
            else:
                left[node] = 1
                order.append(node)
                work.pop()
    return order, circles


def reversed_edges(after: Successors) -> list[list[int]]:
    """Return the predecessors of each node.

    >>> reversed_edges([[1, 2], [2], []])
    [[], [0], [0, 1]]
    """
    before: list[list[int]] = [[] for _ in after]
    for node, targets in enumerate(after):
        for target in targets:
            before[target].append(node)
    return before


def immediate_dominators(after: Successors, root: int) -> dict[int, int]:
    """Return the immediate dominator of each node that is reached: the last one that every path from `root` to it passes.

    A dominator stands behind all that it dominates; the root is the last, and its own. O(E · depth) at worst, in practice
    near-linear. Source: Cooper, Harvey and Kennedy 2001, "A Simple, Fast Dominance Algorithm".

    >>> immediate_dominators([[1, 2], [3], [3], [4], [], [4]], 0)
    {4: 3, 3: 0, 1: 0, 2: 0, 0: 0}
    """
    order = depth_first(after, [root])[0]
    rank = [-1] * len(after)
    for n, node in enumerate(order):
        rank[node] = n
    before = reversed_edges(after)
    above = [-1] * len(after)
    above[root] = root
    changed = True
    while changed:
        changed = False
        for node in reversed(order[:-1]):
            best = -1
            for other in before[node]:
                if above[other] < 0:
                    continue
                if best < 0:
                    best = other
                    continue
                while best != other:  # the nearest common ancestor in the tree so far
                    while rank[best] < rank[other]:
                        best = above[best]
                    while rank[other] < rank[best]:
                        other = above[other]
            if above[node] != best:
                above[node] = best
                changed = True
    return {node: above[node] for node in order}


def dominated(above: Mapping[int, int], weight: Sequence[int]) -> dict[int, int]:
    """Return the weight of all nodes that each node dominates, itself included.

    >>> dominated(immediate_dominators([[1, 2], [3], [3], [4], []], 0), [1, 1, 1, 1, 1])
    {4: 1, 3: 2, 1: 1, 2: 1, 0: 5}
    """
    sizes = {node: weight[node] for node in above}
    for node, parent in above.items():
        if node != parent:
            sizes[parent] += sizes[node]
    return sizes


def bits(row: int, most: int = -1) -> Iterator[int]:
    """Yield the places of the bits that are set, lowest first, at most `most` of them when it isn't negative.

    >>> list(bits(0b10110)), list(bits(0b10110, 2))
    ([1, 2, 4], [1, 2])
    """
    if most < 0 and row.bit_length() > 512:
        text = bin(row)[:1:-1]
        if row.bit_count() > len(text) >> 4:  # many: faster by place than by bit
            yield from compress(count(), text.encode().translate(_IS_SET))
            return
        at = text.find("1")
        while at >= 0:
            yield at
            at = text.find("1", at + 1)
        return
    while row and most:
        start = (row & -row).bit_length() - 1
        chunk = row >> start & _CHUNK
        row = row >> start + 512 << start + 512
        while chunk and most:
            lowest = chunk & -chunk
            yield start + lowest.bit_length() - 1
            chunk ^= lowest
            most -= 1


def at_least(rows: Sequence[int], many: int) -> int:
    """Return the bits that are set in at least `many` of the rows.

    >>> bin(at_least([0b110, 0b011, 0b010], 2)), at_least([1], 2)
    ('0b10', 0)
    """
    if many > len(rows):
        return 0
    if many == len(rows):
        out = -1
        for row in rows:
            out &= row
        return out
    reached = [0] * many
    for row in rows:
        for n in range(many - 1, 0, -1):
            reached[n] |= reached[n - 1] & row
        reached[0] |= row
    return reached[-1]


def column_counts(rows: Iterable[int], width: int) -> list[int]:
    """Return in how many rows each of `width` bits is set.

    Rows are added bit-sliced, three to two, so that a row costs a few operations over all its bits at once.
    Source: Harley and Seal, in Warren, "Hacker's Delight", 2nd ed., chapter 5 (carry-save adders).

    >>> column_counts([0b101, 0b001, 0b111], 3)
    [3, 1, 2]
    """
    held: list[list[int]] = []
    for row in rows:
        carry, level = row, 0
        while carry:
            if level == len(held):
                held.append([])
            slot = held[level]
            slot.append(carry)
            if len(slot) < 3:
                break
            a, b, c = slot
            both = a ^ b
            held[level] = [both ^ c]
            carry = (a & b) | (both & c)
            level += 1
    counts = [0] * width
    for level, slot in enumerate(held):
        for row in slot:
            for at in bits(row):
                counts[at] += 1 << level
    return counts
