"""What stops, and by which way."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.compact import bits, column_counts, dominated, immediate_dominators
from buttress.dependencies import EDGE, instances
from buttress.faults import Causes, FaultTree
from buttress.model import Component, Derived

BY_MESSAGES = "takes its work from messages"
BLOCK = 8_192  # entries that are looked at in one pass
LISTED = 25  # objects of one derived fact of a large graph
MAX_LISTED = 200_000  # objects of one sort of derived facts, before lists are cut short
MAX_STEPS = 200_000  # of the search for paths that show why something stops
_COUNTED = frozenset(
    ("single_instance", "min_replicas", "replicas", "multi_zone", "multi_region", "failover")
)


def entries(tree: FaultTree) -> list[Derived]:
    """Return where requests come in, and why it is thought so."""
    read, graph = tree.dependencies, tree.graph
    wanted = frozenset(read.entries)
    asked: dict[str, Component] = {}
    fronted: dict[str, str] = {}
    for flow in graph.flows:
        if flow.target in wanted and flow.source in read.by_id:
            if flow.source in read.outside:
                asked.setdefault(flow.target, read.by_id[flow.source])
            elif read.by_id[flow.source].kind in EDGE:
                fronted.setdefault(flow.target, flow.source)
    consuming = {f.source for f in graph.flows if f.kind == "consumes"}
    out = []
    for entry in read.entries:
        caller = asked.get(entry)
        if caller is not None and caller.kind != "actor":
            why = f"called by {caller.name}"
        elif entry in fronted:
            why = f"behind {graph.label(fronted[entry])}"
        elif caller is not None:
            why = "called by an actor"
        elif read.by_id[entry].fact("exposed_to_internet") is not None:
            why = "exposed to the internet"
        elif entry in consuming and read.by_id[entry].fact("published_ports") is None:
            why = BY_MESSAGES
        else:
            why = "nothing else calls it"
        out.append(Derived("entry", entry, value=why))
    return out


def served(tree: FaultTree) -> list[Derived]:
    """Return, for each component, the entries whose requests wait for it: it is reached from there, or stands in front."""
    read = tree.dependencies
    count = len(tree.graph.components)
    rows: list[int] = []
    counts = _Lists(count)
    for low in range(0, len(read.entries), BLOCK):
        rows = [0] * count
        block = read.entries[low : low + BLOCK]
        for n, entry in enumerate(block):
            rows[tree.index[entry]] = 1 << n
        for members in reversed(tree.rounds):
            row = 0
            for node in members:
                row |= rows[node]
            for node in members if row else ():
                rows[node] = row
                for other in tree.waits[node]:
                    rows[other] |= row
        for n, entry in enumerate(block):
            for front in read.fronts.get(entry, ()):
                rows[tree.index[front]] |= 1 << n
        counts.add(rows, low)
    return counts.derived("serves", tree.names[:count], read.entries)


class _Lists:
    """Lists of objects for many subjects, cut short when they would be too long in all."""

    def __init__(self, subjects: int) -> None:
        self._rows: list[tuple[list[int], int]] = []
        self._counts = [0] * subjects

    def add(self, rows: list[int], low: int) -> None:
        """Add, for each subject, the objects from number `low` on, as bits."""
        self._rows.append((rows, low))
        for n, row in enumerate(rows):
            if row:
                self._counts[n] += row.bit_count()

    def derived(self, name: str, subjects: Sequence[str], objects: Sequence[str]) -> list[Derived]:
        """Return one derived fact for each subject that has objects; its value is the full count when they are cut short."""
        most = -1 if sum(self._counts) <= MAX_LISTED else LISTED
        out = []
        known: dict[tuple[int, ...], tuple[str, ...]] = {}  # many have the same
        for n, subject in enumerate(subjects):
            if not self._counts[n]:
                continue
            key = tuple([rows[n] for rows, _ in self._rows])
            told = known.get(key)
            if told is None:
                places: list[int] = []
                for row, (_, low) in zip(key, self._rows, strict=True):
                    places += [low + at for at in bits(row, most)]
                told = known[key] = tuple([objects[at] for at in (places if most < 0 else places[:most])])
            cut = len(told) < self._counts[n]
            out.append(Derived(name, subject, objects=told, value=self._counts[n] if cut else None))
        return out


def running_as(tree: FaultTree) -> list[Derived]:
    """Return in how many instances each component runs, as far as that is known."""
    return [
        Derived(
            "runsAs",
            c.id,
            value="one of several"
            if (n := instances(c)) == "one" and c.id in tree.dependencies.equals
            else n,
            because=tuple([f"{c.id}.{f.name}" for f in c.facts if f.name in _COUNTED]),
        )
        for c in tree.graph.components
        if c.kind not in ("library_or_module", "other") and c.id not in tree.dependencies.outside
    ]


def broken(tree: FaultTree, causes: Causes) -> list[Derived]:
    """Return what stops with each component or place: how many running parts, what share, and their names."""
    parts = tree.dependencies.running
    inner = [tree.index[i] for i in parts]
    out = []
    total = max(1, len(parts))
    lists: dict[int, list[str]] = {}
    if causes.rows is not None and sum(causes.broken) <= MAX_LISTED:
        for name, node in zip(parts, inner, strict=True):
            for cause in bits(causes.rows[node] & ~(1 << node)):
                lists.setdefault(cause, []).append(name)
    for n, count in enumerate(causes.broken):
        if count:
            name = tree.names[n]
            if n in lists:
                out.append(Derived("breaks", name, objects=tuple(sorted(lists[n]))))
            out.append(Derived("breaksCount", name, value=count))
            out.append(Derived("breaksShare", name, value=round(count / total, 3)))
    return out


def stopped(tree: FaultTree, causes: Causes) -> list[Derived]:
    """Return which entries stop with each component or place, and the way to the first of them."""
    names = list(causes.doors)
    listed: list[list[str]] = [[] for _ in range(tree.events)]
    counts = column_counts(causes.doors.values(), tree.events)
    cut = sum(counts) > MAX_LISTED
    full = bytearray(tree.events // 8 + 1)  # whose lists are long enough, as bits
    for entry in names:
        row = causes.doors[entry] & ~int.from_bytes(full, "little")
        for n in bits(row & ~(1 << tree.index[entry])):
            listed[n].append(entry)
            if cut and len(listed[n]) >= LISTED:
                full[n >> 3] |= 1 << (n & 7)
    out = []
    paths = _Paths(tree)
    for name, n in sorted((tree.names[n], n) for n, told in enumerate(listed) if told):
        others = counts[n] - (name in causes.doors)
        told = tuple(listed[n])
        value = others if len(told) < others else None
        out.append(Derived("stops", name, objects=told, value=value, because=paths.to(name, start=told[0])))
    return out


class _Paths:
    """Shortest hard paths from entries, one breadth-first search an entry, as long as all of them take few steps."""

    def __init__(self, tree: FaultTree) -> None:
        self._tree = tree
        self._came: dict[str, dict[str, tuple[str, str] | None]] = {}
        self._steps = 0

    def to(self, end: str, *, start: str) -> tuple[str, ...]:
        """Return ids of components and flows from `start` to `end`, alternating; a front or a place comes first, then the entry."""
        if start not in self._came:
            if self._steps > MAX_STEPS:
                return ()
            self._came[start] = self._search(start)
        came = self._came[start]
        if end not in came:
            inside = self._within(end, came)
            return (*self.to(inside, start=start), end) if inside else (end, start)
        steps = [end]
        while (before := came[steps[-1]]) is not None:
            steps += before
        return tuple(reversed(steps))

    def _search(self, start: str) -> dict[str, tuple[str, str] | None]:
        hard = self._tree.dependencies.hard
        came: dict[str, tuple[str, str] | None] = {start: None}
        todo = [start]
        for id_ in todo:
            for flow in hard(id_):
                self._steps += 1
                if flow.target not in came:
                    came[flow.target] = (flow.id, id_)
                    todo.append(flow.target)
        return came

    def _within(self, place: str, came: dict[str, tuple[str, str] | None]) -> str | None:
        if self._tree.graph.boundary(place) is None:
            return None
        by_id = self._tree.dependencies.by_id
        return next((i for i in came if place in by_id[i].boundaries), None)


def leaning(tree: FaultTree, causes: Causes) -> list[Derived]:
    """Return which part of the running parts must be up for one of them to work, on average; of three parts and more."""
    parts = tree.dependencies.running
    if len(parts) < 3:
        return []
    needs = sum(causes.needed[tree.index[p]] for p in parts)
    return [Derived("monolithShare", "system", value=round(needs / (len(parts) * (len(parts) - 1)), 3))]


def cut_off(tree: FaultTree) -> list[Derived]:
    """Return how many running parts no request from outside reaches when a component is gone: those that it dominates.

    Source: Cooper, Harvey and Kennedy 2001 (dominators), from a root in front of all entries along every flow of requests.
    """
    read = tree.dependencies
    count = len(tree.graph.components)
    starts: dict[int, None] = {}
    for entry in read.entries:
        fronts = read.fronts.get(entry, ())
        starts.update(dict.fromkeys(tree.index[i] for i in (fronts or (entry,))))
    after = [*tree.waits, list(starts)]
    above = immediate_dominators(after, count)
    weight = [0] * len(after)
    for part in read.running:
        weight[tree.index[part]] = 1
    sizes = dominated(above, weight)
    return [
        Derived("cutsOff", tree.names[n], value=sizes[n] - weight[n])
        for n in sorted(sizes)
        if n < count and sizes[n] > weight[n]
    ]
