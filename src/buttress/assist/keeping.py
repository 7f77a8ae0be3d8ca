"""`buttress.additions.yaml`: claims written in a stable order, and new ones put among those that are there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from buttress.model import Claim, Component, Fact, Flow, Merge, Rejection, Stance
from buttress.model.additions_form import ENTRIES, SCHEMA
from buttress.names import keys

HEADER = """\
# What people, agents and models have added to the reading, each with the words that say it. Every command reads it.
# Edit it as you like; `buttress amend` sorts it anew and keeps no comments: say why under `reason`.
"""
Key = tuple[str, ...]


def joined(old: Sequence[Claim], new: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return old and new claims in the order of the file; of two about the same thing the later one stays."""
    kept: dict[Key, Claim] = {}
    for claim in (*old, *new):
        kept = {key: c for key, c in kept.items() if key not in _opposites(claim)}
        kept[_key(claim)] = claim
    order = list(ENTRIES)
    return tuple(sorted(kept.values(), key=lambda c: (order.index(list_of(c)), _key(c))))


def same(first: Claim, second: Claim) -> bool:
    """Return whether two claims say the same with the same words, wherever they are written."""
    return replace(first, file="", at=0, line=0) == replace(second, file="", at=0, line=0)


def list_of(claim: Claim) -> str:
    """Return the list of the form in which a claim stands.

    >>> list_of(Claim(Fact("timeout", 2), "2 s", "a.yaml", 1))
    'facts'
    """
    types = {Component: "components", Flow: "flows", Fact: "facts", Stance: "stances", Merge: "merges"}
    return types.get(type(claim.value), "rejections")


def _key(claim: Claim) -> Key:
    """Return what a claim is about; two with one key can't both hold."""
    value, list_ = claim.value, list_of(claim)
    match value:
        case Component():
            return list_, keys(value.name)[0]
        case Flow():
            return list_, keys(value.source)[0], keys(value.target)[0], value.kind
        case Fact():
            return list_, *(keys(n)[0] for n in claim.owner), value.name
        case Stance():
            return list_, value.topic, value.status, claim.source
        case Merge():
            return list_, *sorted(keys(n)[0] for n in value.names)
        case Rejection():
            return list_, *(keys(n)[0] for n in value.names), value.kind or ""


def _opposites(claim: Claim) -> set[Key]:
    """Return the keys of earlier claims that a claim takes back: who adds what was rejected, or rejects what was added."""
    key = _key(claim)
    match claim.value:
        case Component():
            return {("rejections", key[1], "")}
        case Flow():
            return {("rejections", *key[1:3], key[3]), ("rejections", *key[1:3], "")}
        case Rejection(names=(_,)):
            return {("components", key[1])}
        case Rejection(kind=kind):
            from buttress.model import FLOW_KINDS

            return {("flows", *key[1:3], k) for k in ((kind,) if kind else FLOW_KINDS)}
        case _:
            return set()


def rendered(claims: Iterable[Claim], *, folder: str = "", header: str = HEADER) -> str:
    """Return claims as the text of an additions file that lies in `folder`; same claims, same bytes."""
    import yaml

    lists: dict[str, list[dict[str, Any]]] = {}
    for claim in claims:
        lists.setdefault(list_of(claim), []).append(entry(claim, folder=folder))
    whole = {"schema": SCHEMA, **{name: lists[name] for name in ENTRIES if name in lists}}
    return header + yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=110)


def entry(claim: Claim, *, folder: str = "") -> dict[str, Any]:
    """Return a claim as an entry of the form; what is unknown is left out."""
    value = claim.value
    made: dict[str, Any]
    match value:
        case Component():
            made = {
                "name": value.name,
                "kind": value.kind,
                "technology": value.technology,
                "aliases": list(value.aliases),
            }
        case Flow():
            made = {
                "from": value.source,
                "to": value.target,
                "kind": value.kind,
                "sync": value.sync,
                "protocol": value.protocol,
            }
        case Fact():
            shown = list(value.value) if isinstance(value.value, tuple) else value.value
            made = {**owned(claim.owner), "name": value.name, "value": shown, "status": value.status}
            if value.status == "denied":
                made.pop("value")
        case Stance():
            made = {"topic": value.topic, "status": value.status}
        case Merge():
            made = {"names": list(value.names)}
        case Rejection():
            made = {**owned(value.names), "kind": value.kind}
    source = posixpath.relpath(claim.source, folder) if folder and claim.source else claim.source
    made |= {"quote": claim.quote, "source": source, "line": claim.line or None, "reason": claim.reason}
    return {key: v for key, v in made.items() if v is not None and v != [] and v != ""}


def owned(names: Sequence[str]) -> dict[str, str]:
    """Return the keys that name a component, or the two ends of a flow.

    >>> owned(["a", "b"])
    {'from': 'a', 'to': 'b'}
    """
    return dict(zip(("component",) if len(names) == 1 else ("from", "to"), names, strict=True))
