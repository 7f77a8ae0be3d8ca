"""Documents.

Markdown, reStructuredText, AsciiDoc, HTML (exported wiki pages too) and plain text; with the extra `documents` (`pip install 'buttress[documents]'`)
Word files (`.docx`) and PDF, whose evidence names the page: `design.pdf#page=3:12` is line 12 of the text of page 3, in a Word file a line is a
paragraph or a row. Licences, changelogs, notes on upgrades, lists of requirements and the pages of a web application are left out.

- **Reads** headings, paragraphs, lists, tables, admonitions and what is written in place of a picture, as passages with their lines; blocks of code,
  what stands between `@startuml` and `@enduml`, and drawings in links (mermaid.ink, PlantUML servers, Kroki) go to the other readers. From the
  passages it takes components, flows, facts (timeouts, replicas, rates, owners …) and what is said of each review topic: addressed, planned, a problem,
  missing.
- **Complete about** nothing.
- **Doesn't read** pictures (in Markdown not their texts either, mostly badges), scanned pages, languages other than English (technology names
  are still found), drawings under alternatives ("Option 2", "Rejected designs"), and files that a document includes: a remark says so (`--verbose`),
  and one under the paths that you name is read by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from buttress.model import Diagnostic, Fragment, Passage, Source
from buttress.readers.documents.asciidoc import read_asciidoc
from buttress.readers.documents.blocks import Document, without_drawings
from buttress.readers.documents.html import read_html
from buttress.readers.documents.links import drawings_in
from buttress.readers.documents.markdown import read_markdown
from buttress.readers.documents.paragraphs import read_paragraphs
from buttress.readers.documents.rst import read_rst

__all__ = ["read"]

Syntax = Callable[[Source], Document]

_BY_NAME: tuple[tuple[str, Syntax], ...] = (
    (".rst", read_rst),
    (".txt", read_rst),
    (".adoc", read_asciidoc),
    (".asciidoc", read_asciidoc),
    (".asc", read_asciidoc),
    (".html", read_html),
    (".htm", read_html),
    (".xhtml", read_html),
)
_PAGED = re.compile(r".*\.(docx|pdf#page=\d+)", re.IGNORECASE)
_PAGE = re.compile(r"\s*(<\?xml[^>]{0,200}>\s*)?<(!doctype html|html)\b", re.IGNORECASE)
RST_MARKS = (
    3  # so many roles, directives and link targets make a document reStructuredText whatever its ending
)
_RST_MARKS = re.compile(
    r":(?:ref|doc|term|mod|class|func|meth|envvar):`|^\.\. (?:_[\w -]+:|[\w-]+::)", re.MULTILINE
)


def syntax_of(source: Source) -> Syntax:
    r"""Return what reads the syntax that a document is written in: by its ending, and by its marks where that says little.

    >>> syntax_of(Source("a.adoc", "= Shop")).__name__, syntax_of(Source("<stdin>", "<!DOCTYPE html><p>Shop")).__name__
    ('read_asciidoc', 'read_html')
    """
    name = source.name.lower()
    if _PAGED.fullmatch(name):
        return read_paragraphs
    for ending, syntax in _BY_NAME:
        if name.endswith(ending):
            return syntax
    if _PAGE.match(source.text):
        return read_html
    marks = sum(1 for _ in islice(_RST_MARKS.finditer(source.text), RST_MARKS))
    return read_rst if marks >= RST_MARKS else read_markdown


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the passages of all documents, and their fenced blocks as sources of their own.

    >>> fragment = read((Source("a.md", "# Shop\n\nIt sells.\n\n```mermaid\ngraph LR\n```\n"),))
    >>> [(p.form, p.line, p.text) for p in fragment.passages], fragment.nested[0].first_line
    ([('heading', 1, 'Shop'), ('prose', 3, 'It sells.')], 6)
    """
    passages: list[Passage] = []
    nested: list[Source] = []
    diagnostics: list[Diagnostic] = []
    for source in sources:
        linked, problems = drawings_in(source)
        nested += linked
        diagnostics += problems
        syntax = syntax_of(source)
        if syntax is not read_html:
            source, loose = without_drawings(source)
            nested += loose
        document = syntax(source)
        first = len(passages)
        passages += [
            p if p.parent is None else replace(p, parent=p.parent + first) for p in document.passages
        ]
        nested += document.nested
        diagnostics += document.diagnostics
    return Fragment(
        "documents",
        passages=tuple(passages),
        nested=tuple(nested),
        diagnostics=tuple(diagnostics),
        tells_apart=False,
    )
