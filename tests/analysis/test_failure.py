"""Failure analysis against brute force, and on graphs whose answer is known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buttress.analysis.failure import analyse, blast_radius
from buttress.dependencies import instances, read_dependencies
from buttress.model import Component, Fact, Flow, SystemGraph


def system(*flows: tuple[str, str, str], kinds: dict[str, str] | None = None, **facts: Fact) -> SystemGraph:
    kinds = kinds or {}
    names = sorted({end for a, b, _ in flows for end in (a, b)})
    return SystemGraph(
        components=tuple(Component(n, n, kinds.get(n, "service")) for n in names),
        flows=tuple(
            Flow(f"{a}-{b}", a, b, kind, facts=tuple(f for key, f in facts.items() if key == f"{a}_{b}"))
            for a, b, kind in flows
        ),
    )


def stops(graph: SystemGraph) -> dict[str, tuple[str, ...]]:
    return {d.subject: d.objects for d in analyse(graph) if d.name == "stops"}


def test_a_private_database_stops_the_entry_that_needs_it() -> None:
    graph = system(("web", "orders", "calls"), ("orders", "db", "writes"), kinds={"db": "relational_db"})
    assert stops(graph) == {"db": ("web",), "orders": ("web",)}


def test_a_stated_fallback_keeps_failure_from_the_caller() -> None:
    graph = system(("web", "ads", "calls"), web_ads=Fact("fallback"))
    assert stops(graph) == {}


def test_a_publisher_needs_its_broker_but_not_the_consumer() -> None:
    graph = system(
        ("web", "queue", "publishes"),
        ("mail", "queue", "consumes"),
        kinds={"queue": "message_broker", "mail": "worker"},
    )
    assert stops(graph) == {"queue": ("web",)}


def test_an_outbox_frees_the_publisher_from_the_broker() -> None:
    graph = system(("web", "queue", "publishes"), kinds={"queue": "message_broker"}, web_queue=Fact("outbox"))
    assert stops(graph) == {}


def test_a_gateway_goes_on_when_one_of_its_upstreams_fails() -> None:
    graph = system(
        ("gw", "a", "routes"),
        ("gw", "b", "routes"),
        ("a", "db", "reads"),
        kinds={"gw": "gateway", "db": "relational_db"},
    )
    assert stops(graph) == {"gw": ("a", "b"), "db": ("a",)}


def test_replicated_stores_stop_an_entry_only_together() -> None:
    graph = system(
        ("web", "one", "reads"), ("web", "two", "reads"), ("one", "two", "replicates"),
        kinds={"one": "relational_db", "two": "relational_db"},
    )  # fmt: skip
    assert stops(graph) == {}
    assert [(d.subject, d.objects) for d in analyse(graph) if d.name == "stopsWith"] == [("one", ("two",))]


def test_the_blast_radius_holds_the_failed_component_and_ends_in_cycles() -> None:
    graph = system(("a", "b", "calls"), ("b", "a", "calls"), ("c", "a", "calls"), ("d", "e", "calls"))
    assert blast_radius(graph, failed="a") == {"a", "b", "c"}


@pytest.mark.parametrize("client", ["Mobile app", "iOS app", "Web browser", "Client app", "Desktop client"])
def test_a_client_app_never_stops_and_is_no_entry_point(client: str) -> None:
    graph = system(
        (client, "gw", "calls"), ("gw", "orders", "routes"), ("gw", "stock", "routes"), ("orders", "db", "reads"),
        kinds={client: "web_frontend", "gw": "gateway", "db": "relational_db"},
    )  # fmt: skip
    assert read_dependencies(graph).entries == ("orders", "stock")
    assert blast_radius(graph, failed="db") == {"db", "orders"}
    assert stops(graph) == {"db": ("orders",), "gw": ("orders", "stock")}
    assert client not in {d.subject for d in analyse(graph)}


def test_a_client_app_opens_the_entry_that_it_calls() -> None:
    graph = system(
        ("Mobile app", "orders", "calls"), ("orders", "stock", "calls"), kinds={"Mobile app": "web_frontend"}
    )
    assert [(d.subject, d.value) for d in analyse(graph) if d.name == "entry"] == [
        ("orders", "called by Mobile app")
    ]


@pytest.mark.parametrize(
    "name", ["Mobile backend", "Mobile gateway", "Web app", "Storefront", "Device registry"]
)
def test_what_serves_clients_is_part_of_the_system(name: str) -> None:
    graph = system((name, "orders", "calls"), kinds={name: "web_frontend"})
    assert blast_radius(graph, failed="orders") == {"orders", name}


@pytest.mark.parametrize(
    ("technology", "facts", "answer"),
    [
        ("s3", (), "managed"),
        ("postgresql", (), "unknown"),
        ("sqs", (Fact("replicas", 1),), "one"),
        ("amazon-rds", (Fact("multi_zone"),), "several"),
    ],
)
def test_a_provider_s_service_is_managed_by_nature(
    technology: str, facts: tuple[Fact, ...], answer: str
) -> None:
    assert instances(Component("x", "x", "data_store", technology, facts=facts)) == answer


def test_a_customer_does_not_stop_with_the_shop() -> None:
    graph = system(
        ("customer", "shop", "calls"),
        ("shop", "db", "reads"),
        kinds={"customer": "actor", "db": "relational_db"},
    )
    assert blast_radius(graph, failed="db") == {"db", "shop"}


def test_a_service_that_takes_its_work_from_a_broker_is_no_entry_while_another_is() -> None:
    graph = system(
        ("shop", "stock", "calls"),
        ("mail", "queue", "consumes"),
        ("mail", "stock", "calls"),
        kinds={"queue": "message_broker"},
    )
    assert read_dependencies(graph).entries == ("shop",)


@st.composite
def graphs(draw: st.DrawFn) -> SystemGraph:
    size = draw(st.integers(2, 7))
    names = [f"n{i}" for i in range(size)]
    kinds = {n: draw(st.sampled_from(["service", "relational_db", "gateway"])) for n in names}
    pairs = draw(
        st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=14, unique=True)
    )
    flows = tuple(
        Flow(
            f"f{n}",
            a,
            b,
            draw(st.sampled_from(["calls", "reads", "routes", "publishes", "replicates"])),
            facts=draw(st.sampled_from([(), (Fact("fallback"),)])),
        )
        for n, (a, b) in enumerate(pairs)
        if a != b
    )
    return SystemGraph(components=tuple(Component(n, n, kinds[n]) for n in names), flows=flows)


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_propagation_agrees_with_evaluating_every_component_until_nothing_changes(graph: SystemGraph) -> None:
    """Oracle: a component works when it hasn't failed, every lone hard dependency works, and one of each group does."""
    dependencies = read_dependencies(graph)
    for failed in graph.components:
        works = {c.id: c.id != failed.id for c in graph.components}
        for _ in graph.components:
            for id_ in works:
                groups = dependencies.alternatives.get(id_, ())
                grouped = {m for g in groups for m in g}
                lone = all(works[t] for t in dependencies.needed(id_) if t not in grouped)
                works[id_] = works[id_] and lone and all(any(works[m] for m in g) for g in groups)
        assert blast_radius(graph, failed=failed.id) == {c for c, ok in works.items() if not ok}
