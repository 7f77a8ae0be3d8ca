"""Stores that several use, and what belongs to several teams."""

from __future__ import annotations

import re
from collections.abc import Mapping

from buttress.dependencies import administers, table, waits
from buttress.faults import FaultTree
from buttress.model import Component, Derived, Flow
from buttress.model.kinds import DATABASES, STORES
from buttress.vocabulary import load
from buttress.vocabulary.roles import role_phrases

_DATABASE = re.compile(r"://[^\s/\"']{1,300}/([\w${}.-]{1,100})")  # which one of a server's an address names
_WAITS = table(waits)
_WRITES = table(lambda kind, sync: kind == "writes")
_AND = re.compile(r"\s(?:and|&)\s|/")
_TEAM = re.compile(r"^@|\b(?:team|squad|tribe|guild|chapter)$")
OWNED = STORES - {"cache", "object_store"}  # whose content has one owner


def shared(tree: FaultTree) -> list[Derived]:
    """Return shared stores, by services and by teams, and what has several owners."""
    graph, by_id, wiring = tree.graph, tree.dependencies.by_id, tree.dependencies.wiring
    drawn = frozenset(b.id for b in graph.boundaries if b.kind == "team")
    known: dict[frozenset[str], frozenset[str]] = {}  # one object for equal teams
    teams = {c.id: known.setdefault(team, team) for c in graph.components if (team := teams_of(c, drawn))}
    users: dict[str, dict[str, str]] = {}
    writers: dict[str, dict[str, str]] = {}
    owned = bytearray(c.kind in OWNED for c in graph.components)
    for source in tree.dependencies.running:
        n = wiring.index[source]
        writes = wiring.sorts[n].translate(_WRITES)
        for at, target in enumerate(wiring.ends[n]):
            if owned[target]:
                store = tree.names[target]
                for use in (users, writers) if writes[at] else (users,):
                    by = use.setdefault(store, {})
                    if source not in by:
                        by[source] = wiring.flows[n][at].id
    waiting, crossing = _across(tree, teams)
    out = []
    for name, found in (("sharedStore", users), ("sharedWriters", writers)):
        out += [
            Derived(name, store, objects=tuple(sorted(u)), because=tuple(u[k] for k in sorted(u)))
            for store, u in sorted(found.items())
            if len(_told_apart(u, by_id)) > 1
        ]
    for store, using in sorted(users.items()):
        unclear = _unclear(store, using, tree) if store not in writers else ()
        if unclear:
            because = tuple(using[u] for u in unclear)
            out.append(Derived("sharedTables", store, objects=unclear, because=because))
        names = set().union(*(teams.get(u, frozenset()) for u in using), teams.get(store, frozenset()))
        if len(names) > 1:
            because = tuple(using[u] for u in sorted(using) if u in teams)
            told = tuple(sorted(n for n in names if graph.boundary(n) is not None))
            out.append(Derived("sharedByTeams", store, objects=told, value=len(names), because=because))
    out += [Derived("manyOwners", id_, value=len(team)) for id_, team in teams.items() if len(team) > 1]
    if waiting:
        out.append(Derived("acrossTeams", "system", value=round(crossing / waiting, 3)))
    return out


def _across(tree: FaultTree, teams: Mapping[str, frozenset[str]]) -> tuple[int, int]:
    """Return how many waiting calls the parts of teams make to those of teams, and how many of them to another team."""
    waiting = crossing = 0
    wiring = tree.dependencies.wiring
    of = [teams.get(c.id) for c in tree.graph.components]
    for source in tree.dependencies.running if teams else ():
        n = wiring.index[source]
        here = of[n]
        if here is None:
            continue
        for waited, target in zip(wiring.sorts[n].translate(_WAITS), wiring.ends[n], strict=True):
            there = of[target]
            if waited and there is not None:
                waiting += 1
                crossing += here is not there and here.isdisjoint(there)
    return waiting, crossing


def _unclear(store: str, using: Mapping[str, str], tree: FaultTree) -> tuple[str, ...]:
    """Return the programs that use one database, where nothing says whether each has tables of its own; nothing for one program.

    Equals behind a proxy are one program. What an address names on the server is a database of its own.
    """
    by_id, equals, wiring = tree.dependencies.by_id, tree.dependencies.equals, tree.dependencies.wiring
    at = wiring.index[store]
    flows = {u: wiring.between(wiring.index[u], at) for u in using if not _only_tends(by_id[u])}
    users = {u: using[u] for u, found in flows.items() if any(map(_says_no_use, found))}
    programs = _told_apart({u: f for u, f in users.items() if u not in equals}, by_id)
    if by_id[store].kind not in DATABASES or len(programs) + (not equals.isdisjoint(users)) < 2:
        return ()
    named: dict[str, set[str]] = {}
    for user in users:
        quotes = [e.quote for f in flows[user] for e in f.evidence]
        found = {m for quote in quotes for m in _DATABASE.findall(quote)}
        named.setdefault(_program(by_id[user]), set()).update(found)
    apart = all(named.values()) and len(set().union(*named.values())) == sum(map(len, named.values()))
    return () if apart else tuple(sorted(users))


def _says_no_use(flow: Flow) -> bool:
    """Return whether a file gives an address and nobody says what for."""
    return flow.kind in ("calls", "depends_on") and any(e.form == "config" for e in flow.evidence)


def _only_tends(component: Component) -> bool:
    """Return whether a part looks after a store and keeps nothing of its own there: a console, what runs once, what makes copies."""
    return administers(component) or any(component.fact(name) for name in ("runs_once", "saves_stores"))


def _told_apart(users: dict[str, str], by_id: dict[str, Component]) -> set[str]:
    """Return the programs that use a store, a worker without a name of its own ("the consumer") aside: it may be one of the others.

    What runs one image or is built from one folder is one program, like a product's web server and its workers; so are the
    functions of one template, which are deployed together.
    """
    nameless = [u for u in users if by_id[u].kind == "worker" and by_id[u].name.lower() in role_phrases()]
    others = any(by_id[u].kind == "worker" for u in users if u not in nameless)
    return {_program(by_id[u]) for u in users if not (others and u in nameless)}


def _program(component: Component) -> str:
    image, folder = component.fact("image"), component.fact("build_context")
    if component.technology == "lambda" and component.evidence[:1]:
        return component.evidence[0].source
    if image is not None and isinstance(image.value, str) and (name := _own_image(image.value)):
        return name
    if folder is not None and isinstance(folder.value, str):
        file = component.fact("dockerfile")
        return f"{folder.value} {file.value if file is not None else ''}"
    return component.id


def _own_image(image: str) -> str:
    """Return the name of an image without its version; empty for one that only brings a language or a base system."""
    name = re.sub(r"(?:@sha256:|:)[^/]*$", "", image)
    known = load().technology_of_image(image)
    return (
        name if "/" in name and (known is None or known.role not in ("framework", "library", "tool")) else ""
    )


def teams_of(component: Component, drawn: frozenset[str]) -> frozenset[str]:
    """Return the teams that own a component: those of its boundaries that are `drawn` as teams, else its stated owner.

    >>> from buttress.model import Fact
    >>> teams_of(Component("a", "a", facts=(Fact("owner", "Payments"),)), frozenset())
    frozenset({'payments'})
    >>> sorted(teams_of(Component("a", "a", facts=(Fact("owner", "Shop team and Pay team"),)), frozenset()))
    ['pay team', 'shop team']
    """
    found = drawn.intersection(component.boundaries)
    if not found and component.facts:
        fact = component.fact("owner")
        if fact is not None and fact.status == "stated":
            values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
            return frozenset(team for v in values if isinstance(v, str) for team in _split(v))
    return found


def _split(owner: str) -> list[str]:
    """Return the teams of one statement, in lower case: "Payments team and Shop team" are two, "Search and Discovery" is one."""
    listed = [part.strip() for part in owner.lower().split(",") if part.strip()]
    out: list[str] = []
    for words in listed:
        parts = [part.strip() for part in _AND.split(words)]
        out += parts if len(parts) > 1 and all(map(_TEAM.search, parts)) else [words]
    return out
