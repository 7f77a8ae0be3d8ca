"""The entries of the ledger: every place that names a topic, a technology or a part, and whether it says that it is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from buttress.ledger.denials import AFTER, NEVER_THAT, TAILS, WORD, denial, ends, is_head
from buttress.ledger.standing import (
    DENIED_LIST,
    Stand,
    is_quiet_section,
    places_in,
    places_of,
    stand_of,
    without_context,
)
from buttress.ledger.subjects import Text
from buttress.model import Evidence
from buttress.prose.caseless import Caseless, Hit, caseless
from buttress.prose.stances.claims import said
from buttress.prose.stances.marked import weighs
from buttress.prose.stances.senses import means
from buttress.prose.text import Sentence
from buttress.prose.words import NEGATED
from buttress.vocabulary import load
from buttress.vocabulary.match import stem
from buttress.vocabulary.terms import Match

# Topics that are qualities, aims or fields: "no performance problem" and "performance is measured" contradict nobody.
_QUALITIES = frozenset(
    """
        alternatives-considered analytics api-design api-stability audit-notes async-processing authorization blocking-io capacity-planning client-trust
        cloud-portability compaction concurrency-control configuration consistency containerization cost-optimization crash-recovery cryptography
        data-completeness data-format data-integrity data-isolation data-loss-prevention data-modeling data-retention database-configuration
        dependency-direction deployment deployment-impact deployment-modes deployment-variants disaster-recovery dns domain-modeling error-handling
        eventual-consistency fault-tolerance high-availability horizontal-scaling hot-key indexing key-exchange key-management layering
        least-privilege legacy-storage message-durability modularity multi-tenancy network-efficiency network-isolation nosql observability
        partitioning performance persistence platform-limitation polyglot-persistence polyglot-services privacy production-readiness query-api
        query-optimization race-condition reconciliation redundancy reliability reliable-delivery replication repository-pattern resource-isolation
        rpc scalability schema-design search security security-isolation self-hosting service-contracts service-separation single-instance
        single-point-of-failure startup-ordering statelessness static-assets testing throughput throughput-limits token-management transactions
        uniqueness-constraints user-preferences vendor-limits vendor-lock-in versioning write-scaling logging monitoring batching
    """.split()
)
_PARTS = frozenset("cache cdn message_broker stream load_balancer object_store".split())
_SORTS = frozenset(
    map(stem, "own dedicated separate external internal managed local central shared hosted".split())
)
# What a practice looks like where its name isn't said.
_IMPLIES = (
    ("topic:rate-limiting", Caseless(r"\b(?:limit(?:s|ed)?|throttl\w+|at most|no more than)\b"
      r"[^.;]{0,40}?\b\d[\d,]* (?:[\w-]+ )?(?:per|an?|/|each|every) ?(?:second|minute|hour|day)\b")),
    ("topic:retries", Caseless(r"\b(?:\d+|two|three|four|five) (?:retries|attempts)\b|\b(?:tries|tried) (?:it )?(?:again|\w+ times)\b")),
    ("topic:caching", Caseless(r"\bcached? (?:\w+ ){0,2}for \w+ (?:seconds?|minutes?|hours?|days?)\b")),
    ("topic:graceful-degradation", Caseless(r"\bfalls? back (?:to|on)\b")),
)  # fmt: skip
# Where another part of a sentence begins, which may be about another environment.
_PART = caseless(r";\s|,\s+(?:while|whereas|but)\b")
# Messages that are sent on need something that carries them.
_CARRIED = Caseless(
    r"\b(?:asynchronous|async) (?:messages?|events?|messaging)\b|\b(?:publish(?:es)?|subscribes? to) (?:[\w`.-]+ ){0,3}(?:events?|messages?)\b",
)
_NOUNS = Caseless(
    r"\bno\s+(?P<noun>[A-Za-z][\w/-]*(?:\s+[A-Za-z][\w/-]*){1,3})(?=\s*(?:$|[.;,()|]|\band\b|\bor\b|\bis\b|\bare\b|\bin\b|\bfor\b|\bneeded\b))",
)
_NOT_USED = Caseless(
    r"(?:^|[;:(]\s*|,\s+(?:but|and)\s+)(?P<noun>(?:the\s+)?(?:[a-z][\w-]*\s+){0,2}[a-z][\w-]{3,})\s+(?:is|are)\s+(?:not|never)\s+(?:used|"
    r"supported|deployed|enabled|allowed|available|in use)\b",
)
# A name with a capital that nobody knows: "Disqus was dropped last year".
_DROPPED = re.compile(
    r"^\W*(?P<noun>[A-Z][\w.-]{2,}(?: [A-Z][\w-]+)?) (?:was|were|has been|is) (?:dropped|removed|retired|decommissioned|abandoned|"
    r"switched off|turned off|taken out|given up|gone|shut down)\b"
)
# One of these stands in every sentence that denies something.
_DENIES = Caseless(
    r"\b(?:no|never|without|lack|neither)|n't|n’t|\b(?:removed|retired|decommissioned|taken out|thrown out|abandoned|given up|dropped|"
    r"shut down|missing|absent|disabled|out of scope|turned off|switched off|gone)\b"
)
# One is the condition of the other: "no key → no login".
_IF_NOT = Caseless(r"\bno\b[^.;]{1,60}?(?:→|⇒|[-=]>|\bmeans)\s*no\b")
_ACTS = Caseless(r"\b(?:do|does)(?:n['’]t|\s+not)\s+$")
_MORE = frozenset(
    "more such other further additional extra significant major real built-in direct single special particular clear known new specific separate".split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """A place that names a thing: whether it is denied, what narrows the denial, whom it is about, where it holds."""

    thing: str
    surface: str
    denied: bool
    stand: Stand
    about: frozenset[str]
    place: frozenset[str]
    section: tuple[str, tuple[str, ...]]
    evidence: Evidence
    words: str
    narrow: frozenset[str] = frozenset()
    listed: bool = False
    kind: str = ""
    leader: str = ""  # the component named first in front of it
    acts: bool = False  # denied by a verb of its own: "the mailer doesn't retry"
    bare: bool = False  # an item of a list without a subject or verb of its own


def denied(text: Text) -> Iterator[Named]:
    """Yield what the sentences deny: topics, technologies, and what has another name."""
    for sentence in _telling(text):
        if not _DENIES.search(sentence.text) or _IF_NOT.search(sentence.text):
            continue
        found = [
            *((f"topic:{m.id}", m.start, m.end) for m in sentence.topics if _is_practice(sentence, m)),
            *((f"tech:{m.id}", m.start, m.end) for m in sentence.technologies),
        ]
        listed = DENIED_LIST.match(sentence.text)
        for thing, start, end in found:
            narrow = _denial(sentence, thing, start, end, listed)
            entry = None if narrow is None else _entry(text, sentence, thing, start, end, listed, narrow)
            if entry is not None:
                yield entry
        yield from _phrases(text, sentence, {(s, e) for _, s, e in found})


def affirmed(text: Text, things: frozenset[str]) -> Iterator[Named]:
    """Yield the sentences that name one of the things without denying it: a topic, a technology, or what carries messages."""
    technologies = load().technologies
    topics = frozenset(t[6:] for t in things if t.startswith("topic:"))
    for sentence in _telling(text):
        passage = sentence.passage
        if "kind:message_broker" in things:
            broker = _CARRIED.search(sentence.text)
            if broker is not None and stand_of(sentence, *broker.span()) == "fact":
                yield Named(
                    "kind:message_broker", broker[0], False, "fact", text.about(sentence), places_of(sentence), (passage.source, passage.headings),
                    sentence.evidence(), sentence.text, kind="message_broker",
                )  # fmt: skip
        found = [
            (f"topic:{m.id}", "", m.start, m.end)
            for m in (sentence.topics if topics else ())
            if m.id in topics and _is_practice(sentence, m)
        ]
        found += [
            (f"tech:{m.id}", f"kind:{technologies[m.id].kind}", m.start, m.end)
            for m in sentence.technologies
            if f"tech:{m.id}" in things or f"kind:{technologies[m.id].kind}" in things
        ]
        listed = DENIED_LIST.match(sentence.text) if found else None
        denies = bool(found) and _DENIES.search(sentence.text) is not None
        for thing, kind, start, end in found:
            if denies and _denial(sentence, thing, start, end, listed) is not None:
                continue
            entry = _entry(text, sentence, thing, start, end, listed)
            if entry is not None and thing in things:
                yield entry
            if entry is not None and kind in things and kind[5:] in _PARTS and entry.stand == "fact":
                yield replace(entry, thing=kind, kind=kind[5:])
        for thing, pattern in _IMPLIES:
            hit = pattern.search(sentence.text) if thing in things else None
            if (
                hit is not None
                and stand_of(sentence, *hit.span()) == "fact"
                and not NEGATED.search(sentence.text[: hit.start()])
            ):
                yield Named(
                    thing, thing.rpartition(":")[2].replace("-", " "), False, "fact", text.about(sentence), places_of(sentence),
                    (passage.source, passage.headings), sentence.evidence(), sentence.text,
                )  # fmt: skip


def _telling(text: Text) -> Iterator[Sentence]:
    return (
        s
        for s in text.sentences
        if s.passage.form != "heading"
        and not is_quiet_section(s.passage.headings)
        and not weighs(s.passage.columns)
    )


def _is_practice(sentence: Sentence, match: Match) -> bool:
    """Return whether a phrase names something that is there or isn't."""
    return (
        match.id not in _QUALITIES
        # the word for what is sent, not for what carries it
        and stem(sentence.text[match.start : match.end]) != "messag"
        and means(match.id, sentence.text, match.start, match.end)
    )


def _denial(
    sentence: Sentence, thing: str, start: int, end: int, listed: Hit | None
) -> frozenset[str] | None:
    """Return the stems that narrow the denial of a thing, None when it isn't denied."""
    before, after = sentence.text[:start], sentence.text[end:]
    if listed is not None and start >= listed.end():
        return frozenset()
    narrow = denial(before, after) if ends(after) else None
    if narrow and thing.startswith("tech:") and before[-1:] == " " and not narrow <= _SORTS:
        return None
    return narrow


def _place_at(sentence: Sentence, start: int) -> frozenset[str]:
    """Return the environments that the part of a sentence around a place is about: "QA has one node; production has five"."""
    first = max((c.end() for c in _PART.finditer(sentence.text[:start])), default=0)
    last = _PART.search(sentence.text, start)
    return places_in(sentence.text[first : last.start() if last else None], ()) or places_of(sentence)


def _entry(
    text: Text,
    sentence: Sentence,
    thing: str,
    start: int,
    end: int,
    listed: Hit | None,
    narrow: frozenset[str] | None = None,
) -> Named | None:
    """Return what a sentence says of a thing that it names, None when it says nothing of it; `narrow` as `_denial` returns it."""
    before, after = sentence.text[:start], sentence.text[end:]
    denied = narrow is not None
    if not is_head(thing, sentence.text[start:end], after):
        return None
    if listed is not None and start >= listed.end() and not ends(after):
        return None
    stand = stand_of(sentence, start, end)
    if denied and stand not in ("fact", "optional"):
        return None
    if not denied:
        if caseless(r"\b(?:no|not|never|without|neither|nor|cannot)\b|n['’]t\b").search(before[-40:]):
            return None
        if AFTER.match(after):
            return None
        told = said(sentence, start, end, thing[6:] if thing.startswith("topic:") else "")
        if stand == "fact" and not (told.claimed and told.status == "addressed"):
            return None
    surface = sentence.text[start:end]
    about = text.about(sentence)
    if listed is not None:
        about = frozenset()
    elif denied:
        about = text.clause_about(sentence, start)
    about -= frozenset(text.named(surface))
    return Named(
        thing, surface, denied, stand, about, _place_at(sentence, start), (sentence.passage.source, sentence.passage.headings),
        sentence.evidence(), sentence.text, narrow or frozenset(), listed is not None, bare=_is_bare(sentence),
        leader=next(iter(text.named(before)), ""), acts=_ACTS.search(before) is not None,
    )  # fmt: skip


def _is_bare(sentence: Sentence) -> bool:
    return sentence.passage.form == "list" and not re.search(
        r"\b(?:is|are|has|have|we|there|uses?|runs?)\b|:", sentence.text
    )


def _phrases(text: Text, sentence: Sentence, taken: set[tuple[int, int]]) -> Iterator[Named]:
    """Yield the denials of what has a name of two words or more that the vocabulary doesn't know: "no presigned URL support"."""
    told: Iterable[tuple[Hit | re.Match[str], int]] = (
        *((m, 2) for m in _NOUNS.finditer(sentence.text)),
        *((m, 1) for m in _NOT_USED.finditer(sentence.text)),
        *((m, 1) for m in _DROPPED.finditer(sentence.text)),
    )
    for found, least in told:
        words = [w.lower() for w in found["noun"].split() if w.lower() not in ("the", "a", "an")]
        while words and words[-1] in TAILS:
            words.pop()
        if len(words) < least or NEVER_THAT.search(found[0]) or words[0] in _MORE:
            continue
        start, end = found.span("noun")
        if any(start <= s < end for s, _ in taken) or stand_of(sentence, start, end) != "fact":
            continue
        yield Named(
            "phrase:" + " ".join(words), " ".join(words), True, "fact", text.clause_about(sentence,
            start) - frozenset(text.named(found["noun"])), places_of(sentence),
            (sentence.passage.source, sentence.passage.headings), sentence.evidence(), sentence.text, bare=_is_bare(sentence),
        )  # fmt: skip


def _squeezed(text: str) -> str:
    return "".join(stem(w) for w in WORD.findall(text))


def phrased(denial: Named, text: Text) -> Iterator[Named]:
    """Yield the places that name what a denial names by its own words, in running text and in drawings."""
    wanted = _squeezed(denial.surface)
    first = denial.surface.split()[0][:4]
    for sentence, lower in text.running:
        at = lower.find(first)
        if at < 0 or wanted not in _squeezed(sentence.text):
            continue
        if caseless(r"\b(?:no|not|never|without|cannot)\b|n['’]t\b").search(sentence.text[:at]):
            continue
        yield Named(
            denial.thing, denial.surface, False, stand_of(sentence, at, at + 4), text.about(sentence), places_of(sentence),
            (sentence.passage.source, sentence.passage.headings), sentence.evidence(), sentence.text, bare=_is_bare(sentence),
        )  # fmt: skip
    for flow in text.graph.flows:
        for evidence in flow.evidence:
            if evidence.form == "diagram" and wanted in _squeezed(evidence.quote):
                headings = text.headings_at(evidence)
                if not is_quiet_section(headings):
                    yield Named(
                        denial.thing, denial.surface, False, "fact", frozenset((flow.source, flow.target)),
                        places_in("", headings), (evidence.source, headings), evidence, evidence.quote,
                    )  # fmt: skip


def shown(text: Text) -> Iterator[Named]:
    """Yield what drawings and configuration show, by kind and by technology."""
    for component in text.graph.components:
        for evidence in component.evidence:
            if evidence.form not in ("diagram", "config"):
                continue
            headings = text.headings_at(evidence)
            if is_quiet_section(without_context(headings)):
                continue
            names = [
                f"kind:{component.kind}",
                *([f"tech:{component.technology}"] if component.technology else []),
            ]
            if component.kind == "cache" and not caseless("cach").search(component.name + evidence.quote):
                names = names[1:]  # Redis may be a queue
            for thing in names:
                yield Named(
                    thing, component.name, False, "fact", frozenset(), places_in("", headings), (evidence.source, headings),
                    evidence, evidence.quote, kind=component.kind,
                )  # fmt: skip
