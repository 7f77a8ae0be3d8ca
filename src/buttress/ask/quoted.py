"""What the sources say in so many words: the lines of a graph's evidence that hold the words of a question.

For questions that nothing computes. What is shown is a quote, never an answer made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from buttress.ask.answer import Statement
from buttress.ask.question import ASKING, Question
from buttress.model import Component, Evidence, Flow, SystemGraph
from buttress.vocabulary.match import stem

_MOST = 3
_PLAIN = frozenset(
    """
        about actually after again also always am among around before being better between both build come company could current
        currently day did different else ever exactly explain first give given good have having here kind long look made make makes
        many may mean means might month more much next often ok part parts place please possible really right said say sort still
        stuff such sure tell then thing things think those through time today us very way ways well were whole won would year yes you your
    """.split()
)
_LONGEST = 400  # characters; what is longer is a drawing in one line, or no sentence at all


def words_sought(question: Question) -> tuple[str, ...]:
    """Return the words of a question that carry its matter, as they are written; names of parts included."""
    text = re.findall(r"[\w-]{3,}", question.text.lower())
    return tuple(dict.fromkeys(w for w in text if w not in ASKING and w not in _PLAIN))


def quoted(question: Question, graph: SystemGraph) -> tuple[Statement, ...]:
    """Return the places whose words hold all that the question is about, shortest first; nothing for fewer than two words."""
    sought = {stem(w) for w in words_sought(question)}
    if len(sought) < 2:
        return ()
    found: dict[tuple[str, int], Evidence] = {}
    for e in _evidence(graph):
        if len(e.quote) <= _LONGEST and sought <= {
            stem(w) for w in re.findall(r"[\w-]{3,}", e.quote.lower())
        }:
            found.setdefault((e.source, e.line), e)
    best = sorted(found.values(), key=lambda e: (len(e.quote), e.source, e.line))[:_MOST]
    return (Statement("The sources say:", tuple(best)),) if best else ()


def _evidence(graph: SystemGraph) -> Iterator[Evidence]:
    holders: tuple[Component | Flow, ...] = (*graph.components, *graph.flows)
    for holder in holders:
        yield from holder.evidence
        for fact in holder.facts:
            yield from fact.evidence
    for stance in graph.stances:
        yield from stance.evidence
