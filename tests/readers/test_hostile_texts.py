"""Every reader refuses bombs with a reason, bears endless lines and absurd numbers, opens nothing and runs nothing of what it reads."""

from __future__ import annotations

import re
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.readers.test_properties import CASES

from buttress.model import Source
from buttress.pipeline import graph, read
from buttress.readers import READERS, Reader, read_all

SECONDS = 4.0  # of the processor, on a slow machine; nothing takes half of it
each_reader = pytest.mark.parametrize("reader", READERS, ids=lambda r: r.name)

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
ENTITIES = (
    '<!DOCTYPE m [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {a} "{f"&{b};" * 10}">' for a, b in zip("bcdefgh", "abcdefg", strict=True))
    + "]>"
)
CHART = Source("shop/Chart.yaml", "name: shop\nversion: 1.0.0\n")
# Each kind of file that is YAML or XML: its sources, and what the diagnostic says.
BOMBS: dict[str, tuple[tuple[Source, ...], str]] = {
    name: ((Source(path, head + LAUGHS),), "aliases expand")
    for name, path, head in (
        ("additions", "buttress.additions.yaml", ""),
        ("backstage", "catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nkind: Component\n"),
        ("otm", "a.otm", "otmVersion: 0.2.0\n"),
        ("threagile", "threagile.yaml", "technical_assets:\n  x: {id: x}\n"),
        ("asyncapi", "asyncapi.yaml", "asyncapi: 3.0.0\n"),
        ("openapi", "openapi.yaml", "openapi: 3.1.0\npaths: {}\n"),
        ("helm chart", "Chart.yaml", "name: x\n"),
        ("kubernetes", "pod.yaml", "apiVersion: v1\nkind: Pod\n"),
        ("compose", "compose.yaml", "services:\n  web: {image: x}\n"),
        ("cloudformation", "template.yaml", "AWSTemplateFormatVersion: 1\nResources:\n  x: {Type: AWS::SQS::Queue}\n"),
        ("serverless", "serverless.yml", "service: x\nfunctions: {}\n"),
    )
} | {
    "helm values": ((CHART, Source("shop/values.yaml", LAUGHS)), "aliases expand"),
    "drawio": ((Source("a.drawio", ENTITIES + '<mxGraphModel><root><mxCell id="2" value="&h;" vertex="1"/></root></mxGraphModel>'),), "declares entities"),
    "drawio as xml": ((Source("a.xml", ENTITIES + "<mxfile><diagram>&h;</diagram></mxfile>"),), "declares entities"),
    "drawio as svg": ((Source("a.drawio.svg", ENTITIES + '<svg content="&h;"><mxfile/></svg>'),), "declares entities"),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_with_a_reason(name: str) -> None:
    sources, reason = BOMBS[name]
    started = time.process_time()
    fragments, skipped = read_all(sources)
    assert time.process_time() - started < SECONDS
    assert skipped == ()
    assert any(reason in d.reason for f in fragments for d in f.diagnostics)


@pytest.mark.parametrize("name", ["a.html", "a.xhtml"])
def test_entities_of_a_page_stay_as_they_are_written(name: str) -> None:
    fragments, _ = read_all([Source(name, ENTITIES + "<html><h1>A</h1><p>&h; and more</p></html>")])
    assert all("lollol" not in p.text for f in fragments for p in f.passages)


@each_reader
@pytest.mark.parametrize(
    "piece", ["a-", "/", "\t", " ", "${", "(", "{", "[", '"', "a.", "\\", "=", "-", "=>", "x = -"]
)
def test_an_endless_line_is_read_in_time(reader: Reader, piece: str) -> None:
    """Put it behind a key in the middle of each case, and behind its first line."""
    for case in CASES[reader.name][:3]:
        places = [m.end() for m in re.finditer(r"[:=] ?", case.text)] or [len(case.text) // 2]
        for at in dict.fromkeys((places[len(places) // 2], places[0])):
            text = case.text[:at] + piece * (30_000 // len(piece)) + case.text[at:]
            started = time.process_time()
            reader.read((replace(case, text=text),))
            assert time.process_time() - started < SECONDS


@each_reader
@pytest.mark.parametrize(
    "number", ["9" * 400, "9" * 5000, "1e999", "-1", "²", "٣", "0x1F", "1.5.5"], ids=lambda n: n[:6]
)
def test_an_absurd_number_is_no_error(reader: Reader, number: str) -> None:
    for case in CASES[reader.name]:
        text = re.sub(r"\d+(\.\d+)?", number, case.text)
        reader.read((replace(case, text=text),))
        read([replace(case, text=text)])
        for found in list(re.finditer(r"\d+(\.\d+)?", case.text))[:15]:
            reader.read((replace(case, text=case.text[: found.start()] + number + case.text[found.end() :]),))


BLANKS = ("\n", " ", "\t", "\x85", " \n", "{{ ", "location x\n", "upstream ", "services:\n", "- - ", "{{{{")


@pytest.mark.parametrize("piece", BLANKS)
@pytest.mark.parametrize("head", ["", "a:{{", "services:"])
def test_which_reader_takes_a_text_is_said_in_time(piece: str, head: str) -> None:
    text = head + piece * (60_000 // len(piece)) + "!"
    started = time.process_time()
    for name in ("a.yaml", "a.conf", "a.json", "a.tpl", "a.html"):
        any(reader.takes(Source(name, text)) for reader in READERS)
    assert time.process_time() - started < SECONDS


def test_half_a_character_in_a_graph_is_told() -> None:
    (fragment,), _ = read_all(
        [Source("a.json", '{"components": [{"id": "\\ud800", "name": "x"}],\n "flows": []}')]
    )
    assert ["half of a character" in d.reason for d in fragment.diagnostics] == [True]
    (whole,), _ = read_all(
        [
            Source(
                "a.json",
                '{"components": [{"id": "a", "name": "x \\ud83d\\ude00", "kind": "service"}],\n "flows": []}',
            )
        ]
    )
    assert (len(whole.components), whole.diagnostics) == (1, ())


# Each calls the next one forty times.
PROCEDURES = "".join(
    f"!procedure ${name}($x)\n" + f"${after}($x)\n" * 40 + "!endprocedure\n"
    for name, after in zip("abcdef", "bcdefg", strict=True)
)


def test_procedures_that_call_each_other_come_to_an_end_and_the_rest_is_read() -> None:
    text = (
        "@startuml\n"
        + PROCEDURES
        + "!procedure $g($x)\n[$x] --> [C]\n!endprocedure\n$a(A)\n[Shop] --> [Orders]\n@enduml\n"
    )
    (fragment,), _ = read_all([Source("a.puml", text)])
    assert ("shop", "orders") in {(f.source, f.target) for f in fragment.flows}
    assert any("procedures call each other" in d.reason for d in fragment.diagnostics)


def test_small_cases_that_once_took_for_ever() -> None:
    cases = {
        "compose.yaml": "services:\n  web:\n    image: acme" + "/" * 60_000 + "web:1\n",
        ".env": "DATABASE_URL=postgres:/" + "\t" * 60_000 + "/a:b@db/c\n",
        "Procfile": "web: celery -A x worker --con" + "a-" * 60_000 + "rency 6\n",
        "Dockerfile": 'FROM python:3.12\nCMD ["gunicorn", "--' + "a-" * 60_000 + '", "x:app"]\n',
        "main.tf": 'resource "aws_sqs_queue" "q" {\n  name = "${a' + "\t" * 60_000 + 'b}"\n}\n',
        "more.tf": "x = -\n" * 80_000,
        "a.puml": "@startuml\n" + PROCEDURES + "[A] --> [B]\n$a(1)\n$g(1)\n@enduml\n",
        "self.puml": "@startuml\n!procedure $a($x)\n"
        + "$a(1)\n[A] --> [$x]\n" * 300
        + "!endprocedure\n$a(1)\n@enduml\n",
        "brackets.tf": "[" * 400_000,
        "braces.env": "DATABASE_URL=postgresql://a:b@orders-" + "{" * 60_000 + "\n",
        "blank.py": "import fastapi\napp = fastapi.FastAPI()\n" + "\n" * 60_000,
        "requirements.txt": "\n" * 60_000 + "flask\n",
        "a.adoc": "= A\n\n----\n" + (" " * 1_900 + "= b\n") * 30 + "----\n",
        "blank.yaml": "services:\n" + "\n" * 60_000 + "  web: {image: a}\n",
    }
    for name, text in cases.items():
        started = time.process_time()
        read_all([Source(name, text)])
        assert time.process_time() - started < SECONDS, name


def test_a_carriage_return_within_a_line_ends_no_line_of_a_diagram() -> None:
    graph_ = read([Source("a.mmd", "flowchart LR\n  a[Shop\rfront] --> b[Pay]\n  b --> c[(Orders DB)]\n")])
    assert {(e.line, "Orders DB" in e.quote) for f in graph_.flows for e in f.evidence} == {
        (2, False),
        (3, True),
    }


# What files name to have it opened: another file by its path, outside of what is reviewed.
SECRET = "buttress-secret-that-nobody-reads"
INCLUDES = {
    "compose.yaml": "include: [{path}]\nservices:\n  web:\n    image: x\n    env_file: {path}\n    extends: {{file: {path}, service: web}}\n",
    "a.puml": "@startuml\n!include {path}\n!includeurl file://{path}\n[A] --> [B]\n@enduml\n",
    "a.dsl": 'workspace {{\n!include {path}\n!script groovy {{ new File("{path}").text }}\n!docs {path}\nmodel {{\na = person "A"\n}}\n}}\n',
    "a.d2": "...@{path}\nx: @{path}\na -> b\n",
    "a.dot": 'digraph {{ a [image="{path}" label=A]; a -> b }}\n',
    "a.mmd": "flowchart LR\n  a[Shop] --> b[Pay]\n  click a \"file://{path}\"\n",
    "a.drawio": '<!DOCTYPE m SYSTEM "file://{path}">'
    '<mxGraphModel><root><mxCell id="2" value="Orders DB" style="image={path}" vertex="1"/></root></mxGraphModel>',
    "a.adoc": "= Title\n\ninclude::{path}[]\n\nThe Shop calls Payments.\n",
    "a.rst": "Title\n=====\n\n.. include:: {path}\n\n.. raw:: html\n   :file: {path}\n\n.. csv-table::\n   :file: {path}\n",
    "a.md": '# Title\n\n![x]({path})\n\n--8<-- "{path}"\n\n{{{{#include {path}}}}}\n',
    "a.html": '<html><h1>A</h1><p>x</p><iframe src="file://{path}"></iframe><!--#include virtual="{path}" --></html>',
    "openapi.yaml": "openapi: 3.1.0\ninfo: {{title: A, version: '1'}}\npaths:\n  /a: {{$ref: '{path}'}}\n",
    "asyncapi.yaml": "asyncapi: 3.0.0\ninfo: {{title: A, version: '1'}}\nchannels: {{a: {{$ref: '{path}'}}}}\n",
    "catalog-info.yaml": "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {{name: a}}\nspec: {{type: openapi, definition: {{$text: {path}}}}}\n",
    "main.tf": 'module "m" {{\n  source = "{path}"\n}}\n'
    'resource "aws_instance" "a" {{\n  user_data = file("{path}")\n  tags = templatefile("{path}", {{}})\n}}\n',
    "template.yaml": "AWSTemplateFormatVersion: 1\nResources:\n  a: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: '{path}'}}}}\n",
    "serverless.yml": "service: a\nprovider: {{name: aws}}\ncustom: ${{file({path})}}\nfunctions: {{f: {{handler: a.b, environment: ${{file({path}):x}}}}}}\n",
    "chart/Chart.yaml": "name: chart\nversion: 1.0.0\ndependencies: [{{name: x, repository: 'file://{path}'}}]\n",
    "chart/values.yaml": "path: '{path}'\n",
    "chart/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  a: {{{{ .Files.Get \"{path}\" }}}}\n",
    "kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: ['{path}']\n",
    "Dockerfile": "FROM python:3.12\nCOPY {path} /\nADD {path} /\nCMD python a.py\n",
    "requirements.txt": "-r {path}\n-c {path}\n-e {path}\nflask\n",
    "gunicorn.conf.py": "workers = int(open('{path}').read())\n",
}  # fmt: skip
WATCHED = (
    "open",
    "import",
    "exec",
    "compile",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "socket.connect",
    "socket.getaddrinfo",
)
_PLACES = tuple(
    str(Path(p).resolve()) for p in {*sysconfig.get_paths().values(), sys.base_prefix, sys.prefix}
)
_seen: list[tuple[str, str]] | None = None


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _seen is not None and (event in WATCHED or event.startswith(("os.", "shutil.", "urllib."))):
        _seen.append((event, str(arguments[0] if arguments else "")))


sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[list[tuple[str, str]]]:
    """Yield the list of what the interpreter opens, imports and starts in the meantime."""
    global _seen
    _seen = []
    try:
        yield _seen
    finally:
        _seen = None


@pytest.mark.parametrize(
    "way",
    ["/outside/secret.yaml", "../secret.yaml", "../../../../../../../../etc/passwd", "./x/../../secret.yaml"],
)
def test_nothing_that_a_text_includes_is_opened(way: str) -> None:
    sources = [Source(name, text.format(path=way)) for name, text in INCLUDES.items()]
    read(sources)  # what the readers themselves need is imported
    with watched() as seen:
        read(sources)
    ours = Path(__file__).parents[2].resolve().as_posix()
    outside = [
        (event, path)
        for event, path in seen
        if (
            event.split(".")[0] in ("subprocess", "os", "socket", "urllib", "shutil")
            and event not in ("os.listdir", "os.scandir")
        )
        or (event == "open" and not path.startswith((*_PLACES, ours + "/src", ours + "/indexes")))
    ]
    assert outside == []
    assert {event for event, _ in seen if event == "import"} == set()


@pytest.mark.parametrize("name", ["secret.yaml", "inner/secret.yaml"])
def test_a_file_beside_what_is_reviewed_stays_unread(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "reviewed"
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(
        f"services:\n  web:\n    image: acme/{SECRET}:1\n    environment: {{A: {SECRET}}}\n"
    )
    for file, text in INCLUDES.items():
        (inside / file).parent.mkdir(parents=True, exist_ok=True)
        (inside / file).write_text(text.format(path=f"../{name}"))
    (inside / "link.yaml").symlink_to(tmp_path / name)
    (inside / "folder").symlink_to(tmp_path, target_is_directory=True)
    assert SECRET not in repr(graph(inside))


def test_no_python_of_a_project_runs(tmp_path: Path) -> None:
    project, marker = tmp_path / "shop", tmp_path / "ran"
    act = f"open({str(marker)!r}, 'a').write(__file__)\n"
    files = {
        "pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['fastapi']\n"
        "[build-system]\nbuild-backend = 'build_me'\nbackend-path = ['.']\n",
        "build_me.py": act, "setup.py": "from setuptools import setup\n" + act + "setup(name='shop')\n", "conftest.py": act,
        "sitecustomize.py": act, "gunicorn.conf.py": act + "workers = 3\n", "manage.py": act,
        "shop/__init__.py": act, "shop/settings.py": act + "DEBUG = True\n", "shop/__main__.py": act, "noxfile.py": act,
        "shop/main.py": act + "from fastapi import FastAPI\napp = FastAPI()\n\n\n@app.get('/')\ndef home() -> str:\n    return 'x'\n",
        "fastapi/__init__.py": act, "yaml/__init__.py": act, "usercustomize.py": act, "tests/test_a.py": act,
        "page.html": "<html><h1>A</h1><p>{{ ''.__class__.__mro__[1].__subclasses__() }} {% import os %}</p></html>",
        "Chart.yaml": "name: shop\nversion: '1'\n", "values.yaml": "a: '{{ 7 }}'\n",
        "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: {{ env \"HOME\" }}, y: {{ tpl .Values.a . }}}\n",
        "compose.yaml": "services:\n  web:\n    image: shop\n    command: !!python/object/apply:os.system ['touch " + str(marker) + "']\n",
    }  # fmt: skip
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    modules, path = {*sys.modules}, list(sys.path)
    found = graph(project)
    assert any(c.technology == "fastapi" or c.fact("workers") for c in found.components)
    assert not marker.exists()
    assert sys.path == path
    assert [
        m for m in {*sys.modules} - modules if str(project) in str(getattr(sys.modules[m], "__file__", ""))
    ] == []


def test_a_sentence_with_a_thousand_spaces_in_it_is_read_in_no_time() -> None:
    """Who acts, and the spaces after it, could be parted in as many ways as there are spaces: 4 s for 47 KB."""
    text = "\n".join("    " * (n % 400) + "text and more texts" for n in range(240))
    start = time.process_time()
    read([Source("a.md", text)])
    assert time.process_time() - start < 1
