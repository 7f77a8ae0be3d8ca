"""Two places about one arrow: it waits or doesn't, it is there or never, it is the only one, it ends at another broker."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buttress.ledger.standing import is_quiet_section, stand_of
from buttress.ledger.subjects import Text
from buttress.model import Contradiction, Evidence, Flow
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.text import Sentence
from buttress.vocabulary import are_one_technology, load

_WAITS = Caseless(
    r"(?<!a)\bsynchronous(?:ly)?\b|\bwaits? for (?:the|its|an?|their) (?:answer|response|reply|result|verdict|outcome|confirmation|acknowledg\w+)s?\b",
)
_RETURNS = Caseless(
    r"\basynchronous(?:ly)?\b|\bfire[- ]and[- ]forget\b|\bwithout waiting for\b|\bdoes(?:n't| not) wait\b",
)
_VERBS = (
    r"(?:call|query|queries|access|write|read|talk|connect|speak|touch|reach|use|see|contact|depend)(?:e?s)?"
)
_NEVER = Caseless(
    rf"\b(?:do(?:es)? not|do(?:es)?n['’]t|never|must not|may not|cannot|can['’]?t)\s+(?:directly\s+|itself\s+)?{_VERBS}\b(?!\s+(?:for|if|when|"
    rf"until))|\b(?:has|have) no (?:direct )?(?:access|connection) to\b",
)
_ONLY = Caseless(
    rf"\b(?:is|are) the only (?:one|service|part|component|process|system|thing)?\s*(?:that|which|to)\s+(?:can\s+|may\s+|"
    rf"is allowed to\s+)?(?P<verb>{_VERBS})\b",
)
_ONLY_FIRST = Caseless(
    rf"^\W*only (?:the )?(?P<who>\w[\w -]{{1,39}}?)\s{{1,9}}(?:can\s+|may\s+|is allowed to\s+|ever\s+)?(?P<verb>{_VERBS})\b",
)
_WRITING = ("writes", "publishes", "replicates")


def arrows(text: Text) -> list[Contradiction]:
    """Return where two places exclude each other about one flow."""
    return [*_waiting(text), *_never(text), *_only(text), *_brokers(text)]


def _waiting(text: Text) -> Iterator[Contradiction]:
    """Yield the pairs between which one place says calls wait and another one that they don't."""
    told: dict[frozenset[str], dict[str, dict[Evidence, None]]] = {}
    for flow in text.graph.flows:
        for evidence in flow.evidence:
            way = _way(evidence.quote)
            if (
                way
                and evidence.form in ("diagram", "config")
                and not is_quiet_section(text.headings_at(evidence))
            ):
                told.setdefault(frozenset((flow.source, flow.target)), {}).setdefault(way, {}).setdefault(
                    evidence
                )
    for sentence in text.sentences:
        way = _way(sentence.text)
        if (
            way is None
            or sentence.passage.form == "heading"
            or stand_of(sentence, 0, len(sentence.text)) != "fact"
        ):
            continue
        pair = _pair(text, sentence)
        if pair is not None:
            told.setdefault(pair, {}).setdefault(way, {}).setdefault(sentence.evidence())
    for pair, ways in told.items():
        if len(ways) == 2:
            sides = tuple((way, next(iter(places))) for way, places in ways.items())
            if (sides[0][1].source, sides[0][1].line) != (sides[1][1].source, sides[1][1].line):
                flow_id = next(
                    (f.id for f in text.graph.flows if {f.source, f.target} == pair), "-".join(sorted(pair))
                )
                yield Contradiction(flow_id, "synchronous or not", sides)


def _pair(text: Text, sentence: Sentence) -> frozenset[str] | None:
    """Return the two components that a sentence, or the row of a page about one of them, speaks of."""
    passage = sentence.passage
    if passage.form == "table" and passage.cells:
        named = frozenset((*text.named(passage.cells[0]), *text.page(passage)))
    else:
        named = frozenset(text.named(sentence.text))
        named = named if len(named) > 1 else frozenset((*named, *text.page(passage)))
    return named if len(named) == 2 else None


def _way(words: str) -> str | None:
    waits, returns = _WAITS.search(words), _RETURNS.search(words)
    if bool(waits) == bool(returns):
        return None
    return "synchronous" if waits else "asynchronous"


def _flows(text: Text, source: str, target: str) -> Iterator[tuple[Flow, Evidence]]:
    for flow in text.graph.flows:
        if flow.source == source and flow.target == target and flow.fact("planned") is None:
            for evidence in flow.evidence:
                if not is_quiet_section(text.headings_at(evidence)):
                    yield flow, evidence


def _never(text: Text) -> Iterator[Contradiction]:
    """Yield the flows that a sentence denies and another place has: "the portal never reads the ledger's database"."""
    for sentence in text.sentences:
        found = _NEVER.search(sentence.text)
        if found is None or sentence.passage.form == "heading" or stand_of(sentence, *found.span()) != "fact":
            continue
        who, whom = (
            text.named(sentence.text[: found.start()])[-1:],
            text.named(sentence.text[found.end() :][:60])[:1],
        )
        if (
            not who
            or not whom
            or who == whom
            or re.search(r"\b(?:so that|because|unless|without)\b", sentence.text)
        ):
            continue
        denied = sentence.evidence()
        writes = caseless(r"\bwrit").search(found[0]) is not None
        reads = caseless(r"\b(?:read|quer)").search(found[0]) is not None
        for flow, evidence in _flows(text, who[0], whom[0]):
            if (
                (writes and flow.kind == "reads")
                or (reads and flow.kind == "writes")
                or _is_at(evidence, denied)
            ):
                continue
            yield Contradiction(flow.id, "presence", (("never", denied), ("there", evidence)))
            break


def _only(text: Text) -> Iterator[Contradiction]:
    """Yield the flows of others where a sentence says that one component alone has them."""
    for sentence in text.sentences:
        found = _ONLY.search(sentence.text) or _ONLY_FIRST.search(sentence.text)
        if found is None or sentence.passage.form == "heading" or stand_of(sentence, *found.span()) != "fact":
            continue
        who = text.named(sentence.text[: found.start("verb")])[-1:]
        whom = text.named(sentence.text[found.end("verb") :][:50])[:1]
        if not who or not whom or who == whom:
            continue
        told, writing = sentence.evidence(), found["verb"].lower().startswith("writ")
        for flow in text.graph.flows:
            if (
                flow.target != whom[0]
                or flow.source in (who[0], whom[0])
                or (writing and flow.kind not in _WRITING)
            ):
                continue
            other = next((e for _, e in _flows(text, flow.source, flow.target) if not _is_at(e, told)), None)
            if other is not None:
                yield Contradiction(
                    flow.id,
                    "exclusive access",
                    ((f"{text.graph.label(who[0])} alone", told), ("another one", other)),
                )
                break
        else:
            yield from _others(text, sentence, who[0], whom[0], writing=writing)


def _others(text: Text, only: Sentence, who: str, whom: str, *, writing: bool) -> Iterator[Contradiction]:
    """Yield the rows of tables, on pages about others, that have such a flow."""
    for sentence in text.sentences:
        passage = sentence.passage
        if passage.form != "table" or not passage.cells or text.named(passage.cells[0])[:1] != (whom,):
            continue
        page = text.page(passage)
        if page and page[0] not in (who, whom) and (not writing or caseless(r"\bwrit").search(sentence.text)):
            yield Contradiction(
                whom,
                "exclusive access",
                ((f"{text.graph.label(who)} alone", only.evidence()), ("another one", sentence.evidence())),
            )
            return


def _brokers(text: Text) -> Iterator[Contradiction]:
    """Yield the components whose messages a drawing sends over one broker and a text over another that no drawing has."""
    known = load().technologies
    drawn: dict[str, list[tuple[str, Evidence]]] = {}
    everywhere: set[str] = set()
    for flow in text.graph.flows:
        target = text.graph.component(flow.target)
        technology = known.get(target.technology or "") if target is not None else None
        if technology is None or technology.kind not in ("message_broker", "stream"):
            continue
        for evidence in flow.evidence:
            if evidence.form in ("diagram", "config"):
                everywhere.add(technology.id)
                drawn.setdefault(flow.source, []).append((technology.id, evidence))
    for sentence in text.sentences if drawn else ():
        passage = sentence.passage
        if passage.form == "heading" or is_quiet_section(passage.headings):
            continue
        for match in sentence.technologies:
            if known[match.id].kind not in ("message_broker", "stream") or any(
                are_one_technology(match.id, t) for t in everywhere
            ):
                continue
            if stand_of(sentence, match.start, match.end) != "fact" or not caseless(
                r"\b(?:publish\w*|sen[dt]s?|emit\w*|produc\w+|push\w*|queue[sd]?|consum\w+|subscrib\w+)\b"
            ).search(sentence.text[: match.start]):
                continue
            about = [i for i in (*text.named(sentence.text), *text.page(passage)) if i in drawn]
            if about:
                technology_id, evidence = drawn[about[0]][0]
                labels = known[match.id].label, known[technology_id].label
                yield Contradiction(
                    about[0],
                    "technology of the broker",
                    ((labels[0], sentence.evidence()), (labels[1], evidence)),
                )


def _is_at(one: Evidence, other: Evidence) -> bool:
    return one.source == other.source and one.line <= other.end_line and other.line <= one.end_line
