"""FINOS CALM.

JSON of the Common Architecture Language Model: `nodes` with `unique-id` and `relationships`.

- **Reads** nodes by type (actor, system, service, database, network, web client, LDAP …), relationships (`interacts`, `connects` with
  protocol and authentication, `deployed-in`, `composed-of`: boundaries), ports of interfaces, the product that metadata or the
  description of a store name.
- **Complete about** nothing.
- **Doesn't read** patterns, controls, flows of business steps, other metadata and data assets.
"""

from __future__ import annotations

import re

from buttress.drawings import Drawing, Edge, Group, Node, Place, assemble_models
from buttress.drawings.kinds import boundary_kind, technologies_in
from buttress.evidence.lines import Node as Value
from buttress.model import Fact, Fragment, Source
from buttress.vocabulary import load
from buttress.vocabulary.roles import role_of

_KINDS = {"actor": "actor", "webclient": "web_frontend", "ldap": "identity_provider"}
_FRAMES = {"network": "network", "ecosystem": "group", "system": "system"}
# Where the metadata of a node name what it is made with; the form leaves that to whoever writes it.
_MADE_WITH = ("database-type", "technology", "engine", "tech")
MAX_NODES = 64  # that one relationship names


def read(sources: tuple[Source, ...]) -> Fragment:
    """Return the components, flows and boundaries of all CALM architectures of one system.

    >>> node = '{"unique-id": "shop", "node-type": "service", "name": "Shop", "description": "Sells"}'
    >>> [c.name for c in read((Source("calm.json", '{"nodes": [' + node + '], "relationships": []}'),)).components]
    ['Shop']
    """
    return assemble_models(sources, "calm", _drawing)


def _drawing(root: Value) -> Drawing:
    out = Drawing(root.source.path, "model", root.line)
    nodes = {n.text("unique-id"): n for n in root.list("nodes") if n.text("unique-id")}
    relations = [
        (relation, kind, value) for relation in root.list("relationships") for kind, value in _forms(relation)
    ]
    inside: dict[str, str] = {}
    for _, kind, value in relations:
        if kind in ("deployed-in", "composed-of"):
            for node in [*value.list("nodes")][:MAX_NODES]:
                if kind == "deployed-in" or node.raw not in inside:
                    inside[node.raw] = value.text("container")
    frames = {
        c
        for c in inside.values()
        if nodes.get(c) is not None and nodes[c].text("node-type") in (*_FRAMES, "")
    }
    for id_, node in nodes.items():
        place, sort, name = (
            Place.of(node.get("name") or node.get("unique-id")),
            node.text("node-type"),
            node.text("name") or id_,
        )
        if id_ in frames or sort in ("network", "ecosystem"):
            kind = boundary_kind(name)
            out.groups[id_] = Group(
                id_, name, place, inside.get(id_), _FRAMES.get(sort, "group") if kind == "group" else kind
            )
        elif sort != "data-asset":
            out.nodes[id_] = _node(id_, name, sort, place, node)
    for id_, drawn in out.nodes.items():
        at, steps = inside.get(id_), 0
        while at is not None and at not in out.groups and steps < 30:
            at, steps = inside.get(at), steps + 1
        drawn.group = at
    for relation, kind, value in relations:
        _connect(out, relation, kind, value)
        if out.full(relation.line):
            break
    return out


def _node(id_: str, name: str, sort: str, place: Place, value: Value) -> Node:
    node = Node(id_, place, name)
    node.kind = _KINDS.get(sort)
    misread = {"service": ("data_store", "actor"), "system": ("actor",)}  # `Storage layer`, `API consumer`
    if role_of(name) in misread.get(sort, ()) and not technologies_in(name):
        node.kind = "service"  # the model has a type of its own for stores and for people
    node.shape = "cylinder" if sort == "database" else "rect"
    node.description = value.text("description")
    node.technology = next((t for k in _MADE_WITH if (t := value.text("metadata", k) or value.text(k))), "")
    if not node.technology and sort == "database" and not technologies_in(name):
        node.technology = _leading_technology(node.description)
    for interface in value.list("interfaces"):
        port = interface.get("port")
        if port is not None and re.fullmatch(r"\d{1,5}", port.raw) and not node.facts:
            node.facts = (
                Fact("port", int(port.raw), "stated", (Place.of(port).evidence(value.source.path),)),
            )
    return node


def _leading_technology(description: str) -> str:
    """Return the product with which the description of a store begins: "PostgreSQL database that holds …"."""
    words = description.split()
    first = next((" ".join(words[:n]) for n in (3, 2, 1) if load().technology(" ".join(words[:n]))), "")
    return first


def _forms(relation: Value) -> list[tuple[str, Value]]:
    """Return what a relationship says, in the form of the current and of earlier versions."""
    holder = relation.get("relationship-type") or relation
    return [(k, v) for k, v in holder.items() if k in ("interacts", "connects", "deployed-in", "composed-of")]


def _connect(out: Drawing, relation: Value, kind: str, value: Value) -> None:
    protocol = relation.text("protocol")
    said = relation.text("description")
    label = said if len(said.split()) <= 8 else ""
    facts: tuple[Fact, ...] = ()
    if authentication := relation.get("authentication"):
        facts = (
            Fact(
                "authentication", authentication.raw, "stated", (Place.of(authentication).evidence(out.path),)
            ),
        )
    if kind == "connects":
        pairs = [(value.text("source", "node"), value.text("destination", "node"))]
        place = Place.of(relation.get("description"), value.get("destination", "node"), relation)
    elif kind == "interacts":
        pairs = [(value.text("actor"), node.raw) for node in [*value.list("nodes")][:MAX_NODES]]
        place = Place.of(relation.get("description"), value.get("actor"), relation)
    else:
        return
    for source, target in pairs:
        known = {*out.nodes, *out.groups}
        if source not in known or target not in known:
            out.note(relation.line, f"a relationship with an end that is no node: {(source, target)}"[:120])
        else:
            out.edges.append(Edge(source, target, place, label, protocol, facts=facts))
