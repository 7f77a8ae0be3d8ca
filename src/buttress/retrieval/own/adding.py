"""Adding documents to one's own standards: read what is new, encode it in steps that are kept, then find what the rules can cite."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buttress.errors import CardError, SourceError
from buttress.model import Diagnostic
from buttress.retrieval.cards import Practice, compiled, parse, sentences, to_json
from buttress.retrieval.cards import cards as shipped
from buttress.retrieval.own.chunks import chunks
from buttress.retrieval.own.store import New, Store
from buttress.sources import NEVER, collect

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENDINGS = frozenset(".md .markdown .mdx .rst .txt .adoc .asciidoc .html .htm .xhtml .docx .pdf".split())
MAX_BYTES = 50_000_000
_STEP = 256  # passages that are encoded and kept at once: a second or so of work
_CITED = 2  # passages of one's own that one rule cites
# Judged by eye over handbooks: below these a sentence shares words with a rule, and says something else.
AROUND, NEAR, NEAR_PARTLY, NEAR_TO_PART = 0.33, 0.44, 0.40, 0.52

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an addition: documents read anew, those that were known, those taken out, and what couldn't be read."""

    new: int
    known: int
    gone: int
    diagnostics: tuple[Diagnostic, ...] = ()


def add(paths: Sequence[Path], folder: Path, *, tell: Tell = lambda _: None) -> Added:
    """Add files, or all documents in folders, to the standards in `folder`; one that didn't change costs nothing.

    What a folder held at the last time and holds no more is taken out. A kill loses at most a second's work: the next call goes
    on. `tell` gets a line of progress after each step. Raises SourceError for a path that isn't there or nothing to read, CardError on a
    broken practice card.
    """
    store = Store(folder)
    if store.path.is_file():
        store.documents()  # a broken file is told before anything is read
    store.note(**_encoder_names())
    base = folder.resolve().parent
    diagnostics: list[Diagnostic] = []
    new = known = gone = 0
    for given in paths:
        if not given.exists():
            raise SourceError(str(given), "no such file or folder")
        here = set()
        for file in _files(given):
            shown = _shown(file, base)
            here.add(shown)
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            if store.has(shown, digest):
                known += 1
                continue
            if _put(store, file, shown, digest, content, diagnostics):
                new += 1
                tell(f"read {new} documents")
        if not here:
            raise SourceError(str(given), f"no document in it; expected {', '.join(sorted(ENDINGS))}")
        if given.is_dir():
            beneath = _shown(given.resolve(), base).rstrip("/") + "/"
            held = [d.path for d in store.documents()]
            gone += store.remove(p for p in held if _is_in(p, beneath) and p not in here)
    encode(store, tell=tell)
    cite(store)
    return Added(new, known, gone, tuple(diagnostics))


def rebuild(folder: Path, *, tell: Tell = lambda _: None) -> Added:
    """Add the files of all documents in use anew, with today's encoder; those whose file is gone are taken out."""
    store = Store(folder)
    base = folder.resolve().parent
    paths = [base / d.path for d in store.documents()]
    with store.opened(write=True) as link:
        link.execute("DELETE FROM documents")
    there = [p for p in paths if p.is_file()]
    done = add(there, folder, tell=tell) if there else Added(0, 0, 0)
    return Added(done.new, done.known, len(paths) - len(there), done.diagnostics)


def encode(store: Store, *, tell: Tell = lambda _: None) -> None:
    """Encode what has no vector yet, step by step, each kept before the next begins."""
    from buttress.retrieval.encoder import encoder_for

    encoder = encoder_for(_encoder_names()["model"])
    done, left = 0, store.count_pending()
    while batch := store.pending(_STEP):
        vectors = encoder.encode([text for _, text in batch])
        store.encoded([id_ for id_, _ in batch], vectors)
        done += len(batch)
        tell(f"encoded {done} of {max(left, done)} passages")


def cite(store: Store) -> None:
    """Find for each rule that comes with Buttress the sentences of one's own that support it.

    Passages near to the rule as a whole are candidates; of these a sentence must be near to all that the rule says, or very near to a
    part of it.
    """
    import numpy as np

    from buttress.retrieval.build import asked_of
    from buttress.retrieval.encoder import encoder_for
    from buttress.rules import shipped as rules

    ids, vectors = store.vectors()
    if not ids:
        store.cite(())
        return
    encoder = encoder_for(_encoder_names()["model"])
    cards = rules()
    queries = encoder.encode([text for card in cards for text in asked_of(card)])
    candidates: list[tuple[int, int]] = []
    for n, _ in enumerate(cards):
        whole: NDArray[np.float32] = (vectors @ queries[3 * n : 3 * n + 3].T).mean(axis=1)
        first = np.argpartition(-whole, min(_CITED * 2, len(ids) - 1))[: _CITED * 2]
        candidates += [
            (n, ids[i]) for i in sorted(first.tolist(), key=lambda i: (-whole[i], i)) if whole[i] >= AROUND
        ]
    rows = store.rows(sorted({id_ for _, id_ in candidates}))
    said = {id_: sentences(row.text) or (row.text,) for id_, row in rows.items()}
    encoded = {id_: encoder.encode(parts) for id_, parts in said.items()}
    out: list[tuple[str, int, float, str]] = []
    taken: set[tuple[int, str]] = set()
    for n, id_ in candidates:
        owner = rows[id_].document if rows[id_].card else f"{rows[id_].source}:{rows[id_].line}"
        near = encoded[id_] @ queries[3 * n : 3 * n + 3].T
        best = int(near.mean(axis=1).argmax())
        mean, peak = float(near.mean(axis=1)[best]), float(near.max())
        supports = mean >= NEAR or (mean >= NEAR_PARTLY and peak >= NEAR_TO_PART)
        if supports and (n, owner) not in taken and sum(m == n for m, _ in taken) < _CITED:
            taken.add((n, owner))
            out.append((cards[n].id, id_, mean, said[id_][best]))
    store.cite(out)


def changed(store: Store) -> tuple[tuple[str, str], ...]:
    """Return the documents whose file isn't what was added: (path, "changed" or "is gone")."""
    base = store.folder.resolve().parent
    out = []
    for document in store.documents():
        try:
            content = (base / document.path).read_bytes()
        except OSError:
            out.append((document.path, "is gone"))
            continue
        if hashlib.sha256(content).hexdigest() != document.digest:
            out.append((document.path, "changed"))
    return tuple(out)


def _encoder_names() -> dict[str, str]:
    import json

    return {"model": str(json.loads(compiled("manifest.json"))["model"])}


def _put(
    store: Store, file: Path, shown: str, digest: str, content: bytes, diagnostics: list[Diagnostic]
) -> bool:
    card = _card(file, content)
    if card is not None:
        if card.id in shipped():
            raise CardError(str(file), 1, "another source or item; Buttress has a card of that id")
        rows = [New(shown, 1, content.count(b"\n") + 1, card.title, text, text) for text in card.passages()]
        store.put(shown, digest, card.title, rows, card=to_json((card,), digest=""))
        return True
    try:
        found = collect([file])
    except SourceError as error:
        diagnostics.append(Diagnostic(shown, 0, str(error), "error"))
        return False
    diagnostics += found.diagnostics
    pieces = list(chunks(found.sources))
    if not pieces:
        diagnostics.append(Diagnostic(shown, 0, "no running text in it"))
        return False
    named = str(file)
    rows = [
        New(c.source.replace(named, shown, 1), c.line, c.end_line, " › ".join(c.headings), c.text, c.embedded)
        for c in pieces
    ]
    title = pieces[0].headings[0] if pieces[0].headings else file.stem.replace("-", " ")
    store.put(shown, digest, title, rows)
    return True


def _card(file: Path, content: bytes) -> Practice | None:
    """Return the practice card in a file, None when it is another document."""
    if file.suffix != ".md" or not content.startswith(b"---"):
        return None
    head = content.split(b"\n---", 1)[0].splitlines()
    keys = {line.split(b":", 1)[0] for line in head}
    if not {b"source", b"item", b"title"} <= keys:
        return None
    return parse(content.decode("utf-8"), path=file.as_posix())


def _files(given: Path) -> Iterator[Path]:
    """Yield the documents at a path, in order; links that lead out of a folder, and what is too large, are left alone."""
    if given.is_file():
        yield given.resolve()
        return
    root = given.resolve()
    for folder, names, files in os.walk(root):
        names[:] = sorted(n for n in names if n not in NEVER and not n.startswith("."))
        for name in sorted(files):
            file = Path(folder) / name
            if file.suffix.lower() not in ENDINGS or not file.resolve().is_relative_to(root):
                continue
            if file.is_file() and file.stat().st_size <= MAX_BYTES:
                yield file


def _shown(path: Path, base: Path) -> str:
    """Return a path relative to the folder that holds the standards' folder, where it is in it."""
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else path.as_posix()


def _is_in(path: str, beneath: str) -> bool:
    return beneath == "./" or path.startswith(beneath)


def remove(names: Iterable[str], folder: Path) -> int:
    """Take documents out by their path as `index list` shows it, or all beneath a folder; return how many there were."""
    store = Store(folder)
    base = folder.resolve().parent
    count = store.remove(
        p for name in names for p in dict.fromkeys((name, _shown(Path(name).resolve(), base)))
    )
    cite(store)
    return count
