"""Envoy's configuration as a tree: keys in either spelling, extensions by their name or type, durations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buttress.evidence.lines import Node


def get(node: Node | None, *path: str) -> Node | None:
    """Return the node under a path of keys, each in the spelling of YAML or of JSON (`filter_chains`, `filterChains`).

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> get(documents(Source("a.yaml", "filterChains: {a: 1}"))[0][0], "filter_chains", "a").value
    1
    """
    for key in path:
        if node is None:
            return None
        node = node.get(key) or node.get(re.sub(r"_(\w)", lambda m: m[1].upper(), key))
    return node


def items(node: Node | None, *path: str) -> Iterator[Node]:
    """Yield the items of the list under a path, where one may stand without the list; nothing when there is none."""
    found = get(node, *path)
    if found is not None and isinstance(found.value, list):
        yield from found.value
    elif found is not None and isinstance(found.value, dict):
        yield found


def raw(node: Node | None, *path: str) -> str:
    """Return the scalar under a path as it is written, empty without one."""
    found = get(node, *path)
    return found.raw if found is not None and not isinstance(found.value, list | dict) else ""


def settings(node: Node) -> Node:
    """Return the settings of a filter or a transport socket: its typed configuration, or the older `config`."""
    found = get(node, "typed_config") or get(node, "config") or node
    return (get(found, "value") or found) if get(found, "type_url") is not None else found


def is_extension(node: Node, *words: str) -> bool:
    """Return whether a filter is one of those named, by the end of its name or by its type."""
    name = node.text("name").rpartition(".")[2].lower().replace("-", "_")
    type_ = settings(node).text("@type").rpartition(".")[2].lower()
    return any(name == w or type_ == w.replace("_", "") for w in words)


def seconds(text: str) -> float | None:
    """Return a duration in seconds, None for anything else.

    >>> seconds("0.25s"), seconds("15s"), seconds("soon")
    (0.25, 15, None)
    """
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)s", text.strip())
    if found is None:
        return None
    value = float(found[1])
    return int(value) if value == int(value) else value


def walk(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield every key with its node, in the order of the text."""
    todo: list[tuple[str, Node]] = [("", node)]
    while todo:
        key, now = todo.pop()
        yield key, now
        if isinstance(now.value, dict):
            todo += reversed(now.value.items())
        elif isinstance(now.value, list):
            todo += [(key, n) for n in reversed(now.value)]
