"""What stops when a part fails, and which ways lead from one part to another: as text and as JSON values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from buttress.analysis.failure import blast_radius
from buttress.model import Boundary, Component, Flow, SystemGraph
from buttress.model.wire import flow_json
from buttress.report.graphs import find
from buttress.report.summary import plural
from buttress.report.ways import mapped, shortest_to, ways

_BASIS = {
    "stated": "from stated numbers",
    "assumed": "from assumed numbers",
    "both": "from stated and assumed numbers",
}


@dataclass(frozen=True, slots=True)
class Stopped:
    """A component that stops: whether requests enter by it, and its way to what failed (empty where there is none)."""

    id: str
    entry: bool
    way: tuple[str, ...]
    unreached: bool  # it is well, but no request gets there


@dataclass(frozen=True, slots=True)
class Availability:
    """An entry point: the share of time for which it is expected up, from which numbers, and the hours that an hour of the failure costs there."""

    entry: str
    expected: float
    basis: str
    cost: float


@dataclass(frozen=True, slots=True)
class Impact:
    """What the failure of a component or place does; components by their ids, entry points first."""

    failed: Component | Boundary
    stopped: tuple[Stopped, ...]
    goes_on: tuple[str, ...]  # what uses it and goes on
    together: tuple[str, ...]  # with any of which an entry point stops
    copies: tuple[str, ...]  # all copies of something, which it takes at once
    cut_off: int  # components that no request reaches without it
    availability: tuple[Availability, ...]
    relief: float | None  # share of all expected downtime that a second instance removes


def impact(graph: SystemGraph, name: str) -> Impact:
    """Return what the failure of a component or a place (host, zone, ...) does. Raises UnknownName for what isn't there.

    >>> graph = SystemGraph(components=(Component("shop", "Shop"), Component("db", "DB")), flows=(Flow("f", "shop", "db", "reads"),))
    >>> [(s.id, s.way) for s in impact(graph, "DB").stopped]
    [('shop', ('shop', 'db'))]
    """
    place = next((b for b in graph.boundaries if name in (b.id, b.name)), None)
    failed: Component | Boundary = (
        place if place is not None and graph.component(name) is None else find(graph, name)
    )
    derived = [d for d in graph.derived if d.subject == failed.id or failed.id in d.objects]
    own = {d.name: d for d in derived if d.subject == failed.id}
    broken = blast_radius(graph, failed=failed.id) - {failed.id}
    entries = {d.subject for d in graph.derived if d.name == "entry"}
    unreached = {
        e for d in derived if d.name == "stops" and d.subject == failed.id for e in d.objects
    } - broken
    nearest = shortest_to(mapped(graph), failed.id)
    numbers = {(d.name, d.subject): d.value for d in graph.derived}
    return Impact(
        failed,
        tuple(
            Stopped(id_, id_ in entries, nearest.get(id_, ()), id_ in unreached)
            for id_ in sorted(broken | unreached, key=lambda i: (i not in entries, i))
        ),
        tuple(sorted({f.source for f in graph.flows if f.target == failed.id} - broken)),
        tuple(
            sorted(
                {o for d in derived if d.name == "stopsWith" for o in (d.subject, *d.objects)} - {failed.id}
            )
        ),
        own["sharedFate"].objects if "sharedFate" in own else (),
        int(own["cutsOff"].value or 0) if "cutsOff" in own else 0,
        tuple(
            Availability(
                entry,
                float(numbers.get(("expectedAvailability", entry)) or 0),
                str(numbers.get(("availabilityFrom", entry))),
                float(d.value),
            )
            for d in derived
            if d.name == "importance" and d.subject == failed.id and d.value is not None
            for entry in d.objects
        ),
        float(own["relief"].value or 0) if "relief" in own else None,
    )


def impact_text(graph: SystemGraph, told: Impact) -> str:
    """Return an impact in sentences: what stops, by which way, what goes on, and what it costs."""
    name, count = told.failed.name, len(told.stopped)
    out = [
        f"When {name} fails, {plural(count, 'component')} {'stops' if count == 1 else 'stop'}:"
        if count
        else f"Nothing else stops when {name} fails, as far as the sources say."
    ]
    for one in told.stopped:
        why = (
            _labels(graph, one.way, " → ")
            or ("no request gets there" if one.unreached else f"it needs {name}")
        )  # fmt: skip
        out.append(f"  {graph.label(one.id)}{' (entry point)' if one.entry else ''}: {why}")
    if told.goes_on:
        out.append("Goes on without it: " + _labels(graph, told.goes_on))
    if told.together:
        out.append("Stops an entry point together with any of: " + _labels(graph, told.together))
    if any(d.name == "pairsUnread" for d in graph.derived):
        out.append(
            "With what else it stops an entry point was not worked out: too many parts stand in for others."
        )
    if told.copies:
        out.append("Takes all copies at once: " + _labels(graph, told.copies))
    if told.cut_off:
        out.append(f"No request from outside reaches {plural(told.cut_off, 'component')} without it.")
    out += [
        f"{graph.label(a.entry)}: expected up {a.expected:.3%} of the time ({_BASIS[a.basis]}); "
        f"each hour for which this is down costs {a.cost:.3f} h there"
        for a in told.availability
    ]
    if told.relief is not None:
        out.append(f"A second instance removes {told.relief:.0%} of all expected downtime.")
    return "\n".join(out) + "\n"


def impact_json(told: Impact) -> dict[str, Any]:
    """Return an impact as JSON values, components by their ids.

    >>> impact_json(impact(SystemGraph(components=(Component("db", "DB"),)), "DB"))["stops"]
    []
    """
    return {
        "failed": told.failed.id,
        "stops": [
            {"id": s.id, "entry_point": s.entry, "way": list(s.way), "only_unreached": s.unreached}
            for s in told.stopped
        ],
        "goes_on": list(told.goes_on),
        "stops_an_entry_point_with": list(told.together),
        "takes_all_copies_of": list(told.copies),
        "cut_off": told.cut_off,
        "availability": [
            {"entry_point": a.entry, "expected": a.expected, "basis": a.basis, "hours_lost_per_hour": a.cost}
            for a in told.availability
        ],
        "second_instance_removes": told.relief,
    }


def paths(graph: SystemGraph, start: str, end: str, *, limit: int = 20) -> list[tuple[Flow, ...]]:
    """Return the ways from one component to another, none twice through a part, shortest first, each as its flows. Raises UnknownName."""
    first, last = find(graph, start), find(graph, end)
    flows = {(f.source, f.target): f for f in graph.flows}
    found = ways(mapped(graph), first.id, last.id, most=limit)
    return [tuple(flows[step] for step in pairwise(way)) for way in found if len(way) > 1]


def paths_text(graph: SystemGraph, found: Iterable[tuple[Flow, ...]]) -> str:
    r"""Return ways, a line each.

    >>> graph = SystemGraph(components=(Component("a", "A"), Component("b", "B")), flows=(Flow("f", "a", "b", "reads"),))
    >>> paths_text(graph, paths(graph, "a", "b"))
    'A —reads→ B\n'
    """
    return "".join(
        graph.label(way[0].source) + "".join(f" —{f.kind}→ {graph.label(f.target)}" for f in way) + "\n"
        for way in found
    )


def paths_json(found: Iterable[tuple[Flow, ...]]) -> list[list[dict[str, Any]]]:
    """Return ways as JSON values: of each the flows in their order, as the graph has them."""
    return [[flow_json(f) for f in way] for way in found]


def _labels(graph: SystemGraph, ids: Iterable[str], between: str = ", ") -> str:
    return between.join(map(graph.label, ids))
