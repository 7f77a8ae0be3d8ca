"""Graph JSON.

`.json` with `components` and `flows`: see [json.md](json.md).

- **Reads** the whole graph as Buttress writes it (version 1), or a small model made by hand or machine.
- **Complete about** what it says it is: with `"closed": true` everything that isn't mentioned isn't there.
- **Doesn't read** other JSON; a key that isn't in the schema is an error with its line.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from math import isfinite

from buttress.evidence.lines import Node, documents
from buttress.model import Diagnostic, Fragment, Source, SystemGraph

MAX_DEPTH = 40
MAX_DIGITS = 25
_NAMED = re.compile(r'"(id|name|source)"\s*:\s*("(?:[^"\\]|\\.)*")')
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def read(sources: tuple[Source, ...]) -> Fragment:
    """Return the components, flows, boundaries and stances of all graph files; a wrong one becomes a diagnostic.

    >>> read((Source("g.json", '{"components": [{"id": "a"}], "flows": []}'),)).components[0].name
    'a'
    """
    graphs = []
    diagnostics: list[Diagnostic] = []
    for source in sources:
        graph = parse(source)
        if isinstance(graph, Diagnostic):
            diagnostics.append(graph)
        else:
            graphs.append(graph)
    return Fragment(
        "graph_json",
        components=tuple(c for g in graphs for c in g.components),
        flows=tuple(f for g in graphs for f in g.flows),
        boundaries=tuple(b for g in graphs for b in g.boundaries),
        stances=tuple(s for g in graphs for s in g.stances),
        diagnostics=tuple(diagnostics),
        closed=bool(graphs) and all(g.closed for g in graphs),
    )


def parse(source: Source) -> SystemGraph | Diagnostic:
    """Return the graph in a source, or the diagnostic that says why there is none.

    A component or flow without evidence gets the file's line of its id, so that every claim can be checked.
    """
    depth = longest = 0
    for character in _STRING.sub("", source.text):
        depth += (character in "[{") - (character in "]}")
        longest = max(longest, depth)
    if longest > MAX_DEPTH:
        return Diagnostic(source.path, 1, f"nested deeper than {MAX_DEPTH} levels; not a graph", "error")
    try:
        loaded = json.loads(source.text, parse_constant=_no_constant, parse_int=_number, parse_float=_number)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        why = error.msg if isinstance(error, json.JSONDecodeError) else str(error).partition(";")[0]
        return Diagnostic(source.path, line, f"not valid JSON: {why}", "error")
    if _ESCAPED_HALF.search(source.text) and _HALF.search(json.dumps(loaded, ensure_ascii=False)):
        return Diagnostic(
            source.path, 1, "holds half of a character (\\ud800 to \\udfff alone); not a graph", "error"
        )
    from pydantic import ValidationError

    from buttress.model.wire_form import GraphForm

    if isinstance(loaded, dict) and "components" in loaded and "flows" not in loaded:
        if not _is_meant(loaded["components"]):
            return Diagnostic(
                source.path, 1, "components of something else, without flows; not a graph", "info"
            )
        reason = 'components without "flows"; expected "flows": [{"source": "a", "target": "b"}, …] beside them, [] if there are none'
        return Diagnostic(source.path, 1, reason, "warning")
    lines = source.text.split("\n")
    places = _places(lines)
    parts = [loaded.get(key) for key in ("components", "flows")] if isinstance(loaded, dict) else []
    for item in (item for part in parts if isinstance(part, list) for item in part):
        if isinstance(item, dict) and not item.get("evidence"):
            written = ((key, item.get(key)) for key in ("id", "name", "source"))
            place = next((n for k, v in written if isinstance(v, str) and (n := places.get((k, v)))), 1)
            quote = lines[place - 1].strip()[:200] if lines else ""
            item["evidence"] = [
                {"source": source.path, "line": place, "end_line": place, "quote": quote, "form": "graph"}
            ]
    try:
        return GraphForm.model_validate(loaded).value()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        said = re.sub(r"a valid dictionary or instance of \w+", "an object", said)
        reason = f"{where + ': ' if where else ''}{said}"
        if first["type"] == "extra_forbidden":
            reason += f"; expected one of {', '.join(GraphForm.keys_at(first['loc'][:-1]))}"
        elif not isinstance(first["input"], dict | list):
            reason += f", found {json.dumps(first['input'])[:60]}"
        return Diagnostic(source.path, _line_of_path(source, first["loc"]), reason, "error")


def _is_meant(components: object) -> bool:
    """Return whether what is called components has the keys of ours and no others."""
    from buttress.model.wire_form import ComponentForm

    known = set(ComponentForm.model_fields)
    items = components if isinstance(components, list) else []
    return bool(items) and all(isinstance(i, dict) and "id" in i and set(i) <= known for i in items[:20])


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number, expected a number or null")


def _number(text: str) -> int | float:
    if len(text) > MAX_DIGITS or not isfinite(float(text)):
        raise ValueError(
            f"{text[:MAX_DIGITS]}… is too large, expected a number of at most {MAX_DIGITS} digits"
        )
    return int(text) if text.lstrip("-").isdecimal() else float(text)


def _places(lines: list[str]) -> dict[tuple[str, str], int]:
    """Return the first line of every id, name and source that is written out, by key and value."""
    out: dict[tuple[str, str], int] = {}
    for n, line in enumerate(lines, 1):
        for key, value in _NAMED.findall(line):
            with suppress(ValueError):
                out.setdefault((key, json.loads(value)), n)
    return out


def _line_of_path(source: Source, path: tuple[int | str, ...]) -> int:
    """Return the line of what stands at a path, or of the nearest thing around it; JSON is read as the YAML that it is."""
    found, _ = documents(source)
    at: Node | None = found[0] if found else None
    line = 1
    for key in path:
        if at is not None:
            items = list(at.list())
            at = at.get(key) if isinstance(key, str) else items[key] if key < len(items) else None
        line = at.key_line if at is not None else line
    return line
