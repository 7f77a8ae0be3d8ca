"""What a container is built from and started with: Dockerfiles, Procfiles and settings join the services that they belong to.

A Compose service names the Dockerfile that it is built from; what is written for one folder belongs to one application. Where there
is one such application and the manifests run one image of the team's own, that is it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from buttress import vocabulary
from buttress.merge.clustering import Cluster
from buttress.merge.contradictions import says_value
from buttress.merge.parts import role_of_process
from buttress.model import Component, Fact, Fragment
from buttress.model.kinds import MESSAGING, STORES
from buttress.workloads.folders import TOP, says_little

DESCRIBE_BUILDS = ("dockerfile", "procfile", "gunicorn", "dotenv")
_RUN = ("compose", "kubernetes")
_OF_COMMAND = frozenset(
    """
        start_command task_process shell_form_command app_server development_server workers threads worker_class worker_timeout
        graceful_timeout worker_max_requests keep_alive preload concurrency concurrency_limit task_time_limit
    """.split()
)
# What the image says although the manifest leaves it out, with the words by which the manifest would say it.
_IN_IMAGE = {"health_check": "healthcheck", "non_root": r"runAs|\buser\b"}
_NAMELESS = ("system", "stdin", "")


def join_built(clusters: Sequence[Cluster], ranked: Sequence[Fragment], *, name: str) -> list[Cluster]:
    """Return the clusters, those joined that are built from or started with one thing; `name` is the system's.

    An image that nothing starts isn't a part of the system and is left out.
    """
    out = list(clusters)
    if not any(f.reader in DESCRIBE_BUILDS for f in ranked):
        return out
    _spread(out, ranked)
    out = _joined_folders(out, ranked)
    out = _joined_only(out, ranked)
    for cluster in out:
        _as_program(cluster, ranked)
        _settle(cluster, ranked)
    return [_named(c, ranked, name) for c in out if not _idle(c, ranked)]


def _spread(clusters: list[Cluster], ranked: Sequence[Fragment]) -> None:
    """Give what a Dockerfile says to each service that names it, whichever cluster its own name has brought it to."""
    users: dict[str, list[Cluster]] = {}
    for cluster in clusters:
        for n, member in cluster.members:
            file = member.fact("dockerfile")
            if ranked[n].reader in _RUN and file is not None:
                users.setdefault(str(file.value), []).append(cluster)
    images = [(c, n, m) for c in clusters for n, m in c.members if ranked[n].reader == "dockerfile"]
    for cluster, n, member in images:
        path = str(getattr(member.fact("dockerfile"), "value", ""))
        mine = [c for c in users.get(path, []) if _same_stage(c, member, ranked)]
        if mine:
            cluster.members.remove((n, member))
        for one in mine:
            _give(one, n, member, ranked, f"built from {path}")
    clusters[:] = [c for c in clusters if c.members]


def _same_stage(cluster: Cluster, member: Component, ranked: Sequence[Fragment]) -> bool:
    asked = _said(cluster, "build_target", ranked)
    own = member.fact("build_target")
    return asked is None or (own is not None and str(asked.value).lower() == own.value)


def _give(cluster: Cluster, n: int, member: Component, ranked: Sequence[Fragment], why: str) -> None:
    """Add what an image says to a service that runs it; a command of the service's own takes the place of the image's."""
    lead = cluster.members[0][1]
    own_command = _said(cluster, "start_command", ranked) is not None
    facts = tuple(f for f in member.facts if not (own_command and f.name in _OF_COMMAND))
    if not own_command and lead.kind in STORES | MESSAGING and _is_program(member):
        # it was told by its name alone
        told = tuple(f for f in lead.facts if f.name != "persistent_volume" or f.status != "denied")
        lead = replace(lead, kind="service", facts=told) if lead.technology is None else lead
        cluster.members[0] = (cluster.members[0][0], lead)
    kind = lead.kind if own_command or lead.kind != "service" else member.kind
    copy = replace(member, id=f"{member.id}/{lead.id}", name=lead.name, kind=kind, aliases=(), facts=facts)
    cluster.members.append((n, copy))
    cluster.reasons.append(why)


def _is_program(image: Component) -> bool:
    return (
        image.kind in ("service", "worker") and image.technology is None and bool(image.fact("start_command"))
    )


def _as_program(cluster: Cluster, ranked: Sequence[Fragment]) -> None:
    """Let an image that is built on a store's be what the code of its folder is: the store only came along."""
    answers = any(
        ranked[n].reader == "python" and m.fact("framework") is not None for n, m in cluster.members
    )
    for at, (n, member) in enumerate(cluster.members):
        if answers and ranked[n].reader == "dockerfile" and member.kind in STORES | MESSAGING:
            cluster.members[at] = (n, replace(member, kind="service", technology=None))


def _said(cluster: Cluster, name: str, ranked: Sequence[Fragment]) -> Fact | None:
    """Return a fact that a manifest or Compose file states of a cluster."""
    found = (m.fact(name) for n, m in cluster.members if ranked[n].reader in _RUN)
    return next((f for f in found if f is not None), None)


def _joined_folders(clusters: list[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters, those joined that are written for the application of one folder."""
    by_folder: dict[str, list[Cluster]] = {}
    for cluster in clusters:
        for _, member in cluster.members:
            folder = member.fact("code_folder")
            if folder is not None and cluster not in by_folder.setdefault(str(folder.value), []):
                by_folder[str(folder.value)].append(cluster)
    gone: set[int] = set()
    for place, group in by_folder.items():
        kept = min(_able(group, ranked), key=lambda c: _standing(c, ranked))
        for other in group:
            if other is kept or id(other) in gone or _runs(other, ranked) or id(kept) in gone:
                continue
            where = "at the top" if place == "." else f"of {place}"
            kept.absorb(other, f"both belong to the application {where}")
            gone.add(id(other))
    return [c for c in clusters if id(c) not in gone]


def _able(group: list[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return those of one folder's that can be the application itself: not the workers of its tasks where it answers requests."""
    code = [m for c in group for n, m in c.members if ranked[n].reader == "python"]
    if all(m.kind == "worker" for m in code):
        serving = [c for c in group if _runs(c, ranked) and not role_of_process(c, ranked)]
        return serving or group
    return [c for c in group if not role_of_process(c, ranked)] or group


def _standing(cluster: Cluster, ranked: Sequence[Fragment]) -> tuple[bool, bool, bool, int]:
    """Return the place of a cluster among those of one folder: what runs before what is only built, names before stand-ins."""
    names = [m.name for _, m in cluster.members]
    serves = any(m.fact("app_server") or m.fact("development_server") for _, m in cluster.members)
    stand_in = (TOP, "web").index(names[0]) + 1 if names[0] in (TOP, "web") else 0
    return not _runs(cluster, ranked), not serves, cluster.kind() != "service", (0, 2, 1)[stand_in]


def _runs(cluster: Cluster, ranked: Sequence[Fragment]) -> bool:
    """Return whether a manifest or Compose file runs it; what documents say besides, tells nothing of that."""
    return any(ranked[n].reader in _RUN for n, _ in cluster.members)


def _only_built(cluster: Cluster, ranked: Sequence[Fragment], *, code: bool = False) -> bool:
    known = (*DESCRIBE_BUILDS, "python") if code else DESCRIBE_BUILDS
    return all(ranked[n].reader in known for n, _ in cluster.members)


def _joined_only(clusters: list[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters; the only application that is built joins the only program of the team's own that manifests run."""
    built = [
        c
        for c in clusters
        if _only_built(c, ranked, code=True)
        and any(
            m.fact("dockerfile") or m.fact("code_folder")
            for n, m in c.members
            if ranked[n].reader != "python"
        )
    ]
    at_top = [c for c in built if any(_is_at_top(m) for _, m in c.members)]
    programs: dict[str, list[Cluster]] = {}
    for cluster in clusters:
        image = _said(cluster, "image", ranked)
        if image is not None and (program := _own(str(image.value))):
            programs.setdefault(program, []).append(cluster)
    if len(built) != 1 or not at_top or len(programs) != 1:
        return clusters
    ((program, running),) = programs.items()
    first = min(running, key=lambda c: c.kind() != "service")
    why = f"the only application that is built here, and the only image of one's own: {program}"
    for n, member in built[0].members:
        for cluster in running if ranked[n].reader == "dockerfile" else [first]:
            if ranked[n].reader == "dockerfile":
                _give(cluster, n, member, ranked, why)
            else:
                cluster.members.append((n, member))
                cluster.reasons.append(why)
    return [c for c in clusters if c is not built[0]]


def _is_at_top(member: Component) -> bool:
    """Return whether something stands at the top, or in a folder there that is called as they all are (`app/`)."""
    found = member.fact("code_folder")
    folder = str(found.value) if found is not None else ""
    return folder == "." or ("/" not in folder and says_little(folder))


def _own(image: str) -> str:
    """Return the repository of an image that a team builds itself, nothing for those that the vocabulary knows."""
    name = re.sub(r"(?:@.*|:[^/:]*)$", "", image)
    return "" if vocabulary.load().technology_of_image(image) is not None or "/" not in name else name


def _settle(cluster: Cluster, ranked: Sequence[Fragment]) -> None:
    """Take out what a manifest denies by leaving it out though the image says it, and defaults that settings say otherwise."""
    readers = {ranked[n].reader for n, _ in cluster.members}
    if not readers & set(DESCRIBE_BUILDS):
        return
    image = {
        f.name
        for n, m in cluster.members
        if ranked[n].reader == "dockerfile"
        for f in m.facts
        if f.status == "stated"
    }
    for at, (n, member) in enumerate(cluster.members):
        kept = []
        for fact in member.facts:
            words = _IN_IMAGE.get(fact.name) if fact.name in image and ranked[n].reader in _RUN else None
            told = words and any(re.search(words, e.quote, re.IGNORECASE) for e in fact.evidence)
            if words and fact.status == "denied" and not told:
                continue
            default = fact.name == "workers" and ranked[n].reader != "gunicorn" and not says_value(fact)
            if default and "gunicorn" in readers:
                continue
            kept.append(fact)
        cluster.members[at] = (n, replace(member, facts=tuple(kept)))


def _idle(cluster: Cluster, ranked: Sequence[Fragment]) -> bool:
    """Return whether a cluster is an image that nothing starts: a base for others, or a tool of the build."""
    members = [m for n, m in cluster.members if ranked[n].reader == "dockerfile"]
    return (
        len(members) == len(cluster.members)
        and cluster.kind() == "service"
        and cluster.technology() is None
        and not any(m.fact("start_command") for m in members)
    )


def _named(cluster: Cluster, ranked: Sequence[Fragment], name: str) -> Cluster:
    """Return a cluster; the application at the top that nothing names has the name of the system."""
    n, lead = cluster.members[0]
    if lead.name == TOP and name.lower() not in _NAMELESS and _only_built(cluster, ranked):
        cluster.members[0] = (n, replace(lead, name=name))
    return cluster
