"""Which mentions with different names are one component, because of what they are for."""

from __future__ import annotations

import pytest
from tests.merge.mentions import flow, fragment, names, part, said, text

from buttress.merge import merge
from buttress.model import Fragment, Source
from buttress.pipeline import read


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        pytest.param(("gateway", "gateway", "nginx"), ("nginx gateway", "gateway", "nginx"), True, id="technology and name"),
        pytest.param(("edge-proxy", "gateway", "envoy"), ("Gateway", "gateway", None), True, id="role words on both sides"),
        pytest.param(("postgres", "relational_db", "postgresql"), ("Database", "data_store", None), True, id="bare technology, bare role"),
        pytest.param(("rabbit", "message_broker", "rabbitmq"), ("Message queue", "message_broker", None), True, id="a broker"),
        pytest.param(("eurekaregistry", "service", None), ("Eureka server", "service_registry", "eureka"), True, id="written as one word"),
        pytest.param(("mariadb", "relational_db", "mariadb"), ("PostgreSQL", "relational_db", "postgresql"), False, id="other technologies"),
        pytest.param(("sessions", "cache", "redis"), ("Price cache", "cache", "redis"), False, id="names that say more than the role"),
        pytest.param(("orders", "service", None), ("Backend", "service", None), False, id="any number of parts is a service"),
        pytest.param(("kafka", "stream", "kafka"), ("Redis", "cache", "redis"), False, id="other roles"),
    ],
)  # fmt: skip
def test_the_only_one_of_its_role_in_each_source_is_one_component(
    first: tuple[str, str, str | None], second: tuple[str, str, str | None], together: bool
) -> None:
    one = fragment("compose", part("compose", *first))
    two = fragment("mermaid", part("mermaid", *second))
    assert (len(names(one, two)) == 1) is together


def test_two_of_a_role_in_one_source_join_nothing() -> None:
    one = fragment(
        "compose",
        part("compose", "cache", "cache", "redis"),
        part("compose", "memcached", "cache", "memcached"),
    )
    two = fragment("mermaid", part("mermaid", "Redis cluster", "cache"))
    assert len(names(one, two)) == 3


def test_a_node_whose_id_is_the_name_of_a_service_is_that_service() -> None:
    one = fragment("compose", part("compose", "checkout"))
    two = fragment("mermaid", part("mermaid", "Order desk", quote="checkout[Order desk] --> stock[Stock]"))
    graph = merge([one, two])
    assert [(c.name, c.aliases) for c in graph.components] == [("checkout", ("Order desk",))]
    assert "has the id 'checkout'" in graph.merges[0].reason


@pytest.mark.parametrize(
    ("service", "label", "quote"),
    [
        pytest.param("api", "Payments", "api[Payments]", id="an id that many diagrams use"),
        pytest.param(
            "checkout", "Order desk", "x[Order desk] --> checkout", id="an id elsewhere in the line"
        ),
    ],
)
def test_an_id_that_may_be_chance_joins_nothing(service: str, label: str, quote: str) -> None:
    one = fragment("compose", part("compose", service))
    two = fragment("mermaid", part("mermaid", label, quote=quote))
    assert len(names(one, two)) == 2


def object_stores(caller: str) -> tuple[Fragment, Fragment]:
    compose = fragment(
        "compose",
        part("compose", "photos"),
        part("compose", "minio", "object_store", "minio"),
        flows=(flow("compose", "photos", "minio"),),
    )
    diagram = fragment(
        "mermaid",
        part("mermaid", "Photos"),
        part("mermaid", "Albums"),
        part("mermaid", "S3", "object_store", "s3"),
        flows=(flow("mermaid", caller, "S3", "reads"),),
    )
    return compose, diagram


def test_object_stores_of_two_makers_with_the_same_caller_are_one() -> None:
    assert names(*object_stores("Photos")) == ["Albums", "minio", "photos"]


def test_object_stores_of_two_makers_with_other_callers_are_two() -> None:
    assert "S3" in names(*object_stores("Albums"))


@pytest.mark.parametrize(
    "sentence",
    [
        "Pictures lie in S3 (MinIO in the local setup).",
        "On a laptop, minio stands in for S3.",
        "Developers' machines run MinIO instead of S3.",
    ],
)
def test_a_sentence_says_what_stands_in_for_a_store_and_the_real_one_gives_the_name(sentence: str) -> None:
    compose = fragment("compose", part("compose", "minio", "object_store", "minio"))
    diagram = fragment("mermaid", part("mermaid", "S3", "object_store", "s3"))
    about = text("Docker Compose is for local development.", sentence)
    (store,) = merge([compose, diagram, about]).components
    assert (store.name, store.technology, store.aliases) == ("S3", "s3", ("minio",))


def test_a_sentence_that_only_names_both_joins_nothing() -> None:
    compose = fragment("compose", part("compose", "minio", "object_store", "minio"))
    diagram = fragment("mermaid", part("mermaid", "S3", "object_store", "s3"))
    about = text("Docker Compose is for local development.", "We compared S3 with MinIO.")
    assert len(names(compose, diagram, about)) == 2


def test_one_name_for_several_databases_is_none_of_its_own() -> None:
    drawn = fragment(
        "mermaid",
        part("mermaid", "Orders"),
        part("mermaid", "Orders DB", "relational_db", "postgresql"),
        part("mermaid", "Stock DB", "relational_db", "postgresql"),
        flows=(flow("mermaid", "Orders", "Orders DB", "reads"),),
    )
    told = fragment(
        "prose",
        part("prose", "Orders"),
        part("prose", "PostgreSQL", "relational_db", "postgresql"),
        flows=(flow("prose", "Orders", "PostgreSQL", "writes"),),
    )
    graph = merge([drawn, told])
    assert [c.name for c in graph.components] == ["Orders", "Orders DB", "Stock DB"]
    assert [(f.kind, f.target) for f in graph.flows] == [("reads", "orders-db"), ("writes", "orders-db")]


def test_what_is_said_of_several_databases_by_one_name_is_said_of_each() -> None:
    drawn = fragment(
        "mermaid",
        part("mermaid", "Orders DB", "relational_db", "postgresql"),
        part("mermaid", "Stock DB", "relational_db", "postgresql"),
    )
    told = fragment(
        "prose",
        part("prose", "PostgreSQL", "relational_db", "postgresql", facts=(said("prose", "failover"),)),
    )
    assert [[f.name for f in c.facts] for c in merge([drawn, told]).components] == [
        ["failover"],
        ["failover"],
    ]


@pytest.mark.parametrize(
    ("stores", "parts"),
    [
        ('resource "aws_db_instance" "tills" { engine = "postgres" }\n', {"shop", "tills-db"}),
        ('resource "aws_db_instance" "tills" { engine = "mysql" }\n', {"shop", "tills-db", "postgresql"}),
        (
            'resource "aws_db_instance" "tills" { engine = "postgres" }\nresource "aws_db_instance" "mails" { engine = "postgres" }\n',
            {"shop", "tills-db", "mails-db", "postgresql"},
        ),
    ],
    ids=["the only one", "of another make", "one of two"],
)
@pytest.mark.parametrize("by", ["compose", "kubernetes"])
def test_a_store_whose_address_is_given_at_the_start_is_the_only_one_of_its_make(
    by: str, stores: str, parts: set[str]
) -> None:
    texts = {
        "compose": "services:\n  shop:\n    image: acme/shop:1\n    environment:\n      POSTGRES_HOST: ${PG}\n",
        "kubernetes": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n"
        "        - image: acme/shop:1\n          env: [{name: POSTGRES_HOST, valueFrom: {secretKeyRef: {name: shop, key: pg}}}]\n",
    }
    graph = read([Source(f"{by}.yaml", texts[by]), Source("main.tf", stores)], name="acme")
    assert {c.id for c in graph.components} == parts
