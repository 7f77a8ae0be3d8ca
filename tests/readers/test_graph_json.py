"""Graph JSON: a graph made by hand is filled up, a wrong one is told with its line and what was expected."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.readers.fragments import is_taken

from buttress.model import (
    Boundary,
    Component,
    Derived,
    Diagnostic,
    Evidence,
    Fact,
    Flow,
    Source,
    Stance,
    SystemGraph,
)
from buttress.model.wire import SCHEMA, graph_json
from buttress.readers.graph_json import parse, read

TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)
PLACE = st.builds(Evidence, TEXT, st.integers(0, 9), st.integers(0, 9), TEXT)
PLACES = st.lists(PLACE, min_size=1, max_size=2).map(tuple)
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(10**24), 10**24),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
    st.none(),
    st.lists(TEXT).map(tuple),
)


def problem(text: str) -> Diagnostic:
    found = parse(Source("g.json", text))
    assert isinstance(found, Diagnostic)
    assert found.level == "error"
    return found


def graph(text: str) -> SystemGraph:
    found = parse(Source("g.json", text))
    assert isinstance(found, SystemGraph), found
    return found


@pytest.mark.parametrize(
    ("name", "text", "taken"),
    [
        ("g.json", '{"components": [], "flows": []}', True),
        ("<stdin>", ' {"flows": [], "components": []}', True),
        ("package.json", '{"name": "x"}', False),
        ("g.json", '[{"components": [], "flows": []}]', False),
        ("g.yaml", '{"components": [], "flows": []}', False),
    ],
)
def test_it_takes_json_with_components_and_flows(name: str, text: str, taken: bool) -> None:
    assert is_taken("graph_json", Source(name, text)) is taken


@settings(max_examples=60, deadline=None, derandomize=True)
@given(value=VALUES, place=PLACES, text=TEXT, sync=st.none() | st.booleans())
def test_what_is_written_is_read_back_whatever_the_words_and_values(
    value: Any, place: tuple[Evidence, ...], text: str, sync: bool | None
) -> None:
    fact = Fact("x", value, "denied" if value is None else "stated", place)
    whole = SystemGraph(
        name=text,
        components=(Component("a", text, facts=(fact,), evidence=place),),
        flows=(Flow("f", "a", "a", sync=sync, protocol=text, facts=(fact,), evidence=place),),
        boundaries=(Boundary("b", text, evidence=place),),
        stances=(Stance(text, "missing", place),),
        derived=(Derived("d", "a", ("f",), text, ("a.x",)),),
    )
    for indent in (None, 1):
        assert graph(json.dumps(graph_json(whole), indent=indent, ensure_ascii=bool(indent))) == whole


def test_brackets_within_words_are_no_nesting() -> None:
    quote = '[[{"' * 30
    evidence = {"source": "a", "line": 1, "end_line": 1, "quote": quote}
    found = graph(json.dumps({"components": [{"id": "a", "evidence": [evidence]}], "flows": []}))
    assert found.components[0].evidence[0].quote == quote


COMPONENTS = '{"components": [\n {"id": "a"},\n {"id": "b"}],\n'


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (
            '{"components": [\n {"id": "a",\n  "kidn": 1}], "flows": []}',
            3,
            "expected one of id, name, aliases, kind",
        ),
        (COMPONENTS + ' "flows": [], "flow": []}', 4, "expected one of schema, name, components, flows"),
        (
            '{"components": [\n {"id": "a"},\n {"id": "b",\n  "kind": "banana"}], "flows": []}',
            4,
            "Input should be 'service'",
        ),
        (
            '{"components": [\n {"id": 7}], "flows": []}',
            2,
            "components.0.id: Input should be a valid string, found 7",
        ),
        ('{"components": [\n {"id": ""}], "flows": []}', 2, "at least 1 character"),
        ('{"components": [\n {"name": "a"}], "flows": []}', 2, "components.0.id: Field required"),
        ('{"components": null,\n "flows": []}', 1, "components: Input should be a valid list, found null"),
        ('{"components": [],\n "flows": 7}', 2, "flows: Input should be a valid list, found 7"),
        ('{"components": [],\n "flows": [7]}', 2, "flows.0: Input should be an object, found 7"),
        (COMPONENTS + ' "flows": [{"source": "a",\n "target": "c"}]}', 1, "there is no component 'c'"),
        ('{"components": [\n {"id": "a"}, {"id": "a"}], "flows": []}', 1, "component id 'a' stands twice"),
        ('{"schema": "graph-2",\n "components": [], "flows": []}', 1, f"expected {SCHEMA}"),
        (
            '{\n"schema": 1, "components": [], "flows": []}',
            2,
            "schema: Input should be a valid string, found 1",
        ),
        ('{"components": [],\n "flows": [}', 2, "not valid JSON"),
        (
            '{"components": [\n {"id": "a", "facts": [{"name": "x", "value": NaN}]}], "flows": []}',
            1,
            "NaN is no JSON number",
        ),
        ('{"components": [], "flows": [' + "9" * 5000 + "]}", 1, "not valid JSON"),
        ('{"components": [{"id": "\\ud800"}], "flows": []}', 1, "half of a character"),
        ('{"components": ' + "[" * 100_000 + ', "flows": []}', 1, "nested deeper than 40"),
        ("7", 1, "Input should be an object"),
    ],
)
def test_a_wrong_graph_is_told_with_its_line_and_what_was_expected(text: str, line: int, told: str) -> None:
    found = problem(text)
    assert told in found.reason
    assert found.line == line
    assert len(found.reason) < 600


def test_what_has_no_evidence_gets_the_line_that_names_it() -> None:
    found = graph(
        '{"components": [{"id": "a"},\n {"id": "ö", "name": "Ö"}],\n "flows": [\n {"source": "a", "target": "ö"},\n'
        ' {"id": "f", "source": "ö", "target": "a"}]}'
    )
    assert [c.evidence[0].line for c in found.components] == [1, 2]
    assert [f.evidence[0].line for f in found.flows] == [4, 5]
    assert found.flows[1].evidence[0].quote == '{"id": "f", "source": "ö", "target": "a"}]}'


def test_flows_without_an_id_get_one_each() -> None:
    flow = '{"source": "a", "target": "a"}'
    found = graph(f'{{"components": [{{"id": "a"}}], "flows": [{flow}, {flow}]}}')
    assert [f.id for f in found.flows] == ["a--calls--a", "a--calls--a--2"]


def test_a_wrong_file_doesnt_hide_a_right_one() -> None:
    fragment = read(
        (
            Source("bad.json", '{"components": 1, "flows": 2}'),
            Source("good.json", COMPONENTS + '"flows": []}'),
        )
    )
    assert [c.id for c in fragment.components] == ["a", "b"]
    assert [d.source for d in fragment.diagnostics] == ["bad.json"]


def test_a_fragment_is_closed_only_when_all_its_graphs_are() -> None:
    closed = Source("a.json", '{"components": [], "flows": [], "closed": true}')
    assert read((closed,)).closed
    assert not read((closed, Source("b.json", '{"components": [], "flows": []}'))).closed
