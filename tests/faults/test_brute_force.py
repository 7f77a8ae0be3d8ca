"""The fault tree against evaluating every state of every event, on random systems of up to 12 events."""

from __future__ import annotations

from itertools import combinations
from math import isclose, prod

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from buttress.compact import (
    at_least,
    bits,
    column_counts,
    depth_first,
    dominated,
    immediate_dominators,
    strongly_connected,
)
from buttress.dependencies import Dependencies, read_dependencies
from buttress.faults import chance_of, cut_pairs, grow, read_causes
from buttress.model import Boundary, Component, Fact, Flow, SystemGraph

KINDS = (
    "service",
    "service",
    "relational_db",
    "gateway",
    "load_balancer",
    "dns",
    "worker",
    "message_broker",
    "compute_host",
)
FLOWS = (
    "calls",
    "reads",
    "writes",
    "routes",
    "routes",
    "publishes",
    "consumes",
    "replicates",
    "runs_on",
    "depends_on",
)


@st.composite
def systems(draw: st.DrawFn, most: int = 10) -> SystemGraph:
    size = draw(st.integers(1, most))
    places = draw(st.integers(0, 2))
    boundaries = tuple(
        Boundary(f"p{n}", f"p{n}", draw(st.sampled_from(("host", "zone")))) for n in range(places)
    )
    names = [f"n{n}" for n in range(size)]
    facts = st.sampled_from(((), (), (Fact("quorum", 2),), (Fact("failover"),), (Fact("multi_zone"),)))
    components = tuple(
        Component(
            f"n{n}",
            draw(st.sampled_from((f"web-{n}", f"part {chr(65 + n)}"))),
            draw(st.sampled_from(KINDS)),
            boundaries=tuple(draw(st.sets(st.sampled_from([b.id for b in boundaries]), max_size=2)))
            if places
            else (),
            facts=draw(facts),
        )
        for n in range(size)
    )
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(names), st.sampled_from(names), st.sampled_from(FLOWS)),
            max_size=22,
            unique=True,
        )
    )
    soft = st.sampled_from(((), (), (), (Fact("fallback"),)))
    flows = tuple(Flow(f"f{n}", a, b, kind, facts=draw(soft)) for n, (a, b, kind) in enumerate(pairs))
    return SystemGraph(components=components, flows=flows, boundaries=boundaries)


SPREADS = {"host": {"topology_spread", "multi_zone", "multi_region"}, "zone": {"multi_zone", "multi_region"}}


def works(read: Dependencies, failed: frozenset[str]) -> dict[str, bool]:
    """The definition, word for word: start with everything that hasn't failed, take away what lacks something, until nothing changes."""
    graph = read.graph
    needed = {c.id: [f.target for f in read.hard(c.id)] for c in graph.components}
    kind = {b.id: b.kind for b in graph.boundaries}
    up = {name: name not in failed for name in (*(c.id for c in graph.components), *kind)}
    ahead = dict.fromkeys(
        (*read.fronts, *read.entries, *(f for fs in read.fronts.values() for f in fs)), True
    )
    dns: dict[str, set[str]] = {}
    for f in graph.flows:
        source = graph.component(f.source)
        if source is not None and source.kind == "dns" and f.kind in ("routes", "calls", "depends_on"):
            dns.setdefault(f.target, set()).add(f.source)
    changed = True
    while changed:
        before = {**up}, {**ahead}
        for component in graph.components:
            id_ = component.id
            groups = read.groups.get(id_, ())
            grouped = {m for g in groups for m in g.members}
            stated = {f.name for f in component.facts}
            ok = up[id_] and all(up[t] for t in needed[id_] if t not in grouped)
            ok = ok and all(sum(up[m] for m in g.members) >= g.need for g in groups)
            for sort, spread in SPREADS.items():
                there = [b for b in component.boundaries if kind.get(b) == sort]
                ok = ok and (not there or bool(stated & spread) or any(up[b] for b in there))
            up[id_] = ok
        for id_ in ahead:
            fronts, servers = read.fronts.get(id_, ()), dns.get(id_, ())
            ahead[id_] = up[id_] and (not fronts or any(ahead[f] for f in fronts))
            ahead[id_] = ahead[id_] and (not servers or any(up[s] for s in servers))
        changed = before != (up, ahead)
    return {**up, **{f"door {e}": ahead[e] for e in read.entries}}


@settings(max_examples=300, deadline=None)
@given(systems())
def test_single_causes_blast_radii_and_pairs_are_those_of_brute_force(graph: SystemGraph) -> None:
    tree = grow(graph)
    causes, read = read_causes(tree), read_dependencies(graph)
    pairs = cut_pairs(tree, causes)
    assert pairs is not None and causes.rows is not None
    events = tree.names
    alone = {e: works(read, frozenset((e,))) for e in events}
    parts = [c.id for c in graph.components if c.kind in ("service", "gateway", "worker")]
    for n, event in enumerate(events):
        for component in graph.components:
            broken = bool(causes.rows[tree.index[component.id]] >> n & 1)
            assert broken == (not alone[event][component.id])
        assert causes.broken[n] == sum(not alone[event][p] for p in parts if p != event)
    for n, component in enumerate(graph.components):
        assert causes.needed[n] == sum(not alone[p][component.id] for p in parts if p != component.id)
    for entry in read.entries:
        single = {e for e in events if not alone[e][f"door {entry}"]}
        assert {events[n] for n in bits(causes.doors[entry])} == single
        both = {
            (a, b)
            for a, b in combinations(range(len(events)), 2)
            if events[a] not in single
            and events[b] not in single
            and not works(read, frozenset((events[a], events[b])))[f"door {entry}"]
        }
        assert set(pairs.get(entry, ())) == both


@settings(max_examples=60, deadline=None)
@given(systems(most=8), st.lists(st.floats(0.0, 1.0), min_size=10, max_size=10))
def test_availability_and_importance_are_those_of_the_sum_over_all_states(
    graph: SystemGraph, down: list[float]
) -> None:
    tree = grow(graph)
    causes, read = read_causes(tree), read_dependencies(graph)
    names = tree.names
    states = []
    for bitmap in range(1 << len(names)):
        failed = frozenset(n for i, n in enumerate(names) if bitmap >> i & 1)
        states.append((bitmap, works(read, failed)))

    def up(entry: str, chances: list[float]) -> float:
        return sum(
            prod(q if bitmap >> i & 1 else 1 - q for i, q in enumerate(chances[: len(names)]))
            for bitmap, ok in states
            if ok[f"door {entry}"]
        )

    for entry, node in tree.doors.items():
        chance = chance_of(tree, node, causes.doors[entry], down)
        assert chance is not None and isclose(chance.up, up(entry, down), abs_tol=1e-9)
        for n in range(len(names)):
            surely, never = ([*down[:n], q, *down[n + 1 :]] for q in (1.0, 0.0))
            wanted = up(entry, never) - up(entry, surely)
            assert isclose(chance.importance.get(n, 0.0), wanted, abs_tol=1e-9)


EDGES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30, unique=True)


@settings(max_examples=200, deadline=None)
@given(EDGES)
def test_components_and_dominators_are_those_of_networkx(edges: list[tuple[int, int]]) -> None:
    net = nx.DiGraph(edges)
    net.add_nodes_from(range(9))
    after = [sorted(net.successors(n)) for n in range(9)]
    where, groups = strongly_connected(after)
    assert {frozenset(g) for g in groups} == {frozenset(c) for c in nx.strongly_connected_components(net)}
    assert all(where[b] <= where[a] for a, b in edges)
    above = immediate_dominators(after, 0)
    wanted = dict(nx.immediate_dominators(net, 0))
    assert {n: a for n, a in above.items() if n} == {n: a for n, a in wanted.items() if n}
    reached = nx.descendants(net, 0) | {0}
    assert above.keys() == reached
    for n, size in dominated(above, [1] * 9).items():
        rest = net.subgraph(set(net) - {n})
        left = (nx.descendants(rest, 0) | {0}) if n else set()
        assert size == len(reached - left)


@settings(max_examples=200, deadline=None)
@given(EDGES, st.lists(st.integers(0, 8), max_size=4))
def test_a_depth_first_search_unrolls_circles(edges: list[tuple[int, int]], starts: list[int]) -> None:
    net = nx.DiGraph(edges)
    net.add_nodes_from(range(9))
    order, circles = depth_first([sorted(net.successors(n)) for n in range(9)], starts)
    assert set(order) == set(starts).union(*(nx.descendants(net, n) for n in starts))
    place = {n: at for at, n in enumerate(order)}
    followed = [(a, b) for a, b in net.subgraph(order).edges if (a, b) not in circles]
    assert all(place[b] < place[a] for a, b in followed)
    assert all(nx.has_path(net.edge_subgraph(followed), b, a) for a, b in circles if a != b)


@given(st.lists(st.integers(0, 2**40 - 1), max_size=40), st.integers(1, 5))
def test_bits_are_counted_like_one_by_one(rows: list[int], many: int) -> None:
    counts = [sum(row >> n & 1 for row in rows) for n in range(40)]
    assert column_counts(rows, 40) == counts
    assert list(bits(at_least(rows, many))) == [n for n, c in enumerate(counts) if c >= many]


@given(st.sets(st.integers(0, 3000), max_size=60), st.integers(0, 20))
def test_bits_come_in_order_and_no_more_than_asked(places: set[int], most: int) -> None:
    row = sum(1 << n for n in places)
    assert list(bits(row)) == sorted(places)
    assert list(bits(row, most)) == sorted(places)[:most]
