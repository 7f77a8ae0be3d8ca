"""Which mechanisms a flow needs, by its kind and its ends."""

from __future__ import annotations

import re

from buttress.dependencies import SORTS, waits
from buttress.faults import FaultTree
from buttress.model import Component, Derived
from buttress.model.kinds import MESSAGING, RUNTIME, STORES

EACH = 50_000  # flows up to which every flow is told; beyond, every caller
_NEVER = frozenset(("actor", "monitoring", "library_or_module", ""))
_ANSWERING = RUNTIME | {"identity_provider"}
_CONSUMER = ("idempotent", "dead_letter_queue", "acknowledgement")
_IN_PROCESS = re.compile(
    r"\bin[- ](?:memory|process)\b|\b(?:asyncio|multiprocessing|queue)\.(?:priority)?queue\b|\binternal (?:\w+ )?queues?\b|\bgo channels?\b"
    r"|\bqueues? (?:in memory|(?:in|inside|within) the (?:same )?process)\b",
    re.IGNORECASE,
)
_OUTSIDE = ("timeout", "retry", "circuit_breaker", "fallback")


def wants(tree: FaultTree) -> list[Derived]:
    """Return the mechanisms that each flow needs, or that the flows of each caller need in a large graph."""
    kinds = ["" if _is_in_process(c) else c.kind for c in tree.graph.components]
    wiring, flows = tree.dependencies.wiring, tree.graph.flows
    if len(flows) <= EACH:
        number = wiring.index.get
        ends = ((f, number(f.source), number(f.target)) for f in flows)
        return [
            Derived("wants", f.id, value=name)
            for f, source, target in ends
            if source is not None and target is not None
            for name in wanted(f.kind, f.sync, kinds[source], kinds[target])
        ]
    out = []
    known: dict[tuple[int, str, str], tuple[str, ...]] = {}
    for n, caller in enumerate(kinds):
        if caller not in RUNTIME:
            continue
        needs: dict[str, None] = {}
        asked = [kinds[end] for end in wiring.ends[n]]
        for sort, target in dict.fromkeys(zip(wiring.sorts[n], asked, strict=True)):
            if (sort, caller, target) not in known:
                known[sort, caller, target] = wanted(*SORTS[sort], caller, target)
            needs.update(dict.fromkeys(known[sort, caller, target]))
        out += [Derived("wants", tree.names[n], value=name) for name in needs]
    return out


def _is_in_process(component: Component) -> bool:
    """Return whether a queue lives in the memory of a process: nothing comes twice from it, and no broker keeps what fails."""
    return (
        component.kind in MESSAGING
        and component.technology is None
        and any(
            _IN_PROCESS.search(words) for words in (component.name, *(e.quote for e in component.evidence))
        )
    )


def wanted(kind: str, sync: bool | None, source: str, target: str) -> tuple[str, ...]:
    """Return the names of the mechanisms that a flow of some kind needs, from one kind of component to another.

    >>> wanted("calls", None, "service", "service")
    ('timeout', 'retry')
    >>> wanted("consumes", None, "worker", "message_broker")
    ('idempotent', 'dead_letter_queue', 'acknowledgement')
    >>> wanted("publishes", True, "service", "cache")
    ('timeout', 'acknowledgement')
    """
    if source not in RUNTIME or target in _NEVER:
        return ()
    if kind == "consumes":
        return _CONSUMER
    if kind == "publishes" and target in STORES and sync:  # a cache that is a queue, too
        return ("timeout", "acknowledgement")
    if kind == "publishes" or target in MESSAGING:
        return ("acknowledgement",) if kind == "publishes" else ()
    if not waits(kind, sync):
        return ()
    if target in STORES:
        return ("timeout",)
    if target == "external_service":
        return _OUTSIDE
    return ("timeout", "retry") if target in _ANSWERING and kind != "depends_on" else ()
