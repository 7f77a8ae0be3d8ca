"""Which mechanisms a flow needs, by its kind and its ends."""

from __future__ import annotations

import re

from buttress.dependencies import is_synchronous
from buttress.faults import FaultTree
from buttress.model import Component, Derived, Flow
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
    kinds = {c.id: c.kind for c in tree.graph.components if not _is_in_process(c)}
    flows = tree.graph.flows
    if len(flows) <= EACH:
        return [Derived("wants", f.id, value=name) for f in flows for name in wanted(f, kinds)]
    needs: dict[tuple[str, str], None] = {}
    known: dict[tuple[str, bool | None, str, str], tuple[str, ...]] = {}
    for flow in flows:
        alike = (flow.kind, flow.sync, kinds.get(flow.source, ""), kinds.get(flow.target, ""))
        if alike not in known:
            known[alike] = wanted(flow, kinds)
        for name in known[alike]:
            needs[flow.source, name] = None
    return [Derived("wants", caller, value=name) for caller, name in needs]


def _is_in_process(component: Component) -> bool:
    """Return whether a queue lives in the memory of a process: nothing comes twice from it, and no broker keeps what fails."""
    return (
        component.kind in MESSAGING
        and component.technology is None
        and any(
            _IN_PROCESS.search(words) for words in (component.name, *(e.quote for e in component.evidence))
        )
    )


def wanted(flow: Flow, kinds: dict[str, str]) -> tuple[str, ...]:
    """Return the names of the mechanisms that a flow needs.

    >>> wanted(Flow("f", "a", "b", "calls"), {"a": "service", "b": "service"})
    ('timeout', 'retry')
    >>> wanted(Flow("f", "a", "b", "consumes"), {"a": "worker", "b": "message_broker"})
    ('idempotent', 'dead_letter_queue', 'acknowledgement')
    >>> wanted(Flow("f", "a", "b", "publishes", sync=True), {"a": "service", "b": "cache"})
    ('timeout', 'acknowledgement')
    """
    source, target = kinds.get(flow.source, ""), kinds.get(flow.target, "")
    if source not in RUNTIME or target in _NEVER:
        return ()
    if flow.kind == "consumes":
        return _CONSUMER if target else ()
    if flow.kind == "publishes" and target in STORES and flow.sync:  # a cache that is a queue, too
        return ("timeout", "acknowledgement")
    if flow.kind == "publishes" or target in MESSAGING:
        return ("acknowledgement",) if flow.kind == "publishes" else ()
    if not is_synchronous(flow):
        return ()
    if target in STORES:
        return ("timeout",)
    if target == "external_service":
        return _OUTSIDE
    return ("timeout", "retry") if target in _ANSWERING and flow.kind != "depends_on" else ()
