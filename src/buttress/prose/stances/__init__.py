"""Stances: which review topics a text speaks of, and whether it addresses, plans, misses or complains of them."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.evidence.quotes import MAX_QUOTE
from buttress.model import Evidence, Stance
from buttress.model.graph import StanceStatus
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.stances.claims import said, words_of
from buttress.prose.stances.habits import habits, open_decisions, outdated
from buttress.prose.stances.items import is_not_there
from buttress.prose.stances.leads import Leads, wishes
from buttress.prose.stances.marked import is_about_document, is_about_file
from buttress.prose.stances.others import Others
from buttress.prose.stances.senses import means
from buttress.prose.text import Sentence
from buttress.prose.words import ASIDE

MAX_PLACES = 4
# What points back at the sentence before: without that one, nobody knows what is spoken of.
_POINTS_BACK = Caseless(r"^\W*(?:th(?:is|ese|at|ose)|it|they|both|neither|such|the (?:latter|former|same))\b")
_ORDER: tuple[StanceStatus, ...] = ("addressed", "planned", "problem", "missing")
# Titles of what a proposal is about to solve.
_COMPLAINT = Caseless(
    r"^\W*(?:[\d.]+\s*)?(?:the )?(?:problems?(?: (?:statement|description|definition|with .*|of .*))?|motivation|background(?: information)?|context|"
    r"(?:current )?(?:challenges|shortcomings|pain points))\W*(?:$|/|&|\band\b)"
)
_TROUBLES = Caseless(r"^\W*(?:[\d.]+\s*)?(?:the )?(?:problems?|shortcomings|pain points|challenges)\b")
# "Status: draft, the single source of truth": of the document, not of the system.
_OF_DOCUMENT = Caseless(
    r"^\W*(?:doc(?:ument)? )?(?:status|version|authors?|reviewers?|approvers?|last (?:updated|modified|reviewed)|created|date)\W{0,3}:\s"
)
_INTERFACE = Caseless(r"\b(?:apis?|endpoints?|interfaces?|routes?)\b")


def stances(texts: Sequence[Sentence]) -> tuple[Stance, ...]:
    """Return one stance for each topic and status that a sentence claims; for a topic that is only named, one without a claim.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> def told(text):
    ...     return [(s.topic, s.status, s.claimed) for s in stances(sentences([Passage("a.md", 1, 1, "prose", text)]))]
    >>> told("There is no rate limiting."), told("Rate limiting in general.")
    ([('rate-limiting', 'missing', True)], [('rate-limiting', 'addressed', False)])
    >>> told("Rate limiting is enforced by each service (the edge has no rate limiting).")
    [('rate-limiting', 'addressed', True)]
    """
    claimed: dict[str, dict[StanceStatus, list[Sentence]]] = {}
    named: dict[str, dict[StanceStatus, list[Sentence]]] = {}
    before: Sentence | None = None
    over, undecided = outdated(texts), open_decisions(texts)
    leads, others = Leads(texts), Others(texts)
    for text in texts:
        superseded = text.passage.headings in over and len(text.passage.headings) > 1
        if superseded or is_about_document(text.passage.cells) or _OF_DOCUMENT.match(text.text):
            before = text
            continue
        told: dict[str, StanceStatus] = {}
        above = leads.above(text)
        for habit in habits(text):
            if habit.status in ("addressed", "planned") and text.passage.headings in undecided:
                continue
            if habit.status == "addressed" and (
                wishes(above)
                or any(_TROUBLES.search(h) for h in text.passage.headings[-2:])
                or is_not_there(words_of(text, above))
                or others.has(text, habit.topic)
            ):
                continue
            if told.get(habit.topic) in (None, "addressed", "planned"):
                told[habit.topic] = habit.status
        for topic, state in told.items():
            claimed.setdefault(topic, {}).setdefault(state, []).append(text)
        aside = text.passage.form == "heading" and any(ASIDE.search(h) for h in text.passage.headings)
        for match in () if aside else text.topics:
            topic = _narrowed(match.id, text, before)
            if not means(topic, text.text, match.start, match.end):
                continue
            status, claims = said(text, match.start, match.end, topic, above)
            if told.get(topic, status) != status and status in ("addressed", "planned"):
                continue
            if status == "missing" and _is_limit(text, match.start, claimed.get(topic, {})):
                continue
            claims = claims and not is_about_file(text.passage.cells)
            claims = claims and not (status == "addressed" and others.has(text, topic))
            places = (claimed if claims else named).setdefault(topic, {}).setdefault(status, [])
            if not places or places[-1] is not text:
                places.append(text)
        before = text
    _without_what_is_solved(claimed, named)
    out = []
    for topic in sorted({*claimed, *named}):
        if topic in claimed:
            for status in _ORDER:
                if status in claimed[topic]:
                    out.append(Stance(topic, status, _evidence(claimed[topic][status], texts), claimed=True))
            continue
        by_status = named[topic]
        status = max(by_status, key=lambda s: (_weight(by_status[s]), -_ORDER.index(s)))
        running = sorted(by_status[status], key=lambda t: t.passage.form == "heading")
        out.append(Stance(topic, status, _evidence(running, texts), claimed=False))
    return tuple(out)


def _without_what_is_solved(
    claimed: dict[str, dict[StanceStatus, list[Sentence]]],
    named: dict[str, dict[StanceStatus, list[Sentence]]],
) -> None:
    """Let complaints of a section on problems become names where the same source tells elsewhere how it is done: that is what it proposes."""
    for topic, told in claimed.items():
        solved = {
            t.passage.source
            for by_status in (told, named.get(topic, {}))
            for status in ("addressed", "planned")
            for t in by_status.get(status, ())
            if t.passage.form != "heading" and not _complains(t)
        }
        for status in ("missing", "problem"):
            places = told.get(status, [])
            kept = [t for t in places if t.passage.source not in solved or not _complains(t)]
            if places and not kept:
                del told[status]
            elif places:
                told[status] = kept
    for topic in [t for t, told in claimed.items() if not told]:
        del claimed[topic]


def _complains(text: Sentence) -> bool:
    return any(_COMPLAINT.search(h) for h in text.passage.headings)


def _is_limit(text: Sentence, at: int, claimed: dict[StanceStatus, list[Sentence]]) -> bool:
    """Return whether brackets only say which part doesn't do what the sentence says is done: "checked everywhere (the edge doesn't)"."""
    opened = text.text.rfind("(", 0, at)
    inside = opened > text.text.rfind(")", 0, at) and ")" in text.text[at:]
    return inside and claimed.get("addressed", [None])[-1] is text


def _narrowed(topic: str, text: Sentence, before: Sentence | None) -> str:
    """Return the topic that a general word stands for here: versions of an interface are a matter of the API."""
    if topic != "versioning":
        return topic
    told = text.text if before is None or before.number != text.number else f"{before.text} {text.text}"
    return (
        "api-versioning"
        if _INTERFACE.search(told) and caseless(r"\bversion(?:ed|ing)\b").search(text.text)
        else topic
    )


def _weight(places: Sequence[Sentence]) -> int:
    return sum(2 if t.passage.form != "heading" else 1 for t in places)


def _evidence(places: Sequence[Sentence], texts: Sequence[Sentence]) -> tuple[Evidence, ...]:
    """Return the places, running text before cells, each once, with what a place points back at."""
    ordered = sorted(places, key=lambda t: t.passage.form == "table")[:MAX_PLACES]
    return tuple(dict.fromkeys(_with_what_it_points_at(t, texts).evidence() for t in ordered))


def _with_what_it_points_at(text: Sentence, texts: Sequence[Sentence]) -> Sentence:
    if not text.place or not _POINTS_BACK.match(text.text):
        return text
    before, end = texts[text.place - 1], text.start + len(text.text)
    if before.passage is not text.passage or end - before.start > MAX_QUOTE:
        return text
    return Sentence(text.passage, before.number, before.start, text.passage.text[before.start : end])
