"""The JSON of a plan or state (`terraform show -json`): values as planned, references from the configuration in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from buttress.cloud.values import HOLE, UNKNOWN, Place, Ref, Resource, Value
from buttress.evidence.lines import Node, documents
from buttress.model import Diagnostic, Source

MAX_DEPTH = 30
LONG_LINE = 2_000
_STEP = re.compile(r"[^.\[]+(?:\[[^\]]*\])?")
_HIDDEN = re.compile(r"passw|secret|token|(?:api|access|private)_?key", re.IGNORECASE)


@dataclass(slots=True)
class _Module:
    """A module of the configuration: how a reference in it finds its way to resources."""

    node: Node | None
    prefix: str = ""
    parent: _Module | None = None
    call: Node | None = None
    children: dict[str, _Module] = field(default_factory=dict)

    def child(self, step: str) -> _Module | None:
        """Return a called module, or the instance of it that a step with a key (`store["eu"]`) names."""
        if step not in self.children:
            call = self.node.get("module_calls", step.partition("[")[0]) if self.node is not None else None
            if call is None or self.prefix.count("module.") > MAX_DEPTH:
                return None
            self.children[step] = _Module(call.get("module"), f"{self.prefix}module.{step}.", self, call)
        return self.children[step]

    def refs(self, expression: Node | None, depth: int = 0) -> Iterator[Ref]:
        """Yield what an expression refers to, through the inputs and outputs of modules."""
        if expression is None or depth > MAX_DEPTH:
            return
        written = [i.raw for i in expression.list("references")]
        for (
            item
        ) in written:  # after `queue["in"].arn` come `queue["in"]` and `queue`, which mean no more than that
            if any(other != item and other.startswith((f"{item}.", f"{item}[")) for other in written[:200]):
                continue
            parts = _STEP.findall(item)
            if parts[0] == "var" and len(parts) > 1 and self.call is not None and self.parent is not None:
                yield from self.parent.refs(self.call.get("expressions", parts[1]), depth + 1)
            elif parts[0] == "module" and len(parts) > 2:
                child = self.child(parts[1])
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
            return _value(at, 0, "constant_value")
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
        key = ("data." if item.text("mode") == "data" else "") + f"{type_}.{item.text('name')}"
        body = _value(item.get("values") or item)
        _unknown(body, unknown.get(address), item)
        _hide(body, item.get("sensitive_values"), expressions.get(key))
        if configured is not None:
            _refer(body, expressions.get(key), configured, item, 0)
        label = index.raw if index is not None and not counted else item.text("name")
        yield Resource(
            key.rpartition(".")[0], address[: address.rindex("[")] if counted and "[" in address else address, label, body,
            _place(item.get("address") or item, "address"), modules, counts[base] if counted else 1, region=region,
        )  # fmt: skip
    if depth > MAX_DEPTH:
        return
    for child in module.list("child_modules"):
        step = _last_step(child.text("address"))
        name, _, key = step.partition("[")
        inner = configured.child(step) if configured is not None else None
        named = key.strip('"]') if key and not key.strip("]").isdigit() else name
        yield from _walk(child, inner, (*modules, named), unknown, region, depth + 1)


def _base(item: Node) -> str:
    return f"{item.text('mode')}.{item.text('type')}.{item.text('name')}"


def _last_step(address: str) -> str:
    """Return the last module of an address, with its key: of `module.a.module.b["x.y"]` it is `b["x.y"]`."""
    steps = _STEP.findall(address)
    return steps[-1].strip() if steps else ""


def _place(node: Node, key: str) -> Place:
    """Return where a node stands; with its words where the plan is one long line, as Terraform writes it."""
    pairs = _pairs(node.source.text) if len(node.source.text) > LONG_LINE else None
    if not pairs:
        return Place(node.source, node.key_line)
    words = f'"{key}":{json.dumps(node.value)}' if not isinstance(node.value, list | dict) else ""
    return Place(node.source, node.key_line, words if words in pairs else f'"{key}"')


@lru_cache(maxsize=4)
def _pairs(text: str) -> frozenset[str]:
    """Return the keys with their plain values, as they stand in a text of one long line; nothing for a text of many lines."""
    if text.count("\n") > len(text) // LONG_LINE:
        return frozenset()
    return frozenset(re.findall(r'"[^"\\]{1,200}":(?:"(?:[^"\\]|\\.){0,500}"|[\w.+-]{1,50})', text))


def _value(node: Node, depth: int = 0, key: str = "") -> Value:
    place = (_place(node, key),)
    if depth > MAX_DEPTH:
        return Value(UNKNOWN, place)
    if isinstance(node.value, dict):
        return Value({k: _value(v, depth + 1, k) for k, v in node.value.items()}, place)
    if isinstance(node.value, list):
        return Value([_value(v, depth + 1, key) for v in node.value], place)
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


def _hide(body: Value, sensitive: Node | None, expressions: Node | None) -> None:
    """Forget what the plan shows of secrets: only what the configuration writes out stands in the repository."""
    if sensitive is not None:
        _forget(body, sensitive, 0)
    for name, value in body.data.items() if isinstance(body.data, dict) else ():
        written = expressions is not None and expressions.get(name, "constant_value") is not None
        if _HIDDEN.search(name) and not written and isinstance(value.data, str):
            value.data = UNKNOWN


def _forget(value: Value, sensitive: Node, depth: int) -> None:
    if sensitive.value is True and value.data is not None:
        value.data = UNKNOWN
    elif isinstance(value.data, dict) and depth < MAX_DEPTH:
        for name, node in sensitive.items():
            if name in value.data:
                _forget(value.data[name], node, depth + 1)
    elif isinstance(value.data, list) and depth < MAX_DEPTH:
        for one, node in zip(value.data, sensitive.list(), strict=False):
            _forget(one, node, depth + 1)


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
        place = _place(expression, name)
        if old is None or not old.known or old.data is None:
            body.data[name] = Value(UNKNOWN, (place,), refs, HOLE)
        else:
            old.refs = (*old.refs, *refs)
