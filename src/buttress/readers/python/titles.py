"""The title under which a service publishes its contract, by which a contract in the repository is known to be its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from buttress.readers.python.project import Project, constant
from buttress.workloads.contracts import NAMELESS, offered_by

# What is given the title, and by which argument.
_CALLS = {
    "fastapi.FastAPI": "title", "fastapi.applications.FastAPI": "title", "apispec.APISpec": "title", "flask_restx.Api": "title",
    "ninja.NinjaAPI": "title", "litestar.openapi.OpenAPIConfig": "title", "litestar.openapi.config.OpenAPIConfig": "title",
    "apiflask.APIFlask": "title",
}  # fmt: skip
_SETTINGS = ("api_title", "openapi_title")  # flask-smorest
_OF_SPECTACULAR = "spectacular_settings"


def titles(project: Project) -> tuple[str, ...]:
    """Return what a contract would be called that the project's application publishes; nothing where it publishes several."""
    found = tuple(
        dict.fromkeys(name for text in _written(project) if (name := offered_by(text, "")) != NAMELESS)
    )
    return found if len(found) == 1 else ()


def _written(project: Project) -> Iterator[str]:
    for name, argument in _CALLS.items():
        for call in project.called(name):
            if isinstance(text := constant(call.keyword(argument)), str):
                yield text
    for key in _SETTINGS:
        if key in project.settings and isinstance(text := constant(project.settings[key][1].value), str):
            yield text
    if _OF_SPECTACULAR in project.settings:
        value = project.settings[_OF_SPECTACULAR][1].value
        if isinstance(value, ast.Dict):
            for k, v in zip(value.keys, value.values, strict=True):
                if constant(k) == "TITLE" and isinstance(text := constant(v), str):
                    yield text
