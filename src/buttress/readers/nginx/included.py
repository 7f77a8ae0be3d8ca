"""Which files make one nginx: the main file with what it includes, or the files of servers that stand together."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from buttress.model import Diagnostic, Source
from buttress.readers.nginx.directives import MAX_DIRECTIVES, Directive, parsed
from buttress.workloads import folders

MAX_INCLUDED = 8
_MAIN = ("http", "stream", "events", "worker_processes", "mail")
# Folders that hold pieces of one configuration.
_PIECES = frozenset(
    "conf.d sites-enabled sites-available sites-conf sites snippets includes include templates conf config configs common vhost vhosts vhost.d "
    "http.d default.d server-conf server.d locations upstreams prod production".split()
)
# What nginx brings along, which says nothing of upstreams, times or limits.
_HARMLESS = re.compile(
    r"(?:^|/)(?:mime\.types|(?:fastcgi|uwsgi|scgi)_params|fastcgi\.conf|fastcgi-php\.conf|modules[-_]enabled/.*|modules/.*|perl\.conf"
    r"|ssl-dhparams.*|dhparam.*|self-signed\.conf)$"
)


@dataclass(slots=True)
class Configuration:
    """One nginx: its directives with includes in place, its files, and whether all that it includes was read."""

    root: str
    directives: list[Directive]
    files: list[Source]
    whole: bool
    heading: str = ""
    diagnostics: list[Diagnostic] = field(default_factory=list)


def configurations(sources: Iterable[Source]) -> tuple[list[Configuration], tuple[Diagnostic, ...]]:
    """Return each nginx that some files configure; of two main files in one folder the one for production counts."""
    groups: dict[tuple[str, str], list[tuple[Source, list[Directive]]]] = {}
    diagnostics: list[Diagnostic] = []
    for source in sorted(sources, key=lambda s: (s.path, s.first_line)):
        found, wrong = parsed(source)
        diagnostics += wrong
        if found:
            groups.setdefault((root_of(source.path), source.heading), []).append((source, found))
    broken = {d.source for d in diagnostics}
    out = []
    for (root, heading), group in groups.items():
        kept = _for_production(group, diagnostics)
        mains = [(s, d) for s, d in kept if any(x.name in _MAIN for x in d)]
        rest = [(s, d) for s, d in kept if (s, d) not in mains]
        mains.sort(key=lambda item: (_rank(item[0].path), item[0].path))
        for source, _ in mains[1:]:
            reason = f"{mains[0][0].path} was read instead: both are main files of one nginx"
            diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
        one = _joined(root, mains[0] if mains else None, rest)
        one.heading = heading
        one.whole = one.whole and not any(s.path in broken for s in one.files)
        diagnostics += one.diagnostics
        out.append(one)
    return out, tuple(diagnostics)


def root_of(path: str) -> str:
    """Return the folder of the nginx that a file is a piece of, `.` for the top.

    >>> root_of("deploy/nginx/conf.d/shop.conf"), root_of("nginx.conf")
    ('deploy/nginx', '.')
    """
    folder = posixpath.dirname(path)
    while folder and posixpath.basename(folder).lower() in _PIECES:
        folder = posixpath.dirname(folder)
    return folder or "."


def _rank(path: str) -> int:
    if re.search(r"(?:^|[._/-])prod(?:uction)?(?:[._/-]|$)", path, re.IGNORECASE):
        return 0
    return 2 if folders.is_for_developing(path) else 1


def _for_production(
    group: list[tuple[Source, list[Directive]]], diagnostics: list[Diagnostic]
) -> list[tuple[Source, list[Directive]]]:
    """Return the files without those for developing, where others stand beside them."""
    kept = [item for item in group if not folders.is_for_developing(item[0].path)]
    if not kept:
        return group
    for source, _ in (item for item in group if item not in kept):
        reason = "for developing or testing, beside others; it was left out"
        diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
    return kept


def _joined(
    root: str, main: tuple[Source, list[Directive]] | None, rest: list[tuple[Source, list[Directive]]]
) -> Configuration:
    """Return one configuration: includes replaced by what the files hold; files that nothing includes are sites beside."""
    one = Configuration(root, [], [], main is not None)
    by_path = {s.path: (s, d) for s, d in rest}
    budget = [MAX_DIRECTIVES]

    def place(directives: list[Directive], depth: int) -> list[Directive]:
        out: list[Directive] = []
        for directive in directives:
            budget[0] -= 1
            if budget[0] < 0:
                one.whole = False
                return out
            if directive.name == "include" and directive.arguments:
                wanted = directive.first()
                found = _meant(wanted, by_path) if depth < MAX_INCLUDED else []
                if not found and not _HARMLESS.search(wanted):
                    one.whole = False
                    out.append(directive)
                for source, inner in found:
                    if source not in one.files:
                        one.files.append(source)
                    out += place(inner, depth + 1)
                continue
            copy = directive
            if directive.block is not None:
                copy = replace(directive, block=place(directive.block, depth))
            out.append(copy)
        return out

    if main is not None:
        one.files.append(main[0])
        one.directives = place(main[1], 0)
    beside = [(s, d) for s, d in rest if s not in one.files and any(x.name in _SITE for x in d)]
    if beside:
        first = beside[0][1][0]
        http = Directive("http", (), first.source, first.line, first.written, [])
        wanted = [d for s, d in beside if not _is_included(s, beside)]
        one.files += [s for s, _ in beside if s not in one.files]
        assert http.block is not None
        for directives in wanted:
            http.block += place(directives, 0)
        one.directives.append(http)
        one.whole = False
    return one


_SITE = ("server", "upstream", "location", "map")


def _is_included(source: Source, beside: list[tuple[Source, list[Directive]]]) -> bool:
    """Return whether another of the files includes this one inside a block, so that it is no site of its own."""
    if any(d.name == "server" for s, directives in beside if s is source for d in directives):
        return False
    todo = [d for _, directives in beside for d in directives]
    while todo:
        directive = todo.pop()
        if directive.name == "include" and _meant(directive.first(), {source.path: (source, [])}):
            return True
        todo += directive.block or []
    return False


def _meant(
    wanted: str, files: dict[str, tuple[Source, list[Directive]]]
) -> list[tuple[Source, list[Directive]]]:
    """Return the files that an include means: by name, and for patterns by the name of their folder too."""
    folder, _, pattern = wanted.rpartition("/")
    last = posixpath.basename(folder)
    out = []
    for path, item in files.items():
        above, name = posixpath.basename(posixpath.dirname(path)), posixpath.basename(path)
        name = re.sub(r"\.(?:template|tmpl)$", "", name)
        same_folder = (
            not last
            or last in ("nginx", "etc")
            or above == last
            or above not in _PIECES
            or above == "templates"
        )
        if fnmatch.fnmatchcase(name, pattern) and (same_folder or not set(pattern) & set("*?[")):
            out.append(item)
    return out
