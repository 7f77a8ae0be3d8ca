"""What tests make of small diagrams of any syntax but Mermaid, and what they ask the fragments."""

from __future__ import annotations

from buttress.model import Fragment, Source
from buttress.readers import READERS


def drawn(reader: str, text: str, path: str = "") -> Fragment:
    names = {"plantuml": "a.puml", "structurizr": "a.dsl", "dot": "a.dot", "d2": "a.d2", "drawio": "a.drawio"}
    return next(r for r in READERS if r.name == reader).read((Source(path or names[reader], text),))


def flows(fragment: Fragment) -> set[str]:
    return {f"{f.source} {f.kind} {f.target}" for f in fragment.flows}


def kinds(fragment: Fragment) -> dict[str, str]:
    return {c.id: c.kind for c in fragment.components}


def workspace(model: str, views: str = "") -> Fragment:
    return drawn("structurizr", f"workspace {{\nmodel {{\n{model}\n}}\nviews {{\n{views}\n}}\n}}")
