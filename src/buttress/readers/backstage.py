"""Backstage.

`catalog-info.yaml` and other YAML with `apiVersion: backstage.io/…`.

- **Reads** Components, Resources, APIs and Systems: `dependsOn`, `dependencyOf`, `providesApis` with `consumesApis` (who consumes an API calls
  who provides it), types, titles, `system` and `owner` (a fact and a team), `lifecycle` (`experimental`, `deprecated`). References are resolved among all
  files that are read; what a file refers to and no file describes is a component by its name; the contract that an API's `$text` names is
  joined with who provides it.
- **Complete about** nothing.
- **Doesn't read** templates, locations, users and groups, annotations and links, and Components that only are documentation.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace

from buttress.drawings import Drawing, Edge, Group, Place, assemble
from buttress.evidence.lines import Node as Value
from buttress.evidence.lines import documents
from buttress.model import Diagnostic, Evidence, Fact, Fragment, Source

_REFERENCE = re.compile(r"(?:(?P<kind>[\w-]+):)?(?:(?P<space>[\w.-]+)/)?(?P<name>[\w.-]+)$")
_KINDS = {"website": "web_frontend", "frontend": "web_frontend", "library": "library_or_module", "mobile-app": "web_frontend",
          "cli": "library_or_module", "worker": "worker", "gateway": "gateway"}  # fmt: skip
_NO_COMPONENT = frozenset(("documentation", "template", "techdocs", "other"))
_STORES = re.compile(r"database|\bdb\b|bucket|storage|table|\bstore\b", re.IGNORECASE)
_LIFECYCLES = {
    "experimental": "experimental",
    "deprecated": "legacy",
    "retired": "legacy",
    "end-of-life": "legacy",
    "planned": "planned",
}
_PROTOCOLS = {
    "openapi": "HTTP",
    "grpc": "gRPC",
    "graphql": "GraphQL",
    "trpc": "HTTP",
    "soap": "SOAP",
    "wsdl": "SOAP",
}
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Entity:
    key: Key
    value: Value


def read(sources: tuple[Source, ...]) -> Fragment:
    r'''Return the components that the entities of all catalog files describe, and what they depend on.

    >>> text = """apiVersion: backstage.io/v1alpha1
    ... kind: Component
    ... metadata: {name: orders}
    ... spec: {type: service, dependsOn: [resource:orders-db]}"""
    >>> [(f.source, f.kind, f.target) for f in read((Source("catalog-info.yaml", text),)).flows]
    [('orders', 'depends_on', 'orders-db')]
    '''
    entities: dict[Key, _Entity] = {}
    diagnostics: list[Diagnostic] = []
    for source in sources:
        found, problems = documents(source)
        diagnostics += problems
        for value in found:
            kind, name = value.text("kind").lower(), value.text("metadata", "name")
            if kind and name and value.text("apiVersion").startswith("backstage.io"):
                key = (kind, value.text("metadata", "namespace").lower() or "default", name.lower())
                entities.setdefault(key, _Entity(key, value))
    catalog = _Catalog(entities)
    catalog.run()
    drawings = [catalog.drawings[path] for path in sorted(catalog.drawings)]
    return replace(assemble(drawings, "backstage", diagnostics), tells_apart=True)


class _Catalog:
    """All entities of a system, and the drawing that each file of them amounts to."""

    def __init__(self, entities: dict[Key, _Entity]) -> None:
        self.entities = entities
        self.drawings: dict[str, Drawing] = {}
        self.providers: dict[Key, list[Key]] = {}

    def run(self) -> None:
        for entity in self.entities.values():
            for reference in entity.value.list("spec", "providesApis"):
                if api := _key(reference.raw, "api"):
                    self.providers.setdefault(api, []).append(entity.key)
        for entity in self.entities.values():
            if (
                entity.key[0] in ("component", "resource")
                and entity.value.text("spec", "type").lower() not in _NO_COMPONENT
            ):
                self._node(entity, self._drawing(entity), Place.of(entity.value.get("metadata", "name")))
                self._flows(entity)

    def _drawing(self, entity: _Entity) -> Drawing:
        path = entity.value.source.path
        return self.drawings.setdefault(path, Drawing(path, "model", entity.value.line))

    def _node(self, entity: _Entity, out: Drawing, place: Place) -> str:
        value, id_ = entity.value, ":".join(entity.key)
        own = out.path == value.source.path
        if id_ in out.nodes:
            return id_
        sort = value.text("spec", "type").lower()
        node = out.node(id_, place)
        node.label = value.text("metadata", "name")
        node.kind = _KINDS.get(sort)
        node.technology = sort.replace("-", " ") if entity.key[0] == "resource" else ""
        node.shape = "cylinder" if entity.key[0] == "resource" and _STORES.search(sort) else "rect"
        node.classes = {tag.raw.lower() for tag in value.list("metadata", "tags") if tag.raw}
        if title := value.text("metadata", "title"):
            node.aliases = (title,)
        if own:
            node.facts = (*_facts(value), *self._contracts(value))
            node.group = _group(value, out)
        return id_

    def _contracts(self, value: Value) -> tuple[Fact, ...]:
        """Return which files among the sources hold the contracts of the interfaces that a component offers."""
        found: dict[str, Evidence] = {}
        for reference in value.list("spec", "providesApis"):
            api = self.entities.get(_key(reference.raw, "api") or ("", "", ""))
            text = api.value.get("spec", "definition", "$text") if api is not None else None
            if api is None or text is None or "://" in text.raw or text.raw.startswith("/"):
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(api.value.source.path), text.raw))
            found.setdefault(path, Place.of(text).evidence(api.value.source.path))
        return (Fact("contract_files", tuple(found), "stated", tuple(found.values())),) if found else ()

    def _stub(self, key: Key, reference: Value, out: Drawing) -> str:
        """Return the node of what a reference means, described where it is described, else by its name only."""
        place = Place.of(reference)
        known = self.entities.get(key)
        if known is not None:
            own = out.path == known.value.source.path
            return self._node(known, out, Place.of(known.value.get("metadata", "name")) if own else place)
        id_ = ":".join(key)
        node = out.node(id_, place)
        found = _REFERENCE.match(reference.raw.strip())
        node.label = node.label or (found["name"] if found else key[2])
        return id_

    def _flows(self, entity: _Entity) -> None:
        out, own = self._drawing(entity), ":".join(entity.key)
        for field, turned in (("dependsOn", False), ("dependencyOf", True)):
            for reference in entity.value.list("spec", field):
                key = _key(reference.raw, "component")
                if key is None or key[0] not in ("component", "resource", "api"):
                    continue
                for target in self._behind(key, reference, out):
                    ends = (target, own) if turned else (own, target)
                    out.edges.append(Edge(*ends, Place.of(reference), "depends_on"))
        for reference in entity.value.list("spec", "consumesApis"):
            api = _key(reference.raw, "api")
            if api is None:
                continue
            known = self.entities.get(api)
            sort = known.value.text("spec", "type").lower() if known else ""
            label = "calls" if sort in _PROTOCOLS else "depends_on"
            for target in self._behind(api, reference, out):
                if target != own:
                    out.edges.append(Edge(own, target, Place.of(reference), label, _PROTOCOLS.get(sort, "")))

    def _behind(self, key: Key, reference: Value, out: Drawing) -> list[str]:
        """Return the nodes that a reference means: who provides an API, else the thing itself."""
        providers = self.providers.get(key, []) if key[0] == "api" else []
        return [self._stub(p, reference, out) for p in providers[:8]] or [self._stub(key, reference, out)]


def _key(reference: str, kind: str) -> Key | None:
    found = _REFERENCE.match(reference.strip())
    if found is None:
        return None
    return ((found["kind"] or kind).lower(), (found["space"] or "default").lower(), found["name"].lower())


def _facts(value: Value) -> tuple[Fact, ...]:
    facts = []
    if owner := _owner(value):
        facts.append(
            Fact(
                "owner", owner, "stated", (Place.of(value.get("spec", "owner")).evidence(value.source.path),)
            )
        )
    status = _LIFECYCLES.get(value.text("spec", "lifecycle").lower())
    if status:
        here = Place.of(value.get("spec", "lifecycle")).evidence(value.source.path)
        facts.append(Fact("status", status, "stated", (here,)))
    return tuple(facts)


def _owner(value: Value) -> str:
    found = _REFERENCE.match(value.text("spec", "owner").strip())
    return found["name"] if found else ""


def _group(value: Value, out: Drawing) -> str | None:
    """Return the frame of an entity: its system, within the team that owns it."""
    team, system = _owner(value), _REFERENCE.match(value.text("spec", "system").strip())
    key = None
    if team:
        key = f"team {team}"
        out.groups.setdefault(key, Group(key, team, Place.of(value.get("spec", "owner")), None, "team"))
    if system:
        inner = f"system {system['name']} of {team}"
        out.groups.setdefault(
            inner, Group(inner, system["name"], Place.of(value.get("spec", "system")), key, "system")
        )
        key = inner
    return key
