"""What only a command reaches, that a person starts and waits for: no request does."""

from __future__ import annotations

import pytest

from buttress.model import Fragment, Source
from buttress.readers.python import read

NEEDS = "[project]\nname = 'desk'\ndependencies = ['fastapi', {}]\n"
APP = "import fastapi\n\napp = fastapi.FastAPI()\n"


def project(files: dict[str, str], *needs: str) -> Fragment:
    packaging = {"pyproject.toml": NEEDS.format(", ".join(repr(n) for n in needs)), "desk/main.py": APP}
    return read(tuple(Source(name, text) for name, text in {**packaging, **files}.items()))


ASKED = (
    "import click\nimport redis\nimport requests\nimport sqlalchemy.orm\n\n{0}\ndef look(names):\n    kept = redis.Redis('k')\n{1}"
    "    requests.get('https://ask.quizzical.io/x')\n    db = sqlalchemy.orm.Session()\n"
    "    for n in names:\n        db.execute(f\"SELECT * FROM t WHERE n = '{{n}}'\")\n"
)


@pytest.mark.parametrize(
    ("decorator", "body", "told"),
    [
        ("@click.command()", "", False),
        ("", "", True),
        ("@click.command()", "    while True:\n        kept.ping()\n", True),
    ],
    ids=["a command", "a function", "a command that goes on"],
)
def test_nobody_waits_for_what_a_command_asks(decorator: str, body: str, told: bool) -> None:
    code = ASKED.format(decorator, body)
    found = project({"desk/asked.py": code}, "click", "redis", "requests", "sqlalchemy", "psycopg2")
    (desk,) = (c for c in found.components if c.id == "desk")
    waits = {f.target for f in found.flows if (said := f.fact("timeout")) and said.status == "denied"}
    assert waits == ({"k", "ask-quizzical-io"} if told else set())
    facts = {f.name for f in desk.facts} & {"queries_in_loops", "sql_built_from_strings"}
    assert facts == ({"queries_in_loops", "sql_built_from_strings"} if told else set())
