"""How well the boundaries that somebody drew fit the flows: against the best ones that can be found.

Sources: Newman 2006, "Modularity and community structure in networks"; Blondel et al. 2008, "Fast unfolding of communities in large networks".
"""

from __future__ import annotations

from collections import Counter

from buttress.faults import FaultTree
from buttress.model import Derived

DRAWN = ("team", "namespace", "system", "group")  # the first of these with two boundaries or more is compared
MAX_NODES = 2_000  # components up to which the fit is worked out
MISPLACED = 2 / 3  # share of a component's flows that lead into one other boundary
KNOWN_BY = 4  # neighbours from which on that share means something

Weights = list[dict[int, int]]


def fit(tree: FaultTree) -> list[Derived]:
    """Return the modularity of drawn and of best boundaries, and what lies closer to another boundary than to its own."""
    graph, wiring = tree.graph, tree.dependencies.wiring
    places: list[str] = []
    home: list[int] = []
    for kind in DRAWN:
        places = sorted({b.id for b in graph.boundaries if b.kind == kind})
        number = {id_: n for n, id_ in enumerate(places)}
        home = [
            next((number[b] for b in reversed(c.boundaries) if b in number), -1) for c in graph.components
        ]
        if len({*home} - {-1}) > 1:
            break
    else:
        return []
    near: list[list[int]] = [
        [] for _ in home
    ]  # who is at the other end of a flow, those without a home aside
    for source, targets in enumerate(wiring.targets):
        for target in targets if home[source] >= 0 else ():
            if home[target] >= 0 and target != source:
                near[source].append(target)
                near[target].append(source)
    nodes = sorted((n for n, others in enumerate(near) if others), key=tree.names.__getitem__)
    if not nodes:
        return []
    out = _modularities(nodes, near, home) if len(nodes) <= MAX_NODES else []
    for n in nodes:
        if graph.components[n].kind not in ("service", "worker") or len(near[n]) < KNOWN_BY:
            continue
        others, here = set(near[n]), home[n]
        elsewhere = [place for m in others if (place := home[m]) != here]
        if len(others) < KNOWN_BY or len(elsewhere) / len(others) < MISPLACED:
            continue
        count = Counter(elsewhere)
        most = max(sorted(count), key=count.__getitem__)
        share = count[most] / len(others)
        if share >= MISPLACED:
            out.append(Derived("closerTo", tree.names[n], objects=(places[most],), value=round(share, 3)))
    return out


def _modularities(nodes: list[int], near: list[list[int]], home: list[int]) -> list[Derived]:
    index = {node: n for n, node in enumerate(nodes)}
    weights: Weights = [dict.fromkeys(sorted({index[m] for m in near[node]}), 1) for node in nodes]
    drawn = [home[node] for node in nodes]
    fitting = modularity(weights, drawn)
    best = max(modularity(weights, communities(weights)), fitting)
    return [
        Derived("modularity", "system", value=round(fitting, 3)),
        Derived("bestModularity", "system", value=round(best, 3)),
    ]


def modularity(weights: Weights, groups: list[int]) -> float:
    """Return the modularity of a partition of an undirected graph, in [-0.5, 1].

    >>> modularity([{1: 1}, {0: 1}, {3: 1}, {2: 1}], [0, 0, 1, 1])
    0.5
    """
    total = sum(sum(w.values()) for w in weights)
    within: dict[int, int] = {}
    degree: dict[int, int] = {}
    for n, near in enumerate(weights):
        for m, weight in near.items():
            degree[groups[n]] = degree.get(groups[n], 0) + weight
            if groups[n] == groups[m]:
                within[groups[n]] = within.get(groups[n], 0) + weight
    return sum(within.get(g, 0) / total - (d / total) ** 2 for g, d in degree.items()) if total else 0.0


def communities(weights: Weights) -> list[int]:
    """Return a partition with high modularity: nodes move to the best neighbouring group, groups become nodes, until nothing gains.

    >>> communities([{1: 1}, {0: 1}, {3: 1}, {2: 1}])
    [0, 0, 1, 1]
    """
    member = list(range(len(weights)))
    level = [dict(w) for w in weights]
    while True:
        groups = _moved(level)
        names = {g: n for n, g in enumerate(dict.fromkeys(groups))}
        groups = [names[g] for g in groups]
        if len(names) == len(level):
            return member
        member = [groups[m] for m in member]
        joined: Weights = [{} for _ in names]
        for n, near in enumerate(level):
            for m, weight in near.items():
                to = joined[groups[n]]
                to[groups[m]] = to.get(groups[m], 0) + weight
        level = joined


def _moved(weights: Weights) -> list[int]:
    total = sum(sum(w.values()) for w in weights)
    degree = [sum(w.values()) for w in weights]
    group = list(range(len(weights)))
    held = list(degree)
    moved = True
    while moved:
        moved = False
        for n, near in enumerate(weights):
            old = group[n]
            links: dict[int, int] = {old: 0}
            for m, weight in near.items():
                if m != n:
                    links[group[m]] = links.get(group[m], 0) + weight
            held[old] -= degree[n]
            best, gain = old, links[old] * total - held[old] * degree[n]
            for to in sorted(links):
                worth = links[to] * total - held[to] * degree[n]
                if worth > gain:
                    best, gain = to, worth
            held[best] += degree[n]
            if best != old:
                group[n], moved = best, True
    return group
