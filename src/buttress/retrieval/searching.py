"""Finds the practices that bear on a free text: a symptom, a finding, a question, a paragraph."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buttress import data
from buttress.errors import OptionError, StaleIndex
from buttress.retrieval.cards import REBUILD, Practice, cards, compiled, sentences
from buttress.retrieval.encoder import encoder_for

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Priors as small as the distances within a list of ten: they order near ties and hide nothing.
AREA_PRIOR, TECHNOLOGY_PRIOR = 0.08, 0.06
_CHARACTERS, _WORDS, _PARTS = 20_000, 60, 64


@dataclass(frozen=True, slots=True)
class Hit:
    """A practice that was found: `score` is the cosine of its best passage with the text, plus the priors."""

    id: str
    source: str
    item: str
    title: str
    url: str
    score: float
    passage: str


def search(
    text: str,
    *,
    limit: int = 10,
    area: str | None = None,
    technology: str | None = None,
    own: Path | None = None,
) -> tuple[Hit, ...]:
    """Return the practices nearest in meaning to a text, best first, at most `limit`; none for no text.

    A long text is searched part by part, and the best part counts. `area` and `technology` raise the
    practices about them a little; `own` is a folder of one's own standards, which come before others as near.
    Raises StaleIndex without an index, WeightsMissing without weights.

    >>> search("  ")
    ()
    >>> search("passwords are committed to git", limit=1)[0].score > 0.3
    True
    """
    if limit < 1:
        raise OptionError(f"the limit is {limit}; it must be 1 or more")
    parts = _parts(text)
    if not parts:
        return ()
    index, rows, model = _index()
    known = cards()
    queries = encoder_for(model).encode(parts)
    scores = _row_scores(index, queries)
    best: dict[str, tuple[float, int]] = {}
    for row, score in enumerate(scores.tolist()):
        id_, place = rows[row]
        if id_ not in best or score > best[id_][0]:
            best[id_] = (score, place)
    ranked = sorted(
        (-(score + _prior(known[id_], area, technology)), id_, place) for id_, (score, place) in best.items()
    )
    hits = [_hit(known[id_], -negative, place, text) for negative, id_, place in ranked[:limit]]
    if own is not None:
        hits += _own_hits(own, queries, model=model, limit=limit, text=text)
        hits.sort(key=lambda hit: -hit.score)
    return tuple(hits[:limit])


def _parts(text: str) -> list[str]:
    """Return the text in parts that the encoder can take whole: sentences joined up to some 60 words."""
    parts: list[str] = []
    for sentence in sentences(text[:_CHARACTERS]):
        words = sentence.split()
        for start in range(0, len(words), _WORDS):
            piece = " ".join(words[start : start + _WORDS])
            if parts and len(parts[-1].split()) + len(piece.split()) <= _WORDS:
                parts[-1] += " " + piece
            else:
                parts.append(piece)
    return [part for part in parts if re.search(r"\w", part)][:_PARTS]


def _row_scores(index: Any, queries: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the best cosine of each row of the index with any query: (rows,) float32."""
    import numpy as np

    scores, found = index.search(queries, index.ntotal)
    best = np.full(index.ntotal, -1.0, dtype=np.float32)
    np.maximum.at(best, found.ravel(), scores.ravel())
    return best


def _own_hits(folder: Path, queries: NDArray[np.float32], *, model: str, limit: int, text: str) -> list[Hit]:
    """Return the nearest of one's own standards."""
    from buttress.retrieval import own

    return [
        Hit(
            p.id,
            p.source,
            p.item,
            p.title,
            p.url,
            found.score,
            _best_sentence(found.passage, text),
        )
        for found in own.nearest(folder, queries, model=model, limit=limit)
        for p in (found.practice,)
    ]


def _prior(practice: Practice, area: str | None, technology: str | None) -> float:
    prior = 0.0
    if area is not None and area in practice.areas:
        prior += AREA_PRIOR
    if technology is not None and _about(practice, technology):
        prior += TECHNOLOGY_PRIOR
    return prior


def _about(practice: Practice, technology: str) -> bool:
    from buttress.vocabulary import load

    vocabulary = load()
    found = vocabulary.technology(technology)
    if found is not None and {found.id, *vocabulary.broader(found.id)}.intersection(practice.technologies):
        return True
    words = rf"(?<!\w){re.escape(technology.casefold())}(?!\w)"
    return any(
        re.search(words, text.casefold()) for text in (practice.title, practice.source, practice.practice)
    )


def _hit(practice: Practice, score: float, place: int, text: str) -> Hit:
    passage = _passage(practice, place, text)
    return Hit(practice.id, practice.source, practice.item, practice.title, practice.url, score, passage)


def _passage(practice: Practice, place: int, text: str) -> str:
    """Return the passage that matched; of a paragraph the sentence that shares most words with the text."""
    matched = practice.passages()[place]
    return _best_sentence(practice.guidance if place == 0 else matched, text)  # a title alone tells little


def _best_sentence(passage: str, text: str) -> str:
    asked = _words(text)
    return max(sentences(passage), key=lambda sentence: len(asked & _words(sentence)), default=passage)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.casefold()))


@cache
def _index() -> tuple[Any, tuple[tuple[str, int], ...], str]:
    """Return the vectors, the (practice, place in its passages) of each row, and the name of the model."""
    import faiss

    manifest = json.loads(compiled("manifest.json"))
    rows = tuple((id_, place) for id_, card in cards().items() for place in range(len(card.passages())))
    path = data.indexes_dir() / "vectors.faiss"
    if not path.is_file():
        raise StaleIndex(f"the index of practices isn't built (vectors.faiss is missing); run: {REBUILD}")
    index = faiss.read_index(str(path))
    if not index.ntotal == len(rows) == manifest["vectors"]:
        raise StaleIndex(f"vectors.faiss and cards.json are of different builds; run: {REBUILD}")
    return index, rows, manifest["model"]
