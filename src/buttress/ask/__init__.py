"""Questions about one system, answered from its graph and the corpus, without a language model.

question ─understand▶ intent and parts ─compute▶ statements with evidence ─search▶ practices ▶ Answer

What can't be answered says what was looked for: an answer is never made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from buttress.ask import impact, properties, quoted, risks, structure, ways, whole
from buttress.ask.answer import Answer, Statement, answer_json, answer_text
from buttress.ask.question import Question, Thing, understand
from buttress.ask.words import labels
from buttress.errors import OptionError, UnknownName
from buttress.model import SystemGraph
from buttress.retrieval.searching import Hit
from buttress.vocabulary import load

__all__ = ["Answer", "Statement", "answer_json", "answer_text", "ask", "understand"]

_FROM_GRAPH: dict[str, Callable[[Question, SystemGraph], tuple[Statement, ...]]] = {
    "impact": impact.impact,
    "single_points": impact.single_points,
    "path": ways.path,
    "dependents": structure.dependents,
    "dependencies": structure.dependencies,
    "listing": structure.listing,
    "exposure": ways.exposed,
    "reach": ways.reach,
    "describe": structure.describe,
    "contradictions": structure.contradictions,
    "fact": properties.fact,
    "topic": properties.topic,
    "owner": properties.owner,
    "data": properties.data,
    "risk": risks.risks,
    "longest": whole.longest,
    "extreme": whole.extreme,
    "shared": whole.shared,
    "non_users": whole.non_users,
    "unreached": whole.unreached,
    "comparison": whole.compared,
}
# What published practice adds to; of the others the graph alone tells.
_ADVISED = frozenset(("how_to", "comparison", "topic", "fact", "single_points", "impact", "risk", "longest"))
_MEANT = {
    "impact": "what stops when something fails",
    "single_points": "single points of failure",
    "path": "a path between two components",
    "reach": "what a component reaches, or what reaches it",
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
    "risk": "what the rules find",
    "longest": "the longest chain of calls that wait for each other",
    "extreme": "who has most neighbours",
    "shared": "what several parts share",
    "non_users": "parts without a flow to others",
    "unreached": "parts that nothing uses",
    "unclear": "lines that hold its words",
}
# Where nothing was computed the lines that hold the question's words may help.
_QUOTED = frozenset(("unclear", "topic", "data", "describe", "listing"))
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
    statements = answering(question, graph) if answering is not None and not _missing(question) else ()
    lines = quoted.quoted(question, graph) if not statements and question.intent in _QUOTED else ()
    statements = (*_spelt(question, graph), *statements) if statements else lines
    practices: tuple[Hit, ...] = ()
    if limit and (question.intent in _ADVISED or not statements or lines) and not question.unknown:
        from buttress.retrieval.searching import search

        technology = next((t.words for t in question.things if t.by == "technology"), None)
        hits = search(_sought(question, statements, graph), limit=limit, technology=technology, own=own)
        practices = tuple(h for h in hits if h.score >= NEAR)
    looked_for = (
        ""
        if statements and not lines
        else _looked_for(question, graph, advised=bool(practices), quoting=bool(lines))
    )
    answered = bool(statements and not lines) or (
        question.intent in ("how_to", "comparison") and bool(practices)
    )
    return Answer(text, question.intent, statements, about, practices, looked_for, answered)


def _missing(question: Question) -> bool:
    """Return whether the question is about parts by name, and none of them was read."""
    needs = question.intent in (
        "impact",
        "path",
        "reach",
        "dependents",
        "dependencies",
        "describe",
        "non_users",
    )
    return bool(question.unknown) or (needs and not any(thing.ids for thing in question.named()))


def _spelt(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what was taken for a slip of the pen."""
    return tuple(
        Statement(f"Nothing is called “{thing.words}”; taken as {labels(graph, thing.ids)}.")
        for thing in question.things
        if thing.by == "spelling"
    )


def _sought(question: Question, statements: Sequence[Statement], graph: SystemGraph) -> str:
    """Return what the corpus is searched for: it knows no names of ours, and of a risk it should know what was found."""
    if question.intent in ("how_to", "comparison", "unclear"):
        return question.text
    if question.intent == "risk" and statements:
        return " ".join(s.text for s in statements[:2])
    words = load()

    def told(thing: Thing) -> str:
        component = graph.component(thing.ids[0]) if len(thing.ids) == 1 else None
        if thing.by == "technology" or component is None or words.find_technologies(thing.words):
            return thing.words
        if technology := words.technologies.get(component.technology or ""):
            return technology.label
        return words.kinds[component.kind].label.lower() if question.intent == "impact" else ""

    return re.sub(r"@(\d+)", lambda m: told(question.things[int(m[1])]), question.pattern)


def _looked_for(question: Question, graph: SystemGraph, *, advised: bool, quoting: bool) -> str:
    """Return what was sought, and where, for an answer that the sources don't hold."""
    meant = _MEANT[question.intent]
    absent = [thing.words for thing in question.named() if not thing.ids]
    read = f"{len(graph.sources)} files with {len(graph.components)} components and {len(graph.flows)} flows"
    if question.intent == "unclear":
        matter = ", ".join(quoted.words_sought(question)) or "none"
        lines = "Lines that hold" if quoting else "None of the lines that the graph rests on holds"
        return f"What is asked of the system wasn't understood. {lines} all its words ({matter}){' are quoted' if quoting else ''}; read: {read}."
    if question.unknown or (absent and not (question.intent == "how_to" and advised)):
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
