"""What an installation chooses from: several classes of one base each open another store, or ask another service who somebody is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.model import Evidence
from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.python.found import MAIN, Link, Target
from buttress.readers.python.project import Project

DATABASES = ("relational_db", "document_db")
MANY_WAYS = 3  # to log in: nobody offers as many but for others to choose from
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

    It can't where classes of one base each open another one, and nothing else is opened.
    """
    if any(x.target.kind in DATABASES for x in kept):
        return None
    found = [x for x in left if x.role == MAIN and x.target.kind in DATABASES]
    if len({x.target.technology for x in found}) < 2:
        return None
    if not set.intersection(*(_common_bases(x, project) for x in found)):
        return None
    kinds = {x.target.kind for x in found}
    target = Target("Database", kinds.pop() if len(kinds) == 1 else "data_store")
    return Link(MAIN, target, sync=True, evidence=[x.evidence[0] for x in found])


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
