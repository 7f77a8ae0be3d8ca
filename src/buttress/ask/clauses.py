"""Questions of several: the sentences and clauses that each ask something, and what the later ones leave to the earlier."""

from __future__ import annotations

import re

from buttress.names import singular

MOST = 5  # clauses of one question that are answered
# What a clause begins with that asks, or tells somebody to show something.
_WH = r"(?:who(?:se|m|s|'s)?|what(?:s|'s)?|which|where(?:s|'s)?|when|why|how)"
_DOES = r"(?:does|do|did|can|could|will|would|should|shall|may|must)(?:n't)?"
_IS = r"(?:is|are|was|were|has|have|had)(?:n't)?"
_TELL = r"(?:list|show|name|tell|give|explain|describe|compare|check|find|any)"
_SUBJECT = r"(?:it|its|they|them|their|we|i|you|there|the|this|that|these|those|our|an?|any(?:one|body|thing)?|somebody|someone|both)"
_ASKS = re.compile(rf"(?:{_WH}|{_DOES}|{_IS}|{_TELL})\b", re.I)
_ASKS_INSIDE = re.compile(rf"\b(?:{_WH}\b(?! (?:i|we|you) )|{_DOES} {_SUBJECT}\b)|\?", re.I)
_SENTENCE = re.compile(r"(?<=[?!;])\s+|(?<=[a-z0-9)\]]\.)\s+(?=[A-Z@])|\s+(?:/|–|—|-{1,2})\s+")
# "…, and who owns it", "… and is it backed up": what follows has a subject of its own.
_JOINT = re.compile(
    rf"(?:,\s*(?:and|or|but|plus|also)?\s*|\s+(?:and|but|plus)\s+)(?:(?:then|also|so|if so|if yes|if not|please|rather|better|actually),?\s+)*"
    rf"(?!\w+n't\s+(?!{_SUBJECT}\b))(?=(?:{_WH}|{_DOES}|tell|show|list)\b(?=\s+\S+\s+\S)|{_IS}\s+{_SUBJECT}\b|{_WH}(?:\s+\w+)?\s+(?:{_DOES}|{_IS})(?:\s+not)?\s*\W*$)",
    re.I,
)
# A clause that only says when the next one holds ends at a comma, too.
_CONDITION = re.compile(
    r"\W*(?:(?:and|but|so|ok(?:ay)?|hi|hey|please|well|also)\W+)*"
    r"(?:if|when(?!\s+(?:is|are|was|were|does|do|did|will|would|can|could|should)\b)|whenever|once|while|after|before|until|since|because|"
    r"as|for|in|on|at|during|suppose|assuming|say|given|without|with|should(?=\s+\S+(?:\s+\S+)?\s+(?:fail|die|crash|go)))\b",
    re.I,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|they|them|(?:that|this) (?:one|thing)|these|those(?! (?:of|that|which|who)))\b(?!\s*(?:'s|is|was)? (?:ok|okay|safe|possible|good|bad|wise)\b)"
    r"|\b(?P<own>its|their)\b",
    re.I,
)


def clauses(text: str) -> list[tuple[str, str]]:
    """Return what is told before each part of a question that asks something, and that part, in their order, at most five.

    >>> clauses("Who owns billing, and is it backed up?")
    [('', 'Who owns billing'), ('', 'is it backed up?')]
    >>> clauses("If the cache dies, what stops?")
    [('', 'If the cache dies, what stops?')]
    >>> clauses("We move to a managed store. Who writes to the ledger?")
    [('We move to a managed store.', 'Who writes to the ledger?')]
    """
    out: list[tuple[str, str]] = []
    told = ""
    for part in (p for sentence in _SENTENCE.split(text) for p in _parted(sentence)):
        if _asks(part) and len(part.split()) > 1:
            out.append((told, part))
            told = ""
        elif out:
            out[-1] = (out[-1][0], f"{out[-1][1]} {part}")
        else:
            told = f"{told} {part}".strip()
    return out[:MOST] or [("", text)]


def _parted(sentence: str) -> list[str]:
    """Return a sentence's clauses: parted where one that asks is followed by another."""
    out, start = [], 0
    for joint in _JOINT.finditer(sentence):
        before = sentence[start : joint.start()]
        condition = _CONDITION.match(before)
        if condition and not _ASKS_INSIDE.search(before, condition.end()):
            continue
        if not _asks(before) or before.count("(") != before.count(")"):
            continue
        out.append(before)
        start = joint.end()
    return [p for p in (*out, sentence[start:]) if p.strip()]


def _asks(clause: str) -> bool:
    words = clause.strip()
    return _ASKS.match(words) is not None or _ASKS_INSIDE.search(words) is not None


def with_noun(clause: str, before: str) -> str:
    """Return a clause with the noun that the clause before asked for in the place of "one": "the small one".

    >>> with_noun("who wrote the small one?", "which dashboards are there")
    'who wrote the small dashboard?'
    """
    noun = asked_for(before)
    return re.sub(r"\b(the [\w-]+) ones?\b", rf"\1 {singular(noun)}", clause) if noun else clause


def asked_for(clause: str) -> str:
    """Return the noun for what a clause asks for, nothing where it names none.

    >>> asked_for("which stores are there"), asked_for("who owns billing")
    ('stores', '')
    """
    asked = re.search(
        r"\b(?:which|what|how many|list|show)(?: (?:the|all|our))? ([a-z]{3,}s)\b", clause.lower()
    )
    return asked[1] if asked else ""


def with_name(clause: str, name: str) -> str:
    """Return a clause with the name of what the clause before was about in the place of "it", "they", "its"; itself where none stands.

    >>> with_name("is it backed up?", "ledger"), with_name("who reads its tables?", "ledger")
    ('is ledger backed up?', "who reads ledger's tables?")
    >>> with_name("what if it's full?", "ledger")
    'what if ledger is full?'
    """
    found = _POINTS_BACK.search(clause)
    if found is None:
        return clause
    after = re.sub(r"^'(?:s|re)\b", " is", clause[found.end() :])
    return f"{clause[: found.start()]}{name}{chr(39) + 's' if found['own'] else ''}{after}"
