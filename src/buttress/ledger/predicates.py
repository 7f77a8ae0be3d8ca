"""One verb said and denied of one thing: "readers are never tracked" against "readers' visits are tracked"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from buttress.ledger.standing import is_quiet_section, places_of, same_place, stand_of
from buttress.ledger.subjects import Text, content
from buttress.model import Contradiction, Evidence, slug
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.text import Sentence
from buttress.vocabulary.match import stem

MAX_COMPARED = 300
_CLAUSE = re.compile(r"[;:()—–]\s*|,\s+(?:but|and|so|which|while|whereas|because)\s+|,\s+")
_PASSIVE = Caseless(
    r"^\W*(?:the |all |every |each )?(?P<who>\w[\w'’` /-]{2,49}?)\s{1,9}(?:is|are|gets?)(?P<no>n['’]t|\s+not|\s+never)?\s+"
    r"(?:\w+ly\s+|always\s+|also\s+|only\s+)?(?P<verb>[a-z]{2,}(?:ed|en|pt|nt|ought|wn))\b(?P<rest>.*)",
)
_ACTIVE_NOT = Caseless(
    r"^\W*(?:the |our )?(?P<who>\w[\w'’` /-]{2,39}?)\s{1,9}(?:do(?:es)?(?:n['’]t|\s+not)|never)\s+(?P<verb>[a-z]{3,})\b(?P<rest>.*)",
)
_ACTIVE = Caseless(
    r"^\W*(?:the |our )?(?P<who>\w[\w'’` /-]{2,39}?)\s{1,9}(?:also |then |always )?(?P<verb>[a-z]{3,}s)\b(?P<rest>.*)",
)
# Verbs that say nothing without what follows them.
_EMPTY = frozenset(
    map(
        stem,
        """
            have has need needs require required use used make made know known want do does support supported based called named
            given get mean depend change matter care exist allow allowed involve include included contain expect expected intended
            meant considered designed seen happen affect affected limited provide work
        """.split(),
    )
)
_PRONOUN = Caseless(r"^\W*(?:for |to |on |at |with )?(?:it|them|that|this|anything|nothing)?\W*$")


@dataclass(frozen=True, slots=True)
class Saying:
    """A clause: who, does or undergoes what, and whether that is denied."""

    who: frozenset[str]
    verb: str
    denied: bool
    what: frozenset[str]
    open: bool  # the clause names no object, or a pronoun
    about: frozenset[str]
    place: frozenset[str]
    section: tuple[str, tuple[str, ...]]
    evidence: Evidence
    subject: str
    label: str


def predicates(text: Text) -> list[Contradiction]:
    """Return where a clause denies what another one says of the same thing with the same verb."""
    by_verb: dict[str, list[Saying]] = {}
    for saying in _sayings(text):
        by_verb.setdefault(saying.verb, []).append(saying)
    out = []
    for told in by_verb.values():
        for denial in [s for s in told[:MAX_COMPARED] if s.denied]:
            other = next((s for s in told[:MAX_COMPARED] if not s.denied and _clash(denial, s)), None)
            if other is not None:
                both = sorted(denial.about & other.about)
                subject = both[0] if both else slug(denial.subject)
                out.append(
                    Contradiction(subject, other.label, (("no", denial.evidence), ("yes", other.evidence)))
                )
    return out


def _clash(denial: Saying, other: Saying) -> bool:
    if denial.section == other.section or not same_place(denial.place, other.place):
        return False
    if not (denial.who <= other.who or other.who <= denial.who):
        return False
    if denial.about and other.about and not denial.about & other.about:
        return False
    return denial.open or bool(denial.what & other.what)


def _sayings(text: Text) -> Iterator[Saying]:
    for sentence in text.sentences:
        if sentence.passage.form in ("heading", "table") or is_quiet_section(sentence.passage.headings):
            continue
        at = 0
        for end in [*(m.start() for m in _CLAUSE.finditer(sentence.text)), len(sentence.text)]:
            saying = _saying(text, sentence, sentence.text[at:end], at, end)
            at = end + 1
            if saying is not None:
                yield saying


def _saying(text: Text, sentence: Sentence, clause: str, start: int, end: int) -> Saying | None:
    if not 3 <= len(clause.split()) <= 20:
        return None
    passive = _PASSIVE.match(clause)
    negated = None if passive else _ACTIVE_NOT.match(clause)
    found = passive or negated or _ACTIVE.match(clause)
    if found is None or stand_of(sentence, start, end) != "fact":
        return None
    verb = stem(found["verb"])
    who = content(found["who"])
    if (
        not who
        or verb in _EMPTY
        or caseless(r"\b(?:this|these|that|no|not|none|nothing|which)\b").search(found["who"])
    ):
        return None
    denied = bool(passive["no"]) if passive else found is negated
    rest = found["rest"]
    return Saying(
        who, ("is " if passive else "") + verb, denied, content(rest), bool(_PRONOUN.match(rest)), frozenset(text.named(found["who"])),
        places_of(sentence), (sentence.passage.source, sentence.passage.headings), sentence.evidence(), found["who"],
        found["verb"],
    )  # fmt: skip
