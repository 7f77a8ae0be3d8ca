"""How a project is packaged: Python's version, its dependencies, and whether they are locked."""

from __future__ import annotations

from buttress.model import Evidence
from buttress.readers.python.found import Ledger
from buttress.readers.python.packages import dependencies
from buttress.readers.python.project import Project
from buttress.workloads import pythons

_COMPILED = frozenset(
    "psycopg2 mysqlclient uwsgi python-ldap pycurl pyodbc cx-oracle pycairo xmlsec gdal pygraphviz m2crypto pyaudio pysqlite3".split()
)


def detect(project: Project, ledger: Ledger) -> None:
    """Tell how the project is packaged."""
    _python(project, ledger)
    _dependencies(project, ledger)


def _python(project: Project, ledger: Ledger) -> None:
    """Tell which Python it runs on by the file that says it, and the lowest that the project allows."""
    for text in project.files.configuration:
        if text.source.name.lower() in (".python-version", "runtime.txt"):
            line = text.find(r"\d\.\d+") or 1
            _version(pythons.minor(text.lines[line - 1]), text.at(line, "config"), ledger)
    requires = project.packages.requires_python
    if requires is not None:
        lowest = pythons.minor(requires[0])
        here = requires[1].at(requires[2], "config")
        if lowest:
            ledger.say("python_required", here, lowest)


def _version(version: str, here: Evidence, ledger: Ledger) -> None:
    if not version or ledger.has("python_version"):
        return
    ledger.say("python_version", here, version)
    supported = pythons.is_supported(version)
    if supported is not None:
        ledger.say("python_supported", here, pythons.SUPPORT_ENDS[version], denied=not supported)


def _dependencies(project: Project, ledger: Ledger) -> None:
    packages = project.packages
    if packages.manager is not None:
        ledger.say(
            "dependency_manager", packages.manager[1].at(packages.manager[2], "config"), packages.manager[0]
        )
    for tool, text, line in packages.locks:
        ledger.say("dependencies_locked", text.at(line, "config"), tool)
    if packages.name_at is not None:
        ledger.say("made_as_package", packages.name_at[0].at(packages.name_at[1], "config"))
    every = list(dependencies(packages))
    if not every:
        return
    pinned = [d for d in every if d.bounds.startswith("==") and "*" not in d.bounds]
    if not packages.locks:
        if len(pinned) == len(every) and len(every) > 2:
            ledger.say("dependencies_locked", pinned[0].text.at(pinned[0].line, "config"), "pinned by hand")
        elif len(pinned) * 2 < len(every):
            loose = next(d for d in every if d not in pinned)
            ledger.say("dependencies_locked", loose.text.at(loose.line, "config"), denied=True)
    for entry in every:
        if not entry.bounds and not packages.locks and entry.text.source.name.lower() != "setup.py":
            ledger.count("unbounded_dependencies", entry.text.at(entry.line, "config"))
    compiled = [d for d in every if d.name in _COMPILED]
    for entry in compiled:
        ledger.say(
            "compiled_dependencies", entry.text.at(entry.line, "config"), tuple(d.name for d in compiled)
        )
    first = every[0]
    ledger.say("dependencies", first.text.at(first.line, "config"), len(every))
