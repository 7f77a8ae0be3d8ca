"""What is true of a developer's machine only: Compose files for local use, beside manifests or documents of production.

Such a file says which parts there are and how they are connected; that it runs one of each, without limits and volumes,
says nothing about production.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from buttress.merge.built import DESCRIBE_BUILDS
from buttress.merge.clustering import Cluster
from buttress.merge.production import deployed_by
from buttress.model import Component, Diagnostic, Fact, Fragment
from buttress.workloads.developing import says_local

_COMPOSE = re.compile(
    r"\bdocker[- ]compose\b|\bcompose(?:\.[\w.-]*ya?ml| file| stack| setup| up)\b|\bCompose\b|compose\.ya?ml"
)
_PATH = re.compile(
    r"(?:^|[/._-])(?:local|dev|devel|development|devcontainer|sample|demo)(?:[/._-]|$)", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*\"(])")
# What Compose denies by leaving it out, with the words by which a line would say it.
_IMPLIED = {
    "health_check": "healthcheck",
    "restart_policy": "restart",
    "resource_limits": "limits|mem_limit|cpus|cpu_quota",
    "published_ports": "ports",
    "persistent_volume": "volumes",
    "replicas": "replicas|scale",
}  # fmt: skip
# How much there is of something, and how it is kept: what one environment has tells nothing of another.
_SIZED = frozenset(
    ("replicas", "resource_limits", "resource_requests", "persistent_volume", "health_check", "restart_policy",
     "image", "image_tag_pinned", "build_context", "rolling_update", "graceful_shutdown")
)  # fmt: skip

# What is switched off for developing, where nobody else is near.
_LAX = frozenset(("authentication", "tls", "encryption_in_transit"))


def local_sources(ranked: Sequence[Fragment], clusters: Sequence[Cluster]) -> frozenset[str]:
    """Return the Compose files that describe a place for developing: their path or text says so, or manifests stand beside them."""
    files = {e.source for f in ranked if f.reader == "compose" for c in f.components for e in c.evidence}
    if not files:
        return frozenset()
    out = {
        f for f in files if _PATH.search("/".join(f.split("/")[-2:] if f[:1] != "/" else f.split("/")[-1:]))
    }
    for fragment in ranked:
        if fragment.reader == "compose":
            told = [f for c in fragment.components for f in c.facts if f.name == "environment" and _is_dev(f)]
            out |= {e.source for f in told for e in f.evidence}
    if _beside_manifests(ranked, clusters):
        return frozenset(files)
    for fragment in ranked:
        for passage in fragment.passages:
            for sentence in _SENTENCE.split(passage.text.replace("\n", " ")):
                if says_local(sentence) and _COMPOSE.search(sentence):
                    out |= _about(files, sentence, passage.source)
    return frozenset(out)


def _about(files: Collection[str], sentence: str, source: str) -> set[str]:
    """Return the files that a sentence is about: of the first name in it, else those beside the text, else all."""
    named = re.search(r"[\w.-]+\.ya?ml\b", sentence)
    if named is not None:
        return {f for f in files if f.rpartition("/")[2] == named[0]}
    return {f for f in files if _folder(f) == _folder(source)} or set(files)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _is_dev(fact: Fact) -> bool:
    return isinstance(fact.value, str) and fact.value in ("local", "development", "staging", "test")


def _beside_manifests(ranked: Sequence[Fragment], clusters: Sequence[Cluster]) -> bool:
    """Return whether manifests describe the system that Compose describes: two of its services, or half of them."""
    readers = [{ranked[n].reader for n in c.fragments()} for c in clusters]
    both = sum({"kubernetes", "compose"} <= r for r in readers)
    composed = sum("compose" in r for r in readers)
    return both >= 2 or (both > 0 and both * 2 >= composed)


def is_local(component: Component, local: Collection[str]) -> bool:
    """Return whether a mention stands only in files for developing."""
    return bool(component.evidence) and all(e.source in local for e in component.evidence)


def implied(fact: Fact) -> bool:
    """Return whether Compose only implies a fact: no line says one instance, no limit, no volume.

    >>> implied(Fact("replicas", 1)), implied(Fact("image", "redis:7"))
    (True, False)
    """
    words = _IMPLIED.get(fact.name)
    if words is None or (fact.status == "stated" and fact.name != "replicas"):
        return False
    return not any(re.search(rf"\b(?:{words})\b", e.quote, re.IGNORECASE) for e in fact.evidence)


def settled(
    clusters: Sequence[Cluster], ranked: Sequence[Fragment], local: Collection[str]
) -> tuple[Diagnostic, ...]:
    """Take out what only holds where developers work, and what Compose implies though others say it; return notes on it.

    Where Compose is the only source of a system, all its facts stand. What only runs where developers work, and is deployed nowhere else,
    belongs to their environment.
    """
    composed = [c for c in clusters if any(ranked[n].reader == "compose" for n in c.fragments())]
    described = sum(
        any(ranked[n].reader not in ("compose", *DESCRIBE_BUILDS) for n in c.fragments()) for c in composed
    )
    elsewhere = any(f.reader == "kubernetes" for f in ranked) or described * 2 >= len(composed)
    shipped = bool(deployed_by(ranked))
    notes: list[Diagnostic] = []
    for cluster in clusters if elsewhere else ():
        started = [m for n, m in cluster.members if ranked[n].reader == "compose"]
        trial = (
            not shipped
            and all(is_local(m, local) for m in started)
            and not any(f.name == "environment" for _, m in cluster.members for f in m.facts)
        )
        others = [m for n, m in cluster.members if ranked[n].reader != "compose"]
        told = {f.name for m in others for f in m.facts}
        for at, (n, member) in enumerate(cluster.members):
            if ranked[n].reader != "compose":
                continue
            kept = []
            here = is_local(member, local)
            if here and others and member.kind == "object_store":
                member = replace(
                    member, technology=None
                )  # what a laptop has in the place of a provider's store
            for fact in member.facts:
                if implied(fact) and (here or fact.name in told):
                    continue
                if (
                    here
                    and others
                    and (fact.name == "environment" or (fact.name in _LAX and fact.status == "denied"))
                ):
                    continue
                if here and others and fact.name in _SIZED and (fact.name in told or fact.name == "replicas"):
                    notes += _note(member, fact, others)
                    continue
                kept.append(fact)
            if trial:
                kept.append(Fact("environment", "development", "stated", member.evidence[:1]))
            cluster.members[at] = (n, replace(member, facts=tuple(kept)))
    return tuple(notes)


def _note(member: Component, fact: Fact, others: Sequence[Component]) -> list[Diagnostic]:
    """Return the note that an environment differs, for what would be a finding if it were production."""
    other = next((f for m in others for f in m.facts if f.name == fact.name), None)
    if (
        fact.name != "image_tag_pinned"
        or fact.status != "denied"
        or other is None
        or other.status == "denied"
    ):
        return []
    if not (fact.evidence and other.evidence):
        return []
    reason = (
        f"{member.name} has no fixed image here ({fact.evidence[0].quote}), unlike in {other.evidence[0]}"
    )
    return [Diagnostic(fact.evidence[0].source, fact.evidence[0].line, reason, "info")]
