"""What code takes from a setting is what the files name in that very setting."""

from __future__ import annotations

from buttress.model import Source, SystemGraph
from buttress.pipeline import read

CODE = """from celery import Celery
from pydantic_settings import BaseSettings
import redis


class Settings(BaseSettings):
    tasks_broker_url: str
    cache_host: str = "localhost"


settings = Settings()
app = Celery("till", broker=settings.tasks_broker_url)
cache = redis.Redis(host=settings.cache_host)


@app.task
def count():
    return cache.get("x")
"""


def system(*environment: str) -> SystemGraph:
    settings = "".join(f"      - {setting}\n" for setting in environment)
    compose = (
        f"services:\n  till:\n    build: .\n    command: celery -A till worker\n    environment:\n{settings}"
    )
    compose += "  shelf: {image: 'redis:7'}\n  attic: {image: 'redis:7'}\n"
    files = {"till.py": CODE, "compose.yaml": compose, "Dockerfile": "FROM python:3.12\nCOPY . .\n"}
    return read([Source(p, t) for p, t in files.items()], name="till")


def test_a_broker_that_code_takes_from_a_setting_is_the_store_that_files_name_in_it() -> None:
    graph = system("TASKS_BROKER_URL=redis://shelf:6379/0", "PRICES=redis://attic:6379/0")
    assert not [c.name for c in graph.components if c.name == "Message broker"]
    assert "till--consumes--shelf" in {f.id for f in graph.flows}


def test_another_setting_tells_nothing_of_the_broker() -> None:
    graph = system("SESSIONS=redis://shelf:6379/0", "PRICES=redis://attic:6379/0")
    assert "Message broker" in {c.name for c in graph.components}
