"""Where requests from outside come in."""

from __future__ import annotations

import re

from buttress.dependencies.facts import ASKED, EDGE, administers, is_text_alone, states
from buttress.model import Flow, SystemGraph
from buttress.model.kinds import RUNTIME, STORES

Between = dict[str, dict[str, list[Flow]]]  # flows by source and target
BUILDERS = re.compile(
    r"\b(?:dev(?:eloper|op|ops|s)?|engineers?|operators?|sre|maintainers?|committers?|ci|build(?:er)?s?)\b",
    re.IGNORECASE,
)
# Proxies that stand before databases only.
POOLS = frozenset(("pgbouncer", "pgpool", "proxysql", "maxscale", "rds-proxy"))


def entry_points(graph: SystemGraph, between: Between, outside: frozenset[str]) -> tuple[str, ...]:
    """Return where requests from outside come in, sorted.

    What actors and client apps call (the ones who build and run the system aside); else what is exposed to the internet or
    stands at the edge with nothing calling it; else what publishes a port; else the services that nothing calls, those that
    take their work from a broker aside. What is outside itself and a tool of operators is never an entry point, a pool of connections to
    stores none by itself, and in running text alone nobody is one only because no sentence calls it. `between` are the flows by source
    and target, `outside` who asks from there.

    >>> from buttress.model import Component
    >>> g = SystemGraph(components=(Component("u", "u", "actor"), Component("s", "s")))
    >>> entry_points(g, {"u": {"s": [Flow("f", "u", "s")]}}, frozenset({"u"}))
    ('s',)
    """
    kinds_serving = RUNTIME - {"worker", "scheduler"} | {"load_balancer", "cdn"}
    aside = outside | {c.id for c in graph.components if administers(c)}
    serving = {c.id: c for c in graph.components if c.kind in kinds_serving and c.id not in aside}
    users = {c.id for c in graph.components if c.id in outside and not BUILDERS.search(c.name)}
    by_actor = {
        t for u in users for t, flows in between[u].items() if t in serving and u != t and _asks(flows)
    }
    stated = {id_ for id_, c in serving.items() if states(c, "exposed_to_internet")}
    edges = {id_ for id_, c in serving.items() if c.kind in EDGE}
    published = {id_ for id_, c in serving.items() if states(c, "published_ports")}
    called_by = _callers(between, by_actor | stated | edges | published)
    stores = {c.id for c in graph.components if c.kind in STORES}
    pools = {
        c.id
        for c in graph.components
        if c.technology in POOLS or (between.get(c.id) and stores.issuperset(between[c.id]))
    }
    exposed = stated | {id_ for id_ in edges - pools if not called_by[id_]}
    for doors in (by_actor | exposed, published):
        front = {c for c in doors if not _only_behind(c, doors, called_by, by_actor)}
        if front:
            return tuple(sorted(front))
    if is_text_alone(graph):
        return ()  # that no sentence names a caller doesn't make a part the door
    talking = {f.source for f in graph.flows}
    consuming = {f.source for f in graph.flows if f.kind == "consumes"}
    called_by = _callers(between, set(serving))
    roots = [id_ for id_ in serving if not called_by[id_] and id_ in talking]
    return tuple(sorted([r for r in roots if r not in consuming] or roots))


def _callers(between: Between, among: set[str]) -> dict[str, set[str]]:
    """Return who asks each of some components."""
    callers: dict[str, set[str]] = {id_: set() for id_ in among}
    for source, targets in between.items():
        for target in among.intersection(targets):
            if source != target and _asks(targets[target]):
                callers[target].add(source)
    return callers


def _asks(flows: list[Flow]) -> bool:
    return any(f.kind in ASKED for f in flows)


def _only_behind(id_: str, front: set[str], called_by: dict[str, set[str]], by_actor: set[str]) -> bool:
    """Return whether a merely exposed component is reached through another entry point anyway."""
    return id_ not in by_actor and bool(called_by[id_] & front)
