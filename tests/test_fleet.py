"""Many services: one report each, one ranking, the same whatever the number of processes; a bad one never stops the rest."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buttress import fleet
from buttress.cli import main
from buttress.errors import SourceError
from buttress.fleet import ServiceResult, review_fleet, services

GOOD = "flowchart LR\n  user((User)) --> web[Web]\n  web -->|calls| pay[Payments]\n"
WORSE = GOOD + "  web -->|writes| db[(Orders DB)]\n  pay -->|writes| db\n"
BAD = {
    "bad-empty": "no such file|nothing that can be read",
    "bad-binary": "binary",
    "bad-json": "not valid JSON",
    "bad-loop": "no such file|can't be",
    "bad-settings": "unknown key",
    "bad-rules": "no such folder of rule cards",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three services that can be reviewed and six that can't."""
    root = tmp_path / "services"
    for name, text in (("alpha", GOOD), ("beta", WORSE), ("gamma", GOOD)):
        (root / name).mkdir(parents=True)
        (root / name / "system.mmd").write_text(text)
    for name in BAD:
        if name != "bad-loop":
            (root / name).mkdir()
    (root / "bad-binary" / "a.md").write_bytes(b"\x00\x01" * 100)
    (root / "bad-json" / "graph.json").write_text('{"components": [], "flows": [}')
    (root / "bad-loop").symlink_to(root / "bad-loop")
    for name, text in (("bad-settings", "colour: red\n"), ("bad-rules", "rules: [nowhere]\n")):
        (root / name / "buttress.yaml").write_text(text)
        (root / name / "a.mmd").write_text(GOOD)
    (root / "README.md").write_text("# Our services\n")
    return root


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_a_service_whose_name_isnt_text_is_reviewed_like_any(tmp_path: Path) -> None:
    place = tmp_path / "services" / os.fsdecode(b"caf\xe9")
    try:
        place.mkdir(parents=True)
    except OSError:
        pytest.skip("this disk takes only names in UTF-8")
    (place / "a.mmd").write_text(GOOD)
    (result,) = review_fleet(tmp_path / "services", tmp_path / "out")
    assert (result.error, result.report) == ("", "caf.md")
    assert json.loads((tmp_path / "out" / "ranking.json").read_text())[0]["report"] == "caf.md"


def by_name(results: tuple[ServiceResult, ...]) -> dict[str, ServiceResult]:
    return {r.name: r for r in results}


# --- what a service is


def test_every_folder_is_a_service_and_loose_files_beside_them_are_not(folder: Path) -> None:
    assert [p.name for p in services(folder)] == sorted(["alpha", "beta", "gamma", *BAD])


def test_without_folders_every_document_is_a_service(tmp_path: Path) -> None:
    for name in ("b.md", "a.mmd", ".hidden.md"):
        (tmp_path / name).write_text(GOOD)
    assert [p.name for p in services(tmp_path)] == ["a.mmd", "b.md"]


def test_a_list_from_standard_input_names_paths_from_here(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO("services/alpha\nservices/beta\n"))
    assert run(capsys, "-", "-o", tmp_path / "out")[0] == 0
    assert {"alpha.md", "beta.md"} <= set(files(tmp_path / "out"))


def test_a_list_names_paths_relative_to_itself(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# ours\nservices/alpha\n\n  services/beta  \n")
    assert services(tmp_path / "list.txt") == (tmp_path / "services/alpha", tmp_path / "services/beta")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda p: p.mkdir(), "no service in it"),
        (lambda p: p.write_text("# nothing\n"), "no service in it"),
        (lambda p: p.write_bytes(b"\xff\xfe\x00"), "not a text file of paths"),
        (lambda p: None, "no such folder"),
    ],
    ids=["an empty folder", "a list of comments", "a binary file", "nothing"],
)
def test_without_any_service_there_is_an_error(
    make: Callable[[Path], object], told: str, tmp_path: Path
) -> None:
    make(tmp_path / "given")
    with pytest.raises(SourceError, match=told):
        services(tmp_path / "given")


def test_reports_kept_inside_the_folder_are_no_service(folder: Path) -> None:
    for _ in range(2):
        results = review_fleet(folder, folder / "reports", jobs=2)
    assert "reports" not in by_name(results)
    assert len(results) == 3 + len(BAD)


# --- one bad service never stops the rest


def test_bad_services_are_told_and_the_rest_is_reviewed(folder: Path, tmp_path: Path) -> None:
    results = review_fleet(folder, tmp_path / "out", jobs=2)
    assert {r.name for r in results if not r.error} == {"alpha", "beta", "gamma"}
    for name, told in BAD.items():
        assert any(part in by_name(results)[name].error for part in told.split("|")), by_name(results)[name]
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "ranking.json", "ranking.md", *(f"{n}.{e}" for n in ("alpha", "beta", "gamma") for e in ("md", "json")),
    }  # fmt: skip


REAL = fleet._one


def _deadly(path: str, name: str, output: str, baseline: str) -> ServiceResult:
    if name == "beta":
        os._exit(9)  # what an out-of-memory killer does
    return REAL(path, name, output, baseline)


def _buggy(path: str, name: str, output: str, baseline: str) -> ServiceResult:
    if name == "beta":
        raise RecursionError("too deep")
    return REAL(path, name, output, baseline)


@pytest.mark.skipif(sys.platform != "linux", reason="the patched function reaches the workers by fork")
@pytest.mark.parametrize(
    ("one", "told"),
    [
        pytest.param(_deadly, "ended the process", id="one that kills its process"),
        pytest.param(_buggy, "RecursionError: too deep", id="one that breaks the review"),
    ],
)
def test_a_review_that_breaks_or_dies_costs_its_own_service_only(
    one: Callable[..., ServiceResult],
    told: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fleet, "_one", one)
    results = by_name(review_fleet(folder, tmp_path / "out", jobs=2))
    assert told in results["beta"].error
    assert results["alpha"].report == "alpha.md" and results["gamma"].report == "gamma.md"
    assert len(results) == 3 + len(BAD)


# --- the answer


def test_the_ranking_is_worst_first_with_failures_last(folder: Path, tmp_path: Path) -> None:
    results = review_fleet(folder, tmp_path / "out", jobs=1)
    assert results[0].name == "beta"
    done = [r for r in results if not r.error]
    assert results[: len(done)] == tuple(done)
    keys = [(-r.high, -r.medium, -r.low, r.name) for r in done]
    assert keys == sorted(keys) and done[0].high > done[1].high
    ranking = json.loads((tmp_path / "out" / "ranking.json").read_text())
    assert [r["name"] for r in ranking] == [r.name for r in results]
    text = (tmp_path / "out" / "ranking.md").read_text()
    assert "| 1 | [beta](beta.md) |" in text and "## Not reviewed" in text


def test_a_report_is_what_a_single_review_gives(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    review_fleet(folder, tmp_path / "out", jobs=2)
    for format_, suffix in (("markdown", "md"), ("json", "json")):
        assert main(["review", str(folder / "beta"), "--format", format_]) == 0
        assert capsys.readouterr().out == (tmp_path / "out" / f"beta.{suffix}").read_text()


def test_counts_are_those_of_the_report(folder: Path, tmp_path: Path) -> None:
    for result in review_fleet(folder, tmp_path / "out", jobs=2)[:3]:
        report = json.loads((tmp_path / "out" / f"{result.name}.json").read_text())
        severities = [f["severity"] for f in report["findings"]]
        assert (result.high, result.medium, result.low) == tuple(
            map(severities.count, ("HIGH", "MEDIUM", "LOW"))
        )
        assert result.questions == len(report["questions"])


def test_every_number_of_processes_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    outputs = []
    for jobs in (1, 2, 0):
        review_fleet(folder, tmp_path / f"out{jobs}", jobs=jobs)
        outputs.append(files(tmp_path / f"out{jobs}"))
    assert outputs[0] == outputs[1] == outputs[2]


def test_services_of_one_name_get_reports_of_their_own(tmp_path: Path) -> None:
    for name in ("a/api", "b/api", "b/API", "c/ranking"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "s.mmd").write_text(GOOD)
    (tmp_path / "list").write_text("a/api\nb/api\nb/API\nc/ranking\n")
    results = review_fleet(tmp_path / "list", tmp_path / "out", jobs=2)
    assert sorted(r.report for r in results) == ["API-3.md", "api-2.md", "api.md", "ranking-2.md"]
    assert all((tmp_path / "out" / r.report).is_file() for r in results)


def test_progress_counts_every_service_once(folder: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    review_fleet(folder, tmp_path / "out", jobs=2, progress=lambda *step: told.append(step))
    total = 3 + len(BAD)
    assert [(done, of) for done, of, _ in told] == [(n, total) for n in range(1, total + 1)]
    assert {name for _, _, name in told} == {"alpha", "beta", "gamma", *BAD}


# --- the command


def run(capsys: pytest.CaptureFixture[str], *words: Any) -> tuple[int, str, str]:
    code = main(["fleet", "review", *map(str, words)])
    return (code, *capsys.readouterr())


def test_the_command_prints_the_ranking_and_tells_failures_on_stderr(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, folder, "--output", tmp_path / "out", "--jobs", "2")
    assert code == 2
    assert out.splitlines()[1].split()[:2] == ["1", "beta"]
    assert len(out.splitlines()) == 1 + 3 + len(BAD)
    assert all(f"{name}: " in err for name in BAD)
    assert "[1/" not in err, "progress is for terminals"


@pytest.mark.parametrize(("fail_on", "code"), [(None, 0), ("high", 1), ("low", 1)])
def test_the_exit_code_tells_findings_when_all_were_reviewed(
    fail_on: str | None, code: int, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list").write_text("services/alpha\nservices/beta\n")
    more = ["--fail-on", fail_on] if fail_on else []
    assert run(capsys, tmp_path / "list", "-o", tmp_path / "out", *more)[0] == code


def test_a_fleet_without_findings_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes" / "a").mkdir(parents=True)
    (tmp_path / "notes" / "a" / "a.md").write_text("# Notes\n")
    assert run(capsys, tmp_path / "notes", "-o", tmp_path / "out", "--fail-on", "low")[0] == 0


def test_progress_is_one_line_on_a_terminal_and_wiped_at_the_end(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    _, _, err = run(capsys, folder, "-o", tmp_path / "out")
    total = 3 + len(BAD)
    progress = err.partition("\n")[0]
    assert all(f"\r\x1b[K[{n}/{total}] " in progress for n in range(1, total))
    assert progress.rpartition("\r\x1b[K")[2].startswith(str(tmp_path))


def test_ctrl_c_ends_the_whole_fleet_with_one_line(tmp_path: Path) -> None:
    # A job in the background of a shell ignores Ctrl-C, and so would its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for n in range(400):
        (tmp_path / "many" / f"s{n}").mkdir(parents=True)
        (tmp_path / "many" / f"s{n}" / "s.mmd").write_text(WORSE)
    words = ["fleet", "review", str(tmp_path / "many"), "-o", str(tmp_path / "out"), "--jobs", "2"]
    child = subprocess.Popen(
        [sys.executable, "-m", "buttress", *words], stdout=-1, stderr=-1, start_new_session=True
    )
    while not (tmp_path / "out").is_dir() or len(list((tmp_path / "out").iterdir())) < 4:
        time.sleep(0.02)
        assert child.poll() is None, "it ended before it was interrupted"
    os.killpg(child.pid, signal.SIGINT)  # what a terminal does: every process of the group gets it
    out, err = child.communicate(timeout=20)
    assert (out, err, child.returncode) == (b"", b"buttress: interrupted\n", 130)
    assert not (tmp_path / "out" / "ranking.json").exists()


def test_an_output_that_cant_be_made_is_one_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    code, out, err = run(capsys, folder, "-o", tmp_path / "file" / "out")
    assert (code, out) == (2, "")
    assert "can't be written" in err and err.count("\n") == 1
