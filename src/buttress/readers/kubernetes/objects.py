"""Kubernetes manifests as objects by kind, with what belongs to what: Services to workloads, policies to pods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from buttress.lines import Node, documents
from buttress.model import Diagnostic, Source

WORKLOADS = (
    "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod", "Job", "CronJob", "Rollout", "DeploymentConfig",
)  # fmt: skip
MAX_LISTED = 2000


@dataclass(frozen=True, slots=True)
class Object:
    """One manifest: its kind, name and namespace, and its node."""

    kind: str
    name: str
    namespace: str
    node: Node


@dataclass(slots=True)
class Workload:
    """What runs pods: the manifest, the pod template in it, and further manifests of the same name (overlays)."""

    object: Object
    pod: Node
    variants: list[Object] = field(default_factory=list)

    @property
    def labels(self) -> dict[str, str]:
        """Return the labels of the pods."""
        node = self.pod.get("metadata") if self.object.kind != "Pod" else self.object.node.get("metadata")
        return {k: n.raw for k, n in node.items("labels")} if node is not None else {}

    @property
    def spec(self) -> Node | None:
        """Return the pod's spec."""
        return self.pod.get("spec")

    def containers(self) -> Iterator[Node]:
        """Yield the containers that run beside each other, the main one first."""
        if self.spec is not None:
            yield from (n for n in self.spec.list("containers") if isinstance(n.value, dict))


def objects(sources: tuple[Source, ...]) -> tuple[list[Object], list[Diagnostic]]:
    r"""Return all objects in some manifests, and what couldn't be read.

    >>> [o.name for o in objects((Source("a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"),))[0]]
    ['web']
    """
    out: list[Object] = []
    diagnostics: list[Diagnostic] = []
    for source in sorted(sources, key=lambda s: (s.path, s.first_line)):
        found, problems = documents(source)
        diagnostics += problems
        todo = list(found)
        for node in todo:
            if node.text("kind").endswith("List") and len(todo) < MAX_LISTED:
                todo += [n for n in node.list("items") if isinstance(n.value, dict)]
                continue
            kind, name = node.text("kind"), node.text("metadata", "name")
            if kind and not name and kind in WORKLOADS and not node.text("metadata", "generateName"):
                diagnostics.append(
                    Diagnostic(source.path, node.line, f"{kind} without metadata.name; it was left out")
                )
            elif kind and (name or node.text("metadata", "generateName")):
                out.append(
                    Object(
                        kind,
                        name or node.text("metadata", "generateName"),
                        node.text("metadata", "namespace"),
                        node,
                    )
                )
    return out, diagnostics


def workloads_of(found: list[Object]) -> list[Workload]:
    """Return the workloads, one a name; a manifest without a container image is an overlay of the one that has it."""
    by_name: dict[str, Workload] = {}
    ranked = sorted((o for o in found if o.kind in WORKLOADS), key=lambda o: not _has_image(o))
    for item in ranked:
        pod = _pod(item)
        if pod is None:
            continue
        known = by_name.get(item.name)
        if known is None:
            by_name[item.name] = Workload(item, pod)
        else:
            known.variants.append(item)
    order = {id(o): n for n, o in enumerate(found)}
    return sorted(by_name.values(), key=lambda w: order[id(w.object)])


def matches(selector: dict[str, str], labels: dict[str, str]) -> bool:
    """Return whether labels meet a selector; an empty selector selects nothing here.

    >>> matches({"app": "web"}, {"app": "web", "tier": "front"}), matches({}, {"app": "web"})
    (True, False)
    """
    return bool(selector) and all(labels.get(k) == v for k, v in selector.items())


def selector_of(node: Node | None) -> dict[str, str]:
    """Return the labels that a selector asks for, with or without `matchLabels`."""
    if node is None:
        return {}
    inner = node.get("matchLabels") or node
    return {k: n.raw for k, n in inner.items() if n.raw}


def _pod(item: Object) -> Node | None:
    if item.kind == "Pod":
        return item.node
    if item.kind == "CronJob":
        return item.node.get("spec", "jobTemplate", "spec", "template")
    return item.node.get("spec", "template")


def _has_image(item: Object) -> bool:
    pod = _pod(item)
    spec = pod.get("spec") if pod is not None else None
    return spec is not None and any(c.text("image") for c in spec.list("containers"))
