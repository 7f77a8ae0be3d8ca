"""How texts call the components that other sources show."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.model import Component
from buttress.model.kinds import STORES
from buttress.names import GENERIC, words_of


def shortened(names: Sequence[str]) -> list[str]:
    """Return the long hyphened names without a last word that says nothing: "acme-shop-zuul-server" is called "acme-shop-zuul" too.

    >>> shortened(["acme-shop-zuul-server", "acme-server"])
    ['acme-shop-zuul']
    """
    cut = [n.rpartition("-") for n in names if n.count("-") > 2]
    return [head for head, _, last in cut if last in GENERIC]


def written_out(component: Component) -> list[str]:
    """Return the names of a store with `database` in the place of `db`: people write out what machines shorten.

    >>> written_out(Component("orders-db", "orders-db", "relational_db"))
    ['orders database']
    """
    if component.kind not in STORES:
        return []
    names = (words_of(n) for n in (component.name, *component.aliases))
    return [" ".join((*w[:-1], "database")) for w in names if len(w) > 1 and w[-1] == "db"]
