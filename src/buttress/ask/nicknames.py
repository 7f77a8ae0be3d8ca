"""What people call parts for short: the first word, the stem, initials, and the everyday names of products."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from buttress.ask.called import ASKING, SHORT
from buttress.model import SystemGraph
from buttress.names import GENERIC, keys, singular, words_of
from buttress.vocabulary import load
from buttress.vocabulary.match import stem

_BEGINS = 5  # letters of the beginning of a product's name that may stand for it
_INITIALS = 3
_MOST_ALIKE = 50  # names with one word in common; of more it doesn't tell one


def short_for(word: str, graph: SystemGraph) -> tuple[str, ...]:
    """Return the components that a word means for short, empty for none: of a product, or the only one that is meant.

    >>> from buttress.model import Component
    >>> g = SystemGraph(components=(Component("q", "Jobs", "message_broker", "rabbitmq"), Component("k", "key issuing node")))
    >>> short_for("rabbit", g), short_for("KIN", g), short_for("key", g)
    (('q',), ('k',), ())
    """
    return (
        of_product(word, graph)
        or begun(word, graph)
        or _by_initials(word, graph)
        or _without_sort(word, graph)
    )


def of_product(word: str, graph: SystemGraph) -> tuple[str, ...]:
    """Return the components of the product that a word stands for: "mongo", "ES", "elastic"."""
    vocabulary, low = load(), word.lower()
    meant = {
        m.id for form in (low, low.capitalize(), low.upper()) for m in vocabulary.find_technologies(form)
    }
    meant |= {SHORT[low]} if low in SHORT else set()
    here = {c.technology for c in graph.components if c.technology in vocabulary.technologies}
    if not meant and len(low) >= _BEGINS:
        begun_with = {t for t in here if t and vocabulary.technologies[t].label.lower().startswith(low)}
        meant = begun_with if len(begun_with) == 1 else set()
    return tuple(
        c.id
        for c in graph.components
        if c.technology and any(vocabulary.is_technology(c.technology, id_) for id_ in meant)
    )


def begun(word: str, graph: SystemGraph) -> tuple[str, ...]:
    """Return the only component whose longer name begins with a word that is its product's or stands there with a capital."""
    technologies = load().technologies
    found = []
    for component in graph.components:
        first, *more = re.split(r"[\s_-]+", component.name)
        technology = technologies.get(component.technology or "")
        of_it = technology is not None and word.lower() in technology.label.lower().split()
        if more and len(word) > 3 and first.lower() == word.lower() and (of_it or word[:1].isupper()):
            found.append(component.id)
    return tuple(found) if len(found) == 1 else ()


def _by_initials(word: str, graph: SystemGraph) -> tuple[str, ...]:
    if len(word) < _INITIALS or not word.isupper():
        return ()
    low = word.lower()
    names = ((c.id, name) for c in graph.components for name in (c.name, *c.aliases))
    found = {id_ for id_, name in names if "".join(w[0] for w in words_of(name)) == low}
    return tuple(found) if len(found) == 1 else ()


def _without_sort(word: str, graph: SystemGraph) -> tuple[str, ...]:
    """Return the only component whose name is a word and its sort in one, "checkout" for checkoutservice, or the same word spelt otherwise."""
    low = word.lower()
    plain = _american(low)
    names = ((c.id, name.lower()) for c in graph.components for name in (c.name, *c.aliases))
    found = {
        id_
        for id_, name in names
        if len(low) > 3
        and (_american(name) == plain or (name.startswith(low) and name[len(low) :] in GENERIC))
    }
    return tuple(found) if len(found) == 1 else ()


def _american(word: str) -> str:
    """Return a word as it is spelt in America: "catalog" for "catalogue"."""
    return re.sub(r"ogue\b", "og", re.sub(r"our\b", "or", re.sub(r"is(e[drs]?|ing|ation)\b", r"iz\1", word)))


def by_word(graph: SystemGraph) -> Mapping[str, Sequence[tuple[str, tuple[str, ...]]]]:
    """Return the names of components, as words, by each of their words, with the component's id."""
    out: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for component in graph.components:
        for name in (component.name, *component.aliases):
            words = tuple(singular(w) for w in words_of(name))
            for word in dict.fromkeys(words):
                out.setdefault(word, []).append((component.id, words))
    return out


def by_words(phrase: str, names: Mapping[str, Sequence[tuple[str, tuple[str, ...]]]]) -> tuple[str, ...]:
    """Return the only component whose longer name holds all words of a phrase, in their order: "order screen" for Order Status Screen."""
    wanted = [singular(w) for w in words_of(phrase)]
    if len(wanted) < 2 or all(w in GENERIC for w in wanted[1:]):
        return ()
    rarest = min((names.get(w, ()) for w in wanted), key=len)
    if len(rarest) > _MOST_ALIKE:
        return ()
    found = {id_ for id_, words in rarest for rest in [iter(words)] if all(w in rest for w in wanted)}
    return tuple(found) if len(found) == 1 else ()


def by_stem(words: str, graph: SystemGraph) -> tuple[str, ...]:
    """Return the only component whose name has the stem of a word: "prices" for Pricing."""
    wanted = stem(words.split()[-1])
    found = {c.id for c in graph.components if len(wanted) > 3 and stem(keys(c.name)[2]) == wanted}
    return tuple(found) if len(found) == 1 else ()


class _Names(dict[str, tuple[str, ...]]):
    """Components by the exact key of their names and aliases."""

    def get(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...] | None:  # type: ignore[override]
        exact, single, _ = keys(key)
        return super().get(exact) or super().get(single) or default


def by_name(graph: SystemGraph) -> Mapping[str, tuple[str, ...]]:
    """Return components by the exact key of their names, ids and aliases.

    >>> from buttress.model import Component
    >>> by_name(SystemGraph(components=(Component("q", "Job Queue"),))).get("job-queue")
    ('q',)
    """
    out = _Names()
    for component in graph.components:
        for name in (component.name, component.id, *component.aliases):
            for key in keys(name)[:2]:
                if key:
                    out[key] = tuple(dict.fromkeys((*out.setdefault(key, ()), component.id)))
    return out


def loosely(phrase: str, graph: SystemGraph, *, capital: bool) -> tuple[str, ...]:
    """Return the only component whose name differs in generic words ("orders" for Orders Service), if it is the only one."""
    wanted = keys(phrase)[2]
    if not wanted or phrase.lower() in ASKING or (len(wanted) < 4 and not capital):
        return ()
    found = {c.id for c in graph.components for name in (c.name, *c.aliases) if keys(name)[2] == wanted}
    return tuple(found) if len(found) == 1 else ()
