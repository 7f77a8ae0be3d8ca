"""Which mentions become one component, and what is told when sources disagree."""

from __future__ import annotations

import pytest
from tests.merge.mentions import fragment, place

from buttress.merge import merge
from buttress.model import Boundary, Component, Fact, Flow, Fragment, Rejection, Stance


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        pytest.param("orders", "Orders", True, id="case doesn't tell apart"),
        pytest.param("orders", "Order", True, id="the singular is the same name"),
        pytest.param("Antenna", "antennae", True, id="a plural of Latin"),
        pytest.param("orders", "Orders Service", True, id="a generic word doesn't tell apart"),
        pytest.param("cartservice", "CartService", True, id="camel case doesn't tell apart"),
        pytest.param("orders", "Billing", False, id="other names are other components"),
        pytest.param("支払い", "支払い", True, id="a name of other letters is a name"),
        pytest.param("支払い", "注文", False, id="two names of other letters are two"),
    ],
)
def test_two_sources_name_one_component(first: str, second: str, together: bool) -> None:
    graph = merge([fragment("compose", Component("a", first)), fragment("mermaid", Component("b", second))])
    assert (len(graph.components) == 1) is together


def test_a_service_and_its_database_stay_two_components() -> None:
    one = fragment("compose", Component("orders", "orders"))
    two = fragment("mermaid", Component("db", "Orders DB", "relational_db"))
    assert [c.name for c in merge([one, two]).components] == ["orders", "Orders DB"]


def test_names_that_one_source_tells_apart_never_meet() -> None:
    one = fragment("mermaid", Component("a", "Worker 1"), Component("b", "Worker 2"))
    two = fragment("prose", Component("c", "worker"), tells_apart=False)
    assert len(merge([one, two]).components) == 3


@pytest.mark.parametrize(
    ("first", "second", "beside", "together"),
    [
        pytest.param(
            ("backend",), ("Backend API",), False, True, id="a generic word more in another drawing"
        ),
        pytest.param(("backend",), ("Backend API",), True, False, id="side by side they are two"),
        pytest.param(("route",), ("OpenShift Route",), False, True, id="the platform before the name"),
        pytest.param(("vault",), ("Azure Vault",), False, True, id="the maker before the name"),
        pytest.param(("orders", "billing"), ("Order Desk",), False, False, id="another word"),
        pytest.param(("orders",), ("Orders worker",), False, False, id="a word for another kind"),
    ],
)
def test_two_drawings_of_one_reader_may_name_one_component_in_two_ways(
    first: tuple[str, ...], second: tuple[str, ...], beside: bool, together: bool
) -> None:
    drawn = frozenset(first), frozenset(second)
    both = fragment(
        "mermaid",
        *(Component(name, name) for name in (*first, *second)),
        tells_apart=False,
        drawn=(drawn[0] | drawn[1],) if beside else drawn,
    )
    assert (len(merge([both]).components) < len(first) + len(second)) is together


def test_two_drawings_may_name_the_only_object_store_by_its_role_and_by_its_product() -> None:
    one = Component("s3", "S3 storage", "object_store", "s3")
    two = Component("objects", "Object storage", "object_store")
    apart = (frozenset({"s3"}), frozenset({"objects"}))
    assert len(merge([fragment("mermaid", one, two, tells_apart=False, drawn=apart)]).components) == 1
    assert (
        len(
            merge([fragment("mermaid", one, two, tells_apart=False, drawn=(apart[0] | apart[1],))]).components
        )
        == 2
    )


def test_the_word_for_its_kind_makes_no_other_component() -> None:
    one, two = Component("f", "Frontend", "web_frontend"), Component("spa", "Frontend SPA", "web_frontend")
    apart = (frozenset({"f"}), frozenset({"spa"}))
    assert len(merge([fragment("mermaid", one, two, tells_apart=False, drawn=apart)]).components) == 1


def test_one_drawing_calls_a_database_by_its_engine_and_another_by_its_offer() -> None:
    one = Component("pg", "PostgreSQL", "relational_db", "postgresql")
    two = Component("dbaas", "PostgreSQL DBaaS", "relational_db", "postgresql")
    apart = (frozenset({"pg"}), frozenset({"dbaas"}))
    assert len(merge([fragment("mermaid", one, two, tells_apart=False, drawn=apart)]).components) == 1
    assert (
        len(
            merge([fragment("mermaid", one, two, tells_apart=False, drawn=(apart[0] | apart[1],))]).components
        )
        == 2
    )


def test_a_bare_technology_means_the_only_component_of_it() -> None:
    one = fragment("compose", Component("db", "orders-db", "relational_db", "postgresql"))
    two = fragment("prose", Component("pg", "PostgreSQL", "relational_db", "postgresql"), tells_apart=False)
    graph = merge([one, two])
    assert [c.name for c in graph.components] == ["orders-db"]
    assert "only postgresql" in graph.merges[0].reason


def test_a_bare_technology_joins_nothing_when_two_components_have_it() -> None:
    one = fragment(
        "compose",
        Component("a", "orders-db", "relational_db", "postgresql"),
        Component("b", "users-db", "relational_db", "postgresql"),
    )
    two = fragment("prose", Component("pg", "PostgreSQL", "relational_db", "postgresql"), tells_apart=False)
    assert len(merge([one, two]).components) == 3


def test_the_more_specific_kind_wins() -> None:
    one = fragment("compose", Component("gw", "gateway", "service"))
    two = fragment("mermaid", Component("g", "Gateway", "gateway"))
    assert merge([one, two]).components[0].kind == "gateway"


def test_explicit_values_that_differ_are_a_contradiction_with_both_places() -> None:
    one = fragment(
        "kubernetes",
        Component(
            "o", "orders", facts=(Fact("replicas", 1, "stated", place("k.yaml", 4, "replicas: 1", "config")),)
        ),
    )
    two = fragment(
        "prose",
        Component(
            "o", "Orders", facts=(Fact("replicas", 3, "stated", place("d.md", 9, "runs three replicas")),)
        ),
    )
    graph = merge([one, two])
    (found,) = graph.contradictions
    assert (found.subject, found.name) == ("orders", "replicas")
    assert [(v, str(e)) for v, e in found.sides] == [("1", "k.yaml:4"), ("3", "d.md:9")]
    assert graph.components[0].facts[0].value == 1


def test_a_default_that_no_line_says_contradicts_nobody() -> None:
    implied = Fact("replicas", 1, "stated", place("compose.yaml", 4, "orders:", "config"))
    said = Fact("replicas", 3, "stated", place("d.md", 9, "runs three replicas"))
    graph = merge(
        [
            fragment("compose", Component("o", "orders", facts=(implied,))),
            fragment("prose", Component("o", "orders", facts=(said,))),
        ]
    )
    assert graph.contradictions == ()


def test_a_vague_flow_joins_the_specific_one_between_the_same_ends() -> None:
    ends = (Component("a", "orders"), Component("b", "db", "relational_db"))
    one = fragment("compose", *ends, flows=(Flow("1", "a", "b", "depends_on", evidence=place("c.yaml", 1)),))
    two = fragment("prose", *ends, flows=(Flow("2", "a", "b", "writes", evidence=place("d.md", 2)),))
    (flow,) = merge([one, two]).flows
    assert flow.kind == "writes"
    assert {e.source for e in flow.evidence} == {"c.yaml", "d.md"}


def test_merging_is_the_same_whatever_the_order_of_documents() -> None:
    one = fragment("mermaid", Component("a", "Shop", evidence=place("a.md", 1)))
    two = fragment(
        "prose", Component("b", "shop", evidence=place("b.md", 1)), stances=(Stance("backups", "missing"),)
    )
    assert merge([one, two]).components[0].evidence == merge([two, one]).components[0].evidence


def test_boundaries_of_one_kind_and_name_are_one() -> None:
    one = fragment("compose", boundaries=(Boundary("n", "backend", "network"),))
    two = fragment("mermaid", boundaries=(Boundary("m", "Backend", "network"),))
    assert [b.id for b in merge([one, two]).boundaries] == ["network-backend"]


def test_rejecting_a_name_of_other_letters_leaves_the_others() -> None:
    drawn = fragment("mermaid", Component("a", "支払い"), Component("b", "注文"), Component("c", "Shop"))
    decided = Fragment("additions", rejections=(Rejection(("支払い",)),))
    assert {c.name for c in merge([drawn, decided]).components} == {"Shop", "注文"}
