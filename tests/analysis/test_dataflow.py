"""Where sensitive data surely goes, and what is open."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buttress import analysis
from buttress.model import Boundary, Component, Derived, Fact, Flow, SystemGraph

PERSONAL = (Fact("data_classes", ("personal",)),)


def named(graph: SystemGraph, name: str) -> list[Derived]:
    return [d for d in analysis.analyse(graph).derived if d.name == name]


def graph(*flows: Flow, boundaries: tuple[Boundary, ...] = (), **kinds: str | Component) -> SystemGraph:
    components = tuple(Component(i, i, k) if isinstance(k, str) else k for i, k in kinds.items())
    return SystemGraph(components=components, flows=flows, boundaries=boundaries)


def test_who_reads_a_store_with_personal_data_handles_them_and_who_calls_the_reader_may_not() -> None:
    told = graph(
        Flow("r", "mail", "users", "reads"), Flow("c", "web", "mail", "calls"),
        web="service", mail="service", users=Component("users", "users", "relational_db", facts=PERSONAL),
    )  # fmt: skip
    assert [(d.subject, d.value, d.because) for d in named(told, "handles")] == [
        ("mail", "personal", ("users.data_classes", "r")),
        ("users", "personal", ("users.data_classes",)),
    ]


def test_a_reader_that_says_what_it_reads_gets_only_that() -> None:
    told = graph(
        Flow("r", "stats", "users", "reads", facts=(Fact("data_classes", ("public",)),)),
        stats="service", users=Component("users", "users", "relational_db", facts=PERSONAL),
    )  # fmt: skip
    assert [d.subject for d in named(told, "handles")] == ["users"]


def test_what_is_published_reaches_the_consumers() -> None:
    told = graph(
        Flow("p", "shop", "bus", "publishes", facts=PERSONAL), Flow("c", "mail", "bus", "consumes"),
        shop="service", bus="message_broker", mail="worker",
    )  # fmt: skip
    assert [d.subject for d in named(told, "handles")] == ["bus", "mail", "shop"]


def test_what_may_leave_is_asked_and_what_surely_leaves_is_told() -> None:
    shop = Component("shop", "shop", facts=PERSONAL)
    unsure = graph(Flow("x", "shop", "crm", "calls"), shop=shop, crm="external_service")
    assert [(d.subject, d.objects) for d in named(unsure, "maySend")] == [("x", ("crm",))]
    assert not named(unsure, "sendsTo")
    sure = graph(Flow("x", "shop", "crm", "calls", facts=PERSONAL), shop=shop, crm="external_service")
    assert [d.subject for d in named(sure, "sendsTo")] == ["x"] and not named(sure, "maySend")
    public = Fact("data_classes", ("public",))
    clean = graph(Flow("x", "shop", "crm", "calls", facts=(public,)), shop=shop, crm="external_service")
    assert not named(clean, "maySend")


@pytest.mark.parametrize(
    ("ttl", "told"), [(Fact("ttl", None, "denied"), 1), (Fact("ttl", 60.0), 0), (None, 0)]
)
def test_a_cache_keeps_personal_data_for_good_only_where_expiry_is_denied(
    ttl: Fact | None, told: int
) -> None:
    cache = Component("cache", "cache", "cache", facts=(ttl,) if ttl else ())
    found = graph(Flow("w", "shop", "cache", "writes", facts=PERSONAL), shop="service", cache=cache)
    assert len(named(found, "keepsForGood")) == told


def test_a_copy_in_another_region_moves_the_data_and_one_in_the_same_does_not() -> None:
    def pair(second: str) -> SystemGraph:
        one = Component("one", "one", "relational_db", boundaries=("eu",), facts=PERSONAL)
        two = Component("two", "two", "relational_db", boundaries=(second,))
        places = (Boundary("eu", "eu", "region"), Boundary("us", "us", "region"))
        return graph(Flow("r", "one", "two", "replicates"), one=one, two=two, boundaries=places)

    assert [(d.subject, d.value) for d in named(pair("us"), "movesRegion")] == [("r", "personal")]
    assert not named(pair("eu"), "movesRegion")


def test_a_device_that_talks_to_a_database_is_told_and_an_operator_is_not() -> None:
    found = graph(
        Flow("a", "app", "db", "reads"), Flow("o", "operator", "db", "reads"),
        app=Component("app", "Mobile app", "web_frontend"), operator="actor", db="relational_db",
    )  # fmt: skip
    assert [(d.subject, d.objects) for d in named(found, "openStore")] == [("db", ("app",))]


@pytest.mark.parametrize(
    ("component", "ports", "told"),
    [
        (
            Component("q", "queue", "message_broker", "rabbitmq"),
            ("5672:5672", "15672:15672"),
            ["15672:15672"],
        ),
        (Component("q", "queue", "message_broker", "rabbitmq"), ("127.0.0.1:15672:15672",), []),
        (Component("a", "adminer", "web_frontend", "adminer"), ("8080:8080",), ["8080:8080"]),
        (Component("s", "shop", "service"), ("5555:5555", "8080:8080"), []),
        (Component("d", "dind", "compute_host"), ("2375",), ["2375"]),
    ],
)
def test_ports_of_administration_are_known_by_their_owner(
    component: Component, ports: tuple[str, ...], told: list[str]
) -> None:
    full = Component(
        component.id,
        component.name,
        component.kind,
        component.technology,
        facts=(Fact("published_ports", ports),),
    )
    assert [d.value for d in named(SystemGraph(components=(full,)), "adminPort")] == told


def test_a_flow_between_two_trust_boundaries_crosses_them_and_one_from_nowhere_does_not() -> None:
    places = (Boundary("dmz", "dmz", "trust"), Boundary("core", "core", "trust"))
    web, db = (
        Component("web", "web", boundaries=("dmz",)),
        Component("db", "db", "relational_db", boundaries=("core",)),
    )
    found = graph(
        Flow("x", "web", "db", "reads"),
        Flow("y", "job", "db", "reads"),
        web=web,
        db=db,
        job="worker",
        boundaries=places,
    )
    assert [(d.subject, d.objects) for d in named(found, "crossesTrust")] == [("x", ("dmz", "core"))]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 6),
            st.integers(0, 6),
            st.sampled_from(("reads", "consumes", "replicates", "calls")),
        ),
        max_size=16,
    )
)
def test_propagation_is_reachability_over_what_must_arrive(edges: list[tuple[int, int, str]]) -> None:
    """Oracle: along reads and consumes against the flow, along copies both ways, and only out of stores and brokers."""
    kinds = [
        "relational_db",
        "message_broker",
        "relational_db",
        "relational_db",
        "service",
        "worker",
        "service",
    ]
    components = tuple(
        Component(f"n{n}", f"n{n}", k, facts=PERSONAL if n == 0 else ()) for n, k in enumerate(kinds)
    )
    flows = tuple(Flow(f"f{n}", f"n{a}", f"n{b}", kind) for n, (a, b, kind) in enumerate(edges))
    net = nx.DiGraph()
    net.add_nodes_from(range(7))
    for a, b, kind in edges:
        if kind in ("reads", "consumes") and b < 4:
            net.add_edge(b, a)
        elif kind == "replicates":
            net.add_edges_from(e for e in ((a, b), (b, a)) if e[0] < 4)
    found = named(SystemGraph(components=components, flows=flows), "handles")
    assert {d.subject for d in found} == {f"n{n}" for n in nx.descendants(net, 0) | {0}}
