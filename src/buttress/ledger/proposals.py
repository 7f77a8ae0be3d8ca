"""Whether the sources propose a change to a part of something larger, and which parts it brings.

Such a text says why, what and what else was thought of; it leaves out how the whole is tested, released and watched because that is
settled elsewhere. Its silence about these says nothing, and what it doesn't bring was there before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from buttress.model import Component, Evidence, Fact, SystemGraph
from buttress.prose import Prose
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.nouns import HOLDERS, INSTANCES
from buttress.prose.text import Sentence, Token
from buttress.prose.verbs import lexicon
from buttress.prose.words import DENIED, PREPOSITIONS, STOP
from buttress.vocabulary.roles import role_phrases

__all__ = ["as_proposed"]

MAX_TEXTS = 3  # a longer row of decisions tells of a whole system
MIXED = 1 / 3  # share of such sections below which a text of more parts than that is several
PURPOSES = 3  # sorts of sections that make a proposal
SAID_SO = 2  # such sections where it calls itself one
MAX_PLACES = 4
_START = r"^\W*(?:[\d.]+\s*)?"
# What the sections of a proposal are for, a sort each.
_SORTS = (
    Caseless(
        rf"{_START}(?:the )?(?:motivations?|background|problems?|current (?:state|situation|design|implementation|behaviou?r)|status quo|context|why)\b"
    ),
    Caseless(rf"{_START}(?:non[- ]?goals?|goals?|user stor(?:y|ies)|use[- ]cases?|case studies)\b"),
    Caseless(
        rf"{_START}(?:(?:detailed |high[- ]level )?(?:proposals?|design(?: details)?|decision)\W*$|proposals?\b|proposed\b|(?:technical )?implementation\b)"
    ),
    Caseless(
        rf"{_START}.{{0,40}}?\b(?:alternatives?|drawbacks?|rationale|prior art|trade-?offs|consequences|(?:unresolved|open|answered) (?:questions?|issues?)|"
        r"(?:risks|caveats)(?: and mitigations?)?|possible issues|(?:options?|approaches) considered|considered options?)\b"
    ),
    Caseless(
        rf"{_START}(?:.{{1,40}} impacts?|.{{0,20}}\bcompatib\w+|work items|(?:development|implementation|test|rollout|migration) plan|upgrade(?: \w+)?|"
        r"graduation criteria|future (?:work|possibilities)|phases?(?: \d\b.*)?|milestones|adoption|deprecation)\W*(?:\([^()]*\)\W*)?$"
    ),
)
_CALLED = r"(?:proposals?|rfcs?|enhancements?|change request|blueprint|keps?|adrs?)"
_TITLE = Caseless(rf"\b(?:{_CALLED}|proposed)\b")
_CALLS_ITSELF = Caseless(rf"\bthis (?:\w+ )?(?:{_CALLED}|spec(?:ification)?)\b")
# What such a text says of the thing that it is about to change.
_EXISTS = Caseless(
    r"\b(?:currently|today|existing|already|at the moment|right now|no longer|we(?:['’]ve| have) (?:been )?us(?:ed|ing)|"
    r"mov(?:e|ing) (?:on|away) from)\b"
)
_ADDS = frozenset(
    "new add adding introduce introduces introducing create creating deploy deploying propose proposes proposing building".split()
)
_ELSEWHERE = PREPOSITIONS | {"no", "not"}  # "add to the cache" brings no cache
_ADDED = Caseless(r"\s(?:will be|is|are|gets?|to be) (?:newly )?(?:added|introduced|created|set up)\b")
_APART = frozenset(",;:.!?()")  # stand in no name
BETWEEN, LONGEST = 3, 6  # words between "add" and a name, words of a name
DENYING = 24  # characters before "add" that may deny it


def as_proposed(prose: Prose, system: SystemGraph) -> SystemGraph:
    """Return the system with `scope` where all that is known of it are proposals of a change, and `introduced` at what they bring.

    >>> from buttress.model import Passage
    >>> titles = ["Proposal: thumbnails", "Motivation", "Alternatives"]
    >>> text = [Passage("a.md", n, n, "heading", title, level=2) for n, title in enumerate(titles, 1)]
    >>> text.append(Passage("a.md", 4, 4, "prose", "We add a new resizer behind the gallery."))
    >>> parts = tuple(Component(n, n, evidence=(Evidence("a.md", 4, 4, n),)) for n in ("gallery", "resizer"))
    >>> found = as_proposed(Prose(text), SystemGraph(components=parts))
    >>> [(f.name, f.value) for f in found.facts], [c.name for c in found.components if c.fact("introduced")]
    ([('scope', 'change')], ['resizer'])
    """
    texts: defaultdict[str, list[Sentence]] = defaultdict(list)
    for sentence in prose.sentences:
        texts[sentence.passage.source].append(sentence)
    places: list[Evidence] = []
    for sentences in texts.values() if len(texts) <= MAX_TEXTS else ():
        told = _proposes(sentences)
        if not told:
            return system
        places += told
    if not places or any(e.source not in texts for c in system.components for e in c.evidence):
        return system
    brought = _brought(prose, system.components)
    components = tuple(
        replace(c, facts=(*c.facts, Fact("introduced", True, evidence=(brought[c.id],))))
        if c.id in brought
        else c
        for c in system.components
    )
    scope = Fact("scope", "change", evidence=tuple(places[:MAX_PLACES]))
    return replace(system, components=components, facts=(*system.facts, scope))


def _proposes(sentences: Collection[Sentence]) -> list[Evidence]:
    """Return the titles by which a text is a proposal of a change; none for any other text."""
    titles = [s for s in sentences if s.passage.form == "heading"]
    placed = [(n, t) for t in titles for n, p in enumerate(_SORTS) if p.search(t.text)]
    if any(times > MAX_TEXTS for times in Counter(t.text.lower() for _, t in placed).values()):
        return []  # many decisions in one text
    if sum(t.passage.level == 1 for t in titles) > MAX_TEXTS and len(placed) < MIXED * len(titles):
        return []  # pages of a system joined
    firsts = {n: title.evidence() for n, title in reversed(placed)}
    called = any(_TITLE.search(t.text) for t in titles) or any(
        _CALLS_ITSELF.search(s.text) for s in sentences
    )
    if called:
        enough = len({t.text for _, t in placed}) >= SAID_SO
    else:
        enough = len(firsts) >= PURPOSES and sum(_EXISTS.search(s.text) is not None for s in sentences) >= 2
    return list(dict.fromkeys(firsts[n] for n in sorted(firsts))) if enough else []


def _brought(prose: Prose, components: Collection[Component]) -> dict[str, Evidence]:
    """Return the components that a sentence says to be new, each with that sentence."""
    of = {name.lower(): c.id for c in components for name in (c.name, *c.aliases) if len(name) > 2}
    out: dict[str, Evidence] = {}
    for sentence in prose.sentences:
        for name in _said_to_be_new(sentence):
            if name in of:
                out.setdefault(of[name], sentence.evidence())
    return out


def _said_to_be_new(sentence: Sentence) -> Iterator[str]:
    """Yield what may be a name in lower case behind a word for adding, or before one for being added: "we add the *cache*".

    What is added to a part, or of it, makes it no new one: "new *cache* entries", "a row in the *database* is created".
    """
    tokens, lower = sentence.tokens, sentence.text.lower()
    for n, token in enumerate(tokens):
        if token.lower not in _ADDS or DENIED.search(lower[max(0, token.start - DENYING) : token.start]):
            continue
        for first in range(n + 1, min(n + 2 + BETWEEN, len(tokens))):
            if not tokens[first].is_word or tokens[first].lower in _ELSEWHERE:
                break
            for last in range(first, min(first + LONGEST, len(tokens))):
                if tokens[last].text in _APART:
                    break
                if _ends(tokens, last):
                    yield lower[tokens[first].start : tokens[last].end]
    for found in _ADDED.finditer(sentence.text):
        before = [k for k, token in enumerate(tokens) if token.end <= found.start()][-LONGEST:]
        if before and not DENIED.search(lower[tokens[before[0]].start : found.start()]):
            last = before[-1]
            for first in range(_begin(tokens, before), last + 1):
                yield lower[tokens[first].start : tokens[last].end]


def _ends(tokens: Sequence[Token], last: int) -> bool:
    """Return whether a name may end there: it doesn't say whose the thing behind it is, "cache entries", "a Kafka topic"."""
    if last + 1 == len(tokens):
        return True
    after = tokens[last + 1]
    verb = lexicon().get(after.lower)
    sort = after.lower in INSTANCES or (after.lower in role_phrases() and after.lower not in HOLDERS)
    return (
        not after.is_word
        or after.lower in STOP
        or sort
        or (verb is not None and (verb.third or verb.participle))
    )


def _begin(tokens: Sequence[Token], before: Sequence[int]) -> int:
    """Return from where on the tokens before "is added" may be its subject: not what hangs on a preposition, "in the database"."""
    article = None
    for k in reversed(before):
        if tokens[k].text in _APART:
            return k + 1
        if tokens[k].lower in _ELSEWHERE:
            return article if article is not None and article > k + 1 else before[-1] + 1
        if tokens[k].lower in ("a", "an"):
            article = k
    return before[0]
