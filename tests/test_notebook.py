"""In a notebook reviews, graphs and findings show themselves, without a network; the notebook that we ship runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

import buttress
from buttress import notebook
from buttress.model import Component, Flow, SystemGraph

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "review.ipynb"
DIAGRAM = "flowchart LR\n  web[Web <b>shop</b>] -->|calls| pay[Payments]\n  web & pay -->|writes| db[(DB)]\n"


@pytest.fixture(scope="module")
def executed() -> Any:
    """Return the shipped notebook after a run from top to bottom, in its own folder."""
    book = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        book, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    )
    return client.execute()


def outputs(book: Any, source: str) -> dict[str, str]:
    """Return what the cell with that source shows, by MIME type; printed text as text/plain."""
    (cell,) = [c for c in book.cells if c.cell_type == "code" and c.source == source]
    shown: dict[str, str] = {}
    for output in cell.outputs:
        shown.update(output.get("data", {"text/plain": output.get("text", "")}))
    return shown


def test_the_shipped_notebook_holds_no_outputs() -> None:
    book = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(book)
    code = [c for c in book.cells if c.cell_type == "code"]
    assert len(code) >= 6
    assert all(c.outputs == [] and c.execution_count is None for c in code)


def test_the_shipped_notebook_runs_and_every_cell_shows_something(executed: Any) -> None:
    code = [c for c in executed.cells if c.cell_type == "code"]
    assert all(c.execution_count for c in code)
    assert [c.source for c in code if not c.outputs] == []
    assert not any(o.output_type == "error" for c in code for o in c.outputs)


def test_the_notebook_draws_the_graph_and_tables_the_findings(executed: Any) -> None:
    drawing = outputs(executed, "review.graph")
    assert drawing["text/html"].startswith("<svg") and "postgres" in drawing["text/html"].lower()
    assert re.fullmatch(r"'?bookshop: \d+ components, \d+ flows'?", drawing["text/plain"])
    table = outputs(executed, "review.findings")["text/html"]
    assert table.startswith("<table>") and table.count("<tr>") > 5 and "HIGH" in table
    whole = outputs(executed, "review")
    assert "<svg" in whole["text/html"] and "<h2>" in whole["text/html"]


def test_nothing_that_is_shown_is_loaded_from_anywhere(executed: Any) -> None:
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            html = output.get("data", {}).get("text/html", "")
            assert re.findall(r"<(?:script|iframe|link|img)\b|src=|@import|url\((?!#)", html) == []


# --- what each value brings


@pytest.fixture
def review(tmp_path: Path) -> buttress.Review:
    (tmp_path / "a.mmd").write_text(DIAGRAM)
    return buttress.review(tmp_path / "a.mmd")


def test_a_session_without_display_shows_a_review_in_one_line(review: buttress.Review) -> None:
    assert repr(review) == f"<Review of {review.summary.headline}>"
    with pytest.raises(ValueError, match="expected HIGH, MEDIUM or LOW, found 'critical'"):
        review.at_least("critical")


def test_a_review_shows_itself_as_text_markdown_and_html(review: buttress.Review) -> None:
    bundle = review._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/markdown", "text/html"}
    assert bundle["text/plain"] == review.summary.headline
    assert bundle["text/markdown"] == str(review)
    assert "<b>shop</b>" not in bundle["text/html"]


def test_findings_are_a_tuple_that_shows_a_table(review: buttress.Review) -> None:
    assert isinstance(review.findings, tuple) and len(review.findings) >= 1
    html = review.findings._repr_html_()  # type: ignore[attr-defined]
    assert html.count("<tr>") == 1 + len(review.findings)
    assert all(f.id in html and str(f.evidence[0]) in html for f in review.findings)
    assert "<b>shop</b>" not in html


def test_no_findings_say_so(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Notes\n")
    assert buttress.review(tmp_path).findings._repr_html_() == "<p>none</p>"  # type: ignore[attr-defined]


def test_inside_ipython_graphs_and_findings_are_drawn(review: buttress.Review) -> None:
    shell = InteractiveShell.instance()
    try:
        assert notebook.register()
        data, _ = shell.display_formatter.format(review.graph)
        assert data["text/html"].startswith("<svg")
        assert data["text/plain"] == "a: 3 components, 3 flows"
        data, _ = shell.display_formatter.format(review.findings[0])
        assert data["text/html"].count("<tr>") == 2
    finally:
        InteractiveShell.clear_instance()


def test_outside_ipython_there_is_nothing_to_teach() -> None:
    code = "import buttress; buttress.review; import buttress.notebook as n; print(n.register())"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_the_headline_counts_components_and_flows() -> None:
    graph = SystemGraph("s", (Component("a", "A"), Component("b", "B")), (Flow("f", "a", "b"),))
    assert notebook.headline(graph) == "s: 2 components, 1 flows"
