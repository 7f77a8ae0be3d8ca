"""Where sources disagree: two places that each say a value in their words, and can't both be right."""

from __future__ import annotations

import re
from collections.abc import Sequence

from buttress import vocabulary
from buttress.merge.clustering import WEAK_KINDS
from buttress.model import Component, Contradiction, Evidence, Fact, Flow
from buttress.model.kinds import MESSAGING
from buttress.names import words_of
from buttress.vocabulary import are_one_technology

_SAYS_LITTLE = frozenset(
    ("planned", "image", "ttl", "status", "published_ports", "data_classes",
     "environment", "build_context", "profile", "technology", "dockerfile", "build_target", "code_folder", "base_image",
     "configuration_files", "contract_files")
)  # fmt: skip
_FILES = ("config", "code")  # what machines read, as against what is written for people
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDS = {str(n): w for n, w in enumerate(_NUMBERS)}
_DIGITS = {w: str(n) for n, w in enumerate(_NUMBERS)}
_RANGE = re.compile(
    r"(?P<low>\d+(?:\.\d+)?)\s*(?:-|–|—|\.\.\.?|…|to|and|up to)\s*(?P<high>\d+(?:\.\d+)?)(?![\d.:]*\d)",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(?:(?P<low>at least|minimum(?: of)?|no fewer than|min\.?)|(?P<high>at most|up to|maximum(?: of)?|no more than|max\.?))"
    r"\s+(?P<number>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
# What a line of configuration writes to say that something is off; leaving it out says so in fewer words.
_SAYS_OFF = re.compile(r"[=:]\s*[\"']?(?:false|no|none|off|disabled)\b", re.IGNORECASE)
# Whether anybody can reach a part follows from many things; only words about it contradict each other.
_EXPOSED = re.compile(r"public|internet|expos", re.IGNORECASE)
# Kinds of which a thing is one: a bus isn't both RabbitMQ and Kafka, a database not both PostgreSQL and MongoDB.
_FAMILIES = (MESSAGING, frozenset(("relational_db", "document_db", "key_value_db")))
_TEAM = frozenset("team squad tribe chapter guild crew group".split())
# A line of a manifest that names an image or a thing says nothing of numbers, even where it holds some.
_NAMES_ONLY = re.compile(r"[\"']?(?:image|name|build|container_name|hostname)[\"']?\s*:", re.IGNORECASE)


def contradiction_of(
    owner: str, agreeing: Sequence[Fact], group: Sequence[Fact], facts: Sequence[Fact] = ()
) -> Contradiction | None:
    """Return how facts of one name contradict those that agree with the first, None when they don't.

    `facts` are all facts of the owner: a number between its `min_replicas` and `max_replicas` contradicts nothing.
    """
    name = group[0].name
    explicit = [f for f in agreeing if says_value(f)]
    if not explicit or name in _SAYS_LITTLE:
        return None
    rest = (f for f in group if f not in agreeing)
    other = next((f for f in rest if _disagrees(explicit[0], f) and not _within(name, f, facts)), None)
    if other is None:
        return None
    return Contradiction(owner, name, tuple((_say(f), f.evidence[0]) for f in (explicit[0], other)))


def says_value(fact: Fact) -> bool:
    """Return whether the quote says the value itself; a default that a format implies contradicts nobody.

    >>> says_value(Fact("replicas", 1, "stated", (Evidence("c.yaml", 3, 3, "image: redis:7.1", "config"),)))
    False
    """
    if not fact.evidence:
        return False
    quote = fact.evidence[0].quote.lower()
    config = fact.evidence[0].form in _FILES
    if isinstance(fact.value, bool) or fact.value is None:
        return not config or fact.status == "stated" or _SAYS_OFF.search(quote) is not None
    if config and _NAMES_ONLY.match(quote) and fact.name not in ("image", "build_context"):
        return False
    if isinstance(fact.value, str):
        return fact.value.lower() in quote
    number = f"{fact.value:g}" if isinstance(fact.value, float) else str(fact.value)
    return bool(
        re.search(rf"(?<![\d.])(?:{re.escape(number)}|{_WORDS.get(number, number)})(?![\d.]*\d)", quote)
    )


def _disagrees(first: Fact, second: Fact) -> bool:
    if not second.evidence or not says_value(second):
        return False
    a, b = first.evidence[0], second.evidence[0]
    if a.form in _FILES and b.form in _FILES:
        return False  # files for different environments may differ
    if (a.source, a.line) == (b.source, b.line):
        return False
    if first.name == "exposed_to_internet":
        return first.absent is not second.absent and bool(
            _EXPOSED.search(a.quote) and _EXPOSED.search(b.quote)
        )
    if first.name == "owner":
        return _other_team(str(first.value), str(second.value))
    if first.absent and second.absent:
        return False
    return not (_allows(a.quote, second) or _allows(b.quote, first))


def _other_team(first: str, second: str) -> bool:
    """Return whether two owners are two teams; a person may own a part within a team.

    >>> _other_team("Team Sales", "team-venue"), _other_team("Team Sales", "sales-team"), _other_team("Team Sales", "Maria")
    (True, False, False)
    """
    one, other = set(words_of(first)), set(words_of(second))
    return bool(one & _TEAM and other & _TEAM) and not (one - _TEAM) & (other - _TEAM)


def _within(name: str, fact: Fact, facts: Sequence[Fact]) -> bool:
    """Return whether a number of replicas lies between the bounds that the owner's other facts set."""
    if name != "replicas" or isinstance(fact.value, bool) or not isinstance(fact.value, int | float):
        return False
    low = next((f.value for f in facts if f.name == "min_replicas"), None)
    high = next((f.value for f in facts if f.name == "max_replicas"), None)
    if not (isinstance(low, int | float) and isinstance(high, int | float)):
        return False
    return low <= fact.value <= high


def _allows(quote: str, fact: Fact) -> bool:
    """Return whether a quote gives a range, or one bound, that the number of another fact fits in."""
    if isinstance(fact.value, bool) or not isinstance(fact.value, int | float):
        return False
    text = re.sub(
        r"\b(?:" + "|".join(_NUMBERS) + r")\b", lambda m: _DIGITS[m[0].lower()], quote, flags=re.IGNORECASE
    )
    for found in _RANGE.finditer(text):
        if float(found["low"]) <= fact.value <= float(found["high"]):
            return True
    for found in _BOUND.finditer(text):
        number = float(found["number"])
        if fact.value >= number if found["low"] else fact.value <= number:
            return True
    return False


def _say(fact: Fact) -> str:
    if fact.status == "denied":
        return "none"
    if isinstance(fact.value, float):
        return f"{fact.value:g}"
    return "yes" if fact.value is True else str(fact.value)


def technologies_disagree(owner: str, members: Sequence[Component]) -> Contradiction | None:
    """Return the contradiction between two sources that name two technologies of one kind for one component, or None."""
    told = [m for m in members if m.technology and m.evidence]
    for other in told[1:]:
        lead = told[0]
        if (
            are_one_technology(lead.technology, other.technology)
            or lead.evidence[0].source == other.evidence[0].source
        ):
            continue
        known = vocabulary.load().technologies
        kinds = {t.kind for t in (known.get(lead.technology or ""), known.get(other.technology or "")) if t}
        alike = len(kinds) == 1 or any(kinds <= family for family in _FAMILIES)
        if kinds and alike and not kinds & set(WEAK_KINDS):
            sides: tuple[tuple[str, Evidence], ...] = (
                (str(lead.technology), lead.evidence[0]),
                (str(other.technology), other.evidence[0]),
            )
            return Contradiction(owner, "technology", sides)
    return None


_ASYNC = re.compile(r"\basync|asynchron|fire[- ]and[- ]forget", re.IGNORECASE)
_SYNC = re.compile(r"\bsync(?:hronous\w*)?\b", re.IGNORECASE)


def waiting_disagrees(owner: str, flows: Sequence[Flow]) -> Contradiction | None:
    """Return the contradiction between two sources of which one says that a caller waits and the other that it doesn't, or None."""

    def said(waits: bool, words: re.Pattern[str]) -> Evidence | None:
        every = (e for f in flows if f.sync is waits for e in f.evidence)
        return next((e for e in every if words.search(e.quote)), None)

    one, other = said(True, _SYNC), said(False, _ASYNC)
    if one is None or other is None or one.source == other.source:
        return None
    return Contradiction(owner, "synchronous or not", (("synchronous", one), ("asynchronous", other)))
