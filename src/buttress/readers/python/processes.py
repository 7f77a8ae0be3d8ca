"""The processes of a project whose commands each start something that goes on: a server here, a worker or a clock there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from buttress import workloads
from buttress.model import Evidence
from buttress.model.kinds import STORES
from buttress.readers.python.found import MAIN, WORKER, Ledger, Link
from buttress.readers.python.imports import edges_of
from buttress.readers.python.loops import goes_round
from buttress.readers.python.project import Project
from buttress.readers.python.records import Function, Module
from buttress.readers.python.starting import called_by, goes_on, meant, reached

MAX_PROCESSES = 12
_TOOL = re.compile(r"(?:^|[_.-])(?:cli|ctl|manage|admin|tool|shell|client|dev|debug)$|ctl$")
_OF_DJANGO = re.compile(r"(?:^|/)management/commands/(?P<name>[a-z][\w-]*)\.py$")
_CLOCK = re.compile(r"(?:^|[_.-])(?:scheduler|beat|clock|cron)(?:[_.-]|$)")
_SERVES = re.compile(
    r"^(?:uvicorn|waitress|hypercorn|bjoern|cheroot|cherrypy|flask|quart|sanic|bottle|gunicorn|aiohttp|eventlet\.wsgi)\b|\.run_app$|\.serve_forever$"
)


@dataclass(eq=False)
class Process:
    """A command that starts something that goes on, with the functions that it reaches by calls and the modules by imports."""

    name: str
    target: str
    evidence: Evidence
    names: set[str]
    functions: set[Function] = field(default_factory=set)
    modules: set[Module] = field(default_factory=set)
    kind: str = "service"
    loop: int = 0  # the line of the loop that it is
    links: list[Link] = field(default_factory=list)

    @property
    def serves(self) -> bool:
        """Return whether it starts a web server."""
        return any(_SERVES.search(n) for n in self.names)


def processes_of(project: Project, ledger: Ledger, links: Collection[Link]) -> list[Process]:
    """Return the processes that run beside a project's service, each with its own flows; none where one program is all that there is.

    A service is there by its framework: commands that start it aren't processes of their own. Without one, there are several programs.
    """
    own = project.packages.name.lower().replace("_", "-")
    found = [
        p
        for p in _started(project)
        if p.name.lower().replace("_", "-") != own
        and not _TOOL.search(p.name)
        and not _starts_service(p, project, ledger)
        and not (p.serves and ledger.has("framework"))
    ]
    if not (1 if ledger.has("framework") else 2) <= len(found) <= MAX_PROCESSES:
        return []
    for process in found:
        process.links = [x for x in links if x.role == MAIN and _is_used(x, process, project)]
        process.kind = _kind(process)
    return found


def links_of_tasks(links: Sequence[Link], ledger: Ledger, project: Project) -> list[Link]:
    """Return the worker's own links to what functions lead to that its tasks call, directly and through others."""
    known = {(x.target, x.kind) for x in links if x.role == WORKER}
    out = []
    for link in links:
        if link.role == MAIN and link.kind == "calls" and (link.target, link.kind) not in known:
            around = zip(link.evidence, _functions_of(link, project), strict=True)
            if places := [place for place, function in around if function in ledger.reached_by_tasks]:
                out.append(replace(link, role=WORKER, evidence=places, facts=dict(link.facts)))
    return out


def links_of_service(links: list[Link], processes: list[Process], project: Project) -> list[Link]:
    """Return the links without those that only functions of other processes have, which nothing else calls."""
    reached_by = {f for p in processes for f in p.functions}
    others = called_by({f for m in project.modules for f in m.functions} - reached_by, project)
    gone = [
        x
        for x in links
        if any(x in p.links for p in processes)
        and all(f is not None and f in reached_by and f not in others for f in _functions_of(x, project))
    ]
    return [x for x in links if x not in gone]


def _started(project: Project) -> Iterator[Process]:
    """Yield the processes that commands start, those of one function once."""
    seen: set[str] = set()
    imported: dict[Module, list[Module]] = {}
    for name, target in project.packages.scripts.items():
        names = set(reached(project, target))
        module = project.by_name.get(target.partition(":")[0])
        if target in seen or module is None:
            continue
        functions = {f for called in names for f in meant(called, project)}
        starts = any(goes_on(n) for n in names)
        loop = 0 if starts else max(map(goes_round, functions), default=0)
        if not starts and not loop:
            continue
        seen.add(target)
        imported = imported or _imported(project)
        process = Process(name, target, _evidence(project, name, module, target), names, functions, loop=loop)
        process.modules = _loaded(module, imported)
        yield process
    yield from _commands_of_django(project, imported)


def _commands_of_django(project: Project, imported: dict[Module, list[Module]]) -> Iterator[Process]:
    """Yield the commands of a Django site that are loops: what `manage.py` starts and nobody waits for."""
    for module in project.scripts:
        found = _OF_DJANGO.search(module.path)
        loop = max((goes_round(f) for f in module.functions), default=0) if found is not None else 0
        if found is None or not loop:
            continue
        imported = imported or _imported(project)
        names = {n for f in module.functions for called, _ in f.called for n in reached(project, called)}
        used = [m for i in module.imports for m in _modules_of(i.name, i.names, project)]
        process = Process(found["name"], f"{module.name}:Command", module.text.at(loop), names, loop=loop)
        process.functions = {f for called in names for f in meant(called, project)}
        process.modules = {m for one in used for m in _loaded(one, imported)}
        yield process


def _modules_of(name: str, names: Sequence[str], project: Project) -> list[Module]:
    """Return the modules of the project that an import loads."""
    paths = [name, *(f"{name}.{n}" for n in names)]
    return [project.by_name[p] for p in paths if p in project.by_name]


def _evidence(project: Project, name: str, module: Module, target: str) -> Evidence:
    """Return the line that declares a command, else that of its function."""
    for text in project.files.configuration:
        line = text.find(rf"^[ \t]*[\"']?{re.escape(name)}[\"']?\s*=.*{re.escape(target.partition(':')[0])}")
        line = line or text.find(rf"[\"']{re.escape(name)}\s*=\s*{re.escape(target.partition(':')[0])}")
        if line:
            return text.at(line, "config")
    function = project.functions.get(target.replace(":", "."))
    return module.text.at(function.line if function is not None else 1)


def _imported(project: Project) -> dict[Module, list[Module]]:
    """Return the modules that each module imports."""
    out: dict[Module, list[Module]] = {}
    for edge in edges_of(project):
        out.setdefault(edge.source, []).append(edge.target)
    return out


def _loaded(start: Module, imported: Mapping[Module, Sequence[Module]]) -> set[Module]:
    """Return the modules that one imports, directly and through others, with itself."""
    out, todo = {start}, [start]
    while todo:
        for module in imported.get(todo.pop(), ()):
            if module not in out:
                out.add(module)
                todo.append(module)
    return out


def _starts_service(process: Process, project: Project, ledger: Ledger) -> bool:
    """Return whether a command makes the application that the service is."""
    framework = ledger.fact("framework")
    places = {(e.source, e.line) for e in framework.evidence} if framework is not None else set()
    makes = [
        f
        for f in process.functions
        for source, line in places
        if f.module.path == source and line - f.module.text.source.first_line + 1 in f.span
    ]
    entry = project.by_name.get(process.target.partition(":")[0])
    return bool(makes) or (entry is not None and any(source == entry.path for source, _ in places))


def _functions_of(link: Link, project: Project) -> list[Function | None]:
    """Return the functions that a link's places stand in, None for those outside of any."""
    out: list[Function | None] = []
    for place in link.evidence:
        module = project.by_path.get(place.source)
        line = place.line - module.text.source.first_line + 1 if module is not None else 0
        around = [f for f in module.around(line) if f.parent is None] if module is not None else []
        out.append(around[0] if around else None)
    return out


def _is_used(link: Link, process: Process, project: Project) -> bool:
    """Return whether a process uses what a link leads to: it calls the function that does, or loads the module that opens it."""
    driver = link.facts.get("driver")
    if driver is not None and driver.value == "Django ORM":
        return any(i.name.startswith("django.db") for m in process.modules for i in m.imports)
    paths = {m.path for m in process.modules}
    for place, function in zip(link.evidence, _functions_of(link, project), strict=True):
        if function is not None and function in process.functions:
            return True
        if place.source in paths and link.target.kind in STORES:
            return True
    return False


def _kind(process: Process) -> str:
    module = process.target.partition(":")[0].rpartition(".")[2]
    words = f"{process.name}.{module}"
    if _CLOCK.search(words):
        return "scheduler"
    kind = workloads.kind_of(process.name, "")[0]
    consumes = any(x.kind == "consumes" for x in process.links)
    waits = process.loop and not process.serves
    return "worker" if consumes or waits or kind == "worker" else "service"
