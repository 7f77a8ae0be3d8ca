"""The table of what patterns need is fresh, and a review finds the patterns in it."""

from __future__ import annotations

import subprocess
import sys

from buttress import cues, data


def in_a_new_process(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120
    ).stdout


def test_the_table_is_fresh() -> None:
    code = (
        "import pathlib\nfrom buttress.cue_index import rendered\n"
        f"print(rendered(pathlib.Path({str(data.indexes_dir().parent / 'examples')!r})), end='')"
    )
    table = (data.indexes_dir() / cues.TABLE).read_text(encoding="utf-8")
    assert in_a_new_process(code) == table, "run: python -m buttress.cue_index"


def test_a_review_of_what_is_in_the_table_tells_no_pattern_anew() -> None:
    code = (
        "from buttress import cues, pipeline\ntold = []\nways = cues.ways\n"
        "cues.ways = lambda pattern: told.append(pattern) or ways(pattern)\n"
        f"pipeline.review({str(data.indexes_dir().parent / 'examples/bookshop')!r})\nprint(len(cues.asked()), len(told))"
    )
    asked, told = map(int, in_a_new_process(code).split())
    assert asked > 500 and told == 0
