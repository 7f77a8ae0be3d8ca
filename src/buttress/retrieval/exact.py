"""The second lexical signal: which cards say the very words of a search (Okapi BM25, Robertson et al., 1995).

What words mean by their company (`words`) blurs a name that few cards have, such as a setting or a tool; this one doesn't know what
is alike, so it only tells near ties apart.
"""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from buttress.retrieval.words import terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SATURATION, LENGTH = 1.5, 0.75
# A word that one card of hundreds has would otherwise outweigh all that a sentence means.
MOST = 8.0


@dataclass(frozen=True, slots=True)
class _Postings:
    words: tuple[str, ...]
    starts: NDArray[np.int32]  # (words + 1,): where the rows of a word begin
    texts: NDArray[np.uint16]  # (rows,): the text that has the word
    weights: NDArray[np.float16]  # (rows,): what the word is worth there
    count: int


class Exact:
    """Knows which of some texts have which words, and what each is worth there."""

    def __init__(self, postings: _Postings) -> None:
        """Keep what `count` found or `load` read."""
        self._postings = postings

    def near(self, text: str) -> NDArray[np.float32]:
        """Return how far each text stands out by the words that it has in common with another: (texts,) float32.

        In standard deviations from the mean, at most MOST; 0 where no word is known.
        """
        import numpy as np

        known = self._postings
        scores = np.zeros(known.count, dtype=np.float32)
        for word in dict.fromkeys(terms(text)):
            if (place := self._places.get(word)) is not None:
                rows = slice(known.starts[place], known.starts[place + 1])
                scores[known.texts[rows]] += known.weights[rows]
        spread = float(scores.std())
        if spread < 1e-9:
            return np.zeros_like(scores)
        found: NDArray[np.float32] = np.minimum((scores - scores.mean()) / spread, MOST)
        return found

    def to_bytes(self) -> bytes:
        """Return the compiled form; same texts, same bytes."""
        import numpy as np

        file, kept = io.BytesIO(), self._postings
        words = np.frombuffer("\n".join(kept.words).encode(), dtype=np.uint8)
        count = np.array(kept.count, dtype=np.int32)
        np.savez(file, words=words, starts=kept.starts, texts=kept.texts, weights=kept.weights, count=count)
        return file.getvalue()

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self._postings.words)}


def count(texts: Sequence[str]) -> Exact:
    """Return what each word is worth in each of some texts, at most 65,536.

    >>> [f"{worth:.1f}" for worth in count(["a cache with expiry", "a queue", "a log"]).near("expiry of the cache")]
    ['1.4', '-0.7', '-0.7']
    """
    import numpy as np

    counted = [Counter(terms(text)) for text in texts]
    usual = sum(words.total() for words in counted) / max(1, len(counted))
    having: dict[str, list[int]] = {}
    for place, words in enumerate(counted):
        for word in words:
            having.setdefault(word, []).append(place)
    names = sorted(having)
    rows: list[int] = []
    weights: list[float] = []
    for word in names:
        rarity = math.log(1 + (len(texts) - len(having[word]) + 0.5) / (len(having[word]) + 0.5))
        for place in having[word]:
            often, long = counted[place][word], counted[place].total() / usual
            weights.append(
                rarity * often * (SATURATION + 1) / (often + SATURATION * (1 - LENGTH + LENGTH * long))
            )
        rows += having[word]
    starts = np.cumsum([0, *(len(having[word]) for word in names)]).astype(np.int32)
    return Exact(
        _Postings(
            tuple(names), starts, np.array(rows, np.uint16), np.array(weights, np.float16), len(counted)
        )
    )


def load(content: bytes) -> Exact:
    """Return what `to_bytes` wrote.

    >>> load(count(["a cache", "the queue"]).to_bytes()).near("caches").tolist()
    [1.0, -1.0]
    """
    import numpy as np

    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        words = tuple(file["words"].tobytes().decode().split("\n"))
        return Exact(_Postings(words, file["starts"], file["texts"], file["weights"], int(file["count"])))
