"""What several sources say about who calls whom: one flow a pair and kind, and only what somebody really says.

A setting that several programs take whole (a ConfigMap, a common block), a network policy that allows a caller, and the
order in which Compose starts things each add evidence to a flow that is known otherwise, and make none on their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from buttress.dependencies import MESSAGING, STORES
from buttress.merge.facts import joined_evidence, joined_facts
from buttress.model import Component, Contradiction, Evidence, Flow, Fragment, flow_id
from buttress.names import keys, singular, words_of

_VAGUE = ("depends_on", "calls")
_CONFIG = ("kubernetes", "compose")
_APART = ("replicates", "runs_on")  # kinds that a call between the same two doesn't mean
_STORE_WORDS = frozenset(
    """
        db database store storage postgres postgresql pg mysql mariadb mongo mongodb redis cache data sql cassandra
    """.split()
)
_WAITS = re.compile(r"\bwait|\bdockerize\b|\bwhile\s*!|\buntil\b", re.IGNORECASE)
_SERVICE_WORDS = frozenset(("service", "svc", "api", "app", "server"))
Pair = tuple[str, str]


def joined_flows(
    ranked: Sequence[Fragment],
    ids: Mapping[tuple[int, str], str],
    several: Mapping[tuple[int, str], tuple[str, ...]],
    components: Mapping[str, Component],
    contradictions: list[Contradiction],
) -> tuple[Flow, ...]:
    """Return one flow a pair and kind of all fragments, between the ids that the components have got.

    `several` are the ids that one name in a text means together; such a flow goes to the only one that its source uses.
    """
    told: dict[Pair, list[tuple[int, Flow]]] = {}
    open_: list[tuple[str, tuple[str, ...], tuple[int, Flow]]] = []
    for n, fragment in enumerate(ranked):
        for flow in fragment.flows:
            source, target = ids.get((n, flow.source)), ids.get((n, flow.target))
            if source is not None and target is not None and source != target:
                told.setdefault((source, target), []).append((n, flow))
            elif source is not None and (n, flow.target) in several:
                open_.append((source, several[(n, flow.target)], (n, flow)))
    for source, targets, told_flow in open_:
        used = [t for t in targets if (source, t) in told]
        if len(used) == 1:
            told[(source, used[0])].append(told_flow)
    told = _ordered_only(_allowed_only(_shared_only(told, ranked, components), ranked), ranked)
    out = []
    for (source, target), flows in told.items():
        for kind, same in _by_kind([f for _, f in flows]).items():
            id_ = flow_id(source, target, kind)
            facts = [f for flow in same for f in flow.facts if f.name != "network_policy"]
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


def _shared_only(
    told: dict[Pair, list[tuple[int, Flow]]], ranked: Sequence[Fragment], components: Mapping[str, Component]
) -> dict[Pair, list[tuple[int, Flow]]]:
    """Return the flows but for those that only a setting tells which several programs take whole."""
    users: dict[tuple[str, int], set[str]] = {}
    for (source, _), flows in told.items():
        for n, flow in flows:
            for e in flow.evidence if ranked[n].reader in _CONFIG else ():
                users.setdefault((e.source, e.line), set()).add(source)
    shared = {place for place, callers in users.items() if _several_programs(callers, components)}

    def tells(n: int, source: str, evidence: Evidence) -> bool:
        config = ranked[n].reader in _CONFIG and (evidence.source, evidence.line) in shared
        return not config or _key_names(evidence.quote, components[source])

    return {
        pair: flows
        for pair, flows in told.items()
        if any(not f.evidence or any(tells(n, pair[0], e) for e in f.evidence) for n, f in flows)
    }


def _several_programs(callers: set[str], components: Mapping[str, Component]) -> bool:
    """Return whether callers run more than one program; one program's web and worker take one configuration."""
    programs = set()
    for id_ in callers:
        component = components[id_]
        fact = component.fact("image") or component.fact("build_context")
        programs.add(_repository(str(fact.value)) if fact is not None else id_)
    return len(programs) > 1


def _repository(image: str) -> str:
    """Return an image without tag and digest."""
    return re.sub(r"(?:@.*|:[^/:]*)$", "", image)


def _key_names(quote: str, caller: Component) -> bool:
    """Return whether the key of a setting begins with its caller's name (`ORDERS_PRICING_URL`)."""
    key = [singular(w) for w in words_of(re.split(r"[:=]", quote.replace("_", " "), maxsplit=1)[0])]
    name = [singular(w) for w in words_of(caller.name)]
    return len(key) > len(name) + 1 and key[: len(name)] == name


def _allowed_only(
    told: dict[Pair, list[tuple[int, Flow]]], ranked: Sequence[Fragment]
) -> dict[Pair, list[tuple[int, Flow]]]:
    """Return the flows without those that only a network policy allows, where other sources know the callers."""
    del ranked
    only = {p for p, flows in told.items() if all(_is_allowance(f) for _, f in flows)}
    known = {target for _, target in told.keys() - only}
    return {p: flows for p, flows in told.items() if p not in only or p[1] not in known}


def _is_allowance(flow: Flow) -> bool:
    policy = flow.fact("network_policy")
    return policy is not None and set(flow.evidence) <= set(policy.evidence)


def _ordered_only(
    told: dict[Pair, list[tuple[int, Flow]]], ranked: Sequence[Fragment]
) -> dict[Pair, list[tuple[int, Flow]]]:
    """Return the flows without those that only the order of starting tells, for callers whose settings name what they call."""
    only = {p for p, flows in told.items() if all(_is_order(f) for _, f in flows)}
    configured = {
        source
        for (source, _), flows in told.items()
        if any(ranked[n].reader == "compose" and not _is_order(f) and not _only_waits(f) for n, f in flows)
    }
    return {p: flows for p, flows in told.items() if p not in only or p[0] not in configured}


def _is_order(flow: Flow) -> bool:
    return flow.kind == "depends_on" and flow.fact("startup_order") is not None


def _only_waits(flow: Flow) -> bool:
    """Return whether a flow is told only by lines that wait for the other side to come up."""
    return all(_WAITS.search(e.quote) for e in flow.evidence)


def _owned_stores(flows: Sequence[Flow], components: Mapping[str, Component]) -> list[Flow]:
    """Return calls to stores that nobody is said to use and that carry the name of one service (`carts`, `carts-db`)."""
    used = {f.target for f in flows} | {f.source for f in flows}
    owners: dict[str, list[Component]] = {}
    for component in components.values():
        if component.kind in ("service", "worker", "web_frontend", "gateway") and _in_config(component):
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
