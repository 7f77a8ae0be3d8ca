"""Who can stand in for whom: copies of a store, balanced peers behind a load balancer, failover pairs.

Source of the model: Fault Tree Handbook, NUREG-0492, chapter IV (OR, AND and k-out-of-n gates).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from buttress.dependencies.facts import EDGE, number, states
from buttress.model import Component, Evidence, Flow, SystemGraph
from buttress.model.kinds import RUNTIME

# How the names of equal nodes differ: web-1 and web-2, app-blue and app-green, db-primary and db-standby.
_NUMBERED = re.compile(
    r"[\s_.-]*(?:node|instance|replica)?[\s_.-]*#?(?:\d+|(?<=[\s_.-])(?:blue|green|primary|secondary|standby|backup))$",
    re.IGNORECASE,
)
_ANYTHING = frozenset(
    ("service", "microservice", "svc", "api", "module", "component", "system")
)  # "service 2" does other work


@dataclass(frozen=True, slots=True)
class Group:
    """Components that can stand in for each other: at least `need` of the members must work."""

    members: tuple[str, ...]
    need: int = 1


def twins(graph: SystemGraph) -> dict[str, frozenset[str]]:
    """Return, for each component in a replication pair, all that hold the same state.

    >>> g = SystemGraph(flows=(Flow("f", "a", "b", "replicates"),))
    >>> sorted(twins(g)["a"])
    ['a', 'b']
    """
    groups: dict[str, frozenset[str]] = {}
    for flow in graph.flows:
        if flow.kind == "replicates":
            both = groups.get(flow.source, frozenset((flow.source,))) | groups.get(
                flow.target, frozenset((flow.target,))
            )
            groups.update(dict.fromkeys(both, both))
    return groups


def stem(name: str) -> str:
    """Return a name without the number or role by which equal nodes are told apart.

    >>> stem("web-1"), stem("Web 2"), stem("orders-db-standby"), stem("oauth2")
    ('web', 'web', 'orders-db', 'oauth')
    """
    return _NUMBERED.sub("", name).lower()


def peers(source: Component, targets: list[Component]) -> list[tuple[str, ...]]:
    """Return the sets of equal upstreams of a gateway or load balancer: same kind and technology, names that differ by number only.

    >>> lb = Component("lb", "lb", "load_balancer")
    >>> peers(lb, [Component("w1", "web-1"), Component("w2", "web-2"), Component("img", "images")])
    [('w1', 'w2')]
    """
    if source.kind not in EDGE or source.kind == "web_frontend":
        return []
    alike: dict[tuple[str, str, str | None], list[str]] = {}
    for target in targets:
        base = stem(target.name)
        if (
            target.kind in RUNTIME | {"load_balancer"}
            and base not in _ANYTHING
            and base
            and base != target.name.lower()
        ):
            alike.setdefault((base, target.kind, target.technology), []).append(target.id)
    return [tuple(sorted(ids)) for ids in alike.values() if len(ids) > 1]


def stand_ins(
    source: Component, flows: list[Flow], by_id: dict[str, Component], copies: dict[str, frozenset[str]]
) -> tuple[Group, ...]:
    """Return the groups of targets of which `source` needs some, but not every one.

    Copies of a store stand in for each other for reading; for writing only when a failover is stated or both are written.
    A copy that nobody names as a target stands in when a failover is stated. A group of one is a copy that must work.
    """
    found: dict[tuple[str, ...], int] = {}
    if source.kind in EDGE:
        for members in (*peers(source, [by_id[f.target] for f in flows]), *chosen_among(flows)):
            found[members] = _need(members, source, by_id)
    targets = {f.target for f in flows}
    if not copies.keys().isdisjoint(targets):
        written = {f.target for f in flows if f.kind in ("writes", "publishes")}
        for alike in dict.fromkeys([copies[t] for t in sorted(targets & copies.keys())]):
            known = frozenset([c for c in alike if c in by_id])
            takes_over = any([states(by_id[c], "failover") for c in known])
            group = known if takes_over else known & targets
            if len(group) < 2:
                continue
            if not takes_over and not group <= written:
                found.update({(only,): 1 for only in written & group})
            members = tuple(sorted(group))
            found[members] = _need(members, source, by_id)
    return tuple(Group(members, need) for members, need in sorted(found.items()))


def chosen_among(flows: Iterable[Flow]) -> list[tuple[str, ...]]:
    """Return the sets of targets among which one line of a proxy says that it chooses, whatever they are called.

    >>> from buttress.model import Fact
    >>> both = Fact("load_balanced", True, "stated", (Evidence("nginx.conf", 4, 4, "server blue:80"),))
    >>> chosen_among([Flow("a", "lb", "blue", facts=(both,)), Flow("b", "lb", "green", facts=(both,)), Flow("c", "lb", "docs")])
    [('blue', 'green')]
    """
    by_line: dict[Evidence, set[str]] = {}
    for flow in flows:
        fact = flow.fact("load_balanced")
        for line in fact.evidence if fact is not None and not fact.absent else ():
            by_line.setdefault(line, set()).add(flow.target)
    return sorted({tuple(sorted(targets)) for targets in by_line.values() if len(targets) > 1})


def _need(members: tuple[str, ...], source: Component, by_id: dict[str, Component]) -> int:
    stated = [
        n for n in (number(by_id[i], "quorum") for i in members) if n is not None and 1 <= n <= len(members)
    ]
    own = number(source, "quorum")
    if own is not None and 1 <= own <= len(members):
        stated.append(own)
    return int(max(stated, default=1))
