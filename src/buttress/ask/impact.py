"""Answers about failure: what stops with a component, what goes on, and which ones stop everything."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from buttress.analysis.failure import blast_radius, failing_together
from buttress.ask.answer import Statement
from buttress.ask.question import Question, states_order
from buttress.ask.words import fact_words, flow_words, labels, listed
from buttress.dependencies import Dependencies, instances, is_text_alone, read_dependencies
from buttress.model import Component, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, STORES

_SLOW = ("slow", "hang", "overload", "time out", "times out")
_AT_ONCE = re.compile(r"@\d+(?:,| and| plus| as well as|, and) (?:the |both |our )?@\d+")
_SOFT = ("fallback", "circuit_breaker", "cached", "outbox")
_MANY = 4  # parts of a kind of which each is told in full
_SPREAD = ("replicas", "min_replicas", "single_instance", "multi_zone", "multi_region", "failover", "managed")


def impact(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what stops when each of the named components fails, and by which paths; what goes on; what is not known.

    Of parts that fail at once it is told first what stops with them together.
    """
    parts = [c for thing in question.named() for id_ in thing.ids if (c := graph.component(id_)) is not None]
    slow = any(w in question.pattern for w in _SLOW)
    out: list[Statement] = []
    if len(question.named()) > 1 and _AT_ONCE.search(question.pattern):
        out += _together(parts, graph)
    elif question.slots and not slow:
        out += _verdicts(question, [c.id for c in parts], graph)
    of_kind = [t for t in question.named() if t.by == "kind" and len(t.ids) > _MANY]
    for thing in of_kind:
        said = f"“{thing.words}” may be any of {labels(graph, thing.ids)}; of each only the gist is told."
        out.append(Statement(said))
    gist = {id_ for thing in of_kind for id_ in thing.ids}
    for component in parts:
        told = [*(_slowed(component, graph) if slow else _impact(component, graph))]
        out += told[:1] if component.id in gist else told
    if out and is_text_alone(graph):
        out.append(
            Statement("This is read from text alone: a dependency that no sentence mentions is not counted.")
        )
    return tuple(out)


def _verdicts(question: Question, failed: Sequence[str], graph: SystemGraph) -> Iterable[Statement]:
    """Yield of each part that a question names besides what fails whether it stops: "does the cart still work if ..."."""
    broken = failing_together(graph, failed=tuple(failed))
    others = [
        t
        for n, t in enumerate(question.things)
        if n not in question.slots and t.by not in ("kind", "technology")
    ]
    for id_ in dict.fromkeys(i for t in others for i in t.ids if i not in failed):
        said = "stops, too" if id_ in broken else "goes on, as far as the sources say"
        yield Statement(f"{graph.label(id_)} {said}.")


def _together(parts: Sequence[Component], graph: SystemGraph) -> Iterable[Statement]:
    ids = dict.fromkeys(c.id for c in parts)
    broken = failing_together(graph, failed=tuple(ids)) - ids.keys()
    alone = {id_ for c in parts for id_ in blast_radius(graph, failed=c.id)}
    names, stopped = labels(graph, ids), sorted(broken)
    if not stopped:
        yield Statement(f"When {names} fail together, nothing else stops, as far as the sources say.")
        return
    yield Statement(
        f"When {names} fail together, {labels(graph, stopped)} {'stops' if len(stopped) == 1 else 'stop'}."
    )
    if only := sorted(broken - alone):
        yield Statement(f"No single one of them stops {labels(graph, only)}: only together they do.")


def _slowed(component: Component, graph: SystemGraph) -> Iterable[Statement]:
    """Yield who waits for a slow part, and for how long."""
    waiting = [
        f for f in graph.flows
        if f.target == component.id and f.sync is not False and f.kind not in ("publishes", "consumes", "depends_on", "runs_on")
    ]  # fmt: skip
    behind = blast_radius(graph, failed=component.id) - {component.id, *(f.source for f in waiting)}
    if not waiting:
        yield Statement(
            f"Nothing was read that waits for {component.name}.", component.evidence[:1], holds="nothing"
        )
    else:
        names = dict.fromkeys(f.source for f in waiting)
        more = f", and behind {_those(names)} {labels(graph, sorted(behind))}" if behind else ""
        yield Statement(
            f"When {component.name} is slow, {labels(graph, names)} {'waits' if len(names) == 1 else 'wait'} for it{more}."
        )
    for flow in waiting:
        soft = [f for f in flow.facts if f.name in _SOFT and not f.absent]
        yield _patience(flow, graph)
        for fact in soft:
            yield Statement(f"{flow_words(flow, graph)} with {fact_words(fact)}.", fact.evidence)
    yield _instances(component)


def _those(ids: Collection[str]) -> str:
    return "it" if len(ids) == 1 else "them"


def _impact(component: Component, graph: SystemGraph) -> Iterable[Statement]:
    name = component.name
    entries = {d.subject for d in graph.derived if d.name == "entry"}
    broken = blast_radius(graph, failed=component.id) - {component.id}
    read = read_dependencies(graph)
    hard = [
        f for c in graph.components if c.id in broken for f in read.hard(c.id) if f.target == component.id
    ]
    if component.kind in STORES | MESSAGING and not any(f.target == component.id for f in graph.flows):
        # Somebody will use a store; that nothing else stops can't be said.
        yield Statement(
            f"Nothing was read that uses {name}: what stops with it is not known.",
            component.evidence[:1],
            holds="nothing",
        )
    elif not broken:
        yield Statement(
            f"Nothing else stops when {name} fails, as far as the sources say.", component.evidence[:1]
        )
    else:
        first = sorted(broken & entries)
        also = sorted(broken - entries)
        said = (
            f"When {name} fails, {labels(graph, first)} {'stops' if len(first) == 1 else 'stop'} for users"
            if first
            else ""
        )
        more = f"{labels(graph, also)} {'stops' if len(also) == 1 else 'stop'}" if also else ""
        said = f"{said}; {more} as well." if first and also else f"{said or f'When {name} fails, {more}'}."
        yield Statement(said)
        for flow in hard:
            yield Statement(f"{flow_words(flow, graph)} and can't do without.", flow.evidence)
        for path in _ways(component.id, first, broken, read):
            yield Statement("It reaches users by " + " → ".join(graph.label(i) for i in path) + ".")
    for flow in graph.flows:
        if flow.target != component.id or flow in hard:
            continue
        facts = [f for f in flow.facts if f.name in _SOFT and not f.absent]
        why = (
            f" ({listed(fact_words(f) for f in facts)})"
            if facts
            else f"; {graph.label(flow.source)} needs it to start"
            if states_order(flow)
            else " (asynchronous)"
            if flow.sync is False
            else ""
        )
        through = " by itself" if flow.source in broken else ""
        yield Statement(
            f"{graph.label(flow.source)} goes on{through}: {flow_words(flow, graph)}, but not so that it stops{why}.",
            tuple(e for f in facts for e in f.evidence) or flow.evidence,
        )
    yield _instances(component)


def _patience(flow: Flow, graph: SystemGraph) -> Statement:
    """Return how long the caller waits for something slow."""
    timeout = flow.fact("timeout")
    if timeout is None:
        return Statement(
            f"Whether {graph.label(flow.source)} limits its wait for {graph.label(flow.target)} is not said.",
            flow.evidence,
        )
    return Statement(f"{flow_words(flow, graph)} with {fact_words(timeout)}.", timeout.evidence)


def _instances(component: Component) -> Statement:
    facts = [f for f in component.facts if f.name in _SPREAD]
    evidence = tuple(e for f in facts for e in f.evidence)
    told = {
        "one": "runs as a single instance",
        "several": "runs as several instances, so this takes all of them to fail",
        "managed": "is run by a provider, who keeps it redundant",
        "unknown": "has no stated number of instances",
    }[instances(component)]
    return Statement(f"{component.name} {told}.", evidence)


def _ways(
    failed: str, entries: Iterable[str], broken: frozenset[str], dependencies: Dependencies
) -> Iterable[tuple[str, ...]]:
    """Yield the shortest way from each stopped entry to what failed, where it is longer than one step."""
    after = {
        c.id: [f.target for f in dependencies.hard(c.id) if f.target in broken or f.target == failed]
        for c in dependencies.graph.components
    }
    for entry in entries:
        queue: list[tuple[str, ...]] = [(entry,)]
        seen = {entry}
        for path in queue:
            if path[-1] == failed:
                if len(path) > 2:
                    yield path
                break
            for target in after.get(path[-1], ()):
                if target not in seen:
                    seen.add(target)
                    queue.append((*path, target))


def single_points(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the components that stop entry points alone, those with one instance first; with a name, whether it is one."""
    stops = {d.subject: d for d in graph.derived if d.name == "stops"}
    asked = [id_ for thing in question.things for id_ in thing.ids]
    out = []
    ids = asked or sorted(stops, key=lambda i: (-len(stops[i].objects), i))
    for id_ in ids:
        component = graph.component(id_)
        if component is None:
            continue
        runs = instances(component)
        if id_ not in stops:
            out.append(
                Statement(f"{component.name} stops no entry point when it fails, as far as the sources say.")
            )
        elif asked or runs in ("one", "unknown"):
            told = _instances(component)
            out.append(
                Statement(
                    f"{labels(graph, stops[id_].objects)} can't work without {component.name}. {told.text}",
                    told.evidence,
                )
            )
    return tuple(out) or (Statement("No component stops an entry point alone, as far as the sources say."),)
