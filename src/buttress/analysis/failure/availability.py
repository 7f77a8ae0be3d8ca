"""How much of the time an entry point works, what that depends on most, and which change helps most for its price."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from buttress import data
from buttress.compact import bits
from buttress.dependencies import instances, number, states
from buttress.faults import Causes, Chance, FaultTree, chance_of, down_share
from buttress.model import Component, Derived
from buttress.model.kinds import MESSAGING, STORES

MAX_STEPS = 200_000  # entries times nodes of the tree, up to which availability is worked out
TOLD = 5  # most important events of an entry that are told
DAYS_STATELESS, DAYS_STATEFUL = 1.0, 4.0  # a second instance: a replica count, or a copy with failover
_PERCENT = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class Assumption:
    """One number of the table of assumptions, with the source that it rests on."""

    name: str
    value: float
    source: str
    item: str
    url: str
    note: str


@cache
def assumptions() -> dict[str, Assumption]:
    """Return the table of assumptions by name.

    >>> assumptions()["instance"].value
    0.9995
    """
    with (data.ontology_dir() / "availability.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {
            r["name"]: Assumption(r["name"], float(r["value"]), r["source"], r["item"], r["url"], r["note"])
            for r in rows
        }


def stated_availability(component: Component) -> float | None:
    """Return the availability that the sources state for a component, as a share of time, or None.

    >>> from buttress.model import Fact
    >>> stated_availability(Component("a", "a", facts=(Fact("slo", "99.9 % a month"),)))
    0.999
    """
    if not component.facts:
        return None
    value = number(component, "availability")
    if value is None:
        for name in ("availability", "slo"):
            fact = component.fact(name)
            if fact is not None and fact.status == "stated" and isinstance(fact.value, str):
                found = [float(m) for m in _PERCENT.findall(fact.value) if 90 <= float(m) <= 100]
                if found and not re.search(
                    r"\bp\d\d|percentile|latenc|\d\s*ms\b|faster|below|within", fact.value
                ):
                    value = found[0]
                    break
    if value is not None and 1 < value <= 100:
        value = value / 100
    return round(value, 9) if value is not None and 0.5 <= value <= 1 else None


def analyse(tree: FaultTree, causes: Causes) -> list[Derived]:
    """Return the availability of the entries, what matters most for each, and the cheapest change that removes most downtime.

    Derived: `expectedAvailability` of an entry (value: share of the time; because: the stated numbers it rests on), `availabilityFrom` (value:
    stated, assumed or both), `importance` (objects: an entry; value: Birnbaum's importance of the subject for it; the five largest),
    `promisesMore` of a component that states more than its needs state together (value: what they come to; because: their facts), `relief` of what runs
    as one instance (objects: the entries that gain; value: share of all expected downtime that a second instance removes), `bestRelief`
    of the system (objects: the one with the most relief a day of work). Nothing is said of an entry whose diagram grows too large, nor
    of any when entries times components are more than 200,000.
    """
    assumed = assumptions()
    graph = tree.graph
    stated = {n: a for n, c in enumerate(graph.components) if (a := stated_availability(c)) is not None}
    out = _promises(tree, causes, stated)
    if not causes.doors or len(causes.doors) * len(tree.after) > MAX_STEPS:
        return out
    down = [0.0] * tree.events
    for n, component in enumerate(graph.components):
        down[n] = 1 - stated[n] if n in stated else _assumed(component)
    for n in range(len(graph.components), tree.events):
        down[n] = 1 - assumed["place"].value
    chances: dict[str, Chance] = {}
    for entry, node in tree.doors.items():
        chance = chance_of(tree, node, causes.doors[entry], down)
        if chance is None:
            continue
        chances[entry] = chance
        known = [n for n in sorted(chance.importance) if n in stated]
        basis = "assumed" if not known else "stated" if len(known) == len(chance.importance) else "both"
        because = tuple(_fact_of(tree, n) for n in known)
        out.append(Derived("expectedAvailability", entry, value=round(chance.up, 6), because=because))
        out.append(Derived("availabilityFrom", entry, value=basis))
        first = sorted(chance.importance.items(), key=lambda i: (-i[1] * down[i[0]], tree.names[i[0]]))[:TOLD]
        out += [Derived("importance", tree.names[n], objects=(entry,), value=round(i, 6)) for n, i in first]
    return out + _reliefs(tree, chances, down)


def _assumed(component: Component) -> float:
    """Return the share of time for which a component is assumed to be down."""
    table = assumptions()
    runs = instances(component)
    share = 1 - table["managed" if runs == "managed" else "instance"].value
    if runs != "several":
        return share
    count = int(max(number(component, "min_replicas") or 0, number(component, "replicas") or 0, 2))
    need = min(int(number(component, "quorum") or 1), count)
    return down_share(share, min(count, 50), min(need, 50), table["common_cause"].value)


def _fact_of(tree: FaultTree, node: int) -> str:
    component = tree.graph.components[node]
    name = "availability" if component.fact("availability") is not None else "slo"
    return f"{component.id}.{name}"


def _promises(tree: FaultTree, causes: Causes, stated: dict[int, float]) -> list[Derived]:
    """Return who promises more than what it needs promises: only from numbers that the sources state."""
    if causes.rows is None:
        return []
    out = []
    for n, promise in sorted(stated.items()):
        needs = [m for m in bits(causes.rows[n] & ~(1 << n)) if m in stated]
        possible = 1.0
        for m in needs:
            possible *= stated[m]
        if needs and possible < promise - 1e-9:
            because = (_fact_of(tree, n), *(_fact_of(tree, m) for m in needs))
            objects = tuple(tree.names[m] for m in needs)
            out.append(
                Derived(
                    "promisesMore", tree.names[n], objects=objects, value=round(possible, 6), because=because
                )
            )
    return out


def _reliefs(tree: FaultTree, chances: dict[str, Chance], down: list[float]) -> list[Derived]:
    """Return what a second instance of each single one would remove of the downtime of all entries together."""
    total = sum(1 - chance.up for chance in chances.values())
    if total <= 0:
        return []
    beta = assumptions()["common_cause"].value
    found: list[tuple[float, float, Derived]] = []
    weight: dict[int, dict[str, float]] = {}
    for entry, chance in chances.items():
        for n, importance in chance.importance.items():
            if importance > 0:
                weight.setdefault(n, {})[entry] = importance
    for n, gains in sorted(weight.items()):
        component = tree.graph.components[n] if n < len(tree.graph.components) else None
        if component is None or instances(component) != "one" or states(component, "failover"):
            continue
        share = (down[n] - down_share(down[n], 2, 1, beta)) * sum(gains.values()) / total
        if share > 0:
            days = DAYS_STATEFUL if component.kind in STORES | MESSAGING else DAYS_STATELESS
            relief = Derived("relief", component.id, objects=tuple(gains), value=round(share, 3))
            found.append((-share / days, days, relief))
    found.sort(key=lambda f: (f[0], f[2].subject))
    out = [relief for _, _, relief in found]
    if out:
        out.append(Derived("bestRelief", "system", objects=(out[0].subject,), value=out[0].value))
    return out
