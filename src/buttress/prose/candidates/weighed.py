"""Names that a text only weighs: alternatives, cells of options, what is asked, what could be added one day.

A decision names what it decides against as often as what it chooses. What stands only in such places is no part of the system, and
neither is what titles an alternative and is elsewhere only compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from buttress.prose.candidates import Candidate
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import PROGRAMS, Mention
from buttress.prose.text import KEPT, Sentence
from buttress.prose.words import AIMS, FOR_WHOM, REJECTED, REJECTED_SECTION, STOP

_OPTIONS = Caseless(
    r"^\W*(?:(?:other |main |considered )?(?:options?|alternatives?|candidates?)(?: considered| evaluated)?|considered|rejected(?: \w+)?|not chosen)\W*$"
)
# "Options: RabbitMQ, SQS"
_LISTS_OPTIONS = Caseless(r"^\W*(?:(?:other |possible )?options?|alternatives?|candidates)\W*:")
# "Logging: use the ELK stack": the label is what is decided on, unless it is a program of the team's own.
_DECIDES = Caseless(
    r"^\W*[:–—-]\W*(?:use|choose|leverage|adopt|deploy|integrate(?! with)|go with|pick|select|prefer|stick (?:with|to))\b"
)
_QUESTIONS = Caseless(
    r"\b(?:open|unresolved|outstanding|remaining) (?:questions?|issues|points|decisions)\b|^\W*questions\W*$"
)
# "Consider RabbitMQ if needed", "evaluate Temporal": somebody is to think about it.
_THOUGHT = Caseless(
    r"^\W*(?:consider|evaluate|explore|investigate|research|look into)(?:ing)?\s+(?:[\w-]+\W+){0,5}$"
)
# "Others (Slack, SMS) can be added later"
_LATER = Caseless(
    r"^(?:\s*(?:[,/]|\band\b|\bor\b)\s*(?:and\s+|or\s+)?[\w-]+){0,4}\)?\s*\b(?:can|could|may|might|will)\s+(?:also\s+|then\s+|easily\s+)?(?:be\s+(?:added|plugged in|introduced|supported)|come|follow)\s+(?:later|in (?:an? |the )?(?:later|future|next))\b"
)
# "We chose Redis over RabbitMQ", "use Notify over a vendor such as SendGrid"
_PREFERRED = Caseless(
    r"\b(?:cho(?:se|ose|sen|osing)|pick(?:ed|ing)?|select(?:ed|ing)?|prefer(?:red|ring)?|favou?r(?:ed|ing)?) [^.;:]{1,80}? over (?:the |an? )?[^.;:,]{0,60}$"
    r"|\b(?:use|using|used) [^.;:]{1,80}? over [^.;:,]{1,60}? (?:such as|like) [^.;:]{0,40}$"
)
Titles = frozenset[tuple[str, tuple[str, ...]]]  # each with its source and those above it
_PROS = Caseless(r"\bpros (?:and|&) cons\b")
_DECISION = Caseless(
    r"^\W*(?:[\d.]+\s*)?(?:decisions?(?: outcome| made)?|outcome|chosen (?:option|solution|approach)|conclusion|resolution)\W*$"
)
_OPTION = re.compile(
    r"^\W*(?:(?:option|alternative|approach|solution|proposal)\s+)?#?[\da-e]?\s*[.):–—-]?\s*"
)
_LETTERED = re.compile(r"(?:option|alternative|approach|solution|proposal) #?[\da-e]\b")
_MOST = 0.7  # of the words of an option's title
_LEAST = 3  # letters of an option's title that a decision may repeat
# Sections that compare ways and say which one is right: what is nowhere else is no part.
_WEIGHING = Caseless(
    r"\b(?:summary|comparison|matrix|trade-?offs?|analysis|impact|conclusions?|consequences|rationale|context|pros|cons|drivers|criteria|"
    r"requirements|motivation|recommend\w*|migration|references?|when to reconsider|evaluation|scoring)\b"
)


def is_weighed(mention: Mention, texts: Sequence[Sentence]) -> bool:
    """Return whether a mention speaks of what was decided against, is one of several options, is asked for, or may come one day.

    So is the label of what an item decides on: "Logging: use the ELK stack", and what only those have who use the system.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> def told(text, *titles, form="list", cells=(), columns=()):
    ...     texts = sentences([Passage("a.md", 1, 1, form, text, headings=("Shop", *titles), cells=cells, columns=columns)])
    ...     at = next(n for n, t in enumerate(texts[0].tokens) if t.text == "Kafka")
    ...     return is_weighed(Mention(0, at, at + 1, "Kafka", "technology"), texts)
    >>> told("Kafka is fast.", "Alternatives"), told("Should Kafka stay?", "Open questions"), told("Kafka is fast.", "Design")
    (True, True, False)
    >>> told("A team reads tasks from Kafka.", "Use cases")
    True
    >>> told("Kafka, SQS", form="table", cells=("Kafka, SQS",), columns=("Options considered",)), told("Consider Kafka if needed")
    (True, True)
    >>> told("Others (Kafka, SQS) can be added later"), told("Kafka holds what can be added later")
    (True, False)
    """
    text = texts[mention.sentence]
    passage = text.passage
    if is_rejected_section(passage.headings[-2:]):
        return True
    if is_about_users(passage.headings) and mention.kind() != "actor":
        return True
    before = text.text[: text.tokens[mention.first].start]
    after = text.text[text.tokens[mention.last - 1].end :]
    if (
        _PREFERRED.search(before)
        or REJECTED.match(after)
        or _LATER.match(after)
        or _LISTS_OPTIONS.match(text.text)
    ):
        return True
    if mention.label and mention.kind() not in PROGRAMS and _DECIDES.match(after):
        return True
    if passage.form == "table":
        return _OPTIONS.match(_column(text)) is not None
    if passage.form == "list" and _THOUGHT.match(before):
        return True
    return text.text.rstrip().endswith("?") and _is_question(passage.headings[-2:])


def decided(texts: Sequence[Sentence]) -> Titles:
    """Return the titles of options, with their sources and what stands above them, that a decision of the text repeats.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> above = ("Mail", "Considered options")
    >>> pages = [Passage("a.md", 1, 1, "prose", "We go with Postmark.", headings=("Mail", "Decision"))]
    >>> pages += [Passage("a.md", n, n, "heading", f"{n}. {name}", headings=above, level=3) for n, name in ((2, "Postmark"), (3, "Sendmail"))]
    >>> [titles[-1] for _, titles in decided(sentences(pages))]
    ['2. Postmark']
    """
    said: dict[str, str] = {}
    for text in texts:
        passage = text.passage
        if passage.form != "heading" and any(map(_DECISION.match, passage.headings[-1:])):
            said[passage.source] = f"{said.get(passage.source, '')} {text.text.lower()}"
    out = set()
    for text in texts if said else ():
        passage = text.passage
        option = passage.form == "heading" and _lists_options(passage.headings[-1:])
        if option and _is_repeated(text.text.lower(), said.get(passage.source, "")):
            out.add((passage.source, (*passage.headings, passage.text)))
    return frozenset(out)


def _lists_options(titles: tuple[str, ...]) -> bool:
    """Return whether options are compared under one of these titles."""
    return is_rejected_section(titles) or any(map(_PROS.search, titles))


def _is_repeated(title: str, decision: str) -> bool:
    """Return whether a decision repeats the title of an option, its letter, or most of its words."""
    lettered = _LETTERED.match(title)
    if lettered is not None and re.search(rf"\b{re.escape(lettered[0])}\b", decision):
        return True
    name = _OPTION.sub("", title, count=1).strip(" .:*_`")
    words = [w for w in re.findall(r"\w+", name) if w not in STOP]
    found = sum(re.search(rf"\b{w}\b", decision) is not None for w in words)
    return (len(name) >= _LEAST and name in decision) or (len(words) > 1 and found >= _MOST * len(words))


def is_only_weighed(
    candidate: Candidate,
    texts: Sequence[Sentence],
    chosen: Titles,
    elsewhere: Callable[[Mention], bool],
) -> bool:
    """Return whether a name titles an alternative and is otherwise only compared.

    `chosen` are the titles of chosen options, beside which the others aren't; `elsewhere` tells which mentions don't count at all.
    """
    name = candidate.name.lower()
    lists = {(source, titles[:-1]) for source, titles in chosen}
    titles = any(
        name in h.lower()
        and (is_rejected_section((*above[-1:], h)) or (texts[m.sentence].passage.source, above) in lists)
        for m in candidate.mentions
        for above, h in _titles_of(texts[m.sentence])
    )
    return titles and all(elsewhere(m) or _is_weighing(m, texts) for m in candidate.mentions)


@lru_cache(KEPT)
def is_rejected_section(titles: tuple[str, ...]) -> bool:
    """Return whether what stands under these titles is about what wasn't chosen.

    >>> is_rejected_section(("Possible solutions", "B: Kafka")), is_rejected_section(("Design",))
    (True, False)
    """
    return any(REJECTED_SECTION.search(h) for h in titles)


@lru_cache(KEPT)
def is_about_users(titles: tuple[str, ...]) -> bool:
    """Return whether what stands under these titles, the document's own apart, tells of those who use it.

    >>> is_about_users(("Shop", "Use cases", "Refunds")), is_about_users(("Use cases of queues", "Design"))
    (True, False)
    """
    return any(FOR_WHOM.search(h) for h in titles[1:][-2:])


def is_wished(titles: tuple[str, ...]) -> bool:
    """Return whether what stands under these titles says what is wanted: nobody calls anybody in a goal or a story.

    >>> is_wished(("Shop", "Goals")), is_wished(("Shop", "How goals are met"))
    (True, False)
    """
    return is_about_users(titles) or any(AIMS.match(h) for h in titles[1:][-1:])


def _titles_of(text: Sentence) -> list[tuple[tuple[str, ...], str]]:
    """Return the nearest titles of a sentence, itself if it is one, each with what stands above it."""
    titles = (*text.passage.headings, text.text) if text.passage.form == "heading" else text.passage.headings
    return [(titles[:n], titles[n]) for n in range(max(1, len(titles) - 2), len(titles))]


def _is_weighing(mention: Mention, texts: Sequence[Sentence]) -> bool:
    passage = texts[mention.sentence].passage
    return passage.form in ("heading", "table") or any(_WEIGHING.search(h) for h in passage.headings[1:])


@lru_cache(KEPT)
def _is_question(titles: tuple[str, ...]) -> bool:
    return any(_QUESTIONS.search(h) for h in titles)


def _column(text: Sentence) -> str:
    """Return the head of the column that a cell stands in."""
    cells, columns = text.passage.cells, text.passage.columns
    return next((c for cell, c in zip(cells, columns, strict=False) if cell == text.text), "")
