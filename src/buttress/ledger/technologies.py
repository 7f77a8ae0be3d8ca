"""Two technologies for one role: what holds the orders, carries the events, keeps the keys; and what one place plans and another one has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from buttress.ledger.standing import is_quiet_section, places_in, places_of, same_place, stand_of
from buttress.ledger.subjects import Text, content
from buttress.model import Contradiction, Evidence, slug
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.stances.claims import said
from buttress.prose.text import Sentence
from buttress.vocabulary import are_one_technology, load

MAX_COMPARED = 400

# Kinds of technologies that stand in for each other.
_ROLES = {
    "relational_db": "database", "document_db": "database", "key_value_db": "database", "data_store": "database",
    "message_broker": "broker", "stream": "broker", "search_index": "search index", "identity_provider": "identity provider",
    "secret_store": "secret store", "monitoring": "monitoring",
}  # fmt: skip
_PUT = Caseless(
    r"(?P<what>[\w./`'’ -]{3,60}?)\s+(?:is|are|gets?)?\s*(?:\w+ly\s+)?(?:stored|kept|held|persisted|saved|written|recorded|published|sent|"
    r"queued|lives?|resides?|go(?:es)?|reported|shipped|captured|collected|logged|put|placed)\s+(?:\w+\s+)?(?:in|into|to|on|by|through|via|"
    r"over)\s+(?:an?\s+|the\s+|our\s+)?(?:[\w-]+\s+){0,2}$",
)
_PUTS = Caseless(
    r"\b(?:publish(?:es)?|sends?|writes?|emits?|push(?:es)?|puts?|stores?|keeps?|persists?|saves?|"
    r"records?)\s+(?P<what>[\w./`'’ -]{3,50}?)\s+(?:to|on|onto|into|in|through|via|over)\s+(?:an?\s+|the\s+|our\s+)?(?:[\w-]+\s+){0,2}$",
)
_IS = Caseless(
    r"^\W*(?:the |our |an? )?(?P<what>[\w ./'’-]{2,40}?)\s+(?:is|are|runs? on|is built on|is based on|uses?)\s+"
    r"(?:an?\s+|the\s+|in\s+|one\s+)?(?:(?!\w+(?:ed|en|wn|pt)\b|(?:by|in|with|from|via|to|on)\b)[\w-]+\s+){0,2}$",
)
_WE_RUN = Caseless(r"\bwe (?:run|use|have)\s+(?:an?\s+)?$")
_OF_DATA = Caseless(r"\W*(?:the )?(?:database|data|persistence|storage)s?\W*")
_AS = Caseless(
    r"^\s+as (?:the|our|an?)\s+(?P<what>[\w -]{3,40}?)(?=[.,;:()]|$|\s(?:and|for|which|that|because|with)\b)",
)
_HOLDS = Caseless(
    r"^\W*(?:stores?|holds?|keeps?|carries|persists?)\s+(?:the\s+|all\s+)?(?P<what>[\w./ -]{3,50})",
)
_LABEL = re.compile(r"^\W*(?P<what>[\w ./-]{2,40}?)\W*(?::|–|—|\s-)\s*(?:an?\s+)?(?:[\w-]+\s+){0,2}$")
_PLAN = Caseless(
    r"^\W*(?:is |are )?(?:still |only )?(?:planned|not yet (?:used|deployed|in use|introduced|available|there)|to be introduced|is coming|"
    r"will (?:be introduced|replace|follow|come))\b",
)
_PLANNING = Caseless(
    r"\b(?:plan(?:s|ned)? to (?:use|introduce|adopt|add|move to|switch to|migrate to)|will (?:later |eventually |soon )?(?:use|introduce|"
    r"adopt|move to|switch to|migrate to)|planned\s*:)\s+(?:[\w-]+\s+){0,2}$",
)
_AHEAD = Caseless(r"\b(?:will|shall|aims? to|goals? (?:is|are) to|(?:is|are) going to)\b")
_STORES = frozenset(
    (
        "db",
        "database",
        "store",
        "storage",
        "data",
        "broker",
        "queue",
        "stream",
        "cluster",
        "table",
        "tables",
        "index",
        "service",
        "messages",
        "events",
        "event",
        "message",
    )
)

_WHOLE = frozenset(("database",))  # "the database" of a system that has one


@dataclass(frozen=True, slots=True)
class Use:
    """A place that says which technology is used for what."""

    role: str
    technology: str
    what: frozenset[str]
    place: frozenset[str]
    section: tuple[str, tuple[str, ...]]
    evidence: Evidence
    label: str = ""


def technologies(text: Text) -> list[Contradiction]:
    """Return the roles for which two places name different technologies, and what is used here and only planned there."""
    return [*_rivals(text), *_environments(text), *_plans(text)]


def _rivals(text: Text) -> Iterator[Contradiction]:
    uses = list(islice(chain(_told(text), _shown(text)), MAX_COMPARED))
    told: dict[frozenset[str], None] = {}
    for n, one in enumerate(uses):
        for other in uses[n + 1 :]:
            if one.role != other.role or one.what.isdisjoint(other.what):
                continue
            if are_one_technology(one.technology, other.technology):
                continue
            if one.section == other.section and one.evidence.form == other.evidence.form != "table":
                continue
            if (one.evidence.source, one.evidence.line) == (other.evidence.source, other.evidence.line):
                continue
            shared = one.what & other.what
            least = min(len(one.what), len(other.what))
            if not least or len(shared) < min(2, least) or not same_place(one.place, other.place):
                continue
            key = frozenset((one.technology, other.technology, *sorted(shared)))
            if key in told:
                continue
            told[key] = None
            names = [load().technologies[t].label for t in (one.technology, other.technology)]
            yield Contradiction(
                _subject(one, other, text),
                f"technology of the {one.role}",
                ((names[0], one.evidence), (names[1], other.evidence)),
            )


def _subject(one: Use, other: Use, text: Text) -> str:
    """Return the component that both are about, else the words of the one that says it shorter."""
    names = sorted((n for n in (one.label, other.label) if n), key=len)
    found = [i for n in names for i in text.named(n)[:1]]
    return (
        found[0] if found else slug(" ".join(names[:1])) if names else "-".join(sorted(one.what & other.what))
    )


def _told(text: Text) -> Iterator[Use]:
    known = load().technologies
    for sentence in text.sentences:
        passage = sentence.passage
        if passage.form == "heading" or is_quiet_section(passage.headings):
            continue
        found = sentence.technologies
        for match in found:
            technology = known[match.id]
            role = _ROLES.get(technology.kind)
            if role is None or stand_of(sentence, match.start, match.end) != "fact":
                continue
            others = {known[m.id].kind for m in found if not are_one_technology(m.id, match.id)}
            if any(_ROLES.get(k) == role for k in others):
                continue
            label = _what(sentence, match.start, match.end)
            what = _stems(label)
            if what:
                section = (passage.source, passage.headings)
                yield Use(role, match.id, what, places_of(sentence), section, sentence.evidence(), label)


def _stems(label: str) -> frozenset[str]:
    """Return the stems of what a technology holds or carries; a bare "database" is the one of the system."""
    found = content(label)
    return found - _STORES or (_WHOLE if caseless(r"\b(?:database|db|data)\b").search(label) else found)


def _what(sentence: Sentence, start: int, end: int) -> str:
    """Return what a technology is used for by the words around it, empty when they don't say it."""
    before, after, passage = sentence.text[:start], sentence.text[end:], sentence.passage
    if caseless(r"\b(?:no|not|never|without|cannot)\b|n['’]t\b").search(before):
        return ""
    if passage.form == "table" and passage.cells and not before.strip():
        return passage.cells[0] if sentence.text.strip() != passage.cells[0].strip() else ""
    for pattern in (_PUT, _PUTS, _LABEL, _IS):
        found = pattern.search(before)
        if found is not None:
            return found["what"]
    title = (passage.headings or ("",))[-1]
    if _WE_RUN.search(before) and _OF_DATA.fullmatch(title):
        return "database"
    found = _AS.match(after) or _HOLDS.match(after)
    return found["what"] if found is not None else ""


def _shown(text: Text) -> Iterator[Use]:
    """Yield what drawings and configuration call a store or broker, and which technology they give it."""
    known = load().technologies
    databases = sum(
        _ROLES.get(c.kind) == "database" and any(e.form in ("diagram", "config") for e in c.evidence)
        for c in text.graph.components
    )
    for component in text.graph.components:
        for evidence in component.evidence[:4]:
            headings = text.headings_at(evidence)
            if evidence.form not in ("diagram", "config") or is_quiet_section(headings):
                continue
            own = known.get(component.technology or "") if evidence.form == "config" else None
            named = (
                [known[m.id] for m in load().find_technologies(evidence.quote.replace("\\n", " "))]
                if own is None
                else [own]
            )
            named = [t for t in named if t.kind in _ROLES]
            if component.kind not in _ROLES or len({t.id for t in named}) != 1:
                continue
            names = content(component.name) - _STORES - content(named[0].label)
            if not names and _ROLES[named[0].kind] == "database" and databases == 1:
                names = _WHOLE
            if names:
                yield Use(
                    _ROLES[named[0].kind],
                    named[0].id,
                    names,
                    places_in("", headings),
                    (evidence.source, headings),
                    evidence,
                    component.name,
                )


def _environments(text: Text) -> Iterator[Contradiction]:
    """Yield two databases for one named environment: "Development: SQLite", and PostgreSQL in the drawing of the local setup."""
    known = load().technologies
    told: dict[str, dict[str, Evidence]] = {}
    for sentence in text.sentences:
        if sentence.passage.form == "heading" or is_quiet_section(sentence.passage.headings):
            continue
        places = places_of(sentence)
        for match in sentence.technologies if len(places) == 1 else ():
            told_so = known[match.id].kind == "relational_db" and _labels(sentence, match.start)
            if not told_so or stand_of(sentence, match.start, match.end) != "fact":
                continue
            if said(sentence, match.start, match.end).status == "addressed":
                told.setdefault(next(iter(places)), {}).setdefault(match.id, sentence.evidence())
    drawn: dict[str, dict[str, Evidence]] = {}
    for component in text.graph.components:
        if component.kind != "relational_db" or not component.technology:
            continue
        for evidence in component.evidence:
            places = places_in("", text.headings_at(evidence))
            if evidence.form == "diagram" and len(places) == 1:
                drawn.setdefault(next(iter(places)), {}).setdefault(component.technology, evidence)
    for place, shown in drawn.items():
        for one, evidence in told.get(place, {}).items():
            for other, picture in shown.items():
                if not are_one_technology(one, other) and one not in shown:
                    labels = known[one].label, known[other].label if other in known else other
                    yield Contradiction(
                        "database",
                        f"technology in {place} use",
                        ((labels[0], evidence), (labels[1], picture)),
                    )


def _labels(sentence: Sentence, at: int) -> bool:
    """Return whether a technology is what the sentence gives its environment: "Development: SQLite", "locally we run SQLite"."""
    return (
        bool(re.search(r"(?::|–|—|\bis|\buses?|\bruns?|\bwith|\bon)\W*(?:\w+\s+){0,2}$", sentence.text[:at]))
        or sentence.passage.form == "table"
    )


def _plans(text: Text) -> Iterator[Contradiction]:
    """Yield what is only planned in one place and there in another."""
    planned: dict[str, tuple[Sentence, Evidence]] = {}
    there: dict[str, list[tuple[Sentence, Evidence]]] = {}
    known, ahead = load().technologies, _looking_ahead(text)
    for sentence in text.sentences:
        if sentence.passage.form == "heading" or is_quiet_section(sentence.passage.headings):
            continue
        for match in sentence.technologies:
            if known[match.id].role in ("framework", "library"):
                continue
            before, after = sentence.text[: match.start], sentence.text[match.end :]
            if _PLAN.match(after) or _PLANNING.search(before):
                planned.setdefault(match.id, (sentence, sentence.evidence()))
            elif stand_of(sentence, match.start, match.end) == "fact":
                told = said(sentence, match.start, match.end)
                if told.claimed and told.status == "addressed":
                    there.setdefault(match.id, []).append((sentence, sentence.evidence()))
    for id_, (plan, evidence) in planned.items():
        section = (plan.passage.source, plan.passage.headings)
        if section in ahead:
            continue
        facts = [
            e
            for s, e in there.get(id_, ())
            if (s.passage.source, s.passage.headings) != section and same_place(places_of(s), frozenset())
        ]
        if facts:
            yield Contradiction(
                id_, "planned or there", (("planned", evidence), *(("there", e) for e in facts[:2]))
            )


def _looking_ahead(text: Text) -> frozenset[tuple[str, tuple[str, ...]]]:
    """Return the sections that tell what a project is going to be: most of their sentences look ahead, and so does what is listed after them."""
    of: dict[tuple[str, tuple[str, ...]], list[bool]] = {}
    for s in text.sentences:
        of.setdefault((s.passage.source, s.passage.headings), []).append(_AHEAD.search(s.text) is not None)
    return frozenset(
        section for section, told in of.items() if sum(told) >= 2 and sum(told) * 3 >= len(told) * 2
    )
