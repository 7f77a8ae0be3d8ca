"""Compiles the rule cards into one JSON file and tells whether that file is fresh."""

from __future__ import annotations

import hashlib
from pathlib import Path

from buttress import data
from buttress.rules.card import load_dir, to_json


def digest(folder: Path) -> str:
    """Return the sha256 over the paths and bytes of all cards under `folder`."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*/*.md")):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def build(path: Path) -> int:
    """Write the compiled cards to `path` and return how many there are. Raises CardError on a broken card."""
    folder = data.ontology_dir() / "rules"
    cards = load_dir(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(cards, digest=digest(folder)), encoding="utf-8")
    return len(cards)
