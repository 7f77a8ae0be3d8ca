"""YAML with the line of every key and value; safe, with limits on size, depth and what aliases expand to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any

from buttress.evidence.secrets import without_secret
from buttress.model import Diagnostic, Evidence, Source

MAX_DEPTH = 60
MAX_NODES = 200_000
MAX_DIGITS = 18  # what is longer is no number that anything is configured with

Scalar = str | int | float | bool | None

# YAML ends lines here too, and refuses surrogates; for a person with an editor they are no line ends.
_ODD = {0x0D: " ", 0x85: " ", 0x2028: " ", 0x2029: " ", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


@dataclass(slots=True)
class Node:
    """A value in a YAML text: a scalar, a list of nodes or a mapping of nodes, and where it stands.

    `key_line` is the line of the key when the node is a value of a mapping, else `line`. `tag` is a tag of the format's
    own (`!reset`), empty for plain values.
    """

    source: Source
    line: int
    key_line: int
    value: Scalar | list[Node] | dict[str, Node]
    raw: str = field(default="")
    tag: str = ""

    def get(self, *path: str) -> Node | None:
        """Return the node under a path of keys, None when there is none.

        >>> documents(Source("a.yaml", "a: {b: 1}"))[0][0].get("a", "b").value
        1
        """
        node: Node | None = self
        for key in path:
            if node is None or not isinstance(node.value, dict):
                return None
            node = node.value.get(key)
        return node

    def text(self, *path: str) -> str:
        """Return the scalar under a path as it is written, empty when there is none.

        >>> documents(Source("a.yaml", "port: 0x50"))[0][0].text("port")
        '0x50'
        """
        node = self.get(*path)
        if node is None or isinstance(node.value, list | dict):
            return ""
        return node.raw

    def items(self, *path: str) -> Iterator[tuple[str, Node]]:
        """Yield the keys and nodes of the mapping under a path; nothing when it is no mapping."""
        node = self.get(*path)
        if node is not None and isinstance(node.value, dict):
            yield from node.value.items()

    def list(self, *path: str) -> Iterator[Node]:
        """Yield the nodes of the list under a path; nothing when it is no list."""
        node = self.get(*path)
        if node is not None and isinstance(node.value, list):
            yield from node.value

    def walk(self) -> Iterator[tuple[str, Node]]:
        """Yield every scalar below, with the nearest key above it."""
        todo: list[tuple[str, Node]] = [("", self)]
        while todo:
            key, node = todo.pop()
            if isinstance(node.value, dict):
                todo.extend(reversed(node.value.items()))
            elif isinstance(node.value, list):
                todo.extend((key, n) for n in reversed(node.value))
            else:
                yield key, node

    def evidence(self, *, key_only: bool = False) -> Evidence:
        r"""Return the evidence for this node: its line as it stands, or only the key of it (for secrets).

        A line that several values share is cut before the first secret in it.

        >>> node = documents(Source("a.yaml", "URL: http://u:pw@db/x?a=b\nenv: {TOKEN: abc}"))[0][0]
        >>> node.get("URL").evidence(key_only=True).quote, node.get("env").evidence().quote
        ('URL', 'env: {TOKEN:')
        """
        line = self.key_line
        lines = lines_of(self.source)
        at = line - self.source.first_line
        written = lines[at].strip()[:1000] if 0 <= at < len(lines) else ""
        if key_only:
            found = re.match(r"[-\s]*[\"']?([^=:]*?)[\"']?\s*[=:]", written)
            written = found[1] if found else ""
        else:
            written = without_secret(written)
        return Evidence(self.source.path, line, line, written.lstrip("- ")[:200].strip(), "config")


def lines_of(source: Source) -> tuple[str, ...]:
    """Return the lines of a source, cut once for all that ask in a row."""
    return _cut(source.text)


@lru_cache(maxsize=8)
def _cut(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


def documents(source: Source) -> tuple[tuple[Node, ...], tuple[Diagnostic, ...]]:
    r"""Return the mappings in a YAML text, one a document, and what was wrong with the rest.

    Only the safe subset is read: tags make no objects. Aliases may expand to at most 200,000 nodes.

    >>> documents(Source("a.yaml", "a: 1\n---\na: [2\n"))[1][0].line
    4
    """
    import yaml

    found: list[Node] = []
    others: list[Diagnostic] = []
    text = source.text.translate(_ODD)
    if text.lstrip()[:1] in ("{", "["):
        text = text.replace("\t", " ")  # JSON may be indented so, YAML may not
    try:
        loader = yaml.CSafeLoader(text)
        try:
            while loader.check_node():
                counter = [0]
                node = _node(loader.get_node(), source, None, counter, 0)
                if isinstance(node.value, dict) and node.value:
                    found.append(node)
                elif node.value is not None and not isinstance(node.value, dict):
                    what = "a list" if isinstance(node.value, list) else "a single value"
                    reason = f"expected a mapping of keys to values, found {what}; this document was left out"
                    others.append(Diagnostic(source.path, node.line, reason))
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        line = source.first_line + _line_of(error, source.text)
        if "{{" in source.text:
            return tuple(found), (*others, Diagnostic(source.path, line, _TEMPLATE, "info"))
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        reason = (
            f"not valid YAML: {problem}; what stands before it was read, correct it to have the rest read"
        )
        return tuple(found), (*others, Diagnostic(source.path, line, reason, "error"))
    except _Template as error:
        return tuple(found), (*others, Diagnostic(source.path, error.line, _TEMPLATE, "info"))
    except (RecursionError, _TooLarge) as error:
        reason = str(error) if isinstance(error, _TooLarge) else f"nested deeper than {MAX_DEPTH} levels"
        reason += "; what stands before it was read, write it out flatter to have the rest read"
        return tuple(found), (*others, Diagnostic(source.path, source.first_line, reason, "error"))
    return tuple(found), tuple(others)


_TEMPLATE = "a template, not YAML; render it first (helm template, envsubst) and review the result"


class _TooLarge(Exception):
    pass


class _Template(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _line_of(error: Any, text: str) -> int:
    """Return the line, from 0, at which the parser stopped; the last one when that is the end of the text."""
    if (mark := getattr(error, "problem_mark", None)) is not None:
        return min(int(mark.line), text.count("\n"))
    position = getattr(error, "position", None) or 0
    return text.translate(_ODD).encode()[:position].count(b"\n")


def _node(raw: Any, source: Source, key: Any, counter: list[int], depth: int) -> Node:
    counter[0] += 1
    if counter[0] > MAX_NODES:
        raise _TooLarge(f"aliases expand to more than {MAX_NODES} values")
    if depth > MAX_DEPTH:
        raise _TooLarge(f"nested deeper than {MAX_DEPTH} levels")
    line = source.first_line + raw.start_mark.line
    node = Node(source, line, source.first_line + key.start_mark.line if key is not None else line, None)
    node.tag = raw.tag if raw.tag.startswith("!") else ""
    if raw.id == "scalar":
        node.raw = raw.value
        node.value = _scalar(raw.tag, raw.value)
    elif raw.id == "sequence":
        node.value = [_node(item, source, None, counter, depth + 1) for item in raw.value]
    else:
        node.value = _mapping(raw, source, counter, depth)
    return node


def _mapping(raw: Any, source: Source, counter: list[int], depth: int) -> dict[str, Node]:
    own: dict[str, Node] = {}
    merged: dict[str, Node] = {}
    for key, value in raw.value:
        if key.id != "scalar":
            if key.id == "mapping" and key.flow_style:  # `{{ .Values.name }}` is a mapping within a mapping
                raise _Template(source.first_line + key.start_mark.line)
            continue
        node = _node(value, source, key, counter, depth + 1)
        if key.value == "<<" and key.tag.endswith(("merge", "str")):
            for part in node.value if isinstance(node.value, list) else (node,):
                if isinstance(part.value, dict):
                    merged = {**part.value, **merged}
        else:
            own[key.value] = node
    return {**merged, **own}


def _scalar(tag: str, text: str) -> Scalar:
    kind = tag.rpartition(":")[2]
    try:
        if len(text) > MAX_DIGITS and kind in ("int", "float"):
            return text
        if kind == "int":
            return (
                int(text.replace("_", ""), 0)
                if not text.startswith("0") or text == "0" or "x" in text
                else int(text, 8)
            )
        if kind == "float":
            number = float(text.replace("_", ""))
            return number if isfinite(number) else text
    except ValueError:
        return text
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    return None if kind == "null" else text
