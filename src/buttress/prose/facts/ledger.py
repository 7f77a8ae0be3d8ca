"""What prose says so far of components and flows, and what drawings and configuration show beside it.

Prose may add facts to a component or flow that only a drawing shows: it is then taken over, with the evidence it has there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from buttress.model import Component, Evidence, Fact, Flow, Fragment, flow_id, slug
from buttress.model.kinds import MESSAGING, STORES
from buttress.names import keys
from buttress.prose.caseless import Caseless
from buttress.vocabulary import load
from buttress.vocabulary.roles import role_of

FlowKey = tuple[str, str, str]  # source and target as component ids, and the kind
OUTSIDE = frozenset(("actor", "external_service", "cdn", "dns"))
_CLIENT = Caseless(r"\b(?:mobile|browsers?|ios|android|desktop|clients?|cli|sdk)\b")


class Ledger:
    """Components by their key in the text, flows by their ends, both open for facts."""

    def __init__(
        self,
        components: dict[str, Component],
        flows: dict[FlowKey, Flow],
        known: Sequence[Component] = (),
        fragments: Sequence[Fragment] = (),
        kinds: dict[str, str] | None = None,
    ) -> None:
        """Begin with what was read; `known` and `fragments` are what other readers show."""
        self.components = components
        self.flows = flows
        self._kinds = kinds or {}
        self.publishers: dict[str, list[str]] = {}  # of an event, by its name
        same = self._same = _same_names(components, known)
        self._known: dict[str, Component] = {}
        for component in known:
            key = keys(component.name)[1]
            old = self._known.setdefault(same.get(key, key), component)
            if old is not component:  # the same one elsewhere: keep all evidence, for `is_own`
                self._known[same.get(key, key)] = replace(old, evidence=(*old.evidence, *component.evidence))
        self._configured = any(e.form == "config" for c in known for e in c.evidence)
        built = (c for c in known if c.fact("build_context") is not None)
        self._built = frozenset(same.get(k, k) for k in (keys(c.name)[1] for c in built))
        self._drawn: dict[FlowKey, Flow] = {}
        for fragment in fragments:
            own = {c.id: keys(c.name)[1] for c in fragment.components}
            for flow in fragment.flows:
                first, second = (
                    same.get(own.get(end, ""), own.get(end, "")) for end in (flow.source, flow.target)
                )
                if first and second and first != second:
                    self._drawn.setdefault((first, second, flow.kind), flow)
        self._drawn_kinds: dict[tuple[str, str], list[str]] = {}
        for first, second, kind in self._drawn:
            self._drawn_kinds.setdefault((first, second), []).append(kind)
        self._by_ends: dict[frozenset[str], list[FlowKey]] = {}
        self._indexed = 0  # so many flows are in `_by_ends`
        self._pairs: tuple[tuple[int, int], list[tuple[str, str, str]]] = ((-1, -1), [])
        self._names: dict[str, str] = {}  # of all components, with the loose key of each
        self._by_loose: dict[str, set[str]] = {}
        self._ids = {c.id for c in components.values()}
        self._of_kinds: tuple[int, dict[frozenset[str], list[str]]] = (-1, {})
        for key, component in (*self._known.items(), *components.items()):
            self._note(key, component.name)

    def canonical(self, key: str) -> str:
        """Return the key under which the ledger has the component with this key."""
        return key if key in self.components else self._same.get(key, key)

    def has(self, key: str) -> bool:
        """Return whether prose or another source shows a component under this key."""
        return key in self.components or key in self._known

    def kind(self, key: str) -> str:
        """Return the kind of a component, as other sources show it if they do."""
        told = [
            k
            for k in (
                self._kinds.get(key),
                *(c.kind for c in (self._known.get(key), self.components.get(key)) if c),
            )
            if k
        ]
        return next((k for k in told if k not in ("service", "other")), told[0] if told else "other")

    def names(self) -> list[str]:
        """Return the keys of all components, those of other sources included, in a stable order."""
        return sorted(self._names)

    def is_own(self, key: str) -> bool:
        """Return whether a component is one that we run: built or configured by us if anything is, no job and no app of the user."""
        if self.is_client(key):
            return False
        known = self._known.get(key)
        if known is not None and known.fact("schedule") is not None:
            return False
        if self._built:
            return key in self._built
        if self._configured:
            return known is not None and any(e.form == "config" for e in known.evidence)
        return known is not None or not self._known

    def is_client(self, key: str) -> bool:
        """Return whether a component runs at the user's: a mobile app, a browser."""
        return self.kind(key) == "actor" or bool(_CLIENT.search(self._name(key)))

    def of_kinds(self, kinds: Iterable[str]) -> list[str]:
        """Return the keys of all components of these kinds."""
        if self._of_kinds[0] != len(self._names):  # no component changes its kind
            self._of_kinds = (len(self._names), {})
        wanted, found = frozenset(kinds), self._of_kinds[1]
        if wanted not in found:
            found[wanted] = [k for k in self.names() if self.kind(k) in wanted]
        return found[wanted]

    def find(self, name: str) -> str | None:
        """Return the key of the component with that name, in the plural or singular, with or without generic words."""
        _, single, loose = keys(name)
        single = self.canonical(single)
        if single in self.components or single in self._known:
            return single
        same = self._by_loose.get(loose, ())
        return next(iter(same)) if len(same) == 1 and loose else None

    def known(self, name: str) -> str | None:
        """Return the key of the component that another source calls exactly so."""
        key = self.canonical(keys(name)[1])
        return key if key in self._known else None

    def component(self, key: str) -> Component | None:
        """Return a component, taken over from other sources when prose alone didn't have it."""
        if key not in self.components and key in self._known:
            known = self._known[key]
            own = replace(known, id=slug(known.name), boundaries=(), facts=(), evidence=known.evidence[:1])
            self._put(key, own)
        return self.components.get(key)

    def add(self, name: str, evidence: Evidence) -> str | None:
        """Return the key of a component that a table names, made if it is new."""
        found = self.find(name)
        if found is not None:
            return found
        key = keys(name)[1]
        if not key:
            return None
        technology = load().technology(name)
        kind = (
            technology.kind
            if technology is not None and technology.kind != "library_or_module"
            else role_of(name)
        )
        made = technology.id if technology is not None else None
        self._put(key, Component(slug(name), name, kind or "service", made, evidence=(evidence,)))
        return key

    def between(self, source: str, target: str) -> list[FlowKey]:
        """Return the flows from one component to another, those that only other sources show included."""
        for kind in self._drawn_kinds.get((source, target), ()):
            self._take_over(source, target, kind)
        a, b = self.components.get(source), self.components.get(target)
        return [k for k in self.around(a.id, b.id) if k[:2] == (a.id, b.id)] if a and b else []

    def around(self, one: str, other: str) -> list[FlowKey]:
        """Return the flows between two components (by their ids) in either direction, in the order in which they were found."""
        if self._indexed < len(self.flows):
            for key in islice(self.flows, self._indexed, None):
                self._by_ends.setdefault(frozenset(key[:2]), []).append(key)
            self._indexed = len(self.flows)
        return self._by_ends.get(frozenset((one, other)), [])

    def pairs(self) -> list[tuple[str, str, str]]:
        """Return the ends (as keys) and kind of all flows, those of other sources included."""
        size = (len(self.components), len(self.flows))  # both only grow, and nothing in them changes its id
        if self._pairs[0] != size:
            by_id = {c.id: k for k, c in self.components.items()}
            here = {(by_id[s], by_id[t], kind) for s, t, kind in self.flows if s in by_id and t in by_id}
            self._pairs = (size, sorted(here | set(self._drawn)))
        return self._pairs[1]

    def state(self, owner: str | FlowKey, fact: Fact) -> None:
        """Add a fact to a component (by its key) or a flow; of two with one name the first counts, but a value tops a mere "yes"."""
        if isinstance(owner, tuple):
            self.flows[owner] = replace(self.flows[owner], facts=_joined(self.flows[owner].facts, fact))
            return
        component = self.component(owner)
        if component is not None:
            self.components[owner] = replace(component, facts=_joined(component.facts, fact))

    def connect(self, source: str, target: str, kind: str, evidence: Evidence) -> list[FlowKey]:
        """Return the flows from one component to another; when there is none, a new one of that kind.

        With a new kind beside others, only for messages: a call that is known to read stays what it is.
        """
        old = self.between(source, target)
        if kind in ("publishes", "consumes"):
            old = [k for k in old if k[2] == kind]
        if old:
            for key in old:
                flow = self.flows[key]
                if evidence not in flow.evidence and len(flow.evidence) < 6:
                    self.flows[key] = replace(flow, evidence=(*flow.evidence, evidence))
            return old
        first, second = self.component(source), self.component(target)
        if first is None or second is None or first.id == second.id:
            return []
        key = (first.id, second.id, kind)
        self.flows[key] = Flow(flow_id(*key), first.id, second.id, kind, evidence=(evidence,))
        return [key]

    def kind_to(self, target: str) -> str:
        """Return the kind of flow that a call to this component is, when nothing more is said."""
        kind = self.kind(target)
        return "publishes" if kind in MESSAGING else "reads" if kind in STORES else "calls"

    def _take_over(self, first: str, second: str, kind: str) -> None:
        source, target = self.component(first), self.component(second)
        if source is None or target is None:
            return
        key = (source.id, target.id, kind)
        if key not in self.flows:
            drawn = self._drawn[(first, second, kind)]
            self.flows[key] = Flow(
                flow_id(*key), *key[:2], kind, drawn.sync, drawn.protocol, (), drawn.evidence
            )

    def _name(self, key: str) -> str:
        found = self.components.get(key) or self._known.get(key)
        return found.name if found is not None else key

    def _put(self, key: str, component: Component) -> None:
        """Add a component, with a number behind its id when another one has it."""
        id_, n = component.id, 2
        while id_ in self._ids:
            id_, n = f"{component.id}-{n}", n + 1
        self._ids.add(id_)
        self.components[key] = replace(component, id=id_)
        self._note(key, component.name)

    def _note(self, key: str, name: str) -> None:
        """Note the name of a component, which it keeps."""
        loose = keys(name)[2]
        self._by_loose.get(self._names.get(key, ""), set()).discard(key)
        self._names[key] = loose
        self._by_loose.setdefault(loose, set()).add(key)


def _joined(facts: tuple[Fact, ...], fact: Fact) -> tuple[Fact, ...]:
    old = next((f for f in facts if f.name == fact.name), None)
    if old is None:
        return (*facts, fact)
    if old.status == fact.status == "stated" and old.value is True and fact.value is not True:
        evidence = tuple(dict.fromkeys((*fact.evidence, *old.evidence)))
        return tuple(replace(fact, evidence=evidence) if f is old else f for f in facts)
    return facts


def _same_names(components: dict[str, Component], known: Sequence[Component]) -> dict[str, str]:
    """Return, for the key of each component, that of the one which it shares its name or technology with.

    "Orders Service" in a drawing and `orders` in a manifest are one, and so are "PostgreSQL" and the only thing that runs it;
    a service and its database aren't.
    """
    named = [(k, c) for k, c in components.items()] + [(keys(c.name)[1], c) for c in known]
    groups: dict[tuple[str, str], list[str]] = {}
    for key, component in named:
        groups.setdefault((keys(component.name)[2], _family(component.kind)), []).append(key)
    out: dict[str, str] = {}
    for group in groups.values():
        chosen = next((k for k in group if k in components), group[0])
        out.update({k: k if k in components else chosen for k in group})
    for key, component in components.items():
        bare = technology_of(component.name)
        if bare is None:
            continue
        same = {out[k] for k, c in named if c.technology == bare and k not in components}
        if len(same) == 1:
            old = same.pop()
            out.update({k: key for k, v in out.items() if v == old and k not in components})
    return out


def technology_of(name: str) -> str | None:
    """Return the technology that a name is, and nothing more.

    >>> technology_of("PostgreSQL"), technology_of("Orders")
    ('postgresql', None)
    """
    found = load().technology(name)
    return found.id if found is not None else None


def _family(kind: str) -> str:
    return (
        "store"
        if kind in STORES
        else "broker"
        if kind in MESSAGING
        else "outside"
        if kind in OUTSIDE
        else "runtime"
    )
