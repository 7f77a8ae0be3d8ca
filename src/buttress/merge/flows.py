"""What several sources say about who calls whom: one flow a pair and kind, with the evidence and facts of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from buttress.merge.contradictions import waiting_disagrees
from buttress.merge.facts import joined_evidence, joined_facts
from buttress.merge.telling import told_flows
from buttress.model import Component, Contradiction, Flow, Fragment, flow_id
from buttress.model.kinds import MESSAGING, STORES
from buttress.names import keys, words_of

_VAGUE = ("depends_on", "calls")
_APART = ("replicates", "runs_on")  # kinds that a call between the same two doesn't mean
_STORE_WORDS = frozenset(
    """
        db database store storage postgres postgresql pg mysql mariadb mongo mongodb redis cache data sql cassandra
    """.split()
)
_SERVICE_WORDS = frozenset(("service", "svc", "api", "app", "server"))
Pair = tuple[str, str]


def joined_flows(
    ranked: Sequence[Fragment],
    ids: Mapping[tuple[int, str], str],
    several: Mapping[tuple[int, str], tuple[str, ...]],
    shared: Mapping[tuple[int, str, str], tuple[str, ...]],
    components: Mapping[str, Component],
    contradictions: list[Contradiction],
) -> tuple[Flow, ...]:
    """Return one flow a pair and kind of all fragments, between the ids that the components have got.

    `several` are the ids that one name in a text means together; such a flow goes to the only one that its source uses.
    `shared` are the ids of those that run what is one in the code, for flows of one kind or, where the kind is empty, for all.
    """
    told: dict[Pair, list[tuple[int, Flow]]] = {}
    open_: list[tuple[str, tuple[str, ...], tuple[int, Flow]]] = []
    for n, fragment in enumerate(ranked):
        for flow in fragment.flows:
            place, target = (n, flow.source), ids.get((n, flow.target))
            own = (ids[place],) if place in ids else ()
            for source in shared.get((*place, flow.kind)) or shared.get((*place, "")) or own:
                if target is not None and source != target:
                    told.setdefault((source, target), []).append((n, flow))
                elif target is None and (n, flow.target) in several:
                    open_.append((source, several[(n, flow.target)], (n, flow)))
    for source, targets, told_flow in open_:
        used = [t for t in targets if (source, t) in told]
        if len(used) == 1:
            told[(source, used[0])].append(told_flow)
    told = told_flows(told, components)
    out = []
    for (source, target), flows in told.items():
        for kind, same in _by_kind([f for _, f in flows]).items():
            id_ = flow_id(source, target, kind)
            facts = [f for flow in same for f in flow.facts if f.name != "network_policy"]
            if (found := waiting_disagrees(id_, same)) is not None:
                contradictions.append(found)
            out.append(
                Flow(
                    id=id_,
                    source=source,
                    target=target,
                    kind=kind,
                    sync=next((f.sync for f in same if f.sync is not None), None),
                    protocol=next((f.protocol for f in same if f.protocol), None),
                    facts=joined_facts(id_, facts, contradictions),
                    evidence=joined_evidence(e for f in same for e in f.evidence),
                )
            )
    out += _owned_stores(out, components)
    return tuple(sorted(out, key=lambda f: f.id))


def _by_kind(flows: Sequence[Flow]) -> dict[str, list[Flow]]:
    """Return the flows of one pair by kind; a vague kind joins the more specific one that there is."""
    kinds: dict[str, list[Flow]] = {}
    for flow in flows:
        kinds.setdefault(flow.kind, []).append(flow)
    for vague in _VAGUE:
        specific = [k for k in kinds if k not in (*_VAGUE, *_APART)] or [
            k for k in kinds if k != vague and k not in _APART
        ]
        if vague in kinds and specific:
            kinds[specific[0]].extend(kinds.pop(vague))
    return kinds


def _owned_stores(flows: Sequence[Flow], components: Mapping[str, Component]) -> list[Flow]:
    """Return calls to stores that nobody is said to use and that carry the name of one service (`carts`, `carts-db`)."""
    used = {f.target for f in flows} | {f.source for f in flows}
    owners: dict[str, list[Component]] = {}
    for component in components.values():
        if component.kind in (
            "service",
            "worker",
            "web_frontend",
            "gateway",
            "identity_provider",
        ) and _in_config(component):
            owners.setdefault(_stem(component.name, _SERVICE_WORDS), []).append(component)
    out = []
    for store in components.values():
        words = words_of(store.name)
        if (
            store.kind not in STORES | MESSAGING
            or store.id in used
            or not _in_config(store)
            or len(words) < 2
        ):
            continue
        if words[-1] not in _STORE_WORDS:
            continue
        found = owners.get(_stem(store.name, _STORE_WORDS), [])
        if len(found) == 1:
            evidence = joined_evidence((*store.evidence[:1], *found[0].evidence[:1]))
            id_ = flow_id(found[0].id, store.id, "calls")
            out.append(Flow(id_, found[0].id, store.id, "calls", evidence=evidence))
    return out


def _in_config(component: Component) -> bool:
    return any(e.form == "config" for e in component.evidence)


def _stem(name: str, endings: frozenset[str]) -> str:
    words = list(words_of(name))
    while len(words) > 1 and words[-1] in endings:
        words.pop()
    return keys(" ".join(words))[1]
