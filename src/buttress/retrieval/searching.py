"""Finds the practices that bear on a free text: a symptom, a finding, a question, a paragraph.

A practice is as near as the mean direction of its passages (encoder) and its words (`words`) are, in equal parts, and a little as near as
its nearest passage. Among near ties come first the practices of the area that the text seems to be about, those that say its very
words (`exact`) and those that answer many questions. The passage shown is the sentence of its guidance that is nearest. How well that
ranks: benchmarks/retrieval.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from buttress import data
from buttress.errors import OptionError, StaleIndex
from buttress.retrieval.cards import REBUILD, Asked, Practice, asked, cards, compiled, sentences
from buttress.retrieval.codes import expanded
from buttress.retrieval.encoder import encoder_for
from buttress.retrieval.exact import Exact
from buttress.retrieval.exact import load as load_exact
from buttress.retrieval.words import Words, load
from buttress.vocabulary import load as load_vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Priors as small as the distances within a list of ten: they order near ties and hide nothing.
AREA_PRIOR, TECHNOLOGY_PRIOR = 0.12, 0.06
# The share of the nearest passage, and what the area that a text seems to be about can add. Measured: flat between half and twice of these.
NEAREST, GUESSED_AREA = 0.2, 0.04
# What a standard deviation of the words in common adds, and the natural logarithm of how many questions a practice answers: of several
# that are about as near, the one that people are usually sent to. Measured: flat between two thirds and four thirds of these.
SAME_WORDS, OFTEN_ASKED = 0.012, 0.04
CANDIDATES = 60
# A reason supports a hit better than a line of code that is hardly nearer, and best does the first sentence, which says what is asked for:
# the others often lean on it ("Each looks right from outside").
GUIDANCE_PRIOR, FIRST_PRIOR = 0.06, 0.12
_CHARACTERS, _WORDS, _PARTS = 20_000, 60, 64


@dataclass(frozen=True, slots=True)
class Hit:
    """A practice that was found, with a sentence of its guidance.

    `score` is the cosine of the nearest passage for the best one, less by how far others are behind, plus the priors.
    """

    id: str
    source: str
    item: str
    title: str
    url: str
    score: float
    passage: str


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """What a search reads: `rows` (passages, dimensions) of unit length, card by card as `Practice.passages` gives them.

    `starts` (cards + 1,) says where a card's rows begin, `centres` (cards, dimensions) is the direction of their sum
    and of what was asked about the card; `areas` (cards, areas) is 1 where a card is about an area, the first one has `first`;
    `answers` (cards,) is the logarithm of one more than the questions that a card answers.
    """

    practices: tuple[Practice, ...]
    rows: NDArray[np.float32]
    starts: NDArray[np.int64]
    centres: NDArray[np.float32]
    areas: NDArray[np.float32]
    first: NDArray[np.float32]
    answers: NDArray[np.float32]
    words: Words
    exact: Exact | None
    model: str


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
    parts = _parts(expanded(text))
    if not parts:
        return ()
    known = index()
    queries = encoder_for(known.model).encode(parts)
    found = relevance(known, queries, parts).max(axis=0)
    # One's own standards are as near as a passage of theirs; so is the first of these, and the others as much less as they are behind it.
    first = int(found.argmax())
    nearest = (known.rows[known.starts[first] : known.starts[first + 1]] @ queries.T).max()
    scores: list[float] = (found - found[first] + nearest).tolist()
    # What can't reach the list with all priors isn't looked at.
    least = sorted(scores)[-min(limit, len(scores))] - AREA_PRIOR - TECHNOLOGY_PRIOR
    prior = _priors(area, technology)
    ranked = sorted(
        (-(score + prior(practice)), practice.id, place)
        for place, (practice, score) in enumerate(zip(known.practices, scores, strict=True))
        if score >= least
    )
    hits = [_hit(known, place, -negative, queries) for negative, _, place in ranked[:limit]]
    if own is not None:
        hits += _own_hits(own, queries, model=known.model, limit=limit, text=text)
        hits.sort(key=lambda hit: -hit.score)
    return tuple(hits[:limit])


def nearness(known: Index, queries: NDArray[np.float32], texts: Sequence[str]) -> NDArray[np.float32]:
    """Return how near each text, with its vector, is to each card: (texts, cards) float32 in [-1, 1]."""
    import numpy as np

    words = np.stack([known.words.near(text) for text in texts])
    found: NDArray[np.float32] = ((queries @ known.centres.T + words) / 2).astype(np.float32, copy=False)
    return found


def relevance(known: Index, queries: NDArray[np.float32], texts: Sequence[str]) -> NDArray[np.float32]:
    """Return how much each card bears on each text: nearness, nearest passage, area, words in common, answers: (texts, cards) float32.

    Passages are looked at of the nearest cards only; what is farther isn't lifted by one passage. The area is guessed from the
    cards that stand out among all: those of its area add up to its likelihood.
    """
    import numpy as np

    near = nearness(known, queries, texts)
    spread = near.std(axis=1, keepdims=True)
    likely = np.exp((near - near.mean(axis=1, keepdims=True)) / np.where(spread > 1e-9, spread, 1))
    found = near + GUESSED_AREA * (likely / likely.sum(axis=1, keepdims=True)) @ known.first @ known.areas.T
    for row, query in enumerate(queries):
        for card in np.argsort(-near[row], kind="stable")[:CANDIDATES].tolist():
            best = (known.rows[known.starts[card] : known.starts[card + 1]] @ query).max()
            found[row, card] += NEAREST * (best - near[row, card])
    found += OFTEN_ASKED * known.answers
    if known.exact is not None:
        found += SAME_WORDS * np.stack([known.exact.near(text) for text in texts])
    scores: NDArray[np.float32] = found.astype(np.float32, copy=False)
    return scores


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


def _priors(area: str | None, technology: str | None) -> Callable[[Practice], float]:
    """Return what an area and a technology add to a practice: what it is about, or names in title, source or practice."""
    if technology is None:
        return lambda practice: AREA_PRIOR * (area in practice.areas)
    vocabulary = load_vocabulary()
    found = vocabulary.technology(technology)
    sort = {found.id, *vocabulary.broader(found.id)} if found is not None else set()
    named = re.compile(rf"(?<!\w){re.escape(technology)}(?!\w)", re.IGNORECASE)

    def prior(practice: Practice) -> float:
        about = not sort.isdisjoint(practice.technologies) or any(
            named.search(text) for text in (practice.title, practice.source, practice.practice)
        )
        return AREA_PRIOR * (area in practice.areas) + TECHNOLOGY_PRIOR * about

    return prior


def _hit(known: Index, place: int, score: float, queries: NDArray[np.float32]) -> Hit:
    practice = known.practices[place]
    told, first = practice.told(), int(known.starts[place]) + 1  # the title comes before
    near = (known.rows[first : first + len(told)] @ queries.T).max(axis=1)
    near[: len(sentences(practice.guidance))] += GUIDANCE_PRIOR
    near[0] += FIRST_PRIOR
    passage = told[int(near.argmax())]
    return Hit(practice.id, practice.source, practice.item, practice.title, practice.url, score, passage)


def _best_sentence(passage: str, text: str) -> str:
    asked = _words(text)
    return max(sentences(passage), key=lambda sentence: len(asked & _words(sentence)), default=passage)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.casefold()))


@cache
def index() -> Index:
    """Return the index that comes with Buttress; raises StaleIndex when it isn't built or of different builds."""
    import faiss

    manifest = json.loads(compiled("manifest.json"))
    path = data.indexes_dir() / "vectors.faiss"
    if not path.is_file():
        raise StaleIndex(f"the index of practices isn't built (vectors.faiss is missing); run: {REBUILD}")
    stored = faiss.read_index(str(path))
    practices, questions = tuple(cards().values()), asked()
    passages = sum(len(p.passages()) for p in practices)
    if not stored.ntotal == passages + len(questions) == manifest["vectors"]:
        raise StaleIndex(f"vectors.faiss and cards.json are of different builds; run: {REBUILD}")
    rows = stored.reconstruct_n(0, stored.ntotal)
    words, exact = load(compiled("words.npz")), load_exact(compiled("exact.npz"))
    return assembled(practices, rows, words, manifest["model"], questions, exact)


def assembled(
    practices: Sequence[Practice],
    rows: NDArray[np.float32],
    words: Words,
    model: str,
    questions: Sequence[Asked] = (),
    exact: Exact | None = None,
) -> Index:
    """Return the index of some practices from their words and the vectors of their passages, then of the questions if any."""
    import numpy as np

    starts = np.cumsum([0, *(len(practice.passages()) for practice in practices)])
    passages = rows[: starts[-1]]
    sums = np.add.reduceat(passages, starts[:-1], axis=0)
    place = {practice.id: n for n, practice in enumerate(practices)}
    answered = np.zeros(len(practices), dtype=np.float32)
    for question, vector in zip(questions, rows[starts[-1] :], strict=bool(questions)):
        for id_ in question.practices:
            sums[place[id_]] += vector
            answered[place[id_]] += 1
    centres = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    names = sorted({area for practice in practices for area in practice.areas})
    areas = np.array([[name in p.areas for name in names] for p in practices], dtype=np.float32)
    first = np.array([[name == p.areas[0] for name in names] for p in practices], dtype=np.float32)
    answers = np.log1p(answered)
    return Index(tuple(practices), passages, starts, centres, areas, first, answers, words, exact, model)
