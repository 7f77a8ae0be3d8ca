"""A user's own standards: documents and practice cards, kept in `.buttress/` of the project, beside the practices that come with Buttress.

    standards/**/*.{md,html,pdf,docx,…} ─chunk▶ passages ─encode▶ .buttress/standards.sqlite

Search ranks them before the shipped ones of the same nearness, findings cite those that are near to their rule, `explain` shows
them and a rule of one's own may cite a card as `source/item`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from buttress.errors import SourceError
from buttress.retrieval.cards import Practice, from_json
from buttress.retrieval.citing import Standards
from buttress.retrieval.own.store import FILE, Row, Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = ".buttress"
# Before the shipped ones: a team's own rule is what its reviewers hold it to. A document's passage gets more than a card, which has
# signs and questions in the words of those who search, and one that is about the matter more than one that only sounds like it: over
# handbooks the first have a cosine of 0.5 and more, the others of 0.4 and less.
PRIOR_OF_CARD, PRIOR_OF_PASSAGE, PRIOR_OF_NEAR = 0.05, 0.15, 0.15
NEAR = 0.45


@dataclass(frozen=True, slots=True)
class Found:
    """A passage of one's own that is near to a query, with the practice that it stands for; `score` is the cosine and what is added for being one's own."""

    practice: Practice
    passage: str
    score: float


def find(given: Path | None = None, *, start: Path | None = None) -> Path | None:
    """Return `given`, or the nearest `.buttress/` with standards from `start` upwards, or the user's own, or None.

    Raises SourceError when `given` is a folder that holds none.
    """
    if given is not None:
        if (given / FILE).is_file():
            return given
        raise SourceError(
            str(given), "no standards in it; add some with: buttress index add PATH... --index " + str(given)
        )
    here = (start or Path()).resolve()
    near = next((p / NAME for p in (here, *here.parents) if (p / NAME / FILE).is_file()), None)
    user = user_folder()
    return near or (user if (user / FILE).is_file() else None)


def user_folder() -> Path:
    """Return the user's data folder, for standards that hold in all projects.

    >>> user_folder().name
    'buttress'
    """
    given = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(given) if given else Path("~/.local/share").expanduser()) / "buttress"


def standards(folder: Path | None) -> Standards:
    """Return what can be cited of a folder's standards; nothing for no folder. Reads no vectors and loads no model.

    >>> standards(None).practices
    {}
    """
    if folder is None:
        return Standards()
    store = Store(folder)
    practices = {p.id: p for text in store.cards() for p in from_json(text).values()}
    cited = store.cited()
    rows = store.rows(sorted({passage for _, passage, _ in cited}))
    near: dict[str, list[str]] = {}
    words: dict[tuple[str, str], str] = {}
    for rule, passage, supports in cited:
        if passage in rows:
            practice = practice_of(rows[passage])
            practices.setdefault(practice.id, practice)
            if practice.id not in near.setdefault(rule, []):
                near[rule].append(practice.id)
                words[rule, practice.id] = supports
    return Standards(practices, {rule: tuple(ids) for rule, ids in near.items()}, words)


def nearest(folder: Path, queries: NDArray[np.float32], *, model: str, limit: int) -> tuple[Found, ...]:
    """Return the practices of one's own nearest to any of the queries, best first, at most `limit`.

    `queries` are (n, dimensions) float32 of length 1. Exact: every passage is compared. Raises StaleIndex when another model made the vectors.
    """
    import numpy as np

    store = Store(folder)
    store.refuse_model_other_than(model)
    stat = store.path.stat()
    ids, vectors = _vectors(store.path, stat.st_mtime_ns, stat.st_size)
    if not ids:
        return ()
    scores = (vectors @ queries.T).max(axis=1)
    first = min(len(ids), limit * 12)  # a card has up to fifteen passages
    best = np.argpartition(-scores, first - 1)[:first]
    order = best[np.argsort(-scores[best], kind="stable")]
    rows = store.rows([ids[n] for n in order])
    out: dict[str, Found] = {}
    for n in order:
        if (row := rows.get(ids[n])) is not None:
            practice = practice_of(row)
            out.setdefault(
                practice.id,
                Found(practice, row.text, _preferred(float(scores[n]), is_card=row.card is not None)),
            )
    return tuple(sorted(out.values(), key=lambda found: -found.score))[:limit]


def _preferred(cosine: float, *, is_card: bool) -> float:
    return cosine + (PRIOR_OF_CARD if is_card else PRIOR_OF_PASSAGE) + PRIOR_OF_NEAR * (cosine >= NEAR)


@lru_cache(maxsize=1)
def _vectors(path: Path, changed: int, size: int) -> tuple[tuple[int, ...], NDArray[np.float32]]:
    """Return ids and vectors as they are at that time of change and size of the file."""
    return Store(path.parent).vectors()


def practice_of(row: Row) -> Practice:
    """Return the practice that a passage stands for: its card, or the passage itself with its place as item."""
    if row.card is not None:
        return next(iter(from_json(row.card).values()))
    page = row.source.rpartition("#page=")[2] if "#page=" in row.source else ""
    lines = f"line {row.line}" if row.line == row.end_line else f"lines {row.line}-{row.end_line}"
    heading = row.heading.rpartition(" › ")[2]
    return Practice(
        id=f"{row.source}:{row.line}",
        source=row.title,
        version="",
        item=f"page {page}, {lines}" if page else lines,
        title=heading or row.title,
        url=row.source,
        licence="",
        areas=(),
        kinds=(),
        technologies=(),
        related=(),
        guidance=row.text,
        signs=(),
        questions=(),
        practice="",
    )


def status_text(folder: Path) -> str:
    """Return how many standards of one's own there are, and which files changed since they were added."""
    from buttress.retrieval.own.adding import changed, encoder_name

    store = Store(folder)
    documents = store.documents()
    cards = sum(d.is_card for d in documents)
    passages = sum(d.passages for d in documents)
    lines = [
        f"{len(documents)} of your own in {folder}: {cards} cards, {len(documents) - cards} documents, {passages} passages"
    ]
    if waiting := store.count_pending():
        lines.append(
            f"Unfinished: {waiting} passages aren't encoded; run: buttress index add PATH... --index {folder}"
        )
    store.check()
    store.refuse_model_other_than(encoder_name())
    stale = changed(store)
    lines += [f"Stale: {path} {why}" for path, why in stale[:20]]
    if len(stale) > 20:
        lines.append(f"and {len(stale) - 20} more")
    if not documents:
        lines.append(f"Nothing is kept; run: buttress index add PATH... --index {folder}")
    else:
        lines.append(f"Run: buttress index rebuild --index {folder}" if stale else "Fresh")
    return "\n".join(lines) + "\n"


def list_text(folder: Path) -> str:
    """Return the documents of one's own: number of passages, path, title."""
    return "".join(f"{d.passages:6}  {d.path}  {d.title}\n" for d in Store(folder).documents()) or "none\n"
