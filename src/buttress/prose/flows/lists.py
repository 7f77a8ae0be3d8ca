"""Flows that a list tells together with the sentence that leads it in: "The worker talks to:" and below it three names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence

Listed = tuple[
    Mention, Mention, str, int
]  # who starts it, what is needed, the kind of flow, the sentence that names it

_FRAMES = (
    ("consumes", r"(?:consum(?:es?|ing)|subscribes? to|listens? (?:to|on))"),
    ("publishes", r"(?:publish(?:es|ing)?|emits?|produces?) (?:\w+ )?(?:to|on)"),
    ("reads", r"(?:reads?|fetch(?:es)?|pulls?|quer(?:y|ies)|scrapes?|loads?)(?: \w+){0,2} ?(?:from)?"),
    ("writes", r"(?:writes?|stores?|persists?|saves?)(?: \w+){0,2} (?:to|in|into)"),
    ("routes", r"(?:routes?|forwards?|proxies|proxy|distributes?)(?: \w+){0,2} (?:to|between|across)"),
    ("depends_on", r"(?:depends? (?:up)?on|relies on|rely on|requires?|needs?|(?:is |are )?(?:built|based) (?:up)?on|(?:is )?backed by)"),
    ("calls", r"(?:uses?|using|utili[sz]es?|calls?|talks? to|speaks? to|communicates? with|interacts? with|integrates? with|connects? to|contacts|"
     r"makes? (?:\w+ ){0,2}(?:requests|calls) to|sends? (?:\w+ ){0,3}to)"),
)  # fmt: skip
_LEAD_IN = tuple(
    (
        kind,
        re.compile(
            rf"\b{verb}(?:\s+(?:the|these|those|a|an|some|several|few|many|number|set|of|following|external|internal|other|different|various|\w+ing|"
            r"services?|components?|systems?|dependencies|technologies|tools|parts|apis|stores|databases|two|three|four|five|below|types?|kinds?|on))*\s*:?\s*$",
            re.IGNORECASE,
        ),
    )
    for kind, verb in _FRAMES
)


def listed(
    texts: Sequence[Sentence], mentions: Sequence[Sequence[Mention]], carried: Sequence[Mention | None]
) -> list[Listed]:
    """Return the flows from whom a lead-in is about to what the items of its list begin with.

    An item that begins with a name and has no verb of its own before it counts; a lead-in says a verb of flow at its end.
    """
    last_of: dict[tuple[str, int], int] = {}
    for number, text in enumerate(texts):
        last_of[(text.passage.source, text.number)] = number
    out: list[Listed] = []
    for number, text in enumerate(texts):
        passage = text.passage
        if passage.form != "list" or passage.parent is None or text.start > 0:
            continue
        lead = last_of.get((passage.source, passage.parent))
        if lead is None or not texts[lead].text.rstrip().endswith(":"):
            continue
        named = next((m for m in mentions[number] if m.label or m.first <= 1), None)
        if named is None:
            continue
        for kind, pattern in _LEAD_IN:
            found = pattern.search(texts[lead].text)
            if found is None:
                continue
            before = [
                m
                for m in mentions[lead]
                if texts[lead].tokens[m.last - 1].end <= found.start() and not m.aside
            ]
            subject = before[0] if before else carried[lead]
            if subject is not None and subject.key != named.key:
                out.append((subject, named, kind, number))
            break
    return out
