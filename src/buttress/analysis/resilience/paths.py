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
TOLD_IMPATIENT = 5_000  # calls of a large graph that give up too early by most
STEPS = 100  # flows of a path that are told
_HEALTH = re.compile(r"health|/hc\b|/status\b|/ping\b", re.IGNORECASE)
_NONE: tuple[int, None] = (0, None)
AMPLIFIED = 8  # attempts at the last component for one request; three levels of two attempts are 8
FANNED = 5  # callees that a request waits for, from which on the tail is told


@dataclass(frozen=True, slots=True)
class Order:
    """The callers before their callees: all components that wait or are waited for, those that requests reach last.

    `reached` are the ones that requests from outside reach. `steps` are their waiting calls, those that close circles aside, with the
    attempts (1 when unknown) and the timeout (None when unknown) of each; `tries` and `timed` hold what is known by the id of the flow.
    """

    all: list[str]
    reached: list[str]
    steps: dict[str, list[tuple[Flow, int, float | None]]]
    tries: dict[str, int]
    timed: dict[str, float]


def ordered(read: Dependencies) -> Order:
    """Return the components of a graph in the order of its waiting calls. O(V + E).

    >>> from buttress.dependencies import read_dependencies
    >>> from buttress.model import Component, SystemGraph
    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"), Flow("g", "b", "a")))
    >>> ordered(read_dependencies(g)).all, [f.id for f, _, _ in ordered(read_dependencies(g)).steps["a"]]
    (['a', 'b'], ['f'])
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
    tries: dict[str, int] = {}
    timed: dict[str, float] = {}
    steps: dict[str, list[tuple[Flow, int, float | None]]] = {}
    for source, waits in read.synchronous.items():
        steps[source] = own = []
        for flow in waits:
            many, timeout = _stated(flow) if flow.facts else (1, None)
            if many > 1:
                tries[flow.id] = many
            if timeout is not None:
                timed[flow.id] = timeout
            if flow.id not in back:
                own.append((flow, many, timeout))
    return Order(done[::-1], reached[::-1], steps, tries, timed)


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
    one: dict[str, tuple[int, Flow]] = {}
    more: dict[str, tuple[int, Flow]] = {}
    found: dict[tuple[str, str], tuple[int, Flow]] = {}
    for node in order.reached:
        single, several = one.get(node), more.get(node)
        before = max(single[0] if single else 0, several[0] if several else 0)
        for flow, tries, _ in order.steps.get(node, ()):
            target = flow.target
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
    out: list[Derived] = []
    inner: set[str] = set()
    for total, last in sorted(found.values(), key=lambda f: (-f[0], f[1].id)):
        if last.id not in inner and len(out) < TOLD:
            path = _way(one, more, last, order.tries)
            inner.update(f.id for f in path)
            out.append(Derived("attempts", last.id, value=total, because=_retried(path, order.tries)))
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
        flow = (more if several else one).get(node, _NONE)[1]
        if flow is None:
            break
        steps.append(flow)
        choose = flow.id in tries
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
    worst: dict[str, tuple[float, Flow]] = {}
    for node in reversed(order.all):
        for flow, tries, timeout in order.steps.get(node, ()):
            longest = timeout
            if timeout is None and flow.facts and flow.target in worst:
                fact = flow.fact("timeout")
                longest = worst[flow.target][0] if fact is not None and fact.absent else None
            if longest is not None and (node not in worst or longest * tries > worst[node][0]):
                worst[node] = (longest * tries, flow)
    found = []
    for steps in order.steps.values():
        for flow, _, patience in steps:
            if patience is None:
                continue
            behind = worst.get(flow.target)
            if behind is not None and behind[0] > patience and behind[1].target != flow.source:
                found.append((round(behind[0] - patience, 3), flow))
    found.sort(key=lambda f: (-f[0], f[1].id))
    out = []
    for over, flow in found[:TOLD_IMPATIENT]:
        because = [flow.source, f"{flow.id}.timeout", flow.target]
        inner = worst[flow.target][1]
        while len(because) < STEPS:
            because += [f"{inner.id}.timeout", inner.target]
            if inner.id in timed or inner.target not in worst:
                break
            inner = worst[inner.target][1]
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
    return bool(flow.evidence) and any(_HEALTH.search(e.quote) for e in flow.evidence)
