"""A drawing of what tables hold, beside the code that has them, shows no parts; one of what runs does, whatever its boxes are called."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.pipeline import read

TABLES = "from sqlalchemy.orm import DeclarativeBase\n\nclass Base(DeclarativeBase):\n    pass\n\n" + "".join(
    f"class {name}(Base):\n    __tablename__ = '{name.lower()}s'\n\n"
    for name in ("Mill", "Sack", "Cart", "Miller")
)
CODE = (
    Source("mill/pyproject.toml", "[project]\nname = 'mill'\ndependencies = ['flask', 'sqlalchemy']\n"),
    Source("mill/mill/__init__.py", ""),
    Source("mill/mill/tables.py", TABLES),
    Source("mill/mill/web.py", "import flask\n\napp = flask.Flask('mill')\n"),
)
MODEL = "flowchart LR\n  Mill --> Sack\n  Sack --> Cart\n  Miller --> Mill\n"


@pytest.mark.parametrize(
    ("drawing", "code", "parts"),
    [
        (MODEL, CODE, False),
        (MODEL + "  Cart --> Horse\n", CODE, False),
        (MODEL, CODE[3:], True),
        (MODEL + "  Cart --> Grain[(PostgreSQL)]\n", CODE, True),
        ("flowchart LR\n  Mills --> Sacks\n  Sacks --> Carts\n  Millers --> Mills\n", CODE, True),
        ("flowchart LR\n  Mill --> Sack\n  Sack --> Cart\n", CODE, True),
    ],
    ids=["records", "mostly records", "no such tables", "a store among them", "services that are called after them", "too few"],
)  # fmt: skip
def test_boxes_that_are_records_of_the_code_are_no_parts(
    drawing: str, code: tuple[Source, ...], parts: bool
) -> None:
    graph = read((Source("docs/mill.mmd", drawing), *code))
    shown = {c.name for c in graph.components if c.evidence[0].source.endswith(".mmd")}
    assert bool(shown & {"Sack", "Sacks", "Cart", "Carts"}) == parts
    assert any("rows of tables" in d.reason for d in graph.diagnostics) != parts


def test_what_runs_is_kept_in_a_drawing_beside_one_of_records() -> None:
    text = f"# Data\n\n```mermaid\n{MODEL}```\n\n# Parts\n\n```mermaid\nflowchart LR\n  web[Web] --> press[Press]\n```\n"
    graph = read((Source("docs/architecture.md", text), *CODE))
    names = {c.name for c in graph.components}
    assert {"Press"} <= names and not names & {"Sack", "Cart"}
