"""The technology stack as the sources show it: what is used, by whom, in which roles."""

from __future__ import annotations

from dataclasses import dataclass

from buttress import vocabulary
from buttress.model import Evidence, Fact, SystemGraph


@dataclass(frozen=True, slots=True)
class StackItem:
    """One technology: its label, the components that are or use it, the roles it plays, and a remark where one is due."""

    technology: str
    label: str
    kind: str
    components: tuple[str, ...]
    remark: str
    evidence: tuple[Evidence, ...]


def stack(graph: SystemGraph) -> tuple[StackItem, ...]:
    """Return the technologies of a graph, sorted by kind and label.

    >>> stack(SystemGraph())
    ()
    """
    words = vocabulary.load()
    used: dict[str, list[str]] = {}
    for component in graph.components:
        if component.technology:
            used.setdefault(component.technology, []).append(component.id)
    items = []
    for technology, ids in used.items():
        known = words.technologies.get(technology)
        kinds = sorted({c.kind for c in graph.components if c.id in ids})
        items.append(
            StackItem(
                technology=technology,
                label=known.label if known else technology,
                kind=known.kind if known else kinds[0],
                components=tuple(sorted(ids)),
                remark=_remark(graph, ids, words),
                evidence=graph.evidence_of(ids[0])[:1],
            )
        )
    return tuple(sorted(items, key=lambda i: (i.kind, i.label)))


def _remark(graph: SystemGraph, ids: list[str], words: vocabulary.Vocabulary) -> str:
    callers = sorted({graph.label(f.source) for f in graph.flows if f.target in ids})
    kinds = {f.kind for f in graph.flows if f.target in ids}
    remarks = []
    if len(ids) == 1 and {"publishes", "consumes"} & kinds and {"reads", "writes"} & kinds:
        remarks.append("broker and store in one: a backlog and a cache compete for the same memory")
    if len(callers) > 1:
        remarks.append(f"used by {len(callers)} components")
    versions = {str(f.value) for i in ids for f in _facts(graph, i) if f.name == "version"}
    if len(versions) > 1:
        remarks.append("several versions: " + ", ".join(sorted(versions)))
    return "; ".join(remarks)


def _facts(graph: SystemGraph, id_: str) -> tuple[Fact, ...]:
    component = graph.component(id_)
    return component.facts if component else ()
