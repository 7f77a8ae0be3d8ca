"""Whose interface a contract describes: the application's that has its name.

Contracts are read before the code that they belong to, which may have the name of a container and its own: it joins the first
only, and leaves the contract apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from buttress.merge.clustering import Cluster, compatible
from buttress.model import Fragment
from buttress.names import keys


def join_contracts(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters; a contract that nothing else is joined to becomes part of the only application of its name."""
    contracts = [c for c in clusters if all(ranked[n].reader == "openapi" for n, _ in c.members)]
    applications = [
        c
        for c in clusters
        if any(ranked[n].reader == "python" and m.fact("code_folder") for n, m in c.members)
    ]
    gone: set[int] = set()
    for contract in contracts:
        named = [a for a in applications if _same_name(a, contract)]
        if len(named) == 1:
            named[0].absorb(contract, "the contract of its interface has its name")
            gone.add(id(contract))
    return [c for c in clusters if id(c) not in gone]


def _same_name(application: Cluster, contract: Cluster) -> bool:
    wanted = {keys(n)[2] for n in contract.names()}
    return any(compatible(contract.kind(), k) for k in application.kinds()) and any(
        keys(n)[2] in wanted for n in application.names()
    )
