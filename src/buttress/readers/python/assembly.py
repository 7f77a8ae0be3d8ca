"""From what was found of projects to components and flows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from buttress.model import Component, Diagnostic, Evidence, Fact, Flow, Fragment, flow_id, slug
from buttress.model.kinds import MESSAGING, STORES
from buttress.readers.python.detection import Detected
from buttress.readers.python.detectors.data import is_table
from buttress.readers.python.files import folder_of
from buttress.readers.python.found import MAIN, SCHEDULER, WORKER, Link, Target, plug_ins
from buttress.readers.python.installed import is_installed
from buttress.readers.python.options import chosen_by_extra, of_one_base, offer, ways_to_log_in
from buttress.readers.python.processes import Process, links_of_service, links_of_tasks, processes_of
from buttress.readers.python.project import Project, constant
from buttress.readers.python.starting import is_loop
from buttress.readers.python.titles import titles
from buttress.vocabulary import load

MAX_OUTSIDE = 8
_GENERIC = frozenset(
    """
        app apps src source backend server api web service services main project code python application core lib package packages site www
        config settings run wsgi asgi manage root workspace repo
    """.split()
)
_CACHES = re.compile(r"cach", re.IGNORECASE)
_COMMAND = re.compile(r"(?:^|/)(?:cli|commands)(?:/|\.py$)")
# Queues whose workers start by themselves what is due by the clock.
_OWN_CLOCK = frozenset(("arq", "huey", "procrastinate"))


def _folder(one: Detected, here: tuple[Evidence, ...]) -> tuple[Fact, ...]:
    """Return the folder of an application, by which it is joined with how it is built and started."""
    return (Fact("code_folder", one.project.files.folder or ".", "stated", here[:1]),) if one.runs else ()


def assemble(found: Sequence[Detected]) -> Fragment:
    """Return projects as components, their workers and schedulers beside them, and flows to what they need."""
    return _Assembly(found).fragment()


class _Assembly:
    def __init__(self, found: Sequence[Detected]) -> None:
        self.found = [d for d in found if d.runs or d.project.packages.name_at is not None]
        self.diagnostics: list[Diagnostic] = [x for d in found for x in d.project.diagnostics]
        self.components: dict[str, Component] = {}
        self.flows: list[Flow] = []
        self.names = _names(self.found)
        self.own = {slug(n): n for n in self.names}
        self.brokers = _brokers(self.found)
        self.offered: set[str] = set()  # what only options lead to
        self.used: set[str] = set()

    def fragment(self) -> Fragment:
        """Return all that was assembled."""
        for one, name in zip(self.found, self.names, strict=True):
            self.add(one, name)
        ids = {f.id for f in self.flows}
        assert len(ids) == len(self.flows)
        return Fragment(
            "python",
            components=tuple(self.components.values()),
            flows=tuple(self.flows),
            diagnostics=tuple(sorted(set(self.diagnostics))),
            defined=frozenset(name for one in self.found for name in _defined(one.project)),
            records=frozenset(
                c.name for one in self.found for m in one.project.modules for c in m.classes if is_table(c)
            ),
            offered=frozenset(self.offered - self.used),
        )

    def add(self, one: Detected, name: str) -> None:
        """Add one project: what it is, and for what runs by itself, what it needs."""
        ledger = one.ledger
        links = _kept(one, self.diagnostics) if one.runs else []
        worker = scheduler = ""
        serves = ledger.has("framework") or ledger.has("grpc_server") or ledger.has("app_server")
        if one.runs and one.queue and serves:
            own_clock = one.queue in _OWN_CLOCK
            worker = self.part(
                one,
                name,
                "worker",
                (WORKER, *((SCHEDULER,) if own_clock else ())),
                ("tasks", "concurrency", "worker_class"),
            )
        if one.runs and one.queue == "celery" and ledger.has("periodic_tasks", SCHEDULER):
            scheduler = self.part(one, name, "scheduler", (SCHEDULER,), ("periodic_tasks",))
        clock = scheduler or (worker if one.queue in _OWN_CLOCK else "")
        roles = [MAIN, *([] if worker else [WORKER]), *([] if clock else [SCHEDULER])]
        facts = ledger.facts(*roles)
        here = _evidence(one, facts)
        consumes = bool(one.queue) or any(link.kind == "consumes" for link in links)
        consumes = consumes or (one.runs and not serves and is_loop(one.project))
        kind = "library_or_module" if not one.runs else "worker" if consumes and not serves else "service"
        framework = ledger.fact("framework")
        technology = slug(str(framework.value)) if framework is not None else one.queue
        main = Component(
            slug(name),
            name,
            kind,
            technology if one.runs and technology in load().technologies else None,
            _aliases(one, name, self.own),
            facts=_sorted((*facts, Fact("language", "Python", "stated", here), *_folder(one, here))),
            evidence=here,
        )
        self.components[main.id] = main
        parts = {MAIN: main.id, WORKER: worker or main.id, SCHEDULER: clock or main.id}
        if scheduler:
            brokers = [link for link in links if link.kind == "publishes" and link.role == MAIN]
            links += [
                Link(SCHEDULER, b.target, "publishes", b.protocol, b.sync, b.evidence[:1], offered=b.offered)
                for b in brokers
                if any(x.role == WORKER and x.target == b.target and x.kind == "consumes" for x in links)
            ]
        if kind == "worker" and one.queue == "celery" and not _sends(one):
            # The setting of its broker doesn't show that it puts tasks there itself.
            taken = [(x.target, x.evidence) for x in links if x.kind == "consumes"]
            links = [x for x in links if x.kind != "publishes" or (x.target, x.evidence) not in taken]
        taken_up = {c.id for c in self.components.values()}
        beside = processes_of(one.project, ledger, links) if one.runs else []
        beside = [p for p in beside if slug(p.name) not in taken_up | set(self.own)]
        if worker:
            links += links_of_tasks(links, ledger, one.project)
        for link in links_of_service(links, beside, one.project):
            self.link(parts[link.role], link, name)
        for process in beside:
            self.process(process, name)

    def part(
        self, one: Detected, name: str, kind: str, roles: tuple[str, ...], shown: tuple[str, ...]
    ) -> str:
        """Add a part of a project that runs beside it, if the code shows one; return its id."""
        facts = one.ledger.facts(*roles)
        here = next((f.evidence[:1] for n in shown for f in facts if f.name == n), ())
        if not here:
            return ""
        technology = one.queue if one.queue in load().technologies and kind == "worker" else None
        language = Fact("language", "Python", "stated", here)
        made = Component(
            slug(f"{name}-{kind}"),
            f"{name}-{kind}",
            kind,
            technology,
            (),
            (),
            _sorted((*facts, language)),
            here,
        )
        self.components[made.id] = made
        return made.id

    def process(self, process: Process, owner: str) -> None:
        """Add a process that runs beside a project's service, with its own flows."""
        here = (process.evidence,)
        facts = (
            Fact("language", "Python", "stated", here),
            Fact("program", process.program.words, "stated", here),
        )
        id_ = slug(process.name)
        self.components[id_] = Component(id_, process.name, process.kind, facts=facts, evidence=here)
        for link in process.links:
            self.link(id_, link, owner)

    def link(self, source: str, link: Link, owner: str) -> None:
        """Add the flow of a link, and the component that it leads to."""
        target = self.target(link, owner)
        if target == source:
            return
        (self.offered if link.offered else self.used).add(target)
        id_ = flow_id(source, target, link.kind)
        facts = _sorted(link.facts.values())
        same = next((n for n, f in enumerate(self.flows) if f.id == id_), None)
        if same is not None:
            old = self.flows[same]
            more = tuple(f for f in facts if old.fact(f.name) is None)
            evidence = tuple(dict.fromkeys((*old.evidence, *link.evidence)))
            self.flows[same] = Flow(
                id_, source, target, link.kind, old.sync, old.protocol, _sorted((*old.facts, *more)), evidence
            )
            return
        evidence = tuple(link.evidence)
        self.flows.append(Flow(id_, source, target, link.kind, link.sync, link.protocol, facts, evidence))

    def target(self, link: Link, owner: str) -> str:
        """Return the id of the component that a link leads to, which is made when it isn't there yet."""
        wanted = link.target
        if wanted in self.brokers:
            wanted = replace(wanted, kind="message_broker")
        name = wanted.name
        if wanted.kind == "service" and (own := _own_service(name, self.own)) is not None:
            return own
        if (
            not wanted.host
            and wanted.kind in STORES | MESSAGING
            and not wanted.outside
            and len(self.found) > 1
        ):
            name = f"{owner} {name}"  # each project has one of its own, for all that the code says
        id_ = slug(name)
        while (old := self.components.get(id_)) is not None and old.kind != wanted.kind and id_ in self.own:
            id_ += "-" + wanted.kind.replace("_", "-")
        evidence = tuple(link.evidence[:2])
        if old is None:
            self.components[id_] = Component(
                id_,
                name,
                wanted.kind,
                wanted.technology,
                _hosts(wanted),
                facts=_managed(wanted, evidence),
                evidence=evidence,
            )
        else:
            both = tuple(dict.fromkeys((*old.evidence, *evidence)))[:5]
            self.components[id_] = Component(
                id_, old.name, old.kind, old.technology, old.aliases, facts=old.facts, evidence=both
            )
        return id_


def _brokers(found: Sequence[Detected]) -> set[Target]:
    """Return the caches by technology that carry the messages of a queue, and of which no place says that they cache."""
    links = [x for d in found for x in d.ledger.links.values() if x.target.kind == "cache"]
    caching = {x.target for x in links if _CACHES.search(x.target.name) or x.says(_CACHES)}
    return {x.target for x in links if x.kind in ("publishes", "consumes")} - caching


def _sends(one: Detected) -> bool:
    """Return whether code beside the tasks hands work to the queue."""
    sent = one.ledger.fact("background_work")
    of_tasks = {m.text.path for m in one.ledger.worker_modules}
    return sent is not None and any(e.source not in of_tasks for e in sent.evidence)


def _defined(project: Project) -> Iterator[str]:
    """Yield the dotted names of a project's classes, functions and inner modules, but for those that commands start."""
    for module in project.modules:
        if "." in module.name and not module.has_main:
            yield module.name
        for cls in module.classes:
            if not any(b.endswith("Servicer") for b in cls.bases):
                yield f"{module.name}.{cls.name}"
        for function in module.functions:
            if function.owner is None and function.parent is None:
                yield function.path


def _hosts(target: Target) -> tuple[str, ...]:
    return (target.host,) if target.host and target.host != target.name else ()


def _managed(target: Target, evidence: tuple[Evidence, ...]) -> tuple[Fact, ...]:
    hosted = target.outside and target.kind in STORES | MESSAGING
    return (Fact("managed", True, "stated", evidence[:1]),) if hosted else ()


def _own_service(name: str, own: dict[str, str]) -> str | None:
    """Return the id of the project that a service's name means: `pricing`, `pricing-service`."""
    wanted = slug(name)
    stem = re.sub(r"-(?:service|api|svc)$", "", wanted)
    return next((i for i in own if i == wanted or re.sub(r"-(?:service|api|svc)$", "", i) == stem), None)


def _sorted(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted(facts, key=lambda f: f.name))


def _evidence(one: Detected, facts: tuple[Fact, ...]) -> tuple[Evidence, ...]:
    """Return the words that show best what a project is."""
    by_name = {f.name: f for f in facts}
    for name in ("framework", "app_server", "grpc_server", "tasks"):
        if name in by_name:
            return by_name[name].evidence[:1]
    if one.project.packages.name_at is not None:
        text, line = one.project.packages.name_at
        return (text.at(line, "config"),)
    text = one.project.files.code[0]
    return (text.at(text.find(r"^[ \t]*[^\s#]") or 1),)


def _names(found: Sequence[Detected]) -> list[str]:
    """Return a name for each project, no two alike: its folder's among several, else that of its package."""
    names = [next(iter(_candidates(d)), "app") for d in found]
    counts = Counter(slug(n) for n in names)
    taken: set[str] = set()
    out = []
    for one, name in zip(found, names, strict=True):
        if counts[slug(name)] > 1 and one.project.folder:
            name = one.project.folder.replace("/", "-")
        base, n = name, 2
        while slug(name) in taken:
            name, n = f"{base}-{n}", n + 1
        taken.add(slug(name))
        out.append(name)
    return out


def _candidates(one: Detected) -> list[str]:
    project = one.project
    folders = [p for p in project.folder.split("/") if p]
    tops = [m.name for m in project.modules if m.is_package and "." not in m.name]
    urls = project.settings.get("root_urlconf")
    site = [str(constant(urls[1].value)).partition(".")[0]] if urls is not None else []
    words = [*reversed(folders[-2:]), project.packages.name, *(tops if len(tops) == 1 else site)]
    good = [w for w in words if w and w.lower() not in _GENERIC]
    return list(dict.fromkeys(good or [w for w in words if w]))


def _aliases(one: Detected, name: str, own: dict[str, str]) -> tuple[str, ...]:
    last = folder_of(one.project.folder + "/x").rpartition("/")[2]
    tops = [m.name for m in one.project.modules if m.is_package and "." not in m.name]
    words = [last, one.project.packages.name, *(tops if len(tops) == 1 else []), *titles(one.project)]
    return tuple(
        dict.fromkeys(
            w for w in words if w and w.lower() not in _GENERIC and w != name and slug(w) not in own
        )
    )


def _kept(one: Detected, diagnostics: list[Diagnostic]) -> list[Link]:
    """Return the links that every installation has: no drivers that only an extra brings, no lists of options to choose from."""
    every = list(one.ledger.links.values())
    links = [link for link in every if is_installed(link, one)]
    links += offer(one.project, every, links)
    chosen = chosen_by_extra(one.project, links, [link for link in every if link not in links])
    links += [chosen] if chosen is not None else []
    if one.ledger.has("framework"):
        links = [link for link in links if not _is_of_a_command(link)]
    outside = {x.target.name for x in links if x.target.kind == "external_service" and x.target.outside}
    files = {x.target.name for x in links if x.target.kind == "object_store"}
    groups = [
        (outside if len(outside) > MAX_OUTSIDE else set(), "services outside"),
        (files if len(files) > 1 else set(), "stores of files"),
        (plug_ins(every), "parts from plug-ins side by side"),
        (of_one_base(one.project, every), "stores of classes with one base"),
        (ways_to_log_in(one.project, links), "ways to log in"),
    ]
    for names, what in groups:
        gone = [link for link in links if link.target.name in names]
        if not gone:
            continue
        first = min((link.evidence[0] for link in gone), key=lambda e: (e.source, e.line))
        reason = (
            f"{len(names)} {what} look like options to choose from and were left out ({', '.join(sorted(names)[:4])}, …): "
            "name those that you use in a document"
        )
        diagnostics.append(Diagnostic(first.source, first.line, reason, "info"))
        for link in gone:
            timeout = link.facts.get("timeout")
            for place in timeout.evidence if timeout is not None and timeout.status == "denied" else ():
                one.ledger.count("calls_without_timeout", place, role=link.role)
        links = [link for link in links if link not in gone]
    return links


def _is_of_a_command(link: Link) -> bool:
    """Return whether only commands, which people start by hand, reach a service outside."""
    return link.target.outside and all(_COMMAND.search(e.source) for e in link.evidence)
