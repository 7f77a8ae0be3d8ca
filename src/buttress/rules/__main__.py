"""`python -m buttress.rules` compiles ontology/rules/**.md into indexes/rules.json."""

from __future__ import annotations

import sys

from buttress import data
from buttress.rules.build import build

if __name__ == "__main__":
    path = data.indexes_dir() / "rules.json"
    count = build(path)
    sys.stderr.write(f"{count} rules -> {path}\n")
