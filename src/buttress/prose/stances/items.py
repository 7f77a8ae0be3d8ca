"""What the place of an item says of it: its sign, its row, the title or line that it stands below, a short word behind its name.

An item of a list of gaps, a task that isn't ticked and a row whose state is "planned" have no verb of their own. Only an item that is
hardly more than the name of the topic, or begins with it as its label, claims something; what else it names is only named.
"""

from __future__ import annotations

import re
from functools import lru_cache

from buttress.model.graph import StanceStatus
from buttress.prose.caseless import Caseless
from buttress.prose.stances.lacking import Words
from buttress.prose.stances.marked import heads_row, is_not_now, of_row, said_after, without_sign
from buttress.prose.text import KEPT
from buttress.prose.words import HYPOTHETICAL, NEGATED
from buttress.vocabulary import load

Told = tuple[StanceStatus, bool]
_NAMED: Told = ("addressed", False)
_NUMBER = r"^\W*(?:\d+(?:\.\d+)*\.?\s*)?"
_TAIL = r"\W*(?:\([^()]*\)\W*)?$"
_OUTSIDE = Caseless(r"\b(?:out of scope|non-?goals?|not in scope|won't do|exclusions?)\b")
# Titles below which everything is missing, and such below which something of it may be there.
_ABSENT = Caseless(
    rf"{_NUMBER}(?:(?:known|current|remaining|production|features?) )?(?:gaps?|(?:what(?:'s|’s| is) |still |things |features )?missing(?: \w+)?|"
    rf"not (?:yet )?(?:done|implemented|supported|covered|built|there|available)(?: yet)?|unimplemented){_TAIL}"
)
_GAPS = Caseless(
    r"\b(?:gaps|missing(?! (?:from|in)\b)|not (?:yet )?(?:done|implemented|supported|covered|built)|limitations?|shortcomings)\b"
)
_PARTLY = Caseless(r"\bpartial(?:ly)?\b|\bneeds (?:work|improvement|enhancement)s?\b|\bin progress\b")
_DONE = Caseless(
    rf"{_NUMBER}(?:(?:what is|already|currently|core|key|all)\s+)?(?:\w+ ){{0,2}}(?:implemented|done|completed?|what works|in place)(?: \w+)?{_TAIL}"
)
_ADDS = Caseless(
    r"^\W*(?:add(?:ed|s)?|implement(?:ed|s)?|introduced?|integrated?|enabled?|configured?|set(?: |-)?up|created?|built|build|use|supports?|expose|ensure|wrote|write|deployed?|provide)\b"
)
# "Fix the retries", "evaluate tracing": a task that says nothing of whether the thing is there.
_OTHER_TASK = Caseless(
    r"^\W*(?:fix|evaluate|investigate|research|decide|discuss|document|describe|plan|remove|drop|replace|review|refactor|consider|explore|"
    r"design|think|check|clarify|migrate|move|rename|upgrade|improve|discover|spike|estimate|compare)(?:e?d)?\b"
)
# Below a title of debts or risks, and anywhere: what is to be done about it.
_TO_BE_DONE = Caseless(
    r"^\W*(?:recommend\w*|action(?: items?| required)?|(?:future|proposed|suggested|planned) \w+)\*{0,2}\s*:"
)
# "Local development: PostgreSQL in Docker": of a developer's machine.
_AT_HOME = Caseless(r"^\W*(?:local(?:ly)?(?: \w+)?|dev(?:elopment)?)\*{0,2}\s*:")
_REMEDY = Caseless(r"^\W*(?:solutions?|fix(?:es)?|mitigations?|remed(?:y|ies)|resolution)\*{0,2}\s*:")
_DEBTS = Caseless(r"\b(?:debts?|risks?(?: register)?|issues|problems|findings|gaps)\b")
# "Deploy the cache", below a title for what a proposal changes.
_TASK = Caseless(
    r"^\W*(?:add|create|deploy|implement|extend|develop|introduce|update|replace|build|write|run)\s+[a-z]"
)
_CHANGES = Caseless(
    r"^\W*(?:[\d.]+\s*)?(?:(?:technical )?implementation|proposals?|proposed (?:changes?|solution|implementation))\W*$"
)
_ALL_PLANS = Caseless(
    r"\b(?:roadmap|backlog|to-?dos?(?: list)?|future work|next steps?(?: for .{1,40})?)\W*$"
)
# Titles and lines that lead in below which nothing is there yet: "Future work", "For future scale", "Long-term (12+ months)".
_TO_COME = Caseless(
    rf"{_NUMBER}\**(?:(?:for |in )?(?:the |our )?(?:near |long-term |possible |planned )?future\b(?! of\b|[ -]?proof)[^.]{{0,40}}|(?:medium|mid|long)[ -]term(?: \w+)?|"
    rf"roadmap|to-?dos?(?: list)?|next steps?|backlog|(?:what(?:'s|’s| is| comes) )next|later|coming soon|parking lot|(?:possible|future|later) (?:improvements|enhancements|extensions))\**:?\**{_TAIL}"
)
_FILL = re.compile(r"\b(?:an?|the|any|full|basic|proper)\b|[\W_]", re.IGNORECASE)
_LABELLED = re.compile(r"(?:\s+[\w-]+){0,2}\*{0,2}\s*(?::|\s[–—-]{1,2}\s)")
# What is out of scope here because another one does it.
_ELSEWHERE = Caseless(
    r"\b(?:handled|done|provided|left to|delegated|elsewhere|externally|upstream|by|in|via|through|other than|beyond|per)\b"
)


def told_by_place(words: Words, start: int, end: int) -> Told | None:
    """Return what the place of an item says of the topic at [start, end), and whether as a claim; None when it says nothing.

    >>> def told(text, name, *titles, opening=None, form="list", cells=(), columns=()):
    ...     words = Words(text, form, ("Shop", *titles), cells, False, columns, opening)
    ...     return told_by_place(words, text.index(name), text.index(name) + len(name))
    >>> told("[ ] set rate limits", "rate limits", opening="planned"), told("Backups", "Backups", "What's missing")
    (('planned', True), ('missing', True))
    >>> told("Backups", "Backups", form="table", cells=("Backups", "none"), columns=("What", "Status"))
    ('missing', True)
    >>> told("Metrics (future)", "Metrics"), told("Retries are made by the client", "Retries", "Known limitations"), told("Retries", "Retries")
    (('planned', True), ('addressed', False), None)
    """
    if words.form == "table":
        return _of_cell(words, start, end)
    short = said_after(words.text[end:])
    if short is not None:
        return (short, True)  # type: ignore[return-value]
    labels = _is_label(words, start, end)
    named = labels or _is_bare(words, start, end)
    if _AT_HOME.match(words.text) or _is_to_be_done(words):
        return _NAMED
    if words.opening is not None:
        return _of_sign(words, start, named=named)
    titles = words.above[1:] or words.above
    if words.form == "list" and _is_outside(words.above[-1:]):
        bare = _is_bare(words, start, end) and not load().find_technologies(words.text[start:end])
        return ("missing", bare and not _ELSEWHERE.search(words.text[end:]))
    if words.form == "list" and is_gap(titles):
        if any(_PARTLY.search(h) for h in titles):
            return _NAMED
        absent = (_is_bare(words, start, end) and not labels) or (
            named and any(_ABSENT.search(h) for h in titles)
        )
        return ("missing", True) if absent else _NAMED
    return ("addressed", True) if named and words.form == "list" and _is_done(titles) else None


def is_not_there(words: Words) -> bool:
    """Return whether sign, row or title say of all that a text names that it isn't, or not fully, there.

    >>> is_not_there(Words("Dumps go to S3.", "list", ("Shop", "Not yet implemented"), (), False)), is_not_there(Words("Dumps", "list", (), (), False))
    (True, False)
    """
    if words.form == "table":
        state = of_row(words.cells, words.columns)
        return state not in (None, "done") or is_not_now(words.cells, words.columns, words.text)
    return words.opening in ("planned", "missing", "open") or is_gap(words.above[1:] or words.above)


def is_unbuilt(words: Words) -> bool:
    """Return whether an item is of what isn't there yet: a task that isn't ticked, one below "Not implemented" or "Out of scope", a remedy of a debt.

    So is all that stands below "Future work" or "Long-term".

    What such items alone name is no part of the system.

    >>> is_unbuilt(Words("[ ] Add Kafka", "list", (), (), False, (), "planned")), is_unbuilt(Words("[ ] Fix Kafka", "list", (), (), False, (), "planned"))
    (True, False)
    """
    if words.form not in ("list", "prose"):
        return False
    if words.opening in ("planned", "missing"):
        return not _OTHER_TASK.match(without_sign(words.text))
    if words.opening is not None:
        return False
    titles = words.above[1:] or words.above
    if is_to_come(titles):
        return True
    if words.form == "prose":
        return False
    return (
        _is_to_be_done(words)
        or _is_outside(words.above[-1:])
        or is_list_of_plans(words.above[:1])
        or any(_ABSENT.search(h) for h in titles)
    )


@lru_cache(KEPT)
def is_to_come(titles: tuple[str, ...]) -> bool:
    """Return whether one of the titles says that what stands below comes later.

    >>> is_to_come(("For future scale: two sites",)), is_to_come(("Long-term (12+ months):",)), is_to_come(("Future-proof design",))
    (True, True, False)
    """
    return any(_TO_COME.search(h) for h in titles)


def is_task(words: Words) -> bool:
    """Return whether an item says what to do, below a title for what a proposal changes: "Deploy the cache" under "Proposed change"."""
    return (
        words.form == "list"
        and _TASK.match(words.text) is not None
        and any(_CHANGES.match(h) for h in words.headings[1:][-1:])
    )


@lru_cache(KEPT)
def is_list_of_plans(titles: tuple[str, ...]) -> bool:
    """Return whether the title of a document says that it only lists what is to come.

    >>> is_list_of_plans(("Shop: roadmap",)), is_list_of_plans(("Shop",))
    (True, False)
    """
    return any(_ALL_PLANS.search(h) for h in titles)


def _is_to_be_done(words: Words) -> bool:
    remedy = _REMEDY.match(words.text) is not None and any(_DEBTS.search(h) for h in words.headings)
    return remedy or _TO_BE_DONE.match(words.text) is not None


@lru_cache(KEPT)
def is_gap(titles: tuple[str, ...]) -> bool:
    """Return whether one of the titles says that what stands below isn't, or not fully, there.

    >>> is_gap(("Known limitations",)), is_gap(("❌ Missing (for production)",)), is_gap(("Design",))
    (True, True, False)
    """
    return any(_ABSENT.search(h) or _GAPS.search(h) or _PARTLY.search(h) for h in titles)


@lru_cache(KEPT)
def _is_outside(titles: tuple[str, ...]) -> bool:
    return any(_OUTSIDE.search(h) for h in titles)


@lru_cache(KEPT)
def _is_done(titles: tuple[str, ...]) -> bool:
    return any(_DONE.search(h) for h in titles)


def _of_cell(words: Words, start: int, end: int) -> Told | None:
    if is_not_now(words.cells, words.columns, words.text):
        return _NAMED
    state = of_row(words.cells, words.columns)
    if state is None:
        return None
    head = heads_row(words.cells, words.text) and _is_bare(words, start, end)
    if state == "done":
        return ("addressed", True) if head else None
    return (state, True) if head and state != "open" else _NAMED


def _of_sign(words: Words, start: int, *, named: bool) -> Told | None:
    """Return what the sign of an item says of what it names: a box of all that is to be done, other signs of the name itself."""
    item = without_sign(words.text)
    other = _OTHER_TASK.match(item) is not None
    if words.opening == "planned":
        if other:
            return _NAMED
        absent = named and any(_ABSENT.search(h) for h in words.above[1:])
        return ("missing" if absent else "planned", True)
    if words.opening == "missing":
        return ("missing", True) if named else _NAMED
    if words.opening == "open" or other:
        return _NAMED
    before = words.text[:start]
    if named or _ADDS.match(item):
        return ("addressed", not NEGATED.search(before) and not HYPOTHETICAL.search(before))
    return None


def _is_bare(words: Words, start: int, end: int) -> bool:
    """Return whether a text is hardly more than the name at [start, end)."""
    before = without_sign(words.text[:start])
    adds = _ADDS.match(before)
    before = before[adds.end() :] if adds is not None else before
    return not _FILL.sub("", before) and len(words.text.split()) <= len(words.text[start:end].split()) + 4


def _is_label(words: Words, start: int, end: int) -> bool:
    """Return whether the name at [start, end) is, or begins, the label of an item."""
    return not _FILL.sub("", without_sign(words.text[:start])) and bool(_LABELLED.match(words.text[end:]))
