"""Word files and PDF: text with the page as its place, and a diagnostic where there is none."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from reportlab.lib import colors, pagesizes, pdfencrypt
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import ListFlowable, PageBreak, Paragraph, SimpleDocTemplate, Table

from buttress.evidence.quotes import misquoted
from buttress.pipeline import read
from buttress.sources import collect, conversion

STYLES = getSampleStyleSheet()


def word_file(folder: Path, name: str = "design.docx") -> Path:
    document = docx.Document()
    document.add_heading("Lending", 1)
    document.add_paragraph("Lending keeps loans in PostgreSQL.")
    document.add_paragraph("Catalog", style="List Bullet")
    document.add_paragraph("Search", style="List Bullet 2")
    table = document.add_table(rows=3, cols=2)
    for row, cells in zip(
        table.rows, (("Service", "Calls"), ("Catalog", "Search"), ("", "Lending")), strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.save(str(folder / name))
    return folder / name


def pdf_file(folder: Path, name: str = "design.pdf") -> Path:
    normal = STYLES["Normal"]
    parts = [
        Paragraph("Catalog reads from Elasticsearch.", normal),
        Paragraph("Search calls Catalog.", normal),
    ]
    grid = [("GRID", (0, 0), (-1, -1), 1, colors.black)]
    story = [
        Paragraph("Lending", STYLES["Title"]),
        Paragraph(
            "Lending keeps loans in PostgreSQL. " + "It calls Reminders over HTTP and waits. " * 3, normal
        ),
        PageBreak(),
        Paragraph("Parts", STYLES["Heading1"]),
        ListFlowable(parts, bulletType="bullet"),
        Table([["Service", "Calls"], ["Lending", "Reminders"]], style=grid),
    ]
    SimpleDocTemplate(str(folder / name), pagesize=pagesizes.A4).build(story)
    return folder / name


def refused(folder: Path, name: str, content: bytes) -> str:
    """Return what is told of a file that can't be read, beside one that can."""
    (folder / name).write_bytes(content)
    (folder / "good.md").write_text("# Good")
    collected = collect([folder])
    assert ([s.path for s in collected.sources], collected.skipped) == (["good.md"], (name,))
    (told,) = collected.diagnostics
    assert (told.source, told.level) == (name, "error")
    return told.reason


def repacked(file: Path, part: str, content: bytes) -> bytes:
    """Return a Word file with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, content)
    return out.getvalue()


def test_a_word_file_is_a_line_for_each_paragraph_and_row(tmp_path: Path) -> None:
    (source,) = collect([word_file(tmp_path)]).sources
    assert source.text.split("\n") == [
        "# Lending",
        "Lending keeps loans in PostgreSQL.",
        "- Catalog",
        "  - Search",
        "| Service | Calls |",
        "| Catalog | Search |",
        "| Catalog | Lending |",
    ]


def test_a_pdf_is_a_source_for_each_page_that_goes_on_under_the_title_before_it(tmp_path: Path) -> None:
    pdf_file(tmp_path)
    first, second = collect([tmp_path]).sources
    assert (first.path, second.path, second.heading) == ("design.pdf#page=1", "design.pdf#page=2", "Lending")
    assert first.text.startswith("# Lending\n\nLending keeps loans in PostgreSQL. It calls")
    assert second.text.split("\n") == [
        "# Parts",
        "- Catalog reads from Elasticsearch.",
        "- Search calls Catalog.",
        "",
        "| Service | Calls |",
        "| Lending | Reminders |",
    ]


def test_evidence_names_the_page_and_quotes_its_words(tmp_path: Path) -> None:
    pdf_file(tmp_path)
    word_file(tmp_path)
    sources = collect([tmp_path]).sources
    graph = read(sources)
    places = {
        (e.source, e.line) for c in graph.components if c.technology == "elasticsearch" for e in c.evidence
    }
    assert places == {("design.pdf#page=2", 2)}
    assert misquoted(graph, sources) == []
    assert graph.sources == ("design.docx", "design.pdf")


def test_what_is_struck_out_or_floats_beside_the_text_is_no_text(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Shop calls Pay.")
    run = paragraph.add_run(" Pay calls Shop.")._r
    struck = OxmlElement("w:del")
    run.addprevious(struck)
    struck.append(run)
    document.save(str(tmp_path / "a.docx"))
    assert [s.text for s in collect([tmp_path]).sources] == ["Shop calls Pay."]


def test_what_stands_on_every_page_is_left_out(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for number in range(1, 5):
        canvas.drawString(72, 800, "Internal")
        canvas.drawString(72, 600, f"Sentence number {'one two three four'.split()[number - 1]} of all.")
        canvas.drawString(72, 40, f"Page {number}")
        canvas.showPage()
    canvas.save()
    assert [s.text for s in collect([tmp_path]).sources] == [
        f"Sentence number {n} of all." for n in ("one", "two", "three", "four")
    ]


@pytest.mark.parametrize(("name", "module"), [("a.docx", "docx"), ("a.pdf", "pdfplumber")])
def test_without_the_converter_the_command_that_installs_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, module: str
) -> None:
    monkeypatch.setattr(conversion, "find_spec", lambda wanted: None if wanted == module else object())
    (tmp_path / name).write_bytes(b"PK")
    (tmp_path / "good.md").write_text("# Good")
    collected = collect([tmp_path])
    (told,) = collected.diagnostics
    assert (collected.skipped, told.level) == ((name,), "warning")
    assert "pip install 'buttress[documents]'" in told.reason


@pytest.mark.parametrize("name", ["a.docx", "a.pdf"])
@pytest.mark.parametrize(
    "content",
    [b"not what it says", b"PK\x03\x04" + bytes(99), b"%PDF-1.7\n1 0 obj <<" + b"[" * 5000],
    ids=["text", "zip", "pdf"],
)
def test_a_broken_file_is_told_and_the_rest_is_read(tmp_path: Path, name: str, content: bytes) -> None:
    reason = refused(tmp_path, name, content)
    assert "not read" in reason


def test_a_bomb_isnt_unpacked(tmp_path: Path) -> None:
    bomb = repacked(word_file(tmp_path, "x.docx"), "word/media/a.xml", bytes(110_000_000))
    (tmp_path / "x.docx").unlink()
    assert "unpacks to more than 100 MB" in refused(tmp_path, "a.docx", bomb)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path: Path, encoding: str) -> None:
    lines = [
        '<!DOCTYPE a [<!ENTITY a0 "ha">',
        *(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 60)),
    ]
    text = f"""<?xml version="1.0" encoding="{encoding}"?>{"".join(lines)}]><a>&a59;</a>"""
    bomb = repacked(word_file(tmp_path, "x.docx"), "word/document.xml", text.encode(encoding))
    (tmp_path / "x.docx").unlink()
    assert "declares entities" in refused(tmp_path, "a.docx", bomb)


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    deep = f"<w:document {space}><w:body>{'<w:p>' * 5000}{'</w:p>' * 5000}</w:body></w:document>"
    bomb = repacked(word_file(tmp_path, "x.docx"), "word/document.xml", deep.encode())
    (tmp_path / "x.docx").unlink()
    assert "broken" in refused(tmp_path, "a.docx", bomb)


def test_a_password_is_told(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "x.pdf"), encrypt=pdfencrypt.StandardEncryption("secret"))
    canvas.drawString(72, 600, "Shop calls Pay.")
    canvas.save()
    content = (tmp_path / "x.pdf").read_bytes()
    (tmp_path / "x.pdf").unlink()
    assert "password" in refused(tmp_path, "a.pdf", content)


def test_an_old_word_file_is_told(tmp_path: Path) -> None:
    assert "an old .doc" in refused(tmp_path, "a.docx", b"\xd0\xcf\x11\xe0" + bytes(99))


def test_pictures_of_pages_are_told(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "x.pdf"))
    canvas.rect(10, 10, 100, 100)
    canvas.showPage()
    canvas.save()
    content = (tmp_path / "x.pdf").read_bytes()
    (tmp_path / "x.pdf").unlink()
    assert "only pictures of pages" in refused(tmp_path, "a.pdf", content)


def test_a_converter_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(conversion, "TIME_LIMIT_S", 0.01)
    assert "took longer" in refused(tmp_path, "a.pdf", b"%PDF")


def test_at_most_a_hundred_are_converted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("buttress.sources.MAX_CONVERTED", 1)
    word_file(tmp_path, "a.docx")
    word_file(tmp_path, "b.docx")
    collected = collect([tmp_path])
    assert ([s.path for s in collected.sources], collected.skipped) == (["a.docx"], ("b.docx",))
    assert "Name the ones that count" in collected.diagnostics[0].reason


def test_the_converter_is_loaded_into_a_process_of_its_own(tmp_path: Path) -> None:
    pdf_file(tmp_path)
    before = set(sys.modules)
    assert len(collect([tmp_path]).sources) == 2
    assert not {m.partition(".")[0] for m in set(sys.modules) - before} & {"pdfplumber", "pdfminer"}
