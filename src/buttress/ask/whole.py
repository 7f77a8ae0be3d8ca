"""Answers about a graph as a whole: the longest chain, what each part uses, and how two parts differ."""

from __future__ import annotations

from collections.abc import Iterable

from buttress.ask.answer import Statement
from buttress.ask.question import Question
from buttress.ask.words import fact_words, flow_statement, kind_words, labels, listed, name_of
from buttress.model import Component, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, RUNTIME, STORES

_MEASURED = ("latency", "duration", "response_time", "p50", "p95", "p99")
_RANKED = 5
# What differs between any two parts, and says nothing of them.
_UNCOMPARED = frozenset(("image", "rate", "build_context", "dockerfile", "code_folder"))


def longest(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the longest chain of calls that wait for each other, with the time limits of its steps; nothing when there is none."""
    chains = [d for d in graph.derived if d.name == "syncDepth"]
    asked = {id_ for thing in question.things for id_ in thing.ids}
    chains = [d for d in chains if not asked or d.subject in asked or asked & set(d.because)] or chains
    if not chains:
        return ()
    most = max(len(d.because) for d in chains)
    chain = min((d for d in chains if len(d.because) == most), key=lambda d: d.subject)
    flows = {f.id: f for f in graph.flows}
    steps = [flows[id_] for id_ in chain.because if id_ in flows]
    way = [chain.subject, *(f.target for f in steps)]
    if len(steps) < 2:
        return ()
    out = [
        Statement(
            f"The longest chain of calls that wait for each other has {len(steps)} steps: {' → '.join(graph.label(i) for i in way)}."
        )
    ]
    out += [flow_statement(flow, graph) for flow in steps]
    holders: list[Component | Flow] = [*(c for c in graph.components if c.id in way), *steps]
    times = [(h, f) for h in holders for f in h.facts if f.name in _MEASURED and not f.absent]
    for holder, fact in times:
        name = name_of(holder, graph)
        out.append(Statement(f"{name}: {fact_words(fact)}.", fact.evidence))
    if not times:
        out.append(Statement("The sources state no measured times of it; which way is slowest isn't known."))
    return tuple(out)


def each(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return of each running part which parts of the kind that is asked for it uses, nothing where none uses any."""
    kinds = {c.id: c.kind for c in graph.components}
    wanted = question.kinds - {"service"} or STORES | MESSAGING
    used: dict[str, list[Flow]] = {}
    for flow in graph.flows:
        if kinds.get(flow.target) in wanted and kinds.get(flow.source) in RUNTIME | {"identity_provider"}:
            used.setdefault(flow.source, []).append(flow)
    return tuple(
        Statement(
            f"{graph.label(id_)} uses {labels(graph, dict.fromkeys(f.target for f in flows))}.",
            tuple(e for f in flows for e in f.evidence[:1]),
        )
        for id_, flows in used.items()
    )


def compared(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what the system has of the things that are compared, and what sets them apart: neighbours and facts."""
    parts = [c for t in question.things for i in t.ids if (c := graph.component(i)) is not None]
    parts = list({c.id: c for c in parts}.values())
    out = []
    for c in parts:
        users = [graph.label(f.source) for f in graph.flows if f.target == c.id]
        told = f", used by {listed(dict.fromkeys(users))}" if users else ""
        out.append(Statement(f"{c.name} is part of the system{told}: {kind_words(c)}.", c.evidence[:1]))
    for thing in question.things:
        if parts and not thing.ids:
            out.append(Statement(f"Nothing that was read is called {thing.words}."))
    if len(parts) == 2:
        out += _differences(parts[0], parts[1], graph)
    return tuple(out)


def _differences(one: Component, two: Component, graph: SystemGraph) -> Iterable[Statement]:
    def uses(component: Component) -> set[str]:
        return {f.target for f in graph.flows if f.source == component.id}

    def used(component: Component) -> set[str]:
        return {f.source for f in graph.flows if f.target == component.id}

    for verb, of in (("uses", uses), ("is used by", used)):
        for component, mine, others in ((one, of(one), of(two)), (two, of(two), of(one))):
            if only := sorted(mine - others):
                yield Statement(f"Only {component.name} {verb} {labels(graph, only)}.")
        if both := sorted(of(one) & of(two)):
            plural = "Both use" if verb == "uses" else "Both are used by"
            yield Statement(f"{plural} {labels(graph, both)}.")
    for name in dict.fromkeys(f.name for f in (*one.facts, *two.facts) if f.name not in _UNCOMPARED):
        first, second = one.fact(name), two.fact(name)
        if first is not None and second is not None:
            if (first.value, first.absent) != (second.value, second.absent):
                yield Statement(
                    f"{one.name}: {fact_words(first)}; {two.name}: {fact_words(second)}.",
                    (*first.evidence[:1], *second.evidence[:1]),
                )
        elif fact := first or second:
            owner = one if first is not None else two
            yield Statement(f"Only of {owner.name}: {fact_words(fact)}.", fact.evidence)
