"""Which practices stand beside an answer: those about what was answered, and rather none than one that only shares a word with it.

A risk shows what its rule names, as a review does. Other answers show what a search for their matter finds, without practices about
technologies that neither the question nor the system names, and without those that are far behind the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from buttress.ask.answer import Statement
from buttress.ask.question import Question, Thing
from buttress.model import Source, SystemGraph
from buttress.vocabulary import load

if TYPE_CHECKING:
    from buttress.retrieval.searching import Hit

# A practice below this says little about a question for advice or a failure, or about another answer: judged over 130 practices.
NEAR, NEAR_BESIDE = 0.44, 0.47
# Of a question that names no fact, topic or data, most practices that are no nearer than this have only a word in common with it.
NEAR_BY_WORDS = 0.70
# Of those this far behind the first, and no nearer than `CLEAR` themselves, most didn't fit.
BEHIND, CLEAR = 0.08, 0.62
# Where what is said best is about a technology that isn't there, what is so much farther from the matter isn't about it.
BEHIND_WHAT_ISNT_THERE = 0.15
_LOOKED_AT = 5  # times as many as are shown: some fall away
# What follows from the failure of a part is a matter of resilience, whatever the part is for.
_OF_FAILURE = "a dependency is down: failover, redundancy, and going on without it"


def practices(
    question: Question,
    statements: Sequence[Statement],
    graph: SystemGraph,
    *,
    limit: int,
    own: Path | None = None,
    sources: Sequence[Source] = (),
) -> tuple[Hit, ...]:
    """Return the practices that bear on an answer, best first, at most `limit`.

    >>> practices(Question("what is the biggest risk?", "what is the biggest risk?", "risk"), (), SystemGraph(), limit=3)
    ()
    """
    if question.intent == "risk":
        return tuple(_named(statements, graph, own))[:limit]
    from buttress.retrieval.cards import cards
    from buttress.retrieval.citing import with_broader
    from buttress.retrieval.searching import search

    technology = next((t.words for t in question.things if t.by == "technology"), None)
    text = sought(question, graph)
    area = "resilience" if question.intent == "impact" else None
    hits = search(text, limit=limit * _LOOKED_AT, technology=technology, area=area, own=own)
    advised = question.intent in ("how_to", "comparison", "impact")
    matter = question.facts or question.topics or question.data or statements
    least = NEAR if advised else NEAR_BESIDE if matter else NEAR_BY_WORDS
    named = {m.id for m in load().find_technologies(question.text)}
    present = with_broader(frozenset({*named, *(c.technology for c in graph.components if c.technology)}))
    near = [h for h in hits if h.score >= least and _is_about(h, question, present, sources)]
    ours = [h for h in near if h.id not in cards()]
    published = [h for h in near if h.id in cards()]
    if published:
        best = next(h.score for h in hits if h.id in cards())
        first = published[0].score
        enough = min(CLEAR, first - BEHIND) if first >= best - BEHIND_WHAT_ISNT_THERE else best
        published = [h for h in published if h.score >= enough]
    return (*ours, *_once(published))[:limit]


def sought(question: Question, graph: SystemGraph) -> str:
    """Return what the corpus is searched for: it knows no names of ours.

    >>> sought(Question("How do we retry?", "how do we retry?", "how_to"), SystemGraph())
    'How do we retry?'
    """
    if question.intent in ("how_to", "comparison", "unclear"):
        return question.text
    words, impact = load(), question.intent == "impact"

    def told(thing: Thing) -> str:
        component = graph.component(thing.ids[0]) if len(thing.ids) == 1 else None
        if thing.by == "technology" or (thing.by == "kind" and not (impact or question.facts)):
            return thing.words  # where no fact is asked for, the sort of part is what it is about
        if component is None or words.find_technologies(thing.words):
            return thing.words
        if technology := words.technologies.get(component.technology or ""):
            return technology.label
        return words.kinds[component.kind].label.lower() if impact else ""

    text = re.sub(r"@(\d+)", lambda m: told(question.things[int(m[1])]), question.pattern)
    return f"{text} {_OF_FAILURE}" if impact and not words.find_technologies(text) else text


def _named(statements: Sequence[Statement], graph: SystemGraph, own: Path | None) -> Iterator[Hit]:
    """Yield what the rules behind some statements cite, those of the first before those of the next."""
    from buttress.retrieval import own as standards
    from buttress.retrieval.cards import cards
    from buttress.retrieval.citing import cite
    from buttress.retrieval.searching import Hit
    from buttress.rules import shipped

    technologies = frozenset(c.technology for c in graph.components if c.technology)
    rules = {card.id: card for card in shipped()}
    ids = {(practice.url, practice.title): practice.id for practice in cards().values()}
    seen: set[str] = set()
    for rule in dict.fromkeys(s.rule for s in statements if s.rule):
        card, ours = rules[rule], standards.standards(own)
        for c in cite(rule, technologies=technologies, cites=card.cites, shows=card.shows, own=ours):
            id_ = ids.get((c.url, c.title), f"{c.source}/{c.item}")
            if id_ not in seen:
                seen.add(id_)
                yield Hit(id_, c.source, c.item, c.title, c.url, 1.0, c.passage)


def _is_about(hit: Hit, question: Question, present: frozenset[str], sources: Sequence[Source]) -> bool:
    """Return whether a practice is one's own, or bears on the system and the sort of answer."""
    from buttress.retrieval.cards import cards

    practice = cards().get(hit.id)
    if practice is None:
        return True
    if question.intent == "impact" and "resilience" not in practice.areas:
        return False
    return not practice.technologies or _is_used(practice.technologies[0], present, sources)


def _is_used(technology: str, present: frozenset[str], sources: Sequence[Source]) -> bool:
    """Return whether a technology is among those that the question and the graph name, or the sources name it."""
    if technology in present:
        return True
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _names(technology)))})(?!\w)")
    return any(pattern.search(source.text) for source in sources)


def _names(technology: str) -> tuple[str, ...]:
    """Return the names that a technology goes by; words of every day aren't among them."""
    known = load().technologies.get(technology)
    if known is None:
        return (technology,)
    return (known.label, *known.exact, *(() if known.ambiguous else (*known.aliases, *known.packages)))


def _once(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Yield hits without those of the same title in another edition of their source."""
    seen: set[tuple[str, str]] = set()
    for hit in hits:
        if (hit.source, hit.title) not in seen:
            seen.add((hit.source, hit.title))
            yield hit
