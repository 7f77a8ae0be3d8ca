"""The drawing: everything is on it, callers stand left of what they call, names are escaped, nothing overlaps."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buttress.model import Component, Flow, SystemGraph
from buttress.report.drawing import MAX_DRAWN, _layers, svg

NS = "{http://www.w3.org/2000/svg}"


def system(*edges: tuple[str, str], more: tuple[str, ...] = ()) -> SystemGraph:
    ids = sorted({*more, *(i for e in edges for i in e)})
    return SystemGraph(
        components=tuple(Component(i, i) for i in ids),
        flows=tuple(Flow(f"f{n}", a, b) for n, (a, b) in enumerate(edges)),
    )


def boxes(graph: SystemGraph) -> dict[str, tuple[float, float]]:
    root = ET.fromstring(svg(graph))
    return {
        re.sub(r" \(\w+\)$", "", str(g.findtext(f"{NS}title"))): (float(r.attrib["x"]), float(r.attrib["y"]))
        for g in root.iter(f"{NS}g")
        if (r := g.find(f"{NS}rect")) is not None
    }


EDGES = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=12)


@settings(max_examples=60, deadline=None)
@given(EDGES)
def test_layers_are_the_generations_of_the_condensed_graph(edges: list[tuple[str, str]]) -> None:
    graph = system(*edges, more=("z",))
    net = networkx.DiGraph(edges)
    net.add_nodes_from(c.id for c in graph.components)
    condensed = networkx.condensation(net)
    expected = [
        {m for node in layer for m in condensed.nodes[node]["members"]}
        for layer in networkx.topological_generations(condensed)
    ]
    assert [set(layer) for layer in _layers(graph)] == expected


@settings(max_examples=40, deadline=None)
@given(EDGES)
def test_no_two_boxes_overlap_and_every_flow_is_drawn(edges: list[tuple[str, str]]) -> None:
    graph = system(*edges, more=("z",))
    at = boxes(graph)
    assert len(set(at.values())) == len(at) == len(graph.components)
    paths = ET.fromstring(svg(graph)).findall(f"{NS}path")
    assert len(paths) == len(edges)


def test_a_caller_stands_left_of_what_it_calls() -> None:
    at = boxes(system(("web", "orders"), ("orders", "db"), ("web", "db")))
    assert at["web"][0] < at["orders"][0] < at["db"][0]


def test_names_of_sources_cant_become_markup() -> None:
    hostile = "<script>alert(\"x\")</script> & 'more'"
    text = svg(SystemGraph(components=(Component("a", hostile, kind="service"),)))
    root = ET.fromstring(text)
    assert [e.tag for e in root.iter() if "script" in e.tag] == []
    assert f"{hostile} (service)" in {t.text for t in root.iter(f"{NS}title")}


def test_asynchronous_flows_are_dashed_and_single_points_of_failure_marked() -> None:
    from buttress import pipeline
    from buttress.model import Source

    text = "flowchart LR\n  u((User)) --> web[Web]\n  web -->|calls| db[(DB)]\n  web -.->|publishes| q[[Queue]]\n"
    root = ET.fromstring(svg(pipeline.read([Source("a.mmd", text)])))
    dashed = [p for p in root.findall(f"{NS}path") if p.get("stroke-dasharray")]
    assert [p.findtext(f"{NS}title") for p in dashed] == ["Web → Queue: publishes"]
    red = {
        g.findtext(f"{NS}text") for g in root.iter(f"{NS}g") if g.find(f"{NS}rect").get("stroke") == "#dc2626"
    }  # type: ignore[union-attr]
    assert "DB" in red and "User" not in red


def test_the_drawing_loads_nothing_from_anywhere() -> None:
    text = svg(system(("a", "b")))
    assert re.findall(r'(?:href|src)="', text) == []
    assert set(re.findall(r"https?://[^\"]+", text)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("count", [0, 1])
def test_a_graph_without_flows_is_drawn(count: int) -> None:
    assert len(boxes(SystemGraph(components=tuple(Component(f"c{n}", "c") for n in range(count))))) == count


def test_too_large_a_graph_says_so() -> None:
    graph = SystemGraph(components=tuple(Component(f"c{n}", "c") for n in range(MAX_DRAWN + 1)))
    assert svg(graph) == "<p>401 components are too many for one drawing.</p>"
