"""The ways to vary what an example states, one fact, value or member of a list at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.rules.changed import (
    FORMS,
    HERE,
    MOST,
    STATUSES,
    adding,
    formed,
    in_all_facts,
    instead,
    places_of,
    turned,
    values_of,
    with_facts,
)

from buttress import vocabulary
from buttress.model import Component, Fact, Flow, SystemGraph


def facts_varied(graph: SystemGraph, query: str) -> Iterator[tuple[str, SystemGraph]]:
    """Yield each fact that the queries name turned round, taken away and with other values, where there is one, and given where there is none."""
    known = vocabulary.load().facts
    asked = [n for n in dict.fromkeys(re.findall(r'"(\w+)"|\bb:(\w+)', query)) for n in n if n in known]
    limits = sorted({float(n) for n in re.findall(r"(?<![\w.\"-])\d+(?:\.\d+)?(?![\w.\"])", query)})
    for name in asked:
        holders = [h for h in (*graph.components, *graph.flows) if h.fact(name)]
        values = {f.value for h in (*holders, graph) for f in h.facts if f.name == name and not f.absent}
        for way, change in _changes(name, values, limits):
            yield (
                f"{name} {way}",
                replace(with_facts(graph, change), facts=change(graph.facts), derived=()),
            )
        for holder in holders[:MOST] if len(holders) > 1 else ():
            for way, change in _changes(name, set(), []):
                yield (
                    f"{name} {way} of {holder.id}",
                    instead(graph, holder, replace(holder, facts=change(holder.facts))),
                )
        value = {"text": "x", "list": ("x",), "boolean": True}.get(known[name].type, 1)
        given = [("stated", Fact(name, value, "stated", HERE)), ("denied", Fact(name, None, "denied", HERE))]  # type: ignore[arg-type]
        if value == 1 and value is not True:
            given.append(("99", Fact(name, 99, "stated", HERE)))
        for how, fact in given:
            for holder in (*graph.components[:MOST], *graph.flows[:MOST]):
                if holder.fact(name) is None:
                    changed = replace(holder, facts=(*holder.facts, fact))
                    yield f"{name} {how} of {holder.id}", instead(graph, holder, changed)
            yield f"{name} {how} of all", replace(with_facts(graph, adding(fact)), derived=())
            if all(f.name != name for f in graph.facts):
                yield f"{name} {how} of the whole", replace(graph, facts=(*graph.facts, fact), derived=())
        for holder in (graph, *holders[:MOST]):
            yield from _elsewhere(graph, holder, name)


def _elsewhere(
    graph: SystemGraph, holder: SystemGraph | Component | Flow, name: str
) -> Iterator[tuple[str, SystemGraph]]:
    """Yield a fact as that of another part, and its words as those of another fact."""
    has = next((f for f in holder.facts if f.name == name), None)
    if has is None:
        return
    left = tuple(f for f in holder.facts if f is not has)
    words = Fact("clutter", 7, evidence=has.evidence)
    silent = replace(has, evidence=HERE)
    if isinstance(holder, SystemGraph):
        yield f"{name} in other words", replace(graph, facts=(*left, silent, words), derived=())
        for c in graph.components[:MOST]:
            if c.fact(name) is None:
                yield (
                    f"{name} moved to {c.id}",
                    instead(replace(graph, facts=left), c, replace(c, facts=(*c.facts, has))),
                )
        return
    yield (
        f"{name} of {holder.id} in other words",
        instead(graph, holder, replace(holder, facts=(*left, silent, words))),
    )
    without = instead(graph, holder, replace(holder, facts=left))
    yield f"{name} of {holder.id} moved to the whole", replace(without, facts=(*without.facts, has))
    for c in (*without.components[:MOST], *without.flows[:MOST]):
        if c.id != holder.id and c.fact(name) is None:
            yield (
                f"{name} of {holder.id} moved to {c.id}",
                instead(without, c, replace(c, facts=(*c.facts, has))),
            )


def _changes(
    name: str, values: set[object], limits: list[float]
) -> Iterator[tuple[str, Callable[[tuple[Fact, ...]], tuple[Fact, ...]]]]:
    def with_value(value: object) -> Callable[[tuple[Fact, ...]], tuple[Fact, ...]]:
        return lambda facts: tuple(
            replace(f, value=value) if f.name == name and not f.absent else f
            for f in facts  # type: ignore[arg-type]
        )

    yield "turned round", lambda facts: tuple(turned(f) if f.name == name else f for f in facts)
    yield "unsaid", lambda facts: tuple(f for f in facts if f.name != name)
    if any(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        around = {n + d for n in limits for d in (-1, 0, 1)}
        for number in sorted(around | {0}):
            if number >= 0:
                yield f"of {number:g}", with_value(int(number) if number == int(number) else number)
    if any(isinstance(v, str | tuple) for v in values):
        yield "of another", with_value("another")
    if values:
        yield "merely there", with_value(True)
        yield (
            "of one more",
            lambda facts: tuple(
                replace(f, value=(*values_of(f), "another")) if f.name == name and not f.absent else f
                for f in facts
            ),
        )


def members_varied(graph: SystemGraph, query: str) -> Iterator[tuple[str, SystemGraph]]:
    """Yield each member of a list in the place of the one that the example has."""
    for found in dict.fromkeys(re.findall(r"\bIN \(([^()]*)\)|\bVALUES \?\w+ \{([^{}]*)\}", query)):
        members = re.findall(r'"[^"]*"|\w+:[\w-]+|\d+(?:\.\d+)?', " ".join(found))
        present = [(m, swap) for m in members if (swap := _swap(graph, m)) is not None]
        for member in members:
            for one, swap in present[:2]:
                if member != one:
                    yield f"{member} for {one}", swap(member)


def given_varied(graph: SystemGraph, query: str) -> Iterator[tuple[str, SystemGraph]]:
    """Yield each member of a list as the value of a fact, or the make, of all parts, or as a fact that all of them have."""
    known = vocabulary.load()
    labels = {t.label: t.id for t in known.technologies.values()}
    for variable, listed in dict.fromkeys(re.findall(r"(\?\w+) (?:NOT )?IN \(([^()]*)\)", query)):
        members = re.findall(r'"[^"]*"|\w+:[\w-]+|\d+(?:\.\d+)?', listed)
        for name in dict.fromkeys(re.findall(rf"\bb:(\w+) {re.escape(variable)}\b", query)):
            for member in members:
                text = member.strip('"')
                if name in known.facts:
                    fact = Fact(name, int(text) if text.isdecimal() else text, evidence=HERE)
                elif name in ("factName", "states", "denies"):
                    given = text.removeprefix("b:")
                    fact = (
                        Fact(given, None, "denied", HERE)
                        if name == "denies"
                        else Fact(given, True, evidence=HERE)
                    )
                elif name in ("technology", "technologyName"):
                    make = text.removeprefix("tech:") if name == "technology" else labels.get(text, text)
                    for c in graph.components[:MOST]:
                        yield f"{c.id} by {make}", instead(graph, c, replace(c, technology=make))
                    continue
                else:
                    continue
                change = adding(fact)
                yield f"{fact.name} {member} of all", replace(with_facts(graph, change), derived=())
                yield (
                    f"{fact.name} {member} of the whole",
                    replace(graph, facts=change(graph.facts), derived=()),
                )


def _swap(graph: SystemGraph, member: str) -> Callable[[str], SystemGraph] | None:
    """Return a change that puts another member of a list where the graph has this one, if it has it."""
    words = vocabulary.load()
    text = member.strip('"')
    prefix, _, local = text.partition(":")
    kinds = {k.class_name: k.id for k in words.kinds.values()}
    labels = {t.label: t.id for t in words.technologies.values()}
    if prefix == "tech" or text in labels:
        id_ = local if prefix == "tech" else labels[text]
        if any(c.technology and id_ in (c.technology, *broader(c.technology)) for c in graph.components):

            def made(other: str) -> SystemGraph:
                new = other.strip('"')
                new = new.partition(":")[2] if new.startswith("tech:") else labels.get(new, new)
                return replace(
                    graph,
                    components=tuple(
                        replace(c, technology=new)
                        if c.technology and id_ in (c.technology, *broader(c.technology))
                        else c
                        for c in graph.components
                    ),
                    derived=(),
                )

            return made
    if prefix == "topic" and any(s.topic == local for s in graph.stances):
        return lambda other: replace(
            graph,
            stances=tuple(
                replace(s, topic=other.partition(":")[2]) if s.topic == local else s for s in graph.stances
            ),
            derived=(),
        )
    if prefix == "b" and local in kinds and any(c.kind == kinds[local] for c in graph.components):
        return lambda other: replace(
            graph,
            components=tuple(
                replace(c, kind=kinds.get(other.partition(":")[2], "other")) if c.kind == kinds[local] else c
                for c in graph.components
            ),
            derived=(),
        )
    name = local if prefix == "b" else text
    holders = (graph, *graph.components, *graph.flows)
    if any(f.name == name for h in holders for f in h.facts):
        return lambda other: in_all_facts(
            graph,
            lambda f: replace(f, name=other.strip('"').removeprefix("b:")) if f.name == name else f,
        )

    def same(value: object) -> bool:
        return str(value) == text and not isinstance(value, bool)

    if any(same(v) for h in holders for f in h.facts for v in values_of(f)):

        def valued(fact: Fact, other: str) -> Fact:
            new: object = int(other) if other.isdecimal() else other.strip('"')
            if isinstance(fact.value, tuple):
                return replace(fact, value=tuple(new if same(v) else v for v in fact.value))  # type: ignore[arg-type]
            return replace(fact, value=new) if same(fact.value) else fact  # type: ignore[arg-type]

        return lambda other: in_all_facts(graph, lambda f: valued(f, other))
    if text in FORMS and any(e.form == text for e in places_of(graph)):
        return lambda other: formed(graph, other.strip('"'), only=text)
    if text in STATUSES and any(s.status == text for s in graph.stances):
        return lambda other: replace(
            graph,
            stances=tuple(
                replace(s, status=other.strip('"')) if s.status == text else s  # type: ignore[arg-type]
                for s in graph.stances
            ),
            derived=(),
        )
    if any((f.protocol or "").lower() == text for f in graph.flows):
        return lambda other: replace(
            graph,
            flows=tuple(
                replace(f, protocol=other.strip('"')) if (f.protocol or "").lower() == text else f
                for f in graph.flows
            ),
            derived=(),
        )
    return None


def broader(technology: str) -> set[str]:
    known, out, todo = vocabulary.load().technologies, set[str](), [technology]
    while todo:
        one = known.get(todo.pop())
        for id_ in one.broader if one else ():
            if id_ not in out:
                out.add(id_)
                todo.append(id_)
    return out
