"""What is read from disk, what is left alone, and what is told about it."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from buttress.errors import SourceError
from buttress.sources import MAX_FILE_BYTES, collect


def test_files_of_one_folder_are_named_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# A")
    assert [s.path for s in collect([tmp_path]).sources] == ["docs/a.md"]


def test_a_missing_path_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere: no such file or folder"):
        collect([tmp_path / "nowhere"])


def test_a_folder_with_nothing_readable_says_what_could_be_read(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0")
    with pytest.raises(SourceError, match="expected documents, drawings as code"):
        collect([tmp_path])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "empty", id="an empty file"),
        pytest.param(b"a\0b", "binary", id="a binary file"),
        pytest.param(b"x" * (MAX_FILE_BYTES + 1), "over the limit of 10 MB", id="a huge file"),
    ],
)
def test_a_file_that_cant_be_used_gives_one_diagnostic_and_the_rest_is_read(
    tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "bad.md").write_bytes(content)
    (tmp_path / "good.md").write_text("# Good")
    collected = collect([tmp_path])
    assert [s.path for s in collected.sources] == ["good.md"]
    (diagnostic,) = collected.diagnostics
    assert diagnostic.source == "bad.md"
    assert told in diagnostic.reason


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("# Größe\n".encode(), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + "# Größe\n".encode(), id="UTF-8 with a mark"),
        pytest.param("# Größe\n".encode("utf-16"), id="UTF-16"),
        pytest.param("# Größe\r\n".encode("cp1252"), id="Windows-1252 with CRLF"),
    ],
)
def test_every_usual_encoding_gives_the_same_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.md").write_bytes(content)
    assert collect([tmp_path / "a.md"]).sources[0].text == "# Größe\n"


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("secret.md", "leads out of the folder"),
        ("outside", "leads out of the folder"),
        ("nowhere.md", "leads nowhere"),
        ("inside/link.md", "leads nowhere"),
    ],
    ids=["to a file", "to a folder", "to nothing", "to itself"],
)
def test_a_link_that_leads_astray_is_told_and_not_followed(tmp_path: Path, target: str, told: str) -> None:
    (tmp_path / "secret.md").write_text("# secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_text("# secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.md").write_text("# A")
    (inside / "link.md").symlink_to(tmp_path / target)
    collected = collect([inside])
    assert [s.path for s in collected.sources] == ["a.md"]
    assert [(d.source, told in d.reason) for d in collected.diagnostics] == [("link.md", True)]


def test_a_link_within_the_folder_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A")
    (tmp_path / "b.md").symlink_to(tmp_path / "a.md")
    collected = collect([tmp_path])
    assert ([s.path for s in collected.sources], collected.diagnostics) == (["a.md"], ())


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A")
    paths = [tmp_path, tmp_path / "a.md", tmp_path]
    assert [Path(s.path).name for s in collect(paths).sources] == ["a.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A")
    (tmp_path / "shut").mkdir(mode=0o000)
    (diagnostic,) = collect([tmp_path]).diagnostics
    assert (diagnostic.source, diagnostic.level) == ("shut", "error")
    assert "can't be opened" in diagnostic.reason


def test_a_name_that_no_disk_takes_is_an_error_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be opened") as caught:
        collect([tmp_path / ("x" * 300)])
    assert len(str(caught.value)) < 200


def test_names_that_arent_text_are_shown_as_text_and_their_files_read(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this disk takes only names in UTF-8")
    (folder / "two\nlines.md").write_text("# A")
    for given in (tmp_path, folder, folder / "two\nlines.md"):
        collected = collect([given])
        (source,) = collected.sources
        assert source.path.isprintable() and source.path.endswith("two\ufffdlines.md")
        assert collected.name.isprintable()


def given_on_stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    given_on_stdin(monkeypatch, "# Größe\r\n".encode())
    collected = collect(["-"])
    assert [(s.path, s.text) for s in collected.sources] == [("<stdin>", "# Größe\n")]
    assert collected.name == "stdin"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"a\0b", "binary"),
        (b"x" * (MAX_FILE_BYTES + 1), "more than 10 MB; name the files"),
    ],
    ids=["nothing", "binary", "too much"],
)
def test_standard_input_that_cant_be_used_is_an_error(
    monkeypatch: pytest.MonkeyPatch, content: bytes, told: str
) -> None:
    given_on_stdin(monkeypatch, content)
    with pytest.raises(SourceError, match=told):
        collect(["-"])


def test_another_encoding_is_told_with_the_line_of_its_first_character(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes("# A\n\nGröße\n".encode("cp1252"))
    (diagnostic,) = collect([tmp_path]).diagnostics
    assert (diagnostic.line, diagnostic.level) == (3, "warning")
    assert "Save it as UTF-8" in diagnostic.reason


def test_ignored_patterns_and_dependency_folders_are_left_out(tmp_path: Path) -> None:
    for name in ("a.md", "drafts/b.md", "node_modules/c.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# X")
    assert [s.path for s in collect([tmp_path], ignore=["drafts/"]).sources] == ["a.md"]


def test_what_a_build_left_is_passed_over_but_not_a_deployment_kept_under_that_name(tmp_path: Path) -> None:
    for name in (
        "build/lib/notes.md",
        "dist/package/notes.md",
        "build2/notes.md",
        "service/build/docker/compose.yaml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# Shop\n")
    assert {s.path for s in collect([tmp_path]).sources} == {
        "build2/notes.md",
        "service/build/docker/compose.yaml",
    }


def test_what_tests_are_made_of_is_read_only_when_it_is_named(tmp_path: Path) -> None:
    for name in ("docs/design.md", "tests/fixtures/compose.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# Shop\n")
    found = collect([tmp_path])
    assert {s.path for s in found.sources} == {"docs/design.md"}
    assert [d.source for d in found.diagnostics if "isn't the system" in d.reason] == ["tests"]
    assert {s.path for s in collect([tmp_path / "tests" / "fixtures"]).sources} == {"compose.yaml"}


def test_the_additions_beside_a_file_are_read_with_it(tmp_path: Path) -> None:
    for name in ("a.md", "b.md", "buttress.additions.yaml"):
        (tmp_path / name).write_text("# A")
    for paths in ([tmp_path / "a.md"], [tmp_path / "a.md", tmp_path / "buttress.additions.yaml"]):
        names = [Path(s.path).name for s in collect(paths).sources]
        assert names == ["a.md", "buttress.additions.yaml"]
    assert [s.path for s in collect([tmp_path]).sources] == ["a.md", "b.md", "buttress.additions.yaml"]


def test_the_readme_of_a_font_that_is_served_is_no_document_of_the_system(tmp_path: Path) -> None:
    for name in (
        "README.md",
        "shop/static/font/README.md",
        "shop/static.dist/font/README.md",
        "shop/static/NOTES.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# Shop\n")
    assert [s.path for s in collect([tmp_path]).sources] == ["README.md", "shop/static/NOTES.md"]


def test_the_texts_of_licences_are_no_documents_of_the_system(tmp_path: Path) -> None:
    for name in ("README.md", "LICENSES/MPL-2.0.txt", "shop/licenses/README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# Shop\n")
    assert [s.path for s in collect([tmp_path]).sources] == ["README.md", "shop/licenses/README.md"]


def test_of_a_wheel_its_description_and_its_commands_are_read(tmp_path: Path) -> None:
    wheel = tmp_path / "shop-1.0.dist-info"
    (wheel / "licenses").mkdir(parents=True)
    for name in ("METADATA", "entry_points.txt", "RECORD", "top_level.txt", "licenses/METADATA"):
        (wheel / name).write_text("Name: shop\n")
    read = [s.path for s in collect([tmp_path]).sources]
    assert read == ["shop-1.0.dist-info/METADATA", "shop-1.0.dist-info/entry_points.txt"]
