"""Counts that a list goes on with, without its verb: "Orders runs four replicas, Billing two and the mailer just one"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from buttress.prose.caseless import Caseless
from buttress.prose.facts.quantities import NUMBERS, number
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

_JOINED = Caseless(r"(?:,(?: and| but| while)?|;| and| but| while)\s(?:the |our )?$")
_COUNTED = Caseless(
    rf"\s(?:just |only |has |gets |with )?(\d{{1,4}}|{'|'.join(NUMBERS)})(?=\s*(?:[,;]\s|\.?\s*$|and\b|but\b|while\b))"
)


def gapped(text: Sentence, mentions: Sequence[Mention], end: int) -> Iterator[tuple[str, int]]:
    """Yield which component goes with which count behind the place where the first count of a list ends.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> text = sentences([Passage("a.md", 1, 1, "prose", "Orders runs four replicas, Billing two.")])[0]
    >>> list(gapped(text, [Mention(0, 5, 6, "Billing", "known", key="billing")], 25))
    [('billing', 2)]
    """
    for mention in mentions:
        first, last = text.tokens[mention.first].start, text.tokens[mention.last - 1].end
        if first < end:
            continue
        counted = _COUNTED.match(text.text, last)
        if counted is None or not _JOINED.match(text.text[end:first]):
            return
        yield mention.key, int(number(counted[1]))
        end = counted.end()
