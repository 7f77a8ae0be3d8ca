"""A user's own practices: cards compiled into a folder of the project, `.buttress/`, beside those that come with Buttress.

    standards/*/*.md ─encode▶ .buttress/practices.json, practices.faiss, practices.manifest.json (written last)

Search ranks them with the shipped ones, `explain` shows them and a rule of one's own may cite them as `source/item`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buttress import data
from buttress.errors import CardError, SourceError, StaleIndex
from buttress.retrieval.cards import Practice, compiled, from_json, read_corpus, to_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = ".buttress"
CARDS, VECTORS, MANIFEST = "practices.json", "practices.faiss", "practices.manifest.json"


@dataclass(frozen=True, slots=True)
class Own:
    """Compiled practices of one's own: where they lie, the folder they were read from, its digest, the model of the vectors."""

    folder: Path
    corpus: Path
    digest: str
    model: str

    @property
    def rebuild(self) -> str:
        """Return the command that compiles them anew."""
        return f"buttress index add {self.corpus} --index {self.folder}"


def find(given: Path | None = None, *, start: Path | None = None) -> Path | None:
    """Return `given`, or the nearest `.buttress/` with practices from `start` upwards, or None.

    Raises SourceError when `given` is a folder that holds no compiled practices.
    """
    if given is not None:
        if (given / MANIFEST).is_file():
            return given
        raise SourceError(
            str(given), "no practices in it; make them with: buttress index add DIR --index " + str(given)
        )
    here = (start or Path()).resolve()
    return next((p / NAME for p in (here, *here.parents) if (p / NAME / MANIFEST).is_file()), None)


def add(corpus: Path, folder: Path) -> Own:
    """Compile the cards under `corpus` into `folder` and return what was made; what it held before is replaced.

    Raises SourceError without any card, CardError on a broken card or one with the id of a shipped one.
    """
    from buttress.retrieval.build import packed
    from buttress.retrieval.cards import cards as shipped
    from buttress.retrieval.encoder import encoder_for
    from buttress.rules.build import digest

    if not corpus.is_dir():
        raise SourceError(str(corpus), "no such folder; expected one with practice cards SOURCE/ITEM.md")
    practices = read_corpus(corpus.resolve())
    if not practices:
        raise SourceError(str(corpus), "there is no practice card SOURCE/ITEM.md in it")
    for practice in practices:
        if practice.id in shipped():
            raise CardError(
                f"{corpus}/{practice.id}.md", 1, "another source or item; Buttress has a card of that id"
            )
    encoder = encoder_for(json.loads(compiled("manifest.json"))["model"])
    vectors = encoder.encode([text for practice in practices for text in practice.passages()])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        data.write_whole(folder / VECTORS, packed(vectors))
        content = digest(corpus)
        data.write_whole(folder / CARDS, to_json(practices, digest=content).encode())
        manifest = {
            "corpus": str(corpus.resolve()),
            "digest": content,
            "model": encoder.model,
            "weights": encoder.digest,
        }
        data.write_whole(folder / MANIFEST, (json.dumps(manifest, indent=0, sort_keys=True) + "\n").encode())
    except OSError as error:
        raise SourceError(str(folder), f"can't be written: {error.strerror or error}") from error
    return _read(folder)


def cards(folder: Path | None) -> Mapping[str, Practice]:
    """Return one's own practices by id; none for no folder.

    >>> cards(None)
    {}
    """
    return {} if folder is None else from_json((folder / CARDS).read_bytes())


def vectors(folder: Path, *, model: str) -> NDArray[np.float32]:
    """Return the vectors of all passages, card by card: (n_passages, dimensions) float32, each of length 1.

    Raises StaleIndex when another model made them or they don't belong to the cards.
    """
    import faiss

    own = _read(folder)
    if own.model != model:
        raise StaleIndex(f"your practices were compiled by {own.model}, not {model}; run: {own.rebuild}")
    index = faiss.read_index(str(folder / VECTORS))
    if index.ntotal != sum(len(practice.passages()) for practice in cards(folder).values()):
        raise StaleIndex(f"{VECTORS} and {CARDS} in {folder} are of different builds; run: {own.rebuild}")
    rows: NDArray[np.float32] = index.reconstruct_n(0, index.ntotal)
    return rows


def status_text(folder: Path) -> str:
    """Return how many practices of one's own there are, from where, and whether they are fresh or how to rebuild them."""
    from buttress.rules.build import digest

    own, known = _read(folder), cards(folder)
    lines = [f"{len(known)} of your own in {folder}, from {own.corpus}"]
    if not own.corpus.is_dir():
        lines.append("The folder that they were read from is gone; they are used as they are")
    elif digest(own.corpus) == own.digest:
        lines.append(f"Fresh: {own.digest[:12]}")
    else:
        lines.append(f"Stale: the cards changed since; run: {own.rebuild}")
    return "\n".join(lines) + "\n"


def _read(folder: Path) -> Own:
    try:
        loaded: Mapping[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        return Own(folder, Path(loaded["corpus"]), loaded["digest"], loaded["model"])
    except (OSError, ValueError, KeyError) as error:
        raise StaleIndex(
            f"{folder / MANIFEST} can't be used; run: buttress index add DIR --index {folder}"
        ) from error
