"""The ways to vary what an example consists of: its parts, flows, topics, words and what is derived, one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tests.rules.changed import (
    FLOWS,
    FORMS,
    HERE,
    IN_WORDS,
    KINDS,
    MOST,
    STATUSES,
    formed,
    instead,
    moved,
    with_facts,
)

from buttress import vocabulary
from buttress.model import Boundary, Component, Fact, Flow, Stance, SystemGraph


def parts_varied(graph: SystemGraph, query: str) -> Iterator[tuple[str, SystemGraph]]:
    """Yield each component of another kind or make, with another name, outside of its boundaries, or gone."""
    words = vocabulary.load()
    kinds = {k.class_name: k.id for k in words.kinds.values() if not k.abstract}
    named = dict.fromkeys(re.findall(r"\bb:([A-Z]\w+)", query))
    asked = [kinds[n] for n in named if n in kinds]
    for above in (k for k in words.kinds.values() if k.abstract and k.class_name in named):
        asked += sorted(k.id for k in words.kinds.values() if not k.abstract and above.id in k.parents)[:1]
    for kind in dict.fromkeys((*KINDS, *asked)) if len(graph.components) > 1 else ():
        every = tuple(replace(c, kind=kind) for c in graph.components)
        yield f"all a {kind}", replace(graph, components=every, derived=())
    for c in graph.components[:MOST]:
        for b in graph.boundaries[:MOST]:
            if b.id not in c.boundaries:
                yield f"{c.id} in {b.id} too", instead(graph, c, replace(c, boundaries=(*c.boundaries, b.id)))
        for kind in dict.fromkeys((*KINDS, *asked)):
            if kind != c.kind:
                yield f"{c.id} a {kind}", instead(graph, c, replace(c, kind=kind))
        if "technology" in query:
            for make in dict.fromkeys((None, "postgresql", *re.findall(r"\btech:([\w-]+)", query)[:MOST])):
                if make != c.technology:
                    yield f"{c.id} by {make}", instead(graph, c, replace(c, technology=make))
        if re.search(r"\bb:(name|alias|id)\b", query):
            yield f"{c.id} by another name", instead(graph, c, replace(c, name="Nameless", aliases=()))
        for boundary in c.boundaries:
            left = tuple(b for b in c.boundaries if b != boundary)
            yield f"{c.id} not in {boundary}", instead(graph, c, replace(c, boundaries=left))
        for form in FORMS if "b:readIn" in query else ():
            there = tuple(replace(e, form=form) for e in c.evidence)  # type: ignore[arg-type]
            yield f"{c.id} in {form}", instead(graph, c, replace(c, evidence=there))
        if all(c.id not in (f.source, f.target) for f in graph.flows):
            for kind in ("actor", "service", "gateway"):
                more = Component("bystander", "Bystander", kind, evidence=HERE)  # type: ignore[arg-type]
                flow = Flow("more", "bystander", c.id, "calls", evidence=HERE)
                both = replace(
                    graph, components=(*graph.components, more), flows=(*graph.flows, flow), derived=()
                )
                yield f"a {kind} to {c.id} too", both
        gone = replace(
            graph,
            components=tuple(o for o in graph.components if o is not c),
            flows=tuple(f for f in graph.flows if c.id not in (f.source, f.target)),
            derived=(),
        )
        yield f"no {c.id}", gone
    for kind in (
        dict.fromkeys((*re.findall(r'b:boundaryKind "(\w+)"', query), "namespace"))
        if "oundary" in query
        else ()
    ):
        more = Boundary("bystanders", "Bystanders", kind, evidence=HERE)  # type: ignore[arg-type]
        both = replace(graph, boundaries=(*graph.boundaries, more), derived=())
        yield f"a {kind} too", both
        for c in graph.components[:MOST]:
            put = instead(both, c, replace(c, boundaries=(*c.boundaries, more.id)))
            yield f"{c.id} in a {kind}", put
            yield f"{c.id} in a {kind}, {IN_WORDS}", put
    for b in graph.boundaries[:MOST]:
        for kind in ("trust", "network", "region", "zone", "team"):
            if kind != b.kind and "oundary" in query:
                yield f"{b.id} a {kind}", instead(graph, b, replace(b, kind=kind))  # type: ignore[arg-type]


def flows_varied(graph: SystemGraph, query: str) -> Iterator[tuple[str, SystemGraph]]:
    """Yield each flow of another kind, turned round, at once or later, by another protocol, or gone."""
    if not re.search(
        r"b:(from|to|needs|calls|reads|writes|publishes|consumes|routes|replicates|runsOn|dependsOn|Flow|sync|protocol|[a-z]+[A-Z]\w+|entry)\b",
        query,
    ):
        return
    for f in graph.flows[:MOST]:
        where = f"{f.source} to {f.target}"
        for kind in FLOWS:
            if kind != f.kind:
                yield f"{where} {kind}", instead(graph, f, replace(f, kind=kind))  # type: ignore[arg-type]
        if f.facts:
            caller = graph.component(f.source)
            bare_flow = instead(graph, f, replace(f, facts=()))
            if caller is not None:
                yield (
                    f"facts of {where} those of {f.source}",
                    instead(bare_flow, caller, replace(caller, facts=f.facts)),
                )
        yield f"{where} turned round", instead(graph, f, replace(f, source=f.target, target=f.source))
        for sync in (True, False, None):
            if sync != f.sync and "b:sync" in query:
                yield f"{where} sync {sync}", instead(graph, f, replace(f, sync=sync))
        for protocol in (None, *re.findall(r'b:protocol "(\w+)"', query), "amqp"):
            if protocol != f.protocol and "b:protocol" in query:
                yield f"{where} by {protocol}", instead(graph, f, replace(f, protocol=protocol))
        yield f"no {where}", replace(graph, flows=tuple(o for o in graph.flows if o is not f), derived=())
        yield f"{where} twice", replace(graph, flows=(*graph.flows, replace(f, id="again")), derived=())
        origin = Component("bystander", "Bystander", "relational_db", evidence=HERE)
        copy = Flow("more", f.target, "bystander", "replicates", evidence=HERE)
        yield (
            f"{f.target} replicates a store",
            replace(graph, components=(*graph.components, origin), flows=(*graph.flows, copy), derived=()),
        )
        for kind in ("service", "gateway", "relational_db", "external_service", "actor"):
            more = Component("bystander", "Bystander", kind, evidence=HERE)  # type: ignore[arg-type]
            beyond = replace(f, id="more", target="bystander", facts=(), evidence=HERE)
            how_so = "calls" if kind == "actor" else f.kind
            before = replace(f, id="more", source="bystander", kind=how_so, facts=(), evidence=HERE)  # type: ignore[arg-type]
            for how, flow in (
                (f"{f.source} to a {kind} too", beyond),
                (f"a {kind} to {f.target} too", before),
            ):
                yield (
                    how,
                    replace(
                        graph, components=(*graph.components, more), flows=(*graph.flows, flow), derived=()
                    ),
                )


def stances_varied(graph: SystemGraph, query: str) -> Iterator[tuple[str, SystemGraph]]:
    """Yield each stance of another status, as a mere mention, of another topic, and one more of each topic that the queries name."""
    topics = dict.fromkeys(re.findall(r"\btopic:([\w-]+)", query))
    asked = [s for n, s in enumerate(graph.stances) if s.topic in topics][:MOST]
    for n, s in enumerate(asked, 1):
        for status in STATUSES:
            if status != s.status:
                yield f"stance {n} {status}", instead(graph, s, replace(s, status=status))  # type: ignore[arg-type]
        yield f"stance {n} a mention", instead(graph, s, replace(s, claimed=not s.claimed))
        yield f"stance {n} of another topic", instead(graph, s, replace(s, topic="graphql"))
        for topic in list(topics)[:MOST]:
            if topic != s.topic:
                yield f"stance {n} of {topic}", instead(graph, s, replace(s, topic=topic))
    for s in graph.stances[:2]:
        also = Fact("clutter", 7, evidence=s.evidence)
        given = with_facts(graph, lambda facts, also=also: (*facts, also))  # type: ignore[misc]
        yield f"the words of {s.topic} say something of all", replace(given, derived=())
    for topic in topics:
        where = [("", HERE), *((f" by the words of {s.topic}", s.evidence) for s in graph.stances[:2])]
        for words, places in where:
            for status in STATUSES:
                for claimed in (True, False):
                    more = Stance(topic, status, places, claimed=claimed)  # type: ignore[arg-type]
                    how = status if claimed else f"mentioned as {status}"
                    yield (
                        f"{topic} {how} too{words}",
                        replace(graph, stances=(*graph.stances, more), derived=()),
                    )


def words_varied(graph: SystemGraph, query: str) -> Iterator[tuple[str, SystemGraph]]:
    """Yield the example in other words, from another form of file and another place."""
    if "b:quote" in query:
        yield "in other words", moved(graph, lambda e: replace(e, quote="in other words"))
    for name in re.findall(r'"([^"]+)"', " ".join(re.findall(r"\?name IN \(([^()]*)\)", query))):
        if graph.contradictions:
            other = tuple(replace(c, name=name) for c in graph.contradictions)
            yield f"disagreeing on {name}, {IN_WORDS}", replace(graph, contradictions=other, derived=())
    if "b:form" in query or "b:readIn" in query:
        for form in FORMS:
            yield f"all in {form}", formed(graph, form)
    if "b:local" in query or "b:source" in query:
        yield "all in compose.yaml", moved(graph, lambda e: replace(e, source="compose.yaml"))
        yield "all in deploy.yaml", moved(graph, lambda e: replace(e, source="deploy.yaml"))
        yield "all in tests/test_it.py", moved(graph, lambda e: replace(e, source="tests/test_it.py"))
    if "asBefore" in query or "b:scope" in query:
        change = Fact("scope", "change", evidence=HERE)
        yield "a proposal", replace(graph, facts=(*graph.facts, change), derived=())


def derived_varied(graph: SystemGraph, query: str) -> Iterator[tuple[str, SystemGraph]]:
    """Yield the analysed example with other figures derived, and with one kind of what is derived left out."""
    limits = sorted({float(n) for n in re.findall(r"(?<![\w.\"-])\d+(?:\.\d+)?(?![\w.\"])", query)})
    around = sorted({n + d for n in limits for d in (-1, 0, 1) if n + d >= 0})
    for name in dict.fromkeys(d.name for d in graph.derived):
        if not re.search(rf'b:{name}\b|"{name}"', query):
            continue
        for number in around:
            value = int(number) if number == int(number) else number
            if any(isinstance(d.value, int | float) and d.name == name for d in graph.derived):
                yield (
                    f"{name} of {number:g}",
                    replace(
                        graph,
                        derived=tuple(
                            d._replace(value=value) if d.name == name else d for d in graph.derived
                        ),
                    ),
                )
        others = tuple(d._replace(name="clutter") if d.name == name else d for d in graph.derived)
        yield f"no {name}", replace(graph, derived=others)
