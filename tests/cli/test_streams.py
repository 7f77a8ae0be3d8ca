"""Report to stdout, the rest to stderr; `-` is stdin; files are whole or not there; pipes and Ctrl-C end quietly."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buttress.cli import output

Run = Callable[..., Any]
BUTTRESS = [sys.executable, "-m", "buttress"]
DIAGRAM = "flowchart LR\n  web[Web] -->|calls| db[(Orders DB)]\n"


# --- stdin and stdout


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(DIAGRAM, {"Web", "Orders DB"}, id="a diagram"),
        pytest.param(f"# Shop\n\n```mermaid\n{DIAGRAM}```\n", {"Web", "Orders DB"}, id="a document"),
        pytest.param("services:\n  web:\n    image: x/web:1\n", {"web"}, id="a Compose file"),
        pytest.param('{"components": [{"id": "web"}], "flows": []}', {"web"}, id="graph JSON"),
    ],
)
def test_a_dash_is_standard_input_in_every_format(text: str, names: set[str], buttress: Run) -> None:
    import json

    ran = buttress("graph", "-", "--format", "json", stdin=text)
    assert ran.code == 0
    assert {c["name"] for c in json.loads(ran.out)["components"]} == names


def test_a_dash_can_be_one_source_among_files(shop: Path, buttress: Run) -> None:
    ran = buttress("graph", shop, "-", stdin="flowchart LR\n  web[Web shop] --> pay[Payments]\n")
    assert "Payments" in ran.out and "Orders DB" in ran.out


def test_options_may_stand_before_between_and_behind_paths(shop: Path, buttress: Run) -> None:
    words = ["shop/design.md", "shop/compose.yaml"]
    before = buttress("review", "--format", "markdown", *words)
    between = buttress("review", words[0], "--format", "markdown", words[1])
    behind = buttress("review", *words, "--format", "markdown")
    assert before.out == between.out == behind.out != ""


def test_diagnostics_go_to_stderr_and_the_report_to_stdout(shop: Path, buttress: Run) -> None:
    (shop / "docker-compose.yml").write_text("services: [")
    ran = buttress("review", shop, "--format", "json")
    assert ran.out.startswith("{")
    assert "docker-compose.yml:" in ran.err and "error:" in ran.err
    assert "docker-compose" not in buttress("review", shop, "--quiet").err


def test_remarks_of_readers_are_shown_only_when_asked_for(shop: Path, buttress: Run) -> None:
    (shop / "empty.md").write_text("")
    assert "empty.md" not in buttress("review", shop).err
    assert "empty.md: info: the file is empty" in buttress("review", shop, "--verbose").err


def test_names_and_texts_that_are_not_utf8_end_in_a_report(tmp_path: Path, buttress: Run) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    text = "# Système\n\nLe café.\n".encode("latin-1") + f"```mermaid\n{DIAGRAM}```\n".encode()
    Path(os.fsdecode(os.fsencode(folder) + b"/d\xe9sign.md")).write_bytes(text)
    ran = subprocess.run(
        [*BUTTRESS, "graph", folder], capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert ran.returncode == 0 and b"Orders DB" in ran.stdout
    assert b"Traceback" not in ran.stderr


# --- files


def test_output_is_the_same_text_as_stdout(shop: Path, buttress: Run, tmp_path: Path) -> None:
    shown = buttress("review", shop, "--format", "markdown")
    ran = buttress("review", shop, "--format", "markdown", "--output", "out.md")
    assert (ran.code, ran.out) == (0, "")
    assert (tmp_path / "out.md").read_text(encoding="utf-8") == shown.out


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.md"
    target.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(output.SourceError, match=r"out\.md: can't be written: No space left"):
        output.write("new", target)
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.md"]


def test_a_replaced_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.md", tmp_path / "link.md"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    output.write("new", link)
    assert link.is_symlink() and target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_device_can_be_the_output() -> None:
    output.write("text", Path(os.devnull))
    assert not Path(os.devnull).is_file()


# --- terminals


def _on_a_terminal(words: list[str], **env: str) -> str:
    """Return what a command writes to a terminal (stdout and stderr)."""
    main, side = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    child = subprocess.Popen(
        [*BUTTRESS, *words], stdout=side, stderr=side, env={**environment, "TERM": "xterm", **env}
    )
    os.close(side)
    content = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        content += part
    os.close(main)
    assert child.wait() == 0
    return content.decode()


def test_colours_are_for_terminals_that_want_them(shop: Path) -> None:
    words = ["review", str(shop)]
    assert "\x1b[1m" in _on_a_terminal(words)
    assert not re.search(r"\x1b\[[\d;]*m", _on_a_terminal(words, NO_COLOR="1"))
    assert "\x1b[" not in _on_a_terminal(words, TERM="dumb")
    piped = subprocess.run([*BUTTRESS, *words], capture_output=True, text=True, check=True)
    assert "\x1b[" not in piped.stdout


class Terminal:
    """A stderr that is a terminal and keeps what is written to it."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        """Nothing is held back."""


@pytest.mark.parametrize(
    ("takes_s", "told"),
    [
        pytest.param(0.0, False, id="quick work is silent"),
        pytest.param(0.2, True, id="long work tells that it goes on"),
    ],
)
def test_progress_is_shown_for_long_work_and_wiped_at_the_end(
    takes_s: float, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(output, "PATIENCE_S", 0.05)
    monkeypatch.setattr(sys, "stderr", terminal)
    with output.progress("reviewing"):
        time.sleep(takes_s)
    assert ("reviewing …" in terminal.text) is told
    assert terminal.text.endswith("\r\x1b[K") is told


def test_progress_is_silent_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "PATIENCE_S", 0.01)
    with output.progress("reviewing"):
        time.sleep(0.05)
    assert capsys.readouterr().err == ""


# --- the end


def test_a_closed_pipe_ends_without_a_word(shop: Path) -> None:
    many = shop / "many.mmd"
    many.write_text(
        "flowchart LR\n" + "".join(f"  a{n}[Service {n}] --> b{n}[Other {n}]\n" for n in range(900))
    )
    command = f"{' '.join(BUTTRESS)} graph {many} --format json | head -n 1"
    ran = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True)
    assert ran.stdout == "{\n"
    assert (ran.stderr, ran.returncode) == ("", 0)


def test_a_closed_pipe_does_not_hide_findings(shop: Path) -> None:
    command = f"{' '.join(BUTTRESS)} review {shop} --format json --fail-on low | true"
    ran = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr.endswith("at or above low (--fail-on): exit code 1\n") and ran.stderr.count("\n") == 1


def test_ctrl_c_ends_with_one_line(tmp_path: Path) -> None:
    # A job in the background of a shell ignores Ctrl-C, and so would its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    child = subprocess.Popen(
        [*BUTTRESS, "review", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(1.0)  # it waits for its input by now
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert (out, err, child.returncode) == (b"", b"buttress: interrupted\n", 130)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to write to")
def test_a_full_disk_behind_stdout_is_one_line(shop: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([*BUTTRESS, "review", "shop"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert ran.returncode == 2
    assert ran.stderr == "buttress: standard output: can't be written: No space left on device\n"


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-"])
def test_closed_streams_are_no_fault(closed: str, shop: Path) -> None:
    command = " ".join([*BUTTRESS, "review", "shop", "--fail-on", "high", closed])
    ran = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr


def test_colours_can_be_forced_where_there_is_no_terminal(
    shop: Path, buttress: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1m" in buttress("review", "shop").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in buttress("review", "shop").out
