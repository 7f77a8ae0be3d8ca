"""How the engine speaks: the sentence that fits who complains, the form that fits the number, the places that show it."""

from __future__ import annotations

from typing import Any

import pytest

from buttress import data, pipeline
from buttress.knowledge import project
from buttress.model import Component, Evidence, Fact, Flow, Source, Stance, SystemGraph
from buttress.rules import Card, Finding, engine, load_dir, run

FINDS = """SELECT ?subject ?fact ?stance WHERE {
  { ?fact b:of ?subject ; b:factName "backup" ; b:status "denied" }
  UNION
  { ?stance a b:Stance ; b:claimed true ; b:topic topic:backups ; b:status "missing" . BIND (b:system AS ?subject) }
}"""


def card(finds: str = FINDS, message: str = "{subject} has no backup.", **more: str) -> Card:
    return Card(
        "no-backup",
        "database",
        "No backup",
        "HIGH",
        "S",
        "1",
        ("p",),
        ("c",),
        message=message,
        finds=finds,
        **more,
    )  # type: ignore[arg-type]


def evidence(quote: str, source: str = "a.md") -> Evidence:
    return Evidence(source, 1, 1, quote)


def store(id_: str, *facts: Fact) -> Component:
    return Component(id_, id_, "relational_db", facts=facts, evidence=(evidence(id_),))


def findings(graph: SystemGraph, one: Card) -> list[Finding]:
    return list(run([one], project(graph)))


def test_what_the_sources_say_of_the_whole_system_has_a_sentence_of_its_own() -> None:
    graph = SystemGraph(
        components=(store("db", Fact("backup", None, "denied", (evidence("db isn't backed up"),))),),
        stances=(Stance("backups", "missing", (evidence("nothing is backed up"),)),),
    )
    found = {
        f.subjects[0]: f for f in findings(graph, card(said="The sources say that there are no backups."))
    }
    assert found["db"].message == "db has no backup."
    assert found["system"].message == "The sources say that there are no backups."
    assert [e.quote for e in found["system"].evidence] == ["nothing is backed up"]


def test_without_that_sentence_the_message_stands() -> None:
    graph = SystemGraph(name="shop", stances=(Stance("backups", "missing", (evidence("none"),)),))
    assert [f.message for f in findings(graph, card())] == ["shop has no backup."]


def test_only_the_quoted_words_are_shown_when_a_query_binds_them() -> None:
    finds = """SELECT (b:system AS ?subject) ?stance ?words WHERE {
  ?stance a b:Stance ; b:evidence/b:quote ?words . FILTER (REGEX(?words, "dump"))
}"""
    graph = SystemGraph(
        stances=(Stance("backups", "addressed", (evidence("files"), evidence("a dump a night"))),)
    )
    (found,) = findings(graph, card(finds, "Said."))
    assert [e.quote for e in found.evidence] == ["a dump a night"]


def test_a_bare_name_is_shown_only_where_nothing_else_shows_it() -> None:
    finds = "SELECT ?subject ?fact WHERE { ?subject a b:DataStore . OPTIONAL { ?fact b:of ?subject } }"
    graph = SystemGraph(
        components=(store("a", Fact("backup", True, "stated", (evidence("every night"),))), store("b"))
    )
    shown = {f.subjects[0]: [e.quote for e in f.evidence] for f in findings(graph, card(finds))}
    assert shown == {"a": ["every night"], "b": ["b"]}


@pytest.mark.parametrize(
    ("n", "message"),
    [(1, "a calls db: it is one."), (2, "a and b call db: they are several.")],
    ids=["one", "two"],
)
def test_a_message_fits_the_number_of_what_it_names(n: int, message: str) -> None:
    finds = "SELECT ?subject ?caller WHERE { ?caller b:calls ?subject }"
    words = "{caller} {caller:calls|call} {subject}: {caller:it is one|they are several}."
    callers = "ab"[:n]
    graph = SystemGraph(
        components=(*(Component(c, c) for c in callers), store("db")),
        flows=tuple(Flow(f"f{c}", c, "db") for c in callers),
    )
    assert [f.message for f in findings(graph, card(finds, words))] == [message]


def test_a_manifest_comes_before_compose_and_weighs_more() -> None:
    compose = (
        "services:\n  web:\n    image: example/web:1.0\n    environment:\n      API_TOKEN: live-4f1e9c2a7b\n"
    )
    manifest = """apiVersion: apps/v1
kind: Deployment
metadata: {name: mailer}
spec:
  selector: {matchLabels: {app: mailer}}
  template:
    metadata: {labels: {app: mailer}}
    spec:
      containers:
        - name: mailer
          image: example/mailer:1.0
          env: [{name: MAIL_PASSWORD, value: "hunter2hunter2"}]
"""
    from buttress import data
    from buttress.rules import load_dir

    (rule,) = [c for c in load_dir(data.ontology_dir() / "rules") if c.id == "secret-in-plain-text"]
    both = pipeline.read([Source("compose.yaml", compose), Source("k8s.yaml", manifest)])
    found = {f.subjects[0]: f.severity for f in findings(both, rule)}
    assert found == {"mailer": "HIGH", "web": "LOW"}
    alone = pipeline.read([Source("compose.yaml", compose)])
    assert [f.severity for f in findings(alone, rule)] == ["HIGH"]
    assert "API_TOKEN" in findings(alone, rule)[0].message


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1], "1 column found"),
        ([3], "3 columns found"),
        (["orders"], "orders column found"),
        (["orders", "prices"], "orders and prices columns found"),
    ],
)
def test_a_form_fits_the_figure_or_how_many_there_are(values: list[str | int], told: str) -> None:
    bindings: list[dict[str, Any]] = [{"number": value} for value in values]
    assert engine._fill("{number} {number:column|columns} found", bindings, SystemGraph()) == told


def test_what_a_card_finds_wanting_in_a_subject_it_doesnt_praise_as_well() -> None:
    praises = 'SELECT ?subject ?fact WHERE { ?fact b:of ?subject ; b:factName "replicas" }'
    here = (evidence("db"),)
    graph = SystemGraph(
        components=(
            store("db", Fact("backup", None, "denied", here), Fact("replicas", 2, "stated", here)),
            store("log", Fact("replicas", 2, "stated", here)),
        )
    )
    found = findings(graph, card(praises=praises, strength="{subject} has a backup."))
    assert [(f.basis, f.subjects[0]) for f in found] == [("defect", "db"), ("strength", "log")]


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (("shop",), ["tests of", "beside it.", "traces its requests", "Its code uses"]),
        (
            ("desk", "shop"),
            ["tests of desk and shop,", "beside them.", "traces their requests", "Their code uses"],
        ),
    ],
)
def test_a_question_about_several_parts_speaks_of_several(parts: tuple[str, ...], told: list[str]) -> None:
    code = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/prices")\ndef prices():\n    return {}\n'
    files = {"main.py": code, "requirements.txt": "fastapi\n"}
    graph = pipeline.read([Source(f"{part}/{name}", files[name]) for part in parts for name in files])
    cards = load_dir(data.ontology_dir() / "rules")
    asked = " ".join(f.message for f in run(cards, project(graph)) if f.basis == "question")
    assert [words for words in told if words not in asked] == []
