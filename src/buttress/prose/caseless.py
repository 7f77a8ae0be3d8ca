"""Patterns that ignore case, for looking the same up in every sentence of a large document."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any

from buttress.cues import Way, firsts, known_ways

_CAPITAL = re.compile(r"\\.|\(\?P[<=]\w+|[A-Z]", re.DOTALL)  # not the names of groups
ODD = re.compile("[ſKİı]")  # what re.IGNORECASE takes for an s, k or i, and lower() doesn't


class Hit:
    """What a pattern found, as `re.Match` tells it: places, and the words as the text has them.

    >>> found = Caseless(r"(?P<what>re)tr(?:y|ies)(!)?").search("No RETRIES yet")
    >>> found[0], found["what"], found.groups(), found.span(), found
    ('RETRIES', 'RE', ('RE', None), (3, 10), <Hit 3:10 'RETRIES'>)
    """

    __slots__ = ("_found", "_text")

    def __init__(self, found: re.Match[str], text: str) -> None:
        """Keep what was found in the text as it is compared: `text` is as long, with its own letters."""
        self._found, self._text = found, text

    def start(self, group: int | str = 0) -> int:
        """Return where a group begins, -1 if it took no part."""
        return self._found.start(group)

    def end(self, group: int | str = 0) -> int:
        """Return where a group ends, -1 if it took no part."""
        return self._found.end(group)

    def span(self, group: int | str = 0) -> tuple[int, int]:
        """Return where a group begins and ends."""
        return self._found.span(group)

    def __repr__(self) -> str:
        """Return the place and the words."""
        return f"<Hit {self.start()}:{self.end()} {self[0]!r}>"

    def __getitem__(self, group: int | str) -> str | Any:
        """Return the words of a group, None if it took no part: as in `re`, whoever asks knows which do."""
        start, end = self._found.span(group)
        return self._text[start:end] if start >= 0 else None

    def groups(self) -> tuple[str | Any, ...]:
        """Return the words of all groups."""
        return tuple(self[n] for n in range(1, self._found.re.groups + 1))

    def groupdict(self) -> dict[str, str | Any]:
        """Return the words of the groups that have names."""
        return {name: self[name] for name in self._found.re.groupindex}


class Caseless:
    r"""A pattern that finds what it would with `re.IGNORECASE`, compiled at its first use.

    Text and pattern are compared in lower case: that compiles in less than half the time, and alternatives are told apart by their
    first letter. Most sentences have nothing that a pattern looks for, which its cues tell before. Flags inside the pattern aren't supported.

    >>> pattern = Caseless(r"\bRetr(?:y|ies)\b")
    >>> pattern.search("No RETRIES yet")[0], pattern.search("No retrieval")
    ('RETRIES', None)
    """

    def __init__(self, pattern: str) -> None:
        """Keep the pattern."""
        self.pattern = pattern

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

    def _open(self, text: str) -> tuple[re.Pattern[str], str] | None:
        """Return how the pattern and the text are compared; None if there surely is no match."""
        if not text.isascii() and ODD.search(text):
            return self._exact, text
        lower = text.lower()
        return (self._lower, lower) if self.may(lower) else None

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> Hit | None:
        """Return the first match, as `re.Pattern.search` does."""
        way = self._open(text)
        found = way[0].search(way[1], start, end) if way is not None else None
        return Hit(found, text) if found is not None else None

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> Hit | None:
        """Return the match at `start`, as `re.Pattern.match` does."""
        way = self._open(text)
        found = way[0].match(way[1], start, end) if way is not None else None
        return Hit(found, text) if found is not None else None

    def fullmatch(self, text: str) -> Hit | None:
        """Return the match of the whole text, as `re.Pattern.fullmatch` does."""
        way = self._open(text)
        found = way[0].fullmatch(way[1]) if way is not None else None
        return Hit(found, text) if found is not None else None

    def finditer(self, text: str) -> Iterator[Hit]:
        """Return all matches, as `re.Pattern.finditer` does."""
        way = self._open(text)
        return (Hit(found, text) for found in way[0].finditer(way[1])) if way is not None else iter(())


@cache
def caseless(pattern: str) -> Caseless:
    """Return a pattern that stands where it is used, made once.

    >>> bool(caseless("retr(?:y|ies)").search("no Retries"))
    True
    """
    return Caseless(pattern)
