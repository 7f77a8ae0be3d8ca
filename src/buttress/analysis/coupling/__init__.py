"""Coupling: circles, shared stores, fan-in and fan-out, depth, direction, and how the drawn boundaries fit the flows.

Sources: Tarjan 1972 (strongly connected components); Martin 1994, "OO Design Quality Metrics" (instability, stable dependencies);
Taibi and Lenarduzzi 2018, "On the Definition of Microservice Bad Smells"; Newman 2006, "Modularity and community structure in networks".
"""

from __future__ import annotations

from buttress.analysis.coupling import boundaries, cycles, fans, sharing
from buttress.analysis.coupling.own import own_services
from buttress.faults import FaultTree
from buttress.model import Derived
from buttress.model.kinds import STORES
from buttress.workloads.processes import program_of


def analyse(tree: FaultTree) -> tuple[Derived, ...]:
    """Return the coupling of a graph as derived facts.

    Derived: `syncCycle` (objects: members in order; because: the cycle), `cutHere` of the first member (objects: the flows to cut so that no
    circle is left, the fewest that were found; value: how many), `sharedStore` (objects: services using it),
    `sharedTables` (objects: programs that are given the address of a database, of which nobody says what each does there),
    `sharedWriters` (objects: services that write it), `sharedByTeams` (objects: the teams; value: how many), `manyOwners` (value: teams),
    `acrossTeams` of the system (value: share of the waiting calls that cross teams), `fanIn`, `fanOut` (values: distinct callers, callees),
    `instability` (value: fan-out / (fan-in + fan-out)), `againstStability` of a flow (value: by how much its target is less stable than
    its source), `syncDepth` of an entry (value: components in the longest chain of waiting calls, gateways aside; because: the chain), `hub` (value:
    fan-in), `twoWay` (objects: the other), `chatty` (objects: the other; value: kinds of calls between them), `backEdge` of a flow that leads
    from a service back to the edge, `ownService` (value: yes), `serviceCount` of the system (how many programs they are: a web server and its worker
    out of one image are one), `storeCount`, `modularity` and `bestModularity` of the system (how well drawn and best
    boundaries fit, up to 2,000 components), `closerTo` (objects: the boundary where most of its flows lead; value: their share).
    """
    graph = tree.graph
    parts = tree.dependencies.running
    inner = frozenset(parts)
    own = own_services(graph, parts)
    return (
        Derived("serviceCount", "system", value=len({program_of(tree.dependencies.by_id[i]) for i in own})),
        *(Derived("ownService", id_, value="yes") for id_ in own),
        Derived("storeCount", "system", value=sum(c.kind in STORES for c in graph.components)),
        *cycles.circles(tree),
        *cycles.depths(tree),
        *sharing.shared(tree),
        *fans.fans(tree, inner),
        *boundaries.fit(tree),
    )
