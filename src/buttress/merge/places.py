"""Boundaries, stances and diagnostics of all fragments, and the files that they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from buttress.merge.facts import joined_evidence
from buttress.model import Boundary, Component, Diagnostic, Evidence, Flow, Fragment, Stance, slug


def joined_boundaries(
    ranked: Sequence[Fragment],
) -> tuple[tuple[Boundary, ...], dict[tuple[int, str], str]]:
    """Return one boundary a kind and name, and the id that each fragment's boundary got."""
    ids: dict[tuple[int, str], str] = {}
    merged: dict[str, Boundary] = {}
    for n, fragment in enumerate(ranked):
        for boundary in fragment.boundaries:
            id_ = f"{boundary.kind}-{slug(boundary.name)}"
            ids[(n, boundary.id)] = id_
            old = merged.get(id_)
            evidence = joined_evidence((*(old.evidence if old else ()), *boundary.evidence))
            merged[id_] = replace(old or boundary, id=id_, evidence=evidence)
    for n, fragment in enumerate(ranked):
        for boundary in fragment.boundaries:
            id_ = ids[(n, boundary.id)]
            parent = ids.get((n, boundary.parent)) if boundary.parent else None
            merged[id_] = replace(merged[id_], parent=parent if parent != id_ else None)
    return tuple(merged[id_] for id_ in sorted(merged)), ids


def joined_stances(ranked: Sequence[Fragment]) -> tuple[Stance, ...]:
    """Return one stance a topic and status; where any source makes a claim, the claims are its evidence."""
    merged: dict[tuple[str, str], list[Stance]] = {}
    for fragment in ranked:
        for stance in fragment.stances:
            merged.setdefault((stance.topic, stance.status), []).append(stance)
    out = []
    for _, group in sorted(merged.items()):
        told = [s for s in group if s.claimed] or group
        evidence = joined_evidence(e for s in told for e in s.evidence)
        out.append(Stance(group[0].topic, group[0].status, evidence, claimed=told[0].claimed))
    return tuple(out)


def joined_diagnostics(ranked: Sequence[Fragment]) -> tuple[Diagnostic, ...]:
    """Return all diagnostics, each once, by place."""
    return tuple(sorted({d for fragment in ranked for d in fragment.diagnostics}))


def sources_of(ranked: Sequence[Fragment]) -> tuple[str, ...]:
    """Return the files that anything was read from, sorted; the pages of one file are one."""
    return tuple(sorted({e.source.partition("#page=")[0] for f in ranked for e in _places(f)}))


def _places(fragment: Fragment) -> Iterable[Evidence]:
    items: tuple[Component | Flow | Stance | Boundary, ...] = (
        *fragment.components,
        *fragment.flows,
        *fragment.stances,
        *fragment.boundaries,
    )
    for item in items:
        yield from item.evidence
    for passage in fragment.passages[:1]:
        yield Evidence(passage.source, passage.line, passage.end_line, "", passage.form)
