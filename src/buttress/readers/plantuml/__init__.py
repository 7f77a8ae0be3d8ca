"""PlantUML.

`.puml`, `.plantuml`, `.iuml`, `.pu`, `.wsd`, ```` ```plantuml ```` blocks and whatever stands between `@startuml` and `@enduml` in
documents; links to a PlantUML or Kroki server that hold a drawing.

- **Reads** component, deployment and sequence diagrams, and C4-PlantUML by its macros (`Container`, `ContainerDb`, `System_Ext`, `Rel`,
  `Deployment_Node` …). Elements become components by their words, keyword and stereotype; `package`, `node` and other frames boundaries; what
  lies in a `database` belongs to it; an arrow to an interface goes to the component that offers it; answers in sequences (`-->`, `return`)
  say that the caller waits. `!define`, `!procedure` and `$variables` are filled in; of files that are read too, an `!include` brings the names;
  the elements of the icon libraries (`<awslib/…>`, `<azure/…>`, `<tupadr3/…>`) count by their macros' names.
- **Complete about** nothing: an arrow that isn't drawn proves nothing.
- **Doesn't read** class, object, state, activity, use case, entity, timing, network, Gantt and mind-map diagrams; it says so in a remark
  (`--verbose`). Notes, legends, styles and `skinparam` are passed over; loops and conditions of the preprocessor aren't run: all of
  their lines are read.
"""

from __future__ import annotations

import posixpath
import re

from buttress.drawings import Drawing, Node, assemble
from buttress.model import Diagnostic, Fragment, Source
from buttress.readers.plantuml.boxes import read_boxes
from buttress.readers.plantuml.rows import Block, blocks
from buttress.readers.plantuml.sequence import read_sequence
from buttress.readers.plantuml.sorts import sort_of

__all__ = ["read"]

MAX_INCLUDES = 4
_READERS = {"boxes": read_boxes, "sequence": read_sequence}


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the components, flows and boundaries that the PlantUML diagrams of one system draw.

    >>> fragment = read((Source("a.puml", "@startuml\n[Shop] --> [Orders DB] : reads\n@enduml"),))
    >>> [(f.source, f.kind, f.target) for f in fragment.flows]
    [('shop', 'reads', 'orders-db')]
    """
    diagnostics: list[Diagnostic] = []
    files = [(source, blocks(source, diagnostics)) for source in sources]
    by_path = {source.path: found for source, found in files if not source.language}
    drawings: list[Drawing] = []
    for source, found in files:
        for block in found:
            sort = sort_of(block)
            if sort in _READERS:
                known = _included(source.path, block, by_path)
                drawings.append(_READERS[sort](block, source.path, known))
                continue
            reason = f"not an architecture diagram ({sort}); nothing was read from it"
            diagnostics.append(Diagnostic(source.path, block.line, reason, "info"))
    return assemble(drawings, "plantuml", diagnostics)


def _included(path: str, block: Block, files: dict[str, list[Block]], depth: int = 0) -> dict[str, Node]:
    """Return the elements that the files which a diagram includes declare, of those files that are read too."""
    out: dict[str, Node] = {}
    for include in block.includes:
        name = re.sub(r"!\w+$", "", include.strip().strip('"'))
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if target == path or depth >= MAX_INCLUDES:
            continue
        for other in files.get(target, ()):
            out.update(_included(target, other, files, depth + 1))
            if other.sort in ("uml", "c4"):
                nodes = read_boxes(other, target, {}).nodes
                out.update({k: n for k, n in nodes.items() if n.label is not None})
    return out
