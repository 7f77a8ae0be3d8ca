"""What adds up along the way of a request: attempts, waiting, tails.

All of it is worked out in one pass over the waiting calls in topological order; a call that closes a circle isn't followed, so in circles
the numbers are what one round of them can cause. O(V + E).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from buttress.dependencies import Dependencies, number
from buttress.faults import FaultTree
from buttress.model import Derived, Flow
from buttress.model.kinds import RUNTIME, STORES

MOST = 1_000_000  # attempts that are counted
TOLD = 100  # places of a large graph where attempts multiply most
STEPS = 100  # flows of a path that are told
_HEALTH = re.compile(r"health|/hc\b|/status\b|/ping\b", re.IGNORECASE)
_NONE: tuple[int, None] = (0, None)
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


@dataclass(frozen=True, slots=True)
class Order:
    """The callers before their callees: all components that wait or are waited for, those that requests reach last.

    `reached` are the ones that requests from outside reach, `back` the ids of the flows that close circles, `tries` the attempts of the flows that retry.
    """

    all: list[str]
    reached: list[str]
    back: frozenset[str]
    tries: dict[str, int]


def ordered(read: Dependencies) -> Order:
    """Return the components of a graph in the order of its waiting calls. O(V + E).

    >>> from buttress.dependencies import read_dependencies
    >>> from buttress.model import Component, SystemGraph
    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"), Flow("g", "b", "a")))
    >>> ordered(read_dependencies(g)).all, sorted(ordered(read_dependencies(g)).back)
    (['a', 'b'], ['g'])
    """
    done: list[str] = []
    back: set[str] = set()
    open_: set[str] = set()
    seen: set[str] = set()
    fronts = (f for e in read.entries for f in read.fronts.get(e, ()))
    doors = dict.fromkeys((*fronts, *read.entries))
    entered = 0
    for start in (*doors, *(s for s in read.synchronous if s not in doors)):
        if start in doors:
            entered = -1
        elif entered < 0:
            entered = len(done)
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
    reached = done[: len(done) if entered < 0 else entered]
    tries = {
        f.id: many for flows in read.synchronous.values() for f in flows if f.facts and (many := attempts(f)) > 1
    }
    return Order(done[::-1], reached[::-1], frozenset(back), tries)


def amplified(read: Dependencies, order: Order) -> list[Derived]:
    """Return where stated retries on several levels multiply to eight attempts or more: the last flow that multiplies, with its worst path.

    Everything behind that flow gets the same number of attempts, so it isn't told again.
    """
    if not order.tries:
        return []
    # for each component, the most attempts with which it is reached when one level, or several, retried; and the last flow of that way
    one: dict[str, tuple[int, Flow]] = {}
    more: dict[str, tuple[int, Flow]] = {}
    found: dict[tuple[str, str], tuple[int, Flow]] = {}
    for node in order.reached:
        single, several = one.get(node), more.get(node)
        before = max(single[0] if single else 0, several[0] if several else 0)
        for flow in read.synchronous.get(node, ()):
            if flow.id in order.back:
                continue
            target, tries = flow.target, order.tries.get(flow.id, 1)
            if tries == 1:
                if single and single[0] > one.get(target, _NONE)[0]:
                    one[target] = (single[0], flow)
                if several and several[0] > more.get(target, _NONE)[0]:
                    more[target] = (several[0], flow)
                continue
            if tries > one.get(target, _NONE)[0]:
                one[target] = (tries, flow)
            total = min(before * tries, MOST)
            if total > more.get(target, _NONE)[0]:
                more[target] = (total, flow)
            if total >= AMPLIFIED and total > found.get((node, target), _NONE)[0]:
                found[node, target] = (total, flow)
    out = []
    inner: set[str] = set()
    for total, last in sorted(found.values(), key=lambda f: (-f[0], f[1].id)):
        if last.id not in inner and len(out) < TOLD:
            path = _way(one, more, last, order.tries)
            inner.update(f.id for f in path)
            out.append(Derived("attempts", last.id, value=total, because=_retried(path)))
    return sorted(out, key=lambda d: d.subject)


def _way(
    one: dict[str, tuple[int, Flow]], more: dict[str, tuple[int, Flow]], last: Flow, tries: dict[str, int]
) -> tuple[Flow, ...]:
    """Return the flows of the worst path that ends with `last`, from its first retry on."""
    steps = [last]
    several = True  # whether what lies before has several levels that retry, or may have
    choose = True  # whether a retry was just passed: then the larger of the two ways comes before
    while len(steps) < STEPS:
        node = steps[-1].source
        if choose:
            several = more.get(node, _NONE)[0] >= one.get(node, _NONE)[0]
        total, flow = (more if several else one).get(node, _NONE)
        if flow is None:
            break
        steps.append(flow)
        choose = flow.id in tries
        if choose and not several:
            break  # the only level that retries begins here
    return tuple(reversed(steps))


def _retried(path: tuple[Flow, ...]) -> tuple[str, ...]:
    """Return the steps of a path from its first retry on, each retry named behind its flow."""
    first = next(n for n, flow in enumerate(path) if attempts(flow) > 1)
    steps = [path[first].source]
    for flow in path[first:]:
        steps += [flow.id, *([f"{flow.id}.retry"] if attempts(flow) > 1 else []), flow.target]
    return tuple(steps)


def impatient(read: Dependencies, order: Order) -> list[Derived]:
    """Return the calls whose stated timeout is shorter than what the callee may take, retries included.

    The worst case of a callee is the longest of its waiting calls: attempts times timeout where it is stated; where a source denies a
    timeout, attempts times the worst case behind it; where nothing is said, nothing is assumed.
    """
    timed = {
        f.id: timeout
        for flows in read.synchronous.values()
        for f in flows
        if f.facts and (timeout := number(f, "timeout")) is not None
    }
    if not timed:
        return []
    worst: dict[str, tuple[float, Flow]] = {}
    for node in reversed(order.all):
        for flow in read.synchronous.get(node, ()):
            longest = None
            if flow.id in timed:
                longest = timed[flow.id] * order.tries.get(flow.id, 1)
            elif flow.facts and flow.target in worst and flow.id not in order.back:
                fact = flow.fact("timeout")
                if fact is not None and fact.absent:
                    longest = worst[flow.target][0] * order.tries.get(flow.id, 1)
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
