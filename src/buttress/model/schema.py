"""Writes the JSON Schema of graph JSON from its form: `python -m buttress.model.schema`.

The schema says what Buttress writes: every key is there. On input only `id`, `source` and `target` are needed.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from buttress.model.wire import SCHEMA
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


def rendered() -> str:
    """Return the text of the schema's file; same form, same bytes."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


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
    """Write the schema's file and say where."""
    PATH.write_text(rendered(), encoding="utf-8")
    sys.stderr.write(f"{PATH}\n")


if __name__ == "__main__":
    main()
