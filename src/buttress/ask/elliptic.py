"""Clauses that leave something to the one before: "and which don't?", "would orders still work?", "and who has it?"."""

from __future__ import annotations

import re
from dataclasses import replace

from buttress.ask import measures
from buttress.ask.question import Question
from buttress.ask.sets.algebra import Not, Query, Relates, Select
from buttress.ask.sets.lexicon import kinds_of
from buttress.vocabulary import load

# What asks about a part under the condition of the clause before.
_STILL = re.compile(r"\b(?:still|anyway|keep (?:on )?working|carry on|go on|too|as well)\b(?!.*\bif\b)", re.I)
# What leaves the matter to the clause before: "which services don't?"
_ELLIPSIS = re.compile(
    r"(?:and )?(?:which|what|who)(?: [\w-]+){0,2} (?:do|does|is|are|has|have)(?:n'?t| not| none)?\s*\?*", re.I
)
_WHICH_MOST = re.compile(
    r"(?:and )?(?:who|what|which)(?: \w+)?(?: (?:has|have|is|are|needs?|takes?|gets?))? (?:the )?"
    r"(?:most|least|largest|smallest|longest|shortest|highest|lowest)\W*",
    re.I,
)
_WHO_HAS_IT = re.compile(
    r"(?:and )?(?:who|what|which(?: \w+)?) (?:has|have|is|are|does|do) (?:it|that|they|them|those)\W*", re.I
)

_IN_THEM = re.compile(
    r"(?:and )?(?:what|who|which (?:services?|parts?|components?))(?:'s| is| are| runs?| lies?| lives?| belongs?) "
    r"(?:in|to|on) (?:them|it|each(?: of them)?)\W*",
    re.I,
)


def is_told(part: str, last: Question) -> bool:
    """Return whether a clause asks only for what the answer to the one before has told: who has the number.

    >>> is_told("who has it?", Question("", "which is the smallest limit", "fact"))
    True
    """
    if last.query is not None and last.query.aim == "places":
        return _IN_THEM.fullmatch(part) is not None
    return last.intent == "fact" and _WHO_HAS_IT.fullmatch(part) is not None


def completed(part: str, last: Question | None, failed: str) -> str:
    """Return a clause with what it leaves to those before: what was to fail in them, or the fact that was asked for.

    >>> completed("would orders still work?", None, "redis"), completed("which have none?", Question("", "", "fact", facts=("retry",)), "")
    ('would orders still work if redis fails?', "which don't have retry?")
    """
    if failed and _STILL.search(part):
        part = f"{part.rstrip(' ?')} if {failed} fails?"
    if last is not None and last.facts and _ELLIPSIS.fullmatch(part):
        part = re.sub(r"\b(?:have|has) none\b", "don't", part)
        part = f"{part.rstrip(' ?')} have {load().facts[last.facts[0]].label.lower()}?"
    return part


def turned(part: str, last: Question) -> Question | None:
    """Return what a clause asks that leaves its matter to the one before, None for others.

    "And which don't?" behind a question for users; "and which the most?" behind one for the least.

    >>> turned("and which the most?", Question("", "which has the least cpu", "fact")).pattern
    'and which the most? which has the  cpu'
    """
    if last.intent == "fact" and measures.superlative(last) and _WHICH_MOST.fullmatch(part):
        return replace(
            last, text=part, pattern=f"{part.lower()} {measures.without_superlative(last.pattern)}"
        )
    if not _ELLIPSIS.fullmatch(part):
        return None
    denied = re.search(r"n't\b|\bnot\b", part) is not None
    if last.query is not None and last.query.aim == "list" and len(last.query.select.conditions) == 1:
        condition = last.query.select.conditions[0]
        before = isinstance(condition, Not)
    elif last.intent == "dependents" and (used := [t for t in last.named() if t.ids]):
        condition, before = Relates("use", Select(used[0].words, ids=used[0].ids)), False
    else:
        return None
    inner = condition.condition if isinstance(condition, Not) else condition
    services = Select(
        "services", kinds_of("services"), conditions=(Not(inner) if denied != before else inner,)
    )
    return replace(last, text=part, intent="set", slots=(), query=Query("list", services))
