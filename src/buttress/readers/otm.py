"""Open Threat Model.

JSON and YAML with `otmVersion`.

- **Reads** components with their type and tags, trust zones (boundaries, nested), data flows with their names and tags; `bidirectional`;
  the spelling of the first drafts too (`trustzones`, `from` and `to`, a parent by its id alone).
- **Complete about** nothing.
- **Doesn't read** threats, mitigations, assets, risks and representations.
"""

from __future__ import annotations

from buttress.drawings import Drawing, Edge, Group, Head, Place, assemble_models
from buttress.drawings.facts import facts_of
from buttress.drawings.icons import icon_words
from buttress.evidence.lines import Node as Value
from buttress.model import Fragment, Source

_ACTORS = frozenset(("actor", "user", "person", "human"))
MAX_DEPTH = 30


def read(sources: tuple[Source, ...]) -> Fragment:
    """Return the components, data flows and trust zones of all threat models of one system.

    >>> text = '{"otmVersion": "0.2.0", "components": [{"id": "a", "name": "Shop", "type": "web-service"}]}'
    >>> [c.name for c in read((Source("shop.otm", text),)).components]
    ['Shop']
    """
    return assemble_models(sources, "otm", _drawing)


def _drawing(root: Value) -> Drawing:
    out = Drawing(root.source.path, "model", root.line)
    parents: dict[str, str] = {}
    for zone in (*root.list("trustZones"), *root.list("trustzones")):
        id_, above = zone.text("id"), zone.text("parent", "trustZone") or zone.text("parent")
        if id_:
            name = zone.text("name") or id_
            out.groups[id_] = Group(
                id_, name, Place.of(zone.get("name") or zone.get("id")), above or None, "trust"
            )
    for part in root.list("components"):
        id_ = part.text("id")
        if not id_:
            continue
        node = out.node(id_, Place.of(part.get("name") or part.get("id")))
        node.label = part.text("name") or id_
        sort = part.text("type").lower()
        node.technology = ", ".join(filter(None, (_words(sort), *(tag.raw for tag in part.list("tags")))))
        node.facts = tuple(
            fact for tag in part.list("tags")
            for fact in facts_of(tag.raw, Place.of(tag).evidence(out.path), owner="component")
        )  # fmt: skip
        node.kind = "actor" if sort in _ACTORS else "library_or_module" if sort.startswith("code") else None
        node.shape = "cylinder" if "database" in sort or sort.endswith("-db") else "rect"
        above = part.text("parent")  # an id alone may be one of either sort
        node.group = part.text("parent", "trustZone") or (above if above in out.groups else None)
        parents[id_] = part.text("parent", "component") or above
    for id_, node in out.nodes.items():
        at, steps = parents.get(id_, ""), 0
        while node.group is None and at in out.nodes and steps < MAX_DEPTH:
            node.group, at, steps = out.nodes[at].group, parents.get(at, ""), steps + 1
    for flow in root.list("dataflows"):
        source = flow.text("source") or flow.text("from")
        target = flow.text("destination") or flow.text("to")
        if source not in out.nodes or target not in out.nodes:
            out.note(flow.line, f"a data flow with an end that is no component: {(source, target)}"[:120])
            continue
        label, tags = flow.text("name"), ", ".join(tag.raw for tag in flow.list("tags") if tag.raw)
        label = "" if label.replace(" ", "").lower() in ("dataflow", "flow") else label
        both = flow.get("bidirectional")
        head: Head = "both" if both is not None and both.value is True else "forward"
        place = Place.of(flow.get("name") or flow)
        out.edges.append(Edge(source, target, place, label, tags, head=head))
        if out.full(flow.line):
            break
    return out


def _words(sort: str) -> str:
    """Return a type as the technology that it is called after, else as words; a catalogue's number says nothing."""
    return "" if sort.startswith("cd-") else icon_words(sort, hosted=False)
