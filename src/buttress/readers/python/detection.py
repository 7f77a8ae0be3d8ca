"""What one project is and needs: all detectors, in the order in which one builds on what another has found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from buttress.readers.python.detectors import (
    asynchronous,
    building,
    data,
    django,
    messaging,
    observing,
    openstack,
    outbound,
    resilience,
    security,
    stores,
    structure,
    switches,
    tasks,
    web,
)
from buttress.readers.python.found import MAIN, Ledger
from buttress.readers.python.frameworks import APPLICATIONS
from buttress.readers.python.project import Project
from buttress.readers.python.routes import find_routes
from buttress.readers.python.starting import is_started


@dataclass(frozen=True, slots=True)
class Detected:
    """A project, what was found of it, the framework of its tasks, and whether it runs by itself or is a library."""

    project: Project
    ledger: Ledger
    queue: str
    runs: bool


def detect(project: Project) -> Detected:
    """Return what is found of a project; a detector that meets nesting too deep to follow is told and the others go on."""
    ledger = Ledger()
    queue = tasks.detect(project, ledger)
    routes = find_routes(project)
    steps: tuple[Callable[[], object], ...] = (
        lambda: switches.detect(project, ledger),  # before what finds the libraries: the first word counts
        lambda: django.detect(project, ledger),
        lambda: stores.detect(project, ledger),
        lambda: outbound.detect(project, ledger),
        lambda: messaging.detect(project, ledger),
        lambda: openstack.detect(project, ledger),
        lambda: web.detect(project, ledger, routes),
        lambda: asynchronous.detect(project, ledger, routes),
        lambda: resilience.detect(project, ledger),
        lambda: security.detect(project, ledger),
        lambda: observing.detect(project, ledger),
        lambda: data.detect(project, ledger),
        lambda: structure.detect(project, ledger),
        lambda: building.detect(project, ledger),
    )
    for step in steps:
        try:
            step()
        except RecursionError:
            first = project.modules[0].text if project.modules else project.files.code[0]
            reason = "expressions nested too deeply to be followed; some facts of this project are missing"
            project.diagnostics.append(first.note(1, reason))
    return Detected(project, ledger, queue, _runs(project, ledger, queue))


def _runs(project: Project, ledger: Ledger, queue: str) -> bool:
    """Return whether a project is started by itself: it makes an application, serves, consumes, or has a command that starts it."""
    if django.is_django(project) or ledger.has("grpc_server") or ledger.has("app_server"):
        return True
    if any(True for _ in project.called(*APPLICATIONS)) or any(
        base in APPLICATIONS for _, base in project.made.values()
    ):
        return True
    if queue and any(project.called("celery.Celery")):
        return True
    if queue and ledger.task_functions and project.packages.name_at is None:
        return True
    if is_started(project):
        return True
    started = any(m.has_main for m in project.modules)
    return started and any(link.kind == "consumes" and link.role == MAIN for link in ledger.links.values())
