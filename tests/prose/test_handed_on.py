"""Flows that places tell (columns, labels, titles) and series of what is done, and what verbs don't tell."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.pipeline import read

PARTS = """# Bakery

- **Oven**: the service that bakes.
- **Counter**: the service that sells.
- **Sweeper**: the worker that cleans.
- **Packer**: the service for boxes.

"""


def flows(text: str) -> set[str]:
    graph = read([Source("design.md", f"{PARTS}\n{text}\n")])
    names = {c.id: c.name for c in graph.components}
    return {f"{names[f.source]} {f.kind} {names[f.target]}" for f in graph.flows}


def test_a_column_of_needs_tells_what_each_row_uses() -> None:
    table = "| Part | Database | Talks to |\n|--|--|--|\n| Oven | PostgreSQL | Counter |\n| Counter | MySQL | Packer |"
    assert flows(table) == {
        "Oven calls PostgreSQL",
        "Oven calls Counter",
        "Counter calls MySQL",
        "Counter calls Packer",
    }


def test_a_label_before_products_tells_what_a_part_is_made_of() -> None:
    text = "## Stack\n\n- **Oven**: FastAPI, PostgreSQL\n- **Sweeper**: Celery with Redis"
    assert flows(text) == {"Oven calls PostgreSQL", "Sweeper calls Redis"}


def test_a_label_before_other_nouns_tells_nothing() -> None:
    assert flows("## Matters\n\n- **Oven**: heat, smoke, PostgreSQL\n- **Outputs**: Redis") == set()


def test_stores_listed_below_the_title_of_a_part_are_its_own() -> None:
    text = "## Sweeper\n\n- Redis as broker\n- PostgreSQL for the rota\n\n## Shops\n\n- MongoDB for prices"
    assert flows(text) == {"Sweeper calls Redis", "Sweeper calls PostgreSQL"}


def test_things_go_from_hand_to_hand_in_a_series() -> None:
    said = "Loaves are counted by the Oven, queued in Kafka, weighed by the Sweeper and stored in PostgreSQL."
    assert flows(said) == {"Oven publishes Kafka", "Sweeper consumes Kafka", "Sweeper writes PostgreSQL"}
    assert flows("Labels are written by the Packer and read by the Counter.") == {"Counter reads Packer"}


def test_a_job_queued_in_a_store_is_taken_from_there() -> None:
    steps = "1. The Counter enqueues a job in Redis.\n2. The Sweeper picks up the job."
    assert flows(steps) == {"Counter writes Redis", "Sweeper reads Redis"}


def test_what_goes_through_another_isn_t_called_past_it() -> None:
    said = "Requests flow from the Counter through nginx to the Packer."
    assert flows(said) == {"Counter calls nginx", "nginx routes Packer"}


def test_such_before_a_noun_gives_no_examples() -> None:
    assert flows("The Sweeper will consume such orders from RabbitMQ.") == {"Sweeper consumes RabbitMQ"}


def test_a_tool_that_is_used_for_something_does_it() -> None:
    assert flows("We use a tool called Sweeper to store all labels in PostgreSQL.") == {
        "Sweeper writes PostgreSQL"
    }


def test_what_a_part_incorporates_is_used() -> None:
    assert flows("The Oven incorporates Redis for two purposes.") == {"Oven calls Redis"}


def test_a_store_does_not_go_on_acting() -> None:
    table = "| Part | What it does |\n|--|--|\n| Oven | Stores bills in PostgreSQL and publishes loaves to Kafka |"
    assert flows(table) == {"Oven writes PostgreSQL", "Oven publishes Kafka"}


@pytest.mark.parametrize(
    "said",
    [
        "When using Redis, the Oven is faster.",
        "The Oven can be installed using Redis.",
        "The Counter is based on the Packer.",
        "The Oven listens on the Counter port.",
        "The Counter removes loaves from the Oven.",
        "The Counter creates cakes from the Packer.",
        "The clerk can find the Packer.",
        "The rules apply to the Packer.",
        "The Oven and the Counter share the Packer.",
        "An Oven update contains one or more Packer builds.",
        "The Oven supports external monitors like the Packer.",
        "The Oven has a flag. This tells the Packer to stop.",
    ],
)
def test_what_verbs_do_not_tell(said: str) -> None:
    assert flows(said) == set()
