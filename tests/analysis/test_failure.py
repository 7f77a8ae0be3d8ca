"""Failure analysis on graphs whose answer is known (brute force: tests/faults)."""

from __future__ import annotations

import pytest

from buttress import analysis, data
from buttress.analysis import failure
from buttress.analysis.failure import blast_radius
from buttress.analysis.failure.availability import assumptions
from buttress.dependencies import instances, read_dependencies
from buttress.faults import grow
from buttress.model import Boundary, Component, Derived, Evidence, Fact, Flow, SystemGraph


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


def analyse(graph: SystemGraph) -> tuple[Derived, ...]:
    tree = grow(graph)
    return failure.analyse(tree)


def stops(graph: SystemGraph) -> dict[str, tuple[str, ...]]:
    return {d.subject: d.objects for d in analyse(graph) if d.name == "stops"}


def test_a_private_database_stops_the_entry_that_needs_it() -> None:
    graph = system(("web", "orders", "calls"), ("orders", "db", "writes"), kinds={"db": "relational_db"})
    assert stops(graph) == {"db": ("web",), "orders": ("web",)}


@pytest.mark.parametrize("kind", ["secret_store", "config_server", "service_registry"])
def test_what_is_read_at_start_and_remembered_stops_no_request(kind: str) -> None:
    graph = system(("web", "vault", "reads"), kinds={"vault": kind})
    assert stops(graph) == {}


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


def test_a_store_behind_a_gateway_that_pages_lead_to_stops_what_the_gateway_routes_to() -> None:
    graph = system(
        ("pages", "gw", "calls"),
        ("gw", "a", "routes"),
        ("gw", "b", "routes"),
        ("a", "db", "reads"),
        kinds={"pages": "web_frontend", "gw": "gateway", "db": "relational_db"},
    )
    assert stops(graph) == {"gw": ("a", "b", "pages"), "db": ("a",)}


def test_upstreams_that_one_line_of_a_proxy_chooses_among_stand_in_for_each_other() -> None:
    line = Fact("load_balanced", True, "stated", (Evidence("nginx.conf", 2, 2, "upstream app", "config"),))
    graph = system(
        ("lb", "blue", "routes"),
        ("lb", "green", "routes"),
        kinds={"lb": "gateway"},
        lb_blue=line,
        lb_green=line,
    )
    runs = {d.subject: d.value for d in analyse(graph) if d.name == "runsAs"}
    assert "blue" not in stops(graph) and runs["blue"] != "one"
    apart = system(("lb", "blue", "routes"), ("lb", "green", "routes"), kinds={"lb": "gateway"})
    assert read_dependencies(apart).equals == frozenset()


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


def test_stand_ins_that_share_a_host_are_told_with_it() -> None:
    graph = SystemGraph(
        components=(
            Component("web", "web"),
            *(Component(i, i, "relational_db", boundaries=("vm",)) for i in ("db-1", "db-2")),
        ),
        flows=(
            Flow("a", "web", "db-1", "reads"),
            Flow("b", "web", "db-2", "reads"),
            Flow("r", "db-1", "db-2", "replicates"),
        ),
        boundaries=(Boundary("vm", "vm", "host"),),
    )
    assert [(d.subject, d.objects) for d in analyse(graph) if d.name == "sharedFate"] == [
        ("vm", ("db-1", "db-2"))
    ]
    assert stops(graph) == {"vm": ("web",)}


def test_a_replica_for_reading_does_not_take_over_writes() -> None:
    flows = (("web", "db", "writes"), ("web", "copy", "reads"), ("db", "copy", "replicates"))
    kinds = {"db": "relational_db", "copy": "relational_db"}
    assert stops(system(*flows, kinds=kinds)) == {"db": ("web",)}


def test_stale_answers_keep_failure_from_the_caller() -> None:
    assert stops(system(("web", "prices", "calls"), web_prices=Fact("serves_stale"))) == {}


def test_equal_nodes_behind_a_balancer_stand_in_for_each_other_and_different_services_do_not() -> None:
    flows = (("lb", "web-1", "routes"), ("lb", "web-2", "routes"))
    graph = system(*flows, kinds={"lb": "load_balancer"})
    assert read_dependencies(graph).entries == ("lb",)
    assert stops(graph) == {}
    assert [(d.subject, d.objects) for d in analyse(graph) if d.name == "stopsWith"] == [
        ("web-1", ("web-2",))
    ]
    other = system(("lb", "cart", "routes"), ("lb", "pay", "routes"), kinds={"lb": "load_balancer"})
    assert read_dependencies(other).entries == ("cart", "pay")
    numbered = system(
        ("lb", "service-1", "routes"), ("lb", "service-2", "routes"), kinds={"lb": "load_balancer"}
    )
    assert read_dependencies(numbered).entries == ("service-1", "service-2")


def test_what_only_one_gateway_leads_to_is_cut_off_without_it() -> None:
    graph = system(("gw", "a", "routes"), ("gw", "b", "routes"), ("a", "c", "calls"), kinds={"gw": "gateway"})
    assert {d.subject: d.value for d in analyse(graph) if d.name == "cutsOff"} == {"gw": 3, "a": 1}


def shop(**facts: Fact) -> SystemGraph:
    names = {"web": "service", "pay": "external_service", "db": "relational_db"}
    return SystemGraph(
        components=tuple(
            Component(i, i, k, facts=tuple(f for n, f in facts.items() if n == i)) for i, k in names.items()
        ),
        flows=(Flow("p", "web", "pay"), Flow("d", "web", "db", "writes")),
    )


def test_availability_rests_on_stated_numbers_first_and_says_so() -> None:
    found = {d.name: d for d in analyse(shop(pay=Fact("slo", "99.5 % a month"))) if d.subject == "web"}
    assert found["expectedAvailability"].value == round(0.9995 * 0.995 * 0.9995, 6)
    assert found["expectedAvailability"].because == ("pay.slo",)
    assert found["availabilityFrom"].value == "both"


def test_who_promises_more_than_its_needs_is_told_only_from_stated_numbers() -> None:
    told = [
        d
        for d in analyse(shop(web=Fact("slo", "99.9%"), pay=Fact("slo", "99.5%")))
        if d.name == "promisesMore"
    ]
    assert [(d.subject, d.objects, d.value) for d in told] == [("web", ("pay",), 0.995)]
    assert not [d for d in analyse(shop(web=Fact("slo", "99.999%"))) if d.name == "promisesMore"]


@pytest.mark.parametrize("words", ["p99 latency below 200 ms", "95% of requests faster than 300 ms", "fast"])
def test_a_latency_objective_is_no_availability(words: str) -> None:
    graph = shop(web=Fact("slo", words), pay=Fact("slo", "99%"))
    assert not [d for d in analyse(graph) if d.name == "promisesMore"]


def test_the_cheapest_second_instance_that_removes_most_downtime_comes_first() -> None:
    graph = shop(web=Fact("replicas", 1), db=Fact("replicas", 1))
    reliefs = [d.subject for d in analyse(graph) if d.name == "relief"]
    assert reliefs == ["web", "db"], "the stateless one is cheaper for the same gain"
    assert [d.objects for d in analyse(graph) if d.name == "bestRelief"] == [("web",)]


def test_the_assumptions_about_availability_name_sources_of_the_catalogue() -> None:
    catalogue = (data.corpus_dir() / "catalog.tsv").read_text(encoding="utf-8")
    table = assumptions()
    assert set(table) == {"instance", "managed", "place", "common_cause"}
    assert all(0 < row.value < 1 and row.note for row in table.values())
    assert all(row.url in catalogue for row in table.values() if row.url)
    assert [name for name, row in table.items() if not row.url] == ["common_cause"], "a printed report"


def test_a_worker_that_is_only_started_first_stops_no_request() -> None:
    parts = (
        Component("edge", "edge", "gateway"),
        Component("shop", "shop"),
        Component("mails", "mails", "worker"),
    )
    flows = (Flow("1", "edge", "shop", "routes"), Flow("2", "shop", "mails", "depends_on"))
    stops = {
        d.subject
        for d in analysis.analyse(SystemGraph(components=parts, flows=flows)).derived
        if d.name == "stops"
    }
    assert "shop" in stops
    assert "mails" not in stops


@pytest.mark.parametrize(
    ("technology", "entries"), [("nginx", ("pool",)), ("pgbouncer", ()), ("rds-proxy", ())]
)
def test_a_pool_of_connections_to_a_database_is_no_way_in(technology: str, entries: tuple[str, ...]) -> None:
    pool = Component("pool", "pool", "gateway", technology)
    assert (
        read_dependencies(SystemGraph(components=(pool, Component("db", "db", "relational_db")))).entries
        == entries
    )
