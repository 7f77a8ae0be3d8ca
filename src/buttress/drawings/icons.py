"""What the name of an icon says: libraries of icons call them after what they show, with or without the provider."""

from __future__ import annotations

import re

from buttress.vocabulary import load
from buttress.vocabulary.roles import role_of

_PROVIDERS = ("", "Amazon ", "AWS ", "Azure ", "Google Cloud ", "Google ")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\s-]+")


def icon_words(name: str, *, hosted: bool = True) -> str:
    """Return the technology that an icon is called after in the words of the vocabulary, else the words of its name.

    `hosted` says that the icon is one of a provider's, so that `ApiGateway` is that provider's; else it is any.

    >>> icon_words("rds"), icon_words("SimpleQueueService"), icon_words("blue_box")
    ('Amazon RDS', 'Amazon SQS', 'blue box')
    """
    words = " ".join(w for w in _WORDS.split(name) if w)
    providers = _PROVIDERS if hosted or role_of(words) is None else _PROVIDERS[:1]
    known = (load().technology(f"{provider}{words}") for provider in providers)
    return next((t.label for t in known if t is not None), words)
