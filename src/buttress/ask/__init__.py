"""Questions about one system, answered from its graph and the corpus, without a language model.

question ─clauses▶ ─understand▶ intent and parts ─compute▶ statements with evidence ─search▶ practices ▶ Answer

Where the graph leaves a question open, the lines of the sources that are nearest to it are quoted; what can't be answered says what
was looked for: an answer is never made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from buttress.ask import (
    advice,
    elliptic,
    environments,
    impact,
    loss,
    measures,
    order,
    properties,
    quoted,
    rates,
    risks,
    structure,
    tables,
    ways,
    whole,
)
from buttress.ask.answer import Answer, Statement, answer_json, answer_text, together
from buttress.ask.clauses import asked_for, clauses, with_name, with_noun
from buttress.ask.lines import Line, below_titles, commented, lines, literally
from buttress.ask.question import MAX_CHARACTERS, Question, understand
from buttress.ask.sets.telling import answered
from buttress.ask.spelling import respelt
from buttress.ask.words import labels
from buttress.errors import OptionError, UnknownName
from buttress.model import Source, SystemGraph
from buttress.retrieval.searching import Hit
from buttress.vocabulary import load

__all__ = ["Answer", "Statement", "answer_json", "answer_text", "ask", "understand"]

_FROM_GRAPH: dict[str, Callable[[Question, SystemGraph], tuple[Statement, ...]]] = {
    "set": lambda question, graph: answered(question.query, graph) if question.query else (),
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
    "each": whole.each,
    "comparison": whole.compared,
    "how_to": properties.state,
    "loss": loss.loss,
    "supply": structure.dependencies,
    "order": order.order,
    "outgoing": structure.outgoing,
    "total": order.total,
}
# What published practice adds to; of the others the graph alone tells.
_ADVISED = frozenset(("how_to", "comparison", "topic", "fact", "single_points", "impact", "risk", "longest"))
_MEANT = {
    "set": "parts of the system of which all that is asked holds",
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
    "each": "what each part uses of a kind",
    "environments": "what differs between environments",
    "loss": "whether stores and brokers keep what they hold",
    "supply": "where a part gets something from",
    "order": "what is started before what",
    "outgoing": "flows to external services",
    "total": "limits and requests of memory and CPU",
    "rate": "how much there is in a time",
    "unclear": "lines that hold its words",
}
# What is wholly told by the graph: who calls whom and which parts there are. Beside other answers a line that is certainly near is quoted.
_WHOLE = frozenset(
    "path reach dependents dependencies listing contradictions longest comparison risk order total set".split()
)
# What a graph tells of no flow: what it is for, and why.
_FOR_WHAT = re.compile(r"\b(?:for what|what for|what\b.* for\W*$|why|used for|purposes?|reasons?)\b", re.I)


def ask(
    graph: SystemGraph,
    text: str,
    *,
    limit: int = 3,
    own: Path | None = None,
    sources: Sequence[Source] = (),
) -> Answer:
    """Return the answer to a question about a system, with at most `limit` practices; `own` is a folder of own practices.

    `sources` are what the graph was read from: where it leaves a question open, the lines there that are nearest to it are quoted.
    Raises OptionError for an empty question.

    >>> from buttress.model import Component, Flow
    >>> g = SystemGraph(components=(Component("web", "Web"), Component("db", "DB")), flows=(Flow("f", "web", "db", "reads"),))
    >>> ask(g, "who uses DB?", limit=0).statements[0].text
    'DB is used by Web.'
    """
    if not text.strip():
        raise OptionError('the question is empty; ask for example: "what happens if redis goes down?"')
    parts = clauses(text[:MAX_CHARACTERS])
    if parts == [("", text)]:
        return _answered(_understood(text, graph), graph, text, limit, own, sources)
    answers: list[Answer] = []
    last: Question | None = None
    about, failed = "", ""  # what the clauses before were about, and what was to fail in them
    before = ""
    for told, part in parts:
        part, before = with_noun(part, before), part
        if last is not None and elliptic.is_told(part, last):
            continue
        part = elliptic.completed(part, last, failed)
        turned = elliptic.turned(part, last) if last is not None else None
        question = last = turned or _continued(part, told, about, graph)
        answers.append(_answered(question, graph, part, limit, own, sources))
        about = next((t.words for t in reversed(question.named()) if t.ids), about or asked_for(part))
        failed = about if question.intent == "impact" else failed
    return together(text, answers, limit=limit)


def _understood(text: str, graph: SystemGraph) -> Question:
    """Return a question as it is understood, where it isn't with slips of the pen mended."""
    question = understand(text, graph)
    if question.intent == "unclear" and (mended := respelt(text)) != text:
        again = understand(mended, graph)
        return again if again.intent != "unclear" else question
    return question


def _continued(part: str, told: str, about: str, graph: SystemGraph) -> Question:
    """Return a clause as it is understood behind others: "it" is what was spoken of, and what is told before it may say what is meant."""
    question = _understood(part, graph)
    if told and (question.intent == "unclear" or not question.things):
        with_told = understand(f"{told} {part}", graph)
        about = next((t.words for t in reversed(with_told.things) if t.ids), about)
        if with_told.intent != "unclear" and question.intent == "unclear":
            return with_told
    if about and not any(thing.ids for thing in question.things):
        named = with_name(part, about)
        return understand(named, graph) if named != part else question
    return question


def _answered(
    question: Question, graph: SystemGraph, text: str, limit: int, own: Path | None, sources: Sequence[Source]
) -> Answer:
    """Return the answer to one clause."""
    about = tuple(dict.fromkeys(id_ for thing in question.named() for id_ in thing.ids))
    answering = _FROM_GRAPH.get(question.intent)
    computed = answering(question, graph) if answering is not None and not _missing(question) else ()
    if question.intent == "environments":
        computed = environments.environments(question, graph, sources)
    elif question.intent == "rate":
        computed = rates.rates(question, _lines(tuple(sources)))
    if question.intent in ("listing", "topic", "unclear", "fact"):
        computed = _of_sort(question, computed, _lines(tuple(sources)))
    if any(e.form == "heading" or e.quote.endswith(":") for s in computed for e in s.evidence):
        computed = below_titles(computed, _lines(tuple(sources)))
    said = _quoted(question, graph, computed, sources)
    if question.intent == "describe":
        parts = [c for id_ in about if (c := graph.component(id_)) is not None]
        said = (*commented(parts, _lines(tuple(sources))), *said)
    told = [s for s in computed if s.holds == "answer"]
    rest = _not_yet((s for s in computed if s.holds != "answer"), said)
    statements = (*_spelt(question, graph), *told, *said, *rest) if computed else said
    practices: tuple[Hit, ...] = ()
    if (
        limit
        and (question.intent in _ADVISED or not computed)
        and not question.unknown
        and not _own_parts(question)
    ):
        practices = advice.practices(question, computed, graph, limit=limit, own=own, sources=sources)
    looked_for = "" if computed else _looked_for(question, graph, advised=bool(practices), quoting=bool(said))
    answered = bool(computed) or (question.intent in ("how_to", "comparison") and bool(practices))
    return Answer(text, question.intent, statements, about, practices, looked_for, answered)


def _of_sort(
    question: Question, computed: tuple[Statement, ...], told: Sequence[Line]
) -> tuple[Statement, ...]:
    """Return what tables and lists name of the sort that is asked for, before or in the place of what the graph tells."""
    if question.intent == "fact" and any(s.holds == "answer" for s in computed):
        return computed
    if first := measures.of_column(question, told):
        return (*first, *(s for s in computed if s.holds == "answer"))
    sort = tables.of_sort(question, told)
    instead = sort and question.intent != "listing"
    return (*sort, *(s for s in computed if not (instead and s.holds != "answer")))


def _quoted(
    question: Question, graph: SystemGraph, computed: Sequence[Statement], sources: Sequence[Source]
) -> tuple[Statement, ...]:
    """Return the lines that are near to a question whose answer is missing or open, and those certainly near beside others."""
    told = any(s.holds != "nothing" for s in computed)
    literal = literally(question.text, sources)
    if told and question.intent in _WHOLE and not literal and not _FOR_WHAT.search(question.text):
        return ()
    if literal:
        found: tuple[Statement, ...] = (Statement(quoted.SAID, literal, holds="quote"),)
    else:
        found = quoted.quoted(question, graph, _lines(tuple(sources)), least=_least(question, computed))
        beside = not any(s.holds == "answer" for s in computed)
        if beside and (rows := tables.rows_of(question, _lines(tuple(sources)))):
            near = (e for s in found for e in s.evidence)
            found = (Statement(quoted.SAID, tuple(dict.fromkeys((*rows, *near))), holds="quote"),)
    if any(
        s.evidence and all(e.form == "table" for e in s.evidence) for s in computed if s.holds == "answer"
    ):
        found = tuple(replace(s, evidence=tuple(e for e in s.evidence if e.form != "table")) for s in found)
    shown = {(e.source, e.line) for s in computed if s.holds != "topic" for e in s.evidence}
    if question.intent != "describe" and any(
        (e.source, e.line) in shown for s in found for e in s.evidence[:1]
    ):
        return ()  # the nearest is told already
    left = (tuple(e for e in s.evidence if (e.source, e.line) not in shown) for s in found)
    return tuple(replace(s, evidence=evidence) for s, evidence in zip(found, left, strict=True) if evidence)


def _not_yet(rest: Iterable[Statement], said: Sequence[Statement]) -> list[Statement]:
    """Return where topics are treated without the lines that are quoted already; those that have no other are left out."""
    quoted_already = {(e.source, e.line) for s in said for e in s.evidence}
    out = []
    for statement in rest:
        left = tuple(e for e in statement.evidence if (e.source, e.line) not in quoted_already)
        described = statement.holds == "topic" and statement.text.endswith(("described.", "mentioned."))
        if left or not described:
            out.append(replace(statement, evidence=left) if described else statement)
    return out


def _least(question: Question, computed: Sequence[Statement]) -> float:
    """Return how near a line must be to be quoted: the nearer, the more is told without it."""
    if question.intent == "owner" or any(s.holds == "answer" for s in computed):
        return quoted.CERTAIN
    if computed:
        return quoted.TREATED if any(s.holds == "topic" for s in computed) else quoted.NEAR
    return quoted.ADVISED if question.intent == "how_to" else quoted.NEAR


@lru_cache(maxsize=1)
def _lines(sources: tuple[Source, ...]) -> tuple[Line, ...]:
    return lines(sources)


def _missing(question: Question) -> bool:
    """Return whether the question is about parts by name, and none of them was read."""
    needs = question.intent in (
        "impact",
        "path",
        "reach",
        "dependents",
        "dependencies",
        "describe",
        "supply",
    )
    return bool(question.unknown) or (needs and not any(thing.ids for thing in question.named()))


def _spelt(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what was taken for a slip of the pen, or for another form of a name."""
    return tuple(
        Statement(f"Nothing is called “{thing.words}”; taken as {labels(graph, thing.ids)}.")
        for thing in question.things
        if thing.by in ("spelling", "stem")
    )


def _own_parts(question: Question) -> bool:
    """Return whether parts of the system are compared, by names of its own, of which nothing published can say anything."""
    return question.intent == "comparison" and not any(
        not t.ids or t.by == "technology" or load().find_technologies(t.words) for t in question.things
    )


def _looked_for(question: Question, graph: SystemGraph, *, advised: bool, quoting: bool) -> str:
    """Return what was sought, and where, for an answer that the sources don't hold."""
    meant = _MEANT[question.intent]
    absent = [thing.words for thing in question.named() if not thing.ids]
    read = f"{len(graph.sources)} files with {len(graph.components)} components and {len(graph.flows)} flows"
    if question.intent == "unclear":
        matter = ", ".join(quoted.words_sought(question)) or "none"
        near = (
            "The lines nearest to its words are quoted"
            if quoting
            else "No line of the sources is near to its words"
        )
        return f"What is asked of the system wasn't understood. {near} ({matter}); read: {read}."
    if question.unknown or (absent and not (question.intent == "how_to" and advised)):
        name = question.unknown or absent[0]
        unknown = UnknownName.of("component", name, known=[c.name for c in graph.components])
        return f"The question seems to be about {meant}, but nothing that was read is called so ({unknown}); read: {read}."
    if question.intent == "how_to" and advised and not quoting:
        return "The sources don't tell how it is done here: no line is near to the question's words."
    if question.intent in ("how_to", "comparison"):
        return (
            ""
            if advised or quoting
            else f"No published practice in the corpus is near enough to the question; read: {read}."
        )
    sought = [load().facts[f].label.lower() for f in question.facts]
    sought += [load().topics[t].label.lower() for t in question.topics]
    words = f" ({', '.join(dict.fromkeys(sought))})" if sought else ""
    told = (
        "Nothing was computed from it; the lines nearest to its words are quoted"
        if quoting
        else "No answer was found, and no line is near to its words"
    )
    return f"{told}. Looked for {meant}{words} in {read}."
