"""Which mechanisms a flow needs, by its kind and its ends."""

from __future__ import annotations

from buttress.dependencies import is_synchronous
from buttress.faults import FaultTree
from buttress.model import Derived, Flow
from buttress.model.kinds import MESSAGING, RUNTIME, STORES

EACH = 50_000  # flows up to which every flow is told; beyond, every caller
_NEVER = frozenset(("actor", "monitoring", "library_or_module", ""))
_ANSWERING = RUNTIME | {"identity_provider"}
_CONSUMER = ("idempotent", "dead_letter_queue", "acknowledgement")
_OUTSIDE = ("timeout", "retry", "circuit_breaker", "fallback")


def wants(tree: FaultTree) -> list[Derived]:
    """Return the mechanisms that each flow needs, or that the flows of each caller need in a large graph."""
    kinds = {c.id: c.kind for c in tree.graph.components}
    flows = tree.graph.flows
    if len(flows) <= EACH:
        return [Derived("wants", f.id, value=name) for f in flows for name in wanted(f, kinds)]
    out = []
    known: dict[tuple[str, str, bool | None, str], tuple[str, ...]] = {}
    for caller, targets in tree.dependencies.between.items():
        needs: dict[str, None] = {}
        for target, between in targets.items() if kinds[caller] in RUNTIME else ():
            for flow in between:
                alike = (kinds[caller], flow.kind, flow.sync, kinds[target])
                if alike not in known:
                    known[alike] = wanted(flow, kinds)
                for name in known[alike]:
                    needs[name] = None
        out += [Derived("wants", caller, value=name) for name in needs]
    return out


def wanted(flow: Flow, kinds: dict[str, str]) -> tuple[str, ...]:
    """Return the names of the mechanisms that a flow needs.

    >>> wanted(Flow("f", "a", "b", "calls"), {"a": "service", "b": "service"})
    ('timeout', 'retry')
    >>> wanted(Flow("f", "a", "b", "consumes"), {"a": "worker", "b": "message_broker"})
    ('idempotent', 'dead_letter_queue', 'acknowledgement')
    """
    source, target = kinds.get(flow.source, ""), kinds.get(flow.target, "")
    if source not in RUNTIME or target in _NEVER:
        return ()
    if flow.kind == "consumes":
        return _CONSUMER
    if flow.kind == "publishes" or target in MESSAGING:
        return ("acknowledgement",) if flow.kind == "publishes" else ()
    if not is_synchronous(flow):
        return ()
    if target in STORES:
        return ("timeout",)
    if target == "external_service":
        return _OUTSIDE
    return ("timeout", "retry") if target in _ANSWERING and flow.kind != "depends_on" else ()
