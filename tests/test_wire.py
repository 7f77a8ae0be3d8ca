"""Graph JSON: what is written is read back without loss, and what is wrong is told with its line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buttress import pipeline
from buttress.model import (
    COMPONENT_KINDS,
    FLOW_KINDS,
    Boundary,
    Component,
    Contradiction,
    Diagnostic,
    Evidence,
    Fact,
    Flow,
    Merge,
    Rejection,
    Source,
    Stance,
    SystemGraph,
)
from buttress.model.wire import graph_json
from buttress.readers.graph_json import parse

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
EVIDENCE = st.builds(
    Evidence,
    TEXT,
    st.integers(1, 99),
    st.integers(1, 99),
    TEXT,
    st.sampled_from(["prose", "diagram", "config"]),
)
PLACES = st.lists(EVIDENCE, min_size=1, max_size=2).map(tuple)
FACTS = st.lists(
    st.builds(
        Fact,
        st.sampled_from(["timeout", "replicas", "owner"]),
        st.one_of(st.booleans(), st.integers(-9, 9), TEXT, st.none(), st.lists(TEXT, max_size=2).map(tuple)),
        st.sampled_from(["stated", "denied"]),
        PLACES,
    ),
    max_size=2,
).map(tuple)


@st.composite
def graphs(draw: st.DrawFn) -> SystemGraph:
    ids = draw(st.lists(st.sampled_from("abcde"), min_size=1, unique=True))
    components = tuple(
        Component(
            i, draw(TEXT.filter(bool)), draw(st.sampled_from(COMPONENT_KINDS)), draw(st.none() | TEXT), ("x",), ("net",),
            draw(FACTS), draw(PLACES),
        )
        for i in ids
    )  # fmt: skip
    flows = tuple(
        Flow(
            f"f{n}", draw(st.sampled_from(ids)), draw(st.sampled_from(ids)), draw(st.sampled_from(FLOW_KINDS)),
            draw(st.none() | st.booleans()), draw(st.none() | TEXT), draw(FACTS), draw(PLACES),
        )
        for n in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    place = draw(EVIDENCE)
    return SystemGraph(
        name="s",
        components=components,
        flows=flows,
        boundaries=(Boundary("net", "net", "network", None, (place,)),),
        stances=(Stance("backups", "planned", (place,)),),
        contradictions=(Contradiction("a", "replicas", (("1", place), ("2", place))),),
        merges=(Merge("a", ("a", "A"), "the same name"),),
        rejections=(Rejection(("a", "b"), "calls", "why", (place,)), Rejection(("c",))),
        diagnostics=(Diagnostic("a.md", 1, "why"),),
        sources=("a.md",),
        skipped=("b.bin",),
        closed=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_a_round_trip_loses_nothing(graph: SystemGraph) -> None:
    assert parse(Source("g.json", json.dumps(graph_json(graph)))) == graph


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_reviewing_the_json_of_a_graph_is_reviewing_the_graph(graph: SystemGraph) -> None:
    again = pipeline.read([Source("g.json", json.dumps(graph_json(graph)))], name="s")
    assert (again.components, again.flows, again.stances) == (graph.components, graph.flows, graph.stances)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('{"components": [\n {"id": "a", "kidn": "x"}], "flows": []}', 2, "Extra inputs are not permitted"),
        (
            '{"components": [{"id": "a"}],\n "flows": [{"source": "a", "target": "b"}]}',
            1,
            "there is no component 'b'",
        ),
        ('{"components": [],\n "flows": [}', 2, "not valid JSON"),
        ('{"components": [{"id": "a"}, {"id": "a"}], "flows": []}', 1, "stands twice"),
        ('{"components": ' + "[" * 60 + "]" * 60 + ', "flows": []}', 1, "nested deeper"),
    ],
)
def test_a_wrong_graph_is_told_with_its_line(text: str, line: int, told: str) -> None:
    found = parse(Source("g.json", text))
    assert isinstance(found, Diagnostic)
    assert (found.line, found.level) == (line, "error")
    assert told in found.reason


def test_a_component_without_evidence_gets_the_line_of_its_id() -> None:
    graph = parse(Source("g.json", '{"flows": [], "components": [\n  {"id": "db"},\n  {"id": "web"}]}'))
    assert isinstance(graph, SystemGraph)
    assert [str(c.evidence[0]) for c in graph.components] == ["g.json:2", "g.json:3"]
