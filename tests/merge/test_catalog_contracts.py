"""A contract that an entry of a catalog names is the interface of that entry; what two sources say of one part is told."""

from __future__ import annotations

import pytest

from buttress import pipeline
from buttress.model import Source, SystemGraph

CATALOG = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: till, title: The Till}
spec: {type: service, providesApis: [till-control, till-news]}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: till-control}
spec:
  type: openapi
  definition:
    $text: ./docs/control.yaml
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: till-news}
spec:
  type: asyncapi
  definition:
    $text: docs/news.yaml
"""
OPENAPI = "openapi: 3.1.0\ninfo: {title: Coin control, version: '2'}\npaths:\n  /coins: {get: {responses: {'200': {description: ok}}}}\n"
ASYNCAPI = (
    "asyncapi: 3.0.0\ninfo: {title: Coin news}\nservers: {prod: {host: 'rabbit:5672', protocol: amqp}}\n"
    "operations: {counted: {action: send}}\n"
)


def graph(*sources: Source) -> SystemGraph:
    return pipeline.read(sources)


def test_contracts_belong_to_the_entry_of_the_catalog_that_names_their_files() -> None:
    found = graph(
        Source("catalog-info.yaml", CATALOG),
        Source("docs/control.yaml", OPENAPI),
        Source("docs/news.yaml", ASYNCAPI),
    )
    assert [c.kind for c in found.components] == ["message_broker", "service"]
    assert [(f.source, f.kind) for f in found.flows] == [("till", "publishes")]


def test_a_contract_that_no_entry_names_stays_apart() -> None:
    found = graph(Source("catalog-info.yaml", CATALOG), Source("docs/other.yaml", OPENAPI))
    assert {c.id for c in found.components} == {"till", "coin-control"}


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("bus[[Event bus<br/>RabbitMQ]]", 'queue "Event bus\\nKafka" as bus', {"rabbitmq", "kafka"}),
        (
            "bus[(Order store<br/>PostgreSQL)]",
            'database "Order store\\nMongoDB" as bus',
            {"postgresql", "mongodb"},
        ),
        ("bus[(Order store<br/>PostgreSQL)]", 'database "Order store\\nPostgreSQL" as bus', set()),
    ],
    ids=["two brokers", "two sorts of database", "one"],
)
def test_two_drawings_that_name_two_products_for_one_part_disagree(
    one: str, other: str, told: set[str]
) -> None:
    found = graph(
        Source("a.mmd", f"flowchart LR\n  shop[Shop service] --> {one}\n"),
        Source("b.puml", f"@startuml\n{other}\n[Shop service] --> bus\n@enduml\n"),
    )
    assert {value for c in found.contradictions if c.name == "technology" for value, _ in c.sides} == told
