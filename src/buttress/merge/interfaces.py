"""Whose interface a contract describes: who names its file in a catalog, the application that has its name, or in whose package it lies.

Contracts are read before the code that they belong to, which may have the name of a container and its own: it joins the first
only, and leaves the contract apart.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from buttress.merge.clustering import Cluster, compatible
from buttress.model import Fragment
from buttress.names import keys

# Folders with what a program calls, whose contracts are others'.
_OF_OTHERS = frozenset(
    "client clients connector connectors external integration integrations provider providers sdk vendor vendors third_party tests".split()
)


_CONTRACTS = frozenset(("openapi", "asyncapi"))


def join_contracts(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters; a contract that nothing else is joined to becomes part of the only application of its name, or that holds it."""
    clusters = _named_in_a_catalog(clusters, ranked)
    contracts = [
        c
        for c in clusters
        if {"openapi"} <= {ranked[n].reader for n in c.fragments()} <= {"openapi", "prose"}
    ]
    applications = [
        c
        for c in clusters
        if any(ranked[n].reader == "python" and m.fact("code_folder") for n, m in c.members)
    ]
    gone: set[int] = set()
    for contract in contracts:
        alone = all(ranked[n].reader == "openapi" for n in contract.fragments())
        named = [a for a in applications if alone and _same_name(a, contract)]
        holding = [a for a in applications if _holds(a, contract, ranked)] if len(applications) == 1 else []
        for found, why in ((named, "has its name"), (holding, "lies in its package")):
            if len(found) == 1 and id(contract) not in gone:
                found[0].absorb(contract, f"the contract of its interface {why}")
                gone.add(id(contract))
    return [c for c in clusters if id(c) not in gone]


def _named_in_a_catalog(clusters: Sequence[Cluster], ranked: Sequence[Fragment]) -> list[Cluster]:
    """Return the clusters; the application of a contract is the only part whose entry in a catalog names that file."""
    out = list(clusters)
    for contract in clusters:
        readers = {ranked[n].reader for n in contract.fragments()}
        if not readers & _CONTRACTS or not readers <= {*_CONTRACTS, "prose"}:
            continue
        files = {
            e.source for n, m in contract.members if ranked[n].reader in _CONTRACTS for e in m.evidence[:1]
        }
        offering = [c for c in out if c is not contract and files & _contract_files(c)]
        if len(offering) == 1 and compatible(contract.kind(), offering[0].kind()):
            offering[0].absorb(contract, f"its entry in the catalog names {min(files)}")
            out.remove(contract)
    return out


def _contract_files(cluster: Cluster) -> set[str]:
    facts = (m.fact("contract_files") for _, m in cluster.members)
    return {str(path) for f in facts if f is not None and isinstance(f.value, tuple) for path in f.value}


def _same_name(application: Cluster, contract: Cluster) -> bool:
    wanted = {keys(n)[2] for n in contract.names()}
    return any(compatible(contract.kind(), k) for k in application.kinds()) and any(
        keys(n)[2] in wanted for n in application.names()
    )


def _holds(application: Cluster, contract: Cluster, ranked: Sequence[Fragment]) -> bool:
    """Return whether a contract lies among the code of an application that answers requests, and not with what is for asking others."""
    code = [n for n, m in application.members if ranked[n].reader == "python" and m.fact("framework")]
    packages = {name.partition(".")[0] for n in code for name in ranked[n].defined}
    places = [e.source for n, m in contract.members if ranked[n].reader == "openapi" for e in m.evidence[:1]]
    folders = [posixpath.dirname(place).removeprefix("src/").split("/") for place in places]
    return bool(folders) and all(f[0] in packages and _OF_OTHERS.isdisjoint(f) for f in folders)
