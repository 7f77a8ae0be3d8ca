"""The security checklist: each item with what the sources say of it, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from buttress.model import Component, Evidence, Flow, SystemGraph
from buttress.model.kinds import MESSAGING, RUNTIME, STORES

_INNER = STORES | MESSAGING
_RUNNING = RUNTIME | _INNER
State = Literal["yes", "partly", "planned", "no", "named", "not said"]


@dataclass(frozen=True, slots=True)
class Check:
    """One item, the state of it in the sources, and the places that show it; `named` is a topic without a claim about it."""

    group: str
    item: str
    state: State
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """What settles an item: topics, facts that are good to have, facts that speak against it, and who should have the good ones."""

    group: str
    item: str
    topics: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    all_of: frozenset[str] = (
        frozenset()
    )  # kinds of components that should all have the facts; "flow" for flows


_ACCESS, _DATA, _NETWORK = "Authentication and authorisation", "Data protection", "Network"
_SUPPLY, _LAW = "Python and supply chain", "Compliance"
_ITEMS: tuple[_Item, ...] = (
    _Item(_ACCESS, "Users and services are authenticated", ("authentication", "authentication-jwt", "authentication-oidc"), ("authentication",)),
    _Item(_ACCESS, "What a caller may do is checked", ("authorization",), ("authorization",)),
    _Item(_ACCESS, "Tokens expire and can be revoked", ("token-expiration", "token-revocation"), ("token_validation",)),
    _Item(_ACCESS, "Passwords are hashed with a slow function", ("password-hashing",), ("password_hashing",)),
    _Item(_DATA, "Traffic is encrypted", ("tls-in-transit", "encryption-end-to-end"), ("encryption_in_transit",), all_of=frozenset(("flow",))),
    _Item(_DATA, "Stored data is encrypted", ("encryption-at-rest",), ("encryption_at_rest",), all_of=STORES),
    _Item(_DATA, "Secrets come from a store, not from files", ("secrets-management", "key-management"), ("secrets_from_store",), ("secrets_in_plaintext",)),
    _Item(_DATA, "Retention and deletion of personal data are settled", ("data-retention", "privacy")),
    _Item(_DATA, "Backups exist", ("backups",), ("backup",)),
    _Item(_NETWORK, "Inner parts can't be reached from outside", ("network-isolation",), ("network_policy",), ("published_ports",), _RUNNING),
    _Item(_NETWORK, "Requests are limited per caller", ("rate-limiting",), ("rate_limit",)),
    _Item(_NETWORK, "Other origins are let in by name only (CORS)", ("cors",)),
    _Item(_NETWORK, "Security headers are set", ("secure-headers",)),
    _Item(_SUPPLY, "Input is validated at the boundary", ("input-validation",)),
    _Item(_SUPPLY, "Dependencies and images are scanned", ("vulnerability-scanning",)),
    _Item(_SUPPLY, "Containers run without root", ("image-hardening",), ("non_root",), ("privileged", "privilege_escalation"), _RUNNING),
    _Item(_LAW, "Who did what is recorded (audit log)", ("audit-logging",), ("audit_log",)),
    _Item(_LAW, "Personal data is known and protected (GDPR, HIPAA, PCI DSS where they apply)", ("privacy",)),
)  # fmt: skip


def checklist(graph: SystemGraph) -> tuple[Check, ...]:
    """Return the security checklist of a graph; an item that no source mentions is `not said`, never `no`.

    What only some of those who should have it have is `partly`, and so is what one source states and another one disproves.

    >>> {c.state for c in checklist(SystemGraph())}
    {'not said'}
    """
    return tuple(_check(graph, item) for item in _ITEMS)


def _check(graph: SystemGraph, item: _Item) -> Check:
    good: list[Evidence] = []
    planned: list[Evidence] = []
    bad: list[Evidence] = []
    named: list[Evidence] = []
    for stance in graph.stances:
        if stance.topic in item.topics:
            place = (
                {"addressed": good, "planned": planned}.get(stance.status, bad) if stance.claimed else named
            )
            place.extend(stance.evidence[:1])
    told, having, wanting = bool(good), 0, 0
    holders: tuple[Component | Flow, ...] = (*graph.components, *graph.flows)
    for holder in holders:
        kind = holder.kind if isinstance(holder, Component) else "flow"
        has = False
        for fact in holder.facts:
            denied = fact.absent
            if fact.name in item.facts:
                (bad if denied else good).extend(fact.evidence[:1])
                has = has or not denied
            elif (
                fact.name in item.against
                and not denied
                and (fact.name != "published_ports" or kind in _INNER)
            ):
                bad.extend(fact.evidence[:1])
        having += has
        wanting += kind in item.all_of and not has and _is_told_of(holder)
    state: State = "not said"
    if good or planned or bad:
        some = bool(good) and not told and having > 0 and wanting > 0
        state = "partly" if (good and bad) or some else "yes" if good else "no" if bad else "planned"
    elif named:
        state = "named"
    bad.sort(key=lambda e: "compose" in e.source)  # what ships tells more than what runs on a laptop
    chosen = (bad[:1] + good if state == "partly" else good or bad or planned or named)[:2]
    return Check(item.group, item.item, state, tuple(dict.fromkeys(chosen)))


def _is_told_of(holder: Component | Flow) -> bool:
    """Return whether configuration shows it, so that a missing fact there tells something; of flows any source will do."""
    return isinstance(holder, Flow) or any(e.form == "config" for e in holder.evidence)
