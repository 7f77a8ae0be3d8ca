"""How a sentence stands to what it names: as a fact, a plan, an option, or as nothing that could contradict; and where it holds."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from buttress.prose.caseless import Caseless
from buttress.prose.text import KEPT, Sentence
from buttress.prose.words import PLANNED, REJECTED_SECTION

Stand = Literal["fact", "planned", "optional", "quiet"]

# Sections that tell of what was, of what others do or of what is wished: their sentences say nothing of the system as it is.
_QUIET_SECTION = Caseless(
    r"^\W*(?:[\d.]+\s*)?(?:context|before|background(?: information)?)\W*$|\b(?:problems?(?: statement)?|motivation|history|status quo|"
    r"as[- ]is|current (?:state|situation|problems?|setup at)|legacy|goals?|non-?goals?|"
    r"requirements?|use cases?|user stor(?:y|ies)|assumptions?|pros|cons|faq|glossary|terminology|references?|further reading|see also|"
    r"examples?|tutorial|considered|options?|alternatives?|rejected|"
    r"out of scope|open questions?|changelog|release notes|migration(?: path| plan)?|upgrad\w+|related work|prior art|talking points|"
    r"when adopted|comparison|trouble ?shooting|proposals?)\b",
)
_PLAN_SECTION = Caseless(
    r"\b(?:future|roadmap|next steps?|planned|outlook|later|to-?do|what(?:'s| is) next|follow-?ups?|ideas|when needed|possible (?:extensions|"
    r"improvements)|recommendations?)\b",
)
_QUIET = Caseless(
    r"\?\s*$|^\W*defaults?(?: value)?\s*:|^\W*(?:do not|don['’]t|never|avoid)\s+(?!\w+ed\b)[a-z]+\b|"
    r"\b(?:TBD|not sure|used to|formerly|previously|originally|in the past|back then|no longer|until (?:recently|now|then)|at first|"
    r"initially|for (?:example|instance)|e\.g|by default|defaults? to|"
    r"could|might|would|possibly|perhaps|maybe|imagine|suppose|hypothetical|we considered|was considered|were considered|looked at|evaluated|"
    r"instead of|rather than|as opposed to|unlike|"
    r"migrat\w+ from|moved? from|moving from|switch\w* from|replac(?:e|ed|es|ing)|were (?:kept|stored)|was (?:kept|stored|rejected)|"
    r"were rejected|rejected|you|your|typically|in general|usually|generally)\b",
)
_OPTIONAL = Caseless(
    r"\b(?:optional(?:ly)?|if (?:needed|necessary|required|desired|configured|enabled|available|present|set|used)|when (?:needed|necessary|"
    r"required|configured|enabled)|where (?:appropriate|needed|possible)|"
    r"only (?:when|if|where)|as needed|on demand|opt[- ]in|can be (?:used|enabled|added|configured|turned on|switched on|deployed)|may be|"
    r"may use|may also)\b",
)
_IF = Caseless(r"^\W*(?:if|when|whenever|unless|should|once)\b|\b(?:if|unless|whether|in case)\b")
_SOON = Caseless(
    r"\b(?:planned|will be|will use|is going to|to be (?:added|introduced|built|done|implemented)|not yet|intend(?:s|ed)? to|plan(?:s)? to|"
    r"soon|eventually|in the future|future)\b",
)
_LOCAL = Caseless(
    r"\blocal(?:ly)?\b(?![- ]?(?:file|disk|storage|memory|cache|time|volume|node|state|copy|variable|address|balanc|zone))|\b(?:dev|"
    r"development|developers?'? (?:machines?|laptops?)|laptops?|minikube)\b(?! team)",
)
_TESTS = Caseless(r"\b(?:(?:unit|ci|integration) tests?|in tests|in ci)\b")
_STAGING = Caseless(r"\b(?:staging|stage|test(?:ing)? environment|qa|uat|pre-?prod\w*|preview)\b")
_LIVE = Caseless(r"\b(?:production|prod|live (?:system|environment))\b")


# "Not in the stack: …": all that follows is denied.
DENIED_LIST = Caseless(
    r"^\W*(?:not|never)\b[\w\s,/-]{0,30}(?:\([^()]{0,40}\))?\s*:|^\W*(?:what )?we (?:do not|don't) use\b[^:]{0,20}:",
)
_AT_HOME = frozenset({"local"})
_ENVIRONMENTS = (("tests", _TESTS), ("local", _LOCAL), ("staging", _STAGING), ("production", _LIVE))
# One of these stands in every text that names an environment.
_CUES_OF_PLACES = (
    "test",
    "local",
    "dev",
    "laptop",
    "minikube",
    "in ci",
    "stag",
    "qa",
    "uat",
    "pre",
    "prod",
    "live",
)


def places_of(sentence: Sentence) -> frozenset[str]:
    """Return the environments that a sentence, or the nearest title that names any, is about; empty for no word of it.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> sorted(places_of(sentences([Passage("a.md", 1, 1, "prose", "Staging and production use it.")])[0]))
    ['production', 'staging']
    """
    table = sentence.passage.form == "table"
    return places_in(sentence.passage.text if table else sentence.text, sentence.passage.headings)


def places_in(text: str, headings: tuple[str, ...]) -> frozenset[str]:
    """Return the environments that a text under these titles is about."""
    return _environments(text) or _places_of_titles(headings)


@lru_cache(KEPT)
def _places_of_titles(headings: tuple[str, ...]) -> frozenset[str]:
    return next(filter(None, map(_environments, reversed(headings[1:] or headings))), frozenset())


@lru_cache(KEPT)
def _environments(words: str) -> frozenset[str]:
    lower = words.lower()
    if words.isascii() and not any(cue in lower for cue in _CUES_OF_PLACES):
        return frozenset()
    return frozenset(name for name, pattern in _ENVIRONMENTS if pattern.search(words))


def same_place(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two texts may be about one environment; what names none is about production.

    >>> same_place(frozenset(), frozenset({"production"})), same_place(frozenset(), frozenset({"local"}))
    (True, False)
    """
    if (one == _AT_HOME) != (other == _AT_HOME):
        return False  # "dev, stage and prod" are deployments; what a developer runs isn't one of them
    return bool((one or {"production"}) & (other or {"production"}))


@lru_cache(KEPT)
def is_quiet_section(headings: tuple[str, ...]) -> bool:
    """Return whether what stands under these titles says nothing of the system as it is."""
    return any(_QUIET_SECTION.search(h) or REJECTED_SECTION.search(h) for h in headings[1:])


def without_context(headings: tuple[str, ...]) -> tuple[str, ...]:
    """Return titles without "Context": above a drawing it is the name of the drawing."""
    return tuple(h for h in headings if h.strip().lower() != "context")


def stand_of(sentence: Sentence, start: int, end: int, *, conditions: bool = True) -> Stand:
    """Return how a sentence stands to what it names at [start, end); with `conditions` a sentence with an "if" says nothing.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> def told(text, word):
    ...     sentence = sentences([Passage("a.md", 1, 1, "prose", text)])[0]
    ...     return stand_of(sentence, text.index(word), text.index(word) + len(word))
    >>> told("Orders live in MySQL.", "MySQL"), told("MySQL is planned.", "MySQL"), told("PgBouncer if needed.", "PgBouncer")
    ('fact', 'planned', 'optional')
    >>> told("We used to run MySQL.", "MySQL"), told("Would MySQL do?", "MySQL")
    ('quiet', 'quiet')
    """
    text, headings = sentence.text, sentence.passage.headings
    if is_quiet_section(headings) or _is_quiet(text):
        return "quiet"
    if _is_plan_section(headings):
        return "planned"
    near = text[max(0, start - 60) : end + 60]
    if _SOON.search(near) or PLANNED.search(text[:start]):
        return "planned"
    if _OPTIONAL.search(near):
        return "optional"
    return "quiet" if conditions and _supposes(text) else "fact"


@lru_cache(KEPT)
def _is_quiet(text: str) -> bool:
    return _QUIET.search(text) is not None


@lru_cache(KEPT)
def _is_plan_section(headings: tuple[str, ...]) -> bool:
    return any(_PLAN_SECTION.search(h) for h in headings[1:])


@lru_cache(KEPT)
def _supposes(text: str) -> bool:
    return _IF.search(text) is not None
