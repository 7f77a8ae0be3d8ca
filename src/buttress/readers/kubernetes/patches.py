"""How a patch changes a manifest: as a strategic merge, or as a list of operations (RFC 6902). Values keep the lines they come from."""

from __future__ import annotations

import re
from dataclasses import replace

from buttress.evidence.lines import Node, documents
from buttress.model import Source

MAX_PATH = 40
# By which key the items of a list are told apart; lists that aren't named here are replaced whole.
_KEYS = {
    "containers": ("name",), "initContainers": ("name",), "env": ("name",), "volumes": ("name",), "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",), "ports": ("containerPort", "port"), "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey",),
}  # fmt: skip
_OPERATION = re.compile(r"(?:-\s{1,9}|\[\s{0,99}\{)[\s{]{0,99}[\"']?(?:op|path|value|from)[\"']?\s{0,9}:")
MAX_HEAD = 20_000  # characters within which a file of operations begins with one


def is_operations(text: str) -> bool:
    r"""Return whether a text is a list of operations on a manifest, not a manifest.

    >>> is_operations("- op: replace\n  path: /spec/replicas\n  value: 3\n"), is_operations("kind: Deployment\n")
    (True, False)
    """
    at = 0
    for line in text[:MAX_HEAD].split("\n"):
        if line.strip() and not line.lstrip().startswith(("#", "---")):
            return _OPERATION.match(text[at : at + MAX_HEAD].lstrip()) is not None
        at += len(line) + 1
    return False


def operations(source: Source) -> list[Node]:
    r"""Return the operations that a text lists, each with its line.

    >>> [(n.text("path"), n.line) for n in operations(Source("p.yaml", "- op: remove\n  path: /spec/replicas\n"))]
    [('/spec/replicas', 1)]
    """
    text = source.text.replace("\n---", "\n#--").removeprefix("---")
    below = replace(source, text=f"operations:\n{text}", first_line=source.first_line - 1)
    found, _ = documents(below)
    return [
        _moved(n, below, source)
        for root in found[:1]
        for n in root.list("operations")
        if n.text("path")[:1] == "/"
    ]


def _moved(node: Node, old: Source, new: Source) -> Node:
    """Return a node that names `new` as its source, whose lines are those of `old`."""
    value = node.value
    if isinstance(value, dict):
        value = {k: _moved(n, old, new) for k, n in value.items()}
    elif isinstance(value, list):
        value = [_moved(n, old, new) for n in value]
    return replace(node, source=new, value=value)


def merged(base: Node, patch: Node, key: str = "") -> Node:
    r"""Return a manifest with a strategic merge patch laid over it; `key` is the one under which both stand.

    >>> from buttress.evidence.lines import documents
    >>> base = documents(Source("a.yaml", "spec: {replicas: 1, containers: [{name: web, image: a}], paused: true}"))[0][0]
    >>> patch = documents(Source("b.yaml", "spec:\n  replicas: 3\n  containers: [{name: web, tty: true}]\n  paused: null"))[0][0]
    >>> out = merged(base, patch)
    >>> out.text("spec", "replicas"), [n.text("image") for n in out.list("spec", "containers")], out.get("spec", "paused")
    ('3', ['a'], None)
    """
    if isinstance(base.value, dict) and isinstance(patch.value, dict):
        if patch.text("$patch") == "replace":
            return replace(patch, value={k: n for k, n in patch.value.items() if k != "$patch"})
        out = dict(base.value)
        for name, child in patch.items():
            if name.startswith("$"):
                continue
            if child.value is None or child.text("$patch") == "delete":
                out.pop(name, None)
            else:
                out[name] = merged(out[name], child, name) if name in out else child
        return replace(base, value=out)
    if isinstance(base.value, list) and isinstance(patch.value, list):
        for told in _KEYS.get(key, ()):
            if all(n.text(told) for n in (*base.value, *patch.value)):
                return replace(base, value=_joined(base.value, patch.value, told))
    return patch


def _joined(base: list[Node], patch: list[Node], told: str) -> list[Node]:
    items = {n.text(told): n for n in base}
    for item in patch:
        name = item.text(told)
        if item.text("$patch") == "delete":
            items.pop(name, None)
        else:
            items[name] = merged(items[name], item) if name in items else item
    return list(items.values())


def changed(base: Node, operation: Node) -> Node:
    r"""Return a manifest after one operation; the same one where its path leads nowhere.

    >>> from buttress.evidence.lines import documents
    >>> base = documents(Source("a.yaml", "spec: {replicas: 1, args: [a]}"))[0][0]
    >>> steps = operations(Source("p.yaml", "- {op: replace, path: /spec/replicas, value: 3}\n- {op: add, path: /spec/args/-, value: b}"))
    >>> out = changed(changed(base, steps[0]), steps[1])
    >>> out.text("spec", "replicas"), [n.raw for n in out.list("spec", "args")]
    ('3', ['a', 'b'])
    """
    path = [p.replace("~1", "/").replace("~0", "~") for p in operation.text("path").split("/")[1:]]
    kind, value = operation.text("op"), operation.get("value")
    if kind in ("copy", "move"):
        start = [p.replace("~1", "/").replace("~0", "~") for p in operation.text("from").split("/")[1:]]
        value = _at(base, start)
        if kind == "move" and value is not None:
            base = _set(base, start, None, adds=False)
    if kind not in ("add", "replace", "remove", "copy", "move") or not path or len(path) > MAX_PATH:
        return base
    if value is None and kind != "remove":
        return base
    return _set(base, path, None if kind == "remove" else value, adds=kind != "replace")


def _at(node: Node | None, path: list[str]) -> Node | None:
    for part in path[:MAX_PATH]:
        if node is None:
            return None
        place = _index(node, part)
        node = node.value[place] if place is not None and isinstance(node.value, list) else node.get(part)
    return node


def _index(node: Node, part: str) -> int | None:
    if not isinstance(node.value, list) or not re.fullmatch(r"\d{1,6}", part):
        return None
    return int(part) if int(part) < len(node.value) else None


def _set(node: Node, path: list[str], value: Node | None, *, adds: bool) -> Node:
    """Return a node with a value set under a path, taken out when the value is None; a list gets a further item when it `adds`."""
    part, rest = path[0], path[1:]
    if isinstance(node.value, dict):
        out = dict(node.value)
        child = out.get(part)
        if rest:
            if child is None:
                return node
            out[part] = _set(child, rest, value, adds=adds)
        elif value is None:
            out.pop(part, None)
        else:
            out[part] = replace(value, key_line=value.key_line)
        return replace(node, value=out)
    if not isinstance(node.value, list):
        return node
    items, place = list(node.value), _index(node, part)
    if place is None:
        return replace(node, value=[*items, value]) if part == "-" and adds and not rest and value else node
    if rest:
        items[place] = _set(items[place], rest, value, adds=adds)
    elif value is None:
        del items[place]
    elif adds:
        items.insert(place, value)
    else:
        items[place] = value
    return replace(node, value=items)
