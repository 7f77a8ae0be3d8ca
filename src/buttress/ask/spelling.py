"""Questions written in haste, and names with a slip of the pen."""

from __future__ import annotations

import re
from functools import cache

from buttress.ask.called import CALLED
from buttress.model import SystemGraph
from buttress.vocabulary import load

_SHORTEST = 5  # letters of a name that may be misspelt
_JOINED = re.compile(r"\b(?P<word>what|where|who|how|when|why|that|there|here)s\b", re.I)
_NOT = re.compile(r"\b(?P<word>does|do|did|is|are|was|were|ca|could|wo|would|should|has|have|had)nt\b", re.I)
_OPENERS = ("which", "where", "would", "could", "should")
_LITTLE = {
    "u": "you", "ur": "your", "pls": "please", "plz": "please", "w/o": "without", "btw": "by the way", "creds": "credentials",
    "cred": "credential", "pwd": "password", "pw": "password", "pws": "passwords", "perms": "permissions", "vuln": "vulnerability",
    "vulns": "vulnerabilities", "svc": "service", "svcs": "services", "deps": "dependencies", "reqs": "requests", "envs": "environments",
}  # fmt: skip
_LITTLE_WORD = re.compile(rf"(?<![\w/-])(?:{'|'.join(re.escape(w) for w in _LITTLE)})(?![\w/-])", re.I)


def plainly(text: str) -> str:
    """Return a question with its apostrophes, the word that it opens with and the short forms of a message written out.

    >>> plainly("whats the db for, pls"), plainly("wich svc doesnt retry")
    ("what's the db for, please", "which service doesn't retry")
    """
    text = _JOINED.sub(lambda m: f"{m['word']}'s", text)
    text = _NOT.sub(lambda m: f"{m['word']}n't", text)
    first = re.match(r"[a-z]+", text)
    if first and len(first[0]) > 3 and first[0] not in _OPENERS:
        slips = [
            w for w in _OPENERS if first[0][-1] == w[-1] and first[0][0] == w[0] and _is_one_slip(first[0], w)
        ]
        text = f"{slips[0]}{text[first.end() :]}" if len(slips) == 1 else text
    text = re.sub(
        r"\b((?:we|i|you|they|it|to|will|would|could|not|never) loos)(e|ing)\b",
        lambda m: m[0].replace("loos", "los"),
        text,
    )
    return _LITTLE_WORD.sub(lambda m: _LITTLE[m[0].lower()], text)


def respelt(text: str) -> str:
    """Return a question with words of facts that lack a letter, or have two swapped, as they are spelt.

    >>> respelt("wich timout, how many replcias")
    'wich timeout, how many replicas'
    """

    def known(match: re.Match[str]) -> str:
        word = match[0].lower()
        words = _words_of_facts()
        if word in words:
            return match[0]
        near = [w for w in words if w[0] == word[0] and w[-1] == word[-1]
                and (len(w) == len(word) + 1 or sorted(w) == sorted(word)) and _is_one_slip(word, w)]  # fmt: skip
        return near[0] if len(near) == 1 else match[0]

    return re.sub(rf"[A-Za-z]{{{_SHORTEST + 1},}}", known, text)


@cache
def _words_of_facts() -> frozenset[str]:
    """Return the longer words by which facts are asked for."""
    phrases = (*(fact.label for fact in load().facts.values()), *CALLED.values())
    return frozenset(
        w for phrase in phrases for w in re.findall(rf"[a-z]{{{_SHORTEST + 1},}}", phrase.lower())
    )


def misspelt(word: str, graph: SystemGraph) -> tuple[str, ...]:
    """Return the only component whose name differs from a word by one slip: a letter too many, too few, wrong, or two swapped.

    Short words, and endings as in "ordering" for "orders", are no slips.

    >>> from buttress.model import Component
    >>> misspelt("invetory", SystemGraph(components=(Component("inventory", "inventory"),)))
    ('inventory',)
    """
    low = word.lower()
    if len(low) < _SHORTEST:
        return ()
    found = set()
    for component in graph.components:
        for name in (component.name, component.id, *component.aliases):
            other = name.lower()
            if low[:1] == other[:1] and low[-1:] == other[-1:] and low != other and _is_one_slip(low, other):
                found.add(component.id)
    return tuple(found) if len(found) == 1 else ()


def _is_one_slip(one: str, two: str) -> bool:
    if abs(len(one) - len(two)) > 1:
        return False
    start = next(
        (n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    a, b = one[start:], two[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:] and len(b) > 1)
