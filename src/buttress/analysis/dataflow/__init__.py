"""Data flow: where sensitive data goes, which lines of trust flows cross, and what is open to the outside.

Sources: Regulation (EU) 2016/679 (GDPR), articles 5, 25, 28 and 32; Shostack 2014, "Threat Modeling" (trust boundaries);
Kildall 1973, "A Unified Approach to Global Program Optimization" (propagation to a fixpoint).
"""

from __future__ import annotations

from buttress.analysis.dataflow import classes, openings
from buttress.faults import FaultTree
from buttress.model import Derived


def analyse(tree: FaultTree) -> tuple[Derived, ...]:
    """Return where sensitive data goes and which lines are crossed.

    Derived: `handles` (value: a class of sensitive data that surely gets there; because: the fact that says so and the flows from there),
    `maySend` of a flow from what handles such data to a place where that matters, when nothing says what it carries (value: the class; objects:
    where to), `sendsTo` of a flow that carries it for sure (value, objects: the same), `keepsForGood` of a cache that holds it and for
    which a time to live is denied (value: the class), `movesRegion` of a flow that carries it into another region (value: the class),
    `crossesTrust` of a flow between two trust boundaries (objects: them), `openStore` of a store that clients outside reach directly (objects: they;
    because: the flows), `adminPort` of a tool or port of administration that is published (value: the port).
    """
    return (
        *classes.spread(tree),
        *openings.crossings(tree),
        *openings.open_stores(tree),
        *openings.admin_ports(tree),
    )
