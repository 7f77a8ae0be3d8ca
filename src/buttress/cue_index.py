"""`python -m buttress.cue_index` writes indexes/cues.json: what the patterns need that a review of the examples looks up.

To tell it of a thousand patterns takes a tenth of a review. Patterns that aren't in the table are told when they are asked for.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from buttress import cues, data
from buttress.pipeline import review


def table(examples: Path) -> dict[str, tuple[cues.Way, ...]]:
    """Return, by their keys in order, what the patterns need that a review of each folder in `examples` asks for.

    Patterns that this process has asked for already are in it too. Raises SourceError when a folder has nothing to read.
    """
    for folder in sorted(p for p in examples.iterdir() if p.is_dir()):
        review(folder)
    return dict(sorted((cues.key(pattern), cues.ways(pattern)) for pattern in cues.asked()))


def rendered(examples: Path) -> str:
    """Return the text of the file, one pattern a line, so that a change shows as a small difference."""
    lines = (f"{json.dumps(key)}: {json.dumps(ways)}" for key, ways in table(examples).items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    """Write the file."""
    path = data.indexes_dir() / cues.TABLE
    text = rendered(data.indexes_dir().parent / "examples")
    path.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{text.count(chr(10)) - 2} patterns -> {path}\n")


if __name__ == "__main__":
    main()
