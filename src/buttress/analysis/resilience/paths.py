"""What adds up along the way of a request: attempts, waiting, tails.

All of it is worked out in one pass over the waiting calls in topological order; a call that closes a circle isn't followed, so in circles
the numbers are what one round of them can cause. O(V + E).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from heapq import nsmallest

from buttress.compact import depth_first
from buttress.dependencies import number
from buttress.faults import FaultTree
from buttress.model import Derived, Flow
from buttress.model.kinds import RUNTIME, STORES

MOST = 1_000_000  # attempts that are counted
TOLD = 100  # places of a large graph where attempts multiply most
TOLD_IMPATIENT = 5_000  # calls of a large graph that give up too early by most
STEPS = 100  # flows of a path that are told
_HEALTH = re.compile(r"health|/hc\b|/status\b|/ping\b", re.IGNORECASE)
Way = tuple[int, Flow | None]  # attempts, and the last flow of the way on which they add up
_NONE: Way = (0, None)
AMPLIFIED = 8  # attempts at the last component for one request; three levels of two attempts are 8
FANNED = 5  # callees that a request waits for, from which on the tail is told


Step = tuple[
    Flow, int, int, float | None
]  # a waiting call, the number of its target, its attempts and its timeout


@dataclass(frozen=True, slots=True)
class Order:
    """The callers before their callees: the numbers of all components that wait or are waited for, those that requests reach last.

    `reached` are the ones that requests from outside reach. `steps` are the waiting calls of each component, those that close circles
    aside, and those that can't matter: they state nothing and lead nowhere further, or where the one before leads. The attempts are 1
    and the timeout is None when unknown; `tries` and `timed` hold what is known by the id of the flow.
    """

    all: list[int]
    reached: list[int]
    steps: list[list[Step]]
    tries: dict[str, int]
    timed: dict[str, float]
    index: dict[str, int]


def ordered(tree: FaultTree) -> Order:
    """Return the components of a graph in the order of its waiting calls. O(V + E).

    >>> from buttress.faults import grow
    >>> from buttress.model import Component, SystemGraph
    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"), Flow("g", "b", "a")))
    >>> ordered(grow(g)).all, [step[0].id for step in ordered(grow(g)).steps[1]]
    ([0, 1], [])
    """
    read, index, waits = tree.dependencies, tree.index, tree.waits
    fronts = (f for e in read.entries for f in read.fronts.get(e, ()))
    doors = dict.fromkeys((*fronts, *read.entries))
    done, circles = depth_first(waits, [index[i] for i in (*doors, *read.synchronous)])
    entered = {index[door] for door in doors}
    reached = max((at for at, node in enumerate(done, 1) if node in entered), default=0)
    tries: dict[str, int] = {}
    timed: dict[str, float] = {}
    steps: list[list[Step]] = [[] for _ in waits]
    for source, flows in read.synchronous.items():
        node = index[source]
        plain = {tree.names[needed] for needed in waits[node] if waits[needed]}
        for flow in flows:
            many, timeout = 1, None
            if flow.facts:
                many, timeout = _stated(flow)
                if many > 1:
                    tries[flow.id] = many
                if timeout is not None:
                    timed[flow.id] = timeout
            elif flow.target not in plain:
                continue
            else:
                plain.discard(flow.target)
            target = index[flow.target]
            if (node, target) not in circles:
                steps[node].append((flow, target, many, timeout))
    return Order(done[::-1], done[:reached][::-1], steps, tries, timed, index)


def _stated(flow: Flow) -> tuple[int, float | None]:
    """Return how often a flow tries (retries + 1, 1 when unknown) and its timeout."""
    retries, timeout = number(flow, "retry"), number(flow, "timeout")
    return 1 + int(retries) if retries is not None and 1 <= retries < 100 else 1, timeout


def amplified(order: Order) -> list[Derived]:
    """Return where stated retries on several levels multiply to eight attempts or more: the last flow that multiplies, with its worst path.

    Everything behind that flow gets the same number of attempts, so it isn't told again.
    """
    if not order.tries:
        return []
    # for each component, the most attempts with which it is reached when one level, or several, retried; and the last flow of that way
    one: list[Way] = [_NONE] * len(order.steps)
    more: list[Way] = [_NONE] * len(order.steps)
    found: dict[tuple[int, int], tuple[int, Flow]] = {}
    for node in order.reached:
        single, several = one[node][0], more[node][0]
        before = max(single, several)
        for flow, target, tries, _ in order.steps[node]:
            if tries == 1:
                if single > one[target][0]:
                    one[target] = (single, flow)
                if several > more[target][0]:
                    more[target] = (several, flow)
                continue
            if tries > one[target][0]:
                one[target] = (tries, flow)
            total = min(before * tries, MOST)
            if total > more[target][0]:
                more[target] = (total, flow)
            if total >= AMPLIFIED and total > found.get((node, target), _NONE)[0]:
                found[node, target] = (total, flow)
    out: list[Derived] = []
    inner: set[str] = set()
    for total, last in sorted(found.values(), key=lambda f: (-f[0], f[1].id)):
        if last.id not in inner and len(out) < TOLD:
            path = _way(one, more, last, order)
            inner.update(f.id for f in path)
            out.append(Derived("attempts", last.id, value=total, because=_retried(path, order.tries)))
    return sorted(out, key=lambda d: d.subject)


def _way(one: list[Way], more: list[Way], last: Flow, order: Order) -> tuple[Flow, ...]:
    """Return the flows of the worst path that ends with `last`, from its first retry on."""
    steps = [last]
    several = True  # whether what lies before has several levels that retry, or may have
    choose = True  # whether a retry was just passed: then the larger of the two ways comes before
    while len(steps) < STEPS:
        node = order.index[steps[-1].source]
        if choose:
            several = more[node][0] >= one[node][0]
        flow = (more if several else one)[node][1]
        if flow is None:
            break
        steps.append(flow)
        choose = flow.id in order.tries
        if choose and not several:
            break  # the only level that retries begins here
    return tuple(reversed(steps))


def _retried(path: tuple[Flow, ...], tries: dict[str, int]) -> tuple[str, ...]:
    """Return the steps of a path from its first retry on, each retry named behind its flow."""
    first = next(n for n, flow in enumerate(path) if flow.id in tries)
    steps = [path[first].source]
    for flow in path[first:]:
        steps += [flow.id, *([f"{flow.id}.retry"] if flow.id in tries else []), flow.target]
    return tuple(steps)


def impatient(order: Order) -> list[Derived]:
    """Return the calls whose stated timeout is shorter than what the callee may take, retries included.

    The worst case of a callee is the longest of its waiting calls: attempts times timeout where it is stated; where a source denies a
    timeout, attempts times the worst case behind it; where nothing is said, nothing is assumed.
    """
    timed = order.timed
    if not timed:
        return []
    worst: list[tuple[float, Flow, int] | None] = [None] * len(order.steps)
    for node in reversed(order.all):
        slowest = None
        for flow, target, tries, timeout in order.steps[node]:
            longest = timeout
            if timeout is None:
                behind = worst[target]
                fact = flow.fact("timeout") if behind and flow.facts else None
                longest = behind[0] if behind and fact is not None and fact.absent else None
            if longest is not None and (slowest is None or longest * tries > slowest[0]):
                slowest = (longest * tries, flow, target)
        worst[node] = slowest
    found = []
    for steps in order.steps:
        for flow, target, _, patience in steps:
            behind = worst[target]
            if patience is None or behind is None:
                continue
            if behind[0] > patience and behind[1].target != flow.source:
                found.append((round(behind[0] - patience, 3), flow, behind))
    out = []
    for over, flow, behind in nsmallest(TOLD_IMPATIENT, found, key=lambda f: (-f[0], f[1].id)):
        because = [flow.source, f"{flow.id}.timeout", flow.target]
        step: tuple[float, Flow, int] | None = behind
        while step is not None and len(because) < STEPS:
            because += [f"{step[1].id}.timeout", step[1].target]
            step = None if step[1].id in timed else worst[step[2]]
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
            out.append(
                Derived("slowerThanPromised", id_, objects=(slowest.target,), value=over, because=because)
            )
    return out


def tails(tree: FaultTree) -> list[Derived]:
    """Return what waits for many callees, and how many of its requests meet the slowest hundredth of one of them."""
    read = tree.dependencies
    answering = {id_ for id_, c in read.by_id.items() if c.kind in RUNTIME | STORES | {"external_service"}}
    out = []
    for source, flows in read.synchronous.items():
        if len(flows) < FANNED or read.by_id[source].kind not in ("service", "web_frontend"):
            continue
        callees = {
            f.target: f.id for f in flows if f.target in answering and not (f.evidence and _looks_after(f))
        }
        if len(callees) >= FANNED:
            share = round(1 - 0.99 ** len(callees), 3)
            out.append(Derived("fanOutTail", source, value=share, because=tuple(callees.values())[:10]))
    return out


def _looks_after(flow: Flow) -> bool:
    """Return whether a flow only asks how the other one is: no request waits for that."""
    return any(_HEALTH.search(e.quote) for e in flow.evidence)
