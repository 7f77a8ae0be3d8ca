"""Answers about losing data: what the sources say on whether stores and brokers keep what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from buttress.ask.answer import Statement
from buttress.ask.question import Question
from buttress.ask.words import fact_words, flow_words, listed
from buttress.model import Component, Fact, SystemGraph
from buttress.model.kinds import MESSAGING, STORES

_KEEPS = ("persistent_volume", "persistent", "managed")
_COPIES = (
    "backup",
    "backup_retention",
    "point_in_time_recovery",
    "replicated",
    "replication",
    "replicas",
    "multi_zone",
)
_OF_MESSAGES = ("outbox", "acknowledgement", "delivery_guarantee", "dead_letter_queue")
_HOLDS_DATA = r"\b(?:disks?|volumes?|drives?|data director(?:y|ies)|pvcs?)\b"
_IS_LOST = r"\b(?:lost|loses?|losing|gone|wiped|corrupt\w*|dead|dies|died|broken|breaks?|deleted|fail\w*|full|destroyed)\b"
_DISK = re.compile(rf"{_IS_LOST}.*{_HOLDS_DATA}|{_HOLDS_DATA}.*{_IS_LOST}")
_MESSAGES = re.compile(r"\b(?:events?|messages?|jobs?|tasks?|notifications?)\b")


def loss(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return for each store or broker concerned whether it outlives its container, and which copies there are.

    Concerned are those that the question names, those that the named parts use, or all.
    """
    messages = _MESSAGES.search(question.pattern) is not None
    kinds = MESSAGING if messages else STORES | MESSAGING
    holders = {c.id: c for c in graph.components if c.kind in STORES | MESSAGING}
    asked = [id_ for thing in question.named() for id_ in thing.ids]
    concerned = [id_ for id_ in asked if id_ in holders]
    if not concerned:
        used = dict.fromkeys(f.target for f in graph.flows if f.source in asked and f.target in holders)
        concerned = [id_ for id_ in used if holders[id_].kind in kinds]
    if not concerned:
        concerned = [id_ for id_, c in holders.items() if c.kind in kinds]
    disk = _DISK.search(question.pattern) is not None
    return tuple(s for id_ in dict.fromkeys(concerned) for s in _kept(holders[id_], graph, disk=disk))


def _kept(holder: Component, graph: SystemGraph, *, disk: bool = False) -> Iterable[Statement]:
    """Yield what is kept of a store over a restart, or where its disk itself is lost; and which copies there are."""
    keeps = _of(holder, _KEEPS)
    copies = [f for f in _of(holder, _COPIES) if f.value != 1]
    lost = [f for f in keeps if f.absent]
    for fact in (lost or keeps)[:1]:
        told = (
            "is gone when it is started anew"
            if fact.absent
            else "lies on what is said to be lost"
            if disk and fact.name == "persistent_volume"
            else "outlives a restart"
        )
        yield Statement(f"What {holder.name} holds {told}: {fact_words(fact)}.", fact.evidence)
    if not keeps:
        yield Statement(f"Whether what {holder.name} holds outlives a restart is not said.", holds="nothing")
    if copies:
        yield Statement(f"{holder.name}: {_listed(copies)}.", tuple(e for f in copies for e in f.evidence))
    if holder.fact("backup") is None and keeps:
        yield Statement(f"No backup of {holder.name} is mentioned.", holds="nothing")
    if holder.kind in MESSAGING:
        for flow in graph.flows:
            if flow.target == holder.id and (facts := [f for f in flow.facts if f.name in _OF_MESSAGES]):
                yield Statement(
                    f"{flow_words(flow, graph)}: {_listed(facts)}.",
                    tuple(e for f in facts for e in f.evidence),
                )


def _of(holder: Component, names: Iterable[str]) -> list[Fact]:
    return [f for name in names if (f := holder.fact(name)) is not None]


def _listed(facts: Iterable[Fact]) -> str:
    return listed(fact_words(f) for f in facts)
