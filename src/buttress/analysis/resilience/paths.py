"""What adds up along the way of a request: attempts, waiting, tails.

All of it is worked out in one pass over the waiting calls in topological order; a call that closes a circle isn't followed, so in circles
the numbers are what one round of them can cause. O(V + E).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from buttress.compact import depth_first
from buttress.dependencies import HAS_EVIDENCE, HAS_FACTS, WAITED, number
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
    and the timeout is None when unknown; `retries` and `times` say whether anything is known of them at all.
    """

    all: list[int]
    reached: list[int]
    steps: list[list[Step]]
    retries: bool
    times: bool
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
    asking = [n for n, needed in enumerate(waits) if needed]
    done, circles = depth_first(waits, [*(index[i] for i in doors), *asking])
    entered = {index[door] for door in doors}
    reached = max((at for at, node in enumerate(done, 1) if node in entered), default=0)
    closed: dict[int, set[int]] = {}
    for node, target in circles:
        closed.setdefault(node, set()).add(target)
    retries = times = False
    steps: list[list[Step]] = [[] for _ in waits]
    for node in asking:
        plain = {needed for needed in waits[node] if waits[needed]}
        back = closed.get(node, ())
        flows, out = read.wiring.flows[node], steps[node]
        those = zip(read.strength[node], read.wiring.sorts[node], read.wiring.ends[node], strict=True)
        for at, (strong, sort, target) in enumerate(those):
            if not strong & WAITED:
                continue
            if sort & HAS_FACTS:
                tries, timeout = _stated(flows[at])
                retries = retries or tries > 1
                times = times or timeout is not None
                if target not in back:
                    out.append((flows[at], target, tries, timeout))
            elif target in plain:
                plain.discard(target)
                if target not in back:
                    out.append((flows[at], target, 1, None))
    return Order(done[::-1], done[:reached][::-1], steps, retries, times, index)


def _stated(flow: Flow) -> tuple[int, float | None]:
    """Return how often a flow tries (retries + 1, 1 when unknown) and its timeout."""
    tries, timeout = 1, None
    for fact in flow.facts:
        if fact.name == "timeout":
            timeout = number(flow, "timeout")
        elif fact.name == "retry":
            many = number(flow, "retry")
            tries = 1 + int(many) if many is not None and 1 <= many < 100 else 1
    return tries, timeout


def amplified(order: Order) -> list[Derived]:
    """Return where stated retries on several levels multiply to eight attempts or more: the last flow that multiplies, with its worst path.

    Everything behind that flow gets the same number of attempts, so it isn't told again.
    """
    if not order.retries:
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
            out.append(Derived("attempts", last.id, value=total, because=_retried(path)))
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
        choose = _stated(flow)[0] > 1
        if choose and not several:
            break  # the only level that retries begins here
    return tuple(reversed(steps))


def _retried(path: tuple[Flow, ...]) -> tuple[str, ...]:
    """Return the steps of a path from its first retry on, each retry named behind its flow."""
    retried = [_stated(flow)[0] > 1 for flow in path]
    first = retried.index(True)
    steps = [path[first].source]
    for flow, again in zip(path[first:], retried[first:], strict=True):
        steps += [flow.id, *([f"{flow.id}.retry"] if again else []), flow.target]
    return tuple(steps)


def impatient(order: Order) -> list[Derived]:
    """Return the calls whose stated timeout is shorter than what the callee may take, retries included.

    The worst case of a callee is the longest of its waiting calls: attempts times timeout where it is stated; where a source denies a
    timeout, attempts times the worst case behind it; where nothing is said, nothing is assumed.
    """
    if not order.times:
        return []
    worst: list[tuple[float, Flow, int] | None] = [None] * len(order.steps)
    found = []
    for node in reversed(order.all):  # callees come before their callers
        slowest = None
        for flow, target, tries, timeout in order.steps[node]:
            behind, longest = worst[target], timeout
            if timeout is None:
                fact = flow.fact("timeout") if behind and flow.facts else None
                longest = behind[0] if behind and fact is not None and fact.absent else None
            elif behind is not None and behind[0] > timeout and behind[1].target != flow.source:
                found.append((round(behind[0] - timeout, 3), flow, behind))
            if longest is not None and (slowest is None or longest * tries > slowest[0]):
                slowest = (longest * tries, flow, target)
        worst[node] = slowest
    out = []
    for over, flow, behind in nsmallest(TOLD_IMPATIENT, found, key=lambda f: (-f[0], f[1].id)):
        because = [flow.source, f"{flow.id}.timeout", flow.target]
        step: tuple[float, Flow, int] | None = behind
        while step is not None and len(because) < STEPS:
            because += [f"{step[1].id}.timeout", step[1].target]
            step = None if _stated(step[1])[1] is not None else worst[step[2]]
        out.append(Derived("impatient", flow.id, value=over, because=tuple(because)))
    return sorted(out, key=lambda d: d.subject)


def slower(tree: FaultTree) -> list[Derived]:
    """Return who promises to answer faster than something that it waits for, both stated."""
    read = tree.dependencies
    stated = {c.id: s for c in tree.graph.components if c.facts and (s := number(c, "latency")) is not None}
    out = []
    for id_, promise in stated.items():
        waits = [f for f in read.synchronous(id_) if stated.get(f.target, 0.0) > promise]
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
    read, components = tree.dependencies, tree.graph.components
    answers = bytearray(c.kind in RUNTIME | STORES | {"external_service"} for c in components)
    out = []
    for node, waits in enumerate(read.waits):
        if len(waits) < FANNED or components[node].kind not in ("service", "web_frontend"):
            continue
        flows = read.wiring.flows[node]
        those = zip(read.strength[node], read.wiring.sorts[node], read.wiring.ends[node], strict=True)
        callees = {
            target: at
            for at, (strong, sort, target) in enumerate(those)
            if strong & WAITED and answers[target] and not (sort & HAS_EVIDENCE and _looks_after(flows[at]))
        }
        if len(callees) >= FANNED:
            share = round(1 - 0.99 ** len(callees), 3)
            because = tuple(flows[at].id for at in islice(callees.values(), 10))
            out.append(Derived("fanOutTail", tree.names[node], value=share, because=because))
    return out


def _looks_after(flow: Flow) -> bool:
    """Return whether a flow only asks how the other one is: no request waits for that."""
    return any(_HEALTH.search(e.quote) for e in flow.evidence)
