"""Many patterns that are looked for in the same texts: those that can't be there are left out by one look at each word."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from buttress.prose.caseless import ODD

K = TypeVar("K", bound=Hashable)
MAX_KEPT = 20_000  # words, and sets of patterns; when there are more, it starts anew
_BEGINNING = 3  # signs of a cue that it is looked up by
_WORD = re.compile(r"[\w'’]+")


class Sieve(Generic[K]):
    """Patterns by the cues of which one must stand in a text that they match.

    >>> sieve = Sieve([("retry", ("retr", "try again")), ("timeout", ("timeout",)), ("any", ())])
    >>> sorted(sieve.possible("No RETRIES yet")), sorted(sieve.possible("Session timeouts"))
    (['any', 'retry'], ['any', 'timeout'])
    """

    def __init__(self, patterns: Iterable[tuple[K, tuple[str, ...]]]) -> None:
        """Number the patterns; one without cues may be in any text."""
        self._bits: dict[K, int] = {}
        self._always = 0
        self._cues: dict[str, dict[str, int]] = {}  # by how they begin
        for n, (key, cues) in enumerate(patterns):
            bit = self._bits[key] = 1 << n
            words = [max(_WORD.findall(cue), key=len, default="") for cue in cues]
            if not all(words) or not words:
                self._always |= bit
                continue
            for word in words:
                alike = self._cues.setdefault(word[:_BEGINNING], {})
                alike[word] = alike.get(word, 0) | bit
        self._lengths = sorted({len(start) for start in self._cues})
        self._of_word: dict[str, int] = {}
        self._of_bits: dict[int, frozenset[K]] = {}

    def possible(self, text: str) -> frozenset[K]:
        """Return the patterns that may match a text. O(words)."""
        if not text.isascii() and ODD.search(text):
            return frozenset(self._bits)
        bits = self._always
        known = self._of_word
        for word in _WORD.findall(text.lower()):
            found = known.get(word)
            bits |= self._look_up(word) if found is None else found
        chosen = self._of_bits.get(bits)
        if chosen is None:
            if len(self._of_bits) >= MAX_KEPT:
                self._of_bits.clear()
            chosen = self._of_bits[bits] = frozenset(k for k, bit in self._bits.items() if bits & bit)
        return chosen

    def _look_up(self, word: str) -> int:
        if len(self._of_word) >= MAX_KEPT:
            self._of_word.clear()
        bits = 0
        for at in range(len(word)):
            for length in self._lengths:
                for cue, bit in self._cues.get(word[at : at + length], {}).items():
                    if word.startswith(cue, at):
                        bits |= bit
        self._of_word[word] = bits
        return bits
