"""Names that an author sets apart: in bold where something is done ("the **bag register** reads the bag"), or as an item of what is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from buttress.model import Mark
from buttress.names import singular
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.acting import NEVER
from buttress.prose.mentions.nouns import AGENT, EMPTY, HOLDERS, NO_NAME
from buttress.prose.text import Sentence, Token
from buttress.prose.words import DETERMINERS, PREPOSITIONS, STOP
from buttress.vocabulary.roles import role_phrases

MAX_NAME = 4  # words of a name set apart
MAX_ITEM = 7  # words of an item that names what is needed
_DOING = frozenset("is are was can will may must should has also then only".split())
# Titles of lists of other systems that one can't do without; a list of libraries has no such adjective, and "System dependencies" are
# what to install on an operating system.
_OUTSIDE = Caseless(
    r"^\W*(?:external|upstream|downstream|service|system(?! dependencies)|third[- ]party|runtime) (?:service |system |api )?(?:dependencies|services|systems|apis)\W*$"
)
DEPENDS = r"depends? (?:up)?on|(?:is|are) dependent (?:up)?on|(?:has|have) (?:the following|these|several|\w+) (?:\w+ )?dependencies"
_DEPENDS = Caseless(rf"\b(?:{DEPENDS})\b[^.]{{0,60}}:\s*$")
_DEPENDS_ON_THIS = Caseless(
    r"^\W*(?:these|the following|other|some|several)\b[^.:]{0,40}\b(?:depend (?:up)?on|use|call|consume|rely on|are built on)\b[^.:]{0,60}:\s*$"
)
_ENDS_ITEM = Caseless(
    r"\s*[(:;,–—]|\s-\s|\.\s|\.$|\s+(?:to|for|as|which|that|where|in|with|used|is|are|via)\b"
)


def names_apart(texts: Sequence[Sentence]) -> frozenset[tuple[str, ...]]:
    """Return the names, as words in lower case, that stand in bold where something acts or is acted on, or are titles with two words for one thing.

    >>> from buttress.model import Mark, Passage
    >>> from buttress.prose.text import sentences
    >>> told = "The replica counter counts copies. This is very important."
    >>> marks = (Mark(4, 19, "strong"), Mark(43, 52, "strong"))
    >>> sorted(names_apart(sentences([Passage("a.md", 1, 1, "prose", told, marks=marks)])))
    [('replica', 'counter')]
    """
    marked = (
        words
        for text in texts
        if text.passage.marks and text.passage.form in ("prose", "list")
        for words, style in _marked(text)
        if _is_name(text, words, style)
    )
    titles = (t.tokens for t in texts if t.passage.form == "heading" and "/" in t.text and _is_double(t))
    return frozenset(tuple(t.lower for t in words) for words in (*marked, *titles))


def needed(texts: Sequence[Sentence]) -> dict[int, tuple[int, int]]:
    """Return, for the items of lists of other systems that one depends on, the tokens from and to which each names its system.

    A list is one by its heading ("External dependencies") or by the sentence that leads it in ("The worker depends on:"); at
    least two of its items, and half of them, must begin with more than one word or with an article: libraries don't.
    """
    last_of = {text.number: text for text in texts}
    lists: dict[tuple[int | None, tuple[str, ...]], dict[int, tuple[int, int, bool]]] = {}
    for number, text in enumerate(texts):
        passage = text.passage
        if passage.form != "list" or text.start > 0:
            continue
        lead = last_of.get(passage.parent) if passage.parent is not None else None
        named = bool(passage.headings) and _OUTSIDE.match(passage.headings[-1]) is not None
        if named or (lead is not None and tells_needs(lead.text)):
            item = item_name(text)
            if item is not None and not _is_known(text, item) and not _ends_in_doing(text, item):
                lists.setdefault((passage.parent, passage.headings), {})[number] = (*item, _tells(text, item))
    out: dict[int, tuple[int, int]] = {}
    for items in lists.values():
        telling = sum(tells for _, _, tells in items.values())
        if 2 * telling >= len(items):
            out |= {number: (first, last) for number, (first, last, _) in items.items()}
    return out


def tells_needs(lead: str) -> bool:
    """Return whether a sentence leads in what something depends on, or what depends on it.

    >>> tells_needs("The worker has the following dependencies:"), tells_needs("These depend on this solution:"), tells_needs("It sends:")
    (True, True, False)
    """
    return _DEPENDS.search(lead) is not None or tells_dependents(lead)


def tells_dependents(lead: str) -> bool:
    """Return whether a sentence leads in what depends on who is spoken of: "These things depend upon this solution:"."""
    return _DEPENDS_ON_THIS.match(lead) is not None


def _is_double(title: Sentence) -> bool:
    """Return whether a title is one name with two words for what it does: "Edge / Ingestion service"."""
    tokens = title.tokens
    slash = [n for n, t in enumerate(tokens) if t.text == "/"]
    named = all(t.is_word and t.lower not in STOP for n, t in enumerate(tokens) if n not in slash)
    ends = bool(tokens) and tokens[-1].lower in role_phrases()
    return len(slash) == 1 and 0 < slash[0] < len(tokens) - 2 and len(tokens) <= MAX_NAME and named and ends


def _marked(text: Sentence) -> Iterator[tuple[Sequence[Token], str]]:
    """Yield the words of each stretch in bold or italics within a sentence."""
    for mark in text.marks:
        start, end = mark.start - text.start, mark.end - text.start
        if mark.style in ("strong", "emphasis") and 0 <= start < end <= len(text.text):
            words = [t for t in text.tokens if start <= t.start and t.end <= end]
            if words and words[-1].end >= end - 1:
                yield words, mark.style


def _is_name(text: Sentence, words: Sequence[Token], style: str) -> bool:
    """Return whether a stretch set apart names what acts or is acted on."""
    last = words[-1].lower
    if not (
        len(words) <= MAX_NAME
        and all(t.is_word and not NO_NAME.search(t.lower) for t in words)
        and not STOP.intersection(t.lower for t in words)
        and singular(last) not in NEVER
        and not last.endswith("ly")
    ):
        return False
    doer = last in role_phrases() or last in HOLDERS or AGENT.fullmatch(last) is not None
    if (style == "emphasis" or len(words) == 1) and not doer:
        return False
    if len(words) == 1 and last in EMPTY:
        return False  # "**Service** sends mails" names no service
    first, end = text.tokens.index(words[0]), text.tokens.index(words[-1]) + 1
    before = text.tokens[first - 1].lower if first else ""
    behind = text.tokens[end].lower if end < len(text.tokens) else ""
    acts = behind in _DOING or behind.endswith("s")
    if before in DETERMINERS:
        earlier = text.tokens[first - 2].lower if first > 1 else ""
        return acts or earlier in PREPOSITIONS
    return acts and not before


def item_name(text: Sentence) -> tuple[int, int] | None:
    """Return from and to which token an item names something, None for what is no name.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [item_name(t) for t in sentences([Passage("a.md", 1, 1, "list", "the label printer, for parcels"), Passage("a.md", 2, 2, "list", "on every desk")])]
    [(1, 3), None]
    """
    tokens = text.tokens
    first = 1 if tokens and tokens[0].lower in ("the", "a", "an", "our") else 0
    if first >= len(tokens) or tokens[first].lower in PREPOSITIONS:
        return None
    start = tokens[first].start
    link = _begins_apart(text, start)
    end = _ENDS_ITEM.search(text.text, start)
    bracket = text.text.find("(", start)
    to = link.end - text.start if link is not None else end.start() if end is not None else len(text.text)
    to = min(to, bracket) if bracket > start else to
    last = first + sum(start <= t.start and t.end <= to for t in tokens[first:])
    words = tokens[first:last]
    if not 0 < len(words) <= MAX_ITEM or not all(t.is_word or t.text == "&" for t in words):
        return None
    return None if any(t.text[0].isdigit() for t in words) else (first, last)


def _begins_apart(text: Sentence, start: int) -> Mark | None:
    return next(
        (
            m
            for m in text.passage.marks
            if m.style in ("link", "strong") and m.start - text.start <= start + 1
        ),
        None,
    )


def _is_known(text: Sentence, item: tuple[int, int]) -> bool:
    """Return whether an item names what the vocabulary knows."""
    start, to = text.tokens[item[0]].start, text.tokens[item[1] - 1].end
    return any(start <= m.start < to for m in text.technologies)


def _ends_in_doing(text: Sentence, item: tuple[int, int]) -> bool:
    """Return whether an item that is no link ends in a word that names no thing that runs."""
    link = _begins_apart(text, text.tokens[item[0]].start)
    return link is None and singular(text.tokens[item[1] - 1].lower) in NEVER


def _tells(text: Sentence, item: tuple[int, int]) -> bool:
    """Return whether an item is written as the name of a system: with an article, or as several words with a capital."""
    first, last = item
    return first > 0 or (last - first > 1 and text.tokens[first].text[0].isupper())
