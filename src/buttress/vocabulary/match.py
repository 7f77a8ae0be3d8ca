"""Find many phrases in a text at once: words into tokens, tokens through a trie, the longest phrase wins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from buttress.vocabulary.terms import Match

_WORD: Final = re.compile(r"[^\W_]+")
_URL_END: Final = re.compile(r"[\s)>\]\"'`]|$")
_JOINTS: Final = frozenset("-_./'’@&+:") | {" & ", " / ", "+ "}
_NOT_PLURAL: Final = frozenset({"https", "always", "kubernetes"})
_CACHE_LIMIT: Final = 50_000

Keys = Callable[[str], tuple[str, str]]


@lru_cache(_CACHE_LIMIT)
def stem(word: str) -> str:
    """Return `word` in lower case without the endings of plural, -ing and -ed.

    >>> [stem(w) for w in ("Retries", "retried", "caching", "cache", "logs", "logging", "polling", "addresses")]
    ['retry', 'retry', 'cach', 'cach', 'log', 'log', 'poll', 'address']
    """
    w = word.lower()
    if len(w) <= 3 or w in _NOT_PLURAL:
        return w
    if w.endswith("ies") and len(w) > 4:
        return w[:-3] + "y"
    if w.endswith(("sses", "shes", "ches", "xes", "zes")):
        w = w[:-2]
    elif w.endswith("s") and not w.endswith(("ss", "us", "is")):
        w = w[:-1]
    if w.endswith("ied") and len(w) > 4:
        return w[:-3] + "y"
    for ending in ("ing", "ed"):
        base = w[: -len(ending)]
        if w.endswith(ending) and len(base) >= 3 and not set(base).isdisjoint("aeiouy"):
            doubled = base[-1] == base[-2] and base[-1] not in "lsz"
            w = base[:-1] if doubled else base
            break
    return w[:-1] if w.endswith("e") and len(w) > 3 else w


def word_keys(surface: str) -> tuple[str, str]:
    """Return the keys of a word for names: any case, and exactly this spelling.

    >>> word_keys("Vault")
    ('vault', '=Vault')
    """
    return surface.lower(), "=" + surface


def stem_keys(surface: str) -> tuple[str, str]:
    """Return the keys of a word for phrases: its stem, and its capitals when it is an acronym (a plural s aside).

    >>> stem_keys("SLOs"), stem_keys("IDs"), stem_keys("Retries")
    (('slo', '=SLO'), ('id', '=ID'), ('retry', ''))
    """
    bare = surface[:-1] if len(surface) > 2 and surface.endswith("s") else surface
    acronym = bare.isupper() and len(bare) > 1
    return stem(bare if acronym else surface), "=" + bare if acronym else ""


class _Node:
    __slots__ = ("ids", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.ids: tuple[str, ...] = ()


class Phrases:
    """A set of phrases, each with an id, that can be found in any text in one pass over its words."""

    def __init__(self, keys: Keys) -> None:
        """Start empty; `keys` turns a word into the two keys under which phrases may know it."""
        self._root = _Node()
        self._keys = keys
        self._cache: dict[str, tuple[str, str]] = {}

    def add(self, phrase: str, id_: str, *, exact: bool = False) -> None:
        """Add `phrase` for `id_`; an `exact` one is found only where every word has its second key."""
        node = self._root
        for word in _WORD.findall(phrase):
            first, second = self._keys(word)
            node = node.next.setdefault(second if exact and second else first, _Node())
        if node is not self._root and id_ not in node.ids:
            node.ids = (*node.ids, id_)

    def find(self, text: str) -> tuple[Match, ...]:
        """Return where phrases occur, in order of place: the longest at each place, none overlapping another.

        Words of one phrase are joined by white space within a paragraph or by a hyphen, underscore, slash, dot, colon,
        apostrophe or ampersand. Web addresses are passed over. A phrase with several ids gives a match for each. O(words).

        >>> p = Phrases(stem_keys)
        >>> p.add("dead letter queue", "dlq"); p.add("queue", "queue")
        >>> p.find("Dead-letter queues, then a queue")
        (Match(start=0, end=18, id='dlq'), Match(start=27, end=32, id='queue'))
        """
        words = _words(text)
        root, known = self._root.next, self._known
        if len(self._cache) > _CACHE_LIMIT:
            self._cache.clear()
        out: list[Match] = []
        at, count = 0, len(words)
        while at < count:
            first, second = known(words[at][2])
            if first in root or second in root:
                length, ids = self._longest(text, words, at)
                if length:
                    start, end = words[at][0], words[at + length - 1][1]
                    out.extend(Match(start, end, id_) for id_ in sorted(ids))
                    at += length
                    continue
            at += 1
        return tuple(out)

    def _known(self, surface: str) -> tuple[str, str]:
        pair = self._cache.get(surface)
        if pair is None:
            pair = self._cache[surface] = self._keys(surface)
        return pair

    def _longest(self, text: str, words: list[tuple[int, int, str]], at: int) -> tuple[int, tuple[str, ...]]:
        best: tuple[int, tuple[str, ...]] = (0, ())
        nodes = [self._root]
        for offset in range(len(words) - at):
            start, _, surface = words[at + offset]
            if offset and not _joined(text, words[at + offset - 1][1], start):
                break
            first, second = self._known(surface)
            nodes = [n.next[key] for n in nodes for key in (first, second) if key in n.next]
            if not nodes:
                break
            ids = nodes[0].ids if len(nodes) == 1 else tuple(id_ for n in nodes for id_ in n.ids)
            if ids:
                best = (offset + 1, tuple(dict.fromkeys(ids)))
        return best


def _words(text: str) -> list[tuple[int, int, str]]:
    """Return the words of a text with their places, those of web addresses left out."""
    if "://" not in text:
        return [(m.start(), m.end(), m[0]) for m in _WORD.finditer(text)]
    out = []
    skip_to = 0
    for found in _WORD.finditer(text):
        start, end = found.span()
        if start < skip_to:
            continue
        word = found.group()
        if word in ("http", "https") and text.startswith("://", end):
            ending = _URL_END.search(text, end)
            skip_to = ending.start() if ending else len(text)
            continue
        out.append((start, end, word))
    return out


def _joined(text: str, end: int, start: int) -> bool:
    gap = text[end:start]
    return gap == " " or gap in _JOINTS or (gap.isspace() and gap.count("\n") < 2)


def phrases_of(entries: Iterable[tuple[str, str, bool]], *, keys: Keys) -> Phrases:
    """Return the phrases of `entries`, each `(phrase, id, exact)`.

    >>> phrases_of([("Vault", "vault", True)], keys=word_keys).find("a vault in Vault")
    (Match(start=11, end=16, id='vault'),)
    """
    found = Phrases(keys)
    for phrase, id_, exact in entries:
        found.add(phrase, id_, exact=exact)
    return found
