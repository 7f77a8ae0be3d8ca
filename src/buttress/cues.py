"""What must stand in every text that a pattern matches: words that are quickly looked for before the pattern is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from buttress import data

TABLE = "cues.json"  # in the folder of indexes: the ways of the patterns that most documents ask for
MAX_CUES = 40
_LETTERS = 27.0
_COST = 0.0002  # of looking for one more cue, in chances to meet it
_PIECE = re.compile(
    r"(?P<look>\(\?<?[=!])|(?P<open>\((?:\?:|\?P<\w+>|(?!\?)))|(?P<close>\))|(?P<bar>\|)|(?P<times>(?:[?*+]|\{\d+(?:,\d*)?\})\??)|"
    r"(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\]|\.|\\[wWsSdD])|(?P<edge>[\^$]|\\[bB])|(?P<sign>[a-z0-9 ,/'-]+|\\\W|[^\\(])",
    re.DOTALL,
)

Part = tuple[str, ...]  # strings of which one must be there
Way = tuple[Part, ...]  # parts that must all be there, the rarest first
_asked: set[str] = set()


def firsts(ways_: tuple[Way, ...]) -> Part:
    r"""Return strings of which one is in a text that goes one of the ways, in lower case; empty when none are known.

    >>> told = r"\bretr(?:y|ies)\b|\btr(?:y|ies) (?:it )?again\b", r"\w+ly\b", r"(?<!ab)c?d{0,2}|\d+"
    >>> [firsts(ways(pattern)) for pattern in told]
    [('retr', 'again'), ('ly',), ()]
    """
    found = [c for way in ways_ for c in way[0]]
    return tuple(dict.fromkeys(c for c in found if not any(c != other and other in c for other in found)))


def known_ways(pattern: str) -> tuple[Way, ...]:
    r"""Return what `ways` does, from the table beside the other indexes when the pattern is in it.

    >>> known_ways(r"\bretr(?:y|ies)\b") == ways(r"\bretr(?:y|ies)\b")
    True
    """
    _asked.add(pattern)
    found = _table().get(key(pattern))
    return ways(pattern) if found is None else found


def asked() -> tuple[str, ...]:
    """Return the patterns that `known_ways` was asked for in this process, in order.

    >>> _ = known_ways("try again")
    >>> "try again" in asked()
    True
    """
    return tuple(sorted(_asked))


def key(pattern: str) -> str:
    r"""Return what a pattern is called in the table: 16 hexadecimal digits of its BLAKE2b digest.

    >>> key(r"\bretr(?:y|ies)\b")
    'b442f2d458824093'
    """
    return hashlib.blake2b(pattern.encode(), digest_size=8).hexdigest()


@cache
def _table() -> dict[str, Any]:
    path = data.indexes_dir() / TABLE
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return table


def ways(pattern: str) -> tuple[Way, ...]:
    r"""Return of what a text that the pattern matches must have: one of the ways, and of it one string of each part; empty when that isn't known.

    >>> ways(r"\b(?:no|never)\b[^.]{0,9}?\bretr(?:y|ies)\b|\btr(?:y|ies) again")
    ((('retr',), ('no', 'never')), ((' again',), ('tr',)))
    """
    found = tuple(_alternatives(_pieces(pattern)))
    return found if all(found) and len(firsts(found)) <= MAX_CUES else ()


def _pieces(pattern: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        if piece is None:
            raise ValueError(f"a pattern that cues can't be told of: {pattern[at:]}")
        yield piece
        at = piece.end()


def _alternatives(pieces: Iterator[re.Match[str]]) -> list[Way]:
    """Return what each of the alternatives needs, up to the bracket that closes them."""
    found: list[Way] = []
    sequence = _Sequence()
    for piece in pieces:
        what, text = piece.lastgroup, piece[0]
        if what == "sign":
            sequence.signs(text.removeprefix("\\").lower())
        elif what == "times":
            sequence.times(text)
        elif what == "set":
            sequence.group(())
        elif what == "open":
            sequence.group(_together(_alternatives(pieces)))
        elif what == "look":
            _alternatives(pieces)  # takes no part of the text
        elif what == "bar":
            found.append(sequence.needs())
            sequence = _Sequence()
        elif what == "close":
            break
    found.append(sequence.needs())
    return found


def _together(alternatives: list[Way]) -> Way:
    """Return what a text needs that has one of the alternatives."""
    if len(alternatives) == 1:
        return alternatives[0]
    return (tuple(c for way in alternatives for c in way[0]),) if all(alternatives) else ()


class _Sequence:
    """What follows each other in a pattern: each piece by the parts that it needs."""

    def __init__(self) -> None:
        self._needs: list[Way] = []
        self._run = ""

    def signs(self, signs: str) -> None:
        if signs.isascii() or signs.lower() == signs.upper():
            self._run += signs
        else:
            self.group(())

    def group(self, needed: Way) -> None:
        self._end()
        self._needs.append(needed)

    def times(self, text: str) -> None:
        """Let what stands before be there as often as `text` says."""
        missing = text[0] in "?*" or text.startswith(("{0,", "{0}"))
        last = self._run[-1:]
        if last:
            self._run = self._run[:-1] if missing else self._run
            self._end()
        elif missing and self._needs:
            self._needs.pop()
        self._needs.append(())

    def needs(self) -> Way:
        """Return the parts that are worth a look, those first that are the least often there by chance."""
        self._end()
        told = {p for needed in self._needs for p in needed if p and all(_tells(c) for c in p)}
        return tuple(sorted(told, key=lambda p: (sum(_COST + _LETTERS ** -len(c) for c in p), p)))

    def _end(self) -> None:
        if self._run:
            self._needs.append(((self._run,),))
            self._run = ""


def _tells(cue: str) -> bool:
    bare = cue.strip()
    return len(bare) > 1 or (bool(bare) and not bare.isalnum())
