"""Standards of one's own: documents in chunks with their lines, added step by step, by several at once, found and cited."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reportlab.pdfgen.canvas import Canvas

from buttress import pipeline
from buttress.errors import SourceError, StaleIndex
from buttress.model import Source
from buttress.retrieval import encoder, own
from buttress.retrieval.own import adding, chunks
from buttress.retrieval.own.store import FILE, New, Store
from buttress.retrieval.searching import search

HANDBOOK = """# Platform handbook

## Calls between services

Every call over the network has a time limit of two seconds.
A call without one is refused in review.

- Retry twice, with jitter.
- Retry only what is idempotent.

## Databases

Each service owns its schema; nobody else reads its tables.
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    (tmp_path / "standards").mkdir()
    (tmp_path / "standards" / "handbook.md").write_text(HANDBOOK, encoding="utf-8")
    return tmp_path


@pytest.fixture
def uncited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out holding the rules against what is added, for tests that don't need it: it takes longest."""
    monkeypatch.setattr(adding, "_supporting", lambda _: [])


def add(place: Path, *paths: str) -> adding.Added:
    return adding.add([place / p for p in paths or ("standards",)], place / ".buttress")


# --- chunks


def test_a_chunk_ends_at_a_heading_and_knows_its_lines() -> None:
    found = list(chunks.chunks([Source("handbook.md", HANDBOOK)]))
    assert [(c.line, c.end_line, c.headings[-1]) for c in found] == [
        (5, 9, "Calls between services"),
        (13, 13, "Databases"),
    ]
    assert "Retry twice, with jitter." in found[0].text
    assert found[0].embedded.startswith("Platform handbook. Calls between services. Every call")


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = "# A\n\n" + " ".join(f"Sentence number {n} says something about calls." for n in range(60))
    found = list(chunks.chunks([Source("a.md", text)]))
    assert len(found) > 2
    assert all(len(c.text.split()) <= chunks.WORDS for c in found)
    assert all(c.text.startswith("Sentence") and c.text.endswith(".") for c in found)


@pytest.mark.parametrize("text", ["", "# only a heading", "---\ntitle: x\n---\n", "word " * 500])
def test_odd_documents_give_no_chunk_or_short_ones(text: str) -> None:
    assert all(len(c.text.split()) <= chunks.WORDS for c in chunks.chunks([Source("a.md", text)]))


# --- adding


@pytest.mark.usefixtures("uncited")
def test_what_did_not_change_is_not_read_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert add(place) == adding.Added(1, 0, 0)
    monkeypatch.setattr(adding, "chunks", lambda _: pytest.fail("read again"))
    assert add(place) == adding.Added(0, 1, 0)


@pytest.mark.usefixtures("uncited")
def test_only_changed_passages_are_encoded(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(place)
    encoded: list[str] = []
    plain = encoder.OnnxEncoder.encode

    def spy(self: encoder.OnnxEncoder, texts: Sequence[str]) -> Any:
        encoded.extend(texts)
        return plain(self, texts)

    changed = HANDBOOK.replace("its tables.", "its tables or views.")
    (place / "standards" / "handbook.md").write_text(changed, encoding="utf-8")
    monkeypatch.setattr(encoder.OnnxEncoder, "encode", spy)
    monkeypatch.setattr(adding, "cite", lambda _: None)
    add(place)
    assert len(encoded) == 1 and "tables or views" in encoded[0]
    assert [d.passages for d in Store(place / ".buttress").documents()] == [2]


@pytest.mark.usefixtures("uncited")
def test_a_file_that_is_gone_is_taken_out_and_others_stay(place: Path) -> None:
    (place / "standards" / "second.md").write_text("# Second\n\nSecrets live in the vault.\n")
    (place / "elsewhere.md").write_text("# Elsewhere\n\nLogs are structured.\n")
    add(place, "standards", "elsewhere.md")
    (place / "standards" / "second.md").unlink()
    assert add(place).gone == 1
    assert [d.path for d in Store(place / ".buttress").documents()] == [
        "elsewhere.md",
        "standards/handbook.md",
    ]


@pytest.mark.usefixtures("uncited")
def test_after_a_kill_the_next_call_goes_on(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(place)
    for n in range(30):
        (place / "standards" / f"{n}.md").write_text(f"# Standard {n}\n\nRule number {n} is about queues.\n")
    monkeypatch.setattr(adding, "_STEP", 8)
    plain = encoder.OnnxEncoder.encode
    calls = []

    def dying(self: encoder.OnnxEncoder, texts: Sequence[str]) -> Any:
        calls.append(len(texts))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return plain(self, texts)

    monkeypatch.setattr(encoder.OnnxEncoder, "encode", dying)
    with pytest.raises(KeyboardInterrupt):
        add(place)
    store = Store(place / ".buttress")
    assert store.count_pending() == 14
    assert len(store.documents()) == 17, "the first one and sixteen whole new ones are in use"
    assert "Unfinished: 14 passages" in own.status_text(place / ".buttress")
    monkeypatch.setattr(encoder.OnnxEncoder, "encode", plain)
    assert add(place).known == 31
    assert store.count_pending() == 0
    assert len(store.documents()) == 31


@pytest.mark.usefixtures("uncited")
def test_a_changed_document_is_replaced_only_when_the_new_one_is_whole(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(place)
    (place / "standards" / "handbook.md").write_text("# New\n\nEverything is different now.\n")

    def dying(self: encoder.OnnxEncoder, texts: Sequence[str]) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(encoder.OnnxEncoder, "encode", dying)
        with pytest.raises(KeyboardInterrupt):
            add(place)
    assert [d.title for d in Store(place / ".buttress").documents()] == ["Platform handbook"]
    add(place)
    assert [d.title for d in Store(place / ".buttress").documents()] == ["New"]


def test_nothing_is_looked_for_anew_when_nothing_changed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(place)
    monkeypatch.setattr(adding, "_supporting", lambda _: pytest.fail("cited anew"))
    assert add(place) == adding.Added(0, 1, 0)
    monkeypatch.setattr(adding, "_supporting", lambda _: [])
    (place / "standards" / "handbook.md").write_text("# Secrets\n\nSecrets live in the vault.\n")
    add(place)
    assert Store(place / ".buttress").cited() == (), "what changed is looked at"


@pytest.mark.usefixtures("uncited")
def test_what_a_file_was_for_a_while_is_dropped(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(place)
    handbook = place / "standards" / "handbook.md"
    handbook.write_text("# New\n\nEverything is different now.\n")
    with monkeypatch.context() as patched:
        patched.setattr(adding, "encode", lambda *_, **__: None)
        add(place)
    handbook.write_text(HANDBOOK, encoding="utf-8")
    assert add(place).known == 1
    assert [d.title for d in Store(place / ".buttress").documents()] == ["Platform handbook"]
    assert Store(place / ".buttress").count_pending() == 0


@pytest.mark.usefixtures("uncited")
def test_what_another_process_took_out_is_not_cited(place: Path) -> None:
    add(place)
    store = Store(place / ".buttress")
    here = store.vectors()[0][0]
    store.cite([("a-rule", here, 0.9, "words"), ("a-rule", 10_000, 0.8, "of what is gone")])
    assert store.cited() == (("a-rule", here, "words"),)


def test_what_comes_while_rules_are_held_against_it_is_cited_too(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, seen = adding._supporting, []

    def slow(store: Store) -> Any:
        seen.append(len(store.documents()))
        if len(seen) == 1:
            (place / "late.md").write_text("# Late\n\nEach queue has a dead letter queue.\n")
            with monkeypatch.context() as patched:
                patched.setattr(adding, "cite", lambda _: None)
                add(place, "late.md")
        return plain(store)

    monkeypatch.setattr(adding, "_supporting", slow)
    add(place)
    assert seen == [1, 2]


def test_two_processes_may_add_at_once(place: Path) -> None:
    for name in ("left", "right"):
        (place / name).mkdir()
        for n in range(40):
            (place / name / f"{n}.md").write_text(f"# {name} {n}\n\nThe {name} rule {n} is about retries.\n")
    command = [sys.executable, "-m", "buttress", "index", "add"]
    running = [
        subprocess.Popen([*command, name, "standards"], cwd=place, stderr=subprocess.PIPE, text=True)
        for name in ("left", "right")
    ]
    assert [(p.communicate()[1], p.returncode) for p in running] == [("", 0), ("", 0)]
    documents = Store(place / ".buttress").documents()
    assert len(documents) == 81
    ids, vectors = Store(place / ".buttress").vectors()
    assert vectors.shape == (len(ids), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


@pytest.mark.usefixtures("uncited")
def test_many_passages_are_read_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.put("a.md", "1", "A", [New("a.md", n, n, "A", f"text {n}", f"text {n}") for n in range(1, 8)])
    given = np.arange(7 * 4, dtype=np.float32).reshape(7, 4)
    store.encoded([id_ for id_, _ in store.pending(10)], given)
    monkeypatch.setattr("buttress.retrieval.own.store._AT_ONCE", 3)
    ids, vectors = store.vectors()
    assert vectors.tolist() == given.tolist()
    rows = store.rows([*ids, 99])
    assert [rows[id_].text for id_ in ids] == [f"text {n}" for n in range(1, 8)]
    assert len(rows) == 7


def test_links_out_of_the_folder_are_left_alone(place: Path) -> None:
    (place / "secret.md").write_text("# Secret\n\nNot to be read.\n")
    (place / "standards" / "link.md").symlink_to(place / "secret.md")
    (place / "standards" / "nowhere.md").symlink_to(place / "gone.md")
    (place / "standards" / "round").symlink_to(place / "standards")
    assert [str(d) for d in add(place).diagnostics] == [
        "standards/link.md: warning: a link that leads out of the folder; not followed",
        "standards/nowhere.md: warning: a link that leads nowhere; not followed",
    ]
    assert [d.path for d in Store(place / ".buttress").documents()] == ["standards/handbook.md"]


@pytest.mark.usefixtures("uncited")
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("noise.md", b"\0\1\2" * 900, "warning: binary, not text; not read. Save it as UTF-8, or ignore it"),
        ("empty.md", b"  \n", "info: the file is empty"),
        ("cut.pdf", b"%PDF-1.4 and no more", "error: broken, or not what its ending says"),
        ("cut.docx", b"PK and no more", "error: broken, or not what its ending says"),
        ("large.txt", b"a word " * 1_500_000, "error: 10.5 MB is over the limit of 10 MB"),
        ("bare.md", b"# A heading\n", "warning: no running text in it"),
    ],
)
def test_what_cannot_be_read_says_why_once_and_the_rest_is_kept(
    place: Path, name: str, content: bytes, reason: str
) -> None:
    (place / "standards" / name).write_bytes(content)
    done = add(place)
    assert [str(d).startswith(f"standards/{name}: {reason}") for d in done.diagnostics] == [True]
    assert [d.path for d in Store(place / ".buttress").documents()] == ["standards/handbook.md"]


@pytest.mark.usefixtures("uncited")
def test_a_pdf_with_a_password_says_so(place: Path) -> None:
    book = Canvas(str(place / "standards" / "locked.pdf"), encrypt="secret")
    book.drawString(72, 720, "Nobody reads this.")
    book.save()
    assert [str(d) for d in add(place).diagnostics] == [
        "standards/locked.pdf: error: protected by a password; not read. Save it without one"
    ]


@pytest.mark.usefixtures("uncited")
def test_a_wrong_path_is_told_before_anything_is_kept(place: Path) -> None:
    (place / "nothing").mkdir()
    for wrong, why in (("gone.md", "no such file or folder"), ("nothing", "no document in it")):
        with pytest.raises(SourceError, match=why):
            add(place, "standards", wrong)
    assert not (place / ".buttress" / FILE).exists()


@pytest.mark.usefixtures("uncited")
def test_a_pdf_is_kept_with_its_pages(place: Path) -> None:
    book = Canvas(str(place / "standards" / "book.pdf"))
    for text in (
        "The first page is about naming of services.",
        "Backups are restored as a test every month.",
    ):
        book.drawString(72, 720, text)
        book.showPage()
    book.save()
    add(place)
    hit = search("are restores of backups tested", own=place / ".buttress", limit=1)[0]
    assert hit.url == "standards/book.pdf#page=2"
    assert hit.item.startswith("page 2, line")


# --- searching and citing


@pytest.mark.usefixtures("uncited")
def test_ones_own_come_first_and_tell_their_lines(place: Path) -> None:
    add(place)
    hit = search("may another service read our tables", own=place / ".buttress", limit=3)[0]
    assert (hit.source, hit.item, hit.title) == ("Platform handbook", "line 13", "Databases")
    assert hit.url == "standards/handbook.md"
    assert hit.passage == "Each service owns its schema; nobody else reads its tables."


@pytest.mark.usefixtures("uncited")
def test_a_passage_about_the_matter_comes_before_published_ones_as_near(place: Path) -> None:
    (place / "standards" / "queues.md").write_text(
        "# Messages\n\nEach queue has a dead letter queue with an alarm on its depth. Consumers keep the ids that they have processed.\n"
    )
    add(place)
    folder = place / ".buttress"
    assert search("dead letter queue", own=folder, limit=3)[0].url == "standards/queues.md"
    foreign = search("how do I shard a database", own=folder, limit=3)[0]
    assert foreign.url.startswith("https://"), "what only sounds like it stays behind"


def test_a_heading_is_no_sentence_to_cite() -> None:
    assert adding._sayings("Timeouts. Each call states a deadline.") == ("Each call states a deadline.",)
    assert adding._sayings("Timeouts.") == ("Timeouts.",)


def test_a_finding_cites_ones_own_standard_first(place: Path) -> None:
    (place / "standards" / "shared.md").write_text(
        "# Shared databases\n\nTwo services never share a database: a change of its schema for one breaks the other, and nobody "
        "can deploy alone. Give each service a database of its own.\n"
    )
    add(place)
    drawing = "flowchart LR\n  orders[Orders service] -->|writes| db[(Shared PostgreSQL)]\n  billing[Billing service] -->|writes| db\n"
    (place / "system.mmd").write_text(drawing)
    review = pipeline.review(place / "system.mmd", own=own.standards(place / ".buttress"))
    cited = review.citations["shared-database"]
    own_first = {c.url: c.passage for c in cited[:2]}
    assert own_first.keys() == {"standards/handbook.md", "standards/shared.md"}
    assert own_first["standards/shared.md"].startswith(("Two services never", "Give each service"))
    assert any(c.url.startswith("https://") for c in cited[2:])


def test_standards_of_the_user_hold_where_a_project_has_none(place: Path) -> None:
    adding.add([place / "standards"], own.user_folder())
    assert own.find(start=place) == own.user_folder()
    add(place)
    assert own.find(start=place) == place / ".buttress"


def test_what_is_removed_is_found_no_more(place: Path) -> None:
    add(place)
    assert adding.remove(["standards"], place / ".buttress") == 1
    assert (
        own.nearest(place / ".buttress", np.zeros((1, 384), dtype=np.float32), model=encoder.MINILM, limit=5)
        == ()
    )


# --- broken files


@pytest.mark.usefixtures("uncited")
def test_a_broken_file_names_the_way_out(place: Path) -> None:
    add(place)
    (place / ".buttress" / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(StaleIndex, match=r"is broken.*delete it and run: buttress index add"):
        own.standards(place / ".buttress")


@pytest.mark.usefixtures("uncited")
def test_a_cut_file_names_the_way_out(place: Path) -> None:
    add(place)
    path = place / ".buttress" / FILE
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(StaleIndex, match="index add"):
        add(place)


@pytest.mark.usefixtures("uncited")
def test_another_form_names_the_way_out(place: Path) -> None:
    add(place)
    with sqlite3.connect(place / ".buttress" / FILE) as link:
        link.execute("PRAGMA user_version = 99")
    with pytest.raises(StaleIndex, match="another version of Buttress"):
        own.standards(place / ".buttress")


@pytest.mark.usefixtures("uncited")
def test_vectors_of_another_model_name_the_command(place: Path) -> None:
    add(place)
    with pytest.raises(StaleIndex, match="index rebuild"):
        own.nearest(place / ".buttress", np.zeros((1, 384), dtype=np.float32), model="another", limit=5)


@pytest.mark.usefixtures("uncited")
def test_nothing_is_added_to_vectors_of_another_model_and_rebuilding_mends_it(place: Path) -> None:
    add(place)
    folder = place / ".buttress"
    Store(folder).note(model="another")
    for asked in (lambda: add(place), lambda: own.status_text(folder)):
        with pytest.raises(StaleIndex, match=r"encoded by another.*index rebuild"):
            asked()
    adding.rebuild(folder)
    assert own.status_text(folder).endswith("Fresh\n")


@pytest.mark.usefixtures("uncited")
def test_a_file_that_is_broken_in_the_middle_is_told(place: Path) -> None:
    add(place)
    path = place / ".buttress" / FILE
    content = bytearray(path.read_bytes())
    content[8192:-4096] = b"\xa5" * len(content[8192:-4096])
    path.write_bytes(content)
    with pytest.raises(StaleIndex, match=r"is broken.*delete it"):
        own.status_text(place / ".buttress")


@pytest.mark.usefixtures("uncited")
def test_a_full_disk_is_no_broken_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = sqlite3.connect

    def small(*args: Any, **more: Any) -> sqlite3.Connection:
        link: sqlite3.Connection = plain(*args, **more)
        link.execute("PRAGMA max_page_count = 24")
        return link

    (place / "standards" / "long.md").write_text(
        "".join(f"## {n}\n\nRule number {n} is about queues.\n\n" for n in range(400))
    )
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", small)
        with pytest.raises(SourceError, match="can't be written: database or disk is full"):
            add(place)
    add(place)
    assert len(Store(place / ".buttress").documents()) == 2


@pytest.mark.usefixtures("uncited")
def test_what_a_killed_process_left_half_written_is_undone_by_the_next_reader(place: Path) -> None:
    add(place)
    dying = (
        "import os, sqlite3, sys; link = sqlite3.connect(sys.argv[1], isolation_level=None); link.execute('PRAGMA cache_size = 1'); "
        "link.execute('BEGIN IMMEDIATE'); link.execute('UPDATE documents SET title = hex(randomblob(60000))'); "
        "link.execute('UPDATE passages SET text = hex(randomblob(60000))'); os._exit(0)"
    )
    path = place / ".buttress" / FILE
    subprocess.run([sys.executable, "-c", dying, str(path)], check=True)
    assert path.with_name(f"{FILE}-journal").stat().st_size > 0
    assert [d.title for d in Store(place / ".buttress").documents()] == ["Platform handbook"]


@pytest.mark.usefixtures("uncited")
def test_an_empty_file_holds_nothing_and_can_be_added_to(place: Path) -> None:
    (place / ".buttress").mkdir()
    (place / ".buttress" / FILE).touch()
    assert own.standards(place / ".buttress").practices == {}
    assert "Nothing is kept; run: buttress index add" in own.status_text(place / ".buttress")
    assert add(place).new == 1


def test_a_folder_without_standards_is_no_index(place: Path) -> None:
    with pytest.raises(SourceError, match="no standards in it"):
        own.find(place / "standards")
