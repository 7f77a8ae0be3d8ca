"""What depends on what, and how strongly: the reading of flows that all analyses share.

A flow carries failure from its target to its source unless something softens it. A *hard* dependency is one whose target must
work for the source to do its work: a synchronous call, read or write, a route, a publish without an outbox, a consumer's
broker, the host it runs on. A *soft* one is a flow with a stated fallback, telemetry, a cache in front of another store, or an
asynchronous call, and what is read at the start only. Source of the model: Fault Tree Handbook, NUREG-0492, chapters II and IV (AND and OR gates).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from buttress.model import Component, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, RUNTIME, STORES
from buttress.vocabulary import load

EDGE = frozenset(("gateway", "load_balancer", "cdn", "web_frontend"))
PASSIVE = STORES | MESSAGING
PROSE = frozenset(("prose", "list", "table", "heading"))
AT_START = frozenset(("config_server", "service_registry"))  # read when a process starts, and remembered
OFF_PATH = frozenset(
    ("actor", "monitoring", "library_or_module", "other")
)  # no request of a user waits for these
BUILDERS = re.compile(
    r"\b(?:dev(?:eloper|op|ops|s)?|engineers?|operators?|sre|maintainers?|committers?|ci|build(?:er)?s?)\b",
    re.IGNORECASE,
)
_DEVICES = frozenset("mobile ios android iphone ipad native desktop phone tablet tv smartphone".split())
_ON_DEVICES = (
    frozenset("app apps application applications client clients device devices phones ios android".split())
    | _DEVICES
)
_ASKED = frozenset(("calls", "reads", "writes", "routes", "depends_on"))


def is_synchronous(flow: Flow) -> bool:
    """Return whether the source waits for the target; calls, reads, writes and routes do unless a source says otherwise.

    >>> is_synchronous(Flow("f", "a", "b", "calls")), is_synchronous(Flow("f", "a", "b", "publishes"))
    (True, False)
    """
    if flow.sync is not None:
        return flow.sync
    return flow.kind in ("calls", "reads", "writes", "routes")


def states(item: Component | Flow, *names: str) -> bool:
    """Return whether a source states one of these facts (and doesn't deny it).

    >>> states(Flow("f", "a", "b"), "timeout")
    False
    """
    return any(f.name in names and f.status == "stated" and f.value is not False for f in item.facts)


def denies(item: Component | Flow, *names: str) -> bool:
    """Return whether a source denies one of these facts.

    >>> denies(Flow("f", "a", "b"), "timeout")
    False
    """
    return any(f.name in names and f.absent for f in item.facts)


def number(item: Component | Flow, name: str) -> float | None:
    """Return a stated fact's number, or None.

    >>> from buttress.model import Fact
    >>> number(Component("a", "a", facts=(Fact("replicas", 3),)), "replicas")
    3.0
    """
    fact = item.fact(name)
    if fact is None or fact.status != "stated" or isinstance(fact.value, bool):
        return None
    return float(fact.value) if isinstance(fact.value, int | float) else None


def instances(component: Component) -> str:
    """Return `one`, `several`, `managed` (a provider keeps it redundant, as it does by nature with S3) or `unknown`.

    >>> from buttress.model import Fact
    >>> instances(Component("a", "a", facts=(Fact("replicas", 1),))), instances(Component("b", "b"))
    ('one', 'unknown')
    """
    counts = [n for n in (number(component, "min_replicas"), number(component, "replicas")) if n is not None]
    if counts and max(counts) >= 2:
        return "several"
    if states(component, "single_instance") or (counts and max(counts) <= 1):
        return "one"
    if states(component, "replicated", "multi_zone", "multi_region", "failover") or denies(
        component, "single_instance"
    ):
        return "several"
    if states(component, "managed") or component.kind in ("external_service", "cdn", "dns"):
        return "managed"
    technology = load().technologies.get(component.technology or "")
    if technology is not None and ("managed", True) in technology.known and not denies(component, "managed"):
        return "managed"
    return "unknown"


def is_outside(component: Component) -> bool:
    """Return whether a component is a person, a browser or an app on somebody's device: it asks, and never stops with the system.

    >>> is_outside(Component("m", "Mobile app", "web_frontend")), is_outside(Component("b", "Mobile backend", "service"))
    (True, False)
    """
    if component.kind == "actor":
        return True
    if component.kind not in ("web_frontend", "service", "other", "external_service"):
        return False
    if any(e.form == "config" for e in component.evidence):
        return False
    words = re.findall(r"[a-z0-9]+", component.name.lower())
    if not words:
        return False
    if words[-1] in ("browser", "browsers") or words[-2:] in (["client", "app"], ["client", "apps"]):
        return True
    return words[-1] in _ON_DEVICES and bool(_DEVICES & set(words))


def running(graph: SystemGraph) -> tuple[str, ...]:
    """Return the ids of what runs as part of the system: services, workers, gateways; no stores, nothing outside.

    >>> running(SystemGraph(components=(Component("a", "a"), Component("c", "iOS app", "web_frontend"))))
    ('a',)
    """
    return tuple(c.id for c in graph.components if c.kind in RUNTIME and not is_outside(c))


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The dependency reading of one graph; ids only, all mappings in graph order.

    A gateway or load balancer with several upstreams goes on when one of them fails, so each upstream is an entry of its own;
    `fronts` says what stands before such an entry: when all of it fails, the entry's requests stop too.
    """

    graph: SystemGraph
    hard: dict[str, tuple[Flow, ...]]
    synchronous: dict[str, tuple[Flow, ...]]
    alternatives: dict[str, tuple[frozenset[str], ...]]
    entries: tuple[str, ...]
    fronts: dict[str, tuple[str, ...]]

    def needed(self, source: str) -> tuple[str, ...]:
        """Return the targets that `source` can't do without, each once."""
        return tuple(dict.fromkeys(f.target for f in self.hard.get(source, ())))


def read_dependencies(graph: SystemGraph) -> Dependencies:
    """Return how the components of a graph depend on each other.

    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
    >>> read_dependencies(g).needed("a"), read_dependencies(g).entries
    (('b',), ('a',))
    """
    kinds = {c.id: c.kind for c in graph.components}
    hard: dict[str, list[Flow]] = {c.id: [] for c in graph.components}
    synchronous: dict[str, list[Flow]] = {c.id: [] for c in graph.components}
    stores_of: dict[str, set[str]] = {}
    for flow in graph.flows:
        if kinds.get(flow.target) in STORES - {"cache"}:
            stores_of.setdefault(flow.source, set()).add(flow.target)
    twins = _twins(graph)
    outside = {c.id for c in graph.components if is_outside(c)}
    routers = _routers(graph, kinds)
    for flow in graph.flows:
        if flow.source not in kinds or flow.target not in kinds or flow.source == flow.target:
            continue
        if flow.source in outside:
            continue
        if (
            kinds[flow.source] in PASSIVE
            and kinds[flow.target] not in ("compute_host",)
            and flow.kind != "replicates"
        ):
            continue
        if is_synchronous(flow) and flow.kind in _ASKED and kinds[flow.target] not in OFF_PATH:
            synchronous[flow.source].append(flow)
        if flow.target not in routers.get(flow.source, ()) and _is_hard(flow, kinds, stores_of):
            hard[flow.source].append(flow)
    alternatives = {}
    for source, flows in hard.items():
        targets = {f.target for f in flows}
        groups = {frozenset(group & targets) for t in targets for group in [twins.get(t, frozenset((t,)))]}
        alternatives[source] = tuple(sorted((g for g in groups if len(g) > 1), key=sorted))
    fronts: dict[str, set[str]] = {}
    entries: dict[str, None] = {}
    todo = list(entry_points(graph))
    for id_ in todo:
        if id_ not in routers:
            entries[id_] = None
            continue
        for upstream in routers[id_]:
            fronts.setdefault(upstream, set()).add(id_)
            if upstream not in todo:
                todo.append(upstream)
    return Dependencies(
        graph,
        {k: tuple(v) for k, v in hard.items()},
        {k: tuple(v) for k, v in synchronous.items()},
        alternatives,
        tuple(sorted(entries)),
        {k: tuple(sorted(v)) for k, v in sorted(fronts.items())},
    )


def _routers(graph: SystemGraph, kinds: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the upstreams of every gateway, load balancer or CDN that has several."""
    upstreams: dict[str, set[str]] = {}
    for flow in graph.flows:
        at_edge = kinds.get(flow.source) in EDGE - {"web_frontend"}
        if (
            at_edge
            and flow.kind in ("routes", "calls")
            and kinds.get(flow.target) in RUNTIME | {"load_balancer"}
        ):
            upstreams.setdefault(flow.source, set()).add(flow.target)
    return {k: tuple(sorted(v)) for k, v in upstreams.items() if len(v) > 1}


def _is_hard(flow: Flow, kinds: dict[str, str], stores_of: dict[str, set[str]]) -> bool:
    target = kinds[flow.target]
    if target in OFF_PATH or states(flow, "fallback", "graceful_degradation"):
        return False
    if flow.kind == "replicates" or target in AT_START:
        return False
    if flow.kind == "publishes":
        return not states(flow, "outbox", "fire_and_forget")
    if flow.kind == "runs_on":
        return True
    if flow.kind == "consumes" or (flow.kind in ("depends_on", "calls") and target in MESSAGING):
        # A service that also answers requests goes on answering them while its broker is down; a worker has nothing to do.
        # A mere connection to a broker doesn't say whether requests publish through it.
        return kinds[flow.source] in ("worker", "scheduler")
    if target == "cache" and stores_of.get(flow.source):
        return False
    return flow.sync is not False


def _twins(graph: SystemGraph) -> dict[str, frozenset[str]]:
    """Return, for each store in a replication pair, the set of stores that can stand in for each other."""
    groups: dict[str, frozenset[str]] = {}
    for flow in graph.flows:
        if flow.kind == "replicates":
            both = groups.get(flow.source, frozenset((flow.source,))) | groups.get(
                flow.target, frozenset((flow.target,))
            )
            groups.update(dict.fromkeys(both, both))
    return groups


def is_text_alone(graph: SystemGraph) -> bool:
    """Return whether all components are known from running text: no diagram, configuration or graph shows one.

    >>> is_text_alone(SystemGraph())
    False
    """
    forms = {e.form for c in graph.components for e in c.evidence}
    return bool(forms) and forms <= PROSE


def entry_points(graph: SystemGraph) -> tuple[str, ...]:
    """Return where requests from outside come in, sorted.

    What actors and client apps call (the ones who build and run the system aside); else what is exposed to the internet or
    stands at the edge with nothing calling it; else what publishes a port; else the services that nothing calls, those that
    take their work from a broker aside. What is outside itself is never an entry point, and in running text alone nobody is one
    only because no sentence calls it.

    >>> entry_points(SystemGraph(components=(Component("u", "u", "actor"), Component("s", "s")), flows=(Flow("f", "u", "s"),)))
    ('s',)
    """
    kinds = {c.id: c.kind for c in graph.components}
    called_by: dict[str, set[str]] = {c.id: set() for c in graph.components}
    for flow in graph.flows:
        if (
            flow.kind in _ASKED
            and flow.source in kinds
            and flow.target in kinds
            and flow.source != flow.target
        ):
            called_by[flow.target].add(flow.source)
    kinds_serving = RUNTIME - {"worker", "scheduler"} | {"load_balancer", "cdn"}
    outside = {c.id for c in graph.components if is_outside(c)}
    serving = {c.id: c for c in graph.components if c.kind in kinds_serving and c.id not in outside}
    users = {c.id for c in graph.components if c.id in outside and not BUILDERS.search(c.name)}
    by_actor = {c for c in serving if called_by[c] & users}
    exposed = {
        id_
        for id_, c in serving.items()
        if states(c, "exposed_to_internet") or (c.kind in EDGE and not called_by[id_])
    }
    published = {id_ for id_, c in serving.items() if states(c, "published_ports")}
    for doors in (by_actor | exposed, published):
        front = {c for c in doors if not _only_behind(c, doors, called_by, by_actor)}
        if front:
            return tuple(sorted(front))
    if is_text_alone(graph):
        return ()  # that no sentence names a caller doesn't make a part the door
    talking = {f.source for f in graph.flows}
    consuming = {f.source for f in graph.flows if f.kind == "consumes"}
    roots = [id_ for id_ in serving if not called_by[id_] and id_ in talking]
    return tuple(sorted([r for r in roots if r not in consuming] or roots))


def _only_behind(id_: str, front: set[str], called_by: dict[str, set[str]], by_actor: set[str]) -> bool:
    """Return whether a merely exposed component is reached through another entry point anyway."""
    return id_ not in by_actor and bool(called_by[id_] & front)


def reach(starts: Iterable[str], edges: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return everything reachable from `starts` along `edges`, starts included, in breadth-first order.

    >>> reach(["a"], {"a": ("b",), "b": ("a", "c")})
    ('a', 'b', 'c')
    """
    seen = dict.fromkeys(starts)
    todo = list(seen)
    for id_ in todo:
        for target in edges.get(id_, ()):
            if target not in seen:
                seen[target] = None
                todo.append(target)
    return tuple(seen)
