"""The processes of a project whose commands each start something that goes on: a server here, a worker or a clock there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from buttress import workloads
from buttress.model import Evidence
from buttress.model.kinds import STORES
from buttress.readers.python.found import MAIN, SCHEDULER, WORKER, Ledger, Link
from buttress.readers.python.imports import edges_of
from buttress.readers.python.loops import goes_round
from buttress.readers.python.programs import Program, hands_over_to, programs_of
from buttress.readers.python.project import Project
from buttress.readers.python.records import Function, Module
from buttress.readers.python.starting import called_by, goes_on, meant, reached

MAX_PROCESSES = 12
_TOOL = re.compile(r"(?:^|[_.-])(?:cli|ctl|manage|admin|tool|shell|client|dev|debug)$|ctl$")
_CLOCK = re.compile(r"(?:^|[_.-])(?:scheduler|beat|clock|cron)(?:[_.-]|$)")
_SERVES = re.compile(
    r"^(?:uvicorn|waitress|hypercorn|bjoern|cheroot|cherrypy|flask|quart|sanic|bottle|gunicorn|aiohttp|eventlet\.wsgi)\b|\.run_app$|\.serve_forever$"
)
_WAITS_FOR_WORK = re.compile(
    r"\.(?:start_consuming|run_(?:until_disconnected|polling)|(?:start|infinity)_polling)$"
)
_LISTENS = (".accept", ".start_server", ".create_server")
# A worker of a task queue, which is a part already where there are tasks.
_OF_QUEUE = re.compile(r"\.worker_main$|^(?:rq|arq|huey|dramatiq|celery|rq_scheduler)\.")


@dataclass(eq=False)
class Process:
    """A program that goes on, with the names and functions that it reaches by calls and the modules by imports."""

    program: Program
    names: set[str]
    functions: set[Function]
    modules: set[Module]
    kind: str = "service"
    loop: int = 0  # the line of the loop that it is
    is_clock: bool = False  # it hands over to the clock of a task queue
    links: list[Link] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.program.name

    @property
    def evidence(self) -> Evidence:
        """Return the line that shows it: of its loop where one is all that it is, else what declares it."""
        return self.program.evidence

    @property
    def serves(self) -> bool:
        """Return whether it starts a web server."""
        return any(_SERVES.search(n) and goes_on(n) for n in self.names)


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
        and not (p.is_clock and ledger.has("periodic_tasks", SCHEDULER))  # a part already
        and not (ledger.task_functions and any(_OF_QUEUE.search(n) and goes_on(n) for n in p.names))
    ]
    if not (1 if ledger.has("framework") else 2) <= len(found) <= MAX_PROCESSES:
        return []
    for process in found:
        process.links = [
            used for x in links if x.role == MAIN and (used := _own(x, process, project)) is not None
        ]
        if process.is_clock:
            process.links = [x.at(x.places[:1]) for x in links if x.role == MAIN and x.kind == "publishes"]
        process.kind = _kind(process)
    return found


def links_of_tasks(links: Sequence[Link], ledger: Ledger, project: Project) -> list[Link]:
    """Return the worker's own links to what functions lead to that its tasks call, directly and through others."""
    known = {(x.target, x.kind) for x in links if x.role == WORKER}
    out = []
    for link in links:
        if link.role == MAIN and link.kind == "calls" and (link.target, link.kind) not in known:
            around = zip(link.places, _functions_of(link, project), strict=True)
            if places := [place for place, function in around if function in ledger.reached_by_tasks]:
                out.append(link.at(places, WORKER))
    return out


def links_of_service(links: list[Link], processes: list[Process], project: Project) -> list[Link]:
    """Return the links without those that only functions of other processes have, which nothing else calls."""
    reached_by = {f for p in processes for f in p.functions}
    others = called_by(_others(reached_by, processes, project), project)
    led_to = {(x.target, x.kind) for p in processes for x in p.links}
    gone = [
        x
        for x in links
        if (x.target, x.kind) in led_to
        and all(f is not None and f in reached_by and f not in others for f in _functions_of(x, project))
    ]
    return [x for x in links if x not in gone]


def _others(reached_by: set[Function], processes: Collection[Process], project: Project) -> set[Function]:
    """Return the functions that processes don't reach; of those that only choose a subcommand, what they call for the other ones."""
    first = {c for p in processes if not p.program.alone for c in p.program.calls}
    choosing = {
        f
        for p in processes
        if not p.program.alone
        for f in p.program.module.functions
        if any(called in first for called, _ in f.called)
    }
    apart = {
        f for c in choosing for called, _ in c.called if called not in first for f in meant(called, project)
    }
    return ({f for m in project.modules for f in m.functions} - reached_by - choosing) | apart


def _started(project: Project) -> Iterator[Process]:
    """Yield the processes that programs of the project start, those of one function once."""
    seen: set[tuple[str, ...]] = set()
    imported: dict[Module, list[Module]] = {}
    rounds: dict[Function, int] = {}
    for program in programs_of(project):
        if program.calls in seen:
            continue
        names = set(reached(project, *program.calls))
        functions = {f for called in names for f in meant(called, project)}
        rounds |= {f: goes_round(f) for f in functions if f not in rounds}
        starts = any(goes_on(n) for n in names)
        loop = 0 if starts else program.loop or max((rounds[f] for f in functions), default=0)
        is_clock = any(f.path in program.calls and hands_over_to(f) == "scheduler" for f in functions)
        if not (starts or loop or is_clock):
            continue
        seen.add(program.calls)
        imported = imported or _imported(project)
        first = (program.module,) if program.alone else {f.module for f in functions} - {program.module}
        modules = {m for one in first for m in _loaded(one, imported)}
        if program.module in project.scripts:
            modules = {m for one in _uses(program.module, project) for m in _loaded(one, imported)}
        yield Process(program, names, functions, modules, loop=loop, is_clock=is_clock)


def _uses(script: Module, project: Project) -> Iterator[Module]:
    """Yield the modules of the project that a script imports, which is none of them itself."""
    for entry in script.imports:
        paths = [entry.name, *(f"{entry.name}.{n}" for n in entry.names)]
        yield from (project.by_name[p] for p in paths if p in project.by_name)


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
    """Return whether a command makes the application that the service is, and doesn't only work beside it in a loop of its own."""
    if not process.serves and (process.loop or any(_WAITS_FOR_WORK.search(n) for n in process.names)):
        return False
    framework = ledger.fact("framework")
    places = {(e.source, e.line) for e in framework.evidence} if framework is not None else set()
    makes = [
        f
        for f in process.functions
        for source, line in places
        if f.module.path == source and line - f.module.text.source.first_line + 1 in f.span
    ]
    return bool(makes) or any(source == process.program.module.path for source, _ in places)


def _functions_of(link: Link, project: Project) -> list[Function | None]:
    """Return the functions that a link's places stand in, None for those outside of any."""
    out: list[Function | None] = []
    for place in link.places:
        module = project.by_path.get(place.source)
        line = place.line - module.text.source.first_line + 1 if module is not None else 0
        around = [f for f in module.around(line) if f.parent is None] if module is not None else []
        out.append(around[0] if around else None)
    return out


def _own(link: Link, process: Process, project: Project) -> Link | None:
    """Return a link as a process has it, with its own places: it calls the function that leads there, or loads the module that opens it."""
    driver = link.facts.get("driver")
    if driver is not None and driver.value == "Django ORM":
        uses = any(i.name.startswith("django.db") for m in process.modules for i in m.imports)
        return link if uses else None
    loaded = {m.path for m in process.modules} if link.target.kind in STORES else set()
    if link.target.kind == "relational_db":
        loaded |= _by_name(link, process, project)
    around = zip(link.places, _functions_of(link, project), strict=True)
    places = [e for e, f in around if e.source in loaded or (f is not None and f in process.functions)]
    return link.at(places) if places else None


def _by_name(link: Link, process: Process, project: Project) -> set[str]:
    """Return the files of a link that lie in a package of which a process calls functions, and which nothing imports.

    The package loads them by name.
    """
    names = {f.module.name for f in process.functions}
    found: dict[str, Module] = {}
    for place in link.places:
        module = project.by_path.get(place.source)
        parts = module.name.split(".")[:-1] if module is not None else []
        above = {".".join(parts[:n]) for n in range(2, len(parts) + 1)}
        if module is not None and above & names:
            found[place.source] = module
    if not found:
        return set()
    imported = {e.target for e in edges_of(project) if not e.target.name.startswith(_package(e.source) + ".")}
    return {path for path, module in found.items() if module not in imported}


def _package(module: Module) -> str:
    return module.name if module.is_package else module.name.rpartition(".")[0]


def _kind(process: Process) -> str:
    module = process.program.module.name.rpartition(".")[2]
    words = f"{process.name}.{module}" if process.program.alone else process.name
    if process.is_clock or _CLOCK.search(words):
        return "scheduler"
    kind = workloads.kind_of(process.name, "")[0]
    consumes = any(x.kind == "consumes" for x in process.links)
    waits = process.loop and not process.serves and not any(n.endswith(_LISTENS) for n in process.names)
    return "worker" if consumes or waits or kind == "worker" else "service"
