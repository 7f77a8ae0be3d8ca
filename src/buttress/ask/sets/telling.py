"""Answers to questions for sets: which parts they are, what shows it, what they were asked for, and what the sources leave open."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from buttress.ask.answer import Statement
from buttress.ask.sets.algebra import (
    Condition,
    Has,
    Not,
    Query,
    Relates,
    Select,
    Stops,
    inner_of,
    lacks_flows,
)
from buttress.ask.sets.evaluate import World
from buttress.ask.sets.holding import Held, all_hold
from buttress.ask.sets.phrasing import participle, phrase, said, with_preposition
from buttress.ask.words import kind_words, labels, listed
from buttress.dependencies import is_text_alone
from buttress.model import Component, Evidence, SystemGraph
from buttress.model.kinds import DATABASES, MESSAGING, STORES
from buttress.vocabulary import load

_MOST = 20
_RANKED = 5


def answered(query: Query, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the answer to a query, what it was understood to ask for first.

    >>> from buttress.model import Component, Flow
    >>> g = SystemGraph(components=(Component("a", "A"), Component("b", "B")), flows=(Flow("f", "a", "b", "calls"),))
    >>> calls = Relates("call", Select("services", frozenset(("service",))))
    >>> answered(Query("list", Select("services", frozenset(("service",)), conditions=(calls,))), g)[0].text
    'Services that call services (1): A.'
    """
    world = World(graph)
    match query.aim:
        case "places":
            return _places(query, world)
        case "groups":
            return _groups(query, world)
        case "most":
            return _most(query, world)
        case "every":
            return _every(query, world)
        case _:
            return _listed(query, world)


def _listed(query: Query, world: World) -> tuple[Statement, ...]:
    """Return the parts of which all holds, those of which it isn't known, and those that fit but are of a kind near to it."""
    wanted = phrase(query.select)
    members = world.members(query.select)
    apart = {id_ for c in query.select.conditions for id_ in _not_used(c)}
    hits = [(c, h) for c, h in members if h.value and c.id not in apart]
    names = listed((c.name for c, _ in hits), most=_MOST)
    denies = any(lacks_flows(c, back=True) for c in query.select.conditions)
    beside = _beside(query.select, world, {*(c.id for c, _ in hits), *apart})
    if not hits and any(isinstance(c, Relates) and "starts" in c.flows for c in query.select.conditions):
        return ()  # what is started and ends isn't read as a part that others need
    read = ", as far as the sources say" if denies else ""
    counted = query.aim == "count" and bool(query.select.conditions)
    number = f"{len(hits)} of {len(members)}" if counted else f"{len(hits)}"
    out: list[Statement] = []
    if hits:
        head = (
            f"Yes{read}: {names} ({wanted})."
            if query.aim == "whether"
            else f"{wanted[:1].upper()}{wanted[1:]}{read} ({number}): {names}."
        )
        out.append(Statement(head))
        out += _shown(hits, plain=not query.select.conditions)
    else:
        unknown = any(h.open for _, h in members) or is_text_alone(world.graph)
        first = "No, as far as the sources say: n" if query.aim == "whether" and not unknown else "N"
        looked = listed((c.name for c, _ in members), most=_MOST) or "none"
        head = f"{first}othing that was read is among “{wanted}”; looked at {looked}."
        out.append(Statement(head, holds="answer" if members and not unknown else "nothing"))
    if beside:
        out.append(
            Statement(
                f"The same holds, in a wider sense of the words, of {listed(f'{c.name} ({kind_words(c)})' for c, _ in beside)}."
            )
        )
        out += _shown(beside)
    if denies:
        out += _counted_as(query.select, world)
    if denies or counted or not hits:
        out += _otherwise([(c, h) for c, h in members if h.value is False and h.shown])
    near = world.members(_widely(query.select)) if not hits and not query.select.ids else []
    return (*out, *_left_open((h for _, h in (*members, *near)), world))


def _not_used(condition: Condition) -> tuple[str, ...]:
    """Return the parts by name that others aren't to use: of itself nobody would say that it doesn't."""
    inner = inner_of(condition)
    if isinstance(inner, Stops):
        return inner.failed
    return inner.object.ids if isinstance(inner, Relates) and lacks_flows(condition, back=True) else ()


def _counted_as(select: Select, world: World) -> list[Statement]:
    """Return which parts there are of the kinds that others don't use: the databases that were read."""
    inner = map(inner_of, select.conditions)
    kinds = [
        c.object
        for c in inner
        if isinstance(c, Relates) and not c.back and c.object.kinds and not c.object.ids
    ]
    return [
        Statement(f"Of {s.words} there were read: {listed(c.name for c, _ in world.members(s))}.")
        for s in kinds
    ]


def _otherwise(rest: Sequence[tuple[Component, Held]]) -> list[Statement]:
    """Return the parts of which it doesn't hold, with what shows it, in few words."""
    if not rest:
        return []
    evidence = tuple(dict.fromkeys(e for _, held in rest for _, places in held.shown for e in places[:1]))
    return [Statement(f"It is otherwise with {listed((c.name for c, _ in rest), most=_MOST)}.", evidence)]


def _shown(hits: Sequence[tuple[Component, Held]], *, plain: bool = False) -> list[Statement]:
    """Return of each part what shows that it is meant."""
    out = []
    for component, held in hits[:_MOST]:
        is_so = ((f"{component.name} is {kind_words(component)}", component.evidence[:1]),)
        shown = held.shown or (is_so if plain else ())
        if shown:
            evidence = tuple(dict.fromkeys(e for _, places in shown for e in places))
            out.append(Statement(f"{listed((s for s, _ in shown), most=6)}.", evidence))
    return out


def _beside(select: Select, world: World, told: Container[str]) -> list[tuple[Component, Held]]:
    """Return parts that fit where words are taken widely: a search index for a database, a broker that runs as a service."""
    if (
        select.ids
        or select.kinds is None
        or not select.conditions
        or any(lacks_flows(c) for c in select.conditions)
    ):
        return []
    wide = _widely(select)
    return [(c, h) for c, h in world.members(wide) if h.value and c.id not in told]


def _widely(select: Select) -> Select:
    """Return a selection where all stores are taken for databases, in what it relates to as well."""
    kinds = select.kinds
    if kinds is not None:
        kinds |= STORES if kinds >= DATABASES else frozenset()
        kinds |= STORES | MESSAGING if "service" in kinds else frozenset()
    conditions = tuple(
        replace(c, object=_widely(c.object)) if isinstance(c, Relates) else c for c in select.conditions
    )
    return replace(select, kinds=kinds, conditions=conditions)


def _left_open(held: Iterable[Held], world: World) -> list[Statement]:
    """Return what the sources don't say that may decide, each matter with the parts."""
    matters: dict[str, list[str]] = {}
    for matter, id_ in dict.fromkeys(o for h in held if h.value is None for o in h.open):
        matters.setdefault(matter, []).append(id_)
    flows = {
        f.id: f"{world.graph.label(f.source)} with {world.graph.label(f.target)}" for f in world.graph.flows
    }
    return [
        Statement(f"The sources don't say ({matter}): {listed((flows.get(i) or world.graph.label(i) for i in ids), most=12)}.", holds="nothing")
        for matter, ids in matters.items()
    ]  # fmt: skip


def _throughout(held: Sequence[Held]) -> Held:
    """Return whether something holds of a part and nothing in it is otherwise."""
    one, *opposite = held
    return Held(False, opposite[0].shown) if opposite and opposite[0].value else one


def _every(query: Query, world: World) -> tuple[Statement, ...]:
    """Return whether something holds of all parts of a selection."""
    meant = [(c, h) for c, h in world.members(query.select) if h.value]
    checked = [
        (q, Not(q)) if isinstance(q, Has) else (q,) for q in query.checked
    ]  # of all: no call may be without it
    judged = [
        (c, all_hold([_throughout([world.held(q, c) for q in qs]) for qs in checked])) for c, _ in meant
    ]
    words = " and ".join(said(c) for c in query.checked)
    wanted = phrase(query.select)
    if not judged:
        return (Statement(f"Nothing that was read is said to be among {wanted}.", holds="nothing"),)
    yes, no, unknown = ([(c, h) for c, h in judged if h.value is value] for value in (True, False, None))
    which = words if query.select.ids else f"{wanted}: {words}"
    out: list[Statement] = []
    if no:
        out.append(Statement(f"No: not {listed((c.name for c, _ in no), most=_MOST)} ({which})."))
        out += _shown(no)
        if yes:
            out.append(Statement(f"It holds of {listed((c.name for c, _ in yes), most=_MOST)}."))
            out += _shown(yes)
    elif unknown:
        names = listed((c.name for c, _ in unknown), most=_MOST)
        out.append(Statement(f"Not known of {names} ({which}).", holds="nothing"))
        if yes:
            out.append(Statement(f"It holds of {listed((c.name for c, _ in yes), most=_MOST)}."))
            out += _shown(yes)
    else:
        out.append(Statement(f"Yes: {listed((c.name for c, _ in yes), most=_MOST)} ({which})."))
        out += _shown(yes)
    return (*out, *_left_open((h for _, h in judged), world))


def _most(query: Query, world: World) -> tuple[Statement, ...]:
    """Return the parts that a relation leads from to the most others, or the fewest."""
    relation = query.most
    if relation is None:
        return ()
    counted = []
    for component, held in world.members(query.select):
        if not held.value:
            continue
        others: dict[str, tuple[Evidence, ...]] = {}
        for id_, flow in world.neighbours(relation, component.id):
            other = world.parts.get(id_)
            known = (
                other is not None
                and world.is_meant(relation.object, other)
                and world.all_of(relation.object.conditions, other).value
            )
            if known and (flow is None or not relation.flows or flow.kind in relation.flows):
                others.setdefault(id_, flow.evidence[:1] if flow else ())
        counted.append((component, others))
    counted.sort(key=lambda item: (len(item[1]) if query.fewest else -len(item[1]), item[0].id))
    what = phrase(relation.object)
    how = f"{participle(with_preposition(relation.verb))} by" if relation.back else "with flows to"
    return tuple(
        Statement(
            f"{c.name}, {how} {len(others)} of the {what}{': ' if others else ''}{labels(world.graph, sorted(others))}.",
            tuple(e for places in others.values() for e in places) or c.evidence[:1],
        )
        for c, others in counted[:_RANKED]
    )


def _groups(query: Query, world: World) -> tuple[Statement, ...]:
    """Return what several parts of a selection have in common; with parts named, what all of these have."""
    alike = query.groups
    if alike is None:
        return ()
    ids = [c.id for c, h in world.members(query.select) if h.value]
    named = set(query.select.ids)
    found = {key: by for key, by in world.in_common(alike, ids).items() if named <= set(by)}
    out = []
    for key, by in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        shown = [(i, world.things_of(alike, world.parts[i])[key]) for i in by]
        evidence = tuple(dict.fromkeys(e for _, (_, places) in shown for e in places))
        names = labels(world.graph, by)
        if alike.what == "uses":
            out.append(Statement(f"{world.graph.label(key)} is shared by {names}.", evidence))
        elif alike.what == "technology" and alike.kinds:
            technology = load().technologies[key].label
            out.append(Statement(f"{technology}: {names}.", evidence))
        else:
            out.append(Statement(f"{shown[0][1][0][:1].upper()}{shown[0][1][0][1:]}: {names}.", evidence))
    if out:
        return tuple(out)
    mine = [
        f"{world.graph.label(i)}: {listed(w for w, _ in world.things_of(alike, world.parts[i]).values()) or 'none known'}"
        for i in ids
    ]
    sort = f"{alike.words}{'' if alike.what != 'uses' else ' together'}"
    if named:
        return (
            Statement(f"{labels(world.graph, ids)} have no {sort} in what was read ({'; '.join(mine)})."),
        )
    return (Statement(f"No {alike.words} is used by several parts in what was read." if alike.what == "uses" else
                      f"No two of the {phrase(query.select)} are known to have the {alike.words}."),)  # fmt: skip


def _places(query: Query, world: World) -> tuple[Statement, ...]:
    """Return the places of a kind with the parts in them, or those that a part lies in."""
    places = [b for b in world.graph.boundaries if b.kind == query.place]
    of = [c for c, _ in world.members(query.select)] if query.select.ids else []
    if of:
        places = [b for b in places if any(b.id in c.boundaries for c in of)]
    if not places:
        of_whom = f" of {labels(world.graph, (c.id for c in of))}" if of else ""
        return (Statement(f"The sources name no {query.place}{of_whom}.", holds="nothing"),)
    out = []
    for place in places:
        inside = [c.name for c in world.graph.components if place.id in c.boundaries]
        out.append(
            Statement(
                f"{place.name} ({place.kind}): {listed(inside, most=_MOST) or 'nothing that was read'}.",
                place.evidence[:2],
            )
        )
    without = [
        c.name
        for c in world.graph.components
        if not of and c.kind != "actor" and not any(b.id in c.boundaries for b in places)
    ]
    if without:
        out.append(Statement(f"In no {query.place} that was read: {listed(without)}.", holds="nothing"))
    return tuple(out)
