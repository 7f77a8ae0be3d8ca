"""Secrets that would pass for names: a token or password that is written in the style of code."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.evidence.secrets import secret_places
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence


def without_secrets(text: Sentence, found: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of a sentence that touch no secret in it.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "The desk has the password: rosebud77")])
    >>> [m.surface for m in without_secrets(text, [Mention(0, n, n + 1, text.tokens[n].text, "code") for n in (1, 6)])]
    ['desk']
    """
    hidden = secret_places(text.text) if found else []
    return [
        m
        for m in found
        if not any(a < text.tokens[m.last - 1].end and text.tokens[m.first].start < b for a, b in hidden)
    ]
