"""What an installation chooses from: several classes of one base each open another store, or ask another service who somebody is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.model import Evidence
from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.python.choices import Choices
from buttress.readers.python.defaults import is_off_by_default
from buttress.readers.python.detectors.chosen_stores import IN_A_COMMAND, opened_engines
from buttress.readers.python.found import MAIN, Link, Target
from buttress.readers.python.project import Project

DATABASES = ("relational_db", "document_db")
MANY_WAYS = 3  # to log in, or to send a message: nobody offers as many but for others to choose from
_CHOSEN = STORES | MESSAGING | {"external_service"}
_LOGIN = re.compile(r"o?auth|oidc|sso|saml|login|social|identity", re.IGNORECASE)


def of_one_base(project: Project, links: Sequence[Link]) -> set[str]:
    """Return the stores that only classes of one base use, where two of these open stores of one kind and different make.

    Classes of one base that use stores of different kinds may all be there: each keeps something else.
    """
    used: dict[str, list[Link]] = {}
    for link in links:
        if link.target.kind in STORES | MESSAGING:
            for base in _common_bases(link, project):
                used.setdefault(base, []).append(link)
    found: set[str] = set()
    for base, shared in used.items():
        makes = {(x.target.kind, x.target.technology): _classes(x, base, project) for x in shared}
        if any(
            a[0] == b[0] and a[1] != b[1] and not makes[a] & makes[b]
            for n, a in enumerate(makes)
            for b in list(makes)[n + 1 :]
        ):
            found |= {x.target.name for x in shared}
    elsewhere = {x.target.name for x in links if not _common_bases(x, project)}
    return found - elsewhere


def chosen_by_extra(project: Project, kept: Sequence[Link], left: Sequence[Link]) -> Link | None:
    """Return a link to the database of which an installation chooses the make by an extra, None where it may go without.

    It can't where classes of one base each open another one, and nothing else is opened, nor where an engine is opened that takes any.
    """
    if any(x.target.kind in DATABASES for x in kept):
        return None
    places = [c.evidence() for c in opened_engines(project) if not IN_A_COMMAND.search(c.module.name)]
    written = {e for x in left for e in x.evidence}  # an address that only suits one of them
    engine = next((e for e in places if e not in written), None)
    if engine is not None and any(x.target.kind == "relational_db" for x in left):
        return Link(MAIN, Target("Database", "relational_db"), sync=True, evidence=[engine])
    found = [x for x in left if x.role == MAIN and x.target.kind in DATABASES]
    if len({x.target.technology for x in found}) < 2:
        return None
    if not set.intersection(*(_common_bases(x, project) for x in found)):
        return None
    kinds = {x.target.kind for x in found}
    target = Target("Database", kinds.pop() if len(kinds) == 1 else "data_store")
    return Link(MAIN, target, sync=True, evidence=[x.evidence[0] for x in found])


def offer(project: Project, every: Sequence[Link], kept: Sequence[Link]) -> list[Link]:
    """Mark the stores that an installation needn't have, and return links to the database that one of several is.

    An installation has one of those between which branches or tables choose, and none of what is off unless somebody asks for it. So it
    is with services outside, from three on: two may each serve some of the users.
    """
    if not any(x.target.kind in _CHOSEN for x in kept):
        return []
    choices = Choices(project)
    made: list[Link] = []
    for group in chosen_by_branch(every, choices):
        found = [x for x in kept if x.target.name in group]
        for link in found:
            link.offered = True
        kinds = {x.target.kind for x in every if x.target.name in group}
        if kinds <= set(DATABASES):
            target = Target("Database", kinds.pop() if len(kinds) == 1 else "data_store")
            for role in dict.fromkeys(x.role for x in found):
                places = [x.evidence[0] for x in found if x.role == role]
                made.append(Link(role, target, sync=True, evidence=places))
    for link in kept:
        link.offered = link.offered or is_off_by_default(link, project, choices)
    return made


def chosen_by_branch(links: Sequence[Link], choices: Choices) -> list[set[str]]:
    """Return the groups of stores of one sort and different make, or of services outside, of which its branches or tables choose one.

    Two are of one group when no run comes by places of both.
    """
    sorts: dict[str, dict[str, list[Link]]] = {}
    for link in links:
        if link.target.kind in _CHOSEN:
            sort = "database" if link.target.kind in DATABASES else link.target.kind
            sorts.setdefault(sort, {}).setdefault(link.target.name, []).append(link)
    groups: list[set[str]] = []
    outside = sorts.get("external_service", {})
    for named in (
        n for n in sorts.values() if n is outside or len({x[0].target.technology for x in n.values()}) > 1
    ):
        places = {name: [e for x in of_one for e in x.evidence] for name, of_one in named.items()}
        for n, one in enumerate(places):
            for other in list(places)[n + 1 :]:
                if choices.exclude(places[one], places[other]):
                    met = [g for g in groups if one in g or other in g]
                    groups = [g for g in groups if g not in met] + [{one, other}.union(*met)]
    return [g for g in groups if len(g) >= MANY_WAYS or not g & outside.keys()]


def ways_to_log_in(project: Project, links: Sequence[Link]) -> set[str]:
    """Return the services that only classes of one base ask who somebody is, where there are several such classes."""
    used: dict[str, list[Link]] = {}
    for link in links:
        if link.target.kind in ("external_service", "service"):
            for base in _common_bases(link, project):
                if _LOGIN.search(base.rpartition(".")[2]):
                    used.setdefault(base, []).append(link)
    return {
        x.target.name
        for base, shared in used.items()
        if len({c for x in shared for c in _classes(x, base, project)}) >= MANY_WAYS
        for x in shared
    }


def _common_bases(link: Link, project: Project) -> set[str]:
    """Return the project's classes from which all classes derive that show a link; none where a place is outside of classes."""
    around = [_bases(_class_at(e, project), project) for e in link.evidence]
    return set.intersection(*around) if around else set()


def _classes(link: Link, base: str, project: Project) -> set[str]:
    found = {_class_at(e, project) for e in link.evidence}
    return {name for name in found if base in _bases(name, project)}


def _bases(name: str, project: Project) -> set[str]:
    return {b for b in project.bases_of(name) if b in project.classes}


def _class_at(place: Evidence, project: Project) -> str:
    """Return the dotted name of the class whose method a place is in, nothing elsewhere."""
    module = project.by_path.get(place.source)
    if module is None:
        return ""
    for cls in module.classes:
        if any(place.line in m.span for m in cls.methods):
            return f"{module.name}.{cls.name}"
    return ""
