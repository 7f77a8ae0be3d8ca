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

from buttress.errors import ButtressError
from buttress.retrieval.encoder import GRAPH, MINILM


def main() -> int:
    """Run the command line and return its exit code: 2 with one line on stderr for an error of ours."""
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
        sys.stderr.write(_run(given) + "\n")
    except ButtressError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _run(given: argparse.Namespace) -> str:
    from buttress.retrieval import build, catalog

    if given.step == "graph":
        return f"{GRAPH}: {build.write_graph()} bytes"
    if given.step == "catalog":
        return f"corpus/catalog.tsv: {catalog.keep(given.full)} rows"
    manifest = build.build(model=given.model)
    return f"{manifest['cards']} practices, {manifest['vectors']} vectors"


if __name__ == "__main__":
    sys.exit(main())
