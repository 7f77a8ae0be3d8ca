"""Hostile drawings and models: read in time, without an exception, with a reason where something was left out."""

from __future__ import annotations

import base64
import time
import zlib

import pytest

from buttress.model import Source
from buttress.pipeline import read
from buttress.readers import READERS, read_all

SIZE = 200_000
SECONDS = 5.0
FILES = {
    "plantuml": "a.puml", "structurizr": "a.dsl", "dot": "a.dot", "d2": "a.d2", "drawio": "a.drawio", "backstage": "catalog-info.yaml",
    "otm": "a.otm", "threagile": "threagile.yaml", "calm": "calm.json", "asyncapi": "asyncapi.yaml", "openapi": "openapi.yaml",
    "mermaid": "a.mmd",
}  # fmt: skip
HEADS = {
    "plantuml": "@startuml\ncomponent A\n", "structurizr": "workspace {\nmodel {\n", "dot": "digraph {\n", "d2": "a -> b\n", "mermaid": "flowchart LR\n",
    "drawio": "<mxfile><diagram>", "backstage": "apiVersion: backstage.io/v1alpha1\nkind: Component\nx: ", "otm": "otmVersion: 1\nx: ",
    "threagile": "technical_assets:\n", "calm": '{"nodes": [', "asyncapi": "asyncapi: 3.0.0\nx: ", "openapi": "openapi: 3.0.0\npaths:\n",
}  # fmt: skip
DEEP = {
    "plantuml": "package a {\n", "structurizr": "group a {\n", "dot": "subgraph cluster_a {\n", "d2": "a: {\n", "drawio": "<object>", "mermaid": "subgraph a\n",
    "backstage": "[", "otm": "[", "threagile": "[", "calm": "[", "asyncapi": "{a: ", "openapi": "{a: ",
}  # fmt: skip
LONG = {
    "plantuml": "A -> B : x\n", "structurizr": 'a = person "A"\n', "dot": "a -> b;\n", "d2": "a -> b: c\n", "drawio": '<mxCell id="2" value="A" vertex="1"/>\n',
    "backstage": "- a\n", "otm": "- a\n", "threagile": "  a: {id: a}\n", "calm": '{"unique-id": "a", "node-type": "service"},\n', "asyncapi": "- a\n",
    "openapi": "  /a: {get: {}}\n", "mermaid": "a --> b\n",
}  # fmt: skip
each_format = pytest.mark.parametrize("name", FILES)


def reasons(name: str, text: str) -> list[str]:
    """Return the reasons of all diagnostics; fail when reading takes too long."""
    start = time.process_time()
    reader = next(r for r in READERS if r.name == name)
    fragment = reader.read((Source(FILES[name], text),))
    assert time.process_time() - start < SECONDS
    return [d.reason for d in fragment.diagnostics]


@each_format
@pytest.mark.parametrize("character", list("aA \t\n\"'`(){}[]<>/\\|&;:.,-=_*#@$%!~?0\0é"))
def test_a_text_of_one_character(name: str, character: str) -> None:
    for head in ("", HEADS[name]):
        reasons(name, head + character * SIZE)


@each_format
def test_deep_nesting(name: str) -> None:
    reasons(name, HEADS[name] + DEEP[name] * (SIZE // len(DEEP[name])))


@each_format
def test_a_long_text_of_one_statement(name: str) -> None:
    reasons(name, HEADS[name] + LONG[name] * (SIZE // len(LONG[name])))


def test_entities_are_not_expanded() -> None:
    lines = "".join(f'<!ENTITY {a} "{f"&{b};" * 10}">' for a, b in zip("bcdefgh", "abcdefg", strict=True))
    bomb = f'<!DOCTYPE m [<!ENTITY a "lol">{lines}]><mxGraphModel><root><mxCell id="2" value="&h;" vertex="1"/></root></mxGraphModel>'
    (reason,) = reasons("drawio", bomb)
    assert "entities" in reason


def test_an_external_entity_is_not_opened() -> None:
    text = '<!DOCTYPE m SYSTEM "file:///etc/passwd"><mxGraphModel><root><mxCell id="2" value="Orders DB" vertex="1"/></root></mxGraphModel>'
    assert reasons("drawio", text) == []


def test_a_compressed_bomb_is_refused_with_a_reason() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = base64.b64encode(packer.compress(b"<" * 300_000_000) + packer.flush()).decode()
    (reason,) = reasons("drawio", f"<mxfile><diagram>{packed}</diagram></mxfile>")
    assert "unpacks to more than" in reason


@pytest.mark.parametrize("address", ["https://mermaid.ink/img/pako:{}", "https://kroki.io/plantuml/svg/{}"])
def test_a_bomb_in_a_link_is_refused_with_a_reason(address: str) -> None:
    packed = base64.urlsafe_b64encode(zlib.compress(b"a" * 20_000_000, 9)).decode()
    (fragment,) = read_all([Source("a.md", f"![x]({address.format(packed)})")])[0]
    assert ["can't be unpacked" in d.reason for d in fragment.diagnostics] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "!procedure $a()\n$a()\n$a()\n$a()\n!endprocedure\n$a()\n",
        "!define A A A A A\n!define B A A A A\n" + "[A] -> [B]\n" * 50,
        "!$a = \"$b$b$b$b\"\n!$b = \"$a$a$a$a\"\n[$a] -> [$b]\n",
        "!include a.puml\n[A] --> [B]\n",
    ],
)  # fmt: skip
def test_the_preprocessor_of_plantuml_ends(text: str) -> None:
    reasons("plantuml", f"@startuml\n{text}@enduml")


def test_constants_and_includes_of_structurizr_end() -> None:
    text = 'workspace {\n!const A "${A}${A}${A}"\n!include a.dsl\nmodel {\np = person "${A}"\n}\n}'
    reasons("structurizr", text)


def test_a_chain_of_sets_in_dot_makes_no_million_edges() -> None:
    names = " ".join(f"n{n}" for n in range(300))
    reasons("dot", "digraph { " + " -> ".join(["{" + names + "}"] * 50) + " }")


def test_a_name_of_many_thousand_letters_is_not_cut_everywhere() -> None:
    """Each cut was looked up: 9 s for one name of 60,000 letters."""
    text = "flowchart LR\n  a[(" + "null" * 15_000 + ")] --> b[(db)]\n  c --> d[(Orders database)]\n"
    start = time.process_time()
    read([Source("a.mmd", text), Source("b.mmd", text.replace("null", "nill"))])
    assert time.process_time() - start < 2


@pytest.mark.parametrize("row", ["├" * 400, "┌┐" * 200, " " * 399 + "x", "-a" * 200, "a -> " * 80])
def test_a_drawing_of_one_row_repeated(row: str) -> None:
    source = Source("a.md", "```\n" + "\n".join([row] * 400 + ["─" * 9, "a -> b"]) + "\n```\n")
    start = time.perf_counter()
    read_all([source])
    assert time.perf_counter() - start < SECONDS
