"""Resilience: what each flow needs, what the sources state, and what adds up along a path.

Sources: Nygard, "Release It!" 2nd ed. (timeouts, circuit breaker, bulkhead); Brooker, "Timeouts, retries and backoff
with jitter", Amazon Builders' Library (retry amplification); Dean and Barroso 2013, "The Tail at Scale" (fan-out).
"""

from __future__ import annotations

from buttress.analysis.resilience import mechanisms, messages, paths
from buttress.faults import FaultTree
from buttress.model import Derived


def analyse(tree: FaultTree) -> tuple[Derived, ...]:
    """Return what flows want, what adds up along paths, and what messages, caches and jobs risk.

    Derived: `wants` of a flow (value: the name of a fact that this kind of flow needs; of the caller in a graph of more than 50,000 flows),
    `attempts` of a flow (value: attempts that one request can cause at its target; because: the path), `impatient` of a flow (value:
    seconds by which the callee's worst case exceeds the caller's timeout; because: caller, flow, callee's flows), `slowerThanPromised` (value:
    seconds by which a needed answer is slower than the stated latency; because: both), `fanOutTail` (value: share of requests that
    meet the slowest hundredth of at least one of their callees), `dualWrite` (objects: the stores and brokers that are changed together; because: the flows),
    `herd` of what many retry at the same pace (objects: they; value: how many), `stampede` of a cache whose entries expire for several
    instances at once (objects: the readers), `parallelJob` of a scheduler with several instances (value: certain or possible; because: the facts).
    """
    order = paths.ordered(tree)
    return (
        *mechanisms.wants(tree),
        *paths.amplified(order),
        *paths.impatient(order),
        *paths.slower(tree),
        *paths.tails(tree),
        *messages.dual_writes(tree),
        *messages.herds(tree),
        *messages.stampedes(tree),
        *messages.parallel_jobs(tree),
    )
