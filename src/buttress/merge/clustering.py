"""Which mentions are one component by their names.

Two mentions are one when a name or alias agrees: to the letter, in the singular, or without generic words ("Orders
Service", `orders`) if that is unambiguous and their kinds can be one thing. A bare technology ("PostgreSQL") is the one
component that runs on it. Names that one source tells apart never meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from buttress.merge.technologies import runs_others, technology_names
from buttress.model import Component, Fragment
from buttress.model.kinds import MESSAGING, STORES
from buttress.names import keys
from buttress.vocabulary import ANY_ENGINE

WEAK_KINDS = ("other", "service", "library_or_module")
_REASONS = ("the same name", "the same name in the singular", "the same name without generic words")
_OUTSIDE = ("external_service",)


def family(kind: str) -> str:
    """Return the family of kinds within which two sources may call one thing by different kinds.

    >>> family("relational_db"), family("worker"), family("other")
    ('store', 'runtime', 'any')
    """
    if kind in STORES:
        return "store"
    if kind in MESSAGING:
        return "messaging"
    if kind in ("other", "library_or_module", "external_service"):
        return "any"
    return "actor" if kind == "actor" else "runtime"


def compatible(first: str, second: str) -> bool:
    """Return whether two kinds can be one thing, seen by two sources.

    >>> compatible("gateway", "service"), compatible("service", "relational_db")
    (True, False)
    """
    a, b = family(first), family(second)
    return a == b or "any" in (a, b) or {a, b} == {"store", "messaging"}


@dataclass(slots=True, eq=False)
class Cluster:
    """The mentions that are one component, each with the number of its fragment, and why they are."""

    members: list[tuple[int, Component]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def kinds(self) -> list[str]:
        """Return the kind that each mention says."""
        return [c.kind for _, c in self.members]

    def names(self) -> list[str]:
        """Return all names and aliases, the leading one first."""
        return [n for _, c in self.members for n in (c.name, *c.aliases)]

    def absorb(self, other: Cluster, why: str) -> None:
        """Take over the mentions of another cluster, for a reason."""
        self.members += other.members
        self.reasons += [*other.reasons, why]

    def fragments(self) -> set[int]:
        """Return the numbers of the fragments that mention it."""
        return {n for n, _ in self.members}

    def kind(self) -> str:
        """Return the most specific kind that counts: a store behind a name outside is that store, not an unknown service.

        What is built from code that is at hand isn't outside, whoever offers it to others under that name.
        """
        own = any(c.fact("code_folder") is not None for _, c in self.members)
        kinds = [k for k in self.kinds() if k not in WEAK_KINDS and not (own and k in _OUTSIDE)]
        strong = [k for k in kinds if k not in _OUTSIDE]
        if kinds and kinds[0] in _OUTSIDE and any(k in STORES | MESSAGING for k in strong):
            kinds = [k for k in strong if k in STORES | MESSAGING]
        rest = [k for k in self.kinds() if not (own and k in _OUTSIDE)] or self.kinds()
        return kinds[0] if kinds else next((k for k in rest if k != "other"), rest[0])

    def technology(self) -> str | None:
        """Return the technology that the first mention with one says.

        An engine counts more than a provider's offer of any, what a service is written with more than what it runs on.
        """
        said = [c.technology for _, c in self.members if c.technology]
        if self.kind() != "compute_host":
            said.sort(key=runs_others)
        return next((t for t in said if t not in ANY_ENGINE), next(iter(said), None))


def told_apart(component: Component, cluster: Cluster, n: int, fragment: Fragment) -> bool:
    """Return whether fragment `n` says that its component isn't what a cluster is: both are in one file, or side by side in a drawing."""
    others = {m.id for k, m in cluster.members if k == n}
    return bool(others) and (
        fragment.tells_apart or any(component.id in shown and others & shown for shown in fragment.drawn)
    )


def cluster_of_names(ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters of all mentions in some fragments, those of the first fragment first."""
    clusters: list[Cluster] = []
    index: tuple[dict[str, list[Cluster]], ...] = ({}, {}, {})
    running_on: dict[str, list[Cluster]] = {}

    def enter(cluster: Cluster, component: Component) -> None:
        for text in (component.name, *component.aliases):
            for level, key in enumerate(keys(text)):
                found = index[level].setdefault(key, [])
                if key and cluster not in found:
                    found.append(cluster)
        if component.technology is not None:
            same = running_on.setdefault(component.technology, [])
            if not (same and same[-1] is cluster) and cluster not in same:
                same.append(cluster)

    for n, fragment in enumerate(ranked):
        loose: dict[str, list[Component]] = {}
        for component in fragment.components:
            loose.setdefault(keys(component.name)[2], []).append(component)
        waiting = list(fragment.components)
        for level in (0, 1, 2):
            left = []
            for component in waiting:
                cluster, why = _find(component, level, index, n, fragment, loose)
                if cluster is None:
                    left.append(component)
                    continue
                cluster.members.append((n, component))
                cluster.reasons.append(why)
                enter(cluster, component)
            waiting = left
        for component in waiting:
            # two drawings that one reader read may disagree about what bears one name
            cluster, why = None, ""
            for level in () if fragment.tells_apart else (0, 1):
                if cluster is None:
                    cluster, why = _find(component, level, index, n, None, {})
            if cluster is None and fragment.drawn and not _shares_name(component, fragment, loose):
                cluster, why = _find(component, 2, index, n, None, {})
                cluster = None if cluster is None or told_apart(component, cluster, n, fragment) else cluster
            if cluster is None:
                cluster = _by_technology(component, running_on, n, fragment)
                why = f"the only {component.technology} that '{component.name}' can mean"
            if cluster is None:
                cluster = Cluster()
                clusters.append(cluster)
            else:
                cluster.reasons.append(why)
            cluster.members.append((n, component))
            enter(cluster, component)
    return clusters


def _find(
    component: Component,
    level: int,
    index: tuple[dict[str, list[Cluster]], ...],
    n: int,
    source: Fragment | None,
    loose: dict[str, list[Component]],
) -> tuple[Cluster | None, str]:
    tells_apart = source is not None and source.tells_apart
    for text in (component.name, *component.aliases):
        key = keys(text)[level]
        if not key or (
            level == 2 and source is not None and tells_apart and _shares_name(component, source, loose)
        ):
            continue
        found = [
            c
            for c in index[level].get(key, ())
            if not (tells_apart and n in c.fragments())
            and (
                not (tells_apart and _apart_by_kind(c, component))
                if level == 0
                else any(compatible(component.kind, k) for k in c.kinds())
            )
        ]
        if len(found) == 1 or (found and level == 0):
            other = next((x for x in found[0].names() if keys(x)[level] == key), found[0].names()[0])
            return found[0], _REASONS[level] if other == text else f"{_REASONS[level]}: '{other}', '{text}'"
    return None, ""


def _apart_by_kind(cluster: Cluster, component: Component) -> bool:
    """Return whether only an alias is the same, of things that can't be one: a database `orders` beside the service `orders`."""
    return keys(cluster.members[0][1].name)[0] != keys(component.name)[0] and not any(
        compatible(component.kind, k) for k in cluster.kinds()
    )


def _shares_name(component: Component, fragment: Fragment, loose: dict[str, list[Component]]) -> bool:
    """Return whether its source, or a drawing of it, has another component of that name but for generic words that could be the same thing.

    `loose` are the components of the source by their names without generic words. `orders-db` beside `orders-svc` is none: a store and a
    service don't meet in any other source either.
    """
    alike = {c.id for c in loose.get(keys(component.name)[2], ()) if compatible(component.kind, c.kind)}
    return len(alike) > 1 if fragment.tells_apart else any(len(alike & shown) > 1 for shown in fragment.drawn)


def _by_technology(
    component: Component, running_on: dict[str, list[Cluster]], n: int, fragment: Fragment
) -> Cluster | None:
    """Return the one cluster of the same technology that a bare technology name ("PostgreSQL") can mean."""
    technology = component.technology
    if technology is None:
        return None
    spellings = technology_names(technology)

    def bare(item: Component) -> bool:
        return any(keys(name)[1] in spellings for name in (item.name, *item.aliases))

    same = running_on.get(technology, [])
    if len(same) != 1 or (n in same[0].fragments() and not fragment.drawn):
        return None
    alike = [c.id for c in fragment.components if c.technology == technology]
    if max((sum(i in shown for i in alike) for shown in fragment.drawn), default=len(alike)) > 1:
        return None
    if told_apart(component, same[0], n, fragment):
        return None
    return same[0] if bare(component) or any(bare(m) for _, m in same[0].members) else None
