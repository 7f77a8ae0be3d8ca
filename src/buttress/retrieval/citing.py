"""What a rule cites: the practices that its card names, then those retrieved for it when the index was built.

Only the standard library: a review loads no model and no vectors.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from buttress.errors import StaleIndex
from buttress.retrieval.cards import REBUILD, Practice, cards, compiled, sentences
from buttress.vocabulary import load

# The OWASP Top 10 has the same subjects under other numbers in each edition; 2025 counts server-side request forgery as broken access.
_NEWER = {
    f"owasp-top10/a{old:02}-2021": f"owasp-top10/a{new:02}-2025"
    for old, new in zip(range(1, 11), (1, 4, 5, 6, 2, 3, 7, 8, 9, 1), strict=True)
}


@dataclass(frozen=True, slots=True)
class Standards:
    """What a review can cite of one's own: practices by id, and by rule the ids of those near to it, best first."""

    practices: Mapping[str, Practice] = field(default_factory=dict)
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (rule, practice): what supports it


NONE = Standards()


@dataclass(frozen=True, slots=True)
class Citation:
    """A practice as a finding shows it; `item` is the source's own id, `passage` the sentence of our card that supports the rule."""

    source: str
    item: str
    title: str
    url: str
    passage: str


def cite(
    rule_id: str,
    *,
    technologies: frozenset[str] = frozenset(),
    cites: Iterable[str] = (),
    shows: Iterable[str] = (),
    limit: int = 4,
    own: Standards = NONE,
) -> tuple[Citation, ...]:
    """Return what a rule cites, at most `limit`: one's own standards first, then the practices named in `cites`, then retrieved ones.

    Retrieved ones are about no technology in particular or about one of `technologies` (Amazon RDS for
    PostgreSQL is PostgreSQL); of named ones those about stores or brokers of other makes fall away, as long as one is left. Of two that
    say the same only the first is cited, and of two editions of one list the newer, unless the rule names the other. A rule that the
    index doesn't know (a user's own) has the named ones only; they may be cards of one's `own`. `shows` names sentences of their
    guidance, from 1 on, where the nearest to the rule isn't the one to quote: "postgresql/high-availability#3".
    Raises StaleIndex when a named practice isn't in the index, or has no such sentence.

    >>> cite("a-rule-of-mine")
    ()
    """
    known = {**cards(), **own.practices}
    present = with_broader(technologies)
    chosen: list[Practice] = []
    named = tuple(cites)
    for id_ in named:
        if id_ not in known:
            raise StaleIndex(
                f"{rule_id!r} cites {id_!r}, which isn't in the index of practices; run: {REBUILD}"
            )
    fitting = [id_ for id_ in named if not _of_another_make(known[id_], present)]
    for id_ in (*own.near.get(rule_id, ()), *(fitting or named[:1])):
        if not any(known[id_] == other or _alike(known[id_], other) for other in chosen):
            chosen.append(known[id_])
    retrieved, same, supports = _retrieved()
    words = {
        **supports.get(rule_id, {}),
        **{id_: said for (rule, id_), said in own.words.items() if rule == rule_id},
        **{
            p.id: _sentence(p, rule_id, shows) for p in chosen if any(s.startswith(f"{p.id}#") for s in shows)
        },
    }
    for found in retrieved.get(rule_id, ()):
        id_ = _NEWER.get(found, found)
        practice = known.get(id_)
        if practice is None:
            raise StaleIndex(f"citations.json names {id_!r}, which cards.json hasn't; run: {REBUILD}")
        if practice.technologies and present.isdisjoint(practice.technologies):
            continue
        if not any(_alike(practice, other) or frozenset((id_, other.id)) in same for other in chosen):
            chosen.append(practice)
    return tuple(_citation(practice, words.get(practice.id)) for practice in chosen[:limit])


def _of_another_make(practice: Practice, present: frozenset[str]) -> bool:
    """Return whether a practice is about a store or broker, and the system has others: of RabbitMQ, where messages wait in Redis."""
    about = _keepers(frozenset(practice.technologies))
    return bool(about) and about.isdisjoint(present) and bool(_keepers(present))


@cache
def _keepers(technologies: frozenset[str]) -> frozenset[str]:
    """Return those of some technologies that keep data or messages."""
    vocabulary = load()
    kinds = {id_: t.kind for id_ in technologies if (t := vocabulary.technologies.get(id_)) is not None}
    return frozenset(id_ for id_, kind in kinds.items() if vocabulary.is_kind(kind, "stateful"))


def _sentence(practice: Practice, rule_id: str, shows: Iterable[str]) -> str:
    """Return the sentence of a practice's guidance that a rule names."""
    number = next(int(n) for id_, _, n in (named.partition("#") for named in shows) if id_ == practice.id)
    told = sentences(practice.guidance)
    if number > len(told):
        raise StaleIndex(
            f"{rule_id!r} cites {practice.id}#{number}, but the practice has {len(told)} sentences"
        )
    return told[number - 1]


def _alike(one: Practice, other: Practice) -> bool:
    if not (one.areas and other.areas):  # passages of one document have one address
        return False
    if _NEWER.get(one.id, one.id) == _NEWER.get(other.id, other.id):
        return True
    return one.url == other.url or (one.source, one.title) == (other.source, other.title)


def _citation(practice: Practice, supports: str | None = None) -> Citation:
    passage = supports or next(iter(sentences(practice.guidance)), "")
    return Citation(practice.source, practice.item, practice.title, practice.url, passage)


@cache
def with_broader(technologies: frozenset[str]) -> frozenset[str]:
    """Return technologies with those that they are sorts of.

    >>> sorted(with_broader(frozenset(("fargate", "redis"))))
    ['ecs', 'fargate', 'redis']
    """
    if not technologies:
        return technologies
    vocabulary = load()
    return technologies.union(*(vocabulary.broader(id_) for id_ in technologies))


@cache
def _retrieved() -> tuple[dict[str, tuple[str, ...]], frozenset[frozenset[str]], dict[str, dict[str, str]]]:
    """Return the retrieved ids by rule, best first, the pairs that say the same, and by rule what supports it in each practice."""
    loaded = json.loads(compiled("citations.json"))
    rules = {rule: tuple(ids) for rule, ids in loaded["rules"].items()}
    return rules, frozenset(frozenset(pair) for pair in loaded["same"]), loaded["supports"]
