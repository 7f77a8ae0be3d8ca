"""Where requests from outside come in."""

from __future__ import annotations

import re
from collections.abc import Collection

from buttress.dependencies.facts import ASKED, EDGE, administers, is_text_alone, states
from buttress.dependencies.wiring import Wiring
from buttress.model import SystemGraph
from buttress.model.kinds import RUNTIME, STORES

BUILDERS = re.compile(
    r"\b(?:dev(?:eloper|op|ops|s)?|engineers?|operators?|sre|maintainers?|committers?|ci|build(?:er)?s?)\b",
    re.IGNORECASE,
)
# Proxies that stand before databases only.
POOLS = frozenset(("pgbouncer", "pgpool", "proxysql", "maxscale", "rds-proxy"))


def entry_points(graph: SystemGraph, wiring: Wiring, outside: frozenset[str]) -> tuple[str, ...]:
    """Return where requests from outside come in, sorted.

    What actors and client apps call (the ones who build and run the system aside); else what is exposed to the internet or
    stands at the edge with nothing calling it; else what publishes a port; else the services that nothing calls, those that
    take their work from a broker aside. What is outside itself and a tool of operators is never an entry point, a pool of connections to
    stores none by itself, and in running text alone nobody is one only because no sentence calls it. `wiring` are the flows by
    number, `outside` who asks from there.

    >>> from buttress.dependencies.wiring import wire
    >>> from buttress.model import Component, Flow
    >>> g = SystemGraph(components=(Component("u", "u", "actor"), Component("s", "s")), flows=(Flow("f", "u", "s"),))
    >>> entry_points(g, wire(g), frozenset({"u"}))
    ('s',)
    """
    components, targets = graph.components, wiring.targets
    kinds_serving = RUNTIME - {"worker", "scheduler"} | {"load_balancer", "cdn"}
    serving = {
        n: c
        for n, c in enumerate(components)
        if c.kind in kinds_serving and c.id not in outside and not administers(c)
    }
    users = [n for id_ in outside if not BUILDERS.search(components[n := wiring.index[id_]].name)]
    by_actor = {t for u in users for t in targets[u] if t in serving and t != u and _asks(wiring, u, t)}
    stated = {n for n, c in serving.items() if states(c, "exposed_to_internet")}
    edges = {n for n, c in serving.items() if c.kind in EDGE}
    published = {n for n, c in serving.items() if states(c, "published_ports")}
    called_by = _callers(wiring, by_actor | stated | edges | published)
    stores = frozenset(n for n, c in enumerate(components) if c.kind in STORES)
    pools = {
        n
        for n in edges
        if components[n].technology in POOLS or (targets[n] and stores.issuperset(targets[n]))
    }
    exposed = stated | {n for n in edges - pools if not called_by[n]}
    for doors in (by_actor | exposed, published):
        front = [n for n in doors if not _only_behind(n, doors, called_by, by_actor)]
        if front:
            return _ids(graph, front)
    if is_text_alone(graph):
        return ()  # that no sentence names a caller doesn't make a part the door
    talking = {f.source for f in graph.flows}
    consuming = {f.source for f in graph.flows if f.kind == "consumes"}
    called_by = _callers(wiring, serving)
    roots = [n for n, c in serving.items() if not called_by[n] and c.id in talking]
    return _ids(graph, [n for n in roots if components[n].id not in consuming] or roots)


def _ids(graph: SystemGraph, numbers: Collection[int]) -> tuple[str, ...]:
    return tuple(sorted(graph.components[n].id for n in numbers))


def _callers(wiring: Wiring, among: Collection[int]) -> dict[int, set[int]]:
    """Return who asks each of some components."""
    callers: dict[int, set[int]] = {n: set() for n in among}
    for source, targets in enumerate(wiring.targets):
        for target in callers.keys() & targets.keys() if targets else ():
            if source != target and _asks(wiring, source, target):
                callers[target].add(source)
    return callers


def _asks(wiring: Wiring, source: int, target: int) -> bool:
    return any(f.kind in ASKED for f in wiring.between(source, target))


def _only_behind(n: int, front: set[int], called_by: dict[int, set[int]], by_actor: set[int]) -> bool:
    """Return whether a merely exposed component is reached through another entry point anyway."""
    return n not in by_actor and bool(called_by[n] & front)
