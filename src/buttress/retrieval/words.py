"""The lexical signal: which words of the corpus go together, learnt from the corpus itself (latent semantic indexing).

Two texts are near when they use words that cards use together, so "plain HTTP" is near to cards about TLS that never say it. It knows
the words that the encoder's training didn't, such as names of settings and tools. Deerwester et al., 1990. Besides single words it counts
those that stand close to each other: "dead letter" isn't any letter, and "rate" has another company beside "limit" than beside "error".
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from buttress.vocabulary.match import stem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Measured on the tuned queries of benchmarks/retrieval.py: flat between 150 and 250 dimensions; pairs of words next to each other or
# with one between them give two points more than single words, wider ones less.
DIMENSIONS, WINDOW = 150, 2
# Words that say nothing about the matter.
_EMPTY = frozenset(
    "a after all an and any are as at be before but by can could did do does each every for from had has have he how i if in into is it "
    "its more most must my no nobody not of off on one or our out over she should so such than that the their them then there these "
    "they this to too under until up was we were what when where which while who whose why will with would you your "
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million first second".split()
)


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    words: tuple[str, ...]
    # (words, dimensions): inverse document frequency times the left singular vectors; 16 bits when loaded
    meanings: NDArray[np.floating[Any]]
    texts: NDArray[np.float32]  # (texts, dimensions): each of length 1


class Words:
    """Knows the texts that it was learnt from, and how near any other text is to each of them."""

    def __init__(self, tables: _Tables) -> None:
        """Keep what `learn` found or `load` read."""
        self._tables = tables

    def near(self, text: str) -> NDArray[np.float32]:
        """Return the nearness of a text to each text learnt: (texts,) float32 in [-1, 1]; 0 where no word is known."""
        import numpy as np

        counts = Counter(place for word in _units(text) if (place := self._places.get(word)) is not None)
        rows, weights = list(counts), 1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))
        meanings = self._tables.meanings[rows].astype(np.float32)
        vector = weights @ meanings if rows else np.zeros(self._tables.texts.shape[1])
        found: NDArray[np.float32] = self._tables.texts @ _unit(vector[None].astype(np.float32))[0]
        return found

    def to_bytes(self) -> bytes:
        """Return the compiled form; same words, same bytes."""
        import numpy as np

        file = io.BytesIO()
        half = {name: getattr(self._tables, name).astype(np.float16) for name in ("meanings", "texts")}
        words = np.frombuffer("\n".join(self._tables.words).encode(), dtype=np.uint8)
        np.savez(file, words=words, **half)
        return file.getvalue()

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self._tables.words)}


def terms(text: str) -> list[str]:
    """Return the words of a text that can bear meaning, without endings; numbers in words bear none.

    >>> terms("The retries of our workers, at 3 a.m.")
    ['retry', 'worker']
    """
    found = re.findall(r"[a-z0-9]{2,}", text.casefold())
    return [stem(word) for word in found if word not in _EMPTY]


def _units(text: str) -> list[str]:
    """Return what is counted of a text: its words, the pairs of close ones, and what a hyphen joins.

    >>> _units("exactly-once delivery")
    ['exactly', 'onc', 'delivery', 'exactly onc', 'onc delivery', 'exactly delivery', 'exactly-once']
    """
    words = terms(text)
    pairs = [f"{a} {b}" for gap in range(1, WINDOW + 1) for a, b in zip(words, words[gap:], strict=False)]
    return [*words, *pairs, *re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", text.casefold())]


def learn(texts: Sequence[str]) -> Words:
    """Return what the words of some texts mean by the company they keep; a word or pair counts from its second text on.

    Same texts and machine, same result. O(texts² × words).

    >>> texts = ["cache and expiry", "expiry of a cache", "queue of messages", "messages in a queue"]
    >>> [round(float(n), 1) for n in learn(texts).near("does the cache have an expiry?")]
    [1.0, 1.0, 0.0, 0.0]
    """
    import numpy as np

    counted = [Counter(_units(text)) for text in texts]
    spread = Counter(word for counts in counted for word in counts)
    words = tuple(sorted(word for word, n in spread.items() if n > 1))
    place = {word: n for n, word in enumerate(words)}
    table = np.zeros((len(texts), len(words)), dtype=np.float32)
    for row, counts in enumerate(counted):
        for word, n in counts.items():
            if word in place:
                table[row, place[word]] = 1 + np.log(n)
    rarity = np.log((1 + len(texts)) / (1 + np.array([spread[word] for word in words], dtype=np.float32))) + 1
    table = _unit(table * rarity)
    # The eigenvectors of the small square of texts by texts give the singular vectors of the large table.
    values, vectors = np.linalg.eigh(table @ table.T)
    kept = [n for n in range(len(texts))[::-1][:DIMENSIONS] if values[n] > 1e-6]
    meanings = table.T @ vectors[:, kept] / np.sqrt(values[kept])
    return Words(_Tables(words, (rarity[:, None] * meanings).astype(np.float32), _unit(table @ meanings)))


def load(content: bytes) -> Words:
    """Return what `to_bytes` wrote.

    >>> load(learn(["a cache", "the cache"]).to_bytes()).near("caches").round(1).tolist()
    [1.0, 1.0]
    """
    import numpy as np

    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        words = tuple(file["words"].tobytes().decode().split("\n"))
        # The meanings stay half as long: a search looks up a few dozen of some forty thousand.
        return Words(_Tables(words, file["meanings"], file["texts"].astype(np.float32)))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows of length 1; a row of zeros stays one."""
    import numpy as np

    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (rows / np.where(lengths > 1e-9, lengths, 1)).astype(np.float32, copy=False)
    return unit
