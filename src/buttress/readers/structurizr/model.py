"""A Structurizr workspace before it is believed: elements, relations, instances; and the drawings that it amounts to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from buttress.drawings import Drawing, Edge, Group, Node, Place
from buttress.drawings.facts import facts_of, status_of
from buttress.drawings.kinds import boundary_kind, is_external, is_store
from buttress.model import Fact

_ACROSS = {"zone": "multi_zone", "region": "multi_region"}
_SHAPES = {"cylinder": "cylinder", "bucket": "cylinder", "pipe": "queue"}
_FRONTENDS = frozenset(("webbrowser", "window", "mobiledeviceportrait", "mobiledevicelandscape"))
_LIVE = re.compile(r"\b(?:live|prod|production)\b", re.IGNORECASE)
_BUILT_IN = frozenset(
    ("element", "relationship", "person", "software system", "container", "component", "infrastructure node")
)


@dataclass(slots=True)
class Element:
    """A person, software system, container, component, group, custom element, deployment or infrastructure node."""

    id: str
    sort: str
    name: str
    place: Place
    parent: str | None = None
    description: str = ""
    technology: str = ""
    tags: tuple[str, ...] = ()
    properties: list[tuple[str, str, Place]] = field(default_factory=list)
    instances: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """An arrow from one element to another."""

    source: str
    target: str
    place: Place
    description: str = ""
    technology: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instance:
    """An element that runs on a deployment node."""

    id: str
    of: str
    on: str
    place: Place


@dataclass(slots=True)
class Workspace:
    """All that a workspace says of the model; ids are unique within it."""

    path: str
    line: int
    elements: dict[str, Element] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    instances: list[Instance] = field(default_factory=list)
    shapes: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[int, str]] = field(default_factory=list)

    def above(self, id_: str) -> list[Element]:
        """Return an element and all that it lies in, innermost first."""
        out: list[Element] = []
        at: str | None = id_
        while at is not None and at in self.elements and len(out) < 40:
            out.append(self.elements[at])
            at = self.elements[at].parent
        return out


def drawings_of(space: Workspace) -> tuple[Drawing, ...]:
    """Return the model as one drawing and what is deployed where as another.

    Components of the fourth level are parts of their container; a system that has containers is a frame around them, and a relation
    with one that has a single container is one with that.
    """
    model = Drawing(space.path, "model", space.line)
    for line, reason in space.notes:
        model.note(line, reason)
    parts = _parts(space)
    containers: dict[str, list[str]] = {}
    for element in space.elements.values():
        if element.sort == "container":
            for system in _system(space, element.id):
                containers.setdefault(system, []).append(element.id)
    has_containers = set(containers)
    parts.update({system: inside[0] for system, inside in containers.items() if len(inside) == 1})
    for element in space.elements.values():
        if element.sort in ("softwaresystem", "group") and (
            element.sort == "group" or element.id in has_containers
        ):
            kind = "system" if element.sort == "softwaresystem" else boundary_kind(element.name)
            parent = next((e.id for e in space.above(element.id)[1:]), None)
            model.groups[element.id] = Group(element.id, element.name, element.place, parent, kind)
    for id_ in dict.fromkeys(parts.values()):
        element = space.elements[id_]
        if id_ not in has_containers and element.sort not in ("deploymentnode", "infrastructurenode"):
            node = _node(space, element, others=bool(has_containers) and element.sort == "softwaresystem")
            node.aliases = tuple(
                space.elements[s].name for s in _system(space, id_) if len(containers.get(s, ())) == 1
            )
            model.nodes[id_] = node
    _edges(space, model, parts, has_containers)
    deployed = _deployed(space, parts, has_containers)
    return (model, deployed) if deployed.nodes else (model,)


def _parts(space: Workspace) -> dict[str, str]:
    """Return the element that each element counts as: components of a container are the container."""
    out = {}
    for id_, element in space.elements.items():
        if element.sort in ("group", "deploymentnode"):
            continue
        container = next((e.id for e in space.above(id_) if e.sort == "container"), None)
        out[id_] = container if element.sort == "component" and container else id_
    return out


def _system(space: Workspace, id_: str) -> list[str]:
    return [e.id for e in space.above(id_)[1:] if e.sort == "softwaresystem"]


def _node(space: Workspace, element: Element, *, others: bool) -> Node:
    tags = [t for t in element.tags if t.lower() not in _BUILT_IN]
    shapes = [space.shapes[t.lower()] for t in element.tags if t.lower() in space.shapes]
    node = Node(
        element.id,
        element.place,
        element.name,
        technology=element.technology,
        description=element.description,
    )
    node.shape = next((_SHAPES[s] for s in shapes if s in _SHAPES), "rect")
    node.classes = {t.lower() for t in tags}
    if any(s in _FRONTENDS for s in (*shapes, *(t.lower().replace(" ", "") for t in tags))):
        node.classes.add("frontend")
    node.kind = "actor" if element.sort == "person" else None
    node.external = others or any(is_external(t) for t in tags)
    node.group = next(
        (e.id for e in space.above(element.id)[1:] if e.sort in ("group", "softwaresystem")), None
    )
    node.facts = tuple(
        fact for key, value, place in element.properties
        for fact in facts_of(f"{key}={value}", place.evidence(space.path), owner="component")
    ) or status_of(", ".join(tags), element.place.evidence(space.path))  # fmt: skip
    return node


def _edges(space: Workspace, model: Drawing, parts: dict[str, str], systems: set[str]) -> None:
    """Add the relations between what counts; one to a whole system adds nothing where one to a part of it is drawn."""
    known = {i.id: i.of for i in space.instances}
    live = _live(space)
    ends = [
        (parts.get(known.get(r.source, r.source)), parts.get(known.get(r.target, r.target)), r)
        for r in space.relations
    ]
    pairs = {(a, b) for a, b, _ in ends}
    wholes = {
        (x, y)
        for a, b in pairs
        if a and b
        for x in (a, *_system(space, a))
        for y in (b, *_system(space, b))
        if (x, y) != (a, b)
    }
    for source, target, relation in ends:
        if source is None or target is None or source == target:
            continue
        if source in systems or target in systems:
            if (
                (source, target) not in wholes
                and target not in _system(space, source)
                and source not in _system(space, target)
            ):
                reason = "a relation with a whole system; say with which of its containers to have it read"
                model.note(relation.place.line, reason, info=True)
            continue
        between = [space.elements[e] for e in (source, target)]
        if any(
            e.sort == "deploymentnode" or (e.sort == "infrastructurenode" and e.environment != live)
            for e in between
        ):
            continue
        asynchronous = any(t.lower() in ("async", "asynchronous") for t in relation.tags)
        model.edges.append(
            Edge(
                source,
                target,
                relation.place,
                relation.description,
                relation.technology,
                sync=False if asynchronous else None,
            )
        )
    for id_ in {e.source for e in model.edges} | {e.target for e in model.edges}:
        if id_ not in model.nodes:
            model.nodes[id_] = _node(space, space.elements[id_], others=False)


def _live(space: Workspace) -> str:
    """Return the environment that counts: production, else the last."""
    names = list(dict.fromkeys(e.environment for e in space.elements.values() if e.sort == "deploymentnode"))
    return next((n for n in names if _LIVE.search(n)), names[-1] if names else "")


def _deployed(space: Workspace, parts: dict[str, str], systems: set[str]) -> Drawing:
    """Return what runs where in production, or in the only environment that there is."""
    out = Drawing(space.path, "model", space.line)
    chosen = _live(space)
    nodes = {
        i: e for i, e in space.elements.items() if e.sort == "deploymentnode" and e.environment == chosen
    }
    holding = {i.on for i in space.instances}
    for id_, element in nodes.items():
        kind = boundary_kind(f"{element.name} {element.technology}")
        kind = "host" if kind == "group" and id_ in holding else kind
        out.groups[id_] = Group(id_, element.name, element.place, element.parent, kind)
    running: dict[str, list[Instance]] = {}
    for instance in space.instances:
        part = parts.get(instance.of)
        if part is not None and instance.on in nodes and part not in systems:
            running.setdefault(part, []).append(instance)
    for part, found in running.items():
        node = _node(space, space.elements[part], others=False)
        node.external = False
        node.place, node.key = found[0].place, f"deployed {part}"
        chains = [[e.id for e in space.above(i.on)] for i in found]
        node.group = next((id_ for id_ in chains[0] if all(id_ in chain for chain in chains)), None)
        node.facts = (*_copies(space, found), *_spread(space, found, out))
        hosts = (n for e in space.above(found[0].on) for n in (e.name, e.technology) if is_store(n))
        node.technology = node.technology or next(hosts, "")
        out.nodes[node.key] = node
    for id_, element in space.elements.items():
        if element.sort == "infrastructurenode" and element.environment == chosen:
            out.nodes[id_] = _node(space, element, others=False)
            out.nodes[id_].group = element.parent
    return out


def _copies(space: Workspace, found: list[Instance]) -> tuple[Fact, ...]:
    """Return how many instances run, where the workspace says it: in numbers, or by drawing several."""
    total, said = 0, None
    for instance in found:
        count = 1
        for node in space.above(instance.on):
            if node.instances and not node.instances.isdecimal():
                return ()
            if node.instances:
                count *= max(1, min(int(node.instances[:9]), 10_000))
                said = said or node.place
        total += count
    if said is None and len(found) < 2:
        return ()
    here = said or found[-1].place
    return (Fact("replicas", total, "stated", (here.evidence(space.path),)),)


def _spread(space: Workspace, found: list[Instance], out: Drawing) -> tuple[Fact, ...]:
    facts = []
    for kind, name in _ACROSS.items():
        places = {
            e.id
            for i in found
            for e in space.above(i.on)
            if e.id in out.groups and out.groups[e.id].kind == kind
        }
        if len(places) > 1:
            facts.append(Fact(name, True, "stated", tuple(i.place.evidence(space.path) for i in found[:4])))
    return tuple(facts)
