"""Reads Buttress graph JSON (version 1): what `buttress graph --format json` writes, or a model made by hand or machine."""

from __future__ import annotations

import json

from buttress.model import Diagnostic, Fragment, Source, SystemGraph

MAX_DEPTH = 40


def takes(source: Source) -> bool:
    """Return whether the source looks like graph JSON.

    >>> takes(Source("g.json", '{"schema": "…", "components": [], "flows": []}')), takes(Source("p.json", '{"a": 1}'))
    (True, False)
    """
    if source.language or not source.name.endswith((".json", "<stdin>")):
        return False
    return source.text.lstrip().startswith("{") and '"components"' in source.text and '"flows"' in source.text


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
        "graph",
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
    for character in source.text:
        depth += (character in "[{") - (character in "]}")
        longest = max(longest, depth)
    if longest > MAX_DEPTH:
        return Diagnostic(source.path, 1, f"nested deeper than {MAX_DEPTH} levels; not a graph", "error")
    try:
        loaded = json.loads(source.text)
    except json.JSONDecodeError as error:
        return Diagnostic(source.path, error.lineno, f"not valid JSON: {error.msg}", "error")
    from pydantic import ValidationError

    from buttress.model.wire_form import GraphForm

    lines = source.text.splitlines()
    for item in (*loaded.get("components", ()), *loaded.get("flows", ())):
        if isinstance(item, dict) and not item.get("evidence"):
            place = _line(lines, item)
            quote = lines[place - 1].strip()[:200] if lines else ""
            item["evidence"] = [
                {"source": source.path, "line": place, "end_line": place, "quote": quote, "form": "graph"}
            ]
    try:
        return GraphForm.model_validate(loaded).value()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        line = _line_of_path(lines, first["loc"])
        return Diagnostic(source.path, line, f"{where + ': ' if where else ''}{first['msg']}", "error")


def _line(lines: list[str], item: dict[str, object]) -> int:
    for key in ("id", "name", "source"):
        value = item.get(key)
        if isinstance(value, str):
            wanted = json.dumps(value)
            for n, line in enumerate(lines, 1):
                if f'"{key}"' in line and wanted in line:
                    return n
    return 1


def _line_of_path(lines: list[str], path: tuple[int | str, ...]) -> int:
    """Return the line of the key at a path, found by walking the text for the keys in order; 1 when unsure."""
    names = [p for p in path if isinstance(p, str)]
    at = 0
    for name in names:
        found = next((n for n in range(at, len(lines)) if f'"{name}"' in lines[n]), None)
        if found is None:
            return at + 1
        at = found
    return at + 1
