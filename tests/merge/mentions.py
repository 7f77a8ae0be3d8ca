"""Small fragments for tests of merging: what a reader would say, in as few words as possible."""

from __future__ import annotations

from buttress.merge import merge
from buttress.model import (
    Component,
    Evidence,
    Fact,
    FactValue,
    Flow,
    Form,
    Fragment,
    Passage,
    Status,
    SystemGraph,
)

FORM: dict[str, Form] = {"compose": "config", "kubernetes": "config", "mermaid": "diagram", "prose": "prose"}
FILE = {"compose": "compose.yaml", "kubernetes": "k8s.yaml", "mermaid": "design.md", "prose": "design.md"}


def place(source: str, line: int, quote: str = "words", form: Form = "prose") -> tuple[Evidence, ...]:
    """Return one piece of evidence."""
    return (Evidence(source, line, line, quote, form),)


def said(
    reader: str,
    name: str,
    value: FactValue = True,
    quote: str = "words",
    status: Status = "stated",
    line: int = 7,
) -> Fact:
    """Return a fact as a reader would find it in its file."""
    return Fact(name, value, status, place(FILE[reader], line, quote, FORM[reader]))


def part(
    reader: str,
    name: str,
    kind: str = "service",
    technology: str | None = None,
    *,
    facts: tuple[Fact, ...] = (),
    quote: str = "",
    boundaries: tuple[str, ...] = (),
    line: int = 1,
) -> Component:
    """Return a component as a reader would find it in its file; its id is its name."""
    evidence = place(FILE[reader], line, quote or name, FORM[reader])
    return Component(name, name, kind, technology, (), boundaries, facts, evidence)


def flow(
    reader: str,
    source: str,
    target: str,
    kind: str = "calls",
    *,
    quote: str = "",
    line: int = 20,
    **rest: object,
) -> Flow:
    """Return a flow as a reader would find it in its file."""
    evidence = place(FILE[reader], line, quote or f"{source} {target}", FORM[reader])
    return Flow(f"{source}-{kind}-{target}", source, target, kind, evidence=evidence, **rest)  # type: ignore[arg-type]


def fragment(reader: str, *components: Component, flows: tuple[Flow, ...] = (), **rest: object) -> Fragment:
    """Return a fragment; a text may use two names for one thing, other formats tell them apart."""
    options = {"tells_apart": reader != "prose", **rest}
    return Fragment(reader, components=components, flows=flows, **options)  # type: ignore[arg-type]


def text(*sentences: str, title: str = "", source: str = "design.md") -> Fragment:
    """Return the passages of a document, as the reader of documents leaves them."""
    headings = (title,) if title else ()
    return Fragment(
        "documents",
        passages=tuple(Passage(source, n, n, "prose", s, headings) for n, s in enumerate(sentences, 1)),
    )


def names(*fragments: Fragment) -> list[str]:
    """Return the names of the merged components, sorted by id."""
    return [c.name for c in merge(fragments).components]


def pairs(graph: SystemGraph) -> list[tuple[str, str, str]]:
    """Return source, kind and target of every flow."""
    return [(f.source, f.kind, f.target) for f in graph.flows]
