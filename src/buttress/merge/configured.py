"""Whose configuration a proxy's file is: the container's that mounts or copies it; and which application stands on its machine."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from buttress.merge.clustering import Cluster
from buttress.model import Component, FactValue, Fragment

PROXIES = ("nginx", "envoy", "caddy")
_HOLD = ("compose", "dockerfile", "kubernetes")


def join_configured(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters; what files configure joins the container that gets them, what a proxy finds beside it the only application."""
    out = list(clusters)
    if not any(f.reader in PROXIES for f in ranked):
        return out
    for cluster in list(out):
        for n, member in [(n, m) for n, m in cluster.members if ranked[n].reader in PROXIES]:
            files = set(_files(member))
            holder = next(
                (c for c in out if any(_holds(m, files) for k, m in c.members if ranked[k].reader in _HOLD)),
                None,
            )
            if not files or holder is None or holder is cluster:
                continue
            why = f"its container gets {min(files)}"
            cluster.members.remove((n, member))
            holder.members.append((n, member))
            holder.reasons.append(why)
            if not cluster.members:
                out.remove(cluster)
    return _beside(out, ranked)


def _files(member: Component) -> tuple[str, ...]:
    found = member.fact("configuration_files")
    return found.value if found is not None and isinstance(found.value, tuple) else ()


def _holds(holder: Component, files: set[str]) -> bool:
    """Return whether what a container gets is one of the files, or a folder of theirs."""
    return any(f == path or f.startswith(f"{path}/") for path in _places(holder) for f in files)


def _places(holder: Component) -> Iterator[str]:
    """Yield where the files of a container can stand: a Dockerfile names them from the folder that it is built in."""
    dockerfile = holder.fact("dockerfile")
    for path in _files(holder):
        yield path
        if dockerfile is not None:
            yield posixpath.normpath(posixpath.join(posixpath.dirname(str(dockerfile.value)), path))


def _beside(clusters: list[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters; what a proxy finds on its own machine is the application, when there is only one."""
    local = [
        c
        for c in clusters
        if all(ranked[n].reader in PROXIES and m.fact("same_host") for n, m in c.members)
        and c.kind() == "service"
    ]
    for cluster in list(local):
        around = [c for c in clusters if c is not cluster and _is_built_with(c, cluster)]
        if len(around) == 1 and not _differ(cluster, around[0]):
            around[0].absorb(
                cluster,
                "the proxy's file is among those that it is built from, and finds it on its own machine",
            )
            local.remove(cluster)
            clusters = [c for c in clusters if c is not cluster]
    clusters, local = _at_opened_port(clusters, local, ranked)
    applications = [
        c
        for c in clusters
        if c not in local
        and c.kind() == "service"
        and any(m.fact("app_server") or m.fact("code_folder") for _, m in c.members)
        and not any(ranked[n].reader in PROXIES for n, _ in c.members)
    ]
    local = local if len(local) == 1 else [c for c in local if _is_socket(c)]
    if len(applications) != 1:
        return clusters
    gone = [c for c in local if not _differ(c, applications[0])]
    for cluster in gone:
        applications[0].absorb(cluster, "the only application here, and a proxy finds it on its own machine")
    return [c for c in clusters if c not in gone]


def _at_opened_port(
    clusters: list[Cluster], local: list[Cluster], ranked: Sequence[Fragment]
) -> tuple[list[Cluster], list[Cluster]]:
    """Return the clusters, and those of `local` that are left: a port of the machine that one container opens there leads to it.

    A proxy in a container of its own finds only itself on its machine.
    """
    readers = ({ranked[n].reader for n in c.fragments()} for c in clusters)
    if any("compose" in r and not r.isdisjoint(PROXIES) for r in readers):
        return clusters, local
    opened: dict[str, list[Cluster]] = {}
    for cluster in clusters:
        ports = {
            str(p)
            for _, m in cluster.members
            if (f := m.fact("published_ports")) is not None
            for p in _several(f.value)
        }
        for port in ports:
            opened.setdefault(port, []).append(cluster)
    for found in list(local):
        port = next((str(f.value) for _, m in found.members if (f := m.fact("port")) is not None), "")
        if len(there := opened.get(port, [])) == 1:
            there[0].absorb(found, "it opens the port at which the proxy finds it on its own machine")
            local = [c for c in local if c is not found]
            clusters = [c for c in clusters if c is not found]
    return clusters, local


def _several(value: FactValue | None) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _is_built_with(cluster: Cluster, found: Cluster) -> bool:
    """Return whether the folder that a service is built from holds the file of the proxy that finds something on its own machine."""
    folders = [str(f.value) for _, m in cluster.members if (f := m.fact("build_context")) is not None]
    files = [e.source for _, m in found.members for e in m.evidence]
    return any(f.startswith(f"{folder.rstrip('/')}/") for folder in folders for f in files)


def _is_socket(cluster: Cluster) -> bool:
    """Return whether a proxy reaches it by a file of the machine that both are on."""
    return all(any("unix:" in e.quote for e in m.evidence) for _, m in cluster.members)


def _differ(first: Cluster, second: Cluster) -> bool:
    """Return whether two listen to different ports."""

    def ports(cluster: Cluster) -> set[object]:
        return {f.value for _, m in cluster.members if (f := m.fact("port")) is not None}

    return bool(ports(first) and ports(second) and not ports(first) & ports(second))
