"""What holds for every reader, whatever it is given: no exception, quotes that stand at their lines, twice is the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.golden import fixtures, sources_of

from buttress.evidence.quotes import misquoted
from buttress.model import Fragment, Passage, Source
from buttress.pipeline import read
from buttress.readers import READERS, Reader, read_all

MORE = {
    "compose": (Source("doc.md", "services:\n  web:\n    image: acme/web:1\n", 12, "yaml", "Deployment"),),
    "dotenv": (Source(".env", "DATABASE_URL=postgres://a:b@orders-db/c\nREDIS_HOST=cache\n", 1, "dotenv"),),
}


def cases(reader: Reader) -> tuple[Source, ...]:
    """Return the sources in the folder of a reader's fixtures that it takes."""
    mine = [f for f in fixtures() if f.parent.name == reader.name]
    found = [
        replace(s, path=f"{f.name}/{s.path}" if f.is_dir() else s.path) for f in mine for s in sources_of(f)
    ]
    return (*(s for s in found if reader.takes(s)), *MORE.get(reader.name, ()))


CASES = {reader.name: cases(reader) for reader in READERS}
# Words and marks that mean something to one of the formats, so that random text gets far into each reader.
PIECES = st.sampled_from(
    "flowchart LR|sequenceDiagram|C4Context|architecture-beta|subgraph a|end|a-->b|A->>B: x|a & b|[(|)]|services:|"
    "image: x|build: .|environment:|- A=b|extends:|include: [a.yml]|<<: *a|&a|*a|!reset|apiVersion: v1|kind: Pod|"
    "kind: List|metadata:|spec:|containers:|selector: {}|---|```|~~~|> |- |1. |# || a | b ||---|<!--|-->|{{ x }}|"
    '${A:-b}|${A:?b}|\t|  |    |.. note::|====|::|{|}|[|]|:|"|\'|"components": |"flows": |null|\u2028|'
    '@startuml|@enduml|component "A" as a|[A] ..> b : x|Container(a, "A", "B")|!procedure $p($a)|!endprocedure|'
    '$p("x")|!define A b|workspace {|model {|a = container "A" "b"|deploymentNode "N" "" "" "" 2 {|containerInstance a|!include x|digraph {|'
    'a [label="A" shape=cylinder]|subgraph cluster_a {|a -> {b c}|<<b>x</b>>|a: A {|shape: cylinder|a.b -> _.c: d|vars: {|(a -> b)[0]|'
    '<mxGraphModel>|<mxCell id="2" value="A" vertex="1"/>|<diagram>7Z|</diagram>|<!DOCTYPE a [|apiVersion: backstage.io/v1alpha1|kind: API|'
    'spec: {dependsOn: [a]}|otmVersion: 1|technical_assets:|"unique-id": "a"|asyncapi: 3.0.0|openapi: 3.1.0|paths: {/a: {get: {}}}|'
    'FROM python:3 AS a|CMD ["gunicorn", "-w 4"]|ENTRYPOINT exec x|USER root|RUN <<EOF|EOF|ENV A=b PASSWORD=c|ARG T|HEALTHCHECK NONE|'
    '{{ if .Values.a }}|{{- end }}|{{ end }}|{{ else }}|{{ range $k, $v := .Values }}|{{ include "a" . | nindent 2 }}|{{ toYaml .Values | indent 2 }}|'
    '{{ define "a" }}|{{ set . "a" . }}|{{ $x := dict "a" $x "b" $x }}|{{ tpl .Values.a $ }}|{{ .Values.a | default (list 1 2) | quote }}|{{/* a */}}|'
    'web: gunicorn -w 4 a.b|release: migrate|workers = 2 * n|timeout = os.getenv("A", 1)|DB_URL=redis://a:b@c|K="|\\|'
    "import requests, celery|requests.get(f'{x}', timeout=1)|@app.task|"
    "async def f(x: int):|class A(Base):|[project]|name = 'a'|dependencies = ['a==1']|FROM python:3|"
    "http {|server {|location / {|proxy_pass http://a:1;|upstream a {|server a:1 backup;|set $a b;|map $a $b {|listen 443 ssl;|include *.conf;|"
    "static_resources:|clusters: [{name: a}]|listeners: []|load_assignment: {}|route: {cluster: a}|timeout: 0s|jobs:|steps: [{run: pytest}]|"
    "- uses: a/b@v1|on: push|environment: production|script: [make test]|when: manual|"
    '<h1>x</h1>|<p>|</p>|<table>|<tr>|<td rowspan=2>|</td>|</table>|<ul>|<li>|<pre class="mermaid">|</pre>|&gt;|&#10;|<br>|<code>|</code>|'
    "|===|2+|.2+|x|[source,yaml]|----|....|* |a:: b|{a}|:a: b|include::x[]|NOTE: x|+-----+|+=====+|.. csv-table::|   :header: a|.. list-table::|"
    "https://mermaid.ink/img/pako:eNpLSS1OzCvJTFWw5gIAHZIEJQ==|\x85|\x0c|\ufeff|é".split("|")
)
TEXT = st.lists(st.one_of(PIECES, st.text(max_size=6), st.just("\n")), max_size=40).map("".join)
DOCUMENTS = ("a.md", "a.rst", "a.txt", "a.adoc", "a.html", "a.docx", "a.pdf#page=2", "<stdin>")
NAMES = (
    "a.py",
    "pyproject.toml",
    "setup.cfg",
    "compose.yml",
    ".env",
    "a.yaml",
    "a.json",
    "a.puml",
    "a.dsl",
    "a.dot",
    "a.d2",
    "a.drawio",
    "a.otm",
)
OPERATED = (
    "nginx.conf",
    "Caddyfile",
    "Dockerfile",
    "Procfile",
    "gunicorn.conf.py",
    "Chart.yaml",
    "_helpers.tpl",
)
QUICK = settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
each_reader = pytest.mark.parametrize("reader", READERS, ids=lambda r: r.name)


def read_soundly(reader: Reader, sources: tuple[Source, ...]) -> Fragment:
    """Read, and check all that must hold of any fragment."""
    fragment = reader.read(sources)
    assert reader.read(sources) == fragment
    if reader.name != "graph_json":  # a graph brings its evidence along, from files that aren't there
        assert misquoted(fragment, sources) == []
    assert [p for p in fragment.passages if not _stands(p, sources)] == []
    known = {s.path: len(s.text.split("\n")) + s.first_line - 1 for s in sources}
    assert [d for d in fragment.diagnostics if not 0 <= d.line <= known[d.source]] == []
    ids = {c.id for c in fragment.components}
    assert [f for f in fragment.flows if f.source not in ids or f.target not in ids] == []
    return fragment


def _stands(passage: Passage, sources: tuple[Source, ...]) -> bool:
    for source in (s for s in sources if s.path == passage.source):
        lines = source.text.split("\n")[
            passage.line - source.first_line : passage.end_line - source.first_line + 1
        ]
        if passage.raw in "\n".join(lines) and passage.raw.count("\n") == len(lines) - 1:
            return True
    return False


def test_every_reader_has_a_case() -> None:
    assert [name for name, sources in CASES.items() if not sources] == []


@each_reader
def test_a_case_reads_soundly_and_gives_something(reader: Reader) -> None:
    fragment = read_soundly(reader, CASES[reader.name])
    assert fragment.components or fragment.passages or fragment.claims or fragment.stances


@each_reader
@QUICK
@given(text=TEXT)
def test_any_text_reads_soundly(reader: Reader, text: str) -> None:
    read_soundly(reader, (Source(CASES[reader.name][0].path, text),))
    read_soundly(reader, (Source("doc.md", text, 7, "yaml"),))


@QUICK
@given(
    text=TEXT,
    name=st.sampled_from((*DOCUMENTS, *NAMES, *OPERATED)),
)
def test_any_text_finds_its_way_through_the_table(text: str, name: str) -> None:
    fragments, skipped = read_all([Source(name, text)])
    assert fragments or skipped == (name,)


# Sentences in which something is found, so that the evidence of prose is looked at too.
SAYING = st.sampled_from(
    (
        "The Shop service calls Payments over gRPC",
        "Cart reads from Redis",
        "**Shop** &amp; `Cart` publish to <b>Kafka</b>",
        "Search has no retry.",
    )
)
SAID = st.lists(st.one_of(PIECES, SAYING, st.just("\n")), max_size=30).map(" ".join)


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(QUICK, max_examples=60)
@given(text=SAID)
def test_all_that_is_found_in_a_document_stands_at_its_lines(name: str, text: str) -> None:
    source = Source(name, text)
    for reader in (r for r in READERS if r.takes(source)):
        read_soundly(reader, (source,))
    assert misquoted(read([source]), [source]) == []


def delete(lines: list[str], at: int, _: str) -> list[str]:
    return lines[:at] + lines[at + 1 :]


def duplicate(lines: list[str], at: int, _: str) -> list[str]:
    return lines[: at + 1] + lines[at:]


def truncate(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[:at], lines[at][: len(lines[at]) // 2]]


def indent(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[:at], "  " + lines[at], *lines[at + 1 :]]


def replace_character(lines: list[str], at: int, piece: str) -> list[str]:
    middle = len(lines[at]) // 2
    return [*lines[:at], lines[at][:middle] + piece + lines[at][middle + 1 :], *lines[at + 1 :]]


def replace_value(lines: list[str], at: int, piece: str) -> list[str]:
    return [*lines[:at], re.sub(r"(?<=: ).*", lambda _: piece, lines[at]), *lines[at + 1 :]]


Mutation = Callable[[list[str], int, str], list[str]]
MUTATIONS: tuple[Mutation, ...] = (delete, duplicate, truncate, indent, replace_character, replace_value)


@each_reader
@QUICK
@given(data=st.data())
def test_a_damaged_case_still_reads_soundly(reader: Reader, data: st.DataObject) -> None:
    sources = list(CASES[reader.name])
    which = data.draw(st.integers(0, len(sources) - 1))
    lines = sources[which].text.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        mutation = data.draw(st.sampled_from(MUTATIONS))
        lines = mutation(lines, data.draw(st.integers(0, len(lines) - 1)), data.draw(PIECES)) or [""]
    old = sources[which]
    sources[which] = Source(old.path, "\n".join(lines), old.first_line, old.language, old.heading)
    read_soundly(reader, tuple(sources))
