"""Whether every quote stands at its lines: all evidence of the graph of each folder or file that is named, read as one system.

    python benchmarks/quotes.py DIR...          each path is one system
    python benchmarks/quotes.py --each DIR...   each file and folder in them is

Prints a line a system: how much evidence, how much of it is misquoted. `--silent` leaves the misquoted words out, `--encodings`
reads every text once more with other line ends, marks and encodings. Exits 1 when anything is misquoted.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from buttress.errors import SourceError
from buttress.evidence.quotes import every_evidence, misquoted
from buttress.model import Source
from buttress.pipeline import read
from buttress.sources import collect, decode

Variant = Callable[[str], bytes]
VARIANTS: dict[str, Variant] = {
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "with a mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "Windows-1252": lambda text: text.encode("cp1252", errors="replace"),
    "tabs": lambda text: text.replace("    ", "\t").encode(),
}


def varied(source: Source, variant: Variant) -> Source:
    """Return a source as it is read when its file is written in another way."""
    text = decode(variant(source.text), source.path, [])
    return source if text is None else replace(source, text=text)


def systems(paths: list[Path], each: bool) -> Iterator[Path]:
    """Yield what is read as one system."""
    for path in paths:
        yield from sorted(path.iterdir()) if each and path.is_dir() else (path,)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path)
    for flag in ("each", "silent", "encodings"):
        parser.add_argument(f"--{flag}", action="store_true")
    asked = parser.parse_args()
    count = wrong = 0
    for path in systems(asked.paths, asked.each):
        try:
            sources = collect([path]).sources
        except SourceError:
            continue
        for name, variant in (("", None), *(VARIANTS.items() if asked.encodings else ())):
            texts = sources if variant is None else tuple(varied(s, variant) for s in sources)
            began = time.perf_counter()
            graph = read(texts)
            seconds = time.perf_counter() - began
            evidence = len(set(every_evidence(graph)))
            bad = misquoted(graph, texts)
            count, wrong = count + evidence, wrong + len(bad)
            print(f"{len(bad):4} of {evidence:5} misquoted  {seconds:6.2f} s  {path}{name and f' ({name})'}")
            for line in () if asked.silent else bad[:20]:
                print(f"       {line}")
    print(f"{wrong} of {count} misquoted")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
