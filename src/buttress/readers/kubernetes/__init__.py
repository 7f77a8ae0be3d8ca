"""Kubernetes.

YAML with `apiVersion` and `kind`.

- **Reads** Deployments, StatefulSets, DaemonSets, Jobs, CronJobs, Pods, Services, Ingresses, Gateway API routes, ConfigMaps, Secrets,
  HorizontalPodAutoscalers and KEDA ScaledObjects, PodDisruptionBudgets, NetworkPolicies, Istio VirtualServices and DestinationRules, databases
  and brokers that operators run. Addresses in variables and ConfigMaps become flows, and so does who uses whose login; mounted
  configuration of nginx and Envoy goes to their readers.
- **Complete about** {complete}
  Kustomizations are built: bases and components, patches (merges and lists of operations), images, replicas, namespaces, what they
  generate (literals, files of nginx and Envoy) and the prefix or ending of names; of several overlays the one for production.
- **Doesn't read** replacements, charts and bases from elsewhere that a kustomization names (`kustomize build … | buttress review -`), nor
  objects of operators other than those for PostgreSQL, MySQL, MariaDB, MongoDB, Redis, Kafka, RabbitMQ and Elasticsearch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from buttress import workloads
from buttress.evidence.lines import Node
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
    ONE_SHOT,
    Object,
    Workload,
    objects,
    selector_of,
)
from buttress.readers.kubernetes.operators import credentials_of, operated
from buttress.readers.kubernetes.overlays import built
from buttress.readers.kubernetes.patches import is_operations
from buttress.readers.kubernetes.routes import backends_of, gateway_of
from buttress.readers.kubernetes.rules import (
    allowance,
    answers,
    mesh_rules,
    opened_by,
    scaling,
    shown,
    told_again,
)
from buttress.readers.kubernetes.secrets import named_secrets, written_out
from buttress.readers.kubernetes.settings import (
    Setting,
    configuration_of,
    line_naming,
    mounted_maps,
    promised,
    settings_of,
    stays_inside,
    told_of,
)
from buttress.readers.kubernetes.workload import facts_of, place_of
from buttress.workloads import addressed, commands, hosts

__all__ = ["read"]

_COPIES = re.compile(r"dump|backup|back-up|export|archiv|snapshot", re.IGNORECASE)


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the workloads of all manifests of a system with their flows, facts and namespaces.

    >>> text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{image: a/web:1}]}}}"
    >>> read((Source("web.yaml", text),)).components[0].fact("readiness").status
    'denied'
    """
    manifests = tuple(s for s in sources if not is_operations(s.text))
    found, diagnostics = objects(manifests)
    reading = _Reading(built(found, sources), kustomized(manifests))
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
        self.credentials: dict[str, str] = {}

    def run(self) -> None:
        for workload in self.there.workloads:
            self._workload(workload)
        for item in self.there.every():
            if (found := operated(item)) is not None:
                self._operated(item, *found)
        for service in self.there.of("Service"):
            self._service(service)
        for workload in self.there.workloads:
            if not workload.beside:
                self.there.add_name(workload.object.name, workload.id, workload.object.namespace)
        for workload in self.there.workloads:
            self._environment(workload)
        self._promised()
        for route in self.there.of("Ingress"):
            self._ingress(route)
        for route in self.there.of("HTTPRoute", "GRPCRoute", "TCPRoute"):
            self._route(route)
        for policy in self.there.of("NetworkPolicy"):
            self._policy(policy)
        for budget in self.there.of("PodDisruptionBudget"):
            for workload in self.there.selected(budget.node.get("spec", "selector"), budget.namespace):
                here = shown(budget, "minAvailable", "maxUnavailable")
                self._fact(workload, Fact("pod_disruption_budget", True, "stated", (here,)))
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
        here = place_of(item, containers)
        settings = [n.text("name") for c in containers for n in c.list("env")]
        started = " ".join(n.raw for c in containers[:1] for key in ("command", "args") for n in c.list(key))
        kind, technology = workloads.kind_of(item.name, image, settings, started)
        if item.kind in ONE_SHOT and kind in STORES | MESSAGING | {"service"}:
            kind, technology = "worker", None  # with the image of a store it works on one
        scaler = self.there.scaler_of(workload)
        facts = [*facts_of(workload, kind, here, scaled=scaler is not None)]
        if scaler is not None:
            facts += scaling(scaler)
        place = item.node.get("metadata", "namespace") if item.namespace else None
        places = [self._boundary(place)] if place is not None else []
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

    def _operated(self, item: Object, made: Component, names: tuple[str, ...]) -> None:
        place = item.node.get("metadata", "namespace")
        if place is not None and place.raw:
            made = replace(made, boundaries=(self._boundary(place),))
        self.components.setdefault(made.id, made)
        for name in (*names, item.name):
            self.there.add_name(name, made.id, item.namespace)
        self.credentials.update(dict.fromkeys(credentials_of(item), made.id))

    def _boundary(self, place: Node) -> str:
        id_ = f"namespace-{slug(place.raw)}"
        self.boundaries.setdefault(id_, Boundary(id_, place.raw, "namespace", None, (place.evidence(),)))
        return id_

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
                known = technology.id if technology else None
                self.components.setdefault(id_, Component(id_, item.name, kind, known, evidence=(here,)))
                self.there.add_name(item.name, id_, item.namespace)
            return
        main = next((w for w in behind if w.object.name == item.name), behind[0])
        for name in (item.name, *self.made.names_of(item)):
            self.there.add_name(name, main.id, item.namespace)
            if len(behind) == 1 and not item.node.source.partial:
                self.served.setdefault(main.id, {})[name] = None
        for workload in behind:
            for fact in opened_by(item):
                self._fact(workload, fact)
            one = self.components[workload.id]
            if one.kind == "worker" and workloads.may_answer(one.name) and answers(item):
                self.components[workload.id] = replace(one, kind="service")

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
                self._bucket(source, setting.value, setting.shown(secret=False))
                file = configuration_of(setting, workload.name)
                if file is not None and (main or not stays_inside(file.text)):
                    self.nested[file] = None
            started = [(p.raw, p.evidence()) for key in ("command", "args") for p in container.list(key)]
            plain += commands.secrets_in(started)
            for key in ("command", "args"):
                pieces = list(container.list(key))
                whole = " ".join(p.raw for p in pieces)
                for piece in pieces:
                    self._bucket(source, piece, piece.evidence())
                for reference in hosts.references(key, whole, names, command=True):
                    part = next((p for p in pieces if reference.host in p.raw), None)
                    if part is not None and reference.known:
                        shown_at = line_naming(part, reference.host) if "\n" in part.raw else part.evidence()
                        if shown_at is not None:
                            self._flow(source, names[reference.host], shown_at, reference.scheme)
            for place in named_secrets(container, workload.spec):
                if place.raw in self.credentials:
                    self._flow(source, self.credentials[place.raw], place.evidence())
            plain += written_out(container, workload.spec, secrets)
        if plain:
            self._fact(workload, Fact("secrets_in_plaintext", True, "stated", tuple(dict.fromkeys(plain))))

    def _refer(self, source: str, names: Mapping[str, str], setting: Setting) -> None:
        value = setting.value
        here = setting.shown(secret=workloads.holds_secret(setting.key, value.raw))
        for reference in hosts.references(setting.key, value.raw, names):
            shown_at = here
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
                new = workloads.outside(target, reference.host, reference.host, managed, shown_at)
                if new.kind == "monitoring":
                    continue  # where figures go that nothing here receives
                self.components.setdefault(target, new)
            self._flow(source, target, shown_at, reference.scheme)
            if setting.picked and setting.named is not None:
                self._flow(source, target, setting.named.evidence(), reference.scheme)
        found = None if setting.mounted else addressed.store_at(setting.key, value.raw, names, here)
        if found is not None:
            self._flow(source, self.components.setdefault(found[0].id, found[0]).id, here, found[1])

    def _promised(self) -> None:
        """Add the stores and brokers whose address only a Secret knows, where none of the kind is told of."""
        here = {c.kind for c in self.components.values()}
        for workload in self.there.workloads:
            secrets = self.there.by_name("Secret", workload.object.namespace).keys() | self.credentials.keys()
            for new in (p for c in workload.containers() for p in promised(c, secrets, here)):
                self.components.setdefault(new.id, new)
                self._flow(workload.id, new.id, new.evidence[0])

    def _bucket(self, source: str, value: Node, here: Evidence) -> None:
        """Add the object store whose bucket a value names (`s3://dumps`); what makes dumps or exports writes to it."""
        technology = hosts.bucket_technology(value.raw)
        if technology is None or "\n" in value.raw:
            return
        label = workloads.label_of(technology)
        new = Component(slug(label), label, "object_store", technology, evidence=(here,))
        self.components.setdefault(new.id, new)
        writes = _COPIES.search(self.components[source].name) is not None
        self._flow(source, slug(label), here, kind="writes" if writes else "calls")

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
        if (old := self.flows.get((source, target))) is not None:
            self.flows[(source, target)] = told_again(old, evidence, facts)
            return
        kind = kind or workloads.flow_kind(self.components[source].kind, self.components[target].kind)
        id_, protocol = flow_id(source, target, kind), scheme or None
        self.flows[(source, target)] = Flow(id_, source, target, kind, None, protocol, facts, (evidence,))

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
