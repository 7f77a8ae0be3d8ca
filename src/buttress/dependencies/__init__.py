"""What depends on what, and how strongly: the reading of flows that all analyses share.

A flow carries failure from its target to its source unless something softens it. A *hard* dependency is one whose target must
work for the source to do its work: a synchronous call, read or write, a route, a publish without an outbox, a consumer's
broker, the host it runs on. A *soft* one is a flow with a stated fallback or stale answers, telemetry, a cache in front of another
store, an asynchronous call, and what is read at the start only. Source of the model: Fault Tree Handbook, NUREG-0492, chapters II and IV.
"""

from buttress.dependencies.entries import BUILDERS, entry_points
from buttress.dependencies.facts import (
    AT_START,
    EDGE,
    OFF_PATH,
    PASSIVE,
    administers,
    denies,
    instances,
    is_outside,
    is_synchronous,
    is_text_alone,
    number,
    states,
    waits,
)
from buttress.dependencies.reading import NEEDED, WAITED, Dependencies, reach, read_dependencies
from buttress.dependencies.redundancy import Group
from buttress.dependencies.wiring import HAS_EVIDENCE, HAS_FACTS, SORTS, Wiring, table

__all__ = [
    "AT_START",
    "BUILDERS",
    "EDGE",
    "HAS_EVIDENCE",
    "HAS_FACTS",
    "NEEDED",
    "OFF_PATH",
    "PASSIVE",
    "SORTS",
    "WAITED",
    "Dependencies",
    "Group",
    "Wiring",
    "administers",
    "denies",
    "entry_points",
    "instances",
    "is_outside",
    "is_synchronous",
    "is_text_alone",
    "number",
    "reach",
    "read_dependencies",
    "states",
    "table",
    "waits",
]
