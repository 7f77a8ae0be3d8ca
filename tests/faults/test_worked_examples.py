"""Systems in the style of the Fault Tree Handbook, each worked out by hand."""

from __future__ import annotations

from math import isclose

import pytest

from buttress.faults import chance_of, cut_pairs, down_share, grow, read_causes
from buttress.model import Boundary, Component, Fact, Flow, SystemGraph


def named(graph: SystemGraph, entry: str) -> tuple[set[str], set[frozenset[str]]]:
    """Return the minimal cut sets of size one and two of an entry."""
    tree = grow(graph)
    causes = read_causes(tree)
    alone = {tree.names[n] for n in range(tree.events) if causes.doors[entry] >> n & 1}
    pairs = cut_pairs(tree, causes)
    assert pairs is not None
    return alone, {frozenset((tree.names[a], tree.names[b])) for a, b in pairs.get(entry, ())}


def up(graph: SystemGraph, entry: str, **down: float) -> float:
    tree = grow(graph)
    chances = [down.get(name.replace("-", "_"), 0.0) for name in tree.names]
    chance = chance_of(tree, tree.doors[entry], read_causes(tree).doors[entry], chances)
    assert chance is not None
    return chance.up


def pumps(quorum: int | None = None) -> SystemGraph:
    """A tank feeds three pumps of one kind behind one valve, the pumping example of the handbook's chapter on gates."""
    facts = (Fact("quorum", quorum),) if quorum else ()
    components = (
        Component("valve", "valve", "load_balancer", facts=facts),
        *(Component(f"pump-{n}", f"pump-{n}") for n in (1, 2, 3)),
        Component("tank", "tank", "relational_db"),
    )
    flows = [Flow(f"v{n}", "valve", f"pump-{n}", "routes") for n in (1, 2, 3)]
    flows += [Flow(f"t{n}", f"pump-{n}", "tank", "reads") for n in (1, 2, 3)]
    return SystemGraph(components=components, flows=tuple(flows))


def test_one_of_three_pumps_is_enough_so_only_what_they_share_cuts() -> None:
    assert named(pumps(), "valve") == ({"valve", "tank"}, set())


def test_two_of_three_pumps_fail_in_three_pairs() -> None:
    pairs = {frozenset((f"pump-{a}", f"pump-{b}")) for a, b in ((1, 2), (1, 3), (2, 3))}
    assert named(pumps(2), "valve") == ({"valve", "tank"}, pairs)


def test_three_of_three_pumps_are_single_points_each() -> None:
    assert named(pumps(3), "valve")[0] == {"valve", "tank", "pump-1", "pump-2", "pump-3"}


@pytest.mark.parametrize(("quorum", "fails"), [(None, 0.1**3), (2, 3 * 0.1**2 - 2 * 0.1**3), (3, 1 - 0.9**3)])
def test_k_of_n_pumps_fail_as_the_binomial_says(quorum: int | None, fails: float) -> None:
    assert isclose(up(pumps(quorum), "valve", pump_1=0.1, pump_2=0.1, pump_3=0.1), 1 - fails)


def test_a_shared_cause_below_a_group_counts_once_and_not_in_each_branch() -> None:
    """Two branches that both need the tank: 1 - P = q + (1 - q) · 0.1², not (q + 0.1 - 0.1 q)²."""
    graph = pumps()
    graph = SystemGraph(
        components=tuple(c for c in graph.components if c.id != "pump-3"),
        flows=tuple(f for f in graph.flows if "3" not in f.id),
    )
    assert isclose(1 - up(graph, "valve", pump_1=0.1, pump_2=0.1, tank=0.05), 0.05 + 0.95 * 0.01)


def test_the_pressure_tank_stops_by_relief_and_relay_together_or_by_the_tank_alone() -> None:
    """Handbook, chapter VIII, reduced: the tank ruptures by itself, or when timer relay and pressure switch both stay closed."""
    graph = SystemGraph(
        components=(
            Component("tank", "tank"),
            Component("switch", "switch", "relational_db", facts=(Fact("failover"),)),
            Component("relay", "relay", "relational_db"),
        ),
        flows=(Flow("a", "tank", "switch", "writes"), Flow("r", "switch", "relay", "replicates")),
    )
    assert named(graph, "tank") == ({"tank"}, {frozenset(("switch", "relay"))})
    assert isclose(1 - up(graph, "tank", tank=5e-6, switch=1e-2, relay=1e-3), 5e-6 + (1 - 5e-6) * 1e-5)


def test_a_bridge_of_shared_branches_is_worked_out_exactly() -> None:
    """Two stand-ins with one branch in common: cut sets {a, b}, {a, y}, {x, b}, {x, y}, {c}."""
    web = Component("web", "web")
    stores = tuple(Component(i, i, "relational_db") for i in ("a", "b", "c", "x", "y"))
    hosts = (
        Flow("ax", "a", "x", "runs_on"),
        Flow("by", "b", "y", "runs_on"),
        Flow("ac", "a", "c", "runs_on"),
        Flow("bc", "b", "c", "runs_on"),
    )
    stores = tuple(Component(c.id, c.name, "compute_host" if c.id in "cxy" else c.kind) for c in stores)
    flows = (
        Flow("wa", "web", "a", "reads"),
        Flow("wb", "web", "b", "reads"),
        Flow("ab", "a", "b", "replicates"),
        *hosts,
    )
    graph = SystemGraph(components=(web, *stores), flows=flows)
    wanted = {frozenset(p) for p in (("a", "b"), ("a", "y"), ("x", "b"), ("x", "y"))}
    assert named(graph, "web") == ({"web", "c"}, wanted)
    q = 0.1
    branch = 1 - (1 - q) ** 2
    assert isclose(1 - up(graph, "web", a=q, b=q, x=q, y=q, c=q), q + (1 - q) * branch**2)


def test_two_copies_on_one_host_share_its_fate_and_two_zones_do_not() -> None:
    def copies(*places: tuple[str, str], spread: bool = False) -> SystemGraph:
        facts = (Fact("multi_zone"),) if spread else ()
        dbs = tuple(
            Component(f"db-{n}", f"db-{n}", "relational_db", boundaries=(place,), facts=facts)
            for n, (place, _) in enumerate(places, 1)
        )
        flows = (
            Flow("w1", "web", "db-1", "reads"),
            Flow("w2", "web", "db-2", "reads"),
            Flow("r", "db-1", "db-2", "replicates"),
        )
        boundaries = tuple(Boundary(i, i, kind) for i, kind in dict(places).items())
        return SystemGraph(components=(Component("web", "web"), *dbs), flows=flows, boundaries=boundaries)

    assert named(copies(("h", "host"), ("h", "host")), "web")[0] == {"web", "h"}
    alone, pairs = named(copies(("z1", "zone"), ("z2", "zone")), "web")
    assert alone == {"web"}
    assert pairs == {frozenset(p) for p in (("db-1", "db-2"), ("db-1", "z2"), ("z1", "db-2"), ("z1", "z2"))}
    assert named(copies(("z1", "zone"), ("z1", "zone"), spread=True), "web")[0] == {"web"}


def test_the_name_service_in_front_stops_the_entry_and_two_of_them_only_together() -> None:
    def graph(*dns: str) -> SystemGraph:
        components = (
            Component("web", "web"),
            Component("u", "u", "actor"),
            *(Component(d, d, "dns") for d in dns),
        )
        return SystemGraph(
            components=components, flows=(Flow("u", "u", "web"), *(Flow(d, d, "web", "routes") for d in dns))
        )

    assert named(graph("one"), "web") == ({"web", "one"}, set())
    assert named(graph("one", "two"), "web") == ({"web"}, {frozenset(("one", "two"))})


def test_common_causes_keep_redundancy_from_being_perfect() -> None:
    assert isclose(down_share(0.01, 3, 2, 0.0), 3 * 0.01**2 * 0.99 + 0.01**3)
    assert down_share(0.01, 5, 1, 0.1) > 0.001
