"""query: named ones and SPARQL of one's own; hostile ones are refused with a reason."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buttress import data, knowledge

Run = Callable[..., Any]
NAMES = sorted(p.stem for p in (data.ontology_dir() / "queries").glob("*.rq"))
E_PREFIX = "PREFIX e: <http://127.0.0.1:9/> "
SERVICE = "may not name other data"
CHANGE = "can't change the graph"


def test_a_named_query_gives_rows_in_words(shop: Path, buttress: Run) -> None:
    out = buttress("query", shop, "single-points-of-failure").out
    assert out.splitlines()[0].split() == ["component", "runs", "entry"]
    assert "urn:buttress" not in out and "orders" in out


def test_the_list_has_every_query_with_what_it_gives(buttress: Run) -> None:
    assert len(NAMES) >= 10
    listed = json.loads(buttress("query", "--list", "--format", "json").out)
    assert [q["name"] for q in listed] == NAMES
    assert all(len(q["about"]) > 20 for q in listed)
    assert all(name in buttress("query", "--list").out for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_named_query_finds_something_in_the_example_system(name: str, buttress: Run) -> None:
    bookshop = Path(__file__).parents[2] / "examples" / "bookshop"
    rows = json.loads(buttress("query", bookshop, name, "--format", "json").out)
    assert rows
    assert all(all(row.values()) for row in rows)


@pytest.mark.parametrize("as_file", [False, True], ids=["as text", "in a file"])
def test_sparql_of_ones_own_sees_kinds_facts_and_values(
    as_file: bool, shop: Path, buttress: Run, tmp_path: Path
) -> None:
    query = """# which service waits how long
      SELECT ?from ?seconds WHERE { ?flow b:timeout ?seconds ; b:from ?x . ?x a b:Service ; b:name ?from }"""
    (tmp_path / "own.rq").write_text(query)
    ran = buttress("query", shop, "--format", "json", "--sparql", "own.rq" if as_file else query)
    assert json.loads(ran.out) == [{"from": "Web shop", "seconds": "2"}]


def test_a_query_without_rows_says_so(shop: Path, buttress: Run) -> None:
    query = "SELECT ?x WHERE { ?x a b:Nothing }"
    assert buttress("query", shop, "--sparql", query).out == "(no rows)\n"
    assert buttress("query", shop, "--sparql", query, "--format", "json").out == "[]\n"


HOSTILE = [
    pytest.param("SELECT * { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }", SERVICE, id="SERVICE with an address"),
    pytest.param(E_PREFIX + "SELECT * { SERVICE e:x { ?a ?b ?c } }", SERVICE, id="SERVICE with a prefix"),
    pytest.param("SELECT * { BIND(<http://127.0.0.1:9/> AS ?s) service ?s { ?a ?b ?c } }", SERVICE, id="SERVICE by variable"),
    pytest.param("SELECT * { FILTER(1<2)SERVICE SILENT<http://127.0.0.1:9/>{ ?a ?b ?c } }", SERVICE, id="SERVICE without spaces"),
    pytest.param(E_PREFIX + "SELECT * { ?a ?b '''\n#''' SERVICE e:x { ?a ?b ?c } }", SERVICE, id="SERVICE behind a long string"),
    pytest.param("SELECT * { ?a <http://x/'a> ?c SERVICE <http://127.0.0.1:9/'b> { ?d ?e ?f } }", SERVICE, id="SERVICE between quotes of addresses"),
    pytest.param("SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }", "escapes", id="SERVICE in escapes"),
    pytest.param("SELECT * FROM <http://127.0.0.1:9/> { ?a ?b ?c }", SERVICE, id="FROM"),
    pytest.param("INSERT DATA { <a:b> <a:b> <a:b> }", CHANGE, id="INSERT"),
    pytest.param(E_PREFIX + "DELETE WHERE { ?a ?b ?c }", CHANGE, id="DELETE behind a prefix"),
    pytest.param("DROP ALL #{}", CHANGE, id="DROP"),
    pytest.param("ASK { ?a ?b ?c }", "expected a SELECT query", id="ASK"),
    pytest.param("CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c }", "expected a SELECT query", id="CONSTRUCT"),
    pytest.param("SELECT ?x {", "can't be parsed", id="half a query"),
    pytest.param("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "more than 100000 rows; add a LIMIT", id="too many rows"),
    pytest.param("SELECT * { " + "?a ?b ?c . " * 2000 + "}", "at most 20000", id="too long"),
    pytest.param("SELECT * " + "{" * 9000 + "}" * 9000, "breaks the query engine", id="too deep"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "told"), HOSTILE)
def test_a_hostile_query_is_refused_with_a_reason(
    query: str, told: str, shop: Path, buttress: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: object, **__: object) -> None:
        raise AssertionError("a query reached for the network")

    monkeypatch.setattr(socket.socket, "connect", connect)
    ran = buttress("query", shop, "--sparql", query)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_an_endless_query_is_stopped(shop: Path, buttress: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(knowledge.ask.__kwdefaults__, "timeout_s", 0.5)
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    ran = buttress("query", shop, "--sparql", query)
    assert ran.code == 2
    assert "takes longer than 0.5 s" in ran.err


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ?n { ?c b:name ?n FILTER(CONTAINS(?n, "rder") && ?n != "a SERVICE of ours") }',
        "SELECT ?n { ?c a b:Service ; b:name ?n FILTER(?c != <https://example.org/service>) }",
        "SELECT ?service { ?service b:name ?n ; b:id ?from }",
    ],
)
def test_the_word_service_is_no_reason_to_refuse_a_query(query: str, shop: Path, buttress: Run) -> None:
    ran = buttress("query", shop, "--sparql", query)
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) > 1
