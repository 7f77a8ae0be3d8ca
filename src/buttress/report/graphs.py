"""A graph for people and other tools: text, Mermaid, DOT, GraphML, RDF."""

from __future__ import annotations

import json
from collections.abc import Iterable

from buttress.errors import UnknownName
from buttress.knowledge import project
from buttress.model import (
    FORMS,
    Component,
    Contradiction,
    Evidence,
    Fact,
    Rejection,
    SystemGraph,
    slug,
)
from buttress.model.wire import graph_json, json_text
from buttress.report.summary import plural
from buttress.report.tables import table

_SHAPE = {"relational_db": "[(", "document_db": "[(", "key_value_db": "[(", "data_store": "[(", "object_store": "[(",
          "cache": "[(", "search_index": "[(", "message_broker": "[[", "stream": "[[", "actor": "(("}  # fmt: skip
_CLOSE = {"[(": ")]", "[[": "]]", "((": "))", "[": "]"}


def render(graph: SystemGraph, format_: str) -> str:
    r"""Return the graph in one of: terminal, json, mermaid, dot, graphml, turtle, jsonld. Raises UnknownName otherwise.

    >>> render(SystemGraph(components=(Component("a", "A"),)), "mermaid")
    'flowchart LR\n  a["A"]\n'
    """
    formats = {
        "terminal": _terminal,
        "json": lambda g: json_text(graph_json(g)),
        "mermaid": _mermaid,
        "dot": _dot,
        "graphml": _graphml,
        "turtle": lambda g: project(g).serialize("turtle"),
        "jsonld": _jsonld,
    }
    if format_ not in formats:
        raise UnknownName.of("format", format_, known=formats)
    return formats[format_](graph)


def find(graph: SystemGraph, name: str) -> Component:
    """Return the component with that id, name or alias (case aside). Raises UnknownName with the nearest names."""
    wanted = name.casefold()
    for component in graph.components:
        if wanted in (
            component.id.casefold(),
            component.name.casefold(),
            *(a.casefold() for a in component.aliases),
        ):
            return component
    raise UnknownName.of("component", name, known=[c.name for c in graph.components])


def shown_fact(fact: Fact) -> str:
    """Return a fact as a person reads it: "no owner", "replicas=3"."""
    if fact.absent:
        return f"no {fact.name}"
    if fact.value is True:
        return fact.name
    value = (
        ", ".join(fact.value)
        if isinstance(fact.value, tuple)
        else f"{fact.value:g}"
        if isinstance(fact.value, float)
        else fact.value
    )
    return f"{fact.name}={value}"


def where(evidence: Iterable[Evidence]) -> str:
    """Return the first two places of evidence, and how many more there are."""
    places = list(dict.fromkeys(str(e) for e in evidence))
    return ", ".join(places[:2]) + (f" +{len(places) - 2}" if len(places) > 2 else "")


def _shown_by(evidence: Iterable[Evidence]) -> str:
    """Return the forms of writing that show something, the most binding first: "config, prose"."""
    forms = {e.form for e in evidence}
    return ", ".join(form for form in FORMS if form in forms)


def _terminal(graph: SystemGraph) -> str:
    out = [f"{graph.name}: {plural(len(graph.components), 'component')}, {plural(len(graph.flows), 'flow')}, "
           f"read from {plural(len(graph.sources), 'file')}\n"]  # fmt: skip
    rows = [
        [
            c.name,
            c.kind,
            c.technology or "",
            ", ".join(map(shown_fact, c.facts)),
            _shown_by(c.evidence),
            where(c.evidence),
        ]
        for c in graph.components
    ]
    out.append(table(["component", "kind", "technology", "facts", "shown by", "where"], rows))
    flows = [
        [
            graph.label(f.source), f.kind, graph.label(f.target), {True: "sync", False: "async", None: ""}[f.sync],
            f.protocol or "", ", ".join(map(shown_fact, f.facts)), _shown_by(f.evidence), where(f.evidence),
        ]
        for f in graph.flows
    ]  # fmt: skip
    out.append(table(["from", "", "to", "", "protocol", "facts", "shown by", "where"], flows))
    if graph.contradictions:
        out.append(
            "The sources disagree:\n"
            + "".join(f"  {line}\n" for c in graph.contradictions for line in _disagreement(graph, c))
        )
    if graph.skipped:
        out.append(
            "No reader for: "
            + ", ".join(graph.skipped[:10])
            + (f" and {len(graph.skipped) - 10} more" if len(graph.skipped) > 10 else "")
            + "\n"
        )
    return "\n".join(out)  # fmt: skip


def explain(graph: SystemGraph, name: str) -> str:
    """Return everything known of one component: kind, facts, flows, where sources disagree, evidence, why mentions were joined."""
    rejected = [r for r in graph.rejections if name.casefold() in map(str.casefold, r.names)]
    try:
        component = find(graph, name)
    except UnknownName:
        about = _disagreements(graph, {slug(name)})
        if about:
            return "\n".join(["The sources", *about]) + "\n"
        if not rejected:
            raise
        return "".join(f"{_rejected(r)}\n" for r in rejected)
    names = {n.casefold() for n in (component.id, component.name, *component.aliases)}
    rejected = [r for r in graph.rejections if names & set(map(str.casefold, r.names))]
    out = [
        f"{component.name} ({component.kind}{', ' + component.technology if component.technology else ''})"
    ]
    if component.aliases:
        out.append("  also: " + ", ".join(component.aliases))
    out += [f"  joined because of {m.reason}" for m in graph.merges if m.component == component.id]
    out += [f"  {shown_fact(f)}  ({where(f.evidence)})" for f in component.facts]
    out += [
        f"  {graph.label(f.id)}: {f.kind}  ({where(f.evidence)})"
        for f in graph.flows
        if component.id in (f.source, f.target)
    ]
    out += [f"  {_rejected(r)}" for r in rejected]
    own = {f.id for f in graph.flows if component.id in (f.source, f.target)}
    out += _disagreements(graph, {component.id, *own})
    out += [f"  {e.form:8} {e}  {e.quote}" for e in component.evidence]
    return "\n".join(out) + "\n"


def _disagreement(graph: SystemGraph, contradiction: Contradiction) -> list[str]:
    """Return what disagrees, then every side with its place and its words."""
    subject = contradiction.subject
    label = graph.label(subject)
    head = f"{label if label != subject else subject.replace('-', ' ')}, {contradiction.name}"
    return [head, *(f"  {value}  ({evidence})  {evidence.quote}" for value, evidence in contradiction.sides)]


def _disagreements(graph: SystemGraph, subjects: set[str]) -> list[str]:
    return [
        f"  {'disagree on ' * (n == 0)}{line}"
        for c in graph.contradictions
        if c.subject in subjects
        for n, line in enumerate(_disagreement(graph, c))
    ]


def _rejected(rejection: Rejection) -> str:
    what = "no component" if len(rejection.names) == 1 else "no flow"
    return f"{what}: {rejection}  ({where(rejection.evidence)})"


def _mermaid(graph: SystemGraph) -> str:
    ids = {c.id: c.id.replace("-", "_") for c in graph.components}
    lines = ["flowchart LR"]
    for c in graph.components:
        opened = _SHAPE.get(c.kind, "[")
        label = c.name.replace('"', "'").replace("<", "&lt;")
        lines.append(f'  {ids[c.id]}{opened}"{label}"{_CLOSE[opened]}')
    for f in graph.flows:
        arrow = "-.->" if f.sync is False else "-->"
        lines.append(f"  {ids[f.source]} {arrow}|{f.kind.replace('_', ' ')}| {ids[f.target]}")
    return "\n".join(lines) + "\n"


def _dot(graph: SystemGraph) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'

    lines = ["digraph system {", "  rankdir=LR; node [shape=box];"]
    lines += [f"  {quoted(c.id)} [label={quoted(c.name)}];" for c in graph.components]
    lines += [f"  {quoted(f.source)} -> {quoted(f.target)} [label={quoted(f.kind)}];" for f in graph.flows]
    return "\n".join([*lines, "}"]) + "\n"


def _graphml(graph: SystemGraph) -> str:
    import networkx

    return "\n".join(networkx.generate_graphml(graph.networkx())) + "\n"


def _jsonld(graph: SystemGraph) -> str:
    import rdflib

    triples = rdflib.Graph().parse(data=project(graph).serialize("nquads"), format="nt")
    loaded = json.loads(triples.serialize(format="json-ld"))
    loaded.sort(key=lambda node: str(node.get("@id")))
    return json.dumps(loaded, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
