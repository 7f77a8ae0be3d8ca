"""Which practices stand beside an answer: about its matter and the system's technologies, or none."""

from __future__ import annotations

import pytest

from buttress.ask import Answer, ask
from buttress.model import Source, SystemGraph
from buttress.pipeline import graph
from buttress.retrieval.cards import cards
from buttress.rules import shipped

SHOP = """# Shop

```mermaid
flowchart LR
  user((user)) -->|calls| shop[Shop service]
  shop -->|reads| redis[(Redis)]
  shop -->|writes| vault[Vault]
```
"""
SHARED = """# Shop

```mermaid
flowchart LR
  orders & billing -->|writes, timeout=2s| db[(orders-db PostgreSQL)]
```
"""


def system(tmp_path_factory: pytest.TempPathFactory, text: str) -> tuple[SystemGraph, tuple[Source, ...]]:
    folder = tmp_path_factory.mktemp("system")
    (folder / "design.md").write_text(text, encoding="utf-8")
    return graph(folder), (Source("design.md", text),)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[SystemGraph, tuple[Source, ...]]:
    return system(tmp_path_factory, SHOP)


def asked(shop: tuple[SystemGraph, tuple[Source, ...]], question: str) -> Answer:
    return ask(shop[0], question, sources=shop[1])


@pytest.mark.parametrize("part", ["redis", "vault", "shop"])
def test_what_is_said_about_a_failure_is_about_resilience_whatever_the_part_is_for(
    shop: tuple[SystemGraph, tuple[Source, ...]], part: str
) -> None:
    found = asked(shop, f"what happens if {part} goes down?").practices
    assert found
    assert all("resilience" in cards()[hit.id].areas for hit in found)


def test_what_is_about_a_technology_that_is_not_there_is_left_out(
    shop: tuple[SystemGraph, tuple[Source, ...]],
) -> None:
    found = asked(shop, "how should we test database migrations?").practices
    assert not any(cards()[hit.id].technologies[:1] in (("django",), ("alembic",)) for hit in found)


def test_what_the_sources_name_is_there(shop: tuple[SystemGraph, tuple[Source, ...]]) -> None:
    sources = (*shop[1], Source("app.py", "import httpx\n"))
    without = {hit.id for hit in ask(shop[0], "what about timeouts?", sources=shop[1]).practices}
    found = {hit.id for hit in ask(shop[0], "what about timeouts?", sources=sources).practices}
    assert "httpx/advanced-timeouts" in found - without


def test_what_a_question_names_is_there(shop: tuple[SystemGraph, tuple[Source, ...]]) -> None:
    found = asked(shop, "should we use kafka or rabbitmq?").practices
    assert {"kafka", "rabbitmq"} & {t for hit in found for t in cards()[hit.id].technologies}


def test_nothing_is_shown_when_the_best_is_about_a_technology_that_is_not_there(
    shop: tuple[SystemGraph, tuple[Source, ...]],
) -> None:
    assert asked(shop, "are there metrics?").practices == ()


def test_a_question_about_a_sort_of_part_keeps_the_sort(
    shop: tuple[SystemGraph, tuple[Source, ...]],
) -> None:
    found = asked(shop, "is there a cache in front of the database?").practices
    assert "cach" in (found[0].title + found[0].passage).casefold()


def test_a_risk_shows_what_its_rule_names(tmp_path_factory: pytest.TempPathFactory) -> None:
    answer = asked(system(tmp_path_factory, SHARED), "what is the biggest risk?")
    first = next(s.rule for s in answer.statements if s.rule)
    named = next(card.cites for card in shipped() if card.id == first)
    assert answer.practices[0].id in named


def test_two_editions_of_one_list_are_one_practice(shop: tuple[SystemGraph, tuple[Source, ...]]) -> None:
    found = asked(shop, "is traffic between components encrypted?").practices
    assert len({(hit.source, hit.title) for hit in found}) == len(found)
