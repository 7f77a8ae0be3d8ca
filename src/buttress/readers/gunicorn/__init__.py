"""Gunicorn.

`gunicorn.conf.py`, `gunicorn_config.py` and other Python files whose name begins with `gunicorn`.

- **Reads** workers, threads, worker class, timeouts, the number of requests after which a worker is replaced, preloading and reloading. The
  file is parsed, never run: numbers, sums and the defaults of environment variables count as what is said; what depends on the machine
  (`cpu_count() * 2 + 1`) is told as worked out at the start. It is joined with what else belongs to the application of its folder.
- **Complete about** {complete}
- **Doesn't read** hooks, conditions, and values that functions of its own work out.
"""

from __future__ import annotations

import ast
import re
import warnings

from buttress.model import Component, Diagnostic, Evidence, Fact, FactValue, Fragment, Source, slug
from buttress.model.graph import Status
from buttress.readers.gunicorn.values import UNKNOWN, WORKED_OUT, Values
from buttress.workloads import folders

__all__ = ["read"]

MAX_CHARACTERS = 200_000
_FACTS = {
    "workers": "workers",
    "threads": "threads",
    "worker_class": "worker_class",
    "timeout": "worker_timeout",
    "graceful_timeout": "graceful_timeout",
    "max_requests": "worker_max_requests",
    "keepalive": "keep_alive",
    "preload_app": "preload",
}
_OFF = ("worker_timeout", "worker_max_requests")
_SETTINGS = frozenset((*_FACTS, "bind", "wsgi_app", "proc_name", "reload", "worker_connections", "accesslog"))


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the applications that files of settings for Gunicorn belong to, with what the settings say.

    >>> text = "import os\nworkers = int(os.environ.get('WORKERS', '4'))\ntimeout = 2 * 60\n"
    >>> found = read((Source("orders/gunicorn.conf.py", text),)).components[0]
    >>> found.name, found.fact("workers").value, found.fact("worker_timeout").value, found.fact("worker_max_requests").status
    ('orders', 4, 120, 'denied')
    """
    components: dict[str, Component] = {}
    diagnostics: list[Diagnostic] = []
    names = folders.names_of(folders.code_folder(s.path) for s in sources)
    ranked = sorted(sources, key=lambda s: (folders.is_for_developing(s.path), s.path, s.first_line))
    for source in ranked:
        settings, problem = _settings(source)
        if problem is not None:
            diagnostics.append(problem)
        if not _SETTINGS & set(settings):
            continue
        component = _component(source, settings, names[folders.code_folder(source.path)])
        if component.id in components:
            first = components[component.id].evidence[0].source
            reason = f"{first} was read instead: both hold settings for one application"
            diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
            continue
        components[component.id] = component
    return Fragment("gunicorn", tuple(components.values()), diagnostics=tuple(diagnostics))


def _settings(source: Source) -> tuple[dict[str, ast.expr], Diagnostic | None]:
    """Return the last value that the file gives to each name at its top, and why it can't be parsed."""
    reason = ""
    if len(source.text) > MAX_CHARACTERS:
        reason = f"more than {MAX_CHARACTERS} characters; settings are shorter, so it was left out"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.text if not reason else "")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = min(getattr(error, "lineno", None) or 1, source.text.count("\n") + 1)
        reason = "not valid Python; correct it to have the settings read"
        return {}, Diagnostic(source.path, source.first_line + line - 1, reason, "error")
    out: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            out[node.target.id] = node.value
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    out[target.id] = node.value
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            for inner in ast.walk(node):  # what happens only sometimes is unknown
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    out[inner.id] = ast.Constant(value=...)
    return out, Diagnostic(source.path, source.first_line, reason, "error") if reason else None


def _component(source: Source, settings: dict[str, ast.expr], folder_name: str) -> Component:
    lines = source.text.split("\n")

    def at(node: ast.expr) -> Evidence:
        line = node.lineno
        return Evidence(source.path, source.first_line + line - 1, source.first_line + line - 1,
                        lines[line - 1].strip()[:200].strip(), "code")  # fmt: skip

    known = [n for n in settings if n in _SETTINGS and hasattr(settings[n], "lineno")]
    first = min((at(settings[n]) for n in known), key=lambda e: e.line, default=None)
    if first is None:
        top = next((n for n, line in enumerate(lines) if line.strip()), 0)
        at_top = source.first_line + top
        first = Evidence(source.path, at_top, at_top, lines[top].strip()[:200].strip(), "code")
    values = Values(settings)
    facts: list[Fact] = [Fact("app_server", "Gunicorn", "stated", (first,))]
    for name, fact in _FACTS.items():
        if name not in settings:
            continue
        value = values.of(settings[name])
        if (said := _fact(fact, value, settings[name])) is not None:
            facts.append(Fact(fact, said[0], said[1], (at(settings[name]),)))
    if "max_requests" not in settings:
        facts.append(Fact("worker_max_requests", None, "denied", (first,)))
    if "reload" in settings and values.of(settings["reload"]) is True:
        facts.append(Fact("development_server", "reload", "stated", (at(settings["reload"]),)))
    facts.append(folders.belongs_to(source.path, first))
    name = _name(settings, folder_name)
    return Component(slug(name), name, "service", facts=tuple(facts), evidence=(first,))


def _fact(fact: str, value: object, node: ast.expr) -> tuple[FactValue, Status] | None:
    if value is UNKNOWN or not hasattr(node, "lineno"):
        return None
    if value is WORKED_OUT:
        return (True, "stated") if fact == "workers" else None
    if fact == "worker_class":
        return (value.rpartition(".")[2], "stated") if isinstance(value, str) and value else None
    if fact == "preload":
        return (True, "stated") if value is True else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1_000_000:
        return None
    return (None, "denied") if value == 0 and fact in _OFF else (value, "stated")


def _name(settings: dict[str, ast.expr], folder_name: str) -> str:
    """Return what the application is called: by its folder, at the top by the name of its process or its package."""
    if folder_name != folders.TOP:
        return folder_name
    for key, pattern in (("proc_name", r"([A-Za-z][\w -]{2,40})"), ("wsgi_app", r"([A-Za-z]\w+)(?:[.:].*)?")):
        value = Values(settings).of(settings[key]) if key in settings else None
        found = re.fullmatch(pattern, value) if isinstance(value, str) else None
        if found is not None and not folders.says_little(found[1]) and found[1].lower() != "gunicorn":
            return found[1]
    return folder_name
