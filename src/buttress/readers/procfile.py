"""Procfile.

`Procfile`: the processes that an application on Heroku, Dokku, Scalingo or Railway consists of.

- **Reads** the processes: `web`, workers, schedulers and others, with the server that each one starts, its workers, threads and timeouts; and
  that migrations run at each release. It is joined with what else belongs to the application of its folder.
- **Complete about** nothing.
- **Doesn't read** how many of each process run, which the platform knows, and scripts that start them. `Procfile.dev` and its like are left out.
"""

from __future__ import annotations

import re

from buttress import workloads
from buttress.model import Component, Diagnostic, Evidence, Fact, Fragment, Source, Stance, slug
from buttress.workloads import commands, folders, processes

__all__ = ["read"]

MAX_PROCESSES = 200
_PROCESS = re.compile(r"([A-Za-z][\w-]{0,60})\s*:\s*(\S.*)")
_MIGRATES = re.compile(
    r"\bmigrate\b|\balembic\b.*\bupgrade\b|\bdb\s+upgrade\b|db:migrate|\bflyway\b|\bliquibase\b|prisma migrate",
    re.IGNORECASE,
)
_ONCE = ("release", "postdeploy", "predeploy", "migrate")


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the processes of some Procfiles, with what their commands say.

    >>> text = "web: gunicorn -w 3 shop.wsgi\nworker: celery -A shop worker\nrelease: python manage.py migrate\n"
    >>> found = read((Source("Procfile", text),))
    >>> [(c.name, c.kind) for c in found.components], found.stances[0].topic
    ([('web', 'service'), ('worker', 'worker')], 'schema-migrations')
    """
    components: dict[str, Component] = {}
    stances: list[Stance] = []
    diagnostics: list[Diagnostic] = []
    kept = [s for s in sources if not folders.is_for_developing(s.path)]
    for source in (s for s in sources if s not in kept):
        reason = "for developing or testing; its processes were left out"
        diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
    names = folders.names_of(folders.code_folder(s.path) for s in kept)
    for source in sorted(kept, key=lambda s: (s.path, s.first_line)):
        application = names[folders.code_folder(source.path)]
        for n, line in enumerate(source.text.split("\n")):
            written, at = line.strip(), source.first_line + n
            if not written or written.startswith("#"):
                continue
            found = _PROCESS.fullmatch(written)
            if found is None:
                reason = "expected `name: command`; this line was left out"
                diagnostics.append(Diagnostic(source.path, at, reason))
                continue
            if len(components) >= MAX_PROCESSES:
                reason = f"more than {MAX_PROCESSES} processes; the rest was left out"
                diagnostics.append(Diagnostic(source.path, at, reason, "error"))
                break
            process, command = found[1], found[2]
            here = _shown(source, at, written, process)
            if process.lower() in _ONCE:
                if _MIGRATES.search(command):
                    stances.append(Stance("schema-migrations", "addressed", (here,)))
                continue
            component = _component(application, process, command, here, source.path)
            components.setdefault(component.id, component)
    return Fragment(
        "procfile", tuple(components.values()), stances=tuple(stances), diagnostics=tuple(diagnostics)
    )


def _component(application: str, process: str, command: str, here: Evidence, path: str) -> Component:
    main = process.lower() == "web"
    top = application == folders.TOP
    name = process if top else application if main else f"{application}-{process}"
    program = "" if main else command.split()[0].rpartition("/")[2]  # `es: elasticsearch`
    kind, technology = workloads.kind_of(process, program, (), command)
    if (role := processes.role_of_command(command)) is not None:
        kind, technology = role, None  # `queue: rq worker` is called after what it works on
    facts = [Fact("start_command", True, "stated", (here,)), *commands.facts_of([(command, here)])]
    facts += processes.process_of(command, here)
    module = commands.module_of(command)
    if main:
        facts.append(folders.belongs_to(path, here))
    named = main and top and module and not folders.says_little(module)
    return Component(
        slug(name),
        name,
        kind,
        technology.id if technology is not None else None,
        aliases=(module,) if named else (),
        facts=tuple(facts),
        evidence=(here,),
    )


def _shown(source: Source, at: int, written: str, process: str) -> Evidence:
    """Return the line, or only the name of the process when the command may hold a secret."""
    words = written.split()
    secret = any(workloads.holds_secret(*word.partition("=")[::2]) for word in words) or any(
        w.startswith("-") and re.search(r"pass|pwd|secret|token|api-?key", w, re.IGNORECASE) for w in words
    )
    return Evidence(source.path, at, at, process if secret else written[:200].strip(), "code")
