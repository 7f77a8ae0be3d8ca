"""Names that a text gives to data and not to what runs: its records, their fields and the states that they pass through."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from buttress.model.kinds import MESSAGING
from buttress.names import singular, words_of
from buttress.prose.candidates import Candidate
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.nouns import MOVED
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

_WORD = re.compile(r"[A-Za-z]\w*")
_STATE = re.compile(r"[a-z]{3,}ed")  # "`queued`", "`failed`"
_IS_RECORD = Caseless(
    r"\s*(?:`\s*)?(?:records?|rows?|tables?|models?|entit(?:y|ies)|dtos?|structs?|enums?|json|schemas?|columns?|fields?|attributes?|flags?|statement|"
    r"interfaces?|class(?:es)?|methods?|actions?|callbacks?|annotations?)\b"
)
_OF_RECORD = Caseless(
    r"\b(?:tables?|models?|entit(?:y|ies)|dtos?|structs?|enums?|columns?|fields?|attributes?|interfaces?|class(?:es)?|methods?|actions?)(?:\s+called|\s+named)?\s+`?$"
)
_DOTTED = re.compile(r"[a-z]\w*(?:\.\w+)*\.\w*[a-z][A-Z]\w*(?:\.\w+)*")  # "`shop.stock.StockTaker.count_all`"
LEAST_HANDLED = 3
_HANDLED = Caseless(
    r"\b(run|schedul|execut|process|submit|queu|creat|dispatch|assign|retr)(?:e|es|s|ed|ing|ting|ning|y|ies)?\s+(?:(?:the|a|an|each|all|any|these|those|its|new|many|individual|more|next|further|several)\s+){0,2}(jobs?|tasks?)\b"
)
_RUNS = Caseless(
    r"\s*(?:`\s*)?(?:service|server|worker|process|daemon|app|application|component|container|module|job|task|queue|topic|database|cluster)s?\b"
)
_MOVES = Caseless(
    r"\b(?:publish|send|post|put|persist|emit|receiv|process|produc|captur|record|filter|stor|forward|pars|validat)(?:e|es|s|ed|ing|ting)?\s+(?:(?:all|each|every|the|its|new|old|these|their)\s+)?$"
)
_IS_MOVED = Caseless(
    r"\s+(?:(?:is|are|was|were|be|been|will|can|must|may)\s+){1,2}(?:\w+ly\s+)?(?:sent|published|persisted|emitted|received|processed|filtered|stored|forwarded|dropped)\b"
)
_PLACED = Caseless(r"\b(?:to|on|onto|into|through|via|called|named)\s+(?:(?:an?|the|our|its)\s+)?$")
# "`page_limit`: how many rows come at once. Defaults to 50."
_DEFAULTS = Caseless(r"\bdefaults? (?:value )?(?:to|is|=|:)|\(default\b|\bdefault:")
# "the token checker in tokens.go"
_IN_FILE = re.compile(r"\s+in\s+`?[\w/.-]+\.(?:py|go|rb|rs|java|kt|scala|php|cs|ts|tsx|js|cc|cpp|ex|clj)\b")
# "Add new fields to the request body: `a`, `b`", and the line or title that a list of fields stands below.
_NAMED_FIELDS = Caseless(
    r"\b(?:fields?|columns?|attributes?|parameters?|properties)\b(?: (?:to|in|of|for|on|from)(?: the| each| a)?(?: [\w-]+){1,3})?\s*:\W*(?:\w+\W{1,6}){0,60}$"
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


def is_of_code(candidate: Candidate, texts: Sequence[Sentence]) -> bool:
    """Return whether a text gives a name to a setting, whose default it tells, or to what stands in a file of the code.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> texts = sentences([Passage("a.md", 1, 1, "list", "`page-limit`: rows that come at once. Defaults to 50.")])
    >>> is_of_code(Candidate("pagelimit", [Mention(0, 0, 1, "page-limit", "code", label=True, code=True)]), texts)
    True
    """
    if candidate.known or candidate.technology() is not None:
        return False
    if _DOTTED.fullmatch(candidate.name):
        return True
    return any(
        (m.label and m.code and _DEFAULTS.search(texts[m.sentence].passage.text))
        or _IN_FILE.match(_around(m, texts)[1])
        for m in candidate.mentions
    )


def said_to_be_carried(texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> frozenset[str]:
    """Return the words for what is moved that a text uses for data, more often than for where they go: "publishes Events".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> texts = sentences([Passage("a.md", 1, 1, "prose", "It publishes Events to Kafka.")])
    >>> said_to_be_carried(texts, [[Mention(0, 2, 3, "Events", "role", role="message_broker")]])
    frozenset({'events'})
    """
    uses: Counter[str] = Counter()
    for found in mentions:
        for mention in found:
            word = (words_of(mention.surface) or ("",))[-1]
            if word in MOVED and mention.role in MESSAGING:
                before, after = _around(mention, texts)
                uses[word] += bool(_MOVES.search(before) or _IS_MOVED.match(after))
                uses[word] -= bool(_PLACED.search(before))
    return frozenset(word for word, count in uses.items() if count > 0)


def said_to_be_handled(texts: Sequence[Sentence]) -> frozenset[str]:
    """Return the words for work that a text says is run, scheduled or queued, again and again: "runs each job".

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> told = "It runs each job. It queues new jobs. Whoever submits a job waits."
    >>> said_to_be_handled(sentences([Passage("a.md", 1, 1, "prose", told)]))
    frozenset({'job'})
    """
    uses: Counter[str] = Counter()
    for text in texts:
        uses.update(singular(found[2].lower()) for found in _HANDLED.finditer(text.text))
    return frozenset(word for word, count in uses.items() if count >= LEAST_HANDLED)


def is_handled(candidate: Candidate, words: frozenset[str], actors: Collection[str]) -> bool:
    """Return whether a name is only of work, by the `words` that the text uses so, and does nothing (`actors`: who does): "a label job".

    >>> job = Candidate("j", [Mention(0, 2, 4, "label job", "role", role="worker")])
    >>> is_handled(job, frozenset({"job"}), ()), is_handled(job, frozenset({"job"}), ("j",))
    (True, False)
    """
    last = singular((words_of(candidate.name) or ("",))[-1])
    return (
        not candidate.known
        and candidate.technology() is None
        and last in words
        and candidate.key not in actors
    )


def is_carried(candidate: Candidate, words: frozenset[str]) -> bool:
    """Return whether a name is only of what is carried, by the `words` that the text uses so.

    >>> is_carried(Candidate("e", [Mention(0, 2, 4, "Order Events", "role", role="message_broker")]), frozenset({"events"}))
    True
    """
    return (
        not candidate.known
        and candidate.technology() is None
        and candidate.role() in MESSAGING
        and (words_of(candidate.name) or ("",))[-1] in words
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
