"""What the text says against what is drawn or configured: doors that no drawing has, parts that are gone but drawn; and who owns what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buttress.ledger.standing import (
    is_quiet_section,
    places_in,
    places_of,
    same_place,
    stand_of,
    without_context,
)
from buttress.ledger.subjects import Text
from buttress.model import Component, Contradiction, Evidence
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.stances.claims import said
from buttress.prose.text import Sentence, sentences
from buttress.vocabulary import load

MAX_DRAWN = 4
# What stands at the door of a system: its name in a text, and the kinds of components that are one.
_DOORS: tuple[tuple[str, Caseless, tuple[str, ...]], ...] = (
    ("cdn", Caseless(r"\bCDNs?\b|\bcontent delivery networks?\b"), ("cdn",)),
    ("api gateway", Caseless(r"\bAPI[- ]gateways?\b"), ("gateway",)),
    ("load balancer", Caseless(r"\bload[- ]?balancers?\b"), ("load_balancer",)),
    ("waf", Caseless(r"\bWAF\b|\bweb application firewall\b"), ("gateway",)),
)
_GONE = Caseless(
    r"\b(?:was|were|has been|have been|is|are|got)\s+(?:recently |finally |since |now |already |completely |fully )?"
    r"(?:removed|retired|decommissioned|shut down|switched off|turned off|dropped|deleted|gone|replaced by|superseded by)\b|"
    r"\bno longer (?:exists?|runs?|used|in use|deployed|part of)\b|\bis no longer\b",
)
_GONE_FROM = Caseless(r"\s+(?:from|after|when|if|once|by the|in the (?:queue|cache|database))\b")
_OWNS = (
    re.compile(r"\b(?:the )?(?:[Tt]eam|[Ss]quad) (?P<team>[A-Z][\w-]+)(?: team)? (?:owns|maintains|operates|runs|"
        r"is responsible for)\b(?P<thing>[^.;]{3,60})"),
    re.compile(r"\b(?:the )?(?P<team>[A-Z][\w-]+) (?:team|squad) (?:owns|maintains|operates|is responsible for)\b(?P<thing>[^.;]{3,60})"),
    re.compile(r"(?P<thing>[^.;]{3,60})\b(?:is|are) (?:owned|maintained|operated) by (?:the )?(?:team |squad )?(?P<team>[A-Z][\w-]+)(?: team| squad)?"),
    re.compile(r"(?P<thing>[^.;]{3,60})\bbelongs? to (?:the )?(?:team |squad )(?P<team>[A-Z][\w-]+)"),
    re.compile(r"(?P<thing>[^.;]{3,60})\bbelongs? to (?:the )?(?P<team>[A-Z][\w-]+) (?:team|squad)"),
)  # fmt: skip

# One of these stands in all of them.
_OWNING = re.compile(
    r"owns|maintains|operates|runs|is responsible for|owned by|maintained by|operated by|belongs? to"
)
_OWNER = Caseless(r"(?:owner|owned by|team|owning team|responsible(?: team)?|maintainer)s?")
_OWNER_LABEL = Caseless(
    r"^\W*(?:owner|owned by|owning team|team|maintained by|maintainer)\W*:\W*((?:[\w-]+ ?){1,4})\W*$",
)


def drawings(text: Text) -> list[Contradiction]:
    """Return where the text and the drawings, or two texts about who owns a part, exclude each other."""
    return [*_doors(text), *_gone(text), *_owners(text)]


def _doors(text: Text) -> Iterator[Contradiction]:
    drawn = list(_drawn(text))
    entries = [(c, e) for c, e in drawn if _is_entry(c, text)]
    if len({(e.source, text.headings_at(e)) for _, e in entries}) < 2:
        return  # one drawing may leave the door out; several that agree are the picture that people have
    words = load()
    for name, pattern, kinds in _DOORS:
        shown = False
        for component, _ in drawn:
            technology = words.technologies.get(component.technology or "")
            shown = shown or any(pattern.search(n) for n in (component.name, *component.aliases))
            shown = shown or (technology is not None and component.kind in kinds and technology.kind in kinds)
        if shown:
            continue
        claims = [s.evidence() for s in text.sentences if _claims(s, pattern, text)]
        if claims:
            internal = [e for e in _internal(text)] if name == "cdn" else []
            sides = [("there", e) for e in claims[:1]]
            sides += [("reachable from inside only", e) for e in internal[:2]]
            sides += [("not drawn where requests come in", e) for _, e in _one_each(entries, text)]
            yield Contradiction(name.replace(" ", "-"), "presence in drawings", tuple(sides))


def _one_each(entries: list[tuple[Component, Evidence]], text: Text) -> list[tuple[Component, Evidence]]:
    """Return one entry of each drawing, by the section that it stands in."""
    first: dict[tuple[str, tuple[str, ...]], tuple[Component, Evidence]] = {}
    for component, evidence in entries:
        first.setdefault((evidence.source, text.headings_at(evidence)), (component, evidence))
    return list(first.values())[:MAX_DRAWN]


def _drawn(text: Text) -> Iterator[tuple[Component, Evidence]]:
    for component in text.graph.components:
        for evidence in component.evidence:
            if evidence.form == "diagram":
                headings = text.headings_at(evidence)
                if not is_quiet_section(without_context(headings)) and same_place(
                    places_in("", headings), frozenset()
                ):
                    yield component, evidence


def _is_entry(component: Component, text: Text) -> bool:
    """Return whether requests from outside are drawn to reach a component first."""
    if component.kind not in ("gateway", "load_balancer", "web_frontend", "service"):
        return False
    callers = [
        text.graph.component(f.source)
        for f in text.graph.flows
        if f.target == component.id and any(e.form == "diagram" for e in f.evidence)
    ]
    return any(c is not None and c.kind == "actor" for c in callers) and component.kind in (
        "gateway",
        "load_balancer",
    )


def _claims(sentence: Sentence, pattern: Caseless, text: Text) -> bool:
    """Return whether a sentence says, or an item of a list that is led in by a sentence, that the thing is there."""
    passage = sentence.passage
    found = pattern.search(sentence.text)
    if found is None or passage.form == "heading" or is_quiet_section(passage.headings):
        return False
    if stand_of(sentence, *found.span()) != "fact" or not same_place(places_of(sentence), frozenset()):
        return False
    told = said(sentence, *found.span())
    if told.status != "addressed":
        return False
    if told.claimed:
        return True
    if passage.form != "list" or passage.parent is None or not 0 <= passage.parent < len(text.passages):
        return False
    lead = sentences((text.passages[passage.parent],))
    return (
        bool(lead)
        and stand_of(lead[-1], 0, len(lead[-1].text)) == "fact"
        and bool(
            caseless(r"\b(?:is|are|has|have|uses?|runs?|consists?|through|enforced|implemented)\b").search(
                lead[-1].text
            )
        )
    )


def _internal(text: Text) -> Iterator[Evidence]:
    from buttress.ledger.choices import CHOICES

    pattern = CHOICES["exposure"].ways["internal"]
    for sentence in text.sentences:
        found = pattern.search(sentence.text)
        if (
            found is not None
            and stand_of(sentence, *found.span()) == "fact"
            and same_place(places_of(sentence), frozenset())
        ):
            yield sentence.evidence()


def _gone(text: Text) -> Iterator[Contradiction]:
    """Yield the parts that a text says are gone, and that a drawing or configuration still shows."""
    shown: dict[str, list[Evidence]] = {}
    for component in text.graph.components:
        places = [
            e
            for e in component.evidence
            if e.form in ("diagram", "config") and not is_quiet_section(text.headings_at(e))
        ]
        if places:
            shown[component.id] = places
    for sentence in text.sentences:
        found = _GONE.search(sentence.text)
        if (
            found is None
            or sentence.passage.form == "heading"
            or _GONE_FROM.match(sentence.text[found.end() :])
        ):
            continue
        before = sentence.text[: found.start()]
        if caseless(r"\b(?:if|when|once|after|until|will|would|should|can|may|to be)\b").search(before):
            continue
        named = text.named(before)
        if len(named) != 1 or named[0] not in shown or len(before.split()) > 7:
            continue
        rest = before.lower().replace(text.graph.label(named[0]).lower(), "")
        if (
            len(
                [
                    w
                    for w in re.findall(r"[a-z]{3,}", rest)
                    if w not in ("the", "old", "our", "legacy", "former", "service")
                ]
            )
            > 0
        ):
            continue  # a part of it, or something of it, is gone
        places = [e for e in shown[named[0]] if e.source != sentence.passage.source or e.form != "prose"]
        sides = [
            ("gone", sentence.evidence()),
            *(("drawn" if e.form == "diagram" else "configured", e) for e in places[:2]),
        ]
        yield Contradiction(named[0], "presence", tuple(sides))


def _owners(text: Text) -> Iterator[Contradiction]:
    told: dict[str, dict[str, Evidence]] = {}
    for sentence in text.sentences:
        passage = sentence.passage
        if passage.form == "heading" or is_quiet_section(passage.headings):
            continue
        given = list(_owned(text, sentence))
        if not given or stand_of(sentence, 0, len(sentence.text)) != "fact":
            continue
        for owned, team in given:
            name = re.sub(r"\b(?:the|team|squad)\b|[^\w-]", " ", team, flags=re.IGNORECASE).split()
            if name:
                told.setdefault(owned, {}).setdefault(" ".join(name).lower(), sentence.evidence())
    for owned, teams in told.items():
        if len(teams) > 1:
            yield Contradiction(owned, "owner", tuple((team, e) for team, e in list(teams.items())[:2]))


def _owned(text: Text, sentence: Sentence) -> Iterator[tuple[str, str]]:
    """Yield which component a sentence, a label or a row gives to which team."""
    passage = sentence.passage
    if passage.form == "table":
        at = passage.cells.index(sentence.text) if sentence.text in passage.cells else 0
        if (
            at
            and at < len(passage.columns)
            and _OWNER.fullmatch(passage.columns[at].strip())
            and len(sentence.text.split()) <= 4
        ):
            yield from ((owned, sentence.text) for owned in text.named(passage.cells[0])[:1])
        return
    label = _OWNER_LABEL.match(sentence.text)
    if label is not None:
        about = text.named(passage.headings[-1]) if passage.headings else ()
        yield from ((owned, label[1]) for owned in (about or text.page(passage))[:1])
        return
    for pattern in _OWNS if _OWNING.search(sentence.text) else ():
        found = pattern.search(sentence.text)
        if found is not None:
            named = text.named(found["thing"])
            if len(named) == 1:
                yield named[0], found["team"]
            return
