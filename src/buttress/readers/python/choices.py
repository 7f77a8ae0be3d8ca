"""Which places of the code exclude each other: they lie in other arms of one branch, or behind other entries of a table.

A function or class that only one arm, or one entry of a table, uses lies in it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from buttress.model import Evidence
from buttress.readers.python.project import Project
from buttress.readers.python.records import Function, Module
from buttress.readers.python.starting import meant

MAX_DEPTH = 3
MAX_CALLERS = 8
Place = tuple[Module, int]
Arms = dict[tuple[str, object], object]


class Choices:
    """The branches and tables of a project, asked where a place lies."""

    def __init__(self, project: Project) -> None:
        """Find who calls which of the project's functions, each at its line."""
        self.project = project
        self.tables = [t for m in project.modules for t in m.tables]
        self.callers: dict[Function, list[Place]] = {}
        self._known: dict[tuple[str, int, int], Arms] = {}
        for module in project.modules:
            for function in module.functions:
                for name, line in function.called:
                    for callee in meant(project.meaning(name), project):
                        self.callers.setdefault(callee, []).append((module, line))
            for call in module.calls:
                if call.function is None:
                    for callee in meant(project.meaning(call.name), project):
                        self.callers.setdefault(callee, []).append((module, call.line))

    def exclude(self, first: Sequence[Evidence], second: Sequence[Evidence]) -> bool:
        """Return whether no run of the program can come by places of both: each of one side lies in another arm than those of the other."""
        one, other = ([self._of(e) for e in places] for places in (first, second))
        if not one or not other:
            return False
        shared = set.intersection(*(set(arms) for arms in (*one, *other)))
        return any({a[key] for a in one}.isdisjoint(b[key] for b in other) for key in shared)

    def conditions(self, places: Sequence[Evidence]) -> set[str]:
        """Return the switches, by name in lower case, without which no run of the program comes by any of the places."""
        found = [{str(v) for (sort, _), v in self._of(e).items() if sort == "if"} for e in places]
        return set.intersection(*found) if found else set()

    def _of(self, place: Evidence) -> Arms:
        module = self.project.by_path.get(place.source)
        if module is None:
            return {}
        return self._arms((module, place.line - module.text.source.first_line + 1), 0)

    def _arms(self, place: Place, depth: int) -> Arms:
        """Return the arms that a place lies in; each is worked out once, so that many callers of callers take no longer."""
        module, line = place
        key = (module.path, line, depth)
        if key in self._known:
            return self._known[key]
        out = self._known[key] = {}
        for n, arms in enumerate(module.choices):
            for at, lines in enumerate(arms):
                if line in lines:
                    out[(module.path, n)] = at
        out |= {("if", name): name for lines, name in module.switches if line in lines}
        around = [f for f in module.around(line) if f.parent is None]
        if not around:
            return out
        function = around[0]
        named = set(self._names(function))
        for n, table in enumerate(self.tables):
            if found := table & named:
                out[("", n)] = min(found)
        for sites in self._ways_to(function) if depth < MAX_DEPTH else ():
            if 0 < len(sites) <= MAX_CALLERS:
                above = [self._arms(site, depth + 1) for site in sites]
                out |= {k: v for k, v in above[0].items() if all(a.get(k, a) == v for a in above[1:])}
        return out

    def _names(self, function: Function) -> Iterator[str]:
        yield function.path
        if function.owner is not None:
            yield f"{function.module.name}.{function.owner.name}"

    def _ways_to(self, function: Function) -> Iterator[list[Place]]:
        """Yield where a function is called from outside of itself, and where the class of a method is made: it comes by some of each."""
        made = function.owner.methods if function.owner is not None else ()
        for called in (function, *(m for m in made if m.name == "__init__" and m is not function)):
            places = self.callers.get(called, ())
            yield [(m, line) for m, line in places if m is not function.module or line not in function.span]
