"""Stances: which review topics a text speaks of, and whether it addresses, plans, misses or complains of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.model import Evidence, Stance
from buttress.model.graph import StanceStatus
from buttress.prose.claims import claims
from buttress.prose.text import Sentence
from buttress.prose.words import ASIDE, PLANNED
from buttress.vocabulary import load

MAX_PLACES = 4
_MISSING_BEFORE = re.compile(
    r"(?:\b(?:no|not|without|never|lacks?|lacking|missing|none|nor|absence of|out of scope|skip(?:s|ped)?|yet to|don't|doesn't|do not|does not|didn't|isn't|aren't|hasn't|haven't|cannot|can't)\b)"
    r"(?:\W+\w+){0,3}\W*$",
    re.IGNORECASE,
)
_MISSING_AFTER = re.compile(
    r"^\W*(?:\w+\W+){0,3}?(?:(?:is|are|was|were|has|have)\s+(?:currently |still |explicitly )?(?:not|missing|absent|out of scope|deferred|disabled|unsupported|lacking)|isn't|aren't|wasn't|out of scope|not (?:yet )?(?:supported|implemented|in place|done|available|used|needed))\b",
    re.IGNORECASE,
)
_NOT_MISSING = re.compile(
    r"\b(?:no longer|not only|not just|no need|not to mention|no (?:down ?time|loss|impact|matter|single))\b",
    re.IGNORECASE,
)
_PROBLEM = re.compile(
    r"\b(?:problem(?:s|atic)?|issues?|bottlenecks?|brittle|fragile|suffers?|painful|pain points?|risk of|drawbacks?|downsides?|concern|difficult|"
    r"fail(?:s|ed|ing)? to|unable to|slow(?:ly)?|expensive|hard to|too (?:slow|many|much)|poor(?:ly)?|unreliable|outages?|incident|prone)\b",
    re.IGNORECASE,
)
_LOGS_IN = re.compile(r"^\s*(?:in|into|on|onto|out)\b", re.IGNORECASE)
_ORDER: tuple[StanceStatus, ...] = ("addressed", "planned", "problem", "missing")


def stances(texts: Sequence[Sentence]) -> tuple[Stance, ...]:
    """Return one stance a topic: the status that most sentences give it, and the sentences that do.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [(s.topic, s.status) for s in stances(sentences([Passage("a.md", 1, 1, "prose", "There is no rate limiting.")]))]
    [('rate-limiting', 'missing')]
    """
    found: dict[str, dict[StanceStatus, list[Sentence]]] = {}
    claimed: set[tuple[str, StanceStatus, int]] = set()
    vocabulary = load()
    for text in texts:
        aside = any(ASIDE.search(h) for h in text.passage.headings)
        for match in vocabulary.find_topics(text.text):
            if aside and text.passage.form == "heading":
                continue
            if text.text[match.start : match.end].lower() == "log" and _LOGS_IN.match(text.text[match.end :]):
                continue
            status = _status(text, match.start, match.end)
            if claims(text, match.start, match.end, status):
                claimed.add((match.id, status, id(text)))
            places = found.setdefault(match.id, {}).setdefault(status, [])
            if not places or places[-1] is not text:
                places.append(text)
    out = []
    for topic in sorted(found):
        by_status = found[topic]
        status = max(
            _ORDER,
            key=lambda s: (
                sum(2 if t.passage.form != "heading" else 1 for t in by_status.get(s, ())),
                -_ORDER.index(s),
            ),
        )
        told = [t for t in by_status[status] if (topic, status, id(t)) in claimed]
        running = told or sorted(by_status[status], key=lambda t: t.passage.form == "heading")
        quoted: list[Evidence] = [t.evidence() for t in running[:MAX_PLACES]]
        out.append(Stance(topic, status, tuple(dict.fromkeys(quoted)), claimed=bool(told)))
    return tuple(out)


def _status(text: Sentence, start: int, end: int) -> StanceStatus:
    before, after = text.text[:start], text.text[end:]
    near = re.split(r"[;:]|,\s(?:but|which|while|so)\b", before)[-1]
    if (_MISSING_BEFORE.search(near) or _MISSING_AFTER.match(after)) and not _NOT_MISSING.search(text.text):
        return "missing"
    scope = " ".join(text.passage.headings[-1:])
    if re.search(r"\b(?:out of scope|non-?goals?|not in scope|limitations?)\b", scope, re.IGNORECASE):
        return "missing"
    if PLANNED.search(near[-60:]) or re.search(
        r"\b(?:future work|roadmap|next steps|planned|to ?do)\b", scope, re.IGNORECASE
    ):
        return "planned"
    if _PROBLEM.search(near[-50:]) or _PROBLEM.search(after[:40]):
        return "problem"
    return "addressed"
