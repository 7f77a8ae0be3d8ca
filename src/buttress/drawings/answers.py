"""Arrows of a drawing without an order of time that only answer another one: they start nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from buttress.drawings.drawing import Edge
from buttress.drawings.text import label_lines

# What comes back; "status updates" or "shows" may as well be a call of their own.
_BACK = re.compile(
    r"(?:\(?\d{1,2}[.):]?\)?\s*)?(?:returns?|returned|respon(?:se|ds?)|repl(?:y|ies)|results?|answers?|ack(?:nowledge(?:s|ment)?)?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\(?(\d{1,2})[.):]?\)?")


@dataclass(slots=True)
class _Pair:
    """What the arrows from one part to another say: the place of the first, whether one says more than that it returns, the lowest number."""

    first: int
    asks: bool = False
    silent: bool = True
    number: int | None = None


def without_answers(edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges that start something: of two that lead both ways not the one that says that it returns, or that has the later number.

    Of two without a word the later one is left out where one of the parts has nothing else to do with the rest.

    >>> from buttress.drawings.drawing import Place
    >>> asked, back = (Edge(*ends, Place(1, 1, "x"), text) for ends, text in ((("a", "b"), "loads"), (("b", "a"), "returns rows")))
    >>> [e.label for e in without_answers([asked, back])], [e.label for e in without_answers([back])]
    (['loads'], ['returns rows'])
    """
    pairs: dict[tuple[str, str], _Pair] = {}
    starts: dict[str, set[str]] = {}
    reached: dict[str, set[str]] = {}
    for n, edge in enumerate(edges):
        pair, said = pairs.setdefault((edge.source, edge.target), _Pair(n)), _words(edge)
        pair.asks = pair.asks or not _BACK.match(said)
        pair.silent = pair.silent and not said
        if (number := _NUMBER.fullmatch(said)) is not None:
            pair.number = min(int(number[1]), pair.number if pair.number is not None else int(number[1]))
        starts.setdefault(edge.source, set()).add(edge.target)
        reached.setdefault(edge.target, set()).add(edge.source)

    def answers(edge: Edge) -> bool:
        asked, own = pairs.get((edge.target, edge.source)), pairs[edge.source, edge.target]
        if asked is None or edge.head != "forward" or edge.source == edge.target:
            return False
        said = _words(edge)
        if _BACK.match(said):
            return asked.asks
        if (number := _NUMBER.fullmatch(said)) is not None:
            return asked.number is not None and asked.number < int(number[1])
        last = starts[edge.source] == {edge.target} or reached[edge.target] == {edge.source}
        return own.silent and asked.silent and last and own.first > asked.first

    return [edge for edge in edges if not answers(edge)]


def _words(edge: Edge) -> str:
    return " ".join(label_lines(edge.label))
