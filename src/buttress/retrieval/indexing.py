"""Tells what the index of practices holds and whether it still fits the corpus, the rules and the encoder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from buttress import data
from buttress.errors import StaleIndex
from buttress.retrieval.build import SCHEMA, asked_digest, rules_digest
from buttress.retrieval.cards import REBUILD, compiled, read_asked
from buttress.retrieval.encoder import encoder_for
from buttress.rules import load_dir
from buttress.rules.build import digest


def stale() -> tuple[str, ...]:
    """Return what the index doesn't fit any more, nothing when it is fresh.

    Raises StaleIndex when it was never built.
    """
    manifest = _manifest()
    rules = load_dir(data.ontology_dir() / "rules")
    checks = (
        ("the form of the index", manifest.get("schema") == SCHEMA),
        ("the corpus", manifest.get("corpus") == digest(data.corpus_dir())),
        ("what was asked", manifest.get("asked") == asked_digest(read_asked(data.corpus_dir()))),
        ("the rule cards", manifest.get("rules") == rules_digest(rules)),
        ("the encoder's weights", manifest.get("weights") == encoder_for(manifest["model"]).digest),
        ("cards.json", manifest.get("corpus") == json.loads(compiled("cards.json"))["digest"]),
    )
    return tuple(what for what, fits in checks if not fits)


def status_text() -> str:
    """Return the counts by source and area, and whether the index is fresh or how to rebuild it."""
    try:
        manifest, changed = _manifest(), stale()
    except StaleIndex as error:
        return f"{error}\n"
    lines = [
        f"{manifest['cards']} practices from {len(manifest['sources'])} sources",
        f"{manifest['vectors']} vectors of {manifest['dimensions']} dimensions by {manifest['model']}",
        "",
        *_table(manifest["sources"]),
        "",
        *_table(manifest["areas"]),
        "",
        "built from " + ", ".join(f"{what} {manifest[what][:12]}" for what in ("corpus", "rules", "weights")),
        f"Stale: {', '.join(changed)} changed since it was built; run: {REBUILD}" if changed else "Fresh",
    ]
    return "\n".join(lines) + "\n"


def _table(counts: Mapping[str, int]) -> list[str]:
    return [
        f"{count:6}  {name}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _manifest() -> Mapping[str, Any]:
    manifest: Mapping[str, Any] = json.loads(compiled("manifest.json"))
    return manifest
