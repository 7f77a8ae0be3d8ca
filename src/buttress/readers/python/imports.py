"""Which of a project's modules import which: cycles, and imports against the order of layers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from buttress.compact import strongly_connected
from buttress.readers.python.project import Project
from buttress.readers.python.records import Module

# Layers, outermost first, by the words that a module's path has. An inner one must not import an outer one.
LAYERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"(?:^|\.)(?:{words})(?:\.|$)"))
    for name, words in (
        (
            "interface",
            r"api|apis|routers?|routes|views?|endpoints|controllers?|viewsets|graphql|rest",
        ),
        ("services", r"services?|use_?cases|application|commands|interactors"),
        ("storage", r"repositor(?:y|ies)|repos?|dao|persistence|adapters|infrastructure|infra|crud"),
        ("domain", r"domain|entities|models?|core\.domain"),
    )
)
_FRAMEWORKS = frozenset(
    "fastapi flask django starlette sqlalchemy rest_framework celery requests httpx boto3 redis pymongo kafka pika sqlmodel aiohttp".split()
)


@dataclass(frozen=True, slots=True)
class Edge:
    """An import of one of the project's modules by another, where it stands and whether it happens at load time."""

    source: Module
    target: Module
    line: int
    at_start: bool


def edges_of(project: Project) -> list[Edge]:
    """Return the imports among a project's modules, each pair once, those at load time first."""
    out: dict[tuple[int, int], Edge] = {}
    for module in project.modules:
        for entry in sorted(module.imports, key=lambda i: not i.at_start):
            if entry.only_types:
                continue
            names = [f"{entry.name}.{n}" for n in entry.names if f"{entry.name}.{n}" in project.by_name]
            if not names or (entry.name in project.by_name and len(names) < len(entry.names)):
                names.append(entry.name)
            for name in names:
                target = project.by_name.get(name)
                if target is not None and target is not module:
                    out.setdefault((id(module), id(target)), Edge(module, target, entry.line, entry.at_start))
    return list(out.values())


def cycles(project: Project, edges: list[Edge]) -> list[list[Edge]]:
    """Return the import cycles at load time, one a knot of modules, each as a shortest round of edges; packages' own `__init__` aside.

    A package's `__init__` that imports its modules, which import from the package, is a cycle as well only through others.
    """
    index = {id(m): n for n, m in enumerate(project.modules)}
    by_pair: dict[tuple[int, int], Edge] = {}
    for edge in edges:
        ends = index.get(id(edge.source)), index.get(id(edge.target))
        if edge.at_start and ends[0] is not None and ends[1] is not None and not _is_own_package(edge):
            by_pair[ends[0], ends[1]] = edge
    after: list[list[int]] = [[] for _ in project.modules]
    for source, target in by_pair:
        after[source].append(target)
    out = []
    for knot in strongly_connected(after)[1]:
        if len(knot) > 1:
            start = min(knot, key=lambda n: project.modules[n].name)
            out.append(_round(start, set(knot), by_pair))
    return sorted((r for r in out if r), key=lambda r: (len(r), r[0].source.name))


def _round(start: int, members: set[int], by_pair: dict[tuple[int, int], Edge]) -> list[Edge]:
    """Return a shortest way from a module back to itself within its knot."""
    following: dict[int, list[int]] = {}
    for a, b in by_pair:
        if a in members and b in members:
            following.setdefault(a, []).append(b)
    came: dict[int, int] = {}
    todo = [start]
    for node in todo:
        for target in sorted(following.get(node, ())):
            if target == start:
                path = [by_pair[(node, start)]]
                while node != start:
                    path.append(by_pair[(came[node], node)])
                    node = came[node]
                return list(reversed(path))
            if target not in came:
                came[target] = node
                todo.append(target)
    return []


def _is_own_package(edge: Edge) -> bool:
    """Return whether a module imports from the package that it is in: that needs the package's `__init__`, which may import it."""
    return edge.source.name.startswith(edge.target.name + ".") or edge.target.name.startswith(
        edge.source.name + "."
    )


def layer_of(name: str) -> int | None:
    """Return the number of the layer that a module's path says, the outermost 0; the last word that says one counts.

    >>> layer_of("shop.api.orders"), layer_of("shop.domain.order"), layer_of("shop.text")
    (0, 3, None)
    """
    best: tuple[int, int] | None = None
    for number, (_, pattern) in enumerate(LAYERS):
        for found in pattern.finditer(name):
            if best is None or found.start() < best[0]:
                best = (found.start(), number)
    return best[1] if best is not None else None


def against_layers(edges: list[Edge]) -> list[Edge]:
    """Return the imports of an outer layer by an inner one, within one top package."""
    out = []
    for edge in edges:
        inner, outer = layer_of(edge.source.name), layer_of(edge.target.name)
        if inner is None or outer is None or inner == 0 or outer != 0:
            continue
        if edge.source.name.partition(".")[0] == edge.target.name.partition(".")[0] and edge.at_start:
            out.append(edge)
    return sorted(out, key=lambda e: (e.source.path, e.line))


def is_domain(module: Module) -> bool:
    """Return whether a module is of a folder called `domain`, or called so itself: not one model of that name among others."""
    found = re.search(r"(?:^|\.)domain(?:\.|$)", module.name)
    return (
        found is not None
        and re.search(r"(?:^|\.)(?:models?|entities|tables|schemas?)\.", module.name[: found.start() + 1])
        is None
    )


def frameworks_in_domain(project: Project) -> list[tuple[Module, int, str]]:
    """Return where modules of a folder named `domain` import a framework."""
    out = []
    for module in project.modules:
        if is_domain(module):
            for entry in module.imports:
                root = entry.name.partition(".")[0]
                if root in _FRAMEWORKS and not entry.only_types:
                    out.append((module, entry.line, root))
    return out
