"""Kubernetes manifests as objects by kind, with what belongs to what: Services to workloads, policies to pods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from buttress.evidence.lines import Node, documents
from buttress.model import Diagnostic, Source, slug

WORKLOADS = (
    "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod", "Job", "CronJob", "Rollout", "DeploymentConfig",
)  # fmt: skip
ONE_SHOT = ("Job", "CronJob")
MAX_LISTED = 2000
# Namespaces with such a word are stages of one system, not neighbours in a cluster.
_STAGE = re.compile(
    r"(?:^|-)(?:dev|devel|development|test|testing|stag|stage|staging|prod|production|live|qa|uat|preview|canary|"
    r"local|sandbox|demo|ci)\d*(?:-|$)"
)


@dataclass(frozen=True, slots=True)
class Object:
    """One manifest: its kind, name and namespace, and its node."""

    kind: str
    name: str
    namespace: str
    node: Node


@dataclass(slots=True)
class Workload:
    """What runs pods: the manifest, the pod template in it, and further manifests of the same name (overlays).

    `apart` says that another namespace has a workload of this name, which is another thing; `beside`, that it is a job with
    the name of what runs all the time.
    """

    object: Object
    pod: Node
    variants: list[Object] = field(default_factory=list)
    apart: bool = False
    beside: bool = False

    @property
    def name(self) -> str:
        """Return the name that no other workload has."""
        name = f"{self.object.namespace}-{self.object.name}" if self.apart else self.object.name
        return f"{name}-{self.object.kind.lower()}" if self.beside else name

    @property
    def id(self) -> str:
        """Return the id of the component that the workload is."""
        return slug(self.name)

    def is_in(self, namespace: str) -> bool:
        """Return whether an object of a namespace may mean this workload."""
        return not self.apart or namespace in ("", self.object.namespace)

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
        """Yield the containers that run beside each other, the main one first, and what overlays add to them."""
        if self.spec is not None:
            yield from (n for n in self.spec.list("containers") if isinstance(n.value, dict))
        for pod in (_pod(v) for v in self.variants):
            added = pod.get("spec") if pod is not None else None
            if added is not None:
                yield from (
                    n for n in added.list("containers") if isinstance(n.value, dict) and not n.text("image")
                )


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
            if node.text("kind").endswith("List") and node.get("items") is not None:
                if len(todo) < MAX_LISTED:
                    todo += [n for n in node.list("items") if isinstance(n.value, dict)]
                else:
                    reason = (
                        f"more than {MAX_LISTED} objects in one file; this list was left out, split the file"
                    )
                    diagnostics.append(Diagnostic(source.path, node.line, reason, "error"))
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
    """Return the workloads, one a name, jobs apart; a manifest without a container image is an overlay of the one that has it."""
    by_name: dict[tuple[str, str, str], Workload] = {}
    running = {o.name for o in found if o.kind in WORKLOADS and o.kind not in ONE_SHOT}
    apart = _told_apart(found)
    ranked = sorted((o for o in found if o.kind in WORKLOADS), key=lambda o: not _has_image(o))
    for item in ranked:
        pod = _pod(item)
        split = item.name in apart and bool(item.namespace)
        beside = item.kind in ONE_SHOT and item.name in running
        key = (item.namespace if split else "", item.name, item.kind if beside else "")
        known = by_name.get(key)
        if known is not None:
            known.variants.append(item)
        elif pod is not None:
            by_name[key] = Workload(item, pod, apart=split, beside=beside)
    order = {id(o): n for n, o in enumerate(found)}
    return sorted(by_name.values(), key=lambda w: order[id(w.object)])


def _told_apart(found: list[Object]) -> set[str]:
    """Return the names of workloads that several namespaces have, none of them a stage such as `prod`."""
    places: dict[str, set[str]] = {}
    for item in found:
        if item.kind in WORKLOADS and item.namespace and _has_image(item):
            places.setdefault(item.name, set()).add(item.namespace)
    return {n for n, spaces in places.items() if len(spaces) > 1 and not any(map(_STAGE.search, spaces))}


def selector_of(node: Node | None) -> dict[str, str]:
    """Return the labels that a selector asks for, with or without `matchLabels`."""
    if node is None:
        return {}
    inner = node.get("matchLabels") or node
    return {k: n.raw for k, n in inner.items() if n.raw}


def selects(node: Node | None, labels: dict[str, str]) -> bool:
    r"""Return whether a selector with `matchLabels` and `matchExpressions` selects labels; an empty one selects nothing here.

    >>> text = "matchExpressions: [{key: app, operator: In, values: [web, api]}]"
    >>> selector = documents(Source("a.yaml", text))[0][0]
    >>> selects(selector, {"app": "web"}), selects(selector, {"app": "db"})
    (True, False)
    """
    if node is None:
        return False
    asked, expressions = selector_of(node), list(node.list("matchExpressions"))
    if any(labels.get(k) != v for k, v in asked.items()):
        return False
    return bool(asked or expressions) and all(_meets(e, labels) for e in expressions)


def _meets(expression: Node, labels: dict[str, str]) -> bool:
    value, values = labels.get(expression.text("key")), [n.raw for n in expression.list("values")]
    return {
        "In": value is not None and value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }.get(expression.text("operator"), False)


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
