"""Texts that tell of something else than the system: essays, forms, libraries for others, and what a product does for its users.

"Retries with backoff" in an article on good backends, in the README of a library or below "helps your application to" is nobody's
practice yet; and a backup manager that copies databases of others says nothing of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.prose.caseless import Caseless
from buttress.prose.text import Sentence, titles_of

FIRST = 8  # sentences of a text that tell what it is
_ESSAY = Caseless(
    r"\b(?:(?:this|previous|last|earlier|next|blog) (?:blog )?(?:post|article|tutorial|course|lesson|essay|talk)|in (?:this|the) (?:post|article|tutorial|course|lesson))\b"
)
_ESSAY_TITLE = Caseless(
    r"\b(?:lessons (?:from|learned)|best practices|tutorial|interview|cheat ?sheet|how to)\b|\bpatterns\W*$"
)
# A form that is to be filled in: "RFC-NNNN: [Title]", "adr-template.md".
_FORM_TITLE = re.compile(r"\[[A-Z][\w -]*\](?!\()|\bN{3,}\b|\bX{3,}\b|\{\{|<[A-Z]\w+>|\btemplate\W*$")
_FORM_FILE = re.compile(r"(?:^|[/_.-])templates?[^/]*$", re.IGNORECASE)
# "Limiter is a small library for …", "A toolkit that …"
_LIBRARY = Caseless(
    r"^\W*(?:[\w.@/-]+(?: [\w.-]+){0,2}\s+(?:is|provides|[:–—-])\s+)?(?:an?|the)\s+(?:[\w/.,+-]+\s+){0,7}?(?:library|sdk|toolkit|crate|gem|npm package|python package|php package)\b(?!\s+(?:service|api|system|server|card|app\w*|management|catalog\w*|books?))"
)
_OF_YOURS = Caseless(
    r"\b(?:make|makes|help|helps|lets|let|allows?|gives?|provides?|adds?|protects?|for|to)\s+(?:\w+\s+)?your\s+(?:[\w-]+\s+){0,2}(?:applications?|apps?|services?|clients?|code|projects?|backends?|systems?)\b"
)
# "The system will be implemented in Java": nothing of it is there yet.
_TO_COME = Caseless(
    r"\b(?:we|this (?:project|system|application|service)|the (?:\w+ )?(?:system|application|app|platform|project|service|backend|solution|prototype))\s+"
    r"(?:will|(?:are|is) going to|plans? to|intends? to|aims? to)\s+(?:then |first |now )?(?:be )?(?:(?:re)?implement|(?:re)?buil[dt]|develop|(?:re)?design|create|set up)(?:ed|d)?\b"
)
# "Implementations (A, B, …) handle retries": what those who fill an interface in do is not what the system does.
_OF_IMPLEMENTERS = Caseless(
    r"^\W*(?:(?:all|the|these|some|different|concrete|other|each of the) )?(?:implementations|implementers|implementors)\b(?:\s*\([^()]*\))?(?:\s+of\s+[\w `-]{1,30}?)?\s+"
    r"(?!(?:is|are|was|were|has|have) )(?:(?:must|should|can|may|will|also)\s+)?[a-z]+\b"
)
# Topics that a product may be made for.
_TRADES = frozenset(
    "backups monitoring metrics logging log-aggregation tracing alerting error-tracking caching rate-limiting secrets-management feature-flags load-testing testing ci-cd audit-logging".split()
)
_PRODUCT = re.compile(
    r"[\w-]*(?:\s+\w+)?\s+(?:manager|management|platform|system|service|server|tool|engine|solution|suite|software|product)s?\b",
    re.IGNORECASE,
)
_README = re.compile(r"(?:^|/)readme[^/]*$", re.IGNORECASE)


class Others:
    """Which sentences of a text tell of others than the system."""

    def __init__(self, texts: Sequence[Sentence]) -> None:
        """Look at how each source begins, and for sections that speak of the reader's software."""
        begun: dict[str, list[Sentence]] = {}
        self._sections: set[tuple[str, tuple[str, ...]]] = set()
        for text in texts:
            first = begun.setdefault(text.passage.source, [])
            if len(first) < FIRST:
                first.append(text)
            if (
                len(text.passage.headings) > 1
                and text.passage.form == "prose"
                and _OF_YOURS.search(text.text)
            ):
                self._sections.add((text.passage.source, text.passage.headings))
        self._sources = {
            source for source, first in begun.items() if _FORM_FILE.search(source) or _is_of_none(first)
        }
        self._trades = {
            (source, topic)
            for source, first in begun.items()
            if len(begun) == 1 or _README.search(source)
            for topic in _trades(first)
        }

    def has(self, text: Sentence, topic: str) -> bool:
        """Return whether what a sentence says of a topic is said of others.

        >>> from buttress.model import Passage
        >>> from buttress.prose.text import sentences
        >>> texts = sentences([Passage("a.md", 1, 1, "prose", "Keeper is a backup manager. It retries. Backups go to S3.")])
        >>> [Others(texts).has(texts[-1], topic) for topic in ("backups", "retries")]
        [True, False]
        """
        source, headings = text.passage.source, text.passage.headings
        if source in self._sources or (source, topic) in self._trades:
            return True
        if text.passage.form in ("prose", "list") and _OF_IMPLEMENTERS.match(text.text):
            return True
        return (
            any((source, headings[:n]) in self._sections for n in range(2, len(headings) + 1))
            if self._sections
            else False
        )


def _is_of_none(first: Sequence[Sentence]) -> bool:
    """Return whether a text begins as an essay, a form, the page of a library, or tells what is going to be built."""
    titles = titles_of(first)
    prose = [t.text for t in first if t.passage.form == "prose"]
    return (
        any(_ESSAY_TITLE.search(t) or _FORM_TITLE.search(t) for t in titles)
        or any(_ESSAY.search(t) or _TO_COME.search(t) for t in prose)
        or any(_LIBRARY.match(t) for t in prose[:3])
    )


def _trades(first: Sequence[Sentence]) -> set[str]:
    """Return the topics that a product is made for, by its title or first sentences: "A monitoring system for …"."""
    opening = [t for t in first if t.passage.form in ("prose", "heading")][:3]
    return {
        m.id
        for t in opening
        if len(t.passage.headings) < 2
        for m in t.topics
        if m.id in _TRADES and _PRODUCT.match(t.text[m.end :]) and _names_what_it_is(t, m.start)
    }


def _names_what_it_is(text: Sentence, at: int) -> bool:
    """Return whether the place is in a title or in the first words behind "is a" or "a"."""
    before = text.text[:at]
    if text.passage.form == "heading":
        return text.passage.level == 1
    return re.search(r"(?:^\W*|\bis\s+)an?\s+(?:[\w-]+,?\s+){0,5}$", before, re.IGNORECASE) is not None
