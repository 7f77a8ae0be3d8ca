"""Questions about several facts at once, and about how many have them: "neither a limit nor a probe", "how many have no timeout"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.ask.answer import Statement
from buttress.ask.question import Question, facts_at
from buttress.ask.words import fact_words, listed, name_of
from buttress.model import Component, Fact, Flow, SystemGraph
from buttress.vocabulary import load

_NOT = re.compile(
    r"\b(?:no|not|without|neither|nor|lack(?:s|ing)?|miss(?:es|ing)?|never)\b|n't\b|\bun(?=[a-z]{4,})"
)
_POSITIVE = re.compile(r"\b(?:but|yet|although|though|while|with|has|have)\b")
_JOINED = re.compile(
    r"\bneither\b|\bnor\b|\bboth\b|\bbut\b|\byet\b|\b(?:no|not|without|n't)\b.*\b(?:and|or)\b|\bwith\b.*\bwithout\b|\band (?:no|not|without)\b"
)
_WHICH = re.compile(
    r"\b(?:which|what|who|list|show|name|how many|any|are there|is there|find|everything|all)\b"
)
_COUNTS = re.compile(
    r"\bhow many (?:of (?:the|our|these) )?(?:other |different |running )?"
    r"(?:(?:micro-?)?services?|components?|parts?|apps?|containers?|pods?|deployments?|workloads?|calls?|flows?|connections?|links?|requests?|databases?|"
    r"stores?|queues?|workers?|images?|things?|processes|systems?|jobs?)\b"
)


def counts(question: Question) -> bool:
    """Return whether a question asks how many parts or calls there are of which something holds, not for a number that they have.

    >>> counts(Question("", "how many services have no probe", "fact")), counts(Question("", "how many replicas has @0", "fact"))
    (True, False)
    """
    return _COUNTS.search(question.pattern) is not None


def conditions(question: Question) -> tuple[tuple[str, bool], ...]:
    """Return the facts of which a question asks for those that have or lack them all at once, each with whether it is to be there.

    >>> q = Question("", "which parts have neither a memory limit nor a readiness probe", "fact", facts=("resource_limits", "readiness"))
    >>> conditions(q)
    (('resource_limits', False), ('readiness', False))
    """
    text = question.pattern
    if len(set(question.facts)) < 2 or not _WHICH.search(text) or not _JOINED.search(text):
        return ()
    out: dict[str, bool] = {}
    at, there = 0, True
    for start, end, name in facts_at(text):
        if name not in question.facts or name in out or end == at:
            continue  # what is called alike is asked for once
        between = text[at:start]
        last_not = max((m.start() for m in _NOT.finditer(between)), default=-1)
        last_yes = max((m.start() for m in _POSITIVE.finditer(between)), default=-1)
        if last_not >= 0 or last_yes >= 0:
            there = last_not < 0 or (at > 0 and last_yes > last_not)
        out[name] = there
        at = end
    return tuple(out.items()) if len(out) > 1 else ()


def joint(
    wanted: Sequence[tuple[str, bool]],
    found: Sequence[tuple[Component | Flow, Sequence[Sequence[Fact]]]],
    graph: SystemGraph,
) -> tuple[Statement, ...]:
    """Return the parts or calls of which all that is wanted holds, each with the words for it, and those of which the sources leave something open.

    `found` has, for each that may be meant, what is known of each fact, in the order of `wanted`.
    """
    out, half = [], []
    for holder, known in found:
        held = [_holds(facts, there) for facts, (_, there) in zip(known, wanted, strict=True)]
        if all(held):
            facts = [fact for of_one in known for fact in of_one]
            evidence = tuple(dict.fromkeys(e for fact in facts for e in fact.evidence))
            out.append(
                Statement(f"{name_of(holder, graph)}: {listed(fact_words(f) for f in facts)}.", evidence)
            )
        elif any(held) and all(h is not False for h in held):
            half.append(name_of(holder, graph))
    words = listed(f"{'' if there else 'no '}{load().facts[name].label.lower()}" for name, there in wanted)
    first = (
        f"{len(out)} in what was read {'has' if len(out) == 1 else 'have'} {words}: {listed(s.text.split(':')[0] for s in out)}."
        if out
        else f"Nothing that was read is said to have {words} at once."
    )
    open_ = (
        (Statement(f"Only a part of it is said of {listed(half)}; the rest isn't known.", holds="nothing"),)
        if half
        else ()
    )
    return (Statement(first), *out, *open_)


def _holds(facts: Sequence[Fact], there: bool) -> bool | None:
    """Return whether a fact is there, or lacking, as wanted; None where the sources don't say."""
    if not facts:
        return None
    return all(f.absent for f in facts) is not there
