"""Patterns that ignore case, for looking the same up in every sentence of a large document."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache, cached_property

from buttress.cues import Way, firsts, known_ways

OFTEN = 200  # searches of texts with a cue, from which on the pattern in lower case is worth compiling
_CAPITAL = re.compile(r"\\.|\(\?P[<=]\w+|[A-Z]", re.DOTALL)  # not the names of groups
ODD = re.compile("[ſKİı]")  # what re.IGNORECASE takes for an s, k or i, and lower() doesn't


class Caseless:
    r"""A pattern that finds what it would with `re.IGNORECASE`, compiled at its first use.

    Most sentences have nothing that a pattern looks for. That is found out by its cues and in lower case, which takes a fraction
    of the time (alternatives are told apart by their first letter then); only what has a match is searched with `re.IGNORECASE`.
    Flags inside the pattern aren't supported.

    >>> pattern = Caseless(r"\bRetr(?:y|ies)\b")
    >>> pattern.search("No RETRIES yet")[0], pattern.search("No retrieval")
    ('RETRIES', None)
    """

    def __init__(self, pattern: str) -> None:
        """Keep the pattern."""
        self.pattern = pattern
        self._asked = 0

    @cached_property
    def _lower(self) -> re.Pattern[str]:
        lowered = _CAPITAL.sub(lambda m: m[0] if len(m[0]) > 1 else m[0].lower(), self.pattern)
        return re.compile(lowered)

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    @cached_property
    def cues(self) -> tuple[str, ...]:
        """Return strings of which one stands in every text that the pattern matches, in lower case; an empty one when none are known."""
        return firsts(self._ways) or ("",)

    @cached_property
    def _ways(self) -> tuple[Way, ...]:
        return known_ways(self.pattern)

    @cached_property
    def _further(self) -> tuple[Way, ...]:
        """The ways, if a text needs more for one of them than a cue."""
        return self._ways if any(len(way) > 1 for way in self._ways) else ()

    def may(self, lower: str) -> bool:
        r"""Return whether a text in lower case has all words of one of the ways in which the pattern may match.

        >>> pattern = Caseless(r"\bno (?:\w+ )?retries\b|\bgives up\b")
        >>> pattern.may("no timely retries"), pattern.may("retries"), pattern.may("gives up")
        (True, False, True)
        """
        for cue in self.cues:
            if cue in lower:
                return not self._further or self._goes(lower)
        return False

    def _goes(self, lower: str) -> bool:
        for way in self._further:
            for part in way:
                for cue in part:
                    if cue in lower:
                        break
                else:
                    break
            else:
                return True
        return False

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return the first match, as `re.Pattern.search` does."""
        return None if self._misses(text, start, end) else self._exact.search(text, start, end)

    def _misses(self, text: str, start: int, end: int) -> bool:
        """Return whether there surely is no match."""
        if not text.isascii() and ODD.search(text):
            return False
        lower = text.lower()
        if not self.may(lower):
            return True
        if self._asked > OFTEN:
            return self._lower.search(lower, start, end) is None
        self._asked += 1
        return False

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return the match at `start`, as `re.Pattern.match` does."""
        if (text.isascii() or not ODD.search(text)) and not self.may(text.lower()):
            return None
        return self._exact.match(text, start, end)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return the match of the whole text, as `re.Pattern.fullmatch` does."""
        return self._exact.fullmatch(text) if self.match(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return all matches, as `re.Pattern.finditer` does."""
        return iter(()) if self._misses(text, 0, sys.maxsize) else self._exact.finditer(text)


@cache
def caseless(pattern: str) -> Caseless:
    """Return a pattern that stands where it is used, made once.

    >>> bool(caseless("retr(?:y|ies)").search("no Retries"))
    True
    """
    return Caseless(pattern)
