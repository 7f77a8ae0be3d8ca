"""Interfaces that components offer: in "the billing service exposes a REST API" the API is the billing service, and no part of its own."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.names import words_of
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.words import DETERMINERS, PALE

_HEADS = frozenset(("api", "apis", "endpoint", "endpoints", "interface"))
# Words that say what an interface is like, not whose it is.
_LIKE = PALE | frozenset(
    "rest restful http https json graphql grpc soap rpc xml public private simple small web synchronous asynchronous stable versioned long-lived proprietary administrative admin internal external standard dedicated unified common native".split()
)
_OFFERING = Caseless(
    r"(?:(?:which|that|also|only|then|will|and|in turn|\w+ly) )*"
    r"(?:exposes?|provides?|offers?|presents?|implements?|publishes|has|have|serves?|exposing|providing|offering|implementing|with|via|through|'s|’s)"
)
_OFFERED = Caseless(
    r"(?:(?:that|which) (?:is|are) )?(?:exposed|provided|offered|implemented|served|published|hosted)? ?(?:by|of|on|in|from|that)(?: (?:the|our|its|a|an))*"
)
_BEGINS = Caseless(r"(?:also |\w+ly )?(?:exposes?|provides?|offers?|presents?|implements?|has|serves?)")
_REACH = 5  # words between who offers and the interface


def offer(text: Sentence, found: Sequence[Mention], subject: Mention | None) -> None:
    """Make each mention of an interface that somebody is said to offer a mention of who offers it.

    `subject` is whom the sentence is about when it doesn't say.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "Billing exposes a REST API.")])
    >>> billing, api = Mention(0, 0, 1, "Billing", "proper"), Mention(0, 3, 5, "REST API", "role", role="service", bare=True)
    >>> offer(text, [billing, api], None)
    >>> api.of.surface
    'Billing'
    """
    for index, mention in enumerate(found):
        if mention.of is not None or not is_interface(mention):
            continue
        before, after = (
            found[index - 1] if index else None,
            found[index + 1] if index + 1 < len(found) else None,
        )
        words = _words(text, before.last if before is not None else 0, mention.first)
        if before is not None and not is_interface(before) and _OFFERING.fullmatch(words):
            mention.of = before.meant()
        elif (
            after is not None
            and not is_interface(after)
            and _OFFERED.fullmatch(_words(text, mention.last, after.first))
        ):
            mention.of = after.meant()
        elif (
            before is None and subject is not None and _BEGINS.fullmatch(words) and not is_interface(subject)
        ):
            mention.of = subject.meant()


def _words(text: Sentence, first: int, last: int) -> str:
    """Return the words between two places without articles and what only says how something is; empty for too many."""
    words = [t.lower for t in text.tokens[first:last] if t.is_word or t.text in ",;:"]
    while words and (words[-1] in DETERMINERS or words[-1] in _LIKE):
        words.pop()
    return " ".join(words) if len(words) <= _REACH else ""


def is_interface(mention: Mention) -> bool:
    """Return whether a name says nothing but that something is an interface: "a REST API".

    >>> is_interface(Mention(0, 0, 2, "REST API", "role")), is_interface(Mention(0, 0, 2, "Orders API", "role"))
    (True, False)
    """
    words = words_of(mention.surface)
    return (
        bool(words) and words[-1] in _HEADS and all(w in _LIKE for w in words[:-1]) and mention.how != "known"
    )
