"""What one place says is there and another says isn't: every denial of a part or practice is held against all that say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from buttress.ledger.standing import DENIED_LIST, Stand, is_quiet_section, places_in, places_of, same_place, stand_of
from buttress.ledger.subjects import Text
from buttress.model import Contradiction, Evidence
from buttress.prose.clauses import looks_finite
from buttress.prose.facts.quantities import NUMBERS
from buttress.prose.stances.claims import said
from buttress.prose.stances.senses import means
from buttress.prose.text import Sentence
from buttress.prose.words import NEGATED, STOP
from buttress.vocabulary import load
from buttress.vocabulary.match import stem

MAX_OTHERS = 3

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
# Kinds of components that are what a topic is about.
_KINDS = {
    "caching": ("cache",),
    "cdn": ("cdn",),
    "message-broker": ("message_broker", "stream"),
    "message-queue": ("message_broker", "stream"),
    "load-balancing": ("load_balancer",),
    "object-storage": ("object_store",),
    "service-discovery": ("service_registry",),
}
_NOT = r"(?:n['’]t|\s+not|\s+never)(?:\s+(?:yet|currently|now|actually|have|be|been))*"
_BEFORE = re.compile(
    r"(?P<no>\bno|\bwithout(?: (?:an?|any))?|\b(?:do|does|did|is|are|was|were|has|have)" + _NOT +
    r"(?:\s+(?:use|using|used|have|run|running|support|supported|deploy|employ|offer|provide|need|get|take|behind))?(?:\s+(?:an?|any|the|our))?|"
    r"\bnever|\b(?:nothing|nobody|no one|none of [\w ]{2,20}) (?:is|are|has|have|gets?|does)|\bnot (?:use|using|have|run|deploy|supported|behind)(?: (?:an?|any|the))?|\bnever (?:use|uses|had|runs?)(?: (?:an?|any|the))?|\black(?:s|ing)?(?: (?:an?|any))?)"
    r"\s+(?P<words>(?:[\w./-]+\s+){0,3})$",
    re.IGNORECASE,
)  # fmt: skip
_OR = re.compile(
    r"(?:\bno|\bwithout(?: any)?|\bneither)\s+(?:[\w./-]+\s+){1,4}(?:or|nor)\s+(?P<words>(?:[\w./-]+\s+){0,2})$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"^(?:\s+(?:support|layer|server|cluster|service|tier))?\s*(?:(?:is|are|was|were|has|have)" + _NOT +
    r"\s+(?:used|enabled|deployed|introduced|set up|in place|in use|supported|implemented|available|configured|done|there|part of|active|installed|needed here)\b|"
    r"(?:was|were|has been|have been|is|are)\s+(?:recently\s+|since\s+|now\s+)?(?:removed|retired|decommissioned|taken out|thrown out|abandoned|given up|dropped|shut down)\b|"
    r"(?:is|are|was|were|has been|have been)\s+(?:currently\s+|still\s+|explicitly\s+)?(?:missing|absent|disabled|out of scope|turned off|switched off|not there)\b|"
    r"\s*(?::|\||–|—)\s*(?:none|no|not (?:used|enabled|available|supported|deployed))\s*(?:$|[.;,(|]))",
    re.IGNORECASE,
)  # fmt: skip
_NEVER_THAT = re.compile(
    r"\b(?:no (?:longer|need|matter|more than|fewer|less|other|way|doubt|reason|problem|issue|one|single)|not (?:only|just|necessarily|always|all|every)|"
    r"(?:cannot|can't|could not|couldn't|must not|never) \w+ .{0,40}without)\b",
    re.IGNORECASE,
)
_TAILS = frozenset(
    """
        support layer server servers cluster tier mechanism mechanisms policy service services instance instances system systems dependency
        dependencies component components provider node nodes deployed used needed running enabled configured available involved whatsoever
        yet here currently now today anywhere present required installed is are was has must will at in on for between from with to of and
        or but so that which because since while as by into via per
    """.split()
)
_GENERIC = frozenset(
    """
        service services system stack place moment present deployment production project application app front all any the them it this
        components everything cluster environment setup platform our other use scope part time now today here
    """.split()
)
_QUALIFIED = re.compile(r"^\W*(?:support\s+)?(?:on|for|between|in|at|from|within|inside|across|when|during|to)\s+([^.;,:()]{2,60})", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_SORTS = frozenset(map(stem, "own dedicated separate external internal managed local central shared hosted".split()))
# What a practice looks like where its name isn't said.
_IMPLIES = (
    ("topic:rate-limiting", re.compile(r"\b(?:limit(?:s|ed)?|throttl\w+|at most|no more than)\b[^.;]{0,40}?\b\d[\d,]* (?:[\w-]+ )?(?:per|an?|/|each|every) ?(?:second|minute|hour|day)\b", re.I)),
    ("topic:retries", re.compile(r"\b(?:\d+|two|three|four|five) (?:retries|attempts)\b|\b(?:tries|tried) (?:it )?(?:again|\w+ times)\b", re.I)),
    ("topic:caching", re.compile(r"\bcached? (?:\w+ ){0,2}for \w+ (?:seconds?|minutes?|hours?|days?)\b", re.I)),
    ("topic:graceful-degradation", re.compile(r"\bfalls? back (?:to|on)\b", re.I)),
)  # fmt: skip
# Messages that are sent on need something that carries them.
_CARRIED = re.compile(r"\b(?:asynchronous|async) (?:messages?|events?|messaging)\b|\b(?:publish(?:es)?|subscribes? to) (?:[\w`.-]+ ){0,3}(?:events?|messages?)\b", re.IGNORECASE)
_OTHERS = frozenset("issues issue errors error problems problem costs cost overhead headers keys hits misses entries attacks".split())
_PALE = frozenset("a an the any such more additional our of its own message".split())


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
    bare: bool = False  # an item of a list without a subject or verb of its own


def presence(text: Text) -> list[Contradiction]:
    """Return what one place says is there, in fact or as an option, and another one says isn't."""
    ledger = [*_named(text), *_shown(text)]
    by_thing: dict[str, list[Named]] = {}
    for entry in ledger:
        by_thing.setdefault(entry.thing, []).append(entry)
    found: dict[str, tuple[dict[Evidence, str], dict[Evidence, str]]] = {}
    for denial in (e for e in ledger if e.denied):
        against = [e for e in _candidates(denial, by_thing, text) if _contradicts(denial, e, text)]
        if against:
            denials, others = found.setdefault(denial.thing.partition(":")[2], ({}, {}))
            denials.setdefault(denial.evidence, "not there")
            for entry in sorted(against, key=lambda e: e.stand != "fact"):
                others.setdefault(entry.evidence, "there" if entry.stand == "fact" else entry.stand)
    out = []
    for subject, (denials, others) in found.items():
        places = {*denials, *others}
        if any(
            places <= {*d, *o} and (places != {*d, *o} or s < subject) for s, (d, o) in found.items() if s != subject
        ):
            continue  # a technology and its topic tell the same
        sides = [(v, e) for e, v in denials.items()][:2] + [(v, e) for e, v in others.items()][:MAX_OTHERS]
        out.append(Contradiction(subject, "presence", tuple(sides)))
    return out


def _candidates(denial: Named, by_thing: dict[str, list[Named]], text: Text) -> Iterator[Named]:
    yield from (e for e in by_thing[denial.thing] if not e.denied)
    if denial.thing.startswith("topic:"):
        for kind in _KINDS.get(denial.thing[6:], ()):
            yield from by_thing.get(f"kind:{kind}", ())
    if denial.thing.startswith("phrase:"):
        yield from _phrased(denial, text)


def _contradicts(denial: Named, entry: Named, text: Text) -> bool:
    if entry.evidence.source == denial.evidence.source and (
        entry.evidence.line <= denial.evidence.end_line and denial.evidence.line <= entry.evidence.end_line
    ):
        return False
    if entry.section == denial.section and entry.evidence.form not in ("diagram", "config"):
        return False
    if entry.section[0] == denial.section[0] and entry.section[1][:-1] == denial.section[1][:-1] and (
        denial.bare and entry.bare and len(denial.section[1]) > 1
    ):
        return False  # items of sibling sections, each about the part that its title names
    if entry.stand == "planned" or entry.stand == "quiet":
        return False
    if entry.stand == "optional" and not (denial.thing.startswith("tech:") or denial.listed):
        return False
    if not same_place(denial.place, entry.place):
        return False
    if denial.narrow and not denial.narrow <= {stem(w) for w in _WORD.findall(entry.words)}:
        return False
    if denial.thing.startswith("topic:") and not entry.kind:
        if not _one_thing(denial.surface, entry.surface):
            return False
    if not denial.about:
        return True
    if not entry.about:
        return entry.kind == ""
    return any(text.same(a, b) for a in denial.about for b in entry.about)


def _one_thing(one: str, other: str) -> bool:
    """Return whether two phrases of a topic name one thing: the heads are one word, or one phrase is the other in other spelling."""
    a, b = ([stem(w) for w in _WORD.findall(x)] for x in (one, other))
    if not (a and b):
        return False
    return a[-1] == b[-1] or "".join(a) == "".join(b) or {one, other} == {"fallback", "graceful degradation"}


def _named(text: Text) -> Iterator[Named]:
    words = load()
    for sentence in text.sentences:
        passage = sentence.passage
        if passage.form == "heading" or is_quiet_section(passage.headings):
            continue
        found: list[tuple[str, int, int]] = [
            (f"topic:{m.id}", m.start, m.end)
            for m in words.find_topics(sentence.text)
            if m.id not in _QUALITIES
            and stem(sentence.text[m.start : m.end]) != "messag"  # the word for what is sent, not for what carries it
            and means(m.id, sentence.text, m.start, m.end)
        ]
        for m in words.find_technologies(sentence.text):
            found.append((f"tech:{m.id}", m.start, m.end))
        listed = DENIED_LIST.match(sentence.text)
        broker = _CARRIED.search(sentence.text)
        if broker is not None and stand_of(sentence, *broker.span()) == "fact":
            yield Named(
                "kind:message_broker", broker[0], False, "fact", text.about(sentence), places_of(sentence), (passage.source, passage.headings),
                sentence.evidence(), sentence.text, kind="message_broker",
            )  # fmt: skip
        for thing, start, end in found:
            entry = _entry(text, sentence, thing, start, end, listed)
            if entry is not None:
                yield entry
                technology = words.technologies.get(thing[5:]) if thing.startswith("tech:") else None
                if technology is not None and not entry.denied and entry.stand == "fact":
                    if technology.kind in ("cache", "cdn", "message_broker", "stream", "load_balancer", "object_store"):
                        yield _as_kind(entry, technology.kind)
        for thing, pattern in _IMPLIES:
            hit = pattern.search(sentence.text)
            if hit is not None and stand_of(sentence, *hit.span()) == "fact" and not NEGATED.search(sentence.text[: hit.start()]):
                yield Named(
                    thing, thing.rpartition(":")[2].replace("-", " "), False, "fact", text.about(sentence), places_of(sentence),
                    (passage.source, passage.headings), sentence.evidence(), sentence.text,
                )  # fmt: skip
        yield from _phrases(text, sentence, {(s, e) for _, s, e in found})


def _as_kind(entry: Named, kind: str) -> Named:
    return Named(
        f"kind:{kind}", entry.surface, False, entry.stand, entry.about, entry.place, entry.section, entry.evidence, entry.words, kind=kind
    )  # fmt: skip


def _entry(
    text: Text, sentence: Sentence, thing: str, start: int, end: int, listed: re.Match[str] | None
) -> Named | None:
    """Return what a sentence says of a thing that it names, None when it says nothing of it."""
    before, after = sentence.text[:start], sentence.text[end:]
    if not _is_head(thing, sentence.text[start:end], after):
        return None
    denied = listed is not None and start >= listed.end()
    if denied and not _ends(after):
        return None
    narrow: frozenset[str] = frozenset()
    if not denied:
        narrowed = denial(before, after) if _ends(after) else None
        if narrowed and thing.startswith("tech:") and before[-1:] == " " and not narrowed <= _SORTS:
            narrowed = None
        denied = narrowed is not None
        narrow = narrowed or frozenset()
    stand = stand_of(sentence, start, end)
    if denied and stand not in ("fact", "optional"):
        return None
    if not denied:
        if re.search(r"\b(?:no|not|never|without|neither|nor|cannot)\b|n['’]t\b", before[-40:], re.IGNORECASE):
            return None
        if _AFTER.match(after):
            return None
        topic = thing[6:] if thing.startswith("topic:") else ""
        told = said(sentence, start, end, topic)
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
        thing, surface, denied, stand, about, places_of(sentence), (sentence.passage.source, sentence.passage.headings),
        sentence.evidence(), sentence.text, narrow, listed is not None, bare=_is_bare(sentence),
    )  # fmt: skip


def _is_bare(sentence: Sentence) -> bool:
    return sentence.passage.form == "list" and not re.search(r"\b(?:is|are|has|have|we|there|uses?|runs?)\b|:", sentence.text)


def denial(before: str, after: str) -> frozenset[str] | None:
    """Return the stems that narrow what is denied between two halves of a sentence, None when nothing is.

    >>> denial("There is no ", " in the stack."), sorted(denial("Runs without a distributed ", ".")), denial("We run a ", ".")
    (frozenset(), ['distribut'], None)
    """
    found = _BEFORE.search(before) or _OR.search(before)
    if found is not None:
        if _NEVER_THAT.search(before[max(0, found.start() - 60) :]):
            return None
        if re.match(r"\W*without\b", before, re.IGNORECASE):
            return None
        words = found["words"].lower().split()
        if any(w in ("to", "for", "in", "on", "with", "by", "of", "that", "is", "are", "than") for w in words):
            return None
        narrow = {stem(w) for w in words if w not in _PALE}
    elif _AFTER.match(after):
        narrow = set()
    else:
        return None
    qualified = _QUALIFIED.match(after)
    if qualified:
        narrow |= {
            stem(w)
            for w in _WORD.findall(qualified[1].lower())
            if w not in _GENERIC and len(w) > 3
        }
    return frozenset(narrow)


def _ends(after: str) -> bool:
    """Return whether a noun phrase ends here, generic words aside."""
    following = re.match(r"[ -]([A-Za-z][\w-]*)", after)
    if following is None:
        return True
    word = following[1].lower()
    return word in _TAILS or (word in STOP and not after.startswith("-")) or looks_finite(word)


def _is_head(thing: str, surface: str, after: str) -> bool:
    """Return whether the name ends its noun phrase, or is a verb: "CORS issues" speaks of issues."""
    if _ends(after):
        return True
    following = re.match(r"[ -]([A-Za-z][\w-]*)", after)
    word = following[1].lower() if following else ""
    if word in _OTHERS:
        return False
    if thing.startswith("tech:"):
        return word not in ("support", "alternative", "style", "compatible", "like")
    verbal = surface.lower().endswith(("s", "ed")) and not after.startswith("-")
    return verbal or word in NUMBERS or word.endswith(("ed", "ly"))


_NOUNS = re.compile(
    r"\bno\s+(?P<noun>[A-Za-z][\w/-]*(?:\s+[A-Za-z][\w/-]*){1,3})(?=\s*(?:$|[.;,()|]|\band\b|\bor\b|\bis\b|\bare\b|\bin\b|\bfor\b|\bneeded\b))",
    re.IGNORECASE,
)


def _phrases(text: Text, sentence: Sentence, taken: set[tuple[int, int]]) -> Iterator[Named]:
    """Yield the denials of what has a name of two words or more that the vocabulary doesn't know: "no presigned URL support"."""
    for found in _NOUNS.finditer(sentence.text):
        words = [w.lower() for w in found["noun"].split()]
        while words and words[-1] in _TAILS:
            words.pop()
        if len(words) < 2 or _NEVER_THAT.search(found[0]) or words[0] in _MORE:
            continue
        start, end = found.span("noun")
        if any(start <= s < end for s, _ in taken) or stand_of(sentence, start, end) != "fact":
            continue
        yield Named(
            "phrase:" + " ".join(words), " ".join(words), True, "fact", text.about(sentence), places_of(sentence),
            (sentence.passage.source, sentence.passage.headings), sentence.evidence(), sentence.text, bare=_is_bare(sentence),
        )  # fmt: skip


_MORE = frozenset(
    "more such other further additional extra significant major real built-in direct single special particular clear known new specific separate".split()
)


def _squeezed(text: str) -> str:
    return "".join(stem(w) for w in _WORD.findall(text))


def _phrased(denial: Named, text: Text) -> Iterator[Named]:
    """Yield the places that name what a denial names by its own words, in running text and in drawings."""
    wanted = _squeezed(denial.surface)
    first = denial.surface.split()[0][:4]
    for sentence in text.sentences:
        if sentence.passage.form == "heading" or first not in sentence.text.lower():
            continue
        if wanted not in _squeezed(sentence.text):
            continue
        at = sentence.text.lower().find(first)
        if re.search(r"\b(?:no|not|never|without|cannot)\b|n['’]t\b", sentence.text[:at], re.IGNORECASE):
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


def _shown(text: Text) -> Iterator[Named]:
    """Yield what drawings and configuration show, by kind and by technology."""
    for component in text.graph.components:
        for evidence in component.evidence:
            if evidence.form not in ("diagram", "config"):
                continue
            headings = text.headings_at(evidence)
            if is_quiet_section(headings):
                continue
            names = [f"kind:{component.kind}", *([f"tech:{component.technology}"] if component.technology else [])]
            if component.kind == "cache" and not re.search("cach", component.name + evidence.quote, re.IGNORECASE):
                names = names[1:]  # Redis may be a queue
            for thing in names:
                yield Named(
                    thing, component.name, False, "fact", frozenset(), places_in("", headings), (evidence.source, headings),
                    evidence, evidence.quote, kind=component.kind,
                )  # fmt: skip
