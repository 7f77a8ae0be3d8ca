"""Answers about risks: what the rules find about the named parts, else the worst of the whole system."""

from __future__ import annotations

from buttress.ask.answer import Statement
from buttress.ask.question import Question
from buttress.knowledge import project
from buttress.model import SystemGraph
from buttress.rules import run, shipped

_MOST = 10


def risks(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the findings about the named parts, or of the whole system, worst first, each with its evidence."""
    asked = {id_ for thing in question.named() for id_ in thing.ids}
    near = asked | {f.id for f in graph.flows if asked & {f.source, f.target}}
    defects = [f for f in run(shipped(), project(graph)) if f.basis == "defect"]
    found = [f for f in defects if not asked or near & set(f.subjects)]
    if asked:
        found.sort(key=lambda f: not asked & set(f.subjects))  # of the part itself before those of its flows
    out = [Statement(f"{f.severity}: {f.message}", f.evidence, rule=f.rule) for f in found[:_MOST]]
    if len(found) > _MOST:
        out.append(Statement(f"And {len(found) - _MOST} more; buttress review shows all."))
    return tuple(out)
