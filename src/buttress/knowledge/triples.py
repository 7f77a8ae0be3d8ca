"""The triples of a graph: how its components, flows, facts and what was derived from them are told in RDF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, unquote

from buttress import vocabulary
from buttress.model import Component, Evidence, Fact, Flow, SystemGraph

NAMESPACE = "https://buttress.dev/ontology#"
TECHNOLOGY = "https://buttress.dev/ontology/technology/"
TOPIC = "https://buttress.dev/ontology/topic/"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_URN = "urn:buttress:"
# What a developer's machine runs by, unless a team runs it elsewhere too: Compose files and environment files.
_LOCAL = re.compile(
    r"(?:^|[/._-])(?:docker)?compose(?:[._-][^/]*|/.*\.ya?ml)?$|\.env(?:\.[^/]*)?$", re.IGNORECASE
)
_STANCE = {"addressed": "addresses", "planned": "plans", "problem": "hasProblem", "missing": "misses"}

Value = str | int | float | bool
Triple = tuple[str, str, str | tuple[Value]]  # an object in a 1-tuple is a literal, otherwise an IRI


def iri(what: str, id_: str) -> str:
    """Return the IRI of a component, flow, boundary, fact, stance or derived fact.

    >>> iri("component", "orders db")
    'urn:buttress:component:orders%20db'
    """
    return f"{_URN}{what}:{quote(id_, safe='-._~')}"


def id_of(iri_text: str) -> tuple[str, str] | None:
    """Return (what, id) of an IRI of ours, or None.

    >>> id_of("urn:buttress:component:orders%20db"), id_of("https://example.org")
    (('component', 'orders db'), None)
    """
    if iri_text == NAMESPACE + "system":
        return ("system", "system")
    if not iri_text.startswith(_URN):
        return None
    what, _, id_ = iri_text[len(_URN) :].partition(":")
    return what, unquote(id_)


def triples(graph: SystemGraph) -> Iterator[Triple]:
    """Yield the triples of a graph: subject and predicate as IRI text, a literal object as a 1-tuple."""
    words = vocabulary.load()
    system = NAMESPACE + "system"
    yield system, _TYPE, NAMESPACE + "System"
    yield system, NAMESPACE + "name", (graph.name,)
    yield system, NAMESPACE + "closed", (graph.closed,)
    numbers: dict[Evidence, int] = {}
    yield from _facts(system, "system", graph.facts, numbers)
    for component in graph.components:
        yield from _component(component, words, numbers)
    for flow in graph.flows:
        yield from _flow(flow, words, numbers)
    for boundary in graph.boundaries:
        subject = iri("boundary", boundary.id)
        yield subject, _TYPE, NAMESPACE + "Boundary"
        yield subject, NAMESPACE + "id", (boundary.id,)
        yield subject, NAMESPACE + "name", (boundary.name,)
        yield subject, NAMESPACE + "boundaryKind", (boundary.kind,)
        if boundary.parent:
            yield subject, NAMESPACE + "within", iri("boundary", boundary.parent)
        yield from _evidence(subject, boundary.evidence, numbers)
    for n, stance in enumerate(graph.stances):
        subject, topic = iri("stance", str(n)), TOPIC + stance.topic
        yield subject, _TYPE, NAMESPACE + "Stance"
        yield subject, NAMESPACE + "topic", topic
        yield subject, NAMESPACE + "status", (stance.status,)
        yield subject, NAMESPACE + "claimed", (stance.claimed,)
        if stance.claimed:
            yield system, NAMESPACE + _STANCE[stance.status], topic
        yield system, NAMESPACE + "speaksOf", topic
        yield from _evidence(subject, stance.evidence, numbers)
    for n, contradiction in enumerate(graph.contradictions):
        subject = iri("contradiction", str(n))
        yield subject, _TYPE, NAMESPACE + "Contradiction"
        yield subject, NAMESPACE + "about", _thing(graph, contradiction.subject)
        yield subject, NAMESPACE + "factName", (contradiction.name.replace("_", " "),)
        yield subject, NAMESPACE + "text", (str(contradiction),)
        yield from _evidence(subject, (e for _, e in contradiction.sides), numbers)
    yield from _derived(graph)
    yield from _as_before(graph)


def _component(
    component: Component, words: vocabulary.Vocabulary, numbers: dict[Evidence, int]
) -> Iterator[Triple]:
    subject = iri("component", component.id)
    for class_name in (words.kind_class(component.kind), *words.ancestors(component.kind), "Component"):
        yield subject, _TYPE, NAMESPACE + class_name
    yield subject, NAMESPACE + "id", (component.id,)
    yield subject, NAMESPACE + "name", (component.name,)
    for alias in component.aliases:
        yield subject, NAMESPACE + "alias", (alias,)
    if component.technology:
        technology = words.technologies.get(component.technology)
        yield (
            subject,
            NAMESPACE + "technologyName",
            (technology.label if technology else component.technology,),
        )
        seen: set[str] = set()
        todo = [component.technology]
        while todo:
            id_ = todo.pop()
            if id_ in seen:
                continue
            seen.add(id_)
            yield subject, NAMESPACE + "technology", TECHNOLOGY + quote(id_, safe="-._~")
            known = words.technologies.get(id_)
            if known is not None:
                todo.extend(known.broader)
                for name, value in known.known:
                    if component.fact(name) is None:
                        yield subject, NAMESPACE + "states", NAMESPACE + name
                        yield subject, NAMESPACE + name, (value,)
    for boundary in component.boundaries:
        yield subject, NAMESPACE + "inBoundary", iri("boundary", boundary)
    yield from _facts(subject, component.id, component.facts, numbers)
    yield from _evidence(subject, component.evidence, numbers)
    for form in sorted({e.form for e in component.evidence}):
        yield subject, NAMESPACE + "readIn", (form,)


def _flow(flow: Flow, words: vocabulary.Vocabulary, numbers: dict[Evidence, int]) -> Iterator[Triple]:
    subject = iri("flow", flow.id)
    source, target = iri("component", flow.source), iri("component", flow.target)
    class_name = "".join(part.capitalize() for part in flow.kind.split("_"))
    yield subject, _TYPE, NAMESPACE + "Flow"
    yield subject, _TYPE, NAMESPACE + class_name
    yield subject, NAMESPACE + "id", (flow.id,)
    yield subject, NAMESPACE + "from", source
    yield subject, NAMESPACE + "to", target
    yield source, NAMESPACE + class_name[0].lower() + class_name[1:], target
    yield source, NAMESPACE + "needs", target
    if flow.sync is not None:
        yield subject, NAMESPACE + "sync", (flow.sync,)
    if flow.protocol:
        yield subject, NAMESPACE + "protocol", (flow.protocol.lower(),)
    yield from _facts(subject, flow.id, flow.facts, numbers)
    yield from _evidence(subject, flow.evidence, numbers)


def _facts(
    owner: str, owner_id: str, facts: Iterable[Fact], numbers: dict[Evidence, int]
) -> Iterator[Triple]:
    for fact in facts:
        subject = iri("fact", f"{owner_id}.{fact.name}")
        name = NAMESPACE + quote(fact.name, safe="_")
        denied = fact.absent
        yield subject, _TYPE, NAMESPACE + "Fact"
        yield subject, NAMESPACE + "of", owner
        yield subject, NAMESPACE + "factName", (fact.name,)
        yield subject, NAMESPACE + "status", ("denied" if denied else "stated",)
        yield owner, NAMESPACE + ("denies" if denied else "states"), name
        if not denied:
            for value in fact.value if isinstance(fact.value, tuple) else (fact.value,):
                if value is not None:
                    yield subject, NAMESPACE + "value", (value,)
                    yield owner, name, (value,)
        yield from _evidence(subject, fact.evidence, numbers)


def _thing(graph: SystemGraph, id_: str) -> str:
    if id_ == "system":
        return NAMESPACE + "system"
    for what, find in (("component", graph.component), ("flow", graph.flow), ("boundary", graph.boundary)):
        if find(id_) is not None:
            return iri(what, id_)
    return iri("thing", id_)


def _derived(graph: SystemGraph) -> Iterator[Triple]:
    for n, derived in enumerate(graph.derived):
        subject, about = iri("derived", str(n)), _thing(graph, derived.subject)
        name = NAMESPACE + derived.name
        yield subject, _TYPE, NAMESPACE + "Derived"
        yield subject, NAMESPACE + "derivedName", (derived.name,)
        yield subject, NAMESPACE + "about", about
        for object_ in derived.objects:
            yield subject, NAMESPACE + "object", _thing(graph, object_)
            yield about, name, _thing(graph, object_)
        if derived.value is not None:
            yield subject, NAMESPACE + "value", (derived.value,)
            if not derived.objects:
                yield about, name, (derived.value,)


def _as_before(graph: SystemGraph) -> Iterator[Triple]:
    """Yield what proposals of a change leave as it was: parts that they don't bring, flows between these that they don't plan."""
    if not any(fact.name == "scope" and fact.value == "change" for fact in graph.facts):
        return
    brought = {c.id for c in graph.components if c.fact("introduced") is not None}
    for component in graph.components:
        if component.id not in brought:
            yield iri("component", component.id), NAMESPACE + "asBefore", (True,)
    for flow in graph.flows:
        planned = flow.fact("planned")
        if brought.isdisjoint((flow.source, flow.target)) and (planned is None or planned.absent):
            yield iri("flow", flow.id), NAMESPACE + "asBefore", (True,)


@lru_cache(maxsize=4096)
def _is_local(source: str) -> bool:
    """Return whether a file is one by which a developer's machine runs; asked for each place, answered for each file."""
    return _LOCAL.search(source) is not None


def _evidence(owner: str, evidence: Iterable[Evidence], numbers: dict[Evidence, int]) -> Iterator[Triple]:
    for item in evidence:
        first = item not in numbers
        subject = iri("evidence", str(numbers.setdefault(item, len(numbers))))
        yield owner, NAMESPACE + "evidence", subject
        if first:
            yield subject, _TYPE, NAMESPACE + "Evidence"
            for name in ("source", "line", "quote", "form"):
                yield subject, NAMESPACE + name, (getattr(item, name),)
            yield subject, NAMESPACE + "endLine", (item.end_line,)
            if _is_local(item.source):
                yield subject, NAMESPACE + "local", (True,)
