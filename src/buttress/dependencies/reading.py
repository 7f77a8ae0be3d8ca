"""How the components of one graph depend on each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from buttress.dependencies.entries import Between, entry_points
from buttress.dependencies.facts import (
    ASKED,
    AT_START,
    EDGE,
    OFF_PATH,
    PASSIVE,
    WAITED,
    administers,
    is_outside,
    states,
)
from buttress.dependencies.redundancy import Group, chosen_among, peers, stand_ins, twins
from buttress.model import Component, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, RUNTIME, STORES


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The dependency reading of one graph; ids only, all mappings in graph order.

    `running` is what runs as part of the system: services, workers, gateways; no stores, nothing outside. `between` are the
    flows by their source and their target, those with an end that nothing describes left out.
    `groups` are the targets that can stand in for each other. A gateway or load balancer with several upstreams that do different
    work goes on when one of them fails, so each upstream is an entry of its own, also where an entry leads to the gateway; `fronts`
    says what stands before such an entry: when all of it fails, the entry's requests stop too. `equals` are upstreams of a proxy that chooses among them.
    """

    graph: SystemGraph
    by_id: dict[str, Component]
    outside: frozenset[str]
    running: tuple[str, ...]
    between: Between
    hard: dict[str, list[Flow]]
    synchronous: dict[str, list[Flow]]
    groups: dict[str, tuple[Group, ...]]
    entries: tuple[str, ...]
    fronts: dict[str, tuple[str, ...]]
    equals: frozenset[str]

    def needed(self, source: str) -> tuple[str, ...]:
        """Return the targets that `source` can't do without, those that can stand in for each other included, each once."""
        return tuple(dict.fromkeys(f.target for f in self.hard.get(source, ())))


def read_dependencies(graph: SystemGraph) -> Dependencies:
    """Return how the components of a graph depend on each other. O(V + E).

    >>> g = SystemGraph(components=(Component("a", "a"), Component("b", "b")), flows=(Flow("f", "a", "b"),))
    >>> read_dependencies(g).needed("a"), read_dependencies(g).entries
    (('b',), ('a',))
    """
    by_id = {c.id: c for c in graph.components}
    kinds = {c.id: c.kind for c in graph.components}
    outside = frozenset(c.id for c in graph.components if is_outside(c))
    between = _between(graph)
    keeps_state, upstreams = _neighbours(between, kinds)
    balanced = _balanced(upstreams, by_id, between)
    routers = {
        source: tuple(sorted(targets))
        for source, targets in upstreams.items()
        if not targets <= balanced.get(source, frozenset())
    }
    hard: dict[str, list[Flow]] = defaultdict(list)
    synchronous: dict[str, list[Flow]] = defaultdict(list)
    asking = {id_: kind for id_, kind in kinds.items() if id_ not in outside}
    for flow in graph.flows:
        source, target, kind = flow.source, flow.target, flow.kind
        asker, asked = asking.get(source), kinds.get(target)
        if asker is None or asked is None or source == target:
            continue
        if asker in PASSIVE and asked != "compute_host" and kind != "replicates":
            continue
        off = asked in OFF_PATH
        if not off and kind in ASKED and (kind in WAITED if flow.sync is None else flow.sync):
            synchronous[source].append(flow)
        if off or asked in AT_START or (source in routers and target in routers[source]):
            continue
        if _is_hard(flow, asker, asked, source in keeps_state):
            hard[source].append(flow)
    copies = twins(graph)
    groups = {}
    for source, flows in hard.items():
        if source in balanced or (copies and any(f.target in copies for f in flows)):
            found = stand_ins(by_id[source], flows, by_id, copies)
            if found:
                groups[source] = found
    entries, fronts = _doors(entry_points(graph, between, outside), routers, hard, by_id)
    return Dependencies(
        graph,
        by_id,
        outside,
        tuple(c.id for c in graph.components if c.kind in RUNTIME and c.id not in outside),
        between,
        dict(hard),
        dict(synchronous),
        groups,
        entries,
        fronts,
        frozenset(i for equals in balanced.values() for i in equals),
    )


def _doors(
    asked: Iterable[str],
    routers: Mapping[str, tuple[str, ...]],
    hard: Mapping[str, list[Flow]],
    by_id: Mapping[str, Component],
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the entries, the upstreams of gateways in place of these, and what stands before each such upstream.

    A gateway counts also where an entry leads to it, by whatever lies between.
    """
    fronts: dict[str, set[str]] = {}
    entries: dict[str, None] = {}
    todo = dict.fromkeys(asked)
    queue = list(todo)
    edges = {source: tuple(f.target for f in flows) for source, flows in hard.items()} if routers else {}
    while queue:
        for id_ in queue:
            if id_ not in routers:
                entries[id_] = None
                continue
            for upstream in routers[id_]:
                fronts.setdefault(upstream, set()).add(id_)
                if upstream not in todo and not administers(by_id[upstream]):
                    todo[upstream] = None
                    queue.append(upstream)
        queue = (
            [id_ for id_ in reach(entries, edges) if id_ in routers and id_ not in todo] if routers else []
        )
        todo.update(dict.fromkeys(queue))
    return tuple(sorted(entries)), {k: tuple(sorted(v)) for k, v in sorted(fronts.items())}


def _between(graph: SystemGraph) -> Between:
    between: Between = {c.id: {} for c in graph.components}
    for flow in graph.flows:
        targets = between.get(flow.source)
        if targets is None:
            continue
        flows = targets.get(flow.target)
        if flows is not None:
            flows.append(flow)
        elif flow.target in between:
            targets[flow.target] = [flow]
    return between


def _neighbours(between: Between, kinds: dict[str, str]) -> tuple[set[str], dict[str, set[str]]]:
    """Return who uses a store that is no cache, and the upstreams of every gateway, load balancer or CDN that has several."""
    keeps_state: set[str] = set()
    upstreams: dict[str, set[str]] = {}
    stores = {id_ for id_, kind in kinds.items() if kind in STORES and kind != "cache"}
    behind = RUNTIME | {"load_balancer"}
    edges = {id_ for id_, kind in kinds.items() if kind in EDGE and kind != "web_frontend"}
    for source, targets in between.items():
        if not stores.isdisjoint(targets):
            keeps_state.add(source)
        if source in edges:
            upstreams[source] = {
                target
                for target, flows in targets.items()
                if kinds[target] in behind and any(f.kind in ("routes", "calls") for f in flows)
            }
    return keeps_state, {source: targets for source, targets in upstreams.items() if len(targets) > 1}


def _balanced(
    upstreams: dict[str, set[str]], by_id: dict[str, Component], between: Between
) -> dict[str, frozenset[str]]:
    """Return, for each gateway or load balancer, the upstreams that have an equal beside them."""
    out = {}
    for source, targets in upstreams.items():
        sets = peers(by_id[source], [by_id[t] for t in sorted(targets)])
        sets += chosen_among(f for t in targets for f in between[source][t])
        if sets:
            out[source] = frozenset(i for members in sets for i in members)
    return out


def _is_hard(flow: Flow, source: str, target: str, keeps_state: bool) -> bool:
    """Return whether a component of the kind `source` stops with what it needs, of the kind `target`, by this flow."""
    kind = flow.kind
    if kind == "depends_on" and target in ("worker", "scheduler"):
        return False  # it is started first, but takes its work from elsewhere
    if kind == "replicates" or (
        flow.facts and states(flow, "fallback", "graceful_degradation", "serves_stale")
    ):
        return False
    if kind == "publishes":
        return not states(flow, "outbox", "fire_and_forget")
    if kind == "runs_on":
        return True
    if kind == "consumes" or (target in MESSAGING and kind in ("depends_on", "calls")):
        # A service that also answers requests goes on answering them while its broker is down; a worker has nothing to do.
        # A mere connection to a broker doesn't say whether requests publish through it.
        return source in ("worker", "scheduler")
    if target == "cache" and keeps_state:
        return False
    return flow.sync is not False


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
