"""Practices told in everyday words: what people do, or what happens to them, where the practice isn't named.

"We grep on every box" says that logs aren't gathered, "it may hang for ever" that there is no timeout. Each pattern names who or
what (a class of words), what it does, and often a word of its field that must stand near, so that one turn of phrase covers many texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from buttress.model.graph import StanceStatus
from buttress.prose.caseless import ODD, Caseless
from buttress.prose.sieve import Sieve
from buttress.prose.stances.everyday import HABITS
from buttress.prose.stances.told import TOLD
from buttress.prose.text import KEPT, Sentence
from buttress.prose.words import ADVICE_TITLE, ASIDE, HYPOTHETICAL, PLANNED

# Classes of words that the patterns share.
_CLASSES = {
    "no": r"(?:nobody|no[ -]one|nothing|none (?:of \w+(?: \w+)?)|not one|neither(?: of \w+)?)",
    "not": r"(?:n't|\bnot|\bnever|\bcannot)",
    "gap": r"(?:[^.;]|\.(?=\w)){0,60}?",
    "near": r"(?:[^.;]|\.(?=\w)){0,25}?",
    "neg": r"(?:\b(?:nobody|nothing|none|neither|no|not|never|without|nor|lacks?|lacking)|n't)(?: [\w'-]+){0,4}? ",
    "machine": r"(?:box(?:es)?|hosts?|servers?|machines?|nodes?|pods?|instances?|containers?|vms?)",
    "person": r"(?:customers?|users?|guests?|clients?|managers?|clerks?|callers?|patients?|players?|complaints?|social media)",
    "time": r"\d+(?:\.\d+)?[ -]?(?:ms|s|seconds?|milliseconds?|minutes?)\b",
    "many": r"(?:\d{2,}|eleven|twelve|fifteen|twenty|thirty|forty|fifty|dozens? of|countless|too many)",
    "stage": r"(?:qa|staging|stage|pre-?prod(?:uction)?|test(?: (?:machine|system|server|environment|cluster)s?)?|acceptance|development|dev)",
    "few": r"(?:two|three|four|five|six|seven|eight|nine|ten|twelve|\d+)",
    "call": r"(?:calls?|requests?|quer(?:y|ies)|clients?|attempts?)",
}
_LETTERS = 20.0  # that a letter of English is as good as one of
MAX_CLAUSE = 260  # what is longer tells of too many things
_PARTS = re.compile(r";\s|\s[–—]\s")
_TOKEN = re.compile(r"<(\w+)>")
_UNTRUE = Caseless(r"\b(?:superseded|deprecated|obsolete|withdrawn)\b")
_OPEN = Caseless(r"^\W*(?:status:?\s*)?(?:proposed|draft|rejected)\b")
_PLAN = Caseless(
    r"\b(?:plan(?:s|ned)?|proposals?|proposed|roadmap|next steps?|follow-?ups?|actions?(?: items)?|to-?dos?|to be (?:added|built|implemented|introduced)|outlook|future|backlog|goals?|ideas)\b",
)
_NEVER_SO = Caseless(
    r"\b(?:example|template|tutorial|what we looked at|options?|non-goals?|requirements?|check-?lists?|learn(?:ed|t|ing)?)\b"
)
_BOX = re.compile(r"^\W*\[ \]")
_WISHED = Caseless(
    r"\b(?:should|ought to|must not|must have|must be|may want|in order to|to avoid|to prevent|recommend\w*|you (?:can|may|could|want))\b"
)
_CLAUSES = re.compile(r"[.;:]\s|,\s+(?:but|and|so|which|while|because)\b|\bbut\b")
_YOU = Caseless(r"\bmust\b|\byou\b|\byour\b")
_PROPOSED = Caseless(r"^\W*proposals?\b")
_IF = Caseless(r"^\W*(?:if|unless|whether|suppose|in case)\b")
# What takes a complaint back: it is bounded, or meant to be so.
_UNLESS = {
    "cache-invalidation": Caseless(r"\buntil (?:\w+ ){1,2}expires\b|\baccept(?:ed|able)\b|\bat most\b"),
    "environment-parity": Caseless(
        r"\bdiffers? only\b|\bonly differs?\b|\b(?:the same|identical|apart from|otherwise alike)\b"
    ),
    "resource-isolation": Caseless(
        r"\bseparate\b|\bcan(?:'t|not)\b|\bown (?:\w+ )?(?:pool|workers|threads)\b"
    ),
    "secrets-management": Caseless(r"\bencrypt\w*|\bsealed\b|\bsops\b|\bpublic keys?\b|\bplaceholders?\b"),
    "input-validation": Caseless(r"\bor not\b|\bwhether\b"),
    "retries": Caseless(r"\bharm\b|\bidempoten\w+"),
    "deployment-impact": Caseless(
        r"\bor\b[^.;]{0,40}\broll(?:ing|s)?[ -]?back|(?<!there )\b(?:is|are)(?: not|n't) an? "
    ),  # says what it is
    "logging": Caseless(
        r"\b(?:never|no|not|don't|doesn't)\b[^.;]{0,40}\b(?:secrets?|passwords?|tokens?|cards?|personal|pii|sensitive|credentials?|(?:card|phone|account|social security) numbers?)\b"
    ),
    "alerting": Caseless(r"\balerts? (?:fires?|rings?|is sent|are sent)\b"),
}
_WHAT_IF = ("graceful-degradation", "cascading-failure")  # what they are about begins with "if"
# "This prevents a bad message from blocking the rest": what is averted doesn't happen; "nothing prevents …" averts nothing.
_AVERTS = Caseless(
    r"(?<!not )(?<!n't )(?<!never )(?<!nothing )(?<!nobody )(?<!nothing to )(?<!cannot )(?<!fails to )(?<!failed to )(?<!could have )(?<!would have )"
    r"\b(?:prevent(?:s|ed|ing)?|avoid(?:s|ed|ing)?|protect(?:s|ed|ing)?|guard(?:s|ed|ing)? against|instead of|rather than|"
    r"(?:keeps?|kept|stops?|stopped) (?:an? |the |one |any )?(?:[\w-]+ ){1,3}?from)\b"
)
# "Never undo a migration while …": what the reader is told not to do says nothing of what can't be done.
_FORBIDS = Caseless(
    r"(?:^|[.;:]\s|\*\s)\W*(?:never|do not|don't)\s+(?:\w+ly\s+|ever\s+|just\s+)?(?!\w+ed\b|been\b|done\b|written\b|taken\b|seen\b|sent\b|kept\b|run\b|set\b|put\b|built\b|shown\b|told\b|an?\b|the\b)[a-z]+\b"
)
# "So a slow report can never delay a mail": what can't do harm.
_HARMLESS = Caseless(
    r"(?:\b(?:can never|cannot|can not|never|will not|does not|do not|could not)|\b(?:can|won|does|do|could)n?'t)\s+(?:\w+ly\s+|ever\s+)?(?:delays?|blocks?|starves?|slows?|exhausts?|affects?|"
    r"takes? (?:down|out)|brings? down|holds? up|interferes?|overloads?|crash(?:es)?|stalls?|hurts?|harms?|swamps?|overwhelms?|clogs?|stops? (?:the|others?|other|any)|breaks?)\b"
)
# "Check the queue for stuck jobs": what a runbook tells its reader to do.
_ORDERS = Caseless(
    r"^\W*(?:check|verify|inspect|look (?:for|at|into)|watch for|clear|restart|confirm|make sure|ensure|test|review|delete|remove|purge|drain|kill|drop|flush|search|identify|investigate|find|fix) (?!(?:is|are|was|has|have)\b)\w"
)
_NO_SUCH = Caseless(r"(?:\b(?:no|not|never|without|nothing|nobody)|n't)\s+(?:\w+\s+)?$")
_NEEDLESS = Caseless(r"(?:\b(?:no|not)|n't) (?:need|require|have to|want|matter)\w*\b")
_DENIED = Caseless(r"\b(?:no|not|never|nobody|nothing|no one|cannot|none|neither|without)\b|n't\b")


class Habit(NamedTuple):
    """A topic and what a sentence says of it; `at` is where the words begin, -1 for words all over a clause: they give way to a good word about the same."""

    topic: str
    status: StanceStatus
    at: int


class _Pattern(NamedTuple):
    topic: str
    status: StanceStatus
    words: tuple[
        Caseless, ...
    ]  # one turn of phrase; or several, of which each must stand in one clause, anywhere
    field: Caseless | None = None
    free: bool = False  # a denial doesn't take it back

    def may(self, lower: str) -> bool:
        """Return whether a text in lower case has a cue of each of the words."""
        return all(part.may(lower) for part in self.words)


@cache
def _patterns() -> tuple[tuple[_Pattern, ...], Sieve[int]]:
    out = []
    for topic, status, field, words in HABITS:
        near = Caseless(_spelled(field)) if field else None
        out += [_Pattern(topic, status, (Caseless(_spelled(w)),), near) for w in words]
    for topic, status, words in TOLD:
        parts = [Caseless(_spelled(w.removeprefix("~"))) for w in words]
        parts.sort(key=lambda p: sum(_LETTERS ** -len(cue) for cue in p.cues))  # the rarest words first
        out.append(_Pattern(topic, status, tuple(parts), free=words[0].startswith("~")))
    return tuple(out), Sieve((n, p.words[0].cues) for n, p in enumerate(out))


def _spelled(pattern: str) -> str:
    return _TOKEN.sub(lambda m: _CLASSES[m[1]], pattern)


def _tells_all(pattern: _Pattern, text: str) -> bool:
    return any(_in_clause(pattern, clause) for clause in _PARTS.split(text))


def _in_clause(pattern: _Pattern, clause: str) -> bool:
    """Return whether a clause holds all words; where it may deny something, what it denies mustn't be one of them."""
    first = len(clause)
    for part in pattern.words:
        found = part.search(clause)
        if found is None or (
            pattern.free and _NO_SUCH.search(clause[max(0, found.start() - 24) : found.start()])
        ):
            return False
        first = min(first, found.start())
    return pattern.status == "addressed" or not _is_averted(clause[:first])


def _is_averted(before: str) -> bool:
    """Return whether what follows is what somebody is kept from, or told never to do."""
    return _AVERTS.search(before) is not None


def _of_clause(pattern: _Pattern, text: str, planned: bool) -> Iterator[Habit]:
    """Yield what a clause tells that holds all words of a pattern."""
    ahead = planned or PLANNED.search(text) is not None or _PROPOSED.match(text) is not None
    if HYPOTHETICAL.search(text) or _NEEDLESS.search(text):
        return
    if pattern.status != "addressed":
        supposed = _IF.match(text) is not None and pattern.topic not in _WHAT_IF
        at = pattern.words[0].search(text) if supposed else None
        if at is not None and "," not in text[: at.start()]:
            return  # "if calls hang for ever, …"
        if not ahead:
            yield Habit(pattern.topic, pattern.status, -1)
    elif pattern.free or not _DENIED.search(text):
        yield Habit(pattern.topic, "planned" if ahead else "addressed", -1)


def outdated(texts: Sequence[Sentence]) -> frozenset[tuple[str, ...]]:
    """Return the headings under which a decision is told that no longer holds: "Superseded by ADR 9".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> outdated(sentences([Passage("a.md", 2, 2, "prose", "Superseded by ADR 9.", headings=("Sessions",))]))
    frozenset({('Sessions',)})
    """
    return _decided(texts, _UNTRUE, 6)


def open_decisions(texts: Sequence[Sentence]) -> frozenset[tuple[str, ...]]:
    """Return the headings under which a decision is told that hasn't been taken, or was turned down: "Proposed", "Rejected".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> open_decisions(sentences([Passage("a.md", 2, 2, "prose", "Proposed.", headings=("Retries",))]))
    frozenset({('Retries',)})
    """
    return _decided(texts, _OPEN, 4)


def _decided(texts: Sequence[Sentence], state: Caseless, words: int) -> frozenset[tuple[str, ...]]:
    """Return the headings under which a sentence of at most so many words begins a paragraph and tells the state of a decision."""
    return frozenset(
        t.passage.headings
        for t in texts
        if t.passage.headings and t.start == 0 and len(t.text.split()) <= words and state.search(t.text)
    )


def habits(sentence: Sentence) -> tuple[Habit, ...]:
    """Return what a sentence tells of review topics without their names, each topic and status once.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> def told(text):
    ...     return [(h.topic, h.status) for h in habits(sentences([Passage("a.md", 1, 1, "prose", text)])[0])]
    >>> told("A call to the bank may hang for ever."), told("If the bank answers slowly, we wait at most 5 s for it.")
    ([('timeouts', 'missing')], [('timeouts', 'addressed')])
    >>> told("Nobody is woken when imports fail."), told("You should never let a call hang for ever.")
    ([('alerting', 'missing')], [])
    """
    passage = sentence.passage
    return _told(sentence.text, passage.form, passage.headings, passage.cells, passage.text)


@lru_cache(KEPT)
def _told(
    text: str, form: str, headings: tuple[str, ...], cells: tuple[str, ...], paragraph: str
) -> tuple[Habit, ...]:
    """Return what `habits` does, of a text by where it stands: pages repeat whole paragraphs under the same titles."""
    told = {(h.topic, h.status): h for h in _habits(text, form, headings, cells, paragraph)}
    good = {h.topic for h in told.values() if h.status == "addressed"}
    return tuple(h for h in told.values() if h.status == "addressed" or h.at >= 0 or h.topic not in good)


def _habits(
    text: str, form: str, headings: tuple[str, ...], cells: tuple[str, ...], paragraph: str
) -> Iterator[Habit]:
    text = text.replace("’", "'")
    if text.rstrip().endswith("?"):
        text = text[: text.rfind(";") + 1]  # "It does so; should it?"
    if form in ("heading", "code") or len(text.split()) < 3:
        return
    if any(ASIDE.search(h) or _NEVER_SO.search(h) or ADVICE_TITLE.match(h) for h in headings):
        return
    patterns, sieve = _patterns()
    possible = sorted(sieve.possible(text))
    if text.isascii() or not ODD.search(text):
        lower = text.lower()
        possible = [n for n in possible if patterns[n].may(lower)]
    if not possible:
        return
    planned = any(_PLAN.search(h) for h in headings[1:]) or bool(_BOX.match(paragraph))
    around = " ".join((*headings[-2:], *cells, paragraph))
    advised = _WISHED.search(text) is not None
    addressed = _YOU.search(text) is not None  # the reader, or what is asked for
    for n in possible:
        pattern = patterns[n]
        good = pattern.status == "addressed"
        back = _UNLESS.get(pattern.topic)
        if not good and back is not None and back.search(text):
            continue
        if not good and (_FORBIDS.search(text) or _HARMLESS.search(text) or _ORDERS.match(text)):
            continue
        if (advised and pattern.topic != "slo") or (good and addressed and pattern.topic != "slo"):
            continue
        if len(pattern.words) > 1:
            if len(text) <= MAX_CLAUSE and _tells_all(pattern, text):
                yield from _of_clause(pattern, text, planned)
            continue
        found = pattern.words[0].search(text)
        if found is None or (pattern.field is not None and not pattern.field.search(around)):
            continue
        begin = max((c.end() for c in _CLAUSES.finditer(text, 0, found.start())), default=0)
        before = text[begin : found.start()]
        if HYPOTHETICAL.search(before + found[0] if good else before):
            continue
        supposed = _IF.match(before) and "," not in before and pattern.topic not in _WHAT_IF
        if not good and (supposed or planned):
            continue
        if _DENIED.search(before[-40 if good else -16 :]) or (not good and _is_averted(before)):
            continue
        ahead = good and (planned or PLANNED.search(text[: found.end()]) or _PROPOSED.match(text))
        yield Habit(pattern.topic, "planned" if ahead else pattern.status, found.start())
