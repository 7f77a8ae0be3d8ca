"""Candidates: mentions of one name together, and the evidence for and against their being components."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from buttress.model.kinds import MESSAGING, STORES
from buttress.names import keys, singular, words_of
from buttress.prose.candidates.called import called
from buttress.prose.mentions.nouns import HYPHENED
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence, titles_of
from buttress.prose.verbs import lexicon
from buttress.vocabulary import load


@dataclass(slots=True)
class Candidate:
    """Everything in a text that may name one component."""

    key: str
    mentions: list[Mention] = field(default_factory=list)
    known: bool = False
    score: float = 0.0
    named: str = ""  # the name that it keeps whatever else it is called
    shown: str | None = None  # the technology that other sources show
    called: bool = False  # the text gives it a name of its own beside what it is

    @property
    def name(self) -> str:
        """Return the spelling that names it best: the known one, else the most frequent, labels first; a role alone only when nothing else does."""
        if self.named:
            return self.named
        counts: Counter[str] = Counter()
        for mention in [m for m in self.mentions if not m.bare] or self.mentions:
            weight = 3 if mention.how == "known" else 2 if mention.label or mention.capital else 1
            counts[mention.stands_for or mention.surface] += weight
        return max(counts, key=lambda s: (counts[s], -len(s), s))

    def technology(self) -> str | None:
        """Return the technology that most of the mentions name, else what other sources show."""
        counts = Counter(m.technology for m in self.mentions if m.technology)
        return counts.most_common(1)[0][0] if counts else self.shown

    def role(self) -> str | None:
        """Return the role that most of the mentions say, or the narrower one that others say."""
        counts = Counter(m.role for m in self.mentions if m.role)
        said = [role for role, _ in counts.most_common()]
        return (
            next((r for r in said[1:] if self.named and load().is_kind(r, said[0])), said[0])
            if said
            else None
        )


def family(kind: str | None) -> str:
    """Return the coarse family of a kind: names that agree only loosely are one only within it.

    >>> family("cache"), family("worker"), family(None)
    ('store', 'runtime', 'runtime')
    """
    if kind in STORES:
        return "store"
    if kind in MESSAGING:
        return "broker"
    return "actor" if kind == "actor" else "runtime"


def can_fill(role: str | None, product: str) -> bool:
    """Return whether a product of one kind may fill a role of another: Redis may be the message broker.

    >>> can_fill("message_broker", "cache"), can_fill("worker", "cache")
    (True, False)
    """
    return family(role) == family(product) or (role in MESSAGING and product in ("cache", "key_value_db"))


# What works with a technology rather than is one: "Kafka consumer", "Redis exporter".
_WORKS_WITH = frozenset(
    "writer reader loader importer exporter consumer producer connector migrator adapter listener watcher processor syncer indexer updater handler".split()
)
# What a server holds or offers under its own name: "the Elasticsearch indices", "the Logstash HTTP API".
_HELD = frozenset("http indices indexes pipeline pipelines".split())
# Words for what a product is or where it runs: "the PostgreSQL server".
_SORTS = frozenset(
    """
        server servers cluster instance instances database db cache queue broker store service node nodes
        api storage bucket buckets index primary backend system installation persistence caching backbone dashboard dashboards
    """.split()
)
# What stands behind the name of the whole: "the Acme platform".
_WHOLE = frozenset("system platform application app solution software".split())
_NEAR = 6  # words between two names of which one does something with the other
MOST_ALIKE = 10  # names with one word that are looked at for two that a list tells apart
PARTS = 3  # names of parts from which on what they begin with is the whole
_VERSION = re.compile(r"v?\d[\w.]*")


def group(
    texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]], kinds: Mapping[str, str]
) -> list[Candidate]:
    """Return the candidates: mentions with one name, one technology, or one name but for generic words.

    `kinds` are those of what other sources show.
    """
    by_key: dict[str, Candidate] = {}
    words = load()
    for found in mentions:
        for mention in found:
            mention.key = _key(mention, words.technologies)
            candidate = by_key.setdefault(mention.key, Candidate(mention.key))
            candidate.mentions.append(mention)
            candidate.known |= mention.how == "known"
    _topics(by_key)
    _expand(texts, by_key)
    _brackets(texts, by_key)
    for lead, other in list(called(texts, by_key)):
        if by_key.get(lead.key) is lead and by_key.get(other.key) is other:
            lead.named, lead.called = lead.named or lead.name, True
            _join(by_key, lead, other)
    _headed(texts, by_key)
    loose: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in by_key.values():
        if not all(m.bare for m in candidate.mentions):
            key = keys(candidate.name)[2]
            if len(key) > 2:
                loose.setdefault((key, family(kinds.get(candidate.key) or _kind_hint(candidate))), []).append(
                    candidate
                )
    wholes = _wholes(by_key.values(), texts)
    bearing: dict[str, list[Candidate]] = {}  # whatever they are: a list may tell apart a store and a service
    for (key, _), members in loose.items():
        bearing.setdefault(key, []).extend(members)
    for (key, _), members in loose.items():
        group_ = [c for c in members if key not in wholes or not _is_whole(c, key)]
        if 1 < len(group_) <= 3 and sum(c.known for c in group_) <= 1:
            if any(
                _are_siblings(one, other, texts) for one, other in combinations(bearing[key][:MOST_ALIKE], 2)
            ):
                continue
            lead = max(group_, key=lambda c: (c.known, len(c.mentions)))
            for other in group_:
                if other is not lead and not _side_by_side(lead, other, texts):
                    _join(by_key, lead, other)
    return list(by_key.values())


def _side_by_side(one: Candidate, other: Candidate, texts: Sequence[Sentence]) -> bool:
    """Return whether a sentence names both with what one does between them: "the Search API calls the Search service"."""
    placed: dict[int, list[Mention]] = {}
    for mention in one.mentions:
        placed.setdefault(mention.sentence, []).append(mention)
    for mention in other.mentions:
        for beside in placed.get(mention.sentence, ()):
            first, second = sorted((mention, beside), key=lambda m: m.first)
            if second.first - first.last > _NEAR:
                continue
            between = texts[mention.sentence].tokens[first.last : second.first]
            if any((verb := lexicon().get(t.lower)) and verb.base != "be" for t in between):
                return True
    return False


def _wholes(candidates: Iterable[Candidate], texts: Sequence[Sentence]) -> frozenset[str]:
    """Return what the names of several parts begin with: "acme" of acme-api, acme-central and acme-worker is none of them.

    Names with hyphens count, and those that titles have; two of them are enough for a word of the text's title.
    """
    title = frozenset(re.findall(r"\w+", " ".join(titles_of(texts)).lower()))
    firsts = Counter(
        words[0]
        for c in candidates
        if len(words := words_of(c.name)) > 1 and (_glued(c) or any(m.how == "heading" for m in c.mentions))
    )
    return frozenset(singular(w) for w, parts in firsts.items() if parts >= (2 if w in title else PARTS))


def _is_whole(candidate: Candidate, whole: str) -> bool:
    """Return whether a name is that of the whole, alone or with a word for that: "Acme", "the Acme system"."""
    words = words_of(candidate.name)
    return keys(candidate.name)[1] == whole or (keys(words[0])[1] == whole and _WHOLE.issuperset(words[1:]))


def _are_siblings(one: Candidate, other: Candidate, texts: Sequence[Sentence]) -> bool:
    """Return whether two names label items of one list, and so are two things: "APP server" and "DB server"."""
    lists = [
        {
            (p.source, p.parent, p.headings)
            for m in c.mentions
            if (p := texts[m.sentence].passage).form == "list"
            and (m.label or m.last - m.first == len(texts[m.sentence].tokens))
        }
        for c in (one, other)
    ]
    return bool(lists[0] & lists[1])


def _glued(candidate: Candidate) -> bool:
    """Return whether a name is written as one with hyphens, as the text knows it at least once."""
    return any(HYPHENED.fullmatch(m.surface) for m in candidate.mentions)


def kind_of(candidate: Candidate) -> str:
    """Return the kind of a candidate: its technology's and its role's, the narrower one where they agree."""
    technology, role = candidate.technology(), candidate.role()
    if (
        technology
        and role in ("service", "worker", "other")
        and _WORKS_WITH.intersection(words_of(candidate.name))
    ):
        return role  # "the Timescale writer service"
    known = load().technologies.get(technology) if technology else None
    own = (
        known.kind
        if known is not None
        and known.role in ("server", "hosted")
        and known.kind not in ("other", "library_or_module")
        else None
    )
    pure = any(m.how == "technology" or m.technology for m in candidate.mentions)
    if role is None or (
        role in ("service", "data_store", "message_broker", "actor", "other") and own and pure
    ):
        if role == "data_store" and own not in STORES:
            return role
        if role == "message_broker" and (
            own is None or not can_fill(role, own) or (own in STORES and _only_carries(candidate))
        ):
            return role
        return own or role or "service"
    if own and load().is_kind(own, role):
        return own
    return role


def _only_carries(candidate: Candidate) -> bool:
    """Return whether a text calls a store nothing but a broker or queue: "Redis, the message broker"."""
    return all(m.role is None or m.role in MESSAGING for m in candidate.mentions)


def shown_kind(candidate: Candidate, kinds: Mapping[str, str]) -> str:
    """Return the kind that other sources show (`kinds`, by key), else the candidate's own."""
    return kinds.get(candidate.key) or kind_of(candidate)


def _key(mention: Mention, technologies: object) -> str:
    surface_words = [w for w in re.findall(r"\w+", mention.surface.lower())]
    if mention.how == "known":
        return mention.key
    if mention.stands_for:
        return keys(mention.stands_for)[1]
    if mention.technology is not None:
        technology = load().technologies[mention.technology]
        names = {
            w
            for n in (technology.label, *technology.aliases, *technology.exact, technology.id)
            for w in re.findall(r"\w+", n.lower())
        }
        rest = [w for w in surface_words if w not in names and w.rstrip("s") not in names]
        role_words = _HELD | _SORTS
        if technology.kind == "object_store":
            role_words = role_words | {"backup", "backups"}
        if all(w in role_words for w in rest):
            if _HELD.intersection(rest):
                mention.role = None  # it is the server's role that counts
            return f"={mention.technology}"
    return keys(mention.surface)[1]


def _headed(texts: Sequence[Sentence], by_key: dict[str, Candidate]) -> None:
    """Join what only a heading names to the one that the text calls so with a word for what it is: "Raw Sink", "the raw sink job"."""
    named: dict[str, list[Candidate]] = {}
    for candidate in by_key.values():
        words = words_of(candidate.name)
        if candidate.role() is not None and not all(m.how == "heading" or m.bare for m in candidate.mentions):
            for start, end in ((0, -1), (1, -1), (1, None)):
                if len(words[start:end]) > (start > 0):
                    named.setdefault(keys(" ".join(words[start:end]))[1], []).append(candidate)
    for candidate in list(by_key.values()):
        others = named.get(candidate.key, [])
        sections = all(m.how == "heading" and texts[m.sentence].passage.level > 1 for m in candidate.mentions)
        if len(others) == 1 and sections and others[0] is not candidate:
            if len(words_of(candidate.name)) > 1:
                others[0].named = others[0].named or candidate.name
            _join(by_key, others[0], candidate)


def _kind_hint(candidate: Candidate) -> str | None:
    technology = load().technologies.get(candidate.technology() or "")
    return candidate.role() or (technology.kind if technology else None)


def _join(by_key: dict[str, Candidate], lead: Candidate, other: Candidate) -> None:
    for mention in other.mentions:
        mention.key = lead.key
    lead.mentions += other.mentions
    lead.known |= other.known
    by_key.pop(other.key, None)


def _topics(by_key: dict[str, Candidate]) -> None:
    """Join the topics of a stream with it when the text has only one: "the events topic" is read from Kafka."""
    streams = [
        c
        for c in by_key.values()
        if (t := load().technologies.get(c.technology() or "")) is not None
        and t.kind == "stream"
        and c.key.startswith("=")
    ]
    if len(streams) != 1:
        return
    for candidate in list(by_key.values()):
        head = words_of(candidate.name)[-1:]
        if (
            candidate is not streams[0]
            and head
            and singular(head[0]) == "topic"
            and candidate.role() in MESSAGING
        ):
            _join(by_key, streams[0], candidate)


def _brackets(texts: Sequence[Sentence], by_key: dict[str, Candidate]) -> None:
    """Join a role with the technology that fills it: "the message queue (RabbitMQ)", "PostgreSQL as the database"."""
    placed = {(m.sentence, m.first): m for c in by_key.values() for m in c.mentions}
    for mention in list(placed.values()):
        tokens = texts[mention.sentence].tokens
        after = [t.lower for t in tokens[mention.last : mention.last + 3]]
        inner = None
        if after[:1] == ["("]:
            inner = placed.get((mention.sentence, mention.last + 1))
            behind = [t.lower for t in tokens[inner.last : inner.last + 2]] if inner is not None else []
            if behind and _VERSION.fullmatch(behind[0]):
                behind.pop(0)
            if behind[:1] not in ([")"], [","], [";"], ["on"], ["in"]):
                inner = None
        elif after[:1] == ["as"]:
            skip = 2 if len(after) > 1 and after[1] in ("a", "an", "the", "our", "its") else 1
            inner = placed.get((mention.sentence, mention.last + skip))
        if inner is None or inner.key == mention.key:
            continue
        role, named = (mention, inner) if mention.technology is None else (inner, mention)
        technology = load().technologies.get(named.technology or "")
        if (
            role.role is None
            or technology is None
            or role.technology is not None
            or not can_fill(role.role, technology.kind)
            or technology.role not in ("server", "hosted")
        ):
            continue
        lead, other = by_key.get(named.key), by_key.get(role.key)
        if (
            lead is not None
            and other is not None
            and (role.bare or role.role == technology.kind or load().is_kind(technology.kind, role.role))
        ) and (role.bare or (not role.bare and len([m for m in lead.mentions]) <= len(other.mentions) + 1)):
            _join(by_key, lead, other) if role.bare else _join(by_key, other, lead)


def _expand(texts: Sequence[Sentence], by_key: dict[str, Candidate]) -> None:
    """Join an acronym in brackets with the name before it: "Content Delivery Network (CDN)"."""
    placed = {(m.sentence, m.first): m for c in by_key.values() for m in c.mentions}
    for mention in list(placed.values()):
        tokens = texts[mention.sentence].tokens
        if (
            mention.last + 2 < len(tokens)
            and tokens[mention.last].text == "("
            and tokens[mention.last + 2].text == ")"
        ):
            inner = placed.get((mention.sentence, mention.last + 1))
            short = tokens[mention.last + 1].text
            initials = "".join(w[0] for w in re.findall(r"\w+", mention.surface)).lower()
            if (
                inner is not None
                and inner.key != mention.key
                and sum(letter.isupper() for letter in short) > 1
                and short.lower() in (initials, initials[:-1], initials[-len(short) :])
            ):
                lead, other = by_key.get(mention.key), by_key.get(inner.key)
                if lead is not None and other is not None:
                    _join(by_key, lead, other)
