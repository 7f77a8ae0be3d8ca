"""Answers about who talks to whom, what there is, and what something is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from buttress.ask.answer import Statement
from buttress.ask.called import ASKING
from buttress.ask.phrases import family
from buttress.ask.question import Question
from buttress.ask.words import fact_words, first_words, flow_statement, flow_words, kind_words, labels, listed
from buttress.model import Component, Evidence, SystemGraph
from buttress.model.kinds import MESSAGING, RUNTIME, STORES
from buttress.report.ways import UNTOLD
from buttress.vocabulary import load

# Words of a question about a kind that don't narrow it.
_PLAIN = frozenset(
    """
        about built component components count different enumerate exist existing external implemented kinds made many me message
        number part parts please present running sort sorts tell third party types used using written other data base hosted based
        system systems
    """.split()
)
_HOW_MANY = re.compile(r"\bhow many\b|\bnumber of\b")
_RIGHTS = re.compile(r"\b(?:allowed|permitted|authori[sz]ed|entitled|may|rights?)\b")
# Which flows a verb asks about; another verb asks about all.
_SENT = tuple(
    f"{v} {w}" for v in ("send", "sends", "put", "puts", "push") for w in ("messages", "events", "jobs")
)
_VERBS: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = (
    (("publish", "producer", "publisher", *_SENT), frozenset(("publishes",))),
    (("consume", "subscribe", "listen", "subscriber"), frozenset(("consumes",))),
    (("write", "writer", "store"), frozenset(("writes",))),
    (("read", "reader"), frozenset(("reads",))),
)


def dependents(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the flows into the named components, of the kind that the verb asks about."""
    return _flows(question, graph, into=True)


def dependencies(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the flows out of the named components, of the kind that the verb asks about."""
    return _flows(question, graph, into=False)


def _flows(question: Question, graph: SystemGraph, *, into: bool) -> tuple[Statement, ...]:
    kinds = next((k for words, k in _VERBS if any(w in question.pattern for w in words)), frozenset[str]())
    sort = sought(question) if not into else frozenset[str]()
    apart = _excepted(question)
    out: list[Statement] = []
    for id_ in (i for thing in question.named() for i in thing.ids):
        near = [
            f
            for f in graph.flows
            if (f.target if into else f.source) == id_
            and (f.source if into else f.target) not in apart
            and (not sort or _kind(f.target, graph) in sort)
        ]
        flows = [f for f in near if not kinds or f.kind in kinds]
        # A connection of which no source tells what it is for may be of the kind that is asked for.
        untold = [f for f in near if f.kind in UNTOLD and f not in flows] if kinds and not flows else []
        others = list(dict.fromkeys(f.source if into else f.target for f in flows))
        name = graph.label(id_)
        many = f"{len(others)}: " if _HOW_MANY.search(question.pattern) else ""
        if others:
            said = (
                f"{name} is used by {many}{labels(graph, others)}."
                if into
                else f"{name} uses {many}{labels(graph, others)}."
            )
        else:
            what = f"flow of the kind {listed(sorted(kinds))}" if kinds else "flow"
            where = f" to {listed(sorted(load().kinds[k].label.lower() for k in sort))}" if sort else ""
            but = f", apart from {labels(graph, sorted(apart))}" if apart else ""
            said = f"The sources show no {what} {'to' if into else 'from'} {name}{where}{but}."
        out += [Statement(said, holds="answer" if others or untold else "nothing")]
        out += [flow_statement(f, graph) for f in flows]
        component = graph.component(id_)
        if into and component is not None and _RIGHTS.search(question.pattern):
            rules = [
                f
                for f in component.facts
                if f.name in ("network_policy", "authorization", "authentication", "anonymous_access")
            ]
            out += [Statement(f"{name}: {fact_words(f)}.", f.evidence) for f in rules]
        if untold:
            ends = labels(graph, dict.fromkeys(f.source if into else f.target for f in untold))
            what = (
                f"What {ends} {'does' if len(untold) == 1 else 'do'} with {name}"
                if into
                else f"What {name} does with {ends}"
            )
            out += [Statement(f"{what} isn't told."), *(flow_statement(f, graph) for f in untold)]
    return tuple(out)


def sought(question: Question) -> frozenset[str]:
    """Return the kinds of what is used that a question asks for ("which databases does orders use"), nothing for all."""
    asked = re.search(
        r"\b(?:what|which|whose|how many) (?:kinds? of |other )?([a-z-]+(?: [a-z-]+)?)", question.pattern
    )
    words = asked[1].split() if asked else []
    kinds = family(" ".join(words)) or (family(words[0]) if words else frozenset[str]())
    return kinds & (STORES | MESSAGING | {"external_service"})


def _excepted(question: Question) -> frozenset[str]:
    """Return the components that a question leaves out: "apart from orders"."""
    asked = re.search(
        r"\b(?:apart from|besides|other than|except(?: for)?|aside from|excluding|but not)\b(.*)",
        question.pattern,
    )
    if asked is None:
        return frozenset()
    numbers = [int(n) for n in re.findall(r"@(\d+)", asked[1])]
    return frozenset(id_ for n in numbers for id_ in question.things[n].ids)


def _kind(id_: str, graph: SystemGraph) -> str:
    component = graph.component(id_)
    return component.kind if component is not None else ""


def listing(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the components of the kind that the question asks for, of those that it narrows them to ("services in Java")."""
    words = re.findall(r"[\w+#.-]+", question.text.lower())
    narrowing = [w for w in words if _narrows(w, question)] + [
        word for before, word in pairwise(words) if before in ("in", "with", "using") and word == "go"
    ]
    found = [
        c
        for c in graph.components
        if c.kind in (RUNTIME if narrowing and question.kinds == {"service"} else question.kinds)
        and all(_is_told(word, c, graph) for word in narrowing)
    ]
    if not found:
        return ()
    said = Statement(f"{len(found)} in what was read: {listed(c.name for c in found)}.")
    if question.kinds == {"service"} and not narrowing:
        others = [c for c in graph.components if c.kind in RUNTIME - {"service"}]
        if others:
            parts = listed(f"{c.name} ({load().kinds[c.kind].label.lower()})" for c in others)
            said = Statement(f"{said.text} Not counted, though they run as well: {parts}.")
    return (
        said,
        *(
            Statement(f"{c.name} is {kind_words(c)}.", _showing(narrowing, c) or first_words(c.evidence))
            for c in found
        ),
    )


def _showing(words: Sequence[str], component: Component) -> tuple[Evidence, ...]:
    """Return the places that show of a component what a question narrows its kind to: its language, its zone."""
    return tuple(
        e
        for word in words
        for f in component.facts
        if not f.absent and _holds(word, str(f.value))
        for e in f.evidence[:1]
    )


def _holds(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word.strip('.?!,'))}(?!\w)", text.lower()) is not None


def _narrows(word: str, question: Question) -> bool:
    """Return whether a word of a question says which of a kind are meant."""
    word = word.strip(".?!,")
    return len(word) > 1 and word not in ASKING and word not in _PLAIN and not family(word) & question.kinds


def _is_told(word: str, component: Component, graph: SystemGraph) -> bool:
    """Return whether a component's name, technology, place or facts hold a word."""
    technology = load().technologies.get(component.technology or "")
    values = [
        v
        for f in component.facts
        if not f.absent
        for v in (f.value if isinstance(f.value, tuple) else (f.value,))
    ]
    told = [
        component.name,
        technology.label if technology else "",
        *(graph.label(b) for b in component.boundaries),
        *map(str, values),
    ]
    return any(_holds(word, text) for text in told)


def exposure(question: Question, graph: SystemGraph, *, through: bool = False) -> tuple[Statement, ...]:
    """Return what is reachable from outside: stated, published on a port, or called by people; or whether one component is.

    With `through`, what is said of it is about the part itself, as there are ways there through others.
    """
    apart = _excepted(question)
    asked = {id_ for thing in question.things for id_ in thing.ids} - apart
    out = []
    entries = {d.subject: str(d.value) for d in graph.derived if d.name == "entry"}
    sort = question.kinds - {"service", "actor", "external_service"}
    for component in graph.components:
        if component.kind == "actor" or component.id in apart or (asked and component.id not in asked):
            continue
        if sort and not asked and component.kind not in sort:
            continue
        facts = [
            f
            for f in component.facts
            if f.name in ("exposed_to_internet", "published_ports") and not f.absent
        ]
        why = [fact_words(f) for f in facts]
        if component.id in entries:
            why.append(f"entry point ({entries[component.id]})")
        if why:
            out.append(
                Statement(f"{component.name}: {listed(why)}.", tuple(e for f in facts for e in f.evidence))
            )
        elif asked:
            out.append(
                Statement(
                    f"Nothing in the sources shows that {component.name} can be reached from outside{' directly' * through}.",
                    holds="nothing",
                )
            )
    if apart and not out:
        said = f"Nothing apart from {labels(graph, sorted(apart))} is said to be reachable from outside."
        return (Statement(said, holds="nothing"),)
    if sort and not out:
        what = listed((load().kinds[k].label.lower() for k in sorted(sort)), last="or")
        return (
            Statement(
                f"Nothing in the sources shows that a {what} can be reached from outside.", holds="nothing"
            ),
        )
    return tuple(out)


def outgoing(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the flows to services of others, with the data that they are said to carry; nothing where none was read."""
    others = {c.id for c in graph.components if c.kind == "external_service"}
    asked = {id_ for thing in question.things for id_ in thing.ids}
    flows = [f for f in graph.flows if f.target in others and (not asked or asked & {f.source, f.target})]
    if not flows:
        return ()
    names = labels(graph, dict.fromkeys(f.target for f in flows))
    return (Statement(f"Calls leave the system to {names}."), *(flow_statement(f, graph) for f in flows))


def describe(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return what the named components are: kind, technology, place, facts, neighbours."""
    out: list[Statement] = []
    for component in (c for t in question.named() for i in t.ids if (c := graph.component(i))):
        out.append(
            Statement(f"{component.name} is {kind_words(component)}.", first_words(component.evidence, 2))
        )
        places = [graph.label(b) for b in component.boundaries]
        if places:
            out.append(Statement(f"It is in {listed(places)}."))
        out += [Statement(f"It states: {fact_words(f)}.", f.evidence) for f in component.facts[:12]]
        out += [
            Statement(f"{flow_words(f, graph)}.", f.evidence[:1])
            for f in graph.flows
            if component.id in (f.source, f.target)
        ][:12]
    return tuple(out)


def contradictions(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return where the sources disagree, with both places."""
    asked = {id_ for thing in question.things for id_ in thing.ids}
    found = [c for c in graph.contradictions if not asked or c.subject in asked]
    if not found:
        return (Statement("The sources don't contradict each other in anything that was read."),)
    return tuple(
        Statement(
            f"{graph.label(c.subject)}, {c.name.replace('_', ' ')}: {' against '.join(value for value, _ in c.sides)}.",
            tuple(evidence for _, evidence in c.sides),
        )
        for c in found
    )
