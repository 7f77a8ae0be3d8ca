"""What a kustomization makes: ConfigMaps and Secrets out of literals and files, and names with a prefix or an ending."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from buttress.evidence.lines import Node, documents
from buttress.model import Evidence, Source
from buttress.readers.kubernetes.objects import Object

_RESOURCES = ("resources", "bases", "components")  # what a kustomization takes from elsewhere
_GENERATORS = (("configMapGenerator", "ConfigMap", "data"), ("secretGenerator", "Secret", "stringData"))


@dataclass(slots=True)
class Kustomized:
    """What all kustomizations make together.

    `files` are the files of each generated ConfigMap, by its name; `renamed` are the prefix, the ending and the files whose
    objects get them, one for each kustomization that has such.
    """

    objects: list[Object] = field(default_factory=list)
    files: dict[str, list[tuple[str, Evidence]]] = field(default_factory=dict)
    renamed: list[tuple[str, str, frozenset[str]]] = field(default_factory=list)

    def names_of(self, item: Object) -> Iterator[str]:
        """Yield the names that kustomizations give an object."""
        for prefix, ending, paths in self.renamed:
            if item.node.source.path in paths:
                yield f"{prefix}{item.name}{ending}"


def is_kustomization(source: Source) -> bool:
    """Return whether a file is a kustomization.

    >>> is_kustomization(Source("overlays/prod/kustomization.yml", "")), is_kustomization(Source("a.yaml", ""))
    (True, False)
    """
    return source.name.lower() in ("kustomization.yaml", "kustomization.yml")


def roots_of(sources: tuple[Source, ...]) -> dict[str, Node]:
    """Return the kustomizations among some sources by the folders that they stand in.

    >>> list(roots_of((Source("prod/kustomization.yaml", "resources: [a.yaml]"), Source("prod/a.yaml", "kind: Pod"))))
    ['prod']
    """
    return {
        posixpath.dirname(source.path): node
        for source in sorted(sources, key=lambda s: s.path)
        if is_kustomization(source)
        for node in documents(source)[0][:1]
    }


def path_of(folder: str, written: str) -> str:
    """Return the path that a kustomization in a folder names; the folder of all is empty.

    >>> path_of("overlays/prod", "../../base"), path_of("prod", "..")
    ('base', '')
    """
    path = posixpath.normpath(posixpath.join(folder, written))
    return "" if path == "." else path


def kustomized(sources: tuple[Source, ...]) -> Kustomized:
    r"""Return what the kustomizations among some sources make.

    >>> text = "namePrefix: prod-\nresources: [a.yaml]\nconfigMapGenerator:\n- name: shop\n  literals: [TIMEOUT=5]\n"
    >>> made = kustomized((Source("prod/kustomization.yaml", text),))
    >>> made.objects[0].node.text("data", "TIMEOUT"), [(p, sorted(paths)) for p, _, paths in made.renamed]
    ('5', [('prod-', ['prod/a.yaml'])])
    """
    out = Kustomized()
    roots = roots_of(sources)
    first: dict[tuple[str, str], Node] = {}
    for folder, root in roots.items():
        for key, kind, part in _GENERATORS:
            for made in root.list(key):
                pairs = dict(_pairs(made))
                known = first.get((kind, made.text("name")))
                if made.text("behavior") == "merge" and known is not None and isinstance(known.value, dict):
                    known.value.update(pairs)
                    continue
                data = first[(kind, made.text("name"))] = Node(
                    made.source, made.line, made.key_line, {**pairs}
                )
                node = Node(made.source, made.line, made.key_line, {part: data})
                out.objects.append(Object(kind, made.text("name"), root.text("namespace"), node))
                if kind == "ConfigMap":
                    out.files.setdefault(made.text("name"), []).extend(_files(made, folder))
        prefix, ending = root.text("namePrefix"), root.text("nameSuffix")
        if prefix or ending:
            out.renamed.append((prefix, ending, frozenset(reached(folder, roots))))
    return out


def _pairs(made: Node) -> Iterator[tuple[str, Node]]:
    for item in made.list("literals"):
        key, mark, value = item.raw.partition("=")
        if mark:
            value = value.strip("'\"")
            yield key.strip(), Node(item.source, item.line, item.line, value, value)


def _files(made: Node, folder: str) -> Iterator[tuple[str, Evidence]]:
    for item in made.list("files"):
        path = item.raw.rpartition("=")[2]
        yield path_of(folder, path), item.evidence()


def taken(folder: str, roots: Mapping[str, Node]) -> Iterator[str]:
    """Yield the paths that the kustomization of a folder takes: of files, and of folders with kustomizations."""
    for key in _RESOURCES:
        for item in roots[folder].list(key):
            yield path_of(folder, item.raw)


def reached(top: str, roots: Mapping[str, Node]) -> Iterator[str]:
    """Yield the files that the kustomization of a folder takes, once each, those of the kustomizations that it takes included."""
    todo, seen = [top], {top}
    while todo:
        for path in taken(todo.pop(), roots):
            if path not in seen:
                seen.add(path)
                if path in roots:
                    todo.append(path)
                else:
                    yield path
