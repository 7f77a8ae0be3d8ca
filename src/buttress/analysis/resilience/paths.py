"""What adds up along the way of a request: attempts, waiting, tails.

All of it is worked out in one pass over the waiting calls in topological order; a call that closes a circle isn't followed, so in circles
the numbers are what one round of them can cause. O(V + E).
"""

from __future__ import annotations

import re

from buttress.dependencies import Dependencies, number
from buttress.faults import FaultTree
from buttress.model import Derived, Flow
from buttress.model.kinds import RUNTIME, STORES

MOST = 1_000_000  # attempts that are counted
TOLD = 100  # places of a large graph where attempts multiply most
STEPS = 100  # flows of a path that are told
_HEALTH = re.compile(r"health|/hc\b|/status\b|/ping\b", re.IGNORECASE)
AMPLIFIED = 8  # attempts at the last component for one request; three levels of two attempts are 8
FANNED = 5  # callees that a request waits for, from which on the tail is told


def attempts(flow: Flow) -> int:
    """Return how often a flow tries: retries + 1, 1 when unknown.

    >>> from buttress.model import Fact
    >>> attempts(Flow("f", "a", "b", facts=(Fact("retry", 2),))), attempts(Flow("f", "a", "b"))
    (3, 1)
    """
    if not flow.facts:
        return 1
    retries = number(flow, "retry")
    return 1 + int(retries) if retries is not None and 0 < retries < 100 else 1


def forward(read: Dependencies, starts: tuple[str, ...]) -> tuple[list[str], set[str]]:
    """Return what is reached by waiting calls, callers before callees, and the flows that close circles.

    >>> from buttress.dependencies import read_dependencies
    >>> from buttress.model import Component, SystemGraph
    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"), Flow("g", "b", "a")))
    >>> forward(read_dependencies(g), ("a",))
    (['a', 'b'], {'g'})
    """
    done: list[str] = []
    back: set[str] = set()
    open_: set[str] = set()
    seen: set[str] = set()
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        open_.add(start)
        stack = [(start, iter(read.synchronous.get(start, ())))]
        while stack:
            node, flows = stack[-1]
            for flow in flows:
                if flow.target in open_:
                    back.add(flow.id)
                elif flow.target not in seen:
                    seen.add(flow.target)
                    open_.add(flow.target)
                    stack.append((flow.target, iter(read.synchronous.get(flow.target, ()))))
                    break
            else:
                done.append(node)
                open_.discard(node)
                stack.pop()
    return done[::-1], back


Way = tuple[int, "Flow | None", bool]  # attempts so far, the last flow, whether before that several levels had retried


def amplified(tree: FaultTree) -> list[Derived]:
    """Return where stated retries on several levels multiply to eight attempts or more: the last flow that multiplies, with its worst path.

    Everything behind that flow gets the same number of attempts, so it isn't told again.
    """
    read = tree.dependencies
    if not any(attempts(f) > 1 for flows in read.synchronous.values() for f in flows):
        return []
    starts = (*(f for e in read.entries for f in read.fronts.get(e, ())), *read.entries)
    order, back = forward(read, starts)
    # the most attempts with which a component is reached over any path, and over a path on which at least one, two levels retry
    best: dict[str, tuple[Way, Way, Way]] = {}
    none: Way = (0, None, False)
    for node in order:
        zero, one, two = best.get(node, (none, none, none))
        ways = ((1, None, False) if not zero[0] else zero, one, two)
        best[node] = ways
        for flow in read.synchronous.get(node, ()):
            if flow.id in back:
                continue
            tries = attempts(flow)
            there = list(best.get(flow.target, (none, none, none)))
            for level, (total, _, _) in enumerate(ways):
                if total:
                    to = min(2, level + (tries > 1))
                    many = min(total * tries, MOST)
                    if many > there[to][0]:
                        there[to] = (many, flow, to == 2 and level == 2)
            best[flow.target] = (there[0], there[1], there[2])
    found: dict[str, tuple[int, Flow, int]] = {}
    for node in order:
        for flow in read.synchronous.get(node, ()):
            tries = attempts(flow)
            if tries == 1 or flow.id in back:
                continue
            _, one, two = best[node]
            level = 2 if two[0] >= one[0] and two[0] else 1
            total = min(best[node][level][0] * tries, MOST)
            pair = f"{flow.source} {flow.target}"
            if total >= AMPLIFIED and total > found.get(pair, (0,))[0]:
                found[pair] = (total, flow, level)
    out = []
    inner: set[str] = set()
    for total, flow, level in sorted(found.values(), key=lambda f: (-f[0], f[1].id)):
        if flow.id not in inner and len(out) < TOLD:
            path = (*_way(best, flow.source, level), flow)
            inner.update(f.id for f in path)
            out.append(Derived("attempts", flow.id, value=total, because=_retried(path)))
    return sorted(out, key=lambda d: d.subject)


def _way(best: dict[str, tuple[Way, Way, Way]], node: str, level: int) -> tuple[Flow, ...]:
    """Return the flows of the path that `best` remembers for a component."""
    steps: list[Flow] = []
    while (flow := best[node][level][1]) is not None and len(steps) < STEPS:
        steps.append(flow)
        stays = best[node][level][2] if level == 2 else attempts(flow) == 1
        level -= 0 if stays else 1
        node = flow.source
    return tuple(reversed(steps))


def _retried(path: tuple[Flow, ...]) -> tuple[str, ...]:
    """Return the steps of a path from its first retry on, each retry named behind its flow."""
    first = next(n for n, flow in enumerate(path) if attempts(flow) > 1)
    steps = [path[first].source]
    for flow in path[first:]:
        steps += [flow.id, *([f"{flow.id}.retry"] if attempts(flow) > 1 else []), flow.target]
    return tuple(steps)


def impatient(tree: FaultTree) -> list[Derived]:
    """Return the calls whose stated timeout is shorter than what the callee may take, retries included.

    The worst case of a callee is the longest of its waiting calls: attempts times timeout where it is stated; where a source denies a
    timeout, attempts times the worst case behind it; where nothing is said, nothing is assumed.
    """
    read = tree.dependencies
    timed = {
        f.id: timeout
        for flows in read.synchronous.values()
        for f in flows
        if f.facts and (timeout := number(f, "timeout")) is not None
    }
    if not timed:
        return []
    order, back = forward(read, tuple(read.synchronous))
    worst: dict[str, tuple[float, Flow]] = {}
    for node in reversed(order):
        for flow in read.synchronous.get(node, ()):
            longest = None
            if flow.id in timed:
                longest = timed[flow.id] * attempts(flow)
            elif flow.facts and flow.target in worst and flow.id not in back:
                fact = flow.fact("timeout")
                if fact is not None and fact.absent:
                    longest = worst[flow.target][0] * attempts(flow)
            if longest is not None and (node not in worst or longest > worst[node][0]):
                worst[node] = (longest, flow)
    out = []
    for flows in read.synchronous.values():
        for flow in flows:
            if flow.id not in timed or flow.target not in worst:
                continue
            longest, inner = worst[flow.target]
            if inner.target == flow.source:
                continue
            if longest > timed[flow.id]:
                because = [flow.source, f"{flow.id}.timeout", flow.target]
                while len(because) < STEPS:
                    because += [f"{inner.id}.timeout", inner.target]
                    if inner.id in timed or inner.target not in worst:
                        break
                    inner = worst[inner.target][1]
                over = round(longest - timed[flow.id], 3)
                out.append(Derived("impatient", flow.id, value=over, because=tuple(because)))
    return sorted(out, key=lambda d: d.subject)


def slower(tree: FaultTree) -> list[Derived]:
    """Return who promises to answer faster than something that it waits for, both stated."""
    read = tree.dependencies
    stated = {c.id: s for c in tree.graph.components if c.facts and (s := number(c, "latency")) is not None}
    out = []
    for id_, promise in stated.items():
        waits = [f for f in read.synchronous.get(id_, ()) if stated.get(f.target, 0.0) > promise]
        if waits:
            slowest = max(waits, key=lambda f: (stated[f.target], f.id))
            over = round(stated[slowest.target] - promise, 3)
            because = (f"{id_}.latency", slowest.id, f"{slowest.target}.latency")
            out.append(Derived("slowerThanPromised", id_, objects=(slowest.target,), value=over, because=because))
    return out


def tails(tree: FaultTree) -> list[Derived]:
    """Return what waits for many callees, and how many of its requests meet the slowest hundredth of one of them."""
    read = tree.dependencies
    out = []
    for source, flows in read.synchronous.items():
        if len(flows) < FANNED or read.by_id[source].kind not in ("service", "web_frontend"):
            continue
        callees = {
            f.target: f.id
            for f in flows
            if not _looks_after(f) and read.by_id[f.target].kind in RUNTIME | STORES | {"external_service"}
        }
        if len(callees) >= FANNED:
            share = round(1 - 0.99 ** len(callees), 3)
            out.append(Derived("fanOutTail", source, value=share, because=tuple(callees.values())[:10]))
    return out


def _looks_after(flow: Flow) -> bool:
    """Return whether a flow only asks how the other one is: no request waits for that."""
    return any(_HEALTH.search(e.quote) for e in flow.evidence)
