"""What the sources show of production: which tools put the system's own programs and stores there, and which files say so."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.model import Component, Evidence, Fact, Fragment
from buttress.model.kinds import MESSAGING, RUNTIME, STORES
from buttress.workloads.folders import is_for_developing

_TOOLS = frozenset(("kubernetes", "helm", "terraform", "cloudformation", "azure"))
# A bucket, a balancer or an entry stand beside any way of running things.
_RUN = (RUNTIME | STORES | MESSAGING) - {"gateway", "object_store"}
# A machine carries whatever is started on it, also what a Compose file names.
_MACHINES = frozenset(("ec2", "ec2-auto-scaling", "compute-engine"))


def deployed_by(ranked: Sequence[Fragment]) -> tuple[Fact, ...]:
    """Return the fact by which tools programs or stores get to production, with the first line of each; empty if none says so.

    What only configures a program (a proxy, a server), builds it or starts it on a laptop says nothing of it.

    >>> here = Evidence("k8s/shop.yaml", 1, 1, "kind: Deployment", "config")
    >>> shop = Component("shop", "shop", evidence=(here,))
    >>> [f.value for f in deployed_by([Fragment("kubernetes", components=(shop,))])]
    [('kubernetes',)]
    >>> deployed_by([Fragment("nginx", components=(shop,))])
    ()
    """
    found: dict[str, Evidence] = {}
    for fragment in ranked:
        places = (_place(c) for c in fragment.components) if fragment.reader in _TOOLS else ()
        place = next((p for p in places if p is not None), None)
        if place is not None:
            found.setdefault(fragment.reader, place)
    if not found:
        return ()
    return (Fact("deployed_by", tuple(sorted(found)), "stated", tuple(found[r] for r in sorted(found))),)


def _place(component: Component) -> Evidence | None:
    """Return the line at which a program or store is put to production, or None."""
    if component.kind not in _RUN or component.technology in _MACHINES:
        return None
    told = (e for e in component.evidence if e.form == "config")
    return next((e for e in told if not is_for_developing("/".join(e.source.split("/")[-2:]))), None)
