"""What detectors find: facts of a project's parts and links to what it needs, with the places that show them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from buttress.model import Evidence, Fact, FactValue
from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.python.files import folder_of
from buttress.readers.python.records import Call, Function, Module, Spot

MAX_PLACES = 5
MAX_BEYOND = 100
_PLUG_INS = re.compile(
    r"(?:^|[/_])(?:plugins?|backends?|providers?|drivers|adapters|connectors|integrations|engines)$"
)
MAIN = ""
WORKER = "worker"
SCHEDULER = "scheduler"


@dataclass(frozen=True, slots=True)
class Target:
    """What a link leads to: its name, kind and technology; a `host` that the code writes out; `outside` is a public host."""

    name: str
    kind: str
    technology: str | None = None
    host: str = ""
    outside: bool = False


@dataclass(slots=True, eq=False)
class Link:
    """A use of a target by a part of the project: the kind of flow, how, and the places that show it."""

    role: str
    target: Target
    kind: str = "calls"
    protocol: str | None = None
    sync: bool | None = None
    evidence: list[Evidence] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    offered: bool = False  # an installation may use it, and needn't
    beyond: list[Evidence] = field(default_factory=list)  # more places, which aren't told

    @property
    def places(self) -> list[Evidence]:
        """Return all places that are known, also those beyond the handful that is told."""
        return [*self.evidence, *self.beyond]

    def at(self, places: Sequence[Evidence], role: str | None = None) -> Link:
        """Return the link at some of its places, with the facts that files of these places tell."""
        files = {e.source for e in places}
        facts = {}
        for name, fact in self.facts.items():
            told = tuple(e for e in fact.evidence if e.source in files)
            if told:
                facts[name] = Fact(name, fact.value, fact.status, told)
        first, rest = list(places[:MAX_PLACES]), list(places[MAX_PLACES:])
        return replace(
            self, role=self.role if role is None else role, evidence=first, beyond=rest, facts=facts
        )

    def say(self, name: str, value: FactValue, evidence: Evidence, *, denied: bool = False) -> None:
        """Add a fact. What is denied at one place counts more than what another states; of several numbers the largest does."""
        new = Fact(name, None if denied else value, "denied" if denied else "stated", (evidence,))
        old = self.facts.get(name)
        if old is None or (new.status == "denied" and old.status != "denied") or _greater(new, old):
            self.facts[name] = new
        elif (
            (old.status, old.value) == (new.status, new.value)
            and len(old.evidence) < MAX_PLACES
            and evidence not in old.evidence
        ):
            self.facts[name] = Fact(name, old.value, old.status, (*old.evidence, evidence))

    def says(self, word: re.Pattern[str]) -> bool:
        """Return whether a place that shows it, or the path there, has such a word."""
        return any(word.search(e.quote) or word.search(e.source) for e in self.evidence)


def _greater(new: Fact, old: Fact) -> bool:
    numbers = isinstance(new.value, int | float) and isinstance(old.value, int | float)
    return (
        numbers
        and not isinstance(new.value, bool)
        and not isinstance(old.value, bool)
        and old.status == new.status == "stated"
        and new.value > old.value  # type: ignore[operator]
    )


class Ledger:
    """The facts and links of one project, collected by its detectors.

    A fact belongs to a role: the project's main part, its worker or its scheduler. Places in modules of tasks are the worker's.
    """

    def __init__(self) -> None:
        """Start without any."""
        self._facts: dict[tuple[str, str], Fact] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self.links: dict[tuple[str, Target, str], Link] = {}
        self.worker_modules: Collection[Module] = ()
        self.task_functions: Collection[Function] = ()
        self.reached_by_tasks: Collection[Function] = ()
        self.one_task_at_a_time = False
        self.background: Collection[Function] = ()

    def role_of(self, place: Call | Function | Spot | Module | None) -> str:
        """Return the part of the project that runs a place."""
        if place is None or not (self.worker_modules or self.task_functions):
            return MAIN
        if isinstance(place, Module):
            return WORKER if place in self.worker_modules else MAIN
        function = place if isinstance(place, Function) else place.function
        module = (
            place.module if isinstance(place, Call | Function) else (function.module if function else None)
        )
        while function is not None:
            if function in self.task_functions:
                return WORKER
            function = function.parent
        return WORKER if module in self.worker_modules else MAIN

    def is_waited_for(self, call: Call) -> bool:
        """Return whether whoever made it do so waits for a call: it isn't in a thread that goes on by itself."""
        function = call.function
        while function is not None:
            if function in self.background:
                return False
            function = function.parent
        return True

    def say(
        self,
        name: str,
        evidence: Evidence,
        value: FactValue = True,
        *,
        role: str = MAIN,
        denied: bool = False,
    ) -> None:
        """State or deny a fact; the first word counts, another place for the same adds its evidence, lists are put together."""
        key = (role, name)
        new = Fact(name, None if denied else value, "denied" if denied else "stated", (evidence,))
        old = self._facts.get(key)
        if old is None:
            self._facts[key] = new
            return
        value = old.value
        if isinstance(value, tuple) and isinstance(new.value, tuple):
            value = tuple(dict.fromkeys((*value, *new.value)))
        elif (old.status, old.value) != (new.status, new.value):
            return
        more = (evidence,) if evidence not in old.evidence and len(old.evidence) < MAX_PLACES else ()
        self._facts[key] = Fact(name, value, old.status, (*old.evidence, *more))

    def count(self, name: str, evidence: Evidence, *, role: str = MAIN, by: int = 1) -> None:
        """Count one more place of a fact; a handful of them is kept as evidence."""
        key = (role, name)
        self._counts[key] = self._counts.get(key, 0) + by
        old = self._facts.get(key)
        places = old.evidence if old is not None else ()
        if evidence not in places and len(places) < MAX_PLACES:
            places = (*places, evidence)
        self._facts[key] = Fact(name, self._counts[key], "stated", places)

    def counted(self, name: str, role: str = MAIN) -> int:
        """Return how many places have been counted."""
        return self._counts.get((role, name), 0)

    def has(self, name: str, role: str = MAIN) -> bool:
        """Return whether a fact of that name is there, stated or denied."""
        return (role, name) in self._facts

    def fact(self, name: str, role: str = MAIN) -> Fact | None:
        """Return the fact of that name."""
        return self._facts.get((role, name))

    def facts(self, *roles: str) -> tuple[Fact, ...]:
        """Return the facts of some roles, sorted by name; the first role's word counts."""
        out: dict[str, Fact] = {}
        for role in roles:
            for (owner, name), fact in self._facts.items():
                if owner == role and name not in out:
                    out[name] = fact
        return tuple(out[n] for n in sorted(out))

    def link(
        self,
        role: str,
        target: Target,
        evidence: Evidence,
        kind: str = "calls",
        protocol: str | None = None,
        sync: bool | None = None,
    ) -> Link:
        """Return the link of a role to a target, made at its first place."""
        made = self.links.setdefault((role, target, kind), Link(role, target, kind, protocol, sync))
        if evidence not in made.evidence:
            places = made.evidence if len(made.evidence) < MAX_PLACES else made.beyond
            if len(places) < MAX_BEYOND and evidence not in places:
                places.append(evidence)
        made.protocol = made.protocol or protocol
        made.sync = made.sync or sync if sync is not None else made.sync
        return made

    def queue(self, target: Target, evidence: Evidence) -> tuple[Link, Link]:
        """Return the links of a task queue to its broker: who puts tasks there, and who takes them."""
        return self.link(MAIN, target, evidence, "publishes"), self.link(WORKER, target, evidence, "consumes")


def plug_ins(links: Sequence[Link]) -> set[str]:
    """Return the stores and services outside that are each used in one of three or more plug-ins, and nowhere else.

    Plug-ins are folders side by side with one use each (the layers of a program have several), all of them stores, brokers or
    services, or what a folder that is called so holds.
    """
    found: set[str] = set()
    plugs: dict[str, dict[str, set[str]]] = {}
    for link in links:
        if link.target.kind in STORES | MESSAGING or link.target.outside:
            for place in link.evidence:
                parent, _, plug = _plug_of(place.source)
                plugs.setdefault(parent, {}).setdefault(link.target.name, set()).add(plug)
    places = [(x.target.name, e.source) for x in links for e in x.evidence]
    stores = {x.target.name for x in links if x.target.kind in STORES | MESSAGING}
    # A broker beside stores carries their work: it isn't there to choose from.
    alike = [{x.target.name for x in links if x.target.kind in kinds} for kinds in (STORES, MESSAGING)]
    for parent, users in plugs.items():
        alone = {name for name, used in users.items() if len(used) == 1}
        uses = Counter(next(iter(users[n])) for n in alone)
        called_so = _PLUG_INS.search(parent) is not None
        for sort in (alone,) if called_so else (*(alone & s for s in alike), alone - stores):
            among = {next(iter(users[n])) for n in sort}
            if sum(called_so or uses[plug] == 1 for plug in among) >= 3:
                sort = sort - _without_another(links, sort)
                found |= sort - {name for name, path in places if not path.startswith(f"{parent}/")}
    return found


def _without_another(links: Sequence[Link], names: Collection[str]) -> set[str]:
    """Return the databases among plug-ins that are no options: the only one, whose address settings give, and those of Django's settings."""
    databases = {x.target for x in links if x.target.name in names and x.target.kind == "relational_db"}
    return {t.name for t in databases if len(databases) == 1 and t.technology is None} | {
        x.target.name for x in links if "driver" in x.facts and x.facts["driver"].value == "Django ORM"
    }


def _plug_of(path: str) -> tuple[str, str, str]:
    """Return the folder of plug-ins that a file may belong to, and which of them it is.

    >>> _plug_of("app/stores/mongo/client.py"), _plug_of("app/meta_plugins/mongo.py")
    (('app/stores', '/', 'mongo'), ('app/meta_plugins', '/', 'mongo.py'))
    >>> _plug_of("app/providers/mongo_provider/client.py")
    ('app/providers', '/', 'mongo_provider')
    """
    folder = folder_of(path)
    among = _PLUG_INS.search(folder) is not None and _PLUG_INS.search(folder_of(folder)) is None
    return (path if among else folder).rpartition("/")
