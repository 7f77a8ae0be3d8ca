"""Builds the index of practices.

    python -m buttress.retrieval                        cards, vectors, citations, manifest
    python -m buttress.retrieval --model NAME           the same with another sentence-transformers model
    python -m buttress.retrieval graph                  minilm.onnx anew
    python -m buttress.retrieval catalog FULL.tsv       corpus/catalog.tsv: the rows of FULL that have a card

The first two need the encoder's weights, `graph` the package onnx as well.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from buttress import data
from buttress.errors import ButtressError
from buttress.retrieval.encoder import GRAPH, MINILM


def main() -> int:
    """Run the command line and return its exit code: 1 when a rule names an unknown practice."""
    parser = argparse.ArgumentParser(
        prog="python -m buttress.retrieval", description="Builds the index of practices."
    )
    parser.add_argument(
        "--model", default=MINILM, help="a sentence-transformers model (default: %(default)s)"
    )
    steps = parser.add_subparsers(dest="step")
    steps.add_parser("graph", help=f"write {GRAPH} anew")
    steps.add_parser("catalog", help="keep the rows in use of a full catalogue").add_argument(
        "full", type=Path
    )
    given = parser.parse_args()
    try:
        lines = _run(given)
    except ButtressError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stderr.write("\n".join(lines) + "\n")
    return 1 if len(lines) > 1 else 0


def _run(given: argparse.Namespace) -> tuple[str, ...]:
    """Return what was done in one line, then what is wrong with it."""
    from buttress.retrieval import build, catalog
    from buttress.retrieval.cards import read_corpus
    from buttress.rules import load_dir

    if given.step == "graph":
        return (f"{GRAPH}: {build.write_graph()} bytes",)
    if given.step == "catalog":
        return (f"corpus/catalog.tsv: {catalog.keep(given.full)} rows",)
    manifest = build.build(model=given.model)
    known = {practice.id for practice in read_corpus(data.corpus_dir())}
    wrong = build.unknown_cites(load_dir(data.ontology_dir() / "rules"), known)
    return (f"{manifest['cards']} practices, {manifest['vectors']} vectors", *wrong)


if __name__ == "__main__":
    sys.exit(main())
