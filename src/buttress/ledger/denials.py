"""The grammar of denials: whether the words around a name say that it isn't there, and what narrows that."""

from __future__ import annotations

import re

from buttress.prose.caseless import Caseless, caseless
from buttress.prose.clauses import looks_finite
from buttress.prose.facts.quantities import NUMBERS
from buttress.prose.words import STOP
from buttress.vocabulary.match import stem

_NOT = r"(?:n['’]t|\s+not|\s+never)(?:\s+(?:yet|currently|now|actually|have|be|been))*"
_BEFORE = Caseless(
    r"(?P<no>\bno|\bwithout(?: (?:an?|any))?|\b(?:do|does|did|is|are|was|were|has|have)" + _NOT +
    r"(?:\s+(?:use|using|used|have|run|running|support|supported|deploy|employ|offer|provide|need|get|take|put|keep|employ|"
        r"behind))?(?:\s+(?:an?|any|the|our))?|"
    r"\bnever|\b(?:nothing|nobody|no one|none of [\w ]{2,20}) (?:is|are|has|have|gets?|does)|\bnot (?:use|using|have|run|deploy|supported|"
        r"behind)(?: (?:an?|any|the))?|\bnever (?:use|uses|had|runs?)(?: (?:an?|any|the))?|\black(?:s|ing)?(?: (?:an?|any))?)"
    r"\s+(?P<words>(?:[\w./-]+\s+){0,3})$",
)  # fmt: skip
_OR = Caseless(
    r"(?:\bno|\bwithout(?: any)?|\bneither)\s+(?:[\w./-]+\s+){1,4}(?:or|nor)\s+(?P<words>(?:[\w./-]+\s+){0,2})$",
)
AFTER = Caseless(
    r"^(?:\s+(?:support|layer|server|cluster|service|tier))?\s*(?:(?:is|are|was|were|has|have)" + _NOT +
    r"\s+(?:used|enabled|deployed|introduced|set up|in place|in use|supported|implemented|available|configured|done|there|part of|active|"
        r"installed|needed here)\b|"
    r"(?:was|were|has been|have been|is|are)\s+(?:recently\s+|since\s+|now\s+)?(?:removed|retired|decommissioned|taken out|thrown out|"
        r"abandoned|given up|dropped|shut down)\b|"
    r"(?:is|are|was|were|has been|have been)\s+(?:currently\s+|still\s+|explicitly\s+)?(?:missing|absent|disabled|out of scope|turned off|"
        r"switched off|not there)\b|"
    r"\s*(?::|\||–|—)\s*(?:none|no|not (?:used|enabled|available|supported|deployed))\s*(?:$|[.;(|]|,(?![^.;]*\bor\b)))",
)  # fmt: skip
NEVER_THAT = Caseless(
    r"\b(?:no (?:longer|need|matter|more than|fewer|less|other|way|doubt|reason|problem|issue|one|single)|not (?:only|just|necessarily|always|all|every)|"
    r"(?:cannot|can't|could not|couldn't|must not|never) \w+ .{0,40}without)\b",
)
# "A service without a probe" supposes one.
_ANY_WITHOUT = Caseless(r"\b(?:an?|any|each|every)\s+[\w-]+\s+without\s+(?:\w+\s+){0,3}$")
TAILS = frozenset(
    """
        support layer server servers cluster tier mechanism mechanisms policy service services instance instances system systems dependency
        dependencies component components provider node nodes deployed used needed running enabled configured available involved whatsoever
        yet here currently now today anywhere present required installed is are was has must will at in on for between from with to of and
        or but so that which because since while as by into via per
    """.split()
)
_GENERIC = frozenset(
    """
        service services system stack place moment present deployment production project application app front all any the them it this
        components everything cluster environment setup platform our other use scope part time now today here
    """.split()
)
_QUALIFIED = Caseless(
    r"^\W*(?:support\s+)?(?:on|for|between|in|at|from|within|inside|across|when|during|to)\s+([^.;,:()]{2,60})",
)
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_OTHERS = frozenset(
    "issues issue errors error problems problem costs cost overhead headers keys hits misses entries attacks".split()
)
_PALE = frozenset("a an the any such more additional our of its own message".split())


# What is only now and then not there: "when no workers are running".
_AT_TIMES = Caseless(
    r"\b(?:when(?:ever)?|while|if|unless|until|once|in case|as long as)\s+(?:there\s+(?:is|are)\s+)?$"
)


def denial(before: str, after: str) -> frozenset[str] | None:
    """Return the stems that narrow what is denied between two halves of a sentence, None when nothing is.

    >>> denial("There is no ", " in the stack."), sorted(denial("Runs without a distributed ", ".")), denial("We run a ", ".")
    (frozenset(), ['distribut'], None)
    """
    found = _BEFORE.search(before) or _OR.search(before)
    if found is not None:
        if NEVER_THAT.search(before[max(0, found.start() - 60) :]):
            return None
        if _AT_TIMES.search(before[: found.start()]):
            return None
        if caseless(r"\W*without\b").match(before) or _ANY_WITHOUT.search(before):
            return None
        words = found["words"].lower().split()
        if any(
            w in ("to", "for", "in", "on", "with", "by", "of", "that", "is", "are", "than") for w in words
        ):
            return None
        narrow = {stem(w) for w in words if w not in _PALE}
    elif AFTER.match(after):
        narrow = set()
    else:
        return None
    qualified = _QUALIFIED.match(after)
    if qualified:
        narrow |= {stem(w) for w in WORD.findall(qualified[1].lower()) if w not in _GENERIC and len(w) > 3}
    return frozenset(narrow)


def ends(after: str) -> bool:
    """Return whether a noun phrase ends here, generic words aside."""
    following = re.match(r"[ -]([A-Za-z][\w-]*)", after)
    if following is None:
        return True
    word = following[1].lower()
    return word in TAILS or (word in STOP and not after.startswith("-")) or looks_finite(word)


def is_head(thing: str, surface: str, after: str) -> bool:
    """Return whether the name ends its noun phrase, or is a verb: "CORS issues" speaks of issues."""
    if ends(after):
        return True
    following = re.match(r"[ -]([A-Za-z][\w-]*)", after)
    word = following[1].lower() if following else ""
    if word in _OTHERS:
        return False
    if thing.startswith("tech:"):
        return word not in ("support", "alternative", "style", "compatible", "like")
    verbal = surface.lower().endswith(("s", "ed")) and not after.startswith("-")
    return verbal or word in NUMBERS or word.endswith(("ed", "ly"))
