"""What is read from disk, what is left alone, and what is told about it."""

from __future__ import annotations

from pathlib import Path

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
    with pytest.raises(SourceError, match="expected Markdown, Mermaid, Compose"):
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


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("# secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.md").write_text("# A")
    (inside / "link.md").symlink_to(tmp_path / "secret.md")
    collected = collect([inside])
    assert [s.path for s in collected.sources] == ["a.md"]
    assert "leads out" in collected.diagnostics[0].reason


def test_ignored_patterns_and_dependency_folders_are_left_out(tmp_path: Path) -> None:
    for name in ("a.md", "drafts/b.md", "node_modules/c.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# X")
    assert [s.path for s in collect([tmp_path], ignore=["drafts/"]).sources] == ["a.md"]
