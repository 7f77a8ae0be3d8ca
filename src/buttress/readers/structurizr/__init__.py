"""Structurizr.

Workspaces in the Structurizr DSL (`.dsl`, ```` ```structurizr ````) and as JSON (`workspace.json`).

- **Reads** the model: people, software systems, containers, relations with their technology, groups, custom elements, archetypes,
  properties (`"replicas" "3"`), constants, `!include` and `extends` of files that are read too, identifiers of both sorts; the shapes that
  styles give to tags (`Cylinder`, `Pipe`); of deployments the production environment: nodes become boundaries, instances numbers of replicas,
  infrastructure components. A system that has containers is a frame around them; one without is external where others have some.
  Components are parts of their container.
- **Complete about** nothing: a relation that isn't drawn proves nothing.
- **Doesn't read** views, documentation, decisions, scripts and plugins. A relation with a whole system that has containers is left out, with a
  remark, when none with its containers is drawn.
"""

from __future__ import annotations

import re

from buttress.drawings import Drawing, assemble
from buttress.model import Diagnostic, Fragment, Source
from buttress.readers.structurizr.dsl import read_dsl
from buttress.readers.structurizr.json_form import read_json
from buttress.readers.structurizr.model import drawings_of

__all__ = ["read"]

_WORKSPACE = re.compile(r"^[ \t]*workspace\b", re.MULTILINE | re.IGNORECASE)
_PART = re.compile(
    r"^[ \t]*(?:model|!element|\w+\s*=\s*(?:softwareSystem|person|container|group))\b",
    re.MULTILINE | re.IGNORECASE,
)


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the components, flows and boundaries of all workspaces of one system.

    >>> text = 'workspace {\n model {\n s = softwareSystem "S" {\n a = container "Shop"\n b = container "Orders DB"\n a -> b "Reads"\n}\n}\n}'
    >>> [(f.source, f.kind, f.target) for f in read((Source("a.dsl", text),)).flows]
    [('shop', 'reads', 'orders-db')]
    """
    files = {s.path: s for s in sources if s.path.lower().endswith(".dsl") and not s.language}
    diagnostics: list[Diagnostic] = []
    drawings: list[Drawing] = []
    for source in sources:
        if source.text.lstrip().startswith("{"):
            space, problems = read_json(source)
            diagnostics += problems
        elif _WORKSPACE.search(source.text) or (source.language and _PART.search(source.text)):
            space = read_dsl(source, files)
        else:
            reason = "a part of a workspace; it is read where a workspace includes it"
            diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
            continue
        drawings += drawings_of(space)
    return assemble(drawings, "structurizr", diagnostics)
