"""Templates of Azure's Resource Manager as resources: expressions worked out where they are literal, references kept where they aren't."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from buttress.cloud.values import HOLE, UNKNOWN, Place, Ref, Resource, Value
from buttress.evidence.lines import Node
from buttress.readers.azure.expressions import Call, Literal, parsed

MAX_DEPTH = 40
MAX_NESTED = 6
_DEPLOYMENT = "microsoft.resources/deployments"
_SETTINGS = "microsoft.web/sites/config"
_NO_BODY = (
    "type",
    "name",
    "apiversion",
    "dependson",
    "resources",
    "comments",
    "copy",
    "condition",
    "location",
    "existing",
)
_AS_IT_IS = ("tolower", "toupper", "trim", "string", "uri", "uricomponent", "tostring")
_NAMES_ONE = (
    "reference",
    "listkeys",
    "listaccountsas",
    "listservicesas",
    "list",
    "listconnectionstrings",
    "listadminkeys",
    "listsecrets",
)


@dataclass(slots=True)
class Template:
    """A template, the values that it is given, and the templates of the deployments in it."""

    node: Node
    group: str
    given: Mapping[str, Value] = field(default_factory=dict)
    around: Template | None = None  # whose parameters and variables its expressions mean
    deployments: dict[str, Template] = field(default_factory=dict)
    nesting: int = 0
    _working: set[str] = field(default_factory=set)
    _known: dict[str, Value] = field(default_factory=dict)
    _types: dict[str, str] | None = None  # of its resources by their names, once somebody asks

    def value(self, node: Node, depth: int = 0) -> Value:
        """Return the value of a node; expressions are worked out."""
        place = (Place(node.source, node.key_line),)
        if depth > MAX_DEPTH:
            return Value(UNKNOWN, place)
        if isinstance(node.value, dict):
            return Value({k: self.value(v, depth + 1) for k, v in node.value.items()}, place)
        if isinstance(node.value, list):
            return Value([self.value(v, depth + 1) for v in node.value], place)
        if isinstance(node.value, str) and node.value.startswith("["):
            made = parsed(node.value)
            if made is not None:
                return self._worked(made, place, depth + 1)
            return Value(node.value[1:] if node.value.startswith("[[") else UNKNOWN, place)
        return Value(node.value, place)

    def _worked(self, made: Literal | Call, place: tuple[Place, ...], depth: int) -> Value:
        if depth > MAX_DEPTH:
            return Value(UNKNOWN, place)
        if isinstance(made, Literal):
            return Value(made.value, place)
        if made.name in ("parameters", "variables") and len(made.arguments) == 1:
            first = made.arguments[0]
            name = str(first.value) if isinstance(first, Literal) else ""
            return _below(self._named(made.name, name, place, depth), made.steps, place)
        parts = [self._worked(a, place, depth + 1) for a in made.arguments[:50]]
        refs = tuple(dict.fromkeys(r for p in parts for r, _ in p.all_refs()))[:50]
        if made.name == "concat":
            return _joined(parts, place)
        if made.name == "format" and parts:
            return _formatted(parts[0].words(), parts[1:], place)
        if made.name in ("resourceid", "subscriptionresourceid"):
            return self._of_resource(parts, place, refs)
        if made.name in _NAMES_ONE and parts:
            found = parts[0].refs or self._called(parts[0].words())
            for ref in found if made.steps[:1] == ("outputs",) and len(made.steps) > 1 else ():
                inner = self._top().deployments.get(ref.address)
                output = inner.node.get("outputs", made.steps[1], "value") if inner is not None else None
                if inner is not None and output is not None:
                    return inner.value(output, depth + 1)
            return Value(UNKNOWN, place, tuple(found), HOLE)
        if made.name in _AS_IT_IS and len(parts) == 1:
            return parts[0]
        if made.name == "if" and len(parts) == 3 and parts[1].known and parts[1].data == parts[2].data:
            return parts[1]
        if made.name in ("uniquestring", "guid"):
            return Value(UNKNOWN, place, refs, "${unique}")
        return Value(UNKNOWN, place, refs, HOLE)

    def _named(self, sort: str, name: str, place: tuple[Place, ...], depth: int) -> Value:
        """Return a parameter or variable; one that only a deployment knows is a hole that is the same wherever it stands."""
        if self.around is not None:
            return self.around._named(sort, name, place, depth)
        hole = Value(UNKNOWN, place, (), f"${{{name}}}" if re.fullmatch(r"\w{1,80}", name) else HOLE)
        if sort == "parameters" and name in self.given:
            return self.given[name]
        key = f"{sort}/{name}"
        if key in self._known:
            return self._known[key]
        node = (
            self.node.get(sort, name, "defaultValue") if sort == "parameters" else self.node.get(sort, name)
        )
        if node is None or key in self._working or len(self._working) > MAX_DEPTH:
            return hole
        self._working.add(key)
        found = self.value(node, depth + 1)
        self._working.discard(key)
        unknown = not found.known and not found.refs and not found.text.replace(HOLE, "")
        self._known[key] = (
            hole if unknown else Value(found.data, (*place, *found.places)[:3], found.refs, found.text)
        )
        return self._known[key]

    def _of_resource(self, parts: Sequence[Value], place: tuple[Place, ...], refs: tuple[Ref, ...]) -> Value:
        words = [p.words() for p in parts]
        at = next((n for n, w in enumerate(words) if re.match(r"[\w.]+/", w)), None)
        if at is None or at + 1 >= len(words):
            return Value(UNKNOWN, place, refs, HOLE)
        type_, names = words[at], words[at + 1 :]
        found = [Ref(address_of(type_, "/".join(names)))]
        if type_.lower().endswith("/authorizationrules") and len(names) > 1:  # keys to what it is a rule of
            found.append(Ref(address_of(type_.rpartition("/")[0], "/".join(names[:-1]))))
        return Value(UNKNOWN, place, (*found, *refs), HOLE)

    def _called(self, name: str) -> tuple[Ref, ...]:
        """Return the resource that only its name, or the name that the template has for it, means."""
        if re.match(r"(?i)microsoft\.\w{1,60}/", name):  # its type stands before it, as in an address
            return (Ref(name.lower()),)
        top = self._top()
        symbolic = top.node.get("resources", name)
        if symbolic is not None:
            return (Ref(address_of(symbolic.text("type"), top._name(symbolic).words())),)
        if top._types is None:
            top._types = {}
            for node in _nodes(top.node):
                top._types.setdefault(top._name(node).words(), node.text("type"))
        return (Ref(address_of(top._types[name], name)),) if name and name in top._types else ()

    def _top(self) -> Template:
        return self.around._top() if self.around is not None else self

    def _name(self, node: Node) -> Value:
        named = node.get("name")
        return self.value(named) if named is not None else Value("")

    def resources(self, parent: tuple[str, str] = ("", ""), node: Node | None = None) -> Iterator[Resource]:
        """Yield the resources of the template, those inside others and those of deployments in it."""
        inside = node if node is not None else self.node
        found = list(_nodes(inside))
        deployed = [self._deployment(one) if node is None else None for one in found]
        for one, within in zip(found, deployed, strict=True):
            type_, name = one.text("type"), self._name(one)
            words = name.words()
            if parent[0] and not type_.lower().startswith("microsoft."):
                type_, words = f"{parent[0]}/{type_}", f"{parent[1]}/{words}"
            address = address_of(type_, words)
            if within is not None:
                yield from within.resources()
                continue
            if not type_ or one.get("existing") is not None:
                continue
            yield self._resource(one, type_, words, name, address)
            yield from self.resources((type_, words), one) if parent[0].count("/") < MAX_NESTED else ()

    def _deployment(self, node: Node) -> Template | None:
        inner = node.get("properties", "template")
        if node.text("type").lower() != _DEPLOYMENT or inner is None or self.nesting >= MAX_NESTED:
            return None
        scoped = node.text("properties", "expressionEvaluationOptions", "scope").lower() == "inner"
        given = {
            name: self.value(value)
            for name, parameter in node.items("properties", "parameters")
            if (value := parameter.get("value")) is not None
        }
        made = Template(inner, self.group, given, None if scoped else self, nesting=self.nesting + 1)
        self._top().deployments[address_of(_DEPLOYMENT, self._name(node).words())] = made
        return made

    def _resource(self, node: Node, type_: str, words: str, name: Value, address: str) -> Resource:
        place = Place(node.source, (node.get("type") or node).line)
        last = words.rpartition("/")[2]
        holes = re.findall(r"\$\{(\w+)\}", last)
        label = re.sub(r"\$\{\w*\}", " ", last).strip(" -_") or (
            re.sub(r"(?i)[-_]?name$", "", holes[0]) if holes else ""
        )
        body = {k: self.value(v) for k, v in node.items() if k.lower() not in _NO_BODY}
        known = HOLE not in last and "${" not in last
        data = {
            "type": Value(type_, (place,)), "body": Value(body, (place,)),
            "name": Value(last, name.places) if known else Value(UNKNOWN, name.places, (), last),
        }  # fmt: skip
        if (at := node.get("location")) is not None:
            data["location"] = self.value(at)
        above = type_.rpartition("/")[0]
        if above.count("/") >= 1 and "/" in words:
            data["parent_id"] = Value(UNKNOWN, (place,), (Ref(address_of(above, words.rpartition("/")[0])),))
        several = node.get("copy") is not None or node.get("condition") is not None
        return Resource(
            "azapi_resource",
            address,
            label,
            Value(data, (place,)),
            place,
            count=None if several else 1,
            group=self.group,
        )


def address_of(type_: str, name: str) -> str:
    """Return the address of a resource by its type and name, as Azure compares them.

    >>> address_of("Microsoft.Web/sites", "Shop")
    'microsoft.web/sites/shop'
    """
    return f"{type_}/{name}".lower()


def with_settings(resources: Sequence[Resource]) -> list[Resource]:
    """Return the resources, settings that are a resource of their own within the app whose settings they are.

    >>> with_settings([])
    []
    """
    apps = {r.address: r for r in resources}
    out = []
    for resource in resources:
        type_, parent = resource.get("type"), resource.get("parent_id")
        if type_ is None or type_.words().lower() != _SETTINGS or parent is None:
            out.append(resource)
            continue
        app = next((a for ref in parent.refs if (a := apps.get(ref.address)) is not None), None)
        given, body = resource.get("body.properties"), app.get("body") if app is not None else None
        label = resource.label.lower()
        if (
            label not in ("appsettings", "connectionstrings")
            or given is None
            or body is None
            or not isinstance(body.data, dict)
        ):
            continue
        if label == "connectionstrings" and isinstance(given.data, dict):
            given = Value({k: v.get("value") or v for k, v in given.data.items()}, given.places)
        _set(body, ("properties", "siteConfig"), given)
    return out


def _set(body: Value, path: Sequence[str], given: Value) -> None:
    node = body
    for key in path:
        assert isinstance(node.data, dict)
        inner = node.data.get(key)
        if inner is None or not isinstance(inner.data, dict):
            inner = node.data[key] = Value({}, given.places)
        node = inner
    assert isinstance(node.data, dict)
    old = node.data.get("appSettings")
    if old is not None and isinstance(old.data, dict) and isinstance(given.data, dict):
        given = Value({**old.data, **given.data}, given.places)
    node.data["appSettings"] = (
        Value([*old.data, given], old.places) if old is not None and isinstance(old.data, list) else given
    )


def _nodes(node: Node) -> Iterator[Node]:
    """Yield the nodes of resources, which stand in a list or under names."""
    inside = node.get("resources")
    if inside is not None and isinstance(inside.value, dict):
        yield from inside.value.values()
    elif inside is not None:
        yield from inside.list()


def _below(value: Value, steps: Sequence[str], place: tuple[Place, ...]) -> Value:
    for step in steps:
        if not value.known or not step:
            return Value(UNKNOWN, place, value.refs, HOLE)
        if isinstance(value.data, list) and step.isdigit() and int(step) < len(value.data):
            value = value.data[int(step)]
        else:
            found = value.get(step) if isinstance(value.data, dict) else None
            if found is None:
                return Value(UNKNOWN, place, (), HOLE)
            value = found
    return value


def _joined(parts: Sequence[Value], place: tuple[Place, ...]) -> Value:
    if any(isinstance(p.data, list | dict) for p in parts):
        return Value([x for p in parts for x in (p.data if isinstance(p.data, list) else [p])], place)
    refs = tuple(dict.fromkeys(r for p in parts for r in p.refs))[:50]
    text = "".join(p.words() if p.known else p.text or HOLE for p in parts)[:20_000]
    return Value(text, place, refs) if all(p.known for p in parts) else Value(UNKNOWN, place, refs, text)


def _formatted(pattern: str, parts: Sequence[Value], place: tuple[Place, ...]) -> Value:
    pieces: list[Value] = []
    at = 0
    for found in re.finditer(r"\{(\d{1,2})(?::[^{}]{0,20})?\}", pattern[:20_000]):
        pieces.append(Value(pattern[at : found.start()]))
        n = int(found[1])
        pieces.append(parts[n] if n < len(parts) else Value(UNKNOWN, place, (), HOLE))
        at = found.end()
    return _joined([*pieces, Value(pattern[at:20_000])], place)
