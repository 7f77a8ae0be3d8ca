"""Which parts of a graph conditions hold of: yes, no, or not known, with what shows it and what is left open."""

from __future__ import annotations

from collections.abc import Iterable

from buttress.analysis.failure import failing_together
from buttress.ask.sets.algebra import (
    Alike,
    Both,
    Condition,
    Either,
    Has,
    Is,
    Not,
    Open,
    Redundant,
    Relates,
    Select,
    Stops,
    Within,
)
from buttress.ask.sets.holding import (
    Held,
    Shown,
    all_hold,
    has_fact,
    is_one_of,
    of_data,
    of_flow,
    one_holds,
    rank,
    runs_more_than_once,
)
from buttress.ask.words import fact_words, flow_words
from buttress.model import Component, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, STORES
from buttress.report.ways import mapped, ways
from buttress.vocabulary import load

# What a part "has" when one of its calls has it.
_OF_CALLS = frozenset(("timeout", "retry", "circuit_breaker", "fallback"))


class World:
    """A graph, asked for what holds of its parts."""

    def __init__(self, graph: SystemGraph) -> None:
        """Sort flows and places by the parts that they belong to."""
        self.graph = graph
        self.out: dict[str, list[Flow]] = {}
        self.into: dict[str, list[Flow]] = {}
        for flow in graph.flows:
            if flow.source != flow.target:
                self.out.setdefault(flow.source, []).append(flow)
                self.into.setdefault(flow.target, []).append(flow)
        self.parts = {c.id: c for c in graph.components}
        self.places = {b.id: b for b in graph.boundaries}
        self.map = mapped(graph)
        self.entries = {d.subject: str(d.value) for d in graph.derived if d.name == "entry"}

    def members(self, select: Select) -> list[tuple[Component, Held]]:
        """Return all parts that a selection may mean, by name or kind, each with whether its conditions hold."""
        return [
            (c, self.all_of(select.conditions, c)) for c in self.graph.components if self.is_meant(select, c)
        ]

    def is_meant(self, select: Select, component: Component) -> bool:
        """Return whether a part is one of those that a selection names, or of its kinds; people are no parts unless they are named."""
        if select.ids:
            return component.id in select.ids
        return component.kind in select.kinds if select.kinds is not None else component.kind != "actor"

    def all_of(self, conditions: Iterable[Condition], component: Component) -> Held:
        """Return whether all conditions hold of a part."""
        return all_hold([self.held(condition, component) for condition in conditions])

    def held(self, condition: Condition, part: Component) -> Held:
        """Return whether a condition holds of a part."""
        match condition:
            case Not():
                inner = self.held(condition.condition, part)
                if inner.value and isinstance(condition.condition, Has):
                    without = [h for h in self.on_flows(condition.condition, part) if h.value is False]
                    if without:  # of one call it is so, of another it isn't
                        return Held(True, tuple(s for h in without for s in h.shown))
                return Held(None if inner.value is None else not inner.value, inner.shown, inner.open)
            case Both():
                return self.all_of(condition.conditions, part)
            case Either():
                return one_holds([self.held(c, part) for c in condition.conditions])
            case Has(fact="data_classes"):
                return of_data(
                    condition.of, part, (*self.out.get(part.id, ()), *self.into.get(part.id, ())), self.graph
                )
            case Has():
                return self.having(condition, part)
            case Relates():
                return self.related(condition, part)
            case Within():
                return self.within(condition, part)
            case Is():
                return is_one_of(condition, part)
            case Open():
                return self.opened(part)
            case Redundant():
                return runs_more_than_once(part)
            case Stops():
                return self.stops(condition, part)
            case Alike():
                return self.alike(condition, part)

    def having(self, has: Has, part: Component) -> Held:
        """Return whether a part has a fact, or one of the flows from it has one that is told of flows."""
        own = has_fact(has, part, self.graph)
        told = [h for h in self.on_flows(has, part) if h.value is not None]
        if own.value is not None or not told:
            return own
        value = any(h.value for h in told)
        return Held(value, tuple(s for h in told if h.value is value for s in h.shown))

    def on_flows(self, has: Has, part: Component) -> list[Held]:
        """Return whether each flow from a part has a fact by which calls are made safe; none for other facts."""
        if has.fact not in _OF_CALLS:
            return []
        return [has_fact(has, flow, self.graph) for flow in self.out.get(part.id, ())]

    def related(self, relation: Relates, part: Component) -> Held:
        """Return whether a part has flows to so many parts as wanted, with these flows."""
        others: dict[str, Held] = {}
        apart = False
        for other, flow in self.neighbours(relation, part.id):
            component = self.parts.get(other)
            if component is None or not self.is_meant(relation.object, component):
                apart = apart or component is not None
                continue
            there = of_flow(relation, flow, self.graph)
            if there.value is False and not relation.flow:
                continue  # a flow of another kind says nothing of those that are asked for
            held = all_hold([self.all_of(relation.object.conditions, component), there])
            shown = (*self.way(relation, part.id, other, flow), *held.shown)
            held = Held(held.value, shown, held.open)
            if other not in others or rank(held.value) > rank(others[other].value):
                others[other] = held
        sure = [h for h in others.values() if h.value]
        maybe = [h for h in others.values() if h.value is None]
        values = {relation.amount.holds(n) for n in range(len(sure), len(sure) + len(maybe) + 1)}
        value = values.pop() if len(values) == 1 else None
        if relation.only:
            apart = apart or any(h.value is False for h in others.values())
            value = False if apart or not (sure or maybe) else value
        shown = tuple(s for h in (sure or [h for h in others.values() if h.value is False]) for s in h.shown)
        return Held(value, _plain(shown), tuple(o for h in maybe for o in h.open) if value is None else ())

    def way(self, relation: Relates, id_: str, other: str, flow: Flow | None) -> tuple[Shown, ...]:
        """Return the flow to another part, or the way there through others."""
        ends = (other, id_) if relation.back else (id_, other)
        if flow is not None and (flow.source, flow.target) == ends:
            return ((flow_words(flow, self.graph), flow.evidence),)
        steps = next(iter(ways(self.map, *ends)), ())
        return ((" → ".join(self.graph.label(i) for i in steps), ()),) if steps else ()

    def neighbours(self, relation: Relates, id_: str) -> Iterable[tuple[str, Flow | None]]:
        """Yield who a relation leads to from a part, with the flow; by way of others without one."""
        flows = self.into if relation.back else self.out
        for flow in flows.get(id_, ()):
            yield (flow.source if relation.back else flow.target), flow
        if not relation.through:
            return
        seen = {id_}
        queue = [id_]
        for at in queue:
            for flow in flows.get(at, ()):
                other = flow.source if relation.back else flow.target
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
                    if at != id_:
                        yield other, flow

    def within(self, within: Within, part: Component) -> Held:
        """Return whether a part lies in the places wanted; not known where no place of the kind is known of it."""
        mine = [b for id_ in part.boundaries if (b := self.places.get(id_)) and b.kind == within.kind]
        shown = tuple((f"{part.name} is in {b.name}", b.evidence[:1]) for b in mine)
        if not mine:
            somewhere = any(b.kind == within.kind for b in self.graph.boundaries)
            return Held(None, (), ((within.kind, part.id),) if somewhere else ())
        found = [b for b in mine if not within.places or b.name in within.places]
        value = within.amount.holds(len(found)) and not (within.only and len(found) < len(mine))
        return Held(value, shown)

    def opened(self, part: Component) -> Held:
        """Return whether a part can be reached from outside; where nothing says so and nothing denies it, it isn't known."""
        facts = [f for n in ("exposed_to_internet", "published_ports") if (f := part.fact(n)) is not None]
        if stated := [f for f in facts if not f.absent]:
            return Held(True, tuple((f"{part.name}: {fact_words(f)}", f.evidence) for f in stated))
        if part.id in self.entries:
            return Held(True, ((f"{part.name}: entry point ({self.entries[part.id]})", part.evidence[:1]),))
        if facts:
            return Held(False, tuple((f"{part.name}: {fact_words(f)}", f.evidence) for f in facts))
        return Held(
            None, (), (("reachable from outside", part.id),) if part.kind not in STORES | MESSAGING else ()
        )

    def stops(self, stops: Stops, part: Component) -> Held:
        """Return whether a part stops when others fail together, by the dependencies that were read."""
        if part.id in stops.failed:
            return Held(True)
        flows = [f for f in self.out.get(part.id, ()) if f.target in stops.failed]
        shown = tuple((flow_words(f, self.graph), f.evidence) for f in flows)
        return Held(part.id in failing_together(self.graph, failed=stops.failed), shown)

    def alike(self, alike: Alike, part: Component) -> Held:
        """Return whether a part has something in common with the others; not known where nothing is known of it."""
        if not alike.others:
            common = {k for k, ids in self.in_common(alike, self.parts).items() if part.id in ids}
            mine = {k: v for k, v in self.things_of(alike, part).items() if k in common}
            return Held(
                bool(common), tuple((_of(part.name, words), evidence) for words, evidence in mine.values())
            )
        mine = self.things_of(alike, part)
        theirs = {
            k: v
            for id_ in alike.others
            if (c := self.parts.get(id_))
            for k, v in self.things_of(alike, c).items()
        }
        if part.id in alike.others:
            return Held(False)
        shown = tuple((_of(part.name, words), evidence) for words, evidence in mine.values())
        if both := [k for k in mine if k in theirs]:
            return Held(True, tuple((_of(part.name, mine[k][0]), mine[k][1]) for k in both))
        unknown = not mine or not theirs
        shown += tuple((_of(alike.named, words), evidence) for words, evidence in theirs.values())
        if alike.what == "uses":  # who uses no store shares none
            return Held(False if theirs else None, shown)
        return Held(
            None if unknown else False,
            shown,
            ((alike.words, part.id),) if unknown and alike.what != "technology" else (),
        )

    def things_of(self, alike: Alike, part: Component) -> dict[str, Shown]:
        """Return what a part has of the sort that is to be in common, each with words for it."""
        technologies = load().technologies
        if alike.what == "anything":
            return self.all_of_part(part)
        if alike.what == "uses" or (
            alike.what == "technology" and alike.kinds and part.kind not in STORES | MESSAGING
        ):
            used = [
                (f, c)
                for f in self.out.get(part.id, ())
                if (c := self.parts.get(f.target)) and c.kind in alike.kinds
            ]
            if alike.what == "uses":
                return {c.id: (flow_words(f, self.graph), f.evidence[:1]) for f, c in used}
            return {
                c.technology: (f"{c.name} ({technologies[c.technology].label})", f.evidence[:1])
                for f, c in used if c.technology in technologies
            }  # fmt: skip
        if alike.what == "place":
            mine = [b for id_ in part.boundaries if (b := self.places.get(id_)) and b.kind == alike.place]
            return {b.id: (f"in {b.name}", b.evidence[:1]) for b in mine}
        if alike.what == "image":
            image = part.fact("image")
            return (
                {str(image.value): (f"image {image.value}", image.evidence)}
                if image and not image.absent
                else {}
            )
        if alike.what == "owner":
            teams = [b for id_ in part.boundaries if (b := self.places.get(id_)) and b.kind == "team"]
            fact = part.fact("owner")
            stated = (
                {str(fact.value).lower(): (f"owned by {fact.value}", fact.evidence)}
                if fact and not fact.absent
                else {}
            )
            return {**{b.name.lower(): (f"owned by {b.name}", b.evidence[:1]) for b in teams}, **stated}
        if part.technology in technologies:
            return {part.technology: (technologies[part.technology].label, part.evidence[:1])}
        return {}

    def all_of_part(self, part: Component) -> dict[str, Shown]:
        """Return whatever a part may have in common with others: whom it uses, who uses it, its places, technology and owner."""
        uses = {
            f"uses {f.target}": (f"Use {self.graph.label(f.target)}", f.evidence[:1])
            for f in self.out.get(part.id, ())
        }
        used = {
            f"by {f.source}": (f"Used by {self.graph.label(f.source)}", f.evidence[:1])
            for f in self.into.get(part.id, ())
        }
        places = {
            b.id: (f"In {b.name} ({b.kind})", b.evidence[:1])
            for id_ in part.boundaries
            if (b := self.places.get(id_))
        }
        return {**uses, **used, **places, **self.things_of(Alike("", "technology"), part)}

    def in_common(self, alike: Alike, ids: Iterable[str]) -> dict[str, list[str]]:
        """Return what several of some parts have in common, each with these parts."""
        found: dict[str, list[str]] = {}
        for id_ in ids:
            for key in self.things_of(alike, self.parts[id_]):
                found.setdefault(key, []).append(id_)
        return {key: ids for key, ids in found.items() if len(ids) > 1}


def _of(name: str, words: str) -> str:
    """Return words with the name of the part that they are about, once."""
    return words if words.startswith(f"{name} ") else f"{name}: {words}"


def _plain(shown: Iterable[Shown]) -> tuple[Shown, ...]:
    """Return what shows something without what other words say again: "A calls B" beside "A calls B: no timeout"."""
    all_ = list(dict.fromkeys(shown))
    return tuple((w, e) for w, e in all_ if not any(other.startswith(f"{w}:") for other, _ in all_))
