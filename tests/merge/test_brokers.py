"""What only carries tasks is a broker, whatever else it could keep; one other use leaves it a store."""

from __future__ import annotations

import pytest

from buttress import pipeline
from buttress.model import Source, SystemGraph

SERVICES = """services:
  desk:
    image: example/desk:1.0
    ports: ["80:8000"]
    environment:
      {setting}
  helper:
    image: example/desk:1.0
    command: celery -A desk worker
    environment:
      CELERY_BROKER_URL: redis://{host}:6379/0
  flower:
    image: mher/flower:2.0
    environment:
      CELERY_BROKER_URL: redis://{host}:6379/0
  {host}:
    image: redis:7.2
"""


def read(setting: str, host: str = "redis", **files: str) -> SystemGraph:
    text = SERVICES.format(setting=setting, host=host)
    return pipeline.read(
        [Source("compose.yaml", text), *(Source(n.replace("__", "."), t) for n, t in files.items())]
    )


@pytest.mark.parametrize(
    ("setting", "host", "kind"),
    [
        pytest.param("BROKER_URL: redis://redis:6379/0", "redis", "message_broker", id="tasks only"),
        pytest.param(
            "CELERY_RESULT_BACKEND: redis://redis:6379/1", "redis", "message_broker", id="results of tasks"
        ),
        pytest.param("CACHE_URL: redis://redis:6379/1", "redis", "cache", id="a cache too"),
        pytest.param("REDIS_HOST: redis", "redis", "cache", id="nobody says what for"),
        pytest.param(
            "BROKER_URL: redis://page-cache:6379/0", "page-cache", "cache", id="its name says a cache"
        ),
    ],
)
def test_what_only_carries_tasks_is_a_broker(setting: str, host: str, kind: str) -> None:
    graph = read(setting, host)
    assert graph.component(host).kind == kind  # type: ignore[union-attr]


def test_flows_to_it_say_who_sends_and_who_takes() -> None:
    graph = read("BROKER_URL: redis://redis:6379/0")
    assert {(f.source, f.kind) for f in graph.flows if f.target == "redis"} == {
        ("desk", "publishes"),
        ("helper", "consumes"),
        ("flower", "calls"),
    }


def test_code_that_keeps_something_in_it_makes_it_a_store_again() -> None:
    code = "import redis\nimport fastapi\n\napp = fastapi.FastAPI()\nkept = redis.Redis(host='redis')\n"
    graph = read("BROKER_URL: redis://redis:6379/0", main__py=code)
    assert graph.component("redis").kind == "cache"  # type: ignore[union-attr]


def test_where_nobody_is_known_to_take_tasks_nobody_is_known_to_send_them() -> None:
    graph = pipeline.read(
        [
            Source(
                "compose.yaml",
                SERVICES.format(setting="A: b", host="redis").replace("celery -A desk worker", "./run.sh"),
            )
        ]
    )
    assert graph.component("redis").kind == "message_broker"  # type: ignore[union-attr]
    assert {(f.source, f.kind) for f in graph.flows if f.target == "redis"} == {
        ("helper", "calls"),
        ("flower", "calls"),
    }
