"""A key-value store that only carries tasks is a broker: everybody who uses it publishes to it, consumes from it or is set up so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from buttress.model import Component, Evidence, Flow
from buttress.names import words_of

ALSO_BROKERS = ("redis", "valkey")
_KEPT = ("cache", "key_value_db")
_CARRIES = ("publishes", "consumes")
# The key of a setting that holds an address, and the keys whose address is for tasks; results of tasks are a part of that.
_ADDRESS = re.compile(
    r"(\w+)[\"']?\s*[:=]\s*[\"']?(?:redis|rediss|valkey|sentinel)(?:\+\w+)?://", re.IGNORECASE
)
_TASKS = re.compile(r"BROKER|RESULT_BACKEND|CELERY", re.IGNORECASE)
_ORDER = re.compile(r"^[-\s\"']*(?:depends_on\b|[\w.-]+[\"']?:?\s*$)")
_OTHERWISE = frozenset(("cache", "caching", "session", "store", "lock"))


def as_brokers(
    components: Sequence[Component], flows: Sequence[Flow]
) -> tuple[tuple[Component, ...], tuple[Flow, ...]]:
    """Return components and flows: what only carries tasks has the kind of a broker, and flows to it say who sends and who takes.

    A use that nothing explains, or a name that says what else it keeps, leaves a store as it is. O(components + flows).

    >>> redis, setting = Component("redis", "redis", "cache", "redis"), Evidence("compose.yaml", 1, 1, "CELERY_BROKER_URL: redis://redis")
    >>> (found,), (flow,) = as_brokers([redis], [Flow("web--calls--redis", "web", "redis", evidence=(setting,))])
    >>> found.kind, flow.id
    ('message_broker', 'web--publishes--redis')
    """
    uses: dict[str, list[Flow]] = {
        c.id: []
        for c in components
        if c.technology in ALSO_BROKERS and c.kind in _KEPT and _OTHERWISE.isdisjoint(_words(c))
    }
    by_id = {c.id: c for c in components}
    for flow in flows:
        user = by_id.get(flow.source)
        if flow.target in uses and not (user is not None and user.kind == "monitoring"):
            uses[flow.target].append(flow)
    brokers = {id_ for id_, used in uses.items() if _is_broker(used)}
    if not brokers:
        return tuple(components), tuple(flows)
    out: dict[str, Flow] = {}
    for flow in flows:
        user = by_id.get(flow.source)
        if (
            flow.target in brokers
            and flow.kind == "calls"
            and not (user is not None and user.kind == "monitoring")
        ):
            kind = "consumes" if user is not None and user.fact("task_process") is not None else "publishes"
            flow = replace(flow, id=f"{flow.source}--{kind}--{flow.target}", kind=kind)
        known = out.get(flow.id)
        out[flow.id] = flow if known is None else replace(known, evidence=_both(known, flow))
    return tuple(replace(c, kind="message_broker") if c.id in brokers else c for c in components), tuple(
        sorted(out.values(), key=lambda f: f.id)
    )


def _words(component: Component) -> set[str]:
    return {w for name in (component.name, *component.aliases) for w in words_of(name.lower())}


def _is_broker(used: Sequence[Flow]) -> bool:
    """Return whether somebody sends or takes tasks, and nobody uses it for anything else; an order of starting is no use.

    Whose code does nothing else there has its address for that, whatever the setting is called.
    """
    told = [f for f in used if f.kind != "depends_on"]
    sending = {f.source for f in told if f.kind in _CARRIES and any(e.form == "code" for e in f.evidence)}
    return bool(told) and all(
        f.kind in _CARRIES
        or _for_tasks(f)
        or (f.source in sending and all(e.form != "code" for e in f.evidence))
        for f in told
    )


def _for_tasks(flow: Flow) -> bool:
    """Return whether every setting that shows a flow gives an address for tasks."""
    lines = [e.quote for e in flow.evidence if not _ORDER.match(e.quote)]
    keys = [_ADDRESS.findall(line) for line in lines]
    return bool(keys) and all(found and all(map(_TASKS.search, found)) for found in keys)


def _both(one: Flow, other: Flow) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys((*one.evidence, *other.evidence)))
