"""graph, impact and paths: every format can be read by those it is made for, and names lead to their evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx
import pytest
import rdflib

from buttress import pipeline
from buttress.knowledge import NAMESPACE

Run = Callable[..., Any]
HOSTILE = """flowchart LR
  a["Say #quot;hi#quot; <b>&amp;</b> ]]>"] -->|calls| b["back\\\\slash"]
  b -->|calls| a
"""


def hostile(folder: Path) -> dict[str, str]:
    """Return the names by id of a system whose names hold what formats quote with."""
    (folder / "hostile.mmd").write_text(HOSTILE)
    return {c.id: c.name for c in pipeline.graph(folder / "hostile.mmd").components}


def test_the_terminal_shows_components_flows_and_where_they_stand(shop: Path, buttress: Run) -> None:
    out = buttress("graph", shop).out
    assert re.search(r"^Orders +service .*design\.md:6", out, re.M | re.I)
    assert re.search(r"calls +orders +.*timeout=2 .*design\.md:6", out, re.I)


def test_mermaid_is_read_back_as_the_same_components_and_flows(shop: Path, buttress: Run) -> None:
    names, flows = [], []
    first = buttress("graph", shop, "--format", "mermaid").out
    for text in (first, buttress("graph", "-", "--format", "mermaid", stdin=first).out):
        graph = json.loads(buttress("graph", "-", "--format", "json", stdin=text).out)
        label = {c["id"]: c["name"] for c in graph["components"]}
        names.append(set(label.values()))
        flows.append({(label[f["source"]], f["kind"], label[f["target"]]) for f in graph["flows"]})
    assert names[0] == names[1] == {c.name for c in pipeline.graph(shop).components}
    assert flows[0] == flows[1] and len(flows[0]) >= 5


def test_graphml_is_read_by_networkx_with_names_and_kinds(shop: Path, buttress: Run, tmp_path: Path) -> None:
    names = hostile(tmp_path)
    net = networkx.parse_graphml(buttress("graph", "hostile.mmd", "--format", "graphml").out)
    assert {n: d["name"] for n, d in net.nodes(data=True)} == names
    graph = pipeline.graph(shop)
    net = networkx.parse_graphml(buttress("graph", shop, "--format", "graphml").out, force_multigraph=True)
    assert {(a, d["kind"], b) for a, b, d in net.edges(data=True)} == {
        (f.source, f.kind, f.target) for f in graph.flows
    }


def test_dot_quotes_what_names_hold(buttress: Run, tmp_path: Path) -> None:
    names = hostile(tmp_path)
    out = buttress("graph", "hostile.mmd", "--format", "dot").out
    labels = re.findall(r'\[label="((?:[^"\\]|\\.)*)"\];', out)
    shown = {re.sub(r"\\(.)", r"\1", label) for label in labels}
    assert set(names.values()) <= shown
    assert len(labels) == out.count("[label=") == 4


@pytest.mark.parametrize(("format_", "syntax"), [("turtle", "turtle"), ("jsonld", "json-ld")])
def test_rdf_is_read_by_rdflib_with_every_component(
    format_: str, syntax: str, shop: Path, buttress: Run
) -> None:
    triples = rdflib.Graph().parse(data=buttress("graph", shop, "--format", format_).out, format=syntax)
    b = rdflib.Namespace(NAMESPACE)
    graph = pipeline.graph(shop)
    assert {
        str(n) for c in triples.subjects(rdflib.RDF.type, b.Component) for n in triples.objects(c, b.name)
    } == {c.name for c in graph.components}
    assert len(set(triples.subjects(rdflib.RDF.type, b.Flow))) == len(graph.flows)


def test_both_rdf_formats_hold_the_same_triples(shop: Path, buttress: Run) -> None:
    turtle = rdflib.Graph().parse(data=buttress("graph", shop, "--format", "turtle").out, format="turtle")
    jsonld = rdflib.Graph().parse(data=buttress("graph", shop, "--format", "jsonld").out, format="json-ld")
    assert len(turtle) > 100
    assert set(turtle) == set(jsonld)


@pytest.mark.parametrize("format_", ["terminal", "json", "mermaid", "dot", "graphml", "turtle", "jsonld"])
def test_a_document_without_a_system_has_an_empty_graph_in_every_format(format_: str, buttress: Run) -> None:
    ran = buttress("graph", "-", "--format", format_, stdin="# Notes\n")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.strip()


def test_explain_shows_every_evidence_and_why_mentions_were_joined(shop: Path, buttress: Run) -> None:
    out = buttress("graph", shop, "--explain", "orders").out
    component = next(c for c in pipeline.graph(shop).components if c.name.lower() == "orders")
    assert {e.source for e in component.evidence} == {"design.md", "compose.yaml"}
    for evidence in component.evidence:
        assert f"{evidence}  {evidence.quote}" in out
    for fact in component.facts:
        assert all(str(e) in out for e in fact.evidence), fact.name
    assert re.search(r"joined because of the same name: .*'orders'.*'Orders'", out)
    assert "image=registry.example/orders:1.4" in out


@pytest.mark.parametrize("name", ["Orders DB", "orders db", "db", "orders-db"])
def test_a_component_is_found_by_name_id_or_alias_in_any_case(name: str, shop: Path, buttress: Run) -> None:
    assert buttress("graph", shop, "--explain", name).out.startswith(("Orders DB (", "db ("))


def test_impact_tells_who_stops_by_which_path_and_who_goes_on(shop: Path, buttress: Run) -> None:
    (shop / "compose.yaml").unlink()
    out = buttress("impact", shop, "Orders DB").out
    assert re.search(r"Web shop.*: .*Web shop → Orders → Orders DB", out)
    assert "Mailer" not in out
    assert "Goes on without it: Mailer" in buttress("impact", shop, "RabbitMQ").out


def test_paths_come_shortest_first_and_no_more_than_asked_for(buttress: Run) -> None:
    diagram = "flowchart LR\n  a --> b --> c --> d\n  a --> c\n  a --> d\n"
    out = buttress("paths", "-", "a", "d", stdin=diagram).out.splitlines()
    assert [line.count("→") for line in out] == [1, 2, 3]
    assert buttress("paths", "-", "a", "d", "--limit", "1", stdin=diagram).out.splitlines() == out[:1]
    assert buttress("paths", "-", "d", "a", stdin=diagram).out == "No path leads from d to a.\n"


def test_impact_and_paths_are_told_as_json_too(shop: Path, buttress: Run) -> None:
    (shop / "compose.yaml").unlink()
    told = json.loads(buttress("impact", shop, "Orders DB", "--format", "json").out)
    (web,) = [s for s in told["stops"] if s["entry_point"]]
    assert told["failed"] == "orders-db" and web["way"][-1] == "orders-db" and len(web["way"]) == 3
    assert json.loads(buttress("impact", shop, "RabbitMQ", "--format", "json").out)["goes_on"] == ["mailer"]
    (way,) = json.loads(buttress("paths", shop, web["id"], "Orders DB", "--format", "json").out)
    assert [(f["source"], f["target"]) for f in way] == list(pairwise(web["way"]))
    assert all(f["evidence"][0]["quote"] for f in way)
    assert json.loads(buttress("paths", shop, "Orders DB", web["id"], "--format", "json").out) == []


def test_a_file_is_written_in_the_format_that_its_name_ends_in(
    shop: Path, buttress: Run, tmp_path: Path
) -> None:
    for name, begins in (("a.html", "<!doctype html>"), ("a.md", "#"), ("a.json", "{"), ("a.sarif", "{")):
        buttress("review", shop, "--output", tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8").lower().startswith(begins)
    for name, begins in (("a.mmd", "flowchart"), ("a.dot", "digraph"), ("a.txt", "shop:")):
        buttress("graph", shop, "--output", tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    buttress("graph", shop, "--output", tmp_path / "a.json", "--format", "mermaid")
    assert (tmp_path / "a.json").read_text(encoding="utf-8").startswith("flowchart")


def test_settings_of_the_folder_hold_for_every_command_that_reads_it(shop: Path, buttress: Run) -> None:
    (shop / "buttress.yaml").write_text("ignore: [compose.yaml]\n")
    for words in (["graph", shop], ["review", shop], ["query", shop, "--sparql", "SELECT ?n {?c b:id ?n}"]):
        assert "published" not in buttress(*words).out
    sources = json.loads(buttress("graph", shop, "--format", "json").out)["sources"]
    assert "compose.yaml" not in sources and "design.md" in sources


def test_impact_of_a_host_names_the_copies_that_it_takes_and_pairs_are_told(
    tmp_path: Path, buttress: Run
) -> None:
    (tmp_path / "a.mmd").write_text(
        "flowchart LR\n  user((Customer)) --> web[Web]\n  web -->|reads| one[(Stock DB East)]\n"
        "  web -->|reads| two[(Stock DB West)]\n  one -->|replicates| two\n"
        "  subgraph vm[Host vm-1]\n    one\n    two\n  end\n",
        encoding="utf-8",
    )
    host = buttress("impact", tmp_path, "Host vm-1").out
    assert "Web (entry point)" in host
    assert "Takes all copies at once: Stock DB East, Stock DB West" in host
    assert "Web: expected up 99.9" in host and "(from assumed numbers)" in host
    east = buttress("impact", tmp_path, "Stock DB East").out
    assert east.startswith("Nothing else stops when Stock DB East fails")
    assert "Stops an entry point together with any of: Stock DB West" in east
