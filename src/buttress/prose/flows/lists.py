"""Flows that a list tells together with the sentence that leads it in: "The worker talks to:" and below it three names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.caseless import Caseless
from buttress.prose.mentions.apart import DEPENDS, tells_dependents, tells_needs
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import flow_of, lexicon

# Who starts it, what is needed, the kind of flow, the sentence that names what is needed.
Listed = tuple[Mention, Mention, str, int]

_LABEL_ENDS = frozenset((":", "-", "–", "—"))
_FRAMES = (
    ("consumes", r"(?:consum(?:es?|ing)|subscribes? to|listens? (?:to|on))"),
    ("publishes", r"(?:publish(?:es|ing)?|emits?|produces?) (?:\w+ )?(?:to|on)"),
    ("reads", r"(?:reads?|fetch(?:es)?|pulls?|quer(?:y|ies)|scrapes?|loads?)(?: \w+){0,2} ?(?:from)?"),
    ("writes", r"(?:writes?|stores?|persists?|saves?)(?: \w+){0,2} (?:to|in|into)"),
    ("routes", r"(?:routes?|forwards?|proxies|proxy|distributes?)(?: \w+){0,2} (?:to|between|across)"),
    ("depends_on", rf"(?:{DEPENDS}|relies on|rely on|requires?|needs?|(?:is |are )?(?:built|based) (?:up)?on|(?:is )?backed by)"),
    ("calls", r"(?:uses?|using|utili[sz]es?|makes? use of|calls?|talks? (?:to|with)|speaks? to|communicates? with|interacts? with|integrates? with|connects? to|contacts|"
     r"makes? (?:\w+ ){0,2}(?:requests|calls) to|sends? (?:\w+ ){0,3}to)"),
)  # fmt: skip
_LEAD_IN = tuple(
    (
        kind,
        Caseless(
            rf"\b{verb}(?:\s+(?:the|these|those|a|an|some|several|few|many|number|set|of|following|external|internal|other|different|various|\w+ing|"
            r"services?|components?|systems?|dependencies|technologies|tools|parts|modules|apis|stores|databases|projects|platforms?|providers?|backends?|applications?|two|three|four|five|below|types?|kinds?|on))*(?:\s+\w+\s+projects)?\s*:?\s*$",
        ),
    )
    for kind, verb in _FRAMES
)

_THIS = Caseless(
    r"\bthis (?:service|solution|system|project|application|app|api|repository|component|product|platform|tool)\b"
)
_TO_MANY = Caseless(
    r"\s*(?:→|-{1,2}>|=>|⟶|➜)\s*(?:(?:all|other|internal|external|backend|the)\s+)*(?:micro)?(?:services|components|systems|apis|stores)\b"
)
# Titles of lists of what a component can't do without.
_NEEDS = Caseless(
    r"^\W*(?:(?:runtime|service|external|upstream|hard|soft|direct|downstream) )?dependencies\W*$|^\W*depends on\W*$"
    r"|\b(?:must|needs?|has|have|should) (?:to )?(?:be )?(?:started|running|up|run)(?: (?:up|and running))? (?:before|first|beforehand)\b"
)


def listed(
    texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]], carried: Sequence[Mention | None]
) -> list[Listed]:
    """Return the flows from whom a lead-in is about to what the items of its list begin with.

    An item that begins with a name and has no verb of its own before it counts; a lead-in says a verb of flow at its end.
    """
    last_of = {(text.passage.source, text.number): number for number, text in enumerate(texts)}
    titles: dict[tuple[str, str], tuple[Sentence, Sequence[Mention]]] = {}
    wholes = _wholes(texts, mentions)
    leads: dict[int, tuple[Mention, str, bool] | None] = {}
    out: list[Listed] = []
    for number, text in enumerate(texts):
        passage = text.passage
        if passage.form == "table":
            out += _below_an_arrow(number, text, mentions[number], titles)
            continue
        if passage.form == "heading":
            titles[passage.source, text.text.strip()] = (text, mentions[number])
        if passage.form != "list" or text.start > 0:
            continue
        if kept := _under_a_store(number, text, mentions[number], titles):
            out.append(kept)
            continue
        subject = carried[number]
        lead = last_of.get((passage.source, passage.parent)) if passage.parent is not None else None
        titled = subject is not None and passage.headings and _NEEDS.search(passage.headings[-1])
        if subject is not None and titled and not (lead is not None and tells_needs(texts[lead].text)):
            needed = next((m for m in mentions[number] if m.label or m.first <= 1), None)
            if needed is not None and needed.key != subject.key:
                out.append((subject, needed, "depends_on", number))
            continue
        named = next((m for m in mentions[number] if m.label or m.first <= 1), None)
        if lead is None or named is None:
            continue
        if lead not in leads:
            subject = carried[lead]
            if _THIS.search(texts[lead].text) and (
                subject is None or texts[subject.sentence].passage.form == "list"
            ):
                subject = wholes.get(passage.source)
            leads[lead] = _led_in(texts[lead], mentions[lead], subject)
        found = leads[lead]
        if found is None or found[0].key == named.key:
            continue
        who, kind, needed_by = found
        out.append((named, who, kind, number) if needed_by else (who, named, kind, number))
    return out


def _wholes(texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]) -> dict[str, Mention]:
    """Return what the only title of each source names: "this service" below it."""
    titles: dict[str, list[Mention | None]] = {}
    for text, found in zip(texts, mentions, strict=True):
        if text.passage.form == "heading" and text.passage.level == 1:
            titles.setdefault(text.passage.source, []).append(found[0] if found else None)
    return {source: named[0] for source, named in titles.items() if len(named) == 1 and named[0] is not None}


def _below_an_arrow(
    number: int,
    text: Sentence,
    named: Sequence[Mention],
    titles: Mapping[tuple[str, str], tuple[Sentence, Sequence[Mention]]],
) -> list[Listed]:
    """Return the flow that a row tells in a table of targets, under a title such as "Gateway → Services"."""
    passage = text.passage
    title = titles.get((passage.source, passage.headings[-1].strip())) if passage.headings else None
    if title is None or not passage.cells or text.text.strip() != passage.cells[0].strip():
        return []
    arrow = _TO_MANY.search(title[0].text)
    callee = next((m for m in named if m.label or m.first <= 1), None)
    if arrow is None or callee is None:
        return []
    caller = next((m for m in title[1] if m.first <= 1), None)  # a title may be a name as a whole
    if caller is None or caller.key == callee.key:
        return []
    return [(caller, callee, "calls", number)]


def _under_a_store(
    number: int,
    text: Sentence,
    named: Sequence[Mention],
    titles: Mapping[tuple[str, str], tuple[Sentence, Sequence[Mention]]],
) -> Listed | None:
    """Return the flow of an item below a title that names a store or broker: "Redis", "- Shop: keeps baskets"."""
    passage = text.passage
    title = titles.get((passage.source, passage.headings[-1].strip())) if passage.headings else None
    kept = [m for m in title[1] if m.kind() in STORES | MESSAGING] if title is not None else []
    if not kept or not named or any(m.kind() in STORES | MESSAGING for m in named):
        return None
    user, after = named[0], [t.lower for t in text.tokens[named[0].last : named[0].last + 2]]
    verb = lexicon().get(after[1].partition("/")[0]) if len(after) == 2 and after[0] in _LABEL_ENDS else None
    if user.first > 1 or verb is None or (verb.participle and not verb.plain):
        return None
    for preposition, way in (("from", "consumes"), ("to", "publishes"), ("in", "publishes")):
        kind = flow_of(verb.base, preposition)
        if kind in ("reads", "writes", "consumes", "publishes"):
            return user, kept[-1], kind if kept[-1].kind() in STORES else way, number
    return None


def _led_in(
    text: Sentence, mentions: Sequence[Mention], subject: Mention | None
) -> tuple[Mention, str, bool] | None:
    """Return whom a lead-in is about, the kind of flow that its verb tells, and whether the items start it; None when it leads in no flows."""
    if not text.text.rstrip().endswith(":"):
        return None
    if subject is not None and tells_dependents(text.text):
        return subject, "depends_on", True
    for kind, pattern in _LEAD_IN:
        if found := pattern.search(text.text):
            before = [m for m in mentions if text.tokens[m.last - 1].end <= found.start() and not m.aside]
            who = before[0] if before else subject
            return None if who is None else (who, kind, tells_dependents(text.text))
    return None
