"""What the words of a question mean for the vocabulary: kinds of parts, facts, and classes of data."""

from __future__ import annotations

from functools import cache

from buttress.ask.called import CALLED, COUNTED, DATA, FAMILIES, UNASKED
from buttress.vocabulary import load
from buttress.vocabulary.match import Phrases, stem_keys
from buttress.vocabulary.roles import role_phrases


def family(phrase: str) -> frozenset[str]:
    """Return the kinds of component that a phrase means, empty for none.

    >>> sorted(family("message queue"))
    ['message_broker', 'stream']
    """
    for phrases, kinds in FAMILIES:
        if phrase in phrases:
            return kinds
    roles = role_phrases()
    kind = roles.get(phrase) or (roles.get(phrase[:-1]) if phrase.endswith("s") else None)
    return frozenset((kind,)) if kind else frozenset()


def facts_at(text: str) -> list[tuple[int, int, str]]:
    """Return where a text names facts, each with its place, in their order.

    >>> facts_at("no readiness probe")
    [(3, 18, 'readiness')]
    """
    return [(m.start, m.end, m.id) for m in fact_phrases().find(text)]


@cache
def fact_phrases() -> Phrases:
    """Return the phrases by which facts are asked for.

    >>> [m.id for m in fact_phrases().find("is it backed up?")]
    ['backup']
    """
    phrases = Phrases(stem_keys)
    facts = load().facts
    for name, fact in facts.items():
        if name not in UNASKED and (fact.type not in COUNTED or " " in fact.label or name in CALLED):
            phrases.add(fact.label, name)
    for name, called in CALLED.items():
        if name in facts:
            for words in called.split(";"):
                phrases.add(words.strip(), name)
    return phrases


@cache
def data_phrases() -> Phrases:
    """Return the phrases by which classes of data are asked for.

    >>> [m.id for m in data_phrases().find("card numbers")]
    ['payment']
    """
    phrases = Phrases(stem_keys)
    for name, called in DATA.items():
        for words in called.split(";"):
            phrases.add(words.strip(), name)
    return phrases
