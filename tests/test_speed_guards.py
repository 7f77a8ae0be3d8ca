"""What a command loads: heavy libraries stay out of the commands that don't need them. (Times are in benchmarks/.)"""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

from buttress import pipeline
from buttress.model import Source
from buttress.prose import text
from buttress.vocabulary import Vocabulary

BOOKSHOP = Path(__file__).parents[1] / "examples" / "bookshop"
HEAVY = (
    "torch",
    "sentence_transformers",
    "faiss",
    "onnxruntime",
    "networkx",
    "rustworkx",
    "rdflib",
    "IPython",
    "httpx",
    "rapidfuzz",
)  # not pydantic: typer converts the arguments of every command with it
SYSTEM = "flowchart LR\n  web[Web] -->|calls| db[(DB)]\n"
PROGRAM = """
import io, sys
from contextlib import redirect_stdout
from buttress.cli import main
with redirect_stdout(io.StringIO()) as out:
    code = main(sys.argv[1:])
print(code, len(out.getvalue()), *sorted(m for m in sys.modules if "." not in m))
"""


def loaded(*words: str, stdin: str = "") -> set[str]:
    """Return the packages in memory after a command that went well and printed something."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], input=stdin, capture_output=True, text=True, check=True
    )
    code, size, *modules = ran.stdout.split()
    assert code == "0" and int(size) > 100, ran.stderr
    return set(modules)


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["review", "--help"],
        ["rules"],
        ["coverage"],
        ["explain", "shared-database"],
        ["query", "--list"],
        ["review", str(BOOKSHOP)],
        ["review", str(BOOKSHOP), "--format", "markdown"],
        ["review", str(BOOKSHOP), "--format", "html"],
        ["review", str(BOOKSHOP), "--format", "sarif"],
        ["graph", str(BOOKSHOP)],
        ["impact", str(BOOKSHOP), "postgres"],
        ["draft", str(BOOKSHOP)],
    ],
    ids=lambda words: " ".join(w.rpartition("/")[2] for w in words),
)
def test_a_command_loads_no_model_index_or_authors_tool(words: list[str]) -> None:
    assert loaded(*words) & set(HEAVY) == set()


@pytest.mark.parametrize("words", [["--help"], ["review", "--help"]], ids=" ".join)
def test_help_loads_no_engine_at_all(words: list[str]) -> None:
    modules = loaded(*words)
    engines = {"yaml", "rich", "numpy", "markdown_it", "pyoxigraph", "asyncio", "pydantic"}
    assert modules & engines == set()
    assert len(modules) < 120


def test_a_review_loads_no_arrays() -> None:
    assert "numpy" not in loaded("review", "-", stdin=SYSTEM)


def test_a_search_loads_the_encoder_and_not_torch() -> None:
    modules = loaded("search", "requests pile up")
    assert {"onnxruntime", "faiss"} <= modules, "the guard looks at the right names"
    assert modules & {"torch", "sentence_transformers", "networkx", "rdflib"} == set()


def test_the_guard_sees_what_a_command_loads() -> None:
    """A guard that looks in the wrong place would always be green."""
    assert {"yaml", "markdown_it", "pyoxigraph"} <= loaded("review", str(BOOKSHOP))


READERS_OF_A_DRAWING = """
import io, sys
from contextlib import redirect_stdout
from buttress.cli import main
with redirect_stdout(io.StringIO()):
    main(["review", "-"])
print(*sorted({m.split(".")[2] for m in sys.modules if m.startswith("buttress.readers.")}))
"""


def test_a_review_of_a_drawing_loads_no_other_reader() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", READERS_OF_A_DRAWING], input=SYSTEM, capture_output=True, text=True, check=True
    )
    assert (
        {"mermaid"} <= set(ran.stdout.split()) <= {"mermaid", "additions"}
    )  # what users add is asked for everywhere


SECTION = """## {name}

The {name} service calls the {other} service with a timeout of {n} seconds. Nobody is woken when it fails.
It keeps its rows in PostgreSQL, and there is no rate limiting.

"""


def repeated(times: int) -> Source:
    """Return a document that says the same of the same six services so many times."""
    names = ("amber", "basalt", "cedar", "delta", "ember", "falcon")
    parts = (SECTION.format(name=a, other=b, n=n) for n, (a, b) in enumerate(pairwise(names), 2))
    return Source("design.md", "# Shop\n\n" + "".join(parts) * times)


def test_what_the_words_of_a_sentence_tell_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for name in ("find_topics", "find_technologies"):
        plain = getattr(Vocabulary, name)
        monkeypatch.setattr(Vocabulary, name, lambda v, t, plain=plain: asked.append(t) or plain(v, t))
    habits = import_module("buttress.prose.stances.habits")  # the package has a function of that name
    told = habits._habits
    monkeypatch.setattr(habits, "_habits", lambda t, *place: asked.append(t) or told(t, *place))
    counts = []
    for times in (1, 8):
        for kept in (text._topics, text._technologies, habits._told):
            kept.cache_clear()
        asked.clear()
        pipeline.read([repeated(times)])
        counts.append(len(asked))
    assert counts[0] > 40, "the guard looks at the right functions"
    assert counts[1] < 2 * counts[0]


def test_numbers_that_are_said_again_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    quantities = import_module("buttress.ledger.quantities")
    plain = quantities._differ_about
    monkeypatch.setattr(
        quantities, "_differ_about", lambda *two: compared.append(two[0].measure) or plain(*two)
    )
    counts = []
    for times in (1, 8):
        compared.clear()
        pipeline.read([repeated(times)])
        counts.append(len(compared))
    assert counts[0] >= 10, "the guard looks at the right function"
    assert counts[1] <= 3 * counts[0]
