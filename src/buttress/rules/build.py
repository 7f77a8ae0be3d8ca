"""Compiles the rule cards into one JSON file and tells whether that file is fresh."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from buttress import data
from buttress.rules.card import Card, load_dir, to_json
from buttress.rules.terms import terms


def digest(folder: Path) -> str:
    """Return the sha256 over the paths and bytes of all cards under `folder`."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*/*.md")):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def compiled(card: Card) -> Card:
    """Return a card with what its queries need of a graph."""
    return replace(
        card,
        finds_terms=terms(card.finds) if card.finds else (),
        asks_terms=terms(card.asks) if card.asks else (),
        praises_terms=terms(card.praises) if card.praises else (),
    )


def build(path: Path) -> int:
    """Write the compiled cards to `path` and return how many there are. Raises CardError on a broken card."""
    folder = data.ontology_dir() / "rules"
    cards = tuple(compiled(card) for card in load_dir(folder))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(cards, digest=digest(folder)), encoding="utf-8")
    return len(cards)
