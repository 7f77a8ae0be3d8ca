"""Kubernetes.

YAML with `apiVersion` and `kind`.

- **Reads** Deployments, StatefulSets, DaemonSets, Jobs, CronJobs, Pods, Services, Ingresses, Gateway API routes, ConfigMaps, Secrets,
  HorizontalPodAutoscalers and KEDA ScaledObjects, PodDisruptionBudgets, NetworkPolicies, Istio VirtualServices and DestinationRules. Addresses
  in variables and ConfigMaps become flows; mounted configuration of nginx and Envoy goes to their readers.
- **Complete about** {complete}
  Of a kustomization it reads what it generates (literals, files of nginx and Envoy) and the prefix or ending of names.
- **Doesn't read** patches of Kustomize that are no manifests before they are rendered (`kustomize build … | buttress review -`), nor the
  custom resources of operators.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from buttress import hosts, workloads
from buttress.lines import Node
from buttress.model import (
    Boundary,
    Component,
    Diagnostic,
    Evidence,
    Fact,
    Flow,
    Fragment,
    Source,
    flow_id,
    slug,
)
from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.kubernetes.inventory import Inventory
from buttress.readers.kubernetes.kustomize import Kustomized, kustomized
from buttress.readers.kubernetes.objects import (
    Object,
    Workload,
    objects,
    selector_of,
)
from buttress.readers.kubernetes.routes import backends_of, gateway_of
from buttress.readers.kubernetes.rules import allowance, mesh_rules, scaling, shown
from buttress.readers.kubernetes.settings import (
    Setting,
    configuration_of,
    line_naming,
    mounted_maps,
    settings_of,
    stays_inside,
    told_of,
    used_secrets,
)
from buttress.readers.kubernetes.workload import facts_of

__all__ = ["read"]

_COPIES = re.compile(r"dump|backup|back-up|export|archiv|snapshot", re.IGNORECASE)


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the workloads of all manifests of a system with their flows, facts and namespaces.

    >>> text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{image: a/web:1}]}}}"
    >>> read((Source("web.yaml", text),)).components[0].fact("readiness").status
    'denied'
    """
    found, diagnostics = objects(sources)
    reading = _Reading(found, kustomized(sources))
    reading.run()
    flows = reading.flows.values()
    return Fragment(
        "kubernetes",
        components=workloads.named_by_images(reading.named()),
        flows=tuple(replace(f, facts=(*f.facts, *reading.rules_of(f))) for f in flows),
        boundaries=tuple(reading.boundaries.values()),
        nested=tuple(reading.nested),
        diagnostics=(*diagnostics, *reading.diagnostics),
        tells_apart=True,
    )


class _Reading:
    def __init__(self, found: list[Object], made: Kustomized) -> None:
        self.there = Inventory([*found, *made.objects])
        self.made = made
        self.components: dict[str, Component] = {}
        self.flows: dict[tuple[str, str], Flow] = {}
        self.boundaries: dict[str, Boundary] = {}
        self.diagnostics: list[Diagnostic] = []
        self.mesh: dict[str, list[Fact]] = {}
        self.nested: dict[Source, None] = {}
        self.served: dict[str, dict[str, None]] = {}

    def run(self) -> None:
        for workload in self.there.workloads:
            self._workload(workload)
        for service in self.there.of("Service"):
            self._service(service)
        for workload in self.there.workloads:
            if not workload.beside:
                self.there.add_name(workload.object.name, workload.id, workload.object.namespace)
        for workload in self.there.workloads:
            self._environment(workload)
        for route in self.there.of("Ingress"):
            self._ingress(route)
        for route in self.there.of("HTTPRoute", "GRPCRoute", "TCPRoute"):
            self._route(route)
        for policy in self.there.of("NetworkPolicy"):
            self._policy(policy)
        for budget in self.there.of("PodDisruptionBudget"):
            for workload in self.there.selected(budget.node.get("spec", "selector"), budget.namespace):
                self._fact(
                    workload,
                    Fact(
                        "pod_disruption_budget",
                        True,
                        "stated",
                        (shown(budget, "minAvailable", "maxUnavailable"),),
                    ),
                )
        for service in self.there.of("VirtualService", "DestinationRule"):
            self._mesh(service)

    def named(self) -> tuple[Component, ...]:
        """Return the components, each with the names of the Services that select it alone; one word alone is any other's name, too."""
        taken = {slug(c.name) for c in self.components.values()}
        served = {
            id_: [n for n in names if "-" in n and slug(n) not in taken] for id_, names in self.served.items()
        }
        return tuple(
            replace(c, aliases=(*c.aliases, *served.get(id_, ()))) for id_, c in self.components.items()
        )

    def rules_of(self, flow: Flow) -> list[Fact]:
        return self.mesh.get(flow.target, [])

    def _workload(self, workload: Workload) -> None:
        item = workload.object
        containers = list(workload.containers())
        image = containers[0].text("image") if containers else ""
        here = _shown(item, containers)
        settings = [n.text("name") for c in containers for n in c.list("env")]
        started = " ".join(n.raw for c in containers[:1] for key in ("command", "args") for n in c.list(key))
        kind, technology = workloads.kind_of(item.name, image, settings, started)
        if item.kind in ("Job", "CronJob") and kind == "service":
            kind = "worker"
        scaler = self.there.scaler_of(workload)
        facts = [*facts_of(workload, kind, here, scaled=scaler is not None)]
        if scaler is not None:
            facts += scaling(scaler)
        places: list[str] = []
        if item.namespace:
            id_ = f"namespace-{slug(item.namespace)}"
            place = item.node.get("metadata", "namespace")
            if place is not None:
                self.boundaries.setdefault(
                    id_, Boundary(id_, item.namespace, "namespace", None, (place.evidence(),))
                )
                places.append(id_)
        evidence = (here, *(shown(v, "replicas") for v in workload.variants))
        self.components[workload.id] = Component(
            workload.id,
            workload.name,
            kind,
            technology.id if technology else None,
            (),
            tuple(places),
            tuple(facts),
            evidence,
        )

    def _service(self, item: Object) -> None:
        spec = item.node.get("spec")
        selector = selector_of(spec.get("selector")) if spec is not None else {}
        behind = self.there.selected(spec.get("selector"), item.namespace) if spec is not None else []
        here = shown(item, "type", "clusterIP")
        if spec is not None and spec.text("externalName"):
            id_, host = slug(item.name), spec.text("externalName")
            line = (spec.get("externalName") or item.node).evidence()
            managed = hosts.managed_technology(host)
            self.components.setdefault(id_, workloads.outside(id_, item.name, host, managed, line))
            self.there.add_name(item.name, id_, item.namespace)
            self.there.add_name(host, id_, "")
            return
        if not behind:
            if selector and item.name not in self.there.named:
                id_ = slug(item.name)
                kind, technology = workloads.kind_of(item.name, "")
                self.components.setdefault(
                    id_,
                    Component(id_, item.name, kind, technology.id if technology else None, evidence=(here,)),
                )
                self.there.add_name(item.name, id_, item.namespace)
            return
        main = next((w for w in behind if w.object.name == item.name), behind[0])
        for name in (item.name, *self.made.names_of(item)):
            self.there.add_name(name, main.id, item.namespace)
            if len(behind) == 1 and not item.node.source.partial:
                self.served.setdefault(main.id, {})[name] = None
        inner = any(
            "internal" in (k + v.raw).lower() and v.value is not False and v.raw.lower() != "false"
            for k, v in item.node.items("metadata", "annotations")
        )
        if spec is not None and spec.text("type") == "LoadBalancer" and not inner:
            place = spec.get("type")
            for workload in behind:
                self._fact(
                    workload,
                    Fact("exposed_to_internet", True, "stated", (place.evidence() if place else here,)),
                )
        if spec is not None and spec.text("type") == "NodePort":
            ports = [n for p in spec.list("ports") if (n := p.get("nodePort") or p.get("port")) is not None]
            if ports:
                lines = tuple(p.evidence() for p in ports)
                for workload in behind:
                    self._fact(
                        workload, Fact("published_ports", tuple(p.raw for p in ports), "stated", lines)
                    )

    def _fact(self, workload: Workload, fact: Fact) -> None:
        id_ = workload.id
        old = self.components[id_]
        if old.fact(fact.name) is None:
            self.components[id_] = replace(old, facts=(*old.facts, fact))

    def _environment(self, workload: Workload) -> None:
        source, namespace = workload.id, workload.object.namespace
        names, maps = self.there.names(namespace), self.there.by_name("ConfigMap", namespace)
        secrets = self.there.by_name("Secret", namespace)
        plain: list[Evidence] = []
        guarded = self.components[workload.id].kind in STORES | MESSAGING
        for n, container in enumerate(workload.containers()):
            settings = settings_of(container, workload.spec, maps, secrets)
            main = container.text("name") == next(workload.containers()).text("name")
            files = {
                p: e for m in mounted_maps(container, workload.spec) for p, e in self.made.files.get(m, ())
            }
            if files:
                places = tuple(dict.fromkeys(files.values()))
                self._fact(workload, Fact("configuration_files", tuple(files), "stated", places))
            for fact in told_of(container, settings, is_store=guarded and n == 0):
                self._fact(workload, fact)
            for setting in settings:
                if not setting.hidden and workloads.holds_secret(setting.key, setting.value.raw):
                    plain.append(setting.shown(secret=True))
                self._refer(source, names, setting)
                self._bucket(source, setting.value)
                file = configuration_of(setting, workload.name)
                if file is not None and (main or not stays_inside(file.text)):
                    self.nested[file] = None
            for key in ("command", "args"):
                pieces = list(container.list(key))
                whole = " ".join(p.raw for p in pieces)
                for piece in pieces:
                    self._bucket(source, piece)
                for reference in hosts.references(key, whole, names, command=True):
                    part = next((p for p in pieces if reference.host in p.raw), None)
                    if part is not None and reference.known and "\n" not in part.raw:
                        self._flow(source, names[reference.host], part.evidence(), reference.scheme)
            for used in used_secrets(container, workload.spec, secrets):
                plain += [
                    n.evidence(key_only=True)
                    for part in ("data", "stringData")
                    for _, n in used.node.items(part)
                    if n.raw and not re.match(r"[$<{]", n.raw)
                ]
        if plain:
            self._fact(workload, Fact("secrets_in_plaintext", True, "stated", tuple(dict.fromkeys(plain))))

    def _refer(self, source: str, names: Mapping[str, str], setting: Setting) -> None:
        value = setting.value
        secret = workloads.holds_secret(setting.key, value.raw)
        for reference in hosts.references(setting.key, value.raw, names):
            shown_at = setting.shown(secret=secret)
            target = names[reference.host] if reference.known else slug(reference.host)
            if reference.known and "\n" in value.raw:
                line = line_naming(value, reference.host)
                if line is None:
                    continue
                shown_at = line
            elif not reference.known:
                if setting.mounted:
                    continue
                managed = hosts.managed_technology(reference.host)
                self.components.setdefault(
                    target, workloads.outside(target, reference.host, reference.host, managed, shown_at)
                )
            self._flow(source, target, shown_at, reference.scheme)
            if setting.picked and setting.named is not None:
                self._flow(source, target, setting.named.evidence(), reference.scheme)

    def _bucket(self, source: str, value: Node) -> None:
        """Add the object store whose bucket a value names (`s3://dumps`); what makes dumps or exports writes to it."""
        technology = hosts.bucket_technology(value.raw)
        if technology is None or "\n" in value.raw:
            return
        label = workloads.label_of(technology)
        self.components.setdefault(
            slug(label),
            Component(slug(label), label, "object_store", technology, evidence=(value.evidence(),)),
        )
        writes = _COPIES.search(self.components[source].name) is not None
        self._flow(source, slug(label), value.evidence(), kind="writes" if writes else "calls")

    def _flow(
        self,
        source: str,
        target: str,
        evidence: Evidence,
        scheme: str = "",
        kind: str = "",
        facts: tuple[Fact, ...] = (),
    ) -> None:
        if source == target or source not in self.components or target not in self.components:
            return
        old = self.flows.get((source, target))
        if old is not None:
            if evidence not in old.evidence:
                known = {f.name: f for f in old.facts}
                for new in facts:
                    before = known.get(new.name)
                    known[new.name] = (
                        new if before is None else replace(before, evidence=(*before.evidence, *new.evidence))
                    )
                self.flows[(source, target)] = replace(
                    old, evidence=(*old.evidence, evidence), facts=tuple(known.values())
                )
            return
        kind = kind or workloads.flow_kind(self.components[source].kind, self.components[target].kind)
        self.flows[(source, target)] = Flow(
            flow_id(source, target, kind), source, target, kind, None, scheme or None, facts, (evidence,)
        )

    def _ingress(self, item: Object) -> None:
        taken = slug(item.name) in self.components
        gateway = gateway_of(item, f"{item.name}-ingress" if taken else item.name)
        self.components[gateway.id] = gateway
        for key, node in backends_of(item.node.get("spec")):
            if target := self.there.names(item.namespace).get(key):
                self._flow(gateway.id, target, node.evidence(), kind="routes")

    def _route(self, item: Object) -> None:
        for parent in item.node.list("spec", "parentRefs"):
            if parent.text("kind") not in ("", "Gateway"):
                continue
            name = parent.text("name")
            id_ = slug(name) if slug(name) not in self.there.ids else f"{slug(name)}-gateway"
            gateway = self.there.by_name("Gateway", item.namespace).get(name)
            place = parent.get("name")
            if not name or place is None:
                continue
            evidence = shown(gateway, "gatewayClassName") if gateway is not None else place.evidence()
            self.components.setdefault(id_, Component(id_, name, "gateway", evidence=(evidence,)))
            for rule in item.node.list("spec", "rules"):
                for backend in rule.list("backendRefs"):
                    target = backend.get("name")
                    known = self.there.names(item.namespace).get(target.raw) if target is not None else None
                    if target is not None and known is not None:
                        self._flow(id_, known, target.evidence(), kind="routes")

    def _policy(self, item: Object) -> None:
        spec = item.node.get("spec")
        if spec is None:
            return
        chosen = spec.get("podSelector")
        everything = chosen is not None and not chosen.value
        here = shown(item)
        everyone = [w for w in self.there.workloads if w.is_in(item.namespace)]
        for workload in everyone if everything else self.there.selected(chosen, item.namespace):
            self._fact(workload, Fact("network_policy", True, "stated", (here,)))
            for rule in spec.list("ingress"):
                for peer in rule.list("from"):
                    place = peer.get("podSelector")
                    if place is not None:
                        for caller in self.there.selected(place, item.namespace):
                            label = next((n for k, n in (place.get("matchLabels") or place).items()), place)
                            self._flow(caller.id, workload.id, label.evidence(), facts=allowance(label))

    def _mesh(self, item: Object) -> None:
        names = self.there.names(item.namespace)
        target = names.get(item.node.text("spec", "host").partition(".")[0], "")
        if (outlier := item.node.get("spec", "trafficPolicy", "outlierDetection")) is not None and target:
            self.mesh.setdefault(target, []).append(
                Fact("circuit_breaker", True, "stated", (outlier.evidence(),))
            )
        for rule in item.node.list("spec", "http"):
            for destination in rule.list("route"):
                target = names.get(destination.text("destination", "host").partition(".")[0], "")
                self.mesh.setdefault(target, []).extend(mesh_rules(rule))


def _shown(item: Object, containers: list[Node]) -> Evidence:
    """Return the line that says what a workload runs: its image, else its kind."""
    image = containers[0].get("image") if containers else None
    return image.evidence() if image is not None and image.raw else shown(item)
