"""The items of lists that a sentence leads in as the parts of a system: "It is made of several services:"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from buttress.names import singular
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.apart import item_name
from buttress.prose.mentions.nouns import INSTANCES
from buttress.prose.mentions.spelling import Mention
from buttress.prose.stances.leads import wishes
from buttress.prose.text import Sentence
from buttress.prose.words import STOP
from buttress.vocabulary.roles import role_phrases

LEAST = 2  # items that name something
_PARTS = r"(?:(?:micro-?)?services|components|containers|processes|daemons|(?:core|main|key|major|moving) (?:pieces|parts|elements)|(?<![\w ])parts|subsystems|servers|programs)"
# "is made of several services:", "the main components are:", "these services, each in a container named:"
_LEADS = Caseless(
    rf"\b{_PARTS}(?: (?:of|in|for|on|behind|within|that make up) (?:[\w-]+ ){{0,4}}[\w-]+)?"
    r"(?:\W{1,2}(?:which|that|are|is|include|includes|named|called|listed|running|run|used|as|follows?|following|these|here|below|deployed|each|needed|required|described|shown|explained|outlined|detailed))*\W{0,4}:\W{0,4}$"
)
# "three external components that the desk needs to work:"
_NEEDED = Caseless(
    rf"\b{_PARTS} (?:that|which) (?:[\w-]+ ){{1,3}}(?:needs?|requires?|depends? on|relies on|consists? of|uses)\b[^.:]{{0,40}}:\W{{0,4}}$"
)
_CONSISTS = Caseless(
    r"\b(?:consists? of|comprises|(?:made(?: up)?|composed) of)\b[^.:;]{0,40}\b(?:parts|pieces)\W{0,4}:\W{0,4}$"
)
# A title that says of the whole list below it that it holds parts.
_TITLES = Caseless(
    r"^\W*(?:(?:main|core|key|system|custom|third[- ]party|infrastructure|backend|server) ){0,2}(?:components|(?:micro-?)?services|containers|processes|daemons|servers)\W*$"
)
_AS_SEEN = Caseless(r"^\W*as (?:you|we|one) can see\b[^,:]{0,60},")
_LABEL = 4  # words of an item that is nothing but a name
# What has parts of another sort, what may be there, and what somebody is to do with them.
_OTHERWISE = Caseless(
    r"\b(?:supported|supports?|compatible|such as|examples?|any of|one of|either|could|may|might|can|choose|integrat\w+|react|vue|angular|ui|widgets?|pages?|librar(?:y|ies)|"
    r"packages?|folders?|director(?:y|ies)|modules?|class(?:es)?|install\w*|build|restart|stop|enable|check|verify|ensure|make sure|future|planned|new|design|reusable)\b"
)


def enumerated(texts: Sequence[Sentence]) -> dict[int, tuple[int, int]]:
    """Return, for the items of lists of a system's parts, the tokens from and to which each names its part.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> lead = Passage("a.md", 1, 1, "prose", "The desk is made of two services:")
    >>> items = [Passage("a.md", n, n, "list", t, parent=0) for n, t in enumerate(("the stamper, for letters", "a Redis instance"), 2)]
    >>> enumerated(sentences([lead, *items]))
    {1: (1, 2), 2: (1, 2)}
    """
    last_of = {text.number: text for text in texts}
    lists: dict[int | tuple[str, tuple[str, ...]], dict[int, tuple[int, int]]] = {}
    for number, text in enumerate(texts):
        passage = text.passage
        lead = last_of.get(passage.parent) if passage.parent is not None else None
        if passage.form != "list" or text.start > 0:
            continue
        item = item_name(text)
        if item is not None and lead is not None and leads_in_parts(lead.text):
            lists.setdefault(lead.number, {})[number] = _one(text, *item)
        elif item is not None and lead is None and passage.headings and _TITLES.match(passage.headings[-1]):
            lists.setdefault((passage.source, passage.headings), {})[number] = _one(text, *item)
    return {
        number: item
        for place, items in lists.items()
        if len(items) >= LEAST and (isinstance(place, int) or _are_parts(texts, items))
        for number, item in items.items()
    }


def leads_in_parts(lead: str) -> bool:
    """Return whether a sentence leads in the parts of a system.

    >>> leads_in_parts("The main components of the desk are:"), leads_in_parts("It consists of three services:")
    (True, True)
    >>> leads_in_parts("Restart the services:"), leads_in_parts("These services support:"), leads_in_parts("It uses React components:")
    (False, False, False)
    """
    seen = _AS_SEEN.match(lead)
    lead = lead[seen.end() :] if seen is not None else lead
    if _NEEDED.search(lead) is not None:
        return not _OTHERWISE.search(lead)
    led = _LEADS.search(lead) is not None or _CONSISTS.search(lead) is not None
    return led and not _OTHERWISE.search(lead) and not wishes((lead,))


def is_named(text: Sentence, item: tuple[int, int]) -> bool:
    """Return whether the tokens of an item are surely a name: what follows explains it, or each word has a capital.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> told = ("stamp master: stamps", "Stamp Master", "Stamps get licked by hand")
    >>> [is_named(t, (0, 2)) for t in sentences([Passage("a.md", n, n, "list", words) for n, words in enumerate(told)])]
    [True, True, False]
    """
    words = text.tokens[item[0] : item[1]]
    if any(t.lower in STOP for t in words):
        return False
    after = text.tokens[item[1]].lower if item[1] < len(text.tokens) else ""
    if after in ("", ".") and item[0] > 0:
        return True  # "An index"
    explained = after in (",", ":", "(", "-", "–", "—", "to", "for", "which", "that", "used")
    return explained or (after in ("", ".", *INSTANCES) and all(t.text[0].isupper() for t in words))


def labels_part(text: Sentence, found: Sequence[Mention], item: tuple[int, int]) -> bool:
    """Return whether a mention names the part which an item is about; it becomes the item's label."""
    first, last = item
    for mention in found:
        product = mention.technology is not None and mention.first == first
        begins = not any(t.text[0].isupper() for t in text.tokens[first : mention.first])
        if product or (begins and mention.first < last <= mention.last):
            mention.label = True
            return True
    return False


def _are_parts(texts: Sequence[Sentence], items: Mapping[int, tuple[int, int]]) -> bool:
    """Return whether the items below a title are names and at least half of them say what they are: a list of pages says nothing of the sort."""
    alone = [n for n, (_, last) in items.items() if last == len(texts[n].tokens) <= _LABEL]
    telling = [n for n in items if texts[n].technologies or _has_role(texts[n], items[n])]
    return len(alone) == len(items) > LEAST and 2 * len(telling) >= len(items)


def _has_role(text: Sentence, item: tuple[int, int]) -> bool:
    last = text.tokens[item[1] - 1].lower
    return last in role_phrases() or singular(last) in role_phrases()


def _one(text: Sentence, first: int, last: int) -> tuple[int, int]:
    """Return the tokens without the word for a copy of it: "a Redis instance" is Redis."""
    while last - first > 1 and singular(text.tokens[last - 1].lower) in INSTANCES:
        last -= 1
    return first, last
