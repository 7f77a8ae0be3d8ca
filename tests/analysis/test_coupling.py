"""Coupling on graphs whose answer is known, with networkx as the oracle for cycles."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from buttress import analysis
from buttress.model import Component, Derived, Flow, SystemGraph


def analyse(graph: SystemGraph) -> tuple[Derived, ...]:
    return analysis.analyse(graph).derived



def system(*pairs: tuple[str, str], kinds: dict[str, str] | None = None, kind: str = "calls") -> SystemGraph:
    kinds = kinds or {}
    names = sorted({end for pair in pairs for end in pair})
    return SystemGraph(
        components=tuple(Component(n, n, kinds.get(n, "service")) for n in names),
        flows=tuple(
            Flow(f"{a}-{b}", a, b, "reads" if kinds.get(b) == "relational_db" else kind) for a, b in pairs
        ),
    )


def named(graph: SystemGraph, name: str) -> list[Derived]:
    return [d for d in analyse(graph) if d.name == name]


def test_the_empty_graph_has_no_coupling() -> None:
    assert analyse(SystemGraph()) == ()


def test_a_cycle_is_told_once_with_its_way_round() -> None:
    (cycle,) = named(system(("b", "c"), ("c", "a"), ("a", "b")), "syncCycle")
    assert (cycle.subject, cycle.objects) == ("a", ("b", "c"))
    assert cycle.because == ("a", "a-b", "b", "b-c", "c", "c-a")


def test_a_store_of_two_services_is_shared_and_a_private_one_is_not() -> None:
    kinds = {"db": "relational_db", "own": "relational_db"}
    (shared,) = named(system(("a", "db"), ("b", "db"), ("b", "own"), kinds=kinds), "sharedStore")
    assert (shared.subject, shared.objects, shared.because) == ("db", ("a", "b"), ("a-db", "b-db"))


def test_the_synchronous_depth_counts_components_on_the_longest_chain() -> None:
    (depth,) = named(system(("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")), "syncDepth")
    assert (depth.subject, depth.value) == ("a", 4)
    assert depth.because == ("a", "a-b", "b", "b-c", "c", "c-d", "d")


def test_clients_and_gateways_do_not_count_in_the_synchronous_depth() -> None:
    kinds = {"Mobile app": "web_frontend", "gw": "gateway"}
    graph = system(("Mobile app", "gw"), ("gw", "a"), ("a", "b"), kinds=kinds)
    (depth,) = named(graph, "syncDepth")
    assert (depth.subject, depth.value) == ("gw", 2)
    assert depth.because == ("gw", "gw-a", "a", "a-b", "b")


def test_a_client_app_is_no_service() -> None:
    graph = system(("iOS app", "a"), ("a", "b"), kinds={"iOS app": "web_frontend"})
    assert [d.value for d in named(graph, "serviceCount")] == [2]
    assert [d.subject for d in named(graph, "instability")] == ["a", "b"]


def test_the_depth_ends_in_a_cycle() -> None:
    (depth,) = named(system(("a", "b"), ("b", "c"), ("c", "b")), "syncDepth")
    assert depth.value == 3


def test_asynchronous_calls_make_no_cycle() -> None:
    graph = system(("a", "b"), ("b", "a"))
    flows = tuple(Flow(f.id, f.source, f.target, "calls", sync=False) for f in graph.flows)
    assert [
        d for d in analyse(SystemGraph(components=graph.components, flows=flows)) if d.name == "syncCycle"
    ] == []


def test_independent_services_share_nothing_and_a_chain_shares_half() -> None:
    chain = system(("a", "b"), ("b", "c"))
    assert [d.value for d in named(chain, "monolithShare")] == [0.5]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=20, unique=True))
def test_cycles_are_the_strongly_connected_components(pairs: list[tuple[str, str]]) -> None:
    pairs = [(a, b) for a, b in pairs if a != b]
    found = {frozenset((d.subject, *d.objects)) for d in named(system(*pairs), "syncCycle")}
    wanted = {frozenset(c) for c in nx.strongly_connected_components(nx.DiGraph(pairs)) if len(c) > 1}
    assert found == wanted


def test_the_nodes_of_a_registry_that_talk_to_each_other_are_no_circle_of_services() -> None:
    graph = system(
        ("one", "two"), ("two", "one"), kinds={"one": "service_registry", "two": "service_registry"}
    )
    assert not [d for d in analyse(graph) if d.name == "syncCycle"]
