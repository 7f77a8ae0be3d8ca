"""Adding documents to one's own standards: read what is new, encode it in steps that are kept, then find what the rules can cite."""

from __future__ import annotations

import hashlib
import json
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
from buttress.sources import NEVER, astray, content_of, texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENDINGS = frozenset(".md .markdown .mdx .rst .txt .adoc .asciidoc .html .htm .xhtml .docx .pdf".split())
_STEP = 256  # passages that are encoded and kept at once: a second or so of work
_HEADING = 3  # words; what has no more says nothing by itself
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
    on. `tell` gets a line of progress after each step. Raises SourceError, before anything is read, for a path that isn't there or holds
    no document, CardError on a broken practice card.
    """
    store = Store(folder)
    if store.path.is_file():  # a broken file is told before anything is read
        store.check()
        store.refuse_model_other_than(encoder_name())
    diagnostics: list[Diagnostic] = []
    base = folder.resolve().parent
    found = [(given, _found(given, base, diagnostics)) for given in paths]
    store.note(model=encoder_name())
    new = known = gone = 0
    for given, files in found:
        for file, shown in files:
            content = content_of(file, shown, diagnostics)
            if content is None:
                continue
            digest = hashlib.sha256(content).hexdigest()
            if store.has(shown, digest):
                known += 1
                continue
            if _put(store, file, shown, digest, content, diagnostics):
                new += 1
                tell(f"read {new} documents")
        if given.is_dir():
            beneath = _shown(given.resolve(), base).rstrip("/") + "/"
            held = [d.path for d in store.documents()]
            here = {shown for _, shown in files}
            gone += store.remove(p for p in held if _is_in(p, beneath) and p not in here)
    encode(store, tell=tell)
    cite(store)
    return Added(new, known, gone, tuple(diagnostics))


def _found(given: Path, base: Path, diagnostics: list[Diagnostic]) -> list[tuple[Path, str]]:
    """Return the documents at a path with the names that they are kept under."""
    if not given.exists():
        why = "a link that leads nowhere" if given.is_symlink() else "no such file or folder"
        raise SourceError(str(given), why)
    if not (given.is_file() or given.is_dir()):
        raise SourceError(str(given), "neither a file nor a folder")
    files = [(file, _shown(file, base)) for file in _files(given, base, diagnostics)]
    if not files:
        raise SourceError(str(given), f"no document in it; expected {', '.join(sorted(ENDINGS))}")
    return files


def rebuild(folder: Path, *, tell: Tell = lambda _: None) -> Added:
    """Add the files of all documents in use anew, with today's encoder; those whose file is gone are taken out."""
    store = Store(folder)
    base = folder.resolve().parent
    paths = [base / d.path for d in store.documents()]
    store.empty()
    store.note(model=encoder_name())
    there = [p for p in paths if p.is_file()]
    done = add(there, folder, tell=tell) if there else Added(0, 0, 0)
    return Added(done.new, done.known, len(paths) - len(there), done.diagnostics)


def encode(store: Store, *, tell: Tell = lambda _: None) -> None:
    """Encode what has no vector yet, step by step, each kept before the next begins."""
    from buttress.retrieval.encoder import encoder_for

    done, left = 0, store.count_pending()
    if not left:
        return
    encoder = encoder_for(encoder_name())
    while batch := store.pending(_STEP):
        vectors = encoder.encode([text for _, text in batch])
        store.encoded([id_ for id_, _ in batch], vectors)
        done += len(batch)
        tell(f"encoded {done} of {max(left, done)} passages")


def cite(store: Store) -> None:
    """Find for each rule that comes with Buttress the sentences of one's own that support it; nothing to do when nothing changed.

    Passages near to the rule as a whole are candidates; of these a sentence must be near to all that the rule says, or very near to a
    part of it. What another process adds meanwhile is looked at too.
    """
    built_for = str(json.loads(compiled("manifest.json"))["rules"])
    while not store.is_cited(built_for):
        generation = store.generation()
        store.cite(_supporting(store), generation=generation, rules=built_for)


def _supporting(store: Store) -> list[tuple[str, int, float, str]]:
    """Return what supports which rule: (rule, passage, how near, the sentence)."""
    import numpy as np

    from buttress.retrieval.encoder import encoder_for
    from buttress.rules import shipped as rules

    ids, vectors = store.vectors()
    if not ids:
        return []
    encoder = encoder_for(encoder_name())
    cards = rules()
    queries = encoder.encode([text for card in cards for text in card.asked()])
    candidates: list[tuple[int, int]] = []
    for n, _ in enumerate(cards):
        whole: NDArray[np.float32] = (vectors @ queries[3 * n : 3 * n + 3].T).mean(axis=1)
        first = np.argpartition(-whole, min(_CITED * 2, len(ids) - 1))[: _CITED * 2]
        candidates += [
            (n, ids[i]) for i in sorted(first.tolist(), key=lambda i: (-whole[i], i)) if whole[i] >= AROUND
        ]
    rows = store.rows(sorted({id_ for _, id_ in candidates}))
    said = {id_: _sayings(row.text) for id_, row in rows.items()}
    encoded = {id_: encoder.encode(parts) for id_, parts in said.items()}
    out: list[tuple[str, int, float, str]] = []
    taken: set[tuple[int, str]] = set()
    for n, id_ in candidates:
        if id_ not in rows:  # another process took it out
            continue
        owner = rows[id_].document if rows[id_].card else f"{rows[id_].source}:{rows[id_].line}"
        near = encoded[id_] @ queries[3 * n : 3 * n + 3].T
        best = int(near.mean(axis=1).argmax())
        mean, peak = float(near.mean(axis=1)[best]), float(near.max())
        supports = mean >= NEAR or (mean >= NEAR_PARTLY and peak >= NEAR_TO_PART)
        if supports and (n, owner) not in taken and sum(m == n for m, _ in taken) < _CITED:
            taken.add((n, owner))
            out.append((cards[n].id, id_, mean, said[id_][best]))
    return out


def _sayings(text: str) -> tuple[str, ...]:
    """Return the sentences of a passage, without those that are no more than a heading ("Timeouts.") where it has others."""
    said = sentences(text)
    return tuple(x for x in said if len(x.split()) > _HEADING) or tuple(said) or (text,)


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


def encoder_name() -> str:
    """Return the name of the model that today's vectors are made by."""
    return str(json.loads(compiled("manifest.json"))["model"])


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
    sources = texts(content, shown, diagnostics)
    pieces = list(chunks(sources))
    if not pieces:
        if sources:
            diagnostics.append(Diagnostic(shown, 0, "no running text in it"))
        return False
    rows = [New(c.source, c.line, c.end_line, " › ".join(c.headings), c.text, c.embedded) for c in pieces]
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


def _files(given: Path, base: Path, diagnostics: list[Diagnostic]) -> Iterator[Path]:
    """Yield the documents at a path, in order; links that lead out of a folder, or nowhere, are left alone and told."""
    if given.is_file():
        yield given.resolve()
        return
    root = given.resolve()

    def closed(error: OSError) -> None:
        why = f"can't be opened: {error.strerror or error}"
        diagnostics.append(Diagnostic(_shown(Path(error.filename), base), 0, why, "error"))

    for folder, names, files in os.walk(root, onerror=closed):
        names[:] = sorted(n for n in names if n not in NEVER and not n.startswith("."))
        for name in sorted(files):
            file = Path(folder) / name
            if file.suffix.lower() not in ENDINGS:
                continue
            if file.is_symlink() and (reason := astray(file, root)):
                diagnostics.append(Diagnostic(_shown(file, base), 0, reason))
            elif file.is_file():
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
