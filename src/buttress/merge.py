"""Joins the fragments of all readers into one graph: which mentions are one component, what each source adds, where they disagree.

Two mentions are one when a name or alias agrees: to the letter, in the singular, or without generic words ("Orders
Service", `orders`) if that is unambiguous and their kinds can be one thing. Names that one source tells apart never meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from buttress import vocabulary
from buttress.dependencies import MESSAGING, STORES
from buttress.model import (
    Boundary,
    Component,
    Contradiction,
    Diagnostic,
    Evidence,
    Fact,
    Flow,
    Fragment,
    Merge,
    Stance,
    SystemGraph,
    flow_id,
    slug,
)
from buttress.names import keys

ORDER = (
    "graph",
    "kubernetes",
    "compose",
)  # whose word counts first; the rest follow in the order of the table
FORMS = ("graph", "config", "code", "diagram", "table", "list", "heading", "prose")
_WEAK_KINDS = ("other", "service", "library_or_module")
_VAGUE = ("depends_on", "calls")
_SAYS_LITTLE = frozenset(
    ("planned", "owner", "image", "ttl", "status", "published_ports", "data_classes", "exposed_to_internet")
)


def _family(kind: str) -> str:
    if kind in STORES:
        return "store"
    if kind in MESSAGING:
        return "messaging"
    return (
        "any"
        if kind in ("other", "library_or_module", "external_service")
        else "actor"
        if kind == "actor"
        else "runtime"
    )


def _compatible(first: str, second: str) -> bool:
    a, b = _family(first), _family(second)
    return a == b or "any" in (a, b) or {a, b} == {"store", "messaging"}


@dataclass(slots=True)
class _Cluster:
    members: list[tuple[int, Component]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def kinds(self) -> list[str]:
        return [c.kind for _, c in self.members]

    def names(self) -> list[str]:
        return [n for _, c in self.members for n in (c.name, *c.aliases)]


def merge(fragments: Sequence[Fragment], *, name: str = "system", skipped: Iterable[str] = ()) -> SystemGraph:
    """Return one graph of all fragments, with the reasons of every merge and all contradictions.

    >>> from buttress.model import Component
    >>> one = Fragment("compose", components=(Component("orders", "orders"),))
    >>> two = Fragment("mermaid", components=(Component("o", "Orders Service"),))
    >>> [(c.name, c.aliases) for c in merge([one, two]).components]
    [('orders', ('Orders Service',))]
    """
    ranked = sorted(fragments, key=lambda f: ORDER.index(f.reader) if f.reader in ORDER else len(ORDER))
    clusters = _cluster(ranked)
    contradictions: list[Contradiction] = []
    ids: dict[tuple[int, str], str] = {}
    components: list[Component] = []
    merges: list[Merge] = []
    boundaries, boundary_ids = _boundaries(ranked)
    taken: set[str] = set()
    for cluster in clusters:
        component = _component(cluster, taken, boundary_ids, contradictions)
        taken.add(component.id)
        components.append(component)
        for n, member in cluster.members:
            ids[(n, member.id)] = component.id
        if cluster.reasons:
            merges.append(
                Merge(
                    component.id,
                    tuple(dict.fromkeys(cluster.names())),
                    "; ".join(dict.fromkeys(cluster.reasons)),
                )
            )
    flows = _flows(ranked, ids, contradictions)
    sources = sorted({e.source for f in ranked for e in _places(f)})
    return SystemGraph(
        name=name,
        components=tuple(sorted(components, key=lambda c: c.id)),
        flows=flows,
        boundaries=boundaries,
        stances=_stances(ranked),
        diagnostics=_diagnostics(ranked),
        merges=tuple(sorted(merges, key=lambda m: m.component)),
        contradictions=tuple(contradictions),
        sources=tuple(sources),
        skipped=tuple(skipped),
        closed=bool(ranked) and any(f.closed for f in ranked),
    )


def _places(fragment: Fragment) -> Iterable[Evidence]:
    items: tuple[Component | Flow | Stance | Boundary, ...] = (
        *fragment.components,
        *fragment.flows,
        *fragment.stances,
        *fragment.boundaries,
    )
    for item in items:
        yield from item.evidence
    for passage in fragment.passages[:1]:
        yield Evidence(passage.source, passage.line, passage.end_line, "", passage.form)


def _cluster(ranked: Sequence[Fragment]) -> list[_Cluster]:
    clusters: list[_Cluster] = []
    index: tuple[dict[str, list[_Cluster]], ...] = ({}, {}, {})

    def enter(cluster: _Cluster, component: Component) -> None:
        for text in (component.name, *component.aliases):
            for level, key in enumerate(keys(text)):
                found = index[level].setdefault(key, [])
                if key and cluster not in found:
                    found.append(cluster)

    for n, fragment in enumerate(ranked):
        loose_count: dict[str, int] = {}
        for component in fragment.components:
            key = keys(component.name)[2]
            loose_count[key] = loose_count.get(key, 0) + 1
        waiting = list(fragment.components)
        for level in (0, 1, 2):
            left = []
            for component in waiting:
                cluster, why = _find(component, level, index, n, fragment.tells_apart, loose_count)
                if cluster is None:
                    left.append(component)
                    continue
                cluster.members.append((n, component))
                cluster.reasons.append(why)
                enter(cluster, component)
            waiting = left
        for component in waiting:
            cluster = _by_technology(component, clusters, n, fragment)
            if cluster is None:
                cluster = _Cluster()
                clusters.append(cluster)
            else:
                cluster.reasons.append(f"the only {component.technology} that '{component.name}' can mean")
            cluster.members.append((n, component))
            enter(cluster, component)
    return clusters


def _find(
    component: Component,
    level: int,
    index: tuple[dict[str, list[_Cluster]], ...],
    n: int,
    tells_apart: bool,
    loose_count: dict[str, int],
) -> tuple[_Cluster | None, str]:
    words = ("the same name", "the same name in the singular", "the same name without generic words")
    for text in (component.name, *component.aliases):
        key = keys(text)[level]
        if not key or (level == 2 and loose_count.get(keys(component.name)[2], 0) > 1 and tells_apart):
            continue
        found = [
            c
            for c in index[level].get(key, ())
            if not (tells_apart and any(m == n for m, _ in c.members))
            and (level == 0 or any(_compatible(component.kind, k) for k in c.kinds()))
        ]
        if len(found) == 1 or (found and level == 0):
            other = next((x for x in found[0].names() if keys(x)[level] == key), found[0].names()[0])
            reason = words[level] if other == text else f"{words[level]}: '{other}', '{text}'"
            return found[0], reason
    return None, ""


def _by_technology(
    component: Component, clusters: list[_Cluster], n: int, fragment: Fragment
) -> _Cluster | None:
    """Return the one cluster of the same technology that a bare technology name ("PostgreSQL") can mean."""
    technology = component.technology
    if technology is None:
        return None
    known = vocabulary.load().technologies.get(technology)
    spellings = {keys(x)[1] for x in (technology, *((known.label, *known.aliases) if known else ()))}

    def bare(item: Component) -> bool:
        return keys(item.name)[1] in spellings

    same = [c for c in clusters if any(m.technology == technology for _, m in c.members)]
    if len(same) != 1 or any(m == n for m, _ in same[0].members):
        return None
    if sum(c.technology == technology for c in fragment.components) > 1:
        return None
    return same[0] if bare(component) or any(bare(m) for _, m in same[0].members) else None


def _component(
    cluster: _Cluster,
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
    kind = next((m.kind for m in members if m.kind not in _WEAK_KINDS), None)
    kind = kind or next((m.kind for m in members if m.kind != "other"), lead.kind)
    aliases = dict.fromkeys(x for m in members for x in (m.name, *m.aliases) if x != lead.name)
    places = dict.fromkeys(boundary_ids.get((n, b), b) for n, m in cluster.members for b in m.boundaries)
    technologies: list[tuple[str | None, Component]] = [(m.technology, m) for m in members if m.technology]
    _technologies_agree(id_, technologies, contradictions)
    return Component(
        id=id_,
        name=lead.name,
        kind=kind,
        technology=technologies[0][0] if technologies else None,
        aliases=tuple(aliases),
        boundaries=tuple(places),
        facts=_facts(id_, [f for m in members for f in m.facts], contradictions),
        evidence=_evidence(e for m in members for e in m.evidence),
    )


def _technologies_agree(
    id_: str, technologies: list[tuple[str | None, Component]], contradictions: list[Contradiction]
) -> None:
    words = vocabulary.load()
    for technology, member in technologies[1:]:
        first, lead = technologies[0]
        if technology is None or first is None or not (lead.evidence and member.evidence):
            continue
        line = {first, *_broader(first, words)}, {technology, *_broader(technology, words)}
        if line[0] & line[1] or lead.evidence[0].source == member.evidence[0].source:
            continue
        kinds = {t.kind for t in (words.technologies.get(first), words.technologies.get(technology)) if t}
        if len(kinds) == 1 and not kinds & set(_WEAK_KINDS):
            sides = ((first, lead.evidence[0]), (technology, member.evidence[0]))
            contradictions.append(Contradiction(id_, "technology", sides))
            return


def _broader(technology: str, words: vocabulary.Vocabulary) -> set[str]:
    out: set[str] = set()
    todo = [technology]
    while todo:
        known = words.technologies.get(todo.pop())
        new = [b for b in (known.broader if known else ()) if b not in out]
        out.update(new)
        todo += new
    return out


def _evidence(items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    unique = dict.fromkeys(items)
    return tuple(sorted(unique, key=lambda e: (FORMS.index(e.form), e.source, e.line)))


def _facts(owner: str, facts: Sequence[Fact], contradictions: list[Contradiction]) -> tuple[Fact, ...]:
    by_name: dict[str, list[Fact]] = {}
    for fact in facts:
        by_name.setdefault(fact.name, []).append(fact)
    out = []
    for name in sorted(by_name):
        group = by_name[name]
        first = group[0]
        agreeing = [f for f in group if (f.status, f.value) == (first.status, first.value)]
        if isinstance(first.value, tuple) and first.status == "stated":
            agreeing = [f for f in group if f.status == "stated" and isinstance(f.value, tuple)]
            values = dict.fromkeys(v for f in agreeing for v in f.value or ())  # type: ignore[union-attr]
            first = replace(first, value=tuple(values))
        else:
            explicit = [f for f in agreeing if _explicit(f)]
            other = next(
                (f for f in group if f not in agreeing and explicit and _disagrees(explicit[0], f)), None
            )
            if other is not None and name not in _SAYS_LITTLE:
                sides = tuple((_say(f), f.evidence[0]) for f in (explicit[0], other))
                contradictions.append(Contradiction(owner, name, sides))
        out.append(replace(first, evidence=_evidence(e for f in agreeing for e in f.evidence)))
    return tuple(out)


def _explicit(fact: Fact) -> bool:
    """Return whether the quote says the value itself; a default that a format implies contradicts nobody."""
    if not fact.evidence:
        return False
    if isinstance(fact.value, bool) or fact.value is None:
        return fact.evidence[0].form != "config" or fact.status == "stated"
    quote = fact.evidence[0].quote.lower()
    number = f"{fact.value:g}" if isinstance(fact.value, float) else str(fact.value).lower()
    return number in quote or _WORDS.get(number, number) in quote


_WORDS = {
    str(n): w
    for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}


def _disagrees(first: Fact, second: Fact) -> bool:
    if not second.evidence or not _explicit(second):
        return False
    a, b = first.evidence[0], second.evidence[0]
    if a.form == b.form == "config":
        return False  # files for different environments may differ
    return (a.source, a.line) != (b.source, b.line)


def _say(fact: Fact) -> str:
    if fact.status == "denied":
        return "none"
    return (
        f"{fact.value:g}"
        if isinstance(fact.value, float)
        else "yes"
        if fact.value is True
        else str(fact.value)
    )


def _boundaries(ranked: Sequence[Fragment]) -> tuple[tuple[Boundary, ...], dict[tuple[int, str], str]]:
    ids: dict[tuple[int, str], str] = {}
    merged: dict[str, Boundary] = {}
    for n, fragment in enumerate(ranked):
        for boundary in fragment.boundaries:
            id_ = f"{boundary.kind}-{slug(boundary.name)}"
            ids[(n, boundary.id)] = id_
            old = merged.get(id_)
            evidence = _evidence((*(old.evidence if old else ()), *boundary.evidence))
            merged[id_] = replace(old or boundary, id=id_, evidence=evidence)
    for n, fragment in enumerate(ranked):
        for boundary in fragment.boundaries:
            id_ = ids[(n, boundary.id)]
            parent = ids.get((n, boundary.parent)) if boundary.parent else None
            merged[id_] = replace(merged[id_], parent=parent if parent != id_ else None)
    return tuple(merged[id_] for id_ in sorted(merged)), ids


def _flows(
    ranked: Sequence[Fragment], ids: dict[tuple[int, str], str], contradictions: list[Contradiction]
) -> tuple[Flow, ...]:
    pairs: dict[tuple[str, str], dict[str, list[Flow]]] = {}
    for n, fragment in enumerate(ranked):
        for flow in fragment.flows:
            source, target = ids.get((n, flow.source)), ids.get((n, flow.target))
            if source is not None and target is not None and source != target:
                pairs.setdefault((source, target), {}).setdefault(flow.kind, []).append(flow)
    out = []
    for (source, target), kinds in pairs.items():
        for vague in _VAGUE:
            specific = [k for k in kinds if k not in _VAGUE] or [k for k in kinds if k != vague]
            if vague in kinds and specific:
                kinds[specific[0]].extend(kinds.pop(vague))
        for kind, flows in kinds.items():
            id_ = flow_id(source, target, kind)
            facts = _facts(id_, [f for flow in flows for f in flow.facts], contradictions)
            out.append(
                Flow(
                    id=id_,
                    source=source,
                    target=target,
                    kind=kind,
                    sync=next((f.sync for f in flows if f.sync is not None), None),
                    protocol=next((f.protocol for f in flows if f.protocol), None),
                    facts=facts,
                    evidence=_evidence(e for f in flows for e in f.evidence),
                )
            )
    return tuple(sorted(out, key=lambda f: f.id))


def _stances(ranked: Sequence[Fragment]) -> tuple[Stance, ...]:
    """Return one stance a topic and status; where any source makes a claim, the claims are its evidence."""
    merged: dict[tuple[str, str], list[Stance]] = {}
    for fragment in ranked:
        for stance in fragment.stances:
            merged.setdefault((stance.topic, stance.status), []).append(stance)
    out = []
    for _, group in sorted(merged.items()):
        told = [s for s in group if s.claimed] or group
        evidence = _evidence(e for s in told for e in s.evidence)
        out.append(Stance(group[0].topic, group[0].status, evidence, claimed=told[0].claimed))
    return tuple(out)


def _diagnostics(ranked: Sequence[Fragment]) -> tuple[Diagnostic, ...]:
    return tuple(sorted({d for fragment in ranked for d in fragment.diagnostics}))
