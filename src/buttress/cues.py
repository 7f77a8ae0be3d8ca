"""What must stand in every text that a pattern matches: words that are quickly looked for before the pattern is."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_CUES = 40
_LETTERS = 27.0
_COST = 0.0002  # of looking for one more cue, in chances to meet it
_PIECE = re.compile(
    r"(?P<look>\(\?<?[=!])|(?P<open>\((?:\?:|\?P<\w+>|(?!\?)))|(?P<close>\))|(?P<bar>\|)|(?P<times>(?:[?*+]|\{\d+(?:,\d*)?\})\??)|"
    r"(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\]|\.|\\[wWsSdD])|(?P<edge>[\^$]|\\[bB])|(?P<sign>[a-z0-9 ,/'-]+|\\\W|[^\\(])",
    re.DOTALL,
)


def cues(pattern: str) -> tuple[str, ...]:
    r"""Return strings of which one stands, in any case, in every text that the pattern matches; empty when none are known.

    They are in lower case. A pattern with more than groups, sets, repetition and looking around has none.

    >>> cues(r"\bretr(?:y|ies)\b|\btr(?:y|ies) (?:it )?again\b"), cues(r"\w+ly\b"), cues(r"(?<!ab)c?d{0,2}|\d+")
    (('retr', 'again'), ('ly',), ())
    """
    found = _alternatives(_pieces(pattern))
    short = [c for c in found if not any(c != other and other in c for other in found)]
    return tuple(dict.fromkeys(short)) if len(short) <= MAX_CUES else ()


def _pieces(pattern: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        if piece is None:
            raise ValueError(f"a pattern that cues can't be told of: {pattern[at:]}")
        yield piece
        at = piece.end()


def _alternatives(pieces: Iterator[re.Match[str]]) -> tuple[str, ...]:
    """Return the cues of alternatives, up to the bracket that closes them."""
    found: list[tuple[str, ...]] = []
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
            sequence.group(_alternatives(pieces))
        elif what == "look":
            _alternatives(pieces)  # takes no part of the text
        elif what == "bar":
            found.append(sequence.best())
            sequence = _Sequence()
        elif what == "close":
            break
    found.append(sequence.best())
    return tuple(c for cues_ in found for c in cues_) if all(found) else ()


class _Sequence:
    """What follows each other in a pattern: each part by strings of which one must be there."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, ...]] = []
        self._run = ""

    def signs(self, signs: str) -> None:
        if signs.isascii() or signs.lower() == signs.upper():
            self._run += signs
        else:
            self.group(())

    def group(self, cues_: tuple[str, ...]) -> None:
        self._end()
        self._parts.append(cues_)

    def times(self, text: str) -> None:
        """Let what stands before be there as often as `text` says."""
        missing = text[0] in "?*" or text.startswith(("{0,", "{0}"))
        last = self._run[-1:]
        if last:
            self._run = self._run[:-1] if missing else self._run
            self._end()
        elif missing and self._parts:
            self._parts.pop()
        self._parts.append(())

    def best(self) -> tuple[str, ...]:
        """Return the part that is least often there by chance, empty when none is worth a look."""
        self._end()
        told = [p for p in self._parts if p and all(_tells(c) for c in p)]
        return min(told, key=lambda p: sum(_COST + _LETTERS ** -len(c) for c in p), default=())

    def _end(self) -> None:
        if self._run:
            self._parts.append((self._run,))
            self._run = ""


def _tells(cue: str) -> bool:
    bare = cue.strip()
    return len(bare) > 1 or (bool(bare) and not bare.isalnum())
