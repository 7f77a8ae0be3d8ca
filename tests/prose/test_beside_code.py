"""Beside a Python project whose code shows what runs, a page must say more for a name than in a design document alone."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.pipeline import read

CODE = Source(
    "shop/main.py",
    "import fastapi\napp = fastapi.FastAPI()\n\n@app.get('/carts')\ndef carts():\n    return []\n",
)
NEEDS = Source("pyproject.toml", "[project]\nname = 'shop'\ndependencies = ['fastapi']\n")
README = """# Shop

Sells things. You can ask questions in the chat on Gitter, sign in with GitHub or GitLab, and read about the Starters program.
Works with any data engine, for example Trino.
"""
DESIGN = """# Architecture

The Ledger service books what was paid. It writes its rows to PostgreSQL and publishes to Kafka.
The Ledger service calls the Invoices service over gRPC.
"""


def names(*sources: Source) -> set[str]:
    return {c.name for c in read(list(sources)).components}


def test_a_readme_adds_nothing_to_what_the_code_shows_by_naming_things() -> None:
    assert names(CODE, NEEDS, Source("README.md", README)) == {"shop"}


@pytest.mark.parametrize(
    "path",
    ["docs/architecture.md", "ARCHITECTURE.md", "docs/adr/0001-ledger.md", "docs/ledger.md", "README.md"],
)
def test_a_design_beside_code_is_still_read(path: str) -> None:
    found = names(
        CODE,
        NEEDS,
        *([Source("README.rst", "Shop\n====\n\nSells things.\n")] if path != "README.md" else []),
        Source(path, DESIGN),
    )
    assert {"PostgreSQL", "Kafka"} < found
    assert len([n for n in found if "Ledger" in n or "Invoices" in n]) == 2
