"""Additions: what a person, an agent or a model adds to the reading, held against the words that it rests on.

    claims, the other sources' texts ─settle▶ a fragment like any reader's · a diagnostic for each claim whose words are gone

Readers see their own sources only; this stage sees the text of all of them, as `prose` sees all passages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from buttress.additions.quotes import Texts
from buttress.model import (
    Claim,
    Component,
    Diagnostic,
    Evidence,
    Fact,
    Flow,
    Fragment,
    Merge,
    Rejection,
    Source,
    Stance,
    flow_id,
    slug,
)
from buttress.names import keys
from buttress.readers.additions import NAME
from buttress.vocabulary import load

__all__ = ["settle"]


def settle(fragments: Sequence[Fragment], sources: Sequence[Source]) -> Fragment:
    r"""Return what the claims in some fragments add to the graph, each with the place at which its words stand now.

    Claims of a file that isn't read are passed over with a remark; one whose words are gone adds nothing and is told.

    >>> claim = Claim(Component("db", "DB", "relational_db"), "kept in the DB", "buttress.additions.yaml", 2)
    >>> fragment = settle([Fragment("additions", claims=(claim,))], [Source("a.md", "# A\n\nAll is kept in\nthe DB.")])
    >>> str(fragment.components[0].evidence[0])
    'a.md:3-4'
    """
    claims = [c for f in fragments for c in f.claims]
    if not claims:
        return Fragment("additions")
    texts = texts_of(sources, fragments)
    settled = _Settled()
    diagnostics = []
    for claim in sorted(claims, key=_first):
        found = place_of(claim, texts)
        if isinstance(found, Diagnostic):
            diagnostics.append(found)
        else:
            settled.add(claim, found)
    return Fragment(
        "additions",
        components=tuple(sorted(settled.components.values(), key=lambda c: c.id)),
        flows=tuple(settled.flows[key] for key in sorted(settled.flows)),
        stances=tuple(settled.stances),
        merges=tuple(settled.merges),
        rejections=tuple(sorted(settled.rejections, key=lambda r: (r.names, r.kind or ""))),
        diagnostics=tuple(diagnostics),
        facts=tuple(settled.facts),
    )


def _first(claim: Claim) -> int:
    """Return when a claim is taken: components before flows, which name them, and flows before what is said of both."""
    return 0 if isinstance(claim.value, Component) else 1 if isinstance(claim.value, Flow) else 2


def texts_of(sources: Sequence[Source], fragments: Sequence[Fragment]) -> Texts:
    """Return the texts in which claims are looked up: all sources but additions."""
    return Texts([s for s in sources if s.name.replace(".yml", ".yaml") != NAME], fragments)


def place_of(claim: Claim, texts: Texts) -> Evidence | Diagnostic:
    """Return where the words of a claim stand, or the diagnostic that says that they don't and what to do."""
    named = texts.of(claim.source, claim.file)
    if not named:
        reason = f"'{claim.source}' isn't among the files that were read; this entry was passed over"
        return Diagnostic(claim.file, claim.at, reason, "info")
    found = texts.find(claim.quote, named, claim.line)
    if found is not None:
        return found
    near = texts.nearest(claim.quote, named)
    where = claim.source or "any file that was read"
    hint = f"; nearest is {near}: {near.quote!r}" if near else ""
    reason = (
        f"the words {claim.quote[:100]!r} don't stand in {where}{hint}; correct the quote or remove the entry"
    )
    return Diagnostic(claim.file, claim.at, reason)


@dataclass(slots=True)
class _Settled:
    """The claims taken so far; names that agree to the letter are one component."""

    components: dict[str, Component] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    flows: dict[tuple[str, str, str], Flow] = field(default_factory=dict)
    stances: list[Stance] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    def add(self, claim: Claim, evidence: Evidence) -> None:
        """Take a claim whose words stand."""
        value = claim.value
        match value:
            case Component():
                self._component(value, evidence)
            case Flow():
                self._flow(value, evidence)
            case Fact():
                self._fact(claim.owner, replace(value, evidence=(evidence,)), evidence)
            case Stance():
                self.stances.append(replace(value, evidence=(evidence,)))
            case Merge():
                said = f": {claim.reason}" if claim.reason else ""
                self.merges.append(replace(value, reason=f"{claim.file}:{claim.at} says so{said}"))
            case Rejection():
                self.rejections.append(replace(value, evidence=(evidence,)))

    def _component(self, value: Component, evidence: Evidence) -> None:
        old = self._named(value.name, evidence)
        first = old.id not in self.declared
        self.declared.add(old.id)
        technology = (value.technology or old.technology) if first else (old.technology or value.technology)
        aliases = tuple(dict.fromkeys((*old.aliases, *value.aliases)))
        kind = value.kind if first else old.kind
        self.components[old.id] = replace(old, kind=kind, technology=technology, aliases=aliases)
        for alias in value.aliases:
            self.ids.setdefault(keys(alias)[0], old.id)

    def _flow(self, value: Flow, evidence: Evidence) -> Flow:
        source, target = (self._named(name, evidence).id for name in (value.source, value.target))
        key = (source, target, value.kind)
        old = self.flows.get(key) or replace(value, id=flow_id(*key), source=source, target=target)
        self.flows[key] = replace(
            old,
            sync=value.sync if old.sync is None else old.sync,
            protocol=old.protocol or value.protocol,
            evidence=tuple(dict.fromkeys((*old.evidence, evidence))),
        )
        return self.flows[key]

    def _fact(self, owner: tuple[str, ...], fact: Fact, evidence: Evidence) -> None:
        if owner == ("system",) and "system" in load().facts[fact.name].domain:
            self.facts.append(fact)
            return
        if len(owner) == 1:
            component = self._named(owner[0], evidence)
            self.components[component.id] = replace(component, facts=(*component.facts, fact))
            return
        source, target = (self._named(name, evidence).id for name in owner)
        told = [f for (a, b, _), f in self.flows.items() if (a, b) == (source, target)]
        flow = told[0] if told else self._flow(Flow("", owner[0], owner[1]), evidence)
        self.flows[(source, target, flow.kind)] = replace(flow, facts=(*flow.facts, fact))

    def _named(self, name: str, evidence: Evidence) -> Component:
        """Return the component of a name, with one more place; a name that is a technology's is of its kind."""
        key = keys(name)[0]
        id_ = self.ids.get(key)
        if id_ is None:
            id_, n = slug(name), 2
            while id_ in self.components:
                id_, n = f"{slug(name)}-{n}", n + 1
            technology = load().technology(name)
            runs = technology is not None and technology.role in ("server", "hosted")
            kind = technology.kind if technology is not None and runs else "other"
            made = Component(id_, name, kind, technology.id if technology is not None and runs else None)
            self.ids[key], self.components[id_] = id_, made
        old = self.components[id_]
        self.components[id_] = replace(old, evidence=tuple(dict.fromkeys((*old.evidence, evidence))))
        return self.components[id_]
