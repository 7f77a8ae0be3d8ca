"""Every graph that is projected has the shape that `ontology/shapes.ttl` asks for, and says it in declared words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import OWL, RDF, SKOS, Literal, URIRef
from tests.examples import sources_of

from buttress import data, pipeline, vocabulary
from buttress.analysis import analyse
from buttress.knowledge import NAMESPACE, id_of, iri, project, triples
from buttress.model import (
    COMPONENT_KINDS,
    FLOW_KINDS,
    Boundary,
    Component,
    Evidence,
    Fact,
    Flow,
    Source,
    Stance,
    SystemGraph,
)
from buttress.rules import load_dir

B = rdflib.Namespace(NAMESPACE)
ROOT = Path(__file__).parents[1]
SAMPLES = [
    pytest.param(sources_of(example), id=f"{card.id}-{n}")
    for card in load_dir(data.ontology_dir() / "rules")
    for n, example in enumerate(card.examples, 1)
]
PLACE = (Evidence("a.md", 1, 2, "words"),)


@cache
def ontology(*names: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    for name in names:
        graph.parse(data.ontology_dir() / f"{name}.ttl")
    return graph


@cache
def defined() -> tuple[tuple[rdflib.term.Node, ...], ...]:
    """Return what the shapes look up: names of facts, technologies and topics that are defined."""
    whole = ontology("facts", "technologies", "topics")
    facts = [
        (s, p, o)
        for p in (B.factName, RDF.type)
        for s, o in whole.subject_objects(p)
        if (s, RDF.type, OWL.DatatypeProperty) in whole
    ]
    return (*facts, *((s, RDF.type, SKOS.Concept) for s in whole.subjects(RDF.type, SKOS.Concept)))  # fmt: skip


def rdf(graph: SystemGraph) -> rdflib.Graph:
    out = rdflib.Graph()
    for s, p, o in triples(graph):
        out.add((URIRef(s), URIRef(p), Literal(o[0]) if isinstance(o, tuple) else URIRef(o)))
    return out


def complaints(projected: rdflib.Graph) -> str:
    """Return what is wrong with a projected graph, or nothing."""
    whole = rdflib.Graph()
    for triple in (*projected, *defined()):
        whole.add(triple)  # type: ignore[arg-type]
    conforms, _, text = pyshacl.validate(whole, shacl_graph=ontology("shapes"))
    return "" if conforms else str(text)


def everything() -> SystemGraph:
    """Return a graph with every kind of component, flow and boundary, and every sort of fact."""
    owner = (Fact("owner", "Team A", "stated", PLACE),)
    components = tuple(
        Component(f"c {n}", f"C {n}", kind, ("postgresql", None)[n % 2], ("alias",), ("net",), owner, PLACE)
        for n, kind in enumerate(COMPONENT_KINDS)
    )
    waits = (Fact("timeout", 2.5, "stated", PLACE), Fact("retry", None, "denied", PLACE))
    flows = tuple(
        Flow(f"f{n}", "c 0", f"c {n + 1}", kind, (True, False, None)[n % 3], "HTTP", waits, PLACE)
        for n, kind in enumerate(FLOW_KINDS)
    )
    boundaries = (
        Boundary("net", "Net", "network", None, PLACE),
        Boundary("inner", "Inner", "network", "net", PLACE),
    )
    first, second, *_ = vocabulary.load().topics
    stances = (Stance(first, "planned", PLACE), Stance(second, "missing", PLACE, claimed=False))
    return SystemGraph("everything", components, flows, boundaries, stances)


SYSTEMS: dict[str, Callable[[], SystemGraph]] = {
    "an empty system": SystemGraph,
    "everything": everything,
    "everything, analysed": lambda: analyse(everything()),
    "the example system": lambda: pipeline.graph(ROOT / "examples" / "bookshop"),
    **{
        file.name: partial(pipeline.graph, file)
        for file in sorted((ROOT / "tests" / "readers" / "mermaid").glob("*.mmd"))
    },
}


@cache
def system(name: str) -> SystemGraph:
    return SYSTEMS[name]()


def test_there_are_samples_to_check() -> None:
    assert len(SAMPLES) >= 80
    assert len(SYSTEMS) >= 6


@pytest.mark.parametrize("sources", SAMPLES)
def test_the_graph_of_a_rules_sample_has_the_agreed_shape(sources: list[Source]) -> None:
    graph = pipeline.read(sources)
    assert complaints(rdf(graph)) == ""


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_graph_of_a_system_has_the_agreed_shape(name: str) -> None:
    assert complaints(rdf(system(name))) == ""


def _drop(predicate: str) -> Callable[[rdflib.Graph], object]:
    def change(graph: rdflib.Graph) -> None:
        subject = min(s for s in graph.subjects(B[predicate]) if "urn:buttress:" in s)
        graph.remove((subject, B[predicate], None))

    return change


def _add(subject: str, predicate: str, value: rdflib.term.Node) -> Callable[[rdflib.Graph], object]:
    return lambda graph: graph.add((URIRef(subject), B[predicate], value))


def _swap(predicate: str, value: rdflib.term.Node, of: str) -> Callable[[rdflib.Graph], object]:
    return lambda graph: graph.set((URIRef(of), B[predicate], value))


C0, F0 = iri("component", "c 0"), iri("flow", "f0")
RETRY = iri("fact", "f0.retry")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(_drop("quote"), "b:quote", id="evidence without its words"),
        pytest.param(_drop("evidence"), "b:evidence", id="a claim without evidence"),
        pytest.param(_drop("from"), "b:from", id="a flow from nowhere"),
        pytest.param(_drop("status"), "b:status", id="a fact that is neither stated nor denied"),
        pytest.param(_drop("boundaryKind"), "b:boundaryKind", id="a boundary of no kind"),
        pytest.param(_drop("claimed"), "b:claimed", id="a stance that claims and doesn't"),
        pytest.param(_add(C0, "name", Literal("another")), "b:name", id="a component with two names"),
        pytest.param(_add(F0, "to", URIRef(iri("component", "ghost"))), "b:to", id="a flow to two places"),
        pytest.param(_swap("to", URIRef(iri("component", "ghost")), F0), "Class", id="a flow to nothing"),
        pytest.param(_swap("inBoundary", URIRef(iri("boundary", "ghost")), C0), "inBoundary", id="a boundary that isn't there"),
        pytest.param(_swap("technology", URIRef("https://buttress.dev/ontology/technology/ghost"), C0), "technology", id="a technology that nobody defined"),
        pytest.param(_swap("factName", Literal("timeuot"), RETRY), "no fact of this name", id="a fact that nobody defined"),
        pytest.param(_add(RETRY, "value", Literal(3)), "Or", id="a denied fact with a value"),
        pytest.param(_swap("sync", Literal("yes"), F0), "b:sync", id="a word for a yes or no"),
        pytest.param(lambda g: g.add((URIRef(C0), RDF.type, B.Toaster)), "its kind's class", id="a kind that isn't one"),
        pytest.param(lambda g: g.remove((B.system, None, None)), "ontology#system", id="no system"),
    ],
)  # fmt: skip
def test_a_broken_graph_does_not_pass(change: Callable[[rdflib.Graph], object], told: str) -> None:
    projected = rdf(everything())
    change(projected)
    assert told in complaints(projected)


def test_every_word_of_a_projection_is_declared_in_the_ontology() -> None:
    declared = ontology("kinds", "facts")
    properties = {
        s for t in (OWL.ObjectProperty, OWL.DatatypeProperty) for s in declared.subjects(RDF.type, t)
    }
    classes = set(declared.subjects(RDF.type, OWL.Class))
    facts = {B[str(n)] for s, n in declared.subject_objects(B.factName) if s in properties}
    flows = {
        B[c[0].lower() + c[1:]] for k in FLOW_KINDS if (c := "".join(p.capitalize() for p in k.split("_")))
    }
    used, kinds = set(), set()
    for name in SYSTEMS:
        projected = rdf(system(name))
        used |= set(projected.predicates()) - {RDF.type}
        kinds |= set(projected.objects(None, RDF.type))
    assert len(used) > 60
    assert used - properties - facts - flows == set()
    assert kinds - classes == set()


def test_every_derived_fact_is_declared_with_what_it_means() -> None:
    declared = set(ontology("kinds").subjects(B.derived, Literal(True)))
    named = {B[d.name] for name in SYSTEMS for d in system(name).derived}
    assert len(named) > 15
    assert named <= declared


def test_the_store_holds_exactly_the_triples_of_the_projection() -> None:
    graph = system("the example system")
    stored = rdflib.Graph().parse(data=project(graph).serialize("nquads"), format="nt")
    assert set(stored) == set(rdf(graph))


@pytest.mark.parametrize("what", ["component", "flow", "boundary"])
@pytest.mark.parametrize("id_", ["a", "orders db", "größe/1", "a#b?c", "50%", "x:y"])
def test_any_id_survives_its_iri(what: str, id_: str) -> None:
    assert id_of(iri(what, id_)) == (what, id_)
    assert URIRef(iri(what, id_)).n3() == f"<{iri(what, id_)}>"


def test_unknown_stated_and_denied_are_three_things() -> None:
    flows = (
        Flow(
            "f", "a", "b", facts=(Fact("timeout", 2.0, "stated", PLACE), Fact("retry", None, "denied", PLACE))
        ),
    )
    graph = SystemGraph(components=(Component("a", "A"), Component("b", "B")), flows=flows)
    for fact, states, denies in (("timeout", 1, 0), ("retry", 0, 1), ("fallback", 0, 0)):
        for word, count in (("states", states), ("denies", denies)):
            assert len(project(graph).select(f"SELECT ?x WHERE {{ ?x b:{word} b:{fact} }}")[1]) == count, (
                fact,
                word,
            )
