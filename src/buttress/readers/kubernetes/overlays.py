"""What Kustomize makes of manifests: patches, images, replicas and namespaces of the overlay that runs, components included.

An overlay may be the one that runs when it is the only one that takes a manifest, or the only one of these for production. Where several
are left, the one that is called so and no more; else the manifest stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from buttress.evidence.lines import Node, documents, lines_of
from buttress.model import Source
from buttress.readers.kubernetes.kustomize import path_of, reached, roots_of, taken
from buttress.readers.kubernetes.objects import WORKLOADS, Object
from buttress.readers.kubernetes.patches import changed, is_operations, merged, operations
from buttress.workloads.folders import stage_of

MAX_VISITS = 500_000  # how often overlays may look at a file or an object, so that a web of them ends
COST = 20  # what a change counts for, in visits
MAX_NESTED = 50
MAX_PATCHES = 1_000
MAX_STEPS = 500
_PLAIN = ("prod", "production", "prd", "live")
_CLUSTER_WIDE = frozenset(
    "Namespace ClusterRole ClusterRoleBinding CustomResourceDefinition StorageClass PersistentVolume".split()
)


def built(found: list[Object], sources: tuple[Source, ...]) -> list[Object]:
    r"""Return the objects as the overlays make them; the patches among them are left out once they have been applied.

    >>> from buttress.readers.kubernetes.objects import objects
    >>> web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{image: a/web}]}}}\n"
    >>> files = (Source("base/web.yaml", web), Source("base/kustomization.yaml", "resources: [web.yaml]"))
    >>> over = Source("prod/kustomization.yaml", "resources: [../base]\nimages: [{name: a/web, newTag: '7'}]\nreplicas: [{name: web, count: 3}]")
    >>> made = built(objects(files)[0], (*files, over))[0].node
    >>> made.text("spec", "replicas"), made.get("spec", "template", "spec", "containers").value[0].text("image")
    ('3', 'a/web:7')
    """
    roots = roots_of(sources)
    if not roots:
        return found
    building = _Building(roots, {s.path: s for s in sources}, found)
    for folder in building.tops():
        building.build(folder, folder)
    return building.result()


@dataclass(slots=True)
class _Building:
    roots: dict[str, Node]
    sources: dict[str, Source]
    found: list[Object]
    items: dict[int, Object] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)
    named: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    done: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    parsed: dict[tuple[str, int], list[Node]] = field(default_factory=dict)
    left: int = MAX_VISITS
    patches: int = MAX_PATCHES

    def tops(self) -> list[str]:
        """Return the overlays that nothing else takes, and remember for each file whose it is."""
        self.items = dict(enumerate(self.found))
        for n, item in self.items.items():
            self.places.setdefault(item.node.source.path, []).append(n)
            self.named.setdefault((item.kind, item.name), []).append(n)
        inner = {path for folder in self.roots for path in taken(folder, self.roots)}
        tops = sorted(set(self.roots) - inner)
        claims: dict[str, list[str]] = {}
        for top in tops:
            for path in reached(top, self.roots):
                self.left -= 1
                if self.left < 0:
                    return []
                claims.setdefault(path, []).append(top)
        for path, claimed in claims.items():
            running = claimed
            if len(running) > 1:
                running = [t for t in claimed if stage_of(t) == "production"]
            if len(running) > 1:
                running = [t for t in running if t.rpartition("/")[2].lower() in _PLAIN]
            if len(running) == 1:
                self.owners[path] = running[0]
        return sorted(set(self.owners.values()))

    def build(self, folder: str, top: str, depth: int = 0) -> list[int]:
        """Apply what a kustomization and those below it say, and return the numbers of the objects that it takes."""
        if depth > MAX_NESTED or (top, folder) in self.done:
            return self.done.get((top, folder), [])
        self.done[(top, folder)] = []
        root, mine = self.roots[folder], []
        for key in ("resources", "bases"):
            for item in root.list(key):
                path = path_of(folder, item.raw)
                if path in self.roots:
                    mine += self.build(path, top, depth + 1)
                elif self.owners.get(path) == top:
                    mine += self.places.get(path, [])
        for item in root.list("components"):
            path = path_of(folder, item.raw)
            if path in self.roots:
                mine = list(dict.fromkeys((*mine, *self.build(path, top, depth + 1))))
                self._transform(path, mine)
        mine = list(dict.fromkeys(mine))
        if root.text("kind") != "Component":
            self._transform(folder, mine)
        self.done[(top, folder)] = mine
        return mine

    def _transform(self, folder: str, mine: list[int]) -> None:
        root = self.roots[folder]
        members = frozenset(mine)
        for patch, target in self._patches(folder, root):
            self._patch(patch, target, mine, members)
        if (namespace := root.get("namespace")) is not None and namespace.raw:
            for n in self._there(mine):
                if self.items[n].kind not in _CLUSTER_WIDE:
                    self._change(n, _laid(self.items[n].node, ("metadata", "namespace"), namespace))
        for entry in root.list("replicas"):
            count = entry.get("count")
            for n in self._there(mine):
                item = self.items[n]
                if count is not None and item.name == entry.text("name") and item.kind in WORKLOADS:
                    self._change(n, _laid(item.node, ("spec", "replicas"), count))
        images = {e.text("name"): e for e in root.list("images") if e.text("name")}
        if images:
            for n in self._there(mine):
                self._change(n, _with_images(self.items[n].node, images))

    def _there(self, mine: Iterable[int]) -> list[int]:
        there = [n for n in mine if n in self.items]
        self.left -= len(there) + 1
        return there if self.left >= 0 else []

    def _change(self, n: int, node: Node) -> None:
        old = self.items[n]
        self.left -= COST
        self.items[n] = Object(old.kind, old.name, node.text("metadata", "namespace"), node)

    def _patches(self, folder: str, root: Node) -> Iterator[tuple[Source, Node | None]]:
        """Yield the texts of the patches of a kustomization, each with what it is for, when that is said."""
        for entry in root.list("patches"):
            yield from ((source, entry.get("target")) for source in self._texts(folder, entry))
        for entry in root.list("patchesJson6902"):
            yield from ((source, entry.get("target")) for source in self._texts(folder, entry))
        for entry in root.list("patchesStrategicMerge"):
            if "\n" in entry.raw:
                yield _inline(entry), None
            else:
                yield from ((s, None) for s in self._files(folder, entry.raw))

    def _texts(self, folder: str, entry: Node) -> Iterator[Source]:
        if (text := entry.get("patch")) is not None and text.raw:
            yield _inline(text)
        elif entry.text("path"):
            yield from self._files(folder, entry.text("path"))

    def _files(self, folder: str, written: str) -> Iterator[Source]:
        path = path_of(folder, written)
        if path in self.sources:
            self.used.add(path)
            yield self.sources[path]

    def _patch(self, source: Source, target: Node | None, mine: list[int], members: frozenset[int]) -> None:
        self.patches -= 1
        if self.patches < 0:
            return
        if is_operations(source.text):
            steps = self._parsed(source)[:MAX_STEPS] if target is not None else []
            for n in self._meant(target, mine) if target is not None and steps else ():
                for step in steps:
                    self._change(n, changed(self.items[n].node, step))
            return
        for patch in self._parsed(source)[:MAX_STEPS]:
            if target is None:
                named = self.named.get((patch.text("kind"), patch.text("metadata", "name")), [])
                meant = [n for n in self._there(named) if n in members]
            else:
                meant = self._meant(target, mine)
            for n in meant:
                if patch.text("$patch") == "delete":
                    del self.items[n]
                else:
                    self._change(n, _laid_over(self.items[n].node, patch))

    def _parsed(self, source: Source) -> list[Node]:
        """Return the operations or the manifests of a patch, read once however often it is named."""
        place = (source.path, source.first_line)
        if place not in self.parsed:
            lists = is_operations(source.text)
            self.parsed[place] = operations(source) if lists else list(documents(source)[0])
        return self.parsed[place]

    def _meant(self, target: Node, mine: list[int]) -> list[int]:
        """Return the objects that a target names by kind, name and labels."""
        pairs = (p.partition("=")[::2] for p in target.text("labelSelector").split(",") if "=" in p)
        wanted = {(k.strip(), v.strip("= ")) for k, v in pairs}
        kind, name = target.text("kind"), target.text("name")

        def is_meant(item: Object) -> bool:
            labels = {(k, v.raw) for k, v in item.node.items("metadata", "labels")} if wanted else set()
            return _matches(kind, item.kind) and _matches(name, item.name) and wanted <= labels

        return [n for n in self._there(mine) if is_meant(self.items[n])]

    def result(self) -> list[Object]:
        """Return the objects that there are now, without the patches that were applied."""
        return [
            item for n, item in sorted(self.items.items()) if self.found[n].node.source.path not in self.used
        ]


def _inline(text: Node) -> Source:
    """Return a patch that is written within a kustomization as a source, with the lines that it has there."""
    lines, at = lines_of(text.source), text.line - text.source.first_line
    first = text.raw.strip().partition("\n")[0]
    below = not (0 <= at < len(lines) and first in lines[at])
    return Source(text.source.path, text.raw, text.line + below)


def _matches(pattern: str, name: str) -> bool:
    """Return whether a name is what a target asks for: literally, or by a pattern of `.*` and `|` alone.

    >>> _matches("web|api-.*", "api-eu"), _matches("web", "webs"), _matches("", "web")
    (True, False, True)
    """
    parts = pattern.strip("^$").split("|")
    plain = re.compile(r"[\w.*-]*")
    return not pattern or any(plain.fullmatch(p) and fnmatchcase(name, p.replace(".*", "*")) for p in parts)


def _laid_over(node: Node, patch: Node) -> Node:
    """Return a manifest with a patch laid over it that keeps its own name."""
    told = {k: n for k, n in patch.items() if k not in ("apiVersion", "kind")}
    if (about := told.get("metadata")) is not None:
        told["metadata"] = replace(
            about, value={k: n for k, n in about.items() if k not in ("name", "namespace")}
        )
    return merged(node, replace(patch, value=told))


def _laid(node: Node, path: tuple[str, ...], value: Node) -> Node:
    """Return a manifest in which a path has a value."""
    for key in reversed(path):
        value = replace(node, value={key: value}, raw="")
    return merged(node, value)


def _with_images(node: Node, images: dict[str, Node], depth: int = 12) -> Node:
    """Return a manifest whose containers run the images that a kustomization gives them."""
    if not isinstance(node.value, dict) or depth == 0:
        return node
    out = dict(node.value)
    for key in ("spec", "template", "jobTemplate"):
        if key in out:
            out[key] = _with_images(out[key], images, depth - 1)
    for key in ("containers", "initContainers"):
        if isinstance(out.get(key, node).value, list) and key in out:
            out[key] = replace(out[key], value=[_container(n, images) for n in out[key].list()])
    return replace(node, value=out)


def _container(node: Node, images: dict[str, Node]) -> Node:
    image = node.get("image")
    if image is None or not isinstance(node.value, dict):
        return node
    name, _, digest = image.raw.partition("@")
    last = name.rpartition("/")[2]
    tag = last.partition(":")[2]
    entry = images.get(name.removesuffix(f":{tag}") if tag else name)
    if entry is None:
        return node
    place = next(
        (n for k in ("digest", "newTag", "newName") if (n := entry.get(k)) is not None and n.raw), None
    )
    if place is None:
        return node
    new = entry.text("newName") or (name.removesuffix(f":{tag}") if tag else name)
    if entry.text("digest") or entry.text("newTag"):
        tag, digest = entry.text("newTag"), entry.text("digest")
    text = new + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    return replace(node, value={**node.value, "image": replace(place, value=text, raw=text)})
