"""Stores and brokers that settings choose at run time: the code says that there is one, not always which."""

from __future__ import annotations

import pytest

from buttress.model import Fragment, Source
from buttress.pipeline import read as read_all
from buttress.readers.python import read

APP = "import fastapi\nfrom shop import db\napp = fastapi.FastAPI()\n"
ENGINE = "import os\nfrom sqlalchemy import create_engine\nengine = create_engine({url})\n"


def project(files: dict[str, str], *needs: str, more: str = "") -> tuple[Source, ...]:
    listed = ", ".join(repr(n) for n in ("fastapi", *needs))
    packaging = f"[project]\nname = 'shop'\ndependencies = [{listed}]\n{more}"
    return tuple(
        Source(k, v) for k, v in {"pyproject.toml": packaging, "shop/__init__.py": "", **files}.items()
    )


def kinds(found: Fragment) -> dict[str, tuple[str, str | None]]:
    return {c.name: (c.kind, c.technology) for c in found.components if c.name != "shop"}


EXTRAS = "[project.optional-dependencies]\npostgres = ['asyncpg']\n"


@pytest.mark.parametrize(
    ("url", "needs", "more", "expected"),
    [
        ("os.environ['DATABASE_URL']", ("sqlalchemy",), "", {"Database": ("relational_db", None)}),
        ("os.environ['DATABASE_URL']", ("sqlalchemy", "psycopg"), "", {"PostgreSQL": ("relational_db", "postgresql")}),
        (
            "os.environ['DATABASE_URL']",
            ("sqlalchemy", "psycopg", "pymysql"),
            "",
            {"Database": ("relational_db", None)},
        ),
        ("os.getenv('DB', 'sqlite:///shop.db')", ("sqlalchemy",), "", {"SQLite": ("relational_db", "sqlite")}),
        ("os.getenv('DB', 'sqlite:///shop.db')", ("sqlalchemy",), EXTRAS, {"Database": ("relational_db", None)}),
        ("os.getenv('DB', 'mysql://db/shop')", ("sqlalchemy", "pymysql"), "", {"db": ("relational_db", "mysql")}),
    ],
    ids=[
        "an address without a default",
        "one driver",
        "two drivers",
        "a file and nothing else",
        "a file unless an extra is installed",
        "a default",
    ],
)  # fmt: skip
def test_an_engine_for_an_address_of_the_settings_needs_a_database(
    url: str, needs: tuple[str, ...], more: str, expected: dict[str, tuple[str, str | None]]
) -> None:
    files = {"shop/main.py": APP, "shop/db.py": ENGINE.format(url=url)}
    assert kinds(read(project(files, *needs, more=more))) == expected


CELERY = "import os\nfrom celery import Celery\nqueue = Celery('shop', broker={broker})\n\n@queue.task\ndef bill():\n    pass\n"


@pytest.mark.parametrize(
    ("broker", "expected"),
    [
        ("os.environ['BROKER']", "Message broker"),
        ("os.environ['REDIS_URL']", "Redis"),
        ("os.environ['X'] if 'X' in os.environ else make_amqp_url()", "RabbitMQ"),
    ],
)
def test_celery_has_a_broker_whoever_names_it(broker: str, expected: str) -> None:
    files = {
        "shop/main.py": "import fastapi\napp = fastapi.FastAPI()\n",
        "shop/jobs.py": CELERY.format(broker=broker),
    }
    settings = (
        {"shop/celeryconfig.py": "import os\nbroker_url = " + broker + "\n"} if "amqp" in broker else {}
    )
    found = read(project(files | settings, "celery"))
    links = {(f.source, f.kind, f.target) for f in found.flows}
    slug = expected.lower().replace(" ", "-")
    assert {("shop", "publishes", slug), ("shop-worker", "consumes", slug)} <= links


def test_what_a_queue_brings_needs_no_declaring() -> None:
    code = "import redis\nfrom rq import Queue\nfrom shop.settings import settings\nqueue = Queue(connection=redis.from_url(settings.redis_url))\n"
    settings = (
        "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n"
        "    redis_url: str = 'redis://localhost:6379'\n\nsettings = Settings()\n"
    )
    files = {"shop/main.py": APP, "shop/jobs.py": code, "shop/settings.py": settings}
    assert "Redis" in kinds(read(project(files, "rq")))
    assert "Redis" not in kinds(read(project(files)))


def test_actors_that_are_made_by_calling_dramatiq_are_tasks() -> None:
    code = (
        "import dramatiq\nfrom dramatiq.brokers.redis import RedisBroker\nfrom shop.settings import at\n"
        "dramatiq.set_broker(RedisBroker(host=at.host))\n\nclass Welcome:\n    def __call__(self):\n        pass\n\n"
        "welcome = dramatiq.actor(Welcome())\n"
    )
    found = read(
        project(
            {"shop/main.py": "import fastapi\napp = fastapi.FastAPI()\n", "shop/jobs.py": code},
            "dramatiq[redis]",
        )
    )
    assert {(f.source, f.kind, f.target) for f in found.flows} >= {
        ("shop", "publishes", "redis"),
        ("shop-worker", "consumes", "redis"),
    }


COMPOSE = "services:\n  shop:\n    build: .\n    environment:\n      DATABASE_URL: postgresql://db/shop\n  db:\n    image: postgres:16\n"


def test_the_database_that_settings_choose_is_the_one_that_a_compose_file_runs() -> None:
    files = {"shop/main.py": APP, "shop/db.py": ENGINE.format(url="os.environ['DATABASE_URL']")}
    built = (
        Source("compose.yaml", COMPOSE),
        Source("Dockerfile", 'FROM python:3.13\nCMD ["uvicorn", "shop.main:app"]\n'),
    )
    found = read_all([*project(files, "sqlalchemy"), *built])
    assert [c.name for c in found.components if c.kind == "relational_db"] == ["db"]
    two = COMPOSE + "  ledger:\n    image: mysql:8\n"
    two = two.replace("/shop\n  db", "/shop\n      LEDGER_URL: mysql://ledger/x\n  db")
    found = read_all([*project(files, "sqlalchemy"), Source("compose.yaml", two), built[1]])
    assert {c.name for c in found.components if c.kind == "relational_db"} == {"db", "ledger"}
    elsewhere = {**files, "shop/db.py": ENGINE.format(url="os.environ['BOOKS_URL']")}
    found = read_all([*project(elsewhere, "sqlalchemy"), Source("compose.yaml", two), built[1]])
    assert {"db", "ledger", "Database"} <= {c.name for c in found.components}


def test_files_of_a_folder_of_plug_ins_are_options() -> None:
    opened = {
        "mongo": "import pymongo\nclient = pymongo.MongoClient('mongodb://m')\n",
        "elastic": "import elasticsearch\nclient = elasticsearch.Elasticsearch('http://e:9200')\n",
        "postgres": "import psycopg\nclient = psycopg.connect('postgresql://p/x')\n",
    }
    needs = ("pymongo", "elasticsearch", "psycopg")
    plugs = {f"shop/meta_plugins/{k}.py": v for k, v in opened.items()}
    stores = {f"shop/storing/{k}.py": v for k, v in opened.items()}
    main = {"shop/main.py": "import fastapi\napp = fastapi.FastAPI()\n"}
    assert kinds(read(project(main | plugs, *needs))) == {}
    assert len(kinds(read(project(main | stores, *needs)))) == 3


def test_a_worker_uses_the_database_that_settings_put_in_the_place_of_a_file() -> None:
    site = (
        "import dj_database_url\nINSTALLED_APPS = ['shop']\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'shop.sqlite3'}}\n"
        "DATABASES['default'].update(dj_database_url.config(env='DATABASE_URL'))\n"
    )
    files = {
        "shop/settings.py": site,
        "shop/urls.py": "from django.urls import path\nurlpatterns = []\n",
        "shop/celery.py": "from celery import Celery\napp = Celery('shop')\n",
        "shop/tasks.py": "from celery import shared_task\n\n@shared_task\ndef pack():\n    return 1\n",
    }
    drivers = "[project.optional-dependencies]\npostgres = ['psycopg2']\nmysql = ['mysqlclient']\n"
    found = read(project(files, "django", "celery", "dj-database-url", more=drivers))
    stores = {(f.source, f.target) for f in found.flows if f.kind == "calls"}
    assert stores == {("shop", "database"), ("shop-worker", "database")}


SHELF = "class Shelf:\n    def open(self, url):\n        raise NotImplementedError\n"
SHELVES = {
    "mongo": "from shop.shelf import Shelf\nimport pymongo\n\nclass Own({0}):\n    def open(self, url):\n        self.c = pymongo.MongoClient(url)\n",
    "pg": "from shop.shelf import Shelf\nimport psycopg2\n\nclass Own({0}):\n    def open(self, url):\n        self.c = psycopg2.connect(url)\n",
}


@pytest.mark.parametrize(
    ("names", "base", "expected"),
    [
        ("mongo pg", "Shelf", {"Database": ("data_store", None)}),
        ("mongo", "Shelf", {}),
        ("mongo pg", "", {}),
    ],
    ids=["one of two", "one that may be left out", "two that have nothing in common"],
)
def test_a_database_whose_make_an_extra_chooses_is_there_all_the_same(
    names: str, base: str, expected: dict[str, tuple[str, str | None]]
) -> None:
    files = {"shop/main.py": "import flask\napp = flask.Flask('shop')\n", "shop/shelf.py": SHELF}
    files |= {f"shop/{n}.py": SHELVES[n].format(base) for n in names.split()}
    extras = "[project.optional-dependencies]\nmongo = ['pymongo']\npg = ['psycopg2']\n"
    assert kinds(read(project(files, "flask", more=extras))) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [("", {"store": ("relational_db", "postgresql")}), (EXTRAS, {})],
    ids=["no driver of any", "a driver that is an extra"],
)
def test_a_database_counts_whose_driver_is_nowhere_declared(
    more: str, expected: dict[str, tuple[str, str | None]]
) -> None:
    files = {"shop/main.py": APP, "shop/db.py": ENGINE.format(url="'postgresql://store/shop'")}
    assert kinds(read(project(files, "sqlalchemy", more=more))) == expected


def test_an_engine_that_takes_any_address_opens_one_though_a_driver_beside_it_is_an_extra() -> None:
    engine = ENGINE.format(url="url").replace("engine = ", "def opened(url):\n    return ")
    own = "import psycopg2\n\n\ndef listening(url):\n    return psycopg2.connect('postgresql://store/shop')\n"
    files = {"shop/main.py": APP, "shop/db.py": engine, "shop/listening.py": own}
    assert kinds(read(project(files, "sqlalchemy", more=EXTRAS))) == {"Database": ("relational_db", None)}
