"""What somebody who looked has decided: that names are one component, that a name or a flow is none, what kind a component is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from buttress.merge.clustering import Cluster
from buttress.model import Component, Diagnostic, Flow, Fragment, Rejection
from buttress.names import keys, meant

ADDED = "additions"


def as_decided(
    clusters: Sequence[Cluster], ranked: Sequence[Fragment]
) -> tuple[list[Cluster], tuple[Diagnostic, ...]]:
    """Return the clusters, those joined whose names are said to be one, and a note for each decision that joins nothing."""
    out, notes = list(clusters), []
    for merge in (m for f in ranked for m in f.merges):
        found = list(dict.fromkeys(c for name in merge.names for c in meant(name, out, Cluster.names)))
        for other in found[1:]:
            found[0].absorb(other, merge.reason)
        out = [c for c in out if c not in found[1:]]
        if len(found) < 2:
            names = ", ".join(map(repr, merge.names))
            place, _, line = merge.reason.partition(" says so")[0].rpartition(":")
            notes.append(Diagnostic(place, int(line), f"{names}: there is nothing to join", "info"))
    return out, tuple(notes)


def without_rejected(clusters: Sequence[Cluster], rejections: Sequence[Rejection]) -> list[Cluster]:
    """Return the clusters without what is said to be no component.

    The rejected name takes all of a component that is called so; of one that is called otherwise, only the mentions by that name.
    """
    out = list(clusters)
    for name in (r.names[0] for r in rejections if len(r.names) == 1):
        key = keys(name)[0]
        for cluster in meant(name, out, Cluster.names):
            others = [(n, m) for n, m in cluster.members if keys(m.name)[0] != key]
            lead = keys(cluster.members[0][1].name)[0]
            if lead == key or len(others) == len(cluster.members):
                out.remove(cluster)
            else:
                cluster.members = others
    return out


def without_rejected_flows(
    flows: Sequence[Flow], rejections: Sequence[Rejection], components: Mapping[str, Component]
) -> tuple[Flow, ...]:
    """Return the flows but for those that are said to be none, whichever of their names the ends are called by."""
    told = set()
    for rejection in (r for r in rejections if len(r.names) == 2):
        first, second = ({c.id for c in meant(n, components.values(), _names)} for n in rejection.names)
        told |= {(a, b, rejection.kind) for a in first for b in second}
    return tuple(f for f in flows if not told & {(f.source, f.target, k) for k in (None, f.kind)})


def decided_kind(cluster: Cluster, ranked: Sequence[Fragment]) -> str | None:
    """Return the kind that somebody has said a component to be, None when nobody has."""
    said = (m.kind for n, m in cluster.members if ranked[n].reader == ADDED)
    return next((kind for kind in said if kind != "other"), None)


def _names(component: Component) -> list[str]:
    return [component.id, component.name, *component.aliases]
