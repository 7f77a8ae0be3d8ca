"""Documents.

Markdown, reStructuredText and plain text; licences, changelogs and lists of requirements are left out.

- **Reads** headings, paragraphs, lists and tables as passages with their lines; fenced blocks, what stands between `@startuml` and
  `@enduml`, and drawings in links (mermaid.ink, PlantUML servers, Kroki) go to the other readers. From the passages it
  takes components, flows, facts (timeouts, replicas, rates, owners …) and what is said of each review topic: addressed, planned, a problem,
  missing.
- **Complete about** nothing.
- **Doesn't read** images, PDF and Word files, languages other than English (technology names are still found), and flows that only a
  picture shows.
"""

from __future__ import annotations

import re
from dataclasses import replace

from buttress.model import Diagnostic, Fragment, Passage, Source
from buttress.readers.markdown.blocks import Document, without_drawings
from buttress.readers.markdown.commonmark import read_markdown
from buttress.readers.markdown.links import drawings_in
from buttress.readers.markdown.rst import read_rst

__all__ = ["read"]

_RST = (".rst", ".txt")
RST_MARKS = (
    3  # so many roles, directives and link targets make a document reStructuredText whatever its ending
)
_RST_MARKS = re.compile(
    r":(?:ref|doc|term|mod|class|func|meth|envvar):`|^\.\. (?:_[\w -]+:|[\w-]+::)", re.MULTILINE
)


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
        source, loose = without_drawings(source)
        nested += loose
        rst = source.name.lower().endswith(_RST) or len(_RST_MARKS.findall(source.text)) >= RST_MARKS
        read_one = read_rst if rst else read_markdown
        document: Document = read_one(source)
        first = len(passages)
        passages += [
            p if p.parent is None else replace(p, parent=p.parent + first) for p in document.passages
        ]
        nested += document.nested
        diagnostics += document.diagnostics
    return Fragment(
        "markdown",
        passages=tuple(passages),
        nested=tuple(nested),
        diagnostics=tuple(diagnostics),
        tells_apart=False,
    )
