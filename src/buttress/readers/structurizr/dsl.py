"""The Structurizr DSL: what its statements say, with identifiers that may come before what they name."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace

from buttress.drawings import Place
from buttress.model import Source
from buttress.readers.structurizr.model import Element, Instance, Relation, Workspace
from buttress.readers.structurizr.statements import Statement, statements

MAX_DEPTH = 40
MAX_STATEMENTS = 20_000
MAX_INCLUDES = 5

_ELEMENTS = {
    "person": "person", "softwaresystem": "softwaresystem", "container": "container", "component": "component", "group": "group",
    "element": "element", "deploymentnode": "deploymentnode", "infrastructurenode": "infrastructurenode",
}  # fmt: skip
_SKIPPED = frozenset(
    ("configuration", "!script", "!plugin", "documentation", "users", "perspectives", "branding", "terminology", "!docs", "!adrs",
     "!components", "archetypes")
)  # fmt: skip


@dataclass(slots=True)
class _Archetype:
    sort: str
    technology: str = ""
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class _Pending:
    source: str
    target: str
    scope: tuple[str, ...]
    this: str
    place: Place
    words: list[str]
    archetype: str = ""


@dataclass(slots=True)
class Reading:
    """What reading one workspace keeps: the names that identifiers stand for, and relations to be resolved at the end."""

    space: Workspace
    files: dict[str, Source]
    names: dict[str, str] = field(default_factory=dict)
    plain: dict[str, list[str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    archetypes: dict[str, _Archetype] = field(default_factory=dict)
    pending: list[_Pending] = field(default_factory=list)
    running: list[tuple[str, str, str, tuple[str, ...], Place]] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)  # the next number behind a name that occurs again
    count: int = 0


def read_dsl(source: Source, files: dict[str, Source]) -> Workspace:
    r"""Return the workspace that a DSL text defines; `files` are the other DSL texts, for `!include`.

    >>> text = 'workspace {\n model {\n u = person "User"\n s = softwareSystem "Shop"\n u -> s "Buys"\n }\n}'
    >>> space = read_dsl(Source("a.dsl", text), {})
    >>> [e.name for e in space.elements.values()], [(r.source, r.target) for r in space.relations]
    (['User', 'Shop'], [('u', 's')])
    """
    reading = Reading(Workspace(source.path, source.first_line), files)
    _Scan(reading, source, 0).run([("", "")])
    _resolve(reading)
    return reading.space


class _Scan:
    """One file on its way into the workspace."""

    def __init__(self, reading: Reading, source: Source, depth: int) -> None:
        self.reading, self.source, self.depth = reading, source, depth
        self.constants = reading.constants

    def run(self, scopes: list[tuple[str, str]]) -> None:
        """Read all statements within open blocks, each a sort and the id of its element."""
        skip = 0
        own = len(scopes)
        for statement in statements(self.source, self.constants):
            self.reading.count += 1
            if self.reading.count > MAX_STATEMENTS:
                self._note(statement.place, f"more than {MAX_STATEMENTS} statements; the rest was not read")
                return
            if skip:
                skip += statement.opens - statement.closes
                continue
            if statement.closes:
                if len(scopes) > own:
                    scopes.pop()
                continue
            if not statement.words:
                if statement.opens:
                    scopes.append(("", scopes[-1][1]))
                continue
            if len(scopes) > MAX_DEPTH:
                self._note(
                    statement.place, f"nested deeper than {MAX_DEPTH} levels; what lies deeper was not read"
                )
                skip = int(statement.opens)
                continue
            scope = self._take(statement, scopes)
            if statement.opens:
                if scope is None:
                    skip = 1
                else:
                    scopes.append(scope)

    def _take(self, statement: Statement, scopes: list[tuple[str, str]]) -> tuple[str, str] | None:
        """Read one statement; return the block that it opens, None for one to be passed over."""
        words, place = statement.words, statement.place
        inside, this = scopes[-1]
        first = words[0].lower()
        if first in _SKIPPED and inside != "archetypes":
            return ("archetypes", "") if first == "archetypes" else None
        if inside == "archetypes":
            return self._archetype(statement)
        if inside == "styles" or first == "styles":
            return self._style(words, inside, first)
        if inside == "style of":
            if first == "shape" and len(words) > 1:
                self.reading.space.shapes.setdefault(this, words[1].lower())
            return None
        if first == "workspace" and len(words) > 2 and words[1].lower() == "extends":
            self._include(words[2], place, [("", "")])
        if first in ("workspace", "model", "views"):
            return (first, "")
        if inside == "views":
            return None
        if inside == "properties":
            if this in self.reading.space.elements and len(words) > 1:
                self.reading.space.elements[this].properties.append((words[0], words[1], place))
            return None
        if first.startswith("!"):
            return self._directive(words, place, scopes)
        arrow = next((n for n, w in enumerate(words[:3]) if w == "->" or re.fullmatch(r"--\w+->", w)), None)
        if arrow is not None and not statement.quoted[arrow]:
            return self._relation(words, arrow, scopes, place)
        return self._element(words, scopes, place)

    def _element(
        self, words: list[str], scopes: list[tuple[str, str]], place: Place
    ) -> tuple[str, str] | None:
        identifier = ""
        if len(words) > 2 and words[1] == "=":
            identifier, words = words[0], words[2:]
        first = words[0].lower()
        this = scopes[-1][1]
        space = self.reading.space
        archetype = self.reading.archetypes.get(words[0])
        sort = archetype.sort if archetype else _ELEMENTS.get(first)
        if sort is not None and len(words) > 1:
            return self._new(sort, archetype, identifier, words[1:], scopes, place)
        if first == "deploymentenvironment" and len(words) > 1:
            return ("environment", f"\0{words[1]}")
        if first in ("containerinstance", "softwaresysteminstance", "instanceof") and len(words) > 1:
            id_ = identifier or f"instance {len(self.reading.running) + 1}"
            scope = tuple(i for _, i in scopes if i)
            self.reading.running.append((id_, words[1], this, scope, place))
            self.reading.names.setdefault(".".join((*self._path(scopes), id_)).lower(), id_)
            self.reading.plain.setdefault(id_.lower(), []).append(id_)
            return ("instance", id_)
        if first == "properties":
            return ("properties", this)
        element = space.elements.get(this)
        if element is not None:
            self._detail(element, first, words)
        return ("", this) if first not in ("healthcheck",) else None

    def _detail(self, element: Element, first: str, words: list[str]) -> None:
        if first in ("tags", "tag"):
            element.tags = (*element.tags, *_tags(words[1:]))
        elif first == "technology" and len(words) > 1:
            element.technology = words[1]
        elif first == "description" and len(words) > 1:
            element.description = words[1]
        elif first == "instances" and len(words) > 1:
            element.instances = words[1]

    def _new(
        self,
        sort: str,
        archetype: _Archetype | None,
        identifier: str,
        rest: list[str],
        scopes: list[tuple[str, str]],
        place: Place,
    ) -> tuple[str, str]:
        space = self.reading.space
        parent = next((i for _, i in reversed(scopes) if i in space.elements), None)
        environment = next((i[1:] for _, i in reversed(scopes) if i.startswith("\0")), "")
        id_ = identifier or f"{sort} {rest[0]}"
        base, n = id_, self.reading.taken.get(id_, 2)
        while id_ in space.elements:
            id_, n = f"{base} {n}", n + 1
        self.reading.taken[base] = n
        element = Element(id_, sort, rest[0], place, parent, environment=environment)
        at = dict(enumerate(rest)).get
        if sort in ("person", "softwaresystem"):
            element.description, tags = at(1, ""), at(2, "")
        elif sort in ("container", "component", "infrastructurenode"):
            element.description, element.technology, tags = at(1, ""), at(2, ""), at(3, "")
        elif sort == "deploymentnode":
            element.description, element.technology, tags, element.instances = (
                at(1, ""),
                at(2, ""),
                at(3, ""),
                at(4, ""),
            )
        elif sort == "element":
            element.technology, element.description, tags = at(1, ""), at(2, ""), at(3, "")
        else:
            tags = ""
        element.tags = _tags([tags])
        if archetype is not None:
            element.technology = element.technology or archetype.technology
            element.tags = (*element.tags, *archetype.tags)
        space.elements[id_] = element
        name = identifier or re.sub(r"\W+", "", rest[0])
        self.reading.names.setdefault(".".join((*self._path(scopes), name)).lower(), id_)
        self.reading.plain.setdefault(name.lower(), []).append(id_)
        return (sort, id_)

    def _path(self, scopes: list[tuple[str, str]]) -> list[str]:
        elements = self.reading.space.elements
        return [i for _, i in scopes if i in elements and elements[i].sort != "group"]

    def _relation(
        self, words: list[str], arrow: int, scopes: list[tuple[str, str]], place: Place
    ) -> tuple[str, str] | None:
        if arrow >= 2 and words[1] == "=":
            words, arrow = words[2:], arrow - 2
        if arrow > 1 or arrow + 1 >= len(words):
            return None
        this = scopes[-1][1]
        source = words[0] if arrow == 1 else "this"
        scope = tuple(self._path(scopes))
        archetype = words[arrow][2:-2] if words[arrow] != "->" else ""
        self.reading.pending.append(
            _Pending(source, words[arrow + 1], scope, this, place, words[arrow + 2 :], archetype)
        )
        return ("relation", this)

    def _style(self, words: list[str], inside: str, first: str) -> tuple[str, str] | None:
        if first == "styles":
            return ("styles", "")
        return ("style of", words[1].lower()) if first == "element" and len(words) > 1 else None

    def _archetype(self, statement: Statement) -> tuple[str, str] | None:
        words = statement.words
        if len(words) > 2 and words[1] == "=":
            base = self.reading.archetypes.get(words[2])
            sort = base.sort if base else _ELEMENTS.get(words[2].lower(), "->" if words[2] == "->" else "")
            made = _Archetype(sort, base.technology if base else "", base.tags if base else ())
            self.reading.archetypes[words[0]] = made
            self.reading.archetypes["\0"] = made
            return ("archetypes", "")
        last = self.reading.archetypes.get("\0")
        if last is not None and words[0].lower() == "technology" and len(words) > 1:
            last.technology = words[1]
        elif last is not None and words[0].lower() in ("tag", "tags"):
            last.tags = (*last.tags, *_tags(words[1:]))
        return ("archetypes", "")

    def _directive(
        self, words: list[str], place: Place, scopes: list[tuple[str, str]]
    ) -> tuple[str, str] | None:
        first = words[0].lower()
        if first in ("!const", "!constant", "!var") and len(words) > 2:
            self.constants[words[1]] = words[2]
        elif first == "!include" and len(words) > 1:
            self._include(words[1], place, scopes)
        elif first in ("!element", "!ref", "!extend", "!elements") and len(words) > 1:
            found = _find(self.reading, words[1], tuple(self._path(scopes)), "")
            return (
                (self.reading.space.elements[found].sort, found)
                if found in self.reading.space.elements
                else ("", "")
            )
        return None

    def _include(self, name: str, place: Place, scopes: list[tuple[str, str]]) -> None:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(self.source.path), name))
        found = [
            s for p, s in sorted(self.reading.files.items()) if p == target or posixpath.dirname(p) == target
        ]
        if not found or self.depth >= MAX_INCLUDES:
            self._note(
                place,
                f"`{name}` isn't among the files that are read; name its folder too to have it read",
            )
        for source in found if self.depth < MAX_INCLUDES else ():
            _Scan(self.reading, source, self.depth + 1).run(list(scopes))

    def _note(self, place: Place, reason: str) -> None:
        self.reading.space.notes.append((place.line, reason))


def _tags(texts: list[str]) -> tuple[str, ...]:
    return tuple(t.strip() for text in texts for t in text.split(",") if t.strip())


def _find(reading: Reading, name: str, scope: tuple[str, ...], this: str) -> str:
    """Return the id that a name means within a scope, empty when nothing has it."""
    if name.lower() == "this":
        return this
    key = name.lower()
    path = [i.lower() for i in scope]
    for end in range(len(path), -1, -1):
        found = reading.names.get(".".join((*path[:end], key)))
        if found is not None:
            return found
    plain = reading.plain.get(key) or reading.plain.get(key.rpartition(".")[2]) or []
    return plain[0] if len(plain) == 1 else ""


def _resolve(reading: Reading) -> None:
    """Fill in what identifiers mean, now that all are known."""
    space = reading.space
    for id_, of, on, scope, place in reading.running:
        found = _find(reading, of, scope, "")
        if found in space.elements:
            space.instances.append(Instance(id_, found, on, place))
    missing: dict[str, Place] = {}
    for p in reading.pending:
        source, target = (_find(reading, name, p.scope, p.this) for name in (p.source, p.target))
        if not source or not target:
            missing.setdefault(p.target if source else p.source, p.place)
            continue
        archetype = reading.archetypes.get(p.archetype)
        at = dict(enumerate(p.words)).get
        relation = Relation(source, target, p.place, at(0, ""), at(1, ""), _tags([at(2, "")]))
        if archetype is not None:
            relation = replace(
                relation,
                technology=relation.technology or archetype.technology,
                tags=(*relation.tags, *archetype.tags),
            )
        space.relations.append(relation)
    for name, place in list(missing.items())[:20]:
        space.notes.append((place.line, f"nothing is called {name[:60]!r}; the relation was left out"))
