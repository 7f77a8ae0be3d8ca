"""One name for several: "PostgreSQL" or "the database" in a text about a system that draws or deploys several of them.

What the text says of all of them is said of each; a flow to them goes to the one that its source uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from buttress.merge.clustering import Cluster
from buttress.merge.roles import says_role_only
from buttress.model import Fragment
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import are_one_technology

_SHOWN = ("config", "diagram", "graph")


def spread_collectives(
    clusters: Sequence[Cluster], ranked: Sequence[Fragment]
) -> tuple[list[Cluster], dict[tuple[int, str], tuple[Cluster, ...]]]:
    """Return the clusters without those that are a name for several others, and what each of these names means."""
    shown = [c for c in clusters if _is_shown(c)]
    out, meant = [], {}
    for cluster in clusters:
        several = () if _is_shown(cluster) else _meant(cluster, shown, ranked)
        if not several:
            out.append(cluster)
            continue
        for n, member in cluster.members:
            meant[(n, member.id)] = several
            for one in several:
                lead = one.members[0][1]
                said = replace(member, id=f"{member.id}/{lead.id}", name=lead.name, kind=lead.kind)
                one.members.append((n, replace(said, aliases=(), boundaries=(), evidence=())))
    return out, meant


def _is_shown(cluster: Cluster) -> bool:
    return any(e.form in _SHOWN for _, m in cluster.members for e in m.evidence)


def _meant(cluster: Cluster, shown: Sequence[Cluster], ranked: Sequence[Fragment]) -> tuple[Cluster, ...]:
    """Return the components of one technology, shown in diagrams or manifests, that a bare name in a text means together."""
    technology = cluster.technology()
    prose = all(not ranked[n].tells_apart for n in cluster.fragments())
    if (
        technology is None
        or not prose
        or cluster.kind() not in STORES | MESSAGING
        or not says_role_only(cluster)
    ):
        return ()
    same = [
        c
        for c in shown
        if c.technology() is not None
        and c.kind() in STORES | MESSAGING
        and are_one_technology(technology, c.technology())
    ]
    return tuple(same) if len(same) > 1 else ()
