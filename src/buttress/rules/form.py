"""The front matter of a rule card, checked by pydantic: unknown keys are refused."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from buttress.errors import CardError

Severity = Literal["HIGH", "MEDIUM", "LOW"]


class FrontMatter(BaseModel):
    """What stands between the two lines of --- in a rule card."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=8, max_length=100)
    severity: Severity
    otherwise: Severity | None = None
    together: bool = False
    effort: Literal["S", "M", "L"]
    days: str = Field(pattern=r"^\d+(\.\d+)?(-\d+)?$")
    message: str = ""
    said: str = ""
    question: str = ""
    strength: str = ""
    unsaid: str = ""
    covers: list[str] = Field(min_length=1)
    cites: list[Annotated[str, Field(pattern=r"^[^#\s]+(#[1-9]\d?)?$")]] = Field(min_length=1)
    topics: list[str] = []
    needs: list[str] = []


def front_matter(text: str, *, path: str) -> FrontMatter:
    """Return the checked front matter. Raises CardError with the line of the first wrong key.

    >>> front_matter("title: x", path="rules/api/a.md")
    Traceback (most recent call last):
    ...
    buttress.errors.CardError: rules/api/a.md:2: expected 'title': String should have at least 8 characters
    """
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CardError(path, 2 + (mark.line if mark else 0), f"valid YAML front matter ({error})") from error
    if not isinstance(loaded, dict):
        raise CardError(path, 2, "keys and values in the front matter")
    try:
        return FrontMatter.model_validate(loaded)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        lines = text.splitlines()
        line = next((n for n, t in enumerate(lines, 2) if re.match(rf"{re.escape(key)}\s*:", t)), 2)
        raise CardError(path, line, f"'{key}': {first['msg']}") from error
