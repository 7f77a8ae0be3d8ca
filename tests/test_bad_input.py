"""Bad input through the real command: one clear line on stderr, the rest is reviewed, no traceback, 0, 1 or 2."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from buttress.sources import MAX_FILE_BYTES

SECONDS = 30
BYTES = 4 * 2**30
GOOD = "flowchart LR\n  shop[Shop] --> orders[(Orders DB)]\n"
SECRET = "services:\n  web:\n    image: acme/web:1\n    environment: {API_TOKEN: abcdef123}\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: part{n}
spec:
  replicas: 2
  template:
    metadata:
      labels: {{app: part{n}}}
    spec:
      containers:
        - name: app
          image: acme/part:1
          env:
            - name: NEXT_URL
              value: http://part{next}:80
---
apiVersion: v1
kind: Service
metadata: {{name: part{n}}}
spec: {{selector: {{app: part{n}}}}}
---
"""


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def buttress(*words: str, cwd: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, within bounds of time and memory."""
    command = [sys.executable, "-m", "buttress", *words]
    done = subprocess.run(
        command,
        cwd=cwd,
        input=given,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        preexec_fn=limited,
        encoding="utf-8",
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def components(done: subprocess.CompletedProcess[str]) -> set[str]:
    graph: dict[str, Any] = json.loads(done.stdout)
    return {c["name"] for c in graph["components"]}


# What is wrong: the files, and the line on stderr that says so (of the remarks too, which --verbose shows).
BAD: dict[str, tuple[dict[str, str | bytes], str]] = {
    "YAML that can't be parsed": (
        {"compose.yaml": "services:\n  web:\n    image: a: b\n"},
        "compose.yaml:3: error: not valid YAML: mapping values are not allowed in this context; "
        "what stands before it was read, correct it to have the rest read",
    ),
    "services that are a list": (
        {"compose.yaml": "services: [web]\n"},
        "compose.yaml:1: error: services must be a mapping of names to services; the file was left out",
    ),
    "a cyclic include": (
        {"a/compose.yaml": "include: [../b/compose.yaml]\n" + SECRET, "b/compose.yaml": "\ninclude: [../a/compose.yaml]\n" + SECRET},
        "b/compose.yaml:2: error: a/compose.yaml is included in a circle; each file was read once",
    ),
    "an include that leads out": (
        {"compose.yaml": "include: [../../etc/compose.yaml]\n" + SECRET},
        "compose.yaml:1: warning: include: ../../etc/compose.yaml lies outside of what is reviewed; its services are missing here",
    ),
    "a billion laughs": (
        {"compose.yaml": BOMB + SECRET},
        "compose.yaml:1: error: aliases expand to more than 200000 values; "
        "what stands before it was read, write it out flatter to have the rest read",
    ),
    "YAML nested without end": (
        {"compose.yaml": "services:\n  web: " + "[" * 100_000},
        "compose.yaml:2: error: not valid YAML: exceeded maximum nesting depth; "
        "what stands before it was read, correct it to have the rest read",
    ),
    "JSON nested without end": (
        {"graph.json": '{"flows": [], "components": ' + "[" * 100_000},
        "graph.json:1: error: nested deeper than 40 levels; not a graph",
    ),
    "a graph with an unknown key": (
        {"graph.json": '{"components": [\n {"id": "a", "sort": "x"}],\n "flows": []}'},
        "graph.json:2: error: components.0.sort: Extra inputs are not permitted; "
        "expected one of id, name, aliases, kind, technology, boundaries, facts, evidence",
    ),
    "a graph of another version": (
        {"graph.json": '{"schema": "https://buttress.dev/schema/graph-9.json",\n "components": [], "flows": []}'},
        "graph.json:1: error: schema: expected https://buttress.dev/schema/graph-1.json; write the graph anew with this "
        'version of Buttress, found "https://buttress.dev/schema/graph-9.json"',
    ),
    "lists nested without end": (
        {"notes.md": "\n".join("  " * n + f"- item {n}" for n in range(500))},
        "notes.md:20: error: lists are read 19 levels deep, quotes 39; what stands deeper was left out, write it flatter",
    ),
    "a manifest without a name": (
        {"pod.yaml": "apiVersion: v1\nkind: Pod\nspec: {containers: []}\n"},
        "pod.yaml:1: warning: Pod without metadata.name; it was left out",
    ),
    "a Helm template": (
        {"pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n"},
        "pod.yaml:1: info: a template of a chart whose Chart.yaml isn't among the files; name the chart's folder, or render it "
        "(helm template) first",
    ),
    "an empty file": ({"notes.md": " \n"}, "notes.md: info: the file is empty"),
    "a binary file": (
        {"notes.md": b"\x89PNG\r\n\x00\x00"},
        "notes.md: warning: binary, not text; not read. Save it as UTF-8, or ignore it",
    ),
    "a file of more than 10 MB": (
        {"notes.md": b"words\n" * (MAX_FILE_BYTES // 6 + 1)},
        "notes.md: error: 10.0 MB is over the limit of 10 MB; split it or leave it out",
    ),
    "another encoding": (
        {"notes.md": "# Notes\n\nGröße\n".encode("cp1252")},
        "notes.md:3: warning: not UTF-8; read as Windows-1252. Save it as UTF-8 to be sure of every character",
    ),
    "a diagram drawn with characters": (
        {"notes.md": "# N\n\n```\n+---+    +---+\n| a |----| b |\n+---+    +---+\n```\n"},
        "notes.md:4: info: a diagram drawn with characters in which no arrow leads from box to box; "
        "draw it in Mermaid, or say in sentences what calls what",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "told"), BAD.values(), ids=BAD.keys())
def test_what_is_bad_is_told_in_one_line_and_the_rest_is_read(
    tmp_path: Path, files: dict[str, str | bytes], told: str
) -> None:
    write(tmp_path, {"good.mmd": GOOD, **files})
    done = buttress("graph", ".", "--format", "json", "--verbose", cwd=tmp_path)
    assert done.stderr.splitlines() == [told]
    assert components(done) >= {"Shop", "Orders DB"}
    assert done.returncode == 0


def test_a_folder_with_everything_bad_in_it_is_still_reviewed(tmp_path: Path) -> None:
    for n, (files, _) in enumerate(BAD.values()):
        write(tmp_path, {f"{n}/{name}": content for name, content in files.items()})
    write(tmp_path, {"good.mmd": GOOD})
    done = buttress("review", ".", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0
    assert {c["name"] for c in json.loads(done.stdout)["graph"]["components"]} >= {"Shop", "Orders DB"}
    shown = [told for _, told in BAD.values() if ": info: " not in told]
    assert len(done.stderr.splitlines()) == len(shown)


def test_a_broken_diagram_in_a_good_document_costs_only_its_broken_line(tmp_path: Path) -> None:
    text = "# Shop\n\n```mermaid\nflowchart LR\n  shop[Shop] --> cart[Cart]\n  cart --> [[[\n```\n\nMore words.\n"
    write(tmp_path, {"design.md": text})
    done = buttress("graph", ".", "--format", "json", cwd=tmp_path)
    (line,) = done.stderr.splitlines()
    assert line.startswith("design.md:6: warning: ")
    assert components(done) == {"Shop", "Cart"}


def test_a_link_out_of_the_tree_is_told_and_what_it_leads_to_stays_unread(tmp_path: Path) -> None:
    write(tmp_path, {"secret.mmd": "flowchart LR\n  a[Hidden] --> b[Away]\n", "system/good.mmd": GOOD})
    (tmp_path / "system" / "more.mmd").symlink_to(tmp_path / "secret.mmd")
    done = buttress("graph", "system", "--format", "json", cwd=tmp_path)
    assert done.stderr.splitlines() == [
        "more.mmd: warning: a link that leads out of the folder; not followed"
    ]
    assert components(done) == {"Shop", "Orders DB"}


def test_a_manifest_of_five_thousand_lines_is_read_whole(tmp_path: Path) -> None:
    parts = 5_000 // (MANIFEST.count("\n")) + 1
    text = "".join(MANIFEST.format(n=n, next=(n + 1) % parts) for n in range(parts))
    assert text.count("\n") >= 5_000
    write(tmp_path, {"all.yaml": text})
    done = buttress("graph", ".", "--format", "json", cwd=tmp_path)
    graph = json.loads(done.stdout)
    assert (len(graph["components"]), len(graph["flows"]), done.stderr) == (parts, parts, "")
    assert graph["components"][-1]["evidence"][0]["line"] <= 5_000 + MANIFEST.count("\n")


# --- exit codes


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("review", "nowhere"), "nowhere: no such file or folder"),
        (("review", "good.mmd", "nowhere"), "nowhere: no such file or folder"),
        (
            ("review", "pictures"),
            "pictures: nothing that can be read here; expected documents, drawings as code",
        ),
        (("review", "nothing.md"), "nothing.md: the file is empty"),
        (("graph", "nowhere"), "nowhere: no such file or folder"),
        (("impact", "good.mmd", "Shopp"), "Did you mean"),
    ],
    ids=lambda x: " ".join(x)[:30] if isinstance(x, tuple) else None,
)
def test_input_that_cant_be_used_is_one_line_on_stderr_and_exit_code_2(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    write(tmp_path, {"good.mmd": GOOD, "nothing.md": "", "pictures/a.png": b"\x89PNG\0"})
    done = buttress(*words, cwd=tmp_path)
    (line,) = done.stderr.splitlines()
    assert told in line
    assert (done.stdout, done.returncode) == ("", 2)


@pytest.mark.parametrize(
    "words",
    [("review",), ("review", ".", "--format", "pdf"), ("review", ".", "--fail-on", "maybe"), ("revue", ".")],
)
def test_a_wrong_command_line_is_exit_code_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = buttress(*words, cwd=tmp_path)
    assert (done.stdout, done.returncode) == ("", 2)
    assert done.stderr


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (SECRET, (), 0),
        (SECRET, ("--fail-on", "high"), 1),
        (SECRET, ("--fail-on", "low"), 1),
        (GOOD, ("--fail-on", "high"), 0),
    ],
    ids=["findings", "findings as severe as the limit", "findings above the limit", "no finding"],
)
def test_findings_fail_the_command_only_when_asked(
    tmp_path: Path, text: str, words: tuple[str, ...], code: int
) -> None:
    name = "compose.yaml" if text == SECRET else "good.mmd"
    write(tmp_path, {name: text})
    done = buttress("review", ".", *words, cwd=tmp_path)
    assert done.returncode == code
    assert done.stderr.endswith("(--fail-on): exit code 1\n") if code else not done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (GOOD, {"Shop", "Orders DB"}),
        (SECRET, {"web"}),
        (MANIFEST.format(n=1, next=1), {"part1"}),
        (f"# Shop\n\n```mermaid\n{GOOD}```\n", {"Shop", "Orders DB"}),
        ('{"components": [{"id": "a", "name": "A"}], "flows": []}', {"A"}),
    ],
    ids=["Mermaid", "Compose", "Kubernetes", "Markdown", "graph JSON"],
)
def test_every_format_is_read_from_standard_input(tmp_path: Path, given: str, expected: set[str]) -> None:
    done = buttress("graph", "-", "--format", "json", cwd=tmp_path, given=given)
    assert (components(done), done.stderr) == (expected, "")


# --- the output file


def test_the_output_file_has_what_stdout_would_have_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write(tmp_path, {"in/good.mmd": GOOD, "out/report.md": "the old one\n"})
    done = buttress("review", "in", "--format", "markdown", "--output", "out/report.md", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    printed = buttress("review", "in", "--format", "markdown", cwd=tmp_path).stdout
    assert (tmp_path / "out" / "report.md").read_text(encoding="utf-8") == printed
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["report.md"]


@pytest.mark.parametrize("output", ["nowhere/report.md", "good.mmd/report.md", "folder", "/proc/report.md"])
def test_an_output_that_cant_be_written_is_an_error_that_names_it(tmp_path: Path, output: str) -> None:
    write(tmp_path, {"good.mmd": GOOD, "folder/kept.md": "kept\n"})
    before = sorted(p.name for p in tmp_path.rglob("*"))
    done = buttress("review", "good.mmd", "--output", output, cwd=tmp_path)
    (line,) = done.stderr.splitlines()
    assert f"{output}: can't be written: " in line
    assert (done.returncode, done.stdout) == (2, "")
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_an_output_file_stays_as_it_was_when_the_review_fails(tmp_path: Path) -> None:
    write(tmp_path, {"report.md": "the old one\n"})
    assert buttress("review", "nowhere", "--output", "report.md", cwd=tmp_path).returncode == 2
    assert (tmp_path / "report.md").read_text() == "the old one\n"
