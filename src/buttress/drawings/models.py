"""Models written as YAML or JSON: a text of each is one drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from buttress.drawings.assembly import assemble
from buttress.drawings.drawing import Drawing
from buttress.evidence import lines
from buttress.model import Diagnostic, Fragment, Source


def assemble_models(
    sources: Iterable[Source], reader: str, drawn: Callable[[lines.Node], Drawing]
) -> Fragment:
    """Return the fragment of models, one a source: `drawn` makes a drawing of its root.

    >>> assemble_models([Source("a.json", "{}")], "otm", lambda root: Drawing("a.json", "model", root.line)).reader
    'otm'
    """
    diagnostics: list[Diagnostic] = []
    drawings = []
    for source in sources:
        found, problems = lines.documents(source)
        diagnostics += problems
        drawings += [drawn(root) for root in found[:1]]
    return assemble(drawings, reader, diagnostics)
