"""Kubernetes manifests: workloads joined with their Services, routes, autoscalers, budgets and network policies."""

from __future__ import annotations

import re
from dataclasses import replace

from buttress import hosts, workloads
from buttress.lines import Node
from buttress.model import (
    Boundary,
    Component,
    Diagnostic,
    Evidence,
    Fact,
    FactValue,
    Flow,
    Fragment,
    Source,
    flow_id,
    slug,
)
from buttress.readers.kubernetes.objects import Object, Workload, matches, objects, selector_of, workloads_of
from buttress.readers.kubernetes.workload import facts_of

__all__ = ["read", "takes"]

_MANIFEST = re.compile(r"^(?:- )?apiVersion:", re.MULTILINE)
_KIND = re.compile(r"^(?:- |  )?kind:\s*\w+", re.MULTILINE)
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")


def takes(source: Source) -> bool:
    r"""Return whether a source is a Kubernetes manifest, by its `apiVersion` and `kind`.

    >>> takes(Source("a.yaml", "apiVersion: v1\nkind: Pod\n")), takes(Source("a.yaml", "kind: Pod"))
    (True, False)
    """
    if source.language:
        if source.language.lower() not in ("yaml", "yml", "kubernetes", "k8s"):
            return False
    elif not source.name.endswith((".yaml", ".yml")):
        return False
    return bool(_MANIFEST.search(source.text) and _KIND.search(source.text))


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the workloads of all manifests of a system with their flows, facts and namespaces.

    >>> text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{image: a/web:1}]}}}"
    >>> read((Source("web.yaml", text),)).components[0].fact("readiness").status
    'denied'
    """
    found, diagnostics = objects(sources)
    reading = _Reading(found)
    reading.run()
    flows = reading.flows.values()
    return Fragment(
        "kubernetes",
        components=tuple(reading.components.values()),
        flows=tuple(replace(f, facts=(*f.facts, *reading.rules_of(f))) for f in flows),
        boundaries=tuple(reading.boundaries.values()),
        diagnostics=(*diagnostics, *reading.diagnostics),
        tells_apart=True,
    )


class _Reading:
    def __init__(self, found: list[Object]) -> None:
        self.found = found
        self.workloads = workloads_of(found)
        self.components: dict[str, Component] = {}
        self.flows: dict[tuple[str, str], Flow] = {}
        self.boundaries: dict[str, Boundary] = {}
        self.diagnostics: list[Diagnostic] = []
        self.names: dict[str, str] = {}
        self.mesh: dict[str, list[Fact]] = {}

    def of(self, *kinds: str) -> list[Object]:
        return [o for o in self.found if o.kind in kinds]

    def run(self) -> None:
        for workload in self.workloads:
            self._workload(workload)
        for service in self.of("Service"):
            self._service(service)
        for workload in self.workloads:
            self.names.setdefault(workload.object.name, slug(workload.object.name))
        for workload in self.workloads:
            self._environment(workload)
        for route in self.of("Ingress"):
            self._ingress(route)
        for route in self.of("HTTPRoute", "GRPCRoute", "TCPRoute"):
            self._route(route)
        for policy in self.of("NetworkPolicy"):
            self._policy(policy)
        for budget in self.of("PodDisruptionBudget"):
            for workload in self.workloads:
                if matches(selector_of(budget.node.get("spec", "selector")), workload.labels):
                    self._fact(workload, Fact("pod_disruption_budget", True, "stated", (_named(budget),)))
        for service in self.of("VirtualService", "DestinationRule"):
            self._mesh(service)

    def rules_of(self, flow: Flow) -> list[Fact]:
        return self.mesh.get(flow.target, [])

    def _workload(self, workload: Workload) -> None:
        item = workload.object
        here = _named(item)
        containers = list(workload.containers())
        image = containers[0].text("image") if containers else ""
        settings = [n.text("name") for c in containers for n in c.list("env")]
        kind, technology = workloads.kind_of(item.name, image, settings)
        if item.kind in ("Job", "CronJob") and kind == "service":
            kind = "worker"
        scaler = next(
            (o for o in self.of("HorizontalPodAutoscaler", "ScaledObject") if _scales(o, item)), None
        )
        facts = [*facts_of(workload, kind, here, scaled=scaler is not None)]
        if scaler is not None:
            facts += _scaling(scaler)
        places: list[str] = []
        if item.namespace:
            id_ = f"namespace-{slug(item.namespace)}"
            place = item.node.get("metadata", "namespace")
            if place is not None:
                self.boundaries.setdefault(
                    id_, Boundary(id_, item.namespace, "namespace", None, (place.evidence(),))
                )
                places.append(id_)
        evidence = (here, *(_named(v) for v in workload.variants))
        id_ = slug(item.name)
        self.components[id_] = Component(
            id_,
            item.name,
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
        behind = [w for w in self.workloads if matches(selector, w.labels)]
        here = _named(item)
        if spec is not None and spec.text("externalName"):
            id_ = slug(item.name)
            name = spec.get("externalName")
            places = (here, name.evidence()) if name is not None else (here,)
            self.components.setdefault(
                id_,
                Component(
                    id_, item.name, "external_service", None, (spec.text("externalName"),), evidence=places
                ),
            )
            self.names[item.name] = self.names[spec.text("externalName")] = id_
            return
        if not behind:
            if selector and not any(w.object.name == item.name for w in self.workloads):
                id_ = slug(item.name)
                kind, technology = workloads.kind_of(item.name, "")
                self.components.setdefault(
                    id_,
                    Component(id_, item.name, kind, technology.id if technology else None, evidence=(here,)),
                )
                self.names[item.name] = id_
            return
        main = next((w for w in behind if w.object.name == item.name), behind[0])
        self.names[item.name] = slug(main.object.name)
        inner = any("internal" in (k + v.raw).lower() for k, v in item.node.items("metadata", "annotations"))
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
        id_ = slug(workload.object.name)
        old = self.components[id_]
        if old.fact(fact.name) is None:
            self.components[id_] = replace(old, facts=(*old.facts, fact))

    def _environment(self, workload: Workload) -> None:
        source = slug(workload.object.name)
        maps = {o.name: o for o in self.of("ConfigMap")}
        secrets = {o.name: o for o in self.of("Secret")}
        plain: list[Evidence] = []
        for container in workload.containers():
            for key, value, listed in _settings(container, workload.spec, maps):
                secret = workloads.holds_secret(key, value.raw)
                if secret:
                    plain.append(value.evidence(key_only=True))
                self._refer(source, key, value, secret, listed)
            for key in ("command", "args"):
                pieces = list(container.list(key))
                whole = " ".join(p.raw for p in pieces)
                for reference in hosts.references(key, whole, self.names, command=True):
                    piece = next((p for p in pieces if reference.host in p.raw), None)
                    if piece is not None and reference.known and "\n" not in piece.raw:
                        self._flow(
                            source,
                            self.names[reference.host],
                            piece.evidence(key_only=False),
                            reference.scheme,
                        )
            for used in _used_secrets(container, secrets):
                plain += [
                    n.evidence(key_only=True)
                    for part in ("data", "stringData")
                    for _, n in used.node.items(part)
                    if n.raw
                ]
        if plain:
            self._fact(workload, Fact("secrets_in_plaintext", True, "stated", tuple(dict.fromkeys(plain))))

    def _refer(self, source: str, key: str, value: Node, secret: bool, listed: bool) -> None:
        for reference in hosts.references(key, value.raw, self.names):
            if not reference.known:
                if listed:
                    continue
                id_ = slug(reference.host)
                evidence = value.evidence(key_only=secret)
                self.components.setdefault(
                    id_, Component(id_, reference.host, "external_service", evidence=(evidence,))
                )
                self._flow(source, id_, evidence, reference.scheme)
                continue
            line = _within(value, reference.host) if "\n" in value.raw else value.evidence(key_only=secret)
            if line is not None:
                self._flow(source, self.names[reference.host], line, reference.scheme)

    def _flow(self, source: str, target: str, evidence: Evidence, scheme: str = "", kind: str = "") -> None:
        if source == target or source not in self.components or target not in self.components:
            return
        old = self.flows.get((source, target))
        if old is not None:
            if evidence not in old.evidence:
                self.flows[(source, target)] = replace(old, evidence=(*old.evidence, evidence))
            return
        kind = kind or workloads.flow_kind(self.components[source].kind, self.components[target].kind)
        self.flows[(source, target)] = Flow(
            flow_id(source, target, kind), source, target, kind, None, scheme or None, (), (evidence,)
        )

    def _ingress(self, item: Object) -> None:
        here = _named(item)
        id_ = slug(item.name) if slug(item.name) not in self.components else f"{slug(item.name)}-ingress"
        facts: list[Fact] = []
        classes = item.node.text("spec", "ingressClassName") + item.node.text(
            "metadata", "annotations", "kubernetes.io/ingress.class"
        )
        scheme = item.node.text("metadata", "annotations", "alb.ingress.kubernetes.io/scheme")
        if "internal" not in classes + scheme:
            facts.append(Fact("exposed_to_internet", True, "stated", (here,)))
        if (tls := item.node.get("spec", "tls")) is not None:
            facts.append(Fact("encryption_in_transit", True, "stated", (tls.evidence(),)))
        limit = next(
            (
                (k, n)
                for k, n in item.node.items("metadata", "annotations")
                if "limit-rps" in k or "limit-rpm" in k
            ),
            None,
        )
        if limit is not None and limit[1].raw.isdigit():
            rate = int(limit[1].raw) / (60 if "rpm" in limit[0] else 1)
            facts.append(Fact("rate_limit", rate, "stated", (limit[1].evidence(),)))
        name = item.name if id_ == slug(item.name) else f"{item.name}-ingress"
        self.components[id_] = Component(
            id_, name, "gateway", None, ("Ingress",) if name != "Ingress" else (), (), tuple(facts), (here,)
        )
        for key, node in _backends(item.node.get("spec")):
            if key in self.names:
                self._flow(id_, self.names[key], node.evidence(), kind="routes")

    def _route(self, item: Object) -> None:
        for parent in item.node.list("spec", "parentRefs"):
            name = parent.text("name")
            id_ = (
                slug(name)
                if slug(name) not in {slug(w.object.name) for w in self.workloads}
                else f"{slug(name)}-gateway"
            )
            gateway = next((o for o in self.of("Gateway") if o.name == name), None)
            place = parent.get("name")
            if not name or place is None:
                continue
            evidence = _named(gateway) if gateway is not None else place.evidence()
            self.components.setdefault(id_, Component(id_, name, "gateway", evidence=(evidence,)))
            for rule in item.node.list("spec", "rules"):
                for backend in rule.list("backendRefs"):
                    target = backend.get("name")
                    if target is not None and target.raw in self.names:
                        self._flow(id_, self.names[target.raw], target.evidence(), kind="routes")

    def _policy(self, item: Object) -> None:
        spec = item.node.get("spec")
        if spec is None:
            return
        chosen = selector_of(spec.get("podSelector"))
        everything = spec.get("podSelector") is not None and not chosen
        here = _named(item)
        for workload in self.workloads:
            if not everything and not matches(chosen, workload.labels):
                continue
            self._fact(workload, Fact("network_policy", True, "stated", (here,)))
            for rule in spec.list("ingress"):
                for peer in rule.list("from"):
                    allowed = selector_of(peer.get("podSelector"))
                    for caller in self.workloads:
                        place = peer.get("podSelector")
                        if place is not None and matches(allowed, caller.labels):
                            label = next((n for k, n in (place.get("matchLabels") or place).items()), place)
                            self._flow(slug(caller.object.name), slug(workload.object.name), label.evidence())

    def _mesh(self, item: Object) -> None:
        target = self.names.get(item.node.text("spec", "host").partition(".")[0], "")
        if (outlier := item.node.get("spec", "trafficPolicy", "outlierDetection")) is not None and target:
            self.mesh.setdefault(target, []).append(
                Fact("circuit_breaker", True, "stated", (outlier.evidence(),))
            )
        for rule in item.node.list("spec", "http"):
            for destination in rule.list("route"):
                target = self.names.get(destination.text("destination", "host").partition(".")[0], "")
                facts = self.mesh.setdefault(target, [])
                timeout, retries = rule.get("timeout"), rule.get("retries", "attempts")
                if timeout is not None and (seconds := _seconds(timeout.raw)) is not None:
                    facts.append(Fact("timeout", seconds, "stated", (timeout.evidence(),)))
                if retries is not None and isinstance(retries.value, int):
                    facts.append(Fact("retry", retries.value, "stated", (retries.evidence(),)))


def _named(item: Object) -> Evidence:
    place = item.node.get("metadata", "name") or item.node.get("metadata", "generateName") or item.node
    return place.evidence()


def _scales(scaler: Object, item: Object) -> bool:
    target = scaler.node.get("spec", "scaleTargetRef")
    return target is not None and target.text("name") == item.name and target.text("kind") in ("", item.kind)


def _scaling(scaler: Object) -> list[Fact]:
    out = [Fact("autoscaling", True, "stated", (_named(scaler),))]
    for name, keys in (
        ("min_replicas", ("minReplicas", "minReplicaCount")),
        ("max_replicas", ("maxReplicas", "maxReplicaCount")),
    ):
        place = next((n for k in keys if (n := scaler.node.get("spec", k)) is not None), None)
        if place is not None and isinstance(place.value, int):
            out.append(Fact(name, place.value, "stated", (place.evidence(),)))
        elif name == "min_replicas":
            value: FactValue = 1 if scaler.kind == "HorizontalPodAutoscaler" else 0
            out.append(Fact(name, value, "stated", (_named(scaler),)))
    return out


def _settings(container: Node, spec: Node | None, maps: dict[str, Object]) -> list[tuple[str, Node, bool]]:
    """Return the settings of a container: literals, and values and files of the ConfigMaps that it uses (marked)."""
    out: list[tuple[str, Node, bool]] = []
    for entry in container.list("env"):
        name, value = entry.text("name"), entry.get("value")
        if value is not None and value.raw:
            out.append((name, value, False))
        key = entry.get("valueFrom", "configMapKeyRef")
        if key is not None and (item := maps.get(key.text("name"))) is not None:
            value = item.node.get("data", key.text("key"))
            if value is not None:
                out.append((name, value, False))
    used = [n.text("configMapRef", "name") for n in container.list("envFrom")]
    for name in used:
        if name in maps:
            out += [(k, n, False) for k, n in maps[name].node.items("data")]
    if spec is not None:
        mounted = {m.text("name") for m in container.list("volumeMounts")}
        for volume in spec.list("volumes"):
            item = maps.get(volume.text("configMap", "name"))
            if item is not None and volume.text("name") in mounted:
                out += [(k, n, True) for k, n in item.node.items("data")]
    return out


def _used_secrets(container: Node, secrets: dict[str, Object]) -> list[Object]:
    names = [e.text("valueFrom", "secretKeyRef", "name") for e in container.list("env")]
    names += [e.text("secretRef", "name") for e in container.list("envFrom")]
    return [secrets[n] for n in dict.fromkeys(names) if n in secrets]


def _within(value: Node, host: str) -> Evidence | None:
    """Return the line of a block of text in a manifest that names a host; None when that line may hold a secret."""
    lines = value.source.text.splitlines()
    start = value.line - value.source.first_line
    for n in range(start, min(len(lines), start + value.raw.count("\n") + 3)):
        if re.search(rf"(?<![\w-]){re.escape(host)}(?![\w-])", lines[n]):
            if workloads.holds_secret(*(lines[n].replace(":", "=", 1).partition("=")[::2])):
                return None
            at = value.source.first_line + n
            return Evidence(value.source.path, at, at, lines[n].strip()[:200], "config")
    return None


def _backends(spec: Node | None) -> list[tuple[str, Node]]:
    out = []
    if spec is None:
        return []
    default = spec.get("defaultBackend") or spec.get("backend")
    backends = [default] if default is not None else []
    backends += [
        b for r in spec.list("rules") for p in r.list("http", "paths") if (b := p.get("backend")) is not None
    ]
    for backend in backends:
        node = backend.get("service", "name") or backend.get("serviceName")
        if node is not None and node.raw:
            out.append((node.raw, node))
    return out


def _seconds(text: str) -> float | int | None:
    found = _SECONDS.fullmatch(text.strip())
    if not found:
        return None
    number = float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[found[2]]
    return int(number) if number == int(number) else number
