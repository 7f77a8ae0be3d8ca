"""What changed between two states of a system: its parts, its flows, and what a review says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from buttress.model import Component, Fact, Flow, SystemGraph, slug
from buttress.model.wire import evidence_json, json_text
from buttress.report.graphs import shown_fact, where
from buttress.report.review import Known, Review, places_counted
from buttress.report.summary import plural
from buttress.rules import SEVERITIES, Finding

T = TypeVar("T")
_SYNC = {True: "synchronous", False: "asynchronous", None: ""}


@dataclass(frozen=True, slots=True)
class Detail:
    """One property that differs: its name, and what it was and is; empty where nothing was or is said."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes(Generic[T]):
    """What is new, what is gone, and what is there before and after but differs."""

    added: tuple[T, ...]
    gone: tuple[T, ...]
    changed: tuple[tuple[T, tuple[Detail, ...]], ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed from one review to another; `new` ones as the later one has them."""

    old: SystemGraph
    new: SystemGraph
    components: Changes[Component]
    flows: Changes[Flow]
    findings: Changes[Finding]
    worse: tuple[Finding, ...]  # of the findings that were there before

    def at_least(self, severity: str) -> tuple[Finding, ...]:
        """Return the findings that are new or worse than they were, and at least this severe."""
        worst = SEVERITIES.index(severity.upper())
        return tuple(f for f in (*self.findings.added, *self.worse) if SEVERITIES.index(f.severity) <= worst)


def diff(old: Review, new: Review) -> Diff:
    """Return what changed between two reviews.

    A component is the same when its id is, or else when it shares a name with just one that would be new; its flows and findings are then the same too.
    """
    names = _same_components(old.graph, new.graph)

    def moved(flow: Flow) -> Flow:
        return replace(
            flow, source=names.get(flow.source, flow.source), target=names.get(flow.target, flow.target)
        )

    def renamed(finding: Finding) -> Finding:
        return replace(finding, subjects=tuple(names.get(id_, id_) for id_ in finding.subjects))

    found = _by_id(map(renamed, old.findings))
    known = {id_: Known.of(f.severity, f.subjects, f.message) for id_, f in found.items()}
    return Diff(
        old.graph,
        new.graph,
        _changes({names.get(c.id, c.id): c for c in old.graph.components}, _by_id(new.graph.components), _of_component),
        _changes({_ends(moved(f)): f for f in old.graph.flows}, {_ends(f): f for f in new.graph.flows}, _of_flow),
        _changes(found, _by_id(new.findings), _of_finding),
        tuple(f for f in new.findings if f.id in known and not known[f.id].covers(f)),
    )  # fmt: skip


def to_text(told: Diff) -> str:
    """Return the changes as lines: + for what is new, - for what is gone, ~ for what differs."""
    return "\n".join(line for _, lines in _sections(told) for line in (*lines, "")) or "Nothing changed.\n"


def to_markdown(told: Diff) -> str:
    """Return the changes as Markdown, as a comment on a change shows them."""
    out = [f"# Architecture: {_total(told)}", ""]
    for title, lines in _sections(told):
        out += [f"## {title}", "", "```diff", *(_unfenced(line) for line in lines[1:]), "```", ""]
    return "\n".join(out)


def to_json(told: Diff) -> str:
    """Return the changes as JSON: components and flows by their ids with their evidence, findings by theirs."""

    def component(c: Component) -> dict[str, Any]:
        return {"id": c.id, "name": c.name, "kind": c.kind, "technology": c.technology, **_places(c.evidence)}

    def flow(f: Flow) -> dict[str, Any]:
        return {"id": f.id, "source": f.source, "target": f.target, "kind": f.kind, **_places(f.evidence)}

    def finding(f: Finding) -> dict[str, Any]:
        return {"id": f.id, "severity": f.severity, "message": f.message, **_places(f.evidence)}

    values = {
        "components": _json(told.components, component),
        "flows": _json(told.flows, flow),
        "findings": _json(told.findings, finding),
    }
    return json_text(values)


def _same_components(old: SystemGraph, new: SystemGraph) -> dict[str, str]:
    """Return the new id of each old component that has another id now but shares a name with just one."""
    kept = {c.id for c in old.components} & {c.id for c in new.components}
    by_name: dict[str, set[str]] = {}
    for component in new.components:
        for name in (component.name, *component.aliases) if component.id not in kept else ():
            by_name.setdefault(slug(name), set()).add(component.id)
    out: dict[str, str] = {}
    taken: set[str] = set()
    for component in old.components:
        if component.id in kept:
            continue
        alike = set().union(*(by_name.get(slug(n), ()) for n in (component.name, *component.aliases)))
        if len(alike) == 1 and not alike & taken:
            (out[component.id],) = alike
            taken |= alike
    return out


def _changes(before: Mapping[Any, T], after: Mapping[Any, T], details: Callable[[T, T], Iterator[Detail]]) -> Changes[T]:  # fmt: skip
    changed = ((after[key], tuple(details(before[key], after[key]))) for key in after if key in before)
    return Changes(
        tuple(item for key, item in after.items() if key not in before),
        tuple(item for key, item in before.items() if key not in after),
        tuple((item, found) for item, found in changed if found),
    )


def _by_id(items: Iterable[T]) -> dict[str, T]:
    return {item.id: item for item in items}  # type: ignore[attr-defined]


def _ends(flow: Flow) -> tuple[str, str, str]:
    return flow.source, flow.target, flow.kind


def _of_component(before: Component, after: Component) -> Iterator[Detail]:
    yield from _detail("name", before.name, after.name)
    yield from _detail("kind", before.kind, after.kind)
    yield from _detail("technology", before.technology or "", after.technology or "")
    yield from _of_facts(before.facts, after.facts)


def _of_flow(before: Flow, after: Flow) -> Iterator[Detail]:
    yield from _detail("protocol", before.protocol or "", after.protocol or "")
    yield from _detail("call", _SYNC[before.sync], _SYNC[after.sync])
    yield from _of_facts(before.facts, after.facts)


def _of_finding(before: Finding, after: Finding) -> Iterator[Detail]:
    yield from _detail("severity", before.severity, after.severity)
    yield from _detail("parts", *(", ".join(sorted(f.subjects)) for f in (before, after)))
    yield from _detail("places", *(str(places_counted(f.message)) for f in (before, after)))


def _of_facts(before: Iterable[Fact], after: Iterable[Fact]) -> Iterator[Detail]:
    said = [{f.name: shown_fact(f).removeprefix(f"{f.name}=") for f in facts} for facts in (before, after)]
    for name in sorted({*said[0], *said[1]}):
        yield from _detail(name, said[0].get(name, ""), said[1].get(name, ""))


def _detail(name: str, before: str, after: str) -> Iterator[Detail]:
    if before != after:
        yield Detail(name, before, after)


def _sections(told: Diff) -> Iterator[tuple[str, list[str]]]:
    """Yield the title and the lines of each sort of thing that changed, the title with its counts first."""

    def component(c: Component) -> str:
        return f"{c.name} ({c.kind}{', ' + c.technology if c.technology else ''})  {where(c.evidence)}"

    def finding(f: Finding) -> str:
        return f"{f.severity} {f.id}: {f.message}"

    sorts: tuple[tuple[str, Changes[Any], Callable[[Any, SystemGraph], str]], ...] = (
        ("Components", told.components, lambda c, _: component(c)),
        ("Flows", told.flows, lambda f, graph: f"{graph.label(f.source)} —{f.kind}→ {graph.label(f.target)}  {where(f.evidence)}"),
        ("Findings", told.findings, lambda f, _: finding(f)),
    )  # fmt: skip
    for title, changes, line in sorts:
        lines = [
            *(f"+ {line(item, told.new)}" for item in changes.added),
            *(f"- {line(item, told.old)}" for item in changes.gone),
            *(f"~ {line(item, told.new)}  [{_shown(details)}]" for item, details in changes.changed),
        ]
        if lines:
            counts = (len(changes.added), len(changes.gone), len(changes.changed))
            told_of = [f"{n} {word}" for n, word in zip(counts, ("new", "gone", "changed"), strict=True) if n]
            yield title, [f"{title}: {', '.join(told_of)}", *lines]


def _shown(details: Iterable[Detail]) -> str:
    return ", ".join(f"{d.name}: {d.before or 'nothing said'} → {d.after or 'nothing said'}" for d in details)


def _total(told: Diff) -> str:
    new, gone = len(told.findings.added), len(told.findings.gone)
    return f"{plural(new, 'new finding')}, {plural(gone, 'finding')} gone"


def _unfenced(line: str) -> str:
    return line.replace("```", "'''")


def _places(evidence: Iterable[Any]) -> dict[str, Any]:
    return {"evidence": [evidence_json(e) for e in evidence]}


def _json(changes: Changes[T], shown: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    return {
        "added": [shown(item) for item in changes.added],
        "gone": [shown(item) for item in changes.gone],
        "changed": [
            {**shown(item), "changes": [{"name": d.name, "before": d.before, "after": d.after} for d in details]}
            for item, details in changes.changed
        ],
    }  # fmt: skip
