"""Compose files as one project: found, merged as Compose merges them, `extends` and `include` resolved."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from buttress.lines import Node, documents
from buttress.model import Diagnostic, Source

MAX_EXTENDS = 8
_JOINED = frozenset(
    """
        ports expose external_links dns dns_search tmpfs volumes cap_add cap_drop security_opt links devices
        env_file secrets configs
    """.split()
)
_KEYED = frozenset(
    ["environment", "labels", "depends_on", "networks", "args", "extra_hosts", "annotations", "sysctls"]
)
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)")


@dataclass(slots=True)
class Project:
    """The services and networks that the Compose files of one folder describe together, by name."""

    folder: str
    services: dict[str, Node] = field(default_factory=dict)
    networks: dict[str, Node] = field(default_factory=dict)
    variants: set[str] = field(default_factory=set)


def projects(sources: tuple[Source, ...]) -> tuple[list[Project], list[Diagnostic]]:
    """Return the projects in some Compose files, one a folder, and what couldn't be read.

    Within a folder the main file comes first, then its override, then the other variants by name.
    """
    diagnostics: list[Diagnostic] = []
    roots: dict[str, list[Node]] = {}
    for source in sorted(sources, key=_order):
        found, problems = documents(source)
        diagnostics += problems
        for root in found[:1]:
            if root.get("services") is None and _looks_old(root):
                services = {
                    k: n for k, n in root.items() if k not in ("version", "name", "volumes", "networks")
                }
                root = Node(
                    source,
                    root.line,
                    root.line,
                    {"services": Node(source, root.line, root.line, dict(services))},
                )
            services_node = root.get("services")
            if services_node is not None and not isinstance(services_node.value, dict):
                reason = "services must be a mapping of names to services; the file was left out"
                diagnostics.append(Diagnostic(source.path, services_node.key_line, reason, "error"))
                continue
            roots.setdefault(source.path, []).append(root)
    included = {p for path, nodes in roots.items() for n in nodes for p in _included(path, n)}
    out: dict[str, Project] = {}
    for path, nodes in roots.items():
        folder = posixpath.dirname(path)
        owner = next(
            (
                posixpath.dirname(p)
                for p, n in roots.items()
                if path in {i for x in n for i in _included(p, x)}
            ),
            None,
        )
        project = out.setdefault(owner if owner is not None and path in included else folder, Project(folder))
        for root in nodes:
            for name, node in root.items("services"):
                if not isinstance(node.value, dict):
                    if node.value is not None:
                        reason = f"service {name} must be a mapping; it was left out"
                        diagnostics.append(Diagnostic(path, node.key_line, reason, "error"))
                    continue
                whole = _extended(path, name, node, roots, 0, diagnostics)
                project.services[name] = (
                    _merged(project.services[name], whole) if name in project.services else whole
                )
            for name, node in root.items("networks"):
                project.networks.setdefault(name, node)
    return list(out.values()), diagnostics


def settings_of(source: Source) -> dict[str, Node]:
    r"""Return the variables of an environment file, each with its line.

    >>> settings_of(Source(".env", "# hosts\nDB=postgres\n"))["DB"].line
    2
    """
    out: dict[str, Node] = {}
    for n, line in enumerate(source.text.splitlines()):
        found = _LINE.fullmatch(line)
        if found and not line.lstrip().startswith("#"):
            value = found[2].strip().strip("\"'")
            at = source.first_line + n
            out[found[1]] = Node(source, at, at, value, value)
    return out


def _order(source: Source) -> tuple[str, int, str]:
    name = source.name.lower()
    stem = name.rpartition(".")[0]
    rank = 0 if stem in ("compose", "docker-compose") else 1 if stem.endswith("override") else 2
    return posixpath.dirname(source.path), rank, name


def _looks_old(root: Node) -> bool:
    """Return whether a file is in the first form of Compose: services at the top, each with an image or a build."""
    return any(node.get("image") or node.get("build") for _, node in root.items())


def _included(path: str, root: Node) -> set[str]:
    folder = posixpath.dirname(path)
    out = set()
    for item in root.list("include"):
        for written in (item.raw, item.text("path"), *(n.raw for n in item.list("path"))):
            if written:
                out.add(posixpath.normpath(posixpath.join(folder, written)))
    return out


def _extended(
    path: str, name: str, node: Node, roots: dict[str, list[Node]], depth: int, diagnostics: list[Diagnostic]
) -> Node:
    base = node.get("extends")
    own = _keyed(node)
    if base is None:
        return own
    if depth >= MAX_EXTENDS:
        reason = f"service {name} extends in a circle or more than {MAX_EXTENDS} times; its base was left out"
        diagnostics.append(Diagnostic(path, base.key_line, reason, "error"))
        return own
    service = base.raw or base.text("service")
    file = (
        posixpath.normpath(posixpath.join(posixpath.dirname(path), base.text("file")))
        if base.text("file")
        else path
    )
    parent = next((p for r in roots.get(file, ()) if (p := r.get("services", service)) is not None), None)
    if parent is None or not isinstance(parent.value, dict):
        reason = f"service {name} extends {service or '?'} of {file}, which was not found among the files that were read"
        diagnostics.append(Diagnostic(path, base.key_line, reason))
        return own
    return _merged(_extended(file, service, parent, roots, depth + 1, diagnostics), own)


def _keyed(node: Node) -> Node:
    """Return a service whose lists of `KEY=value` or names have become mappings, as Compose reads them."""
    value = node.value
    if not isinstance(value, dict):
        return node
    out = {}
    for key, child in value.items():
        if key in _KEYED and isinstance(child.value, list):
            pairs: dict[str, Node] = {}
            for item in child.value:
                head, mark, rest = item.raw.partition("=")
                if head:
                    pairs[head.strip()] = Node(
                        item.source, item.line, item.line, rest if mark else None, rest
                    )
            child = Node(child.source, child.line, child.key_line, pairs)
        out[key] = child
    return Node(node.source, node.line, node.key_line, out)


def _merged(base: Node, over: Node, key: str = "") -> Node:
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        out = dict(base.value)
        for name, child in over.value.items():
            out[name] = _merged(out[name], child, name) if name in out else child
        return Node(base.source, base.line, base.key_line, out)
    if key in _JOINED and isinstance(base.value, list) and isinstance(over.value, list):
        return Node(base.source, base.line, base.key_line, [*base.value, *over.value])
    return over
