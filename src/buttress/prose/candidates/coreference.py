"""Which candidates of a text are one and the same although their names differ: "the hydrator" is the source hydrator, "such as S3" the object store."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from buttress.model.kinds import MESSAGING, STORES
from buttress.names import GENERIC, MAKERS, keys, singular, words_of
from buttress.prose.candidates import PARTS, Candidate, family, shown_kind
from buttress.prose.candidates.filled import built_with, either, filled, made_with, offered
from buttress.prose.mentions.phrases import is_doer
from buttress.prose.text import Sentence
from buttress.vocabulary import are_one_technology, load
from buttress.vocabulary.roles import role_of, role_phrases

# Words of which a name may have one more or less without meaning another thing.
_MORE = (
    GENERIC
    | MAKERS
    | frozenset(
        """
        cloud platform message process processes daemon layer tier engine program task tasks job container pod pods spa page
        topic topics channel channels exchange table tables stream streams dbaas bucket buckets index cluster instance instances pub sub pubsub queue queues
        repository repositories repo account storage relational sql nosql memory in
    """.split()
    )
)
# What is written in two ways: "the app server" is the application server.
_IN_FULL = {
    "app": "application", "apps": "application", "db": "database", "dbs": "database", "svc": "service", "config": "configuration",
    "repo": "repository", "auth": "authentication", "mq": "queue", "k8s": "kubernetes", "infra": "infrastructure", "lb": "balancer", "docs": "documentation",
}  # fmt: skip
_PART_OF_WHOLE = frozenset(
    "api db database store node component module layer queue index table bucket".split()
)
_ANYBODY = frozenset("user end client customer visitor person people human".split())


def one_and_the_same(
    candidates: Sequence[Candidate],
    texts: Sequence[Sentence],
    kinds: Mapping[str, str],
    title: Collection[str],
    made: Mapping[str, Collection[str]],
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield pairs of candidates that are one thing, the one whose name it bears first.

    `kinds` are those of what other sources show, `title` the words of the text's title: the system's own name says nothing of a part.
    `made` are the keys of the parts that are said to be written with each framework.
    """
    yield from filled(candidates, texts, kinds)
    yield from _in_full(candidates, kinds)
    yield from _halves(candidates, kinds)
    yield from _shorter(candidates, texts, kinds, title)
    yield from offered(candidates, kinds)
    yield from either(candidates, texts, kinds)
    yield from built_with(candidates, kinds, made)
    yield from made_with(candidates, kinds)
    yield from _anybody(candidates, kinds)


def _together(one: Candidate, other: Candidate, kinds: Mapping[str, str]) -> bool:
    """Return whether two candidates can be one thing by what they are; what other sources show is told apart there."""
    alike = family(shown_kind(one, kinds)) == family(shown_kind(other, kinds))
    product = one.technology() is not None and one.technology() == other.technology()
    return not (one.known and other.known) and (
        alike or (product and _keeps(one, kinds) and _keeps(other, kinds))
    )


def _keeps(candidate: Candidate, kinds: Mapping[str, str]) -> bool:
    return shown_kind(candidate, kinds) in STORES | MESSAGING


def _in_full(
    candidates: Sequence[Candidate], kinds: Mapping[str, str]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield names that only shorten words of each other: "app server" and "application server"."""
    written: dict[tuple[str, ...], Candidate] = {}
    for candidate in candidates:
        said = words_of(candidate.name)
        words = tuple(
            _IN_FULL.get(w, singular(w))
            for w, after in itertools.zip_longest(said, said[1:])
            if not (w == "message" and after in ("bus", "broker", "queue"))
        )
        lead = written.setdefault(words, candidate)
        if lead is not candidate and _together(lead, candidate, kinds):
            yield lead, candidate


def _halves(
    candidates: Sequence[Candidate], kinds: Mapping[str, str]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield what bears one half of a name of two, where nothing bears the other: "Edge service" beside "Edge / Ingestion service"."""
    named = {keys(c.name)[1]: c for c in candidates}
    for double in candidates:
        first, slash, rest = double.name.partition(" / ")
        second, _, head = rest.rpartition(" ")
        if slash and second and head.lower() in role_phrases():
            halves = [named.get(keys(f"{half} {head}")[1]) for half in (first, second)]
            found = [c for c in halves if c is not None and c is not double]
            if len(found) == 1 and _together(double, found[0], kinds):
                yield double, found[0]


def _shorter(
    candidates: Sequence[Candidate],
    texts: Sequence[Sentence],
    kinds: Mapping[str, str],
    title: Collection[str],
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the longer names that a shorter one stands for, where there is only one such, or all are said in general words."""
    words = {id(c): tuple(singular(w) for w in words_of(c.name)) for c in candidates}
    more = {singular(w) for w in _MORE}
    added = more | {"lambda", "function"}
    whole = {singular(w) for w in title}
    heads = Counter(
        w[-1:] for w in words.values() if len(w) > 1
    )  # "the Kafka collector" beside "the NATS collector" is no Kafka
    having: dict[str, dict[int, Candidate]] = {}
    for candidate in candidates:
        for part, _ in _parts(words[id(candidate)]):
            having.setdefault(part, {})[id(candidate)] = candidate
    for short in candidates:
        own = words[id(short)]
        longer = [c for c in having.get("".join(own), {}).values() if c is not short]
        alike = [
            c
            for c in longer
            if all(w in added or w in _technology_words(c) for w in _added(words[id(c)], own, whole))
            and are_one_technology(short.technology(), c.technology())
            and (_together(short, c, kinds) or _is_store_service(short, c, words[id(c)], kinds))
        ]
        if not alike and len(longer) == 1 and short.technology() is not None:
            alike = [
                c
                for c in longer
                if role_of(" ".join(_added(words[id(c)], own, whole))) == shown_kind(c, kinds)
                and not (_collects(c) and heads[words[id(c)][-1:]] > 1)
                and short.technology() == c.technology()
                and _together(short, c, kinds)
            ]
        if (
            len(own) == 1
            and not alike
            and own[0] not in more
            and len(longer) == 1
            and not _is_any(short, texts)
        ):
            alike = [
                c
                for c in longer
                if words[id(c)][-1] == own[0]
                and (_together(short, c, kinds) or _says_nothing_else(short))
                and not _is_group(short, c)
                and not (len(words[id(c)]) > 2 and " " not in c.name)
            ]
        if len(own) == 1 and sum(words[id(c)][0] == own[0] for c in longer) >= (
            2 if own[0] in whole else PARTS
        ):
            alike = [c for c in alike if not _PART_OF_WHOLE.intersection(words[id(c)][1:])]
        technologies = {c.technology() for c in (short, *alike)} - {None}
        if alike and (
            len(alike) == 1 or (len(technologies) < 2 and sum(c.known for c in (short, *alike)) < 2)
        ):
            yield from ((c, short) if c is alike[0] else (alike[0], c) for c in alike)


def _says_nothing_else(candidate: Candidate) -> bool:
    """Return whether a text gives a name without a word on what bears it: "B2" beside "Backblaze B2"."""
    return not candidate.known and candidate.role() is None and candidate.technology() is None


def _collects(candidate: Candidate) -> bool:
    """Return whether a name is of one that does something with a product: "the Kafka collector"."""
    last = words_of(candidate.name)[-1]
    return last == singular(last) and is_doer(last)


def _is_group(short: Candidate, longer: Candidate) -> bool:
    """Return whether the shorter name is a plural of which the longer one may be one: "the controllers"."""
    plural = words_of(short.name)[-1]
    return plural != singular(plural) and words_of(longer.name)[-1] == singular(plural)


def _is_any(short: Candidate, texts: Sequence[Sentence]) -> bool:
    """Return whether a role or product is mostly said of any that there is, not of the one spoken of: "a Lambda", "AWS Lambda"."""
    if short.technology() is None and not all(m.bare for m in short.mentions):
        return False
    running = [m for m in short.mentions if m.first and texts[m.sentence].passage.form != "heading"]
    some = [
        m
        for m in running
        if texts[m.sentence].tokens[m.first - 1].lower not in ("the", "this", "our", "its", "that")
    ]
    return 2 * len(some) > len(running)


def _added(longer: Sequence[str], shorter: Sequence[str], whole: Collection[str]) -> Sequence[str]:
    """Return the words that a longer name has more than a shorter one, the system's own name before it left out."""
    if "".join(_without(longer, whole)) == "".join(shorter):
        return ()
    bare = _rest(_without(longer, whole), shorter)
    return bare if bare is not None else _rest(longer, shorter) or ()


def _without(words: Sequence[str], whole: Collection[str]) -> Sequence[str]:
    """Return a name without the system's own before it, unless no more than a word for a sort would be left of it."""
    named = 0 if words[-1] in _MORE or words[-1] in role_phrases() else len(words) - 1
    return words[next((n for n, w in enumerate(words[:-1]) if w not in whole), named) :]


def _technology_words(candidate: Candidate) -> frozenset[str]:
    technology = load().technologies.get(candidate.technology() or "")
    names = (technology.label, *technology.aliases) if technology is not None else ()
    return frozenset(singular(w) for n in names for w in words_of(n))


def _is_store_service(
    short: Candidate, longer: Candidate, words: Sequence[str], kinds: Mapping[str, str]
) -> bool:
    """Return whether the longer name only adds that a store is reached as a service: "object storage service"."""
    return (
        not (short.known and longer.known)
        and words[-1] in ("service", "server", "cluster", "system", "application", "app")
        and shown_kind(longer, kinds) in ("service", "other")
        and shown_kind(short, kinds) in STORES | MESSAGING
    )


def _rest(longer: Sequence[str], shorter: Sequence[str]) -> list[str] | None:
    """Return the words of a longer name without those of a shorter one; None when it hasn't these. "guest agent" is in "trove guestagent"."""
    joined = "".join(shorter)
    return next((rest for part, rest in _parts(longer) if part == joined), None)


def _parts(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each stretch of words that is less than all of them, in one word, and the words without it."""
    for first in range(len(words)):
        for last in range(first + 1, len(words) + 1):
            if last - first < len(words):
                yield "".join(words[first:last]), [*words[:first], *words[last:]]


def _anybody(
    candidates: Sequence[Candidate], kinds: Mapping[str, str]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield those who use the system under several names that say no more than that, where no sentence tells them apart: "users", "the client"."""
    people = [
        c
        for c in candidates
        if shown_kind(c, kinds) == "actor" and _ANYBODY.issuperset(map(singular, words_of(c.name)))
    ]
    people.sort(key=lambda c: (not c.known, -len(c.mentions)))
    places = {id(c): {m.sentence for m in c.mentions} for c in people}
    for other in people[1:]:
        if not other.known and not places[id(other)] & places[id(people[0])]:
            yield people[0], other


def names_well(candidate: Candidate) -> tuple[bool, bool, bool, int]:
    """Return how well a candidate's name tells what it is: a known one, a technology's, one that isn't all general words, the frequent one.

    >>> from buttress.prose.mentions.spelling import Mention
    >>> one, other = (Candidate(n, [Mention(0, 0, 1, n, "role", role="service")]) for n in ("server", "letter sorter"))
    >>> max((one, other), key=names_well).name
    'letter sorter'
    """
    general = (
        GENERIC.issuperset(words_of(candidate.name)) or " ".join(words_of(candidate.name)) in role_phrases()
    )
    technology = load().technologies.get(candidate.technology() or "")
    runs = (
        technology is not None and technology.role in ("server", "hosted") and candidate.key.startswith("=")
    )
    return candidate.known, runs and not general, not general, len(candidate.mentions)
