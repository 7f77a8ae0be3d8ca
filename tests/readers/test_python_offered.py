"""What an installation of a product needn't have: stores between which branches and tables choose, and those that are off by default."""

from __future__ import annotations

import pytest

from buttress.model import Source, SystemGraph
from buttress.pipeline import read

PACKAGING = (
    "[project]\nname = 'ledgerly'\ndependencies = ['fastapi', 'pymongo', 'psycopg2', 'redis', 'sqlalchemy']\n"
)
APP = "import fastapi\n\napp = fastapi.FastAPI()\n"
COMPOSE = (
    "services:\n  ledgerly:\n    build: .\n    environment: {{A: '{url}'}}\n  {name}:\n    image: {image}\n"
)


def system(files: dict[str, str]) -> SystemGraph:
    every = {"pyproject.toml": PACKAGING, "ledgerly/__init__.py": "", "ledgerly/main.py": APP, **files}
    return read([Source(name, text) for name, text in every.items()], name="ledgerly")


def stores(found: SystemGraph) -> set[tuple[str, str | None]]:
    return {(c.kind, c.technology) for c in found.components if c.kind not in ("service", "worker")}


HEAD = "import psycopg2\nimport pymongo\n\n"
BRANCH = "def opened(kind):\n    if kind == 'documents':\n        return pymongo.MongoClient('mongodb://a')\n    {0}return psycopg2.connect('postgresql://b')\n"
METHODS = """class Books:
    def open(self, kind):
        if kind == "documents":
            self.documents()
        elif kind == "tables":
            self.tables()

    def documents(self):
        self.a = pymongo.MongoClient("mongodb://a")

    def tables(self):
        self.b = psycopg2.connect("postgresql://b")
"""
FUNCTIONS = """def documents():
    return pymongo.MongoClient("mongodb://a")


def tables():
    return psycopg2.connect("postgresql://b")


"""
MATCHED = "def opened(kind):\n    match kind:\n        case 'a':\n            return documents()\n        case _:\n            return tables()\n"
ONE = {("data_store", None)}
BOTH = {("document_db", "mongodb"), ("relational_db", "postgresql")}


@pytest.mark.parametrize(
    ("code", "left"),
    [
        (BRANCH.format("else: "), ONE),
        (BRANCH.format(""), ONE),
        (METHODS, ONE),
        (FUNCTIONS + MATCHED, ONE),
        (FUNCTIONS + "OPENERS = {'documents': documents, 'tables': tables}\n", ONE),
        (FUNCTIONS + "OPENERS = {'d': 'ledgerly.books.documents', 't': 'ledgerly.books.tables'}\n", ONE),
        (FUNCTIONS + "def opened(kind):\n    documents()\n    return tables()\n", BOTH),
        (FUNCTIONS + MATCHED + "\n\ndef move():\n    documents()\n    tables()\n", BOTH),
        (FUNCTIONS, BOTH),
    ],
    ids=[
        "the arms of an if",
        "what follows an arm that returns",
        "methods that arms call",
        "functions that cases call",
        "a table of functions",
        "a table of their paths",
        "one after the other",
        "also both at once",
        "no branch",
    ],
)
def test_stores_that_exclude_each_other_are_one_database(
    code: str, left: set[tuple[str, str | None]]
) -> None:
    assert stores(system({"ledgerly/books.py": HEAD + code})) == left


def test_the_option_that_a_manifest_runs_is_in_use() -> None:
    compose = COMPOSE.format(url="postgresql://db/x", name="db", image="postgres:16")
    found = system(
        {"ledgerly/books.py": HEAD + METHODS, "compose.yaml": compose, "Dockerfile": "FROM python:3.12\n"}
    )
    assert stores(found) == {("relational_db", "postgresql")}


CLIENT = (
    "import redis\n\nfrom ledgerly import settings\n\n\ndef client():\n    {0}return redis.Redis(host={1})\n"
)


@pytest.mark.parametrize(
    ("settings", "client", "left"),
    [
        ("REDIS_HOST = None\nREDIS_PORT = 6379\n", CLIENT.format("", "settings.REDIS_HOST"), set()),
        ("import os\n\nREDIS_URL = os.getenv('R', '')\n", CLIENT.format("", "settings.REDIS_URL"), set()),
        ("import os\n\nREDIS_URL = os.environ['R']\n", CLIENT.format("", "settings.REDIS_URL"), {"redis"}),
        ("REDIS_HOST = 'cache'\nREDIS_URL = None\n", CLIENT.format("", "settings.REDIS_HOST"), {"redis"}),
        ("USE_CACHE = False\n", CLIENT.format("if settings.USE_CACHE:\n        ", "'cache'"), set()),
        ("USE_CACHE = True\n", CLIENT.format("if settings.USE_CACHE:\n        ", "'cache'"), {"redis"}),
    ],
    ids=["no host", "empty unless set", "must be set", "one of two addresses", "switched off", "switched on"],
)
def test_a_store_that_is_off_by_default_is_none(settings: str, client: str, left: set[str]) -> None:
    found = system({"ledgerly/settings.py": settings, "ledgerly/cache.py": client})
    assert {c.technology for c in found.components if c.technology == "redis"} == left


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("# Ledgerly\n\nThe `ledgerly` service reads counters from Redis.\n", {"redis"}),
        ("# Ledgerly\n\nWorks without Redis, too.\n", set()),
    ],
    ids=["a text says who uses it", "a text names it in passing"],
)
def test_a_text_shows_an_option_in_use_when_it_says_who_uses_it(told: str, left: set[str]) -> None:
    settings = "REDIS_HOST = None\n"
    files = {"ledgerly/settings.py": settings, "ledgerly/cache.py": CLIENT.format("", "settings.REDIS_HOST")}
    found = system({**files, "README.md": told})
    assert {c.technology for c in found.components if c.technology == "redis"} == left


SENDERS = "import requests\n\n\n" + "".join(
    f"def {n}(text):\n    requests.post('https://api.{n}.io/send', json=text, timeout=3)\n\n\n"
    for n in ("pigeon", "raven", "swift")
)
TABLE = "def send(kind, text):\n    senders = {{{0}}}\n    senders[kind](text)\n"


@pytest.mark.parametrize(
    ("names", "left"),
    [(("pigeon", "raven", "swift"), set()), (("pigeon", "raven"), {"pigeon", "raven", "swift"})],
    ids=["three to choose from", "two may each serve some"],
)
def test_services_outside_of_which_a_table_chooses_one_are_options(
    names: tuple[str, ...], left: set[str]
) -> None:
    code = SENDERS + TABLE.format(", ".join(f"'{n}': {n}" for n in names))
    packaging = PACKAGING.replace("'redis'", "'requests'")
    found = system({"pyproject.toml": packaging, "ledgerly/senders.py": code})
    assert {n for n in ("pigeon", "raven", "swift") if any(n in c.id for c in found.components)} == left


@pytest.mark.parametrize("made", [True, False], ids=["a library sends", "only a setting"])
def test_a_mail_server_without_a_host_is_there_where_something_sends_mail(made: bool) -> None:
    settings = "SMTP_HOST = None\n"
    code = "import flask_mail\n\nmail = flask_mail.Mail()\n" if made else ""
    found = system({"ledgerly/settings.py": settings, "ledgerly/mail.py": code})
    assert any(c.name == "Mail server" for c in found.components) is made


LISTENER = """import kafka


class Listener:
    def __init__(self):
        self.on = True

    def start(self):
        self.c = kafka.KafkaConsumer("bookings", bootstrap_servers="log:9092")
"""
SERVE = """from ledgerly import settings
from ledgerly.listener import Listener


def serve():
    listener = None
    if settings.LISTENS:
        listener = Listener()
    return listener
"""


@pytest.mark.parametrize("on", [True, False])
def test_a_broker_of_a_class_that_only_a_switch_makes_is_off_with_it(on: bool) -> None:
    files = {
        "pyproject.toml": PACKAGING.replace("'redis'", "'kafka-python'"),
        "ledgerly/settings.py": f"LISTENS = {on}\n",
        "ledgerly/listener.py": LISTENER,
        "ledgerly/serve.py": SERVE,
    }
    assert any(c.kind == "stream" for c in system(files).components) is on


def test_the_whole_of_an_address_names_no_service() -> None:
    code = "import requests\n\n\ndef ask(full_url):\n    requests.get(full_url, timeout=3)\n"
    files = {"pyproject.toml": PACKAGING.replace("'redis'", "'requests'"), "ledgerly/ask.py": code}
    assert "full" not in {c.id for c in system(files).components}


@pytest.mark.parametrize(("name", "left"), [(".env.production", {"redis"}), (".env.example", set())])
def test_settings_that_are_no_sample_show_an_option_in_use(name: str, left: set[str]) -> None:
    settings = "REDIS_HOST = None\n"
    files = {"ledgerly/settings.py": settings, "ledgerly/cache.py": CLIENT.format("", "settings.REDIS_HOST")}
    found = system({**files, name: "REDIS_HOST=quick\n"})
    assert {c.technology for c in found.components if c.technology == "redis"} == left
