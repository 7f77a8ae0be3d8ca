"""A question for sets as tokens: each word with its class, names and phrases as one token."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from buttress.ask.called import CALLED
from buttress.ask.phrases import data_phrases, facts_at, family
from buttress.ask.sets import lexicon
from buttress.model import Boundary, SystemGraph
from buttress.model.kinds import DATABASES, MESSAGING, STORES

_WORD = re.compile(r"@\d+(?:'s)?|\w+(?:[/.'-]\w+)*|,")
_NEGATED = re.compile(
    r"\b(?P<verb>does|do|did|is|are|was|were|ca|could|wo|would|should|has|have|had)n't\b|\bcannot\b"
)
_VALUE = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|days?|"
    r"[kmg]i?b?|mb|gb|cores?|%)?(?![\w.])"
)
_SCALES = {
    "ms": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "day": 86400,
    "k": 1e3, "kb": 1e3, "ki": 1024, "kib": 1024, "mb": 1e6, "mi": 1024**2, "mib": 1024**2, "g": 1e9, "gb": 1e9, "gi": 1024**3, "gib": 1024**3,
    "core": 1, "%": 1,
}  # fmt: skip
# Words for facts that are verbs in these questions, and what needs more than a word to mean a fact.
_NO_FACTS = frozenset(("wait", "waits", "waiting", "port", "ports", "address", "version"))
_PORTS = re.compile(
    r"(?:published |open |host )?ports?(?: (?:published|open|on the host|to the host|on the outside))?(?![\w-])"
)
_PUBLISHES_PORTS = re.compile(
    r"(?:publish|expose|open|map|bind)(?:es|s|ing)? "
    r"(?=(?:a |an |any |no |its |their |more |at |exactly |two |one |several )*(?:\w+ ){0,2}(?:host )?ports?\b)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a question with its class, or a name or phrase in its place."""

    sort: str
    text: str
    value: str = ""
    ids: tuple[str, ...] = ()
    kinds: frozenset[str] | None = None
    number: float = 0.0


def tokens(
    pattern: str, things: Sequence[tuple[str, tuple[str, ...], str]], graph: SystemGraph
) -> list[Token]:
    """Return the tokens of a question; `things` are the names that stand in `pattern` as @0, @1: words, ids and what they were found by.

    >>> [t.sort for t in tokens("which services don't use @0?", [("redis", ("redis",), "name")], SystemGraph())]
    ['open', 'kind', 'do', 'not', 'verb', 'part']
    """
    text = _NEGATED.sub(_parted, pattern)
    places = _places(graph)
    facts: dict[int, tuple[int, str]] = {}
    for start, end, name in facts_at(
        text
    ):  # of what is called alike the first, as it is the one that people mean
        if text[start:end] not in _NO_FACTS and (
            start not in facts or facts[start][0] < end or name in CALLED
        ):
            facts[start] = (end, name)
    facts.update(
        {m.start: (m.end, f"data:{m.id}") for m in data_phrases().find(text) if m.start not in facts}
    )
    out: list[Token] = []
    at = 0
    while found := _WORD.search(text, at):
        token, at = _next(text, found, places, facts, things, graph)
        if (
            token.sort == "verb"
            and _is_noun(token, out[-1:])
            and (kinds := lexicon.kinds_of(token.text) or family(token.text))
        ):
            token = Token("kind", token.text, kinds=kinds)  # "which stores", "a host"
        out.append(token)
    return out


def _is_noun(token: Token, before: Sequence[Token]) -> bool:
    """Return whether a form of a verb is a noun in its place: "which stores", but "what stores"."""
    last = before[0] if before else None
    if last is None or token.text.endswith(("ing", "ed")):
        return False
    nouns = (
        "verb",
        "open",
        "count",
        "skip",
        "no",
        "all",
        "of",
        "number",
        "compare",
        "technology",
        "open_to",
        "redundant",
        "both",
        "there",
        "most",
        "own",
        "same",
    )
    return last.sort in nouns and last.text not in (
        "what",
        "who",
        "also",
        "still",
        "directly",
        "currently",
        "actually",
        "just",
        "ever",
    )


def _parted(match: re.Match[str]) -> str:
    if match[0] == "cannot":
        return "can not"
    return {"ca": "can", "wo": "will"}.get(match["verb"], match["verb"]) + " not"


def _places(graph: SystemGraph) -> Mapping[str, Boundary]:
    """Return the places by their names in lower case, long names first."""
    named = {
        b.name.lower(): b
        for b in graph.boundaries
        if len(b.name) > 2 and b.name.lower() not in lexicon.NO_PLACES
    }
    return dict(sorted(named.items(), key=lambda item: -len(item[0])))


def _next(
    text: str, found: re.Match[str], places: Mapping[str, Boundary], facts: Mapping[int, tuple[int, str]],
    things: Sequence[tuple[str, tuple[str, ...], str]], graph: SystemGraph,
) -> tuple[Token, int]:  # fmt: skip
    """Return the token that begins at a word, and where it ends."""
    start, end, word = found.start(), found.end(), found[0]
    if word[0] == "@":
        return _named(word, places, things, graph), end
    if (
        start in facts
        and facts[start][1].startswith("data:")
        and re.match(r" data(?![\w-])", text[facts[start][0] :])
    ):
        until, name = facts[start]
        return Token("data", text[start:until], name.removeprefix("data:")), until + len(" data")
    for name, boundary in places.items():
        if text.startswith(name, start) and not re.match(r"[\w-]", text[start + len(name) :]):
            return Token("placename", boundary.name, boundary.kind), start + len(name) + (
                2 if text.startswith("'s", start + len(name)) else 0
            )
    if m := _PUBLISHES_PORTS.match(text, start):
        return Token("have", m[0].strip()), m.end()
    if (m := _PORTS.match(text, start)) and "port" in m[0]:
        return Token("fact", m[0], "published_ports"), m.end()
    for pattern, sort, value in lexicon.PHRASES:
        if m := pattern.match(text, start):
            if sort == "external":
                return Token("kind", "external services", kinds=frozenset(("external_service",))), m.end()
            return Token(sort, m[0], value), m.end()
    if start in facts:
        until, name = facts[start]
        if name.startswith("data:"):
            more = re.match(r" data(?![\w-])", text[until:])
            return Token("data", text[start:until], name.removeprefix("data:")), until + (
                more.end() if more else 0
            )
        if until > end or not lexicon.verb(word):
            return Token("fact", text[start:until], name), until
    if (m := _VALUE.match(text, start)) and m["number"]:
        unit = (m["unit"] or "").rstrip("s") or (m["unit"] or "")
        return Token("number", m[0], unit, number=float(m["number"]) * _SCALES.get(unit, 1)), m.end()
    for length in (3, 2, 1):
        phrase = re.match(rf"\w+(?:[ -]\w+){{{length - 1}}}(?![\w-])", text[start:])
        if phrase and (token := _noun(phrase[0])):
            return token, start + phrase.end()
    if word in lexicon.NUMBERS:
        return Token("number", word, number=lexicon.NUMBERS[word]), end
    if word in lexicon.WORDS:
        sort, value = lexicon.WORDS[word]
        return Token(sort, word, value, number=float(value) if sort == "number" else 0.0), end
    if known := lexicon.verb(word):
        more = re.match(r" (?:to|on|upon|from|with|into|in|at)(?![\w-])", text[end:])
        placed = known[0] == "placed" or (
            more is not None
            and more[0] in (" in", " on")
            and known[1] not in ("rely", "depend", "store", "save", "write")
        )
        return Token("verb", word, known[0], ids=(known[1],)), end + (
            more.end() if more and not placed else 0
        )
    return Token("word", word), end


def _named(
    word: str,
    places: Mapping[str, Boundary],
    things: Sequence[tuple[str, tuple[str, ...], str]],
    graph: SystemGraph,
) -> Token:
    words, ids, by = things[int(re.sub(r"\D", "", word))]
    low = words.lower()
    if (boundary := places.get(low)) and by == "kind":
        return Token("placename", boundary.name, boundary.kind)
    kinds = lexicon.kinds_of(low) or family(low)
    called = {c.name.lower() for c in graph.components if c.id in ids}
    if by == "kind" and (known := lexicon.role(low)):
        return Token("role", low, known[0], ids=("back",) if known[1] else ())
    if by == "kind" or (by == "name" and kinds & (STORES | MESSAGING) and low not in called):
        return Token("kind", low, kinds=kinds)  # "which queue" asks for no part that is called Queue Master
    if not ids:
        return Token("word", words)
    return Token("technology" if by == "technology" else "part", words, ids=ids)


def _noun(phrase: str) -> Token | None:
    """Return the token of a noun that means parts of the system, or places; None for other words."""
    if phrase in lexicon.ANYTHING:
        return Token("kind", phrase, kinds=None)
    if kinds := lexicon.kinds_of(phrase):
        return Token("kind", phrase, kinds=kinds)
    if kind := lexicon.place(phrase):
        return Token("place", phrase, kind)
    if known := lexicon.role(phrase):
        return Token("role", phrase, known[0], ids=("back",) if known[1] else ())
    if lexicon.verb(phrase) or phrase in lexicon.WORDS:
        return None
    if phrase in lexicon.NO_KINDS:
        return None
    kinds = family(phrase) - {"actor", "other"}
    kinds = DATABASES if kinds == {"data_store"} else kinds  # "database servers" are of any kind
    return Token("kind", phrase, kinds=kinds) if kinds else None
