"""Envoy.

YAML and JSON with `static_resources`.

- **Reads** listeners, routes and clusters: what is sent to whom (HTTP, TCP, Redis), timeouts of routes and connections, retries, circuit
  breakers (`bulkhead`), outlier detection (`circuit_breaker`), health checks, endpoints, encryption on both sides and the oldest version of TLS,
  filters for rates, tokens and roles, the services that they ask (`ext_authz`, rate limits) and what happens when these fail, logs, tracing, the
  address of the administration. A route without a timeout has Envoy's own of 15 seconds. It is joined with the container that mounts or
  copies the file, else with the only Envoy.
- **Complete about** {complete}
- **Doesn't read** what a control plane hands out (it says so), templates, Lua and WebAssembly.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from buttress import workloads
from buttress.evidence.lines import Node, documents
from buttress.model import Component, Diagnostic, Fact, Flow, Fragment, Source, flow_id, slug
from buttress.readers.envoy.clusters import Cluster, clusters_of
from buttress.readers.envoy.routes import Found, found_in
from buttress.readers.envoy.tree import get
from buttress.workloads import folders

__all__ = ["read"]


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return each Envoy that some files configure, with what it sends requests to.

    >>> text = "static_resources:\n  clusters: [{name: orders}]\n  listeners:\n  - filter_chains:\n    - filters:\n"
    >>> text += "      - {name: envoy.tcp_proxy, typed_config: {cluster: orders}}\n"
    >>> [(f.source, f.kind, f.target) for f in read((Source("envoy.yaml", text),)).flows]
    [('envoy', 'routes', 'orders')]
    """
    components: dict[str, Component] = {}
    flows: list[Flow] = []
    diagnostics: list[Diagnostic] = []
    trees: list[tuple[Source, Node]] = []
    for source in _chosen(sources, diagnostics):
        found, wrong = documents(source)
        diagnostics += wrong
        trees += [(source, tree) for tree in found[:1] if get(tree, "static_resources") is not None]
    names = _names([s for s, _ in trees])
    for (source, tree), name in zip(trees, names, strict=True):
        told = found_in(tree)
        for node in told.dynamic:
            reason = (
                "what a control plane or a request decides isn't known; only what stands in the file was read"
            )
            diagnostics.append(Diagnostic(source.path, node.key_line, reason, "info"))
        proxy = _proxy(source, tree, name, told)
        components[proxy.id] = proxy
        flows += _flows(proxy.id, told, {c.name: c for c in clusters_of(tree)}, components)
    return Fragment("envoy", tuple(components.values()), tuple(flows), diagnostics=tuple(diagnostics))


def _chosen(sources: tuple[Source, ...], diagnostics: list[Diagnostic]) -> list[Source]:
    """Return the files without those for developing, where others stand in the same folder."""
    ranked = sorted(sources, key=lambda s: (s.path, s.first_line))
    real = {posixpath.dirname(s.path) for s in ranked if not folders.is_for_developing(s.path)}
    out = []
    for source in ranked:
        if folders.is_for_developing(source.path) and posixpath.dirname(source.path) in real:
            reason = "for developing or testing, beside others; it was left out"
            diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
        else:
            out.append(source)
    return out


def _names(sources: list[Source]) -> list[str]:
    """Return what each Envoy is called: `envoy` when it is the only one, else by its file or folder."""
    if len(sources) == 1:
        return [sources[0].heading or "envoy"]
    out: list[str] = []
    for source in sources:
        stem = re.sub(r"(?i)[._-]?(?:envoy|config|conf|bootstrap)[._-]?", "", source.name.rpartition(".")[0])
        folder = posixpath.basename(folders.code_folder(source.path)).strip(".")
        word = stem or re.sub(r"(?i)^envoy$", "", folder)
        name = source.heading or (f"{word}-envoy" if word and "envoy" not in word else word or "envoy")
        out.append(name if slug(name) not in map(slug, out) else f"{name}-{len(out) + 1}")
    return out


def _proxy(source: Source, tree: Node, name: str, told: Found) -> Component:
    here = (get(tree, "static_resources") or tree).evidence()
    files = Fact("configuration_files", (source.path,), "stated", (here,))
    return Component(
        slug(name), name, "gateway", "envoy", facts=(*told.facts.values(), files), evidence=(here,)
    )


def _flows(
    proxy: str, told: Found, clusters: dict[str, Cluster], components: dict[str, Component]
) -> list[Flow]:
    flows: dict[tuple[str, str, str], Flow] = {}
    taken: set[str] = set()
    for route in told.routes:
        cluster = clusters.get(route.cluster)
        here = route.place.evidence()
        behind = cluster.components if cluster is not None else (_unknown(route.cluster, route.place),)
        for component in behind:
            if component.id == proxy:
                continue
            known = components.setdefault(component.id, component)
            if known is not component and known.evidence != component.evidence:
                seen = tuple(dict.fromkeys((*known.evidence, *component.evidence)))
                components[component.id] = replace(known, evidence=seen)
            facts = (*route.facts, *(cluster.facts if cluster is not None else ()))
            kind = workloads.flow_kind("gateway", component.kind) if route.kind == "routes" else route.kind
            key = (component.id, kind, route.protocol)
            if (old := flows.get(key)) is None:
                id_ = flow_id(proxy, component.id, kind, taken)
                taken.add(id_)
                evidence = tuple(dict.fromkeys((here, component.evidence[0])))
                flows[key] = Flow(id_, proxy, component.id, kind, None, route.protocol, facts, evidence)
            else:
                evidence = tuple(dict.fromkeys((*old.evidence, here)))
                flows[key] = replace(
                    old, facts=workloads.told_by_several(old.facts, facts), evidence=evidence
                )
    return list(flows.values())


def _unknown(name: str, place: Node) -> Component:
    kind, technology = workloads.kind_of(name, "")
    return Component(
        slug(name), name, kind, technology.id if technology else None, evidence=(place.evidence(),)
    )
