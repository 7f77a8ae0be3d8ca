"""Quotes that stand where they say: the one rule that every evidence keeps, and how a quote of marked-up words keeps it.

A quote stands at its lines when its words are found there in their order and next to each other; white space, case and signs
(`*`, `` ` ``, `|`, `>`) aside. Words that a file writes apart, with tags, addresses or entities between them, are quoted as they
stand there, or, where that would be mostly markup, by the longest stretch that has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from buttress.evidence.origins import moved
from buttress.evidence.secrets import HIDDEN
from buttress.model import Boundary, Component, Contradiction, Evidence, Fact, Flow, Fragment, Source, Stance
from buttress.model.graph import SystemGraph

MAX_QUOTE = 200
_LOOK_AHEAD = 60  # words of markup between two words of a sentence: an address with many parameters
_RUNNING = (
    "prose",
    "list",
    "table",
    "heading",
)  # their words carry marks; all others are quoted to the letter
_SIGNS = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W_]+")


def stands(quote: str, written: str) -> bool:
    """Return whether the words of a quote stand in what is written.

    >>> stands("Shop calls Pay", "- **Shop** calls `Pay`."), stands("Shop calls Pay", "Shop calls <b>Pay</b>")
    (True, False)
    """
    return _squeezed(quote) in _squeezed(written)


@lru_cache(maxsize=256)
def _squeezed(text: str) -> str:
    return _SIGNS.sub(" ", text).strip().lower()


def shortened(text: str) -> str:
    r"""Return a text on one line, cut between two words when it is longer than 200 characters.

    >>> shortened("Shop\n  calls Pay"), len(shortened("word " * 99))
    ('Shop calls Pay', 199)
    """
    line = " ".join(text.split())
    return line if len(line) <= MAX_QUOTE else line[:MAX_QUOTE].rsplit(" ", 1)[0]


def cut(text: str, width: int) -> str:
    """Return a text of at most `width` characters: when it is longer, its first whole words and an ellipsis.

    >>> cut("orders calls payments", 40), cut("orders calls payments", 16), cut("o" * 40, 5)
    ('orders calls payments', 'orders calls …', 'oooo…')
    """
    if len(text) <= width:
        return text
    words = text[: width - 1].rsplit(" ", 1)
    return f"{words[0]} …" if len(words) > 1 else f"{words[0]}…"


def quoted(text: str, written: str, before: str = "") -> str:
    """Return a quote of `text` that stands in `written`; `before` is the text that precedes it there.

    Empty when no word of the text is written there. O(words), at most 60 words of markup are passed over at once.

    >>> quoted("Shop calls Pay", "*Shop* calls Pay"), quoted("Shop calls Pay", "<b>Shop</b> calls <i>Pay</i>")
    ('Shop calls Pay', 'Shop</b> calls <i>Pay')
    >>> quoted("It calls Pay every day", "It calls <a href='https://pay.example/with/a/long/address?page=1&x=2'>Pay every day</a>")
    'Pay every day'
    """
    whole = shortened(text)
    if stands(whole, written):
        return whole
    places = [(m.start(), m.end(), m[0]) for m in _WORD.finditer(written)]
    _, at = _matched(before, places, 0)
    found, _ = _matched(text, places, at)
    if not found:
        found, _ = _matched(text, places, 0)
    if not found:
        return ""
    stretch = _between(written, places[found[0]][0], places[found[-1]][1], text)
    if len(stretch) <= MAX_QUOTE and len(stretch) <= 2 * len(whole) + 12:
        return stretch
    first = start = 0
    best = (0, 0)
    for n in range(1, len(found) + 1):
        if n == len(found) or found[n] != found[n - 1] + 1:
            if n - start > best[1] - best[0]:
                best = (start, n)
            start = n
    first, last = found[best[0]], found[best[1] - 1]
    return shortened(_between(written, places[first][0], places[last][1], text))


def _between(written: str, start: int, end: int, text: str) -> str:
    """Return a stretch on one line, with the sign that opens its first word and those that end the text."""
    start -= start > 0 and written[start - 1] in "[`*_"
    signs = len(text) - len(text.rstrip("])}.!?"))
    while signs and end < len(written) and written[end] == text[-signs]:
        signs, end = signs - 1, end + 1
    return " ".join(written[start:end].split())


def _matched(text: str, places: Sequence[tuple[int, int, str]], at: int) -> tuple[list[int], int]:
    """Return the places of the words of a text, in their order from `at` on, and where the next one may stand."""
    found = []
    for word in _WORD.findall(text):
        for n in range(at, min(at + _LOOK_AHEAD, len(places))):
            if places[n][2] == word:
                found.append(n)
                at = n + 1
                break
    return found, at


def every_evidence(graph: SystemGraph | Fragment) -> Iterator[Evidence]:
    """Yield all evidence of a graph or fragment: of components, flows, their facts, boundaries, stances and contradictions.

    >>> place = Evidence("a.md", 1, 1, "Shop")
    >>> list(every_evidence(SystemGraph(components=(Component("shop", "Shop", evidence=(place,)),)))) == [place]
    True
    """
    holders: tuple[Component | Flow, ...] = (*graph.components, *graph.flows)
    others: tuple[Boundary | Stance, ...] = (*graph.boundaries, *graph.stances)
    for holder in (*holders, *(fact for h in (graph, *holders) for fact in h.facts), *others):
        yield from holder.evidence
    contradictions: tuple[Contradiction, ...] = getattr(graph, "contradictions", ())
    for contradiction in contradictions:
        yield from (place for _, place in contradiction.sides)


def misquoted(graph: SystemGraph | Fragment, sources: Iterable[Source]) -> list[str]:
    """Return every evidence whose words don't stand at its lines of its source, or that quotes nothing, in words.

    >>> graph = SystemGraph(components=(Component("shop", "Shop", evidence=(Evidence("a.md", 1, 1, "Cart"),)),))
    >>> misquoted(graph, [Source("a.md", "Shop calls Cart."), Source("b.md", "Cart")])
    []
    >>> misquoted(graph, [Source("a.md", "Shop calls Pay.")])
    ["a.md:1: 'Cart'"]
    """
    lines = [(s, (s.written or s.text).split("\n")) for s in sources]
    by_path: dict[str, list[tuple[int, list[str]]]] = {}
    for source, rows in lines:
        by_path.setdefault(source.path, []).append((source.first_line, rows))
    return [
        f"{e}: {e.quote!r}"
        for e in dict.fromkeys(every_evidence(graph))
        if not any(_at_its_lines(e, first, rows) for first, rows in by_path.get(e.source, ()))
    ]


def _at_its_lines(evidence: Evidence, first: int, rows: Sequence[str]) -> bool:
    start, end = evidence.line - first, evidence.end_line - first
    if not (0 <= start <= end < len(rows) and evidence.quote.strip()):
        return False
    if evidence.quote == HIDDEN:
        return True  # its lines hold a secret, and nothing before it
    written = " ".join(rows[start : end + 1])
    if "".join(evidence.quote.split()) in "".join(written.split()):
        return True
    return evidence.form in _RUNNING and bool(_squeezed(evidence.quote)) and stands(evidence.quote, written)


def requoted(fragment: Fragment, sources: Sequence[Source]) -> Fragment:
    """Return a fragment whose evidence quotes blocks as their file writes them, where the reader saw them decoded.

    >>> block = Source("a.html", "a -->|x| b", 3, "mermaid", written="a --&gt;|x| b")
    >>> flow = Flow("f", "a", "b", evidence=(Evidence("a.html", 3, 3, "a -->|x| b"),))
    >>> requoted(Fragment("mermaid", flows=(flow,)), [block]).flows[0].evidence[0].quote
    'a --&gt;|x| b'
    """
    decoded = [(s, s.written.split("\n")) for s in sources if s.written]
    if not decoded:
        return fragment

    def places(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(place(e) for e in evidence)

    def place(evidence: Evidence) -> Evidence:
        for source, rows in decoded:
            start, end = evidence.line - source.first_line, evidence.end_line - source.first_line
            if evidence.source == source.path and 0 <= start <= end < len(rows):
                written = "\n".join(rows[start : end + 1])
                return replace(evidence, quote=quoted(evidence.quote, written) or shortened(written))
        return evidence

    def facts(found: tuple[Fact, ...]) -> tuple[Fact, ...]:
        return tuple(replace(f, evidence=places(f.evidence)) for f in found)

    return replace(moved(fragment, places), facts=facts(fragment.facts))
