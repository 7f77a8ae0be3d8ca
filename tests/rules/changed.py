"""Systems with something changed: other ids, another system beside them, other facts, places or words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from buttress.model import Component, Evidence, Fact, Flow, Stance, SystemGraph

HERE = (Evidence("elsewhere.md", 9, 9, "beside it"),)
KINDS = (
    "service",
    "worker",
    "gateway",
    "web_frontend",
    "relational_db",
    "cache",
    "message_broker",
    "external_service",
    "actor",
    "other",
)
FLOWS = ("calls", "reads", "writes", "publishes", "consumes", "routes", "runs_on")
FORMS = ("prose", "diagram", "config", "code")
STATUSES = ("addressed", "planned", "problem", "missing")
IN_WORDS = "in its words"
MOST = 6  # parts, flows or members of one example that are varied


def apart(graph: SystemGraph, side: str) -> SystemGraph:
    """Return a graph with other ids and places, so that nothing of it is taken for a part of the system beside it."""

    def there(places: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(replace(e, source=side + e.source) for e in places)

    def told(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        return tuple(replace(f, evidence=there(f.evidence)) for f in facts)

    return replace(
        graph,
        components=tuple(
            replace(
                c,
                id=side + c.id,
                boundaries=tuple(side + b for b in c.boundaries),
                facts=told(c.facts),
                evidence=there(c.evidence),
            )
            for c in graph.components
        ),
        flows=tuple(
            replace(
                f,
                id=side + f.id,
                source=side + f.source,
                target=side + f.target,
                facts=told(f.facts),
                evidence=there(f.evidence),
            )
            for f in graph.flows
        ),
        boundaries=tuple(
            replace(
                b,
                id=side + b.id,
                parent=side + b.parent if b.parent else b.parent,
                evidence=there(b.evidence),
            )
            for b in graph.boundaries
        ),
        facts=told(graph.facts),
        stances=tuple(replace(s, evidence=there(s.evidence)) for s in graph.stances),
        contradictions=(),
        derived=(),
    )


def beside(one: SystemGraph, other: SystemGraph) -> SystemGraph:
    """Return two systems as one."""
    left, right = apart(one, "left-"), apart(other, "right-")
    names = {f.name for f in left.facts}
    return replace(
        left,
        components=left.components + right.components,
        flows=left.flows + right.flows,
        boundaries=left.boundaries + right.boundaries,
        facts=left.facts + tuple(f for f in right.facts if f.name not in names),
        stances=left.stances + right.stances,
        closed=left.closed and right.closed,
    )


def cluttered(graph: SystemGraph) -> SystemGraph:
    """Return a graph in which every fact is there once more under a name that no rule knows, elsewhere, and once as its opposite."""

    def more(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        again = (replace(f, name="clutter_" + f.name, evidence=HERE) for f in facts)
        other = (replace(turned(f), name="litter_" + f.name, evidence=HERE) for f in facts)
        return (
            *facts,
            *again,
            *other,
            Fact("clutter", 7, evidence=HERE),
            Fact("litter", None, "denied", HERE),
        )

    said = tuple(Stance("clutter", status, HERE) for status in STATUSES)  # type: ignore[arg-type]
    return replace(with_facts(graph, more), facts=more(graph.facts), stances=(*graph.stances, *said))


def turned(fact: Fact) -> Fact:
    if fact.absent:
        return replace(fact, value=True, status="stated")
    return replace(fact, value=None, status="denied")


def with_facts(graph: SystemGraph, change: Callable[[tuple[Fact, ...]], tuple[Fact, ...]]) -> SystemGraph:
    return replace(
        graph,
        components=tuple(replace(c, facts=change(c.facts)) for c in graph.components),
        flows=tuple(replace(f, facts=change(f.facts)) for f in graph.flows),
    )


def adding(fact: Fact) -> Callable[[tuple[Fact, ...]], tuple[Fact, ...]]:
    return lambda facts: (*(f for f in facts if f.name != fact.name), fact)


def instead(graph: SystemGraph, old: object, new: object) -> SystemGraph:
    """Return a graph with one component, flow, boundary or stance in the place of another."""

    def swapped(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(new if i is old else i for i in items)

    return replace(
        graph,
        components=swapped(graph.components),
        flows=swapped(graph.flows),
        boundaries=swapped(graph.boundaries),
        stances=swapped(graph.stances),
        derived=(),
    )  # type: ignore[arg-type]


def values_of(fact: Fact) -> tuple[object, ...]:
    return fact.value if isinstance(fact.value, tuple) else (fact.value,)


def in_all_facts(graph: SystemGraph, change: Callable[[Fact], Fact]) -> SystemGraph:
    changed = with_facts(graph, lambda facts: tuple(map(change, facts)))
    return replace(changed, facts=tuple(map(change, graph.facts)), derived=())


def places_of(graph: SystemGraph) -> Iterator[Evidence]:
    for holder in (*graph.components, *graph.flows):
        yield from holder.evidence
        for fact in holder.facts:
            yield from fact.evidence
    for fact in graph.facts:
        yield from fact.evidence
    for stance in graph.stances:
        yield from stance.evidence


def moved(graph: SystemGraph, change: Callable[[Evidence], Evidence]) -> SystemGraph:
    """Return a graph each place of which is changed."""

    def there(places: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(map(change, places))

    def told(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        return tuple(replace(f, evidence=there(f.evidence)) for f in facts)

    def whole(holder: Component | Flow) -> Component | Flow:
        return replace(holder, facts=told(holder.facts), evidence=there(holder.evidence))

    return replace(
        graph,
        facts=told(graph.facts),
        components=tuple(map(whole, graph.components)),
        flows=tuple(map(whole, graph.flows)),
        stances=tuple(replace(s, evidence=there(s.evidence)) for s in graph.stances),
        derived=(),
    )  # type: ignore[arg-type]


def formed(graph: SystemGraph, form: str, *, only: str = "") -> SystemGraph:
    return moved(graph, lambda e: replace(e, form=form) if only in ("", e.form) else e)  # type: ignore[arg-type]
