"""Which product fills a role of a text: "an object store such as S3", "RDS" beside "PostgreSQL", "the backend" beside "FastAPI"."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence

from buttress.model.kinds import MESSAGING, STORES
from buttress.names import GENERIC, words_of
from buttress.prose.candidates import Candidate, can_fill, family, shown_kind
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.vocabulary import ANY_ENGINE, Technology, load

_ROLES = frozenset(
    "web backend back end frontend front application app server service api site website ui core main".split()
)
_FILLED = Caseless(
    r"[,(]? ?(?:such as|like|e\.?g\.?,?|i\.?e\.?,?|for example,?|for instance,?|usually|typically|currently|namely|here|in our case|which is|that is|is|are|implemented (?:with|by|in|using|on)|"
    r"powered by|based on|running as|acting as|running on|by default|called|named|known as)(?: (?:a|an|the|our|one|implemented|using|with|by|provided|currently|usually|hosted|managed))*"
)
_RUNNING_AS = Caseless(
    r",? ?(?:which is |that is |is |are )?(?:running|run|runs|acting|acts|serving|serves|working|works|configured|deployed|used) as(?: (?:a|an|the|our|its))*"
)
_AS = Caseless(
    r"(?:is |are )?(?:used |supported |serves? |acts? |works? )?as(?: (?:a|an|the|our|its|their))*(?: (?:primary|main|default|persistent|central|shared|in-memory|distributed|message|task))*"
)
# "Currently, only PostgreSQL is supported."
_ONLY = frozenset("currently only at the moment today for now right present so far".split())
_SUPPORTED = Caseless(r"\W*(?:is|are) (?:currently |officially )?supported\b")


def filled(
    candidates: Sequence[Candidate], texts: Sequence[Sentence], kinds: Mapping[str, str]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the things whose technology a text names: "an object store such as S3", "PostgreSQL as the database"."""
    technologies = {id(c): c.technology() for c in candidates}
    running: dict[int, dict[int, tuple[Candidate, Candidate]]] = {}
    found: dict[int, dict[int, tuple[Candidate, Candidate]]] = {}
    for sentence, there in _by_sentence(candidates):
        tokens = texts[sentence].tokens
        for (one, left), (other, right) in itertools.pairwise(there):
            if left is right:
                continue
            gap = " ".join(t.text for t in tokens[one.last : other.first])
            named = None
            if bool(technologies[id(left)]) != bool(technologies[id(right)]):
                named = right if technologies[id(right)] else left
            if (
                other.bare
                and _RUNNING_AS.fullmatch(gap)
                and all(m.bare for m in right.mentions)
                and not left.known
                and family(shown_kind(left, kinds)) == family(shown_kind(right, kinds))
            ):
                running.setdefault(id(right), {})[id(left)] = (left, right)
                continue
            if named is None:
                continue
            role = left if named is right else right
            if not (_FILLED.fullmatch(gap) if named is right else _AS.fullmatch(gap)):
                continue
            technology = load().technologies.get(technologies[id(named)] or "")
            if technology is None or technology.role not in ("server", "hosted"):
                continue
            said = shown_kind(role, kinds)
            if said not in STORES | MESSAGING | {
                "gateway",
                "load_balancer",
                "search_index",
                "identity_provider",
            }:
                continue
            if not can_fill(said, technology.kind):
                continue
            found.setdefault(id(named), {})[id(role)] = (role, named)
    for roles in (*found.values(), *running.values()):
        if len(roles) == 1:
            yield from roles.values()
    yield from _supported(candidates, texts, kinds)


def _supported(
    candidates: Sequence[Candidate], texts: Sequence[Sentence], kinds: Mapping[str, str]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield what a title names with the only product of which the text below it says that it is supported: "Database", PostgreSQL."""
    titled = {
        (passage.source, (*passage.headings, passage.text)): c
        for c in candidates
        if c.technology() is None and shown_kind(c, kinds) in STORES | MESSAGING
        for m in c.mentions
        if m.how == "heading" and (passage := texts[m.sentence].passage)
    }
    for product in candidates if titled else ():
        technology = load().technologies.get(product.technology() or "")
        for mention in product.mentions:
            text = texts[mention.sentence]
            role = titled.get((text.passage.source, text.passage.headings))
            if role is None or technology is None:
                continue
            before = {t.lower for t in text.tokens[: mention.first] if t.is_word}
            after = text.text[text.tokens[mention.last - 1].end :]
            if "only" in before and before <= _ONLY and _SUPPORTED.match(after):
                if can_fill(shown_kind(role, kinds), technology.kind) and not (role.known and product.known):
                    yield role, product
                break


def offered(
    candidates: Sequence[Candidate], kinds: Mapping[str, str]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the one engine that a provider's offer of any runs: "RDS" beside "PostgreSQL"."""
    known = load().technologies
    for offer in candidates:
        if offer.technology() not in ANY_ENGINE:
            continue
        engines = [
            c
            for c in candidates
            if c is not offer
            and (technology := known.get(c.technology() or "")) is not None
            and technology.kind == known[offer.technology() or ""].kind
        ]
        if len(engines) == 1 and not (offer.known and engines[0].known):
            yield engines[0], offer


def either(
    candidates: Sequence[Candidate], texts: Sequence[Sentence], kinds: Mapping[str, str]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the products of which a text says that either may be there: "needs a database (MariaDB or MySQL)" has one database."""
    products = [
        c
        for c in candidates
        if c.technology() is not None
        and shown_kind(c, kinds) in STORES | MESSAGING
        and not c.known
        and not any(m.label or m.how == "heading" for m in c.mentions)
    ]
    for sentence, there in _by_sentence(products):
        tokens = texts[sentence].tokens
        listed: list[Candidate] = []  # those before, joined by commas
        for (one, left), (other, right) in itertools.pairwise(there):
            gap = [t.lower for t in tokens[one.last : other.first] if t.text not in "`*_"]
            alike = left is not right and family(shown_kind(left, kinds)) == family(shown_kind(right, kinds))
            if alike and gap in (["or"], [",", "or"], ["and/or"]):
                yield from ((left, c) for c in (right, *listed))
                listed = []
            else:
                listed = [*listed, left] if alike and gap == [","] else []


def made_with(
    candidates: Sequence[Candidate], kinds: Mapping[str, str]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield what a framework's name stands for: the one part that bears no other name than its role, "the backend" beside "FastAPI"."""
    known = load().technologies
    frameworks = [
        c
        for c in candidates
        if not c.known
        and (technology := known.get(c.technology() or "")) is not None
        and technology.role == "framework"
        and technology.kind in ("service", "web_frontend")
        and _names_only(c, technology)
    ]
    for kind in ("service", "web_frontend"):
        made = [c for c in frameworks if known[c.technology() or ""].kind == kind]
        parts = [
            c
            for c in candidates
            if c not in frameworks
            and shown_kind(c, kinds) == kind
            and all(w in _ROLES for w in words_of(c.name))
        ]
        if len(made) == 1 and len(parts) == 1 and parts[0].technology() is None:
            yield parts[0], made[0]


def _names_only(candidate: Candidate, technology: Technology) -> bool:
    """Return whether a name says no more than its technology: "Django app", not "Django Admin"."""
    said = {w for name in (technology.label, *technology.aliases) for w in words_of(name)}
    return all(w in said or w in _ROLES or w in GENERIC for w in words_of(candidate.name))


def written_with(mentions: Sequence[Sequence[Mention]]) -> dict[str, set[str]]:
    """Return, for each technology, the keys of the parts that are described by it: "the desk is a Rails application"."""
    made: dict[str, set[str]] = {}
    for found in mentions:
        for mention in found:
            if mention.of is not None and mention.technology is not None:
                made.setdefault(mention.technology, set()).add(mention.of.key)
    return made


def built_with(
    candidates: Sequence[Candidate], kinds: Mapping[str, str], made: Mapping[str, Collection[str]]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the one part of which a text says with which framework it is written, and what bears that framework's name: "the Rails app".

    `made` are the keys of the parts that are said to be written with each framework.
    """
    by_key = {c.key: c for c in candidates}
    for candidate in candidates:
        technology = load().technologies.get(candidate.technology() or "")
        if candidate.known or technology is None or technology.role != "framework":
            continue
        said = set(made.get(technology.id, ())) - {candidate.key}
        if len(said) == 1 and _names_only(candidate, technology):
            part = by_key.get(said.pop())
            if part is not None and family(shown_kind(part, kinds)) == "runtime":
                yield part, candidate


def _by_sentence(candidates: Sequence[Candidate]) -> Iterator[tuple[int, list[tuple[Mention, Candidate]]]]:
    """Yield each sentence that names candidates, with their mentions in its order."""
    placed: dict[int, list[tuple[Mention, Candidate]]] = {}
    for candidate in candidates:
        for mention in candidate.mentions:
            placed.setdefault(mention.sentence, []).append((mention, candidate))
    for sentence, there in placed.items():
        yield sentence, sorted(there, key=lambda entry: entry[0].first)
