"""What there is in a cluster's manifests, and how it is found: by kind, by label, and by name as a namespace sees it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable

from buttress.evidence.lines import Node
from buttress.readers.kubernetes.objects import Object, Workload, selector_of, selects, workloads_of


class Inventory:
    """All objects of a system; `add_name` and `names` say which component a host name means within a namespace."""

    def __init__(self, found: list[Object]) -> None:
        """Index the objects once, so that a large cluster is read in linear time."""
        self.workloads = workloads_of(found)
        self.named = {w.object.name for w in self.workloads}
        self.ids = {w.id for w in self.workloads}
        self._kinds: dict[str, list[Object]] = {}
        for item in found:
            self._kinds.setdefault(item.kind, []).append(item)
        self._labelled: dict[tuple[str, str], list[Workload]] = {}
        for workload in self.workloads:
            for label in workload.labels.items():
                self._labelled.setdefault(label, []).append(workload)
        self._scalers: dict[str, list[Object]] = {}
        for scaler in self.of("HorizontalPodAutoscaler", "ScaledObject"):
            self._scalers.setdefault(scaler.node.text("spec", "scaleTargetRef", "name"), []).append(scaler)
        self._names: dict[str, str] = {}
        self._local: dict[str, dict[str, str]] = {}
        self._seen: dict[tuple[str, str], dict[str, Object]] = {}

    def of(self, *kinds: str) -> list[Object]:
        """Return the objects of some kinds."""
        return [o for kind in kinds for o in self._kinds.get(kind, ())]

    def every(self) -> list[Object]:
        """Return all objects."""
        return [o for found in self._kinds.values() for o in found]

    def by_name(self, kind: str, namespace: str) -> dict[str, Object]:
        """Return the objects of a kind by name; of several with one name, that of the namespace."""
        if (kind, namespace) not in self._seen:
            items = self.of(kind)
            near = {o.name: o for o in items if o.namespace == namespace}
            self._seen[(kind, namespace)] = {**{o.name: o for o in items}, **near}
        return self._seen[(kind, namespace)]

    def selected(self, selector: Node | None, namespace: str) -> list[Workload]:
        """Return the workloads that an object of a namespace selects, with or without `matchLabels`."""
        labels: Iterable[tuple[str, str]] = selector_of(selector).items()
        near = min((self._labelled.get(label, []) for label in labels), key=len, default=self.workloads)
        return [w for w in near if w.is_in(namespace) and selects(selector, w.labels)]

    def scaler_of(self, workload: Workload) -> Object | None:
        """Return the autoscaler that sets the replicas of a workload."""
        item = workload.object
        return next(
            (
                o
                for o in self._scalers.get(item.name, ())
                if o.node.text("spec", "scaleTargetRef", "kind") in ("", item.kind)
                and workload.is_in(o.namespace)
            ),
            None,
        )

    def add_name(self, name: str, id_: str, namespace: str) -> None:
        """Let a host name mean a component: everywhere with its namespace behind it, without one where nothing is nearer."""
        self._names.setdefault(name, id_)
        if namespace:
            self._local.setdefault(namespace, {}).setdefault(name, id_)
            for ending in ("", ".svc", ".svc.cluster.local"):
                self._names.setdefault(f"{name}.{namespace}{ending}", id_)

    def names(self, namespace: str) -> ChainMap[str, str]:
        """Return what every host name means within a namespace: what is in it comes before all others."""
        return ChainMap(self._local.get(namespace, {}), self._names)
