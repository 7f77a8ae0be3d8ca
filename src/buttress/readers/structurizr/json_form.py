"""A Structurizr workspace as JSON, as its tools export it."""

from __future__ import annotations

from buttress.drawings import Place
from buttress.evidence.lines import Node, documents
from buttress.model import Diagnostic, Source
from buttress.readers.structurizr.model import Element, Instance, Relation, Workspace

MAX_DEPTH = 20
MAX_INSTANCES = 2000  # to which relations may lead


def read_json(source: Source) -> tuple[Workspace, tuple[Diagnostic, ...]]:
    """Return the workspace in a JSON text, and what couldn't be read.

    >>> text = '{"model": {"people": [{"id": "1", "name": "User"}], "softwareSystems": []}}'
    >>> [e.name for e in read_json(Source("workspace.json", text))[0].elements.values()]
    ['User']
    """
    found, problems = documents(source)
    space = Workspace(source.path, source.first_line)
    for root in found[:1]:
        for person in root.list("model", "people"):
            _add(space, person, "person", None)
        for system in root.list("model", "softwareSystems"):
            _add(space, system, "softwaresystem", None)
        for custom in root.list("model", "customElements"):
            _add(space, custom, "element", None)
        for node in root.list("model", "deploymentNodes"):
            _deployment(space, node, None, 0)
        for style in root.list("views", "configuration", "styles", "elements"):
            if style.text("tag") and style.text("shape"):
                space.shapes[style.text("tag").lower()] = style.text("shape").lower()
    known = {*space.elements, *(i.id for i in space.instances[:MAX_INSTANCES])}
    space.relations = [r for r in space.relations if r.source in space.elements and r.target in known]
    return space, problems


def _add(space: Workspace, node: Node, sort: str, parent: str | None) -> None:
    id_ = node.text("id")
    if not id_ or not node.text("name"):
        return
    group = node.text("group")
    if group:
        key = f"group {group} in {parent or ''}"
        space.elements.setdefault(
            key, Element(key, "group", group, Place.of(node.get("group"), node), parent)
        )
        parent = key
    element = Element(id_, sort, node.text("name"), Place.of(node.get("name"), node), parent)
    element.description, element.technology = node.text("description"), node.text("technology")
    tags = node.text("tags")
    if node.text("location") == "External":
        tags += ",External"
    element.tags = tuple(t.strip() for t in tags.split(",") if t.strip())
    for key, value in node.items("properties"):
        if value.raw:
            element.properties.append((key, value.raw, Place.of(value)))
    space.elements[id_] = element
    _relations(space, node)
    for inner, key in (("container", "containers"), ("component", "components")):
        for child in node.list(key):
            _add(space, child, inner, id_)


def _relations(space: Workspace, node: Node) -> None:
    for relation in node.list("relationships"):
        if relation.text("linkedRelationshipId"):
            continue
        tags = tuple(
            t.strip() for t in f"{relation.text('tags')},{relation.text('interactionStyle')}".split(",")
        )
        source = relation.text("sourceId") or node.text("id")
        target, said = relation.text("destinationId"), relation.text("description")
        here = Place.of(relation.get("description"), relation.get("destinationId"), relation)
        space.relations.append(Relation(source, target, here, said, relation.text("technology"), tags))


def _deployment(space: Workspace, node: Node, parent: str | None, depth: int) -> None:
    id_ = node.text("id")
    if not id_ or depth > MAX_DEPTH:
        return
    element = Element(
        id_,
        "deploymentnode",
        node.text("name"),
        Place.of(node.get("name"), node),
        parent,
        environment=node.text("environment"),
    )
    element.technology, element.instances = node.text("technology"), node.text("instances")
    if element.instances == "1":
        element.instances = ""  # what the tools write where nobody said a number
    space.elements[id_] = element
    for child in node.list("children"):
        _deployment(space, child, id_, depth + 1)
    for infrastructure in node.list("infrastructureNodes"):
        _add(space, infrastructure, "infrastructurenode", id_)
        if infrastructure.text("id") in space.elements:
            space.elements[infrastructure.text("id")].environment = element.environment
    for key, of in (("containerInstances", "containerId"), ("softwareSystemInstances", "softwareSystemId")):
        for instance in node.list(key):
            place = Place.of(instance.get(of), instance)
            space.instances.append(Instance(instance.text("id"), instance.text(of), id_, place))
            _relations(space, instance)
