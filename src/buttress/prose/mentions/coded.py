"""Words in the style of code: paths, functions and options, and programs that are called by their path."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.prose.text import Sentence, Token
from buttress.prose.verbs import lexicon

PROGRAM = re.compile(r"(?:cmd|bin|apps?|services?|sbin|daemons?)/([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)")


def is_path(text: Sentence, token: Token) -> bool:
    """Return whether a word is the beginning of a path in code: `/metrics`, not "logs/metrics".

    >>> from buttress.model import Mark, Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "Ask /metrics.", marks=(Mark(4, 12, "code"),))])
    >>> is_path(text, next(t for t in text.tokens if t.lower == "metrics"))
    True
    """
    before = text.text[max(0, token.start - 2) : token.start]
    return before[-1:] == "/" and not before[:-1].isalnum() and text.marked(token.start, token.end, "code")


def is_call(text: Sentence, token: Token) -> bool:
    """Return whether a code name is a function, path, option or file rather than a thing that runs.

    >>> from buttress.model import Passage
    >>> from buttress.prose.text import sentences
    >>> [text] = sentences([Passage("a.md", 1, 1, "prose", "It calls stamp() and the stamper.")])
    >>> [is_call(text, t) for t in text.tokens if t.lower in ("stamp", "stamper")]
    [True, False]
    """
    after = text.text[token.end : token.end + 2]
    before = text.text[max(0, token.start - 1) : token.start]
    if text.text[max(0, token.start - 2) : token.start] == "/:":
        return True
    return (after.startswith(("(", "=", "/", ":/", ".")) and after[1:2] not in (" ", "")) or before in (
        "/",
        ".",
        "-",
        "@",
        "$",
        "<",
        "{",
        "=",
    )


def acts_next(tokens: Sequence[Token], n: int) -> bool:
    """Return whether the word behind a name is what it does: "`cmd/stamper` reads …".

    >>> from buttress.prose.text import tokens_of
    >>> acts_next(tokens_of("stamper reads it"), 0), acts_next(tokens_of("stamper and desk"), 0)
    (True, False)
    """
    after = lexicon().get(tokens[n + 1].lower) if n + 1 < len(tokens) else None
    return after is not None and after.third
