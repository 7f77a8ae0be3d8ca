"""Which two rules show the same line for the same subject, and which rule shows one line twice: candidates for telling a fact twice.

    python benchmarks/told_twice.py PATH...      each path is one system
    python benchmarks/told_twice.py --cards      every example of every rule card, all rules over each

Two rules may rightly share a line (a resource that leaves out two things); a person decides. Prints pairs, the most frequent first.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from measuring import ROOT

from buttress import data
from buttress.knowledge import project
from buttress.model import Source, SystemGraph
from buttress.pipeline import graph, read
from buttress.rules import Finding, load_dir, run

CARDS = load_dir(data.ontology_dir() / "rules")


def systems(paths: list[Path], *, cards: bool) -> Iterator[tuple[str, SystemGraph]]:
    """Yield the graphs to look at, each with a name."""
    for path in paths:
        yield str(path), graph(path)
    if cards:
        import sys

        sys.path.insert(0, str(ROOT))
        from tests.examples import sources_of

        for card in CARDS:
            for number, example in enumerate(card.examples, 1):
                sources: tuple[Source, ...] = tuple(sources_of(example))
                yield f"{card.id} {number}", read(sources)


def overlap(one: Finding, other: Finding) -> bool:
    """Return whether two findings share what shows them best, or a subject and any line."""
    if one.rule == other.rule:
        return one.evidence[:1] == other.evidence[:1]
    return one.evidence[:1] == other.evidence[:1] or (
        one.subjects[0] == other.subjects[0] and bool(set(one.evidence) & set(other.evidence))
    )


def main() -> None:
    """Print the pairs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--cards", action="store_true", help="look at the examples of the rule cards")
    options = parser.parse_args()
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, system in systems(options.paths, cards=options.cards):
        found = [f for f in run(CARDS, project(system)) if f.basis == "defect"]
        for one, other in combinations(found, 2):
            if overlap(one, other):
                first, second = sorted((one.rule, other.rule))
                pairs[first, second].append(f"{name}: {one.subjects[0]}, {other.subjects[0]}")
    for (first, second), places in sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"{len(places):4}  {first} + {second}   ({places[0]})")


if __name__ == "__main__":
    main()
