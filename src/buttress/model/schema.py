"""Writes the JSON Schemas of graph JSON and of additions from their forms: `python -m buttress.model.schema`.

The schema says what Buttress writes: every key is there. On input only `id`, `source` and `target` are needed.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from buttress.model.additions_form import SCHEMA as ADDITIONS
from buttress.model.additions_form import AdditionsForm
from buttress.model.wire import SCHEMA, json_text
from buttress.model.wire_form import GraphForm

PATH = Path(str(files("buttress"))) / "schemas" / "graph-1.json"


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of graph JSON, version 1.

    >>> schema()["$id"]
    'https://buttress.dev/schema/graph-1.json'
    """
    made = GraphForm.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions = {name.removesuffix("Form"): _strict(form) for name, form in made.pop("$defs").items()}
    whole: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "Buttress graph, version 1",
        **_strict(made),
        "$defs": definitions,
    }
    whole["properties"]["schema"] = {"const": SCHEMA}
    return whole


def additions() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of additions, version 1: what `buttress amend` takes.

    >>> sorted(additions()["$defs"])[:2]
    ['ComponentEntry', 'FactEntry']
    """
    made = AdditionsForm.model_json_schema(by_alias=True)
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDITIONS,
        **_plain(made),
        "title": "Buttress additions, version 1",
    }
    whole["properties"]["schema"] = {"const": ADDITIONS}
    return whole


def rendered() -> str:
    """Return the text of the graph's schema; same form, same bytes."""
    return json_text(schema())


def _strict(form: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of one form with every key required and nothing that only pydantic needs."""
    out: dict[str, Any] = _plain(form)
    out["required"] = list(out["properties"])
    return out


def _plain(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node.removesuffix("Form") if isinstance(node, str) and node.startswith("#/$defs/") else node
    dropped = () if names else ("title", "default")
    return {
        key: _plain(value, names=key == "properties" and not names)
        for key, value in node.items()
        if key not in dropped
    }


def main() -> None:
    """Write the schemas' files and say where."""
    for file, text in ((PATH, rendered()), (PATH.with_name("additions-1.json"), json_text(additions()))):
        file.write_text(text, encoding="utf-8")
        sys.stderr.write(f"{file}\n")


if __name__ == "__main__":
    main()
