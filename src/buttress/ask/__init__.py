"""Questions about one system, answered from its graph and the corpus, without a language model.

question ─understand▶ intent and parts ─compute▶ statements with evidence ─search▶ practices ▶ Answer

What can't be answered says what was looked for: an answer is never made up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from buttress.ask import impact, properties, structure
from buttress.ask.answer import Answer, Statement, answer_json, answer_text
from buttress.ask.question import Question, understand
from buttress.errors import OptionError, UnknownName
from buttress.model import SystemGraph
from buttress.retrieval.searching import Hit
from buttress.vocabulary import load

__all__ = ["Answer", "Statement", "answer_json", "answer_text", "ask", "understand"]

_FROM_GRAPH: dict[str, Callable[[Question, SystemGraph], tuple[Statement, ...]]] = {
    "impact": impact.impact,
    "single_points": impact.single_points,
    "path": structure.path,
    "dependents": structure.dependents,
    "dependencies": structure.dependencies,
    "listing": structure.listing,
    "exposure": structure.exposure,
    "describe": structure.describe,
    "contradictions": structure.contradictions,
    "fact": properties.fact,
    "topic": properties.topic,
    "owner": properties.owner,
    "data": properties.data,
}
# What published practice adds to; of the others the graph alone tells.
_ADVISED = frozenset(("how_to", "comparison", "topic", "fact", "single_points", "impact"))
_MEANT = {
    "impact": "what stops when something fails",
    "single_points": "single points of failure",
    "path": "a path between two components",
    "dependents": "flows into a component",
    "dependencies": "flows out of a component",
    "listing": "components of a kind",
    "exposure": "what is reachable from outside",
    "describe": "what a component is",
    "contradictions": "contradictions between sources",
    "fact": "facts about components and flows",
    "topic": "what the sources say about a topic",
    "owner": "owners",
    "data": "where data is held and sent",
    "comparison": "a comparison",
    "how_to": "advice",
}
# A practice below this says little about the question; measured over the questions in tests/ask.
NEAR = 0.42


def ask(graph: SystemGraph, text: str, *, limit: int = 3, own: Path | None = None) -> Answer:
    """Return the answer to a question about a system, with at most `limit` practices; `own` is a folder of own practices.

    Raises OptionError for an empty question.

    >>> from buttress.model import Component, Flow
    >>> g = SystemGraph(components=(Component("web", "Web"), Component("db", "DB")), flows=(Flow("f", "web", "db", "reads"),))
    >>> ask(g, "who uses DB?", limit=0).statements[0].text
    'DB is used by Web.'
    """
    if not text.strip():
        raise OptionError('the question is empty; ask for example: "what happens if redis goes down?"')
    question = understand(text, graph)
    about = tuple(dict.fromkeys(id_ for thing in question.named() for id_ in thing.ids))
    answering = _FROM_GRAPH.get(question.intent)
    if question.intent == "comparison":
        statements = _uses(question, graph)
    elif answering is not None and not _missing(question):
        statements = answering(question, graph)
    else:
        statements = ()
    practices: tuple[Hit, ...] = ()
    if limit and (question.intent in _ADVISED or not statements) and not question.unknown:
        from buttress.retrieval.searching import search

        technology = next((t.words for t in question.things if t.by == "technology"), None)
        hits = search(text, limit=limit, technology=technology, own=own)
        practices = tuple(h for h in hits if h.score >= NEAR)
    looked_for = "" if statements else _looked_for(question, graph, advised=bool(practices))
    answered = bool(statements) or (question.intent in ("how_to", "comparison") and bool(practices))
    return Answer(text, question.intent, statements, about, practices, looked_for, answered)


def _missing(question: Question) -> bool:
    """Return whether the question is about parts by name, and none of them was read."""
    needs = question.intent in ("impact", "path", "dependents", "dependencies", "describe")
    return bool(question.unknown) or (needs and not any(thing.ids for thing in question.named()))


def _uses(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what the system has of the things that are compared."""
    out = []
    for thing in question.things:
        for id_ in thing.ids:
            component = graph.component(id_)
            if component is not None:
                users = [graph.label(f.source) for f in graph.flows if f.target == id_]
                told = f", used by {', '.join(dict.fromkeys(users))}" if users else ""
                out.append(
                    Statement(f"{component.name} is part of the system{told}.", component.evidence[:1])
                )
    return tuple(out)


def _looked_for(question: Question, graph: SystemGraph, *, advised: bool) -> str:
    """Return what was sought, and where, for an answer that the sources don't hold."""
    meant = _MEANT[question.intent]
    absent = [thing.words for thing in question.named() if not thing.ids]
    read = f"{len(graph.sources)} files with {len(graph.components)} components and {len(graph.flows)} flows"
    if question.unknown or absent:
        name = question.unknown or absent[0]
        unknown = UnknownName.of("component", name, known=[c.name for c in graph.components])
        return f"The question seems to be about {meant}, but nothing that was read is called so ({unknown}); read: {read}."
    if question.intent in ("how_to", "comparison"):
        return (
            ""
            if advised
            else f"No published practice in the corpus is near enough to the question; read: {read}."
        )
    sought = [load().facts[f].label.lower() for f in question.facts]
    sought += [load().topics[t].label.lower() for t in question.topics]
    words = f" ({', '.join(dict.fromkeys(sought))})" if sought else ""
    return f"The sources say nothing about it. Looked for {meant}{words} in {read}."
