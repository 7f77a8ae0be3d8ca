"""A key-value store that only carries tasks is a broker: everybody who uses it publishes to it, consumes from it or is set up so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from buttress.model import Component, Flow, flow_id
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

    A use that nothing explains, or a name that says what else it keeps, leaves a store as it is, and where nobody is known to take, who
    sends isn't either. O(components + flows).

    >>> from buttress.model import Evidence, Fact
    >>> redis, setting = Component("redis", "redis", "cache", "redis"), Evidence("compose.yaml", 1, 1, "CELERY_BROKER_URL: redis://redis")
    >>> web, hand = Component("web", "web"), Component("hand", "hand", facts=(Fact("task_process", "worker"),))
    >>> uses = [Flow(f"{c.id}--calls--redis", c.id, "redis", evidence=(setting,)) for c in (web, hand)]
    >>> (found, *_), sent = as_brokers([redis, web, hand], uses)
    >>> found.kind, [f.id for f in sent]
    ('message_broker', ['hand--consumes--redis', 'web--publishes--redis'])
    >>> as_brokers([redis, web], uses[:1])[1][0].kind
    'calls'
    """
    uses: dict[str, list[Flow]] = {
        c.id: []
        for c in components
        if c.technology in ALSO_BROKERS and c.kind in _KEPT and _OTHERWISE.isdisjoint(_words(c))
    }
    users = {c.id: c for c in components if c.kind != "monitoring"}
    for flow in flows:
        if flow.target in uses and flow.source in users:
            uses[flow.target].append(flow)
    brokers = {id_ for id_, used in uses.items() if _is_broker(used)}
    if not brokers:
        return tuple(components), tuple(flows)
    taken = {id_ for id_ in brokers if any(_takes(f, users) for f in uses[id_])}
    out = []
    for flow in flows:
        if flow.target in taken and flow.kind == "calls" and flow.source in users:
            kind = "publishes" if users[flow.source].fact("task_process") is None else "consumes"
            flow = replace(flow, id=flow_id(flow.source, flow.target, kind), kind=kind)
        out.append(flow)
    known = tuple(replace(c, kind="message_broker") if c.id in brokers else c for c in components)
    return known, tuple(sorted(out, key=lambda f: f.id))


def _takes(flow: Flow, users: Mapping[str, Component]) -> bool:
    """Return whether it is known that somebody takes tasks there; as long as nobody is, each of them may be the one who does."""
    return flow.kind == "consumes" or users[flow.source].fact("task_process") is not None


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
