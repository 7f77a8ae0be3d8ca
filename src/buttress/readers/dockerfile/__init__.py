"""Dockerfile.

`Dockerfile`, `Containerfile`, `Dockerfile.worker`, `worker.Dockerfile`; blocks in documents are mostly examples and aren't read.

- **Reads** the stages of the build with their arguments, the base image and its version of Python, the user, `HEALTHCHECK`, `EXPOSE`, the
  command with the server's workers, threads and timeouts, and the names of secrets in `ENV` and `ARG`. It is joined with the Compose services
  that are built from it, and with what else belongs to the application of its folder.
- **Complete about** {complete}
- **Doesn't read** what `RUN` does, scripts that start the program, and what a base image brings along: where nobody knows its user or
  health check without looking into it, they stay unknown. Dockerfiles for developing or testing are left out where another stands beside them.
"""

from __future__ import annotations

import posixpath
import re

from buttress import workloads
from buttress.model import Component, Diagnostic, Fact, Fragment, Source, slug
from buttress.readers.dockerfile.facts import command_line, facts_of
from buttress.readers.dockerfile.instructions import Dockerfile, pairs, parsed
from buttress.workloads import commands, folders

__all__ = ["read"]

_TITLES = ("org.opencontainers.image.title", "org.label-schema.name")
_STATIC = re.compile(r"/usr/share/nginx/html|/var/www|/srv\b|/usr/local/apache2/htdocs")


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the containers that some Dockerfiles build, one a file, with their facts.

    >>> text = "FROM python:3.12-slim\nCMD [\"gunicorn\", \"-w\", \"4\", \"shop.wsgi\"]\n"
    >>> found = read((Source("orders/Dockerfile", text),)).components[0]
    >>> found.name, found.fact("workers").value, found.fact("non_root").status
    ('orders', 4, 'denied')
    """
    diagnostics: list[Diagnostic] = []
    files: list[Dockerfile] = []
    for source in _chosen(sources, diagnostics):
        file = parsed(source)
        diagnostics += file.diagnostics
        if any(stage.written.startswith(("{{", "{%")) for stage in file.stages):
            reason = "a template, not an image: what it starts FROM is filled in; render it first and review the result"
            diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
        elif file.stages:
            files.append(file)
        elif not file.diagnostics:
            reason = "no FROM, so it builds no image; it was left out"
            diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
    named = _names(files)
    components: dict[str, Component] = {}
    for file, name in zip(files, named, strict=True):
        id_ = slug(name)
        n = 2
        while id_ in components:
            id_, n = f"{slug(name)}-{n}", n + 1
        components[id_] = _component(file, id_, name)
    return Fragment("dockerfile", tuple(components.values()), diagnostics=tuple(diagnostics))


def _chosen(sources: tuple[Source, ...], diagnostics: list[Diagnostic]) -> list[Source]:
    """Return the Dockerfiles to read: of those that build one thing for several environments, production's."""
    groups: dict[tuple[str, str], list[Source]] = {}
    for source in sorted(sources, key=lambda s: (s.path, s.first_line)):
        folder = posixpath.dirname(source.path)
        thing = posixpath.basename(folder) if re.search(r"(?:^|/)(?:local|dev|prod\w*)/", folder) else folder
        groups.setdefault((thing, _qualifier(source.name) or source.language), []).append(source)
    out = []
    for group in groups.values():
        best = min(group, key=_rank) if not group[0].language else None
        out += [s for s in group if best is None or s is best]
        for source in (s for s in group if best is not None and s is not best):
            reason = f"{best.path if best else ''} was read instead: both build one thing for different environments"
            diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
    return sorted(out, key=lambda s: (s.path, s.first_line))


def _rank(source: Source) -> tuple[int, str]:
    if re.search(r"(?:^|[._/-])prod(?:uction)?(?:[._/-]|$)", source.path, re.IGNORECASE):
        return 0, source.path
    return (2 if folders.is_for_developing(source.path) else 1), source.path


def _component(file: Dockerfile, id_: str, name: str) -> Component:
    stage = file.final()
    here = file.at(stage.line)
    facts = list(facts_of(file))
    facts.append(Fact("dockerfile", file.source.path, "stated", (here,)))
    if stage.name:
        facts.append(Fact("build_target", stage.name, "stated", (here,)))
    if not _qualifier(file.source.name):
        facts.append(folders.belongs_to(file.source.path, here))
    kind, technology = _kind(file, name)
    if folders.is_for_developing(file.source.path):
        facts.append(Fact("environment", "development", "stated", (here,)))
    return Component(id_, name, kind, technology, facts=tuple(facts), evidence=(here,))


def _kind(file: Dockerfile, name: str) -> tuple[str, str | None]:
    base = file.chain()[-1].image
    settings = [k for s in file.chain() for i in s.instructions if i.word == "ENV" for k, _ in pairs(i.rest)]
    kind, technology = workloads.kind_of(name, base, settings, command_line(file)[0])
    copies = [i for i in file.final().instructions if i.word == "COPY" and "--from=" in i.rest]
    if kind == "gateway" and any(_STATIC.search(i.rest) for i in copies):
        return "web_frontend", None
    return kind, technology.id if technology is not None else None


def _names(files: list[Dockerfile]) -> list[str]:
    """Return what each container is called: by the file's own suffix, a title in its labels, its folder, the package it runs."""
    by_folder = folders.names_of(
        folders.code_folder(f.source.path) for f in files if not _qualifier(f.source.name)
    )
    out = []
    for file in files:
        qualifier, folder = _qualifier(file.source.name), folders.code_folder(file.source.path)
        title = next(
            (
                v
                for s in file.chain()
                for i in s.instructions
                if i.word == "LABEL"
                for k, v in pairs(i.rest)
                if k in _TITLES and re.fullmatch(r"[A-Za-z][\w .-]{2,40}", v)
            ),
            "",
        )
        module = commands.module_of(command_line(file)[0])
        if qualifier:
            above = "" if folder == "." else f"{posixpath.basename(folder)}-"
            out.append(qualifier if qualifier.startswith(above) else above + qualifier)
        elif title:
            out.append(title)
        elif folder == "." and module and not folders.says_little(module):
            out.append(module)
        else:
            out.append(by_folder[folder])
    return out


def _qualifier(name: str) -> str:
    """Return what a file's name says beside that it is a Dockerfile (`Dockerfile.worker`), unless that is an environment.

    >>> _qualifier("Dockerfile.worker"), _qualifier("api.Dockerfile"), _qualifier("Dockerfile.prod"), _qualifier("Dockerfile")
    ('worker', 'api', '', '')
    """
    rest = re.sub(r"(?i)(?:docker|container)file", "", name).strip("._-")
    said = re.sub(
        r"(?i)\b(?:prod|production|staging|stage|release|slim|alpine|debian|ubuntu|base|python[\d.]*|amd64|arm64|aarch64|gpu|cpu|cuda)\b|[\d.]+$",
        "",
        rest,
    ).strip("._-")
    return "" if not said or folders.is_for_developing(said) else said
