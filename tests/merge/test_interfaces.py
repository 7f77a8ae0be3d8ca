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


@pytest.mark.parametrize(
    ("folder", "parts"),
    [
        ("writing_desk/http", {"writing-desk"}),
        ("writing_desk/clients", {"writing-desk", "pens-and-paper"}),
        ("contracts", {"writing-desk", "pens-and-paper"}),
    ],
    ids=["among its code", "with what asks others", "beside it"],
)
def test_a_contract_in_the_package_of_the_only_application_is_its_interface(
    folder: str, parts: set[str]
) -> None:
    files = {
        "pyproject.toml": "[project]\nname = 'writing-desk'\ndependencies = ['fastapi']\n",
        "writing_desk/__init__.py": "",
        "writing_desk/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n\ndef start():\n    return app\n",
        f"{folder}/pens.yaml": "openapi: 3.1.0\ninfo: {title: Pens and paper, version: '1'}\npaths: {/pens: {get: {}}}\n",
    }
    graph = read([Source(p, t) for p, t in files.items()], name="acme")
    assert {c.id for c in graph.components} == parts
