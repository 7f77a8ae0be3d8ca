"""Resilience: what each flow needs, what the sources state, and what adds up along a path.

Sources: Nygard, "Release It!" 2nd ed. (timeouts, circuit breaker, bulkhead); Brooker, "Timeouts, retries and backoff
with jitter", Amazon Builders' Library (retry amplification); Dean and Barroso 2013, "The Tail at Scale" (fan-out).
"""

from __future__ import annotations

from buttress.dependencies import Dependencies, is_synchronous, number
from buttress.faults import Causes, FaultTree
from buttress.model import Derived, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, RUNTIME, STORES

AMPLIFIED = 8  # attempts at the last component for one request; three levels of two attempts are 8
MAX_PATHS = 5_000


def analyse(tree: FaultTree, causes: Causes) -> tuple[Derived, ...]:
    """Return what flows want and what adds up along paths.

    Derived: `wants` of a flow (value: the name of a fact that this kind of flow needs), `attempts` of a flow (value: attempts
    that one request can cause at its target; because: the path), `impatient` of a flow (value: seconds by which the callee's
    worst case exceeds the caller's timeout; because: caller, flow, callee's flows).
    """
    dependencies, graph = tree.dependencies, tree.graph
    kinds = {c.id: c.kind for c in graph.components}
    out: list[Derived] = []
    for flow in graph.flows:
        for name in wanted(flow, kinds):
            out.append(Derived("wants", flow.id, value=name))
    out += _amplification(dependencies)
    out += _budgets(graph, dependencies)
    return tuple(out)


def wanted(flow: Flow, kinds: dict[str, str]) -> tuple[str, ...]:
    """Return the names of the mechanisms that a flow needs, by its kind and its ends.

    >>> wanted(Flow("f", "a", "b", "calls"), {"a": "service", "b": "service"})
    ('timeout', 'retry')
    >>> wanted(Flow("f", "a", "b", "consumes"), {"a": "worker", "b": "message_broker"})
    ('idempotent', 'dead_letter_queue', 'acknowledgement')
    """
    source, target = kinds.get(flow.source, ""), kinds.get(flow.target, "")
    if source not in RUNTIME or target in ("actor", "monitoring", "library_or_module", ""):
        return ()
    if flow.kind == "consumes":
        return ("idempotent", "dead_letter_queue", "acknowledgement")
    if flow.kind == "publishes" or target in MESSAGING:
        return ("acknowledgement",) if flow.kind == "publishes" else ()
    if not is_synchronous(flow):
        return ()
    if target in STORES:
        return ("timeout",)
    if target == "external_service":
        return ("timeout", "retry", "circuit_breaker", "fallback")
    return (
        ("timeout", "retry")
        if target in RUNTIME | {"identity_provider"} and flow.kind != "depends_on"
        else ()
    )


def _attempts(flow: Flow) -> int:
    """Return how often a flow tries: retries + 1, at most 1 when unknown."""
    retries = number(flow, "retry")
    return 1 + int(retries) if retries is not None and 0 < retries < 100 else 1


def _amplification(dependencies: Dependencies) -> list[Derived]:
    """Return where stated retries multiply to eight attempts or more: the last flow that multiplies, with its worst path.

    Everything behind that flow gets the same number of attempts, so it isn't told again.
    """
    worst: dict[tuple[str, str], tuple[int, tuple[Flow, ...]]] = {}
    steps = 0
    for entry in dependencies.entries:
        stack: list[tuple[str, int, tuple[Flow, ...]]] = [(entry, 1, ())]
        while stack and steps < MAX_PATHS:
            id_, product, line = stack.pop()
            steps += 1
            passed = {entry, *(f.target for f in line)}
            for flow in dependencies.synchronous.get(id_, ()):
                if flow.target in passed:
                    continue
                tries = _attempts(flow)
                total, path = product * tries, (*line, flow)
                levels = sum(_attempts(f) > 1 for f in path)
                pair = (flow.source, flow.target)
                if tries > 1 and levels >= 2 and total >= AMPLIFIED and total > worst.get(pair, (0, ()))[0]:
                    worst[pair] = (total, path)
                stack.append((flow.target, total, path))
    paths = {path for _, path in worst.values()}
    inner = {p for p in paths for q in paths if p != q and q[: len(p)] == p}
    return [
        Derived("attempts", path[-1].id, value=total, because=_retried(path))
        for total, path in sorted(worst.values(), key=lambda found: found[1][-1].id)
        if path not in inner
    ]


def _retried(path: tuple[Flow, ...]) -> tuple[str, ...]:
    """Return the steps of a path from its first retry on, each retry named behind its flow."""
    first = next(n for n, flow in enumerate(path) if _attempts(flow) > 1)
    steps = [path[first].source]
    for flow in path[first:]:
        steps += [flow.id, *([f"{flow.id}.retry"] if _attempts(flow) > 1 else []), flow.target]
    return tuple(steps)


def _budgets(graph: SystemGraph, dependencies: Dependencies) -> list[Derived]:
    """Return the calls whose stated timeout is shorter than what the callee may take, retries included."""
    out = []
    for flow in graph.flows:
        patience = number(flow, "timeout")
        if patience is None or not is_synchronous(flow):
            continue
        parts = [
            (timeout * _attempts(inner), inner)
            for inner in dependencies.synchronous.get(flow.target, ())
            if (timeout := number(inner, "timeout")) is not None and inner.target != flow.source
        ]
        if not parts:
            continue
        longest, inner = max(parts, key=lambda p: (p[0], p[1].id))
        if longest > patience:
            because = (flow.source, f"{flow.id}.timeout", flow.target, f"{inner.id}.timeout", inner.target)
            out.append(Derived("impatient", flow.id, value=round(longest - patience, 3), because=because))
    return out
