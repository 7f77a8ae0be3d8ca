"""The file of one's own standards: an SQLite database, so that two may write, a kill loses nothing and a reader sees whole documents.

A document is `current` once all its passages have vectors; until then the one that it replaces is. Vectors are float32, of length 1.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buttress.errors import SourceError, StaleIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = "standards.sqlite"
SCHEMA = 1
_AT_ONCE = 500  # rows of one statement; SQLite takes 999 values at least
WAIT_S = 60.0  # for another process that writes; its transactions take milliseconds
# What says that the file itself is wrong; all else is the disk's or another process's.
_BROKEN = frozenset(
    (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_MISMATCH,
     sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_SCHEMA)
)  # fmt: skip
_TABLES = """
    CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS documents (
        id INTEGER PRIMARY KEY, path TEXT NOT NULL, digest TEXT NOT NULL, title TEXT NOT NULL, card TEXT,
        current INTEGER NOT NULL DEFAULT 0, UNIQUE (path, digest)
    );
    CREATE TABLE IF NOT EXISTS passages (
        id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, place INTEGER NOT NULL,
        source TEXT NOT NULL, line INTEGER NOT NULL, end_line INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL,
        embedded TEXT NOT NULL, digest BLOB NOT NULL, vector BLOB
    );
    CREATE INDEX IF NOT EXISTS passages_document ON passages (document);
    CREATE INDEX IF NOT EXISTS passages_digest ON passages (digest);
    CREATE INDEX IF NOT EXISTS passages_pending ON passages (id) WHERE vector IS NULL;
    CREATE TABLE IF NOT EXISTS cited (rule TEXT NOT NULL, passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE, score REAL NOT NULL,
        words TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as it is kept; `card` is the practice card that it belongs to as JSON, None for a document's chunk."""

    id: int
    document: str
    title: str
    place: int
    source: str
    line: int
    end_line: int
    heading: str
    text: str
    card: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that is held: its path, title, number of passages, and whether it is a practice card."""

    path: str
    digest: str
    title: str
    passages: int
    is_card: bool


@dataclass(frozen=True, slots=True)
class New:
    """A passage to keep: where it stands, under which heading, what is shown and what is encoded."""

    source: str
    line: int
    end_line: int
    heading: str
    text: str
    embedded: str


class Store:
    """One `standards.sqlite`. All methods raise StaleIndex, with the way out, when the file is broken or of another form."""

    def __init__(self, folder: Path) -> None:
        """Name the file in `folder`; nothing is opened yet."""
        self.folder = folder
        self.path = folder / FILE

    @contextmanager
    def opened(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        """Yield a connection in one transaction: all of it is kept, or nothing."""
        try:
            if write:
                self.folder.mkdir(parents=True, exist_ok=True)
                link = sqlite3.connect(self.path, timeout=WAIT_S, isolation_level=None)
            elif self.path.is_file() and not self.path.stat().st_size:
                # A process was killed, or is at work, before its first step was kept: nothing is held yet.
                link = sqlite3.connect(":memory:", isolation_level=None)
                link.executescript(f"{_TABLES}; PRAGMA user_version = {SCHEMA}")
            else:
                self._settle()
                uri = f"{self.path.resolve().as_uri()}?mode=ro"
                link = sqlite3.connect(uri, uri=True, timeout=WAIT_S, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise SourceError(str(self.path), f"can't be opened: {error}") from error
        try:
            link.execute("PRAGMA foreign_keys = ON")
            found = link.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, SCHEMA):
                raise StaleIndex(
                    f"{self.path} is of another version of Buttress (form {found}); {self._anew}"
                )
            link.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            if write and found == 0:
                for statement in filter(str.strip, _TABLES.split(";")):
                    link.execute(statement)
                link.execute(f"PRAGMA user_version = {SCHEMA}")
            yield link
            link.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", None)
            if (
                code is not None and code & 0xFF not in _BROKEN
            ):  # a full disk, a lock, a folder that is read only
                what = "written" if write else "read"
                raise SourceError(str(self.path), f"can't be {what}: {error}") from error
            raise StaleIndex(f"{self.path} is broken ({error}); {self._anew}") from error
        finally:
            link.close()

    def _settle(self) -> None:
        """Undo what a process that was killed left half written; only who may write can."""
        if not self.path.with_name(f"{FILE}-journal").is_file() or not os.access(self.folder, os.W_OK):
            return
        link = sqlite3.connect(self.path, timeout=WAIT_S, isolation_level=None)
        try:
            link.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:  # locked for too long, or a disk without room
            raise SourceError(str(self.path), f"can't be read: {error}") from error
        except sqlite3.DatabaseError as error:
            raise StaleIndex(f"{self.path} is broken ({error}); {self._anew}") from error
        finally:
            link.close()

    @property
    def _anew(self) -> str:
        return f"delete it and run: buttress index add PATH... --index {self.folder}"

    def documents(self) -> tuple[Kept, ...]:
        """Return the documents in use, by path."""
        with self.opened() as link:
            rows = link.execute(
                "SELECT path, d.digest, title, count(p.id), card IS NOT NULL FROM documents d LEFT JOIN passages p ON p.document = d.id "
                "WHERE current = 1 GROUP BY d.id ORDER BY path"
            )
            return tuple(
                Kept(path, digest, title, count, bool(is_card))
                for path, digest, title, count, is_card in rows
            )

    def meta(self, key: str) -> str | None:
        """Return what is noted under a key, or None."""
        with self.opened() as link:
            row = link.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return None if row is None else str(row[0])

    def note(self, **values: str) -> None:
        """Note values by key."""
        with self.opened(write=True) as link:
            link.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def has(self, path: str, digest: str) -> bool:
        """Return whether that document is held in that form, even if not all of it is encoded yet.

        Another form that waits to be encoded is what the file was for a while, and is taken out.
        """
        with self.opened() as link:
            held = link.execute("SELECT digest, current FROM documents WHERE path = ?", (path,)).fetchall()
        if digest not in (found for found, _ in held):
            return False
        if any(found != digest and not current for found, current in held):
            with self.opened(write=True) as link:
                link.execute(
                    "DELETE FROM documents WHERE path = ? AND digest != ? AND current = 0", (path, digest)
                )
        return True

    def put(
        self, path: str, digest: str, title: str, passages: Sequence[New], *, card: str | None = None
    ) -> None:
        """Keep a document; passages whose words are known have their vectors at once, the others are pending."""
        with self.opened(write=True) as link:
            done = link.execute(
                "INSERT OR IGNORE INTO documents (path, digest, title, card) VALUES (?, ?, ?, ?)",
                (path, digest, title, card),
            )
            if not done.rowcount:  # another process was faster
                return
            for place, new in enumerate(passages):
                key = hashlib.sha256(new.embedded.encode()).digest()
                known = link.execute(
                    "SELECT vector FROM passages WHERE digest = ? AND vector IS NOT NULL LIMIT 1", (key,)
                ).fetchone()
                link.execute(
                    "INSERT INTO passages (document, place, source, line, end_line, heading, text, embedded, digest, vector) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (done.lastrowid, place, new.source, new.line, new.end_line, new.heading, new.text, new.embedded, key,
                     known[0] if known else None),
                )  # fmt: skip
            _make_current(link)

    def pending(self, limit: int) -> tuple[tuple[int, str], ...]:
        """Return passages without a vector, at most `limit`, as (id, words to encode)."""
        with self.opened() as link:
            rows = link.execute(
                "SELECT id, embedded FROM passages WHERE vector IS NULL ORDER BY id LIMIT ?", (limit,)
            )
            return tuple((int(i), str(text)) for i, text in rows)

    def count_pending(self) -> int:
        """Return how many passages have no vector yet."""
        with self.opened() as link:
            return int(link.execute("SELECT count(*) FROM passages WHERE vector IS NULL").fetchone()[0])

    def encoded(self, ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Keep the vectors of passages, and put documents in use that are whole now."""
        with self.opened(write=True) as link:
            link.executemany(
                "UPDATE passages SET vector = ? WHERE id = ?",
                ((vector.tobytes(), id_) for id_, vector in zip(ids, vectors, strict=True)),
            )
            _make_current(link)

    def remove(self, paths: Iterable[str]) -> int:
        """Take documents out and return how many there were; a folder's path takes out all beneath it."""
        with self.opened(write=True) as link:
            count = 0
            for path in paths:
                beneath = path.rstrip("/") + "/"
                count += link.execute(
                    "DELETE FROM documents WHERE path = ? OR substr(path, 1, ?) = ?",
                    (path, len(beneath), beneath),
                ).rowcount
            if count:
                _count_up(link)
            return count

    def empty(self) -> None:
        """Take all documents out."""
        with self.opened(write=True) as link:
            link.execute("DELETE FROM documents")
            _count_up(link)

    def rows(self, ids: Sequence[int]) -> dict[int, Row]:
        """Return passages by id."""
        out: dict[int, Row] = {}
        with self.opened() as link:
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                found = link.execute(
                    "SELECT p.id, path, title, place, source, line, end_line, heading, text, card FROM passages p "
                    f"JOIN documents d ON d.id = p.document WHERE p.id IN ({marks})",
                    some,
                )
                out.update((row[0], Row(*row)) for row in found)
        return out

    def cards(self) -> tuple[str, ...]:
        """Return the practice cards in use as JSON, by path."""
        with self.opened() as link:
            rows = link.execute(
                "SELECT card FROM documents WHERE current = 1 AND card IS NOT NULL ORDER BY path"
            )
            return tuple(str(row[0]) for row in rows)

    def vectors(self) -> tuple[tuple[int, ...], NDArray[np.float32]]:
        """Return the ids of all passages in use, and their vectors: (n, dimensions) float32."""
        import numpy as np

        ids: list[int] = []
        kept: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        in_use = "FROM passages p JOIN documents d ON d.id = p.document WHERE current = 1"
        with self.opened() as link:
            count = int(link.execute(f"SELECT count(*) {in_use}").fetchone()[0])
            rows = link.execute(f"SELECT p.id, vector {in_use} ORDER BY p.id")
            # Filled step by step, so that the bytes of all of them aren't held beside the vectors.
            while some := rows.fetchmany(_AT_ONCE):
                block = np.frombuffer(b"".join(row[1] for row in some), dtype=np.float32).reshape(
                    len(some), -1
                )
                if not ids:
                    kept = np.empty((count, block.shape[1]), dtype=np.float32)
                kept[len(ids) : len(ids) + len(some)] = block
                ids += [int(row[0]) for row in some]
        return tuple(ids), kept

    def check(self) -> None:
        """Raise StaleIndex when the file is broken anywhere; a second for 100,000 passages."""
        with self.opened() as link:
            link.execute("SELECT count(*) FROM documents").fetchone()
            told = str(link.execute("PRAGMA quick_check(1)").fetchone()[0])
        if told != "ok":
            raise StaleIndex(f"{self.path} is broken ({' '.join(told.split())}); {self._anew}")

    def refuse_model_other_than(self, model: str) -> None:
        """Raise StaleIndex when another model made the vectors: they can't be compared with this one's."""
        made_by = self.meta("model")
        if made_by is not None and made_by != model:
            raise StaleIndex(
                f"your standards in {self.folder} were encoded by {made_by}, not {model}; run: buttress index rebuild --index {self.folder}"
            )

    def generation(self) -> str:
        """Return what changes whenever a document comes into use or is taken out."""
        return self.meta("generation") or "0"

    def is_cited(self, rules: str) -> bool:
        """Return whether what the rules of that digest cite was found in the documents as they are now."""
        return self.meta("cited") == f"{self.generation()} {rules}"

    def cite(
        self, found: Iterable[tuple[str, int, float, str]], *, generation: str = "0", rules: str = ""
    ) -> None:
        """Replace what the rules cite of one's own: (rule, passage, score, the words that support it).

        `generation` is the state of the documents that it was found in; passages taken out since are left out.
        """
        with self.opened(write=True) as link:
            link.execute("DELETE FROM cited")
            link.executemany(
                "INSERT INTO cited SELECT ?, id, ?, ? FROM passages WHERE id = ?",
                ((rule, score, words, passage) for rule, passage, score, words in found),
            )
            link.execute("INSERT OR REPLACE INTO meta VALUES ('cited', ?)", (f"{generation} {rules}",))

    def cited(self) -> tuple[tuple[str, int, str], ...]:
        """Return what the rules cite of one's own, best first: (rule, passage, the words that support it)."""
        with self.opened() as link:
            rows = link.execute("SELECT rule, passage, words FROM cited ORDER BY rule, score DESC, passage")
            return tuple((str(rule), int(passage), str(words)) for rule, passage, words in rows)


def _make_current(link: sqlite3.Connection) -> None:
    whole = link.execute(
        "SELECT id, path FROM documents d WHERE current = 0 AND NOT EXISTS "
        "(SELECT 1 FROM passages p WHERE p.document = d.id AND p.vector IS NULL) ORDER BY id"
    ).fetchall()
    for id_, path in whole:
        link.execute(
            "DELETE FROM documents WHERE path = ? AND id != ? AND (current = 1 OR id < ?)", (path, id_, id_)
        )
        link.execute("UPDATE documents SET current = 1 WHERE id = ?", (id_,))
    if whole:
        _count_up(link)


def _count_up(link: sqlite3.Connection) -> None:
    link.execute(
        "INSERT INTO meta VALUES ('generation', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
    )
