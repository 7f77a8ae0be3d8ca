"""A contract joins the application that offers it, by its name."""

from __future__ import annotations

import pytest

from buttress.model import Source
from buttress.pipeline import read


@pytest.mark.parametrize(
    ("title", "parts"), [("Writing Desk API", ["desk"]), ("Pens and paper", ["desk", "pens-and-paper"])]
)
def test_a_contract_is_the_interface_of_the_application_that_has_its_name(
    title: str, parts: list[str]
) -> None:
    files = {
        "compose.yaml": "services:\n  desk:\n    image: acme/desk:1.2\n    build: .\n",
        "Dockerfile": 'FROM python:3.13\nCMD ["uvicorn", "writing_desk:app"]\n',
        "pyproject.toml": "[project]\nname = 'writing-desk'\n",
        "writing_desk/__init__.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "spec.yaml": f"openapi: 3.1.0\ninfo: {{title: {title}, version: '1'}}\npaths: {{/pens: {{get: {{}}}}}}\n",
    }
    graph = read([Source(p, t) for p, t in files.items()], name="acme")
    assert sorted(c.id for c in graph.components) == parts
