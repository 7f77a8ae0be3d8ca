"""What a text calls by its own name beside what it is: "the job database (`paddles`)", "`paddles`, the job database"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from buttress.names import keys, singular, words_of
from buttress.prose.mentions.nouns import EMPTY, NO_THING
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import lexicon
from buttress.prose.words import DETERMINERS, PALE, PREPOSITIONS, STOP
from buttress.vocabulary.roles import role_phrases

if TYPE_CHECKING:
    from buttress.prose.candidates import Candidate

_NO_NAME = STOP | DETERMINERS | PREPOSITIONS | PALE | NO_THING


def add_names(texts: Sequence[Sentence], mentions: Sequence[list[Mention]]) -> None:
    """Add the names in brackets that nothing else tells to be names: "the job database (paddles)", set apart by its author.

    >>> from buttress.model import Mark, Passage
    >>> from buttress.prose.text import sentences
    >>> told = "The label store (shelf) is full."
    >>> texts = sentences([Passage("a.md", 1, 1, "prose", told, marks=(Mark(17, 22, "link"),))])
    >>> found = [[Mention(0, 1, 3, "label store", "role", role="data_store")]]
    >>> add_names(texts, found)
    >>> [m.surface for m in found[0]]
    ['label store', 'shelf']
    """
    for text, found in zip(texts, mentions, strict=True):
        if text.passage.form == "heading":
            continue
        at = {m.first for m in found}
        for mention in list(found):
            n = mention.last + 1
            if n in at or not _is_in_brackets(text, mention) or not _says_what(mention):
                continue
            token = text.tokens[n]
            if token.lower not in _NO_NAME and text.marked(token.start, token.end, "code", "strong", "link"):
                found.append(
                    Mention(text.place, n, n + 1, token.text, "code", code=True, key=keys(token.text)[1])
                )
        found.sort(key=lambda m: m.first)


def called(
    texts: Sequence[Sentence], by_key: Mapping[str, Candidate]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the candidates of which one is what the other is: its name first, then what it is."""
    placed = {(m.sentence, m.first): m for c in by_key.values() for m in c.mentions}
    ending = {(m.sentence, m.last): m for m in placed.values()}
    for mention in list(placed.values()):
        text = texts[mention.sentence]
        name = None
        if _says_what(mention) and _is_in_brackets(text, mention):
            name = placed.get((mention.sentence, mention.last + 1))
        elif _says_what(mention) and _is_set_beside(text, mention):
            name = ending.get((mention.sentence, mention.first - 2))
        if name is not None and _is_name(name):
            lead, other = by_key.get(name.key), by_key.get(mention.key)
            if (
                lead is not None
                and other is not None
                and lead is not other
                and not (lead.known and other.known)
            ):
                yield lead, other


def _says_what(mention: Mention) -> bool:
    """Return whether a mention says what one thing is: a role, or one who does something."""
    last = mention.surface.split()[-1].lower()
    return (
        mention.how in ("role", "agent")
        and mention.technology is None
        and mention.role not in ("actor", "library_or_module", "external_service")
        and last == singular(last)
        and not mention.aside
        and not (mention.bare and last in EMPTY)
    )


def _is_name(mention: Mention) -> bool:
    """Return whether a mention is a name in one word that says no more: `paddles`, gitbuilder."""
    words = words_of(mention.surface)
    return (
        mention.how in ("code", "agent", "proper", "acting", "label")
        and mention.technology is None
        and mention.role is None
        and " " not in mention.surface
        and not mention.surface.isupper()
        and not mention.aside
        and bool(words)
        and "".join(words) not in role_phrases()
        and words[0] not in lexicon()
        and words[0] not in _NO_NAME
    )


def _is_in_brackets(text: Sentence, mention: Mention) -> bool:
    """Return whether behind a mention stands one word in brackets."""
    behind = [t.text for t in text.tokens[mention.last : mention.last + 3]]
    return (
        len(behind) == 3 and behind[0] == "(" and behind[2] == ")" and text.tokens[mention.last + 1].is_word
    )


def _is_set_beside(text: Sentence, mention: Mention) -> bool:
    """Return whether a mention stands with its article between commas: "…, the web UI."."""
    before = [t.lower for t in text.tokens[max(0, mention.first - 2) : mention.first]]
    behind = text.tokens[mention.last].text if mention.last < len(text.tokens) else "."
    alone = (
        sum(t.text == "," for t in text.tokens[: mention.first]) == 1
    )  # "the stamper, the store and the desk" are three
    return before == [",", "the"] and alone and behind in (".", ")")
