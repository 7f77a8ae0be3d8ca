"""Modules: the files of a folder, their variables, locals, outputs and calls, and the resources that they come to."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from buttress.cloud.values import HOLE, UNKNOWN, Place, Ref, Resource, Value
from buttress.names import singular
from buttress.readers.terraform.evaluate import Budget, Evaluator, Names, Step, descend, entries
from buttress.readers.terraform.expand import expanded
from buttress.readers.terraform.registry import type_of_module
from buttress.readers.terraform.syntax import Attribute, Block

MAX_INSTANCES = 50
MAX_RESOURCES = 20_000
MAX_CALL_DEPTH = 12
# Attributes by whose value a resource is named elsewhere.
_SPOKEN = frozenset(("name", "identifier", "family", "function_name", "bucket", "location"))
_NAMED_BY = {"azurecaf_name": {"result": "name"}}  # what makes names of a word that is given to it
_META = frozenset(
    ("count", "for_each", "provider", "depends_on", "lifecycle", "providers", "source", "version")
)
_OF_MODULES = frozenset(("source", "version"))  # to a resource they are attributes like others


@dataclass(slots=True)
class Folder:
    """All blocks of the Terraform files in one folder."""

    path: str
    resources: dict[str, Block] = field(default_factory=dict)
    variables: dict[str, Block] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    providers: list[Block] = field(default_factory=list)

    def add(self, file: Block) -> None:
        """Add the blocks of a file."""
        for block in file.blocks:
            if block.type == "resource" and len(block.labels) == 2:
                self.resources.setdefault(".".join(block.labels), block)
            elif block.type == "data" and len(block.labels) == 2:
                self.resources.setdefault("data." + ".".join(block.labels), block)
            elif block.type == "variable" and block.labels:
                self.variables.setdefault(block.labels[0], block)
            elif block.type == "output" and block.labels:
                self.outputs.setdefault(block.labels[0], block)
            elif block.type == "locals":
                for name, attribute in block.attributes.items():
                    self.locals.setdefault(name, attribute)
            elif block.type == "module" and block.labels:
                self.calls.setdefault(block.labels[0], block)
            elif block.type == "provider":
                self.providers.append(block)

    def folder_of(self, call: Block) -> str | None:
        """Return the folder that a call names by a relative path, None for modules from elsewhere."""
        source = source_of(call)
        if not source.startswith(("./", "../")):
            return None
        return posixpath.normpath(posixpath.join(self.path or ".", source)).removeprefix("./")


def source_of(call: Block, name: str = "source") -> str:
    """Return where a call says that its module comes from, or another attribute as it is written."""
    attribute = call.attributes.get(name)
    if attribute is None:
        return ""
    written = (attribute.value.node.text or b"").decode("utf-8", "replace").strip()
    return written.strip('"')


class Instance:
    """A module with the values that its caller gives it."""

    def __init__(
        self,
        folders: Mapping[str, Folder],
        folder: Folder,
        budget: Budget,
        *,
        inputs: Mapping[str, Value | Callable[[], Value]] | None = None,
        prefix: str = "",
        modules: tuple[str, ...] = (),
        group: str = "",
        region: Value | None = None,
    ) -> None:
        """Name the module's folder, its inputs, and where in the tree of calls it stands."""
        self.folders, self.folder, self.budget = folders, folder, budget
        self.inputs, self.prefix, self.modules, self.group = dict(inputs or {}), prefix, modules, group
        self.evaluator = Evaluator(self, budget)
        self._known: dict[str, Value] = {}
        self._working: set[str] = set()
        self._children: dict[str, dict[str, Instance]] = {}
        self.region = region or self._region()

    def _region(self, alias: str = "") -> Value | None:
        for provider in self.folder.providers:
            if alias != (source_of(provider, "alias")):
                continue
            at = provider.attributes.get("region") or (
                provider.attributes.get("location") if provider.labels[:1] == ("azurerm",) else None
            )
            if at is not None:
                return self.evaluator.value(at.value)
        return None

    # --- names

    def resolve(self, steps: list[Step], here: Place) -> Value:
        """Return what a path of names and keys means in this module."""
        names = [s for s in steps[:4] if isinstance(s, str)]
        first = str(steps[0])
        if first == "var" and len(names) > 1:
            return descend(self.variable(names[1]), steps[2:], here)
        if first == "local" and len(names) > 1:
            return descend(self._memo(f"local.{names[1]}", self.folder.locals.get(names[1])), steps[2:], here)
        if first == "module" and len(names) > 1:
            return self._call(names[1], steps[2:], here)
        if first in ("each", "count", "self", "path", "terraform"):
            return Value(UNKNOWN, (here,), (), HOLE)
        if first == "data" and len(names) > 2:
            return self._resource("data." + ".".join(str(s) for s in steps[1:3]), steps[3:], here)
        if len(steps) > 1 and isinstance(steps[1], str):
            return self._resource(f"{first}.{steps[1]}", steps[2:], here)
        return Value(UNKNOWN, (here,), (), HOLE)

    def _memo(self, key: str, attribute: Attribute | None) -> Value:
        if attribute is None:
            return Value(UNKNOWN, (), (), HOLE)
        return self._once(key, lambda: self.evaluator.value(attribute.value))

    def _once(self, key: str, work: Callable[[], Value]) -> Value:
        """Return a value that is worked out when it is first needed; UNKNOWN where it needs itself."""
        if key in self._known:
            return self._known[key]
        if key in self._working:
            return Value(UNKNOWN, (), (), HOLE)
        self._working.add(key)
        value = work()
        self._working.discard(key)
        self._known[key] = value
        return value

    def variable(self, name: str) -> Value:
        """Return the value of a variable: what the caller gives, else its default, else UNKNOWN."""
        given = self.inputs.get(name)
        if callable(given):
            given = self._once(f"input.{name}", given)
        if given is not None and not (given.known and given.data is None):
            return given
        block = self.folder.variables.get(name)
        value = self._memo(f"var.{name}", block.attributes.get("default") if block is not None else None)
        if not value.known and not value.refs and value.text in ("", HOLE):
            return Value(UNKNOWN, value.places, (), f"${{{self.prefix}var.{name}}}")
        return value

    def _resource(self, key: str, steps: list[Step], here: Place) -> Value:
        block = self.folder.resources.get(key)
        if block is None:
            return Value(UNKNOWN, (here,), (), HOLE)
        index = ""
        rest = list(steps)
        if rest and isinstance(rest[0], Value):
            index = rest[0].words()
            rest = rest[1:]
            index = (
                f'["{index}"]'
                if index and "${" not in index and index != "*"
                else "[*]"
                if index == "*"
                else "[?]"
            )
        elif "for_each" in block.attributes:
            index = "[*]"
        if index and "for_each" not in block.attributes:
            index = ""
        attribute = next((s for s in rest if isinstance(s, str)), "")
        ref = Ref(self.prefix + key + index, attribute)
        spoken = _NAMED_BY.get(block.labels[0], {}).get(attribute, attribute)
        written = block.attributes.get(spoken) if spoken in _SPOKEN and len(rest) == 1 else None
        literal: Value | None = None
        if written is not None and "for_each" not in block.attributes:
            literal = self._memo(f"attribute.{key}.{attribute}", written)
        if literal is not None and literal.known and isinstance(literal.data, str):
            return Value(literal.data, (here,), (ref,))
        return Value(UNKNOWN, (here,), (ref,), literal.text if literal is not None and literal.text else HOLE)

    # --- calls

    def _call(self, name: str, steps: list[Step], here: Place) -> Value:
        block = self.folder.calls.get(name)
        if block is None:
            return Value(UNKNOWN, (here,), (), HOLE)
        children = self.children(name)
        rest = list(steps)
        if not children:
            output = next((s for s in rest if isinstance(s, str)), "")
            return Value(UNKNOWN, (here,), (Ref(f"{self.prefix}module.{name}", output),), HOLE)
        if "for_each" not in block.attributes:
            if rest and isinstance(rest[0], Value):  # one instance stands for all that `count` makes
                every = rest[0].data == "*"
                found = children[""].field(rest[1:], here)
                return Value([found], (here,)) if every else found
            return children[""].field(rest, here)
        if rest and (key := _key(rest[0])) in children:
            return children[key].field(rest[1:], here)
        if "" in children:
            return children[""].field(rest[1:], here)
        if rest and isinstance(rest[0], str | Value) and _key(rest[0]) != "*":
            return Value(UNKNOWN, (here,), (), HOLE)
        found_ = {k: c.field([], here) for k, c in children.items()}
        return descend(Value(found_, (here,)), rest, here)

    def field(self, steps: list[Step], here: Place) -> Value:
        """Return an output and what stands under some further steps of it; all outputs by name when there are no steps."""
        if steps and isinstance(steps[0], str):
            return descend(self.output(steps[0]), steps[1:], here)
        return Value({n: self.output(n) for n in self.folder.outputs}, (here,))

    def output(self, name: str) -> Value:
        """Return the value of an output; UNKNOWN when there is none."""
        block = self.folder.outputs.get(name)
        return self._memo(f"output.{name}", block.attributes.get("value") if block is not None else None)

    def children(self, name: str) -> dict[str, Instance]:
        """Return the instances of a module call by key (nothing for a single one); empty when its folder isn't read."""
        if name in self._children:
            return self._children[name]
        self._children[name] = {}
        block = self.folder.calls[name]
        path = self.folder.folder_of(block)
        folder = self.folders.get(path) if path is not None else None
        if folder is None or len(self.modules) >= MAX_CALL_DEPTH or folder is self.folder:
            return {}
        for key, names in self._instances(block):
            inputs = {
                n: partial(self.evaluator.value, a.value, names)
                for n, a in block.attributes.items()
                if n not in _META
            }
            self._children[name][key] = Instance(
                self.folders, folder, self.budget, inputs=inputs,
                prefix=f"{self.prefix}module.{name}" + (f'["{key}"]' if key else "") + ".",
                modules=(*self.modules, *((key,) if key and not key.isdigit() else (name,))), group=self.group, region=self.region,
            )  # fmt: skip
        return self._children[name]

    def _instances(self, block: Block) -> Iterator[tuple[str, Names]]:
        """Yield the key and the names of each instance of a block; one without a key when `for_each` isn't known."""
        here = block.place
        unknown = Value(UNKNOWN, (here,), (), HOLE)
        count = block.attributes.get("count")
        if count is not None and self.evaluator.value(count.value).data == 0:
            return
        each = block.attributes.get("for_each")
        if each is None:
            yield "", {"count": Value({"index": unknown}, (here,))}
            return
        over = self.evaluator.value(each.value)
        found = entries(over)
        if (
            found is None
            or len(found) > MAX_INSTANCES
            or any(k.startswith("(unknown") for k, _ in _keyed(found))
        ):
            refs = tuple(r for r, _ in over.all_refs())[:20]
            value_ = Value(UNKNOWN, (here,), refs, HOLE)
            yield "", {"each": Value({"key": unknown, "value": value_}, (here,))}
            return
        for key, value in _keyed(found):
            pair = {"key": Value(key, value.places), "value": value}
            yield key, {"each": Value(pair, (here,))}

    # --- resources

    def resources(self) -> Iterator[Resource]:
        """Yield the resources of this module and of the modules that it calls."""
        for key, block in self.folder.resources.items():
            count = self._count(block)
            alias = source_of(block, "provider").rpartition(".")[2] if "provider" in block.attributes else ""
            region = self.region if not alias or not self.folder.providers else self._region(alias)
            for instance, names in self._instances(block):
                yield Resource(
                    key.rpartition(".")[0], self.prefix + key + (f'["{instance}"]' if instance else ""),
                    _label(block, instance), self._body(block, names), block.place, self.modules, count,
                    region=region, group=self.group,
                )  # fmt: skip
        for name, block in self.folder.calls.items():
            children = self.children(name)
            for child in children.values():
                yield from child.resources()
            if (
                not children
                and (type_ := type_of_module(source_of(block))) is not None
                and self._count(block) != 0
            ):
                made = Resource(
                    type_, f"{self.prefix}module.{name}", name, self._body(block, {}), block.place, self.modules, self._count(block),
                    strict=False, region=self.region, group=self.group,
                )  # fmt: skip
                yield from expanded(made, source_of(block))

    def _count(self, block: Block) -> int | None:
        if "for_each" in block.attributes:
            return 1
        count = block.attributes.get("count")
        if count is None:
            return 1
        found = self.evaluator.value(count.value).data
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def _body(self, block: Block, names: Names, depth: int = 0) -> Value:
        meta = _META if block.type == "module" else _META - _OF_MODULES
        data: dict[str, Value] = {
            n: self.evaluator.value(a.value, names)
            for n, a in block.attributes.items()
            if n not in meta or n == "depends_on"
        }
        for name, attribute in block.attributes.items():  # the line of a value is the line of its name
            if name in data and data[name].places[:1] != (attribute.place,):
                old = data[name]
                data[name] = Value(old.data, (attribute.place, *old.places)[:3], old.refs, old.text, old.size)
        for inner in block.blocks if depth < 20 else ():
            if inner.type == "dynamic" and inner.labels:
                self._dynamic(inner, names, data, depth)
                continue
            if inner.type == "lifecycle" and (kept := inner.attributes.get("prevent_destroy")) is not None:
                said = self.evaluator.value(kept.value, names)
                kept_ = Value(said.data, (kept.place, *said.places)[:3])
                data["lifecycle"] = Value({"prevent_destroy": kept_}, (inner.place,))
            if inner.type in ("lifecycle", "provisioner", "connection", "timeouts"):
                continue
            _append(data, inner.type, self._body(inner, names, depth + 1), inner.place)
        return Value(data, (block.place,))

    def _dynamic(self, block: Block, names: Names, data: dict[str, Value], depth: int) -> None:
        label = block.labels[0]
        content = next(block.of("content"), None)
        each = block.attributes.get("for_each")
        if content is None or each is None:
            return
        iterator = block.attributes.get("iterator")
        called = (
            (iterator.value.node.text or b"").decode("utf-8", "replace") if iterator is not None else label
        )
        found = entries(self.evaluator.value(each.value, names))
        if found is None or len(found) > MAX_INSTANCES:
            body = self._body(content, names, depth + 1)
            data.setdefault(
                label, Value(UNKNOWN, (block.place,), tuple(r for r, _ in body.all_refs())[:20], HOLE)
            )
            return
        for key, value in found:
            inner = {**names, called: Value({"key": key, "value": value}, (block.place,))}
            _append(data, label, self._body(content, inner, depth + 1), content.place)


def _append(data: dict[str, Value], name: str, body: Value, place: Place) -> None:
    old = data.get(name)
    if old is not None and isinstance(old.data, list):
        if len(old.data) < 2000:
            data[name] = Value([*old.data, body], old.places)
    elif old is None:
        data[name] = Value([body], (place,))


def _label(block: Block, instance: str) -> str:
    """Return the name of one instance: its key, after the block's name unless that only says what it is (`queues`)."""
    label = block.labels[1]
    if not instance or instance.isdigit():
        return label
    return (
        instance
        if singular(label) in block.labels[0] or label in ("this", "main", "all", "default")
        else f"{label}-{instance}"
    )


def _key(step: Step) -> str:
    return step.words() if isinstance(step, Value) else step


def _keyed(found: list[tuple[Value, Value]]) -> list[tuple[str, Value]]:
    """Return instances by key; the elements of a set are their own keys."""
    out = []
    for key, value in found:
        name = value.words() if isinstance(key.data, int) else key.words()
        out.append((name[:100] or key.words(), value))
    return out
