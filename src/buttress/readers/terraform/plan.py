"""The JSON of a plan or state (`terraform show -json`): values as planned, references from the configuration in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from buttress.cloud.values import HOLE, UNKNOWN, Place, Ref, Resource, Value
from buttress.lines import Node, documents
from buttress.model import Diagnostic, Source

MAX_DEPTH = 30


@dataclass(slots=True)
class _Module:
    """A module of the configuration: how a reference in it finds its way to resources."""

    node: Node | None
    prefix: str = ""
    parent: _Module | None = None
    call: Node | None = None
    children: dict[str, _Module] = field(default_factory=dict)

    def child(self, name: str) -> _Module | None:
        if name not in self.children:
            call = self.node.get("module_calls", name) if self.node is not None else None
            if call is None or self.prefix.count("module.") > MAX_DEPTH:
                return None
            self.children[name] = _Module(call.get("module"), f"{self.prefix}module.{name}.", self, call)
        return self.children[name]

    def refs(self, expression: Node | None, depth: int = 0) -> Iterator[Ref]:
        """Yield what an expression refers to, through the inputs and outputs of modules."""
        if expression is None or depth > MAX_DEPTH:
            return
        for item in expression.list("references"):
            parts = item.raw.split(".")
            if parts[0] == "var" and len(parts) > 1 and self.call is not None and self.parent is not None:
                yield from self.parent.refs(self.call.get("expressions", parts[1]), depth + 1)
            elif parts[0] == "module" and len(parts) > 2:
                child = self.child(parts[1].partition("[")[0])
                if child is not None and child.node is not None:
                    yield from child.refs(child.node.get("outputs", parts[2], "expression"), depth + 1)
            elif parts[0] in ("each", "count", "local", "path", "var", "self", "module"):
                continue
            elif len(parts) > 1:
                size = 3 if parts[0] == "data" else 2
                yield Ref(self.prefix + ".".join(parts[:size]), ".".join(parts[size:]))


def resources_of(source: Source) -> tuple[list[Resource], list[Diagnostic]]:
    """Return the resources of a plan or state and what was wrong with the rest.

    >>> text = '{"planned_values": {"root_module": {"resources": [{"address": "aws_sqs_queue.a", "type": "aws_sqs_queue",'
    >>> text += ' "name": "a", "mode": "managed", "values": {"name": "orders"}}]}}}'
    >>> [r.address for r in resources_of(Source("plan.json", text))[0]]
    ['aws_sqs_queue.a']
    """
    found, problems = documents(source)
    if not found:
        return [], list(problems)
    top = found[0]
    values = top.get("planned_values", "root_module") or top.get("values", "root_module")
    if values is None:
        reason = "JSON of Terraform without planned values; make it with `terraform show -json PLAN`"
        return [], [*problems, Diagnostic(source.path, source.first_line, reason)]
    unknown = {
        c.text("address"): c.get("change", "after_unknown")
        for c in top.list("resource_changes")
        if c.text("address")
    }
    region = _region(top)
    root = _Module(top.get("configuration", "root_module"))
    return list(_walk(values, root, (), unknown, region, 0)), list(problems)


def _region(top: Node) -> Value | None:
    for name, provider in top.items("configuration", "provider_config"):
        at = provider.get("expressions", "region", "constant_value")
        if at is not None and "." not in name:
            return _value(at)
    return None


def _walk(
    module: Node,
    configured: _Module | None,
    modules: tuple[str, ...],
    unknown: Mapping[str, Node | None],
    region: Value | None,
    depth: int,
) -> Iterator[Resource]:
    expressions = {
        r.text("address"): r.get("expressions")
        for r in (
            configured.node.list("resources")
            if configured is not None and configured.node is not None
            else ()
        )
    }
    counts: dict[str, int] = {}
    for item in module.list("resources"):
        base = _base(item)
        counts[base] = counts.get(base, 0) + 1
    seen: set[str] = set()
    for item in module.list("resources"):
        address, type_, base = item.text("address"), item.text("type"), _base(item)
        index = item.get("index")
        if not address or not type_ or (base in seen and index is not None and isinstance(index.value, int)):
            continue
        seen.add(base)
        counted = index is not None and isinstance(index.value, int)
        prefix = ".".join(address.split(".")[: -3 if item.text("mode") == "data" else -2])
        prefix = prefix + "." if prefix else ""
        key = ("data." if item.text("mode") == "data" else "") + f"{type_}.{item.text('name')}"
        body = _value(item.get("values") or item)
        _unknown(body, unknown.get(address), item)
        if configured is not None:
            _refer(body, expressions.get(key), configured, item, 0)
        place = Place(item.source, (item.get("address") or item).key_line)
        label = index.raw if index is not None and not counted else item.text("name")
        yield Resource(
            ("data." if item.text("mode") == "data" else "") + type_,
            prefix.replace(prefix, configured.prefix if configured is not None and "[" in prefix else prefix) + key if counted or index is None else address,
            label, body, place, modules, counts[base] if counted else 1, region=region,
        )  # fmt: skip
    if depth > MAX_DEPTH:
        return
    for child in module.list("child_modules"):
        last = child.text("address").rpartition("module.")[2]
        name, _, key = last.partition("[")
        inner = configured.child(name) if configured is not None else None
        named = key.strip('"]') if key and not key.strip("]").isdigit() else name
        yield from _walk(child, inner, (*modules, named), unknown, region, depth + 1)


def _base(item: Node) -> str:
    return f"{item.text('mode')}.{item.text('type')}.{item.text('name')}"


def _value(node: Node, depth: int = 0) -> Value:
    place = (Place(node.source, node.key_line),)
    if depth > MAX_DEPTH:
        return Value(UNKNOWN, place)
    if isinstance(node.value, dict):
        return Value({k: _value(v, depth + 1) for k, v in node.value.items()}, place)
    if isinstance(node.value, list):
        return Value([_value(v, depth + 1) for v in node.value], place)
    if isinstance(node.value, str) and node.value[:1] in ("{", "[") and len(node.value) < 100_000:
        try:
            return _plain(json.loads(node.value), place, 0)
        except (ValueError, RecursionError):
            pass
    return Value(node.value, place)


def _plain(data: object, place: tuple[Place, ...], depth: int) -> Value:
    if isinstance(data, dict) and depth < MAX_DEPTH:
        return Value({str(k): _plain(v, place, depth + 1) for k, v in data.items()}, place)
    if isinstance(data, list) and depth < MAX_DEPTH:
        return Value([_plain(v, place, depth + 1) for v in data], place)
    return Value(data if isinstance(data, str | int | float | bool) or data is None else UNKNOWN, place)


def _unknown(body: Value, after: Node | None, item: Node) -> None:
    """Mark what is known only after it is applied."""
    if after is None or not isinstance(body.data, dict):
        return
    for name, node in after.items():
        if node.value is True:
            old = body.data.get(name)
            if old is None or old.data is None:
                body.data[name] = Value(UNKNOWN, (Place(item.source, item.line),), (), HOLE)


def _refer(body: Value, expressions: Node | None, module: _Module, item: Node, depth: int) -> None:
    """Add the references of the configuration to the values."""
    if expressions is None or not isinstance(body.data, dict) or depth > 8:
        return
    for name, expression in expressions.items():
        blocks = [b for b in expression.list()] if isinstance(expression.value, list) else []
        old = body.data.get(name)
        if blocks:
            inner = old.data if old is not None and isinstance(old.data, list) else []
            for n, block in enumerate(blocks[:200]):
                if n < len(inner):
                    _refer(inner[n], block, module, item, depth + 1)
            continue
        refs = tuple(dict.fromkeys(module.refs(expression)))[:30]
        if not refs:
            continue
        place = Place(expression.source, expression.key_line)
        if old is None or not old.known or old.data is None:
            body.data[name] = Value(UNKNOWN, (place,), refs, HOLE)
        else:
            old.refs = (*old.refs, *refs)
