"""What the sources say in so many words: the lines that are nearest to a question, by its words and by their meaning.

For questions that nothing computes, and beside answers that leave them open. What is shown is a quote, never an answer made of it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from buttress.ask.answer import Statement
from buttress.ask.called import ASKING
from buttress.ask.lines import Line, is_secret, says_something
from buttress.ask.question import Question
from buttress.errors import StaleIndex, WeightsMissing
from buttress.model import Component, Flow, SystemGraph
from buttress.prose.facts.quantities import NUMBERS
from buttress.vocabulary import load
from buttress.vocabulary.match import stem

SAID = "The sources say:"
_MOST = 3
_PLAIN = frozenset(
    """
        about actually after again also always am among around before being better between both build come company could current
        currently day did different else ever exactly explain first give given good have having here kind long look made make makes
        many may mean means might month more much next often ok part parts place please possible really right said say sort still
        stuff such sure tell then thing things think those through time today us very way ways well were whether whole won would year yes you your
    """.split()
)
_FORMS = dict(
    pair.split(":")
    for pair in (
        "sent:send kept:keep held:hold lost:lose written:write wrote:write told:tell built:build paid:pay bought:buy sold:sell chosen:choose "
        "chose:choose broken:break broke:break taken:take took:take given:give gave:give shown:show found:find left:leave caught:catch "
        "began:begin begun:begin brought:bring drawn:draw driven:drive fed:feed forgotten:forget hidden:hide known:know led:lead lent:lend "
        "meant:mean met:meet run:run ran:run seen:see spent:spend stolen:steal thrown:throw understood:understand woken:wake won:win"
    ).split()
)
# What lines say that bear on a question of this intent, whatever its own words are.
_MATTERS = {
    "order": "start started first before",
    "loss": "memory persist persisted volume restart backup",
    "owner": "owner team contact",
}
_LONGEST = 400  # characters; what is longer is a drawing in one line, or no sentence at all
_COMPARED = 32  # lines of which the meaning is compared, those with most of the words first
# A line is as near as its meaning (cosine) and half the share of the question's words that it holds, each by its rarity. Measured over
# questions of six systems: what is nearer than the first is mostly to the point, what is nearer than the second nearly always.
NEAR, CERTAIN = 0.52, 0.75
TREATED = 0.62  # beside the places where its topic is treated
ADVISED = 0.45  # beside practices, which say what is asked for anyway
_BEHIND = 0.25  # what is so much farther than the nearest is left out
_REASON = re.compile(
    r"\b(?:because|since|so (?:that|there|we|it|they)|therefore|hence|reasons?|rationale|due to|in order to|to (?:avoid|prevent|keep|ensure|reduce|allow))\b"
)
# What is asked for, and what a line holds that says it: (the question, the line).
_SAYS = (
    (re.compile(r"\W*(?:why|what(?: is|'s) the reason)\b"), _REASON),
    (
        re.compile(r"\bhow (?:often|long|many|much|big|large|fast|old|far)\b|\b(?:minimum|maximum|at (?:least|most)|limits?|rate|size)\b"),
        re.compile(rf"\d|\b(?:{'|'.join(NUMBERS)}|once|twice|daily|weekly|monthly|hourly|nightly|half|unlimited)\b"),
    ),
    (
        re.compile(r"\W*(?:how (?:do|can|should|could|would) (?:i|we|you|one)|what (?:do|should|must) (?:i|we|you|one)|how to)\b|"
                   r"\b(?:prevent|mitigat|avoid|stop)\w*\b"),
        re.compile(r"\b(?:recommend\w*|should|must|needs? to|ha(?:s|ve) to|by \w+ing|mitigat\w+|set|add|enable|configure|install|run|use|ensure|"
                   r"make sure)\b"),
    ),
)  # fmt: skip
# Titles of what a system is not to do.
_NOT_OURS = re.compile(r"\bout[- ]of[- ]scope\b|\bnon-?\s?goals?\b|\bnot in scope\b")
_BECAUSE = 0.15  # what a line that says what is asked for, a reason or a number, is nearer than others
_UNDER = 0.5  # what a word in the title or column above counts for


def words_sought(question: Question) -> tuple[str, ...]:
    """Return the words of a question that carry its matter, as they are written; names of parts included."""
    text = re.findall(r"[\w-]{3,}|\b[a-z]\d+\b", question.text.lower())
    return tuple(dict.fromkeys(w for w in text if w not in ASKING and w not in _PLAIN))


def stems(text: str) -> set[str]:
    """Return the stems of the words of a text, of irregular verbs those of their first form.

    >>> sorted(stems("Failed e-mails: 3 retries")), sorted(stems("mails sent"))
    (['fail', 'mail', 'retry'], ['mail', 'send'])
    """
    return {stem(_FORMS.get(w, w)) for w in re.findall(r"[^\W\d_]{3,}|\b[a-z]+-?\d+\b", text.lower())}


def quoted(
    question: Question, graph: SystemGraph, told: Sequence[Line] = (), *, least: float = NEAR
) -> tuple[Statement, ...]:
    """Return the lines that are nearest to a question, nearest first, nothing when none is as near as `least`.

    Looked through are the lines that the graph rests on, and those of `told`.
    """
    sought = {
        word: _also_called(word, question, graph) for word in sorted(stems(" ".join(words_sought(question))))
    }
    if not sought:  # "how much can we lose": the words of the facts that are asked for say it
        sought = {name: stems(f"{load().facts[name].label} {name}") for name in question.facts}
    if not sought:
        return ()
    if question.intent in _MATTERS:
        sought[question.intent] = stems(_MATTERS[question.intent])
    asked = stems(question.text)
    candidates = [
        line
        for line in (*told, *_evidence(graph, sought, told))
        if len(line.text) <= _LONGEST
        and not (_NOT_OURS.search(line.title.lower()) and not _NOT_OURS.search(question.pattern))
        and not (
            line.evidence.form != "table" and stems(line.text) <= asked
        )  # says no more than the question
    ]
    ranked = _ranked(question.text, sought, candidates)
    best = ranked[0][0] if ranked else 0.0
    # A question of one word says little of what is asked, so more must speak for a line.
    enough = [
        line
        for score, line in ranked
        if score >= max(least, best - _BEHIND, CERTAIN if len(sought) < 2 else 0.0)
    ]
    evidence = tuple(dict.fromkeys(line.evidence for line in enough))[:_MOST]
    return (Statement(SAID, evidence, holds="quote"),) if evidence else ()


def _also_called(word: str, question: Question, graph: SystemGraph) -> set[str]:
    """Return a word of a question and the other names, of one word, of the part or technology that it names there."""
    out = {word}
    technologies = load().technologies
    for thing in (t for t in question.things if word in stems(t.words)):
        parts = [c for c in graph.components if c.id in thing.ids]
        names = [name for c in parts for name in (c.name, *c.aliases)] if len(parts) == 1 else []
        names += [technologies[c.technology].label for c in parts if c.technology in technologies]
        out |= {w for name in names if len(own := stems(name)) == 1 for w in own}
    return out


def _ranked(
    text: str, sought: Mapping[str, set[str]], candidates: Sequence[Line]
) -> list[tuple[float, Line]]:
    """Return the lines that hold a word of the question with how near they are, nearest first."""
    words = [(stems(line.text), stems(line.under)) for line in candidates]
    held = [
        {w: 1.0 if called & own else _UNDER for w, called in sought.items() if called & (own | under)}
        for own, under in words
    ]
    often = Counter(w for found in held for w in found)
    weights = {w: math.log(1 + len(candidates) / (1 + often[w])) for w in sought}
    whole = sum(weights.values())
    shares = [sum(weights[w] * part for w, part in found.items()) / whole for found in held]
    chosen = sorted((n for n, share in enumerate(shares) if share), key=lambda n: (-shares[n], n))[:_COMPARED]
    meant = _meanings(text, [candidates[n] for n in chosen])
    low = text.lower()
    gives = [says for asks, says in _SAYS if asks.search(low)]
    said = [f"{candidates[n].under} {candidates[n].text}".lower() for n in chosen]
    reasons = (_BECAUSE if any(says.search(line) for says in gives) else 0.0 for line in said)
    nearness = {n: shares[n] / 2 + near + more for n, near, more in zip(chosen, meant, reasons, strict=True)}
    return [(nearness[n], candidates[n]) for n in sorted(chosen, key=lambda n: (-nearness[n], n))]


def _meanings(text: str, candidates: Sequence[Line]) -> list[float]:
    """Return how near each line's meaning is to a text's; without an encoder only lines with all the words are near."""
    from buttress.retrieval.encoder import MINILM, encoder_for  # what answers from the graph alone don't need

    if not candidates:
        return []
    try:
        vectors = encoder_for(MINILM).encode(
            [text, *(f"{c.under}: {c.text}" if c.under else c.text for c in candidates)]
        )
    except (WeightsMissing, StaleIndex):
        return [0.3] * len(candidates)
    return [float(near) for near in vectors[1:] @ vectors[0]]


def _evidence(graph: SystemGraph, sought: Mapping[str, set[str]], told: Sequence[Line]) -> Iterator[Line]:
    """Yield what the graph rests on: running text, and of drawings, code and settings the lines that hold all the words."""
    holders: tuple[Component | Flow, ...] = (*graph.components, *graph.flows)
    found = (
        *(
            e
            for holder in holders
            for e in (*holder.evidence, *(e for fact in holder.facts for e in fact.evidence))
        ),
        *(e for stance in graph.stances for e in stance.evidence),
    )
    shown = {(line.evidence.source, line.evidence.line) for line in told}
    for e in dict.fromkeys(found):
        words = stems(e.quote) if len(sought) > 1 else set()
        whole = bool(words) and all(called & words for called in sought.values())
        if (
            (e.source, e.line) not in shown
            and (whole or e.form in ("prose", "list", "table"))
            and says_something(e.quote)
            and not is_secret("", e.quote)
        ):
            yield Line(e.quote, "", e)
