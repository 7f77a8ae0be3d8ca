"""The name of the whole among its parts: a system that its own document also names as if it were a component."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from buttress.drawings.kinds import is_one_runtime
from buttress.merge.clustering import Cluster
from buttress.model import Fragment
from buttress.names import keys, words_of

_TITLE_WORDS = frozenset(
    """
        architecture architectural design overview document documentation docs doc guide readme introduction high level
        system platform description technical developer reference manual and of for components component diagram
        internals deployment infrastructure notes
    """.split()
)
_WHOLE_KINDS = ("service", "other", "web_frontend", "external_service", "compute_host")
_RUNNING = ("service", "web_frontend", "gateway", "worker", "scheduler")


def without_whole(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters; one that is the whole system, beside parts of it, is no longer a part that runs (`other`)."""
    boundaries = _peopled_boundaries(ranked)
    titles = _titles(ranked)
    for cluster in clusters:
        if cluster.kind() not in _WHOLE_KINDS or any(
            e.form in ("config", "code") for _, m in cluster.members for e in m.evidence
        ):
            continue
        names = {keys(n)[1] for _, m in cluster.members for n in (m.name,)}
        inside = max((boundaries.get(k, 0) for k in names), default=0)
        if (inside >= 2 and not _is_one_end(cluster, ranked)) or (
            names & titles and _has_parts(cluster, clusters, ranked)
        ):
            cluster.members = [(n, replace(m, kind="other")) for n, m in cluster.members]
            cluster.reasons.append("the name of the whole system")
    return list(clusters)


def _is_one_end(cluster: Cluster, ranked: Sequence[Fragment]) -> bool:
    """Return whether a drawing's arrows end at a frame that names one thing that runs: its inner boxes are how it is made."""
    return any(
        is_one_runtime(member.name) and any(member.id in (f.source, f.target) for f in ranked[n].flows)
        for n, member in cluster.members
        if any(e.form == "diagram" for e in member.evidence)
    )


def _peopled_boundaries(ranked: Sequence[Fragment]) -> dict[str, int]:
    """Return how many components lie in the boundaries that draw a system or a group, by the key of their name."""
    out: dict[str, int] = {}
    for fragment in ranked:
        for boundary in fragment.boundaries:
            if boundary.kind in ("system", "group", "cluster", "trust"):
                inside = sum(
                    boundary.id in c.boundaries and keys(c.name)[1] != keys(boundary.name)[1]
                    for c in fragment.components
                )
                for part in {boundary.name, re.split(r"\s(?:&|and|\+|-|–)\s|[:(]", boundary.name)[0]}:
                    out[keys(part)[1]] = out.get(keys(part)[1], 0) + inside
    return out


def _titles(ranked: Sequence[Fragment]) -> set[str]:
    """Return the keys of the names that documents have in their titles, without words like "architecture"."""
    out = set()
    for fragment in ranked:
        seen = set()
        for passage in fragment.passages:
            if passage.source in seen:
                continue
            title = (
                passage.headings[0] if passage.headings else passage.text if passage.form == "heading" else ""
            )
            if title:
                seen.add(passage.source)
                head = re.split(r"[:|–—]| - ", title)[0]
                words = [w for w in words_of(head) if w not in _TITLE_WORDS]
                out.add(keys(" ".join(words))[1])
                out.add(keys(head)[1])
    return out - {""}


def _has_parts(cluster: Cluster, clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> bool:
    """Return whether other running components are its parts: they carry its name, or it calls none of them nor they it."""
    name = keys(cluster.names()[0])[0]
    running = [c for c in clusters if c is not cluster and c.kind() in _RUNNING]
    if sum(keys(c.names()[0])[0].startswith(name) for c in running) >= 2:
        return True
    own = {(n, m.id) for n, m in cluster.members}
    near = {
        (n, end)
        for n, fragment in enumerate(ranked)
        for flow in fragment.flows
        if own & {(n, flow.source), (n, flow.target)}
        for end in (flow.source, flow.target)
    }
    return sum(not any((n, m.id) in near for n, m in c.members) for c in running) >= 3
