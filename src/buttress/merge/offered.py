"""What an installation may use and needn't: of the options that code offers, those count that another source shows."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from buttress.merge.built import DESCRIBE_BUILDS
from buttress.merge.clustering import Cluster
from buttress.model import Component, Diagnostic, Fragment
from buttress.workloads.folders import is_sample


def without_offered(
    clusters: Sequence[Cluster], ranked: Sequence[Fragment]
) -> tuple[list[Cluster], tuple[Diagnostic, ...]]:
    """Return the clusters without options that only code, or a text in passing, knows; and a note on each that is left out.

    A manifest, a drawing, settings that are no sample, or a text that says who uses it shows one; how its image is built doesn't.
    """
    out, notes = [], []
    for cluster in clusters:
        offers = [m for n, m in cluster.members if m.id in ranked[n].offered]
        if not offers or any(_shows(n, m, ranked) for n, m in cluster.members):
            out.append(cluster)
        elif offers[0].evidence:
            here = offers[0].evidence[0]
            reason = f"{offers[0].name} is an option that no other source shows in use: name it in a document if you have it"
            notes.append(Diagnostic(here.source, here.line, reason, "info"))
    return out, tuple(notes)


def _shows(n: int, member: Component, ranked: Sequence[Fragment]) -> bool:
    fragment, id_ = ranked[n], member.id
    if fragment.reader == "dotenv":
        return any(not is_sample(posixpath.basename(e.source)) for e in member.evidence)
    if id_ in fragment.offered or fragment.reader in DESCRIBE_BUILDS:
        return False
    if fragment.reader != "prose" or any(id_ in shown for shown in fragment.drawn):
        return True
    return any(id_ in (flow.source, flow.target) for flow in fragment.flows)
