"""Names with arrows between them, drawn with characters but without boxes; and what stands so without being a system."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.readers import read_all

BELOW = """
Browser
  ↓ HTTPS
Shop API (FastAPI)
  |
  v
RabbitMQ
  ↓
Mail worker
nightly, one instance
  ↓
Postgres
"""
ROW = "Browser → CDN → Web app → Redis"
TREE = """
Gateway
 ├─▶ Orders service
 │     └─▶ Orders DB
 └─▶ Billing service
"""
JOINED = """
Till app      Web shop
     \\          /
      v        v
       Kafka
         |
         v
   Stock service
"""


def flows(drawn: str, fence: str = "") -> set[tuple[str, str, str]]:
    fragments, _ = read_all([Source("design.md", f"# Shop\n\n```{fence}\n{drawn.strip(chr(10))}\n```\n")])
    return {(f.source, f.kind, f.target) for fragment in fragments for f in fragment.flows}


@pytest.mark.parametrize(
    ("drawn", "found"),
    [
        pytest.param(
            BELOW,
            {
                ("browser", "calls", "shop-api"),
                ("shop-api", "publishes", "rabbitmq"),
                ("mail-worker", "consumes", "rabbitmq"),
                ("mail-worker", "reads", "postgres"),
            },
            id="one below the other, with words beside arrows and below names",
        ),
        pytest.param(
            ROW,
            {("browser", "calls", "cdn"), ("cdn", "routes", "web-app"), ("web-app", "reads", "redis")},
            id="in one row",
        ),
        pytest.param(
            TREE,
            {
                ("gateway", "routes", "orders-service"),
                ("orders-service", "reads", "orders-db"),
                ("gateway", "routes", "billing-service"),
            },
            id="as a tree",
        ),
        pytest.param(
            JOINED,
            {
                ("till-app", "publishes", "kafka"),
                ("web-shop", "publishes", "kafka"),
                ("stock-service", "consumes", "kafka"),
            },
            id="two that join",
        ),
    ],
)
def test_names_with_arrows_between_them_are_flows(drawn: str, found: set[tuple[str, str, str]]) -> None:
    assert flows(drawn) == found
    assert flows(drawn, "text") == found


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param("new → paid → shipped", id="states"),
        pytest.param("Router → Service → Repository → Database", id="layers of code"),
        pytest.param(
            "1. Client sends an order\n   ↓\n2. Check the stock\n   ↓\n3. Return 201",
            id="the steps of a request",
        ),
        pytest.param(
            "[~/shop]docker build .\nStep 1 : FROM redis\n ---> Using cache\n ---> af6e0b1495b4\nStep 2 : COPY app\n ---> 1b2c3d4e5f60",
            id="what a command prints",
        ),
        pytest.param("checkout -> build -> test", id="steps of a build"),
        pytest.param("password=hunter2 → Redis → Shop API", id="a setting"),
        pytest.param("| id | name |\n| 7  | Kafka |", id="a table"),
        pytest.param("src\n├── api\n└── worker", id="folders"),
        pytest.param("def total(items) -> int:\n    return cart->sum", id="code"),
    ],
)
def test_other_things_with_arrows_between_them_are_none(drawn: str) -> None:
    assert flows(drawn) == set()


@pytest.mark.parametrize(
    ("drawn", "found"),
    [
        ("order-api → mail-worker", {("order-api", "calls", "mail-worker")}),
        ("shop-api -reads-> Redis", {("shop-api", "reads", "redis")}),
        ("shop-api -> Redis: GET cart", {("shop-api", "reads", "redis")}),
        ("HTTP request -> shop-api -> Redis -> Response", {("shop-api", "reads", "redis")}),
    ],
    ids=["two names with hyphens", "an arrow with a text", "a text behind the names", "what is sent"],
)
def test_a_hyphen_in_a_name_is_no_arrow_and_a_text_no_name(
    drawn: str, found: set[tuple[str, str, str]]
) -> None:
    assert flows(drawn) == found
