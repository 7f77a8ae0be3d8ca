"""From drawn edges to flows: who starts it, of what kind it is, and whether the caller waits."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from buttress.drawings.drawing import Head
from buttress.drawings.edges import EdgeLabel
from buttress.drawings.kinds import EDGES, RUNTIMES, rank
from buttress.model import Evidence, Fact
from buttress.model.kinds import MESSAGING, STORES

_PUSHED = frozenset({"external_service", "actor"})
_QUEUE_LIKE = frozenset({"cache", "key_value_db"})
_SERVED = frozenset({"secret_store", "config_server"})
# Where a part shows its figures to whom asks for them.
_METRICS = re.compile(r"(?:GET )?/(?:\w+/)?(?:metrics|prometheus)", re.IGNORECASE)
_KEEPERS = STORES | {
    "external_service",
    "other",
    "library_or_module",
    "service_registry",
    "config_server",
    "secret_store",
}


@dataclass(frozen=True, slots=True)
class End:
    """One end of an edge: the id and kind of its component.

    `shows` says that people look at figures there, `records` that it keeps what others only add to, `watches` that it
    asks others how they do.
    """

    id: str
    kind: str
    shows: bool = False
    records: bool = False
    watches: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """One flow to be: source and target ids, kind, and what the label says."""

    source: str
    target: str
    kind: str
    sync: bool | None
    protocol: str | None
    facts: tuple[Fact, ...] = ()


def arrows(
    source: End, target: End, label: EdgeLabel, head: Head, sync: bool | None = None
) -> tuple[Arrow, ...]:
    """Return the flows that one edge stands for: two if it reads and writes.

    A line with two heads is one exchange: the end that it was drawn from starts it, unless the other one only answers, as stores do.

    >>> shop, db = End("shop", "service"), End("db", "relational_db")
    >>> [(a.source, a.kind, a.target) for a in arrows(db, shop, EdgeLabel(), "forward")]
    [('shop', 'reads', 'db')]
    """
    if source.id == target.id:
        return ()
    answers = source.kind not in MESSAGING if head == "both" else head == "none"
    if answers and rank(source.kind) > rank(target.kind):
        source, target = target, source
    return _directed(source, target, label, sync)


def without_direction(source: End, target: End, label: EdgeLabel, head: Head, here: Evidence) -> EdgeLabel:
    """Return a label with the fact that nothing tells which end starts the line: no head, no verb, two ends of one sort.

    >>> here = Evidence("a.dot", 1, 1, "orders -- stock", "diagram")
    >>> ends = End("orders", "service"), End("stock", "service")
    >>> [f.name for f in without_direction(*ends, EdgeLabel(), "none", here).facts]
    ['undirected']
    """
    if head != "none" or label.kinds or rank(source.kind) != rank(target.kind):
        return label
    return replace(label, facts=(*label.facts, Fact("undirected", True, "stated", (here,))))


def _directed(source: End, target: End, label: EdgeLabel, sync: bool | None) -> tuple[Arrow, ...]:
    turned = _turned(source, target, label)
    if turned:
        source, target = target, source
    out = []
    for kind in _kinds(source, target, label, turned):
        waits = _waits(kind, label, sync)
        out.append(Arrow(source.id, target.id, kind, waits, label.protocol, label.facts))
    return tuple(out)


def _waits(kind: str, label: EdgeLabel, sync: bool | None) -> bool | None:
    """Return whether the caller waits: what the label says, what answers showed, what the verb implies."""
    if kind in ("publishes", "consumes"):
        return label.sync if label.exact and label.sync is not None else False
    if label.sync is not None:
        return label.sync
    if sync is not None:
        return sync
    said = set(label.kinds)
    if kind in ("reads", "writes"):
        return True if said & {"reads", "writes"} else None
    return True if kind == "calls" and said & {"reads", "calls"} else None


def _turned(source: End, target: End, label: EdgeLabel) -> bool:
    """Return whether the arrow shows where data goes, so that its head is the one that starts it."""
    first = label.kinds[0] if label.kinds else None
    if label.passive or (target.watches and source.kind in STORES | MESSAGING):
        return True
    if target.kind == "monitoring" and (source.watches or _METRICS.fullmatch(label.text)):
        return source.kind in RUNTIMES or source.watches
    if source.kind in MESSAGING and target.kind not in MESSAGING:
        if target.kind in STORES or target.kind == "monitoring":
            return False
        return not (target.kind in _PUSHED and first in (None, "calls", "publishes", "routes"))
    if label.exact:
        return False
    if source.kind in STORES and (target.kind in RUNTIMES or target.kind == "actor"):
        return True
    if source.kind in STORES and target.kind == "monitoring":
        # What is shown is fetched from where it is kept.
        return first == "reads" or (target.shows and first not in ("publishes", "writes"))
    if source.kind in _SERVED and target.kind in RUNTIMES:
        return first not in ("calls", "publishes")
    return source.kind == "monitoring" and target.shows and first not in ("publishes", "writes")


def _kinds(source: End, target: End, label: EdgeLabel, turned: bool) -> tuple[str, ...]:
    if label.exact and not turned:
        return label.kinds
    if source.watches and target.kind in MESSAGING:
        return ("calls",)
    if target.kind in MESSAGING:
        return (_with_broker(source, label, turned),)
    if label.messages and target.kind in _QUEUE_LIKE and not label.kinds:
        return ("consumes",) if turned else ("publishes",)
    if label.messages and target.kind in _QUEUE_LIKE and not turned:
        carried = {
            "reads": "consumes",
            "consumes": "consumes",
            "writes": "publishes",
            "publishes": "publishes",
        }
        kinds = tuple(dict.fromkeys(carried[k] for k in label.kinds if k in carried))
        if kinds:
            return kinds
    return tuple(dict.fromkeys(_kind(source, target, said, label, turned) for said in label.kinds or (None,)))


def _with_broker(source: End, label: EdgeLabel, turned: bool) -> str:
    said = label.kinds[0] if label.kinds else None
    if turned or said in ("consumes", "reads"):
        return "consumes"
    if said in ("replicates", "runs_on", "depends_on"):
        return said
    if source.kind in EDGES and said == "routes":
        return "routes"
    return "publishes"


def _kind(source: End, target: End, said: str | None, label: EdgeLabel, turned: bool) -> str:
    """Return the kind of a flow to what is no broker: what the label says if the target can be used so."""
    if said in ("replicates", "runs_on", "depends_on"):
        return said
    if target.kind in STORES:
        if source.kind in EDGES and said in (None, "routes"):
            return "routes"
        if source.kind in STORES and said is None:
            return "replicates" if source.kind == target.kind else "reads"
        if said in (None, "calls", "routes") or turned:
            return "writes" if target.records and not turned else "reads"
        return said
    if said in ("reads", "writes") and target.kind in _KEEPERS:
        return said if target.kind in STORES else "calls"
    if said == "routes" and (source.kind == "actor" or target.kind == "dns"):
        return "calls"
    if said == "routes" or (source.kind in EDGES and (said is None or label.path)):
        return "routes" if source.kind in EDGES or said == "routes" else "calls"
    if turned and target.kind in ("monitoring", *_SERVED):
        return "reads"
    return "calls"
