"""Which services of others' software only start when somebody asks for them: by profiles that nothing switches on, in files given by name."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping

from buttress.evidence.lines import Node
from buttress.model import Flow
from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.compose.project import Project, is_given_by_name
from buttress.workloads import hosts
from buttress.workloads.folders import stage_of


def asked_for(
    project: Project, settings: Mapping[str, Mapping[str, Node]], kinds: Mapping[str, str]
) -> set[str]:
    """Return the names of services of others' software that `docker compose up` leaves out; `kinds` are those of all services by name.

    `COMPOSE_PROFILES` in an environment file beside them switches profiles on, and so does a name that says production. Where only stores
    have no profile, profiles are how the programs are started, and none is left out; so it is with files that must be given by name.
    """
    profiles = {name: {p.raw for p in node.list("profiles")} for name, node in project.services.items()}
    always = [name for name, named in profiles.items() if not named and name not in project.added]
    if all(kinds[name] in STORES | MESSAGING for name in always):
        return set()
    on: set[str] = set()
    for path, values in settings.items():
        if posixpath.dirname(path) == project.folder and "COMPOSE_PROFILES" in values:
            written = hosts.plain(values["COMPOSE_PROFILES"].raw)
            on |= {part.strip() for part in written.split(",")}
    off = {
        name
        for name, named in profiles.items()
        if named and not named & on and "*" not in on and all(stage_of(p) != "production" for p in named)
    }
    return {name for name in off | project.added if project.services[name].get("build") is None}


def unused(asked: Collection[str], flows: Collection[Flow]) -> frozenset[str]:
    """Return the ids of services asked for that nothing needs which starts without being asked for, by what files say that Compose finds itself.

    >>> unused({"mail", "seed"}, [Flow("a", "shop", "mail", "calls"), Flow("b", "seed", "shop", "calls")])
    frozenset({'seed'})
    """
    needed: dict[str, set[str]] = {}
    for flow in flows:
        if not flow.evidence or not all(is_given_by_name(e.source) for e in flow.evidence):
            needed.setdefault(flow.source, set()).add(flow.target)
    todo = [t for source, targets in needed.items() if source not in asked for t in targets]
    left = set(asked)
    while todo:
        one = todo.pop()
        if one in left:
            left.discard(one)
            todo += needed.get(one, ())
    return frozenset(left)
