"""Names that a text gives to data and not to what runs: its records, their fields and the states that they pass through."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.prose.candidates import Candidate
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

_WORD = re.compile(r"[A-Za-z]\w*")
_STATE = re.compile(r"[a-z]{3,}ed")  # "`queued`", "`failed`"
_IS_RECORD = Caseless(
    r"\s*`?\s*(?:records?|rows?|tables?|models?|entit(?:y|ies)|dtos?|structs?|enums?|json|schemas?|columns?|fields?|attributes?|flags?|statement)\b"
)
_OF_RECORD = Caseless(
    r"\b(?:tables?|models?|entit(?:y|ies)|dtos?|structs?|enums?|columns?|fields?|attributes?)(?:\s+called|\s+named)?\s+`?$"
)
_RUNS = Caseless(
    r"\s*`?\s*(?:service|server|worker|process|daemon|app|application|component|container|module|job|task|queue|topic|database|cluster)s?\b"
)
# "Add new fields to the request body: `a`, `b`", and the line or title that a list of fields stands below.
_NAMED_FIELDS = Caseless(
    r"\b(?:fields?|columns?|attributes?|parameters?|properties)\b(?: (?:to|in|of|for|on|from)(?: the| each| a)?(?: [\w-]+){1,3})?\s*:\W*(?:[\w-]+\W{1,6}){0,30}$"
)
_LISTS_FIELDS = Caseless(
    r"\b(?:fields|columns|attributes|properties|parameters)\b[^:]{0,80}:\W*$|\b(?:new|adds?|create) (?:\w+ ){0,2}tables?\b[^:.]{0,60}:\W*$|"
    r"^\W*(?:[\d.]+\s*)?(?:data models?|entit(?:y|ies)|(?:database |data |db )?schemas?|(?:database |db )?tables|fields|columns)\W*$"
)
_FIELDS = Caseless(r"^\W*(?:(?:json|payload|request|response|db|sql) )?(?:fields?|columns?|attributes?|propert(?:y|ies)|parameters?|keys?|variables?|settings?|options?|flags?)(?: names?)?\W*$")  # fmt: skip


def lists_fields(leads: Sequence[str], titles: Sequence[str]) -> bool:
    """Return whether the items of a list are records or fields, by the line that leads it in or the title that it stands below.

    >>> lists_fields(("Add new fields to the `clients` table:",), ()), lists_fields((), ("Shop", "Data model")), lists_fields((), ("Shop",))
    (True, True, False)
    """
    return any(_LISTS_FIELDS.search(lead) for lead in (*leads[-1:], *titles[-1:]))


def is_record(candidate: Candidate, texts: Sequence[Sentence], listed: frozenset[int] = frozenset()) -> bool:
    """Return whether one word names data: a record or table, a field that a table or list names, or a state in the style of code.

    `listed` are the sentences of lists of records or fields.

    A word that also stands before "service", "worker" and their like, or that names a technology, is left alone.

    >>> from buttress.model import Passage
    >>> from buttress.prose.candidates import Candidate
    >>> from buttress.prose.mentions.spelling import Mention
    >>> from buttress.prose.text import sentences
    >>> texts = sentences([Passage("a.md", 1, 1, "prose", "It updates the OrderLine record.")])
    >>> is_record(Candidate("orderline", [Mention(0, 3, 4, "OrderLine", "code")]), texts)
    True
    """
    if candidate.known or candidate.technology() is not None:
        return False
    if not any(_WORD.fullmatch(m.surface) for m in candidate.mentions):
        return False
    if all(m.code and _STATE.fullmatch(m.surface) for m in candidate.mentions):
        return True
    if any(m.role is not None and m.last - m.first > 1 for m in candidate.mentions):
        return False  # the word and its sort together: "the `reservations` service"
    around = [_around(m, texts) for m in candidate.mentions]
    if any(_RUNS.match(after) for _, after in around):
        return False
    return any(
        _is_field(m, texts)
        or (m.label and m.sentence in listed)
        or (
            _spelled_as_code(m)
            and (_IS_RECORD.match(after) or _OF_RECORD.search(before) or _NAMED_FIELDS.search(before))
        )
        for m, (before, after) in zip(candidate.mentions, around, strict=True)
    )


def _around(mention: Mention, texts: Sequence[Sentence]) -> tuple[str, str]:
    text = texts[mention.sentence]
    return text.text[: text.tokens[mention.first].start], text.text[text.tokens[mention.last - 1].end :]


def _spelled_as_code(mention: Mention) -> bool:
    """Return whether a word is spelled as code spells its names: in its style, with an underscore, or with a capital inside."""
    word = mention.surface
    return mention.code or "_" in word or re.search(r"[a-z][A-Z]", word) is not None


def _is_field(mention: Mention, texts: Sequence[Sentence]) -> bool:
    """Return whether a mention is the first cell of a row in a table of fields."""
    passage = texts[mention.sentence].passage
    return (
        passage.form == "table"
        and bool(passage.cells)
        and bool(passage.columns)
        and _FIELDS.match(passage.columns[0]) is not None
        and passage.cells[0].strip(" `*_") == mention.surface
    )
