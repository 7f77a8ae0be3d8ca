"""Which kinds of components can have which facts: a customer has no replicas, and a service keeps no backups."""

from __future__ import annotations

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.facts.ledger import OUTSIDE

LIVE = frozenset(("service", "web_frontend", "gateway", "load_balancer", "worker", "scheduler"))
KEEPING = STORES | MESSAGING | {"identity_provider", "secret_store", "config_server"}
# Who can have a fact, where the ontology's "a component" is too wide for prose.
_FITS: dict[str, frozenset[str]] = {
    "backup": KEEPING,
    "encryption_at_rest": KEEPING,
    "replicated": KEEPING,
    "persistent": KEEPING,
    "retention": KEEPING | {"monitoring"},
    "rpo": KEEPING,
    "rto": KEEPING | LIVE,
    "ttl": frozenset(("cache", "key_value_db")),
    "dead_letter_queue": MESSAGING | {"worker", "service"},
    "stateless": LIVE,
    "rate_limit": LIVE | {"cdn", "external_service"},
    "outbox": LIVE,
    "acknowledgement": LIVE,
    "idempotent": LIVE,
    "load_balanced": LIVE | STORES,
}
NEVER = frozenset(("actor", "library_or_module"))
_OURS = frozenset(
    ("replicas", "backup", "single_instance", "stateless", "multi_zone", "owner", "min_replicas")
)


def fits(kind: str, name: str) -> bool:
    """Return whether a component of that kind can have the fact.

    >>> fits("cache", "ttl"), fits("service", "backup"), fits("actor", "replicas")
    (True, False, False)
    """
    if kind in NEVER or (kind in OUTSIDE and name in _OURS):
        return False
    if kind == "compute_host" and name in ("replicas", "single_instance"):
        return False
    return kind in _FITS[name] if name in _FITS else True
