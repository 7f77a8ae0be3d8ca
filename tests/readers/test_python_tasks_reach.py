"""What tasks reach through the code that they call is the worker's to use."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.readers.python import read

FILES = {
    "pyproject.toml": "[project]\nname = 'crates'\ndependencies = ['fastapi', 'celery', 'redis', 'sqlalchemy', 'psycopg2', 'requests']\n",
    "crates/__init__.py": "",
    "crates/db.py": "import sqlalchemy\n\nengine = sqlalchemy.create_engine('postgresql://db/crates')\n",
    "crates/models.py": "from crates.db import engine\n\n\nclass Crate:\n    def keep(self):\n        engine.begin()\n",
    "crates/carriers.py": "import requests\n\n\ndef book(crate):\n    requests.post('https://api.carrier.io/v1', timeout=3)\n",
    "crates/work.py": (
        "from celery import Celery\n\n{0}\n\napp = Celery('crates', broker='redis://queue:6379')\n\n\n"
        "@app.task\ndef ship(n):\n    {1}\n"
    ),
    "crates/web.py": (
        "import fastapi\n\nfrom crates.models import Crate\nfrom crates.work import ship\n{2}\napp = fastapi.FastAPI()\n\n\n"
        "@app.post('/crates')\ndef crate(n: int):\n    Crate().keep()\n    ship.delay(n)\n{3}"
    ),
}
MODELS = ("from crates.models import Crate", "Crate().keep()")
CARRIERS = ("from crates.carriers import book", "book(n)")


@pytest.mark.parametrize(
    ("task", "web", "wanted"),
    [
        (MODELS, ("", ""), {("crates", "db"), ("crates-worker", "db")}),
        (("", "return n"), ("", ""), {("crates", "db")}),
        (CARRIERS, ("", ""), {("crates", "db"), ("crates-worker", "api-carrier-io")}),
        (
            CARRIERS,
            ("from crates.carriers import book", "    book(n)\n"),
            {("crates", "db"), ("crates", "api-carrier-io"), ("crates-worker", "api-carrier-io")},
        ),
    ],
    ids=["models that open the database", "nothing", "a function that only tasks call", "one that both call"],
)
def test_what_tasks_reach_is_the_workers(
    task: tuple[str, str], web: tuple[str, str], wanted: set[tuple[str, str]]
) -> None:
    texts = {k: v.format(*task, *web) if "{" in v else v for k, v in FILES.items()}
    needed = (Source(k, v) for k, v in texts.items() if k != "crates/carriers.py" or task == CARRIERS)
    found = read(tuple(needed))
    assert {(f.source, f.target) for f in found.flows if f.kind == "calls"} == wanted
