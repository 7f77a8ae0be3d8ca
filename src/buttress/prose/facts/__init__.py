"""Facts in sentences: counts, durations, protections and their absence, with the words that say so.

A sentence counts when it says how it is: not what is planned, wished, advised, asked or was once so. Whose fact it is,
`attribution` decides.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from buttress.model import FactValue, Status
from buttress.prose.caseless import Caseless, Hit, caseless
from buttress.prose.facts.patterns import HINTS, PATTERNS, Pattern
from buttress.prose.facts.quantities import number
from buttress.prose.sieve import Sieve
from buttress.prose.text import KEPT
from buttress.prose.verbs import lexicon
from buttress.prose.words import ASIDE, HOW_TO, HYPOTHETICAL, PLANNED


@dataclass(frozen=True, slots=True)
class Found:
    """A fact in a sentence at `start` to `end`."""

    name: str
    value: FactValue
    status: Status
    start: int
    end: int


_FILLER = (
    r"(?:\s(?:an?|any|the|yet|currently|explicit|automatic|automated|client|request|call|per-call|circuit|own|real|such|been|be|set|use|have|has|"
    r"support|configure|do|perform|take|implement|enable|provide|get|apply|a single|client-side|global|further|separate|regular|other|of|their|its|"
    r"time|enough|proper|horizontally|well|strictly|at all|by nature|made|kind of)){0,4}\s$"
)
_NO_BEFORE = Caseless(
    rf"(?:\b(?:no|not|without|never|lacks?|lacking|missing|neither|nor|cannot|nobody|none of)|n't){_FILLER}",
)
_NO_AFTER = Caseless(
    r"^\s(?:is|are|has been|have been)(?:n't|\snot|\snever)?\s(?:yet\s|currently\s)?"
    r"(?:(?<=n't\s)|(?<=not\s)|(?<=never\s)|(?<=yet\s)|(?<=currently\s))(?:set|"
    r"configured|in place|used|enabled|there|available|implemented|supported|"
    r"defined|done|made|taken|kept|applied|provided|active|turned on|switched on)\b|"
    r"^\s(?:is|are)\s(?:missing|absent|disabled|unset|off|switched off|turned off)\b",
)
_NOT_DONE = Caseless(r"\b(?:do|does)(?:n't|\snot)\s(?:yet\s|\w+ly\s)?$|\bnever\s$")
_NONE_OF = Caseless(
    r"^\W*(?:and\s)?(?:no|none of (?:the|our|these|its)|neither of the|neither (?:the |our )?[\w -]{2,40} nor)\s(?!longer)[\w -]{2,50}$",
)
_NO_NEED = Caseless(
    r"\bno (?:need|longer|more|reason|way|point|impact|loss)\b|\bnot (?:only|just|"
    r"need|required|necessary|have to)\b|n't (?:need|have to|require)\b",
)
_WISH = Caseless(
    r"\b(?:should|ought|shall|may|wants?(?: to)?|wanted|wish(?:es)?|need(?:s|ed)? to|"
    r"has to|have to|must|recommend(?:s|ed)?|advis(?:e|ed|able)|in order to|"
    r"if you|if we|if desired|whether|you can|you could|you may|you will|you'll|"
    r"we can|can (?:also |then |easily )?be (?:used|configured|extended|handled|"
    r"set|run|deployed|scaled|added|enabled)|"
    r"it is possible|optional(?:ly)?|consider(?:ed|ing)?|benefits? of|instead of|"
    r"rather than|unlike|for example|e\.g|such as|proposal|proposed|ideally|hope|"
    r"aims?|goal|expect(?:s|ed)?|"
    r"support(?:s)? for|let's|used to|requirements?)\b",
)
_AIMS = frozenset(("slo", "rpo", "rto"))  # what is expected or aimed at is what they tell
_ONCE = Caseless(
    r"\b(?:was|were|had|used to|did(?:n't)?|wasn't|weren't|hadn't|last (?:year|"
    r"month|week|december|november|summer|winter)|ago|in the past|historically|"
    r"previously|formerly|so far|until \d{4})\b",
)
_FAILS = Caseless(r"\b(?:if|unless|whether|assuming|provided that|in case)\b")
_NOT_NOW = Caseless(
    r"^[\W\d]*(?:our |the |open |future |known |possible |design |functional |"
    r"non-?functional |system )?(?:plans?|roadmap|future|next steps?|goals?|to-?dos?|"
    r"requirements?|"
    r"proposals?|recommendations?|assumptions?|constraints?|questions?|ideas?|"
    r"improvements?|history|context|background|problems?(?: statement)?|motivation|"
    r""
    r"consequences|risks?|trade-?offs?|lessons(?: learned)?)(?: (?:and|&) [\w-]+)?\W*$|"
    r"\b(?:roadmap|future work|out of scope|non-?goals?|next steps|what happened|incidents?|post-?mortems?|user stories|use cases)\b",
)


@cache
def _sieve() -> Sieve[str]:
    """Return the names of the patterns by their hints, and all parts of the patterns by their cues."""
    parts = {p for pattern in PATTERNS for p in pattern.parts()}
    return Sieve(
        (
            *((pattern.name, HINTS.get(pattern.name, ())) for pattern in PATTERNS),
            *((part, caseless(part).cues) for part in sorted(parts)),
        )
    )


@lru_cache(maxsize=256)
def silent(headings: tuple[str, ...]) -> bool:
    """Return whether what stands under these headings says nothing of how the system is: plans, options, how-to, history.

    >>> silent(("Shop", "Alternatives considered")), silent(("Shop", "Resilience"))
    (True, False)
    """
    return (
        any(ASIDE.search(h) for h in headings)
        or any(HOW_TO.search(h) or _NOT_NOW.search(h) for h in headings[-1:])
        or any(_NOT_NOW.search(h) for h in headings[1:-1])
    )


@lru_cache(KEPT)
def find(sentence: str, *, remark: bool = False) -> tuple[Found, ...]:
    """Return the facts in a sentence; nothing from what is planned, wished, advised or past.

    `remark` says that the text is a label or a cell, where the bare word states the fact: "circuit breaker".

    >>> [(f.name, f.value, f.status) for f in find("It calls pricing with a timeout of 2 seconds and has no retries.")]
    [('timeout', 2, 'stated'), ('retry', None, 'denied')]
    >>> [(f.name, f.value, f.status) for f in find("The calls should have a timeout of 2 seconds.")]
    []
    """
    text = sentence.replace("’", "'").replace("`", " ")
    tells_nothing = text.rstrip().endswith("?") or _imperative(text)
    return () if tells_nothing else tuple(_found(text, remark))


def _found(text: str, remark: bool) -> Iterator[Found]:
    limits: list[tuple[int, int]] = []  # the rate of "limits clients to 20/s" isn't the one that goes through
    possible = _sieve().possible(text)
    for pattern in PATTERNS:
        if pattern.name not in possible:
            continue
        for found in _of(pattern, text, possible, remark):
            clause = text[_clause(text, found.start) : found.start]
            if found.name == "rate_limit":
                limits.append((found.start, found.end))
            elif found.name == "rate" and any(a <= found.start < b for a, b in limits):
                continue
            wish = _WISH.search(clause) if found.name not in _AIMS else None
            if found.status == "stated" and _doubtful(text) and (wish or found.name not in _AIMS):
                continue
            if _conditional(clause) or HYPOTHETICAL.search(clause) or wish:
                continue
            if _ONCE.search(text) and _ONCE.search(text[_clause(text, found.start) : found.end + 25]):
                continue
            yield from _ranges(found, text)


@lru_cache(maxsize=1)
def _doubtful(text: str) -> bool:
    return bool(PLANNED.search(text) or HYPOTHETICAL.search(text) or _WISH.search(text))


def _of(pattern: Pattern, text: str, possible: Collection[str], remark: bool) -> Iterator[Found]:
    """Yield what a pattern finds in a text; only the `possible` parts of it can match there."""
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        return all(end <= a or b <= start for a, b in taken)

    if pattern.absent is not None and pattern.absent in possible:
        for match in caseless(pattern.absent).finditer(text):
            taken.append(match.span())
            yield Found(pattern.name, None, "denied", *match.span())
    things = caseless(pattern.thing).finditer(text) if pattern.thing in possible else ()
    denied = [m for m in things if _denied(text, m)]
    for match in denied:
        if free(*match.span()):
            taken.append(match.span())
            yield Found(pattern.name, None, "denied", *match.span())
    for frame, value in pattern.frames:
        for match in caseless(frame).finditer(text) if frame in possible else ():
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            if not free(*match.span()) or _NO_NEED.search(match[0]) or _negated_within(match[0]):
                continue
            taken.append(match.span())
            if _NOT_DONE.search(text[:start]) or _NONE_OF.search(text[_clause(text, start) : start]):
                yield Found(pattern.name, None, "denied", start, match.end())
            elif not _NO_BEFORE.search(text[:start].rstrip() + " "):
                yield Found(pattern.name, value(match), "stated", start, match.end())
    if remark and pattern.alone and not taken and pattern.thing in possible:
        bare = caseless(pattern.thing).search(text)
        if bare is not None:
            yield Found(pattern.name, True, "stated", *bare.span())


def _negated_within(words: str) -> bool:
    """Return whether a frame that was found spans a "no": "has a cache and no timeout"."""
    return bool(caseless(r"\b(?:no|not|without|never)\b|n't\b").search(words))


def _denied(text: str, match: Hit) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    if _NO_NEED.search(before[-30:] + match[0]):
        return False
    return bool(_NO_BEFORE.search(before) or _NO_AFTER.match(after) or _listed(before))


_THINGS = (
    r"(?:(?:request |call |client )?time-?outs?|retries|retry|circuit[- ]?breakers?|bulkheads?|fall-?backs?|rate limit(?:s|ing)?|back-?offs?|"
    r"dead[- ]letter queues?|health checks?|backups?|authentication|encryption|autoscaling|standby|failover|replication)"
)
_LIST = Caseless(
    rf"\b(?:no|without|neither|nor|lacks?|any)\s(?:{_THINGS}(?:\sset)?(?:,\s|\s(?:or|"
    rf"nor)\s|,\s(?:or|nor)\s)(?:an?\s|any\s|no\s)?)+$",
)


def _listed(before: str) -> bool:
    """Return whether a thing is a later part of a list that a "no" governs: "without timeout, retry or breaker"."""
    found = _LIST.search(before)
    return (found is not None and not found[0].lower().startswith("any")) or bool(
        found is not None and caseless(r"(?:not|n't)\s\w+\s$").search(before[: found.start()])
    )


def _clause(text: str, at: int) -> int:
    """Return where the clause of a place begins."""
    start = 0
    for match in caseless(r"[;:]\s|,?\s(?:but|while|whereas|because|since)\s|,\s(?:and|so)\s").finditer(
        text[:at]
    ):
        start = match.start()
    return start


def _conditional(clause: str) -> bool:
    """Return whether a clause is one on condition; what follows its comma isn't."""
    found = _FAILS.search(clause)
    return found is not None and "," not in clause[found.end() :]


def _imperative(text: str) -> bool:
    """Return whether a sentence tells the reader what to do: "Use several instances", "Deploy it behind a balancer"."""
    begin = re.search(r"[\w'-]+", text)
    if begin is None:
        return False
    first = lexicon().get(begin[0].lower())
    named = begin[0].lower() in (
        "ensure",
        "make",
        "please",
        "note",
        "see",
        "consider",
        "imagine",
        "remember",
        "avoid",
        "try",
    )
    if not named and (first is None or not first.plain):
        return False
    words = re.findall(r"[\w'-]+", text)
    if len(words) < 3:
        return False
    rest = [w.lower() for w in words[1:8]]
    finite = {"is", "are", "has", "have", "runs", "uses", "was", "were", "will", "can", "happens", "happen"}
    return named or not any(w in finite for w in rest)


def _ranges(found: Found, text: str) -> Iterator[Found]:
    if found.name != "scaled_between":
        yield found
        return
    if found.status == "denied":
        return
    words = re.findall(r"\d+|[a-z]+", text[found.start : found.end].lower())
    counts: list[int] = []
    for word in words:
        try:
            counts.append(int(number(word)))
        except ValueError:
            continue
    if len(counts) >= 2 and 0 <= counts[0] < counts[1]:
        yield Found("min_replicas", counts[0], "stated", found.start, found.end)
        yield Found("max_replicas", counts[1], "stated", found.start, found.end)
