"""The parts of one program that run by themselves: what its code does for requests, for tasks and by the clock goes to who runs it.

A Python project is read as one application with the worker of its tasks and the clock that starts them; Compose files, manifests and
Procfiles say which of these run, by the command that each starts. What the code says of a part belongs to the services that start it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from buttress.merge.clustering import Cluster
from buttress.model import Component, Fragment
from buttress.names import words_of
from buttress.workloads.folders import code_folder

RUN = ("compose", "kubernetes", "procfile")
WORKER, SCHEDULER = "worker", "scheduler"
# What the code says of the process that takes tasks, wherever it stands.
_OF_TASKS = frozenset(
    """
        acknowledgement concurrency idempotent_consumer result_backend retried_tasks retries_without_backoff task_attempts task_queues
        task_reject_on_worker_lost task_time_limit tasks unlimited_retries worker_class
    """.split()
)
_ROLE_NAMES = {
    WORKER: {"worker", "celery", "rq", "tasks"},
    SCHEDULER: {"scheduler", "beat", "clock", "celerybeat"},
}
_SERVES = ("app_server", "development_server", "published_ports", "port")
# Whose flows, by fragment, component and kind of flow (empty: all of them), belong to which services.
Shared = dict[tuple[int, str, str], tuple[Cluster, ...]]


@dataclass(frozen=True, slots=True)
class _Application:
    """A Python application: its fragment, the component of its code, and its folder."""

    n: int
    main: Component
    folder: str

    def part(self, role: str, ranked: Sequence[Fragment]) -> Component | None:
        """Return the component that the reader of Python has made for a part of the code."""
        wanted = f"{self.main.id}-{role}"
        found = (c for c in ranked[self.n].components if c.id == wanted and c.kind == role)
        return next(found, None)


def join_parts(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> tuple[list[Cluster], Shared]:
    """Return the clusters, those of the code's parts joined with what runs them, and the parts that several run."""
    out = list(clusters)
    shared: Shared = {}
    applications = list(_applications(ranked))
    for one in applications:
        home = _home(out, one.n, one.main)
        runners = [c for c in out if _runs_code(c, one, applications, ranked)]
        workers = [c for c in runners if role_of_process(c, ranked) == WORKER] or _called(
            runners, WORKER, ranked
        )
        clocks = [c for c in runners if role_of_process(c, ranked) == SCHEDULER]
        if not clocks:
            clocks = [c for c in workers if SCHEDULER in _process(c, ranked)]
        clocks = clocks or _called(runners, SCHEDULER, ranked)
        for role, running in ((WORKER, workers), (SCHEDULER, clocks[:1])):
            part = one.part(role, ranked)
            if part is not None and running:
                _hand_over(out, one, part, running, shared, ranked)
        started = _join_programs(out, one, runners, shared, ranked)
        others = [c for c in runners if c not in workers and c not in clocks and c not in started]
        if home is not None and not _is_run(home, ranked):
            home = _taken_over(out, one, home, others, workers, ranked)
        serving = [c for c in others if _serves(c, ranked)]
        if home is not None and one.main.kind == WORKER and (home in serving or _serves(home, ranked)):
            _serve(home, one, workers, shared)
    return out, shared


def _join_programs(
    clusters: list[Cluster],
    one: _Application,
    runners: Sequence[Cluster],
    shared: Shared,
    ranked: Sequence[Fragment],
) -> list[Cluster]:
    """Join the programs of an application's code with the services that start them by their commands; return these services."""
    words = {c.id: set(_words(c)) for c in ranked[one.n].components if c.fact("program") is not None}
    parts = {c.id: c for c in ranked[one.n].components if c.id in words}
    running: dict[str, list[Cluster]] = {}
    for cluster in runners:
        command = [w for n, m in cluster.members if ranked[n].reader != "python" for w in _words(m)]
        found = next((i for w in command for i in words if w in words[i]), None)
        if found is not None:
            running.setdefault(found, []).append(cluster)
    for id_, services in running.items():
        _hand_over(clusters, one, parts[id_], services, shared, ranked)
    return [c for services in running.values() for c in services]


def _words(member: Component) -> tuple[str, ...]:
    fact = member.fact("program")
    return tuple(map(str, fact.value)) if fact is not None and isinstance(fact.value, tuple) else ()


def _applications(ranked: Sequence[Fragment]) -> Iterator[_Application]:
    for n, fragment in enumerate(ranked):
        for component in fragment.components if fragment.reader == "python" else ():
            folder = component.fact("code_folder")
            if folder is not None:
                yield _Application(n, component, str(folder.value))


def _home(clusters: Sequence[Cluster], n: int, member: Component) -> Cluster | None:
    return next((c for c in clusters if any(m == n and x.id == member.id for m, x in c.members)), None)


def _called(runners: Sequence[Cluster], role: str, ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the only service that is called after a role, where a script starts it and no command tells."""
    found = [
        c
        for c in runners
        if c.kind() == role
        and not _process(c, ranked)
        and not _serves(c, ranked)
        and _ROLE_NAMES[role] & set(words_of(c.names()[0]))
    ]
    return found if len(found) == 1 else []


def _is_run(cluster: Cluster, ranked: Sequence[Fragment]) -> bool:
    return any(ranked[n].reader in RUN for n, _ in cluster.members)


def _taken_over(
    clusters: list[Cluster],
    one: _Application,
    home: Cluster,
    others: Sequence[Cluster],
    workers: Sequence[Cluster],
    ranked: Sequence[Fragment],
) -> Cluster:
    """Return the only service that can be the application itself, which takes its code over; the code's own cluster if none can."""
    fits = [c for c in others if _may_be_application(c) and _runs_python(c)]
    images = {str(f.value) for w in workers for _, m in w.members if (f := m.fact("dockerfile")) is not None}
    for better in (
        [c for c in fits if any((f := m.fact("dockerfile")) and f.value in images for _, m in c.members)],
        [c for c in fits if any(m.fact("app_server") or m.fact("development_server") for _, m in c.members)],
    ):
        fits = better if len(fits) > 1 and better else fits
    if len(fits) != 1 or not (one.main.kind != WORKER or _serves(fits[0], ranked)):
        return home
    fits[0].absorb(home, f"starts the application {_where(one)}")
    clusters.remove(home)
    return fits[0]


def _may_be_application(cluster: Cluster) -> bool:
    """Return whether a service may be what the code is: it is one by its kind, or only its name says that it is a gateway."""
    kind = cluster.kind()
    return kind in ("service", "web_frontend") or (kind == "gateway" and cluster.technology() is None)


def _runs_python(cluster: Cluster) -> bool:
    """Return whether an image or a command shows that it is Python that runs."""
    for _, member in cluster.members:
        if any(
            member.fact(name) is not None for name in ("python_version", "app_server", "development_server")
        ):
            return True
        images = (member.fact("base_image"), member.fact("image"))
        if any(f is not None and "python" in str(f.value).lower() for f in images):
            return True
    return False


def _where(one: _Application) -> str:
    return "at the top" if one.folder == "." else f"of {one.folder}"


def _runs_code(
    cluster: Cluster, one: _Application, every: Sequence[_Application], ranked: Sequence[Fragment]
) -> bool:
    """Return whether a manifest, Compose file or Procfile starts something of an application's code."""
    if not _is_run(cluster, ranked) or any(m.fact("runs_once") for _, m in cluster.members):
        return False
    folders = set(_folders(cluster, ranked))
    if not folders:
        return False
    named = [a for a in every if a.folder in folders]
    below = [a for a in every if any(f == "." or a.folder.startswith(f"{f}/") for f in folders)]
    return one in named if named else below == [one]


def _folders(cluster: Cluster, ranked: Sequence[Fragment]) -> Iterator[str]:
    """Yield the folders that a service is built from, as far as the sources say."""
    for n, member in cluster.members:
        reader = ranked[n].reader
        if reader == "procfile" and member.evidence:
            yield code_folder(member.evidence[0].source)
        folder, file, context = map(member.fact, ("code_folder", "dockerfile", "build_context"))
        if folder is not None and reader != "python":
            yield str(folder.value)
        if file is not None:
            yield code_folder(str(file.value))
        if context is not None and context.evidence:
            path = posixpath.join(posixpath.dirname(context.evidence[0].source), str(context.value))
            yield posixpath.normpath(path)


def _process(cluster: Cluster, ranked: Sequence[Fragment]) -> str:
    found = (m.fact("task_process") for n, m in cluster.members if ranked[n].reader != "python")
    return next((str(f.value) for f in found if f is not None), "")


def role_of_process(cluster: Cluster, ranked: Sequence[Fragment]) -> str:
    """Return whether a service is started as a worker or as a clock of a task queue, nothing for all others.

    >>> from buttress.model import Fact
    >>> one = Component("a", "a", "worker", facts=(Fact("task_process", "worker, scheduler"),))
    >>> role_of_process(Cluster([(0, one)]), [Fragment("compose", (one,))])
    'worker'
    """
    return _process(cluster, ranked).partition(",")[0]


def _serves(cluster: Cluster, ranked: Sequence[Fragment]) -> bool:
    """Return whether a source beside the code shows that it answers requests, and none that it takes tasks."""
    told = [m for n, m in cluster.members if ranked[n].reader in (*RUN, "dockerfile")]
    facts = [f for m in told for name in _SERVES if (f := m.fact(name)) is not None]
    return any(f.status == "stated" for f in facts) and not role_of_process(cluster, ranked)


def _hand_over(
    clusters: list[Cluster],
    one: _Application,
    part: Component,
    running: Sequence[Cluster],
    shared: Shared,
    ranked: Sequence[Fragment],
) -> None:
    """Give a part of the code to the services that run it: the first takes its mentions over, each other one has a copy."""
    held = _home(clusters, one.n, part)
    why = f"starts the {part.kind} of the application {_where(one)}"
    if held is None or (held not in running and _is_run(held, ranked)):
        return
    first = held if held in running else running[0]
    if held is not first:
        first.absorb(held, why)
        clusters.remove(held)
    for other in running:
        if other is not first:
            lead = other.members[0][1]
            copy = replace(part, id=f"{part.id}/{lead.id}", name=lead.name, aliases=())
            other.members.append((one.n, copy))
            other.reasons.append(why)
    if len(running) > 1:
        shared[(one.n, part.id, "")] = (first, *(c for c in running if c is not first))


def _serve(home: Cluster, one: _Application, workers: Sequence[Cluster], shared: Shared) -> None:
    """Make a service of code with tasks that answers requests too; what it says of tasks goes to the workers that run apart."""
    apart = tuple(w for w in workers if w is not home)
    at = home.members.index((one.n, one.main))
    kept = tuple(f for f in one.main.facts if not (apart and f.name in _OF_TASKS))
    written_with = one.main.technology if one.main.fact("framework") else None
    home.members[at] = (one.n, replace(one.main, kind="service", technology=written_with, facts=kept))
    of_tasks = tuple(f for f in one.main.facts if f.name in _OF_TASKS)
    for worker in apart:
        lead = worker.members[0][1]
        said = tuple(f for f in one.main.facts if f.name == "language")
        copy = Component(f"{one.main.id}/{lead.id}", lead.name, WORKER, one.main.technology)
        shown = next((f.evidence[:1] for f in of_tasks), ())
        worker.members.append((one.n, replace(copy, facts=(*of_tasks, *said), evidence=shown)))
        worker.reasons.append(f"starts the worker of '{one.main.name}'")
    if apart:
        shared[(one.n, one.main.id, "consumes")] = apart
