"""Joins the fragments of all readers into one graph: which mentions are one component, what each source adds, where they disagree.

`clustering` and `namesakes` find the mentions that are one by name, `roles` those that only their role makes one, `collectives` a name for
several, `systems` the name of the whole among its parts, `built` what a service is built from, `parts` what runs the parts of its code,
`configured` whose a proxy's files are, `offered` which of the options of code and files are in use, `interfaces` whose a contract is.
`environments` sets apart what is true of a developer's machine only, `production` tells what brings the system there, `saving` which stores
something copies, `brokers` which stores only carry tasks; `decided` is what somebody has said to be one, or to be none. `facts`, `flows` and
`places` put together what the sources say, and `contradictions` tells where they disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from buttress import vocabulary
from buttress.merge.brokers import as_brokers
from buttress.merge.built import join_built
from buttress.merge.clustering import Cluster, cluster_of_names
from buttress.merge.collectives import spread_collectives
from buttress.merge.configured import join_configured
from buttress.merge.contradictions import technologies_disagree
from buttress.merge.decided import ADDED, as_decided, decided_kind, without_rejected, without_rejected_flows
from buttress.merge.environments import local_sources, settled
from buttress.merge.facts import joined_evidence, joined_facts
from buttress.merge.flows import joined_flows
from buttress.merge.interfaces import join_contracts
from buttress.merge.namesakes import join_namesakes
from buttress.merge.offered import without_offered
from buttress.merge.parts import join_parts
from buttress.merge.places import joined_boundaries, joined_diagnostics, joined_stances, sources_of
from buttress.merge.production import deployed_by
from buttress.merge.roles import join_roles, join_unnamed
from buttress.merge.saving import with_backups
from buttress.merge.systems import without_whole
from buttress.model import FORMS, Component, Contradiction, Fact, Fragment, Merge, SystemGraph, slug

__all__ = ["merge"]


def merge(fragments: Sequence[Fragment], *, name: str = "system", skipped: Iterable[str] = ()) -> SystemGraph:
    """Return one graph of all fragments, with the reasons of every merge and all contradictions.

    >>> one = Fragment("compose", components=(Component("orders", "orders"),))
    >>> two = Fragment("mermaid", components=(Component("o", "Orders Service"),))
    >>> [(c.name, c.aliases) for c in merge([one, two]).components]
    [('orders', ('Orders Service',))]
    """
    ranked = sorted(fragments, key=_rank)
    rejections = tuple(dict.fromkeys(r for f in ranked for r in f.rejections))
    clusters, notes = as_decided(join_namesakes(cluster_of_names(ranked), ranked), ranked)
    clusters = without_rejected(clusters, rejections)
    local = local_sources(ranked, clusters)
    clusters = without_whole(join_roles(clusters, ranked, local), ranked)
    notes += settled(clusters, ranked, local)
    clusters = join_contracts(join_built(clusters, ranked, name=name), ranked)
    clusters, left_out = without_offered(clusters, ranked)
    clusters, run = join_parts(clusters, ranked)
    clusters = join_unnamed(join_configured(clusters, ranked), ranked)
    clusters, meant = spread_collectives(clusters, ranked)
    contradictions: list[Contradiction] = []
    boundaries, boundary_ids = joined_boundaries(ranked)
    ids: dict[tuple[int, str], str] = {}
    components: list[Component] = []
    merges: list[Merge] = []
    id_of: dict[int, str] = {}
    taken: set[str] = set()
    for cluster in clusters:
        component = _component(cluster, ranked, taken, boundary_ids, contradictions)
        taken.add(component.id)
        components.append(component)
        ids.update({(n, member.id): component.id for n, member in cluster.members})
        id_of[id(cluster)] = component.id
        if cluster.reasons:
            names = tuple(dict.fromkeys(cluster.names()))
            merges.append(Merge(component.id, names, "; ".join(dict.fromkeys(cluster.reasons))))
    by_id = {c.id: c for c in components}
    several = {place: tuple(id_of[id(c)] for c in named) for place, named in meant.items()}
    shared = {place: tuple(id_of[id(c)] for c in running) for place, running in run.items()}
    flows = joined_flows(ranked, ids, several, shared, by_id, contradictions)
    known, flows = as_brokers(components, without_rejected_flows(flows, rejections, by_id))
    return SystemGraph(
        name=name,
        components=with_backups(sorted(known, key=lambda c: c.id), flows),
        flows=flows,
        boundaries=boundaries,
        stances=joined_stances(ranked),
        diagnostics=tuple(sorted({*joined_diagnostics(ranked), *notes, *left_out})),
        merges=tuple(sorted(merges, key=lambda m: m.component)),
        rejections=rejections,
        contradictions=tuple(contradictions),
        sources=sources_of(ranked),
        skipped=tuple(skipped),
        closed=any(f.closed for f in ranked),
        facts=joined_facts(
            "system",
            [*(f for fragment in ranked for f in fragment.facts), *deployed_by(ranked)],
            contradictions,
        ),
    )


def _rank(fragment: Fragment) -> int:
    """Return whose word counts first: somebody's who looked, then configuration, drawings, text; equal ones keep their order."""
    if fragment.reader == ADDED:
        return -1
    forms = (e.form for c in fragment.components for e in c.evidence[:1])
    return min(map(FORMS.index, forms), default=len(FORMS))


def _component(
    cluster: Cluster,
    ranked: Sequence[Fragment],
    taken: set[str],
    boundary_ids: dict[tuple[int, str], str],
    contradictions: list[Contradiction],
) -> Component:
    members = [m for _, m in cluster.members]
    lead = members[0]
    base = slug(lead.name)
    id_, k = base, 2
    while id_ in taken:
        id_, k = f"{base}-{k}", k + 1
    aliases = dict.fromkeys(x for m in members for x in (m.name, *m.aliases) if x != lead.name)
    places = dict.fromkeys(boundary_ids.get((n, b), b) for n, m in cluster.members for b in m.boundaries)
    found = technologies_disagree(id_, members)
    if found is not None:
        contradictions.append(found)
    return Component(
        id=id_,
        name=lead.name,
        kind=decided_kind(cluster, ranked) or cluster.kind(),
        technology=cluster.technology(),
        aliases=tuple(aliases),
        boundaries=tuple(places),
        facts=joined_facts(id_, [*(f for m in members for f in m.facts), *_offered(cluster)], contradictions),
        evidence=joined_evidence(e for m in members for e in m.evidence),
    )


def _offered(cluster: Cluster) -> tuple[Fact, ...]:
    """Return the fact that a provider runs a component, where one source names its offer and another only the engine."""
    known = vocabulary.load().technologies
    for _, member in cluster.members:
        technology = known.get(member.technology or "")
        if (
            technology is None
            or technology.id == cluster.technology()
            or ("managed", True) not in technology.known
        ):
            continue
        return (Fact("managed", True, "stated", member.evidence[:1]),)
    return ()
