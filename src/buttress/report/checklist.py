"""The security checklist: each item with what the sources say of it, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from buttress.model import Evidence, SystemGraph

State = Literal["yes", "partly", "planned", "no", "named", "not said"]


@dataclass(frozen=True, slots=True)
class Check:
    """One item, the state of it in the sources, and the places that show it; `named` is a topic without a claim about it."""

    group: str
    item: str
    state: State
    evidence: tuple[Evidence, ...]


# group, item, topics that settle it, facts of components or flows that settle it
_ITEMS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Authentication and authorisation", "Users and services are authenticated",
     ("authentication", "authentication-jwt", "authentication-oidc"), ("authentication",)),
    ("Authentication and authorisation", "What a caller may do is checked", ("authorization", "least-privilege"), ("authorization",)),
    ("Authentication and authorisation", "Tokens expire and can be revoked", ("token-expiration", "token-revocation"), ("token_validation",)),
    ("Authentication and authorisation", "Passwords are hashed with a slow function", ("password-hashing",), ("password_hashing",)),
    ("Data protection", "Traffic is encrypted", ("tls-in-transit", "encryption-end-to-end"), ("encryption_in_transit",)),
    ("Data protection", "Stored data is encrypted", ("encryption-at-rest",), ("encryption_at_rest",)),
    ("Data protection", "Secrets come from a store, not from files", ("secrets-management", "key-management"), ("secrets_from_store",)),
    ("Data protection", "Retention and deletion of personal data are settled", ("data-retention", "privacy"), ()),
    ("Data protection", "Backups exist", ("backups",), ("backup",)),
    ("Network", "Inner parts can't be reached from outside", ("network-isolation",), ("network_policy",)),
    ("Network", "Requests are limited per caller", ("rate-limiting",), ("rate_limit",)),
    ("Network", "Other origins are let in by name only (CORS)", ("cors",), ()),
    ("Network", "Security headers are set", ("secure-headers",), ()),
    ("Python and supply chain", "Input is validated at the boundary", ("input-validation",), ()),
    ("Python and supply chain", "Dependencies and images are scanned", ("vulnerability-scanning", "image-hardening"), ()),
    ("Python and supply chain", "Containers run without root", ("image-hardening",), ("non_root",)),
    ("Compliance", "Who did what is recorded (audit log)", ("audit-logging",), ()),
    ("Compliance", "Personal data is known and protected (GDPR, HIPAA, PCI DSS where they apply)", ("privacy",), ()),
)  # fmt: skip


def checklist(graph: SystemGraph) -> tuple[Check, ...]:
    """Return the security checklist of a graph; an item that no source mentions is `not said`, never `no`.

    >>> {c.state for c in checklist(SystemGraph())}
    {'not said'}
    """
    return tuple(_check(graph, *item) for item in _ITEMS)


def _check(
    graph: SystemGraph, group: str, item: str, topics: tuple[str, ...], facts: tuple[str, ...]
) -> Check:
    good: list[Evidence] = []
    planned: list[Evidence] = []
    bad: list[Evidence] = []
    named: list[Evidence] = []
    for stance in graph.stances:
        if stance.topic in topics:
            place = {"addressed": good, "planned": planned}.get(stance.status, bad) if stance.claimed else named
            place.extend(stance.evidence[:1])
    facts_of = [c.facts for c in graph.components] + [f.facts for f in graph.flows]
    for held in facts_of:
        for fact in held:
            if fact.name in facts:
                denied = fact.status == "denied" or fact.value is False
                (bad if denied else good).extend(fact.evidence[:1])
    state: State = "not said"
    if good or planned or bad:
        state = "partly" if good and bad else "yes" if good else "no" if bad else "planned"
    elif named:
        state = "named"
    chosen = (bad + good if state == "partly" else good or bad or planned or named)[:2]
    return Check(group, item, state, tuple(dict.fromkeys(chosen)))
